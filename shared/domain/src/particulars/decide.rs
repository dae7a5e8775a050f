//! What is decided about the particulars.

use super::commands::{AmendParticulars, IdentifyOperator, RegisterProvider};
use super::facts::{OperatorIdentified, ParticularsAmended, ProviderRegistered};
use super::state::AMENDMENTS_MAX;
use super::terms::{OperatorClass, Particulars};
use crate::context::{Context, not_before};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::value::{Day, OperatorCode};

pub(crate) fn register(p: &Provider, c: &RegisterProvider, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let (_, events) = entering(p, Some(&c.particulars), None, context)?;
    // It came on record with others, and has these by now: that it has is no second registration.
    if events.is_empty() { Err(Refusal::Registered) } else { Ok(events) }
}

/// The particulars on record, or those sent and the fact that enters them. Sent again it is no fact, as the outlet came on record or as it is
/// known today or on the day of what is decided: a list of earlier years names it as it was called then.
pub(crate) fn entering<'p>(
    p: &'p Provider,
    sent: Option<&'p Particulars>,
    day: Option<Day>,
    context: &Context<'_>,
) -> Result<(&'p Particulars, Vec<Event>), Refusal> {
    match (p.registered(), sent) {
        (Ok(known), None) => {
            context.governs(known)?;
            Ok((known, Vec::new()))
        }
        (Ok(known), Some(sent)) => {
            // The zone follows from the place, by the table of today or of then. One that is sent is one of these.
            let zone_now = context.scheme.zone_of(&sent.division);
            let is_sent = |known: &Particulars| {
                let in_zone = [known.zone.as_ref(), zone_now].contains(&sent.zone.as_ref());
                (in_zone || sent.zone.is_none()) && *known == Particulars { zone: known.zone.clone(), ..sent.clone() }
            };
            let first = p.particulars.first().is_some_and(|first| is_sent(&first.particulars));
            let days = [Some(context.today), day].into_iter().flatten();
            let mut then = days.filter_map(|day| p.particulars_on(day));
            if !first && !then.any(|then| is_sent(&then)) {
                return Err(Refusal::ParticularsDiffer);
            }
            context.governs(known)?;
            Ok((known, Vec::new()))
        }
        (Err(refusal), None) => Err(refusal),
        (Err(_), Some(sent)) => {
            context.governs(sent)?;
            context.known_place(sent)?;
            class_of_code(p, sent, context)?;
            Ok((sent, vec![ProviderRegistered { particulars: context.placed(sent) }.into()]))
        }
    }
}

/// Where the operator's code is known, it says what class of operator it is.
fn class_of_code(p: &Provider, sent: &Particulars, context: &Context<'_>) -> Result<(), Refusal> {
    let code = match context.provider.operator() {
        OperatorCode::Uscc(code) => Some(code),
        OperatorCode::ToBeCompleted(_) => p.operator_uscc(),
    };
    match (sent.operator_class, code) {
        (Some(class), Some(code)) if class != OperatorClass::of(code) => Err(Refusal::OperatorClassDiffers),
        _ => Ok(()),
    }
}

/// An amendment holds from its day, whenever it is recorded: one of an earlier day goes between those on record.
pub(crate) fn amend(p: &Provider, c: &AmendParticulars, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.governs(&c.particulars)?;
    // Where it was on the day from which it is to hold: it may have moved on since.
    let left = &p.version_on(c.effective_on).ok_or(Refusal::NotRegistered)?.particulars;
    p.held_by(context.acting()?, context.today)?;
    let placed = context.placed(&c.particulars);
    context.known_place(&c.particulars)?;
    class_of_code(p, &c.particulars, context)?;
    context.happened(c.effective_on)?;
    released(p, left, c, context)?;
    if let Some(checked) = c.site_checked_on {
        not_before(c.effective_on, checked)?;
    }
    let known = p.particulars_on(c.effective_on).ok_or(Refusal::NotRegistered)?;
    if *known == c.particulars || *known == placed {
        return Err(Refusal::NothingToAmend { day: c.effective_on });
    }
    let moved = known.address != c.particulars.address || known.division != c.particulars.division;
    let certified = || [c.effective_on, context.today].into_iter().find_map(|day| p.live_since(day).ok());
    if moved && let Some(since) = certified() {
        let checked = c.site_checked_on.ok_or(Refusal::SiteCheckNeeded)?;
        not_before(checked, since.unwrap_or(checked))?;
    }
    if p.particulars.len() > AMENDMENTS_MAX {
        return Err(Refusal::AmendmentsExhausted);
    }
    let amended = ParticularsAmended {
        particulars: placed,
        effective_on: c.effective_on,
        document_number: c.document_number.clone(),
        site_checked_on: c.site_checked_on,
        release: c.release.clone(),
    };
    Ok(vec![amended.into()])
}

/// The bureau that acts decides where the outlet comes to. Where it does not decide where the outlet is, the bureau that does gives it up, by its
/// own document.
fn released(p: &Provider, left: &Particulars, c: &AmendParticulars, context: &Context<'_>) -> Result<(), Refusal> {
    let Some(release) = &c.release else {
        return match context.decides_there(left) {
            Err(Refusal::NotCompetentForPlace | Refusal::BureauUnknown) => Err(Refusal::ReleaseNeeded),
            other => other,
        };
    };
    context.happened(release.released_on)?;
    not_before(c.effective_on, release.released_on)?;
    p.held_by(context.decided_before(&release.bureau_id, left, release.released_on)?, release.released_on)
}

pub(crate) fn identify_operator(
    p: &Provider,
    c: &IdentifyOperator,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    context.governs(p.registered()?)?;
    // Codes are completed in back-entry too.
    if !context.acting()?.back_enters {
        p.held_by(context.acting()?, context.today)?;
    }
    if let OperatorCode::Uscc(_) = context.provider.operator() {
        return Err(Refusal::OperatorKnown);
    }
    if p.operator.is_some() {
        return Err(Refusal::OperatorKnown);
    }
    context.happened(c.identified_on)?;
    let identified = OperatorIdentified {
        operator_uscc: c.operator_uscc.clone(),
        operator_name: c.operator_name.clone(),
        identified_on: c.identified_on,
        document_number: c.document_number.clone(),
    };
    Ok(vec![identified.into()])
}
