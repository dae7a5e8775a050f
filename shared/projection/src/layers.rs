//! What rows in memory are made of: tables of changed rows, rows that count numbers, the mark and the digest.

mod changes;
mod digest;
mod mark;
mod table;
mod tally;
mod value;

pub(crate) use changes::{Changes, Made};
pub use digest::Digest;
pub(crate) use mark::Mark;
pub(crate) use table::{Builder as TableBuilder, Change, Cursor, Table};
pub(crate) use tally::moved;
pub use tally::{counts, members};
pub(crate) use value::{Bytes, Value};

/// What a row is with what is added to it.
pub(crate) fn over(value: Option<Value>, added: &[(u64, i64)]) -> Option<Value> {
    if added.is_empty() {
        return value;
    }
    moved(value.as_ref().map(Value::bytes), added).map(|bytes| Value::new(bytes, true))
}
