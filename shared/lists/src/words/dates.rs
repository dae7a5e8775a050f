//! Words that stand beside dates and lengths of time: `data/words/dates.csv`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../../data/words/dates.csv");

/// What a word beside a date says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Beside {
    /// The date is a first day (起、自).
    Begins,
    /// The date is a first day, and no day of decision (起执行、起生效).
    Effect,
    /// The date is a last day (截至、止).
    Ends,
    /// From one date to another (至、到), or to the one date there is.
    Joins,
    /// The end of the month or year (底).
    Last,
    /// A part of a month or year, or a batch (上半年、学年): no day.
    Part,
    /// Without end (长期).
    Open,
    /// What stands beside it was changed (延长、缩短): of a length nobody can tell whether that is in it.
    Changes,
    /// Nothing more (公布、有效期).
    Nothing,
}

impl Beside {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Begins, "begins"),
        (Self::Effect, "effect"),
        (Self::Ends, "ends"),
        (Self::Joins, "joins"),
        (Self::Last, "last"),
        (Self::Part, "part"),
        (Self::Open, "open"),
        (Self::Changes, "changes"),
        (Self::Nothing, "beside"),
    ];

    fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == code).map(|(beside, _)| *beside)
    }
}

static KNOWN: LazyLock<HashMap<Vec<char>, Beside>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| Some((row.get(0)?.chars().collect(), Beside::of_code(row.get(1)?)?));
    super::rows(TABLE).filter_map(row).collect()
});

static CHARACTERS: LazyLock<HashSet<char>> = LazyLock::new(|| KNOWN.keys().flatten().copied().collect());

/// Whether a character stands in any of the words.
pub fn has(c: char) -> bool {
    CHARACTERS.contains(&c)
}

/// Longest word of the table, in characters.
const WORD_CHARS_MAX: usize = 6;

/// The longest known word that a text begins with, and its length in characters.
pub fn at(text: &[char]) -> Option<(Beside, usize)> {
    (1..=WORD_CHARS_MAX.min(text.len())).rev().find_map(|length| Some((*KNOWN.get(&text[..length])?, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let rows: Vec<_> = csv::Reader::from_reader(TABLE.as_bytes()).records().map(Result::unwrap).collect();
        assert!(rows.iter().all(|row| Beside::of_code(&row[1]).is_some() && !row[2].is_empty()));
        assert_eq!(KNOWN.len(), rows.len(), "a word stands twice");
        assert!(KNOWN.keys().all(|word| word.len() <= WORD_CHARS_MAX));
        let text: Vec<char> = "起至2026年".chars().collect();
        assert_eq!(at(&text), Some((Beside::Joins, 2)));
    }
}
