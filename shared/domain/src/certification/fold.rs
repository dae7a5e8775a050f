//! What its facts make of a certification.

use std::sync::Arc;

use super::facts::{CertificationCorrected, CertificationRecorded, CertificationRenewed, Certified};
use super::state::{Certification, Certifications, on};
use crate::ending::state::EndKind;

pub(crate) fn certified(certifications: &mut Certifications, e: &Certified) {
    let new = Certification {
        decided_on: Some(e.decided_on),
        valid_from: Some(e.valid_from),
        valid_to: Some(e.valid_to),
        document_number: Some(e.document_number.clone()),
        back_entered: false,
        ..Certification::new(e.ordinal)
    };
    certifications.insert(e.category.clone(), Arc::new(new));
}

pub(crate) fn recorded(certifications: &mut Certifications, e: &CertificationRecorded) {
    let new = Certification {
        decided_on: e.decided_on,
        valid_from: e.valid_from,
        valid_to: e.valid_to,
        document_number: e.document_number.clone(),
        back_entered: true,
        ..Certification::new(e.ordinal)
    };
    certifications.insert(e.category.clone(), Arc::new(new));
}

pub(crate) fn renewed(certifications: &mut Certifications, e: &CertificationRenewed) {
    on(certifications, &e.category, |c| c.valid_to = Some(e.valid_to));
}

pub(crate) fn corrected(certifications: &mut Certifications, e: &CertificationCorrected) {
    on(certifications, &e.category, |c| {
        c.document_number = e.document_number.clone().or_else(|| c.document_number.take());
        c.valid_from = e.valid_from.or(c.valid_from);
        if let Some(last) = e.valid_to {
            c.valid_to = Some(last);
            // An expiry followed from the wrong day; whether the right one has passed is asked anew.
            c.end = c.end.take().filter(|end| end.kind != EndKind::Expired);
        }
    });
}
