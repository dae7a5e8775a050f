//! Orders, suspensions and notices of cancellation that fall with their certification.

use super::facts::MeasureFell;
use crate::certification::state::Certification;
use crate::event::Event;
use crate::provider::Provider;
use crate::value::{Act, Day};

/// What is still open of a certification that had been over by the day of it, by what had been decided by then: an act that was typed after it says
/// so. Nobody could meet or end it, and in the other order of typing it would not have been.
pub(crate) fn falls(provider: &Provider) -> Vec<Event> {
    let of = |held: &Certification| {
        let fell = open(held).filter(|(_, from)| held.was_over_on(*from));
        let fell = fell.map(|(measure, from)| MeasureFell {
            category: held.category.clone(),
            certification: held.act,
            measure,
            over_since: held.over_by(from).unwrap_or(from),
        });
        fell.map(Event::from).collect::<Vec<_>>()
    };
    provider.certifications.iter().flat_map(|held| of(held)).collect()
}

/// The orders, suspensions and notices that nothing ended yet, with their days.
fn open(held: &Certification) -> impl Iterator<Item = (Act, Day)> + '_ {
    let orders = held.orders.iter().filter(|order| order.met_on.is_none() && order.fell.is_none());
    let suspensions = held.suspensions.iter().filter(|of| of.resumed_on.is_none() && of.fell.is_none());
    let notices = held.notices.iter().filter(|of| of.falls_with_it() && of.is_unanswered());
    let measures = orders.map(|order| (order.act, order.ordered_on)).chain(suspensions.map(|of| (of.act, of.since)));
    measures.chain(notices.map(|of| (of.act, of.noticed_on)))
}
