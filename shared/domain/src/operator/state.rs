//! What is known of an operator.

use crate::value::{Act, Content, Day, DocumentNumber, OperatorCode};

/// What is known of an operator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operator {
    /// How many facts its stream holds.
    pub acts: u32,
    /// Every bar.
    pub bars: Vec<OperatorBar>,
    /// That its code was confirmed, which it is where it fails its check.
    pub confirmation: Option<CodeConfirmation>,
}

/// That a code which fails its check was confirmed (核实代码).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeConfirmation {
    /// The fact that it is.
    pub act: Act,
    /// Day on which the bureau saw the document.
    pub confirmed_on: Day,
    /// Number of the document that the code stands on.
    pub document_number: DocumentNumber,
    /// What was seen.
    pub seen: Content,
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
    /// Whether this code, which is its own, can be relied on: its check holds, or a bureau confirmed it.
    pub fn is_known_by(&self, code: &OperatorCode) -> bool {
        code.is_well_checked() || self.confirmation.is_some()
    }

    /// Last day of the bars that stand.
    pub fn barred_until(&self) -> Option<Day> {
        self.bars.iter().filter(|bar| !bar.is_lifted).map(|bar| bar.until).max()
    }
}
