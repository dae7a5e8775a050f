//! What its facts make of a price promise.

use super::facts::{PriceApproved, PriceProposed, PriceRejected};
use super::state::{Decided, PriceApproval, PriceDecision, PriceRejection, Prices, Proposal};
use crate::overturning::facts::ActOverturned;
use crate::standing::{Spans, is_about};
use crate::value::Act;

pub(crate) fn proposed(prices: &mut Prices, act: Act, e: &PriceProposed) {
    let promise = prices.entry((e.category.clone(), e.item.clone())).or_default();
    let (price, proposed_on) = (e.price.clone(), e.proposed_on);
    promise.proposals.push(Proposal { act, price, proposed_on, decisions: Vec::new() });
}

pub(crate) fn approved(prices: &mut Prices, act: Act, e: &PriceApproved) {
    let (decided_on, effective_on) = (e.decided_on, e.effective_on);
    let approval = PriceApproval { decided_on, effective_on, document_number: e.document_number.clone() };
    let (decision, rulings) = (PriceDecision::Approved(approval), Spans::default());
    decided(prices, e.proposal, &Decided { act, decision, rulings });
}

pub(crate) fn rejected(prices: &mut Prices, act: Act, e: &PriceRejected) {
    let rejection = PriceRejection { rejected_on: e.rejected_on, reason: e.reason.clone() };
    let (decision, rulings) = (PriceDecision::Rejected(rejection), Spans::default());
    decided(prices, e.proposal, &Decided { act, decision, rulings });
}

fn decided(prices: &mut Prices, proposal: Act, decided: &Decided) {
    let proposals = prices.values_mut().flat_map(|promise| &mut promise.proposals);
    for known in proposals.filter(|known| known.act == proposal) {
        known.decisions.push(decided.clone());
    }
}

/// A decision on a price was overturned or put back, if this act is one or a ruling on one.
pub(crate) fn overturned(prices: &mut Prices, act: Act, e: &ActOverturned) {
    let proposals = prices.values_mut().flat_map(|promise| &mut promise.proposals);
    for decided in proposals.flat_map(|proposal| &mut proposal.decisions) {
        if is_about(decided.act, &decided.rulings, e.act) {
            decided.rulings.turn(act, e.overturned_on);
        }
    }
}
