//! Commands on a certification while it is live.

use super::terms::ReviewResult;
use crate::value::{Act, CategoryCode, Content, Day, DocumentNumber, GroundCode, Reason, Year};

/// Orders a breach to be mended by a day (限期整改).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRectification {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Ground, by its code in the scheme (事由).
    pub ground: GroundCode,
    /// The facts (具体情形).
    pub detail: Content,
    /// Day of the order (责令或制作日期).
    pub ordered_on: Day,
    /// Last day of the term (期限届满日).
    pub due_on: Day,
    /// Article it rests on (法律依据).
    pub legal_basis: Reason,
    /// Number of the document that carries it (文号).
    pub document_number: DocumentNumber,
}

/// Accepts that the breach is mended (整改验收).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptRectification {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which order, by its number; may be left out where one is open (所完成的整改).
    pub order: Option<Act>,
    /// Day of acceptance (受理或验收日期).
    pub accepted_on: Day,
    /// What was found when it was checked (验收情况).
    pub findings: Content,
}

/// Suspends a certification, where the scheme has it (暂停).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspend {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Ground, by its code in the scheme (事由).
    pub ground: GroundCode,
    /// The facts (具体情形).
    pub detail: Content,
    /// First day of the suspension (暂停日期).
    pub suspended_on: Day,
    /// Article it rests on (法律依据).
    pub legal_basis: Reason,
    /// Number of the document that carries it (文号).
    pub document_number: DocumentNumber,
}

/// Ends a suspension (恢复).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which suspension, by its number; may be left out where one is open (所恢复的暂停).
    pub suspension: Option<Act>,
    /// Day it was resumed (恢复日期).
    pub resumed_on: Day,
}

/// Records a yearly review (年度复核).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordReview {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Year the review is of (复核年度).
    pub year: Year,
    /// Outcome of the review (复核结果).
    pub result: ReviewResult,
    /// Day the review was concluded (复核日期).
    pub reviewed_on: Day,
    /// Remark (备注).
    pub note: Option<Reason>,
}
