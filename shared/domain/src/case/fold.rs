//! What its facts make of a case.

use super::facts::{
    ApplicationFiled, CaseAccepted, CaseInspected, CaseReturned, CaseSupplemented, NoticeOpened, ObjectionRaised,
    ObjectionResolved,
};
use super::state::{Case, Cases, Stage};
use crate::value::{CategoryCode, Day};

/// A case is open from its application on.
pub(crate) fn filed(cases: &mut Cases, e: &ApplicationFiled) {
    let case = Case { stage: Stage::Applied, since: e.applied_on, objections: Vec::new() };
    cases.insert(e.category.clone(), case);
}

pub(crate) fn returned(cases: &mut Cases, e: &CaseReturned) {
    step(cases, &e.category, Stage::Returned, None);
}

pub(crate) fn supplemented(cases: &mut Cases, e: &CaseSupplemented) {
    step(cases, &e.category, Stage::Applied, Some(e.supplemented_on));
}

pub(crate) fn accepted(cases: &mut Cases, e: &CaseAccepted) {
    step(cases, &e.category, Stage::Accepted, Some(e.accepted_on));
}

pub(crate) fn inspected(cases: &mut Cases, e: &CaseInspected) {
    step(cases, &e.category, Stage::Inspected { passed: e.passed }, Some(e.inspected_on));
}

pub(crate) fn notice_opened(cases: &mut Cases, e: &NoticeOpened) {
    step(cases, &e.category, Stage::Publicised(e.notice), Some(e.notice.start()));
    if let Some(case) = cases.get_mut(&e.category) {
        case.objections.clear();
    }
}

pub(crate) fn objection_raised(cases: &mut Cases, e: &ObjectionRaised) {
    if let Some(case) = cases.get_mut(&e.category) {
        case.objections.push(None);
    }
}

pub(crate) fn objection_resolved(cases: &mut Cases, e: &ObjectionResolved) {
    let index = usize::try_from(e.objection.get()).unwrap_or(usize::MAX);
    let objection = cases.get_mut(&e.category).and_then(|c| c.objections.get_mut(index.wrapping_sub(1)));
    if let Some(objection) = objection {
        *objection = Some(e.upheld);
    }
}

/// Whatever it came to, the case is not open any more.
pub(crate) fn closed(cases: &mut Cases, category: &CategoryCode) {
    cases.remove(category);
}

fn step(cases: &mut Cases, category: &CategoryCode, stage: Stage, since: Option<Day>) {
    if let Some(case) = cases.get_mut(category) {
        case.stage = stage;
        case.since = since.unwrap_or(case.since);
    }
}
