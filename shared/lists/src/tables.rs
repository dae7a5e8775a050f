//! The tables of a book: which lines name the columns, which are rows, which are titles, and which are neither.

use std::borrow::Cow;

use crate::account::{self, Became, NotARow};
use crate::book::{Book, Cell, Line, Sheet, Unseen};
use crate::header::Header;
use crate::words::headings::{self, Column};
use crate::words::{marks, notes, titles, verdicts};

mod lines;
mod outline;

use lines::Is;
pub use outline::{Ends, Title};
use outline::{Stack, Stands};

/// The tables of a book and what became of every line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables<'b> {
    /// Every block of every table, in the order of sheets and lines.
    pub tables: Vec<Table<'b>>,
    /// The titles of each sheet.
    pub titles: Vec<Vec<Title>>,
    /// Every line that holds anything, in the order of the book.
    pub lines: Vec<account::Line>,
}

impl<'b> Tables<'b> {
    /// The lines of a sheet: they stand in the order of the book.
    pub(crate) fn lines_of(&self, sheet: usize) -> &[account::Line] {
        of_sheet(&self.lines, |line| line.sheet, sheet)
    }

    /// The tables of a sheet.
    pub(crate) fn tables_of(&self, sheet: usize) -> &[Table<'b>] {
        of_sheet(&self.tables, |table| table.sheet, sheet)
    }
}

/// What is of a sheet, of things in the order of sheets: a file may have as many sheets as lines.
fn of_sheet<T>(all: &[T], own: impl Fn(&T) -> usize, sheet: usize) -> &[T] {
    let from = all.partition_point(|one| own(one) < sheet);
    let to = all.partition_point(|one| own(one) <= sheet);
    &all[from..to]
}

/// A table: one block of columns under one line of headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<'b> {
    /// The sheet's place in the book, from 0.
    pub sheet: usize,
    /// Which of the blocks that stand side by side it is, from 0.
    pub block: usize,
    /// The headings.
    pub header: Header,
    /// Its rows.
    pub rows: Vec<TableRow<'b>>,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow<'b> {
    /// Its line in the sheet.
    pub number: u64,
    /// The title nearest above it, by its place among the sheet's. It stands under wider ones.
    pub title: Option<usize>,
    /// Whether it says no more than a name, and may be a title as well.
    pub doubtful: bool,
    /// The block's cells: those of the book, of which a long list has millions.
    pub cells: Cow<'b, [Cell]>,
}

/// What stands between the texts of one line of titles: each of them may be of a block of its own.
pub(crate) const TITLE_SEPARATOR: &str = " | ";

/// Most blocks side by side that have titles of their own.
const OWN_TITLES_MAX: usize = 16;

/// Finds the tables of a book.
pub fn find(book: &Book) -> Tables<'_> {
    let mut found = Tables::default();
    for (at, sheet) in book.sheets.iter().enumerate() {
        let mut finder = Finder { sheet: at, ..Finder::default() };
        finder.go(sheet, &mut found);
        found.tables.append(&mut finder.done);
        found.titles.push(finder.titles);
    }
    found
}

/// Goes down a sheet.
#[derive(Default)]
struct Finder<'b> {
    sheet: usize,
    /// The blocks of the table that is under way.
    open: Vec<Table<'b>>,
    /// Those of the tables above.
    done: Vec<Table<'b>>,
    titles: Vec<Title>,
    /// What holds for the whole sheet.
    common: Stack,
    /// What holds for each block, where they have titles of their own.
    own: Vec<Stack>,
    /// Titles below which nothing stands yet, with their lines.
    waiting: Vec<Above>,
}

/// A line of titles.
struct Above {
    number: u64,
    /// Its texts, each with its column.
    texts: Vec<(usize, String)>,
    /// The block whose title it is, where rows of others stand beside it.
    block: Option<usize>,
}

impl<'b> Finder<'b> {
    fn go(&mut self, sheet: &'b Sheet, found: &mut Tables<'b>) {
        let first = found.lines.len();
        let line = |line: &Line| account::Line { sheet: self.sheet, number: line.number, became: unseen(sheet, line) };
        found.lines.extend(sheet.lines.iter().map(line));
        let became = &mut found.lines[first..];
        // The lines that a person sees.
        let seen: Vec<usize> = (0..sheet.lines.len()).filter(|at| became[*at].became == Became::Title).collect();
        let mut part: Vec<usize> = Vec::new();
        let mut at = 0;
        while at < seen.len() {
            let here = &sheet.lines[seen[at]];
            let below = seen.get(at + 1).map(|at| &sheet.lines[*at]);
            if self.open.iter().any(|table| table.header.is(here)) {
                became[seen[at]].became = Became::Not(NotARow::HeadingAgain);
                part.push(seen[at]);
                at += 1;
                continue;
            }
            let (headers, lines) = self.headers(here, below);
            if headers.is_empty() {
                part.push(seen[at]);
                at += 1;
                continue;
            }
            let again = self.open.len() == headers.len()
                && self.open.iter().zip(&headers).all(|(table, header)| table.header == *header);
            let why = if again { NotARow::HeadingAgain } else { NotARow::Heading };
            for at in &seen[at..at + lines] {
                became[*at].became = Became::Not(why);
            }
            if again {
                part.extend(&seen[at..at + lines]);
            } else {
                self.part(sheet, &std::mem::take(&mut part), became);
                self.begin(headers, here.number);
            }
            at += lines;
        }
        self.part(sheet, &part, became);
        self.close();
        // Where nothing names the columns, no line is a title of anything.
        if self.done.is_empty() && !sheet.hidden {
            // A page on how to fill a list in is no list.
            let why = if notes::is_of_notes(&sheet.name) { NotARow::Note } else { NotARow::NoHeading };
            for line in became.iter_mut().filter(|line| line.became == Became::Title) {
                line.became = Became::Not(why);
            }
        }
    }

