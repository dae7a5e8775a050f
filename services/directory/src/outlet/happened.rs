//! What an outlet adds to the counts, and on which days: how it stands, and what happened to it.
//!
//! What one provider adds is a pure function of its record. Statuses change with the days and without events: what is added says by how
//! much a number changes on which day, future days included.

use std::collections::{BTreeMap, BTreeSet};

use domain::Ahead;

use super::choice::{EndKind, PlaqueStatus};
use super::standing::{on, standings};
use super::status::Status;
use super::view::{CertificationView, View};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Certifications that have a status from a day on.
    Stands(Status),
    /// Of these, the live ones of which no document states the last day.
    StandsUnstated(Status),
    /// Outlets with a certification of any status.
    Any,
    /// Outlets with a live one.
    Live,
    /// Something that happened on a day.
    Happened(Flow),
}

/// What happens to certifications, plaques and pledges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flow {
    Certified,
    /// Revoked for a breach (取消).
    Cancelled,
    Withdrawn,
    Expired,
    Deregistered,
    PlaqueNotReturned,
    PledgeBroken,
    Renewed,
    /// Revoked for what made it wrong from the beginning (撤销).
    Annulled,
    /// Undone by review or court (撤销原决定).
    Overturned,
    /// An end of it was undone by review or court.
    Restored,
    /// Ordered to mend a breach (限期整改).
    Ordered,
    Suspended,
    /// Told of an intended revocation (拟取消或拟撤销告知).
    Noticed,
}

/// Place, category (empty: of the whole outlet), what is counted, day; by how much it changes, which is never 0. Each once, in order.
pub(crate) type Changes<C = String> = Vec<((usize, C, Kind, i32), i64)>;

/// Which of the places a day lies in, of which each but the first begins on a day.
fn place_on(begins: &[Option<i32>], day: i32) -> usize {
    begins.iter().rposition(|begin| begin.is_none_or(|begin| begin <= day)).unwrap_or(0)
}

/// What a record adds, in the places it stands in from these days on.
pub(crate) fn added(view: &View, begins: &[Option<i32>]) -> Changes {
    let mut changes: Changes<&str> = Vec::new();
    // Between these days nothing changes by itself.
    let mut days: BTreeSet<i32> = begins.iter().copied().flatten().chain([i32::MIN]).collect();
    for c in &view.certifications {
        days.extend(c.turns());
    }
    let (mut before, mut there): (BTreeMap<&str, (Status, bool)>, usize) = (BTreeMap::new(), 0);
    for day in days {
        let here = place_on(begins, day);
        let standings = standings(view, day);
        let stands = |c: &CertificationView, status: Status| (status, status.is_live() && c.states_no_end());
        let now: BTreeMap<&str, (Status, bool)> =
            standings.iter().map(|(c, (status, _))| (c.category.as_str(), stands(c, *status))).collect();
        for category in before.keys().chain(now.keys()).copied().collect::<BTreeSet<_>>() {
            let (was, is) = (before.get(category), now.get(category));
            if was == is && there == here {
                continue;
            }
            for (place, standing, by) in [(there, was, -1), (here, is, 1)] {
                let Some((status, is_unstated)) = standing else { continue };
                changes.push(((place, category, Kind::Stands(*status), day), by));
                if *is_unstated {
                    changes.push(((place, category, Kind::StandsUnstated(*status), day), by));
                }
            }
        }
        let live = |standing: &BTreeMap<&str, (Status, bool)>| standing.values().any(|(status, _)| status.is_live());
        for (place, standing, by) in [(there, &before, -1), (here, &now, 1)] {
            changes.push(((place, "", Kind::Any, day), by * i64::from(!standing.is_empty())));
            changes.push(((place, "", Kind::Live, day), by * i64::from(live(standing))));
        }
        (before, there) = (now, here);
    }
    let happens = |category, flow: Flow, day: i32| ((place_on(begins, day), category, Kind::Happened(flow), day), 1);
    for c in &view.certifications {
        changes.extend(happened(c).into_iter().map(|(flow, day)| happens(c.category.as_str(), flow, day)));
    }
    let not_returned = view.plaques.iter().filter(|plaque| plaque.status() == PlaqueStatus::NotReturned);
    changes.extend(not_returned.map(|plaque| happens("", Flow::PlaqueNotReturned, plaque.since())));
    changes.extend(view.breaches().map(|breach| happens("", Flow::PledgeBroken, breach.determined_on)));
    summed(changes)
}

/// Each change once, in order, and none of nothing.
fn summed(mut changes: Changes<&str>) -> Changes {
    changes.sort_unstable_by_key(|(change, _)| *change);
    changes.dedup_by(|(later, by), (kept, sum)| {
        let is_same = later == kept;
        if is_same {
            *sum += *by;
        }
        is_same
    });
    let whole = |((place, category, kind, day), by): ((usize, &str, Kind, i32), i64)| {
        ((place, category.to_owned(), kind, day), by)
    };
    changes.into_iter().filter(|(_, by)| *by != 0).map(whole).collect()
}

