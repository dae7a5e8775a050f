//! The sheets of an Excel 97 to 2003 workbook (BIFF8), and of one of Excel 5 and 95 (BIFF5).
//!
//! The records are read here one by one: which rows and columns are hidden and what is struck out stands in them, and a damaged record is no more
//! than one that ends early.

use std::collections::HashMap;

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, WINDOWS_1252};

use crate::book::{Book, Cell, Form, Format, Sheet};
use crate::error::{Kind, ListError};
use crate::open::grid::{self, Area, Budget, Grid, Run};
use crate::open::number::{self, Shows};

/// Most texts that cells share.
const SHARED_MAX: usize = 3_000_000;
/// Most sheets.
const SHEETS_MAX: usize = 1_024;

mod record {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const EOF: u16 = 0x000A;
    pub(super) const DATE_MODE: u16 = 0x0022;
    pub(super) const FILE_PASS: u16 = 0x002F;
    pub(super) const FONT: u16 = 0x0031;
    pub(super) const CONTINUE: u16 = 0x003C;
    pub(super) const CODE_PAGE: u16 = 0x0042;
    pub(super) const COLUMN_INFO: u16 = 0x007D;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const MUL_RK: u16 = 0x00BD;
    pub(super) const RICH_STRING: u16 = 0x00D6;
    pub(super) const XF: u16 = 0x00E0;
    pub(super) const MERGED_CELLS: u16 = 0x00E5;
    pub(super) const SHARED_STRINGS: u16 = 0x00FC;
    pub(super) const LABEL_SHARED: u16 = 0x00FD;
    pub(super) const RECALC_ID: u16 = 0x01C1;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const BOOL_ERROR: u16 = 0x0205;
    pub(super) const STRING: u16 = 0x0207;
    pub(super) const ROW: u16 = 0x0208;
    pub(super) const RK: u16 = 0x027E;
    pub(super) const FORMAT: u16 = 0x041E;
    pub(super) const BOF: u16 = 0x0809;
}

/// Opens the workbook's stream.
pub(super) fn open(stream: &[u8], whole: bool) -> Result<Book, ListError> {
    let mut budget = Budget::new();
    let mut globals = Globals::default();
    let mut bound: Vec<Bound> = Vec::new();
    let mut records = Records { stream, at: 0 };
    let first = records.next();
    let Some((record::BOF, begins)) = first else {
        return Err(match first {
            // The older ones begin by another record.
            Some((0x0009 | 0x0209 | 0x0409, _)) => ListError::NotAList(Kind::OldestExcel),
            _ if whole => ListError::Workbook("its stream has no beginning".to_owned()),
            _ => ListError::CutShort,
        });
    };
    globals.biff8 = u16_at(begins, 0) == Some(0x0600);
    // Programs write a sheet alone too, without what holds for a workbook.
    let alone = u16_at(begins, 2) == Some(0x0010);
    if alone {
        bound.push(Bound { at: 0, hidden: false, sheet: true, name: String::new() });
    } else {
        let ended = globals.read(&mut records, &mut bound, &mut budget)?;
        if !ended && !whole {
            return Err(ListError::CutShort);
        }
    }
    let mut sheets = Vec::new();
    // Each has records of its own: many that begin at one place would be gone over without end.
    let mut left = stream.len();
    for bound in bound.into_iter().filter(|bound| bound.sheet) {
        let mut records = Records { stream, at: bound.at };
        if !matches!(records.next(), Some((record::BOF, _))) {
            return Err(if whole { ListError::Workbook("a sheet is missing".to_owned()) } else { ListError::CutShort });
        }
        let begins = records.at;
        let (sheet, ended) = globals.sheet(&mut records, bound, &mut budget)?;
        left = left.checked_sub(records.at - begins).ok_or_else(overlap)?;
        if !ended && !whole {
            return Err(ListError::CutShort);
        }
        sheets.push(sheet);
    }
    if sheets.iter().all(|sheet: &Sheet| sheet.lines.is_empty()) {
        return Err(ListError::NotAList(Kind::NoSheet));
    }
    Ok(Book { format: Format::Xls, sheets })
}