    /// The headings that a line and the one below name, and how many lines they are.
    fn headers(&self, line: &Line, below: Option<&Line>) -> (Vec<Header>, usize) {
        if self.open.iter().any(|table| names_an_outlet(table, line)) {
            return (Vec::new(), 1);
        }
        if let Some(below) = below {
            let two = Header::of_two(line, below);
            if !two.is_empty() {
                return (two, 2);
            }
        }
        let headers = Header::of(line);
        // Below headings a row may hold two words that are headings as well (公示, 助餐点): a line of headings holds more of them than of other words.
        let filled = line.cells.iter().filter(|cell| !cell.is_empty()).count();
        if !headers.is_empty() && (self.open.is_empty() || Header::known(&headers) * 2 > filled) {
            return (headers, 1);
        }
        match below {
            Some(below) if self.open.is_empty() && Header::of(below).is_empty() => (Header::alone(line, below), 1),
            _ => (Vec::new(), 1),
        }
    }

    fn begin(&mut self, headers: Vec<Header>, number: u64) {
        let above = std::mem::take(&mut self.waiting);
        self.close();
        self.own.clear();
        let table = |(block, header)| Table { sheet: self.sheet, block, header, rows: Vec::new() };
        self.open = headers.into_iter().enumerate().map(table).collect();
        // What stood over a block of the table above stands over these as it may.
        self.waiting = above.into_iter().map(|above| Above { block: None, ..above }).collect();
        self.settle(true);
        // A heading may say of its block what a title would: 取消认定机构名称.
        let said: Vec<(usize, String)> = self
            .open
            .iter()
            .enumerate()
            .filter_map(|(block, table)| {
                Some((block, table.header.cells.get(table.header.place(Column::Name)?)?.clone()))
            })
            .filter(|(_, heading)| verdicts::of_title(heading).is_some_and(|mark| mark != marks::Mark::Certified))
            .collect();
        if self.open.len() <= OWN_TITLES_MAX {
            for (block, heading) in said {
                self.part_ways();
                self.own[block].take(&mut self.titles, number, &heading, Stands::Above);
            }
        }
    }

    fn close(&mut self) {
        self.waiting.clear();
        self.done.append(&mut self.open);
    }

    /// Each block has what holds for all, from here on by itself.
    fn part_ways(&mut self) {
        if self.own.is_empty() {
            self.own = (0..self.open.len()).map(|block| self.common.of_table(self.done.len() + block)).collect();
        }
    }

    /// Takes the titles in that wait for what stands below them.
    fn settle(&mut self, headings: bool) {
        let first_headings = self.done.is_empty() && headings && self.open.iter().all(|table| table.rows.is_empty());
        let mut first = true;
        for above in std::mem::take(&mut self.waiting) {
            let stands = match (first_headings, headings) {
                (true, _) => Stands::Above,
                (false, true) => Stands::AboveHeadings { first },
                (false, false) => Stands::Between { first },
            };
            first = false;
            let mut of_blocks = match above.block {
                Some(block) => vec![(block, above.texts.first().map_or("", |(_, text)| text).to_owned())],
                None => self.of_blocks(&above.texts),
            };
            if self.open.len() > OWN_TITLES_MAX {
                of_blocks.clear();
            }
            if !of_blocks.is_empty() {
                self.part_ways();
                for (block, text) in of_blocks {
                    self.own[block].take(&mut self.titles, above.number, &text, stands);
                }
                continue;
            }
            let texts: Vec<&str> = above.texts.iter().map(|(_, text)| text.as_str()).collect();
            let text = texts.join(TITLE_SEPARATOR);
            self.common.take(&mut self.titles, above.number, &text, stands);
            for own in &mut self.own {
                own.take(&mut self.titles, above.number, &text, stands);
            }
        }
    }

    /// The titles of blocks that stand side by side, where each text of a line stands over a block of its own; none where they are of all.
    fn of_blocks(&self, texts: &[(usize, String)]) -> Vec<(usize, String)> {
        if self.open.len() < 2 || texts.len() < 2 {
            return Vec::new();
        }
        let mut of_blocks: Vec<(usize, String)> = Vec::new();
        for (at, text) in texts {
            let block = self.open.iter().position(|table| table.header.span.contains(at));
            let Some(block) = block.filter(|block| of_blocks.iter().all(|(other, _)| other != block)) else {
                return Vec::new();
            };
            if notes::is_note(text) || notes::is_label(text) || lines::is_day(text) {
                return Vec::new();
            }
            of_blocks.push((block, text.clone()));
        }
        of_blocks
    }

