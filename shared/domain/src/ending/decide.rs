//! What is decided about the end of a certification.

use super::commands::{Deregister, LiftRevocationNotice, NoticeRevocation, Overturn, RecordExpiry, Revoke, Withdraw};
use super::facts::{
    CertificationDeregistered, CertificationOverturned, CertificationRevoked, CertificationWithdrawn,
    RevocationNoticeLifted, RevocationNoticed,
};
use super::state::EndKind;
use super::terms::RevocationKind;
use crate::certification::decide::live;
use crate::context::{Context, not_before};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;

pub(crate) fn notice_revocation(
    p: &Provider,
    c: &NoticeRevocation,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, context)?;
    context.scheme.ground(&c.ground)?;
    context.happened(c.noticed_on)?;
    let days = context.scheme.rules(&c.category)?.hearing_days;
    if c.hearing_until < c.noticed_on.plus_days(i64::from(days)) {
        return Err(Refusal::HearingTooShort { days });
    }
    match certification.hearing_until {
        Some(until) if until == c.hearing_until => return Ok(Vec::new()),
        Some(_) => return Err(Refusal::AlreadyNoticed),
        None => {}
    }
    let noticed = RevocationNoticed {
        category: c.category.clone(),
        ground: c.ground.clone(),
        detail: c.detail.clone(),
        noticed_on: c.noticed_on,
        hearing_until: c.hearing_until,
    };
    Ok(vec![noticed.into()])
}

pub(crate) fn lift_notice(
    p: &Provider,
    c: &LiftRevocationNotice,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, context)?;
    context.happened(c.lifted_on)?;
    if certification.hearing_until.is_none() {
        return Err(Refusal::NotNoticed);
    }
    let lifted =
        RevocationNoticeLifted { category: c.category.clone(), lifted_on: c.lifted_on, reason: c.reason.clone() };
    Ok(vec![lifted.into()])
}

pub(crate) fn revoke(p: &Provider, c: &Revoke, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent(&c.category, p.registered()?)?;
    if let Some(end) = &p.certified(&c.category)?.end
        && (end.kind, end.document_number.as_ref()) == (EndKind::Revoked, Some(&c.document_number))
    {
        return Ok(Vec::new());
    }
    let certification = live(p, &c.category, context)?;
    let ground = context.scheme.ground(&c.ground)?;
    context.happened(c.decided_on)?;
    if context.scheme.rules(&c.category)?.revocation_needs_notice {
        let until = certification.hearing_until.ok_or(Refusal::NotNoticed)?;
        if until >= c.decided_on {
            return Err(Refusal::HearingNotEnded { until });
        }
    }
    let earliest = match c.kind {
        RevocationKind::Cancelled => c.decided_on,
        // Annulled for deceit: it may reach back to where the certification began.
        RevocationKind::Annulled => certification.valid_from.or(certification.decided_on).unwrap_or(c.decided_on),
    };
    if c.effective_on < earliest {
        return Err(Refusal::EffectBeforeDecision { earliest });
    }
    let by_ground = (ground.bar_months > 0).then(|| c.effective_on.plus_months(ground.bar_months));
    let bar_until = c.bar_until.or(by_ground);
    if bar_until.is_some_and(|until| until < c.effective_on) {
        return Err(Refusal::BarBackwards);
    }
    let revoked = CertificationRevoked {
        category: c.category.clone(),
        kind: c.kind,
        ground: c.ground.clone(),
        legal_basis: c.legal_basis.clone(),
        document_number: c.document_number.clone(),
        decided_on: c.decided_on,
        effective_on: c.effective_on,
        bar_until,
    };
    Ok(vec![revoked.into()])
}

pub(crate) fn withdraw(p: &Provider, c: &Withdraw, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent(&c.category, p.registered()?)?;
    if let Some(end) = &p.certified(&c.category)?.end
        && (end.kind, end.effective_on) == (EndKind::Withdrawn, c.effective_on)
    {
        return Ok(Vec::new());
    }
    let certification = live(p, &c.category, context)?;
    context.happened(c.requested_on)?;
    if c.effective_on < c.requested_on {
        return Err(Refusal::EffectBeforeDecision { earliest: c.requested_on });
    }
    // A decided revocation is not escaped by leaving first.
    if let Some(end) = certification.end.as_ref().filter(|end| end.kind != EndKind::Withdrawn) {
        return Err(Refusal::NotLive { since: end.effective_on });
    }
    let withdrawn = CertificationWithdrawn {
        category: c.category.clone(),
        requested_on: c.requested_on,
        effective_on: c.effective_on,
        reason: c.reason.clone(),
    };
    Ok(vec![withdrawn.into()])
}

/// The expiry itself was recorded before the command was looked at ([`crate::decide`]); here only whether there is one.
pub(crate) fn record_expiry(p: &Provider, c: &RecordExpiry, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent(&c.category, p.registered()?)?;
    let certification = p.certified(&c.category)?;
    match (&certification.end, certification.valid_to) {
        (Some(end), _) if end.kind == EndKind::Expired => Ok(Vec::new()),
        (Some(end), _) if end.effective_on <= context.today => Err(Refusal::NotLive { since: end.effective_on }),
        (_, Some(end)) => Err(Refusal::TermNotEnded { end }),
        (_, None) => Err(Refusal::TermUnstated),
    }
}

pub(crate) fn deregister(p: &Provider, c: &Deregister, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent(&c.category, p.registered()?)?;
    if let Some(end) = &p.certified(&c.category)?.end
        && (end.kind, end.effective_on) == (EndKind::Deregistered, c.deregistered_on)
    {
        return Ok(Vec::new());
    }
    let certification = live(p, &c.category, context)?;
    context.happened(c.deregistered_on)?;
    if let Some(decided) = certification.decided_on {
        not_before(c.deregistered_on, decided)?;
    }
    let deregistered = CertificationDeregistered {
        category: c.category.clone(),
        deregistered_on: c.deregistered_on,
        reason: c.reason.clone(),
        document_number: c.document_number.clone(),
    };
    Ok(vec![deregistered.into()])
}

pub(crate) fn overturn(p: &Provider, c: &Overturn, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent(&c.category, p.registered()?)?;
    let certification = p.certified(&c.category)?;
    context.happened(c.overturned_on)?;
    let end = certification.end.as_ref().filter(|end| end.kind == EndKind::Revoked).ok_or(Refusal::NotRevoked)?;
    if certification.live_on(context.today) {
        // Decided, but not yet in effect: it can be overturned all the same.
        not_before(c.overturned_on, certification.decided_on.unwrap_or(c.overturned_on))?;
    } else {
        not_before(c.overturned_on, end.effective_on.min(context.today))?;
    }
    let overturned = CertificationOverturned {
        category: c.category.clone(),
        overturned_on: c.overturned_on,
        body: c.body.clone(),
        document_number: c.document_number.clone(),
        explanation: c.explanation.clone(),
    };
    Ok(vec![overturned.into()])
}
