//! The cells of a sheet as its reader meets them, and what they come to once it is over: what merged cells cover is filled, what is hidden or
//! struck out is told apart. All formats pass here, so what is seen of a sheet is ruled in one place.

use crate::book::{Cell, Form, HiddenColumn, Line, Sheet, Unseen};
use crate::bounds::{CELL_CHARS_MAX, COLUMNS_MAX, LINES_MAX};
use crate::error::ListError;
use crate::fold;

/// Most cells of a book, and those that merged cells cover count too.
const CELLS_MAX: usize = 3_000_000;
/// Most bytes of text in a book. A workbook holds a text once and may show it in every cell.
const TEXT_BYTES_MAX: usize = 96 * 1024 * 1024;

/// How much of a book may still be taken into memory.
#[derive(Debug)]
pub(super) struct Budget {
    cells: usize,
    bytes: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { cells: CELLS_MAX, bytes: TEXT_BYTES_MAX }
    }

    pub(super) fn cells(&mut self, many: usize) -> Result<(), ListError> {
        self.cells = self.cells.checked_sub(many).ok_or(ListError::TooLarge)?;
        Ok(())
    }

    pub(super) fn bytes(&mut self, many: usize) -> Result<(), ListError> {
        self.bytes = self.bytes.checked_sub(many).ok_or(ListError::TooLarge)?;
        Ok(())
    }
}

/// Rows and columns from and to, from 0, both ends in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) rows: (u32, u32),
    pub(super) columns: (u32, u32),
}

/// A sheet under way.
#[derive(Debug, Default)]
pub(super) struct Grid {
    rows: Vec<Row>,
    merged: Vec<Area>,
    hidden_rows: Vec<(u32, u32)>,
    hidden_columns: Vec<(u32, u32)>,
    /// Hidden columns whose cells never came into the rows.
    left_out: Vec<HiddenColumn>,
    partly_struck: u64,
}

#[derive(Debug)]
struct Row {
    number: u32,
    cells: Vec<Cell>,
}

impl Grid {
    /// Puts a cell in its place. What is empty, or stands too far right, is nothing.
    pub(super) fn put(&mut self, row: u32, column: u32, cell: Cell, budget: &mut Budget) -> Result<(), ListError> {
        if cell.is_empty() || column >= COLUMNS_MAX {
            return Ok(());
        }
        // Rows come in their order, so that the last is the one, mostly.
        let at = match self.rows.last() {
            Some(last) if last.number == row => self.rows.len() - 1,
            Some(last) if last.number > row => match self.rows.binary_search_by_key(&row, |r| r.number) {
                Ok(at) => at,
                Err(at) => self.begin(at, row)?,
            },
            _ => self.begin(self.rows.len(), row)?,
        };
        let cells = &mut self.rows[at].cells;
        let column = column as usize;
        budget.bytes(cell.text.len())?;
        if cells.len() <= column {
            budget.cells(column + 1 - cells.len())?;
            cells.resize(column + 1, Cell::default());
        }
        cells[column] = cell;
        Ok(())
    }

    fn begin(&mut self, at: usize, number: u32) -> Result<usize, ListError> {
        if self.rows.len() > LINES_MAX {
            return Err(ListError::TooManyRows);
        }
        self.rows.insert(at, Row { number, cells: Vec::new() });
        Ok(at)
    }

    /// A merged cell.
    pub(super) fn merge(&mut self, area: Area, budget: &mut Budget) -> Result<(), ListError> {
        let Area { rows, columns } = area;
        if rows.0 > rows.1
            || columns.0 > columns.1
            || columns.0 >= COLUMNS_MAX
            || (rows.0 == rows.1 && columns.0 == columns.1)
        {
            return Ok(());
        }
        budget.cells(1)?;
        self.merged.push(Area { rows, columns: (columns.0, columns.1.min(COLUMNS_MAX - 1)) });
        Ok(())
    }

    /// Rows that are hidden, both ends in it.
    pub(super) fn hide_rows(&mut self, from: u32, to: u32) {
        match self.hidden_rows.last_mut() {
            Some(last) if from >= last.0 && from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
            _ if from <= to => self.hidden_rows.push((from, to)),
            _ => {}
        }
    }

    /// Columns that are hidden, both ends in it.
    pub(super) fn hide_columns(&mut self, from: u32, to: u32) {
        if from <= to && from < COLUMNS_MAX && self.hidden_columns.len() < COLUMNS_MAX as usize {
            self.hidden_columns.push((from, to.min(COLUMNS_MAX - 1)));
        }
    }

