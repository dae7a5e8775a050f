//! Facts: what was decided and cannot be refused any more. Past tense; additive only.
//!
//! Each struct is mirrored by its stored form (event-log) and its form in transit (puhui.audit.v1). docs/events.md describes them.
//! This file is long because it holds one record a fact.

use crate::{
    BreachExtent, BreachSeverity, CategoryCode, CertificationBasis, Content, Day, DocumentNumber, GroundCode, Name,
    NoticeWindow, Ordinal, Particulars, PlaqueNumber, PledgeForm, PledgeNumber, Position, Price, Reason, ReviewResult,
    RevocationKind, Sha256, Text, Uscc, Year,
};

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A provider came on record (网点登记).
    ProviderRegistered(ProviderRegistered),
    /// The particulars changed (网点信息变更).
    ParticularsAmended(ParticularsAmended),
    /// The operator's credit code became known (补全代码).
    OperatorIdentified(OperatorIdentified),
    /// An application was filed (申报).
    ApplicationFiled(ApplicationFiled),
    /// The application was returned for missing papers (补正告知).
    CaseReturned(CaseReturned),
    /// The missing papers came in (补正).
    CaseSupplemented(CaseSupplemented),
    /// The application was accepted (受理).
    CaseAccepted(CaseAccepted),
    /// The outlet was inspected (现场核查).
    CaseInspected(CaseInspected),
    /// The public notice was opened or run again (公示).
    NoticeOpened(NoticeOpened),
    /// An objection was raised (异议).
    ObjectionRaised(ObjectionRaised),
    /// An objection was resolved (异议处理).
    ObjectionResolved(ObjectionResolved),
    /// The application was decided against (不予认定).
    CaseRefused(CaseRefused),
    /// The applicant took the application back (撤回申报).
    CaseWithdrawn(CaseWithdrawn),
    /// The provider was certified (认定).
    Certified(Certified),
    /// A certification decided and published elsewhere was back-entered (补录).
    CertificationRecorded(CertificationRecorded),
    /// A breach is to be mended by a day (限期整改).
    RectificationOrdered(RectificationOrdered),
    /// The breach is mended (整改合格).
    RectificationAccepted(RectificationAccepted),
    /// The certification was suspended (暂停).
    CertificationSuspended(CertificationSuspended),
    /// The suspension ended (恢复).
    CertificationResumed(CertificationResumed),
    /// The provider was told of an intended revocation (拟取消告知).
    RevocationNoticed(RevocationNoticed),
    /// The intended revocation was dropped (撤回告知).
    RevocationNoticeLifted(RevocationNoticeLifted),
    /// The certification was revoked (取消或撤销).
    CertificationRevoked(CertificationRevoked),
    /// The certification ends at the provider's wish (自愿退出).
    CertificationWithdrawn(CertificationWithdrawn),
    /// The term ended (到期).
    CertificationExpired(CertificationExpired),
    /// The certification ended because the body is gone (注销).
    CertificationDeregistered(CertificationDeregistered),
    /// A new term was added (延续).
    CertificationRenewed(CertificationRenewed),
    /// A yearly review was concluded (年度复核).
    ReviewRecorded(ReviewRecorded),
    /// A revocation was overturned and the certification restored (撤销原决定).
    CertificationOverturned(CertificationOverturned),
    /// A clerical error was mended (更正).
    CertificationCorrected(CertificationCorrected),
    /// A price was proposed (报价).
    PriceProposed(PriceProposed),
    /// The proposed price was approved (价格确定).
    PriceApproved(PriceApproved),
    /// The proposed price was turned down (不予同意).
    PriceRejected(PriceRejected),
    /// A pledge was made (作出信用承诺).
    PledgeMade(PledgeMade),
    /// A pledge was kept in full (全部履行).
    PledgeFulfilled(PledgeFulfilled),
    /// A pledge was not kept (未履行).
    PledgeBroken(PledgeBroken),
    /// The credit was repaired (信用修复).
    PledgeRepaired(PledgeRepaired),
    /// A plaque was ordered and numbered (制作牌匾).
    PlaqueOrdered(PlaqueOrdered),
    /// A plaque was handed out (发放).
    PlaqueIssued(PlaqueIssued),
    /// A plaque was hung (挂牌).
    PlaqueHung(PlaqueHung),
    /// A plaque is to come back (责令收回).
    PlaqueRecoveryOrdered(PlaqueRecoveryOrdered),
    /// A plaque came back (收回).
    PlaqueRecovered(PlaqueRecovered),
    /// A plaque was lost (遗失).
    PlaqueLost(PlaqueLost),
    /// A plaque was destroyed (销毁).
    PlaqueDestroyed(PlaqueDestroyed),
    /// A plaque ordered back was not returned (未交回).
    PlaqueNotReturned(PlaqueNotReturned),
    /// An operator was barred (运营主体禁入).
    OperatorBarred(OperatorBarred),
    /// The bar on an operator was lifted (解除禁入).
    OperatorBarLifted(OperatorBarLifted),
    /// A message of the log that is no commit was set aside (异常信息搁置).
    MessageSetAside(MessageSetAside),
}

