//! What its facts make of a certification.

use std::sync::Arc;

use super::facts::{CertificationRecorded, CertificationRenewed, Certified};
use super::state::{Certification, Certifications, Decision, Renewal, on};
use crate::event::Event;
use crate::standing::Spans;
use crate::value::Act;

fn decided(e: &Certified) -> Decision {
    Decision {
        decided_on: Some(e.decided_on),
        valid_from: Some(e.valid_from),
        valid_to: Some(e.valid_to),
        document_number: Some(e.document_number.clone()),
    }
}

fn decided_elsewhere(e: &CertificationRecorded) -> Decision {
    Decision {
        decided_on: e.decided_on,
        valid_from: e.valid_from,
        valid_to: e.valid_to,
        document_number: e.document_number.clone(),
    }
}

pub(crate) fn certified(certifications: &mut Certifications, act: Act, e: &Certified) {
    let certification = Certification::new(act, e.category.clone(), e.ordinal, decided(e), false);
    certifications.push(Arc::new(Certification { notice: Some(e.notice), ..certification }));
}

pub(crate) fn recorded(certifications: &mut Certifications, act: Act, e: &CertificationRecorded) {
    let decision = decided_elsewhere(e);
    certifications.push(Arc::new(Certification::new(act, e.category.clone(), e.ordinal, decision, true)));
}

pub(crate) fn renewed(certifications: &mut Certifications, act: Act, e: &CertificationRenewed) {
    on(certifications, e.certification, |c| {
        let before = (c.term_from, c.valid_to);
        let (term, rulings) = ((e.valid_from, e.valid_to), Spans::default());
        c.renewals.push(Renewal { act, decided_on: e.decided_on, term, before, rulings });
        (c.term_from, c.valid_to) = (Some(e.valid_from), Some(e.valid_to));
        c.expiry_recorded = None;
    });
}

/// What a certification was recorded as that says something else by now.
#[expect(clippy::wildcard_enum_match_arm, reason = "two facts of the many make a certification")]
pub(crate) fn recorded_as(certifications: &mut Certifications, act: Act, recorded: &Event) {
    let decision = match recorded {
        Event::Certified(e) => decided(e),
        Event::CertificationRecorded(e) => decided_elsewhere(e),
        _ => return,
    };
    on(certifications, act, |c| c.recorded_as = Arc::new(decision));
}
