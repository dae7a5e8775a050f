//! What is decided about the end of a certification.

use super::commands::{
    Deregister, LiftRevocationNotice, NoticeRevocation, RecordEnding, RecordExpiry, Revoke, Withdraw,
};
use super::facts::{
    CertificationDeregistered, CertificationRevoked, CertificationWithdrawn, EndingRecorded, RevocationNoticeLifted,
    RevocationNoticed,
};
use super::state::{Elsewhere, End, EndKind, RevocationNotice};
use super::terms::{Ended, EndingKind, RevocationKind};
use crate::bounds::{BAR_UNTIL, EFFECT_MONTHS_MAX, EFFECTIVE_ON, bar_holds, not_beyond};
use crate::certification::decide::live;
use crate::certification::state::Certification;
use crate::context::{Context, not_before, the_one};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::rules::scheme::Ground;
use crate::value::{Act, CategoryCode, Day};

/// The certification of a category that is named, or that the day of an act is about, live or not; and that the bureau is competent for.
fn held<'p>(
    p: &'p Provider,
    category: &CategoryCode,
    (named, day): (Option<Act>, Day),
    context: &Context<'_>,
) -> Result<&'p Certification, Refusal> {
    context.competent_for_what_is_there(category, p.registered()?)?;
    match named {
        Some(act) => p.of_category(category).find(|held| held.act == act).ok_or(Refusal::ActNotOpen { act }),
        None => p.live(category, day).or_else(|_| p.certified(category, day)),
    }
}

/// The certification of a category that a notice with this number, if one is named, was told of.
fn noticed_of(p: &Provider, category: &CategoryCode, notice: Option<Act>) -> Option<Act> {
    let tells = |held: &&Certification| held.notices.iter().any(|known| Some(known.act) == notice);
    p.of_category(category).find(tells).map(|held| held.act)
}

/// The day of what happens to a certification has come, and is not before there was one.
fn within_its_life(certification: &Certification, day: Day, context: &Context<'_>) -> Result<(), Refusal> {
    context.happened(day)?;
    not_before(day, certification.known_since().unwrap_or(day))
}

/// An annulment is told of a certification that has ended as well: whoever left is barred all the same. Of what had ended by its day nothing is left to
/// cancel, nor to be told of.
pub(crate) fn notice_revocation(
    p: &Provider,
    c: &NoticeRevocation,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let certification = held(p, &c.category, (c.certification, c.noticed_on), context)?;
    let ground = context.scheme.ground(&c.ground)?;
    within_its_life(certification, c.noticed_on, context)?;
    let days = context.scheme.rules_of_what_is_there(&c.category)?.hearing_days;
    let until = context.working_day(c.noticed_on.plus_days(1), days)?;
    if c.hearing_until < until {
        return Err(Refusal::HearingTooShort { days, until });
    }
    not_beyond(c.hearing_until, ("hearing_until", "陈述申辩截止日"), c.noticed_on, EFFECT_MONTHS_MAX)?;
    not_revoked(certification, ground.revocation, c.noticed_on)?;
    if ground.revocation == RevocationKind::Cancelled {
        was_not_over(certification, c.noticed_on)?;
    }
    let noticed = RevocationNoticed {
        category: c.category.clone(),
        certification: certification.act,
        ground: c.ground.clone(),
        detail: c.detail.clone(),
        noticed_on: c.noticed_on,
        hearing_until: c.hearing_until,
        // A last day that is off moves to the next one that is worked, as it is known now: what is counted once stays so.
        hearing_ends_on: context.working_day(c.hearing_until, 1)?,
        legal_basis: c.legal_basis.clone(),
        document_number: c.document_number.clone(),
        kind: ground.revocation,
    };
    Ok(vec![noticed.into()])
}

