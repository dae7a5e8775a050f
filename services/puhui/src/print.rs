//! Tables for people on a terminal.

use std::io::{self, IsTerminal, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Width of a terminal that does not say its own, in columns.
const TERMINAL_COLUMNS: usize = 120;
/// Space between two columns.
const GAP: &str = "  ";
/// A column is not made narrower than this.
const COLUMN_WIDTH_MIN: usize = 6;
/// What stands for a character that must not reach the terminal.
const REPLACEMENT: char = '\u{FFFD}';

/// A table of texts.
#[derive(Debug, Clone)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column headers.
    pub fn new(header: &[&str]) -> Self {
        Self { header: header.iter().map(|title| harmless(title)).collect(), rows: Vec::new() }
    }

    /// Adds a row. Cells beyond the header are left out, missing ones stay empty.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let mut row: Vec<String> = cells.into_iter().take(self.header.len()).map(|c| harmless(c.as_ref())).collect();
        row.resize(self.header.len(), String::new());
        self.rows.push(row);
    }

    /// Whether the table has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The columns one below the other, each line no wider than `columns`.
    pub fn aligned(&self, columns: usize) -> String {
        let widths = self.widths(columns);
        let mut text = String::new();
        for row in self.lines() {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let cell = truncated(cell, *width);
                line.push_str(&cell);
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width())));
                line.push_str(GAP);
            }
            text.push_str(&truncated(line.trim_end(), columns));
            text.push('\n');
        }
        text
    }

    /// Whole cells, a tab between them: for other programs.
    pub fn plain(&self) -> String {
        self.lines().map(|row| row.join("\t") + "\n").collect()
    }

    /// Prints to standard output: aligned and cut to the terminal's width (`COLUMNS`, or 120) where it is one, plain
    /// where it is not.
    pub fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let text = if out.is_terminal() { self.aligned(terminal_columns()) } else { self.plain() };
        out.write_all(text.as_bytes())
    }

    fn lines(&self) -> impl Iterator<Item = &Vec<String>> {
        std::iter::once(&self.header).chain(&self.rows)
    }

    /// The columns' widths: what their longest cells need, the widest cut until the line fits.
    fn widths(&self, columns: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = vec![0; self.header.len()];
        for row in self.lines() {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let gaps = GAP.len() * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > columns {
            match widths.iter_mut().max() {
                Some(widest) if *widest > COLUMN_WIDTH_MIN => *widest -= 1,
                _ => break,
            }
        }
        widths
    }
}

fn terminal_columns() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    columns.filter(|columns| *columns > 0).unwrap_or(TERMINAL_COLUMNS)
}

/// The text with what could command a terminal replaced: a name in a published list must not move the cursor, change
/// colours or turn the
/// reading direction.
pub fn harmless(text: &str) -> String {
    let commands = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}')
    };
    text.chars().map(|c| if commands(c) { REPLACEMENT } else { c }).collect()
}

/// The text, or as much of it as fits into `width` columns with an ellipsis.
fn truncated(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut kept, mut used) = (String::new(), 0);
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used + 1 > width {
            break;
        }
        kept.push(c);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["编号", "名称"]);
        table.row(["1", "阳光幼儿园"]);
        table.row(["1234567", "甲"]);
        table
    }

    #[test]
    fn columns_stand_below_each_other_whatever_the_script() {
        assert_eq!(table().aligned(80), "编号     名称\n1        阳光幼儿园\n1234567  甲\n");
        assert_eq!(table().plain(), "编号\t名称\n1\t阳光幼儿园\n1234567\t甲\n");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        assert_eq!(table().aligned(16), "编号     名称\n1        阳光幼…\n1234567  甲\n");
        for columns in 0..40 {
            assert!(table().aligned(columns).lines().all(|line| line.width() <= columns), "{columns}");
        }
    }

    #[test]
    fn a_cell_cannot_command_the_terminal() {
        let mut table = Table::new(&["名称"]);
        table.row(["\u{1b}[31m红\u{7}\n\u{9b}2J\u{202e}"]);
        let text = table.aligned(80) + &table.plain();
        assert!(text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()), "{text:?}");
        assert_eq!(text.lines().count(), 4);
        assert!(!text.contains('\u{202e}'));
    }

    #[test]
    fn rows_have_as_many_cells_as_the_header() {
        let mut table = Table::new(&["甲", "乙"]);
        assert!(table.is_empty());
        table.row(["1"]);
        table.row(["1", "2", "3"]);
        assert_eq!(table.plain(), "甲\t乙\n1\t\n1\t2\n");
    }
}
