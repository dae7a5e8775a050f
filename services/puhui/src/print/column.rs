//! A column of a table: what it is called, and whether its cells may be cut.

use super::text::harmless;

/// Whether a column's cells may lose their ends where the terminal is narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Ids, numbers and days: what somebody copies or compares.
    Never,
    /// Names, addresses and sentences.
    WhereNeeded,
}

/// A column: its title, and whether its cells stay whole.
#[derive(Debug, Clone)]
pub struct Column {
    pub(super) title: String,
    pub(super) cut: Cut,
}

impl Column {
    /// A column of ids, numbers, days or words of which nothing is ever cut.
    pub fn whole(title: &str) -> Self {
        Self { title: harmless(title), cut: Cut::Never }
    }

    /// What the column is called.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// A column of texts that may lose their ends on a narrow terminal.
    pub fn text(title: &str) -> Self {
        Self { title: harmless(title), cut: Cut::WhereNeeded }
    }
}
