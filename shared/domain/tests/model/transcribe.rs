//! Facts copied into the table, field by field: one arm a fact, no other arm. Nothing is worked out here.

use domain::*;

use super::days::{Number, number};
use super::plaques::{MAY_STAY, TO_COME_BACK};
use super::table::{RestsOn, Says};

pub(crate) fn on(day: Day) -> Number {
    number(&day.to_string())
}

fn named(from: Option<Day>, of: &Particulars) -> Says {
    let (name, operator) = (of.name.to_string(), of.operator_name.to_string());
    Says::Named { from: from.map(on), name, operator, place: of.division.to_string() }
}

fn step(plaque: &PlaqueNumber, word: &'static str, day: Day) -> Says {
    Says::Step { plaque: plaque.to_string(), word, on: on(day) }
}

fn paper(plaque: &PlaqueNumber, word: &'static str) -> Says {
    Says::Paper { plaque: plaque.to_string(), word }
}

fn ended(word: &'static str, certification: Act, decided: Day, from: Day, bar: Option<Day>) -> Says {
    let (certification, decided, from) = (certification.get(), on(decided), on(from));
    Says::Ended { word, certification, decided, from, bar: bar.map(on) }
}

fn measure(word: &'static str, certification: Act, from: Day, because: Option<Act>) -> Says {
    Says::Measure { word, certification: certification.get(), from: on(from), because: because.map(Act::get) }
}

fn recorded(e: &EndingRecorded) -> Says {
    let word = match e.kind {
        EndingKind::Cancelled | EndingKind::Annulled => "revoked",
        EndingKind::Withdrawn => "withdrawn",
        EndingKind::Deregistered => "deregistered",
    };
    let days: Vec<Day> = [e.effective_on, e.decided_on, Some(e.recorded_on)].into_iter().flatten().collect();
    // Undated, it was decided by the day it was entered, and by the day it took effect if that is known.
    let decided = e.decided_on.unwrap_or(days[0].min(e.recorded_on));
    ended(word, e.certification, decided, days[0], e.bar_until)
}