pub(crate) fn lift_notice(
    p: &Provider,
    c: &LiftRevocationNotice,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let certification = held(p, &c.category, (noticed_of(p, &c.category, c.notice), c.lifted_on), context)?;
    let open = certification.notices.iter().filter(|notice| notice.may_be_lifted(c.lifted_on));
    let notice = the_one(open, |notice| notice.act, c.notice, Refusal::NotNoticed)?;
    context.happened(c.lifted_on)?;
    not_before(c.lifted_on, notice.noticed_on)?;
    // Typed late, the end says that there was nothing to drop.
    if notice.falls_with_it() {
        was_not_over(certification, notice.noticed_on)?;
    }
    let lifted = RevocationNoticeLifted {
        category: c.category.clone(),
        notice: notice.act,
        lifted_on: c.lifted_on,
        reason: c.reason.clone(),
    };
    Ok(vec![lifted.into()])
}

/// No revocation of it that stood then had been decided and taken effect by the `day` of another decision or notice. Of two that were decided while
/// neither was in effect both are on record, in whichever order they come: the earlier ends it, and each brings its bar. One that was cancelled
/// can still be annulled, which reaches back further.
fn not_revoked(certification: &Certification, kind: RevocationKind, day: Day) -> Result<(), Refusal> {
    let stood = certification.ends.iter().filter(|end| end.stood_on(day));
    let revoked = stood.filter(|end| end.kind == EndKind::Revoked);
    let reaches_back = |end: &&End| certification.begin().is_none_or(|begin| end.effective_on <= begin);
    let in_effect = revoked
        .filter(|end| end.effective_on.max(end.decided_on) <= day)
        .filter(|end| kind == RevocationKind::Cancelled || reaches_back(end));
    in_effect.map(|end| end.effective_on).min().map_or(Ok(()), |since| Err(Refusal::NotLive { since }))
}

/// It had not been over by the `day` of a notice that falls with it, nor ended before it could begin.
fn was_not_over(certification: &Certification, day: Day) -> Result<(), Refusal> {
    not_over(certification, day)?;
    if certification.was_over_on(day) {
        return Err(Refusal::NotLive { since: certification.over_since().unwrap_or(day) });
    }
    Ok(())
}

/// Nothing had ended it by the `day` of a decision, by what had been decided by then. An end that is decided later and takes effect sooner does
/// not keep this one from the record: which comes first decides where it stands.
fn not_over(certification: &Certification, day: Day) -> Result<(), Refusal> {
    certification.over_by(day).map_or(Ok(()), |since| Err(Refusal::NotLive { since }))
}

pub(crate) fn revoke(p: &Provider, c: &Revoke, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let named = c.certification.or(noticed_of(p, &c.category, c.notice));
    let certification = held(p, &c.category, (named, c.decided_on), context)?;
    let ends = p.of_category(&c.category).flat_map(|known| &known.ends);
    let mut revoked = ends.filter(|end| end.kind == EndKind::Revoked);
    if let Some(end) = revoked.find(|end| end.document_number.as_ref() == Some(&c.document_number)) {
        return Err(Refusal::DecisionDiffers { act: end.act });
    }
    not_revoked(certification, c.kind, c.decided_on)?;
    let ground = context.scheme.ground(&c.ground)?;
    let open = certification.notices.iter().filter(|notice| notice.may_carry(c.decided_on));
    let noticed = the_one(open, |notice| notice.act, c.notice, Refusal::NotNoticed);
    is_of_kind(ground, noticed.as_ref().ok().filter(|notice| notice.ground == c.ground).copied(), c.kind)?;
    within_its_life(certification, c.decided_on, context)?;
    let notice = noticed?;
    still_revocable(certification, c.kind, c.decided_on)?;
    let until = notice.hearing_ends_on;
    if until >= c.decided_on {
        return Err(Refusal::HearingNotEnded { until });
    }
    if notice.ground != c.ground {
        return Err(Refusal::GroundNotNoticed);
    }
    takes_effect(certification, c)?;
    within_the_term(certification, c.effective_on)?;
    not_beyond(c.effective_on, EFFECTIVE_ON, c.decided_on, EFFECT_MONTHS_MAX)?;
    let revoked = CertificationRevoked {
        category: c.category.clone(),
        certification: certification.act,
        notice: notice.act,
        kind: c.kind,
        ground: c.ground.clone(),
        legal_basis: c.legal_basis.clone(),
        document_number: c.document_number.clone(),
        decided_on: c.decided_on,
        effective_on: c.effective_on,
        bar_until: bar_until(c, ground)?,
    };
    Ok(vec![revoked.into()])
}

