//! For which certification a price was promised.

use super::choice::CaseStage;
use super::standing::standings;
use super::view::{CaseView, CertificationView, View};

impl View {
    /// Since when a price of a category must have been approved to be promised on a day: what was approved for a certification that has ended is
    /// no promise of the next one, nor of none. With an application comes a price of its own, also where it was filed before that end. `None`
    /// where nothing is promised.
    pub(crate) fn promised_since(&self, category: &str, day: i32) -> Option<i32> {
        let Some((c, (status, _))) = standings(self, day).into_iter().find(|(c, _)| c.category == category) else {
            return Some(i32::MIN);
        };
        let last: Option<&CaseView> = self.cases.iter().rfind(|case| case.category == category);
        let applied_after = |before: Option<i32>| {
            let applied = last.and_then(|case| case.steps.first().map(|(_, on)| *on));
            applied.filter(|on| before.is_none_or(|before| *on > before))
        };
        if !status.is_live() {
            let decided = [CaseStage::Certified, CaseStage::Refused, CaseStage::Withdrawn];
            let is_open = last.is_some_and(|case| !decided.contains(&case.stage));
            return applied_after(c.begin()).filter(|_| is_open);
        }
        let others = self.certifications.iter().filter(|other| other.category == category && other.act != c.act);
        let before =
            others.filter_map(CertificationView::begin).filter(|begin| c.begin().is_some_and(|own| *begin < own));
        let own = c.begin().map_or(i32::MIN, |begin| c.decided_on.unwrap_or(begin).min(begin));
        Some(applied_after(before.max()).map_or(own, |applied| applied.min(own)))
    }
}
