//! Bars that stand in other records than the outlet's own: on its operator, and by the ends of that one's other outlets. No stream of one outlet
//! knows them, and either may be typed first: so each certified outlet of an operator is told of all, and what was decided within one stands in
//! its work list.

use std::collections::BTreeMap;

use domain::{Event, ProviderId};
use projection::{ApplyError, Row, Rows, decode, encode};
use serde::{Deserialize, Serialize};

use super::bars::BarRow;
use super::key::{BARS, OPERATED, key};
use super::touched::Touched;
use crate::outlet::view::{BarredView, BesideView, View};

/// An outlet of an operator, with the bars that its ends brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OutletRow {
    id: String,
    bars: Vec<BarredView>,
}

/// Whether by a commit an outlet may come to be certified, to bring a bar, or to be another operator's.
pub(super) fn bears(events: &[Event]) -> bool {
    let bears = |event: &Event| {
        matches!(
            event,
            Event::Certified(_)
                | Event::CertificationRecorded(_)
                | Event::CertificationRevoked(_)
                | Event::EndingRecorded(_)
                | Event::ActOverturned(_)
                | Event::OperatorIdentified(_)
                | Event::ActCorrected(_)
        )
    };
    events.iter().any(bears)
}

/// The codes that the operator of an outlet is known by.
pub(super) fn codes(id: &ProviderId, view: &View) -> Vec<String> {
    view.codes(id).map(str::to_owned).collect()
}

/// After a commit of an outlet that may change them: its place among those of its operator, which was known by the codes `before`, and what is told
/// of its bars to the others.
pub(super) fn follow(
    touched: &mut BTreeMap<String, Touched>,
    id: &ProviderId,
    before: &[String],
    rows: &mut Rows<'_>,
) -> Result<(), ApplyError> {
    let Some(own) = touched.get(id.as_str()) else { return Ok(()) };
    let codes = codes(id, &own.view);
    let is_certified = !own.view.certifications.is_empty();
    let listed = is_certified.then(|| OutletRow { id: id.to_string(), bars: own.view.own_bars().collect() });
    for code in codes.iter().chain(before.iter().filter(|code| !codes.contains(code))) {
        let listed = listed.as_ref().filter(|_| codes.contains(code));
        let key = key(OPERATED, &[code]);
        let row = rows.row(&key)?;
        let mut outlets: Vec<OutletRow> = row.as_ref().map(|row| decode(row.value())).transpose()?.unwrap_or_default();
        let at = outlets.binary_search_by(|outlet| outlet.id.as_str().cmp(id.as_str()));
        let was = at.ok().map(|at| outlets[at].clone());
        if was.as_ref() == listed {
            continue;
        }
        match (at, listed) {
            (Ok(at), Some(listed)) => outlets[at] = listed.clone(),
            (Ok(at), None) => drop(outlets.remove(at)),
            (Err(at), Some(listed)) => outlets.insert(at, listed.clone()),
            (Err(_), None) => {}
        }
        let after = if outlets.is_empty() { None } else { Some(encode(&outlets)?) };
        rows.replace(&key, row.as_ref().map(Row::value), after);
        if was.map(|was| was.bars).unwrap_or_default() != listed.map(|own| own.bars.clone()).unwrap_or_default() {
            for other in outlets.iter().filter(|other| other.id != id.as_str()) {
                tell(touched, &other.id, rows)?;
            }
        }
    }
    tell(touched, id.as_str(), rows)
}

/// After a commit of an operator's stream that may change the bars on it.
pub(super) fn of_operator(
    touched: &mut BTreeMap<String, Touched>,
    code: &str,
    rows: &mut Rows<'_>,
) -> Result<(), ApplyError> {
    let outlets: Vec<OutletRow> = rows.get(&key(OPERATED, &[code]))?.unwrap_or_default();
    outlets.iter().try_for_each(|outlet| tell(touched, &outlet.id, rows))
}

/// What an outlet is told of the bars beside it.
fn tell(touched: &mut BTreeMap<String, Touched>, id: &str, rows: &mut Rows<'_>) -> Result<(), ApplyError> {
    if !touched.contains_key(id) {
        touched.insert(id.to_owned(), Touched::load(id, rows)?);
    }
    let Some(own) = touched.get_mut(id) else { return Ok(()) };
    let mut beside = Vec::new();
    let provider = ProviderId::parse_confirmed(id).ok().filter(|_| !own.view.certifications.is_empty());
    for code in provider.iter().flat_map(|provider| codes(provider, &own.view)) {
        let bars: Vec<BarRow> = rows.get(&key(BARS, &[&code]))?.unwrap_or_default();
        beside.extend(bars.iter().flat_map(BarRow::barred).map(|bar| BesideView { of: code.clone(), bar }));
        let outlets: Vec<OutletRow> = rows.get(&key(OPERATED, &[&code]))?.unwrap_or_default();
        for other in outlets.into_iter().filter(|other| other.id != id) {
            beside.extend(other.bars.into_iter().map(|bar| BesideView { of: other.id.clone(), bar }));
        }
    }
    beside.sort_unstable();
    beside.dedup();
    own.view.beside = beside;
    Ok(())
}
