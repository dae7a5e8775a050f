//! Whether somebody takes over what is on record, when bureaus lose what they decided on.

use std::collections::BTreeSet;

use domain::{Area, Bureau, CategoryCode, Day, DivisionTable, Scheme};

use crate::editions::Editions;
use crate::error::ReferenceError;

/// Digits of a county.
const COUNTY_DIGITS: usize = 6;

/// What a bureau decides on before a scheme is adopted, or ends, some bureau does after it in its places, on every day from `from` on: what is
/// on record there is ended by somebody. Asked in the area `own` and in those that lie in it.
pub(crate) fn all_taken_over(before: &Editions, after: &Editions, own: &str, from: Day) -> Result<(), ReferenceError> {
    for area in after.areas().iter().filter(|area| area.starts_with(own)) {
        let turns = after.changes(area).into_iter().chain(after.ends().map(|until| until.plus_days(1)));
        let days: BTreeSet<Day> = turns.filter(|day| *day >= from).chain([from]).collect();
        for day in days {
            let (Some(had), Some(has)) = (before.scheme_at(area, day, day), after.scheme_at(area, day, day)) else {
                continue;
            };
            // One that ends has successors, which were asked about by themselves: it may be divided among them.
            let ends = |id| has.scheme.bureaus.get(id).is_some_and(|bureau| !acts(bureau, day));
            for (id, bureau) in had.scheme.bureaus.iter().filter(|(id, bureau)| acts(bureau, day) && !ends(id)) {
                if let Some(category) = left_alone(bureau, &had.scheme, &has.scheme, day, before.divisions()) {
                    let zh = format!("自{day}起其区域内无单位办理“{category}”,已有的认定将无人监管、终止");
                    let en = format!(
                        "from {day} on no bureau decides on {category} in its places, and nobody could end what is there"
                    );
                    return Err(ReferenceError::scheme(format!("bureaus.{id}.categories"), zh, en));
                }
            }
        }
    }
    Ok(())
}

fn acts(bureau: &Bureau, day: Day) -> bool {
    bureau.until.is_none_or(|until| until >= day)
}

/// A category that a bureau had, and that none has any more in one of its places.
fn left_alone<'s>(
    bureau: &'s Bureau,
    had: &'s Scheme,
    has: &Scheme,
    day: Day,
    divisions: &DivisionTable,
) -> Option<&'s CategoryCode> {
    let places: BTreeSet<String> = bureau.areas.iter().flat_map(|area| places_of(area, had, divisions)).collect();
    let known = had.categories.keys().chain(had.dropped.keys()).filter(|category| bureau.decides_on(category));
    let is_left = |category: &&CategoryCode| {
        // Several may take it over, each in its part.
        let others: Vec<&Bureau> =
            has.bureaus.values().filter(|other| acts(other, day) && other.decides_on(category)).collect();
        !places.iter().all(|place| others.iter().any(|other| other.areas.iter().any(|area| covers(area, place, has))))
    };
    known.into_iter().find(is_left)
}

/// The places of an area by their digits, down to the counties where it is wider.
fn places_of(area: &Area, scheme: &Scheme, divisions: &DivisionTable) -> Vec<String> {
    let prefixes: Vec<String> = match area {
        Area::Everywhere => vec![String::new()],
        Area::Division(prefix) => vec![prefix.as_str().to_owned()],
        Area::Zone(code) => {
            let zone = scheme.zones.get(code).map(|zone| &zone.areas);
            zone.into_iter().flatten().map(|prefix| prefix.as_str().to_owned()).collect()
        }
    };
    let mut places = Vec::new();
    for prefix in prefixes {
        if prefix.len() >= COUNTY_DIGITS {
            places.push(prefix);
            continue;
        }
        let of_county = |code: &&str| code.len() == COUNTY_DIGITS && code.starts_with(&prefix);
        places.extend(divisions.rows().map(|(code, _)| code).filter(of_county).map(str::to_owned));
    }
    places
}

/// Whether a place lies in an area, all of it.
fn covers(area: &Area, place: &str, scheme: &Scheme) -> bool {
    match area {
        Area::Everywhere => true,
        Area::Division(prefix) => place.starts_with(prefix.as_str()),
        Area::Zone(code) => {
            let zone = scheme.zones.get(code);
            zone.is_some_and(|zone| zone.areas.iter().any(|prefix| place.starts_with(prefix.as_str())))
        }
    }
}
