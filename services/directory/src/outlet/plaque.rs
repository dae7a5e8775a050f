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
}

/// Something that happened to a plaque.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlaqueMove {
    pub(crate) act: u32,
    pub(crate) status: PlaqueStatus,
    pub(crate) on: i32,
}

/// That a plaque is to come back. It follows from the record by itself, from the day on which its cause takes effect, whenever that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecallView {
    pub(crate) act: u32,
    pub(crate) on: i32,
    pub(crate) due: i32,
    /// The act by which it may stay after all, and its day.
    pub(crate) lifted: Option<(u32, i32)>,
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

    /// What happened to it last, by the days of what happened, whenever that was typed; of one day what was typed last. That it was not returned is
    /// so while it was to come back before: else it is where it was (the domain's rule).
    fn stands(&self) -> Option<&PlaqueMove> {
        let holds = |one: &&PlaqueMove| {
            one.status != PlaqueStatus::NotReturned || self.recall().is_some_and(|recall| recall.due < one.on)
        };
        self.moves.iter().filter(holds).max_by_key(|one| one.on)
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

    /// That it is to come back, where it is.
    pub(crate) fn recall(&self) -> Option<&RecallView> {
        self.recalls.last().filter(|recall| recall.lifted.is_none())
    }

    /// The recall of an end of this day, as far as it had not been lifted by another one.
    pub(crate) fn recall_of(&self, end: i32, day: i32) -> Option<&RecallView> {
        self.recalls.iter().rfind(|recall| recall.on == end && recall.lifted.is_none_or(|(_, on)| on > day))
    }

    /// As it was on a day; `None` before it was ordered.
    pub(crate) fn told_of(mut self, day: i32) -> Option<Self> {
        self.moves.retain(|one| one.on <= day);
        self.recalls.retain(|recall| recall.on <= day);
        for recall in &mut self.recalls {
            recall.lifted = recall.lifted.filter(|(_, on)| *on <= day);
        }
        self.replaced = self.replaced.filter(|(_, on)| *on <= day);
        if self.issued_on().is_none() {
            self.design_version.clear();
        }
        (self.ordered_on <= day).then_some(self)
    }
}
