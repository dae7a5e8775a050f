//! What is decided about a plaque.

use super::commands::{
    DestroyPlaque, HangPlaque, IssuePlaque, OrderPlaque, RecordPlaqueNotReturned, RecoverPlaque, ReportPlaqueLost,
};
use super::facts::{
    PlaqueDestroyed, PlaqueHung, PlaqueIssued, PlaqueLost, PlaqueNotReturned, PlaqueOrdered, PlaqueRecovered,
};
use super::recall::is_to_come_back;
use super::state::{Plaque, PlaqueStatus};
use crate::certification::state::Certification;
use crate::context::{Context, not_before};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::standing::Status;
use crate::value::PlaqueNumber;

/// Plaques of an outlet that may be in the making at once: neither handed out nor destroyed.
pub(crate) const PLAQUES_ORDERED_MAX: usize = 5;

fn known<'p>(p: &'p Provider, number: &PlaqueNumber, context: &Context<'_>) -> Result<&'p Plaque, Refusal> {
    p.in_charge(context)?;
    p.plaques.get(number).ok_or_else(|| Refusal::PlaqueUnknown { number: number.clone() })
}

pub(crate) fn order(p: &Provider, c: &OrderPlaque, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    p.in_charge(context)?;
    context.happened(c.ordered_on)?;
    let since = p.live_since(c.ordered_on)?;
    not_before(c.ordered_on, since.unwrap_or(c.ordered_on))?;
    if let Some(number) = &c.replaces {
        let old = known(p, number, context)?;
        if old.replaced {
            return Err(Refusal::PlaqueReplaced);
        }
        match old.status {
            PlaqueStatus::Ordered => return old.status.wrong(),
            PlaqueStatus::Issued
            | PlaqueStatus::Hung
            | PlaqueStatus::Recovered
            | PlaqueStatus::Lost
            | PlaqueStatus::Destroyed
            | PlaqueStatus::NotReturned => not_before(c.ordered_on, old.since)?,
        }
    }
    let there = |(number, known): &(&PlaqueNumber, &Plaque)| {
        known.holds_place() && known.place == c.place && Some(*number) != c.replaces.as_ref()
    };
    if let Some((number, _)) = p.plaques.iter().find(there) {
        return Err(Refusal::PlaquePlaceTaken { number: number.clone() });
    }
    let in_the_making = p.plaques.values().filter(|known| known.status == PlaqueStatus::Ordered);
    if in_the_making.count() >= PLAQUES_ORDERED_MAX {
        return Err(Refusal::PlaquesOrderedMax { most: PLAQUES_ORDERED_MAX });
    }
    let next = PlaqueNumber::new(context.provider.clone(), p.plaques_numbered.saturating_add(1));
    let ordered = PlaqueOrdered {
        plaque_number: next.map_err(|_| Refusal::PlaquesExhausted)?,
        ordered_on: c.ordered_on,
        replaces: c.replaces.clone(),
        place: c.place.clone(),
    };
    Ok(vec![ordered.into()])
}

pub(crate) fn issue(p: &Provider, c: &IssuePlaque, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let plaque = known(p, &c.plaque_number, context)?;
    context.happened(c.issued_on)?;
    match plaque.status {
        PlaqueStatus::Ordered => not_before(c.issued_on, plaque.since)?,
        PlaqueStatus::Issued
        | PlaqueStatus::Hung
        | PlaqueStatus::Recovered
        | PlaqueStatus::Lost
        | PlaqueStatus::Destroyed
        | PlaqueStatus::NotReturned => return plaque.status.wrong(),
    }
    let stands = |status: Status| matches!(status, Status::Valid | Status::Rectifying);
    let stood = |of: &Certification| of.standing(c.issued_on).is_some_and(|standing| stands(standing.status));
    if !p.certifications.iter().any(|of| stood(of)) {
        return Err(Refusal::NoLiveCertification);
    }
    if !p.pledged_on(c.issued_on) {
        return Err(Refusal::PledgeNotInForce);
    }
    let issued = PlaqueIssued {
        plaque_number: c.plaque_number.clone(),
        issued_on: c.issued_on,
        design_version: c.design_version.clone(),
    };
    Ok(vec![issued.into()])
}

