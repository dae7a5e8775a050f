//! What its facts make of a pledge.

use std::sync::Arc;

use super::facts::{PledgeBroken, PledgeFulfilled, PledgeMade, PledgeRepaired};
use super::state::{Pledge, PledgeStatus, Pledges};
use crate::value::PledgeNumber;

pub(crate) fn made(pledges: &mut Pledges, e: &PledgeMade) {
    let pledge = Pledge { form: e.pledge.clone(), status: PledgeStatus::UnderSupervision };
    pledges.insert(e.pledge.number.clone(), Arc::new(pledge));
}

pub(crate) fn fulfilled(pledges: &mut Pledges, e: &PledgeFulfilled) {
    determined(pledges, &e.pledge_number, PledgeStatus::Fulfilled);
}

pub(crate) fn broken(pledges: &mut Pledges, e: &PledgeBroken) {
    let status = PledgeStatus::Broken { severity: e.severity, determined_on: e.determined_on };
    determined(pledges, &e.pledge_number, status);
}

pub(crate) fn repaired(pledges: &mut Pledges, e: &PledgeRepaired) {
    determined(pledges, &e.pledge_number, PledgeStatus::Repaired);
}

fn determined(pledges: &mut Pledges, number: &PledgeNumber, status: PledgeStatus) {
    if let Some(pledge) = pledges.get_mut(number) {
        Arc::make_mut(pledge).status = status;
    }
}
