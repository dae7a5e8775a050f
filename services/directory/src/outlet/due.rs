//! What is to be done about an outlet: what follows from its record, with the days on which it is there to be done. Nothing of it needs a
//! clock, so that it can be kept in the order it is due in.

use std::collections::BTreeSet;

use domain::{OperatorCode, ProviderId};
use serde::{Deserialize, Serialize};

use super::choice::{CaseStage, PledgeStatus};
use super::standing::standings;
use super::status::Status;
use super::view::{CertificationView, NoticedView, PlaqueView, View};

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
    ObjectionOpen,
    WithinBar,
    LastDayToState,
}

/// Something that is to be done about an outlet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Due {
    /// By which day; where there is no term, the day it came up.
    pub(crate) on: i32,
    pub(crate) kind: Kind,
    /// Empty where it is of the whole outlet.
    pub(crate) category: String,
    /// Number of the plaque, pledge or objection it is about, or whose a bar is that is not the outlet's own; or empty.
    pub(crate) subject: String,
    /// Other outlets that it is about.
    pub(crate) others: Vec<String>,
    /// The act that it comes of; 0 where it comes of none.
    pub(crate) act: u32,
    /// The ground of that, by its code, or empty.
    pub(crate) ground: String,
    /// Whether there is a term: where there is none, nothing of it is late.
    pub(crate) has_term: bool,
    /// The first day on which it is to be done.
    pub(crate) from: i32,
    /// The last one, unless something is recorded that ends it.
    pub(crate) until: i32,
    /// The day on which what it follows from takes effect, where that was decided ahead of it: before that day it is only to come.
    pub(crate) begins: i32,
}

/// Of what does not lie ahead.
const BEGUN: i32 = i32::MIN;

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
    list.within_bars();
    for pledge in view.pledges.iter().filter(|pledge| pledge.status == PledgeStatus::UnderSupervision) {
        if let Some(over) = pledge.valid_until.map(|until| until + 1) {
            list.add(
                Kind::PledgeToCheck,
                over,
                About { subject: &pledge.number, act: pledge.act, ..NONE },
                (over, i32::MAX),
            );
        }
    }
    if matches!(id.operator(), OperatorCode::ToBeCompleted(_)) && view.operator.is_none() {
        list.add(Kind::OperatorToIdentify, view.came_on, NONE, (view.came_on, i32::MAX));
    }
    for doubled in &view.doubled {
        list.due.push(Due {
            on: doubled.since,
            kind: Kind::PledgeDoubled,
            category: String::new(),
            subject: doubled.number.clone(),
            others: doubled.others.clone(),
            act: view.pledges.iter().find(|pledge| pledge.number == doubled.number).map_or(0, |pledge| pledge.act),
            ground: String::new(),
            has_term: true,
            from: doubled.since,
            until: i32::MAX,
            begins: BEGUN,
        });
    }
    list.due.sort_unstable();
    list.due
}

/// What something is about.
#[derive(Debug, Clone, Copy)]
struct About<'a> {
    category: &'a str,
    subject: &'a str,
    act: u32,
    ground: &'a str,
    has_term: bool,
    begins: i32,
}

/// The whole outlet.
const NONE: About<'_> = About { category: "", subject: "", act: 0, ground: "", has_term: true, begins: BEGUN };

struct List<'a> {
    view: &'a View,
    due: Vec<Due>,
}

