//! Words beside a category's name: of awards that certify something else, and of how far a certification has come. `data/words/awards.csv`.

use std::sync::LazyLock;

use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/awards.csv");

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Award {
    /// A quality grade or a demonstration scheme.
    Grade,
    /// That it is no certification as inclusive.
    NotInclusive,
    /// How far the certification has come.
    Beside,
}

static KNOWN: LazyLock<Vec<(String, Award)>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| {
        let award = match row.get(1)? {
            "grade" => Award::Grade,
            "not-inclusive" => Award::NotInclusive,
            "beside" => Award::Beside,
            _ => return None,
        };
        Some((fold::key(row.get(0)?), award))
    };
    super::rows(TABLE).filter_map(row).collect()
});

fn words(award: Award) -> impl Iterator<Item = &'static str> {
    KNOWN.iter().filter(move |(_, own)| *own == award).map(|(word, _)| word.as_str())
}

/// Whether a folded text names an award, be it that it is no certification as inclusive.
pub fn is_award(key: &str) -> bool {
    words(Award::Grade).any(|word| key.contains(word)) || is_not_inclusive(key)
}

/// Whether a folded text says that it is no certification as inclusive.
pub fn is_not_inclusive(key: &str) -> bool {
    words(Award::NotInclusive).any(|word| key.contains(word))
}

/// A folded text without the words that tell how far its certification has come.
pub fn without_beside(key: &str) -> String {
    words(Award::Beside).fold(key.to_owned(), |text, word| text.replace(word, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(KNOWN.len() + 1, TABLE.lines().count());
        // A word within another goes after it.
        assert_eq!(without_beside("拟认定的园认定"), "的园");
    }
}
