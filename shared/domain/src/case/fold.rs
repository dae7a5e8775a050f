//! What its facts make of a case.

use std::sync::Arc;

use super::facts::{
    ApplicationFiled, CaseAccepted, CaseInspected, CaseRefused, CaseReturned, CaseSupplemented, CaseWithdrawn,
    NoticeOpened, ObjectionRaised, ObjectionResolved,
};
use super::state::{Case, CaseRefusal, Cases, Notice, Objection, Resolution, Stage};
use crate::overturning::facts::ActOverturned;
use crate::standing::Spans;
use crate::value::{Act, CategoryCode, Day};

/// A case is open from its application on. One that a ruling of a later day had reopened stands as it was refused: this application took its place.
pub(crate) fn filed(cases: &mut Cases, act: Act, e: &ApplicationFiled) {
    let gives_way = |case: &&mut Arc<Case>| case.category == e.category && case.gives_way_to(e.applied_on);
    if let Some(case) = cases.iter_mut().find(gives_way).map(Arc::make_mut) {
        case.steps.pop();
        if let (Some((stage, since)), Some(refusal)) = (case.steps.last(), case.refusals.last()) {
            (case.stage, case.since, case.stepped_on, case.step) = (*stage, *since, *since, refusal.act);
        }
    }
    let (category, since) = (e.category.clone(), e.applied_on);
    let (stage, notices) = (Stage::Applied, Vec::new());
    let (steps, refusals) = (vec![(stage, since)], Vec::new());
    let (applied_on, stepped_on, step) = (since, since, act);
    cases.push(Arc::new(Case { act, category, applied_on, stage, since, stepped_on, step, steps, notices, refusals }));
}

pub(crate) fn returned(cases: &mut Cases, act: Act, e: &CaseReturned) {
    step(cases, act, &e.category, Stage::Returned, e.returned_on);
}

pub(crate) fn supplemented(cases: &mut Cases, act: Act, e: &CaseSupplemented) {
    step(cases, act, &e.category, Stage::Applied, e.supplemented_on);
}

pub(crate) fn accepted(cases: &mut Cases, act: Act, e: &CaseAccepted) {
    step(cases, act, &e.category, Stage::Accepted, e.accepted_on);
}

pub(crate) fn inspected(cases: &mut Cases, act: Act, e: &CaseInspected) {
    step(cases, act, &e.category, Stage::Inspected { passed: e.passed }, e.inspected_on);
}

pub(crate) fn notice_opened(cases: &mut Cases, act: Act, e: &NoticeOpened) {
    let start = e.notice.start();
    on(cases, &e.category, start, |case| {
        if !fell_behind(case, Stage::Publicised, start) {
            (case.stage, case.since) = (Stage::Publicised, start);
        }
        let (counted, published_at) = (e.counted.clone(), e.published_at.clone());
        let at = case.notices.partition_point(|notice| notice.window.start() <= start);
        case.notices.insert(at, Notice { act, window: e.notice, counted, published_at, objections: Vec::new() });
    });
}

pub(crate) fn objection_raised(cases: &mut Cases, act: Act, e: &ObjectionRaised) {
    let (number, raised_on, summary) = (e.objection_number.clone(), e.raised_on, e.summary.clone());
    let objection = Objection { act, number, raised_on, summary, resolution: None };
    let in_notice = |case: &Arc<Case>| case.notices.iter().position(|notice| notice.act == e.notice);
    if let Some((case, at)) = cases.iter_mut().find_map(|case| in_notice(case).map(|at| (case, at))) {
        Arc::make_mut(case).notices[at].objections.push(objection);
    }
}

pub(crate) fn objection_resolved(cases: &mut Cases, e: &ObjectionResolved) {
    let (resolved_on, upheld, finding) = (e.resolved_on, e.upheld, e.finding.clone());
    let holds = |case: &&mut Arc<Case>| case.objections().any(|objection| objection.act == e.objection);
    let Some(case) = cases.iter_mut().find(holds) else { return };
    let objections = Arc::make_mut(case).notices.iter_mut().flat_map(|notice| &mut notice.objections);
    for objection in objections.filter(|objection| objection.act == e.objection) {
        objection.resolution = Some(Resolution { resolved_on, upheld, finding: finding.clone() });
    }
}

