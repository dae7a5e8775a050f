//! What reads of rows are held against: sled with nothing around it. For measuring only.

use std::path::Path;

use crate::error::ReadError;

/// A sled tree with a row of its own for each outlet.
#[derive(Debug)]
pub struct Scans {
    rows: sled::Tree,
    _db: sled::Db,
}

impl Scans {
    /// Opens a tree in `folder`, which is made if it is not there, with as much memory as rows are given.
    pub fn open(folder: &Path) -> Result<Self, ReadError> {
        let config = sled::Config::new().path(folder).cache_capacity(crate::shelf::CACHE_BYTES).flush_every_ms(None);
        let db = config.open()?;
        Ok(Self { rows: db.open_tree("rows")?, _db: db })
    }

    /// Puts one row.
    pub fn put(&self, key: &[u8], value: &[u8]) -> Result<(), ReadError> {
        self.rows.insert(key, value)?;
        Ok(())
    }

    /// Reads the first `rows` rows whose keys begin with `prefix`; returns how many bytes their values have.
    pub fn first(&self, prefix: &[u8], rows: usize) -> Result<usize, ReadError> {
        self.rows.scan_prefix(prefix).take(rows).try_fold(0, |bytes, row| Ok(bytes + row?.1.len()))
    }
}
