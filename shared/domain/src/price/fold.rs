//! What its facts make of a price promise.

use super::facts::{PriceApproved, PriceProposed, PriceRejected};
use super::state::{PriceApproval, PriceDecision, PriceRejection, Prices, Proposal};
use crate::value::Act;

pub(crate) fn proposed(prices: &mut Prices, act: Act, e: &PriceProposed) {
    let promise = prices.entry((e.category.clone(), e.item.clone())).or_default();
    let (price, proposed_on) = (e.price.clone(), e.proposed_on);
    promise.proposals.push(Proposal { act, price, proposed_on, decision: None });
}

pub(crate) fn approved(prices: &mut Prices, e: &PriceApproved) {
    let (decided_on, effective_on) = (e.decided_on, e.effective_on);
    let approval = PriceApproval { decided_on, effective_on, document_number: e.document_number.clone() };
    decided(prices, e.proposal, &PriceDecision::Approved(approval));
}

pub(crate) fn rejected(prices: &mut Prices, e: &PriceRejected) {
    let rejection = PriceRejection { rejected_on: e.rejected_on, reason: e.reason.clone() };
    decided(prices, e.proposal, &PriceDecision::Rejected(rejection));
}

fn decided(prices: &mut Prices, proposal: Act, decision: &PriceDecision) {
    let proposals = prices.values_mut().flat_map(|promise| &mut promise.proposals);
    for known in proposals.filter(|known| known.act == proposal) {
        known.decision = Some(decision.clone());
    }
}
