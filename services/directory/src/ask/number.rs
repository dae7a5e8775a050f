//! Outlets by a number or an operator's code: few, found by their own index.

use std::collections::BTreeSet;

use domain::{OperatorCode, PlaqueNumber, document_key};
use projection::Snapshot;

use super::effort::{Effort, Fault};
use super::{Filter, SORTED_ROWS_MAX};
use crate::outlet::view::View;
use crate::rows::card::view;
use crate::rows::key::{completed, id_of, numbered, odd, outlets_of, short};

/// Outlets that a number or an operator's code stands for, by the first positions of their commits.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// Neither is asked for.
    Nothing,
    These(BTreeSet<Vec<u8>>),
    /// More than one page may sort.
    TooMany,
}

/// The outlets of an operator, or those a number stands for.
pub(crate) fn of_number(rows: &Snapshot<'_>, filter: &Filter, effort: &Effort) -> Result<Named, Fault> {
    let mut found = BTreeSet::new();
    let mut first = |view: Option<View>| found.extend(view.map(|view| short(view.first_position).to_vec()));
    let mut looked = 0;
    if !filter.number.is_empty() {
        let of_operator = |id: &str, view: &View| filter.operator.as_ref().is_none_or(|code| is_of(code, id, view));
        for row in rows.scan(&numbered(&document_key(&filter.number)), None) {
            looked += 1;
            if looked > SORTED_ROWS_MAX {
                return Ok(Named::TooMany);
            }
            effort.step()?;
            let row = row?;
            let id = id_of(row.key()).ok_or_else(odd)?;
            first(view(rows, id)?.filter(|view| of_operator(id, view)));
        }
        if let Ok(plaque) = PlaqueNumber::parse(&filter.number) {
            let id = plaque.provider().as_str();
            let has = |view: &View| view.plaques.iter().any(|p| p.number == plaque.as_str());
            first(view(rows, id)?.filter(|view| has(view) && of_operator(id, view)));
        }
        return Ok(Named::These(found));
    }
    let Some(operator) = &filter.operator else { return Ok(Named::Nothing) };
    for row in rows.scan(&outlets_of(operator.as_str()), None) {
        looked += 1;
        if looked > SORTED_ROWS_MAX {
            return Ok(Named::TooMany);
        }
        effort.step()?;
        first(Some(row?.decode()?));
    }
    for row in rows.scan(&completed(operator.as_str()), None) {
        looked += 1;
        if looked > SORTED_ROWS_MAX {
            return Ok(Named::TooMany);
        }
        effort.step()?;
        first(view(rows, id_of(row?.key()).ok_or_else(odd)?)?);
    }
    Ok(Named::These(found))
}

/// Whether an outlet is of an operator: by its id, or by a code that was supplied later.
pub(crate) fn is_of(code: &OperatorCode, id: &str, view: &View) -> bool {
    id.starts_with(code.as_str()) || view.operator_uscc() == Some(code.as_str())
}

/// Whether a record is one that the filter's number or operator finds, where it has one.
pub(crate) fn is_named(id: &str, view: &View, filter: &Filter) -> bool {
    let number = document_key(&filter.number);
    let has = || {
        view.certifications.iter().any(|c| document_key(&c.document_number) == number)
            || view.pledges.iter().any(|pledge| pledge.number == number)
            || PlaqueNumber::parse(&filter.number)
                .is_ok_and(|number| view.plaques.iter().any(|plaque| plaque.number == number.as_str()))
    };
    (number.is_empty() || has()) && filter.operator.as_ref().is_none_or(|code| is_of(code, id, view))
}
