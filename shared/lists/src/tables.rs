//! The tables of a book: which lines name the columns, which are rows, which are titles, and which are neither.

use crate::account::{self, Became, NotARow};
use crate::book::{Book, Cell, Line, Sheet, Unseen};
use crate::header::Header;
use crate::words::headings::Column;
use crate::words::notes;

/// The tables of a book and what became of every line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    /// Every block of every table, in the order of sheets and lines.
    pub tables: Vec<Table>,
    /// Every line that holds anything, in the order of the book.
    pub lines: Vec<account::Line>,
}

/// A table: one block of columns under one line of headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The sheet's place in the book, from 0.
    pub sheet: usize,
    /// Which of the blocks that stand side by side it is, from 0.
    pub block: usize,
    /// The headings.
    pub header: Header,
    /// Every title of the table, from the sheet's first line on. A row names how many of them stand above it.
    pub titles: Vec<Title>,
    /// Its rows.
    pub rows: Vec<TableRow>,
}

/// A text that holds for what stands below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// Its line in the sheet.
    pub number: u64,
    /// What it says.
    pub text: String,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Its line in the sheet.
    pub number: u64,
    /// How many of the table's titles stand above it.
    pub titles: usize,
    /// The block's cells.
    pub cells: Vec<Cell>,
}

/// What stands between the texts of one line of titles: each of them may be of a block of its own.
pub(crate) const TITLE_SEPARATOR: &str = " | ";

/// Finds the tables of a book.
pub fn find(book: &Book) -> Tables {
    let mut found = Tables::default();
    for (at, sheet) in book.sheets.iter().enumerate() {
        Finder { sheet: at, hidden: sheet.hidden, open: Vec::new(), titles: Vec::new() }.go(sheet, &mut found);
    }
    found
}

/// Goes down a sheet.
struct Finder {
    sheet: usize,
    hidden: bool,
    /// The blocks of the table that is under way.
    open: Vec<Table>,
    /// What stands above, from the sheet's first line on.
    titles: Vec<Title>,
}

impl Finder {
    fn go(mut self, sheet: &Sheet, found: &mut Tables) {
        let first = found.lines.len();
        let mut any = false;
        for line in &sheet.lines {
            let became = self.line(line, found);
            any |= !self.open.is_empty();
            found.lines.push(account::Line { sheet: self.sheet, number: line.number, became });
        }
        self.close(found);
        // Where nothing names the columns, no line is a title of anything.
        if !any && !self.hidden {
            // A page on how to fill a list in is no list.
            let about = ["填写说明", "填表说明", "说明"].contains(&crate::fold::key(&sheet.name).as_str());
            let why = if about { NotARow::Note } else { NotARow::NoHeading };
            for line in &mut found.lines[first..] {
                if line.became == Became::Title {
                    line.became = Became::Not(why);
                }
            }
        }
    }

    fn line(&mut self, line: &Line, found: &mut Tables) -> Became {
        if self.hidden {
            return Became::Not(NotARow::HiddenSheet);
        }
        match line.unseen {
            Some(Unseen::Hidden) => return Became::Not(NotARow::Hidden),
            Some(Unseen::StruckOut) => return Became::Not(NotARow::StruckOut),
            None => {}
        }
        if line.broken.is_some() {
            return Became::Not(NotARow::Broken);
        }
        if self.open.iter().any(|table| table.header.is(line)) {
            return Became::Not(NotARow::HeadingAgain);
        }
        let headers = Header::of(line);
        // Below headings a row may hold two words that are headings as well (公示, 助餐点): a line of headings holds more of them than of other words.
        let filled = line.cells.iter().filter(|cell| !cell.is_empty()).count();
        if !headers.is_empty() && (self.open.is_empty() || Header::known(&headers) * 2 > filled) {
            self.begin(headers, found);
            return Became::Not(NotARow::Heading);
        }
        let texts = distinct(line);
        if texts.first().is_some_and(|text| notes::is_total(text))
            || texts.iter().any(|text| notes::is_total_alone(text))
        {
            return Became::Not(NotARow::Total);
        }
        if !self.open.is_empty() && texts.first().is_some_and(|text| is_example(text)) {
            return Became::Not(NotARow::Example);
        }
        if self.open.is_empty() {
            self.titles.push(Title { number: line.number, text: texts.join(TITLE_SEPARATOR) });
            return Became::Title;
        }
        // Who filled the list in and whom to call stand below it in cells of their own.
        if texts.first().is_some_and(|text| notes::is_note(text))
            && texts.iter().skip(1).all(|text| notes::is_note(text))
        {
            return Became::Not(NotARow::Note);
        }
        self.row(line, &texts)
    }