pub(crate) fn refused(cases: &mut Cases, act: Act, e: &CaseRefused) {
    on(cases, &e.category, e.decided_on, |case| {
        case.refusals.push(CaseRefusal { act, decided_on: e.decided_on, rulings: Spans::default() });
    });
    step(cases, act, &e.category, Stage::Refused, e.decided_on);
}

/// A decision against an application was overturned, if this act is one, or a ruling on one. Where none stands any more, no other application took
/// its place since, and the category was not certified without one, the case goes on from where it stood, on the day of the ruling. Where one stands
/// again, the case is decided by that, whatever it had come to.
pub(crate) fn overturned(cases: &mut Cases, act: Act, e: &ActOverturned, is_overtaken: bool) {
    let holds = |case: &Arc<Case>| case.refusals.iter().position(|refusal| refusal.is_about(e.act));
    let Some((index, at)) = cases.iter().enumerate().find_map(|(index, case)| Some((index, holds(case)?))) else {
        return;
    };
    let is_last = cases[index + 1..].iter().all(|later| later.category != cases[index].category);
    let case = Arc::make_mut(&mut cases[index]);
    case.refusals[at].rulings.turn(act, e.overturned_on);
    if case.refusals.iter().any(|refusal| refusal.rulings.undone_on().is_none()) {
        // What was taken back is decided by nobody.
        if !matches!(case.stage, Stage::Refused | Stage::Withdrawn) {
            (case.stage, case.since) = (Stage::Refused, e.overturned_on);
            (case.stepped_on, case.step) = (e.overturned_on, act);
            case.steps.push((case.stage, case.since));
        }
        return;
    }
    let before = case.steps.iter().rfind(|(stage, _)| stage.is_open()).copied();
    if let Some((stage, since)) = before.filter(|_| is_last && !is_overtaken && case.stage == Stage::Refused) {
        (case.stage, case.since) = (stage, since.max(e.overturned_on));
        (case.stepped_on, case.step) = (e.overturned_on, act);
        case.steps.push((case.stage, case.since));
    }
}

pub(crate) fn withdrawn(cases: &mut Cases, act: Act, e: &CaseWithdrawn) {
    step(cases, act, &e.category, Stage::Withdrawn, e.withdrawn_on);
}

/// A certification decides the case, if one is kept here.
pub(crate) fn certified(cases: &mut Cases, act: Act, category: &CategoryCode, decided_on: Day) {
    step(cases, act, category, Stage::Certified, decided_on);
}

fn step(cases: &mut Cases, act: Act, category: &CategoryCode, stage: Stage, day: Day) {
    on(cases, category, day, |case| {
        if !fell_behind(case, stage, day) {
            (case.stage, case.since, case.stepped_on, case.step) = (stage, day, day, act);
        }
    });
}

/// Puts a step among those of its case. One that is typed after the case went on, or was over, changes nothing of where that stands now: it is of
/// the days before. A case is decided and taken back also before a notice that lies ahead.
fn fell_behind(case: &mut Case, stage: Stage, day: Day) -> bool {
    let is_behind = !case.is_open() || stage.is_open() && day < case.since;
    let later = |&(_, since): &(Stage, Day)| since > day;
    let at = case.steps.iter().position(later).filter(|_| is_behind).unwrap_or(case.steps.len());
    case.steps.insert(at, (stage, day));
    is_behind
}

/// The case of a category that was open on a day; where none was, the one that is.
fn on(cases: &mut Cases, category: &CategoryCode, day: Day, change: impl FnOnce(&mut Case)) {
    let of = |case: &Arc<Case>| case.category == *category;
    let then = cases.iter().rposition(|case| of(case) && case.was_open_on(day));
    let at = then.or_else(|| cases.iter().position(|case| of(case) && case.is_open()));
    if let Some(case) = at.and_then(|at| cases.get_mut(at)) {
        change(Arc::make_mut(case));
    }
}
