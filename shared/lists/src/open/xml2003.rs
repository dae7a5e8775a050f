//! "XML Spreadsheet 2003", which programs write and name .xls.

use std::collections::HashMap;

use crate::book::{Book, Cell, Form, Format, Sheet};
use crate::bounds::CELL_CHARS_MAX;
use crate::error::{Kind, ListError};
use crate::open::grid::{self, Area, Budget, Grid, Words};
use crate::open::markup::{self, Markup, Tag, Token};
use crate::open::number::{self, Shows};

/// Most sheets, and styles.
const SHEETS_MAX: usize = 1_024;
const STYLES_MAX: usize = 100_000;

/// Opens a workbook.
pub(super) fn open(text: &str) -> Result<Book, ListError> {
    let mut budget = Budget::new();
    let mut reader = Reader::default();
    for token in Markup::document(text) {
        match token {
            Token::Start(tag, closes) => {
                let name = local(tag.name);
                reader.start(&name, &tag, &mut budget)?;
                if closes {
                    reader.end(&name, &mut budget)?;
                }
            }
            Token::End(name) => reader.end(&local(name), &mut budget)?,
            Token::Text(text) => reader.text(text),
        }
    }
    reader.end("worksheet", &mut budget)?;
    if reader.sheets.iter().all(|sheet| sheet.lines.is_empty()) {
        return Err(ListError::NotAList(Kind::NoSheet));
    }
    Ok(Book { format: Format::Xml2003, sheets: reader.sheets })
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase()
}

#[derive(Clone, Copy, Default)]
struct Style {
    shows: Shows,
    struck: bool,
}

#[derive(Default)]
struct Reader {
    styles: HashMap<String, Style>,
    style: Option<(String, Style)>,
    from_1904: bool,
    sheet: Option<Open>,
    sheets: Vec<Sheet>,
    /// The element whose text is told as such.
    setting: Option<&'static str>,
}

#[derive(Default)]
struct Open {
    name: String,
    hidden: bool,
    grid: Grid,
    row: u32,
    column: u32,
    /// Where the next column is declared.
    declared: u32,
    row_style: Option<String>,
    cell: Option<OpenCell>,
}

#[derive(Default)]
struct OpenCell {
    style: Style,
    formula: bool,
    across: u32,
    down: u32,
    kind: String,
    in_data: bool,
    /// How many elements deep in a comment or in what tells how a text is spoken.
    aside: u32,
    struck: u32,
    words: Words,
}

