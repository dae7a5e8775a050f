//! What is known of the price promises.

use std::collections::BTreeMap;

use super::terms::Price;
use crate::value::{CategoryCode, Day, Name};

/// Price promises by category and item.
pub(crate) type Prices = BTreeMap<(CategoryCode, Name), PricePromise>;

/// A price and a proposal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PricePromise {
    /// The last approved price.
    pub approved: Option<Price>,
    /// The proposal that waits, and its day.
    pub pending: Option<(Price, Day)>,
}
