//! Whether somebody takes over what is on record, when bureaus lose what they decided on.

use std::collections::BTreeSet;

use domain::{Bureau, CategoryCode, Day, Scheme};

use crate::editions::Editions;
use crate::error::ReferenceError;
use crate::scheme::checks::covers;

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
                if let Some(category) = left_alone(bureau, &had.scheme, &has.scheme, day) {
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

/// A category that a bureau had, and that none has any more in one of its areas.
fn left_alone<'s>(bureau: &'s Bureau, had: &'s Scheme, has: &Scheme, day: Day) -> Option<&'s CategoryCode> {
    let known = had.categories.keys().chain(had.dropped.keys()).filter(|category| bureau.decides_on(category));
    let is_left = |category: &&CategoryCode| {
        bureau.areas.iter().any(|area| {
            let takes = |other: &Bureau| {
                acts(other, day) && other.decides_on(category) && other.areas.iter().any(|its| covers(its, area, has))
            };
            !has.bureaus.values().any(takes)
        })
    };
    known.into_iter().find(is_left)
}
