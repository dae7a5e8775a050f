//! Lists of certified providers as bureaus publish them: a file in, what each of its lines says out. No gRPC, no terminal.
//!
//! A file is opened ([`open::open`]) into sheets of cells, its tables are found ([`tables::find`]), and each row is read ([`read`]): what it says of an
//! outlet, why it is read so, all that is wrong with it. Nothing is completed by guessing, and nothing is taken for a yes: what a list does not
//! say is a question ([`question`]) to the officer, asked once a list. Every line that holds anything becomes a row, a title, or "not a row, because"
//! ([`account`]), and the counts add up.

pub mod account;
pub mod book;
pub mod cover;
pub mod header;
pub mod lexicon;
pub mod open;
pub mod options;
pub mod question;
pub mod reading;
pub mod record;
pub mod rule;
pub mod tables;
pub mod words;
pub mod written;

mod above;
mod beside;
mod bounds;
mod columns;
mod context;
mod dates;
mod ditto;
pub mod error;
mod fold;
mod kinds;
mod origin;
mod outline;
mod places;
mod point;
mod pointers;
mod results;
mod row;
mod standing;

#[cfg(test)]
mod tests;

pub use bounds::{CELL_CHARS_MAX, FILE_BYTES_MAX, HEADER_ROWS_MAX, ROWS_MAX};
pub use error::ListError;
pub use lexicon::{CategoryNames, Lexicon};
pub use origin::Origin;
pub use places::Gazetteer;
pub use point::Datum;
pub use question::{Answers, Question};
pub use reading::{Entry, Fault, Reading, Verdict};

use std::cell::RefCell;

use above::Above;

use book::Book;
use context::Context;
use places::Places;
use pointers::Pointers;
use question::Asked;
use reading::At;
use results::Results;
use std::collections::{HashMap, HashSet};

use tables::Table;

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
    read_from(book, Origin::default(), lexicon, answers)
}

/// The same, of a file whose name may tell where the list is from, in a registry that is somewhere.
pub fn read_from(book: &Book, origin: Origin<'_>, lexicon: Lexicon<'_>, answers: &Answers) -> Result<List, ListError> {
    read_in(book, origin, lexicon, &Gazetteer::new(lexicon.divisions), answers)
}

