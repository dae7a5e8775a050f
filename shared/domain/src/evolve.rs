//! A provider's state, folded from its facts: one arm a fact, which says what parts of the state the fact touches.

use std::sync::Arc;

use crate::case::fold as case;
use crate::certification::fold as certification;
use crate::ending::fold as ending;
use crate::event::Event;
use crate::operator::fold::folded_operator;
use crate::operator::state::Operator;
use crate::overturning::fold as overturning;
use crate::particulars::fold as particulars;
use crate::plaque::fold as plaque;
use crate::plaque::recall::recalled_from;
use crate::pledge::fold as pledge;
use crate::price::fold as price;
use crate::provider::Provider;
use crate::supervision::fold as supervision;
use crate::value::Act;

/// That a fact corrects another one: what comes of it is made of the whole stream ([`crate::replay`], [`crate::replay_operator`]), not of the
/// state before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeedsRecord;

/// The state after a fact, which cannot be refused.
///
/// # Errors
///
/// [`NeedsRecord`] of a fact that corrects another one.
pub fn evolve(provider: Provider, event: &Event) -> Result<Provider, NeedsRecord> {
    if matches!(event, Event::ActCorrected(_)) { Err(NeedsRecord) } else { Ok(folded(provider, event)) }
}

/// The same of an operator.
///
/// # Errors
///
/// [`NeedsRecord`] of a fact that corrects another one.
pub fn evolve_operator(operator: Operator, event: &Event) -> Result<Operator, NeedsRecord> {
    if matches!(event, Event::ActCorrected(_)) { Err(NeedsRecord) } else { Ok(folded_operator(operator, event)) }
}

/// The state after what stands under the next number. What a correction changes is no state before it: of it only its number counts here.
#[must_use]
pub(crate) fn folded(mut p: Provider, event: &Event) -> Provider {
    Arc::make_mut(&mut p.said).remember(Act::after(p.acts), event);
    moved(p, event)
}

