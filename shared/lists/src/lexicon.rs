//! The tables a list is read against: categories with the names that lists use for them, and divisions.

use domain::{CategoryCode, DivisionTable, Invalid};

use crate::fold;

const CATEGORIES: &str = include_str!("../../../data/tables/categories.csv");
const CATEGORY_ALIASES: &str = include_str!("../../../data/tables/category_aliases.csv");

/// What a list is read against.
#[derive(Debug, Clone, Copy)]
pub struct Lexicon<'a> {
    /// Categories and what lists call them.
    pub categories: &'a [CategoryNames],
    /// Divisions: provinces, cities and counties, and as far below as is known.
    pub divisions: &'a DivisionTable,
}

/// A category and what lists call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryNames {
    /// Its code in the scheme.
    pub code: CategoryCode,
    /// Its name.
    pub name: String,
    /// Other texts that mean it.
    pub aliases: Vec<String>,
    /// Its name and the other texts, folded: each row and each title is held against all.
    keys: Vec<String>,
}

impl CategoryNames {
    /// Whether `key`, a folded text, is this category's code, name or alias.
    pub(crate) fn is_called(&self, key: &str) -> bool {
        self.code.as_str() == key || self.keys.iter().any(|own| own == key)
    }

    /// The longest of its name and the other texts that stands in a folded text, in bytes; 0 where none does.
    pub(crate) fn longest_in(&self, key: &str) -> usize {
        self.keys.iter().filter(|own| key.contains(own.as_str())).map(String::len).max().unwrap_or(0)
    }
}

/// Why a table could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// The text is no CSV.
    #[error("not a CSV table: {0}")]
    Csv(#[from] csv::Error),
    /// A code breaks a rule.
    #[error("line {line}: {invalid}")]
    Code {
        /// Counted from 1.
        line: u64,
        /// Which rule.
        invalid: Invalid,
    },
    /// An alias names a category that the table of categories does not list.
    #[error("line {line}: no category has the code {code}")]
    UnknownCategory {
        /// Counted from 1.
        line: u64,
        /// The code as written.
        code: String,
    },
    /// One text would mean two categories.
    #[error("line {line}: {alias} is already the name of a category")]
    AliasTaken {
        /// Counted from 1.
        line: u64,
        /// The text.
        alias: String,
    },
}

/// The categories the program carries: `data/tables/categories.csv` and `category_aliases.csv`.
pub fn carried_categories() -> Result<Vec<CategoryNames>, LexiconError> {
    categories(CATEGORIES, CATEGORY_ALIASES)
}

/// Reads categories (columns `code,name,…`) and their aliases (columns `alias,code,…`).
pub fn categories(table: &str, aliases: &str) -> Result<Vec<CategoryNames>, LexiconError> {
    let mut found: Vec<CategoryNames> = Vec::new();
    for (line, code, name) in pairs(table)? {
        let code = CategoryCode::parse(&code).map_err(|invalid| LexiconError::Code { line, invalid })?;
        let keys = vec![fold::key(&name)];
        found.push(CategoryNames { code, name, aliases: Vec::new(), keys });
    }
    for (line, alias, code) in pairs(aliases)? {
        if found.iter().any(|c| c.is_called(&fold::key(&alias))) {
            return Err(LexiconError::AliasTaken { line, alias });
        }
        match found.iter_mut().find(|c| c.code.as_str() == code) {
            Some(category) => {
                category.keys.push(fold::key(&alias));
                category.aliases.push(alias);
            }
            None => return Err(LexiconError::UnknownCategory { line, code }),
        }
    }
    Ok(found)
}

/// Reads a table of divisions (columns `code,name,…`; codes of 2, 4, 6, 9 or 12 digits) of this edition.
pub fn divisions(edition: &str, table: &str) -> Result<DivisionTable, LexiconError> {
    Ok(DivisionTable::new(edition, pairs(table)?.into_iter().map(|(_, code, name)| (code, name))))
}

/// The first two columns of every row below the header, each with its line.
fn pairs(table: &str) -> Result<Vec<(u64, String, String)>, LexiconError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(table.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |index| record.get(index).unwrap_or_default().to_owned();
        rows.push((line, field(0), field(1)));
    }
    Ok(rows)
}

/// The carried table of divisions, for tests.
#[cfg(test)]
pub(crate) fn carried_divisions() -> DivisionTable {
    let table = include_str!("../../../data/tables/divisions_above_street.csv");
    divisions("2023", table).expect("a table that is carried can be read")
}

/// The same with the carried streets and communities.
#[cfg(test)]
pub(crate) fn carried_divisions_below() -> DivisionTable {
    let streets = include_str!("../../../data/tables/yangzhou_streets.csv").lines().skip(1);
    let streets = streets.filter_map(|line| Some((line.split(',').next()?, line.split(',').nth(2)?)));
    let communities = include_str!("../../../data/tables/yangzhou_villages.csv").lines().skip(1);
    let communities = communities.filter_map(|line| Some((line.split(',').next()?, line.split(',').nth(1)?)));
    let rows = streets.chain(communities).map(|(code, name)| (code.to_owned(), name.to_owned()));
    carried_divisions().with(&DivisionTable::new("2023", rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carried_tables_are_whole() {
        let categories = carried_categories().unwrap();
        assert_eq!(categories.len(), 15);
        assert_eq!(categories.iter().map(|c| c.aliases.len()).sum::<usize>(), 52);
    }

    #[test]
    fn a_table_that_contradicts_itself_is_refused() {
        let table = "code,name\na,甲\n";
        assert!(matches!(categories(table, "alias,code\n乙,b\n"), Err(LexiconError::UnknownCategory { line: 2, .. })));
        assert!(matches!(categories(table, "alias,code\n甲,a\n"), Err(LexiconError::AliasTaken { line: 2, .. })));
        assert!(matches!(categories("code,name\nA,甲\n", ""), Err(LexiconError::Code { line: 2, .. })));
    }
}
