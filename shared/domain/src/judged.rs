//! By which day's rules, and those of which place, a command is judged. A decision goes by the rules of the day it was decided on, whenever
//! it is typed.

use crate::command::Command;
use crate::particulars::terms::Particulars;
use crate::value::{Day, Division, NoticeWindow};

impl Command {
    /// The day of the decision it records; `None` where it names none, and is decided when it is recorded.
    pub fn decided_on(&self) -> Option<Day> {
        match self {
            Self::Apply(c) => Some(c.applied_on),
            Self::ReturnCase(c) => Some(c.returned_on),
            Self::SupplementCase(c) => Some(c.supplemented_on),
            Self::AcceptCase(c) => Some(c.accepted_on),
            Self::RecordInspection(c) => Some(c.inspected_on),
            Self::OpenNotice(c) => Some(c.notice.start()),
            Self::RaiseObjection(c) => Some(c.raised_on),
            Self::ResolveObjection(c) => Some(c.resolved_on),
            Self::RefuseCase(c) => Some(c.decided_on),
            Self::WithdrawCase(c) => Some(c.withdrawn_on),
            Self::Certify(c) => Some(c.decided_on),
            Self::OrderRectification(c) => Some(c.ordered_on),
            Self::AcceptRectification(c) => Some(c.accepted_on),
            Self::Suspend(c) => Some(c.suspended_on),
            Self::Resume(c) => Some(c.resumed_on),
            Self::NoticeRevocation(c) => Some(c.noticed_on),
            Self::LiftRevocationNotice(c) => Some(c.lifted_on),
            Self::Revoke(c) => Some(c.decided_on),
            Self::Withdraw(c) => Some(c.requested_on),
            Self::Deregister(c) => Some(c.deregistered_on),
            Self::Renew(c) => Some(c.decided_on),
            Self::RecordReview(c) => Some(c.reviewed_on),
            Self::Overturn(c) => Some(c.overturned_on),
            Self::ProposePrice(c) => Some(c.proposed_on),
            Self::ApprovePrice(c) => Some(c.decided_on),
            Self::RejectPrice(c) => Some(c.rejected_on),
            Self::MakePledge(c) => Some(c.pledge.made_on),
            Self::RecordFulfilment(c) => Some(c.determined_on),
            Self::RecordBreach(c) => Some(c.determined_on),
            Self::RepairPledge(c) => Some(c.repaired_on),
            Self::OrderPlaque(c) => Some(c.ordered_on),
            Self::IssuePlaque(c) => Some(c.issued_on),
            Self::HangPlaque(c) => Some(c.hung_on),
            Self::RecoverPlaque(c) => Some(c.recovered_on),
            Self::ReportPlaqueLost(c) => Some(c.lost_on),
            Self::DestroyPlaque(c) => Some(c.destroyed_on),
            Self::RecordPlaqueNotReturned(c) => Some(c.recorded_on),
            // What was decided elsewhere goes by no scheme of here; what stands in the record of places is as it is today; an expiry
            // is a clock's.
            Self::RecordCertification(_)
            | Self::RecordEnding(_)
            | Self::RegisterProvider(_)
            | Self::AmendParticulars(_)
            | Self::IdentifyOperator(_)
            | Self::RecordExpiry(_) => None,
        }
    }

    /// The day of which it is asked where the outlet was: that of the decision, or from which an amendment holds. `None`: today.
    pub fn placed_on(&self) -> Option<Day> {
        if let Self::AmendParticulars(c) = self { Some(c.effective_on) } else { self.decided_on() }
    }

    /// The day on which the notice begins that is sent as evidence.
    pub fn evidence_from(&self) -> Option<Day> {
        if let Self::Certify(c) = self { c.notice.map(NoticeWindow::start) } else { None }
    }

    /// The place whose rules it is judged by, where these particulars are on record: an outlet that moves is judged where it comes to.
    pub fn place<'c>(&'c self, known: Option<&'c Particulars>) -> Option<&'c Division> {
        let moves = matches!(self, Self::AmendParticulars(_));
        let sent = self.particulars();
        let ruling = if moves { sent } else { known.or(sent) };
        ruling.map(|particulars| &particulars.division)
    }

    /// The particulars it sends, of which the place is that of the rules where none is on record.
    #[expect(clippy::wildcard_enum_match_arm, reason = "five send them, and the others are on record")]
    pub fn particulars(&self) -> Option<&Particulars> {
        match self {
            Self::RegisterProvider(c) => Some(&c.particulars),
            Self::AmendParticulars(c) => Some(&c.particulars),
            Self::Apply(c) => c.particulars.as_ref(),
            Self::Certify(c) => c.particulars.as_ref(),
            Self::RecordCertification(c) => c.particulars.as_ref(),
            _ => None,
        }
    }
}
