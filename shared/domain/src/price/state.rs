//! What is known of the price promises: every proposal, and what was approved of them.

use std::collections::BTreeMap;

use super::promised::{Approved, PromisedSince, paid_on, promised};
use super::terms::Price;
use crate::standing::Spans;
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
    /// Every decision on it: at most one of them stands, and none while it waits.
    pub decisions: Vec<Decided>,
}

/// That a proposal was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The fact that it is.
    pub act: Act,
    /// What came of it.
    pub decision: PriceDecision,
    /// What rulings made of it: while it is undone the proposal waits again.
    pub rulings: Spans,
}

impl Decided {
    /// Since when it is so by this fact, and when that was undone: by its own or by a ruling on it.
    pub(crate) fn held(&self, act: Act) -> Option<(Day, Option<Day>)> {
        self.rulings.held((self.act, self.decided_on()), act)
    }

    /// Day of the decision.
    pub fn decided_on(&self) -> Day {
        match &self.decision {
            PriceDecision::Approved(approval) => approval.decided_on,
            PriceDecision::Rejected(rejection) => rejection.rejected_on,
        }
    }
}

impl Proposal {
    /// What came of it, as it stands; `None` while it waits.
    pub fn decision(&self) -> Option<&Decided> {
        self.decisions.iter().rfind(|decided| decided.rulings.undone_on().is_none())
    }

    /// The last day on which a decision on it was overturned.
    pub(crate) fn waits_since(&self) -> Option<Day> {
        self.decisions.iter().filter_map(|decided| decided.rulings.undone_on()).max()
    }
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
        self.proposals.iter().filter(|proposal| proposal.decision().is_none())
    }

    /// Every decision, with the proposal that it is on.
    pub fn decided(&self) -> impl Iterator<Item = (&Proposal, &Decided)> {
        self.proposals.iter().flat_map(|proposal| proposal.decisions.iter().map(move |decided| (proposal, decided)))
    }

    /// What had been approved since a day and was not overturned by another, in the order of the days it takes effect.
    fn approved_by(&self, day: Day, since: PromisedSince) -> Vec<Approved<&Proposal>> {
        let held = self.decided().filter(|(_, decided)| decided.rulings.hold_on(day));
        let approved = held.filter_map(|(proposal, decided)| match &decided.decision {
            PriceDecision::Approved(PriceApproval { decided_on, effective_on, .. }) => {
                let (act, decided_on, effective_on) = (decided.act.get(), *decided_on, *effective_on);
                Some(Approved { of: proposal, act, decided_on, effective_on })
            }
            PriceDecision::Rejected(_) => None,
        });
        promised(approved, since)
    }

    /// What was approved and stands, whichever day it takes effect.
    pub fn approved(&self) -> impl Iterator<Item = (&Proposal, &PriceApproval)> {
        self.proposals.iter().filter_map(|proposal| match &proposal.decision()?.decision {
            PriceDecision::Approved(approval) => Some((proposal, approval)),
            PriceDecision::Rejected(_) => None,
        })
    }

    /// Of what was approved since a day, the price in force on another: one that was overturned held until then, and after it the one before it
    /// does again.
    pub fn in_force(&self, day: Day, since: PromisedSince) -> Option<&Proposal> {
        paid_on(&self.approved_by(day, since), day).map(|approved| approved.of)
    }

    /// Of what was approved since a day, the prices that bind on `day` in a term that began on `term_from`. The first is the one in force when
    /// the term began, else the first one of the term; those after it are promises of their own.
    pub(crate) fn promised(&self, day: Day, since: PromisedSince, term_from: Option<Day>) -> Vec<&Proposal> {
        let own = self.approved_by(day, since);
        let then = |approved: &Approved<_>| term_from.is_some_and(|from| approved.effective_on <= from);
        let at_first = own.iter().rposition(then).unwrap_or_default();
        own.into_iter().skip(at_first).map(|approved| approved.of).collect()
    }

    /// The day of the last decision on a price of the item.
    pub(crate) fn decided_last(&self) -> Option<Day> {
        self.decided().map(|(_, decided)| decided.decided_on()).max()
    }
}
