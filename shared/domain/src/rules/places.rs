//! Which places there are, as a table of division codes tells.

use std::collections::BTreeMap;

use crate::value::{Day, Division};

/// A dated table of division codes and names. Codes retire and names repeat, so the table is data with an edition, never a constant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DivisionTable {
    edition: String,
    names: BTreeMap<String, String>,
    /// Codes that are no more, with the last day of each. What was decided there keeps its place.
    retired: BTreeMap<String, Day>,
}

impl DivisionTable {
    /// A table of `(code of 2, 4, 6, 9 or 12 digits, name)` rows.
    pub fn new(edition: &str, rows: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { edition: edition.to_owned(), names: rows.into_iter().collect(), retired: BTreeMap::new() }
    }

    /// The same, with the last days of codes that are no more.
    #[must_use]
    pub fn retiring(mut self, retired: impl IntoIterator<Item = (String, Day)>) -> Self {
        self.retired.extend(retired);
        self
    }

    /// This table with what a later edition adds, renames and retires. A code that the later one lists without an end is in use again.
    #[must_use]
    pub fn with(mut self, later: &Self) -> Self {
        for (code, name) in &later.names {
            self.names.insert(code.clone(), name.clone());
            self.retired.remove(code);
        }
        self.retired.extend(later.retired.iter().map(|(code, day)| (code.clone(), *day)));
        self.edition.clone_from(&later.edition);
        self
    }

    /// Where and when the table was published.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// The name of an area, if the table lists it.
    pub fn name(&self, prefix: &str) -> Option<&str> {
        self.names.get(prefix).map(String::as_str)
    }

    /// Every `(code, name)` in code order, retired ones among them.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(code, name)| (code.as_str(), name.as_str()))
    }

    /// The last day on which the place was one: none where it still is. A place goes with what it lies in.
    pub fn last_day(&self, division: &Division) -> Option<Day> {
        let code = division.as_str();
        [2, 4, 6, 9, 12].into_iter().filter_map(|level| self.retired.get(&code[..level])).min().copied()
    }

    /// Whether a place is known, or was: its county must be listed; the levels below are checked only where the table lists any
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

    fn row(code: &str) -> (String, String) {
        (code.to_owned(), code.to_owned())
    }

    fn place(text: &str) -> Division {
        Division::parse(text).unwrap()
    }

    #[test]
    fn a_level_the_table_does_not_list_is_not_doubted() {
        let table = DivisionTable::new("t", [row("321003"), row("321003005"), row("330326")]);
        assert_eq!((table.name("321003"), table.name("321004")), (Some("321003"), None));
        let knows = |t| table.knows(&place(t));
        assert!(knows("321003") && knows("321003005") && knows("321003005007") && knows("330326101"));
        assert!(!knows("321003099") && !knows("321999") && !knows("321000"));
        // Of a street whose communities are listed, those; of another one any.
        let table = DivisionTable::new("t", ["321003", "321003005", "321003006", "321003005007"].map(row));
        let knows = |t| table.knows(&place(t));
        assert!(knows("321003005007") && !knows("321003005008") && knows("321003006008"));
    }

    #[test]
    fn a_code_that_is_retired_stays_known_and_has_a_last_day() {
        let day = |text| Day::parse(text).unwrap();
        let table = DivisionTable::new("1", [row("321011"), row("321003")]);
        let later = DivisionTable::new("2", [row("321011")]).retiring([("321011".to_owned(), day("2011-11-12"))]);
        let both = table.with(&later);
        assert_eq!((both.edition(), both.rows().count()), ("2", 2));
        assert!(both.knows(&place("321011")));
        assert_eq!(both.last_day(&place("321011002001")), Some(day("2011-11-12")));
        assert_eq!(both.last_day(&place("321003")), None);
        let again = both.with(&DivisionTable::new("3", [row("321011")]));
        assert_eq!(again.last_day(&place("321011")), None);
    }
}
