//! Facts of a pledge.

use super::terms::{BreachExtent, BreachSeverity, PledgeForm};
use crate::value::{Act, Content, Day, DocumentNumber, Name, PledgeNumber, Uscc};

/// A pledge was made (作出信用承诺).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeMade {
    /// The pledge as the national template has it (信用承诺书).
    pub pledge: PledgeForm,
}

/// A pledge was kept in full (全部履行).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeFulfilled {
    /// Pledge number (承诺编码).
    pub pledge_number: PledgeNumber,
    /// Day fulfilment was determined (履行状态认定日期).
    pub determined_on: Day,
    /// Body that determined it (履行状态认定单位).
    pub determining_unit: Option<Name>,
    /// That body's credit code (认定单位代码).
    pub determining_unit_uscc: Option<Uscc>,
}

/// A pledge was not kept (未履行).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeBroken {
    /// Pledge number (承诺编码).
    pub pledge_number: PledgeNumber,
    /// How far the pledge was not kept (履行状态).
    pub extent: BreachExtent,
    /// How grave the breach is (失信程度); it sets how long it is shown at least.
    pub severity: BreachSeverity,
    /// What was not done (未履行的承诺内容).
    pub unperformed: Content,
    /// What follows (违诺责任追究内容).
    pub consequence: Content,
    /// Day fulfilment was determined (履行状态认定日期).
    pub determined_on: Day,
    /// Body that determined it (履行状态认定单位).
    pub determining_unit: Option<Name>,
    /// That body's credit code (认定单位代码).
    pub determining_unit_uscc: Option<Uscc>,
}

/// The credit was repaired (信用修复).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeRepaired {
    /// Pledge number (承诺编码).
    pub pledge_number: PledgeNumber,
    /// The breach that is repaired, by its number (所修复的失信).
    pub breach: Act,
    /// Day the credit was repaired (修复日期).
    pub repaired_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
}
