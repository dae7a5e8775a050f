//! What its facts make of a certification.

use std::sync::Arc;

use super::facts::{CertificationCorrected, CertificationRecorded, CertificationRenewed, Certified};
use super::state::{Certification, Certifications, Decision, on};
use crate::value::Act;

pub(crate) fn certified(certifications: &mut Certifications, act: Act, e: &Certified) {
    let decision = Decision {
        decided_on: Some(e.decided_on),
        valid_from: Some(e.valid_from),
        valid_to: Some(e.valid_to),
        document_number: Some(e.document_number.clone()),
    };
    let certification = Certification::new(act, e.category.clone(), e.ordinal, decision, false);
    certifications.push(Arc::new(Certification { notice: Some(e.notice), ..certification }));
}

pub(crate) fn recorded(certifications: &mut Certifications, act: Act, e: &CertificationRecorded) {
    let decision = Decision {
        decided_on: e.decided_on,
        valid_from: e.valid_from,
        valid_to: e.valid_to,
        document_number: e.document_number.clone(),
    };
    certifications.push(Arc::new(Certification::new(act, e.category.clone(), e.ordinal, decision, true)));
}

pub(crate) fn renewed(certifications: &mut Certifications, e: &CertificationRenewed) {
    on(certifications, e.certification, |c| {
        (c.term_from, c.valid_to) = (Some(e.valid_from), Some(e.valid_to));
    });
}

pub(crate) fn corrected(certifications: &mut Certifications, e: &CertificationCorrected) {
    on(certifications, e.certification, |c| {
        c.document_number = e.document_number.clone().or_else(|| c.document_number.take());
        if c.term_from == c.valid_from.or(c.decided_on) {
            c.term_from = e.valid_from.or(c.term_from);
        }
        c.valid_from = e.valid_from.or(c.valid_from);
        if let Some(last) = e.valid_to {
            c.valid_to = Some(last);
            // An expiry followed from the wrong day; whether the right one has passed is asked anew.
            c.expiry_recorded = false;
        }
    });
}
