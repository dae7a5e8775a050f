//! The rules, one row each: what was done, what is asked, what comes of it. Every refusal there is has a row.
//! A file a facet; here is what a row is, and that each of them holds.

#![allow(clippy::too_many_lines, reason = "a table is as long as it has rows")]
#![expect(clippy::unwrap_used, reason = "a value of the table that is not one ends the test")]

mod alone;
mod any_order;
mod carried;
mod case;
mod certification;
mod consequences;
mod correction;
mod days;
mod dropped;
mod ending;
mod expiry;
mod fallen;
mod held_then;
mod late;
mod neighbours;
mod operator;
mod overturning;
mod own_day;
mod particulars;
mod personal;
mod plaque;
mod pledge;
mod price;
mod recalls;
mod same;
mod scheme;
mod standing;
mod supervision;
#[path = "../world/mod.rs"]
mod world;

use std::collections::BTreeSet;

use domain::command::Command;
use domain::*;
use world::*;

/// What a row expects: the names of the facts, or the reason of the refusal.
type Then = Result<&'static [&'static str], &'static str>;

struct Row {
    rule: &'static str,
    given: Vec<Command>,
    bureau: &'static str,
    today: &'static str,
    when: Command,
    then: Then,
}

/// A row on 2026-07-01 by a bureau that may decide on everything in the city.
fn row(rule: &'static str, given: Vec<Command>, when: Command, then: Then) -> Row {
    Row { rule, given, bureau: "everything", today: "2026-07-01", when, then }
}

fn by(bureau: &'static str, row: Row) -> Row {
    Row { bureau, ..row }
}

fn on(today: &'static str, row: Row) -> Row {
    Row { today, ..row }
}

fn and(given: Vec<Command>, more: &[Command]) -> Vec<Command> {
    [given, more.to_vec()].concat()
}

const NOTHING: Then = Ok(&[]);

fn table() -> Vec<Row> {
    let facets = [
        particulars::rows(),
        case::rows(),
        certification::rows(),
        supervision::rows(),
        ending::rows(),
        pledge::rows(),
        price::rows(),
        plaque::rows(),
        same::rows(),
        own_day::rows(),
        held_then::rows(),
        any_order::rows(),
        any_order::breaches(),
        fallen::rows(),
        standing::rows(),
        overturning::rows(),
        alone::rows(),
        neighbours::rows(),
    ];
    facets.into_iter().flatten().collect()
}

/// The state after the given commands, each decided on the row's day.
fn state(row: &Row, world: &World) -> Provider {
    row.given.iter().fold(Provider::default(), |state, command| {
        // Given steps are those of whoever may take them, on whatever day they could be taken.
        let days = ["2026-03-20", "2026-06-11", "2026-07-01", row.today, "2029-01-05"];
        let decided =
            days.iter().flat_map(|today| ["everything", "lists", "zone"].map(|bureau| (bureau, day(today)))).find_map(
                |(bureau, today)| world.decide(&state, bureau, today, command).ok().filter(|events| !events.is_empty()),
            );
        let events = decided.unwrap_or_else(|| panic!("{}: a given step is refused: {command:?}", row.rule));
        then(state, &events)
    })
}

#[test]
fn every_row_holds() {
    let world = World::new();
    let mut wrong = Vec::new();
    for row in table() {
        let answer = world.decide(&state(&row, &world), row.bureau, day(row.today), &row.when);
        let names: Result<Vec<&str>, &str> = match &answer {
            Ok(events) => Ok(events.iter().map(Event::name).collect()),
            Err(refusal) => Err(refusal.reason()),
        };
        if names != row.then.map(<[&str]>::to_vec) {
            wrong.push(format!("{}: expected {:?}, got {names:?}", row.rule, row.then));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_refusal_there_is_has_a_row() {
    let mut rows: BTreeSet<&str> = table().iter().filter_map(|row| row.then.err()).collect();
    // Shown with their facets, where a row has no room for what they need.
    rows.extend([
        "OPERATOR_BARRED",
        "NOT_BARRED",
        "CODE_NOT_CONFIRMED",
        "CODE_NEEDS_NO_CONFIRMATION",
        "CODE_CONFIRMED_OTHERWISE",
        "PLAQUES_EXHAUSTED",
        "PLAQUE_REPLACED",
        "AMENDMENTS_EXHAUSTED",
        "OBJECTIONS_OPEN_MAX",
        "PRICES_PENDING_MAX",
        "PLEDGES_MAX",
        "BREACHES_MAX",
        "PLAQUES_ORDERED_MAX",
        // Told as why a later act does not stand.
        "COMES_OUT_OTHERWISE",
    ]);
    // Made where files of rules are read and adopted: the crate rulebook shows them.
    rows.extend([
        "NO_SCHEME",
        "RULES_REJECTED",
        "SCHEME_WITHOUT_BASE",
        "SCHEME_NOT_NEWER",
        "SCHEME_VERSION_TAKEN",
        "EDITION_UNKNOWN",
        "CORRECTS_ANOTHER_AREA",
    ]);
    rows.extend(correction::refused());
    rows.extend(late::refused());
    let all: BTreeSet<&str> = Refusal::REASONS.iter().copied().collect();
    assert_eq!(all.difference(&rows).collect::<Vec<_>>(), Vec::<&&str>::new());
}
