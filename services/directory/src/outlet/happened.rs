//! What an outlet adds to the counts, and on which days: how it stands, and what happened to it.
//!
//! What one provider adds is a pure function of its record. Statuses change with the days and without events: what is added says by how
//! much a number changes on which day, future days included.

use std::collections::{BTreeMap, BTreeSet};

use super::choice::{EndKind, PlaqueStatus};
use super::standing::{on, standings};
use super::status::Status;
use super::view::{CertificationView, View};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Certifications that have a status from a day on.
    Stands(Status),
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
    Revoked,
    Withdrawn,
    Expired,
    Deregistered,
    PlaqueNotReturned,
    PledgeBroken,
    Renewed,
    /// Revoked from where deceit began (撤销); counted under `Revoked` as well.
    Annulled,
}

/// Category (empty: of the whole outlet), what is counted, day → by how much it changes.
pub(crate) type Changes = BTreeMap<(String, Kind, i32), i64>;

/// What a record adds.
pub(crate) fn added(view: &View) -> Changes {
    let mut changes = Changes::new();
    let mut add = |category: &str, kind: Kind, day: i32, by: i64| {
        *changes.entry((category.to_owned(), kind, day)).or_default() += by;
    };
    // Between these days nothing changes by itself.
    let mut days = BTreeSet::from([i32::MIN]);
    for c in &view.certifications {
        days.extend(c.begin());
        days.extend(c.valid_to.map(|last| last + 1));
        days.extend(c.spans.iter().map(|span| span.from));
    }
    let mut before: BTreeMap<&str, Status> = BTreeMap::new();
    for day in days {
        let standings = standings(view, day);
        let now: BTreeMap<&str, Status> =
            standings.iter().map(|(c, (status, _))| (c.category.as_str(), *status)).collect();
        for category in before.keys().chain(now.keys()).copied().collect::<BTreeSet<_>>() {
            let (was, is) = (before.get(category), now.get(category));
            if was == is {
                continue;
            }
            for (status, by) in [(was, -1), (is, 1)] {
                if let Some(status) = status {
                    add(category, Kind::Stands(*status), day, by);
                }
            }
        }
        let live = |standing: &BTreeMap<&str, Status>| standing.values().any(|status| status.is_live());
        add("", Kind::Any, day, i64::from(!now.is_empty()) - i64::from(!before.is_empty()));
        add("", Kind::Live, day, i64::from(live(&now)) - i64::from(live(&before)));
        before = now;
    }
    for c in &view.certifications {
        for (flow, day) in happened(c) {
            add(&c.category, Kind::Happened(flow), day, 1);
        }
    }
    for plaque in &view.plaques {
        if plaque.status == PlaqueStatus::NotReturned {
            add("", Kind::Happened(Flow::PlaqueNotReturned), plaque.since, 1);
        }
    }
    for breach in view.pledges.iter().filter_map(|pledge| pledge.breach.as_ref()) {
        add("", Kind::Happened(Flow::PledgeBroken), breach.determined_on, 1);
    }
    changes.retain(|_, by| *by != 0);
    changes
}

/// From which days on certifications of a record have stood ended, and how. Where one ends as another has ended, it is told all the same.
pub(crate) fn ends(view: &View) -> BTreeSet<(Status, i32)> {
    let over = |c: &CertificationView| {
        let lapse = c.valid_to.map(|last| last + 1);
        let days: BTreeSet<i32> = c.spans.iter().map(|span| span.from).chain(lapse).chain(c.begin()).collect();
        let ended = |day: i32| on(c, day).filter(|(status, _)| !status.is_live());
        days.into_iter().filter_map(ended).filter_map(|(status, since)| Some((status, since?))).collect::<Vec<_>>()
    };
    view.certifications.iter().flat_map(over).collect()
}