/// The same, without what the fact says, by which nothing but a later command is known.
#[must_use]
pub(crate) fn moved(mut p: Provider, event: &Event) -> Provider {
    let act = Act::after(p.acts);
    p.acts = act.get();
    match event {
        Event::ProviderRegistered(e) => particulars::registered(&mut p.particulars, act, e),
        Event::ParticularsAmended(e) => particulars::amended(&mut p.particulars, act, e),
        Event::OperatorIdentified(e) => particulars::identified(&mut p.operator, act, e),
        Event::ApplicationFiled(e) => case::filed(&mut p.cases, act, e),
        Event::CaseReturned(e) => case::returned(&mut p.cases, act, e),
        Event::CaseSupplemented(e) => case::supplemented(&mut p.cases, act, e),
        Event::CaseAccepted(e) => case::accepted(&mut p.cases, act, e),
        Event::CaseInspected(e) => case::inspected(&mut p.cases, act, e),
        Event::NoticeOpened(e) => case::notice_opened(&mut p.cases, act, e),
        Event::ObjectionRaised(e) => case::objection_raised(&mut p.cases, act, e),
        Event::ObjectionResolved(e) => case::objection_resolved(&mut p.cases, e),
        Event::CaseRefused(e) => case::refused(&mut p.cases, act, e),
        Event::CaseWithdrawn(e) => case::withdrawn(&mut p.cases, act, e),
        Event::Certified(e) => {
            // On a notice kept elsewhere nothing is decided of a case that is open here: it was applied for later.
            if e.is_of_case() {
                case::certified(&mut p.cases, act, &e.category, e.decided_on);
            }
            certification::certified(&mut p.certifications, act, e);
        }
        Event::CertificationRecorded(e) => certification::recorded(&mut p.certifications, act, e),
        Event::RectificationOrdered(e) => {
            // One that came to follow by a correction is over where its cause had been undone before.
            let undone = e.because.and_then(|cause| p.rulings_on(cause)).cloned();
            supervision::rectification_ordered(&mut p.certifications, act, e, undone.unwrap_or_default());
        }
        Event::RectificationAccepted(e) => supervision::rectification_accepted(&mut p.certifications, e),
        Event::CertificationSuspended(e) => supervision::suspended(&mut p.certifications, act, e),
        Event::CertificationResumed(e) => supervision::resumed(&mut p.certifications, e),
        Event::MeasureFell(e) => supervision::measure_fell(&mut p.certifications, act, e),
        Event::RevocationNoticed(e) => ending::noticed(&mut p.certifications, act, e),
        Event::RevocationNoticeLifted(e) => ending::notice_lifted(&mut p.certifications, e),
        Event::CertificationRevoked(e) => ending::revoked(&mut p.certifications, act, e),
        Event::CertificationWithdrawn(e) => ending::withdrawn(&mut p.certifications, act, e),
        Event::CertificationExpired(e) => ending::expired(&mut p.certifications, act, e),
        Event::EndingRecorded(e) => ending::recorded(&mut p.certifications, act, e),
        Event::CertificationDeregistered(e) => ending::deregistered(&mut p.certifications, act, e),
        Event::CertificationRenewed(e) => {
            certification::renewed(&mut p.certifications, act, e);
            supervision::stand_again(&mut p.certifications);
        }
        Event::ReviewRecorded(e) => supervision::reviewed(&mut p.certifications, act, e),
        Event::ActOverturned(e) => {
            overturning::overturned(&mut p.certifications, act, e);
            supervision::stand_again(&mut p.certifications);
            let is_overtaken = p.is_overtaken(e.act, e.overturned_on);
            case::overturned(&mut p.cases, act, e, is_overtaken);
            price::overturned(&mut p.prices, act, e);
            pledge::overturned(&mut p.pledges, act, e);
        }
        Event::PriceProposed(e) => price::proposed(&mut p.prices, act, e),
        Event::PriceApproved(e) => price::approved(&mut p.prices, act, e),
        Event::PriceRejected(e) => price::rejected(&mut p.prices, act, e),
        Event::PledgeMade(e) => pledge::made(&mut p.pledges, act, e),
        Event::PledgeFulfilled(e) => pledge::fulfilled(&mut p.pledges, act, e),
        Event::PledgeBroken(e) => pledge::broken(&mut p.pledges, act, e),
        Event::PledgeRepaired(e) => pledge::repaired(&mut p.pledges, e),
        Event::PlaqueOrdered(e) => {
            plaque::numbered(&mut p.plaques_numbered, e);
            plaque::ordered(&mut p.plaques, act, e);
        }
        Event::PlaqueIssued(e) => plaque::issued(&mut p.plaques, e),
        Event::PlaqueHung(e) => plaque::hung(&mut p.plaques, e),
        Event::PlaqueRecoveryOrdered(e) => {
            let begun = recalled_from(&p, &e.plaque_number, e.due_on);
            plaque::recovery_ordered(&mut p.plaques, e, begun);
        }
        Event::PlaqueRecoveryLifted(e) => plaque::recovery_lifted(&mut p.plaques, e),
        Event::PlaqueRecovered(e) => plaque::recovered(&mut p.plaques, e),
        Event::PlaqueLost(e) => plaque::lost(&mut p.plaques, e),
        Event::PlaqueDestroyed(e) => plaque::destroyed(&mut p.plaques, e),
        Event::PlaqueNotReturned(e) => plaque::not_returned(&mut p.plaques, e),
        // Facts of an operator's own stream, of the log's, or of the rules', never stand in a provider's.
        Event::ActCorrected(_)
        | Event::OperatorBarred(_)
        | Event::OperatorBarLifted(_)
        | Event::MessageSetAside(_)
        | Event::SchemeAdopted(_)
        | Event::CalendarAdopted(_)
        | Event::PlacesAdopted(_)
        | Event::OperatorCodeConfirmed(_)
        | Event::LogOpened(_) => {}
    }
    p
}
