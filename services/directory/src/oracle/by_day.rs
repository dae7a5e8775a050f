//! What is to be done on one day, found by looking at that day alone.

use std::collections::BTreeSet;

use domain::{Day, OperatorCode, ProviderId};

use crate::outlet::choice::{CaseStage, EndKind, PledgeStatus};
use crate::outlet::due::{self, Kind};
use crate::outlet::standing::standings;
use crate::outlet::view::{EndView, PlaqueView, RecallView, View};

/// Kind, by which day if there is a term, category, number, and act.
type Found = (Kind, Option<i32>, String, String, u32);

/// Holds what is kept of an outlet against a look at one day.
pub(super) fn agrees(id: &ProviderId, view: &View, today: i32, within: i32) {
    let mut found = of(id, view, today, within);
    // A look at a day that lies before what is on record finds what has no term before it came up.
    let all = due::all(id, view);
    let recorded = Day::of(crate::world::clock()).number();
    found.retain(|(kind, on, category, subject, act)| {
        let same =
            |due: &&due::Due| (due.kind, &due.category, &due.subject, due.act) == (*kind, category, subject, *act);
        let came_up = || all.iter().filter(same).any(|due| due.on <= today);
        on.is_some() || if today < recorded { came_up() } else { true }
    });
    let without_term =
        |due: &due::Due| found.contains(&(due.kind, None, due.category.clone(), due.subject.clone(), due.act));
    let kept: BTreeSet<Found> = all
        .into_iter()
        .filter(|due| due.is_open(today, within))
        .map(|due| {
            let on = (!without_term(&due)).then_some(due.on);
            (due.kind, on, due.category, due.subject, due.act)
        })
        .collect();
    assert_eq!(kept, found, "on {today} and {within} days ahead");
}

struct List<'a> {
    view: &'a View,
    today: i32,
    /// Last day that is looked at.
    horizon: i32,
    due: BTreeSet<Found>,
}

impl List<'_> {
    fn add(&mut self, kind: Kind, on: Option<i32>, category: &str, (subject, act): (&str, u32)) {
        if on.is_none_or(|on| on <= self.horizon) {
            self.due.insert((kind, on, category.to_owned(), subject.to_owned(), act));
        }
    }
}

/// What is to be done about one provider, found by looking at one day alone.
fn of(id: &ProviderId, view: &View, today: i32, within_days: i32) -> BTreeSet<Found> {
    let mut list = List { view, today, horizon: today + within_days, due: BTreeSet::new() };
    cases(&mut list);
    certifications(&mut list);
    plaques(&mut list);
    pledges(&mut list);
    if is_unidentified(id, view) {
        list.add(Kind::OperatorToIdentify, None, "", ("", 0));
    }
    for doubled in &view.doubled {
        let act = view.pledges.iter().find(|pledge| pledge.number == doubled.number).map_or(0, |pledge| pledge.act);
        list.add(Kind::PledgeDoubled, None, "", (&doubled.number, act));
    }
    list.due
}

fn is_unidentified(id: &ProviderId, view: &View) -> bool {
    matches!(id.operator(), OperatorCode::ToBeCompleted(_)) && view.operator.is_none()
}

fn cases(list: &mut List<'_>) {
    for case in &list.view.cases {
        let open: Vec<_> = case.objections.iter().filter(|objection| objection.resolved.is_none()).collect();
        for objection in &open {
            if objection.raised_on <= list.today {
                let about = (objection.number.as_str(), objection.act);
                list.add(Kind::ObjectionOpen, Some(objection.raised_on), &case.category, about);
            }
        }
        match (case.stage, case.notice().map(|notice| notice.window), case.papers_due) {
            (CaseStage::Publicised, Some((_, end)), _) if end < list.today && open.is_empty() => {
                list.add(Kind::NoticeEnded, Some(end + 1), &case.category, ("", 0));
            }
            (CaseStage::Returned, _, Some(due)) if due < list.today => {
                list.add(Kind::CaseReturned, Some(due), &case.category, ("", 0));
            }
            _ => {}
        }
    }
}

