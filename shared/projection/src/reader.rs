//! What readers hold: snapshots of the rows at one position.

use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, RwLockReadGuard};
use std::time::Duration;

use domain::Position;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::generation::Generation;
use crate::progress::{self, Behind, Progress};
use crate::rows::stored;
use crate::store::{ROW, Store};
use crate::{Applier, OpenError, Projection, ReadError};

/// SHA-256 over every key and value.
pub type Digest = [u8; 32];

/// A key and its value as stored.
pub type Stored = (Vec<u8>, Vec<u8>);

/// Reads the rows of one projection. Clones share them.
#[derive(Debug, Clone)]
pub struct Reader {
    store: Arc<Store>,
}

impl Reader {
    /// Opens the rows of `projection` below `folder`, for reading and for the one applier. Rows that cannot be read are dropped.
    pub fn open<P: Projection>(folder: &Path, projection: P) -> Result<(Self, Applier<P>), OpenError> {
        let generation = Generation::open(folder, P::NAME, P::VERSION)?;
        let store = Store::new(generation).map_err(|error| OpenError::Store(error.to_string()))?;
        let store = Arc::new(store);
        Ok((Self { store: Arc::clone(&store) }, Applier::new(store, projection)))
    }

    /// How far the rows are and whether they go on, to be watched.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.store.progress()
    }

    /// The last position applied.
    pub fn cursor(&self) -> Position {
        self.store.cursor()
    }

    /// Waits until the rows are at `position` or later, at most `longest`.
    pub async fn wait_for(&self, position: Position, longest: Duration) -> Result<(), Behind> {
        progress::wait_for(self.store.progress(), position, longest).await
    }

    /// The rows at one position. It keeps the applier from writing, so it is short-lived; it blocks while a batch is written.
    pub fn snapshot(&self) -> Snapshot<'_> {
        let gate = self.store.read();
        Snapshot { position: self.store.cursor(), tree: self.store.tree(), _gate: gate }
    }

    /// [`Reader::snapshot`] where it need not wait: for a short read on a thread that must not block.
    pub fn try_snapshot(&self) -> Option<Snapshot<'_>> {
        let gate = self.store.try_read()?;
        Some(Snapshot { position: self.store.cursor(), tree: self.store.tree(), _gate: gate })
    }
}

/// The rows at one position.
#[derive(Debug)]
pub struct Snapshot<'a> {
    position: Position,
    tree: &'a sled::Tree,
    _gate: RwLockReadGuard<'a, ()>,
}

impl Snapshot<'_> {
    /// The position it is exactly true at.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The row at `key`, if there is one.
    pub fn get<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, ReadError> {
        Ok(self.tree.get(stored(key))?.map(|bytes| postcard::from_bytes(&bytes)).transpose()?)
    }

    /// The stored form of the row at `key`, to be decoded without copying.
    pub fn get_row(&self, key: &[u8]) -> Result<Option<Row>, ReadError> {
        let key = stored(key);
        Ok(self.tree.get(&key)?.map(|value| Row { key: key.into(), value }))
    }

    /// The rows whose keys begin with `prefix`, in key order, after the key `after` where one is given.
    pub fn scan(&self, prefix: &[u8], after: Option<&[u8]>) -> Scan {
        let prefix = stored(prefix);
        let from = after.map(stored).filter(|after| *after >= prefix);
        let start = from.map_or_else(|| Bound::Included(prefix.clone()), Bound::Excluded);
        Scan { rows: self.tree.range((start, Bound::Unbounded)), prefix }
    }

    /// The rows whose keys are from `from` on and before `until`, in key order.
    pub fn range(&self, from: &[u8], until: &[u8]) -> Scan {
        let (from, until) = (stored(from), stored(until));
        let until = until.max(from.clone());
        Scan { rows: self.tree.range(from..until), prefix: vec![ROW] }
    }

    /// Every key and value as stored, the mark of the last commit included, in key order.
    pub fn dump(&self) -> Result<Vec<Stored>, ReadError> {
        let rows = self.tree.iter().map(|row| row.map(|(key, value)| (key.to_vec(), value.to_vec())));
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The digest of [`Snapshot::dump`]: each key and value behind its length.
    pub fn digest(&self) -> Result<Digest, ReadError> {
        let mut digest = Sha256::new();
        for row in self.tree {
            let (key, value) = row?;
            for part in [key, value] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(&part);
            }
        }
        Ok(digest.finalize().into())
    }
}

/// One stored row.
#[derive(Debug, Clone)]
pub struct Row {
    key: sled::IVec,
    value: sled::IVec,
}

impl Row {
    /// Its key.
    pub fn key(&self) -> &[u8] {
        // Every stored key of a row begins with one byte that says it is one.
        self.key.get(1..).unwrap_or_default()
    }

    /// Its value, in postcard.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// Its value read; it may borrow from the row.
    pub fn decode<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T, ReadError> {
        Ok(postcard::from_bytes(&self.value)?)
    }
}

/// Rows in key order.
pub struct Scan {
    rows: sled::Iter,
    prefix: Vec<u8>,
}

impl std::fmt::Debug for Scan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scan").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Iterator for Scan {
    type Item = Result<Row, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.next()? {
            Ok((key, value)) if key.starts_with(&self.prefix) && key.first() == Some(&ROW) => {
                Some(Ok(Row { key, value }))
            }
            Ok(_) => None,
            Err(error) => Some(Err(error.into())),
        }
    }
}
