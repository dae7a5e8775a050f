//! What schemes of a place ever had, up to a day: what is dropped has it still, and successors take it over.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Area, Bureau, BureauId, CategoryCode, CategoryRules, Day, DivisionPrefix, Zone, ZoneCode};

/// What schemes ever had.
#[derive(Default)]
pub(crate) struct Ever {
    /// Each category under the last rules it had.
    pub(crate) categories: BTreeMap<CategoryCode, CategoryRules>,
    pub(crate) competence: BTreeMap<BureauId, BTreeSet<CategoryCode>>,
}

impl Ever {
    /// What bureaus decided on that have ended, their successors do: also what was dropped, which stands in no list any more.
    pub(crate) fn hand_over(&mut self, bureaus: &BTreeMap<BureauId, Bureau>, today: Day) {
        let mut ended: Vec<(Day, &BureauId, &Bureau)> = bureaus
            .iter()
            .filter_map(|(id, bureau)| Some((bureau.until.filter(|until| *until < today)?, id, bureau)))
            .collect();
        // A successor that has ended hands on what it was handed.
        ended.sort_unstable_by_key(|(until, id, _)| (*until, *id));
        for (_, id, bureau) in ended {
            let handed = self.competence.get(id).cloned().unwrap_or_default();
            for successor in &bureau.successors {
                self.competence.entry(successor.clone()).or_default().extend(handed.iter().cloned());
            }
        }
    }
}

/// Who follows up what other places certified in categories of their own: the bureaus that decide on everything there is; where none does,
/// those that decide there on anything, since somebody has to be able to end it.
pub(crate) fn follow_up(
    bureaus: &mut BTreeMap<BureauId, Bureau>,
    elsewhere: &BTreeMap<CategoryCode, CategoryRules>,
    today: Day,
    zones: &BTreeMap<ZoneCode, Zone>,
) {
    let acts = |bureau: &Bureau| bureau.until.is_none_or(|until| until >= today);
    let of_everything = bureaus.values().filter(|bureau| bureau.every_category && acts(bureau));
    let covered: Vec<Area> = of_everything.flat_map(|bureau| bureau.areas.iter().cloned()).collect();
    let is_covered = |area: &Area| match area {
        Area::Everywhere => covered.iter().any(|wide| matches!(wide, Area::Everywhere)),
        Area::Division(prefix) => covered.iter().any(|wide| holds(wide, prefix, zones)),
        Area::Zone(code) => {
            let mut places = zones.get(code).into_iter().flat_map(|zone| &zone.areas);
            places.all(|prefix| covered.iter().any(|wide| holds(wide, prefix, zones)))
        }
    };
    for bureau in bureaus.values_mut().filter(|bureau| !bureau.categories.is_empty()) {
        if !bureau.areas.iter().all(is_covered) {
            bureau.winds_up.extend(elsewhere.keys().cloned());
        }
    }
}

/// Whether a place lies in an area, all of it.
fn holds(area: &Area, place: &DivisionPrefix, zones: &BTreeMap<ZoneCode, Zone>) -> bool {
    let lies_in = |wide: &DivisionPrefix| place.as_str().starts_with(wide.as_str());
    match area {
        Area::Everywhere => true,
        Area::Division(wide) => lies_in(wide),
        Area::Zone(code) => zones.get(code).is_some_and(|zone| zone.areas.iter().any(lies_in)),
    }
}
