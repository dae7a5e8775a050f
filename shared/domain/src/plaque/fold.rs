//! What its facts make of a plaque.

use super::facts::{
    PlaqueDestroyed, PlaqueHung, PlaqueIssued, PlaqueLost, PlaqueNotReturned, PlaqueOrdered, PlaqueRecovered,
    PlaqueRecoveryLifted, PlaqueRecoveryOrdered,
};
use super::state::{Plaque, PlaqueStatus, PlaqueStep, Plaques};
use crate::value::{Act, Day, PlaqueNumber};

pub(crate) fn ordered(plaques: &mut Plaques, act: Act, e: &PlaqueOrdered) {
    let plaque = Plaque {
        act,
        ordered_on: e.ordered_on,
        replaces: e.replaces.clone(),
        place: e.place.clone(),
        status: PlaqueStatus::Ordered,
        recovery_due: None,
        told: Vec::new(),
        lifted: Vec::new(),
        replaced: false,
        since: e.ordered_on,
        steps: vec![PlaqueStep { status: PlaqueStatus::Ordered, on: e.ordered_on }],
    };
    plaques.insert(e.plaque_number.clone(), plaque);
    if let Some(old) = e.replaces.as_ref().and_then(|number| plaques.get_mut(number)) {
        old.replaced = true;
    }
}

pub(crate) fn issued(plaques: &mut Plaques, e: &PlaqueIssued) {
    step(plaques, &e.plaque_number, PlaqueStatus::Issued, e.issued_on);
}

pub(crate) fn hung(plaques: &mut Plaques, e: &PlaqueHung) {
    step(plaques, &e.plaque_number, PlaqueStatus::Hung, e.hung_on);
}

/// `begun` are the days from which on it is to come back by what is on record by now.
pub(crate) fn recovery_ordered(plaques: &mut Plaques, e: &PlaqueRecoveryOrdered, begun: Vec<Day>) {
    change(plaques, &e.plaque_number, |plaque| {
        plaque.recovery_due = Some(e.due_on);
        plaque.told.push((begun, e.due_on));
    });
}

pub(crate) fn recovered(plaques: &mut Plaques, e: &PlaqueRecovered) {
    step(plaques, &e.plaque_number, PlaqueStatus::Recovered, e.recovered_on);
}

pub(crate) fn lost(plaques: &mut Plaques, e: &PlaqueLost) {
    step(plaques, &e.plaque_number, PlaqueStatus::Lost, e.lost_on);
}

/// One that was destroyed before it was handed out took no other's place: that one stays where it hangs, unless another has come there.
pub(crate) fn destroyed(plaques: &mut Plaques, e: &PlaqueDestroyed) {
    step(plaques, &e.plaque_number, PlaqueStatus::Destroyed, e.destroyed_on);
    let never_out = plaques.get(&e.plaque_number).filter(|plaque| plaque.out_since().is_none());
    let instead_of = never_out.and_then(|plaque| plaque.replaces.clone());
    let Some(old) = instead_of.and_then(|number| plaques.get(&number).map(|old| (number, old.place.clone()))) else {
        return;
    };
    let (number, place) = old;
    let is_taken = plaques.values().any(|other| other.holds_place() && other.place == place);
    if let Some(old) = plaques.get_mut(&number).filter(|_| !is_taken) {
        old.replaced = false;
    }
}

pub(crate) fn not_returned(plaques: &mut Plaques, e: &PlaqueNotReturned) {
    step(plaques, &e.plaque_number, PlaqueStatus::NotReturned, e.recorded_on);
}

pub(crate) fn recovery_lifted(plaques: &mut Plaques, e: &PlaqueRecoveryLifted) {
    change(plaques, &e.plaque_number, |plaque| {
        plaque.lifted.extend(plaque.recovery_due.take().map(|due| (due, e.lifted_on)));
    });
}

/// A number is used up by its order, whatever becomes of that.
pub(crate) fn numbered(last: &mut u16, e: &PlaqueOrdered) {
    *last = e.plaque_number.ordinal().max(*last);
}

fn step(plaques: &mut Plaques, number: &PlaqueNumber, status: PlaqueStatus, on: Day) {
    change(plaques, number, |plaque| plaque.steps.push(PlaqueStep { status, on }));
}

fn change(plaques: &mut Plaques, number: &PlaqueNumber, change: impl FnOnce(&mut Plaque)) {
    if let Some(plaque) = plaques.get_mut(number) {
        change(plaque);
        plaque.settle();
    }
}
