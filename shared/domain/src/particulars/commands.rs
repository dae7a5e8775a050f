//! Commands on the particulars.

use super::terms::{Particulars, Release};
use crate::value::{Day, DocumentNumber, Name, Uscc};

/// Enters a provider that is not on record yet, without deciding anything about it (登记网点).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterProvider {
    /// The outlet's particulars (网点信息).
    pub particulars: Particulars,
}

/// Changes the particulars on record (变更网点信息).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmendParticulars {
    /// The outlet's particulars (网点信息).
    pub particulars: Particulars,
    /// Day it takes effect; may differ from the day it was decided (生效日期).
    pub effective_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
    /// Day the new address was inspected (新址核查日期); required where the outlet moves while certified: not where what was empty is filled, or its place told more closely.
    pub site_checked_on: Option<Day>,
    /// The bureau of the place that is left, and its document (迁出); required where the bureau that acts does not decide there.
    pub release: Option<Release>,
}

/// Supplies the credit code of an operator that was taken from a list without one (补全统一社会信用代码).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifyOperator {
    /// The operator's unified social credit code (统一社会信用代码).
    pub operator_uscc: Uscc,
    /// Name of the operator (运营主体名称).
    pub operator_name: Name,
    /// Day on which the code was confirmed (补全日期).
    pub identified_on: Day,
    /// Number of the document that shows it: of the licence, or of the bureau's own (所据证照编号或文号).
    pub document_number: DocumentNumber,
}
