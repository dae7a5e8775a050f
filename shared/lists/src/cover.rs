//! Covers what is a person's before a list is read: numbers of persons wherever they stand, names beside them and beside the words that say so. What
//! is covered can be stored nowhere and shown nowhere: rows, titles, headings, names of sheets, questions and explanations are made of what is left.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use domain::{Within, numbers_of_persons};

use crate::account::{Became, NotARow};
use crate::book::{Book, Form};
use crate::fold;
use crate::tables::{self, Table, Tables};
use crate::words::headings::{self, Column};
use crate::words::{codes, persons};

/// What stands for each character that is covered.
pub const COVER: char = '█';

/// Whether anything in a text is covered.
pub fn is_covered(text: &str) -> bool {
    text.contains(COVER)
}

/// A text without what is a person's; whatever it is of.
pub fn covered(text: &str) -> Cow<'_, str> {
    over(text, Of::Words).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// A file's name with what is a person's covered, where anything is: it becomes public with what the file brings in.
pub fn file_name(name: &str) -> Option<String> {
    over(name, Of::File)
}

/// Covers what is a person's in a book.
pub fn cover(book: &mut Book) {
    let changes = changes(book, &tables::find(book));
    changes.apply(book);
}

/// The book in which everything is covered, where that changes anything of one whose tables are found.
pub(crate) fn book_covered(book: &Book, found: &Tables<'_>) -> Option<Book> {
    let changes = changes(book, found);
    if changes.is_none() {
        return None;
    }
    let mut own = book.clone();
    changes.apply(&mut own);
    Some(own)
}

/// What a text is, which says what is a person's in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Anything.
    Words,
    /// The name of a column: 负责人电话 names nobody.
    Heading,
    /// An outlet's name: one that is called after a person keeps it.
    Name,
    Code,
    Document,
    Telephone,
    /// A name of a body.
    Body,
    /// All of it is a person's.
    Person,
    /// Degrees.
    Point,
    /// A file's name, in which systems number what they give out.
    File,
}

impl Of {
    fn column(column: Column) -> Self {
        match column {
            Column::Name => Self::Name,
            Column::Uscc | Column::Outlet | Column::DivisionCode => Self::Code,
            Column::Document => Self::Document,
            Column::Phone => Self::Telephone,
            Column::Person | Column::PersonNumber => Self::Person,
            Column::Longitude | Column::Latitude | Column::Point => Self::Point,
            Column::Body | Column::Operator => Self::Body,
            _ => Self::Words,
        }
    }
}

/// Times that a text is looked through: what is covered parts what stands beside it.
const ROUNDS_MAX: usize = 4;

/// The text with what is a person's covered, where anything is.
fn over(text: &str, of: Of) -> Option<String> {
    let mut covered = once_over(text, of)?;
    for _ in 1..ROUNDS_MAX {
        let Some(more) = once_over(&covered, of) else { break };
        covered = more;
    }
    Some(covered)
}

fn once_over(text: &str, of: Of) -> Option<String> {
    let mut ranges = match of {
        Of::Person if codes::is_none(text) => return None,
        Of::Person => std::iter::once(0..text.len()).collect(),
        Of::Point if !text.chars().any(is_word) && text.contains(['.', ',', '°', '′']) => return None,
        Of::Code => numbers_of_persons(text, Within::Code),
        Of::Document => numbers_of_persons(text, Within::Document),
        Of::File => numbers_of_persons(text, Within::FileName),
        Of::Telephone => numbers_of_persons(text, Within::Telephone),
        _ => numbers_of_persons(text, Within::Words),
    };
    if !matches!(of, Of::Person | Of::Document) {
        ranges.extend(persons::numbers(text));
    }
    match of {
        Of::Person | Of::Heading => {}
        Of::Name | Of::Body => {
            ranges.extend(persons::names(text, &ranges).into_iter().filter(|range| is_beside(text, range.start)));
        }
        _ => ranges.extend(persons::names(text, &ranges)),
    }
    if ranges.is_empty() {
        return None;
    }
    let own = |at: usize| ranges.iter().any(|range| range.contains(&at));
    let cover = |(at, c): (usize, char)| if own(at) && c != COVER && is_said(c) { COVER } else { c };
    let covered: String = text.char_indices().map(cover).collect();
    (covered != text).then_some(covered)
}

/// Whether a character says anything: blanks, brackets and hyphens are left where they are.
fn is_said(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '*' | '＊')
}

/// Whether a character is of words, beside those of degrees.
fn is_word(c: char) -> bool {
    c.is_alphabetic() && !matches!(c, 'N' | 'E' | 'n' | 'e' | '东' | '北' | '经' | '纬' | '度' | '分' | '秒')
}

/// Whether a place in a name is none of the name itself: in brackets, behind a blank or a colon.
fn is_beside(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let key = fold::key(before);
    before.ends_with(char::is_whitespace) || key.ends_with(':') || key.matches('(').count() > key.matches(')').count()
}

/// What is to stand where.
#[derive(Debug, Default)]
struct Changes {
    /// By the sheet's place.
    names: Vec<(usize, String)>,
    /// By the places of sheet and hidden column.
    hidden: Vec<(usize, usize, String)>,
    /// By the places of sheet, line and cell.
    cells: Vec<(usize, usize, usize, String)>,
}

