//! The acts as a table: a row an act, with what it is about and from which day to which, in plain numbers and words. What stands in a row
//! after corrections is found here, by a way of its own.

use super::days::Number;

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Says {
    /// The outlet's name, operator and place from a day on; from ever where it came on record so.
    Named { from: Option<Number>, name: String, operator: String, place: String },
    /// The operator's name from a day on.
    Identified { from: Number, operator: String },
    /// A certification of a category: its decision, its first day and its last, as far as they are known; and the notice it rests on.
    Certified {
        category: String,
        decided: Option<Number>,
        from: Option<Number>,
        last: Option<Number>,
        rests_on: Option<RestsOn>,
    },
    /// A notice of a category was run.
    Publicised { category: String, from: Number, last: Number },
    /// An objection was raised in a notice.
    Objected { notice: u32, on: Number },
    /// What came of an objection.
    Answered { objection: u32, on: Number, upheld: bool },
    /// A term added to a certification.
    Renewed { certification: u32, decided: Number, from: Number, last: Number },
    /// An order to mend a breach, or a suspension; an order may follow from another act.
    Measure { word: &'static str, certification: u32, from: Number, because: Option<u32> },
    /// A measure ended.
    Over { measure: u32, on: Number },
    /// A certification ended by decision, and barred its holder.
    Ended { word: &'static str, certification: u32, decided: Number, from: Number, bar: Option<Number> },
    /// An act was undone by review or court: it was so until that day.
    Overturned { act: u32, on: Number },
    /// A review of a year, which may be failed.
    Reviewed { certification: u32, failed: bool },
    /// A price was proposed for an item of a category.
    Proposed { category: String, item: String },
    /// A proposed price was decided on: from which day it is paid, none where it was turned down.
    Priced { category: String, item: String, proposal: u32, from: Option<Number>, fen: u32 },
    /// A pledge, with its last day if it has one.
    Pledged { pledge: String, from: Number, last: Option<Number> },
    /// It was kept.
    Kept { pledge: String, on: Number },
    /// It was broken.
    Broken { pledge: String, on: Number },
    /// The breach was repaired.
    Repaired { breach: u32, on: Number },
    /// A plaque was ordered, perhaps in the place of another.
    Ordered { plaque: String, on: Number, instead_of: Option<String>, place: String },
    /// A plaque went a step.
    Step { plaque: String, word: &'static str, on: Number },
    /// A paper about a plaque went out, that it is to come back or that it may stay: that it did, and not what it says.
    Paper { plaque: String, word: &'static str },
    /// An operator was barred.
    Barred { from: Number, until: Number },
    /// A measure fell with its certification.
    Fell { measure: u32 },
    /// The bar was lifted.
    Freed { bar: u32, on: Number },
    /// An act was entered wrong: under its number this is said, or nothing.
    Corrected { act: u32, right: Option<Box<Says>> },
    /// What this model follows by itself, or does not look at.
    Else,
}

impl Says {
    /// What it says; `None` where that is not looked at here, or where something is corrected to such a thing: it is written out as it was recorded.
    pub(crate) fn written_out(&self) -> Option<String> {
        let is_else = |says: &Self| matches!(says, Self::Paper { .. } | Self::Else);
        let is_to_else = matches!(self, Self::Corrected { right: Some(right), .. } if is_else(right));
        (!is_else(self) && !is_to_else).then(|| format!("{self:?}"))
    }
}

/// The notice that a certification rests on: its first day and its last, and its number where it was run here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RestsOn {
    pub(crate) from: Number,
    pub(crate) last: Number,
    pub(crate) notice: Option<u32>,
}

/// A row: the number of the commit that it came in, counted from 0, and what it says. Its own number is its place, counted from 1.
pub(crate) type Row = (usize, Says);

/// Which correction of an act counts, by its number: the last one that was not taken back.
fn correction_of(rows: &[Row], act: u32) -> Option<(u32, &Option<Box<Says>>)> {
    let later = (1_u32..).zip(rows).filter(|(number, _)| *number > act);
    let stands = later.filter_map(|(number, (_, says))| match says {
        Says::Corrected { act: corrected, right } if *corrected == act => {
            correction_of(rows, number).is_none().then_some((number, right))
        }
        _ => None,
    });
    stands.last()
}

/// What stands under each number: `(number, commit, what)`.
pub(crate) fn standing_rows(rows: &[Row]) -> Vec<(u32, usize, Says)> {
    let mut stands = Vec::new();
    for (number, (commit, says)) in (1..).zip(rows) {
        let says = match correction_of(rows, number) {
            Some((_, right)) => right.as_deref(),
            None => Some(says),
        };
        stands.extend(says.map(|says| (number, *commit, says.clone())));
    }
    stands
}

/// Every day that a row names, and the day after each.
pub(crate) fn days_that_matter(rows: &[Row], commits: &[Number]) -> Vec<Number> {
    let mut days: Vec<Number> = commits.to_vec();
    for (_, says) in rows {
        days_of(says, &mut days);
    }
    let after: Vec<Number> = days.iter().map(|day| day + 1).collect();
    days.extend(after);
    days.sort_unstable();
    days.dedup();
    days
}

fn days_of(says: &Says, days: &mut Vec<Number>) {
    match says {
        Says::Named { from, .. } | Says::Priced { from, .. } => days.extend(*from),
        Says::Identified { from, .. } | Says::Measure { from, .. } => days.push(*from),
        Says::Certified { decided, from, last, .. } => days.extend([*decided, *from, *last].into_iter().flatten()),
        Says::Renewed { decided, from, last, .. } => days.extend([*decided, *from, *last]),
        Says::Ended { decided, from, bar, .. } => {
            days.extend([Some(*decided), Some(*from), *bar].into_iter().flatten());
        }
        Says::Pledged { from, last, .. } => days.extend([Some(*from), *last].into_iter().flatten()),
        Says::Publicised { from, last, .. } => days.extend([*from, *last]),
        Says::Over { on, .. }
        | Says::Objected { on, .. }
        | Says::Answered { on, .. }
        | Says::Overturned { on, .. }
        | Says::Kept { on, .. }
        | Says::Broken { on, .. }
        | Says::Repaired { on, .. }
        | Says::Ordered { on, .. }
        | Says::Step { on, .. }
        | Says::Freed { on, .. } => days.push(*on),
        Says::Barred { from, until } => days.extend([*from, *until]),
        Says::Corrected { right, .. } => {
            if let Some(right) = right {
                days_of(right, days);
            }
        }
        Says::Reviewed { .. } | Says::Proposed { .. } | Says::Fell { .. } | Says::Paper { .. } | Says::Else => {}
    }
}
