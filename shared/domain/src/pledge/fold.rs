//! What its facts make of a pledge.

use std::sync::Arc;

use super::facts::{PledgeBroken, PledgeFulfilled, PledgeMade, PledgeRepaired};
use super::state::{Breach, Determination, Pledge, Pledges, Repair};
use crate::overturning::facts::ActOverturned;
use crate::standing::{Spans, is_about};
use crate::value::{Act, PledgeNumber};

pub(crate) fn made(pledges: &mut Pledges, act: Act, e: &PledgeMade) {
    let pledge = Pledge { act, form: e.pledge.clone(), fulfilments: Vec::new(), breaches: Vec::new() };
    pledges.insert(e.pledge.number.clone(), Arc::new(pledge));
}

pub(crate) fn fulfilled(pledges: &mut Pledges, act: Act, e: &PledgeFulfilled) {
    let (determining_unit, determining_unit_uscc) = (e.determining_unit.clone(), e.determining_unit_uscc.clone());
    let determination = Determination { act, determined_on: e.determined_on, determining_unit, determining_unit_uscc };
    on(pledges, &e.pledge_number, |pledge| pledge.fulfilments.push(determination));
}

pub(crate) fn broken(pledges: &mut Pledges, act: Act, e: &PledgeBroken) {
    let (determining_unit, determining_unit_uscc) = (e.determining_unit.clone(), e.determining_unit_uscc.clone());
    let determination = Determination { act, determined_on: e.determined_on, determining_unit, determining_unit_uscc };
    let breach = Breach {
        determination,
        extent: e.extent,
        severity: e.severity,
        unperformed: e.unperformed.clone(),
        consequence: e.consequence.clone(),
        repair: None,
        rulings: Spans::default(),
    };
    on(pledges, &e.pledge_number, |pledge| pledge.breaches.push(breach));
}

pub(crate) fn repaired(pledges: &mut Pledges, e: &PledgeRepaired) {
    let repair = Repair { repaired_on: e.repaired_on, document_number: e.document_number.clone() };
    on(pledges, &e.pledge_number, |pledge| {
        if let Some(breach) = pledge.breaches.iter_mut().find(|breach| breach.determination.act == e.breach) {
            breach.repair = Some(repair);
        }
    });
}

/// A determination that the pledge was not kept was overturned or put back, if this act is one or a ruling on one.
pub(crate) fn overturned(pledges: &mut Pledges, act: Act, e: &ActOverturned) {
    for pledge in pledges.values_mut() {
        let is_it = |breach: &Breach| is_about(breach.determination.act, &breach.rulings, e.act);
        if let Some(at) = pledge.breaches.iter().position(is_it) {
            Arc::make_mut(pledge).breaches[at].rulings.turn(act, e.overturned_on);
        }
    }
}

fn on(pledges: &mut Pledges, number: &PledgeNumber, change: impl FnOnce(&mut Pledge)) {
    if let Some(pledge) = pledges.get_mut(number) {
        change(Arc::make_mut(pledge));
    }
}
