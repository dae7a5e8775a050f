//! A pledge as it is on record, with the breaches of it that are shown.

use serde::{Deserialize, Serialize};

use super::choice::{BreachExtent, BreachSeverity, PledgeStatus, PledgeType, PromisorClass, PublicationScope};

/// A pledge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PledgeView {
    pub(crate) act: u32,
    pub(crate) number: String,
    pub(crate) status: PledgeStatus,
    pub(crate) pledge_type: PledgeType,
    pub(crate) made_on: i32,
    pub(crate) valid_until: Option<i32>,
    pub(crate) publication: PublicationScope,
    /// Empty for a natural person.
    pub(crate) promisor_name: String,
    pub(crate) promisor_class: PromisorClass,
    pub(crate) reason: String,
    pub(crate) content: String,
    pub(crate) liability: String,
    pub(crate) accepting_unit: String,
    /// The day on which it was found kept.
    pub(crate) fulfilled: Option<i32>,
    /// Those that are shown.
    pub(crate) breaches: Vec<BreachView>,
    /// The day on which the first of the breaches was determined that were repaired.
    pub(crate) repaired: Option<i32>,
}

/// A breach that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BreachView {
    pub(crate) act: u32,
    pub(crate) extent: BreachExtent,
    pub(crate) severity: BreachSeverity,
    pub(crate) unperformed: String,
    pub(crate) consequence: String,
    pub(crate) determined_on: i32,
    /// Where it was recorded, so that a repair can take it out of the list of changes.
    pub(crate) position: u64,
}

impl PledgeView {
    /// Where it stands, by what was determined of it.
    pub(crate) fn settle(&mut self) {
        let wholly = self.breaches.iter().any(|breach| breach.extent == BreachExtent::Wholly);
        self.status = match (self.breaches.is_empty(), self.repaired, self.fulfilled) {
            (false, _, _) if wholly => PledgeStatus::Unfulfilled,
            (false, _, _) => PledgeStatus::PartlyFulfilled,
            (true, Some(_), _) => PledgeStatus::Repaired,
            (true, None, Some(_)) => PledgeStatus::Fulfilled,
            (true, None, None) => PledgeStatus::UnderSupervision,
        };
    }

    /// Shows a breach no more that is repaired.
    pub(crate) fn repair(&mut self, act: u32) {
        let Some(at) = self.breaches.iter().position(|breach| breach.act == act) else { return };
        let breach = self.breaches.remove(at);
        self.repaired = Some(self.repaired.map_or(breach.determined_on, |day| day.min(breach.determined_on)));
        self.settle();
    }

    /// Shows a breach no more that was none: its determination was overturned.
    pub(crate) fn overturn(&mut self, act: u32) {
        self.breaches.retain(|breach| breach.act != act);
        self.settle();
    }

    /// As it stood on a day; `None` before it was made.
    pub(super) fn told_of(mut self, day: i32) -> Option<Self> {
        self.fulfilled = self.fulfilled.filter(|on| *on <= day);
        self.breaches.retain(|breach| breach.determined_on <= day);
        self.repaired = self.repaired.filter(|on| *on <= day);
        self.settle();
        (self.made_on <= day).then_some(self)
    }
}
