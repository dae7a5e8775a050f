//! Commands: what a bureau asks to be recorded. Imperative; refused or turned into facts by [`crate::decide`].
//! This file is long because it holds one record a command.

use crate::{
    BreachExtent, BreachSeverity, CategoryCode, Content, Day, DocumentNumber, GroundCode, Name, NoticeWindow, Ordinal,
    Particulars, PlaqueNumber, PledgeForm, PledgeNumber, Price, Reason, ReviewResult, RevocationKind, Text, Uscc, Year,
};

/// A command on one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Enters a provider that is not on record yet, without deciding anything about it (登记网点).
    RegisterProvider(RegisterProvider),
    /// Changes the particulars on record (变更网点信息).
    AmendParticulars(AmendParticulars),
    /// Supplies the credit code of an operator that was taken from a list without one (补全统一社会信用代码).
    IdentifyOperator(IdentifyOperator),
    /// Files an application for a category (申报).
    Apply(Apply),
    /// Returns an application for missing papers (一次性告知补正).
    ReturnCase(ReturnCase),
    /// Records that the missing papers came in (补正).
    SupplementCase(SupplementCase),
    /// Accepts an application for examination (受理).
    AcceptCase(AcceptCase),
    /// Records the inspection on site (现场核查).
    RecordInspection(RecordInspection),
    /// Opens, or runs again, the public notice (公示).
    OpenNotice(OpenNotice),
    /// Records an objection made during the notice (异议).
    RaiseObjection(RaiseObjection),
    /// Records what came of an objection (异议处理).
    ResolveObjection(ResolveObjection),
    /// Decides against an application (不予认定).
    RefuseCase(RefuseCase),
    /// Records that the applicant took the application back (撤回申报).
    WithdrawCase(WithdrawCase),
    /// Certifies a provider in a category (认定): on a case kept here, or on the notice sent as evidence.
    Certify(Certify),
    /// Back-enters a certification that was decided and published outside the registry (补录). It is marked as such, and no plaque is issued on it before a pledge is in force.
    RecordCertification(RecordCertification),
    /// Orders a breach to be mended by a day (限期整改).
    OrderRectification(OrderRectification),
    /// Accepts that the breach is mended (整改验收).
    AcceptRectification(AcceptRectification),
    /// Suspends a certification, where the scheme has it (暂停).
    Suspend(Suspend),
    /// Ends a suspension (恢复).
    Resume(Resume),
    /// Tells the provider that its certification is to be revoked and that it may state its case (拟取消告知).
    NoticeRevocation(NoticeRevocation),
    /// Drops the intended revocation (撤回拟取消告知).
    LiftRevocationNotice(LiftRevocationNotice),
    /// Revokes a certification for good (取消或撤销). Orders the plaques back when no other certification is live.
    Revoke(Revoke),
    /// Ends a certification at the provider's wish, now or on a later day (自愿退出).
    Withdraw(Withdraw),
    /// Writes down that a term has ended. The term ends by itself; this lets a bureau record it without waiting for the next touch (到期).
    RecordExpiry(RecordExpiry),
    /// Ends a certification because the body is gone (注销).
    Deregister(Deregister),
    /// Adds a new term that follows the old one without a gap (延续).
    Renew(Renew),
    /// Records a yearly review (年度复核).
    RecordReview(RecordReview),
    /// Restores a revoked certification after review or judgment (复议或诉讼撤销原决定). The history stays.
    Overturn(Overturn),
    /// Mends a clerical error in a certification (更正). The history stays.
    CorrectCertification(CorrectCertification),
    /// Proposes a price or a new price (报价).
    ProposePrice(ProposePrice),
    /// Approves the proposed price from a day on (同意价格).
    ApprovePrice(ApprovePrice),
    /// Turns the proposed price down (不予同意).
    RejectPrice(RejectPrice),
    /// Records a credit pledge (信用承诺).
    MakePledge(MakePledge),
    /// Determines that a pledge was kept in full (全部履行).
    RecordFulfilment(RecordFulfilment),
    /// Determines that a pledge was not kept (部分履行或全部未履行). Opens a rectification of every certification that is valid.
    RecordBreach(RecordBreach),
    /// Repairs the credit (信用修复): the public view stops showing the breach, the log keeps it.
    RepairPledge(RepairPledge),
    /// Orders a plaque to be made; the registry gives its number (制作牌匾).
    OrderPlaque(OrderPlaque),
    /// Hands a plaque out (发放). Needs a live certification and a pledge in force.
    IssuePlaque(IssuePlaque),
    /// Records that the plaque hangs (挂牌).
    HangPlaque(HangPlaque),
    /// Records that the plaque came back (收回).
    RecoverPlaque(RecoverPlaque),
    /// Records a loss (遗失).
    ReportPlaqueLost(ReportPlaqueLost),
    /// Records that a plaque was destroyed (销毁).
    DestroyPlaque(DestroyPlaque),
    /// Records that a plaque ordered back was not returned in time (未交回). The public sees it when scanning.
    RecordPlaqueNotReturned(RecordPlaqueNotReturned),
}