/// From which days on certifications of a record have stood ended, and how. Where one ends as another has ended, it is told all the same; and so is
/// one that ended before it began, since the decision of that.
pub(crate) fn ends(view: &View) -> BTreeSet<(Status, i32)> {
    let over = |c: &CertificationView| {
        let days: BTreeSet<i32> = c.turns().collect();
        let ended = |day: i32| on(c, day).filter(|(status, _)| !status.is_live());
        days.into_iter().filter_map(ended).filter_map(|(status, since)| Some((status, since?))).collect::<Vec<_>>()
    };
    let before_it_began = |c: &CertificationView| {
        let begin = c.begin().unwrap_or(i32::MIN);
        let ends = c.ends.iter().filter(|end| end.decided_on < begin && end.bearing().from <= begin);
        ends.map(|end| (end.status, end.decided_on)).collect::<Vec<_>>()
    };
    view.certifications.iter().flat_map(|c| over(c).into_iter().chain(before_it_began(c))).collect()
}

/// What happened to one certification, and on which days. Each is told by itself, also where a later one of its category hides how it
/// stood, and where another end had ended it before: a decision is of the day on which it was made, whenever it took effect, and what undid it
/// is of its own day.
fn happened(c: &CertificationView) -> Vec<(Flow, i32)> {
    // Where the record does not say when it began, that happened on no day; nor did it where it was ended before it could.
    let begin = c.begin();
    let first = begin.filter(|day| !never_began(c, *day));
    let mut happened: Vec<(Flow, i32)> = first.map(|day| (Flow::Certified, day)).into_iter().collect();
    let live_on = |day: &i32| on(c, *day).is_some_and(|(status, _)| status.is_live());
    // A term that the certification did not live to see was never begun, and one that was undone is told no more.
    let renewals = c.renewals.iter().filter(|renewal| renewal.stands());
    happened.extend(renewals.map(|renewal| renewal.valid_from).filter(live_on).map(|day| (Flow::Renewed, day)));
    for renewal in &c.renewals {
        // What it had been added to ran out by itself while it was undone; where the ruling itself ended it, that is one of the ends.
        let by_itself = |(from, _): &(i32, i32)| renewal.before.is_some_and(|last| last.saturating_add(1) == *from);
        for (from, back) in renewal.lapses().filter(by_itself) {
            happened.extend([(Flow::Expired, from), (Flow::Restored, back)]);
        }
    }
    for end in &c.ends {
        happened.push((flow(end.kind), end.decided_on));
        happened.extend(end.overturned.as_ref().map(|ruling| (Flow::Restored, ruling.overturned_on)));
    }
    for (measure, _) in c.measures.iter().zip(&c.bases).filter(|(_, basis)| basis.fell == 0) {
        let flow = if measure.status == Status::Suspended { Flow::Suspended } else { Flow::Ordered };
        happened.push((flow, measure.from));
    }
    let noticed = c.notices.iter().filter(|notice| notice.fell == 0);
    happened.extend(noticed.map(|notice| (Flow::Noticed, notice.noticed_on)));
    // The term ended by itself, unless it had been ended before by a decision that stands.
    let ended = |over: &i32| c.ends.iter().any(|end| end.overturned.is_none() && end.effective_on <= *over);
    let over = c.over().map(|over| begin.map_or(over, |begin| over.max(begin))).filter(|over| !ended(over));
    happened.extend(over.map(|day| (Flow::Expired, day)));
    happened
}

/// Whether a certification was ended before its first day, by what had been decided by then, and was not live again on any day since.
fn never_began(c: &CertificationView, begin: i32) -> bool {
    let live_on = |day: i32| on(c, day).is_some_and(|(status, _)| status.is_live());
    matches!(c.ahead(begin - 1), Some(Ahead::Ended(_))) && !c.turns().any(live_on)
}

