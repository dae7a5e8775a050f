//! Commands: what a bureau asks to be recorded. Imperative; refused or turned into facts by [`crate::decide`].
//!
//! Each facet has its own; here they are put together.

pub use crate::case::commands::*;
pub use crate::certification::commands::*;
pub use crate::ending::commands::*;
pub use crate::operator::commands::*;
pub use crate::overturning::commands::*;
pub use crate::particulars::commands::*;
pub use crate::plaque::commands::*;
pub use crate::pledge::commands::*;
pub use crate::price::commands::*;
pub use crate::rules::commands::*;
pub use crate::supervision::commands::*;

use std::mem::discriminant;

use crate::value::{Act, Day, DocumentNumber, Reason};

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
    /// Back-enters an end that was decided and published outside the registry (补录终止).
    RecordEnding(RecordEnding),
    /// Adds a new term that follows the old one without a gap (延续).
    Renew(Renew),
    /// Records a yearly review (年度复核).
    RecordReview(RecordReview),
    /// Overturns an act after review or judgment (复议或诉讼撤销原决定): it was so until that day. The history stays.
    Overturn(Overturn),
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
    /// Confirms a credit code that fails its check and is real, from the document it stands on (核实代码).
    ConfirmOperatorCode(ConfirmOperatorCode),
    /// Bars an operator from applying with any outlet until a day (运营主体禁入). Kept in the operator's own stream.
    BarOperator(BarOperator),
    /// Lifts the bar on an operator (解除禁入).
    LiftOperatorBar(LiftOperatorBar),
    /// Overturns a bar after review or judgment (复议或诉讼撤销原决定): it held until that day.
    Overturn(Overturn),
}

impl OperatorCommand {
    /// What a command asks of an operator. A ruling says the same of whichever record it is in.
    pub fn of(made_by: &MadeBy) -> Option<Self> {
        match made_by {
            MadeBy::Operator(command) => Some(command.clone()),
            MadeBy::Provider(Command::Overturn(c)) => Some(Self::Overturn(c.clone())),
            MadeBy::Provider(_) | MadeBy::Correction(_) | MadeBy::Rules(_) => None,
        }
    }
}

/// Corrects an act that was entered wrong (更正). What it was entered as stays in the log; under its number the right act stands, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectAct {
    /// The act, by its number (所更正的事项).
    pub act: Act,
    /// Day of the correction (更正日期).
    pub corrected_on: Day,
    /// Why (理由).
    pub reason: Reason,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
    /// What it should have been; none where it should not have been entered at all, or where it is a correction that is taken back.
    pub right: Option<Box<MadeBy>>,
}

/// A command on whatever it may be on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MadeBy {
    /// On a provider.
    Provider(Command),
    /// On an operator.
    Operator(OperatorCommand),
    /// On an act of either.
    Correction(CorrectAct),
    /// On the rules.
    Rules(RulesCommand),
}

impl MadeBy {
    /// Whether both ask for the same kind of act.
    pub(crate) fn is_of_kind(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Provider(one), Self::Provider(other)) => discriminant(one) == discriminant(other),
            (Self::Operator(one), Self::Operator(other)) => discriminant(one) == discriminant(other),
            (Self::Correction(_), Self::Correction(_)) => true,
            (Self::Provider(_) | Self::Operator(_) | Self::Correction(_) | Self::Rules(_), _) => false,
        }
    }
}

/// A command on the rules themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RulesCommand {
    /// Adopts a scheme (施行办法).
    AdoptScheme(AdoptScheme),
    /// Adopts working days (采用工作日历).
    AdoptCalendar(AdoptCalendar),
    /// Adopts an edition of the table of places (采用区划代码表).
    AdoptPlaces(AdoptPlaces),
    /// Adopts what a registry begins with (登记簿启用).
    BeginRules(Box<BeginRules>),
}
