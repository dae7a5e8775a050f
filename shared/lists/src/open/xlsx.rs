//! The sheets of an Excel workbook (.xlsx): what a person who opens it would see.
//!
//! The parts are read as they unpack, cell after cell: a file of a few hundred bytes can put its last cell at row 1,048,576, or unpack to gigabytes.

use std::collections::HashMap;
use std::io::BufReader;

use crate::book::{Book, Cell, Form, Format, Sheet};
use crate::bounds::CELL_CHARS_MAX;
use crate::error::{Kind, ListError};
use crate::open::grid::{self, Area, Budget, Grid, Run, Words};
use crate::open::number::{self, Shows};
use crate::open::xml::{Piece, Xml};
use crate::open::zip::{Unpacking, Zip};

/// Most texts that cells share. Excel's own sheets have no more cells in a list of [`crate::ROWS_MAX`] rows.
const SHARED_MAX: usize = 3_000_000;
/// Most styles: Excel allows 65,490.
const STYLES_MAX: usize = 100_000;
/// Most sheets.
const SHEETS_MAX: usize = 1_024;

type Part<'a> = Xml<BufReader<Unpacking<'a>>>;

/// Opens a workbook.
pub(super) fn open(zip: &Zip<'_>) -> Result<Book, ListError> {
    let workbook = main_part(zip)?;
    let targets = targets(zip, &workbook)?;
    let (sheets, settings) = outline(zip, &workbook)?;
    let mut budget = Budget::new();
    let beside = |kind: &str, name: &str| {
        let told = targets.values().find(|target| target.kind == kind).map(|target| target.part.clone());
        told.unwrap_or_else(|| format!("xl/{name}"))
    };
    let styles = styles(zip, &beside("styles", "styles.xml"))?;
    let shared = shared(zip, &beside("sharedStrings", "sharedStrings.xml"), &mut budget)?;
    let mut read = Vec::new();
    for (at, named) in sheets.into_iter().enumerate() {
        let target = targets.get(&named.target);
        // Charts, dialogs and macros are no lists.
        if target.is_some_and(|target| target.kind != "worksheet") {
            continue;
        }
        let part = target.map_or_else(|| format!("xl/worksheets/sheet{}.xml", at + 1), |target| target.part.clone());
        let Some(unpacking) = zip.part(&part)? else {
            return Err(ListError::Workbook(format!("{part} is missing")));
        };
        let mut xml = Xml::new(unpacking);
        let reader = SheetReader { styles: &styles, shared: &shared, settings, budget: &mut budget };
        read.push(reader.read(&mut xml, named)?);
    }
    if read.iter().all(|sheet| sheet.lines.is_empty()) {
        return Err(ListError::NotAList(Kind::NoSheet));
    }
    Ok(Book { format: Format::Xlsx, sheets: read })
}

/// Whether a ZIP file holds a workbook of this kind.
pub(super) fn is(zip: &Zip<'_>) -> bool {
    zip.has("xl/workbook.xml") || zip.names().any(|name| name.starts_with("xl/worksheets/sheet"))
}

struct Target {
    part: String,
    /// The last word of the relation's type: `worksheet`, `styles`.
    kind: String,
}

/// The part that lists the sheets.
fn main_part(zip: &Zip<'_>) -> Result<String, ListError> {
    let told = targets(zip, "")?.into_values().find(|target| target.kind == "officeDocument");
    Ok(told.map(|target| target.part).filter(|part| zip.has(part)).unwrap_or_else(|| "xl/workbook.xml".to_owned()))
}

