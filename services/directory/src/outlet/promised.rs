//! What the domain is asked with to tell for which certification a price was promised.

use domain::{Applied, PromisedSince, Promisor, promised_since};

use super::choice::CaseStage;
use super::standing::standings;
use super::view::{CertificationView, View};

impl View {
    /// Since when a price of a category must have been approved to be promised on a day (the domain's rule): for the certification that is live on
    /// it, or else is to begin.
    pub(crate) fn promised_since(&self, category: &str, day: i32) -> PromisedSince<i32> {
        let standing = standings(self, day).into_iter().find(|(c, _)| c.category == category);
        let live = standing.filter(|(_, (status, _))| status.is_live()).map(|(c, _)| c);
        let of_category = || self.certifications.iter().filter(|c| c.category == category);
        let own = live.or_else(|| of_category().rfind(|c| c.lies_ahead(day)));
        let others = of_category().filter(|other| own.is_none_or(|own| other.act != own.act));
        let last = self.cases.iter().rfind(|case| case.category == category);
        let applied = last.and_then(|case| {
            let decided = [CaseStage::Certified, CaseStage::Refused, CaseStage::Withdrawn];
            let (_, applied_on) = *case.steps.first()?;
            Some(Applied { applied_on, is_open: !decided.contains(&case.stage) })
        });
        let own = own.map(|c| Promisor { begin: c.begin(), known_since: c.known_since() });
        promised_since(own, others.filter_map(CertificationView::begin), applied)
    }
}