    /// A cell that is not shown and takes no place, as web pages have them.
    pub(super) fn leave_out(&mut self, column: u32, text: String) {
        let at = column as usize;
        if text.is_empty() || column >= COLUMNS_MAX {
            return;
        }
        match self.left_out.iter_mut().find(|hidden| hidden.at == at) {
            Some(hidden) => hidden.cells += 1,
            None => self.left_out.push(HiddenColumn { at, first: text, cells: 1 }),
        }
    }

    /// A cell some of whose words are struck out and were not taken.
    pub(super) fn partly_struck(&mut self) {
        self.partly_struck += 1;
    }

    /// The sheet.
    pub(super) fn finish(mut self, name: String, hidden: bool, budget: &mut Budget) -> Result<Sheet, ListError> {
        self.fill(budget)?;
        let hidden_columns = self.blank();
        self.hidden_rows.sort_unstable();
        let mut shown = Shown { spans: &self.hidden_rows, reach: None };
        let mut lines = Vec::with_capacity(self.rows.len());
        for Row { number, mut cells } in self.rows {
            let kept = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
            cells.truncate(kept);
            if cells.is_empty() {
                continue;
            }
            let struck = is_struck(&cells);
            let unseen = if shown.hides(number) {
                Some(Unseen::Hidden)
            } else if struck {
                Some(Unseen::StruckOut)
            } else {
                None
            };
            lines.push(Line { number: u64::from(number) + 1, cells, unseen, broken: None });
        }
        Ok(Sheet { name, hidden, lines, hidden_columns, partly_struck: self.partly_struck })
    }

    /// Fills what merged cells cover, in rows that hold anything else: a merge over a million rows costs nothing.
    fn fill(&mut self, budget: &mut Budget) -> Result<(), ListError> {
        for Area { rows, columns } in std::mem::take(&mut self.merged) {
            let first = self.rows.partition_point(|row| row.number < rows.0);
            let Some(anchor) = self.rows.get(first).filter(|row| row.number == rows.0) else { continue };
            let Some(shown) = anchor.cells.get(columns.0 as usize).filter(|cell| !cell.is_empty()).cloned() else {
                continue;
            };
            let (from, to) = (columns.0 as usize, columns.1 as usize);
            for row in self.rows[first..].iter_mut().take_while(|row| row.number <= rows.1) {
                if row.cells.len() <= to {
                    budget.cells(to + 1 - row.cells.len())?;
                    row.cells.resize(to + 1, Cell::default());
                }
                // Also where nothing is added: what is gone over again and again takes time.
                budget.cells(to + 1 - from)?;
                for (at, cell) in row.cells.iter_mut().enumerate().take(to + 1).skip(from) {
                    if row.number != rows.0 || at != from {
                        budget.bytes(shown.text.len())?;
                        *cell = Cell { merged: true, ..shown.clone() };
                    }
                }
            }
        }
        Ok(())
    }

    /// Empties the cells of hidden columns, and says what was in them.
    fn blank(&mut self) -> Vec<HiddenColumn> {
        let mut found = std::mem::take(&mut self.left_out);
        let mut at: Vec<u32> = self.hidden_columns.iter().flat_map(|(from, to)| *from..=*to).collect();
        at.sort_unstable();
        at.dedup();
        for at in at {
            let at = at as usize;
            let mut hidden = HiddenColumn { at, first: String::new(), cells: 0 };
            for cell in self.rows.iter_mut().filter_map(|row| row.cells.get_mut(at)) {
                let cell = std::mem::take(cell);
                if cell.is_empty() || cell.merged {
                    continue;
                }
                hidden.cells += 1;
                if hidden.first.is_empty() {
                    hidden.first = cell.text;
                }
            }
            if hidden.cells > 0 {
                found.push(hidden);
            }
        }
        found.sort_by_key(|hidden| hidden.at);
        found
    }
}

/// Which rows are hidden, asked from above to below.
struct Shown<'a> {
    /// By where they begin.
    spans: &'a [(u32, u32)],
    /// How far the spans that were passed reach.
    reach: Option<u32>,
}

impl Shown<'_> {
    fn hides(&mut self, number: u32) -> bool {
        while let Some(((from, to), rest)) = self.spans.split_first() {
            if *from > number {
                break;
            }
            self.reach = self.reach.max(Some(*to));
            self.spans = rest;
        }
        self.reach.is_some_and(|reach| reach >= number)
    }
}

