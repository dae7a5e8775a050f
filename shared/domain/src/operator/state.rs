//! What is known of an operator.

use crate::value::{Day, DocumentNumber};

/// What is known of an operator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operator {
    /// Last day of the bar, and the document it rests on.
    pub bar: Option<(Day, DocumentNumber)>,
}
