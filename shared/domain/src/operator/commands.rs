//! Commands on an operator.

use crate::value::{Act, Content, Day, DocumentNumber, GroundCode, Reason};

/// Bars an operator from applying with any outlet until a day (运营主体禁入). Kept in the operator's own stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarOperator {
    /// Ground, by its code in the scheme (事由).
    pub ground: GroundCode,
    /// Day of the decision to bar (决定日期).
    pub barred_on: Day,
    /// Last day of the bar (截止日).
    pub until: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
    /// The facts (具体情形).
    pub detail: Content,
}

/// Lifts the bar on an operator (解除禁入).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiftOperatorBar {
    /// Which bar, by its number; may be left out where one is in force (所解除的禁入).
    pub bar: Option<Act>,
    /// Day it was lifted (解除日期).
    pub lifted_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
    /// Why (理由).
    pub reason: Reason,
}