/// Whether a row is struck out as a whole: then its cells are what they were. A running number is often left as it is, and so is a cell merged from above.
fn is_struck(cells: &[Cell]) -> bool {
    let counts = |text: &str| text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let told = |cell: &&Cell| !cell.is_empty() && !cell.merged;
    let mut any = false;
    for cell in cells.iter().filter(told) {
        match cell.form {
            Form::StruckOut => any = true,
            _ if counts(&cell.text) => {}
            _ => return false,
        }
    }
    any
}

/// A text as a cell keeps it.
pub(super) fn text(text: &str) -> String {
    // One character more than a cell may have is enough to see that it has too many.
    match text.char_indices().nth(CELL_CHARS_MAX + 1) {
        Some((end, _)) => fold::clean(&text[..end]),
        None => fold::clean(text),
    }
}

/// A cell that shows a text. What a spreadsheet shows of a formula that failed is such an error also where it was saved as a text.
pub(super) fn cell(shown: &str) -> Cell {
    let text = text(shown);
    let form = if is_error(&text) { Form::Error } else { Form::Text };
    Cell { text, form, merged: false }
}

/// Whether a text is what a spreadsheet shows in place of a value: a formula's error, or a column too narrow for its day.
fn is_error(text: &str) -> bool {
    const ERRORS: &[&str] = &[
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#BLOCKED!",
        "#FIELD!",
        "#UNKNOWN!",
        "#CONNECT!",
        "#GETTING_DATA",
        "#BUSY!",
        "#EXTERNAL!",
        "#PYTHON!",
    ];
    let text = text.trim();
    if let Some(number) = text.strip_prefix("Err:") {
        return number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit());
    }
    text.starts_with('#')
        && (ERRORS.iter().any(|error| error.eq_ignore_ascii_case(text))
            || (text.len() > 2 && text.bytes().all(|b| b == b'#')))
}

/// Where words of a cell end, in bytes, and whether they are struck out; where that is not said, they are as the cell is.
pub(super) type Run = (usize, Option<bool>);

/// Words of a cell, each struck out, not struck out, or as the cell's own style says.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) text: String,
    /// Its runs. What follows the last is as the cell is.
    pub(super) runs: Vec<Run>,
}

impl Words {
    /// Says of the words up to an end whether they are struck out.
    pub(super) fn goes_on(&mut self, end: usize, struck: Option<bool>) {
        let many = self.runs.len();
        match self.runs.last_mut() {
            Some(last) if last.1 == struck => last.0 = end,
            _ if many < 4_000 => self.runs.push((end, struck)),
            _ => {}
        }
    }
}