/// The same, with the lexicon's divisions turned beforehand.
pub fn read_in(
    book: &Book,
    origin: Origin<'_>,
    lexicon: Lexicon<'_>,
    gazetteer: &Gazetteer<'_>,
    answers: &Answers,
) -> Result<List, ListError> {
    // What is a person's is gone before anything is understood.
    let mut beside = beside::Beside::of(book);
    let found = tables::find(book);
    let own = cover::book_covered(book, &found);
    let (book, mut found) = own.as_ref().map_or((book, found), |own| (own, tables::find(own)));
    let file = cover::covered(origin.file);
    let origin = Origin { file: &file, ..origin };
    if found.tables.iter().map(|table| table.rows.len()).sum::<usize>() > ROWS_MAX {
        return Err(ListError::TooManyRows);
    }
    let unknown: Vec<Vec<columns::Unknown>> =
        found.tables.iter_mut().map(|table| columns::settle(table, answers)).collect();
    let taken: Vec<ditto::Taken> = found.tables.iter_mut().map(ditto::fill).collect();
    let results: Vec<Results> = found.tables.iter().map(|table| Results::of(&table.header, &table.rows)).collect();
    let places = Places::new(gazetteer);
    let reader = row::Reader {
        lexicon,
        places: &places,
        answers,
        origin,
        terms: RefCell::default(),
        titles: RefCell::default(),
        plain: RefCell::default(),
    };
    let signed: Vec<Vec<String>> =
        book.sheets.iter().enumerate().map(|(at, sheet)| signed(found.lines_of(at), sheet)).collect();
    let below: Vec<Vec<String>> =
        book.sheets.iter().enumerate().map(|(at, sheet)| below(found.lines_of(at), sheet)).collect();
    let pointers: Vec<Pointers> =
        book.sheets.iter().enumerate().map(|(at, sheet)| pointers_of(sheet, &found, at)).collect();
    let mut asked = Asked::default();
    let mut rows = Vec::with_capacity(found.tables.iter().map(|table| table.rows.len()).sum());
    let mut told = Told::default();
    let mut above = Above::new(&found, &pointers, &reader);
    let side_by_side: HashSet<usize> =
        found.tables.iter().filter(|table| table.block > 0).map(|table| table.sheet).collect();
    // What stands below the last table of a sheet is of that, of each of those that stand side by side.
    let first_of_last: HashMap<usize, usize> = found
        .tables
        .iter()
        .enumerate()
        .filter(|(_, table)| table.block == 0)
        .map(|(number, table)| (table.sheet, number))
        .collect();
    for (number, table) in found.tables.iter().enumerate() {
        let sheet = &book.sheets[table.sheet];
        let block = if side_by_side.contains(&table.sheet) { table.block + 1 } else { 0 };
        let block = u32::try_from(block).unwrap_or(u32::MAX);
        let last = first_of_last.get(&table.sheet).is_none_or(|first| *first <= number);
        let outer = || {
            let mut outer = Context { sheet: table.sheet, signed: signed[table.sheet].clone(), ..Context::default() };
            outer.take(&sheet.name, lexicon.categories);
            reader.hold(&mut outer, &sheet.name);
            for note in below[table.sheet].iter().filter(|_| last) {
                reader.hold_below(&mut outer, note);
            }
            outer
        };
        above.begin(table, &sheet.name);
        for (place, row) in table.rows.iter().enumerate() {
            let above = above.of(row, outer);
            let at = At { sheet: sheet.name.clone(), line: row.number, block };
            let (header, unknown) = (&table.header, &unknown[number]);
            let name = columns::of_names(header, unknown);
            let unknown = columns::of_row(unknown, &row.cells);
            let pointers = &pointers[table.sheet];
            let pointed = if pointers.is_none() { None } else { pointers.at(&pointers::Row::of(header, row)) };
            let bare = pointers.without_signs(header, row);
            let row = bare.as_ref().unwrap_or(row);
            let given = row::Given { header, row, unknown, name, results: &results[number], pointed };
            let mut reading = reader.read(at, &given, above, &mut asked);
            reading.because.extend(taken[number][place].iter().cloned());
            if let Some(entry) = &mut reading.entry {
                entry.beside = beside.number(table.sheet, row.number, header);
            }
            rows.push((table.sheet, told.held(reading)));
        }
    }
    // In the file's order: blocks side by side were read one after the other.
    rows.sort_by_key(|(sheet, row)| (*sheet, row.at.line, row.at.block));
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    let mut warnings = warnings(&found.tables, &results);
    warnings.extend(told.warning());
    warnings.extend(examples(&found.lines));
    warnings.extend(pointers.iter().flat_map(Pointers::dangling).map(|words| Warning {
        zh: format!("表格旁写明「{}」,没有找到所指的行,未采用;请核对序号", fold::cut(words, 60)),
        en: format!("a sentence beside the table points at rows that are not there: {}", fold::cut(words, 60)),
    }));
    warnings.extend(book.sheets.iter().filter(|sheet| !sheet.hidden).flat_map(not_taken));
    Ok(List { rows, lines: found.lines, questions: asked.into_questions(), warnings })
}

/// The sentences beside the tables of a sheet that speak of some of its rows.
fn pointers_of(sheet: &book::Sheet, found: &tables::Tables<'_>, at: usize) -> Pointers {
    let beside = |line: &&account::Line| {
        matches!(line.became, account::Became::Title | account::Became::Not(account::NotARow::Note))
    };
    let of_sheet = found.lines_of(at);
    let is_row = |line: &&account::Line| matches!(line.became, account::Became::Rows(_));
    let last = of_sheet.iter().filter(is_row).map(|line| line.number).max().unwrap_or(u64::MAX);
    let note = |line: &account::Line| line.became != account::Became::Title || line.number > last;
    let numbers: HashMap<u64, bool> = of_sheet.iter().filter(beside).map(|line| (line.number, note(line))).collect();
    let text = |line: &book::Line| {
        let mut texts: Vec<&str> =
            line.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
        texts.dedup();
        texts.join(",")
    };
    let lines = sheet.lines.iter().filter(|line| numbers.contains_key(&line.number));
    let texts: Vec<(u64, String)> = lines.map(|line| (line.number, text(line))).collect();
    let of_sheet = found.tables_of(at).iter();
    let rows: Vec<pointers::Row<'_>> =
        of_sheet.flat_map(|table| table.rows.iter().map(|row| pointers::Row::of(&table.header, row))).collect();
    let texts = texts.iter().map(|(line, text)| {
        // What is called a list is the title of one, be it that it has no rows.
        let note = numbers.get(line).copied().unwrap_or_default() && !text.ends_with("名单");
        pointers::Beside { line: *line, text, note }
    });
    Pointers::of(texts, &rows)
}

