//! What is decided about a plaque.

use super::commands::{
    DestroyPlaque, HangPlaque, IssuePlaque, OrderPlaque, RecordPlaqueNotReturned, RecoverPlaque, ReportPlaqueLost,
};
use super::facts::{
    PlaqueDestroyed, PlaqueHung, PlaqueIssued, PlaqueLost, PlaqueNotReturned, PlaqueOrdered, PlaqueRecovered,
};
use super::recall::{due_on, is_to_come_back};
use super::state::{Plaque, PlaqueStatus};
use crate::certification::state::Certification;
use crate::context::{Context, not_before};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::standing::Status;
use crate::value::{Day, PlaqueNumber};

/// Plaques of an outlet that may be in the making at once: neither handed out nor destroyed.
pub(crate) const PLAQUES_ORDERED_MAX: usize = 5;

fn known<'p>(p: &'p Provider, number: &PlaqueNumber, context: &Context<'_>) -> Result<&'p Plaque, Refusal> {
    p.in_charge(context)?;
    p.plaques.get(number).ok_or_else(|| Refusal::PlaqueUnknown { number: number.clone() })
}

/// Where it was on the day of a step is a place from which the step is taken: whatever is on record of later days, which is asked of this one in
/// turn ([`crate::late`]).
fn was(plaque: &Plaque, day: Day, may: impl Fn(PlaqueStatus) -> bool) -> Result<(), Refusal> {
    not_before(day, plaque.ordered_on)?;
    let (then, _) = plaque.at(day);
    if may(then) {
        return Ok(());
    }
    let later = plaque.steps.iter().map(|step| step.on).filter(|on| *on > day && may(plaque.at(*on).0));
    match later.min() {
        Some(earliest) => Err(Refusal::DayBefore { earliest }),
        None => then.wrong(),
    }
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
        was(old, c.ordered_on, |status| match status {
            PlaqueStatus::Ordered => false,
            PlaqueStatus::Issued
            | PlaqueStatus::Hung
            | PlaqueStatus::Recovered
            | PlaqueStatus::Lost
            | PlaqueStatus::Destroyed
            | PlaqueStatus::NotReturned => true,
        })?;
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

fn is_out(status: PlaqueStatus) -> bool {
    match status {
        PlaqueStatus::Issued | PlaqueStatus::Hung => true,
        PlaqueStatus::Ordered
        | PlaqueStatus::Recovered
        | PlaqueStatus::Lost
        | PlaqueStatus::Destroyed
        | PlaqueStatus::NotReturned => false,
    }
}

pub(crate) fn issue(p: &Provider, c: &IssuePlaque, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let plaque = known(p, &c.plaque_number, context)?;
    context.happened(c.issued_on)?;
    was(plaque, c.issued_on, |status| match status {
        PlaqueStatus::Ordered => true,
        PlaqueStatus::Issued
        | PlaqueStatus::Hung
        | PlaqueStatus::Recovered
        | PlaqueStatus::Lost
        | PlaqueStatus::Destroyed
        | PlaqueStatus::NotReturned => false,
    })?;
    // Destroyed before it went out, it gave the place back that it was to take: that it went out before says that it did not.
    if plaque.replaces.is_some() && plaque.unmade_on().is_some() {
        return plaque.status.wrong();
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
    let recalled = plaque.recovery_due.filter(|_| is_to_come_back(p, &c.plaque_number, plaque, c.hung_on));
    if let Some(due) = recalled {
        return Err(Refusal::PlaqueRecalled { due });
    }
    was(plaque, c.hung_on, |status| match status {
        PlaqueStatus::Issued => true,
        PlaqueStatus::Ordered
        | PlaqueStatus::Hung
        | PlaqueStatus::Recovered
        | PlaqueStatus::Lost
        | PlaqueStatus::Destroyed
        | PlaqueStatus::NotReturned => false,
    })?;
    if !p.certified_on(c.hung_on) {
        return Err(Refusal::NoLiveCertification);
    }
    Ok(vec![PlaqueHung { plaque_number: c.plaque_number.clone(), hung_on: c.hung_on }.into()])
}

pub(crate) fn recover(p: &Provider, c: &RecoverPlaque, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let plaque = known(p, &c.plaque_number, context)?;
    context.happened(c.recovered_on)?;
    was(plaque, c.recovered_on, |status| match status {
        // One that was lost or withheld may turn up later.
        PlaqueStatus::Issued | PlaqueStatus::Hung | PlaqueStatus::Lost | PlaqueStatus::NotReturned => true,
        PlaqueStatus::Recovered | PlaqueStatus::Ordered | PlaqueStatus::Destroyed => false,
    })?;
    Ok(vec![PlaqueRecovered { plaque_number: c.plaque_number.clone(), recovered_on: c.recovered_on }.into()])
}

pub(crate) fn report_lost(p: &Provider, c: &ReportPlaqueLost, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let plaque = known(p, &c.plaque_number, context)?;
    context.happened(c.lost_on)?;
    // One that was not returned in time may come to light as lost.
    was(plaque, c.lost_on, |status| is_out(status) || status == PlaqueStatus::NotReturned)?;
    let lost =
        PlaqueLost { plaque_number: c.plaque_number.clone(), lost_on: c.lost_on, statement: c.statement.clone() };
    Ok(vec![lost.into()])
}

pub(crate) fn destroy(p: &Provider, c: &DestroyPlaque, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let plaque = known(p, &c.plaque_number, context)?;
    context.happened(c.destroyed_on)?;
    was(plaque, c.destroyed_on, |status| match status {
        // Where one that was not returned in time is found, it may be destroyed there.
        PlaqueStatus::Ordered
        | PlaqueStatus::Issued
        | PlaqueStatus::Hung
        | PlaqueStatus::Recovered
        | PlaqueStatus::NotReturned => true,
        PlaqueStatus::Destroyed | PlaqueStatus::Lost => false,
    })?;
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
    was(plaque, c.recorded_on, is_out)?;
    was_withheld(p, &c.plaque_number, plaque, c.recorded_on)?;
    let not_returned = PlaqueNotReturned {
        plaque_number: c.plaque_number.clone(),
        recorded_on: c.recorded_on,
        detail: c.detail.clone(),
    };
    Ok(vec![not_returned.into()])
}

/// A plaque was to be back before a day, by the record of that day.
fn was_withheld(p: &Provider, number: &PlaqueNumber, plaque: &Plaque, day: Day) -> Result<(), Refusal> {
    let due = due_on(p, number, plaque, day).ok_or(Refusal::PlaqueNotRecalled)?;
    if day <= due { Err(Refusal::RecoveryNotDue { due }) } else { Ok(()) }
}

/// That a plaque was not returned is asked again of all that is on record, of its own day: a correction puts it where acts that were typed after it were
/// not asked, by which it may have hung by right on that day.
pub(crate) fn is_withheld_still(p: &Provider, e: &PlaqueNotReturned) -> Result<(), Refusal> {
    let plaque = p.plaques.get(&e.plaque_number);
    plaque.map_or(Ok(()), |plaque| was_withheld(p, &e.plaque_number, plaque, e.recorded_on))
}