/// What a cell of words shows, and whether some of them are struck out and left out.
pub(super) fn of_words(words: &str, runs: &[Run], cell_struck: bool) -> (Cell, bool) {
    if runs.is_empty() {
        let mut cell = cell(words);
        if cell_struck && !cell.text.is_empty() {
            cell.form = Form::StruckOut;
        }
        return (cell, false);
    }
    let (mut shown, mut gone, mut from) = (String::new(), false, 0);
    for (end, struck) in runs.iter().copied().chain([(words.len(), None)]) {
        let piece = words.get(from..end.max(from)).unwrap_or_default();
        from = end.max(from);
        if struck.unwrap_or(cell_struck) {
            gone |= !piece.trim().is_empty();
        } else {
            shown.push_str(piece);
        }
    }
    match (gone, shown.trim().is_empty()) {
        (true, true) => (Cell { form: Form::StruckOut, ..cell(words) }, false),
        (gone, _) => (cell(&shown), gone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(grid: Grid, budget: &mut Budget) -> Sheet {
        grid.finish(String::new(), false, budget).unwrap()
    }

    fn texts(sheet: &Sheet) -> Vec<(u64, String)> {
        let text = |cell: &Cell| if cell.merged { format!("^{}", cell.text) } else { cell.text.clone() };
        sheet.lines.iter().map(|l| (l.number, l.cells.iter().map(text).collect::<Vec<_>>().join("|"))).collect()
    }

    #[test]
    fn what_a_merged_cell_covers_shows_its_value_in_rows_that_hold_anything() {
        let (mut grid, mut budget) = (Grid::default(), Budget::new());
        for (row, column, text) in [
            (0, 0, "题"),
            (2, 0, "甲区"),
            (2, 1, "一"),
            (3, 1, "二"),
            (900_000, 1, "三"),
            (900_001, 0, "盖"),
            (900_001, 1, "四"),
        ] {
            grid.put(row, column, cell(text), &mut budget).unwrap();
        }
        grid.merge(Area { rows: (0, 1), columns: (0, 2) }, &mut budget).unwrap();
        grid.merge(Area { rows: (2, 1_048_575), columns: (0, 0) }, &mut budget).unwrap();
        let sheet = shown(grid, &mut budget);
        let want = [(1, "题|^题|^题"), (3, "甲区|一"), (4, "^甲区|二"), (900_001, "^甲区|三"), (900_002, "^甲区|四")];
        assert_eq!(texts(&sheet), want.map(|(number, text)| (number, text.to_owned())));
    }

    #[test]
    fn hidden_columns_are_emptied_and_told_and_hidden_rows_marked() {
        let (mut grid, mut budget) = (Grid::default(), Budget::new());
        for (row, column, text) in [
            (0, 0, "名"),
            (0, 1, "密"),
            (0, 2, "址"),
            (1, 0, "甲"),
            (1, 1, "1"),
            (1, 2, "路"),
            (2, 1, "2"),
            (3, 0, "乙"),
            (4, 0, "丙"),
        ] {
            grid.put(row, column, cell(text), &mut budget).unwrap();
        }
        grid.hide_columns(1, 1);
        grid.hide_columns(7, 20_000);
        grid.hide_rows(3, 3);
        let sheet = shown(grid, &mut budget);
        assert_eq!(sheet.hidden_columns, [HiddenColumn { at: 1, first: "密".to_owned(), cells: 3 }]);
        let want = [(1, "名||址"), (2, "甲||路"), (4, "乙"), (5, "丙")];
        assert_eq!(texts(&sheet), want.map(|(number, text)| (number, text.to_owned())));
        assert_eq!(sheet.lines.iter().map(|l| l.unseen).collect::<Vec<_>>(), [None, None, Some(Unseen::Hidden), None]);
    }

    #[test]
    fn a_row_is_struck_out_whatever_becomes_of_its_number_and_of_what_is_merged() {
        let struck = |text: &str| Cell { form: Form::StruckOut, ..cell(text) };
        let merged = Cell { merged: true, ..cell("甲区") };
        for (cells, want) in [
            (vec![cell("3"), merged.clone(), struck("乙园")], true),
            (vec![cell("3"), merged.clone(), struck("乙园"), cell("已停办")], false),
            (vec![cell("3"), merged, cell("乙园")], false),
            (vec![cell("3")], false),
            (vec![struck("3"), Cell::default(), struck("乙园")], true),
        ] {
            assert_eq!(is_struck(&cells), want, "{cells:?}");
        }
    }

    #[test]
    fn struck_words_beside_others_are_left_out() {
        let some = |text: &str, form| Cell { text: text.to_owned(), form, merged: false };
        for (words, runs, struck, want, partly) in [
            ("甲园乙园", vec![(6, Some(true)), (12, Some(false))], false, some("乙园", Form::Text), true),
            ("甲园乙园", vec![(6, Some(true)), (12, Some(true))], false, some("甲园乙园", Form::StruckOut), false),
            ("甲园乙园", vec![(6, None), (12, Some(false))], true, some("乙园", Form::Text), true),
            ("甲园乙园", vec![(6, None), (12, Some(false))], false, some("甲园乙园", Form::Text), false),
            ("甲园", vec![], true, some("甲园", Form::StruckOut), false),
            ("甲园 ", vec![(6, Some(false)), (7, Some(true))], false, some("甲园", Form::Text), false),
            ("", vec![], true, some("", Form::Text), false),
        ] {
            assert_eq!(of_words(words, &runs, struck), (want, partly), "{words} {runs:?}");
        }
    }

    #[test]
    fn merged_cells_that_lie_over_each_other_are_not_filled_without_end() {
        let (mut grid, mut budget) = (Grid::default(), Budget::new());
        for row in 0..1_000 {
            grid.put(row, 0, cell("x"), &mut budget).unwrap();
        }
        for _ in 0..50 {
            grid.merge(Area { rows: (0, 999), columns: (0, 255) }, &mut budget).unwrap();
        }
        assert_eq!(grid.finish(String::new(), false, &mut budget), Err(ListError::TooLarge));
    }

    #[test]
    fn too_many_cells_are_refused_and_not_kept() {
        let (mut grid, mut budget) = (Grid::default(), Budget::new());
        let put = |grid: &mut Grid, budget: &mut Budget, row| grid.put(row, 255, cell("x"), budget);
        let refused = (0..1_048_576).find_map(|row| put(&mut grid, &mut budget, row).err());
        assert_eq!(refused, Some(ListError::TooLarge));
        let (mut grid, mut budget) = (Grid::default(), Budget::new());
        let refused = (0..1_048_576).find_map(|row| grid.put(row, 0, cell("x"), &mut budget).err());
        assert_eq!(refused, Some(ListError::TooManyRows));
    }
}
