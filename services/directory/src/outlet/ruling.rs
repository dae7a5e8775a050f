//! How an act was overturned by review or court, and what came of that.

use domain::unruled_on;
use serde::{Deserialize, Serialize};

/// A ruling that undid an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OverturnedView {
    pub(crate) act: u32,
    pub(crate) overturned_on: i32,
    pub(crate) body: String,
    pub(crate) document_number: String,
}

/// The rulings on one act in their order: the first undid it, the second undid that one, and so on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rulings(Vec<OverturnedView>);

impl Rulings {
    /// Whether what is overturned is an act, or what an earlier ruling made of it.
    pub(crate) fn are_about(&self, made: u32, overturned: u32) -> bool {
        made == overturned || self.0.iter().any(|ruling| ruling.act == overturned)
    }

    pub(crate) fn turn(&mut self, ruling: &OverturnedView) {
        self.0.push(ruling.clone());
    }

    /// Without those that were given after a day.
    pub(crate) fn keep_until(&mut self, day: i32) {
        self.0.retain(|ruling| ruling.overturned_on <= day);
    }

    /// Each of them.
    pub(crate) fn each(&self) -> impl Iterator<Item = &OverturnedView> {
        self.0.iter()
    }

    /// Their days.
    pub(crate) fn days(&self) -> impl Iterator<Item = i32> + Clone + '_ {
        self.0.iter().map(|ruling| ruling.overturned_on)
    }

    /// Whether it was so on a day, as far as they go (the domain's rule).
    pub(crate) fn hold_on(&self, day: i32) -> bool {
        unruled_on(self.days(), day)
    }

    /// The ruling by which it is undone, if it is.
    pub(crate) fn undoing(&self) -> Option<&OverturnedView> {
        self.0.last().filter(|_| !self.0.len().is_multiple_of(2))
    }

    /// The act by which it stands again, where it was undone once; else 0.
    pub(crate) fn again(&self) -> u32 {
        self.0.last().filter(|_| self.undoing().is_none()).map_or(0, |ruling| ruling.act)
    }
}
