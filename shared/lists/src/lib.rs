//! Lists of certified providers as bureaus publish them: a file in, what each of its lines says out. No gRPC, no terminal.
//!
//! A file is opened ([`open::open`]) into sheets of cells, its tables are found ([`tables::find`]), and each row is read ([`read`]): what it says of an
//! outlet, why it is read so, all that is wrong with it. Nothing is completed by guessing, and nothing is taken for a yes: what a list does not
//! say is a question ([`question`]) to the officer, asked once a list. Every line that holds anything becomes a row, a title, or "not a row, because"
//! ([`account`]), and the counts add up.

pub mod account;
pub mod book;
pub mod header;
pub mod lexicon;
pub mod open;
pub mod question;
pub mod reading;
pub mod record;
pub mod rule;
pub mod tables;
pub mod words;

mod bounds;
mod context;
mod dates;
pub mod error;
mod fold;
mod kinds;
mod places;
mod row;

#[cfg(test)]
mod tests;

pub use bounds::{CELL_CHARS_MAX, FILE_BYTES_MAX, HEADER_ROWS_MAX, ROWS_MAX};
pub use error::ListError;
pub use lexicon::{CategoryNames, Lexicon};
pub use question::{Answers, Question};
pub use reading::{Entry, Fault, Reading, Verdict};

use book::Book;
use context::Context;
use places::Places;
use question::Asked;
use reading::At;
use tables::{Table, TableRow};

/// A list that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Every row, in the file's order.
    pub rows: Vec<Reading>,
    /// What became of every line.
    pub lines: Vec<account::Line>,
    /// What an officer has to say before the rows that wait for it can go in.
    pub questions: Vec<Question>,
    /// What a person should know about the file.
    pub warnings: Vec<Warning>,
}

/// A remark on the whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The sentence an officer reads.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// Reads an opened file, with what an officer has answered about it.
pub fn read(book: &Book, lexicon: Lexicon<'_>, answers: &Answers) -> Result<List, ListError> {
    let found = tables::find(book);
    if found.tables.iter().map(|table| table.rows.len()).sum::<usize>() > ROWS_MAX {
        return Err(ListError::TooManyRows);
    }
    let places = Places::new(lexicon.divisions);
    let reader = row::Reader { lexicon, places: &places, answers };
    let mut asked = Asked::default();
    let mut rows = Vec::new();
    for group in by_sheet_and_line(&found.tables) {
        let (table, row) = group;
        let sheet = &book.sheets[table.sheet];
        let mut above = Context::default();
        above.take(&sheet.name, lexicon.categories);
        for title in &table.titles[..row.titles] {
            above.take(&title.text, lexicon.categories);
        }
        let blocks = found.tables.iter().any(|t| t.sheet == table.sheet && t.block > 0);
        let block = if blocks { u32::try_from(table.block).unwrap_or(u32::MAX).saturating_add(1) } else { 0 };
        let at = At { sheet: sheet.name.clone(), line: row.number, block };
        rows.push(reader.read(at, &table.header, row, &above, &mut asked));
    }
    let mut warnings = warnings(&found.tables);
    warnings.extend(book.sheets.iter().filter(|sheet| !sheet.hidden).flat_map(not_taken));
    Ok(List { rows, lines: found.lines, questions: asked.into_questions(), warnings })
}

/// Every row with its table, by sheet, line and block.
fn by_sheet_and_line(tables: &[Table]) -> Vec<(&Table, &TableRow)> {
    let mut rows: Vec<(&Table, &TableRow)> =
        tables.iter().flat_map(|table| table.rows.iter().map(move |row| (table, row))).collect();
    rows.sort_by_key(|(table, row)| (table.sheet, row.number, table.block));
    rows
}

/// What a sheet holds that a person would not see, or sees struck out, beside whole lines: those have their place in the account.
fn not_taken(sheet: &book::Sheet) -> Vec<Warning> {
    let of_columns = sheet.hidden_columns.iter().map(|hidden| {
        let (first, cells) = (fold::cut(&hidden.first, 40), hidden.cells);
        Warning {
            zh: format!("隐藏的列,未读取:{first}({cells}格)"),
            en: format!("a hidden column, not taken: {first} ({cells} cells)"),
        }
    });
    let struck = Some(sheet.partly_struck).filter(|cells| *cells > 0).map(|cells| Warning {
        zh: format!("有{cells}格部分文字已划去,划去的文字未读取"),
        en: format!("{cells} cells have words struck out, which were not taken"),
    });
    of_columns.chain(struck).collect()
}

fn warnings(tables: &[Table]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for table in tables {
        let names = |places: &[usize]| {
            let names: Vec<&str> =
                places.iter().filter_map(|at| table.header.cells.get(*at)).map(String::as_str).collect();
            fold::cut(&names.join("、"), 200)
        };
        if !table.header.unknown.is_empty() {
            let names = names(&table.header.unknown);
            warnings.push(Warning {
                zh: format!("未识别的列,未读取:{names}"),
                en: format!("columns that are not known and were not read: {names}"),
            });
        }
        if !table.header.repeated.is_empty() {
            let names = names(&table.header.repeated);
            warnings.push(Warning {
                zh: format!("重复的列,只读取第一列:{names}"),
                en: format!("columns given twice, of which the first was read: {names}"),
            });
        }
    }
    warnings.dedup();
    warnings
}
