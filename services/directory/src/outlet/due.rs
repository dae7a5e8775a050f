//! What is to be done about an outlet: what follows from its record, with the days on which it is there to be done. Nothing of it needs a
//! clock, so that it can be kept in the order it is due in.

use std::collections::BTreeSet;

use domain::{OperatorCode, ProviderId};
use serde::{Deserialize, Serialize};

use super::choice::{CaseStage, PledgeStatus};
use super::standing::standings;
use super::status::Status;
use super::view::View;

/// Kinds of task, in the order they are listed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Kind {
    NoticeEnded,
    CertificationExpiring,
    PlaqueToRecover,
    RectificationDue,
    PledgeToCheck,
    OperatorToIdentify,
    HearingEnded,
    CaseReturned,
    PledgeDoubled,
}

/// Something that is to be done about an outlet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Due {
    /// By which day; where there is no term, the day it came up.
    pub(crate) on: i32,
    pub(crate) kind: Kind,
    /// Empty where it is of the whole outlet.
    pub(crate) category: String,
    /// Number of the plaque or pledge it is about, or empty.
    pub(crate) subject: String,
    /// Other outlets that it is about.
    pub(crate) others: Vec<String>,
    /// The first day on which it is to be done.
    pub(crate) from: i32,
    /// The last one, unless something is recorded that ends it.
    pub(crate) until: i32,
}

impl Due {
    /// Whether it is to be done, looked at on a day and so many ahead.
    pub(crate) fn is_open(&self, today: i32, within_days: i32) -> bool {
        (self.from..=self.until).contains(&today) && self.on <= today.saturating_add(within_days)
    }
}

/// Everything that is or will be to be done about one provider, in order.
pub(crate) fn all(id: &ProviderId, view: &View) -> Vec<Due> {
    let mut list = List { view, due: Vec::new() };
    list.cases();
    list.over_time();
    for plaque in view.plaques.iter().filter(|plaque| plaque.status.is_out()) {
        if let Some(due) = plaque.recovery_due {
            list.add(Kind::PlaqueToRecover, due, "", &plaque.number, (i32::MIN, i32::MAX));
        }
    }
    for pledge in view.pledges.iter().filter(|pledge| pledge.status == PledgeStatus::UnderSupervision) {
        if let Some(over) = pledge.valid_until.map(|until| until + 1) {
            list.add(Kind::PledgeToCheck, over, "", &pledge.number, (over, i32::MAX));
        }
    }
    if matches!(id.operator(), OperatorCode::ToBeCompleted(_)) && view.operator.is_none() {
        list.add(Kind::OperatorToIdentify, view.came_on, "", "", (view.came_on, i32::MAX));
    }
    for doubled in &view.doubled {
        list.due.push(Due {
            on: doubled.since,
            kind: Kind::PledgeDoubled,
            category: String::new(),
            subject: doubled.number.clone(),
            others: doubled.others.clone(),
            from: doubled.since,
            until: i32::MAX,
        });
    }
    list.due.sort_unstable();
    list.due
}

struct List<'a> {
    view: &'a View,
    due: Vec<Due>,
}

impl List<'_> {
    /// Adds what is to be done in some days; where it goes on from days before, it is one.
    fn add(&mut self, kind: Kind, on: i32, category: &str, subject: &str, (from, until): (i32, i32)) {
        if from > until {
            return;
        }
        let goes_on = |due: &&mut Due| {
            (due.on, due.kind, due.category.as_str(), due.subject.as_str()) == (on, kind, category, subject)
                && from > i32::MIN
                && due.until == from - 1
        };
        if let Some(before) = self.due.iter_mut().find(goes_on) {
            before.until = until;
        } else {
            let (category, subject) = (category.to_owned(), subject.to_owned());
            self.due.push(Due { on, kind, category, subject, others: Vec::new(), from, until });
        }
    }

    fn cases(&mut self) {
        for case in &self.view.cases {
            match (case.stage, case.notice, case.papers_due) {
                (CaseStage::Publicised, Some((_, end)), _) if case.open_objections() == 0 => {
                    self.add(Kind::NoticeEnded, end + 1, &case.category, "", (end + 1, i32::MAX));
                }
                (CaseStage::Returned, _, Some(due)) => {
                    self.add(Kind::CaseReturned, due, &case.category, "", (due + 1, i32::MAX));
                }
                _ => {}
            }
        }
    }

    /// What depends on how certifications stand: between the days on which that changes, it is the same.
    fn over_time(&mut self) {
        let view = self.view;
        let mut days = BTreeSet::from([i32::MIN]);
        for c in &view.certifications {
            days.extend(c.turns());
        }
        // Whether it has ended or not: whoever left is revoked all the same.
        for c in &view.certifications {
            for over in c.notices.iter().filter(|notice| !notice.is_closed).map(|notice| notice.hearing_until + 1) {
                self.add(Kind::HearingEnded, over, &c.category, "", (over, i32::MAX));
            }
        }
        let bound = view.is_bound();
        let mut days = days.into_iter().peekable();
        while let Some(day) = days.next() {
            let stretch = (day, days.peek().map_or(i32::MAX, |next| next - 1));
            let mut certified = false;
            for (c, _) in standings(view, day).into_iter().filter(|(_, (status, _))| status.is_live()) {
                certified = true;
                if let Some(last) = c.valid_to.filter(|_| c.end().is_none()) {
                    self.add(Kind::CertificationExpiring, last, &c.category, "", stretch);
                }
                let orders = c.measures.iter().filter(|m| m.status == Status::Rectifying && m.until.is_none());
                for due in orders.filter(|m| m.from <= stretch.0).filter_map(|m| m.due_on) {
                    self.add(Kind::RectificationDue, due, &c.category, "", stretch);
                }
                if c.back_entered && !bound {
                    let since = [Some(c.recorded_on), view.unbound_on, c.begin()].into_iter().flatten().max();
                    let since = since.unwrap_or(c.recorded_on);
                    self.add(Kind::PledgeToCheck, since, &c.category, "", (stretch.0.max(since), stretch.1));
                }
            }
            // A term that ended by itself orders the plaque back at the next touch; the list does not wait for it.
            let out = view.plaques.iter().filter(|plaque| plaque.status.is_out() && plaque.recovery_due.is_none());
            for plaque in out.filter(|_| !certified) {
                let since = day.max(plaque.since);
                self.add(Kind::PlaqueToRecover, since, "", &plaque.number, (since, stretch.1));
            }
        }
    }
}