impl List<'_> {
    /// Adds what is to be done in some days; where it goes on from days before, it is one.
    fn add(&mut self, kind: Kind, on: i32, about: About<'_>, (from, until): (i32, i32)) {
        let About { category, subject, act, ground, has_term, begins } = about;
        if from > until {
            return;
        }
        let goes_on = |due: &&mut Due| {
            (due.on, due.kind, due.category.as_str(), due.subject.as_str()) == (on, kind, category, subject)
                && (due.act, due.has_term, due.begins) == (act, has_term, begins)
                && from > i32::MIN
                && due.until == from - 1
        };
        if let Some(before) = self.due.iter_mut().find(goes_on) {
            before.until = until;
        } else {
            let (category, subject, ground) = (category.to_owned(), subject.to_owned(), ground.to_owned());
            let others = Vec::new();
            self.due.push(Due { on, kind, category, subject, others, act, ground, has_term, from, until, begins });
        }
    }

    fn cases(&mut self) {
        for case in &self.view.cases {
            let of = About { category: &case.category, ..NONE };
            // Whatever has become of its case, it stands against every certification of the category.
            for objection in case.open_objections() {
                let about = About { subject: &objection.number, act: objection.act, has_term: false, ..of };
                self.add(Kind::ObjectionOpen, objection.raised_on, about, (objection.raised_on, i32::MAX));
            }
            match (case.stage, case.notice(), case.papers_due) {
                (CaseStage::Publicised, Some(notice), _) if case.open_objections().next().is_none() => {
                    let over = notice.window.1 + 1;
                    self.add(Kind::NoticeEnded, over, of, (over, i32::MAX));
                }
                (CaseStage::Returned, _, Some(due)) => {
                    self.add(Kind::CaseReturned, due, of, (due + 1, i32::MAX));
                }
                _ => {}
            }
        }
    }

    /// What was decided within a bar, while it is not over: whichever was typed first, and in whichever record the bar stands. Nothing undoes it by
    /// itself. Of several bars the one that holds longest is told.
    fn within_bars(&mut self) {
        let own = self.view.own_bars().map(|bar| (String::new(), bar));
        let beside = self.view.beside.iter().map(|beside| (beside.of.clone(), beside.bar.clone()));
        let bars: Vec<_> = own.chain(beside).collect();
        for c in &self.view.certifications {
            let over = [c.end().map(|end| end.effective_on), c.over()].into_iter().flatten().min();
            let until = over.map_or(i32::MAX, |over| over - 1);
            let renewals = c.renewals.iter().filter(|renewal| renewal.stands());
            let renewed = renewals.map(|renewal| (renewal.act, renewal.decided_on));
            for (act, on) in c.known_since().map(|on| (c.act, on)).into_iter().chain(renewed) {
                let holding = bars.iter().filter(|(_, bar)| bar.holds_on(on));
                let Some((of, bar)) = holding.max_by_key(|(_, bar)| bar.until).filter(|_| on <= until) else {
                    continue;
                };
                self.due.push(Due {
                    on,
                    kind: Kind::WithinBar,
                    category: c.category.clone(),
                    subject: of.clone(),
                    others: ProviderId::parse_confirmed(of).map(|other| other.to_string()).into_iter().collect(),
                    act,
                    ground: bar.ground.clone(),
                    has_term: false,
                    from: on,
                    until,
                    begins: BEGUN,
                });
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
        for c in &view.certifications {
            self.hearings(c);
        }
        let bound = view.is_bound();
        let mut days = days.into_iter().peekable();
        while let Some(day) = days.next() {
            let stretch = (day, days.peek().map_or(i32::MAX, |next| next - 1));
            let mut certified = false;
            for (c, _) in standings(view, day).into_iter().filter(|(_, (status, _))| status.is_live()) {
                certified = true;
                let of = About { category: &c.category, act: c.act, ..NONE };
                if let Some(last) = c.valid_to.filter(|_| c.end().is_none()) {
                    self.add(Kind::CertificationExpiring, last, of, stretch);
                }
                let orders = c.measures.iter().zip(&c.bases);
                let orders = orders.filter(|(m, _)| m.status == Status::Rectifying && m.until.is_none());
                let orders = orders.filter(|(_, basis)| basis.undoing().is_none());
                for (order, basis) in orders.filter(|(m, _)| m.from <= stretch.0) {
                    let about = About { act: order.act, ground: &basis.ground, ..of };
                    if let Some(due) = order.due_on {
                        self.add(Kind::RectificationDue, due, about, stretch);
                    }
                }
                if c.back_entered && c.valid_to.is_none() && c.end().is_none() {
                    let since = c.begin().map_or(c.recorded_on, |begin| begin.max(c.recorded_on));
                    let about = About { has_term: false, ..of };
                    self.add(Kind::LastDayToState, since, about, (stretch.0.max(since), stretch.1));
                }
                if c.back_entered && !bound {
                    let since = [Some(c.recorded_on), view.unbound_on, c.begin()].into_iter().flatten().max();
                    let since = since.unwrap_or(c.recorded_on);
                    self.add(Kind::PledgeToCheck, since, of, (stretch.0.max(since), stretch.1));
                }
            }
            for plaque in view.plaques.iter().filter(|plaque| plaque.status().is_out()) {
                self.plaque(plaque, certified, stretch);
            }
        }
    }

    /// An annulment reaches back, whether the certification has ended or not; of what has ended, by whatever end, nothing is left to cancel.
    fn hearings(&mut self, c: &CertificationView) {
        let open: Vec<&NoticedView> = c.notices.iter().filter(|notice| notice.is_open_on(i32::MAX)).collect();
        if open.is_empty() {
            return;
        }
        let decided = c.ends.iter().map(|end| end.decided_on);
        let days: BTreeSet<i32> = c.turns().chain(decided).chain([i32::MIN]).collect();
        let mut days = days.into_iter().peekable();
        while let Some(day) = days.next() {
            let until = days.peek().map_or(i32::MAX, |next| next - 1);
            for notice in open.iter().filter(|notice| !c.leaves_nothing(notice, day)) {
                let over = notice.hearing_ends_on + 1;
                let about = About { category: &c.category, act: notice.act, ground: &notice.ground, ..NONE };
                self.add(Kind::HearingEnded, over, about, (over.max(day), until));
            }
        }
    }

    /// A plaque comes back once nothing certified stands behind it, or another is ordered in its place. Where that was decided ahead, it is told
    /// since it is known, with its day. A term that ended by itself orders it back at the next touch; the list does not wait for it, and nothing
    /// is late by then.
    fn plaque(&mut self, plaque: &PlaqueView, certified: bool, (from, until): (i32, i32)) {
        let of = About { subject: &plaque.number, ..NONE };
        match plaque.recall() {
            Some(recall) => {
                let begins = self.view.recalled_for(plaque, recall, i32::MAX).unwrap_or(recall.recorded_on);
                let about = About { act: recall.act, begins, ..of };
                let known = recall.recorded_on.min(begins);
                let hangs_by_right = certified && plaque.replaced.is_none();
                let until = if hangs_by_right { until.min(begins - 1) } else { until };
                self.add(Kind::PlaqueToRecover, recall.due, about, (from.max(known), until));
            }
            None if !certified => {
                let since = from.max(plaque.since());
                self.add(Kind::PlaqueToRecover, since, About { has_term: false, ..of }, (since, until));
            }
            None => {}
        }
    }
}
