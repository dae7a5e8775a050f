//! What is decided about a pledge.

use super::commands::{MakePledge, RecordBreach, RecordFulfilment, RepairPledge};
use super::facts::{PledgeBroken, PledgeFulfilled, PledgeMade, PledgeRepaired};
use super::state::{Pledge, PledgeStatus};
use super::terms::{PledgeForm, PledgeType, PromisorClass};
use crate::context::{Context, not_before};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::supervision::decide::rectification;
use crate::value::{OperatorCode, PledgeNumber};

/// The ground of a rectification that a broken pledge opens.
pub(crate) const PLEDGE_BROKEN: &str = "pledge-broken";

pub(crate) fn make(p: &Provider, c: &MakePledge, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.governs(p.registered()?)?;
    let form = &c.pledge;
    if let Some(known) = p.pledges.get(&form.number) {
        let again = known.form == *form;
        return if again { Ok(Vec::new()) } else { Err(Refusal::PledgeNumberTaken { number: form.number.clone() }) };
    }
    context.happened(form.made_on)?;
    form_holds(form)?;
    promisor_is_operator(p, form, context)?;
    Ok(vec![PledgeMade { pledge: form.clone() }.into()])
}

fn form_holds(form: &PledgeForm) -> Result<(), Refusal> {
    if form.number.made_on_compact() != form.made_on.to_string().replace('-', "") {
        return Err(Refusal::PledgeNumberDay);
    }
    if form.valid_until.is_some_and(|last| last < form.made_on) {
        return Err(Refusal::PledgeBackwards);
    }
    if (form.pledge_type == PledgeType::Other) != form.other_type.is_some() {
        return Err(Refusal::OtherType);
    }
    // An identity number never enters the log, so a natural person is named without a code.
    let code_needed = match form.promisor_class {
        PromisorClass::Organisation | PromisorClass::IndividualBusiness => true,
        PromisorClass::NaturalPerson => false,
    };
    if code_needed == form.promisor_uscc.is_some() { Ok(()) } else { Err(Refusal::PromisorCode) }
}

fn promisor_is_operator(p: &Provider, form: &PledgeForm, context: &Context<'_>) -> Result<(), Refusal> {
    let operator = match context.provider.operator() {
        OperatorCode::Uscc(uscc) => Some(uscc),
        OperatorCode::ToBeCompleted(_) => p.operator_uscc(),
    };
    match (operator, &form.promisor_uscc) {
        (Some(operator), Some(promisor)) if operator != promisor => Err(Refusal::PromisorNotOperator),
        _ => Ok(()),
    }
}

fn known<'p>(p: &'p Provider, number: &PledgeNumber, context: &Context<'_>) -> Result<&'p Pledge, Refusal> {
    context.governs(p.registered()?)?;
    p.pledges.get(number).map(|pledge| &**pledge).ok_or_else(|| Refusal::PledgeUnknown { number: number.clone() })
}

pub(crate) fn fulfil(p: &Provider, c: &RecordFulfilment, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let pledge = known(p, &c.pledge_number, context)?;
    context.happened(c.determined_on)?;
    not_before(c.determined_on, pledge.form.made_on)?;
    match pledge.status {
        PledgeStatus::UnderSupervision => {}
        PledgeStatus::Fulfilled | PledgeStatus::Broken { .. } | PledgeStatus::Repaired => {
            return Err(Refusal::PledgeDetermined);
        }
    }
    let fulfilled = PledgeFulfilled {
        pledge_number: c.pledge_number.clone(),
        determined_on: c.determined_on,
        determining_unit: c.determining_unit.clone(),
        determining_unit_uscc: c.determining_unit_uscc.clone(),
    };
    Ok(vec![fulfilled.into()])
}

pub(crate) fn record_breach(p: &Provider, c: &RecordBreach, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let pledge = known(p, &c.pledge_number, context)?;
    context.happened(c.determined_on)?;
    not_before(c.determined_on, pledge.form.made_on)?;
    match pledge.status {
        PledgeStatus::UnderSupervision => {}
        PledgeStatus::Broken { .. } | PledgeStatus::Fulfilled | PledgeStatus::Repaired => {
            return Err(Refusal::PledgeDetermined);
        }
    }
    let broken = PledgeBroken {
        pledge_number: c.pledge_number.clone(),
        extent: c.extent,
        severity: c.severity,
        unperformed: c.unperformed.clone(),
        consequence: c.consequence.clone(),
        determined_on: c.determined_on,
        determining_unit: c.determining_unit.clone(),
        determining_unit_uscc: c.determining_unit_uscc.clone(),
    };
    let mut events = vec![broken.into()];
    let detail = format!("信用承诺 {} 未履行", c.pledge_number);
    // Whatever else is open.
    for certification in p.certifications.iter().filter(|c| c.live_on(context.today)) {
        events.push(rectification(certification, PLEDGE_BROKEN, &detail, c.determined_on, context)?);
    }
    Ok(events)
}

pub(crate) fn repair(p: &Provider, c: &RepairPledge, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let pledge = known(p, &c.pledge_number, context)?;
    context.happened(c.repaired_on)?;
    match pledge.status {
        PledgeStatus::Broken { severity, determined_on } => {
            let from = determined_on.plus_months(context.scheme.repair_months(severity));
            if c.repaired_on < from {
                return Err(Refusal::RepairTooEarly { from });
            }
        }
        PledgeStatus::Repaired | PledgeStatus::UnderSupervision | PledgeStatus::Fulfilled => {
            return Err(Refusal::PledgeNotBroken);
        }
    }
    let repaired = PledgeRepaired {
        pledge_number: c.pledge_number.clone(),
        repaired_on: c.repaired_on,
        document_number: c.document_number.clone(),
    };
    Ok(vec![repaired.into()])
}
