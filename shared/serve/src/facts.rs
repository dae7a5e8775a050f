//! Facts as they travel: domain events into puhui.audit.v1.

use crate::terms::Transit;
use api::audit::v1;

/// One fact in transit.
pub fn event(event: &domain::Event) -> v1::Event {
    use v1::event::Fact;
    let fact = match event {
        domain::Event::ProviderRegistered(fact) => Fact::ProviderRegistered(fact.transit()),
        domain::Event::ParticularsAmended(fact) => Fact::ParticularsAmended(fact.transit()),
        domain::Event::OperatorIdentified(fact) => Fact::OperatorIdentified(fact.transit()),
        domain::Event::ApplicationFiled(fact) => Fact::ApplicationFiled(fact.transit()),
        domain::Event::CaseReturned(fact) => Fact::CaseReturned(fact.transit()),
        domain::Event::CaseSupplemented(fact) => Fact::CaseSupplemented(fact.transit()),
        domain::Event::CaseAccepted(fact) => Fact::CaseAccepted(fact.transit()),
        domain::Event::CaseInspected(fact) => Fact::CaseInspected(fact.transit()),
        domain::Event::NoticeOpened(fact) => Fact::NoticeOpened(fact.transit()),
        domain::Event::ObjectionRaised(fact) => Fact::ObjectionRaised(fact.transit()),
        domain::Event::ObjectionResolved(fact) => Fact::ObjectionResolved(fact.transit()),
        domain::Event::CaseRefused(fact) => Fact::CaseRefused(fact.transit()),
        domain::Event::CaseWithdrawn(fact) => Fact::CaseWithdrawn(fact.transit()),
        domain::Event::Certified(fact) => Fact::Certified(fact.transit()),
        domain::Event::CertificationRecorded(fact) => Fact::CertificationRecorded(fact.transit()),
        domain::Event::RectificationOrdered(fact) => Fact::RectificationOrdered(fact.transit()),
        domain::Event::RectificationAccepted(fact) => Fact::RectificationAccepted(fact.transit()),
        domain::Event::CertificationSuspended(fact) => Fact::CertificationSuspended(fact.transit()),
        domain::Event::CertificationResumed(fact) => Fact::CertificationResumed(fact.transit()),
        domain::Event::RevocationNoticed(fact) => Fact::RevocationNoticed(fact.transit()),
        domain::Event::RevocationNoticeLifted(fact) => Fact::RevocationNoticeLifted(fact.transit()),
        domain::Event::CertificationRevoked(fact) => Fact::CertificationRevoked(fact.transit()),
        domain::Event::CertificationWithdrawn(fact) => Fact::CertificationWithdrawn(fact.transit()),
        domain::Event::CertificationExpired(fact) => Fact::CertificationExpired(fact.transit()),
        domain::Event::CertificationDeregistered(fact) => Fact::CertificationDeregistered(fact.transit()),
        domain::Event::CertificationRenewed(fact) => Fact::CertificationRenewed(fact.transit()),
        domain::Event::ReviewRecorded(fact) => Fact::ReviewRecorded(fact.transit()),
        domain::Event::CertificationOverturned(fact) => Fact::CertificationOverturned(fact.transit()),
        domain::Event::CertificationCorrected(fact) => Fact::CertificationCorrected(fact.transit()),
        domain::Event::PriceProposed(fact) => Fact::PriceProposed(fact.transit()),
        domain::Event::PriceApproved(fact) => Fact::PriceApproved(fact.transit()),
        domain::Event::PriceRejected(fact) => Fact::PriceRejected(fact.transit()),
        domain::Event::PledgeMade(fact) => Fact::PledgeMade(fact.transit()),
        domain::Event::PledgeFulfilled(fact) => Fact::PledgeFulfilled(fact.transit()),
        domain::Event::PledgeBroken(fact) => Fact::PledgeBroken(fact.transit()),
        domain::Event::PledgeRepaired(fact) => Fact::PledgeRepaired(fact.transit()),
        domain::Event::PlaqueOrdered(fact) => Fact::PlaqueOrdered(fact.transit()),
        domain::Event::PlaqueIssued(fact) => Fact::PlaqueIssued(fact.transit()),
        domain::Event::PlaqueHung(fact) => Fact::PlaqueHung(fact.transit()),
        domain::Event::PlaqueRecoveryOrdered(fact) => Fact::PlaqueRecoveryOrdered(fact.transit()),
        domain::Event::PlaqueRecoveryLifted(fact) => Fact::PlaqueRecoveryLifted(fact.transit()),
        domain::Event::PlaqueRecovered(fact) => Fact::PlaqueRecovered(fact.transit()),
        domain::Event::PlaqueLost(fact) => Fact::PlaqueLost(fact.transit()),
        domain::Event::PlaqueDestroyed(fact) => Fact::PlaqueDestroyed(fact.transit()),
        domain::Event::PlaqueNotReturned(fact) => Fact::PlaqueNotReturned(fact.transit()),
        domain::Event::OperatorBarred(fact) => Fact::OperatorBarred(fact.transit()),
        domain::Event::OperatorBarLifted(fact) => Fact::OperatorBarLifted(fact.transit()),
        domain::Event::MessageSetAside(fact) => Fact::MessageSetAside(fact.transit()),
    };
    v1::Event { fact: Some(fact) }
}

