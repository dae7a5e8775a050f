//! What rows say of where an outlet is and who runs it, before anything is covered: told apart by a number, and kept no longer than the list is read.

use std::collections::HashMap;

use crate::book::{Book, Line};
use crate::fold;
use crate::header::Header;
use crate::words::headings::Column;

/// Columns whose texts tell one outlet of a name from another.
const COLUMNS: [Column; 5] = [Column::Street, Column::Community, Column::Address, Column::Operator, Column::Person];

/// The texts of a list, each with its number.
pub(crate) struct Beside<'b> {
    lines: Vec<HashMap<u64, &'b Line>>,
    texts: HashMap<String, u32>,
}

impl<'b> Beside<'b> {
    /// Of a book in which nothing is covered yet.
    pub(crate) fn of(book: &'b Book) -> Self {
        let lines = book.sheets.iter().map(|sheet| sheet.lines.iter().map(|line| (line.number, line)).collect());
        Self { lines: lines.collect(), texts: HashMap::new() }
    }

    /// The number of what a row says: rows that say the same have the same.
    pub(crate) fn number(&mut self, sheet: usize, line: u64, header: &Header) -> Option<u32> {
        let line = self.lines.get(sheet)?.get(&line)?;
        let mut text = String::new();
        for (column, at) in header.columns().iter().filter(|(column, _)| COLUMNS.contains(column)) {
            let cell = line.cells.get(header.span.start + at).map_or("", |cell| cell.text.as_str());
            if cell.is_empty() {
                continue;
            }
            text.push_str(column.label());
            text.push_str(&fold::key(cell));
            text.push('\n');
        }
        let next = u32::try_from(self.texts.len()).ok()?;
        Some(*self.texts.entry(text).or_insert(next))
    }
}
