//! Counters of certifications by place, category, status and day, kept as rows: a question about a million outlets adds up some thousand
//! of them.
//!
//! What one provider adds is a pure function of its record. A commit takes away what the record added before it and adds what it adds
//! after it, so the counters equal a recount by construction. Statuses change with the days and without events: a counter holds by how
//! much a number changes on which day, future days included.

use std::collections::{BTreeMap, BTreeSet};

use api::directory::v1::EndKind;
use api::registry::v1::PlaqueStatus as PlaqueForm;
use projection::{ApplyError, ReadError, Rows, Snapshot};
use serde::{Deserialize, Serialize};

use crate::queries::Filter;
use crate::rows::odd_key;
use crate::status::{self, Status};
use crate::view::{CertificationView, View};

/// `s`, family, place, 0, category, 0, kind, month (4 bytes) → [`Month`].
const COUNTER: u8 = b's';
/// Rows looked at for one answer: a place with more is counted in parts.
pub(crate) const COUNTERS_READ_MAX: usize = 2_000_000;
/// Days are counted in months of this many: a row holds the days of one, and none of the calendar's is needed to add them up.
const MONTH_DAYS: i32 = 32;

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

const STATUSES: [Status; 7] = [
    Status::Valid,
    Status::Rectifying,
    Status::Suspended,
    Status::Revoked,
    Status::Withdrawn,
    Status::Expired,
    Status::Deregistered,
];
/// In the order of their stored bytes: a new one goes to the end.
const FLOWS: [Flow; 9] = [
    Flow::Certified,
    Flow::Revoked,
    Flow::Withdrawn,
    Flow::Expired,
    Flow::Deregistered,
    Flow::PlaqueNotReturned,
    Flow::PledgeBroken,
    Flow::Renewed,
    Flow::Annulled,
];

impl Kind {
    /// The byte it is stored by; never changed.
    fn code(self) -> u8 {
        let place = |position: Option<usize>| position.and_then(|p| u8::try_from(p).ok()).unwrap_or(u8::MAX);
        match self {
            Self::Stands(status) => 1 + place(STATUSES.iter().position(|s| *s == status)),
            Self::Any => 20,
            Self::Live => 21,
            Self::Happened(flow) => 40 + place(FLOWS.iter().position(|f| *f == flow)),
        }
    }

    fn of(code: u8) -> Option<Self> {
        let at = usize::from(code);
        match code {
            1..=7 => STATUSES.get(at - 1).map(|status| Self::Stands(*status)),
            20 => Some(Self::Any),
            21 => Some(Self::Live),
            40..=48 => FLOWS.get(at - 40).map(|flow| Self::Happened(*flow)),
            _ => None,
        }
    }
}

/// The days of one month, and by how much the number changes on each; days that change nothing are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Month(Vec<(i32, i64)>);

/// Category (empty: of the whole outlet), what is counted, day → by how much it changes.
type Changes = BTreeMap<(String, Kind, i32), i64>;

/// Row, day → by how much it changes.
type Moves = BTreeMap<Vec<u8>, BTreeMap<i32, i64>>;

/// What a record adds.
fn added(view: &View) -> Changes {
    let mut changes = Changes::new();
    let mut add = |category: &str, kind: Kind, day: i32, by: i64| {
        *changes.entry((category.to_owned(), kind, day)).or_default() += by;
    };
    // Between these days nothing changes by itself.
    let mut days = BTreeSet::from([i32::MIN]);
    for c in &view.certifications {
        days.extend(c.valid_from.or(c.decided_on));
        days.extend(c.valid_to.map(|last| last + 1));
        days.extend(c.spans.iter().map(|span| span.from));
    }
    let mut before: BTreeMap<&str, Status> = BTreeMap::new();
    for day in days {
        let standings = status::standings(view, day);
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
        if plaque.status == i32::from(PlaqueForm::NotReturned) {
            add("", Kind::Happened(Flow::PlaqueNotReturned), plaque.since, 1);
        }
    }
    for breach in view.pledges.iter().filter_map(|pledge| pledge.breach.as_ref()) {
        add("", Kind::Happened(Flow::PledgeBroken), breach.determined_on, 1);
    }
    changes.retain(|_, by| *by != 0);
    changes
}