    /// The lines between the headings of two tables, above the first, or below the last; lines that say the headings again are among them.
    fn part(&mut self, sheet: &'b Sheet, part: &[usize], became: &mut [account::Line]) {
        if self.open.is_empty() {
            for at in part {
                let line = &sheet.lines[*at];
                let texts = lines::texts(&line.cells);
                became[*at].became = match texts.first() {
                    Some((_, text)) if notes::is_total(text) => Became::Not(NotARow::Total),
                    _ if texts.iter().any(|(_, text)| notes::is_total_alone(text)) => Became::Not(NotARow::Total),
                    _ => {
                        let texts = texts.into_iter().map(|(at, text)| (at, text.to_owned())).collect();
                        self.waiting.push(Above { number: line.number, texts, block: None });
                        Became::Title
                    }
                };
            }
            return;
        }
        let heading = |at: usize, became: &[account::Line]| became[at].became == Became::Not(NotARow::HeadingAgain);
        let of_part: Vec<&'b Line> =
            part.iter().filter(|at| !heading(**at, became)).map(|at| &sheet.lines[*at]).collect();
        let last = self.open.len() - 1;
        let mut found: Vec<(usize, usize, Is)> = Vec::new();
        for (block, table) in self.open.iter().enumerate() {
            let of_block = lines::of_block(&table.header, &of_part, block == last);
            found.extend(of_block.into_iter().map(|(line, is)| (line, block, is)));
        }
        found.sort_by_key(|(line, block, _)| (*line, *block));
        let mut found = found.into_iter().peekable();
        let mut at = 0;
        for line in part {
            if heading(*line, became) {
                self.settle(true);
                continue;
            }
            let mut of_line = Vec::new();
            while let Some((_, block, is)) = found.next_if(|(line, ..)| *line == at) {
                of_line.push((block, is));
            }
            became[*line].became = self.line(of_part[at], of_line);
            at += 1;
        }
    }

    /// A line below headings, by what it is in each block.
    fn line(&mut self, line: &'b Line, of_line: Vec<(usize, Is)>) -> Became {
        let (mut rows, mut titles, mut not) = (0, Vec::new(), None);
        for (block, is) in of_line {
            match is {
                Is::Row { doubtful } => {
                    if rows == 0 {
                        self.settle(false);
                    }
                    rows += 1;
                    let stack = self.own.get(block).unwrap_or(&self.common);
                    let title = stack.nearest();
                    let table = &mut self.open[block];
                    let span = table.header.span.clone();
                    let own = line.cells.get(span.start.min(line.cells.len())..span.end.min(line.cells.len()));
                    let cells = Cow::Borrowed(own.unwrap_or(&[]));
                    table.rows.push(TableRow { number: line.number, title, doubtful, cells });
                }
                Is::Title(text) => titles.push((block, text)),
                Is::Not(why) => not = not.or(Some(why)),
            }
        }
        let start = |block: &usize| self.open.get(*block).map_or(0, |table| table.header.span.start);
        if rows > 0 {
            for (block, text) in titles {
                let texts = vec![(start(&block), text)];
                self.waiting.push(Above { number: line.number, texts, block: Some(block) });
            }
            return Became::Rows(rows);
        }
        if titles.is_empty() {
            return Became::Not(not.unwrap_or(NotARow::Note));
        }
        let mut texts: Vec<(usize, String)> = titles.into_iter().map(|(block, text)| (start(&block), text)).collect();
        // One that is merged over several blocks is one.
        if texts.iter().all(|(_, text)| *text == texts[0].1) {
            texts.truncate(1);
        }
        self.waiting.push(Above { number: line.number, texts, block: None });
        Became::Title
    }
}

/// Whether a line holds an outlet's name where the table above has names: then it is a row, whatever its other words could head.
fn names_an_outlet(table: &Table<'_>, line: &Line) -> bool {
    let Some(at) = table.header.place(Column::Name) else { return false };
    let name = line.cells.get(table.header.span.start + at).map_or("", |cell| cell.text.as_str());
    titles::is_outlet(name) && headings::column(name).is_none() && !headings::is_of_verdict(name)
}

/// What becomes of a line that nobody sees, or whose cells cannot be told apart; of any other it is open yet.
fn unseen(sheet: &Sheet, line: &Line) -> Became {
    match line.unseen {
        _ if sheet.hidden => Became::Not(NotARow::HiddenSheet),
        Some(Unseen::Hidden) => Became::Not(NotARow::Hidden),
        Some(Unseen::StruckOut) => Became::Not(NotARow::StruckOut),
        None if line.broken.is_some() => Became::Not(NotARow::Broken),
        None => Became::Title,
    }
}
