//! The one mapping between the domain and puhui.audit.v1: a line a fact, each field by the number that it has in its .proto file.
//!
//! Append only. A number that has been stored is never given to another field or fact, and none changes its type; the golden bytes in
//! tests/golden fail when one does, and a test holds the table against the .proto files. A field may be added with a number of its own,
//! optional, where a reader that passes over it is not misled; what changes the meaning of others is a new fact.

#[allow(clippy::wildcard_imports, reason = "the table names every record of the domain")]
use domain::*;

use super::error::DecodeError;
use super::field::{Field, Fields, slots};
use super::in_order::{InOrder, Otherwise, last};
use super::wire::{Raw, malformed, next, put_message};

/// Facts that there may ever be: what says that it is one of more is damaged, and no newer program's.
const FACTS_MAX: u32 = 4096;

/// The number of [`ActCorrected`].
const ACT_CORRECTED: u32 = 49;

/// Records of the domain, their fields as they are numbered in their messages.
macro_rules! messages {
    ($($message:ident { $($field:ident = $number:literal),* $(,)? })*) => {$(
        impl Field for $message {
            fn write(&self, number: u32, out: &mut Vec<u8>) {
                put_message(number, out, |out| {
                    $(self.$field.put($number, out);)*
                });
            }

            fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
                const LAST: u32 = last(&[$($number),*]);
                let mut fields = InOrder::within(raw)?;
                let message = Self { $($field: Field::next(&mut fields, $number)?),* };
                fields.end(LAST).map(|()| message)
            }

            fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
                const SLOTS: usize = slots(&[$($number),*]);
                let fields = Fields::<SLOTS>::of(raw.bytes()?)?;
                Ok(Self { $($field: fields.read($number)?),* })
            }
        }
    )*};
}

/// Facts: the number each has among those of an event, and its fields.
macro_rules! facts {
    ($($fact_number:literal $fact:ident { $($field:ident = $number:literal),* $(,)? })*) => {
        messages! { $($fact { $($field = $number),* })* }

        /// The name and number of each fact, its fields, and their numbers. To be held against the .proto files.
        pub const FACTS: &[(&str, u32, &[(&str, u32)])] =
            &[$((stringify!($fact), $fact_number, &[$((stringify!($field), $number)),*])),*];

        #[allow(clippy::manual_range_patterns, reason = "the numbers as they stand in the table, which may have gaps")]
        fn is_known(number: u32) -> bool {
            matches!(number, $($fact_number)|*)
        }

        impl Field for Event {
            fn write(&self, number: u32, out: &mut Vec<u8>) {
                put_message(number, out, |out| match self {
                    $(Self::$fact(fact) => fact.write($fact_number, out),)*
                });
            }

            fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
                match InOrder::within(raw)?.only()? {
                    $(($fact_number, fact) => Field::read_quickly(fact).map(Self::$fact),)*
                    _ => Err(Otherwise),
                }
            }

            fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
                match fact(raw)? {
                    $(($fact_number, fact) => Field::read(fact).map(Self::$fact),)*
                    (newer, _) => Err(DecodeError::UnknownFact(newer)),
                }
            }
        }
    };
}

/// The fact that a correction puts in the place of another one. It is no correction itself, so that none stands within another without end.
impl Field for Box<Event> {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        (**self).write(number, out);
    }

    fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
        match InOrder::within(raw)?.only()? {
            (ACT_CORRECTED, _) => Err(Otherwise),
            _ => Event::read_quickly(raw).map(Box::new),
        }
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        if fact(raw)?.0 == ACT_CORRECTED {
            return Err(malformed("a correction stands within another"));
        }
        Event::read(raw).map(Box::new)
    }
}

/// Holds an event to have one fact, which is known.
pub(super) fn is_fact(event: Raw<'_>) -> Result<(), Otherwise> {
    let (number, _) = InOrder::within(event)?.only()?;
    if is_known(number) { Ok(()) } else { Err(Otherwise) }
}

