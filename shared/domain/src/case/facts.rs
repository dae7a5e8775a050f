//! Facts of a case.

use super::terms::NoticeCount;
use crate::value::{Act, CategoryCode, Content, Day, DocumentNumber, NoticeWindow, Reason};

/// An application was filed (申报).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationFiled {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day the application was filed (申报日期).
    pub applied_on: Day,
}

/// The application was returned for missing papers (补正告知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseReturned {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What is missing and must be supplied (补正内容).
    pub missing: Content,
    /// Day the applicant was told what is missing (补正告知日期).
    pub returned_on: Day,
    /// Last day of the term (期限届满日).
    pub due_on: Day,
}

/// The missing papers came in (补正).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSupplemented {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day the missing papers came in (补正日期).
    pub supplemented_on: Day,
}

/// The application was accepted (受理).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAccepted {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of acceptance (受理或验收日期).
    pub accepted_on: Day,
}

/// The outlet was inspected (现场核查).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseInspected {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of the inspection on site (现场核查日期).
    pub inspected_on: Day,
    /// Whether the inspection was passed (核查是否合格).
    pub passed: bool,
    /// What the inspection found (核查情况).
    pub findings: Content,
}

/// The public notice was opened or run again (公示).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeOpened {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// First and last day of the public notice (公示期), both included.
    pub notice: NoticeWindow,
    /// Its days as they were counted when it was opened (公示期计算); they are not counted again.
    pub counted: NoticeCount,
    /// Where the notice was published, such as its address on the web (公示载体).
    pub published_at: Option<Reason>,
}

/// An objection was raised (异议).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionRaised {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// The notice it was raised in, by its number (所涉公示).
    pub notice: Act,
    /// The bureau's own number of the objection, which tells two alike apart (异议编号).
    pub objection_number: DocumentNumber,
    /// Day the objection was raised (异议提出日期).
    pub raised_on: Day,
    /// What is objected to, without personal data of the objector (异议内容).
    pub summary: Content,
}

/// An objection was resolved (异议处理).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionResolved {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// The objection that is resolved, by its number (所处理的异议).
    pub objection: Act,
    /// Day the objection was resolved (异议处理日期).
    pub resolved_on: Day,
    /// Whether the objection was upheld (异议是否成立).
    pub upheld: bool,
    /// What was found about the objection (异议核查结论).
    pub finding: Content,
}

/// The application was decided against (不予认定).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRefused {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of the decision (决定日期).
    pub decided_on: Day,
    /// Why, at length (理由说明).
    pub explanation: Content,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
}

/// The applicant took the application back (撤回申报).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseWithdrawn {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day the application was withdrawn (撤回日期).
    pub withdrawn_on: Day,
    /// Why (理由).
    pub reason: Option<Reason>,
}