impl Changes {
    fn is_none(&self) -> bool {
        self.names.is_empty() && self.hidden.is_empty() && self.cells.is_empty()
    }

    fn apply(self, book: &mut Book) {
        for (sheet, name) in self.names {
            book.sheets[sheet].name = name;
        }
        for (sheet, at, first) in self.hidden {
            book.sheets[sheet].hidden_columns[at].first = first;
        }
        for (sheet, line, at, text) in self.cells {
            let cell = &mut book.sheets[sheet].lines[line].cells[at];
            cell.text = text;
            // It is the number no more that the spreadsheet held.
            if matches!(cell.form, Form::Number | Form::Day) {
                cell.form = Form::Text;
            }
        }
    }
}

/// The columns of a sheet by their places, in one table.
type Columns = HashMap<usize, Column>;

fn columns(table: &Table<'_>) -> Columns {
    let header = &table.header;
    let known = header.columns().iter().map(|(column, at)| (*at, *column));
    // A second telephone is not read, and is one.
    let again = header.repeated.iter().filter_map(|at| Some((*at, headings::column(header.cells.get(*at)?)?)));
    known.chain(again).map(|(at, column)| (header.span.start + at, column)).collect()
}

fn changes(book: &Book, found: &Tables<'_>) -> Changes {
    let mut changes = Changes::default();
    let known: Vec<Columns> = found.tables.iter().map(columns).collect();
    let mut rows: HashMap<(usize, u64), Vec<usize>> = HashMap::new();
    for (number, table) in found.tables.iter().enumerate() {
        for row in &table.rows {
            rows.entry((table.sheet, row.number)).or_default().push(number);
        }
    }
    let headings: HashSet<(usize, u64)> = found
        .lines
        .iter()
        .filter(|line| matches!(line.became, Became::Not(NotARow::Heading | NotARow::HeadingAgain)))
        .map(|line| (line.sheet, line.number))
        .collect();
    for (at, sheet) in book.sheets.iter().enumerate() {
        changes.names.extend(over(&sheet.name, Of::Words).map(|name| (at, name)));
        for (column, hidden) in sheet.hidden_columns.iter().enumerate() {
            changes.hidden.extend(over(&hidden.first, Of::Words).map(|first| (at, column, first)));
        }
        for (place, line) in sheet.lines.iter().enumerate() {
            let here = (at, line.number);
            let tables = rows.get(&here).map(Vec::as_slice).unwrap_or_default();
            let is_heading = headings.contains(&here);
            let column = |cell: usize| tables.iter().find_map(|table| known[*table].get(&cell)).copied();
            let begun: Vec<(usize, usize)> = line
                .cells
                .iter()
                .enumerate()
                .filter(|(cell, _)| column(*cell) == Some(Column::Phone))
                .filter_map(|(cell, own)| Some((cell, rest_of_mobile(&own.text)?)))
                .collect();
            for (cell, own) in line.cells.iter().enumerate().filter(|(_, cell)| !cell.text.is_empty()) {
                let of = if is_heading { Of::Heading } else { column(cell).map_or(Of::Words, Of::column) };
                let mut text = over(&own.text, of);
                for (_, rest) in begun.iter().filter(|(begins, _)| *begins != cell && may_hold_a_rest(column(cell))) {
                    text = without_group(text.as_deref().unwrap_or(&own.text), *rest).or(text);
                }
                changes.cells.extend(text.map(|text| (at, place, cell, text)));
            }
        }
    }
    changes
}

/// Digits of a mobile number.
const MOBILE: usize = 11;
/// Digits with which a mobile number can be told to begin.
const BEGUN_MIN: usize = 3;

/// How many digits are missing to a telephone that begins as a mobile number does and is shorter: another cell may have them.
fn rest_of_mobile(text: &str) -> Option<usize> {
    let text = fold::name(text);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let begins = text.starts_with('1') && text.as_bytes().get(1).is_some_and(|second| *second >= b'3');
    let alone = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.'));
    (alone && begins && (BEGUN_MIN..MOBILE).contains(&digits)).then(|| MOBILE - digits)
}

/// Whether the rest of a telephone may stand in such a column: not where figures have a meaning of their own.
fn may_hold_a_rest(column: Option<Column>) -> bool {
    let of = column.map_or(Of::Words, Of::column);
    matches!(of, Of::Words | Of::Telephone | Of::Name | Of::Body)
        && !matches!(
            column,
            Some(Column::Other | Column::Ordinal | Column::Decided | Column::From | Column::To | Column::Term)
        )
}

/// The text with each group of so many digits that stands alone covered, where there is one.
fn without_group(text: &str, length: usize) -> Option<String> {
    let mut chars: Vec<char> = text.chars().collect();
    let digit = |c: &char| c.is_ascii_digit() || ('０'..='９').contains(c);
    let mut changed = false;
    let mut from = 0;
    while from < chars.len() {
        let run = chars[from..].iter().take_while(|c| digit(c)).count();
        let counts = chars.get(from + run).is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '/'));
        if run == length && !counts {
            chars[from..from + run].fill(COVER);
            changed = true;
        }
        from += run.max(1);
    }
    changed.then(|| chars.into_iter().collect())
}

#[cfg(test)]
mod tests;
