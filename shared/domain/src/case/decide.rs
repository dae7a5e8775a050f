//! What is decided about a case.

use super::commands::{
    AcceptCase, Apply, OpenNotice, RaiseObjection, RecordInspection, RefuseCase, ResolveObjection, ReturnCase,
    SupplementCase, WithdrawCase,
};
use super::facts::{
    ApplicationFiled, CaseAccepted, CaseInspected, CaseRefused, CaseReturned, CaseSupplemented, CaseWithdrawn,
    NoticeOpened, ObjectionRaised, ObjectionResolved,
};
use super::state::{Case, Stage};
use crate::context::{Context, not_before};
use crate::event::Event;
use crate::particulars::decide::entering;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::rules::scheme::CategoryRules;
use crate::value::{CategoryCode, NoticeWindow, Ordinal};

/// The open case of a category that the bureau is competent for.
fn open<'p>(p: &'p Provider, category: &CategoryCode, context: &Context<'_>) -> Result<&'p Case, Refusal> {
    context.competent(category, p.registered()?)?;
    p.cases.get(category).ok_or(Refusal::NoOpenCase)
}

pub(crate) fn apply(p: &Provider, c: &Apply, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let (particulars, mut events) = entering(p, c.particulars.as_ref(), Some(c.applied_on), context)?;
    context.competent(&c.category, particulars)?;
    context.happened(c.applied_on)?;
    if let Some(case) = p.cases.get(&c.category) {
        let again = case.stage == Stage::Applied && case.since == c.applied_on;
        return if again { Ok(Vec::new()) } else { Err(Refusal::CaseOpen) };
    }
    if p.live(&c.category, context.today).is_ok() {
        return Err(Refusal::AlreadyCertified { category: c.category.clone() });
    }
    p.not_barred(context)?;
    events.push(ApplicationFiled { category: c.category.clone(), applied_on: c.applied_on }.into());
    Ok(events)
}

pub(crate) fn return_for_papers(p: &Provider, c: &ReturnCase, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, context)?;
    not_before(c.due_on, case.since)?;
    match case.stage {
        Stage::Applied | Stage::Accepted => {}
        Stage::Returned | Stage::Inspected { .. } | Stage::Publicised(_) => return case.stage.wrong(),
    }
    let returned = CaseReturned { category: c.category.clone(), missing: c.missing.clone(), due_on: c.due_on };
    Ok(vec![returned.into()])
}

pub(crate) fn supplement(p: &Provider, c: &SupplementCase, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, context)?;
    context.happened(c.supplemented_on)?;
    not_before(c.supplemented_on, case.since)?;
    match case.stage {
        Stage::Returned => {}
        Stage::Applied | Stage::Accepted | Stage::Inspected { .. } | Stage::Publicised(_) => return case.stage.wrong(),
    }
    Ok(vec![CaseSupplemented { category: c.category.clone(), supplemented_on: c.supplemented_on }.into()])
}

pub(crate) fn accept(p: &Provider, c: &AcceptCase, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, context)?;
    context.happened(c.accepted_on)?;
    match case.stage {
        Stage::Applied => not_before(c.accepted_on, case.since)?,
        Stage::Accepted | Stage::Returned | Stage::Inspected { .. } | Stage::Publicised(_) => {
            return case.stage.wrong();
        }
    }
    Ok(vec![CaseAccepted { category: c.category.clone(), accepted_on: c.accepted_on }.into()])
}

pub(crate) fn inspect(p: &Provider, c: &RecordInspection, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, context)?;
    context.happened(c.inspected_on)?;
    not_before(c.inspected_on, case.since)?;
    match case.stage {
        // An outlet that failed may be inspected again.
        Stage::Accepted | Stage::Inspected { passed: false } => {}
        Stage::Inspected { passed: true } | Stage::Applied | Stage::Returned | Stage::Publicised(_) => {
            return case.stage.wrong();
        }
    }
    let inspected = CaseInspected {
        category: c.category.clone(),
        inspected_on: c.inspected_on,
        passed: c.passed,
        findings: c.findings.clone(),
    };
    Ok(vec![inspected.into()])
}

