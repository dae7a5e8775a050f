//! What its facts make of a price promise.

use super::facts::{PriceApproved, PriceProposed, PriceRejected};
use super::state::Prices;

pub(crate) fn proposed(prices: &mut Prices, e: &PriceProposed) {
    let promise = prices.entry((e.category.clone(), e.item.clone())).or_default();
    promise.pending = Some((e.price.clone(), e.proposed_on));
}

pub(crate) fn approved(prices: &mut Prices, e: &PriceApproved) {
    let promise = prices.entry((e.category.clone(), e.item.clone())).or_default();
    promise.approved = promise.pending.take().map(|(price, _)| price).or_else(|| promise.approved.take());
}

pub(crate) fn rejected(prices: &mut Prices, e: &PriceRejected) {
    prices.entry((e.category.clone(), e.item.clone())).or_default().pending = None;
}