pub(crate) fn hang(p: &Provider, c: &HangPlaque, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let plaque = known(p, &c.plaque_number, context)?;
    context.happened(c.hung_on)?;
    // It may hang until what it is called back for takes effect.
    if let Some(due) = plaque.recovery_due.filter(|_| plaque.replaced || is_to_come_back(p, c.hung_on)) {
        return Err(Refusal::PlaqueRecalled { due });
    }
    match plaque.status {
        PlaqueStatus::Issued => not_before(c.hung_on, plaque.since)?,
        PlaqueStatus::Ordered
        | PlaqueStatus::Hung
        | PlaqueStatus::Recovered
        | PlaqueStatus::Lost
        | PlaqueStatus::Destroyed
        | PlaqueStatus::NotReturned => return plaque.status.wrong(),
    }
    if !p.certified_on(c.hung_on) {
        return Err(Refusal::NoLiveCertification);
    }
    Ok(vec![PlaqueHung { plaque_number: c.plaque_number.clone(), hung_on: c.hung_on }.into()])
}

pub(crate) fn recover(p: &Provider, c: &RecoverPlaque, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let plaque = known(p, &c.plaque_number, context)?;
    context.happened(c.recovered_on)?;
    match plaque.status {
        // One that was lost or withheld may turn up later.
        PlaqueStatus::Issued | PlaqueStatus::Hung | PlaqueStatus::Lost | PlaqueStatus::NotReturned => {
            not_before(c.recovered_on, plaque.since)?;
        }
        PlaqueStatus::Recovered | PlaqueStatus::Ordered | PlaqueStatus::Destroyed => return plaque.status.wrong(),
    }
    Ok(vec![PlaqueRecovered { plaque_number: c.plaque_number.clone(), recovered_on: c.recovered_on }.into()])
}

pub(crate) fn report_lost(p: &Provider, c: &ReportPlaqueLost, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let plaque = known(p, &c.plaque_number, context)?;
    context.happened(c.lost_on)?;
    match plaque.status {
        PlaqueStatus::Issued | PlaqueStatus::Hung => not_before(c.lost_on, plaque.since)?,
        PlaqueStatus::Lost
        | PlaqueStatus::Ordered
        | PlaqueStatus::Recovered
        | PlaqueStatus::Destroyed
        | PlaqueStatus::NotReturned => return plaque.status.wrong(),
    }
    let lost =
        PlaqueLost { plaque_number: c.plaque_number.clone(), lost_on: c.lost_on, statement: c.statement.clone() };
    Ok(vec![lost.into()])
}

pub(crate) fn destroy(p: &Provider, c: &DestroyPlaque, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let plaque = known(p, &c.plaque_number, context)?;
    context.happened(c.destroyed_on)?;
    match plaque.status {
        PlaqueStatus::Ordered | PlaqueStatus::Issued | PlaqueStatus::Hung | PlaqueStatus::Recovered => {
            not_before(c.destroyed_on, plaque.since)?;
        }
        PlaqueStatus::Destroyed | PlaqueStatus::Lost | PlaqueStatus::NotReturned => return plaque.status.wrong(),
    }
    let destroyed = PlaqueDestroyed {
        plaque_number: c.plaque_number.clone(),
        destroyed_on: c.destroyed_on,
        reason: c.reason.clone(),
    };
    Ok(vec![destroyed.into()])
}

pub(crate) fn record_not_returned(
    p: &Provider,
    c: &RecordPlaqueNotReturned,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let plaque = known(p, &c.plaque_number, context)?;
    context.happened(c.recorded_on)?;
    match plaque.status {
        PlaqueStatus::Issued | PlaqueStatus::Hung => {}
        PlaqueStatus::NotReturned
        | PlaqueStatus::Ordered
        | PlaqueStatus::Recovered
        | PlaqueStatus::Lost
        | PlaqueStatus::Destroyed => return plaque.status.wrong(),
    }
    let due = plaque.due_on(c.recorded_on).ok_or(Refusal::PlaqueNotRecalled)?;
    if c.recorded_on <= due {
        return Err(Refusal::RecoveryNotDue { due });
    }
    let not_returned = PlaqueNotReturned {
        plaque_number: c.plaque_number.clone(),
        recorded_on: c.recorded_on,
        detail: c.detail.clone(),
    };
    Ok(vec![not_returned.into()])
}
