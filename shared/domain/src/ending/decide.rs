//! What is decided about the end of a certification.

use super::commands::{
    Deregister, LiftRevocationNotice, NoticeRevocation, RecordEnding, RecordExpiry, Revoke, Withdraw,
};
use super::facts::{
    CertificationDeregistered, CertificationRevoked, CertificationWithdrawn, EndingRecorded, RevocationNoticeLifted,
    RevocationNoticed,
};
use super::state::{End, EndKind, RevocationNotice};
use super::terms::{EndingKind, RevocationKind};
use crate::bounds::{BAR_UNTIL, EFFECT_MONTHS_MAX, EFFECTIVE_ON, bar_holds, not_beyond};
use crate::certification::decide::live;
use crate::certification::state::Certification;
use crate::context::{Context, not_before, the_one};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::value::{CategoryCode, Day};

/// The certification of a category that the day of an act is about, live or not, that the bureau is competent for.
fn held<'p>(
    p: &'p Provider,
    category: &CategoryCode,
    day: Day,
    context: &Context<'_>,
) -> Result<&'p Certification, Refusal> {
    context.competent_for_what_is_there(category, p.registered()?)?;
    p.live(category, day).or_else(|_| p.certified(category, day))
}

/// The day of what happens to a certification has come, and is not before there was one.
fn within_its_life(certification: &Certification, day: Day, context: &Context<'_>) -> Result<(), Refusal> {
    context.happened(day)?;
    not_before(day, certification.known_since().unwrap_or(day))
}

fn open(certification: &Certification) -> impl Iterator<Item = &RevocationNotice> {
    certification.notices.iter().filter(|notice| !notice.is_closed)
}

/// Also of a certification that has ended: whoever left is told as well, and barred.
pub(crate) fn notice_revocation(
    p: &Provider,
    c: &NoticeRevocation,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let certification = held(p, &c.category, c.noticed_on, context)?;
    context.scheme.ground(&c.ground)?;
    within_its_life(certification, c.noticed_on, context)?;
    let days = context.scheme.rules_of_what_is_there(&c.category)?.hearing_days;
    let until = context.working_day(c.noticed_on.plus_days(1), days)?;
    if c.hearing_until < until {
        return Err(Refusal::HearingTooShort { days, until });
    }
    not_beyond(c.hearing_until, ("hearing_until", "陈述申辩截止日"), c.noticed_on, EFFECT_MONTHS_MAX)?;
    // Whatever else it was told of: each ground is heard by itself.
    let again = |notice: &RevocationNotice| {
        (notice.noticed_on, notice.hearing_until, &notice.ground) == (c.noticed_on, c.hearing_until, &c.ground)
    };
    if open(certification).any(again) {
        return Ok(Vec::new());
    }
    not_revoked(certification, c.noticed_on, context)?;
    let noticed = RevocationNoticed {
        category: c.category.clone(),
        certification: certification.act,
        ground: c.ground.clone(),
        detail: c.detail.clone(),
        noticed_on: c.noticed_on,
        hearing_until: c.hearing_until,
        legal_basis: c.legal_basis.clone(),
        document_number: c.document_number.clone(),
    };
    Ok(vec![noticed.into()])
}

pub(crate) fn lift_notice(
    p: &Provider,
    c: &LiftRevocationNotice,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let certification = held(p, &c.category, c.lifted_on, context)?;
    let notice = the_one(open(certification), |notice| notice.act, c.notice, Refusal::NotNoticed)?;
    context.happened(c.lifted_on)?;
    not_before(c.lifted_on, notice.noticed_on)?;
    let lifted = RevocationNoticeLifted {
        category: c.category.clone(),
        notice: notice.act,
        lifted_on: c.lifted_on,
        reason: c.reason.clone(),
    };
    Ok(vec![lifted.into()])
}

/// No revocation of it that stands has taken effect by `day`.
fn not_revoked(certification: &Certification, day: Day, context: &Context<'_>) -> Result<(), Refusal> {
    let revoked = certification.ends_that_stand().filter(|end| end.kind == EndKind::Revoked);
    no_later_than(revoked, day, context)
}

/// None of these ends has taken effect by `day`: nothing would come of another one then.
fn no_later_than<'e>(ends: impl Iterator<Item = &'e End>, day: Day, context: &Context<'_>) -> Result<(), Refusal> {
    let first = ends.map(|end| end.effective_on).filter(|since| *since <= day).min();
    first.map_or(Ok(()), |since| Err(Refusal::over(since, context.today)))
}

