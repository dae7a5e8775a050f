//! Headings that no table knows: what an officer says that they mean, what is asked, and what is passed over. One over codes, days or numbers may hold
//! what a certification hangs on: it is asked about and never dropped.

use crate::book::{Cell, Form};
use crate::fold;
use crate::header::Header;
use crate::question::{Answers, Choice, Question};
use crate::tables::Table;
use crate::words::headings::Column;
use crate::words::{results, verdicts};

/// Rows of a table that are looked at to see what a column holds.
const ROWS_LOOKED_AT_MAX: usize = 200;
/// The answer that passes a column over.
const IGNORE: &str = "ignore";

/// A heading that is asked about, and where it stands in its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unknown {
    pub(crate) at: usize,
    pub(crate) question: Question,
}

/// Takes an officer's word for what a table's unknown headings mean; answers the ones that are to be asked about.
pub(crate) fn settle(table: &mut Table<'_>, answers: &Answers) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    let nameless = table.header.place(Column::Name).is_none();
    for at in table.header.unknown.clone() {
        let heading = table.header.cells.get(at).cloned().unwrap_or_default();
        let id = id(&heading);
        let answer = answers.get(&id);
        match answer.and_then(Column::of_code) {
            Some(column) => table.header.learn(at, column),
            None if answer == Some(IGNORE) => table.header.pass_over(at),
            // What such a heading is over says how far certifications have come: the rows read it.
            None if results::holds(&heading).is_some() => {}
            None => {
                let (codes, texts) = looks(table, at);
                if codes || verdicts(table, at) || (nameless && texts) {
                    unknown.push(Unknown { at, question: question(&heading, id, nameless && texts) });
                }
            }
        }
    }
    unknown
}

/// The question's name.
fn id(heading: &str) -> String {
    format!("heading:{}", fold::cut(&fold::key(heading), 40))
}

/// Whether most of a column's cells look like codes, days or numbers, and whether they look like texts.
fn looks(table: &Table<'_>, at: usize) -> (bool, bool) {
    let cells = table.rows.iter().take(ROWS_LOOKED_AT_MAX).filter_map(|row| row.cells.get(at));
    let (mut filled, mut codes) = (0_usize, 0_usize);
    for cell in cells.filter(|cell| !cell.is_empty()) {
        filled += 1;
        codes += usize::from(is_code(cell));
    }
    (codes * 2 > filled, filled > 0 && codes * 2 <= filled)
}

/// Whether any of a column's cells says how far a certification has come (不认定, 已退出, √): what nobody reads certifies nobody.
fn verdicts(table: &Table<'_>, at: usize) -> bool {
    let cells = table.rows.iter().take(ROWS_LOOKED_AT_MAX).filter_map(|row| row.cells.get(at));
    cells.filter(|cell| !cell.is_empty()).any(|cell| verdicts::of_cell(&cell.text).is_some())
}

/// Whether a cell holds mostly digits, as codes, days and numbers do.
fn is_code(cell: &Cell) -> bool {
    let key = fold::key(&cell.text);
    let digits = key.chars().filter(char::is_ascii_digit).count();
    let all = key.chars().filter(|c| c.is_alphanumeric()).count();
    matches!(cell.form, Form::Number | Form::Day) || digits >= 4 && digits * 2 >= all || digits > 0 && digits == all
}

fn question(heading: &str, id: String, name: bool) -> Question {
    let shown = fold::cut(heading, 40);
    let choice = |column: Column| Choice { value: column.code().to_owned(), zh: column.label().to_owned() };
    let ignore = Choice { value: IGNORE.to_owned(), zh: "不读取这一列".to_owned() };
    Question {
        id,
        zh: format!("「{shown}」一列是什么内容?"),
        en: format!("what does the column \"{shown}\" hold?"),
        choices: Column::all().map(choice).chain([ignore]).collect(),
        suggested: name.then(|| Column::Name.code().to_owned()),
        rows: 0,
    }
}

/// The questions that a row waits for: of the columns in which it holds anything.
pub(crate) fn of_row<'a>(unknown: &'a [Unknown], cells: &[Cell]) -> Vec<&'a Unknown> {
    unknown.iter().filter(|one| cells.get(one.at).is_some_and(|cell| !cell.is_empty())).collect()
}

/// A column that holds the name, where no heading that is known does.
pub(crate) fn of_names(header: &Header, unknown: &[Unknown]) -> Option<usize> {
    let none = header.place(Column::Name).is_none();
    unknown.iter().find(|one| none && one.question.suggested.is_some()).map(|one| one.at)
}
