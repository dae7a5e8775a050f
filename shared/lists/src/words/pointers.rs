//! Words by which a sentence beside a table points at its rows: `data/words/pointers.csv`.

use std::sync::LazyLock;

use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/pointers.csv");

/// How a word points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Points {
    /// At all rows above.
    Back,
    /// At all rows below.
    Forward,
    /// At all rows.
    All,
    /// At the rows of the numbers that follow.
    Number,
    /// What follows a number that points at a row.
    Counter,
    /// At the rows that carry the sign that follows.
    Sign,
    /// Between a sign and what it says.
    Is,
    /// At rows that look otherwise, which nobody reads.
    Look,
    /// At those of which nothing else is said.
    Rest,
    /// What the rows are called behind the words that point at them.
    Noun,
    /// The row of the footnote that it stands in.
    It,
    /// What stands before a sentence and says nothing.
    Begins,
    /// What stands beside a verdict and changes nothing of it.
    Filler,
    /// That a certification was taken away.
    Revoked,
    /// That something holds no more, which may be the list.
    Void,
    /// That something is not in the list.
    Excludes,
    /// That a sentence tells what happens when something is the case.
    Rule,
}

static KNOWN: LazyLock<Vec<(String, Points)>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| {
        let points = match row.get(1)? {
            "back" => Points::Back,
            "forward" => Points::Forward,
            "all" => Points::All,
            "number" => Points::Number,
            "counter" => Points::Counter,
            "sign" => Points::Sign,
            "is" => Points::Is,
            "look" => Points::Look,
            "rest" => Points::Rest,
            "noun" => Points::Noun,
            "it" => Points::It,
            "begins" => Points::Begins,
            "filler" => Points::Filler,
            "revoked" => Points::Revoked,
            "void" => Points::Void,
            "excludes" => Points::Excludes,
            "rule" => Points::Rule,
            _ => return None,
        };
        Some((fold::key(row.get(0)?), points))
    };
    let mut words: Vec<(String, Points)> = super::rows(TABLE).filter_map(row).collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    words
});

/// What follows a word of this kind at the beginning of a text.
pub fn after(text: &str, points: Points) -> Option<&str> {
    KNOWN.iter().filter(|(_, own)| *own == points).find_map(|(word, _)| text.strip_prefix(word.as_str()))
}

/// Whether a word of this kind stands in a text.
pub fn has(text: &str, points: Points) -> bool {
    KNOWN.iter().any(|(word, own)| *own == points && text.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(KNOWN.len() + 1, TABLE.lines().count());
        assert_eq!(after("标注△的", Points::Sign), Some("△的"));
    }
}
