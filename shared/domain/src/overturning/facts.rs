//! The fact of an overturning.

use crate::value::{Act, Content, Day, DocumentNumber, Name};

/// An act was overturned by review or court: it was so until that day (撤销原决定).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActOverturned {
    /// The act, by its number (被撤销的决定).
    pub act: Act,
    /// Day of the ruling (复议决定或裁判日期).
    pub overturned_on: Day,
    /// Review body or court (复议机关或法院).
    pub body: Name,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
    /// Why, at length (理由说明).
    pub explanation: Content,
}
