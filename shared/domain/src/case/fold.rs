//! What its facts make of a case.

use std::sync::Arc;

use super::facts::{
    ApplicationFiled, CaseAccepted, CaseInspected, CaseRefused, CaseReturned, CaseSupplemented, CaseWithdrawn,
    NoticeOpened, ObjectionRaised, ObjectionResolved,
};
use super::state::{Case, CaseRefusal, Cases, Notice, Objection, Resolution, Stage};
use crate::overturning::facts::ActOverturned;
use crate::value::{Act, CategoryCode, Day};

/// A case is open from its application on.
pub(crate) fn filed(cases: &mut Cases, act: Act, e: &ApplicationFiled) {
    let (category, since) = (e.category.clone(), e.applied_on);
    let (stage, notices) = (Stage::Applied, Vec::new());
    let refusals = Vec::new();
    let case = Case { act, category, applied_on: since, stage, since, stepped_on: since, step: act, notices, refusals };
    cases.push(Arc::new(case));
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
    open(cases, &e.category, |case| {
        (case.stage, case.since) = (Stage::Publicised, e.notice.start());
        let (counted, published_at) = (e.counted.clone(), e.published_at.clone());
        case.notices.push(Notice { act, window: e.notice, counted, published_at, objections: Vec::new() });
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
    open(cases, &e.category, |case| {
        let before = (case.stage, case.since);
        case.refusals.push(CaseRefusal { act, decided_on: e.decided_on, before, overturned_on: None });
    });
    step(cases, act, &e.category, Stage::Refused, e.decided_on);
}

/// A decision against an application was overturned, if this act is one. Where no other application took its place since, and the category was
/// not certified without one, the case goes on from where it stood, on the day of the ruling.
pub(crate) fn overturned(cases: &mut Cases, act: Act, e: &ActOverturned, is_overtaken: bool) {
    let holds = |case: &Arc<Case>| case.refusals.iter().position(|refusal| refusal.act == e.act);
    let Some((index, at)) = cases.iter().enumerate().find_map(|(index, case)| Some((index, holds(case)?))) else {
        return;
    };
    let is_last = cases[index + 1..].iter().all(|later| later.category != cases[index].category);
    let case = Arc::make_mut(&mut cases[index]);
    case.refusals[at].overturned_on = Some(e.overturned_on);
    if is_last && !is_overtaken && case.stage == Stage::Refused {
        let (stage, since) = case.refusals[at].before;
        (case.stage, case.since) = (stage, since.max(e.overturned_on));
        (case.stepped_on, case.step) = (e.overturned_on, act);
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
    open(cases, category, |case| {
        (case.stage, case.since, case.stepped_on, case.step) = (stage, day, day, act);
    });
}

/// The open case of a category, if there is one.
fn open(cases: &mut Cases, category: &CategoryCode, change: impl FnOnce(&mut Case)) {
    if let Some(case) = cases.iter_mut().find(|case| case.is_open() && case.category == *category) {
        change(Arc::make_mut(case));
    }
}
