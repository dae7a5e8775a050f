//! What each fact says of the command behind it: one arm a fact, no other arm.

use crate::certification::terms::CertificationBasis;
use crate::command::{
    AcceptCase, AcceptRectification, AmendParticulars, Apply, ApprovePrice, BarOperator, Certify, Command,
    ConfirmOperatorCode, Deregister, DestroyPlaque, HangPlaque, IdentifyOperator, IssuePlaque, LiftOperatorBar,
    LiftRevocationNotice, MakePledge, NoticeRevocation, OpenNotice, OperatorCommand, OrderPlaque, OrderRectification,
    Overturn, ProposePrice, RaiseObjection, RecordBreach, RecordCertification, RecordEnding, RecordFulfilment,
    RecordInspection, RecordPlaqueNotReturned, RecordReview, RecoverPlaque, RefuseCase, RejectPrice, Renew,
    RepairPledge, ReportPlaqueLost, ResolveObjection, Resume, ReturnCase, Revoke, SupplementCase, Suspend, Withdraw,
    WithdrawCase,
};
use crate::event::Event;
use crate::particulars::terms::Particulars;
use crate::value::CategoryCode;

/// What a fact says of what made it.
pub(crate) enum Said<'a> {
    /// A term had ended by itself.
    Lapsed(&'a CategoryCode),
    /// The provider came on record, by itself or on the way to what follows.
    Entered(&'a Particulars),
    /// It was asked for by this command.
    Asked(Box<Command>),
    /// The rules opened it because of a breach or a failed review.
    Opened,
    /// It was asked of an operator.
    AskedOfOperator(OperatorCommand),
    /// It follows from what is on record by then: what was open of a certification fell with it, a plaque is called back, or may stay.
    Recalled,
    /// Another fact was corrected.
    Corrected,
    /// The log says it of itself.
    OfTheLog,
}

/// A command that says what the fact says, field by field; after the semicolon what it names otherwise. What a fact has beside that follows
/// from the record.
macro_rules! asked {
    ($command:ident { $($field:ident),* $(; $($other:ident: $value:expr),*)? } = $fact:ident) => {
        Said::Asked(Box::new(Command::$command($command { $($field: $fact.$field.clone(),)* $($($other: $value,)*)? })))
    };
}

/// The same of an operator.
macro_rules! asked_of_operator {
    ($command:ident { $($field:ident),* $(; $($other:ident: $value:expr),*)? } = $fact:ident) => {
        Said::AskedOfOperator(OperatorCommand::$command($command {
            $($field: $fact.$field.clone(),)* $($($other: $value,)*)?
        }))
    };
}

#[expect(clippy::too_many_lines, reason = "one arm a fact, whatever its fields are made of")]
pub(crate) fn said(event: &Event) -> Said<'_> {
    match event {
        Event::ProviderRegistered(e) => Said::Entered(&e.particulars),
        Event::ParticularsAmended(e) => {
            asked!(AmendParticulars { particulars, effective_on, document_number, site_checked_on, release } = e)
        }
        Event::OperatorIdentified(e) => {
            asked!(IdentifyOperator { operator_uscc, operator_name, identified_on, document_number } = e)
        }

        Event::ApplicationFiled(e) => asked!(Apply { category, applied_on; particulars: None } = e),
        Event::CaseReturned(e) => asked!(ReturnCase { category, missing, returned_on, due_on } = e),
        Event::CaseSupplemented(e) => asked!(SupplementCase { category, supplemented_on } = e),
        Event::CaseAccepted(e) => asked!(AcceptCase { category, accepted_on } = e),
        Event::CaseInspected(e) => asked!(RecordInspection { category, inspected_on, passed, findings } = e),
        Event::NoticeOpened(e) => asked!(OpenNotice { category, notice, published_at } = e),
        Event::ObjectionRaised(e) => asked!(RaiseObjection { category, objection_number, raised_on, summary } = e),
        Event::ObjectionResolved(e) => {
            asked!(ResolveObjection { category, resolved_on, upheld, finding; objection: Some(e.objection) } = e)
        }
        Event::CaseRefused(e) => asked!(RefuseCase { category, decided_on, explanation, document_number } = e),
        Event::CaseWithdrawn(e) => asked!(WithdrawCase { category, withdrawn_on, reason } = e),

        Event::Certified(e) => asked!(Certify {
            category, decided_on, valid_from, valid_to, document_number, pledge_number, deciding_body;
            particulars: None,
            // The notice of a case is the case's own.
            notice: match e.basis {
                CertificationBasis::Case => None,
                CertificationBasis::Evidence => Some(e.notice),
            }
        } = e),
        Event::CertificationRecorded(e) => asked!(RecordCertification {
            category, decided_on, valid_from, valid_to, document_number, deciding_body, publicity, source, valid_to_worked_out_from;
            particulars: None,
            // Told along, it is a fact of its own.
            ended: None
        } = e),
        Event::CertificationRenewed(e) => {
            asked!(
                Renew { category, decided_on, valid_from, valid_to, document_number, pledge_number, deciding_body } = e
            )
        }

        Event::RectificationOrdered(e) => {
            let (Some(legal_basis), Some(document_number)) = (&e.legal_basis, &e.document_number) else {
                return Said::Opened;
            };
            asked!(OrderRectification {
                category, ground, detail, ordered_on, due_on;
                legal_basis: legal_basis.clone(), document_number: document_number.clone()
            } = e)
        }
        Event::RectificationAccepted(e) => {
            asked!(AcceptRectification { category, accepted_on, findings; order: Some(e.order) } = e)
        }
        Event::CertificationSuspended(e) => {
            asked!(Suspend { category, ground, detail, suspended_on, legal_basis, document_number } = e)
        }
        Event::CertificationResumed(e) => asked!(Resume { category, resumed_on; suspension: Some(e.suspension) } = e),
        Event::ReviewRecorded(e) => asked!(RecordReview { category, year, result, reviewed_on, note } = e),

        Event::RevocationNoticed(e) => {
            asked!(
                NoticeRevocation {
                    category,
                    ground,
                    detail,
                    noticed_on,
                    hearing_until,
                    legal_basis,
                    document_number;
                    certification: Some(e.certification)
                } = e
            )
        }
        Event::RevocationNoticeLifted(e) => {
            asked!(LiftRevocationNotice { category, lifted_on, reason; notice: Some(e.notice) } = e)
        }
        Event::CertificationRevoked(e) => asked!(
            Revoke {
                category,
                kind,
                ground,
                legal_basis,
                document_number,
                decided_on,
                effective_on,
                bar_until;
                notice: Some(e.notice),
                certification: Some(e.certification)
            } = e
        ),
        Event::CertificationWithdrawn(e) => asked!(Withdraw { category, requested_on, effective_on, reason } = e),
        Event::CertificationExpired(e) => Said::Lapsed(&e.category),
        Event::CertificationDeregistered(e) => {
            asked!(Deregister { category, deregistered_on, reason, document_number } = e)
        }
        Event::ActOverturned(e) => {
            asked!(Overturn { act, overturned_on, body, document_number, explanation } = e)
        }
        Event::EndingRecorded(e) => asked!(
            RecordEnding {
                category,
                kind,
                decided_on,
                effective_on,
                document_number,
                deciding_body,
                source,
                bar_until
            } = e
        ),

        Event::PriceProposed(e) => asked!(ProposePrice { category, item, price, proposed_on } = e),
        Event::PriceApproved(e) => asked!(ApprovePrice {
            category, item, decided_on, effective_on, document_number; proposal: Some(e.proposal)
        } = e),
        Event::PriceRejected(e) => {
            asked!(RejectPrice { category, item, rejected_on, reason; proposal: Some(e.proposal) } = e)
        }

        Event::PledgeMade(e) => asked!(MakePledge { pledge } = e),
        Event::PledgeFulfilled(e) => {
            asked!(RecordFulfilment { pledge_number, determined_on, determining_unit, determining_unit_uscc } = e)
        }
        Event::PledgeBroken(e) => asked!(
            RecordBreach {
                pledge_number,
                extent,
                severity,
                unperformed,
                consequence,
                determined_on,
                determining_unit,
                determining_unit_uscc
            } = e
        ),
        Event::PledgeRepaired(e) => {
            asked!(RepairPledge { pledge_number, repaired_on, document_number; breach: Some(e.breach) } = e)
        }

        Event::PlaqueOrdered(e) => asked!(OrderPlaque { ordered_on, replaces, place } = e),
        Event::PlaqueIssued(e) => asked!(IssuePlaque { plaque_number, issued_on, design_version } = e),
        Event::PlaqueHung(e) => asked!(HangPlaque { plaque_number, hung_on } = e),
        Event::PlaqueRecovered(e) => asked!(RecoverPlaque { plaque_number, recovered_on } = e),
        Event::PlaqueLost(e) => asked!(ReportPlaqueLost { plaque_number, lost_on, statement } = e),
        Event::PlaqueDestroyed(e) => asked!(DestroyPlaque { plaque_number, destroyed_on, reason } = e),
        Event::PlaqueNotReturned(e) => asked!(RecordPlaqueNotReturned { plaque_number, recorded_on, detail } = e),
        Event::MeasureFell(_) | Event::PlaqueRecoveryOrdered(_) | Event::PlaqueRecoveryLifted(_) => Said::Recalled,

        Event::OperatorCodeConfirmed(e) => {
            asked_of_operator!(ConfirmOperatorCode { confirmed_on, document_number, seen } = e)
        }
        Event::OperatorBarred(e) => {
            asked_of_operator!(BarOperator { ground, barred_on, until, document_number, detail } = e)
        }
        Event::OperatorBarLifted(e) => {
            asked_of_operator!(LiftOperatorBar { lifted_on, document_number, reason; bar: Some(e.bar) } = e)
        }

        Event::ActCorrected(_) => Said::Corrected,
        // What adopts rules stands by itself, and was told before.
        Event::MessageSetAside(_)
        | Event::LogOpened(_)
        | Event::SchemeAdopted(_)
        | Event::CalendarAdopted(_)
        | Event::PlacesAdopted(_) => Said::OfTheLog,
    }
}