/// What happened to one certification, and on which days. Each is told by itself, also where a later one of its category hides how it
/// stood: it was certified, and it ended.
fn happened(c: &CertificationView) -> Vec<(Flow, i32)> {
    // Where the record does not say when it began, that happened on no day.
    let begin = c.valid_from.or(c.decided_on);
    let mut happened: Vec<(Flow, i32)> = begin.map(|day| (Flow::Certified, day)).into_iter().collect();
    let live_on = |day: &i32| status::on(c, *day).is_some_and(|(status, _)| status.is_live());
    // A term that the certification did not live to see was never begun.
    happened.extend(c.renewed.iter().filter(|day| live_on(day)).map(|day| (Flow::Renewed, *day)));
    let decided = c.spans.iter().filter(|span| !span.status.is_live()).map(|span| span.from);
    // What ended before it began is over on the day it begins.
    let ends = decided.chain(c.valid_to.map(|last| last + 1)).map(|day| begin.map_or(day, |begin| day.max(begin)));
    let over = ends.min().and_then(|day| status::on(c, day).map(|(status, _)| (status, day)));
    let Some((status, day)) = over else { return happened };
    happened.extend(match status {
        Status::Revoked => Some((Flow::Revoked, day)),
        Status::Withdrawn => Some((Flow::Withdrawn, day)),
        Status::Expired => Some((Flow::Expired, day)),
        Status::Deregistered => Some((Flow::Deregistered, day)),
        Status::Valid | Status::Rectifying | Status::Suspended => None,
    });
    let annulled = c.end.as_ref().is_some_and(|end| end.kind == i32::from(EndKind::Annulled));
    if status == Status::Revoked && annulled {
        happened.push((Flow::Annulled, day));
    }
    happened
}

/// What a record adds to which places.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Added {
    changes: Changes,
    division: String,
    zone: String,
}

impl Added {
    pub(crate) fn of(view: &View, division: &str) -> Self {
        // What has no place is counted nowhere.
        let changes = if division.is_empty() { Changes::new() } else { added(view) };
        Self { changes, division: division.to_owned(), zone: view.zone.clone() }
    }

    /// The places it is counted in: its county, its community, and its community under its zone.
    fn places(&self) -> Vec<Vec<u8>> {
        let mut places = vec![place(Family::County, "", self.division.get(..6).unwrap_or(&self.division))];
        places.push(place(Family::Community, "", &self.division));
        if !self.zone.is_empty() {
            places.push(place(Family::Zone, &self.zone, &self.division));
        }
        places
    }

    /// Adds it, or with the sign turned takes it away.
    fn moves(&self, sign: i64, moves: &mut Moves) {
        for place in self.places() {
            for ((category, kind, day), by) in &self.changes {
                let mut key = place.clone();
                key.extend_from_slice(category.as_bytes());
                key.extend_from_slice(&[0, kind.code()]);
                key.extend_from_slice(&month_of(*day).to_be_bytes());
                *moves.entry(key).or_default().entry(*day).or_default() += sign * by;
            }
        }
    }

