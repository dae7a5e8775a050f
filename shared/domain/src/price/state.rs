//! What is known of the price promises: every proposal, and what was approved of them.

use std::collections::BTreeMap;

use super::terms::Price;
use crate::value::{Act, CategoryCode, Day, DocumentNumber, Name, Reason};

/// Price promises by category and item.
pub(crate) type Prices = BTreeMap<(CategoryCode, Name), PricePromise>;

/// What was proposed and approved for an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PricePromise {
    /// Every proposal, in the order they were recorded.
    pub proposals: Vec<Proposal>,
}

/// A proposed price (报价).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The fact that it is.
    pub act: Act,
    /// What is proposed.
    pub price: Price,
    /// Day of the proposal.
    pub proposed_on: Day,
    /// What came of it; `None` while it waits.
    pub decision: Option<PriceDecision>,
}

/// What came of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PriceDecision {
    /// It was approved.
    Approved(PriceApproval),
    /// It was turned down.
    Rejected(PriceRejection),
}

/// That a price was approved, and from when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceApproval {
    /// Day of the decision.
    pub decided_on: Day,
    /// First day of the price.
    pub effective_on: Day,
    /// The deciding document, where there is one.
    pub document_number: Option<DocumentNumber>,
}

/// That a price was turned down, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRejection {
    /// Day of the decision.
    pub rejected_on: Day,
    /// Why.
    pub reason: Reason,
}

impl PricePromise {
    /// The proposals that wait.
    pub fn pending(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(|proposal| proposal.decision.is_none())
    }

    /// What was approved, in the order of the days it takes effect: no approval is dated before the one before it.
    pub fn approved(&self) -> impl DoubleEndedIterator<Item = (&Proposal, &PriceApproval)> {
        self.proposals.iter().filter_map(|proposal| match &proposal.decision {
            Some(PriceDecision::Approved(approval)) => Some((proposal, approval)),
            Some(PriceDecision::Rejected(_)) | None => None,
        })
    }

    /// The price in force on a day.
    pub fn in_force(&self, day: Day) -> Option<&Proposal> {
        self.approved().rfind(|(_, approval)| approval.effective_on <= day).map(|(proposal, _)| proposal)
    }

    /// Of what was approved since a day: the prices that bind in a term that began on `term_from`. The first is the one in force when the term
    /// began, else the first one of the term; those after it are promises of their own.
    pub(crate) fn promised(&self, since: Option<Day>, term_from: Option<Day>) -> Vec<&Proposal> {
        let own = self.approved().filter(|(_, approval)| since.is_none_or(|since| approval.decided_on >= since));
        let own: Vec<_> = own.collect();
        let then = |approval: &PriceApproval| term_from.is_some_and(|from| approval.effective_on <= from);
        let at_first = own.iter().rposition(|(_, approval)| then(approval)).unwrap_or_default();
        own.into_iter().skip(at_first).map(|(proposal, _)| proposal).collect()
    }

    /// The day of the last decision on a price of the item.
    pub(crate) fn decided_last(&self) -> Option<Day> {
        let decided = |proposal: &Proposal| match proposal.decision.as_ref()? {
            PriceDecision::Approved(approval) => Some(approval.decided_on),
            PriceDecision::Rejected(rejection) => Some(rejection.rejected_on),
        };
        self.proposals.iter().filter_map(decided).max()
    }
}
