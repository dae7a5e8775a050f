//! One provider: the state that decisions need, put together of what each facet knows. Not what a screen shows.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::state::Case;
use crate::certification::state::Certification;
use crate::context::Context;
use crate::particulars::terms::Particulars;
use crate::plaque::state::Plaque;
use crate::pledge::state::Pledge;
use crate::price::state::PricePromise;
use crate::refusal::Refusal;
use crate::value::{CategoryCode, Day, Name, PlaqueNumber, PledgeNumber, Uscc};

/// What is known of a provider. `Provider::default()` is one that nothing was recorded of.
///
/// A copy shares what is large: each decision makes one, and thousands of providers are held in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provider {
    /// Its particulars; `None` before it is registered.
    pub particulars: Option<Arc<Particulars>>,
    /// The operator's code, where it was supplied after the provider id was made.
    pub operator_uscc: Option<Uscc>,
    /// Open cases, at most one a category.
    pub cases: BTreeMap<CategoryCode, Case>,
    /// The latest certification of each category.
    pub certifications: BTreeMap<CategoryCode, Arc<Certification>>,
    /// Price promises by category and item.
    pub prices: BTreeMap<(CategoryCode, Name), PricePromise>,
    /// Every pledge.
    pub pledges: BTreeMap<PledgeNumber, Arc<Pledge>>,
    /// Every plaque.
    pub plaques: BTreeMap<PlaqueNumber, Plaque>,
    /// Last day of a bar, by the category whose revocation brought it.
    pub bars: BTreeMap<CategoryCode, Day>,
}

impl Provider {
    /// Whether any certification is live on `day`.
    pub fn certified_on(&self, day: Day) -> bool {
        self.certifications.values().any(|c| c.live_on(day))
    }

    /// Whether any pledge is in force on `day`.
    pub fn pledged_on(&self, day: Day) -> bool {
        self.pledges.values().any(|p| p.in_force_on(day))
    }

    /// The particulars, which every decision about a registered provider needs.
    pub(crate) fn registered(&self) -> Result<&Particulars, Refusal> {
        self.particulars.as_deref().ok_or(Refusal::NotRegistered)
    }

    /// The latest certification of a category, live today.
    pub(crate) fn live(&self, category: &CategoryCode, today: Day) -> Result<&Certification, Refusal> {
        let certification = self.certified(category)?;
        match certification.over_since() {
            Some(since) if since <= today => Err(Refusal::NotLive { since }),
            _ => Ok(certification),
        }
    }

    /// The latest certification of a category, live or not.
    pub(crate) fn certified(&self, category: &CategoryCode) -> Result<&Certification, Refusal> {
        self.certifications
            .get(category)
            .map(|held| &**held)
            .ok_or_else(|| Refusal::NotCertified { category: category.clone() })
    }

    /// No bar on the provider or its operator reaches today.
    pub(crate) fn not_barred(&self, context: &Context<'_>) -> Result<(), Refusal> {
        if let Some(until) = self.bars.values().max().filter(|until| **until >= context.today) {
            return Err(Refusal::Barred { until: *until });
        }
        if let Some(until) = context.operator_barred_until.filter(|until| *until >= context.today) {
            return Err(Refusal::OperatorBarred { until });
        }
        Ok(())
    }
}
