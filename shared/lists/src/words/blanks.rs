//! What people write into a cell that has nothing to say: `data/words/blanks.csv`.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/blanks.csv");

static KNOWN: LazyLock<HashSet<String>> =
    LazyLock::new(|| super::rows(TABLE).filter_map(|row| Some(fold::key(row.get(0)?))).collect());

/// Whether a cell's text says nothing.
pub fn is_blank(text: &str) -> bool {
    // Bytes first: every cell of every row is looked at.
    text.len() <= 12 && KNOWN.contains(&fold::key(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(KNOWN.len() + 1, TABLE.lines().count());
        assert!(KNOWN.iter().all(|text| !text.is_empty() && text.len() <= 12));
        assert!(is_blank(" — ") && is_blank("／") && !is_blank("无忧托育园"));
    }
}
