//! Commands on an operator.

use crate::value::{Act, Content, Day, DocumentNumber, GroundCode, Reason};

/// Confirms a credit code that fails its check and is real, from the document it stands on (核实代码). Codes were issued before 2016 of which the
/// register is right and the check is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmOperatorCode {
    /// Day on which the bureau saw the document (核实日期).
    pub confirmed_on: Day,
    /// Number of the document that the code stands on: of the licence, or of the register's answer (所据证照编号或文号).
    pub document_number: DocumentNumber,
    /// What was seen: which document, issued by whom and when (所见证照).
    pub seen: Content,
}

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
