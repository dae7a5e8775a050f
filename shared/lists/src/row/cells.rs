//! The cells of one row by column.

use crate::book::{Cell, Form};
use crate::header::Header;
use crate::words::blanks;
use crate::words::headings::Column;

/// The cells of one row by column.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    pub(super) header: &'a Header,
    pub(super) cells: &'a [Cell],
}

impl<'a> Cells<'a> {
    pub(super) fn title(&self, column: Column) -> &'a str {
        self.header.title(column)
    }

    pub(super) fn raw(&self, column: Column) -> &'a str {
        self.header.place(column).and_then(|at| self.cells.get(at)).map_or("", |cell| cell.text.as_str())
    }

    /// The cell's text, if it has something to say.
    pub(super) fn get(&self, column: Column) -> Option<&'a str> {
        self.at(self.header.place(column)?)
    }

    /// The same of a column by its place.
    pub(super) fn at(&self, at: usize) -> Option<&'a str> {
        let cell = self
            .cells
            .get(at)
            .filter(|cell| !matches!(cell.form, Form::Error | Form::NotComputed | Form::StruckOut))?;
        Some(cell.text.as_str()).filter(|text| !text.is_empty() && !blanks::is_blank(text))
    }
}
