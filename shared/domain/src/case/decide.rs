//! What is decided about a case.

use super::commands::{
    AcceptCase, Apply, OpenNotice, RaiseObjection, RecordInspection, RefuseCase, ResolveObjection, ReturnCase,
    SupplementCase, WithdrawCase,
};
use super::facts::{
    ApplicationFiled, CaseAccepted, CaseInspected, CaseRefused, CaseReturned, CaseSupplemented, CaseWithdrawn,
    NoticeOpened, ObjectionRaised, ObjectionResolved,
};
use super::state::{Case, Notice, Objection, Stage};
use super::terms::NoticeCount;
use crate::context::{Context, not_before, the_one};
use crate::event::Event;
use crate::particulars::decide::entering;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::rules::scheme::{CategoryRules, Scheme};
use crate::value::{CategoryCode, Day, NoticeDays, NoticeWindow};

/// Objections of a case that may be open at once: more of them are resolved first.
pub(crate) const OBJECTIONS_OPEN_MAX: usize = 50;

/// A case as it is asked about for a step of a day.
struct Asked<'p> {
    case: &'p Case,
    /// Where it stands for that: as it does now, or of one that is over by now as it did on that day.
    stage: Stage,
    /// The days before which the step is none: of whatever came last, and of what came last and is no notice.
    since: Day,
    stepped_on: Day,
    /// The notice that runs, or ran last.
    notice: Option<&'p Notice>,
}

/// The case of a category that a step of a day is about, and that the bureau is competent for: the one that was open on that day, whatever has
/// become of it since. What came after it is asked of it where it is typed late ([`crate::stands_beside`]).
fn open<'p>(p: &'p Provider, category: &CategoryCode, day: Day, context: &Context<'_>) -> Result<Asked<'p>, Refusal> {
    context.competent_for_what_is_there(category, p.registered()?)?;
    let now = p.open_case(category).filter(|case| case.applied_on <= day);
    // One that stood refused on that day was open to nothing, though a ruling opened it again before it was decided anew.
    let was_open = |case: &&Case| !case.is_open() && case.was_open_on(day) && case.stage_on(day).is_open();
    let over = || p.cases_of(category).filter(was_open).last();
    if let (None, Some(case)) = (now, over()) {
        let (stage, since) = (case.stage_on(day), case.applied_on);
        let begun = case.notices.iter().rfind(|notice| notice.window.start() <= day);
        return Ok(Asked { case, stage, since, stepped_on: since, notice: begun });
    }
    let case = p.open_case(category).ok_or(Refusal::NoOpenCase)?;
    let (stage, since, stepped_on) = (case.stage, case.since, case.stepped_on);
    Ok(Asked { case, stage, since, stepped_on, notice: case.notice() })
}

pub(crate) fn apply(p: &Provider, c: &Apply, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let (particulars, mut events) = entering(p, c.particulars.as_ref(), Some(c.applied_on), context)?;
    context.competent(&c.category, particulars)?;
    context.happened(c.applied_on)?;
    context.in_force(c.applied_on)?;
    // Nor may one have been open then. Cases and certifications of later days are none of its steps, whenever it is typed.
    let was_open = |case: &Case| case.is_open() || (case.applied_on..case.since).contains(&c.applied_on);
    if p.cases_of(&c.category).any(|case| was_open(case) && !case.gives_way_to(c.applied_on)) {
        return Err(Refusal::CaseOpen);
    }
    p.uncertified(&c.category, c.applied_on)?;
    p.not_barred(c.applied_on, context)?;
    events.push(ApplicationFiled { category: c.category.clone(), applied_on: c.applied_on }.into());
    Ok(events)
}

