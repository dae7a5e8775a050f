//! Files read against the carried tables, as a registry of Yangzhou would.

use std::sync::LazyLock;

use domain::DivisionTable;
use lists::lexicon::{carried_categories, divisions};
use lists::{Answers, CategoryNames, Lexicon, List, Origin};

static TABLES: LazyLock<(Vec<CategoryNames>, DivisionTable)> = LazyLock::new(|| {
    let table = include_str!("../../../../data/tables/divisions_above_street.csv");
    (carried_categories().unwrap(), divisions("2023", table).unwrap())
});

/// Reads a file's bytes with these answers.
pub(crate) fn read(bytes: &[u8], file: &str, answers: &[(&str, &str)]) -> List {
    let lexicon = Lexicon { categories: &TABLES.0, divisions: &TABLES.1 };
    let mut given = Answers::default();
    for (id, answer) in answers {
        given.set(id, answer);
    }
    let book = lists::open::open(bytes).unwrap();
    lists::read_from(&book, Origin { file, home: None }, lexicon, &given).unwrap()
}
