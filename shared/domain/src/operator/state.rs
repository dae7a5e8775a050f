//! What is known of an operator.

use crate::same::SaidActs;
use crate::value::{Act, Day, DocumentNumber};

/// What is known of an operator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operator {
    /// How many facts its stream holds.
    pub acts: u32,
    /// What its acts say, by which an act is known that is sent again.
    pub said: SaidActs,
    /// Every bar.
    pub bars: Vec<OperatorBar>,
}

/// A bar on an operator (运营主体禁入).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorBar {
    /// The fact that it is.
    pub act: Act,
    /// Day of the decision.
    pub barred_on: Day,
    /// Last day of it.
    pub until: Day,
    /// The document it rests on.
    pub document_number: DocumentNumber,
    /// Whether it was lifted.
    pub is_lifted: bool,
}

impl Operator {
    /// Last day of the bars that stand.
    pub fn barred_until(&self) -> Option<Day> {
        self.bars.iter().filter(|bar| !bar.is_lifted).map(|bar| bar.until).max()
    }
}