/// What a part names by ids.
fn targets(zip: &Zip<'_>, of: &str) -> Result<HashMap<String, Target>, ListError> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let path = format!("{folder}/_rels/{file}.rels");
    let mut found = HashMap::new();
    each(zip, path.trim_start_matches('/'), |piece| {
        let Piece::Start(tag) = piece else { return Ok(()) };
        if let ("Relationship", Some(id), Some(target)) = (tag.name(), tag.get("Id"), tag.get("Target")) {
            let kind = tag.get("Type").unwrap_or_default();
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            if found.len() < SHEETS_MAX * 4 {
                found.insert(id, Target { part: resolve(folder, &target), kind });
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// A path seen from a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            other => path.push(other),
        }
    }
    path.retain(|step| !step.is_empty());
    path.join("/")
}

/// Goes through a part, where there is one.
fn each(zip: &Zip<'_>, part: &str, mut take: impl FnMut(Piece<'_>) -> Result<(), ListError>) -> Result<(), ListError> {
    let Some(unpacking) = zip.part(part)? else { return Ok(()) };
    let mut xml = Xml::new(unpacking);
    while let Some(piece) = xml.next()? {
        take(piece)?;
    }
    Ok(())
}

struct Named {
    name: String,
    hidden: bool,
    target: String,
}

/// What holds for the workbook as a whole.
#[derive(Clone, Copy, Default)]
struct Settings {
    from_1904: bool,
    /// Whether its formulas are to be worked out when it is opened: a 0 in their place is then no value. Programs write lists so.
    to_be_computed: bool,
}

/// The sheets in their order.
fn outline(zip: &Zip<'_>, workbook: &str) -> Result<(Vec<Named>, Settings), ListError> {
    let (mut sheets, mut settings) = (Vec::new(), Settings::default());
    if !zip.has(workbook) {
        return Err(ListError::Workbook(format!("{workbook} is missing")));
    }
    each(zip, workbook, |piece| {
        let Piece::Start(tag) = piece else { return Ok(()) };
        match tag.name() {
            "workbookPr" => settings.from_1904 = tag.is("date1904"),
            "calcPr" => settings.to_be_computed = tag.is("fullCalcOnLoad"),
            "sheet" if sheets.len() < SHEETS_MAX => sheets.push(Named {
                name: grid::text(&tag.get("name").unwrap_or_default()),
                hidden: tag.get("state").is_some_and(|state| state != "visible"),
                target: tag.get("id").unwrap_or_default(),
            }),
            _ => {}
        }
        Ok(())
    })?;
    Ok((sheets, settings))
}

#[derive(Clone, Copy, Default)]
struct Style {
    shows: Shows,
    struck: bool,
}

fn styles(zip: &Zip<'_>, part: &str) -> Result<Vec<Style>, ListError> {
    let mut within: Vec<String> = Vec::new();
    let (mut formats, mut fonts, mut styles) = (HashMap::new(), Vec::new(), Vec::new());
    each(zip, part, |piece| {
        match piece {
            Piece::Start(tag) => {
                let parent = within.last().map_or("", String::as_str);
                match (parent, tag.name()) {
                    ("numFmts", "numFmt") if formats.len() < STYLES_MAX => {
                        if let (Some(id), Some(code)) = (tag.number::<u32>("numFmtId"), tag.get("formatCode")) {
                            formats.insert(id, number::of_code(&code));
                        }
                    }
                    ("fonts", "font") if fonts.len() < STYLES_MAX => fonts.push(false),
                    ("font", "strike") if within.iter().any(|name| name == "fonts") => {
                        if let Some(font) = fonts.last_mut() {
                            *font = tag.get("val").is_none_or(|val| !matches!(val.as_str(), "0" | "false"));
                        }
                    }
                    ("cellXfs", "xf") if styles.len() < STYLES_MAX => {
                        let id = tag.number("numFmtId").unwrap_or(0);
                        let shows = formats.get(&id).copied().unwrap_or_else(|| number::built_in(id));
                        let font = tag.number::<usize>("fontId").unwrap_or(0);
                        styles.push(Style { shows, struck: fonts.get(font).copied().unwrap_or(false) });
                    }
                    _ => {}
                }
                if within.len() < 64 {
                    within.push(tag.name().to_owned());
                }
            }
            Piece::End(_) => drop(within.pop()),
            Piece::Text(_) | Piece::Aside => {}
        }
        Ok(())
    })?;
    Ok(styles)
}

/// The texts that cells share, one after another.
#[derive(Default)]
struct Shared {
    text: String,
    ends: Vec<usize>,
    runs: HashMap<usize, Vec<Run>>,
}

impl Shared {
    fn get(&self, at: usize) -> Option<(&str, &[Run])> {
        let from = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        let text = self.text.get(from..*self.ends.get(at)?)?;
        Some((text, self.runs.get(&at).map_or(&[], Vec::as_slice)))
    }
}

fn shared(zip: &Zip<'_>, part: &str, budget: &mut Budget) -> Result<Shared, ListError> {
    let mut shared = Shared::default();
    let mut words = WordsReader::default();
    each(zip, part, |piece| {
        match piece {
            Piece::Start(tag) if tag.name() == "si" => words = WordsReader::default(),
            Piece::End(name) if name == "si" => {
                let Words { text, runs } = words.take();
                budget.bytes(text.len() + 8 + runs.len() * 32)?;
                shared.text.push_str(&text);
                if !runs.is_empty() {
                    shared.runs.insert(shared.ends.len(), runs);
                }
                shared.ends.push(shared.text.len());
                if shared.ends.len() > SHARED_MAX {
                    return Err(ListError::TooLarge);
                }
            }
            other => words.read(&other),
        }
        Ok(())
    })?;
    Ok(shared)
}

#[derive(Default, PartialEq)]
enum Within {
    #[default]
    Nothing,
    Text,
    Properties,
}

/// Reads the words of a cell: `<t>`, or runs of them, without what tells how they are spoken.
#[derive(Default)]
struct WordsReader {
    words: Words,
    within: Within,
    in_phonetic: bool,
    /// What the run that is under way says of itself.
    struck: Option<bool>,
    any: bool,
}

impl WordsReader {
    fn read(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Start(tag) => match tag.name() {
                "t" if !self.in_phonetic => self.within = Within::Text,
                "rPh" => self.in_phonetic = true,
                "r" => self.struck = None,
                "rPr" => {
                    self.within = Within::Properties;
                    self.struck = Some(false);
                }
                "strike" if self.within == Within::Properties => {
                    let struck = tag.get("val").is_none_or(|val| !matches!(val.as_str(), "0" | "false"));
                    self.struck = Some(struck);
                    self.any = true;
                }
                _ => {}
            },
            Piece::End(name) => match name.as_ref() {
                "t" | "rPr" => self.within = Within::Nothing,
                "rPh" => self.in_phonetic = false,
                "r" => {
                    self.any |= self.struck.is_some();
                    if self.words.runs.len() < 4_000 {
                        self.words.runs.push((self.words.text.len(), self.struck));
                    }
                }
                _ => {}
            },
            // More than a cell may have is enough to see that it has too many.
            Piece::Text(text) if self.within == Within::Text && self.words.text.len() <= 4 * CELL_CHARS_MAX => {
                self.words.text.push_str(text);
            }
            Piece::Text(_) | Piece::Aside => {}
        }
    }

    fn take(&mut self) -> Words {
        let mut words = std::mem::take(&mut self.words);
        if !self.any {
            words.runs.clear();
        } else if words.text.contains("_x") {
            // Runs are counted in what is stored, so that what was escaped stays so there.
            return words;
        }
        words.text = unescape(&words.text);
        words
    }
}

