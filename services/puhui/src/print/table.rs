//! A table of texts: aligned for a terminal, one cell a line for a narrow one, tab-separated for other programs.

use unicode_width::UnicodeWidthStr;

use super::cards::cards;
use super::column::{Column, Cut};
use super::text::{harmless, padded, truncated};

/// A terminal with fewer columns than these gets a block of lines a row, where the rows do not fit whole.
const COLUMNS_FOR_CUT_TEXT_MIN: usize = 100;
/// Space between two columns.
const GAP: &str = "  ";
/// A text is not cut to fewer columns than these.
const TEXT_COLUMNS_MIN: usize = 12;

/// A table of texts.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row. Cells beyond the header are left out, missing ones stay empty.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let row = self.cells(cells);
        self.rows.push(row);
    }

    /// Whether the table has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows for a terminal of this many columns: aligned where they fit; else with texts cut, or, on a narrow terminal or where
    /// cutting texts does not help, as a block of lines a row.
    pub fn shown(&self, terminal: usize) -> String {
        let whole = self.widths();
        if line(&whole) <= terminal {
            return self.aligned(&whole);
        }
        let cut = self.narrowed(whole, terminal);
        match cut {
            Some(widths) if terminal >= COLUMNS_FOR_CUT_TEXT_MIN => self.aligned(&widths),
            _ => cards(&self.columns, &self.rows, terminal),
        }
    }

    /// Whole cells, a tab between them, the titles in the first line: for other programs.
    pub fn plain(&self) -> String {
        let rows = self.rows.iter().map(|row| row.join("\t") + "\n");
        std::iter::once(self.plain_titles() + "\n").chain(rows).collect()
    }

    /// The titles, a tab between them.
    pub fn plain_titles(&self) -> String {
        self.columns.iter().map(|column| column.title.as_str()).collect::<Vec<_>>().join("\t")
    }

    /// A row as [`Self::plain`] has it, which is not kept.
    pub fn plain_row<T: AsRef<str>>(&self, cells: impl IntoIterator<Item = T>) -> String {
        self.cells(cells).join("\t")
    }

    fn cells<T: AsRef<str>>(&self, cells: impl IntoIterator<Item = T>) -> Vec<String> {
        let mut row: Vec<String> = cells.into_iter().take(self.columns.len()).map(|c| harmless(c.as_ref())).collect();
        row.resize(self.columns.len(), String::new());
        row
    }

    fn aligned(&self, widths: &[usize]) -> String {
        let titles: Vec<String> = self.columns.iter().map(|column| column.title.clone()).collect();
        let mut text = String::new();
        for row in std::iter::once(&titles).chain(&self.rows) {
            let cells = row.iter().zip(widths).map(|(cell, width)| padded(&truncated(cell, *width), *width));
            text.push_str(cells.collect::<Vec<_>>().join(GAP).trim_end());
            text.push('\n');
        }
        text
    }

    /// The columns' widths: what their longest cells need.
    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| column.title.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        widths
    }

    /// The widest texts cut until a line fits; `None` where that would leave too little of them.
    fn narrowed(&self, mut widths: Vec<usize>, terminal: usize) -> Option<Vec<usize>> {
        while line(&widths) > terminal {
            let texts = widths.iter_mut().zip(&self.columns).filter(|(_, column)| column.cut == Cut::WhereNeeded);
            let widest = texts.map(|(width, _)| width).max().filter(|width| **width > TEXT_COLUMNS_MIN)?;
            *widest -= 1;
        }
        Some(widths)
    }
}

/// The columns a line of cells of these widths takes.
fn line(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "91321003MA1N0000XX-001";

    fn table() -> Table {
        let mut table = Table::new([Column::whole("编号"), Column::text("名称")]);
        table.row(["1", "阳光幼儿园"]);
        table.row(["1234567", "甲"]);
        table
    }

    fn outlets() -> Table {
        let mut table = Table::new([Column::whole("网点编号"), Column::text("名称"), Column::text("地址")]);
        table.row([ID, &"阳光".repeat(20), &"文昌西路".repeat(11)]);
        table.row([ID, &"阳光".repeat(20), "另一处"]);
        table.row(["1", "甲", "乙"]);
        table
    }

    #[test]
    fn columns_stand_below_each_other_whatever_the_script() {
        assert_eq!(table().shown(80), "编号     名称\n1        阳光幼儿园\n1234567  甲\n");
        assert_eq!(table().plain(), "编号\t名称\n1\t阳光幼儿园\n1234567\t甲\n");
    }

    #[test]
    fn a_narrow_terminal_gets_a_block_a_row_and_a_wide_one_whole_cells() {
        assert_eq!(table().shown(16), "编号  1\n名称  阳光幼儿园\n\n编号  1234567\n名称  甲\n");
        // Two rows of one outlet are one block, and what only the first has is not taken for the second's.
        assert_eq!(outlets().shown(80).matches(ID).count(), 1);
        let mut tasks = Table::new([Column::whole("编号"), Column::whole("类别"), Column::text("说明")]);
        tasks.row(["1", "托育", "补签"]);
        tasks.row(["1", "", &"补全".repeat(9)]);
        assert_eq!(
            tasks.shown(44),
            "编号  1\n类别  托育\n说明  补签\n类别  —\n说明  补全补全补全补全补全补全补全补全补全\n"
        );
        assert!(tasks.shown(40).ends_with(&format!("说明  {}补\n      全\n", "补全".repeat(8))));
        let wide = outlets().shown(200);
        assert!(!wide.contains('…') && wide.lines().count() == 4, "{wide}");
    }

    #[test]
    fn no_width_cuts_an_id_and_none_that_holds_one_is_overrun() {
        for columns in 1..260 {
            let shown = outlets().shown(columns);
            assert!(shown.contains(ID), "{columns}: {shown}");
            let longest = shown.lines().map(UnicodeWidthStr::width).max().unwrap();
            assert!(columns < 32 || longest <= columns, "{columns}: {shown}");
            assert!(columns >= 100 || !shown.contains('…'), "{columns}: {shown}");
        }
    }

    #[test]
    fn a_cell_cannot_command_the_terminal() {
        let mut table = Table::new([Column::text("名称")]);
        table.row(["\u{1b}[31m红\u{7}\n\u{9b}2J\u{202e}"]);
        let text = table.shown(80) + &table.plain();
        assert!(text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()), "{text:?}");
        assert_eq!(text.lines().count(), 4);
        assert!(!text.contains('\u{202e}'));
    }

    #[test]
    fn rows_have_as_many_cells_as_the_header() {
        let mut table = Table::new([Column::text("甲"), Column::text("乙")]);
        assert!(table.is_empty());
        table.row(["1"]);
        table.row(["1", "2", "3"]);
        assert_eq!(table.plain(), "甲\t乙\n1\t\n1\t2\n");
        assert_eq!(table.plain_row(["1"]), "1\t");
    }
}
