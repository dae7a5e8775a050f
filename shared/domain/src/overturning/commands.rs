//! The command that overturns an act.

use crate::value::{Act, Content, Day, DocumentNumber, Name};

/// Overturns an act after review or judgment (复议或诉讼撤销原决定): it was so until that day. The history stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overturn {
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
