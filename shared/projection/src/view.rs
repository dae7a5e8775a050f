//! The rows at one position: the layers in memory over the blocks.

use crate::error::ReadError;
use crate::layers::{Change, Tables, Value, over};
use crate::shelf::Shelf;

/// The row at `key`.
pub(crate) fn value(tables: &Tables, blocks: Shelf<'_>, key: &[u8]) -> Result<Option<Value>, ReadError> {
    let mut added = Vec::new();
    for table in tables.layers() {
        match table.rows.get(key) {
            Some(Change::Add(more)) => added.extend_from_slice(more),
            Some(Change::Put(value)) => return Ok(over(Some(value.clone()), &added)),
            Some(Change::Gone) => return Ok(over(None, &added)),
            None => {}
        }
    }
    Ok(over(blocks.get(key)?, &added))
}
