//! The sheets of an `OpenDocument` table (.ods, .fods).

use std::collections::HashMap;
use std::io::BufRead;

use crate::book::{Book, Cell, Form, Format, Sheet};
use crate::bounds::{CELL_CHARS_MAX, COLUMNS_MAX, LINES_MAX};
use crate::error::{Kind, ListError};
use crate::open::grid::{self, Area, Budget, Grid, Words};
use crate::open::number::{self, Shows};
use crate::open::xml::{Piece, Tag, Xml};
use crate::open::zip::Zip;

/// Most styles.
const STYLES_MAX: usize = 100_000;
/// Most sheets.
const SHEETS_MAX: usize = 1_024;
/// Rows of a sheet: what is repeated beyond is nowhere.
const SHEET_ROWS: u32 = 1_048_576;

/// Opens a table.
pub(super) fn open(zip: &Zip<'_>) -> Result<Book, ListError> {
    let manifest = zip.head("META-INF/manifest.xml", 1024 * 1024);
    if manifest.windows(15).any(|window| window == b"encryption-data") {
        return Err(ListError::Password);
    }
    let mut styles = Styles::default();
    let mut budget = Budget::new();
    if let Some(part) = zip.part("styles.xml")? {
        let mut xml = Xml::new(part);
        while let Some(piece) = xml.next()? {
            styles.read(&piece);
        }
    }
    let Some(part) = zip.part("content.xml")? else {
        return Err(ListError::Workbook("content.xml is missing".to_owned()));
    };
    sheets(Xml::new(part), styles, &mut budget)
}

/// Opens a table that is one XML document.
pub(super) fn flat(bytes: &[u8]) -> Result<Book, ListError> {
    sheets(Xml::new(bytes), Styles::default(), &mut Budget::new())
}

#[derive(Clone, Copy, Default)]
struct Style {
    struck: Option<bool>,
    hidden: bool,
    shows: Option<Shows>,
}

/// The styles by their names, read as they come.
#[derive(Default)]
struct Styles {
    known: HashMap<String, Style>,
    /// What number formats show.
    formats: HashMap<String, Shows>,
    /// The style that is under way.
    open: Option<(String, Style)>,
    /// The format that is under way: year, month, day, hour.
    format: Option<(String, [bool; 4])>,
}

impl Styles {
    fn read(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Start(tag) => self.start(tag),
            Piece::End(name) => match name.as_ref() {
                "style" => {
                    if let Some((name, style)) = self.open.take().filter(|_| self.known.len() < STYLES_MAX) {
                        self.known.insert(name, style);
                    }
                }
                "date-style" | "time-style" => {
                    if let Some((name, has)) = self.format.take().filter(|_| self.formats.len() < STYLES_MAX) {
                        self.formats.insert(name, shows(has));
                    }
                }
                _ => {}
            },
            Piece::Text(_) | Piece::Aside => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "style" => {
                let parent = tag.get("parent-style-name").and_then(|name| self.known.get(&name)).copied();
                let mut style = Style { hidden: false, ..parent.unwrap_or_default() };
                if let Some(format) = tag.get("data-style-name") {
                    style.shows = self.formats.get(&format).copied();
                }
                self.open = Some((tag.get("name").unwrap_or_default(), style));
            }
            "text-properties" => {
                let line = tag.get("text-line-through-style").or_else(|| tag.get("text-line-through-type"));
                if let (Some((_, style)), Some(line)) = (&mut self.open, line) {
                    style.struck = Some(line != "none");
                }
            }
            "table-properties" => {
                if let Some((_, style)) = &mut self.open {
                    style.hidden = tag.get("display").is_some_and(|display| display == "false");
                }
            }
            "date-style" | "time-style" => self.format = Some((tag.get("name").unwrap_or_default(), [false; 4])),
            name => {
                let at = ["year", "month", "day", "hours"].iter().position(|part| *part == name);
                if let (Some((_, has)), Some(at)) = (&mut self.format, at) {
                    has[at] = true;
                }
            }
        }
    }

    fn get(&self, name: Option<&str>) -> Style {
        name.and_then(|name| self.known.get(name)).copied().unwrap_or_default()
    }
}

fn shows(has: [bool; 4]) -> Shows {
    match has {
        [true, true, false, _] => Shows::Month,
        [true, false, false, _] => Shows::Year,
        [false, true, _, _] => Shows::MonthDay,
        [false, false, false, true] => Shows::Time,
        _ => Shows::Day,
    }
}

/// What is not shown in the sheet itself although it stands within it: notes, shapes, changes, links.
const ASIDE: &[&str] =
    &["annotation", "shapes", "tracked-changes", "dde-links", "ruby-text", "forms", "frame", "custom-shape", "object"];