impl Event {
    /// The name of the fact, such as `Certified`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ProviderRegistered(_) => "ProviderRegistered",
            Self::ParticularsAmended(_) => "ParticularsAmended",
            Self::OperatorIdentified(_) => "OperatorIdentified",
            Self::ApplicationFiled(_) => "ApplicationFiled",
            Self::CaseReturned(_) => "CaseReturned",
            Self::CaseSupplemented(_) => "CaseSupplemented",
            Self::CaseAccepted(_) => "CaseAccepted",
            Self::CaseInspected(_) => "CaseInspected",
            Self::NoticeOpened(_) => "NoticeOpened",
            Self::ObjectionRaised(_) => "ObjectionRaised",
            Self::ObjectionResolved(_) => "ObjectionResolved",
            Self::CaseRefused(_) => "CaseRefused",
            Self::CaseWithdrawn(_) => "CaseWithdrawn",
            Self::Certified(_) => "Certified",
            Self::CertificationRecorded(_) => "CertificationRecorded",
            Self::RectificationOrdered(_) => "RectificationOrdered",
            Self::RectificationAccepted(_) => "RectificationAccepted",
            Self::CertificationSuspended(_) => "CertificationSuspended",
            Self::CertificationResumed(_) => "CertificationResumed",
            Self::RevocationNoticed(_) => "RevocationNoticed",
            Self::RevocationNoticeLifted(_) => "RevocationNoticeLifted",
            Self::CertificationRevoked(_) => "CertificationRevoked",
            Self::CertificationWithdrawn(_) => "CertificationWithdrawn",
            Self::CertificationExpired(_) => "CertificationExpired",
            Self::CertificationDeregistered(_) => "CertificationDeregistered",
            Self::CertificationRenewed(_) => "CertificationRenewed",
            Self::ReviewRecorded(_) => "ReviewRecorded",
            Self::CertificationOverturned(_) => "CertificationOverturned",
            Self::CertificationCorrected(_) => "CertificationCorrected",
            Self::PriceProposed(_) => "PriceProposed",
            Self::PriceApproved(_) => "PriceApproved",
            Self::PriceRejected(_) => "PriceRejected",
            Self::PledgeMade(_) => "PledgeMade",
            Self::PledgeFulfilled(_) => "PledgeFulfilled",
            Self::PledgeBroken(_) => "PledgeBroken",
            Self::PledgeRepaired(_) => "PledgeRepaired",
            Self::PlaqueOrdered(_) => "PlaqueOrdered",
            Self::PlaqueIssued(_) => "PlaqueIssued",
            Self::PlaqueHung(_) => "PlaqueHung",
            Self::PlaqueRecoveryOrdered(_) => "PlaqueRecoveryOrdered",
            Self::PlaqueRecovered(_) => "PlaqueRecovered",
            Self::PlaqueLost(_) => "PlaqueLost",
            Self::PlaqueDestroyed(_) => "PlaqueDestroyed",
            Self::PlaqueNotReturned(_) => "PlaqueNotReturned",
            Self::OperatorBarred(_) => "OperatorBarred",
            Self::OperatorBarLifted(_) => "OperatorBarLifted",
            Self::MessageSetAside(_) => "MessageSetAside",
        }
    }

    /// Every name, in the order they are stored by.
    pub const NAMES: &'static [&'static str] = &[
        "ProviderRegistered",
        "ParticularsAmended",
        "OperatorIdentified",
        "ApplicationFiled",
        "CaseReturned",
        "CaseSupplemented",
        "CaseAccepted",
        "CaseInspected",
        "NoticeOpened",
        "ObjectionRaised",
        "ObjectionResolved",
        "CaseRefused",
        "CaseWithdrawn",
        "Certified",
        "CertificationRecorded",
        "RectificationOrdered",
        "RectificationAccepted",
        "CertificationSuspended",
        "CertificationResumed",
        "RevocationNoticed",
        "RevocationNoticeLifted",
        "CertificationRevoked",
        "CertificationWithdrawn",
        "CertificationExpired",
        "CertificationDeregistered",
        "CertificationRenewed",
        "ReviewRecorded",
        "CertificationOverturned",
        "CertificationCorrected",
        "PriceProposed",
        "PriceApproved",
        "PriceRejected",
        "PledgeMade",
        "PledgeFulfilled",
        "PledgeBroken",
        "PledgeRepaired",
        "PlaqueOrdered",
        "PlaqueIssued",
        "PlaqueHung",
        "PlaqueRecoveryOrdered",
        "PlaqueRecovered",
        "PlaqueLost",
        "PlaqueDestroyed",
        "PlaqueNotReturned",
        "OperatorBarred",
        "OperatorBarLifted",
        "MessageSetAside",
    ];
}

