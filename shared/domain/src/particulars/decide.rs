//! What is decided about the particulars.

use std::borrow::Cow;

use super::commands::{AmendParticulars, IdentifyOperator, RegisterProvider};
use super::facts::{OperatorIdentified, ParticularsAmended, ProviderRegistered};
use super::state::AMENDMENTS_MAX;
use super::terms::{OperatorClass, Particulars};
use crate::context::{Context, not_before};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::value::{Day, DocumentNumber, OperatorCode};

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

/// The same of a list that others made. What it leaves out is as it stands on record, and what stands on record empty it may fill: an address, a
/// telephone, a location, a class, and within a place a closer one. That is an amendment of its own, from the day of what is decided on, and no
/// move. What differs it does not overwrite.
pub(crate) fn entering_of_a_list<'p>(
    p: &'p Provider,
    sent: Option<&'p Particulars>,
    (day, document_number): (Option<Day>, Option<&DocumentNumber>),
    context: &Context<'_>,
) -> Result<(&'p Particulars, Vec<Event>), Refusal> {
    let (Ok(known), Some(sent)) = (p.registered(), sent) else { return entering(p, sent, day, context) };
    match entering(p, Some(sent), day, context) {
        Err(Refusal::ParticularsDiffer) => {}
        other => return other,
    }
    context.governs(known)?;
    let days = [Some(context.today), day].into_iter().flatten();
    let first = p.particulars.first().map(|first| Cow::Borrowed(&first.particulars));
    let mut ever = first.into_iter().chain(days.filter_map(|day| p.particulars_on(day)));
    if ever.any(|held| with_what_it_lacks(&held, sent, context).is_some_and(|whole| whole == *held)) {
        return Ok((known, Vec::new()));
    }
    let effective_on = day.unwrap_or(context.today);
    let (held, version) =
        p.particulars_on(effective_on).zip(p.version_on(effective_on)).ok_or(Refusal::NotRegistered)?;
    // A list names the operator as it was called before its code was supplied.
    let as_entered =
        Particulars { operator_name: version.particulars.operator_name.clone(), ..Particulars::clone(&held) };
    let whole = [&*held, &as_entered].into_iter().find_map(|held| with_what_it_lacks(held, sent, context));
    let whole = whole.ok_or(Refusal::ParticularsDiffer)?;
    let particulars = context.placed(&Particulars { operator_name: held.operator_name.clone(), ..whole });
    context.governs(&particulars)?;
    context.known_place(&particulars)?;
    class_of_code(p, &particulars, context)?;
    if p.particulars.len() > AMENDMENTS_MAX {
        return Err(Refusal::AmendmentsExhausted);
    }
    let document_number = document_number.cloned();
    let filled =
        ParticularsAmended { particulars, effective_on, document_number, site_checked_on: None, release: None };
    Ok((known, vec![filled.into()]))
}

/// The particulars with what they lack and a list says; `None` where it says otherwise.
fn with_what_it_lacks(held: &Particulars, sent: &Particulars, context: &Context<'_>) -> Option<Particulars> {
    let Particulars { name, operator_name, division, zone, address, phone, location, withhold_address, operator_class } =
        sent;
    let is_named = (name, operator_name, withhold_address) == (&held.name, &held.operator_name, &held.withhold_address);
    let division = if held.division.holds(division) { division } else { &held.division };
    let in_zone =
        if *division == held.division { held.zone.clone() } else { context.scheme.zone_of(division).cloned() };
    let is_in_zone = zone.is_none() || *zone == in_zone || zone.as_ref() == context.scheme.zone_of(division);
    let says_otherwise = differ(held.address.as_ref(), address.as_ref())
        || differ(held.phone.as_ref(), phone.as_ref())
        || differ(held.location.as_ref(), location.as_ref())
        || differ(held.operator_class.as_ref(), operator_class.as_ref());
    if !is_named || says_otherwise || !sent.division.holds(division) || !is_in_zone {
        return None;
    }
    Some(Particulars {
        division: division.clone(),
        zone: in_zone,
        address: held.address.clone().or_else(|| address.clone()),
        phone: held.phone.clone().or_else(|| phone.clone()),
        location: held.location.or(*location),
        operator_class: held.operator_class.or(*operator_class),
        ..held.clone()
    })
}

/// Whether particulars say all that stands on record, and beside it only what is empty there.
fn only_fills(held: &Particulars, sent: &Particulars, context: &Context<'_>) -> bool {
    let whole = with_what_it_lacks(held, sent, context);
    whole.is_some_and(|whole| whole == Particulars { zone: whole.zone.clone(), ..sent.clone() })
}

/// Whether both say something, and not the same.
fn differ<T: PartialEq>(held: Option<&T>, sent: Option<&T>) -> bool {
    held.zip(sent).is_some_and(|(held, sent)| held != sent)
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
    let known = p.particulars_on(c.effective_on).ok_or(Refusal::NotRegistered)?;
    // What lists left empty is filled in back-entry too.
    if !(context.acting()?.back_enters && only_fills(&known, &c.particulars, context)) {
        p.held_by(context.acting()?, context.today)?;
    }
    let placed = context.placed(&c.particulars);
    context.known_place(&c.particulars)?;
    class_of_code(p, &c.particulars, context)?;
    context.happened(c.effective_on)?;
    released(p, left, c, context)?;
    if let Some(checked) = c.site_checked_on {
        not_before(c.effective_on, checked)?;
    }
    if *known == c.particulars || *known == placed {
        return Err(Refusal::NothingToAmend { day: c.effective_on });
    }
    // What was empty is filled, and a place told more closely, where the outlet stands: it has not moved.
    let is_elsewhere = known.address.is_some() && known.address != c.particulars.address;
    let moved = is_elsewhere || !known.division.holds(&c.particulars.division);
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
