//! Counters of certifications by place, category, status and day, kept as rows; `statistics.rs` adds them up.
//!
//! What one provider adds is a pure function of its record. A commit takes away what the record added before it and adds what it adds
//! after it, so the counters equal a recount by construction. Statuses change with the days and without events: a counter holds by how
//! much a number changes on which day, future days included.

use std::collections::{BTreeMap, BTreeSet};

use api::directory::v1::EndKind;
use api::registry::v1::PlaqueStatus as PlaqueForm;
use projection::{ReadError, Row, Rows};

use crate::rows::odd_key;
use crate::status::{self, Status};
use crate::view::{CertificationView, View};

/// `s`, family, place, 0, category (empty: of the whole outlet), 0, month (4 bytes) → what is counted, and the day of the month,
/// with by how much it changes. A certification with a term touches
/// four rows a place: its category and the whole outlet, in the month it begins and in the month it ends.
const COUNTER: u8 = b's';
/// Days are counted in months of this many: a row holds the days of one, and none of the calendar's is needed to add them up.
const MONTH_DAYS: i64 = 32;
/// The month of the first day there is: what happened before all days counts in it.
const FIRST_MONTH: i64 = -(1 << 31) / MONTH_DAYS;

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

/// What is counted and on which day of its month, from 0, as one number of a row.
fn number(kind: Kind, day_of_month: u8) -> u64 {
    u64::from(kind.code()) << 8 | u64::from(day_of_month)
}

/// What is counted in a row, on which day of the month that begins with `first`, and by how much it changes.
pub(crate) fn changes(row: &Row, first: i32) -> impl Iterator<Item = Result<(Kind, i32, i64), ReadError>> {
    projection::counts(row.value()).map(move |(number, by)| {
        let kind = u8::try_from(number >> 8).ok().and_then(Kind::of).ok_or_else(odd_key)?;
        Ok((kind, first.saturating_add(i32::try_from(number & 0xff).unwrap_or(0)), by))
    })
}

/// Category (empty: of the whole outlet), what is counted, day → by how much it changes.
type Changes = BTreeMap<(String, Kind, i32), i64>;

/// Row, what is counted and on which day of its month → by how much it changes.
type Moves = BTreeMap<(Vec<u8>, u64), i64>;

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
                let (month, day_of_month) = month_of(*day);
                let mut key = place.clone();
                key.extend_from_slice(category.as_bytes());
                key.push(0);
                key.extend_from_slice(&month.to_be_bytes());
                *moves.entry((key, number(*kind, day_of_month))).or_default() += sign * by;
            }
        }
    }

    /// Takes away what was added and adds what is.
    pub(crate) fn replace(&self, new: &Self, rows: &mut Rows<'_>) {
        if self == new {
            return;
        }
        let mut moves = Moves::new();
        self.moves(-1, &mut moves);
        new.moves(1, &mut moves);
        for ((key, number), by) in moves.into_iter().filter(|(_, by)| *by != 0) {
            rows.add(&key, number, by);
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Family {
    County,
    Community,
    Zone,
}

/// The first part of a counter's key, up to the digits of its place.
pub(crate) fn family(family: Family, zone: &str) -> Vec<u8> {
    match family {
        Family::County => vec![COUNTER, b'6'],
        Family::Community => vec![COUNTER, b'c'],
        Family::Zone => [&[COUNTER, b'z'], zone.as_bytes(), &[0]].concat(),
    }
}

fn place(of: Family, zone: &str, digits: &str) -> Vec<u8> {
    [family(of, zone).as_slice(), digits.as_bytes(), &[0]].concat()
}

/// A number that grows with the months, from 0, and the day's place in its month, from 0.
fn month_of(day: i32) -> (u32, u8) {
    let (month, day_of_month) = (i64::from(day).div_euclid(MONTH_DAYS), i64::from(day).rem_euclid(MONTH_DAYS));
    (u32::try_from(month - FIRST_MONTH).unwrap_or(u32::MAX), u8::try_from(day_of_month).unwrap_or(u8::MAX))
}

/// The first day of a month.
fn first_day(month: u32) -> i32 {
    i32::try_from((i64::from(month) + FIRST_MONTH) * MONTH_DAYS).unwrap_or(i32::MAX)
}

/// What a counter's key says: its place's digits, its category, and the first and last day of its month.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counter<'a> {
    pub(crate) division: &'a str,
    pub(crate) category: &'a str,
    pub(crate) first: i32,
    pub(crate) last: i32,
}

/// Reads the key of a counter from behind its family.
pub(crate) fn counter(rest: &[u8]) -> Option<Counter<'_>> {
    let (texts, month) = rest.split_last_chunk::<4>()?;
    let (division, category) = std::str::from_utf8(texts).ok()?.strip_suffix('\0')?.split_once('\0')?;
    let month = u32::from_be_bytes(*month);
    Some(Counter { division, category, first: first_day(month), last: first_day(month.saturating_add(1)) - 1 })
}

#[cfg(test)]
pub(crate) mod tests {
    use projection::Snapshot;
    use proptest::prelude::*;

    use super::*;
    use crate::status::Span;

    /// The rows by their keys.
    pub(crate) fn stored(rows: &Snapshot<'_>) -> BTreeMap<Vec<u8>, Vec<(u64, i64)>> {
        let counter = |row: Result<projection::Row, ReadError>| {
            let row = row.unwrap();
            (row.key().to_vec(), projection::counts(row.value()).collect())
        };
        rows.scan(&[COUNTER], None).map(counter).collect()
    }

    /// The rows that these records and nothing else make.
    pub(crate) fn made_anew(views: &[View]) -> BTreeMap<Vec<u8>, Vec<(u64, i64)>> {
        let mut moves = Moves::new();
        for view in views {
            Added::of(view, &view.shown_division()).moves(1, &mut moves);
        }
        let mut rows: BTreeMap<Vec<u8>, Vec<(u64, i64)>> = BTreeMap::new();
        for ((key, number), by) in moves.into_iter().filter(|(_, by)| *by != 0) {
            rows.entry(key).or_default().push((number, by));
        }
        rows
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
    fn a_day_is_found_in_its_month() {
        for day in [i32::MIN, -33, -32, -1, 0, 31, 32, 20_000] {
            let (month, day_of_month) = month_of(day);
            assert_eq!(first_day(month) + i32::from(day_of_month), day);
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
