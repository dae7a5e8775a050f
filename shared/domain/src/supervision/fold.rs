//! What the facts of supervision make of a certification.

use std::sync::Arc;

use super::facts::{
    CertificationResumed, CertificationSuspended, MeasureFell, RectificationAccepted, RectificationOrdered,
    ReviewRecorded,
};
use super::state::{Order, Review, Suspension};
use crate::certification::state::{Certification, Certifications, on};
use crate::standing::Spans;
use crate::value::{Act, Day};

pub(crate) fn rectification_ordered(
    certifications: &mut Certifications,
    act: Act,
    e: &RectificationOrdered,
    cause: Spans,
) {
    on(certifications, e.certification, |c| {
        let (ground, ordered_on, due_on) = (e.ground.clone(), e.ordered_on, e.due_on);
        let document_number = e.document_number.clone();
        let because = e.because;
        let (met_on, rulings) = (None, Spans::default());
        let fell = None;
        c.orders.push(Order {
            act,
            ground,
            ordered_on,
            due_on,
            document_number,
            met_on,
            because,
            rulings,
            cause,
            fell,
        });
    });
}

pub(crate) fn rectification_accepted(certifications: &mut Certifications, e: &RectificationAccepted) {
    for c in certifications {
        if let Some(at) = c.orders.iter().position(|order| order.act == e.order) {
            changed(c).orders[at].met_on = Some(e.accepted_on);
        }
    }
}

pub(crate) fn suspended(certifications: &mut Certifications, act: Act, e: &CertificationSuspended) {
    on(certifications, e.certification, |c| {
        let (resumed_on, rulings, fell) = (None, Spans::default(), None);
        c.suspensions.push(Suspension { act, since: e.suspended_on, resumed_on, rulings, fell });
    });
}

pub(crate) fn resumed(certifications: &mut Certifications, e: &CertificationResumed) {
    for c in certifications {
        if let Some(at) = c.suspensions.iter().position(|suspension| suspension.act == e.suspension) {
            changed(c).suspensions[at].resumed_on = Some(e.resumed_on);
        }
    }
}

pub(crate) fn reviewed(certifications: &mut Certifications, act: Act, e: &ReviewRecorded) {
    on(certifications, e.certification, |c| {
        let (year, result, reviewed_on) = (e.year, e.result, e.reviewed_on);
        c.reviews.push(Review { act, year, result, reviewed_on, rulings: Spans::default() });
    });
}

pub(crate) fn measure_fell(certifications: &mut Certifications, act: Act, e: &MeasureFell) {
    on(certifications, e.certification, |c| {
        let orders = c.orders.iter_mut().filter(|order| order.act == e.measure).map(|order| &mut order.fell);
        let suspensions = c.suspensions.iter_mut().filter(|of| of.act == e.measure).map(|of| &mut of.fell);
        let notices = c.notices.iter_mut().filter(|of| of.act == e.measure).map(|of| &mut of.fell);
        orders.chain(suspensions).chain(notices).for_each(|fell| *fell = Some(act));
    });
}

/// What fell stands again where a ruling, or a term that was added, says that its certification was live on its day after all: nothing is left of
/// why it fell.
pub(crate) fn stand_again(certifications: &mut Certifications) {
    for c in certifications {
        let is_back = |fell: Option<Act>, from: Day| fell.is_some() && !c.was_over_on(from);
        let orders = c.orders.iter().filter(|of| is_back(of.fell, of.ordered_on)).map(|of| of.act);
        let suspensions = c.suspensions.iter().filter(|of| is_back(of.fell, of.since)).map(|of| of.act);
        let notices = c.notices.iter().filter(|of| is_back(of.fell, of.noticed_on)).map(|of| of.act);
        let back: Vec<Act> = orders.chain(suspensions).chain(notices).collect();
        if back.is_empty() {
            continue;
        }
        let c = changed(c);
        c.orders.iter_mut().filter(|of| back.contains(&of.act)).for_each(|of| of.fell = None);
        c.suspensions.iter_mut().filter(|of| back.contains(&of.act)).for_each(|of| of.fell = None);
        c.notices.iter_mut().filter(|of| back.contains(&of.act)).for_each(|of| of.fell = None);
    }
}

fn changed(certification: &mut Arc<Certification>) -> &mut Certification {
    Arc::make_mut(certification)
}