/// `_x000D_` is how a character that XML does not allow is written.
fn unescape(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let closed = rest.as_bytes().get(at + 6) == Some(&b'_');
        let c = code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32).filter(|_| closed);
        out.extend(c);
        if c.is_none() {
            out.push_str("_x");
        }
        rest = &rest[at + if c.is_some() { 7 } else { 2 }..];
    }
    out.push_str(rest);
    out
}

struct SheetReader<'a> {
    styles: &'a [Style],
    shared: &'a Shared,
    settings: Settings,
    budget: &'a mut Budget,
}

/// The cell that is under way.
#[derive(Default)]
struct UnderWay {
    column: u32,
    style: usize,
    kind: String,
    formula: bool,
    has_value: bool,
    value: String,
    words: WordsReader,
}

impl SheetReader<'_> {
    fn read(mut self, xml: &mut Part<'_>, named: Named) -> Result<Sheet, ListError> {
        let mut grid = Grid::default();
        let (mut row, mut next_row, mut next_column) = (0_u32, 0_u32, 0_u32);
        let mut cell: Option<UnderWay> = None;
        let (mut in_value, mut in_words) = (false, false);
        while let Some(piece) = xml.next()? {
            match piece {
                Piece::Start(tag) => match (tag.name(), cell.as_mut()) {
                    ("c", _) => {
                        let place = tag.get("r").and_then(|place| place_of(&place));
                        let column = place.map_or(next_column, |(_, column)| column);
                        next_column = column.saturating_add(1);
                        cell = Some(UnderWay {
                            column,
                            style: tag.number("s").unwrap_or(0),
                            kind: tag.get("t").unwrap_or_default(),
                            ..UnderWay::default()
                        });
                    }
                    ("v", Some(cell)) => {
                        in_value = true;
                        cell.has_value = true;
                    }
                    ("f", Some(cell)) => cell.formula = true,
                    ("is", Some(_)) => in_words = true,
                    (_, Some(cell)) if in_words => cell.words.read(&Piece::Start(tag)),
                    ("row", None) => {
                        row = tag.number::<u32>("r").and_then(|row| row.checked_sub(1)).unwrap_or(next_row);
                        next_row = row.saturating_add(1);
                        next_column = 0;
                        if tag.is("hidden") || tag.number::<f64>("ht").is_some_and(|height| height < 0.1) {
                            grid.hide_rows(row, row);
                        }
                    }
                    ("col", None) => {
                        let hidden = tag.is("hidden") || tag.number::<f64>("width").is_some_and(|width| width < 0.1);
                        if let (true, Some(from), Some(to)) =
                            (hidden, tag.number::<u32>("min"), tag.number::<u32>("max"))
                        {
                            grid.hide_columns(from.saturating_sub(1), to.saturating_sub(1));
                        }
                    }
                    ("mergeCell", None) => {
                        if let Some(area) = tag.get("ref").and_then(|text| area_of(&text)) {
                            grid.merge(area, self.budget)?;
                        }
                    }
                    _ => {}
                },
                Piece::End(name) => match (name.as_ref(), cell.as_mut()) {
                    ("c", Some(_)) => {
                        if let Some(cell) = cell.take() {
                            self.put(&mut grid, row, cell)?;
                        }
                        (in_value, in_words) = (false, false);
                    }
                    ("v", _) => in_value = false,
                    ("is", _) => in_words = false,
                    ("sheetData", _) => cell = None,
                    (_, Some(cell)) if in_words => cell.words.read(&Piece::End(name)),
                    _ => {}
                },
                Piece::Text(text) => match cell.as_mut() {
                    Some(cell) if in_value && cell.value.len() <= 4 * CELL_CHARS_MAX => {
                        cell.value.push_str(&text);
                    }
                    Some(cell) if in_words => cell.words.read(&Piece::Text(text)),
                    _ => {}
                },
                Piece::Aside => {}
            }
        }
        grid.finish(named.name, named.hidden, self.budget)
    }

    fn put(&mut self, grid: &mut Grid, row: u32, mut under: UnderWay) -> Result<(), ListError> {
        let style = self.styles.get(under.style).copied().unwrap_or_default();
        let value = under.value.trim();
        let not_computed = under.formula
            && match under.kind.as_str() {
                "str" => !under.has_value,
                "s" | "inlineStr" | "e" | "b" => false,
                _ => value.is_empty() || (self.settings.to_be_computed && value == "0"),
            };
        let plain = |text: &str, form| Cell { text: text.to_owned(), form, merged: false };
        let mut cell = if not_computed {
            plain("", Form::NotComputed)
        } else {
            match under.kind.as_str() {
                "s" => {
                    let (words, runs) = value.parse().ok().and_then(|at| self.shared.get(at)).unwrap_or(("", &[]));
                    let (cell, partly) = grid::of_words(words, runs, style.struck);
                    if partly {
                        grid.partly_struck();
                    }
                    cell
                }
                "inlineStr" => {
                    let Words { text, runs } = under.words.take();
                    let (cell, partly) = grid::of_words(&text, &runs, style.struck);
                    if partly {
                        grid.partly_struck();
                    }
                    cell
                }
                "str" => grid::cell(&unescape(&under.value)),
                "b" => plain(if value == "1" { "TRUE" } else { "FALSE" }, Form::Text),
                "e" => plain(&grid::text(value), Form::Error),
                "d" => number::of_iso(value, style.shows_a_day()).unwrap_or_else(|| grid::cell(value)),
                _ if value.is_empty() => Cell::default(),
                _ => match value.parse::<f64>() {
                    Ok(number) => number::cell(number, style.shows, self.settings.from_1904),
                    Err(_) => grid::cell(value),
                },
            }
        };
        let says_something = !cell.text.is_empty() && matches!(cell.form, Form::Text | Form::Number | Form::Day);
        if style.struck && says_something && under.kind != "s" && under.kind != "inlineStr" {
            cell.form = Form::StruckOut;
        }
        grid.put(row, under.column, cell, self.budget)
    }
}