    /// Takes away what was added and adds what is.
    pub(crate) fn replace(&self, new: &Self, rows: &mut Rows<'_>) -> Result<(), ApplyError> {
        if self == new {
            return Ok(());
        }
        let mut moves = Moves::new();
        self.moves(-1, &mut moves);
        new.moves(1, &mut moves);
        for (key, moves) in moves {
            if moves.values().all(|by| *by == 0) {
                continue;
            }
            let Month(days) = rows.get(&key)?.unwrap_or_default();
            let mut days: BTreeMap<i32, i64> = days.into_iter().collect();
            for (day, by) in moves {
                *days.entry(day).or_default() += by;
            }
            days.retain(|_, by| *by != 0);
            if days.is_empty() {
                rows.remove(&key);
            } else {
                rows.put(&key, &Month(days.into_iter().collect()))?;
            }
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy)]
enum Family {
    County,
    Community,
    Zone,
}

/// The first part of a counter's key, up to the digits of its place.
fn family(family: Family, zone: &str) -> Vec<u8> {
    match family {
        Family::County => vec![COUNTER, b'6'],
        Family::Community => vec![COUNTER, b'c'],
        Family::Zone => [&[COUNTER, b'z'], zone.as_bytes(), &[0]].concat(),
    }
}

fn place(of: Family, zone: &str, digits: &str) -> Vec<u8> {
    [family(of, zone).as_slice(), digits.as_bytes(), &[0]].concat()
}

/// A number that grows with the day, from 0.
fn month_of(day: i32) -> u32 {
    let month =
        i64::from(day).div_euclid(i64::from(MONTH_DAYS)) - i64::from(i32::MIN).div_euclid(i64::from(MONTH_DAYS));
    u32::try_from(month).unwrap_or(u32::MAX)
}

/// One counter: its place's digits, its category, what it counts, and its days.
struct Counter<'a> {
    division: &'a str,
    category: &'a str,
    kind: Kind,
    days: Vec<(i32, i64)>,
}

/// Goes through the counters of a place, as fine as `digits`; `false` where they are more than are read for one answer.
fn each(
    rows: &Snapshot<'_>,
    filter: &Filter,
    digits: usize,
    mut with: impl FnMut(Counter<'_>),
) -> Result<bool, ReadError> {
    let area = filter.division.as_ref().map_or("", |area| area.as_str());
    let prefix = match &filter.zone {
        Some(zone) => family(Family::Zone, zone.as_str()),
        None if area.len() <= 6 && digits <= 6 => family(Family::County, ""),
        None => family(Family::Community, ""),
    };
    for (read, row) in rows.scan(&[prefix.as_slice(), area.as_bytes()].concat(), None).enumerate() {
        if read == COUNTERS_READ_MAX {
            return Ok(false);
        }
        let row = row?;
        let rest = row.key().get(prefix.len()..).ok_or_else(odd_key)?;
        let (texts, last) = rest.split_at_checked(rest.len().saturating_sub(6)).ok_or_else(odd_key)?;
        let (division, category) =
            std::str::from_utf8(texts).ok().and_then(|t| t.split_once('\0')).ok_or_else(odd_key)?;
        let kind = last.get(1).copied().and_then(Kind::of).ok_or_else(odd_key)?;
        if filter.category.as_ref().is_some_and(|code| !category.is_empty() && code.as_str() != category) {
            continue;
        }
        let Month(days) = row.decode()?;
        with(Counter { division, category, kind, days });
    }
    Ok(true)
}

/// Counts on a day.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// By place, category and status.
    pub(crate) certifications: BTreeMap<(String, String, Status), u64>,
    pub(crate) providers: u64,
    pub(crate) live_providers: u64,
}

