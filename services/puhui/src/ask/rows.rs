//! Where an answer's rows go: JSON lines, tab-separated lines as they come, or a table for a terminal. Standard output holds rows and
//! nothing else; what is said about them goes to standard error.

use prost::{Message, Name};
use puhui::print::{Column, Table, terminal};

use crate::client::Failure;
use crate::json;

/// The rows of one answer.
pub(super) struct Rows {
    to: To,
    table: Table,
    told: u64,
}

#[derive(Debug, Clone, Copy)]
enum To {
    Json,
    Plain,
    Terminal { columns: usize },
}

impl Rows {
    /// Rows with these columns, for people, or as JSON.
    pub(super) fn new(as_json: bool, columns: impl IntoIterator<Item = Column>) -> Self {
        let to = match terminal::columns() {
            _ if as_json => To::Json,
            Some(columns) => To::Terminal { columns },
            None => To::Plain,
        };
        Self { to, table: Table::new(columns), told: 0 }
    }

    /// Whether there was no row.
    pub(super) fn is_empty(&self) -> bool {
        self.told == 0
    }

    /// A row: the message where JSON was asked for, else what `cells` makes of it, which may be several lines of the table.
    pub(super) fn add<M: Message + Name>(
        &mut self,
        message: &M,
        cells: impl FnOnce(&M) -> Vec<Vec<String>>,
    ) -> Result<(), Failure> {
        self.either(|| json::line(message), || cells(message))
    }

    /// A row: one line of JSON, or lines of the table.
    pub(super) fn either(
        &mut self,
        as_json: impl FnOnce() -> Result<String, Failure>,
        cells: impl FnOnce() -> Vec<Vec<String>>,
    ) -> Result<(), Failure> {
        self.told += 1;
        match self.to {
            To::Json => json::say(&as_json()?),
            To::Plain | To::Terminal { .. } => cells().into_iter().try_for_each(|row| self.cells(row)),
        }
    }

    fn cells(&mut self, row: Vec<String>) -> Result<(), Failure> {
        match self.to {
            To::Json => Ok(()),
            To::Terminal { .. } => {
                self.table.row(row);
                Ok(())
            }
            To::Plain => {
                if self.table.is_empty() {
                    json::say(&self.table.plain_titles())?;
                    // Kept as the sign that the titles are told.
                    self.table.row(&row);
                }
                json::say(&self.table.plain_row(row))
            }
        }
    }

    /// The end: `page` is what the answer says of itself, as JSON; `told` is the same for people.
    pub(super) fn end(self, page: &serde_json::Value, told: &str) -> Result<(), Failure> {
        match self.to {
            To::Json => return json::say(&serde_json::json!({ "page": page }).to_string()),
            To::Terminal { columns } if !self.table.is_empty() => json::put(&self.table.shown(columns))?,
            To::Terminal { .. } | To::Plain => {}
        }
        if !told.is_empty() {
            json::note(told);
        }
        Ok(())
    }

    /// The end of rows that belong to no page: commits, each with its own position.
    pub(super) fn close(self) -> Result<(), Failure> {
        match self.to {
            To::Terminal { columns } if !self.table.is_empty() => json::put(&self.table.shown(columns)),
            _ => Ok(()),
        }
    }
}