/// What was done later cancels, and what was wrong from the first annuls: of each ground the scheme says which it is. What the provider was told
/// of is what it is, whatever another scheme says of the ground by the day of the decision.
fn is_of_kind(ground: &Ground, noticed: Option<&RevocationNotice>, kind: RevocationKind) -> Result<(), Refusal> {
    let meant = noticed.map_or(ground.revocation, |notice| notice.kind);
    if meant == kind {
        return Ok(());
    }
    let (zh, en) = (meant.zh(), meant.en());
    Err(Refusal::GroundOfOtherKind { zh, en })
}

/// A cancellation takes effect from its decision or later; an annulment says that there never was a certification. Where the record does not say
/// when that began, the decision does.
fn takes_effect(certification: &Certification, c: &Revoke) -> Result<(), Refusal> {
    let begin = certification.begin().unwrap_or(c.effective_on.min(c.decided_on));
    match c.kind {
        RevocationKind::Cancelled if c.effective_on < c.decided_on => {
            Err(Refusal::EffectBeforeDecision { earliest: c.decided_on })
        }
        RevocationKind::Annulled if c.effective_on != begin => Err(Refusal::AnnulledFromBeginning { begin }),
        RevocationKind::Cancelled | RevocationKind::Annulled => Ok(()),
    }
}

/// One that has ended can still be annulled, which reaches back (撤销). A cancellation (取消) ends what stands: of what had ended by its day nothing
/// is left to cancel.
fn still_revocable(certification: &Certification, kind: RevocationKind, decided_on: Day) -> Result<(), Refusal> {
    match kind {
        RevocationKind::Annulled => Ok(()),
        RevocationKind::Cancelled => not_over(certification, decided_on),
    }
}

/// What ends by itself on its last day is not ended later by decision; from the day after it on, which is the day a term is over, nothing is.
fn within_the_term(certification: &Certification, effective_on: Day) -> Result<(), Refusal> {
    match certification.valid_to {
        Some(last) if effective_on > last.plus_days(1) => Err(Refusal::EffectAfterTerm { last }),
        Some(_) | None => Ok(()),
    }
}

/// A bar counts from the decision; the scheme's months are the least of it.
fn bar_until(c: &Revoke, ground: &Ground) -> Result<Option<Day>, Refusal> {
    if let Some(asked) = c.bar_until {
        bar_holds(BAR_UNTIL, (c.decided_on, asked), ground.bar_months)?;
    }
    Ok(c.bar_until.or(ground.least_bar(c.decided_on)))
}

pub(crate) fn withdraw(p: &Provider, c: &Withdraw, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, c.requested_on, context)?;
    if c.effective_on < c.requested_on {
        return Err(Refusal::EffectBeforeDecision { earliest: c.requested_on });
    }
    within_the_term(certification, c.effective_on)?;
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

/// The fact that the term has ended. It was recorded before the command was looked at ([`crate::decide`]): it is all that the command asks for,
/// and says nothing of its own that could differ.
pub(crate) fn expiry(p: &Provider, c: &RecordExpiry, context: &Context<'_>) -> Result<Act, Refusal> {
    let certification = held(p, &c.category, (None, context.today), context)?;
    if let Some(act) = certification.expiry_recorded {
        return Ok(act);
    }
    let ended = certification.ends_that_stand().map(|end| end.effective_on).filter(|day| *day <= context.today).min();
    match (ended, certification.valid_to) {
        (Some(since), _) => Err(Refusal::NotLive { since }),
        (None, Some(end)) => Err(Refusal::TermNotEnded { end }),
        (None, None) => Err(Refusal::TermUnstated),
    }
}

