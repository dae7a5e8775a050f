//! The rows in memory: what was applied and is not written yet, in layers over the blocks.

mod digest;
mod mark;
mod table;
mod tally;

use std::sync::Arc;

pub use digest::Digest;
pub(crate) use mark::Mark;
pub(crate) use table::{Bytes, Change, Table, Value};
pub(crate) use tally::{Added, moved};
pub use tally::{counts, members};

/// What was applied and is not written yet.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) active: Table,
    /// What is being written. The rows have the same values before and after, so that readers look through it all the while.
    pub(crate) frozen: Option<Frozen>,
    pub(crate) mark: Mark,
}

/// Rows that are being written, and the mark that holds once they are.
#[derive(Debug, Clone)]
pub(crate) struct Frozen {
    pub(crate) table: Arc<Table>,
    pub(crate) mark: Mark,
}

impl Tables {
    /// The latest first.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &Table> {
        std::iter::once(&self.active).chain(self.frozen.as_ref().map(|frozen| &*frozen.table))
    }
}

/// What a row is with what is added to it.
pub(crate) fn over(value: Option<Value>, added: &Added) -> Option<Value> {
    if added.is_empty() {
        return value;
    }
    moved(value.as_ref().map(Value::bytes), added).map(|bytes| Value::new(bytes, true))
}