pub(crate) fn revoke(p: &Provider, c: &Revoke, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = held(p, &c.category, c.decided_on, context)?;
    let ends = p.of_category(&c.category).flat_map(|known| &known.ends);
    let same = ends.filter(|end| end.kind == EndKind::Revoked);
    if let Some(end) = same.clone().find(|end| end.document_number.as_ref() == Some(&c.document_number)) {
        let again = (end.decided_on, end.effective_on) == (c.decided_on, c.effective_on)
            && c.bar_until.is_none_or(|until| end.bar_until == Some(until));
        return if again {
            Ok(Vec::new())
        } else {
            Err(Refusal::DecisionDiffers { document: c.document_number.clone() })
        };
    }
    not_revoked(certification, c.effective_on, context)?;
    let ground = context.scheme.ground(&c.ground)?;
    within_its_life(certification, c.decided_on, context)?;
    let notice = match the_one(open(certification), |notice| notice.act, c.notice, Refusal::NotNoticed) {
        Err(Refusal::NotNoticed) if !context.scheme.rules_of_what_is_there(&c.category)?.revocation_needs_notice => {
            None
        }
        notice => Some(notice?),
    };
    still_revocable(certification, c.kind, notice, c.decided_on)?;
    if let Some(notice) = notice {
        // A last day that is off moves to the next one that is worked.
        let until = context.working_day(notice.hearing_until, 1)?;
        if until >= c.decided_on {
            return Err(Refusal::HearingNotEnded { until });
        }
        if notice.ground != c.ground {
            return Err(Refusal::GroundNotNoticed);
        }
    }
    let earliest = match c.kind {
        RevocationKind::Cancelled => c.decided_on,
        // Annulled for deceit: it may reach back to where the certification began.
        RevocationKind::Annulled => certification.begin().unwrap_or(c.decided_on),
    };
    if c.effective_on < earliest {
        return Err(Refusal::EffectBeforeDecision { earliest });
    }
    not_beyond(c.effective_on, EFFECTIVE_ON, c.decided_on, EFFECT_MONTHS_MAX)?;
    let revoked = CertificationRevoked {
        category: c.category.clone(),
        certification: certification.act,
        notice: notice.map(|notice| notice.act),
        kind: c.kind,
        ground: c.ground.clone(),
        legal_basis: c.legal_basis.clone(),
        document_number: c.document_number.clone(),
        decided_on: c.decided_on,
        effective_on: c.effective_on,
        bar_until: bar_until(c, ground.bar_months)?,
    };
    Ok(vec![revoked.into()])
}

/// One that has ended can still be annulled, which reaches back; and cancelled where its provider had been told before it ended: a revocation
/// is not escaped by leaving first.
fn still_revocable(
    certification: &Certification,
    kind: RevocationKind,
    notice: Option<&RevocationNotice>,
    decided_on: Day,
) -> Result<(), Refusal> {
    let Some(since) = certification.over_since().filter(|since| *since <= decided_on) else { return Ok(()) };
    match kind {
        RevocationKind::Annulled => Ok(()),
        RevocationKind::Cancelled if notice.is_some_and(|notice| notice.noticed_on <= since) => Ok(()),
        RevocationKind::Cancelled => Err(Refusal::NotLive { since }),
    }
}

/// A bar counts from the decision; the scheme's months are the least of it.
fn bar_until(c: &Revoke, months: u32) -> Result<Option<Day>, Refusal> {
    if let Some(asked) = c.bar_until {
        bar_holds(BAR_UNTIL, (c.decided_on, asked), months)?;
    }
    let least = (months > 0).then(|| c.decided_on.plus_months(months));
    Ok(c.bar_until.or(least))
}

