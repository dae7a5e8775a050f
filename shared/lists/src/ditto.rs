//! Cells that stand for the one above: 同上.

use crate::book::Cell;
use crate::fold;
use crate::reading::Because;
use crate::tables::Table;
use crate::words::headings::Column;
use crate::words::notes;

/// The cells that were taken from the row above, by row of the table.
pub(crate) type Taken = Vec<Vec<Because>>;

/// Fills the cells of a table that stand for the one above, and says so. Under another title, or where nothing stands above, nobody can tell what they
/// stand for: they are left as they are. A name is each outlet's own.
pub(crate) fn fill(table: &mut Table<'_>) -> Taken {
    let columns: Vec<(Column, usize)> = table.header.columns().to_vec();
    let mut taken: Taken = vec![Vec::new(); table.rows.len()];
    for (at, taken) in taken.iter_mut().enumerate() {
        let (above, rows) = table.rows.split_at_mut(at);
        let (Some(above), Some(row)) = (above.last(), rows.first_mut()) else { continue };
        if above.title != row.title {
            continue;
        }
        for (column, place) in columns.iter().filter(|(column, _)| !matches!(column, Column::Name | Column::Ordinal)) {
            let stands = row.cells.get(*place).is_some_and(|cell| notes::is_ditto(&cell.text));
            let Some(other) = above.cells.get(*place).filter(|cell| stands && !is_open(cell)) else { continue };
            let words = fold::cut(&row.cells[*place].text, 10);
            let zh = format!("写「{words}」,取上一行「{}」", fold::cut(&other.text, 60));
            taken.push(Because { what: table.header.title(*column).to_owned(), zh });
            row.cells.to_mut()[*place] = other.clone();
        }
    }
    taken
}

fn is_open(cell: &Cell) -> bool {
    cell.is_empty() || notes::is_ditto(&cell.text)
}