/// A provider came on record (网点登记).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRegistered {
    /// The outlet's particulars (网点信息).
    pub particulars: Particulars,
}

/// The particulars changed (网点信息变更).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticularsAmended {
    /// The outlet's particulars (网点信息).
    pub particulars: Particulars,
    /// Day it takes effect; may differ from the day it was decided (生效日期).
    pub effective_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
    /// Day the new address was inspected (新址核查日期); required where the division or address changes while certified.
    pub site_checked_on: Option<Day>,
}

/// The operator's credit code became known (补全代码).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorIdentified {
    /// The operator's unified social credit code (统一社会信用代码).
    pub operator_uscc: Uscc,
    /// Name of the operator (运营主体名称).
    pub operator_name: Name,
}

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
    /// Where the notice was published, such as its address on the web (公示载体).
    pub published_at: Option<Reason>,
}

/// An objection was raised (异议).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionRaised {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Which objection of the case, counted from 1 (异议序号).
    pub objection: Ordinal,
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
    /// Which objection of the case, counted from 1 (异议序号).
    pub objection: Ordinal,
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
    /// Body or bodies that decided, as named in the document (认定单位).
    pub deciding_body: Option<Name>,
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
}

/// A breach is to be mended by a day (限期整改).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RectificationOrdered {
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
}

/// The breach is mended (整改合格).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RectificationAccepted {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of acceptance (受理或验收日期).
    pub accepted_on: Day,
}

/// The certification was suspended (暂停).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationSuspended {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Ground, by its code in the scheme (事由).
    pub ground: GroundCode,
    /// The facts (具体情形).
    pub detail: Content,
    /// First day of the suspension (暂停日期).
    pub suspended_on: Day,
}

/// The suspension ended (恢复).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationResumed {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day it was resumed (恢复日期).
    pub resumed_on: Day,
}

/// The provider was told of an intended revocation (拟取消告知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationNoticed {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Ground, by its code in the scheme (事由).
    pub ground: GroundCode,
    /// The facts (具体情形).
    pub detail: Content,
    /// Day the provider was told of the intended revocation (拟取消告知日期).
    pub noticed_on: Day,
    /// Last day for the provider to state its case (陈述申辩截止日).
    pub hearing_until: Day,
}

/// The intended revocation was dropped (撤回告知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationNoticeLifted {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
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
    /// Day it takes effect; may differ from the day it was decided (生效日期).
    pub effective_on: Day,
}

/// The certification ended because the body is gone (注销).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationDeregistered {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day the body was deregistered or ceased to be (注销日期).
    pub deregistered_on: Day,
    /// Why (理由).
    pub reason: Reason,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
}

/// A new term was added (延续).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationRenewed {
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
}

/// A yearly review was concluded (年度复核).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRecorded {
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

/// A revocation was overturned and the certification restored (撤销原决定).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationOverturned {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of the ruling (复议决定或裁判日期).
    pub overturned_on: Day,
    /// Review body or court (复议机关或法院).
    pub body: Name,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
    /// Why, at length (理由说明).
    pub explanation: Content,
}

/// A clerical error was mended (更正).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationCorrected {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of the correction (更正日期).
    pub corrected_on: Day,
    /// Why (理由).
    pub reason: Reason,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
    /// First day of the term (有效期起).
    pub valid_from: Option<Day>,
    /// Last day of the term, included (有效期至).
    pub valid_to: Option<Day>,
}

/// A price was proposed (报价).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceProposed {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// Amount, unit and allowed rise (普惠价格).
    pub price: Price,
    /// Day the price was proposed (报价日期).
    pub proposed_on: Day,
}

/// The proposed price was approved (价格确定).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceApproved {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// Day it takes effect; may differ from the day it was decided (生效日期).
    pub effective_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
}

/// The proposed price was turned down (不予同意).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRejected {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// Day it was rejected (不予同意日期).
    pub rejected_on: Day,
    /// Why (理由).
    pub reason: Reason,
}

/// A pledge was made (作出信用承诺).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeMade {
    /// The pledge as the national template has it (信用承诺书).
    pub pledge: PledgeForm,
}

/// A pledge was kept in full (全部履行).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeFulfilled {
    /// Pledge number (承诺编码).
    pub pledge_number: PledgeNumber,
    /// Day fulfilment was determined (履行状态认定日期).
    pub determined_on: Day,
    /// Body that determined it (履行状态认定单位).
    pub determining_unit: Option<Name>,
    /// That body's credit code (认定单位代码).
    pub determining_unit_uscc: Option<Uscc>,
}