/// The number of an event's fact, which is known, and the fact.
pub(super) fn fact(event: Raw<'_>) -> Result<(u32, Raw<'_>), DecodeError> {
    let (mut known, mut unknown, mut rest) = (None, None, event.bytes()?);
    while let Some((number, raw)) = next(&mut rest)? {
        if !is_known(number) {
            unknown = Some(number);
        } else if known.replace((number, raw)).is_some() {
            return Err(malformed("an event has two facts"));
        }
    }
    known.ok_or_else(|| match unknown {
        Some(newer @ ..=FACTS_MAX) => DecodeError::UnknownFact(newer),
        Some(_) | None => malformed("an event has no fact"),
    })
}

messages! {
    Particulars { name = 1, operator_name = 2, division = 3, zone = 4, address = 5, phone = 6, location = 7, withhold_address = 8, operator_class = 9 }
    Release { bureau_id = 1, document_number = 2, released_on = 3 }
    Price { amount_fen = 1, unit = 2, rise_percent_max = 3 }
    NoticeCount { days = 1, count = 2, scheme = 3 }
    PledgeForm { number = 1, promisor_name = 2, promisor_class = 3, promisor_uscc = 4, pledge_type = 5, other_type = 6, reason = 7, content = 8, liability = 9, made_on = 10, valid_until = 11, accepting_unit = 12, accepting_unit_uscc = 13, publication = 14, remarks = 15 }
}

