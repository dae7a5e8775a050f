//! The sheets of an Excel workbook (.xlsx).
//!
//! Cells are read one after another. Reading a sheet as one block would take memory for every cell between the first and the last,
//! and a file of a few hundred bytes can put the last at row 1,048,576.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};

use crate::book::{Book, Cell, Form, Format, Line, Sheet};
use crate::bounds::{CELL_CHARS_MAX, COLUMNS_MAX, LINES_MAX, UNPACKED_BYTES_MAX};
use crate::error::ListError;
use crate::fold;

/// Opens a workbook.
pub(super) fn open(bytes: &[u8]) -> Result<Book, ListError> {
    match unpacked_bytes(bytes) {
        Some(size) if size <= UNPACKED_BYTES_MAX => {}
        Some(_) => return Err(ListError::TooLarge),
        None => return Err(ListError::Workbook("its directory cannot be read".to_owned())),
    }
    let broken = |error: calamine::XlsxError| ListError::Workbook(error.to_string());
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        // A sheet that cannot be read, such as a chart, is not the list.
        let Ok(lines) = lines(&mut workbook, &name) else { continue };
        sheets.push(Sheet { name, lines, ..Sheet::default() });
    }
    Ok(Book { format: Format::Xlsx, sheets })
}

fn lines(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Line>, calamine::XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(name)?;
    let mut lines: Vec<Line> = Vec::new();
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        let cell = of(cell.get_value());
        if cell.is_empty() || column >= COLUMNS_MAX {
            continue;
        }
        let number = u64::from(row) + 1;
        if lines.last().is_none_or(|line| line.number != number) {
            if lines.len() > LINES_MAX {
                break;
            }
            lines.push(Line { number, ..Line::default() });
        }
        if let Some(line) = lines.last_mut() {
            let at = column as usize;
            if line.cells.len() <= at {
                line.cells.resize(at + 1, Cell::default());
            }
            line.cells[at] = cell;
        }
    }
    Ok(lines)
}

/// A cell as text. Days become `yyyy-mm-dd`, whole numbers have no decimal point, an error such as `#REF!` stays to be seen.
fn of(value: &DataRef<'_>) -> Cell {
    // One character more than a cell may have is enough to see that it has too many.
    let bounded = |text: &str| fold::clean(&text.chars().take(CELL_CHARS_MAX + 1).collect::<String>());
    let (text, form) = match value {
        DataRef::Empty => (String::new(), Form::Text),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (bounded(text), Form::Text),
        DataRef::SharedString(text) => (bounded(text), Form::Text),
        DataRef::Int(number) => (number.to_string(), Form::Number),
        // Display writes whole floats without a fraction and never with an exponent.
        DataRef::Float(number) => (number.to_string(), Form::Number),
        DataRef::Bool(value) => (value.to_string(), Form::Text),
        DataRef::DateTime(moment) => (day(*moment), Form::Day),
        DataRef::Error(error) => (error.to_string(), Form::Error),
    };
    Cell { text, form, merged: false }
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
        assert!(matches!(open(&bytes), Err(ListError::TooLarge)));
    }

    #[test]
    fn a_cell_far_away_takes_no_memory() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "机构名称").unwrap().write(0, 1, "地址").unwrap();
        sheet.write(1_048_575, 0, "末园").unwrap().write(1_048_575, 16_383, "远").unwrap();
        let book = open(&book.save_to_buffer().unwrap()).unwrap();
        let lines = &book.sheets[0].lines;
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[1].number, lines[1].cells.as_slice()), (1_048_576, &[Cell::text("末园")][..]));
    }
}
