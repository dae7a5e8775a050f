//! Commands on a case.

use crate::particulars::terms::Particulars;
use crate::value::{Act, CategoryCode, Content, Day, DocumentNumber, NoticeWindow, Reason};

/// Files an application for a category (申报).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apply {
    /// The outlet's particulars (网点信息).
    pub particulars: Option<Particulars>,
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day the application was filed (申报日期).
    pub applied_on: Day,
}

/// Returns an application for missing papers (一次性告知补正).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnCase {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What is missing and must be supplied (补正内容).
    pub missing: Content,
    /// Day the applicant was told what is missing (补正告知日期).
    pub returned_on: Day,
    /// Last day of the term (期限届满日).
    pub due_on: Day,
}

/// Records that the missing papers came in (补正).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplementCase {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day the missing papers came in (补正日期).
    pub supplemented_on: Day,
}

/// Accepts an application for examination (受理).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptCase {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of acceptance (受理或验收日期).
    pub accepted_on: Day,
}

/// Records the inspection on site (现场核查).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordInspection {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of the inspection on site (现场核查日期).
    pub inspected_on: Day,
    /// Whether the inspection was passed (核查是否合格).
    pub passed: bool,
    /// What the inspection found (核查情况).
    pub findings: Content,
}

/// Opens, or runs again, the public notice (公示).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenNotice {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// First and last day of the public notice (公示期), both included.
    pub notice: NoticeWindow,
    /// Where the notice was published, such as its address on the web (公示载体).
    pub published_at: Option<Reason>,
}

/// Records an objection made during the notice (异议).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaiseObjection {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// The bureau's own number of the objection, which tells two alike apart (异议编号).
    pub objection_number: DocumentNumber,
    /// Day the objection was raised (异议提出日期).
    pub raised_on: Day,
    /// What is objected to, without personal data of the objector (异议内容).
    pub summary: Content,
}

/// Records what came of an objection (异议处理).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveObjection {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which objection, by the number of the fact; may be left out where one is open (所处理的异议).
    pub objection: Option<Act>,
    /// Day the objection was resolved (异议处理日期).
    pub resolved_on: Day,
    /// Whether the objection was upheld (异议是否成立).
    pub upheld: bool,
    /// What was found about the objection (异议核查结论).
    pub finding: Content,
}

/// Decides against an application (不予认定).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefuseCase {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of the decision (决定日期).
    pub decided_on: Day,
    /// Why, at length (理由说明).
    pub explanation: Content,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
}

/// Records that the applicant took the application back (撤回申报).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawCase {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day the application was withdrawn (撤回日期).
    pub withdrawn_on: Day,
    /// Why (理由).
    pub reason: Option<Reason>,
}
