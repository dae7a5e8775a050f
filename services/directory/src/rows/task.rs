//! Tasks, in the order they are due in.

use projection::{ReadError, Row};
use serde::{Deserialize, Serialize};

use super::key::{LAPSE_WHEN_DUE, TaskPlace, county_digits, lapse, odd, task_key};
use crate::outlet::due::{Due, Kind};
use crate::outlet::view::View;

/// Kinds in the order of their stored bytes.
const KINDS: [Kind; 12] = [
    Kind::NoticeEnded,
    Kind::CertificationExpiring,
    Kind::PlaqueToRecover,
    Kind::RectificationDue,
    Kind::PledgeToCheck,
    Kind::OperatorToIdentify,
    Kind::HearingEnded,
    Kind::CaseReturned,
    Kind::PledgeDoubled,
    Kind::ObjectionOpen,
    Kind::WithinBar,
    Kind::LastDayToState,
];

/// What a work list needs of a task beside its key; it borrows from where it was read. Places are those the public may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TaskRow<'a> {
    pub(crate) name: &'a str,
    pub(crate) division: &'a str,
    pub(crate) zone: &'a str,
    /// That it touches: its own, or each of the outlet.
    #[serde(borrow)]
    pub(crate) categories: Vec<&'a str>,
    pub(crate) until: i32,
    /// Other outlets that it is about.
    #[serde(borrow)]
    pub(crate) others: Vec<&'a str>,
    pub(crate) ground: &'a str,
    pub(crate) has_term: bool,
    pub(crate) begins: i32,
}

impl<'a> TaskRow<'a> {
    /// A task of a provider, and its key.
    pub(super) fn of(id: &str, view: &'a View, division: &'a str, due: &'a Due) -> (Vec<u8>, Self) {
        let place = TaskPlace {
            on: due.on,
            id,
            kind: KINDS
                .iter()
                .position(|kind| *kind == due.kind)
                .and_then(|at| u8::try_from(at).ok())
                .unwrap_or(u8::MAX),
            category: &due.category,
            subject: &due.subject,
            act: due.act,
            from: due.from,
        };
        let lapse = if due.until == due.on { LAPSE_WHEN_DUE } else { lapse(due.until) };
        let categories =
            if due.category.is_empty() { view.categories().collect() } else { vec![due.category.as_str()] };
        let key = task_key(county_digits(division), lapse, &place.bytes());
        let others = due.others.iter().map(String::as_str).collect();
        let Due { until, ground, has_term, begins, .. } = due;
        let (until, has_term, begins) = (*until, *has_term, *begins);
        let (name, zone) = (view.name(), view.zone());
        (key, Self { name, division, zone, categories, until, others, ground, has_term, begins })
    }
}

/// The task at a place, with the days of its row.
pub(crate) fn due(place: &TaskPlace<'_>, row: &TaskRow<'_>) -> Result<Due, ReadError> {
    let kind = *KINDS.get(usize::from(place.kind)).ok_or_else(odd)?;
    let (category, subject) = (place.category.to_owned(), place.subject.to_owned());
    let others = row.others.iter().map(|other| (*other).to_owned()).collect();
    let (ground, has_term) = (row.ground.to_owned(), row.has_term);
    let TaskPlace { on, act, from, .. } = *place;
    let (until, begins) = (row.until, row.begins);
    Ok(Due { on, kind, category, subject, others, act, ground, has_term, from, until, begins })
}

/// The row of a task read.
pub(crate) fn read(row: &Row) -> Result<TaskRow<'_>, ReadError> {
    row.decode()
}
