//! What is decided about a pledge.

use super::commands::{MakePledge, RecordBreach, RecordFulfilment, RepairPledge};
use super::facts::{PledgeBroken, PledgeFulfilled, PledgeMade, PledgeRepaired};
use super::state::{Breach, Pledge, PledgeStatus};
use super::terms::{PledgeForm, PledgeType, PromisorClass};
use crate::certification::state::Certification;
use crate::context::{Context, not_before, the_one};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::supervision::decide::rectification;
use crate::value::{Act, Day, OperatorCode, PledgeNumber};

/// The ground of a rectification that a broken pledge opens.
pub(crate) const PLEDGE_BROKEN: &str = "pledge-broken";

/// Pledges of an outlet at most, and breaches of a pledge: many times what there can be, and an end to a client that goes on by itself.
pub(crate) const PLEDGES_MAX: usize = 500;
pub(crate) const BREACHES_MAX: usize = 100;

pub(crate) fn make(p: &Provider, c: &MakePledge, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    p.in_charge(context)?;
    let form = &c.pledge;
    if p.pledges.contains_key(&form.number) {
        return Err(Refusal::PledgeNumberTaken { number: form.number.clone() });
    }
    context.happened(form.made_on)?;
    if p.pledges.len() >= PLEDGES_MAX {
        return Err(Refusal::PledgesMax { most: PLEDGES_MAX });
    }
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
    p.in_charge(context)?;
    p.pledges.get(number).map(|pledge| &**pledge).ok_or_else(|| Refusal::PledgeUnknown { number: number.clone() })
}

pub(crate) fn fulfil(p: &Provider, c: &RecordFulfilment, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let pledge = known(p, &c.pledge_number, context)?;
    context.happened(c.determined_on)?;
    not_before(c.determined_on, pledge.form.made_on)?;
    if pledge.status_on(c.determined_on) != PledgeStatus::UnderSupervision || !pledge.fulfilments.is_empty() {
        return Err(Refusal::PledgeDetermined);
    }
    let fulfilled = PledgeFulfilled {
        pledge_number: c.pledge_number.clone(),
        determined_on: c.determined_on,
        determining_unit: c.determining_unit.clone(),
        determining_unit_uscc: c.determining_unit_uscc.clone(),
    };
    Ok(vec![fulfilled.into()])
}

/// Whatever was determined before: a pledge that was kept once can be broken later, and two breaches are two.
pub(crate) fn record_breach(p: &Provider, c: &RecordBreach, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let pledge = known(p, &c.pledge_number, context)?;
    context.happened(c.determined_on)?;
    not_before(c.determined_on, pledge.form.made_on)?;
    if pledge.breaches.len() >= BREACHES_MAX {
        return Err(Refusal::BreachesMax { most: BREACHES_MAX });
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
    // Of what was live on the day it was determined, by what had been decided by then, whenever that is typed; and whatever else is open.
    for certification in p.certifications.iter().filter(|held| is_bound(held, c.determined_on)) {
        events.push(to_mend(certification, &c.pledge_number, (p.next_act(), c.determined_on), context)?);
    }
    Ok(events)
}

/// The order to mend a breach that was determined by this act, on this day.
fn to_mend(
    held: &Certification,
    number: &PledgeNumber,
    (act, on): (Act, Day),
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    rectification(held, (PLEDGE_BROKEN, act), &format!("信用承诺 {number} 未履行"), on, context)
}

/// Whether a breach of a day is a breach of the certification: it had been decided by then, and was live by what had been.
fn is_bound(held: &Certification, determined_on: Day) -> bool {
    held.known_since().is_none_or(|since| since <= determined_on) && held.was_live_on(determined_on)
}

/// The orders that follow from breaches on record for what an act that is typed after them makes of the certifications: one that comes to have been
/// live on the day of a breach is to be mended too. Of a breach that was repaired by now nothing is left to mend.
pub(crate) fn orders_that_follow(
    before: &Provider,
    after: &Provider,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    for breach in before.pledges.iter().flat_map(|(number, of)| of.breaches.iter().map(move |breach| (number, breach)))
    {
        let (number, Breach { determination, repair: None, .. }) = breach else { continue };
        let (act, on) = (determination.act, determination.determined_on);
        for held in after.certifications.iter().filter(|held| is_bound(held, on)) {
            let known = before.certifications.iter().find(|known| known.act == held.act);
            if known.is_some_and(|known| is_bound(known, on))
                || held.orders.iter().any(|of| of.because == Some(act) && of.fell.is_none())
            {
                continue;
            }
            events.push(to_mend(held, number, (act, on), context)?);
        }
    }
    Ok(events)
}

pub(crate) fn repair(p: &Provider, c: &RepairPledge, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let pledge = known(p, &c.pledge_number, context)?;
    let mut breaches = pledge.breaches.iter();
    if breaches.any(|breach| Some(breach.determination.act) == c.breach && breach.repair.is_some()) {
        return Err(Refusal::BreachRepaired);
    }
    let stood = |breach: &&Breach| breach.rulings.hold_on(c.repaired_on);
    let shown = pledge.breaches.iter().filter(|breach| breach.repair.is_none()).filter(stood);
    let breach = the_one(shown, |breach| breach.determination.act, c.breach, Refusal::PledgeNotBroken)?;
    let determined_on = breach.determination.determined_on;
    context.happened(c.repaired_on)?;
    not_before(c.repaired_on, determined_on)?;
    let from = determined_on.plus_months(context.scheme.repair_months(breach.severity));
    if c.repaired_on < from {
        return Err(Refusal::RepairTooEarly { from });
    }
    // Mended first; of what has ended since nothing is to be mended.
    let live = p.certifications.iter().filter(|held| held.live_on(c.repaired_on));
    let mut opened = live.flat_map(|held| &held.orders).filter(|order| order.because == Some(breach.determination.act));
    if let Some(order) = opened.find(|order| !order.is_over_by(c.repaired_on)) {
        return Err(Refusal::BreachNotMended { order: order.act });
    }
    let repaired = PledgeRepaired {
        pledge_number: c.pledge_number.clone(),
        breach: breach.determination.act,
        repaired_on: c.repaired_on,
        document_number: c.document_number.clone(),
    };
    Ok(vec![repaired.into()])
}
