//! The rows of an Excel workbook (.xlsx): the first sheet that has a header.
//!
//! Cells are read one after another. Reading a sheet as one block would take memory for every cell between the first
//! and the last,
//! and a file of a few hundred bytes can put the last at row 1,048,576.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};

use super::bounds::{CELL_CHARS_MAX, LINES_MAX};
use super::columns::Header;
use super::error::ListError;
use super::fold;
use super::line::Line;

/// Columns read; what stands further right has no header that is known.
const COLUMNS_MAX: u32 = 256;
/// What a workbook may unpack to. It is a ZIP file, and a small one can hold gigabytes of zeros.
const UNPACKED_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// The lines of the first sheet that has a header, the header, and the sheet's name.
pub(crate) fn lines(bytes: &[u8]) -> Result<(Vec<Line>, Header, String), ListError> {
    match unpacked_bytes(bytes) {
        Some(size) if size <= UNPACKED_BYTES_MAX => {}
        Some(_) => return Err(ListError::TooLarge),
        None => return Err(ListError::Workbook("its directory cannot be read".to_owned())),
    }
    let broken = |error: calamine::XlsxError| ListError::Workbook(error.to_string());
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    for name in workbook.sheet_names() {
        // A sheet that cannot be read, such as a chart, is not the list.
        let Ok(lines) = sheet(&mut workbook, &name) else { continue };
        if let Some(header) = Header::find(&lines) {
            if lines.len() > LINES_MAX {
                return Err(ListError::TooManyRows);
            }
            return Ok((lines, header, name));
        }
    }
    Err(ListError::NoHeader)
}

fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Line>, calamine::XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(name)?;
    let mut lines: Vec<Line> = Vec::new();
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if text.is_empty() || column >= COLUMNS_MAX {
            continue;
        }
        let number = u64::from(row) + 1;
        if lines.last().is_none_or(|line| line.number != number) {
            if lines.len() > LINES_MAX {
                break;
            }
            lines.push(Line { number, cells: Vec::new() });
        }
        if let Some(line) = lines.last_mut() {
            let at = column as usize;
            if line.cells.len() <= at {
                line.cells.resize(at + 1, String::new());
            }
            line.cells[at] = text;
        }
    }
    Ok(lines)
}

/// A cell as text. Days become `yyyy-mm-dd`, whole numbers have no decimal point, an error such as `#REF!` stays to be
/// seen.
fn text(value: &DataRef<'_>) -> String {
    // One character more than a cell may have is enough to see that it has too many.
    let bounded = |text: &str| fold::clean(&text.chars().take(CELL_CHARS_MAX + 1).collect::<String>());
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => bounded(text),
        DataRef::SharedString(text) => bounded(text),
        DataRef::Int(number) => number.to_string(),
        // Display writes whole floats without a fraction and never with an exponent.
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) => day(*moment),
        DataRef::Error(error) => error.to_string(),
    }
}

fn day(moment: ExcelDateTime) -> String {
    if !moment.is_datetime() || moment.as_f64() < 1.0 {
        return moment.as_f64().to_string();
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}

/// What the ZIP directory says its files unpack to. `None` where there is no directory that can be read.
fn unpacked_bytes(bytes: &[u8]) -> Option<u64> {
    const END_OF_DIRECTORY: &[u8] = b"PK\x05\x06";
    const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
    let number = |at: usize, width: usize| -> Option<u64> {
        let slice = bytes.get(at..at.checked_add(width)?)?;
        Some(slice.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte)))
    };
    let end = bytes.windows(END_OF_DIRECTORY.len()).rposition(|w| w == END_OF_DIRECTORY)?;
    let entries = number(end + 10, 2)?;
    let mut at = usize::try_from(number(end + 16, 4)?).ok()?;
    let mut total = 0;
    for _ in 0..entries {
        if bytes.get(at..at + DIRECTORY_ENTRY.len())? != DIRECTORY_ENTRY {
            return None;
        }
        total += number(at + 24, 4)?;
        let tail = number(at + 28, 2)? + number(at + 30, 2)? + number(at + 32, 2)?;
        at += 46 + usize::try_from(tail).ok()?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_that_unpacks_to_too_much_is_refused_before_it_is() {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write(0, 0, "机构名称").unwrap();
        let mut bytes = book.save_to_buffer().unwrap();
        assert!(unpacked_bytes(&bytes).unwrap() > 1000);
        let entry = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        bytes[entry + 24..entry + 28].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(lines(&bytes), Err(ListError::TooLarge)));
    }

    #[test]
    fn a_cell_far_away_takes_no_memory() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "机构名称").unwrap().write(0, 1, "地址").unwrap();
        sheet.write(1_048_575, 0, "末园").unwrap().write(1_048_575, 16_383, "远").unwrap();
        let (lines, ..) = lines(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[1].number, lines[1].cells.as_slice()), (1_048_576, &["末园".to_owned()][..]));
    }
}
