//! What is decided about a certification while it is live.

use super::commands::{AcceptRectification, OrderRectification, RecordReview, Resume, Suspend};
use super::facts::{
    CertificationResumed, CertificationSuspended, RectificationAccepted, RectificationOrdered, ReviewRecorded,
};
use super::state::Standing;
use super::terms::ReviewResult;
use crate::certification::decide::live;
use crate::context::{Context, not_before};
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::value::{CategoryCode, Day, GroundCode, Text};

/// The ground of a rectification that a failed yearly review opens.
pub(crate) const REVIEW_FAILED: &str = "review-failed";

pub(crate) fn order_rectification(
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

pub(crate) fn accept_rectification(
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

pub(crate) fn suspend(p: &Provider, c: &Suspend, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
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

pub(crate) fn resume(p: &Provider, c: &Resume, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let certification = live(p, &c.category, context)?;
    context.happened(c.resumed_on)?;
    let Standing::Suspended { since, .. } = certification.standing else { return Err(Refusal::NotSuspended) };
    not_before(c.resumed_on, since)?;
    Ok(vec![CertificationResumed { category: c.category.clone(), resumed_on: c.resumed_on }.into()])
}

pub(crate) fn record_review(p: &Provider, c: &RecordReview, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
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
pub(crate) fn rectification(
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
        detail: Text::parse(detail).map_err(|_| Refusal::GroundUnknown)?,
        ordered_on,
        due_on: ordered_on.plus_days(days),
    };
    Ok(ordered.into())
}
