//! Commands on a certification.

use crate::ending::terms::Ended;
use crate::particulars::terms::Particulars;
use crate::value::{CategoryCode, Day, DocumentNumber, Name, NoticeWindow, PledgeNumber, Reason, Wording};

/// Certifies a provider in a category (认定): on a case kept here, or on the notice sent as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certify {
    /// The outlet's particulars (网点信息).
    pub particulars: Option<Particulars>,
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of the decision (决定日期).
    pub decided_on: Day,
    /// First day of the term (有效期起).
    pub valid_from: Day,
    /// Last day of the term, included (有效期至).
    pub valid_to: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
    /// Pledge number (承诺编码).
    pub pledge_number: PledgeNumber,
    /// First and last day of the public notice (公示期), both included.
    pub notice: Option<NoticeWindow>,
    /// Body or bodies that decided, as named in the document (认定单位).
    pub deciding_body: Option<Name>,
}

/// Back-enters a certification that was decided and published outside the registry (补录). It is marked as such, and no plaque is issued on it before a pledge is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordCertification {
    /// The outlet's particulars (网点信息).
    pub particulars: Option<Particulars>,
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of the decision (决定日期).
    pub decided_on: Option<Day>,
    /// First day of the term (有效期起).
    pub valid_from: Option<Day>,
    /// Last day of the term, included (有效期至).
    pub valid_to: Option<Day>,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
    /// Body or bodies that decided, as named in the document (认定单位).
    pub deciding_body: Name,
    /// What the published list says of its notice (公示情况).
    pub publicity: Option<Reason>,
    /// List it was taken from: name or web address, and line (来源).
    pub source: Reason,
    /// How it ended, where a later certification stands beside it without that (一并补录的终止).
    pub ended: Option<Box<Ended>>,
    /// The words of the list that the last day was worked out from, where it states a length and no day (推算依据). They are said with the
    /// rest: another list of the same decision that states that day, or works it out from other words, is told in what it differs, and the
    /// record keeps what it has until it is corrected.
    pub valid_to_worked_out_from: Option<Wording>,
}

/// Adds a new term that follows the old one without a gap (延续).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renew {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of the decision (决定日期).
    pub decided_on: Day,
    /// First day of the term (有效期起).
    pub valid_from: Day,
    /// Last day of the term, included (有效期至).
    pub valid_to: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
    /// The pledge it rests on (承诺编码).
    pub pledge_number: PledgeNumber,
    /// Body or bodies that decided, as named in the document (认定单位).
    pub deciding_body: Option<Name>,
}