    fn begin(&mut self, headers: Vec<Header>, found: &mut Tables) {
        self.close(found);
        let table = |(block, header)| Table { sheet: self.sheet, block, header, titles: Vec::new(), rows: Vec::new() };
        self.open = headers.into_iter().enumerate().map(table).collect();
    }

    fn close(&mut self, found: &mut Tables) {
        for mut table in self.open.drain(..) {
            table.titles.clone_from(&self.titles);
            found.tables.push(table);
        }
    }

    /// A line below the headings.
    fn row(&mut self, line: &Line, texts: &[&str]) -> Became {
        let mut rows = 0;
        let titles = self.titles.len();
        for table in &mut self.open {
            let span = table.header.span.clone();
            let own = line.cells.get(span.start.min(line.cells.len())..span.end.min(line.cells.len())).unwrap_or(&[]);
            if stands_alone(&table.header, own) {
                continue;
            }
            table.rows.push(TableRow { number: line.number, titles, cells: own.to_vec() });
            rows += 1;
        }
        if rows > 0 {
            return Became::Rows(rows);
        }
        match texts {
            [] => Became::Not(NotARow::Numbered),
            [only] if !notes::is_note(only) => {
                self.titles.push(Title { number: line.number, text: (*only).to_owned() });
                Became::Title
            }
            _ => Became::Not(NotARow::Note),
        }
    }
}

/// Whether a block's cells hold no row: one text and nothing more where a row has a name and something beside it.
fn stands_alone(header: &Header, cells: &[Cell]) -> bool {
    let ordinal = header.place(Column::Ordinal);
    let own = |(at, cell): &(usize, &Cell)| !cell.is_empty() && Some(*at) != ordinal;
    let filled: Vec<usize> = cells.iter().enumerate().filter(own).map(|(at, _)| at).collect();
    let numbered = ordinal.and_then(|at| cells.get(at)).is_some_and(|cell| !cell.is_empty());
    let merged_over = filled.len() > 1
        && filled.iter().skip(1).all(|at| cells[*at].merged && cells[*at].text == cells[filled[0]].text);
    match filled.as_slice() {
        [] => true,
        // A numbered name is a row, however little else is said of it.
        // A title that is merged over both is none.
        [at] => !(numbered && Some(*at) == header.place(Column::Name) && !cells[*at].merged),
        _ => merged_over,
    }
}

/// The texts of a line, of a merged cell once. Numbers alone are none.
fn distinct(line: &Line) -> Vec<&str> {
    let mut texts: Vec<&str> = Vec::new();
    let mut left: Option<&str> = None;
    for cell in &line.cells {
        let again = cell.merged && left == Some(cell.text.as_str());
        if !cell.is_empty() && !again && !cell.text.chars().all(|c| c.is_ascii_digit() || c == '.') {
            texts.push(&cell.text);
        }
        // What a merged cell covers goes on behind a hidden column.
        if !cell.is_empty() {
            left = Some(&cell.text);
        }
    }
    texts
}

/// Whether the first cell of a row marks it as an example, as templates have one.
fn is_example(text: &str) -> bool {
    ["示例", "(示例)", "示例行", "样例", "范例", "例"].contains(&crate::fold::key(text).as_str())
}
