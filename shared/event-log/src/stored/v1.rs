//! Form 1 of every fact: the mirror that is written to disk, field by field in this order, variant by variant in this order.
//!
//! Append only. A field or a variant that has been stored is never moved, removed or given another type; the golden bytes in
//! tests/golden fail when one is. A new fact goes to the end of `variants!`; a changed fact gets a form 2.

#[allow(clippy::wildcard_imports, reason = "the mirror names every record and every value of the domain")]
use domain::*;
use serde::{Deserialize, Serialize};

use super::values::{Stored, unknown_choice};

/// Mirrors a record: its fields in the order they are stored. The mirror has no name of its own; it is `<Record as Stored>::Form`.
macro_rules! records {
    ($($record:ident { $($field:ident: $ty:ty),* $(,)? })*) => {$(
        const _: () = {
            #[derive(Debug, Serialize, Deserialize)]
            pub(crate) struct Form<'a> { $(#[serde(borrow)] $field: <$ty as Stored>::Form<'a>),* }

            impl Stored for $record {
                type Form<'a> = Form<'a>;

                fn to_form(&self) -> Form<'_> {
                    Form { $($field: self.$field.to_form()),* }
                }

                fn from_form(form: Form<'_>) -> Result<Self, Invalid> {
                    Ok(Self { $($field: Stored::from_form(form.$field)?),* })
                }
            }
        };
    )*};
}

/// Mirrors a choice as the number it is stored by.
macro_rules! choices {
    ($($choice:ident { $($variant:ident = $number:literal),* $(,)? })*) => {$(
        impl Stored for $choice {
            type Form<'a> = u8;

            fn to_form(&self) -> u8 {
                match self { $(Self::$variant => $number),* }
            }

            fn from_form(form: u8) -> Result<Self, Invalid> {
                match form { $($number => Ok(Self::$variant),)* _ => Err(unknown_choice()) }
            }
        }
    )*};
}

/// Mirrors the facts; their order is the number each is stored by.
macro_rules! variants {
    ($($fact:ident),* $(,)?) => {
        /// One fact as stored.
        #[derive(Debug, Serialize, Deserialize)]
        pub(crate) enum Fact<'a> { $($fact(#[serde(borrow)] <$fact as Stored>::Form<'a>)),* }

        impl Stored for Event {
            type Form<'a> = Fact<'a>;

            fn to_form(&self) -> Fact<'_> {
                match self { $(Self::$fact(fact) => Fact::$fact(fact.to_form())),* }
            }

            fn from_form(form: Fact<'_>) -> Result<Self, Invalid> {
                match form { $(Fact::$fact(fact) => Stored::from_form(fact).map(Self::$fact)),* }
            }
        }
    };
}

choices! {
    RevocationKind { Cancelled = 1, Annulled = 2 }
    ReviewResult { Passed = 1, Failed = 2, NotTaken = 3 }
    PledgeType { ApprovalReplacing = 1, PapersOwed = 2, ProofReplacing = 3, CreditRepair = 4, SelfDiscipline = 5, Voluntary = 6, Other = 7 }
    PromisorClass { Organisation = 1, IndividualBusiness = 2, NaturalPerson = 3 }
    PublicationScope { Public = 1, Limited = 2, Closed = 3 }
    BreachExtent { Partly = 1, Wholly = 2 }
    BreachSeverity { Minor = 1, General = 2, Serious = 3 }
    PriceUnit { Month = 1, Meal = 2, Night = 3, Hour = 4 }
    CertificationBasis { Case = 1, Evidence = 2 }
}

