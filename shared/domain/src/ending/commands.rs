//! Commands on a certification's end.

use super::terms::{Ended, EndingKind, RevocationKind};
use crate::value::{Act, CategoryCode, Content, Day, DocumentNumber, GroundCode, Name, Reason};

/// Tells the provider that its certification is to be revoked and that it may state its case (拟取消告知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRevocation {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification, by its number; the one that its day is about where left out (所属认定).
    pub certification: Option<Act>,
    /// Ground, by its code in the scheme (事由).
    pub ground: GroundCode,
    /// The facts (具体情形).
    pub detail: Content,
    /// Day the provider was told of the intended revocation (拟取消告知日期).
    pub noticed_on: Day,
    /// Last day for the provider to state its case (陈述申辩截止日).
    pub hearing_until: Day,
    /// Article it rests on (法律依据).
    pub legal_basis: Reason,
    /// Number of the document that carries it (文号).
    pub document_number: DocumentNumber,
}

/// Drops the intended revocation (撤回拟取消告知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiftRevocationNotice {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which notice, by its number; may be left out where one is open (所撤回的告知).
    pub notice: Option<Act>,
    /// Day it was lifted (解除日期).
    pub lifted_on: Day,
    /// Why (理由).
    pub reason: Reason,
}

/// Revokes a certification for good (取消或撤销). Orders the plaques back when no other certification is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoke {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which certification, by its number; that of the notice, or the one that its day is about where left out (所属认定).
    pub certification: Option<Act>,
    /// The notice it rests on, by its number; may be left out where one is open (所依据的告知).
    pub notice: Option<Act>,
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

/// Ends a certification at the provider's wish, now or on a later day (自愿退出).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdraw {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day the provider asked in writing (申请日期).
    pub requested_on: Day,
    /// Day it takes effect; may differ from the day it was decided (生效日期).
    pub effective_on: Day,
    /// Why (理由).
    pub reason: Reason,
}

/// Writes down that a term has ended. The term ends by itself; this lets a bureau record it without waiting for the next touch (到期).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordExpiry {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
}

/// Ends a certification because the body is gone (注销).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deregister {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day the body was deregistered or ceased to be (注销日期).
    pub deregistered_on: Day,
    /// Why (理由).
    pub reason: Reason,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
}

/// Back-enters the end of a certification that was decided and published outside the registry (补录终止). What is not known stays empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordEnding {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which end it is (终止方式).
    pub kind: EndingKind,
    /// Day of the decision (决定日期).
    pub decided_on: Option<Day>,
    /// Day it takes effect; may differ from the day it was decided (生效日期).
    pub effective_on: Option<Day>,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
    /// Body or bodies that decided (决定单位).
    pub deciding_body: Name,
    /// Where it was published (来源).
    pub source: Reason,
    /// Last day on which a new application is barred (不得再次申报的截止日).
    pub bar_until: Option<Day>,
}

impl RecordEnding {
    /// An end that is told along with its certification, told by itself.
    pub(crate) fn along(category: &CategoryCode, ended: &Ended) -> Self {
        let Ended { kind, decided_on, effective_on, document_number, deciding_body, source, bar_until } = ended.clone();
        let category = category.clone();
        Self { category, kind, decided_on, effective_on, document_number, deciding_body, source, bar_until }
    }

    /// The same told along with its certification.
    pub(crate) fn told_along(self) -> Ended {
        let Self { category: _, kind, decided_on, effective_on, document_number, deciding_body, source, bar_until } =
            self;
        Ended { kind, decided_on, effective_on, document_number, deciding_body, source, bar_until }
    }
}