fn sheets<R: BufRead>(mut xml: Xml<R>, mut styles: Styles, budget: &mut Budget) -> Result<Book, ListError> {
    let mut sheets = Vec::new();
    let mut open: Option<Open> = None;
    let mut aside = 0_u32;
    while let Some(piece) = xml.next()? {
        match &piece {
            Piece::Start(tag) if aside > 0 || ASIDE.contains(&tag.name()) => {
                aside += 1;
                continue;
            }
            Piece::End(_) if aside > 0 => {
                aside -= 1;
                continue;
            }
            _ if aside > 0 => continue,
            _ => {}
        }
        match (&piece, open.as_mut()) {
            (Piece::Start(tag), None) if tag.name() == "table" && sheets.len() < SHEETS_MAX => {
                let hidden = styles.get(tag.get("style-name").as_deref()).hidden;
                let name = grid::text(&tag.get("name").unwrap_or_default());
                open = Some(Open { name, hidden, ..Open::default() });
            }
            (Piece::End(name), Some(_)) if name == "table" => {
                if let Some(sheet) = open.take() {
                    sheets.push(sheet.finish(budget)?);
                }
            }
            (_, Some(sheet)) => sheet.read(&piece, &styles, budget)?,
            (_, None) => styles.read(&piece),
        }
    }
    if let Some(sheet) = open {
        sheets.push(sheet.finish(budget)?);
    }
    if sheets.iter().all(|sheet: &Sheet| sheet.lines.is_empty()) {
        return Err(ListError::NotAList(Kind::NoSheet));
    }
    Ok(Book { format: Format::Ods, sheets })
}

/// The sheet that is under way.
#[derive(Default)]
struct Open {
    name: String,
    hidden: bool,
    grid: Grid,
    /// The row that is under way, and how many times it stands there.
    row: u32,
    repeated: u32,
    row_hidden: bool,
    row_style: Option<String>,
    /// Its cells: where, how many times, what.
    cells: Vec<(u32, u32, Cell)>,
    column: u32,
    /// How many columns were declared.
    columns: u32,
    /// The styles of cells by column, where they are not said: up to which column.
    defaults: Vec<(u32, String)>,
    groups_hidden: Vec<bool>,
    cell: Option<OpenCell>,
}

struct OpenCell {
    repeated: u32,
    span: (u32, u32),
    kind: String,
    value: Option<String>,
    formula: bool,
    style: Style,
    words: Words,
    paragraphs: u32,
    in_paragraph: u32,
    /// Whether the words at hand are struck out, by their spans.
    struck: Vec<Option<bool>>,
}

impl Open {
    fn finish(self, budget: &mut Budget) -> Result<Sheet, ListError> {
        self.grid.finish(self.name, self.hidden, budget)
    }

    fn read(&mut self, piece: &Piece<'_>, styles: &Styles, budget: &mut Budget) -> Result<(), ListError> {
        match piece {
            Piece::Start(tag) => match tag.name() {
                "table-column" => self.column_of(tag),
                "table-row" => self.begin_row(tag),
                "table-row-group" | "table-column-group" => {
                    self.groups_hidden.push(tag.get("display").is_some_and(|display| display == "false"));
                }
                "table-cell" | "covered-table-cell" => self.begin_cell(tag, styles),
                _ => {
                    if let Some(cell) = &mut self.cell {
                        cell.start(tag, styles);
                    }
                }
            },
            Piece::End(name) => match name.as_ref() {
                "table-row" => self.end_row(budget)?,
                "table-row-group" | "table-column-group" => drop(self.groups_hidden.pop()),
                "table-cell" | "covered-table-cell" => self.end_cell(budget)?,
                name => {
                    if let Some(cell) = &mut self.cell {
                        cell.end(name);
                    }
                }
            },
            Piece::Text(text) => {
                if let Some(cell) = self.cell.as_mut().filter(|cell| cell.in_paragraph > 0) {
                    cell.push(text);
                }
            }
            Piece::Aside => {}
        }
        Ok(())
    }

    fn column_of(&mut self, tag: &Tag<'_>) {
        let many = repeated(tag, "number-columns-repeated");
        let from = self.columns;
        self.columns = from.saturating_add(many).min(SHEET_ROWS);
        if is_hidden(tag) && self.columns > from {
            self.grid.hide_columns(from, self.columns - 1);
        }
        if from < COLUMNS_MAX {
            self.defaults.push((self.columns, tag.get("default-cell-style-name").unwrap_or_default()));
        }
    }

    fn begin_row(&mut self, tag: &Tag<'_>) {
        self.repeated = repeated(tag, "number-rows-repeated");
        self.row_hidden = is_hidden(tag) || self.groups_hidden.contains(&true);
        self.row_style = tag.get("default-cell-style-name");
        self.column = 0;
        self.cells.clear();
    }

    fn end_row(&mut self, budget: &mut Budget) -> Result<(), ListError> {
        let last = self.row.saturating_add(self.repeated).min(SHEET_ROWS);
        if self.row_hidden && last > self.row {
            self.grid.hide_rows(self.row, last - 1);
        }
        let cells = std::mem::take(&mut self.cells);
        if !cells.is_empty() {
            if (last - self.row) as usize > LINES_MAX {
                return Err(ListError::TooManyRows);
            }
            for row in self.row..last {
                for (at, many, cell) in &cells {
                    for column in *at..at.saturating_add(*many).min(COLUMNS_MAX) {
                        self.grid.put(row, column, cell.clone(), budget)?;
                    }
                }
            }
        }
        self.row = last;
        self.repeated = 1;
        Ok(())
    }