#[expect(clippy::too_many_lines, reason = "one arm a fact")]
pub(crate) fn says(fact: &Event) -> Says {
    match fact {
        Event::ProviderRegistered(e) => named(None, &e.particulars),
        Event::ParticularsAmended(e) => named(Some(e.effective_on), &e.particulars),
        Event::OperatorIdentified(e) => {
            Says::Identified { from: on(e.identified_on), operator: e.operator_name.to_string() }
        }
        Event::Certified(e) => {
            let (decided, from, last) = (Some(on(e.decided_on)), Some(on(e.valid_from)), Some(on(e.valid_to)));
            let (first, end, notice) = (on(e.notice.start()), on(e.notice.end()), e.notice_opened.map(Act::get));
            let rests_on = Some(RestsOn { from: first, last: end, notice });
            Says::Certified { category: e.category.to_string(), decided, from, last, rests_on }
        }
        Event::NoticeOpened(e) => {
            let (from, last) = (on(e.notice.start()), on(e.notice.end()));
            Says::Publicised { category: e.category.to_string(), from, last }
        }
        Event::ObjectionRaised(e) => Says::Objected { notice: e.notice.get(), on: on(e.raised_on) },
        Event::ObjectionResolved(e) => {
            Says::Answered { objection: e.objection.get(), on: on(e.resolved_on), upheld: e.upheld }
        }
        Event::CertificationRecorded(e) => {
            let (decided, from, last) = (e.decided_on.map(on), e.valid_from.map(on), e.valid_to.map(on));
            Says::Certified { category: e.category.to_string(), decided, from, last, rests_on: None }
        }
        Event::CertificationRenewed(e) => {
            let (decided, from, last) = (on(e.decided_on), on(e.valid_from), on(e.valid_to));
            Says::Renewed { certification: e.certification.get(), decided, from, last }
        }
        Event::RectificationOrdered(e) => measure("rectifying", e.certification, e.ordered_on, e.because),
        Event::RectificationAccepted(e) => Says::Over { measure: e.order.get(), on: on(e.accepted_on) },
        Event::CertificationSuspended(e) => measure("suspended", e.certification, e.suspended_on, None),
        Event::MeasureFell(e) => Says::Fell { measure: e.measure.get() },
        Event::CertificationResumed(e) => Says::Over { measure: e.suspension.get(), on: on(e.resumed_on) },
        Event::CertificationRevoked(e) => ended("revoked", e.certification, e.decided_on, e.effective_on, e.bar_until),
        Event::CertificationWithdrawn(e) => ended("withdrawn", e.certification, e.requested_on, e.effective_on, None),
        Event::CertificationDeregistered(e) => {
            ended("deregistered", e.certification, e.deregistered_on, e.deregistered_on, None)
        }
        Event::EndingRecorded(e) => recorded(e),
        Event::ReviewRecorded(e) => {
            Says::Reviewed { certification: e.certification.get(), failed: e.result == ReviewResult::Failed }
        }
        Event::ActOverturned(e) => Says::Overturned { act: e.act.get(), on: on(e.overturned_on) },
        Event::PriceProposed(e) => Says::Proposed { category: e.category.to_string(), item: e.item.to_string() },
        Event::PriceApproved(e) => Says::Priced {
            category: e.category.to_string(),
            item: e.item.to_string(),
            proposal: e.proposal.get(),
            from: Some(on(e.effective_on)),
            fen: e.to.amount_fen.get(),
        },
        Event::PriceRejected(e) => Says::Priced {
            category: e.category.to_string(),
            item: e.item.to_string(),
            proposal: e.proposal.get(),
            from: None,
            fen: 0,
        },
        Event::PledgeMade(e) => Says::Pledged {
            pledge: e.pledge.number.to_string(),
            from: on(e.pledge.made_on),
            last: e.pledge.valid_until.map(on),
        },
        Event::PledgeFulfilled(e) => Says::Kept { pledge: e.pledge_number.to_string(), on: on(e.determined_on) },
        Event::PledgeBroken(e) => Says::Broken { pledge: e.pledge_number.to_string(), on: on(e.determined_on) },
        Event::PledgeRepaired(e) => Says::Repaired { breach: e.breach.get(), on: on(e.repaired_on) },
        Event::PlaqueOrdered(e) => Says::Ordered {
            plaque: e.plaque_number.to_string(),
            on: on(e.ordered_on),
            instead_of: e.replaces.as_ref().map(ToString::to_string),
            place: e.place.as_ref().map(ToString::to_string).unwrap_or_default(),
        },
        Event::PlaqueIssued(e) => step(&e.plaque_number, "issued", e.issued_on),
        Event::PlaqueHung(e) => step(&e.plaque_number, "hung", e.hung_on),
        Event::PlaqueRecovered(e) => step(&e.plaque_number, "recovered", e.recovered_on),
        Event::PlaqueLost(e) => step(&e.plaque_number, "lost", e.lost_on),
        Event::PlaqueDestroyed(e) => step(&e.plaque_number, "destroyed", e.destroyed_on),
        Event::PlaqueNotReturned(e) => step(&e.plaque_number, "not returned", e.recorded_on),
        Event::PlaqueRecoveryOrdered(e) => paper(&e.plaque_number, TO_COME_BACK),
        Event::PlaqueRecoveryLifted(e) => paper(&e.plaque_number, MAY_STAY),
        Event::OperatorBarred(e) => Says::Barred { from: on(e.barred_on), until: on(e.until) },
        Event::OperatorBarLifted(e) => Says::Freed { bar: e.bar.get(), on: on(e.lifted_on) },
        Event::ActCorrected(e) => {
            Says::Corrected { act: e.act.get(), right: e.fact.as_deref().map(|fact| Box::new(says(fact))) }
        }
        // That a term is over, the model finds by itself; the steps of a case bear on no standing.
        Event::CertificationExpired(_)
        | Event::ApplicationFiled(_)
        | Event::CaseReturned(_)
        | Event::CaseSupplemented(_)
        | Event::CaseAccepted(_)
        | Event::CaseInspected(_)
        | Event::CaseRefused(_)
        | Event::CaseWithdrawn(_)
        | Event::RevocationNoticed(_)
        | Event::RevocationNoticeLifted(_)
        | Event::MessageSetAside(_)
        | Event::LogOpened(_)
        | Event::OperatorCodeConfirmed(_)
        | Event::SchemeAdopted(_)
        | Event::CalendarAdopted(_)
        | Event::PlacesAdopted(_) => Says::Else,
    }
}

pub(crate) fn word(status: Status) -> &'static str {
    match status {
        Status::Valid => "valid",
        Status::Rectifying => "rectifying",
        Status::Suspended => "suspended",
        Status::Revoked => "revoked",
        Status::Withdrawn => "withdrawn",
        Status::Expired => "expired",
        Status::Deregistered => "deregistered",
    }
}

pub(crate) fn plaque_word(status: PlaqueStatus) -> &'static str {
    match status {
        PlaqueStatus::Ordered => "ordered",
        PlaqueStatus::Issued => "issued",
        PlaqueStatus::Hung => "hung",
        PlaqueStatus::Recovered => "recovered",
        PlaqueStatus::Lost => "lost",
        PlaqueStatus::Destroyed => "destroyed",
        PlaqueStatus::NotReturned => "not returned",
    }
}

pub(crate) fn pledge_word(status: PledgeStatus) -> &'static str {
    match status {
        PledgeStatus::UnderSupervision => "supervised",
        PledgeStatus::Fulfilled => "fulfilled",
        PledgeStatus::Broken => "broken",
        PledgeStatus::Repaired => "repaired",
    }
}
