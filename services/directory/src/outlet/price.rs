//! Price promises as they are on record: what was proposed, and what was approved from when.

use domain::{Approved, PromisedSince, paid_after, paid_on, promised, stretch_begins};
use serde::{Deserialize, Serialize};

use super::choice::PriceUnit;
use super::ruling::{OverturnedView, Rulings};

/// A price promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PriceView {
    pub(crate) category: String,
    pub(crate) item: String,
    /// In the order they were approved.
    pub(crate) approved: Vec<ApprovedView>,
    /// In the order they were proposed.
    pub(crate) proposals: Vec<ProposalView>,
}

/// A price that was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ApprovedView {
    pub(crate) act: u32,
    pub(crate) decided_on: i32,
    /// The first day of it.
    pub(crate) from: i32,
    pub(crate) amount: Amount,
    /// Rulings on the decision: it is paid where they leave it.
    pub(crate) rulings: Rulings,
}

/// A price that was proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProposalView {
    pub(crate) act: u32,
    pub(crate) proposed_on: i32,
    pub(crate) amount: Amount,
    /// What it was approved or turned down by: at most one of them stands, and none while it waits.
    pub(crate) decisions: Vec<DecidedView>,
}

/// That a proposed price was approved or turned down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DecidedView {
    pub(crate) act: u32,
    pub(crate) on: i32,
    pub(crate) rulings: Rulings,
}

/// What is paid, in fen, for what, and by how many percent it may rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Amount {
    pub(crate) fen: u32,
    pub(crate) unit: PriceUnit,
    pub(crate) rise_percent_max: u32,
}

impl PriceView {
    /// The proposal that waits: of several the last one.
    pub(crate) fn proposed(&self) -> Option<&ProposalView> {
        let is_undone = |decided: &DecidedView| decided.rulings.undoing().is_some();
        self.proposals.iter().rfind(|proposal| proposal.decisions.iter().all(is_undone))
    }

    /// A proposal was decided on.
    pub(super) fn decided(&mut self, act: u32, (by, on): (u32, i32)) {
        for proposal in self.proposals.iter_mut().filter(|proposal| proposal.act == act) {
            proposal.decisions.push(DecidedView { act: by, on, rulings: Rulings::default() });
        }
    }

    /// A decision was overturned, if this act is one, or put back, if it is a ruling on one: what it approved is paid no more, and its proposal waits
    /// again; or it is as it was.
    pub(super) fn overturned(&mut self, act: u32, ruling: &OverturnedView) {
        let approved = self.approved.iter_mut().map(|approved| (approved.act, &mut approved.rulings));
        let decided = self.proposals.iter_mut().flat_map(|proposal| &mut proposal.decisions);
        let decided = decided.map(|decided| (decided.act, &mut decided.rulings));
        for (_, rulings) in approved.chain(decided).filter(|(made, rulings)| rulings.are_about(*made, act)) {
            rulings.turn(ruling);
        }
    }

    /// The price that is paid on a day, and the one that comes next: of those that were approved since another (the domain's rule).
    pub(crate) fn on(&self, day: i32, since: PromisedSince<i32>) -> [Option<&ApprovedView>; 2] {
        let held = self.approved.iter().filter(|approved| approved.rulings.hold_on(day)).map(|approved| Approved {
            of: approved,
            act: approved.act,
            decided_on: approved.decided_on,
            effective_on: approved.from,
        });
        let promised = promised(held, since);
        [paid_on(&promised, day), paid_after(&promised, day)].map(|found| found.map(|approved| approved.of))
    }

    /// Since when the price of this day is paid without a break: rulings on it or on another may have brought it back after another was paid.
    pub(crate) fn paid_since(&self, paid: &ApprovedView, day: i32, since: PromisedSince<i32>) -> i32 {
        let turns = self.approved.iter().flat_map(|one| std::iter::once(one.from).chain(one.rulings.days()));
        let is_paid = |on: i32| self.on(on, since)[0].is_some_and(|found| found.act == paid.act);
        stretch_begins(turns, is_paid, |on| on.saturating_sub(1), day).unwrap_or(paid.from)
    }

    /// As it stood on a day; `None` before anything was proposed.
    pub(super) fn told_of(mut self, day: i32) -> Option<Self> {
        self.approved.retain(|approved| approved.decided_on <= day);
        self.approved.iter_mut().for_each(|approved| approved.rulings.keep_until(day));
        self.proposals.retain(|proposal| proposal.proposed_on <= day);
        for proposal in &mut self.proposals {
            // A decision that was undone later had been one until then.
            proposal.decisions.retain(|decided| decided.on <= day);
            proposal.decisions.iter_mut().for_each(|decided| decided.rulings.keep_until(day));
        }
        (!self.proposals.is_empty() || !self.approved.is_empty()).then_some(self)
    }
}