/// A command on one operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperatorCommand {
    /// Bars an operator from applying with any outlet until a day (运营主体禁入). Kept in the operator's own stream.
    BarOperator(BarOperator),
    /// Lifts the bar on an operator (解除禁入).
    LiftOperatorBar(LiftOperatorBar),
}

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
    /// Day the new address was inspected (新址核查日期); required where the division or address changes while certified.
    pub site_checked_on: Option<Day>,
}

/// Supplies the credit code of an operator that was taken from a list without one (补全统一社会信用代码).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifyOperator {
    /// The operator's unified social credit code (统一社会信用代码).
    pub operator_uscc: Uscc,
    /// Name of the operator (运营主体名称).
    pub operator_name: Name,
}

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
    /// Which objection of the case, counted from 1 (异议序号).
    pub objection: Ordinal,
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
}

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
}

/// Accepts that the breach is mended (整改验收).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptRectification {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day of acceptance (受理或验收日期).
    pub accepted_on: Day,
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
}

/// Ends a suspension (恢复).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// Day it was resumed (恢复日期).
    pub resumed_on: Day,
}

/// Tells the provider that its certification is to be revoked and that it may state its case (拟取消告知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRevocation {
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

/// Drops the intended revocation (撤回拟取消告知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiftRevocationNotice {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
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

/// Restores a revoked certification after review or judgment (复议或诉讼撤销原决定). The history stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overturn {
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

/// Mends a clerical error in a certification (更正). The history stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectCertification {
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

/// Proposes a price or a new price (报价).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposePrice {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// Amount, unit and allowed rise (普惠价格).
    pub price: Price,
    /// Day the price was proposed (报价日期).
    pub proposed_on: Day,
}

/// Approves the proposed price from a day on (同意价格).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovePrice {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// Day it takes effect; may differ from the day it was decided (生效日期).
    pub effective_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
}

/// Turns the proposed price down (不予同意).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectPrice {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// Day it was rejected (不予同意日期).
    pub rejected_on: Day,
    /// Why (理由).
    pub reason: Reason,
}

/// Bars an operator from applying with any outlet until a day (运营主体禁入). Kept in the operator's own stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarOperator {
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

/// Lifts the bar on an operator (解除禁入).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiftOperatorBar {
    /// Day it was lifted (解除日期).
    pub lifted_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
    /// Why (理由).
    pub reason: Reason,
}

/// Records a credit pledge (信用承诺).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakePledge {
    /// The pledge as the national template has it (信用承诺书).
    pub pledge: PledgeForm,
}

/// Determines that a pledge was kept in full (全部履行).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFulfilment {
    /// Pledge number (承诺编码).
    pub pledge_number: PledgeNumber,
    /// Day fulfilment was determined (履行状态认定日期).
    pub determined_on: Day,
    /// Body that determined it (履行状态认定单位).
    pub determining_unit: Option<Name>,
    /// That body's credit code (认定单位代码).
    pub determining_unit_uscc: Option<Uscc>,
}

/// Determines that a pledge was not kept (部分履行或全部未履行). Opens a rectification of every certification that is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordBreach {
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

/// Repairs the credit (信用修复): the public view stops showing the breach, the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairPledge {
    /// Pledge number (承诺编码).
    pub pledge_number: PledgeNumber,
    /// Day the credit was repaired (修复日期).
    pub repaired_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
}

/// Orders a plaque to be made; the registry gives its number (制作牌匾).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPlaque {
    /// Day of the order (责令或制作日期).
    pub ordered_on: Day,
    /// Plaque it takes the place of (被替换的牌匾编号).
    pub replaces: Option<PlaqueNumber>,
}

/// Hands a plaque out (发放). Needs a live certification and a pledge in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuePlaque {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque was handed out (发放日期).
    pub issued_on: Day,
    /// Edition of the unified design (统一标识版本).
    pub design_version: Text<64>,
}

/// Records that the plaque hangs (挂牌).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HangPlaque {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque was hung (挂牌日期).
    pub hung_on: Day,
}

/// Records that the plaque came back (收回).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoverPlaque {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque came back (收回日期).
    pub recovered_on: Day,
}

/// Records a loss (遗失).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPlaqueLost {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day of the loss (遗失日期).
    pub lost_on: Day,
    /// Statement of loss as published (遗失声明).
    pub statement: Content,
}

/// Records that a plaque was destroyed (销毁).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestroyPlaque {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day it was destroyed (销毁日期).
    pub destroyed_on: Day,
    /// Why (理由).
    pub reason: Reason,
}

/// Records that a plaque ordered back was not returned in time (未交回). The public sees it when scanning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPlaqueNotReturned {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day it was found not to have been returned (记录日期).
    pub recorded_on: Day,
    /// The facts (具体情形).
    pub detail: Content,
}
