//! Facts of a certification's end.

use super::terms::{EndingKind, RevocationKind};
use crate::value::{Act, CategoryCode, Content, Day, DocumentNumber, GroundCode, Name, Reason};

/// The provider was told of an intended revocation (拟取消告知、拟撤销告知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationNoticed {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification: the number of the fact that made it (所属认定).
    pub certification: Act,
    /// Ground, by its code in the scheme (事由).
    pub ground: GroundCode,
    /// The facts (具体情形).
    pub detail: Content,
    /// Day the provider was told of the intended revocation (拟取消告知日期).
    pub noticed_on: Day,
    /// Last day for the provider to state its case, as the document says it (陈述申辩截止日).
    pub hearing_until: Day,
    /// The day on which that time ends: that one, or the next working day where it is off (期满日).
    pub hearing_ends_on: Day,
    /// Article it rests on (法律依据).
    pub legal_basis: Reason,
    /// Number of the document that carries it (文号).
    pub document_number: DocumentNumber,
    /// Which act is intended, as the scheme of its day has it for the ground (拟取消或拟撤销).
    pub kind: RevocationKind,
}

/// The intended revocation was dropped (撤回告知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationNoticeLifted {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// The notice that is dropped, by its number (所撤回的告知).
    pub notice: Act,
    /// Day it was lifted (解除日期).
    pub lifted_on: Day,
    /// Why (理由).
    pub reason: Reason,
}

/// The certification was revoked (取消或撤销).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationRevoked {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification: the number of the fact that made it (所属认定).
    pub certification: Act,
    /// The notice it rests on, by its number (所依据的告知).
    pub notice: Act,
    /// Which act it is: for a later breach or for deceit (取消或撤销).
    pub kind: RevocationKind,
    /// Ground, by its code in the scheme (事由).
    pub ground: GroundCode,
    /// Article the decision rests on (法律依据).
    pub legal_basis: Reason,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
    /// Day of the decision (决定日期).
    pub decided_on: Day,
    /// Day it takes effect; may differ from the day it was decided (生效日期).
    pub effective_on: Day,
    /// Last day on which a new application is barred (不得再次申报的截止日).
    pub bar_until: Option<Day>,
}

/// The certification ends at the provider's wish (自愿退出).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationWithdrawn {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification: the number of the fact that made it (所属认定).
    pub certification: Act,
    /// Day the provider asked in writing (申请日期).
    pub requested_on: Day,
    /// Day it takes effect; may differ from the day it was decided (生效日期).
    pub effective_on: Day,
    /// Why (理由).
    pub reason: Reason,
}

/// The term ended (到期).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationExpired {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification: the number of the fact that made it (所属认定).
    pub certification: Act,
    /// Day it takes effect; may differ from the day it was decided (生效日期).
    pub effective_on: Day,
}

/// The certification ended because the body is gone (注销).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationDeregistered {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification: the number of the fact that made it (所属认定).
    pub certification: Act,
    /// Day the body was deregistered or ceased to be (注销日期).
    pub deregistered_on: Day,
    /// Why (理由).
    pub reason: Reason,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
}

/// The certification had been ended by a decision outside the registry (补录终止).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingRecorded {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification: the number of the fact that made it (所属认定).
    pub certification: Act,
    /// Which end it is (终止方式).
    pub kind: EndingKind,
    /// Day of the decision, where known (决定日期).
    pub decided_on: Option<Day>,
    /// Day it takes effect, where known (生效日期).
    pub effective_on: Option<Day>,
    /// Day it was entered: it had been decided by then (补录日期).
    pub recorded_on: Day,
    /// Number of the document that carries the decision, where known (文号).
    pub document_number: Option<DocumentNumber>,
    /// Body or bodies that decided (决定单位).
    pub deciding_body: Name,
    /// Where it was published (来源).
    pub source: Reason,
    /// Last day on which a new application is barred, where there is one (不得再次申报的截止日).
    pub bar_until: Option<Day>,
}

impl EndingRecorded {
    /// The day of the decision, as far as it is known: by the day it took effect, or was entered, it had been taken.
    pub fn decided_by(&self) -> Day {
        self.decided_on.unwrap_or(self.effective_on.unwrap_or(self.recorded_on).min(self.recorded_on))
    }

    /// The first day on which the certification does not stand any more, as far as it is known.
    pub fn ends_on(&self) -> Day {
        self.effective_on.or(self.decided_on).unwrap_or(self.recorded_on)
    }
}
