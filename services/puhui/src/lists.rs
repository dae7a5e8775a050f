//! Lists of certified providers as bureaus publish them: CSV or Excel files in, one outcome for every row out.
//!
//! A row is taken or rejected, with its line, the column and a sentence; nothing is completed by guessing. What a row says and the
//! registry has no field for stays in [`Entry::as_published`].

pub mod report;
pub mod rule;
pub mod tables;

mod bounds;
mod columns;
mod dates;
mod entry;
mod error;
mod fold;
mod kinds;
mod line;
mod outlets;
mod places;
mod row;
mod sheet;
mod workbook;

#[cfg(test)]
mod tests;

pub use bounds::{CELL_CHARS_MAX, FILE_BYTES_MAX, HEADER_ROWS_MAX, ROWS_MAX};
pub use entry::{Entry, Rejection, Row, Stage};
pub use error::ListError;
pub use tables::{CategoryNames, Tables};

/// A list that was read.
#[derive(Debug, Clone)]
pub struct List {
    /// Every row below the header that holds anything, in the file's order.
    pub rows: Vec<Row>,
    /// What a person should know about the file: columns that were not understood.
    pub warnings: Vec<Warning>,
    /// The lines above the header.
    pub title: String,
    /// The sheet, where the file is a workbook.
    pub sheet: Option<String>,
    /// The text's encoding, where the file is text.
    pub encoding: Option<&'static str>,
}

/// A remark on the whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The sentence an officer reads.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// Reads a list from a file's bytes: a workbook where they begin as one, else text.
pub fn read(bytes: &[u8], tables: Tables<'_>) -> Result<List, ListError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(ListError::TooLarge);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(ListError::OldWorkbook);
    }
    let (lines, header, sheet, encoding) = if bytes.starts_with(b"PK\x03\x04") {
        let (lines, header, sheet) = workbook::lines(bytes)?;
        (lines, header, Some(sheet), None)
    } else {
        let (text, encoding) = sheet::decode(bytes)?;
        let (lines, header) = sheet::lines(&text)?;
        (lines, header, None, Some(encoding))
    };
    let title = lines[..header.index].iter().flat_map(|line| &line.cells).filter(|cell| !cell.is_empty());
    let title = title.cloned().collect::<Vec<_>>().join(" ");
    let body = &lines[header.index + 1..];
    if body.len() > ROWS_MAX {
        return Err(ListError::TooManyRows);
    }
    let reader = row::Reader::new(&header, tables, &title);
    // Lists set in pages repeat their header on each.
    let rows = body.iter().filter(|line| line.cells != header.cells).map(|line| reader.read(line)).collect();
    Ok(List { rows: outlets::settle(rows), warnings: warnings(&header), title, sheet, encoding })
}

fn warnings(header: &columns::Header) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if !header.unknown.is_empty() {
        let names = fold::cut(&header.unknown.join("、"), 200);
        warnings.push(Warning {
            zh: format!("未识别的列,未读取:{names}"),
            en: format!("columns that are not known and were not read: {names}"),
        });
    }
    if !header.repeated.is_empty() {
        let names = fold::cut(&header.repeated.join("、"), 200);
        warnings.push(Warning {
            zh: format!("重复的列,只读取第一列:{names}"),
            en: format!("columns given twice, of which the first was read: {names}"),
        });
    }
    warnings
}
