//! Rows of one file held against each other: the same row twice, and outlets of one operator that nothing tells apart.
//!
//! One operator may run many outlets (一照多址). Numbering them by their order in the file would give another outlet the number
//! when the list is sorted differently next year, so the file must number them itself.

use std::collections::{HashMap, HashSet};

use domain::ProviderId;

use super::entry::{Entry, Rejection, Row};
use super::{columns::Column, fold, rule};

/// A row before it was held against the others.
pub(crate) struct Draft {
    pub(crate) row: Row,
    /// Whether the row gave its outlet number.
    pub(crate) numbered: bool,
}

/// The first row of an outlet: what later rows of the same id must agree with.
struct First {
    line: u64,
    name: String,
    address: Option<String>,
    numbered: bool,
}

/// Rejects rows that repeat another and rows whose outlet number is missing or taken.
pub(crate) fn settle(drafts: Vec<Draft>) -> Vec<Row> {
    let mut outlets: HashMap<ProviderId, First> = HashMap::new();
    let mut seen: HashSet<Entry> = HashSet::new();
    let mut rows = Vec::with_capacity(drafts.len());
    for Draft { mut row, numbered } in drafts {
        if let Ok(entry) = &row.outcome {
            match against(&mut outlets, &mut seen, entry, row.line, numbered) {
                Ok(()) => {}
                Err(rejection) => row.outcome = Err(rejection),
            }
        }
        rows.push(row);
    }
    rows
}

fn against(
    outlets: &mut HashMap<ProviderId, First>,
    seen: &mut HashSet<Entry>,
    entry: &Entry,
    line: u64,
    numbered: bool,
) -> Result<(), Rejection> {
    let name = fold::name(entry.name.as_str());
    let address = entry.address.as_ref().map(|a| fold::name(a.as_str()));
    let Some(first) = outlets.get_mut(&entry.provider_id) else {
        outlets.insert(entry.provider_id.clone(), First { line, name, address, numbered });
        seen.insert(entry.clone());
        return Ok(());
    };
    let moved = first.address.as_ref().zip(address.as_ref()).is_some_and(|(one, other)| one != other);
    if first.name != name || moved {
        return Err(if first.numbered && numbered { taken(entry, first.line) } else { needed(entry, first.line) });
    }
    if !seen.insert(entry.clone()) {
        return Err(Rejection::new(
            Column::Name.label(),
            rule::DUPLICATE_ROW,
            "与前面的一行完全相同".to_owned(),
            "the same as a row above".to_owned(),
        ));
    }
    first.address = first.address.take().or(address);
    Ok(())
}

fn needed(entry: &Entry, line: u64) -> Rejection {
    let operator = entry.operator();
    Rejection::new(
        Column::Outlet.label(),
        rule::OUTLET_NUMBER_NEEDED,
        format!("与第{line}行同属一个主体({operator}),名称或地址不同;请加「网点号」列,为每个网点填001至999中的一个号"),
        format!(
            "of one operator ({operator}) with line {line}, under another name or address; add a column 网点号 that gives each outlet a number from 001 to 999"
        ),
    )
}

fn taken(entry: &Entry, line: u64) -> Rejection {
    let id = &entry.provider_id;
    Rejection::new(
        Column::Outlet.label(),
        rule::OUTLET_NUMBER_TAKEN,
        format!("网点编号 {id} 已用于第{line}行的另一网点"),
        format!("{id} is already another outlet's, on line {line}"),
    )
}
