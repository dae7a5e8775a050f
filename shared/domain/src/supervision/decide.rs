//! What is decided about a certification while it is live.

use super::commands::{AcceptRectification, OrderRectification, RecordReview, Resume, Suspend};
use super::facts::{
    CertificationResumed, CertificationSuspended, RectificationAccepted, RectificationOrdered, ReviewRecorded,
};
use super::terms::ReviewResult;
use crate::certification::decide::live;
use crate::certification::state::Certification;
use crate::context::{Context, not_before, the_one};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::value::{Act, Day, GroundCode, Text};

/// The ground of a rectification that a failed yearly review opens.
pub(crate) const REVIEW_FAILED: &str = "review-failed";

/// Whatever else is open: each breach has its order, and each order is met by itself.
pub(crate) fn order_rectification(
    p: &Provider,
    c: &OrderRectification,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, c.ordered_on, context)?;
    context.scheme.ground(&c.ground)?;
    let days = context.scheme.rules_of_what_is_there(&c.category)?.rectification_days;
    if c.due_on < c.ordered_on || c.due_on > c.ordered_on.plus_days(i64::from(days)) {
        return Err(Refusal::RectificationTerm { days });
    }
    let ordered = RectificationOrdered {
        category: c.category.clone(),
        certification: certification.act,
        ground: c.ground.clone(),
        detail: c.detail.clone(),
        ordered_on: c.ordered_on,
        due_on: c.due_on,
        legal_basis: Some(c.legal_basis.clone()),
        document_number: Some(c.document_number.clone()),
        because: None,
    };
    Ok(vec![ordered.into()])
}

pub(crate) fn accept_rectification(
    p: &Provider,
    c: &AcceptRectification,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, c.accepted_on, context)?;
    let open = certification.orders.iter().filter(|order| order.is_open_on(c.accepted_on));
    let order = the_one(open, |order| order.act, c.order, Refusal::NotRectifying)?;
    not_before(c.accepted_on, order.ordered_on)?;
    let accepted = RectificationAccepted {
        category: c.category.clone(),
        order: order.act,
        accepted_on: c.accepted_on,
        findings: c.findings.clone(),
    };
    Ok(vec![accepted.into()])
}

pub(crate) fn suspend(p: &Provider, c: &Suspend, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, c.suspended_on, context)?;
    if !context.scheme.rules_of_what_is_there(&c.category)?.suspension {
        return Err(Refusal::SuspensionNotInScheme);
    }
    context.scheme.ground(&c.ground)?;
    let suspended = CertificationSuspended {
        category: c.category.clone(),
        certification: certification.act,
        ground: c.ground.clone(),
        detail: c.detail.clone(),
        suspended_on: c.suspended_on,
        legal_basis: c.legal_basis.clone(),
        document_number: c.document_number.clone(),
    };
    Ok(vec![suspended.into()])
}

pub(crate) fn resume(p: &Provider, c: &Resume, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, c.resumed_on, context)?;
    let open = certification.suspensions.iter().filter(|suspension| suspension.is_open_on(c.resumed_on));
    let suspension = the_one(open, |suspension| suspension.act, c.suspension, Refusal::NotSuspended)?;
    not_before(c.resumed_on, suspension.since)?;
    let resumed =
        CertificationResumed { category: c.category.clone(), suspension: suspension.act, resumed_on: c.resumed_on };
    Ok(vec![resumed.into()])
}

pub(crate) fn record_review(p: &Provider, c: &RecordReview, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, c.reviewed_on, context)?;
    if i32::try_from(c.year.get()).is_ok_and(|year| year > c.reviewed_on.year()) {
        return Err(Refusal::YearNotBegun { year: c.year.get(), day: c.reviewed_on });
    }
    // Nor is a year reviewed in which nothing was certified yet.
    if let Some(since) = certification.known_since()
        && i32::try_from(c.year.get()).is_ok_and(|year| year < since.year())
    {
        return Err(Refusal::YearBeforeCertification { year: c.year.get(), since });
    }
    if certification.reviews.iter().any(|review| review.year == c.year && review.stood_on(c.reviewed_on)) {
        return Err(Refusal::YearReviewed);
    }
    let reviewed = ReviewRecorded {
        category: c.category.clone(),
        certification: certification.act,
        year: c.year,
        result: c.result,
        reviewed_on: c.reviewed_on,
        note: c.note.clone(),
    };
    let mut events = vec![reviewed.into()];
    if c.result == ReviewResult::Failed {
        events.push(rectification(
            certification,
            (REVIEW_FAILED, p.next_act()),
            "年度复核不合格",
            c.reviewed_on,
            context,
        )?);
    }
    Ok(events)
}

/// A rectification that follows from another fact: ordered on its day, or where that was before the certification began, on that day; with the
/// longest term the scheme gives from then on ([`Context::term`]).
pub(crate) fn rectification(
    certification: &Certification,
    (ground, because): (&str, Act),
    detail: &str,
    day: Day,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let days = context.scheme.rules_of_what_is_there(&certification.category)?.rectification_days;
    let ordered_on = certification.known_since().map_or(day, |since| day.max(since));
    let ordered = RectificationOrdered {
        category: certification.category.clone(),
        certification: certification.act,
        ground: GroundCode::parse(ground).map_err(|_| Refusal::GroundUnknown)?,
        detail: Text::parse(detail).map_err(|_| Refusal::GroundUnknown)?,
        ordered_on,
        due_on: context.term(ordered_on, days),
        legal_basis: None,
        document_number: None,
        because: Some(because),
    };
    Ok(ordered.into())
}