impl Style {
    /// What an ISO day shows: it is one, whatever the format is.
    fn shows_a_day(self) -> Shows {
        match self.shows {
            shows @ (Shows::Month | Shows::Year | Shows::MonthDay) => shows,
            _ => Shows::Day,
        }
    }
}

/// Row and column, from 0, of a place such as `B7` or `$B$7`.
fn place_of(place: &str) -> Option<(u32, u32)> {
    let (mut row, mut column) = (0_u32, 0_u32);
    for byte in place.bytes().filter(|b| *b != b'$') {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' if row == 0 => {
                column = column.checked_mul(26)?.checked_add(u32::from(byte.to_ascii_uppercase() - b'A') + 1)?;
            }
            b'0'..=b'9' => row = row.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            _ => return None,
        }
    }
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

fn area_of(text: &str) -> Option<Area> {
    let (from, to) = text.split_once(':')?;
    let (from, to) = (place_of(from)?, place_of(to)?);
    Some(Area { rows: (from.0, to.0), columns: (from.1, to.1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_paths_are_read() {
        assert_eq!(place_of("B7"), Some((6, 1)));
        assert_eq!(place_of("$XFD$1048576"), Some((1_048_575, 16_383)));
        for none in ["", "7", "B", "B0", "B7C", "ZZZZZZZZZZ1", "A99999999999"] {
            assert_eq!(place_of(none), None, "{none}");
        }
        assert_eq!(resolve("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(resolve("xl", "../xl/./a.xml"), "xl/a.xml");
        assert_eq!(unescape("甲_x000D_\n_x12_乙_xD800_"), "甲\r\n_x12_乙_xD800_");
    }
}
