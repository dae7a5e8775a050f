//! The certification: how it comes to be, and what happens to it while it is live.

use super::{Context, case, not_before, record};
use crate::command::{
    AcceptRectification, Certify, CorrectCertification, OrderRectification, RecordCertification, RecordReview, Renew,
    Resume, Suspend,
};
use crate::{
    CategoryCode, Certification, CertificationBasis, CertificationCorrected, CertificationRecorded,
    CertificationRenewed, CertificationResumed, CertificationSuspended, Certified, Day, Event, GroundCode,
    NoticeWindow, Ordinal, Provider, RectificationAccepted, RectificationOrdered, Refusal, ReviewRecorded,
    ReviewResult, Stage, Standing,
};

/// The ground of a rectification that a failed yearly review opens.
pub(super) const REVIEW_FAILED: &str = "review-failed";

pub(super) fn certify(p: &Provider, c: &Certify, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let (particulars, mut events) = record::entering(p, c.particulars.as_ref(), context)?;
    context.competent(&c.category, particulars)?;
    let held = p.certifications.get(&c.category).map(|held| &**held);
    if let Some(held) = held {
        // An old request sent again must not certify anew what was ended since, so this is asked whether it is live or not.
        if held.document_number.as_ref() == Some(&c.document_number) && !held.back_entered {
            return same_decision(held, c);
        }
        if held.live_on(context.today) {
            return Err(Refusal::AlreadyCertified { category: c.category.clone() });
        }
        not_before(c.decided_on, held.decided_on.unwrap_or(c.decided_on))?;
    }
    context.happened(c.decided_on)?;
    let from = context.scheme.in_force_from;
    if c.decided_on < from {
        return Err(Refusal::BeforeScheme { from });
    }
    term_holds(Some(c.decided_on), c.valid_from, c.valid_to, &c.category, context)?;
    let (basis, notice) = notice_passed(p, c, context)?;
    let pledge = p.pledges.get(&c.pledge_number);
    let pledge = pledge.ok_or_else(|| Refusal::PledgeUnknown { number: c.pledge_number.clone() })?;
    if !pledge.in_force_on(c.decided_on) {
        return Err(Refusal::PledgeNotInForce);
    }
    p.not_barred(context)?;
    let (ordinal, predecessor) = next_after(held);
    let certified = Certified {
        category: c.category.clone(),
        ordinal,
        predecessor,
        basis,
        decided_on: c.decided_on,
        valid_from: c.valid_from,
        valid_to: c.valid_to,
        document_number: c.document_number.clone(),
        pledge_number: c.pledge_number.clone(),
        notice,
        deciding_body: c.deciding_body.clone(),
    };
    events.push(certified.into());
    Ok(events)
}

/// A decision sent again under its document changes nothing; one document holds no second decision.
fn same_decision(held: &Certification, c: &Certify) -> Result<Vec<Event>, Refusal> {
    let same = held.decided_on == Some(c.decided_on)
        && held.valid_from == Some(c.valid_from)
        && held.valid_to == Some(c.valid_to);
    if same { Ok(Vec::new()) } else { Err(Refusal::DecisionDiffers { document: c.document_number.clone() }) }
}

/// The notice the decision rests on, ended and without an objection that stands against it.
fn notice_passed(
    p: &Provider,
    c: &Certify,
    context: &Context<'_>,
) -> Result<(CertificationBasis, NoticeWindow), Refusal> {
    let (basis, notice) = match p.cases.get(&c.category) {
        Some(kept) => {
            let Stage::Publicised(notice) = kept.stage else {
                return Err(Refusal::WrongStage { stage: kept.stage.zh() });
            };
            if c.notice.is_some_and(|sent| sent != notice) {
                return Err(Refusal::NoticeDiffers);
            }
            if kept.objections.contains(&None) {
                return Err(Refusal::ObjectionOpen);
            }
            if kept.objections.contains(&Some(true)) {
                return Err(Refusal::ObjectionUpheld);
            }
            (CertificationBasis::Case, notice)
        }
        None => (CertificationBasis::Evidence, c.notice.ok_or(Refusal::NoticeMissing)?),
    };
    case::long_enough(notice, context.scheme.rules(&c.category)?, context)?;
    if notice.end() >= c.decided_on {
        return Err(Refusal::NoticeNotEnded { end: notice.end() });
    }
    Ok((basis, notice))
}

fn next_after(held: Option<&Certification>) -> (Ordinal, Option<Ordinal>) {
    held.map_or((Ordinal::FIRST, None), |held| (held.ordinal.next(), Some(held.ordinal)))
}

fn term_holds(
    decided_on: Option<Day>,
    from: Day,
    to: Day,
    category: &CategoryCode,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if decided_on.is_some_and(|day| from < day) {
        return Err(Refusal::TermBeforeDecision);
    }
    if to < from {
        return Err(Refusal::TermBackwards);
    }
    let months = context.scheme.rules(category)?.validity_months;
    if to > from.plus_months(months) { Err(Refusal::TermTooLong { months }) } else { Ok(()) }
}

