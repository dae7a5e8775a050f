//! Every row of a list, placed.

use domain::{Day, ProviderId};

use crate::question::{Answers, Asked, Question};
use crate::reading::{Reading, Verdict};

use super::known::{Held, Register};
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