fn overlap() -> ListError {
    ListError::Workbook("its sheets lie over each other".to_owned())
}

/// The records of a stream, one after another.
struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    fn next(&mut self) -> Option<(u16, &'a [u8])> {
        let kind = u16_at(self.stream, self.at)?;
        let width = usize::from(u16_at(self.stream, self.at + 2)?);
        let from = self.at + 4;
        let data = self.stream.get(from..from + width)?;
        self.at = from + width;
        Some((kind, data))
    }

    /// The records that go on with the one at hand.
    fn continued(&mut self, first: &'a [u8]) -> Vec<&'a [u8]> {
        let mut parts = vec![first];
        while u16_at(self.stream, self.at) == Some(record::CONTINUE) {
            match self.next() {
                Some((_, data)) => parts.push(data),
                None => break,
            }
        }
        parts
    }
}

struct Bound {
    at: usize,
    hidden: bool,
    /// Whether it is a sheet of cells: others are charts and macros.
    sheet: bool,
    name: String,
}

#[derive(Clone, Copy, Default)]
struct Style {
    font: u16,
    format: u16,
}

/// What holds for the workbook as a whole.
#[derive(Default)]
struct Globals {
    biff8: bool,
    code_page: u16,
    from_1904: bool,
    /// Whether the program that wrote it says with which edition of its rules it worked its formulas out.
    computed: bool,
    fonts: Vec<bool>,
    formats: HashMap<u16, Shows>,
    styles: Vec<Style>,
    shared: Shared,
}

#[derive(Default)]
struct Shared {
    text: String,
    ends: Vec<usize>,
    /// By text: where runs begin, in UTF-16 units, and their fonts.
    runs: HashMap<usize, Vec<(u16, u16)>>,
}

impl Shared {
    fn get(&self, at: usize) -> Option<(&str, &[(u16, u16)])> {
        let from = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        Some((self.text.get(from..*self.ends.get(at)?)?, self.runs.get(&at).map_or(&[], Vec::as_slice)))
    }
}

/// A formula whose text comes in the next record.
struct Waiting {
    row: u32,
    column: u32,
    style: u16,
}

impl Globals {
    /// Reads until the end; whether it was met.
    fn read(
        &mut self,
        records: &mut Records<'_>,
        bound: &mut Vec<Bound>,
        budget: &mut Budget,
    ) -> Result<bool, ListError> {
        while let Some((kind, data)) = records.next() {
            match kind {
                record::EOF => return Ok(true),
                record::FILE_PASS => return Err(ListError::Password),
                record::CODE_PAGE => self.code_page = u16_at(data, 0).unwrap_or(0),
                record::RECALC_ID => self.computed = true,
                record::DATE_MODE => self.from_1904 = u16_at(data, 0) == Some(1),
                record::FONT => self.fonts.push(u16_at(data, 2).is_some_and(|flags| flags & 8 != 0)),
                record::FORMAT => {
                    let (Some(id), Some(rest)) = (u16_at(data, 0), data.get(2..)) else { continue };
                    let code = if self.biff8 { unicode(rest, 2).0 } else { self.bytes(rest, 1) };
                    self.formats.insert(id, number::of_code(&code));
                }
                record::XF => {
                    self.styles
                        .push(Style { font: u16_at(data, 0).unwrap_or(0), format: u16_at(data, 2).unwrap_or(0) });
                }
                record::BOUND_SHEET if bound.len() < SHEETS_MAX => {
                    let (Some(at), Some(flags), Some(rest)) = (u32_at(data, 0), data.get(4..6), data.get(6..)) else {
                        continue;
                    };
                    let name = if self.biff8 { unicode(rest, 1).0 } else { self.bytes(rest, 1) };
                    bound.push(Bound {
                        at: usize::try_from(at).unwrap_or(usize::MAX),
                        hidden: flags[0] & 3 != 0,
                        sheet: flags[1] == 0,
                        name: grid::text(&name),
                    });
                }
                record::SHARED_STRINGS => {
                    let parts = records.continued(data);
                    self.share(&parts, budget)?;
                }
                _ => {}
            }
        }
        Ok(false)
    }