/// A pledge was not kept (未履行).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeBroken {
    /// Pledge number (承诺编码).
    pub pledge_number: PledgeNumber,
    /// How far the pledge was not kept (履行状态).
    pub extent: BreachExtent,
    /// How grave the breach is (失信程度); it sets how long it is shown at least.
    pub severity: BreachSeverity,
    /// What was not done (未履行的承诺内容).
    pub unperformed: Content,
    /// What follows (违诺责任追究内容).
    pub consequence: Content,
    /// Day fulfilment was determined (履行状态认定日期).
    pub determined_on: Day,
    /// Body that determined it (履行状态认定单位).
    pub determining_unit: Option<Name>,
    /// That body's credit code (认定单位代码).
    pub determining_unit_uscc: Option<Uscc>,
}

/// The credit was repaired (信用修复).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeRepaired {
    /// Pledge number (承诺编码).
    pub pledge_number: PledgeNumber,
    /// Day the credit was repaired (修复日期).
    pub repaired_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
}

/// A plaque was ordered and numbered (制作牌匾).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueOrdered {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day of the order (责令或制作日期).
    pub ordered_on: Day,
    /// Plaque it takes the place of (被替换的牌匾编号).
    pub replaces: Option<PlaqueNumber>,
}

/// A plaque was handed out (发放).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueIssued {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque was handed out (发放日期).
    pub issued_on: Day,
    /// Edition of the unified design (统一标识版本).
    pub design_version: Text<64>,
}

/// A plaque was hung (挂牌).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueHung {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque was hung (挂牌日期).
    pub hung_on: Day,
}

/// A plaque is to come back (责令收回).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueRecoveryOrdered {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Last day of the term (期限届满日).
    pub due_on: Day,
}

/// A plaque came back (收回).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueRecovered {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque came back (收回日期).
    pub recovered_on: Day,
}

/// A plaque was lost (遗失).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueLost {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day of the loss (遗失日期).
    pub lost_on: Day,
    /// Statement of loss as published (遗失声明).
    pub statement: Content,
}

/// A plaque was destroyed (销毁).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueDestroyed {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day it was destroyed (销毁日期).
    pub destroyed_on: Day,
    /// Why (理由).
    pub reason: Reason,
}

/// A plaque ordered back was not returned (未交回).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueNotReturned {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day it was found not to have been returned (记录日期).
    pub recorded_on: Day,
    /// The facts (具体情形).
    pub detail: Content,
}

/// An operator was barred (运营主体禁入).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorBarred {
    /// Ground, by its code in the scheme (事由).
    pub ground: GroundCode,
    /// Day of the decision to bar (决定日期).
    pub barred_on: Day,
    /// Last day of the bar (截止日).
    pub until: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
    /// The facts (具体情形).
    pub detail: Content,
}

/// The bar on an operator was lifted (解除禁入).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorBarLifted {
    /// Day it was lifted (解除日期).
    pub lifted_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
    /// Why (理由).
    pub reason: Reason,
}

/// A message of the log that is no commit was set aside: readers go on over its position (异常信息搁置).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSetAside {
    /// Where in the log the message stands (位置).
    pub position: Position,
    /// The hash of its stored bytes (哈希值): of other bytes nothing is said.
    pub sha256: Sha256,
    /// Why (理由).
    pub reason: Reason,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
}

macro_rules! facts {
    ($($fact:ident),* $(,)?) => {$(
        impl From<$fact> for Event {
            fn from(fact: $fact) -> Self {
                Self::$fact(fact)
            }
        }
    )*};
}

facts! {
    ProviderRegistered,
    ParticularsAmended,
    OperatorIdentified,
    ApplicationFiled,
    CaseReturned,
    CaseSupplemented,
    CaseAccepted,
    CaseInspected,
    NoticeOpened,
    ObjectionRaised,
    ObjectionResolved,
    CaseRefused,
    CaseWithdrawn,
    Certified,
    CertificationRecorded,
    RectificationOrdered,
    RectificationAccepted,
    CertificationSuspended,
    CertificationResumed,
    RevocationNoticed,
    RevocationNoticeLifted,
    CertificationRevoked,
    CertificationWithdrawn,
    CertificationExpired,
    CertificationDeregistered,
    CertificationRenewed,
    ReviewRecorded,
    CertificationOverturned,
    CertificationCorrected,
    PriceProposed,
    PriceApproved,
    PriceRejected,
    PledgeMade,
    PledgeFulfilled,
    PledgeBroken,
    PledgeRepaired,
    PlaqueOrdered,
    PlaqueIssued,
    PlaqueHung,
    PlaqueRecoveryOrdered,
    PlaqueRecovered,
    PlaqueLost,
    PlaqueDestroyed,
    PlaqueNotReturned,
    OperatorBarred,
    OperatorBarLifted,
    MessageSetAside,
}