/// Back-entry (补录) of a decision that another system took and published. It is a fact of the past, so neither a pledge nor a
/// notice is asked of it here; a plaque still needs the pledge.
pub(super) fn back_enter(p: &Provider, c: &RecordCertification, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if !context.scheme.bureau(context.bureau)?.back_enters {
        return Err(Refusal::DutyMissing);
    }
    // A list taken again names the outlet as before; one that names it otherwise does not overwrite the record.
    let (particulars, mut events) = record::entering(p, c.particulars.as_ref(), context)?;
    context.competent(&c.category, particulars)?;
    for day in [c.decided_on, c.valid_from].into_iter().flatten() {
        context.happened(day)?;
    }
    if let (Some(from), Some(to)) = (c.valid_from, c.valid_to)
        && to < from
    {
        return Err(Refusal::TermBackwards);
    }
    let held = p.certifications.get(&c.category).map(|held| &**held);
    if let Some(held) = held {
        let same = held.back_entered
            && (&held.decided_on, &held.valid_from, &held.valid_to, &held.document_number)
                == (&c.decided_on, &c.valid_from, &c.valid_to, &c.document_number);
        if same {
            return Ok(Vec::new());
        }
        if held.live_on(context.today) {
            return Err(Refusal::AlreadyCertified { category: c.category.clone() });
        }
    }
    p.not_barred(context)?;
    let (ordinal, predecessor) = next_after(held);
    let recorded = CertificationRecorded {
        category: c.category.clone(),
        ordinal,
        predecessor,
        decided_on: c.decided_on,
        valid_from: c.valid_from,
        valid_to: c.valid_to,
        document_number: c.document_number.clone(),
        deciding_body: c.deciding_body.clone(),
        publicity: c.publicity.clone(),
        source: c.source.clone(),
    };
    events.push(recorded.into());
    Ok(events)
}

/// The live certification of a category that the bureau is competent for.
pub(super) fn live<'p>(
    p: &'p Provider,
    category: &CategoryCode,
    context: &Context<'_>,
) -> Result<&'p Certification, Refusal> {
    context.competent(category, p.registered()?)?;
    p.live(category, context.today)
}

pub(super) fn order_rectification(
    p: &Provider,
    c: &OrderRectification,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, context)?;
    context.scheme.ground(&c.ground)?;
    context.happened(c.ordered_on)?;
    let days = context.scheme.rules(&c.category)?.rectification_days;
    if c.due_on < c.ordered_on || c.due_on > c.ordered_on.plus_days(i64::from(days)) {
        return Err(Refusal::RectificationTerm { days });
    }
    match certification.standing {
        Standing::Valid => {}
        Standing::Rectifying { ordered_on, due_on } if (ordered_on, due_on) == (c.ordered_on, c.due_on) => {
            return Ok(Vec::new());
        }
        Standing::Rectifying { .. } | Standing::Suspended { .. } => return certification.standing.wrong(),
    }
    let ordered = RectificationOrdered {
        category: c.category.clone(),
        ground: c.ground.clone(),
        detail: c.detail.clone(),
        ordered_on: c.ordered_on,
        due_on: c.due_on,
    };
    Ok(vec![ordered.into()])
}

pub(super) fn accept_rectification(
    p: &Provider,
    c: &AcceptRectification,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, context)?;
    context.happened(c.accepted_on)?;
    let Standing::Rectifying { ordered_on, .. } = certification.standing else {
        return Err(Refusal::NotRectifying);
    };
    not_before(c.accepted_on, ordered_on)?;
    Ok(vec![RectificationAccepted { category: c.category.clone(), accepted_on: c.accepted_on }.into()])
}

pub(super) fn suspend(p: &Provider, c: &Suspend, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, context)?;
    if !context.scheme.rules(&c.category)?.suspension {
        return Err(Refusal::SuspensionNotInScheme);
    }
    context.scheme.ground(&c.ground)?;
    context.happened(c.suspended_on)?;
    match certification.standing {
        Standing::Valid => {}
        Standing::Rectifying { ordered_on, .. } => not_before(c.suspended_on, ordered_on)?,
        Standing::Suspended { since, .. } if since == c.suspended_on => return Ok(Vec::new()),
        Standing::Suspended { .. } => return certification.standing.wrong(),
    }
    let suspended = CertificationSuspended {
        category: c.category.clone(),
        ground: c.ground.clone(),
        detail: c.detail.clone(),
        suspended_on: c.suspended_on,
    };
    Ok(vec![suspended.into()])
}

pub(super) fn resume(p: &Provider, c: &Resume, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, context)?;
    context.happened(c.resumed_on)?;
    let Standing::Suspended { since, .. } = certification.standing else { return Err(Refusal::NotSuspended) };
    not_before(c.resumed_on, since)?;
    Ok(vec![CertificationResumed { category: c.category.clone(), resumed_on: c.resumed_on }.into()])
}

