//! One provider: the state that decisions need, put together of what each facet knows. Not what a screen shows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::state::Case;
use crate::certification::state::Certification;
use crate::context::Context;
use crate::particulars::state::{Identified, Stretch, Version, stretch_on, stretches};
use crate::particulars::terms::{OperatorClass, Particulars};
use crate::plaque::state::Plaque;
use crate::pledge::state::Pledge;
use crate::price::state::PricePromise;
use crate::refusal::Refusal;
use crate::same::SaidActs;
use crate::standing::{Standing, of_one_category};
use crate::value::{CategoryCode, Day, Name, PlaqueNumber, PledgeNumber, Uscc};

/// What is known of a provider. `Provider::default()` is one that nothing was recorded of.
///
/// A copy shares what is large: each decision makes one, and thousands of providers are held in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provider {
    /// The versions of its particulars, by the days from which they hold; none before it is registered.
    pub particulars: Vec<Arc<Version>>,
    /// How the operator's code became known, where it was supplied after the provider id was made.
    pub operator: Option<Arc<Identified>>,
    /// How many facts its stream holds.
    pub acts: u32,
    /// Open cases, at most one a category.
    pub cases: BTreeMap<CategoryCode, Case>,
    /// Every certification, in the order they were recorded.
    pub certifications: Vec<Arc<Certification>>,
    /// Price promises by category and item.
    pub prices: BTreeMap<(CategoryCode, Name), PricePromise>,
    /// Every pledge.
    pub pledges: BTreeMap<PledgeNumber, Arc<Pledge>>,
    /// What its acts say, by which an act is known that is sent again.
    pub said: Arc<SaidActs>,
    /// Every plaque.
    pub plaques: BTreeMap<PlaqueNumber, Plaque>,
}

impl Provider {
    /// Whether any certification is live on `day`.
    pub fn certified_on(&self, day: Day) -> bool {
        self.certifications.iter().any(|c| c.live_on(day))
    }

    /// Whether any pledge is in force on `day`.
    pub fn pledged_on(&self, day: Day) -> bool {
        self.pledges.values().any(|p| p.in_force_on(day))
    }

    /// The particulars of today, which every decision about a registered provider needs: none takes effect after the day it is recorded.
    pub(crate) fn registered(&self) -> Result<&Particulars, Refusal> {
        self.particulars.last().map(|version| &version.particulars).ok_or(Refusal::NotRegistered)
    }

    /// The particulars of a day; `None` before the provider is registered.
    pub fn particulars_on(&self, day: Day) -> Option<Cow<'_, Particulars>> {
        let versions: Vec<_> = self.particulars.iter().map(|version| (version.from, version.act)).collect();
        let identified = self.operator.as_ref().map(|operator| (operator.identified_on, operator.act));
        let Stretch { version, is_identified, .. } = *stretch_on(&stretches(&versions, identified), day)?;
        let particulars = Cow::Borrowed(&self.particulars.get(version)?.particulars);
        let operator = self.operator.as_ref().filter(|_| is_identified);
        Some(operator.map_or(particulars.clone(), |operator| {
            let (operator_name, operator_class) =
                (operator.operator_name.clone(), Some(OperatorClass::of(&operator.operator_uscc)));
            Cow::Owned(Particulars { operator_name, operator_class, ..particulars.into_owned() })
        }))
    }

    /// The operator's code, where it was supplied after the provider id was made.
    pub fn operator_uscc(&self) -> Option<&Uscc> {
        self.operator.as_ref().map(|operator| &operator.operator_uscc)
    }

    /// Every certification of a category, in the order they were recorded.
    pub fn of_category(&self, category: &CategoryCode) -> impl Iterator<Item = &Certification> + Clone {
        self.certifications.iter().map(|certification| &**certification).filter(move |c| c.category == *category)
    }

    /// The certification of a category that a day is about, and how it stands; `None` where none had begun.
    pub fn standing(&self, category: &CategoryCode, day: Day) -> Option<(&Certification, Standing)> {
        of_one_category(self.of_category(category).map(|c| (c, c.begin(), c.standing(day))))
    }

    /// The certification of a category that is live today, or will be.
    pub(crate) fn live(&self, category: &CategoryCode, today: Day) -> Result<&Certification, Refusal> {
        let since = match self.standing(category, today) {
            Some((certification, standing)) if standing.status.is_live() => return Ok(certification),
            Some((_, standing)) => standing.since,
            None => None,
        };
        if let Some(ahead) = self.of_category(category).filter(|c| c.lies_ahead(today)).last() {
            return Ok(ahead);
        }
        let certification = self.certified(category, today)?;
        Err(Refusal::NotLive { since: since.or(certification.over_since()).unwrap_or(today) })
    }

    /// The certification of a category that today is about, live or not; where none has begun, the one recorded last.
    pub(crate) fn certified(&self, category: &CategoryCode, today: Day) -> Result<&Certification, Refusal> {
        let standing = self.standing(category, today).map(|(certification, _)| certification);
        standing
            .or_else(|| self.of_category(category).last())
            .ok_or_else(|| Refusal::NotCertified { category: category.clone() })
    }

    /// Last day of the bars that its revocations brought and that stand.
    pub fn barred_until(&self) -> Option<Day> {
        self.certifications.iter().flat_map(|c| c.ends_that_stand()).filter_map(|end| end.bar_until).max()
    }

    /// No bar on the provider or its operator reaches today.
    pub(crate) fn not_barred(&self, context: &Context<'_>) -> Result<(), Refusal> {
        if let Some(until) = self.barred_until().filter(|until| *until >= context.today) {
            return Err(Refusal::Barred { until });
        }
        if let Some(until) = context.operator_barred_until.filter(|until| *until >= context.today) {
            return Err(Refusal::OperatorBarred { until });
        }
        Ok(())
    }
}
