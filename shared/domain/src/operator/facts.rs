//! Facts of an operator.

use crate::value::{Act, Content, Day, DocumentNumber, GroundCode, Reason};

/// The credit code, which fails its check, was confirmed from the document it stands on (核实代码).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorCodeConfirmed {
    /// Day on which the bureau saw the document (核实日期).
    pub confirmed_on: Day,
    /// Number of the document that the code stands on (所据证照编号或文号).
    pub document_number: DocumentNumber,
    /// What was seen (所见证照).
    pub seen: Content,
}

/// An operator was barred (运营主体禁入).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorBarred {
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

/// The bar on an operator was lifted (解除禁入).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorBarLifted {
    /// The bar that is lifted, by its number (所解除的禁入).
    pub bar: Act,
    /// Day it was lifted (解除日期).
    pub lifted_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
    /// Why (理由).
    pub reason: Reason,
}
