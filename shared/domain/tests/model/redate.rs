//! The days a command names, so that one of them can be moved to, before or after a day that matters.

use domain::command::*;
use domain::*;

/// Every day of a command: one arm a command, no other arm.
pub(crate) fn days_of(command: &mut Command) -> Vec<&mut Day> {
    match command {
        Command::RegisterProvider(_) | Command::RecordExpiry(_) | Command::OpenNotice(_) => Vec::new(),
        Command::AmendParticulars(c) => {
            [Some(&mut c.effective_on), c.site_checked_on.as_mut()].into_iter().flatten().collect()
        }
        Command::IdentifyOperator(c) => vec![&mut c.identified_on],
        Command::Apply(c) => vec![&mut c.applied_on],
        Command::ReturnCase(c) => vec![&mut c.returned_on, &mut c.due_on],
        Command::SupplementCase(c) => vec![&mut c.supplemented_on],
        Command::AcceptCase(c) => vec![&mut c.accepted_on],
        Command::RecordInspection(c) => vec![&mut c.inspected_on],
        Command::RaiseObjection(c) => vec![&mut c.raised_on],
        Command::ResolveObjection(c) => vec![&mut c.resolved_on],
        Command::RefuseCase(c) => vec![&mut c.decided_on],
        Command::WithdrawCase(c) => vec![&mut c.withdrawn_on],
        Command::Certify(c) => vec![&mut c.decided_on, &mut c.valid_from, &mut c.valid_to],
        Command::RecordCertification(c) => {
            [&mut c.decided_on, &mut c.valid_from, &mut c.valid_to].into_iter().flatten().collect()
        }
        Command::OrderRectification(c) => vec![&mut c.ordered_on, &mut c.due_on],
        Command::AcceptRectification(c) => vec![&mut c.accepted_on],
        Command::Suspend(c) => vec![&mut c.suspended_on],
        Command::Resume(c) => vec![&mut c.resumed_on],
        Command::NoticeRevocation(c) => vec![&mut c.noticed_on, &mut c.hearing_until],
        Command::LiftRevocationNotice(c) => vec![&mut c.lifted_on],
        Command::Revoke(c) => vec![&mut c.decided_on, &mut c.effective_on],
        Command::Withdraw(c) => vec![&mut c.requested_on, &mut c.effective_on],
        Command::Deregister(c) => vec![&mut c.deregistered_on],
        Command::RecordEnding(c) => {
            [&mut c.decided_on, &mut c.effective_on, &mut c.bar_until].into_iter().flatten().collect()
        }
        Command::Renew(c) => vec![&mut c.decided_on, &mut c.valid_from, &mut c.valid_to],
        Command::RecordReview(c) => vec![&mut c.reviewed_on],
        Command::Overturn(c) => vec![&mut c.overturned_on],
        Command::ProposePrice(c) => vec![&mut c.proposed_on],
        Command::ApprovePrice(c) => vec![&mut c.decided_on, &mut c.effective_on],
        Command::RejectPrice(c) => vec![&mut c.rejected_on],
        Command::MakePledge(c) => {
            [Some(&mut c.pledge.made_on), c.pledge.valid_until.as_mut()].into_iter().flatten().collect()
        }
        Command::RecordFulfilment(c) => vec![&mut c.determined_on],
        Command::RecordBreach(c) => vec![&mut c.determined_on],
        Command::RepairPledge(c) => vec![&mut c.repaired_on],
        Command::OrderPlaque(c) => vec![&mut c.ordered_on],
        Command::IssuePlaque(c) => vec![&mut c.issued_on],
        Command::HangPlaque(c) => vec![&mut c.hung_on],
        Command::RecoverPlaque(c) => vec![&mut c.recovered_on],
        Command::ReportPlaqueLost(c) => vec![&mut c.lost_on],
        Command::DestroyPlaque(c) => vec![&mut c.destroyed_on],
        Command::RecordPlaqueNotReturned(c) => vec![&mut c.recorded_on],
    }
}

macro_rules! commands {
    ($($command:ident,)*) => {
        /// The name of a command.
        pub(crate) fn name(command: &Command) -> &'static str {
            match command {
                $(Command::$command(_) => stringify!($command),)*
            }
        }

        /// Every name, and those of what is no command on a provider.
        pub(crate) const NAMES: &[&str] = &[
            $(stringify!($command),)*
            "CorrectAct",
            "BarOperator",
            "LiftOperatorBar",
            "ConfirmOperatorCode",
            "CorrectAct of an operator",
        ];
    };
}

commands! {
    RegisterProvider,
    AmendParticulars,
    IdentifyOperator,
    Apply,
    ReturnCase,
    SupplementCase,
    AcceptCase,
    RecordInspection,
    OpenNotice,
    RaiseObjection,
    ResolveObjection,
    RefuseCase,
    WithdrawCase,
    Certify,
    RecordCertification,
    OrderRectification,
    AcceptRectification,
    Suspend,
    Resume,
    NoticeRevocation,
    LiftRevocationNotice,
    Revoke,
    Withdraw,
    RecordExpiry,
    Deregister,
    RecordEnding,
    Renew,
    RecordReview,
    Overturn,
    ProposePrice,
    ApprovePrice,
    RejectPrice,
    MakePledge,
    RecordFulfilment,
    RecordBreach,
    RepairPledge,
    OrderPlaque,
    IssuePlaque,
    HangPlaque,
    RecoverPlaque,
    ReportPlaqueLost,
    DestroyPlaque,
    RecordPlaqueNotReturned,
}
