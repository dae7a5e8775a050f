//! Every row of a list, placed.

use std::collections::HashSet;

use domain::{CategoryCode, Day, ProviderId};

use crate::question::{Answers, Asked, Question};
use crate::reading::{Reading, Verdict};

use super::called;
use super::known::{Held, Outlet, Register};
use super::step::{Placed, Step};

/// What becomes of a list's rows.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Of each row, in its order; none where it cannot be read yet.
    pub placed: Vec<Option<Placed>>,
    /// What an officer has to say before the rows that wait for it are recorded.
    pub questions: Vec<Question>,
    /// The record as it is to be by then.
    pub register: Register,
}

/// Places every row that was read; the record as it is stays as it is.
pub fn plan(rows: &[Reading], register: &Register, answers: &Answers, today: Day) -> Plan {
    let mut register = register.clone();
    let mut asked = Asked::default();
    for entry in rows.iter().filter(|row| is_of_the_record(row)).filter_map(|row| row.entry.as_ref()) {
        register.claim(entry);
    }
    let placed = rows
        .iter()
        .map(|row| {
            let (Some(entry), Some(verdict)) = (&row.entry, &row.verdict) else { return None };
            let placed = register.place(entry, verdict, answers, today);
            if let Step::Asks(question) = &placed.step {
                asked.ask(|| Question::clone(question), &question.id);
            }
            Some(placed)
        })
        .collect();
    Plan { placed, questions: asked.into_questions(), register }
}

/// Whether a row says something that is held against the record.
pub fn is_of_the_record(row: &Reading) -> bool {
    row.entry.is_some() && matches!(row.verdict, Some(Verdict::Certified | Verdict::Ended { .. }))
}

/// The outlets that a next edition leaves out: certified on this day by the record as it was, in a county and category of which the list has others
/// that were on record before it. That is no end of them, and whoever enters the list is to know.
pub fn left_out<'r>(rows: &[Reading], plan: &Plan, before: &'r Register, day: Day) -> Vec<&'r Outlet> {
    let placed = || rows.iter().zip(&plan.placed).filter_map(|(row, placed)| Some((row, placed.as_ref()?)));
    let listed: HashSet<&ProviderId> = placed().filter_map(|(_, placed)| placed.id.as_ref()).collect();
    // What an answer may still make one of them is none that is left out.
    if placed().any(|(_, placed)| matches!(placed.step, Step::Asks(_))) {
        return Vec::new();
    }
    let known = placed().filter_map(|(row, placed)| {
        let entry = row.entry.as_ref().filter(|_| row.verdict == Some(Verdict::Certified))?;
        before.outlet(placed.id.as_ref()?)?;
        Some((entry.division.county(), &entry.category))
    });
    let groups: HashSet<(&str, &CategoryCode)> = known.collect();
    let is_live = |outlet: &Outlet, category: &CategoryCode| match &outlet.held {
        None => outlet.live.contains(category),
        Some(held) => held.iter().any(|held| {
            let over = held.end.is_some() || held.last().is_some_and(|last| last < day);
            held.category == *category && held.begin().is_none_or(|begin| begin <= day) && !over
        }),
    };
    let of_a_group = |outlet: &&Outlet| {
        groups.iter().any(|(county, category)| outlet.division.county() == *county && is_live(outlet, category))
    };
    // A row that is sent back or waits names its outlet all the same.
    let open = rows.iter().zip(&plan.placed).filter(|(_, placed)| placed.as_ref().is_none_or(|own| own.id.is_none()));
    let open: HashSet<String> = open.map(|(row, _)| called::key(&row.name)).collect();
    let is_named = |outlet: &&Outlet| outlet.names.iter().any(|name| open.contains(&called::key(name)));
    let others = before.outlets.iter().filter(|outlet| !listed.contains(&outlet.id));
    others.filter(of_a_group).filter(|outlet| !is_named(outlet)).collect()
}

/// How an outlet is found by who searches for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shown {
    /// A certification is live, and its last day is known.
    Live,
    /// One is live of which no end is stated.
    Unended,
    /// One is yet to begin.
    Ahead,
    /// The last of them ran out.
    Expired,
    /// The last of them was ended.
    Ended,
}

impl Register {
    /// How an outlet is found on a day by who searches for it.
    pub fn shown(&self, id: &ProviderId, day: Day) -> Option<Shown> {
        let held = self.outlet(id)?.held.as_ref()?;
        let of = |held: &Held| {
            let over = held.end.is_some_and(|end| end.effective_on.is_none_or(|on| on <= day));
            match (held.begin(), held.last()) {
                _ if over => Shown::Ended,
                (_, Some(last)) if last < day => Shown::Expired,
                (Some(begin), _) if begin > day => Shown::Ahead,
                (_, None) => Shown::Unended,
                (_, Some(_)) => Shown::Live,
            }
        };
        held.iter().map(|held| (of(held), held.begin())).min_by_key(|(shown, _)| *shown).map(|(shown, _)| shown)
    }
}