    fn share(&mut self, parts: &[&[u8]], budget: &mut Budget) -> Result<(), ListError> {
        let mut reader = Parts { records: parts, part: 0, at: 8 };
        while let Some((text, runs)) = reader.string() {
            budget.bytes(text.len() + 8 + runs.len() * 8)?;
            if !runs.is_empty() {
                self.shared.runs.insert(self.shared.ends.len(), runs);
            }
            self.shared.text.push_str(&text);
            self.shared.ends.push(self.shared.text.len());
            if self.shared.ends.len() > SHARED_MAX {
                return Err(ListError::TooLarge);
            }
        }
        Ok(())
    }

    /// Reads a sheet until its end; whether that was met.
    fn sheet(&self, records: &mut Records<'_>, bound: Bound, budget: &mut Budget) -> Result<(Sheet, bool), ListError> {
        let mut grid = Grid::default();
        // A chart in the sheet is a stream within the stream.
        let (mut depth, mut ended) = (0_u32, false);
        let mut waiting: Option<Waiting> = None;
        while let Some((kind, data)) = records.next() {
            match kind {
                record::BOF => depth += 1,
                record::EOF if depth == 0 => {
                    ended = true;
                    break;
                }
                record::EOF => depth -= 1,
                _ if depth > 0 => {}
                record::FILE_PASS => return Err(ListError::Password),
                record::COLUMN_INFO => {
                    let fields = [0, 2, 4, 8].map(|at| u16_at(data, at));
                    if let [Some(from), Some(to), Some(width), flags] = fields
                        && (width == 0 || flags.is_some_and(|flags| flags & 1 == 1))
                    {
                        grid.hide_columns(from.into(), to.into());
                    }
                }
                record::ROW => {
                    let (row, height, flags) = (u16_at(data, 0), u16_at(data, 6), u16_at(data, 12));
                    let flat = height.is_some_and(|height| height & 0x8000 == 0 && height == 0);
                    if let Some(row) = row.filter(|_| flat || flags.is_some_and(|flags| flags & 0x20 != 0)) {
                        grid.hide_rows(row.into(), row.into());
                    }
                }
                record::MERGED_CELLS => {
                    for area in data.get(2..).unwrap_or_default().chunks_exact(8) {
                        let at = |at: usize| u32::from(u16_at(area, at).unwrap_or(0));
                        grid.merge(Area { rows: (at(0), at(2)), columns: (at(4), at(6)) }, budget)?;
                    }
                }
                record::STRING => {
                    if let Some(Waiting { row, column, style }) = waiting.take() {
                        let parts = records.continued(data);
                        let text = if self.biff8 { unicode_of(&parts) } else { self.bytes(data, 2) };
                        self.put(&mut grid, (row, column, style), grid::cell(&text), budget)?;
                    }
                }
                record::LABEL | record::RICH_STRING if self.biff8 => {
                    let parts = records.continued(data);
                    let mut reader = Parts { records: &parts, part: 0, at: 6 };
                    if let (Some(place), Some((text, _))) = (place(data), reader.string()) {
                        self.put(&mut grid, place, grid::cell(&text), budget)?;
                    }
                }
                _ => self.cell(&mut grid, kind, data, &mut waiting, budget)?,
            }
        }
        Ok((grid.finish(bound.name, bound.hidden, budget)?, ended))
    }