fn positive(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Counts on a day; `None` where more counters are in the question than are read for one answer.
pub(crate) fn counts(
    rows: &Snapshot<'_>,
    filter: &Filter,
    day: i32,
    digits: usize,
) -> Result<Option<Counts>, ReadError> {
    let mut sums: BTreeMap<(String, String, Status), i64> = BTreeMap::new();
    let (mut any, mut live) = (0, 0);
    let whole = each(rows, filter, digits, |counter| {
        let sum: i64 = counter.days.iter().filter(|(from, _)| *from <= day).map(|(_, by)| by).sum();
        match counter.kind {
            Kind::Stands(status) => {
                let place = counter.division.get(..digits).unwrap_or(counter.division);
                *sums.entry((place.to_owned(), counter.category.to_owned(), status)).or_default() += sum;
            }
            Kind::Any => any += sum,
            Kind::Live => live += sum,
            Kind::Happened(_) => {}
        }
    })?;
    if !whole {
        return Ok(None);
    }
    sums.retain(|_, sum| *sum != 0);
    if filter.category.is_some() {
        // An outlet has one certification of a category.
        any = sums.values().sum();
        live = sums.iter().filter(|((_, _, status), _)| status.is_live()).map(|(_, sum)| sum).sum();
    }
    let certifications = sums.into_iter().map(|(key, sum)| (key, positive(sum))).collect();
    Ok(Some(Counts { certifications, providers: positive(any), live_providers: positive(live) }))
}

/// By month, place, category and what happened.
pub(crate) type Flows = BTreeMap<(String, String, String, Flow), u64>;

/// What happened from one day to another, both included, by place, category and the key `month` makes of the day.
pub(crate) fn flows(
    rows: &Snapshot<'_>,
    filter: &Filter,
    (first, last): (i32, i32),
    digits: usize,
    month: impl Fn(i32) -> String,
) -> Result<Option<Flows>, ReadError> {
    let mut sums: BTreeMap<(String, String, String, Flow), i64> = BTreeMap::new();
    let whole = each(rows, filter, digits, |counter| {
        let Kind::Happened(flow) = counter.kind else { return };
        let place = counter.division.get(..digits).unwrap_or(counter.division);
        for (day, by) in counter.days.iter().filter(|(day, _)| (first..=last).contains(day)) {
            let key = (month(*day), place.to_owned(), counter.category.to_owned(), flow);
            *sums.entry(key).or_default() += by;
        }
    })?;
    sums.retain(|_, sum| *sum != 0);
    Ok(whole.then(|| sums.into_iter().map(|(key, sum)| (key, positive(sum))).collect()))
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::status::Span;

    /// The rows by their keys.
    pub(crate) fn stored(rows: &Snapshot<'_>) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let counter = |row: Result<projection::Row, ReadError>| {
            let row = row.unwrap();
            (row.key().to_vec(), row.value().to_vec())
        };
        rows.scan(&[COUNTER], None).map(counter).collect()
    }

    /// The rows that these records and nothing else make.
    pub(crate) fn made_anew(views: &[View]) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut moves = Moves::new();
        for view in views {
            Added::of(view, &view.shown_division()).moves(1, &mut moves);
        }
        let row = |(key, mut days): (Vec<u8>, BTreeMap<i32, i64>)| {
            days.retain(|_, by| *by != 0);
            (!days.is_empty()).then(|| (key, projection::encode(&Month(days.into_iter().collect())).unwrap()))
        };
        moves.into_iter().filter_map(row).collect()
    }

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
                    status::standings(&view, day).into_iter().map(|(c, (status, _))| (c.category.clone(), status)).collect();
                for category in ["0", "1"] {
                    for status in STATUSES {
                        let there = now.contains(&(category.to_owned(), status));
                        prop_assert_eq!(total(category, Kind::Stands(status), day), i64::from(there), "{} {:?} on {}", category, status, day);
                    }
                }
                prop_assert_eq!(total("", Kind::Any, day), i64::from(!now.is_empty()));
                prop_assert_eq!(total("", Kind::Live, day), i64::from(now.iter().any(|(_, status)| status.is_live())));
                for (c, over) in view.certifications.iter().zip(&mut over) {
                    let flow = match status::on(c, day).map(|(status, _)| status) {
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

    #[test]
    fn a_kind_is_the_byte_it_is_stored_by() {
        let kinds =
            STATUSES.map(Kind::Stands).into_iter().chain(FLOWS.map(Kind::Happened)).chain([Kind::Any, Kind::Live]);
        for kind in kinds {
            assert_eq!(Kind::of(kind.code()), Some(kind));
        }
    }
}
