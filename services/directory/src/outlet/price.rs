//! Price promises as they are on record: what was proposed, and what was approved from when.

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
}

/// A price that was proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProposalView {
    pub(crate) act: u32,
    pub(crate) proposed_on: i32,
    pub(crate) amount: Amount,
    /// The day on which it was approved or turned down.
    pub(crate) decided_on: Option<i32>,
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
        self.proposals.iter().rfind(|proposal| proposal.decided_on.is_none())
    }

    /// A proposal was decided on.
    pub(super) fn decided(&mut self, act: u32, on: i32) {
        for proposal in self.proposals.iter_mut().filter(|proposal| proposal.act == act) {
            proposal.decided_on = Some(on);
        }
    }

    /// As it stood on a day; `None` before anything was proposed.
    pub(super) fn told_of(mut self, day: i32) -> Option<Self> {
        self.approved.retain(|approved| approved.decided_on <= day);
        self.proposals.retain(|proposal| proposal.proposed_on <= day);
        for proposal in &mut self.proposals {
            proposal.decided_on = proposal.decided_on.filter(|on| *on <= day);
        }
        (!self.proposals.is_empty() || !self.approved.is_empty()).then_some(self)
    }
}
