//! Counters of certifications by place, category, status and day, kept as rows.
//!
//! A commit takes away what the record added before it and adds what it adds after it, so the counters equal a recount by construction.

use std::collections::BTreeMap;

use projection::{ReadError, Row, Rows};

use super::key::counted::{Family, counted_place as place, month_of};
use super::key::odd;
use crate::outlet::happened::{Changes, Flow, Kind, added};
use crate::outlet::status::Status;
use crate::outlet::view::View;

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
const FLOWS: [Flow; 14] = [
    Flow::Certified,
    Flow::Cancelled,
    Flow::Withdrawn,
    Flow::Expired,
    Flow::Deregistered,
    Flow::PlaqueNotReturned,
    Flow::PledgeBroken,
    Flow::Renewed,
    Flow::Annulled,
    Flow::Overturned,
    Flow::Restored,
    Flow::Ordered,
    Flow::Suspended,
    Flow::Noticed,
];

/// The byte a status is stored by; never changed.
pub(crate) fn status_code(status: Status) -> u8 {
    code(Kind::Stands(status))
}

/// The byte a kind is stored by; never changed.
fn code(kind: Kind) -> u8 {
    let place = |position: Option<usize>| position.and_then(|p| u8::try_from(p).ok()).unwrap_or(u8::MAX);
    match kind {
        Kind::Stands(status) => 1 + place(STATUSES.iter().position(|s| *s == status)),
        Kind::StandsUnstated(status) => 10 + place(STATUSES.iter().position(|s| *s == status)),
        Kind::Any => 20,
        Kind::Live => 21,
        Kind::Happened(flow) => 40 + place(FLOWS.iter().position(|f| *f == flow)),
    }
}

fn kind_of(code: u8) -> Option<Kind> {
    let at = usize::from(code);
    match code {
        1..=7 => STATUSES.get(at - 1).map(|status| Kind::Stands(*status)),
        10..=16 => STATUSES.get(at - 10).map(|status| Kind::StandsUnstated(*status)),
        20 => Some(Kind::Any),
        21 => Some(Kind::Live),
        40..=53 => FLOWS.get(at - 40).map(|flow| Kind::Happened(*flow)),
        _ => None,
    }
}

/// What is counted and on which day of its month, from 0, as one number of a row.
fn number(kind: Kind, day_of_month: u8) -> u64 {
    u64::from(code(kind)) << 8 | u64::from(day_of_month)
}

/// What is counted in a row, on which day of the month that begins with `first`, and by how much it changes.
pub(crate) fn changes(row: &Row, first: i32) -> impl Iterator<Item = Result<(Kind, i32, i64), ReadError>> {
    projection::counts(row.value()).map(move |(number, by)| {
        let kind = u8::try_from(number >> 8).ok().and_then(kind_of).ok_or_else(odd)?;
        Ok((kind, first.saturating_add(i32::try_from(number & 0xff).unwrap_or(0)), by))
    })
}

/// Row, what is counted and on which day of its month → by how much it changes.
type Moves = BTreeMap<(Vec<u8>, u64), i64>;

/// What a record adds to which places.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Added {
    changes: Changes,
    /// Division and zone, in the order in which it stood there.
    places: Vec<(String, String)>,
}

impl Added {
    pub(crate) fn of(view: &View) -> Self {
        let (mut begins, mut places) = (Vec::new(), Vec::new());
        for known in view.known() {
            let place = (known.division(), known.zone().to_owned());
            if places.last() != Some(&place) {
                begins.push(known.from);
                places.push(place);
            }
        }
        // What has no place is counted nowhere.
        let changes = if places.is_empty() { Changes::new() } else { added(view, &begins) };
        Self { changes, places }
    }

    /// What one place is counted in: its county, its community, and its community under its zone.
    fn counted_in((division, zone): &(String, String)) -> Vec<Vec<u8>> {
        let mut places = vec![place(Family::County, "", division.get(..6).unwrap_or(division))];
        places.push(place(Family::Community, "", division));
        if !zone.is_empty() {
            places.push(place(Family::Zone, zone, division));
        }
        places
    }

    /// Adds it, or with the sign turned takes it away.
    fn moves(&self, sign: i64, moves: &mut Moves) {
        let counted_in: Vec<Vec<Vec<u8>>> = self.places.iter().map(Self::counted_in).collect();
        for ((at, category, kind, day), by) in &self.changes {
            let (month, day_of_month) = month_of(*day);
            for place in counted_in.get(*at).into_iter().flatten() {
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

#[cfg(test)]
pub(crate) mod tests {
    use projection::Snapshot;

    use super::*;
    use crate::rows::key::counted::COUNTER;

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
            Added::of(view).moves(1, &mut moves);
        }
        let mut rows: BTreeMap<Vec<u8>, Vec<(u64, i64)>> = BTreeMap::new();
        for ((key, number), by) in moves.into_iter().filter(|(_, by)| *by != 0) {
            rows.entry(key).or_default().push((number, by));
        }
        rows
    }

    #[test]
    fn a_kind_is_the_byte_it_is_stored_by() {
        let kinds =
            STATUSES.map(Kind::Stands).into_iter().chain(FLOWS.map(Kind::Happened)).chain([Kind::Any, Kind::Live]);
        let kinds = kinds.chain(STATUSES.map(Kind::StandsUnstated));
        for kind in kinds {
            assert_eq!(kind_of(code(kind)), Some(kind));
        }
    }
}