facts! {
    1 ProviderRegistered { particulars = 1 }
    2 ParticularsAmended { particulars = 1, effective_on = 2, document_number = 3, site_checked_on = 4, release = 5 }
    3 OperatorIdentified { operator_uscc = 1, operator_name = 2, identified_on = 3, document_number = 4 }
    4 ApplicationFiled { category = 1, applied_on = 2 }
    5 CaseReturned { category = 1, missing = 2, due_on = 3, returned_on = 4 }
    6 CaseSupplemented { category = 1, supplemented_on = 2 }
    7 CaseAccepted { category = 1, accepted_on = 2 }
    8 CaseInspected { category = 1, inspected_on = 2, passed = 3, findings = 4 }
    9 NoticeOpened { category = 1, notice = 2, published_at = 3, counted = 4 }
    10 ObjectionRaised { category = 1, notice = 2, objection_number = 3, raised_on = 4, summary = 5 }
    11 ObjectionResolved { category = 1, objection = 2, resolved_on = 3, upheld = 4, finding = 5 }
    12 CaseRefused { category = 1, decided_on = 2, explanation = 3, document_number = 4 }
    13 CaseWithdrawn { category = 1, withdrawn_on = 2, reason = 3 }
    14 Certified { category = 1, ordinal = 2, predecessor = 3, basis = 4, decided_on = 5, valid_from = 6, valid_to = 7, document_number = 8, pledge_number = 9, notice = 10, deciding_body = 11, counted = 12, notice_opened = 13 }
    15 CertificationRecorded { category = 1, ordinal = 2, predecessor = 3, decided_on = 4, valid_from = 5, valid_to = 6, document_number = 7, deciding_body = 8, publicity = 9, source = 10, valid_to_worked_out_from = 11 }
    16 RectificationOrdered { category = 1, ground = 2, detail = 3, ordered_on = 4, due_on = 5, certification = 6, legal_basis = 7, document_number = 8, because = 9 }
    17 RectificationAccepted { category = 1, accepted_on = 2, order = 3, findings = 4 }
    18 CertificationSuspended { category = 1, ground = 2, detail = 3, suspended_on = 4, certification = 5, legal_basis = 6, document_number = 7 }
    19 CertificationResumed { category = 1, resumed_on = 2, suspension = 3 }
    20 RevocationNoticed { category = 1, ground = 2, detail = 3, noticed_on = 4, hearing_until = 5, certification = 6, legal_basis = 7, document_number = 8, hearing_ends_on = 9, kind = 10 }
    21 RevocationNoticeLifted { category = 1, lifted_on = 2, reason = 3, notice = 4 }
    22 CertificationRevoked { category = 1, kind = 2, ground = 3, legal_basis = 4, document_number = 5, decided_on = 6, effective_on = 7, bar_until = 8, certification = 9, notice = 10 }
    23 CertificationWithdrawn { category = 1, requested_on = 2, effective_on = 3, reason = 4, certification = 5 }
    24 CertificationExpired { category = 1, effective_on = 2, certification = 3 }
    25 CertificationDeregistered { category = 1, deregistered_on = 2, reason = 3, document_number = 4, certification = 5 }
    26 CertificationRenewed { category = 1, decided_on = 2, valid_from = 3, valid_to = 4, document_number = 5, certification = 6, pledge_number = 7, deciding_body = 8 }
    27 ReviewRecorded { category = 1, year = 2, result = 3, reviewed_on = 4, note = 5, certification = 6 }
    30 PriceProposed { category = 1, item = 2, price = 3, proposed_on = 4 }
    31 PriceApproved { category = 1, item = 2, effective_on = 3, document_number = 4, proposal = 5, decided_on = 6, from = 7, to = 8 }
    32 PriceRejected { category = 1, item = 2, rejected_on = 3, reason = 4, proposal = 5 }
    33 PledgeMade { pledge = 1 }
    34 PledgeFulfilled { pledge_number = 1, determined_on = 2, determining_unit = 3, determining_unit_uscc = 4 }
    35 PledgeBroken { pledge_number = 1, extent = 2, severity = 3, unperformed = 4, consequence = 5, determined_on = 6, determining_unit = 7, determining_unit_uscc = 8 }
    36 PledgeRepaired { pledge_number = 1, repaired_on = 2, document_number = 3, breach = 4 }
    37 PlaqueOrdered { plaque_number = 1, ordered_on = 2, replaces = 3, place = 4 }
    38 PlaqueIssued { plaque_number = 1, issued_on = 2, design_version = 3 }
    39 PlaqueHung { plaque_number = 1, hung_on = 2 }
    40 PlaqueRecoveryOrdered { plaque_number = 1, due_on = 2 }
    41 PlaqueRecovered { plaque_number = 1, recovered_on = 2 }
    42 PlaqueLost { plaque_number = 1, lost_on = 2, statement = 3 }
    43 PlaqueDestroyed { plaque_number = 1, destroyed_on = 2, reason = 3 }
    44 PlaqueNotReturned { plaque_number = 1, recorded_on = 2, detail = 3 }
    45 OperatorBarred { ground = 1, barred_on = 2, until = 3, document_number = 4, detail = 5 }
    46 OperatorBarLifted { lifted_on = 1, document_number = 2, reason = 3, bar = 4 }
    47 MessageSetAside { position = 1, sha256 = 2, reason = 3, document_number = 4 }
    48 PlaqueRecoveryLifted { plaque_number = 1, lifted_on = 2 }
    49 ActCorrected { act = 1, corrected_on = 2, reason = 3, document_number = 4, fact = 5 }
    50 ActOverturned { act = 1, overturned_on = 2, body = 3, document_number = 4, explanation = 5 }
    54 EndingRecorded { category = 1, kind = 2, decided_on = 3, effective_on = 4, recorded_on = 5, document_number = 6, deciding_body = 7, source = 8, bar_until = 9, certification = 10 }
    55 OperatorCodeConfirmed { confirmed_on = 1, document_number = 2, seen = 3 }
    60 SchemeAdopted { area = 1, version = 2, in_force_from = 3, sha256 = 4, text = 5, adopted_on = 6, adopted_by = 7, document_number = 8, corrects = 9 }
    61 CalendarAdopted { covered_from = 1, covered_until = 2, source = 3, sha256 = 4, text = 5, adopted_on = 6, adopted_by = 7, document_number = 8, corrects = 9 }
    62 PlacesAdopted { edition = 1, sha256 = 2, text = 3, adopted_on = 4, adopted_by = 5, document_number = 6, corrects = 7 }
    63 LogOpened { log_id = 1, name = 2 }
    64 MeasureFell { category = 1, certification = 2, measure = 3, over_since = 4 }
}
