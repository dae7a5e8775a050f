//! Facts of a certification while it is live.

use super::terms::ReviewResult;
use crate::value::{Act, CategoryCode, Content, Day, DocumentNumber, GroundCode, Reason, Year};

/// A breach is to be mended by a day (限期整改).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RectificationOrdered {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification: the number of the fact that made it (所属认定).
    pub certification: Act,
    /// Ground, by its code in the scheme (事由).
    pub ground: GroundCode,
    /// The facts (具体情形).
    pub detail: Content,
    /// Day of the order (责令或制作日期).
    pub ordered_on: Day,
    /// Last day of the term (期限届满日).
    pub due_on: Day,
    /// Article it rests on; none where it follows by itself from a breach or a failed review (法律依据).
    pub legal_basis: Option<Reason>,
    /// Number of the document that carries it; none where it follows by itself (文号).
    pub document_number: Option<DocumentNumber>,
    /// The breach or failed review that it follows from by itself, by its number (所依据的事项).
    pub because: Option<Act>,
}

/// The breach is mended (整改合格).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RectificationAccepted {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// The order that is met, by its number (所完成的整改).
    pub order: Act,
    /// Day of acceptance (受理或验收日期).
    pub accepted_on: Day,
    /// What was found when it was checked (验收情况).
    pub findings: Content,
}

/// The certification was suspended (暂停).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationSuspended {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification: the number of the fact that made it (所属认定).
    pub certification: Act,
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

/// The suspension ended (恢复).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationResumed {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// The suspension that ends, by its number (所恢复的暂停).
    pub suspension: Act,
    /// Day it was resumed (恢复日期).
    pub resumed_on: Day,
}

/// An order, a suspension or a notice of cancellation fell: by an act that was typed after it, its certification had been over by the day of it
/// (整改、暂停、告知失效). It stands again by whatever says that it was live on that day after all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureFell {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification: the number of the fact that made it (所属认定).
    pub certification: Act,
    /// The order, suspension or notice that fell, by its number (所失效的整改、暂停或告知).
    pub measure: Act,
    /// Day since which the certification had been over (终止之日).
    pub over_since: Day,
}

/// A yearly review was concluded (年度复核).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRecorded {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification: the number of the fact that made it (所属认定).
    pub certification: Act,
    /// Year the review is of (复核年度).
    pub year: Year,
    /// Outcome of the review (复核结果).
    pub result: ReviewResult,
    /// Day the review was concluded (复核日期).
    pub reviewed_on: Day,
    /// Remark (备注).
    pub note: Option<Reason>,
}
