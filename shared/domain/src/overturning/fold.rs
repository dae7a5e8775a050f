//! What an overturning makes of the acts of a certification.

use std::sync::Arc;

use super::facts::ActOverturned;
use crate::certification::state::{Certification, Certifications};
use crate::ending::state::{End, EndKind};
use crate::standing::is_about;
use crate::value::Act;

pub(crate) fn overturned(certifications: &mut Certifications, act: Act, e: &ActOverturned) {
    for c in certifications {
        // What is not of this one is left as it is shared.
        if is_of(c, e.act) {
            of(Arc::make_mut(c), act, e);
        }
    }
}

fn is_of(c: &Certification, act: Act) -> bool {
    c.act == act
        || c.renewals.iter().any(|renewal| renewal.is_about(act))
        || c.orders.iter().any(|order| order.because == Some(act) || order.cause.are_by(act))
        || c.orders.iter().any(|order| is_about(order.act, &order.rulings, act))
        || c.suspensions.iter().any(|suspension| is_about(suspension.act, &suspension.rulings, act))
        || c.notices.iter().any(|notice| is_about(notice.act, &notice.rulings, act))
        || c.ends.iter().any(|end| [Some(end.act), end.overturned_by, end.again].contains(&Some(act)))
        || c.reviews.iter().any(|review| is_about(review.act, &review.rulings, act))
}

fn of(c: &mut Certification, act: Act, e: &ActOverturned) {
    let day = Some(e.overturned_on);
    // The ruling that undid an end: it stands again.
    if let Some(undone) = c.ends.iter().rfind(|end| end.overturned_by == Some(e.act)) {
        let again = undone.standing_again(act, e.overturned_on);
        c.ends.push(again);
        return;
    }
    if c.act == e.act {
        c.ends.push(End {
            act,
            kind: EndKind::Overturned,
            decided_on: e.overturned_on,
            effective_on: e.overturned_on,
            ground: None,
            document_number: Some(e.document_number.clone()),
            bar_until: None,
            overturned_on: None,
            overturned_by: None,
            again: None,
        });
    }
    // What followed from it by itself goes with it.
    for order in c.orders.iter_mut().filter(|order| order.because == Some(e.act) || order.cause.are_by(e.act)) {
        order.cause.turn(act, e.overturned_on);
    }
    for order in c.orders.iter_mut().filter(|order| is_about(order.act, &order.rulings, e.act)) {
        order.rulings.turn(act, e.overturned_on);
    }
    for suspension in c.suspensions.iter_mut().filter(|of| is_about(of.act, &of.rulings, e.act)) {
        suspension.rulings.turn(act, e.overturned_on);
    }
    for notice in c.notices.iter_mut().filter(|notice| is_about(notice.act, &notice.rulings, e.act)) {
        notice.rulings.turn(act, e.overturned_on);
    }
    // Of one that stood again the last time.
    if let Some(end) = c.ends.iter_mut().rfind(|end| end.is_by(e.act)) {
        (end.overturned_on, end.overturned_by) = (day, Some(act));
    }
    for review in c.reviews.iter_mut().filter(|review| is_about(review.act, &review.rulings, e.act)) {
        review.rulings.turn(act, e.overturned_on);
    }
    c.rule_on_renewal(e.act, act, e.overturned_on);
}