fn flow(kind: EndKind) -> Flow {
    match kind {
        EndKind::Cancelled => Flow::Cancelled,
        EndKind::Annulled => Flow::Annulled,
        EndKind::Withdrawn => Flow::Withdrawn,
        EndKind::Deregistered => Flow::Deregistered,
        EndKind::Overturned | EndKind::RenewalOverturned => Flow::Overturned,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::outlet::ruling::OverturnedView;
    use crate::outlet::status::Measure;
    use crate::outlet::view::{BasisView, EndView};

    const STATUSES: [Status; 7] = [
        Status::Valid,
        Status::Rectifying,
        Status::Suspended,
        Status::Revoked,
        Status::Withdrawn,
        Status::Expired,
        Status::Deregistered,
    ];

    const ENDS: [Status; 3] = [Status::Revoked, Status::Withdrawn, Status::Deregistered];

    fn certification() -> impl Strategy<Value = CertificationView> {
        let measures = proptest::collection::vec((0..120_i32, 0..3_usize, 0..60_i32, any::<bool>()), 0..4);
        let ends = proptest::collection::vec((0..120_i32, 0..3_usize, 0..60_i32, any::<bool>()), 0..3);
        let days = (proptest::option::of(0..60_i32), proptest::option::of(60..110_i32));
        (0..2_u8, days, measures, ends).prop_map(|(category, (valid_from, valid_to), measures, ends)| {
            let until = |from: i32, length: i32, open: bool| (!open).then_some(from + length);
            let measure = |(from, status, length, open): (i32, usize, i32, bool)| Measure {
                act: 0,
                status: STATUSES[status],
                from,
                until: until(from, length, open),
                due_on: None,
                because: 0,
            };
            let end = |(from, status, length, open): (i32, usize, i32, bool)| {
                EndView::of(ENDS[status], from, until(from, length, open))
            };
            CertificationView {
                category: category.to_string(),
                valid_from,
                valid_to,
                bases: vec![BasisView::default(); measures.len()],
                measures: measures.into_iter().map(measure).collect(),
                ends: ends.into_iter().map(end).collect(),
                ..CertificationView::default()
            }
        })
    }

    impl EndView {
        /// An end that takes effect on a day and may be overturned on another.
        fn of(status: Status, effective_on: i32, overturned_on: Option<i32>) -> Self {
            let overturned = overturned_on.map(|overturned_on| OverturnedView {
                act: 0,
                overturned_on,
                body: String::new(),
                document_number: String::new(),
            });
            Self {
                act: 0,
                status,
                effective_on,
                decided_on: effective_on,
                kind: match status {
                    Status::Withdrawn => EndKind::Withdrawn,
                    Status::Deregistered => EndKind::Deregistered,
                    _ => EndKind::Cancelled,
                },
                ground: String::new(),
                legal_basis: String::new(),
                document_number: String::new(),
                bar_until: None,
                reason: String::new(),
                body: String::new(),
                entered: None,
                again: 0,
                overturned,
            }
        }
    }

    proptest! {
        #[test]
        fn what_a_record_adds_is_what_a_count_of_each_day_finds(certifications in proptest::collection::vec(certification(), 0..5)) {
            let mut view = View { certifications, ..View::default() };
            for (certification, ordinal) in view.certifications.iter_mut().zip(1..) {
                certification.ordinal = ordinal;
            }
            let added = added(&view, &[None]);
            let total = |category: &str, kind: Kind, day: i32| -> i64 {
                added.iter().filter(|((_, c, k, from), _)| c == category && *k == kind && *from <= day).map(|(_, by)| by).sum()
            };
            // Every day by itself, and the time before the first.
            for day in -1..130 {
                let now: Vec<(String, Status)> =
                    standings(&view, day).into_iter().map(|(c, (status, _))| (c.category.clone(), status)).collect();
                for category in ["0", "1"] {
                    for status in STATUSES {
                        let there = now.contains(&(category.to_owned(), status));
                        prop_assert_eq!(total(category, Kind::Stands(status), day), i64::from(there), "{} {:?} on {}", category, status, day);
                    }
                }
                prop_assert_eq!(total("", Kind::Any, day), i64::from(!now.is_empty()));
                prop_assert_eq!(total("", Kind::Live, day), i64::from(now.iter().any(|(_, status)| status.is_live())));
                for (category, flow, count) in ended(&view, day) {
                    prop_assert_eq!(total(category, Kind::Happened(flow), day), count, "{} {:?} up to {}", category, flow, day);
                }
            }
        }
    }

    /// How often what happened, up to a day: each decision by its own day.
    fn ended(view: &View, day: i32) -> Vec<(&str, Flow, i64)> {
        let of = [
            (Flow::Cancelled, Status::Revoked),
            (Flow::Withdrawn, Status::Withdrawn),
            (Flow::Deregistered, Status::Deregistered),
        ];
        let mut counts = Vec::new();
        for category in ["0", "1"] {
            let own = || view.certifications.iter().filter(|c| c.category == category);
            let count = |of: usize| i64::try_from(of).unwrap();
            for (flow, status) in of {
                let decided = own().flat_map(|c| &c.ends).filter(|end| end.status == status && end.decided_on <= day);
                counts.push((category, flow, count(decided.count())));
            }
            let undone = own().flat_map(|c| &c.ends).filter_map(|end| end.overturned.as_ref());
            counts.push((category, Flow::Restored, count(undone.filter(|ruling| ruling.overturned_on <= day).count())));
            let lapsed = own().filter(|c| {
                let Some(over) = c.valid_to.map(|last| (last + 1).max(c.valid_from.unwrap_or(i32::MIN))) else {
                    return false;
                };
                over <= day && c.ends.iter().all(|end| end.overturned.is_some() || end.effective_on > over)
            });
            counts.push((category, Flow::Expired, count(lapsed.count())));
        }
        counts
    }
}