pub(crate) fn return_for_papers(p: &Provider, c: &ReturnCase, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, c.returned_on, context)?;
    context.happened(c.returned_on)?;
    not_before(c.returned_on, case.since)?;
    not_before(c.due_on, c.returned_on)?;
    if !matches!(case.stage, Stage::Applied | Stage::Accepted) {
        return case.stage.wrong(&[Stage::Applied, Stage::Accepted]);
    }
    let (category, missing) = (c.category.clone(), c.missing.clone());
    Ok(vec![CaseReturned { category, missing, returned_on: c.returned_on, due_on: c.due_on }.into()])
}

pub(crate) fn supplement(p: &Provider, c: &SupplementCase, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, c.supplemented_on, context)?;
    context.happened(c.supplemented_on)?;
    not_before(c.supplemented_on, case.since)?;
    if case.stage != Stage::Returned {
        return case.stage.wrong(&[Stage::Returned]);
    }
    Ok(vec![CaseSupplemented { category: c.category.clone(), supplemented_on: c.supplemented_on }.into()])
}

pub(crate) fn accept(p: &Provider, c: &AcceptCase, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, c.accepted_on, context)?;
    context.happened(c.accepted_on)?;
    if case.stage != Stage::Applied {
        return case.stage.wrong(&[Stage::Applied]);
    }
    not_before(c.accepted_on, case.since)?;
    Ok(vec![CaseAccepted { category: c.category.clone(), accepted_on: c.accepted_on }.into()])
}

