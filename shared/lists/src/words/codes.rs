//! What people write where they have no credit code: `data/words/no_codes.csv`.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/no_codes.csv");

static KNOWN: LazyLock<HashSet<String>> =
    LazyLock::new(|| super::rows(TABLE).filter_map(|row| Some(fold::key(row.get(0)?))).collect());

/// Whether a text says that there is no code.
pub fn is_none(text: &str) -> bool {
    text.is_empty() || KNOWN.contains(&fold::key(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(KNOWN.len() + 1, TABLE.lines().count());
        assert!(is_none("办 理 中") && !is_none("12345"));
    }
}
