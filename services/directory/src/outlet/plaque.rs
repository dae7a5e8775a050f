//! A plaque as it is on record: where it was on each day, and when it was called back.

use serde::{Deserialize, Serialize};

use super::choice::PlaqueStatus;

/// A plaque. What it is on the last day that is told of follows from what happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlaqueView {
    pub(crate) number: String,
    pub(crate) ordered_on: i32,
    pub(crate) place: String,
    pub(crate) design_version: String,
    /// What happened to it, in the order it was recorded; it was ordered first.
    pub(crate) moves: Vec<PlaqueMove>,
    /// In the order they were recorded.
    pub(crate) recalls: Vec<RecallView>,
    /// The plaque that takes its place, and the day on which that was ordered.
    pub(crate) replaced: Option<(String, i32)>,
    /// The plaque in the place of which it was ordered, or empty.
    pub(crate) instead_of: String,
    /// That it is to come back on the day that is told of: it follows from the record and the day, and is not kept.
    #[serde(skip)]
    pub(crate) back: Option<Back>,
}

/// That a plaque is to come back on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Back {
    /// The first day on which it was to, of those up to this one.
    pub(crate) since: i32,
    /// By what it had been ordered back by the day, if it had.
    pub(crate) order: Option<RecallView>,
}

/// Something that happened to a plaque.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlaqueMove {
    pub(crate) act: u32,
    pub(crate) status: PlaqueStatus,
    pub(crate) on: i32,
}

/// An order to bring a plaque back: what it was recorded for follows from the record by itself ([`View::recalled_for`]), and may come to be of another
/// day when more is typed; that it went out on its day, with a term, is so whatever is.
///
/// [`View::recalled_for`]: super::view::View::recalled_for
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecallView {
    pub(crate) act: u32,
    pub(crate) recorded_on: i32,
    pub(crate) due: i32,
    pub(crate) lifted: Option<LiftView>,
    /// The first day of what it is for, on the day that is told of; none where the record says none any more. It is not kept.
    #[serde(skip)]
    pub(crate) since: Option<i32>,
}

/// That a plaque may stay after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LiftView {
    pub(crate) act: u32,
    pub(crate) recorded_on: i32,
    /// The day from which on it may.
    pub(crate) since: i32,
}

impl PlaqueView {
    /// Where it is.
    pub(crate) fn status(&self) -> PlaqueStatus {
        self.stands().map_or(PlaqueStatus::Ordered, |last| last.status)
    }

    /// Since when it is there.
    pub(crate) fn since(&self) -> i32 {
        self.stands().map_or(self.ordered_on, |last| last.on)
    }

    /// Where it was on a day.
    pub(crate) fn status_on(&self, day: i32) -> PlaqueStatus {
        self.stood(day).map_or(PlaqueStatus::Ordered, |last| last.status)
    }

    fn stands(&self) -> Option<&PlaqueMove> {
        self.stood(i32::MAX)
    }

    /// What happened to it last by a day, by the days of what happened, whenever that was typed; of one day what was typed last.
    fn stood(&self, day: i32) -> Option<&PlaqueMove> {
        self.moves.iter().filter(|one| one.on <= day && self.holds(one, day)).max_by_key(|one| one.on)
    }

    /// Whether something that happened to it is so on a day. That it was not returned is so while an order stands by which it was to come back before:
    /// else it is where it was (the domain's rule).
    pub(crate) fn holds(&self, one: &PlaqueMove, day: i32) -> bool {
        let stands = |recall: &RecallView| recall.lifted.is_none_or(|lift| one.on < lift.since && day < lift.since);
        let is_withheld = || self.recalls.iter().any(|recall| recall.due < one.on && stands(recall));
        one.status != PlaqueStatus::NotReturned || is_withheld()
    }

    /// The first day on which it was handed out.
    pub(crate) fn out_since(&self) -> Option<i32> {
        self.moves.iter().filter(|one| one.status == PlaqueStatus::Issued).map(|one| one.on).min()
    }

    /// The day on which it was destroyed without ever having been handed out.
    pub(crate) fn unmade_on(&self) -> Option<i32> {
        let destroyed = self.moves.iter().find(|one| one.status == PlaqueStatus::Destroyed);
        destroyed.filter(|_| self.issued_on().is_none()).map(|one| one.on)
    }

    fn came_to_be(&self, status: PlaqueStatus) -> Option<i32> {
        self.moves.iter().rfind(|one| one.status == status).map(|one| one.on)
    }

    /// The day it was handed out.
    pub(crate) fn issued_on(&self) -> Option<i32> {
        self.came_to_be(PlaqueStatus::Issued)
    }

    /// The day it was hung.
    pub(crate) fn hung_on(&self) -> Option<i32> {
        self.came_to_be(PlaqueStatus::Hung)
    }

    /// The order to bring it back, where one stands.
    pub(crate) fn recall(&self) -> Option<&RecallView> {
        self.recalls.last().filter(|recall| recall.lifted.is_none())
    }

    /// As it was on a day; `None` before it was ordered.
    pub(super) fn told_of(mut self, day: i32) -> Option<Self> {
        self.moves.retain(|one| one.on <= day);
        self.recalls.retain(|recall| recall.recorded_on <= day);
        for recall in &mut self.recalls {
            recall.lifted = recall.lifted.filter(|lift| lift.since <= day);
        }
        self.replaced = self.replaced.filter(|(_, on)| *on <= day);
        if self.issued_on().is_none() {
            self.design_version.clear();
        }
        (self.ordered_on <= day).then_some(self)
    }
}