impl Reader {
    fn start(&mut self, name: &str, tag: &Tag<'_>, budget: &mut Budget) -> Result<(), ListError> {
        match (name, self.sheet.as_mut()) {
            ("style", None) => {
                let parent = attribute(tag, "parent").and_then(|parent| self.styles.get(&parent)).copied();
                self.style = Some((attribute(tag, "id").unwrap_or_default(), parent.unwrap_or_default()));
            }
            ("font", None) => {
                if let (Some((_, style)), Some(struck)) = (&mut self.style, attribute(tag, "strikethrough")) {
                    style.struck = struck != "0";
                }
            }
            ("numberformat", None) => {
                if let (Some((_, style)), Some(format)) = (&mut self.style, attribute(tag, "format")) {
                    style.shows = match format.as_str() {
                        "Short Date" | "Long Date" | "Medium Date" | "General Date" => Shows::Day,
                        "Short Time" | "Medium Time" | "Long Time" => Shows::Time,
                        code => number::of_code(code),
                    };
                }
            }
            ("date1904", None) => self.from_1904 = true,
            ("worksheet", _) => {
                self.end("worksheet", budget)?;
                let name = grid::text(&attribute(tag, "name").unwrap_or_default());
                self.sheet = Some(Open { name, ..Open::default() });
            }
            ("visible", Some(_)) => self.setting = Some("visible"),
            (_, Some(sheet)) => sheet.start(name, tag, &self.styles),
            (_, None) => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, budget: &mut Budget) -> Result<(), ListError> {
        match (name, self.sheet.as_mut()) {
            ("style", None) => {
                if let Some((name, style)) = self.style.take().filter(|_| self.styles.len() < STYLES_MAX) {
                    self.styles.insert(name, style);
                }
            }
            ("worksheet", Some(_)) => {
                if let Some(sheet) = self.sheet.take().filter(|_| self.sheets.len() < SHEETS_MAX) {
                    self.sheets.push(sheet.grid.finish(sheet.name, sheet.hidden, budget)?);
                }
            }
            ("visible", _) => self.setting = None,
            (_, Some(sheet)) => sheet.end(name, self.from_1904, budget)?,
            (_, None) => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let Some(sheet) = self.sheet.as_mut() else { return };
        if self.setting.is_some() {
            sheet.hidden |= text.trim().starts_with("SheetHidden") || text.trim().starts_with("SheetVeryHidden");
            return;
        }
        if let Some(cell) = sheet.cell.as_mut().filter(|cell| cell.in_data && cell.aside == 0)
            && cell.words.text.len() <= 4 * CELL_CHARS_MAX
        {
            cell.words.text.push_str(&markup::unescape(text));
            if cell.words.runs.len() < 4_000 {
                cell.words.runs.push((cell.words.text.len(), (cell.struck > 0).then_some(true)));
            }
        }
    }
}

impl Open {
    fn start(&mut self, name: &str, tag: &Tag<'_>, styles: &HashMap<String, Style>) {
        let index =
            attribute(tag, "index").and_then(|index| index.trim().parse::<u32>().ok()).and_then(|at| at.checked_sub(1));
        let number = |name: &str| attribute(tag, name).and_then(|value| value.trim().parse::<u32>().ok()).unwrap_or(0);
        let flat = |name: &str| {
            attribute(tag, name).and_then(|value| value.trim().parse::<f64>().ok()).is_some_and(|n| n < 0.1)
        };
        let hidden = || attribute(tag, "hidden").is_some_and(|value| value != "0");
        match (name, self.cell.as_mut()) {
            ("column", None) => {
                let from = index.unwrap_or(self.declared);
                let to = from.saturating_add(number("span"));
                self.declared = to.saturating_add(1);
                if hidden() || flat("width") {
                    self.grid.hide_columns(from, to);
                }
            }
            ("row", None) => {
                self.row = index.unwrap_or(self.row);
                self.column = 0;
                self.row_style = attribute(tag, "styleid");
                if hidden() || flat("height") {
                    self.grid.hide_rows(self.row, self.row.saturating_add(number("span")));
                }
            }
            ("cell", None) => {
                self.column = index.unwrap_or(self.column);
                let style = attribute(tag, "styleid").or_else(|| self.row_style.clone());
                self.cell = Some(OpenCell {
                    style: style.and_then(|style| styles.get(&style)).copied().unwrap_or_default(),
                    formula: attribute(tag, "formula").is_some(),
                    across: number("mergeacross"),
                    down: number("mergedown"),
                    ..OpenCell::default()
                });
            }
            ("comment" | "phonetictext", Some(cell)) => cell.aside += 1,
            ("data", Some(cell)) if cell.aside == 0 => {
                cell.in_data = true;
                cell.kind = attribute(tag, "type").unwrap_or_default();
            }
            ("s", Some(cell)) => cell.struck += 1,
            ("br", Some(cell)) if cell.in_data => cell.words.text.push('\n'),
            _ => {}
        }
    }

    fn end(&mut self, name: &str, from_1904: bool, budget: &mut Budget) -> Result<(), ListError> {
        match (name, self.cell.as_mut()) {
            ("row", _) => {
                self.cell = None;
                self.row = self.row.saturating_add(1);
            }
            ("comment" | "phonetictext", Some(cell)) => cell.aside = cell.aside.saturating_sub(1),
            ("data", Some(cell)) if cell.aside == 0 => cell.in_data = false,
            ("s", Some(cell)) => cell.struck = cell.struck.saturating_sub(1),
            ("cell", Some(_)) => {
                let Some(cell) = self.cell.take() else { return Ok(()) };
                let (row, column) = (self.row, self.column);
                let (down, across) = (row.saturating_add(cell.down), column.saturating_add(cell.across));
                self.column = across.saturating_add(1);
                self.grid.merge(Area { rows: (row, down), columns: (column, across) }, budget)?;
                let (cell, partly) = cell.shown(from_1904);
                if partly {
                    self.grid.partly_struck();
                }
                self.grid.put(row, column, cell, budget)?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl OpenCell {
    fn shown(mut self, from_1904: bool) -> (Cell, bool) {
        let value = self.words.text.trim().to_owned();
        if self.formula && (self.kind.is_empty() || (value.is_empty() && !self.kind.eq_ignore_ascii_case("string"))) {
            return (Cell { form: Form::NotComputed, ..Cell::default() }, false);
        }
        let shown = match self.kind.to_ascii_lowercase().as_str() {
            "number" => value.parse().ok().map(|number| number::cell(number, self.style.shows, from_1904)),
            "datetime" => number::of_iso(
                &value,
                match self.style.shows {
                    shows @ (Shows::Month | Shows::Year | Shows::MonthDay) => shows,
                    _ => Shows::Day,
                },
            ),
            "boolean" => Some(Cell::text(if value == "0" { "FALSE" } else { "TRUE" })),
            "error" => Some(Cell { form: Form::Error, ..grid::cell(&value) }),
            _ => None,
        };
        if let Some(mut cell) = shown {
            if self.style.struck && cell.form != Form::Error && !cell.text.is_empty() {
                cell.form = Form::StruckOut;
            }
            return (cell, false);
        }
        if self.words.runs.iter().all(|(_, struck)| struck.is_none()) {
            self.words.runs.clear();
        }
        grid::of_words(&self.words.text, &self.words.runs, self.style.struck)
    }
}

/// An attribute by its name without its prefix.
fn attribute(tag: &Tag<'_>, name: &str) -> Option<String> {
    tag.get(&format!("ss:{name}")).or_else(|| tag.get(name))
}