    fn cell(
        &self,
        grid: &mut Grid,
        kind: u16,
        data: &[u8],
        waiting: &mut Option<Waiting>,
        budget: &mut Budget,
    ) -> Result<(), ListError> {
        let Some(at) = place(data) else { return Ok(()) };
        match kind {
            record::LABEL_SHARED => {
                let index = u32_at(data, 6).and_then(|index| usize::try_from(index).ok());
                if let Some((text, runs)) = index.and_then(|index| self.shared.get(index)) {
                    let (cell, partly) = grid::of_words(text, &self.runs(text, runs), self.is_struck(at.2));
                    if partly {
                        grid.partly_struck();
                    }
                    grid.put(at.0, at.1, cell, budget)?;
                }
            }
            record::LABEL | record::RICH_STRING => {
                let text = self.bytes(data.get(6..).unwrap_or_default(), 2);
                self.put(grid, at, grid::cell(&text), budget)?;
            }
            record::NUMBER => {
                if let Some(number) = f64_at(data, 6) {
                    self.number(grid, at, number, budget)?;
                }
            }
            record::RK => {
                if let Some(number) = u32_at(data, 6).map(rk) {
                    self.number(grid, at, number, budget)?;
                }
            }
            record::MUL_RK => {
                let cells = data.get(4..).unwrap_or_default();
                for (more, cell) in (0_u32..).zip(cells.chunks_exact(6)) {
                    let (Some(style), Some(number)) = (u16_at(cell, 0), u32_at(cell, 2).map(rk)) else { break };
                    self.number(grid, (at.0, at.1 + more, style), number, budget)?;
                }
            }
            record::BOOL_ERROR => {
                let cell = match data.get(6..8) {
                    Some([value, 0]) => truth(*value),
                    Some([code, _]) => error(*code),
                    _ => return Ok(()),
                };
                self.put(grid, at, cell, budget)?;
            }
            record::FORMULA => {
                let (Some(result), Some(flags)) = (data.get(6..14), u16_at(data, 14)) else { return Ok(()) };
                if result[6..] != [0xFF, 0xFF] {
                    let number = f64_at(data, 6).unwrap_or(0.0);
                    // To be worked out when it is opened: a 0 is then no value. Programs write lists so.
                    if number == 0.0 && flags & 3 != 0 {
                        let cell = Cell { form: Form::NotComputed, ..Cell::default() };
                        return grid.put(at.0, at.1, cell, budget);
                    }
                    return self.number(grid, at, number, budget);
                }
                match result[0] {
                    0 => *waiting = Some(Waiting { row: at.0, column: at.1, style: at.2 }),
                    1 => self.put(grid, at, truth(result[2]), budget)?,
                    2 => self.put(grid, at, error(result[2]), budget)?,
                    // Nothing: the formula's value, or that it has none yet, as programs write it that work nothing out.
                    _ if flags & 3 != 0 || !self.computed => {
                        let cell = Cell { form: Form::NotComputed, ..Cell::default() };
                        grid.put(at.0, at.1, cell, budget)?;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn number(&self, grid: &mut Grid, at: (u32, u32, u16), number: f64, budget: &mut Budget) -> Result<(), ListError> {
        let format = self.styles.get(usize::from(at.2)).map_or(0, |style| style.format);
        let shows = self.formats.get(&format).copied().unwrap_or_else(|| number::built_in(format.into()));
        self.put(grid, at, number::cell(number, shows, self.from_1904), budget)
    }

    fn put(&self, grid: &mut Grid, at: (u32, u32, u16), mut cell: Cell, budget: &mut Budget) -> Result<(), ListError> {
        if self.is_struck(at.2) && !cell.text.is_empty() && cell.form != Form::Error {
            cell.form = Form::StruckOut;
        }
        grid.put(at.0, at.1, cell, budget)
    }

    fn is_struck(&self, style: u16) -> bool {
        self.styles.get(usize::from(style)).is_some_and(|style| self.strikes(style.font))
    }

    fn strikes(&self, font: u16) -> bool {
        // There is no font 4.
        let at = usize::from(if font > 4 { font - 1 } else { font });
        self.fonts.get(at).copied().unwrap_or(false)
    }

    /// Runs as the words of a cell have them: where each ends in bytes, and whether it is struck out.
    fn runs(&self, text: &str, fonts: &[(u16, u16)]) -> Vec<Run> {
        if fonts.is_empty() {
            return Vec::new();
        }
        let mut runs = Vec::new();
        let mut units = 0_usize;
        let mut now: Option<bool> = None;
        let mut next = fonts.iter().peekable();
        for (at, c) in text.char_indices() {
            while let Some((_, font)) = next.next_if(|(from, _)| usize::from(*from) <= units) {
                runs.push((at, now));
                now = Some(self.strikes(*font));
            }
            units += c.len_utf16();
        }
        runs.push((text.len(), now));
        runs
    }

    /// A text in the workbook's code page, after its length of so many bytes.
    fn bytes(&self, data: &[u8], width: usize) -> String {
        let length = match width {
            1 => data.first().map(|length| usize::from(*length)),
            _ => u16_at(data, 0).map(usize::from),
        };
        let Some(from) = data.get(width..) else { return String::new() };
        let bytes = &from[..length.unwrap_or(0).min(from.len())];
        let encoding: &'static Encoding = match self.code_page {
            950 => BIG5,
            65_001 => UTF_8,
            // Programs name any; what is Chinese decodes as such.
            _ => GB18030,
        };
        let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        decoded.unwrap_or_else(|| WINDOWS_1252.decode_without_bom_handling(bytes).0).into_owned()
    }
}

/// Row, column and style.
fn place(data: &[u8]) -> Option<(u32, u32, u16)> {
    Some((u16_at(data, 0)?.into(), u16_at(data, 2)?.into(), u16_at(data, 4)?))
}

/// A number that is packed into thirty bits: a whole one or the upper half of another, or a hundredth of either.
fn rk(packed: u32) -> f64 {
    let number = if packed & 2 == 0 {
        f64::from_bits(u64::from(packed & !3) << 32)
    } else {
        f64::from(packed.cast_signed() >> 2)
    };
    if packed & 1 == 0 { number } else { number / 100.0 }
}

fn truth(value: u8) -> Cell {
    Cell::text(if value == 0 { "FALSE" } else { "TRUE" })
}

fn error(code: u8) -> Cell {
    let text = match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    };
    Cell { form: Form::Error, ..Cell::text(text) }
}

/// A text of BIFF8 that lies in one record, after its length of so many bytes.
fn unicode(data: &[u8], width: usize) -> (String, usize) {
    let length = match width {
        1 => data.first().map(|length| usize::from(*length)),
        _ => u16_at(data, 0).map(usize::from),
    };
    let (Some(length), Some(flags)) = (length, data.get(width)) else { return (String::new(), 0) };
    let from = data.get(width + 1..).unwrap_or_default();
    let text = characters(from, length, flags & 1 == 1);
    (String::from_utf16_lossy(&text), text.len())
}

/// A text of BIFF8 that goes on in other records.
fn unicode_of(parts: &[&[u8]]) -> String {
    Parts { records: parts, part: 0, at: 0 }.string().map(|(text, _)| text).unwrap_or_default()
}

fn characters(bytes: &[u8], most: usize, wide: bool) -> Vec<u16> {
    if wide {
        bytes.chunks_exact(2).take(most).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
    } else {
        bytes.iter().take(most).map(|byte| u16::from(*byte)).collect()
    }
}

/// A text's content over a record and those that go on with it.
struct Parts<'a> {
    records: &'a [&'a [u8]],
    part: usize,
    at: usize,
}

impl Parts<'_> {
    fn rest(&self) -> &[u8] {
        self.records.get(self.part).and_then(|part| part.get(self.at..)).unwrap_or_default()
    }