records! {
    Particulars {
        name: Name,
        operator_name: Name,
        division: Division,
        zone: Option<ZoneCode>,
        address: Option<Address>,
        phone: Option<Phone>,
        location: Option<Point>,
        withhold_address: bool,
    }
    Price {
        amount_fen: Fen,
        unit: PriceUnit,
        rise_percent_max: Percent,
    }
    PledgeForm {
        number: PledgeNumber,
        promisor_name: Name,
        promisor_class: PromisorClass,
        promisor_uscc: Option<Uscc>,
        pledge_type: PledgeType,
        other_type: Option<Text<64>>,
        reason: Reason,
        content: Content,
        liability: Content,
        made_on: Day,
        valid_until: Option<Day>,
        accepting_unit: Name,
        accepting_unit_uscc: Uscc,
        publication: PublicationScope,
        remarks: Option<Reason>,
    }
    ProviderRegistered { particulars: Particulars }
    ParticularsAmended { particulars: Particulars, effective_on: Day, document_number: Option<DocumentNumber>, site_checked_on: Option<Day> }
    OperatorIdentified { operator_uscc: Uscc, operator_name: Name }
    ApplicationFiled { category: CategoryCode, applied_on: Day }
    CaseReturned { category: CategoryCode, missing: Content, due_on: Day }
    CaseSupplemented { category: CategoryCode, supplemented_on: Day }
    CaseAccepted { category: CategoryCode, accepted_on: Day }
    CaseInspected { category: CategoryCode, inspected_on: Day, passed: bool, findings: Content }
    NoticeOpened { category: CategoryCode, notice: NoticeWindow, published_at: Option<Reason> }
    ObjectionRaised { category: CategoryCode, objection: Ordinal, raised_on: Day, summary: Content }
    ObjectionResolved { category: CategoryCode, objection: Ordinal, resolved_on: Day, upheld: bool, finding: Content }
    CaseRefused { category: CategoryCode, decided_on: Day, explanation: Content, document_number: DocumentNumber }
    CaseWithdrawn { category: CategoryCode, withdrawn_on: Day, reason: Option<Reason> }
    Certified { category: CategoryCode, ordinal: Ordinal, predecessor: Option<Ordinal>, basis: CertificationBasis, decided_on: Day, valid_from: Day, valid_to: Day, document_number: DocumentNumber, pledge_number: PledgeNumber, notice: NoticeWindow, deciding_body: Option<Name> }
    CertificationRecorded { category: CategoryCode, ordinal: Ordinal, predecessor: Option<Ordinal>, decided_on: Option<Day>, valid_from: Option<Day>, valid_to: Option<Day>, document_number: Option<DocumentNumber>, deciding_body: Name, publicity: Option<Reason>, source: Reason }
    RectificationOrdered { category: CategoryCode, ground: GroundCode, detail: Content, ordered_on: Day, due_on: Day, certification: Act }
    RectificationAccepted { category: CategoryCode, accepted_on: Day, order: Act }
    CertificationSuspended { category: CategoryCode, ground: GroundCode, detail: Content, suspended_on: Day, certification: Act }
    CertificationResumed { category: CategoryCode, resumed_on: Day, suspension: Act }
    RevocationNoticed { category: CategoryCode, ground: GroundCode, detail: Content, noticed_on: Day, hearing_until: Day, certification: Act }
    RevocationNoticeLifted { category: CategoryCode, lifted_on: Day, reason: Reason, notice: Act }
    CertificationRevoked { category: CategoryCode, kind: RevocationKind, ground: GroundCode, legal_basis: Reason, document_number: DocumentNumber, decided_on: Day, effective_on: Day, bar_until: Option<Day>, certification: Act, notice: Option<Act> }
    CertificationWithdrawn { category: CategoryCode, requested_on: Day, effective_on: Day, reason: Reason, certification: Act }
    CertificationExpired { category: CategoryCode, effective_on: Day, certification: Act }
    CertificationDeregistered { category: CategoryCode, deregistered_on: Day, reason: Reason, document_number: Option<DocumentNumber>, certification: Act }
    CertificationRenewed { category: CategoryCode, decided_on: Day, valid_from: Day, valid_to: Day, document_number: DocumentNumber, certification: Act }
    ReviewRecorded { category: CategoryCode, year: Year, result: ReviewResult, reviewed_on: Day, note: Option<Reason>, certification: Act }
    CertificationOverturned { category: CategoryCode, overturned_on: Day, body: Name, document_number: DocumentNumber, explanation: Content, ending: Act }
    CertificationCorrected { category: CategoryCode, corrected_on: Day, reason: Reason, document_number: Option<DocumentNumber>, valid_from: Option<Day>, valid_to: Option<Day>, certification: Act }
    PriceProposed { category: CategoryCode, item: Name, price: Price, proposed_on: Day }
    PriceApproved { category: CategoryCode, item: Name, effective_on: Day, document_number: Option<DocumentNumber> }
    PriceRejected { category: CategoryCode, item: Name, rejected_on: Day, reason: Reason }
    PledgeMade { pledge: PledgeForm }
    PledgeFulfilled { pledge_number: PledgeNumber, determined_on: Day, determining_unit: Option<Name>, determining_unit_uscc: Option<Uscc> }
    PledgeBroken { pledge_number: PledgeNumber, extent: BreachExtent, severity: BreachSeverity, unperformed: Content, consequence: Content, determined_on: Day, determining_unit: Option<Name>, determining_unit_uscc: Option<Uscc> }
    PledgeRepaired { pledge_number: PledgeNumber, repaired_on: Day, document_number: DocumentNumber }
    PlaqueOrdered { plaque_number: PlaqueNumber, ordered_on: Day, replaces: Option<PlaqueNumber> }
    PlaqueIssued { plaque_number: PlaqueNumber, issued_on: Day, design_version: Text<64> }
    PlaqueHung { plaque_number: PlaqueNumber, hung_on: Day }
    PlaqueRecoveryOrdered { plaque_number: PlaqueNumber, due_on: Day }
    PlaqueRecoveryLifted { plaque_number: PlaqueNumber, lifted_on: Day }
    PlaqueRecovered { plaque_number: PlaqueNumber, recovered_on: Day }
    PlaqueLost { plaque_number: PlaqueNumber, lost_on: Day, statement: Content }
    PlaqueDestroyed { plaque_number: PlaqueNumber, destroyed_on: Day, reason: Reason }
    PlaqueNotReturned { plaque_number: PlaqueNumber, recorded_on: Day, detail: Content }
    OperatorBarred { ground: GroundCode, barred_on: Day, until: Day, document_number: DocumentNumber, detail: Content }
    OperatorBarLifted { lifted_on: Day, document_number: DocumentNumber, reason: Reason, bar: Act }
    MessageSetAside { position: Position, sha256: Sha256, reason: Reason, document_number: DocumentNumber }
}

variants! {
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
    PlaqueRecoveryLifted,
}