    fn begin_cell(&mut self, tag: &Tag<'_>, styles: &Styles) {
        let own = tag.get("style-name");
        let column = self.column;
        let of_column = || self.defaults.iter().find(|(to, _)| column < *to).map(|(_, name)| name.as_str());
        let style = styles.get(own.as_deref().or(self.row_style.as_deref()).or_else(of_column));
        let kind = match tag.get("value-type") {
            Some(kind) if kind == "error" => kind,
            kind => kind.unwrap_or_default(),
        };
        let value = ["date-value", "time-value", "boolean-value", "string-value", "value"]
            .iter()
            .find_map(|name| tag.get(name));
        self.cell = Some(OpenCell {
            repeated: repeated(tag, "number-columns-repeated"),
            span: (repeated(tag, "number-rows-spanned"), repeated(tag, "number-columns-spanned")),
            kind,
            value,
            formula: tag.get("formula").is_some(),
            style,
            words: Words::default(),
            paragraphs: 0,
            in_paragraph: 0,
            struck: Vec::new(),
        });
    }

    fn end_cell(&mut self, budget: &mut Budget) -> Result<(), ListError> {
        let Some(open) = self.cell.take() else { return Ok(()) };
        let at = self.column;
        self.column = at.saturating_add(open.repeated).min(SHEET_ROWS);
        let (rows, columns) = open.span;
        if rows > 1 || columns > 1 {
            let area = Area {
                rows: (self.row, self.row.saturating_add(rows - 1)),
                columns: (at, at.saturating_add(columns - 1)),
            };
            self.grid.merge(area, budget)?;
        }
        let many = open.repeated;
        let (cell, partly) = open.shown();
        if partly {
            self.grid.partly_struck();
        }
        if !cell.is_empty() && at < COLUMNS_MAX {
            self.cells.push((at, many, cell));
        }
        Ok(())
    }
}

impl OpenCell {
    fn start(&mut self, tag: &Tag<'_>, styles: &Styles) {
        match tag.name() {
            "p" | "h" => {
                if self.paragraphs > 0 {
                    self.push("\n");
                }
                self.paragraphs += 1;
                self.in_paragraph += 1;
            }
            "s" if self.in_paragraph > 0 => self.push(" "),
            "tab" | "line-break" if self.in_paragraph > 0 => self.push("\n"),
            "span" => {
                let own = styles.get(tag.get("style-name").as_deref()).struck;
                let outer = self.struck.last().copied().flatten();
                if self.struck.len() < 1_000 {
                    self.struck.push(own.or(outer));
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" | "h" => self.in_paragraph = self.in_paragraph.saturating_sub(1),
            "span" => drop(self.struck.pop()),
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if self.words.text.len() > 4 * CELL_CHARS_MAX {
            return;
        }
        self.words.text.push_str(text);
        let struck = self.struck.last().copied().flatten();
        let end = self.words.text.len();
        self.words.goes_on(end, struck);
    }

    fn shown(mut self) -> (Cell, bool) {
        let cell_struck = self.style.struck.unwrap_or(false);
        if self.words.runs.iter().all(|(_, struck)| struck.is_none()) {
            self.words.runs.clear();
        }
        let value = self.value.as_deref().map(str::trim).unwrap_or_default();
        let blank = self.words.text.trim().is_empty();
        if self.formula && value.is_empty() && blank && self.kind != "string" {
            return (Cell { form: Form::NotComputed, ..Cell::default() }, false);
        }
        if self.kind == "error" {
            return (Cell { form: Form::Error, ..grid::cell(&self.words.text) }, false);
        }
        let struck = |cell: Cell| {
            let form = if cell_struck && !cell.text.is_empty() { Form::StruckOut } else { cell.form };
            (Cell { form, ..cell }, false)
        };
        match self.kind.as_str() {
            "date" => {
                let shows = match self.style.shows {
                    Some(shows @ (Shows::Month | Shows::Year | Shows::MonthDay)) => shows,
                    _ => Shows::Day,
                };
                if let Some(cell) = number::of_iso(value, shows) {
                    return struck(cell);
                }
            }
            "float" | "currency" | "percentage" => {
                if let Ok(number) = value.parse::<f64>() {
                    return struck(number::cell(number, self.style.shows.unwrap_or_default(), false));
                }
            }
            "string" if blank && !value.is_empty() => return struck(grid::cell(value)),
            _ => {}
        }
        grid::of_words(&self.words.text, &self.words.runs, cell_struck)
    }
}

fn repeated(tag: &Tag<'_>, name: &str) -> u32 {
    tag.number::<u32>(name).unwrap_or(1).clamp(1, SHEET_ROWS)
}

fn is_hidden(tag: &Tag<'_>) -> bool {
    tag.get("visibility").is_some_and(|visibility| visibility != "visible")
}