    /// So many bytes, which may lie in two records.
    fn take(&mut self, many: usize) -> Option<Vec<u8>> {
        let mut taken = Vec::new();
        while taken.len() < many {
            let rest = self.rest();
            if rest.is_empty() {
                self.step()?;
                continue;
            }
            let now = rest.len().min(many - taken.len());
            taken.extend_from_slice(&rest[..now]);
            self.at += now;
        }
        Some(taken)
    }

    fn skip(&mut self, mut many: usize) -> Option<()> {
        while many > 0 {
            let now = self.rest().len().min(many);
            self.at += now;
            many -= now;
            if many > 0 {
                self.step()?;
            }
        }
        Some(())
    }

    fn step(&mut self) -> Option<()> {
        self.part += 1;
        self.at = 0;
        (self.part < self.records.len()).then_some(())
    }

    fn number(&mut self, width: usize) -> Option<usize> {
        let bytes = self.take(width)?;
        Some(bytes.iter().rev().fold(0, |n, byte| n << 8 | usize::from(*byte)))
    }

    /// The next text, and where its runs begin with which font. Where it goes on in another record, that says anew how wide its characters are.
    fn string(&mut self) -> Option<(String, Vec<(u16, u16)>)> {
        let length = self.number(2)?;
        let flags = self.number(1)?;
        let runs = if flags & 8 != 0 { self.number(2)? } else { 0 };
        let extension = if flags & 4 != 0 { self.number(4)? } else { 0 };
        let mut wide = flags & 1 != 0;
        let mut text: Vec<u16> = Vec::new();
        while text.len() < length {
            let found = characters(self.rest(), length - text.len(), wide);
            self.at += found.len() * if wide { 2 } else { 1 };
            text.extend(found);
            if text.len() < length {
                self.step()?;
                wide = self.number(1)? & 1 != 0;
            }
        }
        let mut fonts = Vec::new();
        for _ in 0..runs {
            let run = self.take(4)?;
            fonts.push((u16_at(&run, 0)?, u16_at(&run, 2)?));
        }
        self.skip(extension)?;
        Some((String::from_utf16_lossy(&text), fonts))
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes([pair[0], pair[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
}

fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    let word: [u8; 8] = bytes.get(at..at.checked_add(8)?)?.try_into().ok()?;
    Some(f64::from_le_bytes(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_unpacked() {
        let packed = [0x3FF0_0000, 0x3FF0_0001, 0x0000_0006, (-100_i32 << 2).cast_unsigned() | 3];
        assert_eq!(packed.map(|packed| rk(packed).to_string()), ["1", "0.01", "1", "-1"]);
    }

    #[test]
    fn sheets_that_lie_over_each_other_are_not_read_again_and_again() {
        let record = |kind: u16, data: &[u8]| -> Vec<u8> {
            let width = u16::try_from(data.len()).unwrap();
            [&kind.to_le_bytes(), &width.to_le_bytes(), data].concat()
        };
        let begin = |kind: u8| record(record::BOF, &[0, 6, kind, 0]);
        let book = |many: usize| {
            let at = 8 + many * 13 + 4;
            let place = u32::try_from(at).unwrap().to_le_bytes();
            let bound = record(record::BOUND_SHEET, &[&place[..], &[0, 0, 1, 0, b's']].concat());
            let label = record(record::LABEL, &[0, 0, 0, 0, 0, 0, 1, 0, 0, b'x']);
            let sheet = [begin(0x10), label.repeat(60), record(record::EOF, &[])].concat();
            open(&[begin(5), bound.repeat(many), record(record::EOF, &[]), sheet].concat(), true)
        };
        assert_eq!(book(1).unwrap().sheets.len(), 1);
        assert_eq!(book(2), Err(overlap()));
        assert_eq!(book(1_000), Err(overlap()));
    }

    #[test]
    fn a_text_goes_on_in_the_next_record_in_other_characters() {
        let first = [4, 0, 0, b'a', b'b'];
        let second = [1, 0x32, 0x75, 0x2D, 0x4E, 2, 0, 8];
        let third = [1, 0, b'x', b'y', 1, 0, 6, 0];
        let parts: [&[u8]; 3] = [&first, &second, &third];
        let mut reader = Parts { records: &parts, part: 0, at: 0 };
        assert_eq!(reader.string(), Some(("ab甲中".to_owned(), vec![])));
        assert_eq!(reader.string(), Some(("xy".to_owned(), vec![(1, 6)])));
        assert_eq!(reader.string(), None);
    }
}