/// Faults of a list that are told in full. Of a row behind them the first is told: a list of so many is read by nobody, and would take gigabytes.
const FAULTS_MAX: usize = 100_000;

/// What is told of the rows so far.
#[derive(Default)]
struct Told {
    faults: usize,
    /// The line of the first row of which not all faults are told.
    cut_short: Option<u64>,
}

impl Told {
    /// A row as it is held.
    fn held(&mut self, mut row: Reading) -> Reading {
        if self.faults >= FAULTS_MAX && row.faults.len() > 1 {
            self.cut_short.get_or_insert(row.at.line);
            row.faults.truncate(1);
        }
        self.faults += row.faults.len();
        row.faults.shrink_to_fit();
        row.because.shrink_to_fit();
        row
    }

    fn warning(&self) -> Option<Warning> {
        let line = self.cut_short?;
        Some(Warning {
            zh: format!("问题过多,第{line}行起各行只列出第一项;请先改正,再重新导入"),
            en: format!(
                "too many faults: from line {line} on the first of each row alone is told; mend these and import again"
            ),
        })
    }
}

/// Lines from a sheet's end on in which a signature is looked for.
const SIGNATURE_LINES_MAX: usize = 8;

/// Who signed a sheet: what stands below its last row, as far as it is a body's name.
fn signed(lines: &[account::Line], sheet: &book::Sheet) -> Vec<String> {
    let of_rows = |line: &&account::Line| matches!(line.became, account::Became::Rows(_));
    let last_row = lines.iter().rev().find(of_rows).map_or(0, |line| line.number);
    let below = sheet.lines.iter().rev().take(SIGNATURE_LINES_MAX).take_while(|line| line.number > last_row);
    let text = |line: &book::Line| {
        let mut texts: Vec<&str> =
            line.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
        texts.dedup();
        texts.concat()
    };
    below.map(text).filter(|text| words::places::is_body(text)).collect()
}

/// What is said below a sheet's last row.
fn below(lines: &[account::Line], sheet: &book::Sheet) -> Vec<String> {
    let of_rows = |line: &&account::Line| matches!(line.became, account::Became::Rows(_));
    let last_row = lines.iter().rev().find(of_rows).map_or(u64::MAX, |line| line.number);
    let below = sheet.lines.iter().filter(|line| line.number > last_row && line.unseen.is_none());
    let text = |line: &book::Line| {
        let mut texts: Vec<&str> =
            line.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
        texts.dedup();
        texts.join(tables::TITLE_SEPARATOR)
    };
    below.take(NOTES_BELOW_MAX).map(text).filter(|text| !text.is_empty()).collect()
}

/// Lines below a sheet's last row that are looked at.
const NOTES_BELOW_MAX: usize = 32;

/// Rows that are marked as an example: who wrote over one may not know that it is passed over.
fn examples(lines: &[account::Line]) -> Option<Warning> {
    let example = |line: &&account::Line| line.became == account::Became::Not(account::NotARow::Example);
    let lines: Vec<String> = lines.iter().filter(example).take(10).map(|line| line.number.to_string()).collect();
    let lines = lines.join("、");
    (!lines.is_empty()).then(|| Warning {
        zh: format!("第{lines}行标为「示例」,未读取;如为真实网点,请去掉「示例」二字"),
        en: format!("marked as an example and not taken: line {lines}"),
    })
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

fn warnings(tables: &[Table<'_>], results: &[Results]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (table, results) in tables.iter().zip(results) {
        let not_read = |places: &[usize]| places.iter().any(|at| !results.reads(*at));
        let names = |places: &[usize]| {
            let places = places.iter().filter(|at| !results.reads(**at));
            let names: Vec<&str> = places.filter_map(|at| table.header.cells.get(*at)).map(String::as_str).collect();
            fold::cut(&names.join("、"), 200)
        };
        if not_read(&table.header.unknown) {
            let names = names(&table.header.unknown);
            warnings.push(Warning {
                zh: format!("未识别的列,未读取:{names}"),
                en: format!("columns that are not known and were not read: {names}"),
            });
        }
        if not_read(&table.header.repeated) {
            let names = names(&table.header.repeated);
            warnings.push(Warning {
                zh: format!("同一内容有几列,只读取其一,未读取:{names}"),
                en: format!("columns of something that another column gives, not read: {names}"),
            });
        }
    }
    warnings.dedup();
    warnings
}