pub(crate) fn deregister(p: &Provider, c: &Deregister, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
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
        return Err(Refusal::DutyMissing { zh: "补录", en: "back-enter" });
    }
    context.scheme.rules_of_what_is_there(&c.category)?;
    context.may_back_enter(&c.category, p.registered()?)?;
    if let Some(day) = c.decided_on {
        context.happened(day)?;
    }
    // An end that is not dated is of the certification there is; one that is, of the one that its decision was about, and an annulment of the
    // one that it reaches back to.
    let day = match c.kind {
        EndingKind::Annulled => c.effective_on.or(c.decided_on),
        EndingKind::Cancelled | EndingKind::Withdrawn | EndingKind::Deregistered => c.decided_on.or(c.effective_on),
    };
    let day = day.unwrap_or(context.today);
    let certification = p.live(&c.category, day).or_else(|_| p.certified(&c.category, day))?;
    Ok(vec![ended_elsewhere(p, certification, c, context)?])
}

/// The same of a certification that was back-entered just now, where its end is told along.
pub(crate) fn told_along(
    p: &Provider,
    (act, category): (Act, &CategoryCode),
    ended: &Ended,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let own = p.of_category(category).find(|held| held.act == act).ok_or(Refusal::ActNotOpen { act })?;
    if let Some(day) = ended.decided_on {
        context.happened(day)?;
    }
    ended_elsewhere(p, own, &RecordEnding::along(category, ended), context)
}

fn ended_elsewhere(
    p: &Provider,
    certification: &Certification,
    c: &RecordEnding,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let (kind, decided_on, effective_on) = (c.kind, c.decided_on, c.effective_on);
    let document_number = c.document_number.clone();
    let told = Elsewhere { act: p.next_act(), kind, decided_on, effective_on, document_number };
    if let Some(known) = certification.elsewhere.iter().find(|known| known.is_of(&told)) {
        return Err(Refusal::DecisionDiffers { act: known.act });
    }
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
        // Annulled, it may reach back to where the certification began: of one that was over by then nothing else is left to annul. A list that
        // does not say from when says only that: it stands beside the end there was.
        (EndingKind::Annulled, _, effective_on) => {
            let begin = certification.begin().filter(|begin| effective_on.is_some_and(|from| from > *begin));
            if let Some(begin) = begin.filter(|_| certification.over_by(ended.decided_by()).is_some()) {
                return Err(Refusal::AnnulledFromBeginning { begin });
            }
        }
        (_, Some(decided), Some(effective)) if effective < decided => {
            return Err(Refusal::EffectBeforeDecision { earliest: decided });
        }
        _ => not_over(certification, ended.decided_by())?,
    }
    // An annulment whose day is not known was decided by now.
    match c.kind {
        EndingKind::Annulled => {
            not_revoked(certification, RevocationKind::Annulled, c.decided_on.unwrap_or(context.today))?;
        }
        EndingKind::Cancelled | EndingKind::Withdrawn | EndingKind::Deregistered => {
            not_revoked(certification, RevocationKind::Cancelled, ended.decided_by())?;
        }
    }
    if let Some(until) = c.bar_until {
        bar_holds(BAR_UNTIL, (ended.decided_by(), until), 0)?;
    }
    if let Some(effective_on) = c.effective_on {
        not_beyond(effective_on, EFFECTIVE_ON, ended.decided_by(), EFFECT_MONTHS_MAX)?;
        within_the_term(certification, effective_on)?;
    }
    Ok(ended.into())
}
