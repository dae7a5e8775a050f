//! Which columns a line of headings names, and whether blocks stand side by side under it.

use std::ops::Range;

use crate::book::Line;
use crate::fold;
use crate::words::headings::{self, Column};
use crate::words::results;

/// Known headings that make a line one of headings though none of them is of the name: then an unknown one is asked about.
const KNOWN_WITHOUT_NAME_MIN: usize = 3;

/// The headings of one block of columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The block's columns in the sheet.
    pub span: Range<usize>,
    /// Heading by column of the block, as published; empty where there is none.
    pub cells: Vec<String>,
    /// What the known ones hold, and where in the block.
    columns: Vec<(Column, usize)>,
    /// Headings that name no known column, by where they stand in the block.
    pub unknown: Vec<usize>,
    /// Headings that name a column a second time.
    pub repeated: Vec<usize>,
}

impl Header {
    /// The blocks that a line of headings names; none where it is no such line. It names the outlets' names and at least one more thing, or stands alone
    /// over a column of names.
    pub fn of(line: &Line) -> Vec<Self> {
        let cells: Vec<&str> = line.cells.iter().map(|cell| cell.text.as_str()).collect();
        let blocks: Vec<Self> = blocks(&cells).into_iter().map(|span| Self::of_block(&cells, span)).collect();
        let named = |header: &Self| header.place(Column::Name).is_some();
        let known = blocks.iter().map(Self::known_or_verdicts).max().unwrap_or(0);
        let unnamed = |header: &Self| known >= KNOWN_WITHOUT_NAME_MIN && !header.unknown.is_empty();
        // Where most cells are no headings, it is a row that happens to hold two words of them.
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        if known >= 2
            && blocks.iter().map(Self::known_or_verdicts).sum::<usize>() * 2 >= filled
            && blocks.iter().all(|header| named(header) || unnamed(header))
        {
            blocks
        } else {
            Vec::new()
        }
    }

    /// How many of a line's headings are known, in all of its blocks.
    pub fn known(blocks: &[Self]) -> usize {
        blocks.iter().map(|header| header.columns.len() + header.repeated.len()).sum()
    }

    /// The same of one block, and verdicts (认定, 取消): one heads a column beside one of names; elsewhere it stands in a row.
    fn known_or_verdicts(&self) -> usize {
        let named = self.place(Column::Name).is_some();
        let verdict = |at: &&usize| named && results::holds(&self.cells[**at]).is_some();
        self.columns.len() + self.repeated.len() + self.unknown.iter().filter(verdict).count()
    }

    fn of_block(cells: &[&str], span: Range<usize>) -> Self {
        let own = &cells[span.clone()];
        let mut header = Self {
            span,
            cells: own.iter().map(|cell| (*cell).to_owned()).collect(),
            columns: Vec::new(),
            unknown: Vec::new(),
            repeated: Vec::new(),
        };
        for (at, cell) in own.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            match headings::column(cell) {
                // What is no part of the record may stand as often as it likes.
                Some(Column::Other) => header.columns.push((Column::Other, at)),
                Some(column) => header.place_column(column, at),
                None => header.unknown.push(at),
            }
        }
        header
    }

    /// Places a column. Of two that hold one thing the nearer one is taken: where an outlet serves, not where it is licensed.
    fn place_column(&mut self, column: Column, at: usize) {
        let rank = |at: usize| self.cells.get(at).map_or(u8::MAX, |heading| headings::rank(heading));
        match self.place(column) {
            None => self.columns.push((column, at)),
            Some(first) if rank(at) < rank(first) => {
                for (_, place) in self.columns.iter_mut().filter(|(known, _)| *known == column) {
                    *place = at;
                }
                self.repeated.push(first);
            }
            Some(_) => self.repeated.push(at),
        }
    }

    /// Whether a line says the same as this one.
    pub fn is(&self, line: &Line) -> bool {
        let text = |at: usize| line.cells.get(self.span.start + at).map_or("", |cell| cell.text.as_str());
        self.cells.iter().enumerate().all(|(at, cell)| cell == text(at))
    }

    /// Where in the block a column stands.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().find(|(c, _)| *c == column).map(|(_, at)| *at)
    }

    /// What the list calls a column.
    pub fn title(&self, column: Column) -> &str {
        self.place(column).and_then(|at| self.cells.get(at)).map_or(column.label(), String::as_str)
    }

    /// The known columns from left to right.
    pub fn columns(&self) -> &[(Column, usize)] {
        &self.columns
    }

    /// Passes an unknown column over, by an officer's word.
    pub fn pass_over(&mut self, at: usize) {
        self.unknown.retain(|unknown| *unknown != at);
    }

    /// Takes an officer's word for what an unknown heading means.
    pub fn learn(&mut self, at: usize, column: Column) {
        self.unknown.retain(|unknown| *unknown != at);
        self.place_column(column, at);
    }
}

/// The columns of each block: a heading of a name that stands twice, word for word, begins a block with what stands around it.
fn blocks(cells: &[&str]) -> Vec<Range<usize>> {
    let keys: Vec<String> = cells.iter().map(|cell| fold::key(cell)).collect();
    let whole = std::iter::once(0..cells.len()).collect();
    let Some(first) = keys.iter().position(|key| !key.is_empty()) else { return Vec::new() };
    let Some(name) = cells.iter().position(|cell| headings::column(cell) == Some(Column::Name)) else { return whole };
    let names = keys.iter().filter(|key| **key == keys[name]).count();
    let starts: Vec<usize> = (first..keys.len()).filter(|at| keys[*at] == keys[first]).collect();
    if names < 2 || starts.len() != names {
        return whole;
    }
    let ends = starts.iter().skip(1).copied().chain([cells.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Cell;

    fn of(cells: &[&str]) -> Vec<Header> {
        Header::of(&Line { number: 1, cells: cells.iter().map(|text| Cell::text(text)).collect(), ..Line::default() })
    }

    #[test]
    fn blocks_side_by_side_are_told_apart() {
        for (cells, spans) in [
            (&["序号", "机构名称", "地址"][..], vec![Range { start: 0, end: 3 }]),
            (&["序号", "机构名称", "序号", "机构名称"], vec![0..2, 2..4]),
            (&["序号", "机构名称", "", "序号", "机构名称"], vec![0..3, 3..5]),
            (&["机构名称", "地址", "地址"], vec![Range { start: 0, end: 3 }]),
            (&["2025年名单"], vec![]),
            (&["机构名称"], vec![]),
        ] {
            let found: Vec<Range<usize>> = of(cells).into_iter().map(|header| header.span).collect();
            assert_eq!(found, spans, "{cells:?}");
        }
    }
}
