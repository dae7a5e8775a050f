//! What a fact is about, and what of it follows from the record.

use crate::certification::terms::CertificationBasis;
use crate::event::{CertificationRecorded, Certified, Event, PriceApproved};
use crate::value::{Act, CategoryCode, PlaqueNumber, PledgeNumber};

/// What a fact is about, which a correction leaves as it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Subject<'a> {
    Whole,
    Category(&'a CategoryCode),
    Pledge(&'a PledgeNumber),
    Plaque(&'a PlaqueNumber),
    /// Another fact, whatever that is about.
    Act(Act),
}

pub(super) fn subject(fact: &Event) -> Subject<'_> {
    match fact {
        Event::ProviderRegistered(_)
        | Event::ParticularsAmended(_)
        | Event::OperatorIdentified(_)
        | Event::OperatorBarred(_)
        | Event::MessageSetAside(_)
        | Event::SchemeAdopted(_)
        | Event::CalendarAdopted(_)
        | Event::PlacesAdopted(_)
        | Event::OperatorCodeConfirmed(_)
        | Event::LogOpened(_) => Subject::Whole,
        Event::ApplicationFiled(e) => Subject::Category(&e.category),
        Event::CaseReturned(e) => Subject::Category(&e.category),
        Event::CaseSupplemented(e) => Subject::Category(&e.category),
        Event::CaseAccepted(e) => Subject::Category(&e.category),
        Event::CaseInspected(e) => Subject::Category(&e.category),
        Event::NoticeOpened(e) => Subject::Category(&e.category),
        Event::ObjectionRaised(e) => Subject::Category(&e.category),
        Event::ObjectionResolved(e) => Subject::Act(e.objection),
        Event::CaseRefused(e) => Subject::Category(&e.category),
        Event::CaseWithdrawn(e) => Subject::Category(&e.category),
        Event::Certified(e) => Subject::Category(&e.category),
        Event::CertificationRecorded(e) => Subject::Category(&e.category),
        Event::RectificationOrdered(e) => Subject::Category(&e.category),
        Event::RectificationAccepted(e) => Subject::Act(e.order),
        Event::CertificationSuspended(e) => Subject::Category(&e.category),
        Event::CertificationResumed(e) => Subject::Act(e.suspension),
        Event::MeasureFell(e) => Subject::Act(e.measure),
        Event::RevocationNoticed(e) => Subject::Category(&e.category),
        Event::RevocationNoticeLifted(e) => Subject::Act(e.notice),
        Event::CertificationRevoked(e) => Subject::Category(&e.category),
        Event::CertificationWithdrawn(e) => Subject::Category(&e.category),
        Event::CertificationExpired(e) => Subject::Act(e.certification),
        Event::CertificationDeregistered(e) => Subject::Category(&e.category),
        Event::EndingRecorded(e) => Subject::Category(&e.category),
        Event::CertificationRenewed(e) => Subject::Category(&e.category),
        Event::ReviewRecorded(e) => Subject::Category(&e.category),
        Event::ActOverturned(e) => Subject::Act(e.act),
        Event::PriceProposed(e) => Subject::Category(&e.category),
        Event::PriceApproved(e) => Subject::Act(e.proposal),
        Event::PriceRejected(e) => Subject::Act(e.proposal),
        Event::PledgeMade(e) => Subject::Pledge(&e.pledge.number),
        Event::PledgeFulfilled(e) => Subject::Pledge(&e.pledge_number),
        Event::PledgeBroken(e) => Subject::Pledge(&e.pledge_number),
        Event::PledgeRepaired(e) => Subject::Act(e.breach),
        Event::PlaqueOrdered(e) => Subject::Plaque(&e.plaque_number),
        Event::PlaqueIssued(e) => Subject::Plaque(&e.plaque_number),
        Event::PlaqueHung(e) => Subject::Plaque(&e.plaque_number),
        Event::PlaqueRecoveryOrdered(e) => Subject::Plaque(&e.plaque_number),
        Event::PlaqueRecoveryLifted(e) => Subject::Plaque(&e.plaque_number),
        Event::PlaqueRecovered(e) => Subject::Plaque(&e.plaque_number),
        Event::PlaqueLost(e) => Subject::Plaque(&e.plaque_number),
        Event::PlaqueDestroyed(e) => Subject::Plaque(&e.plaque_number),
        Event::PlaqueNotReturned(e) => Subject::Plaque(&e.plaque_number),
        Event::OperatorBarLifted(e) => Subject::Act(e.bar),
        Event::ActCorrected(e) => Subject::Act(e.act),
    }
}

/// The act that a fact answers, where to answer it is all that it does: to an objection that never was there is no resolution.
pub(crate) fn only_answers(fact: &Event) -> Option<Act> {
    let Subject::Act(act) = subject(fact) else { return None };
    // An approval makes a price, an expiry follows from a term and what falls from an end, and what a court says of an act it says itself.
    let does_more = matches!(
        fact,
        Event::PriceApproved(_)
            | Event::CertificationExpired(_)
            | Event::MeasureFell(_)
            | Event::ActOverturned(_)
            | Event::ActCorrected(_)
    );
    (!does_more).then_some(act)
}

/// The act that a fact goes with, where that is corrected to nothing: what only answers it; a ruling on it; and of a certification what only says that it
/// was to end, or did. One that bars does more.
pub(crate) fn goes_with(fact: &Event) -> Option<Act> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "what else there is says something by itself")]
    let of = match fact {
        Event::ActOverturned(e) => Some(e.act),
        Event::RevocationNoticed(e) => Some(e.certification),
        Event::CertificationRevoked(e) => e.bar_until.is_none().then_some(e.certification),
        Event::CertificationWithdrawn(e) => Some(e.certification),
        Event::CertificationDeregistered(e) => Some(e.certification),
        Event::EndingRecorded(e) => e.bar_until.is_none().then_some(e.certification),
        _ => None,
    };
    of.or_else(|| only_answers(fact))
}

/// Whether a fact that follows by itself is the same one otherwise: of the same certification or plaque.
pub(super) fn follows_likewise(recorded: &Event, given: &Event) -> bool {
    match (recorded, given) {
        (Event::RectificationOrdered(a), Event::RectificationOrdered(b)) => a.certification == b.certification,
        _ => std::mem::discriminant(recorded) == std::mem::discriminant(given) && subject(recorded) == subject(given),
    }
}

/// Whether what differs follows from the record, so that it goes with it: which certification of its category one is, the notice of its case,
/// and what an approval changed.
pub(super) fn is_carried_on(asked: &Event, given: &Event) -> bool {
    match (asked, given) {
        (Event::Certified(asked), Event::Certified(given)) => {
            let of_case = asked.basis == CertificationBasis::Case && given.basis == asked.basis;
            let kept = if of_case { given } else { asked };
            let (notice, counted, notice_opened) = (kept.notice, kept.counted.clone(), kept.notice_opened);
            let (ordinal, predecessor) = (given.ordinal, given.predecessor);
            Certified { ordinal, predecessor, notice, counted, notice_opened, ..asked.clone() } == *given
        }
        (Event::CertificationRecorded(asked), Event::CertificationRecorded(given)) => {
            let (ordinal, predecessor) = (given.ordinal, given.predecessor);
            CertificationRecorded { ordinal, predecessor, ..asked.clone() } == *given
        }
        (Event::PriceApproved(asked), Event::PriceApproved(given)) => {
            PriceApproved { from: given.from.clone(), to: given.to.clone(), ..asked.clone() } == *given
        }
        _ => false,
    }
}