pub(crate) fn inspect(p: &Provider, c: &RecordInspection, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let asked = open(p, &c.category, c.inspected_on, context)?;
    context.happened(c.inspected_on)?;
    // An outlet that failed may be inspected again.
    let may_be = |stage: Stage| matches!(stage, Stage::Accepted | Stage::Inspected { passed: false });
    // Where it has gone on since, as it could be then.
    let has_gone_on = !may_be(asked.stage) && c.inspected_on < asked.since;
    if !(has_gone_on && may_be(asked.case.stage_on(c.inspected_on))) {
        not_before(c.inspected_on, asked.since)?;
        if !may_be(asked.stage) {
            return asked.stage.wrong(&[Stage::Accepted]);
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
    let case = open(p, &c.category, c.notice.start(), context)?;
    if case.stage == (Stage::Inspected { passed: false }) {
        return Err(Refusal::InspectionNotPassed);
    }
    // A notice is run again, for instance after an objection was upheld and mended.
    if !matches!(case.stage, Stage::Inspected { .. } | Stage::Publicised) {
        return case.stage.wrong(&[Stage::Inspected { passed: true }]);
    }
    not_before(c.notice.start(), case.since)?;
    after_resolutions(p, c)?;
    if let Some(running) = case.notice.map(|running| running.window)
        && running.start() == c.notice.start()
        && c.notice.end() < running.end()
    {
        return Err(Refusal::NoticeCutShort { end: running.end() });
    }
    let rules = context.scheme.rules_of_what_is_there(&c.category)?;
    let counted = long_enough(c.notice, context.scheme, rules, context)?;
    let (category, published_at) = (c.category.clone(), c.published_at.clone());
    Ok(vec![NoticeOpened { category, notice: c.notice, counted, published_at }.into()])
}

/// A notice does not run while an objection is open, of this case or of one that is over, nor on a day on which one was still looked into.
fn after_resolutions(p: &Provider, c: &OpenNotice) -> Result<(), Refusal> {
    let mut last = None;
    // One that was raised after it had run out was none to it: it is of a later case, and the notice is typed late.
    let bears = |objection: &&Objection| objection.raised_on <= c.notice.end();
    for objection in p.cases_of(&c.category).flat_map(Case::objections).filter(bears) {
        last = last.max(Some(objection.resolution.as_ref().ok_or_else(|| objection.open())?.resolved_on));
    }
    last.map_or(Ok(()), |last| not_before(c.notice.start(), last.plus_days(1)))
}

/// The notice is as long as `rules` of a scheme ask, its first day counted as day 1; how it was counted.
pub(crate) fn long_enough(
    notice: NoticeWindow,
    scheme: &Scheme,
    rules: &CategoryRules,
    context: &Context<'_>,
) -> Result<NoticeCount, Refusal> {
    let days = context.calendar.days_in(notice, rules.notice_count);
    let days = days.map_err(|day| Refusal::CalendarNotCovered { day })?;
    let counted = NoticeDays::new(days).ok().filter(|_| days >= rules.notice_days);
    let (zh, en) = rules.notice_count.called();
    let days = counted.ok_or(Refusal::NoticeTooShort { days, required: rules.notice_days, zh, en })?;
    Ok(NoticeCount { days, count: rules.notice_count, scheme: scheme.version.clone() })
}

pub(crate) fn raise_objection(p: &Provider, c: &RaiseObjection, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    context.competent_for_what_is_there(&c.category, p.registered()?)?;
    // One number stands for one objection, whichever notice it was raised in.
    if p.cases_of(&c.category).flat_map(Case::objections).any(|known| known.number == c.objection_number) {
        return Err(Refusal::ObjectionNumberTaken { number: c.objection_number.clone() });
    }
    let asked = open(p, &c.category, c.raised_on, context)?;
    context.happened(c.raised_on)?;
    let running = asked.case.notice_on(c.raised_on);
    let notice = running.or(asked.notice.filter(|_| asked.stage == Stage::Publicised));
    let Some(notice) = notice else { return asked.stage.wrong(&[Stage::Publicised]) };
    let (start, end) = (notice.window.start(), notice.window.end());
    if c.raised_on < start || c.raised_on > end {
        return Err(Refusal::ObjectionOutOfTime { start, end });
    }
    if asked.case.objections().filter(|objection| objection.resolution.is_none()).count() >= OBJECTIONS_OPEN_MAX {
        return Err(Refusal::ObjectionsOpenMax { most: OBJECTIONS_OPEN_MAX });
    }
    let raised = ObjectionRaised {
        category: c.category.clone(),
        notice: notice.act,
        objection_number: c.objection_number.clone(),
        raised_on: c.raised_on,
        summary: c.summary.clone(),
    };
    Ok(vec![raised.into()])
}

/// Also of a case that is over: what was objected to is answered all the same.
pub(crate) fn resolve_objection(
    p: &Provider,
    c: &ResolveObjection,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    context.competent_for_what_is_there(&c.category, p.registered()?)?;
    let objections = || p.cases_of(&c.category).flat_map(Case::objections);
    if objections().any(|known| Some(known.act) == c.objection && known.resolution.is_some()) {
        return Err(Refusal::ObjectionResolved);
    }
    let open = objections().filter(|objection| objection.resolution.is_none());
    let objection: &Objection = the_one(open, |objection| objection.act, c.objection, Refusal::NoObjectionOpen)?;
    context.happened(c.resolved_on)?;
    not_before(c.resolved_on, objection.raised_on)?;
    let resolved = ObjectionResolved {
        category: c.category.clone(),
        objection: objection.act,
        resolved_on: c.resolved_on,
        upheld: c.upheld,
        finding: c.finding.clone(),
    };
    Ok(vec![resolved.into()])
}

pub(crate) fn refuse(p: &Provider, c: &RefuseCase, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let case = open(p, &c.category, c.decided_on, context)?;
    context.happened(c.decided_on)?;
    not_before(c.decided_on, case.stepped_on)?;
    if !matches!(case.stage, Stage::Accepted | Stage::Inspected { .. } | Stage::Publicised) {
        return case.stage.wrong(&[Stage::Accepted, Stage::Inspected { passed: true }, Stage::Publicised]);
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
    let case = open(p, &c.category, c.withdrawn_on, context)?;
    context.happened(c.withdrawn_on)?;
    // Any stage: nobody is kept in a case against its will, be it that a notice of it lies ahead.
    not_before(c.withdrawn_on, case.stepped_on)?;
    let withdrawn =
        CaseWithdrawn { category: c.category.clone(), withdrawn_on: c.withdrawn_on, reason: c.reason.clone() };
    Ok(vec![withdrawn.into()])
}