pub(crate) fn open_notice(p: &Provider, c: &OpenNotice, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, context)?;
    long_enough(c.notice, context.scheme.rules(&c.category)?, context)?;
    match case.stage {
        Stage::Inspected { passed: false } => return Err(Refusal::InspectionNotPassed),
        Stage::Publicised(running) if running == c.notice && !case.objections.contains(&Some(true)) => {
            return Ok(Vec::new());
        }
        // A notice is run again, for instance after an objection was upheld and mended.
        Stage::Publicised(_) if case.objections.contains(&None) => return Err(Refusal::ObjectionOpen),
        Stage::Inspected { passed: true } | Stage::Publicised(_) => {}
        Stage::Applied | Stage::Returned | Stage::Accepted => return case.stage.wrong(),
    }
    not_before(c.notice.start(), case.since)?;
    let opened = NoticeOpened { category: c.category.clone(), notice: c.notice, published_at: c.published_at.clone() };
    Ok(vec![opened.into()])
}

/// The notice is as long as the scheme asks, its first day counted as day 1.
pub(crate) fn long_enough(notice: NoticeWindow, rules: &CategoryRules, context: &Context<'_>) -> Result<(), Refusal> {
    let days = context.calendar.days_in(notice, rules.notice_count).ok_or(Refusal::CalendarNotCovered)?;
    if days < rules.notice_days {
        return Err(Refusal::NoticeTooShort { days, required: rules.notice_days });
    }
    Ok(())
}

pub(crate) fn raise_objection(p: &Provider, c: &RaiseObjection, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, context)?;
    context.happened(c.raised_on)?;
    let Stage::Publicised(notice) = case.stage else { return case.stage.wrong() };
    if c.raised_on < notice.start() || c.raised_on > notice.end() {
        return Err(Refusal::ObjectionOutOfTime { start: notice.start(), end: notice.end() });
    }
    let objection = case.objections.iter().fold(Ordinal::FIRST, |n, _| n.next());
    let raised =
        ObjectionRaised { category: c.category.clone(), objection, raised_on: c.raised_on, summary: c.summary.clone() };
    Ok(vec![raised.into()])
}

pub(crate) fn resolve_objection(
    p: &Provider,
    c: &ResolveObjection,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, context)?;
    context.happened(c.resolved_on)?;
    not_before(c.resolved_on, case.since)?;
    let index = usize::try_from(c.objection.get()).map_err(|_| Refusal::ObjectionUnknown)?;
    if case.objections.get(index - 1).ok_or(Refusal::ObjectionUnknown)?.is_some() {
        return Err(Refusal::ObjectionResolved);
    }
    let resolved = ObjectionResolved {
        category: c.category.clone(),
        objection: c.objection,
        resolved_on: c.resolved_on,
        upheld: c.upheld,
        finding: c.finding.clone(),
    };
    Ok(vec![resolved.into()])
}

pub(crate) fn refuse(p: &Provider, c: &RefuseCase, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, context)?;
    context.happened(c.decided_on)?;
    not_before(c.decided_on, case.since)?;
    match case.stage {
        Stage::Accepted | Stage::Inspected { .. } | Stage::Publicised(_) => {}
        Stage::Applied | Stage::Returned => return case.stage.wrong(),
    }
    let refused = CaseRefused {
        category: c.category.clone(),
        decided_on: c.decided_on,
        explanation: c.explanation.clone(),
        document_number: c.document_number.clone(),
    };
    Ok(vec![refused.into()])
}

pub(crate) fn withdraw(p: &Provider, c: &WithdrawCase, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, context)?;
    context.happened(c.withdrawn_on)?;
    // Any stage: nobody is kept in a case against its will.
    not_before(c.withdrawn_on, case.since)?;
    let withdrawn =
        CaseWithdrawn { category: c.category.clone(), withdrawn_on: c.withdrawn_on, reason: c.reason.clone() };
    Ok(vec![withdrawn.into()])
}
