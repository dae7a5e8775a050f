//! What is decided about the particulars.

use super::commands::{AmendParticulars, IdentifyOperator, RegisterProvider};
use super::facts::{OperatorIdentified, ParticularsAmended, ProviderRegistered};
use super::terms::Particulars;
use crate::context::{Context, not_before};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::value::OperatorCode;

pub(crate) fn register(p: &Provider, c: &RegisterProvider, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    entering(p, Some(&c.particulars), context).map(|(_, events)| events)
}

/// The particulars on record, or those sent and the fact that enters them. Sent again unchanged is no fact.
pub(crate) fn entering<'p>(
    p: &'p Provider,
    sent: Option<&'p Particulars>,
    context: &Context<'_>,
) -> Result<(&'p Particulars, Vec<Event>), Refusal> {
    match (p.particulars.as_deref(), sent) {
        (None, None) => Err(Refusal::NotRegistered),
        (Some(known), Some(sent)) if known != sent => Err(Refusal::ParticularsDiffer),
        (Some(known), _) => {
            context.governs(known)?;
            Ok((known, Vec::new()))
        }
        (None, Some(sent)) => {
            context.governs(sent)?;
            context.known_place(sent)?;
            Ok((sent, vec![ProviderRegistered { particulars: sent.clone() }.into()]))
        }
    }
}

pub(crate) fn amend(p: &Provider, c: &AmendParticulars, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let known = p.registered()?;
    context.governs(known)?;
    if *known == c.particulars {
        return Ok(Vec::new());
    }
    context.governs(&c.particulars)?;
    context.known_place(&c.particulars)?;
    context.happened(c.effective_on)?;
    if let Some(checked) = c.site_checked_on {
        context.happened(checked)?;
    }
    let moved = known.address != c.particulars.address || known.division != c.particulars.division;
    if moved && let Ok(since) = p.live_since(context.today) {
        let checked = c.site_checked_on.ok_or(Refusal::SiteCheckNeeded)?;
        not_before(checked, since.unwrap_or(checked))?;
    }
    let amended = ParticularsAmended {
        particulars: c.particulars.clone(),
        effective_on: c.effective_on,
        document_number: c.document_number.clone(),
        site_checked_on: c.site_checked_on,
    };
    Ok(vec![amended.into()])
}

pub(crate) fn identify_operator(
    p: &Provider,
    c: &IdentifyOperator,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    context.governs(p.registered()?)?;
    match (context.provider.operator(), &p.operator_uscc) {
        (OperatorCode::ToBeCompleted(_), None) => {}
        (_, Some(known)) if *known == c.operator_uscc => return Ok(Vec::new()),
        (OperatorCode::Uscc(known), None) if *known == c.operator_uscc => return Ok(Vec::new()),
        (OperatorCode::ToBeCompleted(_), Some(_)) | (OperatorCode::Uscc(_), _) => return Err(Refusal::OperatorKnown),
    }
    let identified =
        OperatorIdentified { operator_uscc: c.operator_uscc.clone(), operator_name: c.operator_name.clone() };
    Ok(vec![identified.into()])
}