fn certifications(list: &mut List<'_>) {
    let (view, today) = (list.view, list.today);
    for c in &view.certifications {
        // Whether what is on record ended it by today: then nothing is left to cancel.
        let ends = c.ends.iter().filter(|end| end.decided_on <= today && end.overturned.is_none());
        let begin = c.valid_from.or(c.decided_on).filter(|begin| *begin > today);
        let is_ended = ends.into_iter().any(|end| end.effective_on <= begin.unwrap_or(today));
        let is_over = is_ended || c.valid_to.is_some_and(|last| last < today);
        let open = c.notices.iter().filter(|notice| notice.is_open_on(i32::MAX) && notice.hearing_ends_on < today);
        for notice in open.filter(|notice| !is_over || notice.intended != EndKind::Cancelled) {
            list.add(Kind::HearingEnded, Some(notice.hearing_ends_on + 1), &c.category, ("", notice.act));
        }
    }
    let bars: Vec<_> =
        view.certifications.iter().flat_map(|c| &c.ends).filter_map(|end| Some((end, end.bar_until?))).collect();
    for c in &view.certifications {
        let stood = c.renewals.iter().filter(|renewal| renewal.rulings.days().count() % 2 == 0);
        let renewed = stood.map(|renewal| (renewal.act, Some(renewal.decided_on)));
        let is_over = c.ends.iter().any(|end| end.overturned.is_none() && end.effective_on <= today)
            || c.valid_to.is_some_and(|last| last < today);
        for (act, on) in [(c.act, c.decided_on.or(c.valid_from))].into_iter().chain(renewed) {
            let Some(on) = on.filter(|on| *on <= today && !is_over) else { continue };
            let lifted = |end: &EndView| end.overturned.as_ref().is_some_and(|ruling| ruling.overturned_on <= on);
            if bars.iter().any(|(end, until)| end.decided_on <= on && on <= *until && !lifted(end)) {
                list.add(Kind::WithinBar, None, &c.category, ("", act));
            }
        }
    }
    for (c, (status, _)) in standings(view, today) {
        if !status.is_live() {
            continue;
        }
        if let Some(last) = c.valid_to.filter(|_| c.ends.iter().all(|end| end.overturned.is_some())) {
            list.add(Kind::CertificationExpiring, Some(last), &c.category, ("", c.act));
        }
        for (order, basis) in c.measures.iter().zip(&c.bases).filter(|(m, _)| m.from <= today && m.until.is_none()) {
            // Of each list of rulings every second one puts back what the one before it undid.
            if [&basis.rulings, &basis.cause].iter().any(|rulings| rulings.days().count() % 2 == 1) {
                continue;
            }
            if let Some(due) = order.due_on {
                list.add(Kind::RectificationDue, Some(due), &c.category, ("", order.act));
            }
        }
        let is_ended = c.ends.iter().any(|end| end.overturned.is_none());
        // It is not to be done before it was entered, whatever day is asked about.
        if c.back_entered && c.valid_to.is_none() && !is_ended && c.recorded_on <= today {
            list.add(Kind::LastDayToState, None, &c.category, ("", c.act));
        }
        if c.back_entered && !view.is_bound() {
            list.add(Kind::PledgeToCheck, None, &c.category, ("", c.act));
        }
    }
}

fn plaques(list: &mut List<'_>) {
    let certified = standings(list.view, list.today).iter().any(|(_, (status, _))| status.is_live());
    for plaque in list.view.plaques.iter().filter(|plaque| plaque.status().is_out()) {
        // One that is replaced comes back whatever stands behind it.
        let is_loose = |plaque: &PlaqueView| !certified || plaque.replaced.is_some();
        let recall = plaque.recalls.last().filter(|recall| recall.lifted.is_none());
        match recall {
            // What was decided ahead is on the list since it is on record.
            Some(recall)
                if (is_known(list.view, (plaque, recall)) <= list.today)
                    && (is_loose(plaque) || list.today < is_of(list.view, (plaque, recall))) =>
            {
                list.add(Kind::PlaqueToRecover, Some(recall.due), "", (&plaque.number, recall.act));
            }
            // A term that ended by itself orders the plaque back at the next touch; the list does not wait for it.
            None if !certified => list.add(Kind::PlaqueToRecover, None, "", (&plaque.number, 0)),
            _ => {}
        }
    }
}

/// The day that a recall is of.
fn is_of(view: &View, (plaque, recall): (&PlaqueView, &RecallView)) -> i32 {
    view.recalled_for(plaque, recall, i32::MAX).unwrap_or(recall.recorded_on)
}

/// Since when a recall is known, where that is before the day it is of.
fn is_known(view: &View, of: (&PlaqueView, &RecallView)) -> i32 {
    is_of(view, of).min(of.1.recorded_on)
}

fn pledges(list: &mut List<'_>) {
    for pledge in &list.view.pledges {
        let open = pledge.status == PledgeStatus::UnderSupervision;
        if let Some(until) = pledge.valid_until.filter(|until| open && *until < list.today) {
            list.add(Kind::PledgeToCheck, Some(until + 1), "", (&pledge.number, pledge.act));
        }
    }
}
