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
    /// Those that were repaired, or found to have been none: what they said is not told any more, only how the pledge stood for them.
    pub(crate) past: Vec<PastBreach>,
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

/// What is left of a breach that is not shown any more because of what was decided on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PastBreach {
    pub(crate) act: u32,
    pub(crate) extent: BreachExtent,
    pub(crate) severity: BreachSeverity,
    pub(crate) determined_on: i32,
    /// The day on which it was repaired or found to have been none; `None` where the day that is told of lies before it.
    pub(crate) over: Option<i32>,
    /// Whether it was repaired; else its determination was overturned.
    pub(crate) is_repaired: bool,
}

impl PledgeView {
    /// Where it stands, by what was determined of it.
    pub(crate) fn settle(&mut self) {
        let open = self.past.iter().filter(|past| past.over.is_none()).map(|past| past.extent);
        let extents: Vec<BreachExtent> = self.breaches.iter().map(|breach| breach.extent).chain(open).collect();
        let is_repaired = self.past.iter().any(|past| past.over.is_some() && past.is_repaired);
        self.status = match (extents.as_slice(), is_repaired, self.fulfilled) {
            (open, ..) if open.contains(&BreachExtent::Wholly) => PledgeStatus::Unfulfilled,
            ([_, ..], ..) => PledgeStatus::PartlyFulfilled,
            ([], true, _) => PledgeStatus::Repaired,
            ([], false, Some(_)) => PledgeStatus::Fulfilled,
            ([], false, None) => PledgeStatus::UnderSupervision,
        };
    }

    /// Shows a breach no more that is repaired.
    pub(crate) fn repair(&mut self, act: u32, on: i32) {
        self.over(act, on, true);
    }

    /// Shows a breach no more that was none: its determination was overturned.
    pub(crate) fn overturn(&mut self, act: u32, on: i32) {
        self.over(act, on, false);
    }

    fn over(&mut self, act: u32, on: i32, is_repaired: bool) {
        let Some(at) = self.breaches.iter().position(|breach| breach.act == act) else { return };
        let BreachView { extent, severity, determined_on, .. } = self.breaches.remove(at);
        self.past.push(PastBreach { act, extent, severity, determined_on, over: Some(on), is_repaired });
        self.settle();
    }

    /// As it stood on a day; `None` before it was made. A breach that is not shown any more is not told of the days before either, but how the
    /// pledge stood is.
    pub(super) fn told_of(mut self, day: i32) -> Option<Self> {
        self.fulfilled = self.fulfilled.filter(|on| *on <= day);
        self.breaches.retain(|breach| breach.determined_on <= day);
        self.past.retain(|past| past.determined_on <= day);
        for past in &mut self.past {
            past.over = past.over.filter(|on| *on <= day);
        }
        self.settle();
        (self.made_on <= day).then_some(self)
    }
}
