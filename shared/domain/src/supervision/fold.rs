//! What the facts of supervision make of a certification.

use super::facts::{
    CertificationResumed, CertificationSuspended, RectificationAccepted, RectificationOrdered, ReviewRecorded,
};
use super::state::Standing;
use crate::certification::state::{Certifications, on};

pub(crate) fn rectification_ordered(certifications: &mut Certifications, e: &RectificationOrdered) {
    on(certifications, &e.category, |c| {
        c.standing = Standing::Rectifying { ordered_on: e.ordered_on, due_on: e.due_on };
    });
}

pub(crate) fn rectification_accepted(certifications: &mut Certifications, e: &RectificationAccepted) {
    on(certifications, &e.category, |c| c.standing = Standing::Valid);
}

pub(crate) fn suspended(certifications: &mut Certifications, e: &CertificationSuspended) {
    on(certifications, &e.category, |c| {
        let rectifying = match c.standing {
            Standing::Rectifying { ordered_on, due_on } => Some((ordered_on, due_on)),
            Standing::Valid | Standing::Suspended { .. } => None,
        };
        c.standing = Standing::Suspended { since: e.suspended_on, rectifying };
    });
}

pub(crate) fn resumed(certifications: &mut Certifications, e: &CertificationResumed) {
    on(certifications, &e.category, |c| {
        c.standing = match c.standing {
            Standing::Suspended { rectifying: Some((ordered_on, due_on)), .. } => {
                Standing::Rectifying { ordered_on, due_on }
            }
            Standing::Suspended { rectifying: None, .. } | Standing::Valid | Standing::Rectifying { .. } => {
                Standing::Valid
            }
        };
    });
}

pub(crate) fn reviewed(certifications: &mut Certifications, e: &ReviewRecorded) {
    on(certifications, &e.category, |c| {
        c.reviews.insert(e.year, e.result);
    });
}