/// What happened to one certification, and on which days. Each is told by itself, also where a later one of its category hides how it
/// stood: it was certified, and it ended.
fn happened(c: &CertificationView) -> Vec<(Flow, i32)> {
    // Where the record does not say when it began, that happened on no day.
    let begin = c.begin();
    let mut happened: Vec<(Flow, i32)> = begin.map(|day| (Flow::Certified, day)).into_iter().collect();
    let live_on = |day: &i32| on(c, *day).is_some_and(|(status, _)| status.is_live());
    // A term that the certification did not live to see was never begun.
    happened.extend(c.renewed.iter().filter(|day| live_on(day)).map(|day| (Flow::Renewed, *day)));
    let decided = c.spans.iter().filter(|span| !span.status.is_live()).map(|span| span.from);
    // What ended before it began is over on the day it begins.
    let ends = decided.chain(c.valid_to.map(|last| last + 1)).map(|day| begin.map_or(day, |begin| day.max(begin)));
    let over = ends.min().and_then(|day| on(c, day).map(|(status, _)| (status, day)));
    let Some((status, day)) = over else { return happened };
    happened.extend(match status {
        Status::Revoked => Some((Flow::Revoked, day)),
        Status::Withdrawn => Some((Flow::Withdrawn, day)),
        Status::Expired => Some((Flow::Expired, day)),
        Status::Deregistered => Some((Flow::Deregistered, day)),
        Status::Valid | Status::Rectifying | Status::Suspended => None,
    });
    let annulled = c.end.as_ref().is_some_and(|end| end.kind == EndKind::Annulled);
    if status == Status::Revoked && annulled {
        happened.push((Flow::Annulled, day));
    }
    happened
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::outlet::status::Span;

    const STATUSES: [Status; 7] = [
        Status::Valid,
        Status::Rectifying,
        Status::Suspended,
        Status::Revoked,
        Status::Withdrawn,
        Status::Expired,
        Status::Deregistered,
    ];

    fn certification() -> impl Strategy<Value = CertificationView> {
        let spans = proptest::collection::vec((0..120_i32, 0..7_usize), 0..4);
        (0..2_u8, proptest::option::of(0..60_i32), proptest::option::of(60..110_i32), spans).prop_map(
            |(category, valid_from, valid_to, spans)| CertificationView {
                category: category.to_string(),
                valid_from,
                valid_to,
                spans: spans.into_iter().map(|(from, status)| Span { from, status: STATUSES[status] }).collect(),
                ..CertificationView::default()
            },
        )
    }

    proptest! {
        #[test]
        fn what_a_record_adds_is_what_a_count_of_each_day_finds(certifications in proptest::collection::vec(certification(), 0..5)) {
            let mut view = View { certifications, ..View::default() };
            for (certification, ordinal) in view.certifications.iter_mut().zip(1..) {
                certification.ordinal = ordinal;
            }
            let added = added(&view);
            let total = |category: &str, kind: Kind, day: i32| -> i64 {
                added.iter().filter(|((c, k, from), _)| c == category && *k == kind && *from <= day).map(|(_, by)| by).sum()
            };
            let mut ended: BTreeMap<(String, Flow), i64> = BTreeMap::new();
            let mut over = vec![false; view.certifications.len()];
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
                for (c, over) in view.certifications.iter().zip(&mut over) {
                    let flow = match on(c, day).map(|(status, _)| status) {
                        Some(Status::Revoked) => Flow::Revoked,
                        Some(Status::Withdrawn) => Flow::Withdrawn,
                        Some(Status::Expired) => Flow::Expired,
                        Some(Status::Deregistered) => Flow::Deregistered,
                        Some(Status::Valid | Status::Rectifying | Status::Suspended) | None => continue,
                    };
                    // It ends once, whatever is recorded of it afterwards.
                    if !std::mem::replace(over, true) {
                        *ended.entry((c.category.clone(), flow)).or_default() += 1;
                    }
                }
                for ((category, flow), count) in &ended {
                    prop_assert_eq!(total(category, Kind::Happened(*flow), day), *count, "{} {:?} up to {}", category, flow, day);
                }
            }
        }
    }
}
