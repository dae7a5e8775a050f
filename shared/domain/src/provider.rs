//! One provider: the state that decisions need, put together of what each facet knows. Not what a screen shows.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::state::Case;
use crate::certification::state::Certification;
use crate::particulars::terms::Particulars;
use crate::plaque::state::Plaque;
use crate::pledge::state::Pledge;
use crate::price::state::PricePromise;
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
}
