//! What rows in memory are made of: tables of changed rows, rows that count numbers, the mark and the digest.

mod digest;
mod mark;
mod table;
mod tally;

pub use digest::Digest;
pub(crate) use mark::Mark;
pub(crate) use table::{Builder as TableBuilder, Bytes, Change, Changes, Cursor, Made, Table, Value};
pub(crate) use tally::moved;
pub use tally::{counts, members};

/// What a row is with what is added to it.
pub(crate) fn over(value: Option<Value>, added: &[(u64, i64)]) -> Option<Value> {
    if added.is_empty() {
        return value;
    }
    moved(value.as_ref().map(Value::bytes), added).map(|bytes| Value::new(bytes, true))
}
