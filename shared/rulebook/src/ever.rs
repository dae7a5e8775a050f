//! What schemes of a place ever had, up to a day: what is dropped has it still, and successors take it over.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Bureau, BureauId, CategoryCode, CategoryRules, Day};

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
