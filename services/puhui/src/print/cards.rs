//! Rows as blocks of lines, one a cell: for a terminal that is too narrow for columns.

use unicode_width::UnicodeWidthStr;

use super::column::{Column, Cut};
use super::text::{folded, padded};

/// Space between what a cell is called and the cell.
const GAP: &str = "  ";
/// An empty cell where the row before had something.
const NOTHING: &str = "—";
/// Where fewer columns than these are left beside the titles, a text goes over the edge and the terminal folds it.
const TEXT_COLUMNS_MIN: usize = 10;

/// A block for each row, an empty line between two. Nothing is cut: a text is folded into lines of its own, and what must stay whole (an
/// id to be copied) stands in one. Rows that begin with the same cell are one block, in which a row tells the cells that are not those of
/// the row before.
pub(super) fn cards(columns: &[Column], rows: &[Vec<String>], width: usize) -> String {
    let title = columns.iter().map(|column| column.title.width()).max().unwrap_or(0);
    let room = width.saturating_sub(title + GAP.len());
    let mut text = String::new();
    let mut before: Option<&Vec<String>> = None;
    for row in rows {
        let same = before.filter(|before| before.first() == row.first());
        if before.is_some() && same.is_none() {
            text.push('\n');
        }
        for (at, (column, cell)) in columns.iter().zip(row).enumerate() {
            let before = same.and_then(|before| before.get(at)).map_or("", String::as_str);
            if (cell.is_empty() && before.is_empty()) || (same.is_some() && before == cell) {
                continue;
            }
            let cell = if cell.is_empty() { NOTHING } else { cell.as_str() };
            let whole = matches!(column.cut, Cut::Never) || room < TEXT_COLUMNS_MIN;
            let pieces = if whole { vec![cell.to_owned()] } else { folded(cell, room) };
            for (line, piece) in pieces.iter().enumerate() {
                text.push_str(&padded(if line == 0 { &column.title } else { "" }, title));
                text.push_str(GAP);
                text.push_str(piece);
                text.push('\n');
            }
        }
        before = Some(row);
    }
    text
}
