//! What is to be done about an outlet: what follows from its record and the day, nothing that would have to be kept.

use domain::{OperatorCode, ProviderId};

use super::choice::{CaseStage, PledgeStatus};
use super::standing::standings;
use super::status::Status;
use super::view::View;

/// Kinds of task, in the order they are listed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    NoticeEnded,
    CertificationExpiring,
    PlaqueToRecover,
    RectificationDue,
    PledgeToCheck,
    OperatorToIdentify,
    HearingEnded,
    CaseReturned,
}

/// Something that is to be done about an outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) kind: Kind,
    /// By which day; None where there is no term: then it is there to be done today.
    pub(crate) on: Option<i32>,
    /// Empty where it is of the whole outlet.
    pub(crate) category: String,
    /// Number of the plaque or pledge it is about, or empty.
    pub(crate) subject: String,
}

struct List<'a> {
    view: &'a View,
    today: i32,
    /// Last day that is looked at.
    horizon: i32,
    due: Vec<Due>,
}

impl List<'_> {
    fn add(&mut self, kind: Kind, on: Option<i32>, category: &str, subject: &str) {
        if on.is_none_or(|on| on <= self.horizon) {
            self.due.push(Due { kind, on, category: category.to_owned(), subject: subject.to_owned() });
        }
    }
}

/// What is to be done about one provider, looking `within_days` ahead.
pub(crate) fn of(id: &ProviderId, view: &View, today: i32, within_days: i32) -> Vec<Due> {
    let mut list = List { view, today, horizon: today + within_days, due: Vec::new() };
    cases(&mut list);
    certifications(&mut list);
    plaques(&mut list);
    pledges(&mut list);
    if is_unidentified(id, view) {
        list.add(Kind::OperatorToIdentify, None, "", "");
    }
    list.due
}

fn is_unidentified(id: &ProviderId, view: &View) -> bool {
    matches!(id.operator(), OperatorCode::ToBeCompleted(_)) && view.operator_uscc.is_none()
}

/// The first day on which there may be something to be done about a provider; `None` while there is nothing to come. Whatever
/// [`of`] tells on a day that none of the recorded facts lies behind, it tells for days that look ahead to this one or past it.
pub(crate) fn first_day(id: &ProviderId, view: &View) -> Option<i32> {
    let mut days = Vec::new();
    for case in &view.cases {
        days.extend(case.notice.map(|(_, end)| end + 1));
        days.extend(case.papers_due);
    }
    for c in &view.certifications {
        days.extend(c.valid_to);
        days.extend(c.rectification_due);
        days.extend(c.noticed.as_ref().map(|(_, until, _)| until + 1));
        if c.back_entered && !view.is_bound() {
            days.push(i32::MIN);
        }
    }
    for plaque in view.plaques.iter().filter(|plaque| plaque.status.is_out()) {
        // It is to come back when nothing is certified any more, or before anything is.
        let ends = view.certifications.iter().flat_map(|c| {
            let decided = c.spans.iter().filter(|span| !span.status.is_live()).map(|span| span.from);
            decided.chain(c.valid_to.map(|last| last + 1))
        });
        let begun = |day: i32| view.certifications.iter().any(|c| c.begin().is_none_or(|from| from <= day));
        days.extend(plaque.recovery_due);
        days.extend(ends);
        if !begun(plaque.since) {
            days.push(i32::MIN);
        }
    }
    days.extend(view.pledges.iter().filter_map(|pledge| pledge.valid_until).map(|until| until + 1));
    if is_unidentified(id, view) {
        days.push(i32::MIN);
    }
    days.into_iter().min()
}

fn cases(list: &mut List<'_>) {
    for case in &list.view.cases {
        match (case.stage, case.notice, case.papers_due) {
            (CaseStage::Publicised, Some((_, end)), _) if end < list.today && !case.objections.contains(&None) => {
                list.add(Kind::NoticeEnded, Some(end + 1), &case.category, "");
            }
            (CaseStage::Returned, _, Some(due)) if due < list.today => {
                list.add(Kind::CaseReturned, Some(due), &case.category, "");
            }
            _ => {}
        }
    }
}

fn certifications(list: &mut List<'_>) {
    for (c, (status, _)) in standings(list.view, list.today) {
        if !status.is_live() {
            continue;
        }
        if let Some(last) = c.valid_to.filter(|_| c.end.is_none()) {
            list.add(Kind::CertificationExpiring, Some(last), &c.category, "");
        }
        if let Some(due) = c.rectification_due.filter(|_| status == Status::Rectifying) {
            list.add(Kind::RectificationDue, Some(due), &c.category, "");
        }
        if let Some((_, until, _)) = c.noticed.as_ref().filter(|(_, until, _)| *until < list.today) {
            list.add(Kind::HearingEnded, Some(*until + 1), &c.category, "");
        }
        if c.back_entered && !list.view.is_bound() {
            list.add(Kind::PledgeToCheck, None, &c.category, "");
        }
    }
}

fn plaques(list: &mut List<'_>) {
    let certified = standings(list.view, list.today).iter().any(|(_, (status, _))| status.is_live());
    for plaque in list.view.plaques.iter().filter(|plaque| plaque.status.is_out()) {
        // A term that ended by itself orders the plaque back at the next touch; the list does not wait for it.
        if plaque.recovery_due.is_some() || !certified {
            list.add(Kind::PlaqueToRecover, plaque.recovery_due, "", &plaque.number);
        }
    }
}

fn pledges(list: &mut List<'_>) {
    for pledge in &list.view.pledges {
        let open = pledge.status == PledgeStatus::UnderSupervision;
        if let Some(until) = pledge.valid_until.filter(|until| open && *until < list.today) {
            list.add(Kind::PledgeToCheck, Some(until + 1), "", &pledge.number);
        }
    }
}
