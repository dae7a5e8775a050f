//! A pledge as it is on record, with the breaches of it.

use serde::{Deserialize, Serialize};

use super::choice::{BreachExtent, BreachSeverity, PledgeStatus, PledgeType, PromisorClass, PublicationScope};
use super::ruling::{OverturnedView, Rulings};

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
    /// All that were determined, also those that are not shown.
    pub(crate) breaches: Vec<BreachView>,
}

/// A breach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BreachView {
    pub(crate) act: u32,
    pub(crate) extent: BreachExtent,
    pub(crate) severity: BreachSeverity,
    pub(crate) unperformed: String,
    pub(crate) consequence: String,
    pub(crate) determined_on: i32,
    /// Where it was recorded, so that what is not shown can be taken out of the list of changes.
    pub(crate) position: u64,
    /// The day on which it was repaired.
    pub(crate) repaired: Option<i32>,
    pub(crate) rulings: Rulings,
    /// Whether it is repaired or undone by now, in a record that tells of a day before: what it said is not told of that either, only how the
    /// pledge stood for it.
    pub(crate) is_past: bool,
}

impl BreachView {
    /// Whether nothing that was decided on it took it away.
    pub(super) fn is_open(&self) -> bool {
        self.repaired.is_none() && self.rulings.undoing().is_none()
    }

    /// Whether it is shown.
    pub(crate) fn is_shown(&self) -> bool {
        self.is_open() && !self.is_past
    }
}

impl PledgeView {
    /// The breaches that are shown.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &BreachView> {
        self.breaches.iter().filter(|breach| breach.is_shown())
    }

    /// Where it stands, by what was determined of it: a breach that is undone is none, and one that is repaired is one.
    pub(crate) fn settle(&mut self) {
        let stands = || self.breaches.iter().filter(|breach| breach.rulings.undoing().is_none());
        let open: Vec<BreachExtent> = stands().filter(|breach| breach.is_open()).map(|breach| breach.extent).collect();
        let is_repaired = stands().any(|breach| breach.repaired.is_some());
        self.status = match (open.as_slice(), is_repaired, self.fulfilled) {
            (open, ..) if open.contains(&BreachExtent::Wholly) => PledgeStatus::Unfulfilled,
            ([_, ..], ..) => PledgeStatus::PartlyFulfilled,
            ([], true, _) => PledgeStatus::Repaired,
            ([], false, Some(_)) => PledgeStatus::Fulfilled,
            ([], false, None) => PledgeStatus::UnderSupervision,
        };
    }

    /// Shows a breach no more that is repaired.
    pub(crate) fn repair(&mut self, act: u32, on: i32) {
        for breach in self.breaches.iter_mut().filter(|breach| breach.act == act) {
            breach.repaired = Some(on);
        }
        self.settle();
    }

    /// Shows a breach no more that was none, or again where what had undone it is undone: if the act is one, or a ruling on one.
    pub(crate) fn overturn(&mut self, act: u32, ruling: &OverturnedView) {
        for breach in self.breaches.iter_mut().filter(|breach| breach.rulings.are_about(breach.act, act)) {
            breach.rulings.turn(ruling);
        }
        self.settle();
    }

    /// As it stood on a day; `None` before it was made. A breach that is not shown any more is not told of the days before either, but how the
    /// pledge stood is.
    pub(super) fn told_of(mut self, day: i32) -> Option<Self> {
        self.fulfilled = self.fulfilled.filter(|on| *on <= day);
        self.breaches.retain(|breach| breach.determined_on <= day);
        for breach in &mut self.breaches {
            breach.is_past = !breach.is_shown();
            breach.repaired = breach.repaired.filter(|on| *on <= day);
            breach.rulings.keep_until(day);
        }
        self.settle();
        (self.made_on <= day).then_some(self)
    }
}
