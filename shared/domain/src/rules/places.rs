//! Which places there are, as a table of division codes tells.

use std::collections::BTreeMap;

use crate::value::Division;

/// A dated table of division codes and names. Codes retire and names repeat, so the table is data with an edition, never a constant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DivisionTable {
    edition: String,
    names: BTreeMap<String, String>,
}

impl DivisionTable {
    /// A table of `(code of 2, 4, 6, 9 or 12 digits, name)` rows.
    pub fn new(edition: &str, rows: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { edition: edition.to_owned(), names: rows.into_iter().collect() }
    }

    /// Where and when the table was published.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// The name of an area, if the table lists it.
    pub fn name(&self, prefix: &str) -> Option<&str> {
        self.names.get(prefix).map(String::as_str)
    }

    /// Every `(code, name)` in code order.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(code, name)| (code.as_str(), name.as_str()))
    }

    /// Whether a place is known: its county must be listed; the levels below are checked only where the table lists any
    /// place of that level under it.
    pub fn knows(&self, division: &Division) -> bool {
        let code = division.as_str();
        let listed = |level: usize| {
            let absent = code[level - 3..level].bytes().all(|b| b == b'0');
            absent || self.names.contains_key(&code[..level]) || !self.lists_below(&code[..level - 3], level)
        };
        self.names.contains_key(division.county()) && listed(9) && listed(12)
    }

    fn lists_below(&self, parent: &str, level: usize) -> bool {
        self.names
            .range(parent.to_owned()..)
            .take_while(|(code, _)| code.starts_with(parent))
            .any(|(code, _)| code.len() == level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_the_table_does_not_list_is_not_doubted() {
        let row = |c: &str| (c.to_owned(), c.to_owned());
        let table = DivisionTable::new("t", [row("321003"), row("321003005"), row("330326")]);
        let knows = |t| table.knows(&Division::parse(t).unwrap());
        assert!(knows("321003") && knows("321003005") && knows("321003005007") && knows("330326101"));
        assert!(!knows("321003099") && !knows("321999") && !knows("321000"));
    }
}
