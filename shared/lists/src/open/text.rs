//! The lines of a text file: its encoding, its delimiter, its lines.

use encoding_rs::{Encoding, GB18030, UTF_8};

use crate::book::{Book, Cell, Format, Line, Sheet};
use crate::bounds::{HEADER_ROWS_MAX, LINES_MAX};
use crate::error::ListError;
use crate::fold;
use crate::words::headings;

/// Opens a text.
pub(super) fn open(bytes: &[u8]) -> Result<Book, ListError> {
    let (text, encoding) = decode(bytes)?;
    let known = |delimiter: u8| {
        let head = split(&text, delimiter, HEADER_ROWS_MAX).unwrap_or_default();
        let named = |line: &Line| line.cells.iter().filter(|cell| headings::column(&cell.text).is_some()).count();
        head.iter().map(named).max().unwrap_or(0)
    };
    // On a tie the comma counts: `max_by_key` takes the last.
    let delimiter = [b';', b'\t', b','].into_iter().max_by_key(|d| known(*d)).unwrap_or(b',');
    let lines = split(&text, delimiter, LINES_MAX + 1)?;
    let format = Format::Text { encoding, delimiter: char::from(delimiter) };
    Ok(Book { format, sheets: vec![Sheet { lines, ..Sheet::default() }] })
}

/// Reads a text: UTF-8 with or without its mark, UTF-16 with its mark (Excel's "Unicode text"), else GB18030, which
/// holds GBK and GB 2312.
fn decode(bytes: &[u8]) -> Result<(String, &'static str), ListError> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]) {
        return Ok((text.into_owned(), encoding.name()));
    }
    if mark > 0 {
        return Err(ListError::Encoding);
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes).ok_or(ListError::Encoding)?;
    Ok((text.into_owned(), GB18030.name()))
}

/// The first `max` lines that hold anything.
fn split(text: &str, delimiter: u8, max: usize) -> Result<Vec<Line>, ListError> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut counter = LineCounter { text: text.as_bytes(), at: 0, line: 1 };
    let mut lines = Vec::new();
    let mut record = csv::StringRecord::new();
    while lines.len() < max && reader.read_record(&mut record).map_err(|e| ListError::Text(e.to_string()))? {
        let start = record.position().map_or(0, csv::Position::byte);
        let number = counter.line_of(usize::try_from(start).unwrap_or(usize::MAX));
        let cells: Vec<Cell> = record.iter().map(|cell| Cell::text(&fold::clean(cell))).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            lines.push(Line { number, cells, ..Line::default() });
        }
    }
    Ok(lines)
}

/// Line numbers as an editor shows them. The CSV reader's own begin at the blank lines above a record and do not know
/// lines that end in
/// a carriage return alone.
struct LineCounter<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl LineCounter<'_> {
    /// The line of the first character at or after `start` that ends no line.
    fn line_of(&mut self, start: usize) -> u64 {
        while let Some(byte) = self.text.get(self.at) {
            let ends_line = matches!(byte, b'\n' | b'\r');
            if self.at >= start && !ends_line {
                break;
            }
            let pair = *byte == b'\r' && self.text.get(self.at + 1) == Some(&b'\n');
            if ends_line && !pair {
                self.line += 1;
            }
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let text = "机构名称,地址";
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for (bytes, name) in [
            (text.as_bytes().to_vec(), "UTF-8"),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "UTF-8"),
            (GB18030.encode(text).0.into_owned(), "gb18030"),
            (utf16, "UTF-16LE"),
        ] {
            assert_eq!(decode(&bytes).unwrap(), (text.to_owned(), name));
        }
        assert!(matches!(decode(b"\xFF\xFF\xFF"), Err(ListError::Encoding)));
        assert!(matches!(decode(b"\xEF\xBB\xBF\xFF"), Err(ListError::Encoding)));
    }

    #[test]
    fn delimiters_are_told_apart_and_lines_counted_as_an_editor_does() {
        for (d, end) in [(",", "\n"), ("\t", "\r\n"), (";", "\r")] {
            let rows =
                ["名单", "", &format!("机构名称{d}地址"), "", &format!("\"甲{end}园\"{d}一"), &format!("乙{d}二")];
            let book = open(rows.join(end).as_bytes()).unwrap();
            let lines = &book.sheets[0].lines;
            let numbers: Vec<u64> = lines.iter().map(|l| l.number).collect();
            assert_eq!(numbers, [1, 3, 5, 7], "{d:?} {end:?}");
            assert_eq!(lines[2].cells, [Cell::text("甲 园"), Cell::text("一")]);
        }
    }
}
