//! A file as its readers see it: sheets of lines of cells, whichever kind of file it is. Nothing is understood here.
//!
//! What a person who opens the file would not see, or would see struck out, is kept and marked: it is told in the report and never taken.

/// A file that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// What kind of file it is.
    pub format: Format,
    /// Its sheets in their order; one where the file is a text. An HTML file has one a table.
    pub sheets: Vec<Sheet>,
}

/// A kind of file that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text in columns: CSV, TSV.
    Text {
        /// Its encoding by its name in the Encoding Standard, such as `UTF-8` or `gb18030`.
        encoding: &'static str,
        /// What parts the cells of a line.
        delimiter: char,
    },
    /// Excel 2007 and later (.xlsx), whatever the file is called.
    Xlsx,
    /// Excel 97 to 2003 (.xls).
    Xls,
    /// `OpenDocument` (.ods).
    Ods,
    /// Tables of a web page, which bureaus' systems often name .xls.
    Html,
    /// "XML Spreadsheet 2003", which is also often named .xls.
    Xml2003,
}

/// One sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name; empty where the file is a text. Of a table of a web page, what stands above it: its caption, the headings, the words right before it.
    pub name: String,
    /// Whether the sheet is hidden: then nothing of it is taken.
    pub hidden: bool,
    /// Its lines that hold anything, in their order.
    pub lines: Vec<Line>,
    /// Columns that are hidden. Their cells are empty in the lines.
    pub hidden_columns: Vec<HiddenColumn>,
    /// How many cells have words struck out beside words that are not: the cell holds what is not.
    pub partly_struck: u64,
}

/// A column that is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenColumn {
    /// Its place, from 0.
    pub at: usize,
    /// The text of its first cell that holds any: its heading, mostly.
    pub first: String,
    /// How many of its cells hold anything.
    pub cells: u64,
}

/// One line of a sheet that holds anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Its line in the text, or row in the sheet, from 1; in an HTML table, the row from the table's first.
    pub number: u64,
    /// Its cells from the first column on. Shorter than other lines where the rest is empty.
    pub cells: Vec<Cell>,
    /// Why it is not taken, where a person would not see it or sees it struck out.
    pub unseen: Option<Unseen>,
    /// What is wrong with the line as such, where something is: then it is told and not taken.
    pub broken: Option<Broken>,
}

/// Why a line is not taken although it holds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unseen {
    /// The row is hidden, or filtered away.
    Hidden,
    /// Every cell that holds anything is struck out, whatever becomes of a running number beside them and of cells merged from above.
    StruckOut,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Broken {
    /// A quotation mark opens and is not closed, or takes in what looks like whole lines: rows may stand inside the cell.
    QuotationMark,
}

/// One cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// What it shows: characters that nobody sees out, line breaks and tabs as one space, no outer white space. Days as `yyyy-mm-dd`, whole numbers
    /// without a decimal point. A day that shows its month alone is a text (`2026年8月`): what it shows is no day.
    pub text: String,
    /// What kind of value it is.
    pub form: Form,
    /// Whether it shows the value of a merged cell that begins in another one, to the left or above.
    pub merged: bool,
}

/// What kind of value a cell holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// A text, or nothing.
    #[default]
    Text,
    /// A number: the spreadsheet may have taken digits away from it.
    Number,
    /// A day, with or without its time.
    Day,
    /// A formula's error, such as `#N/A`: no value.
    Error,
    /// A formula whose value is not stored: it is not known what the cell shows.
    NotComputed,
    /// What it shows is struck out, in a row that is not: whether it still holds is not known.
    StruckOut,
}

impl Cell {
    /// A cell that holds this text.
    pub fn text(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Whether it shows nothing. A formula's error shows itself; what a formula without its value shows is not known.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && matches!(self.form, Form::Text | Form::Number | Form::Day)
    }
}
