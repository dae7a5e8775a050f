//! Facts of a certification.

use super::terms::CertificationBasis;
use crate::case::terms::NoticeCount;
use crate::value::{
    Act, CategoryCode, Day, DocumentNumber, Name, NoticeWindow, Ordinal, PledgeNumber, Reason, Wording,
};

/// The provider was certified (认定).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certified {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification of the category, counted from 1 (第几次认定).
    pub ordinal: Ordinal,
    /// The certification it follows, if the category had one (前次认定).
    pub predecessor: Option<Ordinal>,
    /// How the registry knows the way to the decision (认定依据).
    pub basis: CertificationBasis,
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
    pub notice: NoticeWindow,
    /// Its days as they were counted (公示期计算): when it was opened here, or now where it was sent as evidence.
    pub counted: NoticeCount,
    /// The notice it rests on, by its number, where the case was kept here (所依据的公示).
    pub notice_opened: Option<Act>,
    /// Body or bodies that decided, as named in the document (认定单位).
    pub deciding_body: Option<Name>,
}

impl Certified {
    /// Whether it decides on a case that is kept here, rather than on a notice that was kept elsewhere.
    pub fn is_of_case(&self) -> bool {
        self.basis == CertificationBasis::Case
    }
}

/// A certification decided and published elsewhere was back-entered (补录).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationRecorded {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification of the category, counted from 1 (第几次认定).
    pub ordinal: Ordinal,
    /// The certification it follows, if the category had one (前次认定).
    pub predecessor: Option<Ordinal>,
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
    /// The words of the list that the last day was worked out from, where it states a length and no day (推算依据).
    pub valid_to_worked_out_from: Option<Wording>,
}

/// A new term was added (延续).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationRenewed {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification: the number of the fact that made it (所属认定).
    pub certification: Act,
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
