//! Price promises as they are on record: what was proposed, and what was approved from when.

use domain::{Approved, PromisedSince, paid_after, paid_on, promised};
use serde::{Deserialize, Serialize};

use super::choice::PriceUnit;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ApprovedView {
    pub(crate) act: u32,
    pub(crate) decided_on: i32,
    /// The first day of it.
    pub(crate) from: i32,
    pub(crate) amount: Amount,
    /// The day on which the decision was overturned: it is paid no more.
    pub(crate) until: Option<i32>,
}

/// A price that was proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProposalView {
    pub(crate) act: u32,
    pub(crate) proposed_on: i32,
    pub(crate) amount: Amount,
    /// The act by which it was approved or turned down, and its day.
    pub(crate) decided: Option<(u32, i32)>,
    /// The day from which it waits again, where a decision on it was overturned, and what that had been.
    pub(crate) undone: Option<(i32, (u32, i32))>,
}

/// What is paid, in fen, for what, and by how many percent it may rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Amount {
    pub(crate) fen: u32,
    pub(crate) unit: PriceUnit,
    pub(crate) rise_percent_max: u32,
}

impl ApprovedView {
    fn holds_on(&self, day: i32) -> bool {
        self.until.is_none_or(|until| day < until)
    }
}

impl PriceView {
    /// The proposal that waits: of several the last one.
    pub(crate) fn proposed(&self) -> Option<&ProposalView> {
        self.proposals.iter().rfind(|proposal| proposal.decided.is_none())
    }

    /// A proposal was decided on.
    pub(super) fn decided(&mut self, act: u32, decided: (u32, i32)) {
        for proposal in self.proposals.iter_mut().filter(|proposal| proposal.act == act) {
            proposal.decided = Some(decided);
        }
    }

    /// A decision was overturned on a day, if this act is one: what it approved is paid no more, and its proposal waits again.
    pub(super) fn overturned(&mut self, act: u32, on: i32) {
        for approved in self.approved.iter_mut().filter(|approved| approved.act == act) {
            approved.until = Some(on);
        }
        for proposal in &mut self.proposals {
            if let Some(decided) = proposal.decided.filter(|(by, _)| *by == act) {
                (proposal.decided, proposal.undone) = (None, Some((on, decided)));
            }
        }
    }

    /// The price that is paid on a day, and the one that comes next: of those that were approved since another (the domain's rule).
    pub(crate) fn on(&self, day: i32, since: PromisedSince<i32>) -> [Option<&ApprovedView>; 2] {
        let held = self.approved.iter().filter(|approved| approved.holds_on(day)).map(|approved| Approved {
            of: approved,
            act: approved.act,
            decided_on: approved.decided_on,
            effective_on: approved.from,
        });
        let promised = promised(held, since);
        [paid_on(&promised, day), paid_after(&promised, day)].map(|found| found.map(|approved| approved.of))
    }

    /// As it stood on a day; `None` before anything was proposed.
    pub(super) fn told_of(mut self, day: i32) -> Option<Self> {
        self.approved.retain(|approved| approved.decided_on <= day);
        self.proposals.retain(|proposal| proposal.proposed_on <= day);
        for proposal in &mut self.proposals {
            // A decision that was undone later had been one until then.
            let undone = proposal.undone.filter(|(on, _)| *on > day).map(|(_, decided)| decided);
            proposal.decided = undone.or(proposal.decided).filter(|(_, on)| *on <= day);
        }
        (!self.proposals.is_empty() || !self.approved.is_empty()).then_some(self)
    }
}