pub(crate) fn withdraw(p: &Provider, c: &Withdraw, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent_for_what_is_there(&c.category, p.registered()?)?;
    let again = |end: &End| {
        (end.kind, end.decided_on, end.effective_on) == (EndKind::Withdrawn, c.requested_on, c.effective_on)
    };
    if p.of_category(&c.category).flat_map(|known| &known.ends).any(again) {
        return Ok(Vec::new());
    }
    let certification = live(p, &c.category, c.requested_on, context)?;
    if c.effective_on < c.requested_on {
        return Err(Refusal::EffectBeforeDecision { earliest: c.requested_on });
    }
    // Before an end that lies ahead it may leave all the same: a revocation and its bar stand beside.
    ends_nothing_earlier(certification, c.effective_on, context)?;
    not_beyond(c.effective_on, EFFECTIVE_ON, c.requested_on, EFFECT_MONTHS_MAX)?;
    let withdrawn = CertificationWithdrawn {
        category: c.category.clone(),
        certification: certification.act,
        requested_on: c.requested_on,
        effective_on: c.effective_on,
        reason: c.reason.clone(),
    };
    Ok(vec![withdrawn.into()])
}

/// Nothing ends it by `day` as it is.
fn ends_nothing_earlier(certification: &Certification, day: Day, context: &Context<'_>) -> Result<(), Refusal> {
    no_later_than(certification.ends_that_stand(), day, context)
}

/// The expiry itself was recorded before the command was looked at ([`crate::decide`]); here only whether there is one.
pub(crate) fn record_expiry(p: &Provider, c: &RecordExpiry, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = held(p, &c.category, context.today, context)?;
    if certification.expiry_recorded {
        return Ok(Vec::new());
    }
    let ended = certification.ends_that_stand().map(|end| end.effective_on).filter(|day| *day <= context.today).min();
    match (ended, certification.valid_to) {
        (Some(since), _) => Err(Refusal::NotLive { since }),
        (None, Some(end)) => Err(Refusal::TermNotEnded { end }),
        (None, None) => Err(Refusal::TermUnstated),
    }
}

pub(crate) fn deregister(p: &Provider, c: &Deregister, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent_for_what_is_there(&c.category, p.registered()?)?;
    let again = |end: &End| (end.kind, end.effective_on) == (EndKind::Deregistered, c.deregistered_on);
    if p.of_category(&c.category).flat_map(|known| &known.ends).any(again) {
        return Ok(Vec::new());
    }
    let certification = live(p, &c.category, c.deregistered_on, context)?;
    let deregistered = CertificationDeregistered {
        category: c.category.clone(),
        certification: certification.act,
        deregistered_on: c.deregistered_on,
        reason: c.reason.clone(),
        document_number: c.document_number.clone(),
    };
    Ok(vec![deregistered.into()])
}

/// Back-entry (补录) of an end that another body decided and published: a fact of the past, so neither a notice nor a hearing is asked of it
/// here, and nothing that is not known.
pub(crate) fn record_ending(p: &Provider, c: &RecordEnding, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if !context.acting()?.back_enters {
        return Err(Refusal::DutyMissing);
    }
    context.scheme.rules_of_what_is_there(&c.category)?;
    context.may_back_enter(&c.category, p.registered()?)?;
    if let Some(day) = c.decided_on {
        context.happened(day)?;
    }
    // An end that is not dated is of the certification there is; one that is, of the one its day is about.
    let day = c.effective_on.or(c.decided_on).unwrap_or(context.today);
    let certification = p.live(&c.category, day).or_else(|_| p.certified(&c.category, day))?;
    let ended = EndingRecorded {
        category: c.category.clone(),
        certification: certification.act,
        kind: c.kind,
        decided_on: c.decided_on,
        effective_on: c.effective_on,
        recorded_on: context.today,
        document_number: c.document_number.clone(),
        deciding_body: c.deciding_body.clone(),
        source: c.source.clone(),
        bar_until: c.bar_until,
    };
    for day in [c.decided_on, c.effective_on].into_iter().flatten() {
        not_before(day, certification.begin().or(certification.known_since()).unwrap_or(day))?;
    }
    match (c.kind, c.decided_on, c.effective_on) {
        // Annulled, it may reach back to where the certification began.
        (EndingKind::Annulled, _, _) => {}
        (_, Some(decided), Some(effective)) if effective < decided => {
            return Err(Refusal::EffectBeforeDecision { earliest: decided });
        }
        _ => ends_nothing_earlier(certification, ended.ends_on(), context)?,
    }
    not_revoked(certification, ended.ends_on(), context)?;
    if let Some(until) = c.bar_until {
        bar_holds(BAR_UNTIL, (ended.decided_by(), until), 0)?;
    }
    if let Some(effective_on) = c.effective_on {
        not_beyond(effective_on, EFFECTIVE_ON, ended.decided_by(), EFFECT_MONTHS_MAX)?;
    }
    Ok(vec![ended.into()])
}
