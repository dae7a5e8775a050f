//! What the facts of an ending make of a certification.

use std::sync::Arc;

use super::facts::{
    CertificationDeregistered, CertificationExpired, CertificationRevoked, CertificationWithdrawn, EndingRecorded,
    RevocationNoticeLifted, RevocationNoticed,
};
use super::state::{Elsewhere, End, EndKind, RevocationNotice};
use super::terms::EndingKind;
use crate::certification::state::{Certifications, on};
use crate::standing::Spans;
use crate::value::Act;

pub(crate) fn noticed(certifications: &mut Certifications, act: Act, e: &RevocationNoticed) {
    on(certifications, e.certification, |c| {
        let (ground, noticed_on) = (e.ground.clone(), e.noticed_on);
        let (hearing_until, hearing_ends_on) = (e.hearing_until, e.hearing_ends_on);
        c.notices.push(RevocationNotice {
            act,
            ground,
            kind: e.kind,
            noticed_on,
            hearing_until,
            hearing_ends_on,
            decided_on: None,
            lifted_on: None,
            rulings: Spans::default(),
            fell: None,
        });
    });
}

pub(crate) fn notice_lifted(certifications: &mut Certifications, e: &RevocationNoticeLifted) {
    answered(certifications, e.notice, |notice| notice.lifted_on = Some(e.lifted_on));
}

fn answered(certifications: &mut Certifications, notice: Act, how: impl Fn(&mut RevocationNotice)) {
    for c in certifications {
        if let Some(at) = c.notices.iter().position(|known| known.act == notice) {
            how(&mut Arc::make_mut(c).notices[at]);
        }
    }
}

pub(crate) fn revoked(certifications: &mut Certifications, act: Act, e: &CertificationRevoked) {
    answered(certifications, e.notice, |notice| notice.decided_on = Some(e.decided_on));
    on(certifications, e.certification, |c| {
        c.ends.push(End {
            act,
            kind: EndKind::Revoked,
            decided_on: e.decided_on,
            effective_on: e.effective_on,
            ground: Some(e.ground.clone()),
            document_number: Some(e.document_number.clone()),
            bar_until: e.bar_until,
            overturned_on: None,
            overturned_by: None,
            again: None,
        });
    });
}

pub(crate) fn withdrawn(certifications: &mut Certifications, act: Act, e: &CertificationWithdrawn) {
    on(certifications, e.certification, |c| {
        c.ends.push(End {
            act,
            kind: EndKind::Withdrawn,
            decided_on: e.requested_on,
            effective_on: e.effective_on,
            ground: None,
            document_number: None,
            bar_until: None,
            overturned_on: None,
            overturned_by: None,
            again: None,
        });
    });
}

pub(crate) fn expired(certifications: &mut Certifications, act: Act, e: &CertificationExpired) {
    on(certifications, e.certification, |c| c.expiry_recorded = Some(act));
}

pub(crate) fn deregistered(certifications: &mut Certifications, act: Act, e: &CertificationDeregistered) {
    on(certifications, e.certification, |c| {
        c.ends.push(End {
            act,
            kind: EndKind::Deregistered,
            decided_on: e.deregistered_on,
            effective_on: e.deregistered_on,
            ground: None,
            document_number: e.document_number.clone(),
            bar_until: None,
            overturned_on: None,
            overturned_by: None,
            again: None,
        });
    });
}

pub(crate) fn recorded(certifications: &mut Certifications, act: Act, e: &EndingRecorded) {
    on(certifications, e.certification, |c| {
        let (kind, decided_on, effective_on) = (e.kind, e.decided_on, e.effective_on);
        let document_number = e.document_number.clone();
        c.elsewhere.push(Elsewhere { act, kind, decided_on, effective_on, document_number });
        c.ends.push(End {
            act,
            kind: match e.kind {
                EndingKind::Cancelled | EndingKind::Annulled => EndKind::Revoked,
                EndingKind::Withdrawn => EndKind::Withdrawn,
                EndingKind::Deregistered => EndKind::Deregistered,
            },
            decided_on: e.decided_by(),
            effective_on: e.ends_on(),
            ground: None,
            document_number: e.document_number.clone(),
            bar_until: e.bar_until,
            overturned_on: None,
            overturned_by: None,
            again: None,
        });
    });
}