/// `Name { field, … }`: the fact's fields under the same names in transit.
macro_rules! facts {
    ($($fact:ident { $($field:ident),* $(,)? })*) => {$(
        impl Transit for domain::$fact {
            type Form = v1::$fact;

            fn transit(&self) -> Self::Form {
                v1::$fact { $($field: self.$field.transit()),* }
            }
        }
    )*};
}

facts! {
    ProviderRegistered { particulars }
    ParticularsAmended { particulars, effective_on, document_number, site_checked_on }
    OperatorIdentified { operator_uscc, operator_name }
    ApplicationFiled { category, applied_on }
    CaseReturned { category, missing, due_on }
    CaseSupplemented { category, supplemented_on }
    CaseAccepted { category, accepted_on }
    CaseInspected { category, inspected_on, passed, findings }
    NoticeOpened { category, notice, published_at }
    ObjectionRaised { category, objection, raised_on, summary }
    ObjectionResolved { category, objection, resolved_on, upheld, finding }
    CaseRefused { category, decided_on, explanation, document_number }
    CaseWithdrawn { category, withdrawn_on, reason }
    Certified { category, ordinal, predecessor, basis, decided_on, valid_from, valid_to, document_number, pledge_number, notice, deciding_body }
    CertificationRecorded { category, ordinal, predecessor, decided_on, valid_from, valid_to, document_number, deciding_body, publicity, source }
    RectificationOrdered { category, ground, detail, ordered_on, due_on, certification }
    RectificationAccepted { category, accepted_on, order }
    CertificationSuspended { category, ground, detail, suspended_on, certification }
    CertificationResumed { category, resumed_on, suspension }
    RevocationNoticed { category, ground, detail, noticed_on, hearing_until, certification }
    RevocationNoticeLifted { category, lifted_on, reason, notice }
    CertificationRevoked { category, kind, ground, legal_basis, document_number, decided_on, effective_on, bar_until, certification, notice }
    CertificationWithdrawn { category, requested_on, effective_on, reason, certification }
    CertificationExpired { category, effective_on, certification }
    CertificationDeregistered { category, deregistered_on, reason, document_number, certification }
    CertificationRenewed { category, decided_on, valid_from, valid_to, document_number, certification }
    ReviewRecorded { category, year, result, reviewed_on, note, certification }
    CertificationOverturned { category, overturned_on, body, document_number, explanation, ending }
    CertificationCorrected { category, corrected_on, reason, document_number, valid_from, valid_to, certification }
    PriceProposed { category, item, price, proposed_on }
    PriceApproved { category, item, effective_on, document_number }
    PriceRejected { category, item, rejected_on, reason }
    PledgeMade { pledge }
    PledgeFulfilled { pledge_number, determined_on, determining_unit, determining_unit_uscc }
    PledgeBroken { pledge_number, extent, severity, unperformed, consequence, determined_on, determining_unit, determining_unit_uscc }
    PledgeRepaired { pledge_number, repaired_on, document_number }
    PlaqueOrdered { plaque_number, ordered_on, replaces }
    PlaqueIssued { plaque_number, issued_on, design_version }
    PlaqueHung { plaque_number, hung_on }
    PlaqueRecoveryOrdered { plaque_number, due_on }
    PlaqueRecoveryLifted { plaque_number, lifted_on }
    PlaqueRecovered { plaque_number, recovered_on }
    PlaqueLost { plaque_number, lost_on, statement }
    PlaqueDestroyed { plaque_number, destroyed_on, reason }
    PlaqueNotReturned { plaque_number, recorded_on, detail }
    OperatorBarred { ground, barred_on, until, document_number, detail }
    OperatorBarLifted { lifted_on, document_number, reason, bar }
    MessageSetAside { position, sha256, reason, document_number }
}
