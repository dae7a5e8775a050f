//! What was read, held against the truth.

use std::collections::BTreeMap;

use lists::account::{Became, NotARow};
use lists::{List, Verdict};

use crate::kinds::{Case, Kind, Place, Term};
use crate::words::{CATEGORIES, COUNTIES};

/// What became of the rows of all cases.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) read: u64,
    pub(super) asked: u64,
    pub(super) reported: u64,
    pub(super) by: BTreeMap<String, u64>,
}

/// Holds what was read against the truth: what is wrong, in words.
pub(super) fn compare(case: &Case, list: &List, tally: &mut Tally) -> Result<(), String> {
    let mut met: BTreeMap<Place, u32> = BTreeMap::new();
    for row in &list.rows {
        let page = case.pages.iter().position(|page| page.name == row.at.sheet).unwrap_or(0);
        let place = (page, row.at.line, row.at.block);
        let Some(outlet) = case.truth.get(&place) else {
            if row.entry.is_some() {
                return Err(format!("made up: {row:?}"));
            }
            *tally
                .by
                .entry(format!("a row without a name: {:?}", row.faults.first().map(|fault| fault.rule)))
                .or_default() += 1;
            continue;
        };
        *met.entry(place).or_default() += 1;
        if row.name != outlet.name {
            return Err(format!("name: {row:?} is {outlet:?}"));
        }
        let Some(entry) = &row.entry else {
            if row.faults.is_empty() && row.waits_for.is_empty() {
                return Err(format!("neither read nor asked nor reported: {row:?}"));
            }
            let why = row.faults.first().map_or_else(|| row.waits_for[0].clone(), |fault| fault.rule.to_owned());
            *tally.by.entry(why).or_default() += 1;
            if row.faults.is_empty() {
                tally.asked += 1;
            } else {
                tally.reported += 1;
            }
            continue;
        };
        tally.read += 1;
        let verdict = match row.verdict {
            Some(Verdict::Certified) => Some(Kind::Certified),
            Some(Verdict::Proposed { .. }) => Some(Kind::Proposed),
            Some(Verdict::Refused) => Some(Kind::Refused),
            Some(Verdict::Ended { .. }) => Some(Kind::Ended),
            None => None,
        };
        let setting = &case.setting;
        let wrong = |what: &str| Err(format!("{what}: {row:?} is {outlet:?}"));
        if verdict != Some(outlet.verdict) {
            return wrong("verdict");
        }
        if entry.category.as_str() != CATEGORIES[outlet.category].0 {
            return wrong("category");
        }
        if entry.division.as_str() != COUNTIES[outlet.county].0 {
            return wrong("county");
        }
        if entry.address.as_ref().map(domain::Text::as_str) != setting.address.then_some(outlet.address.as_str()) {
            return wrong("address");
        }
        if entry.street.as_deref() != setting.street.then_some(outlet.street) {
            return wrong("street");
        }
        // Of one that ended, the number in a list of certified ones is of the certification, and not of its end: it is kept as the list has it.
        let of_certifying = outlet.verdict == Kind::Ended && entry.document.is_none();
        if entry.document.is_some() != setting.document && !of_certifying {
            return wrong("document");
        }
        if outlet.verdict == Kind::Certified {
            if entry.decided_on != setting.decided.then_some(outlet.decided) {
                return wrong("day of the decision");
            }
            if entry.valid_to != (setting.term != Term::None).then_some(outlet.to) {
                return wrong("last day");
            }
            // What is worked out from a length says so.
            if entry.worked_out.is_some() != (setting.term == Term::Length) {
                return wrong("worked out or not");
            }
            let from = matches!(setting.term, Term::Range | Term::Columns | Term::Above).then_some(outlet.from);
            if entry.valid_from != from {
                return wrong("first day");
            }
        }
    }
    for (place, outlet) in &case.truth {
        match met.get(place) {
            Some(1) => {}
            Some(_) => return Err(format!("twice: {outlet:?}")),
            None => return Err(format!("lost: {outlet:?}")),
        }
    }
    adds_up(case, list)
}

/// Every line that holds anything became one thing, in the order of the book.
fn adds_up(case: &Case, list: &List) -> Result<(), String> {
    let counts = lists::account::count(&list.lines);
    let not: u64 = counts.not.values().sum();
    let lines: usize = case
        .pages
        .iter()
        .map(|page| page.lines.iter().filter(|set| set.cells.iter().any(|c| !c.is_empty())).count())
        .sum();
    if counts.lines != lines as u64 || counts.lines != counts.with_rows + counts.titles + not {
        return Err(format!("{lines} lines are {counts:?}"));
    }
    if counts.rows != list.rows.len() as u64 {
        return Err(format!("{} rows are {counts:?}", list.rows.len()));
    }
    let hidden: u64 = [NotARow::Hidden, NotARow::StruckOut].iter().filter_map(|why| counts.not.get(why)).sum();
    if hidden != case.unseen as u64 {
        return Err(format!("{} rows that nobody sees are {counts:?}", case.unseen));
    }
    if list.lines.iter().any(|line| line.became == Became::Rows(0)) {
        return Err("a line of no rows".to_owned());
    }
    Ok(())
}
