//! What is known of the pledges.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::terms::{BreachExtent, BreachSeverity, PledgeForm};
use crate::standing::Spans;
use crate::value::{Act, Content, Day, DocumentNumber, Name, PledgeNumber, Uscc};

/// Every pledge.
pub(crate) type Pledges = BTreeMap<PledgeNumber, Arc<Pledge>>;

/// A pledge, with all that was determined of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// The fact that made it.
    pub act: Act,
    /// As it was made.
    pub form: PledgeForm,
    /// Every determination that it was kept.
    pub fulfilments: Vec<Determination>,
    /// Every determination that it was not.
    pub breaches: Vec<Breach>,
}

/// That a body determined on a day whether a pledge was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Determination {
    /// The fact that it is.
    pub act: Act,
    /// Day it was determined.
    pub determined_on: Day,
    /// Body that determined it.
    pub determining_unit: Option<Name>,
    /// That body's credit code.
    pub determining_unit_uscc: Option<Uscc>,
}

/// That a pledge was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// When and by whom it was determined.
    pub determination: Determination,
    /// How far the pledge was not kept.
    pub extent: BreachExtent,
    /// How grave.
    pub severity: BreachSeverity,
    /// What was not done.
    pub unperformed: Content,
    /// What follows.
    pub consequence: Content,
    /// How it was repaired; `None` while it is shown.
    pub repair: Option<Repair>,
    /// What rulings made of the determination.
    pub rulings: Spans,
}

/// That the credit was repaired (信用修复).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Day it was repaired.
    pub repaired_on: Day,
    /// The deciding document.
    pub document_number: DocumentNumber,
}

/// Where a pledge stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PledgeStatus {
    /// 监管中.
    UnderSupervision,
    /// 全部履行.
    Fulfilled,
    /// 部分履行 or 全部未履行, and shown.
    Broken,
    /// 已修复: every breach was.
    Repaired,
}

impl PledgeStatus {
    /// Whether a pledge with this status still binds.
    pub fn binds(self) -> bool {
        match self {
            Self::UnderSupervision | Self::Fulfilled => true,
            Self::Broken | Self::Repaired => false,
        }
    }
}

impl Breach {
    /// Whether it is shown on `day`.
    pub fn shown_on(&self, day: Day) -> bool {
        let repaired = self.repair.as_ref().is_some_and(|repair| repair.repaired_on <= day);
        self.held_on(day) && !repaired
    }

    /// Since when it is so by this fact, and when that was undone: by its own or by a ruling on it.
    pub(crate) fn held(&self, act: Act) -> Option<(Day, Option<Day>)> {
        self.rulings.held((self.determination.act, self.determination.determined_on), act)
    }

    /// Whether it had been determined by `day`, and not been overturned.
    pub(crate) fn held_on(&self, day: Day) -> bool {
        self.determination.determined_on <= day && self.rulings.hold_on(day)
    }
}

impl Pledge {
    /// Where it stands on `day`, by what was determined by then and not overturned: a breach weighs more than that it was kept, whichever came first.
    pub fn status_on(&self, day: Day) -> PledgeStatus {
        let mut broken = self.breaches.iter().filter(|breach| breach.held_on(day)).peekable();
        if broken.peek().is_some() {
            let shown = broken.any(|breach| breach.shown_on(day));
            return if shown { PledgeStatus::Broken } else { PledgeStatus::Repaired };
        }
        let kept = self.fulfilments.iter().any(|fulfilment| fulfilment.determined_on <= day);
        if kept { PledgeStatus::Fulfilled } else { PledgeStatus::UnderSupervision }
    }

    /// Whether it is in force on `day`.
    pub fn in_force_on(&self, day: Day) -> bool {
        let within = self.form.made_on <= day && self.form.valid_until.is_none_or(|last| day <= last);
        within && self.status_on(day).binds()
    }
}
