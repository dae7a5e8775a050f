//! What the facts of an ending make of a certification, and of the bars.

use super::facts::{
    CertificationDeregistered, CertificationExpired, CertificationOverturned, CertificationRevoked,
    CertificationWithdrawn, RevocationNoticeLifted, RevocationNoticed,
};
use super::state::{Bars, End, EndKind};
use crate::certification::state::{Certifications, on};
use crate::value::{CategoryCode, Day, DocumentNumber};

pub(crate) fn noticed(certifications: &mut Certifications, e: &RevocationNoticed) {
    on(certifications, &e.category, |c| c.hearing_until = Some(e.hearing_until));
}

pub(crate) fn notice_lifted(certifications: &mut Certifications, e: &RevocationNoticeLifted) {
    on(certifications, &e.category, |c| c.hearing_until = None);
}

pub(crate) fn revoked(certifications: &mut Certifications, bars: &mut Bars, e: &CertificationRevoked) {
    end(certifications, &e.category, EndKind::Revoked, e.effective_on, Some(&e.document_number));
    if let Some(until) = e.bar_until {
        bars.insert(e.category.clone(), until);
    }
}

pub(crate) fn withdrawn(certifications: &mut Certifications, e: &CertificationWithdrawn) {
    end(certifications, &e.category, EndKind::Withdrawn, e.effective_on, None);
}

pub(crate) fn expired(certifications: &mut Certifications, e: &CertificationExpired) {
    end(certifications, &e.category, EndKind::Expired, e.effective_on, None);
}

pub(crate) fn deregistered(certifications: &mut Certifications, e: &CertificationDeregistered) {
    end(certifications, &e.category, EndKind::Deregistered, e.deregistered_on, e.document_number.as_ref());
}

pub(crate) fn overturned(certifications: &mut Certifications, bars: &mut Bars, e: &CertificationOverturned) {
    on(certifications, &e.category, |c| c.end = None);
    bars.remove(&e.category);
}

fn end(
    certifications: &mut Certifications,
    category: &CategoryCode,
    kind: EndKind,
    from: Day,
    document: Option<&DocumentNumber>,
) {
    on(certifications, category, |c| {
        c.hearing_until = None;
        c.end = Some(End { kind, effective_on: from, document_number: document.cloned() });
    });
}