pub(super) fn renew(p: &Provider, c: &Renew, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, context)?;
    context.happened(c.decided_on)?;
    let last = certification.valid_to.ok_or(Refusal::TermUnstated)?;
    if last == c.valid_to && certification.standing == Standing::Valid {
        return Ok(Vec::new());
    }
    match certification.standing {
        Standing::Valid => {}
        Standing::Rectifying { .. } | Standing::Suspended { .. } => return certification.standing.wrong(),
    }
    if certification.hearing_until.is_some() {
        return Err(Refusal::AlreadyNoticed);
    }
    if let Some(end) = &certification.end {
        return Err(Refusal::NotLive { since: end.effective_on });
    }
    let window = i64::from(context.scheme.rules(&c.category)?.renewal_window_days);
    let opens = last.plus_days(-window);
    if c.decided_on < opens {
        return Err(Refusal::RenewalTooEarly { from: opens });
    }
    let from = last.plus_days(1);
    if c.valid_from != from {
        return Err(Refusal::RenewalGap { from });
    }
    term_holds(None, c.valid_from, c.valid_to, &c.category, context)?;
    if certification.reviews.last_key_value().is_some_and(|(_, result)| *result == ReviewResult::Failed) {
        return Err(Refusal::ReviewFailed);
    }
    if !p.pledged_on(c.decided_on) {
        return Err(Refusal::PledgeNotInForce);
    }
    p.not_barred(context)?;
    let renewed = CertificationRenewed {
        category: c.category.clone(),
        decided_on: c.decided_on,
        valid_from: c.valid_from,
        valid_to: c.valid_to,
        document_number: c.document_number.clone(),
    };
    Ok(vec![renewed.into()])
}

pub(super) fn record_review(p: &Provider, c: &RecordReview, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, context)?;
    context.happened(c.reviewed_on)?;
    if i32::try_from(c.year.get()).is_ok_and(|year| year > c.reviewed_on.year()) {
        return Err(Refusal::DayAhead { day: c.reviewed_on });
    }
    match certification.reviews.get(&c.year) {
        Some(result) if *result == c.result => return Ok(Vec::new()),
        Some(_) => return Err(Refusal::YearReviewed),
        None => {}
    }
    let reviewed = ReviewRecorded {
        category: c.category.clone(),
        year: c.year,
        result: c.result,
        reviewed_on: c.reviewed_on,
        note: c.note.clone(),
    };
    let mut events = vec![reviewed.into()];
    if c.result == ReviewResult::Failed && certification.standing == Standing::Valid {
        events.push(rectification(&c.category, REVIEW_FAILED, "年度复核不合格", c.reviewed_on, context)?);
    }
    Ok(events)
}

/// A rectification that follows from another fact, with the longest term the scheme gives.
pub(super) fn rectification(
    category: &CategoryCode,
    ground: &str,
    detail: &str,
    ordered_on: Day,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let days = i64::from(context.scheme.rules(category)?.rectification_days);
    let ordered = RectificationOrdered {
        category: category.clone(),
        ground: GroundCode::parse(ground).map_err(|_| Refusal::GroundUnknown)?,
        detail: crate::Text::parse(detail).map_err(|_| Refusal::GroundUnknown)?,
        ordered_on,
        due_on: ordered_on.plus_days(days),
    };
    Ok(ordered.into())
}

pub(super) fn correct(p: &Provider, c: &CorrectCertification, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent(&c.category, p.registered()?)?;
    let certification = p.certified(&c.category)?;
    context.happened(c.corrected_on)?;
    if c.document_number.is_none() && c.valid_from.is_none() && c.valid_to.is_none() {
        return Err(Refusal::NothingToCorrect);
    }
    let unchanged = |new: Option<Day>, old: Option<Day>| new.is_none_or(|day| old == Some(day));
    let same_document =
        c.document_number.as_ref().is_none_or(|number| certification.document_number.as_ref() == Some(number));
    if same_document
        && unchanged(c.valid_from, certification.valid_from)
        && unchanged(c.valid_to, certification.valid_to)
    {
        return Ok(Vec::new());
    }
    if let (Some(from), Some(to)) = (c.valid_from.or(certification.valid_from), c.valid_to.or(certification.valid_to)) {
        if to < from {
            return Err(Refusal::TermBackwards);
        }
        // A renewed certification runs over several terms, so only a corrected end is held against the longest term.
        let months = context.scheme.rules(&c.category)?.validity_months;
        if c.valid_to.is_some_and(|to| to > certification.valid_to.unwrap_or(from).max(from).plus_months(months)) {
            return Err(Refusal::TermTooLong { months });
        }
    }
    let corrected = CertificationCorrected {
        category: c.category.clone(),
        corrected_on: c.corrected_on,
        reason: c.reason.clone(),
        document_number: c.document_number.clone(),
        valid_from: c.valid_from,
        valid_to: c.valid_to,
    };
    Ok(vec![corrected.into()])
}
