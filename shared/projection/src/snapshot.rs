//! Snapshots: the rows as they are at one position.

use std::marker::PhantomData;
use std::ops::Bound;
use std::sync::Arc;

use domain::Position;
use serde::de::DeserializeOwned;

use crate::error::ReadError;
use crate::layers::{Digest, Mark};
use crate::scan::{Row, Scan};
use crate::view::View;

/// A key and its value as stored.
pub type Stored = (Vec<u8>, Vec<u8>);

/// The rows at one position. It is taken in no time and waits for nobody. One that is held for longer than a write of rows waits
/// (see ARCHITECTURE.md) answers [`ReadError::Overtaken`] from then on where it reads blocks.
#[derive(Debug)]
pub struct Snapshot<'a> {
    view: Arc<View>,
    /// The folder is not closed while it is read.
    _folder: PhantomData<&'a ()>,
}

impl Snapshot<'_> {
    pub(crate) fn of(view: Arc<View>) -> Self {
        Self { view, _folder: PhantomData }
    }

    pub(crate) fn mark(&self) -> Mark {
        self.view.mark()
    }

    /// The position it is exactly true at.
    pub fn position(&self) -> Position {
        Position(self.view.mark().position)
    }

    /// The digest of all rows, as it was kept while they changed.
    pub fn digest(&self) -> Digest {
        self.view.mark().digest
    }

    /// The row at `key`, if there is one.
    pub fn get<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, ReadError> {
        Ok(self.view.value(key)?.map(|value| postcard::from_bytes(value.bytes())).transpose()?)
    }

    /// Bytes that are read to come to the row at `key`, about: those of the block it is in, which a long row has to itself. Told without
    /// reading them, so that what costs much is known before it does.
    pub fn bytes_to_read(&self, key: &[u8]) -> Result<usize, ReadError> {
        self.view.bytes_to_read(key)
    }

    /// The stored form of the row at `key`, to be decoded without copying.
    pub fn get_row(&self, key: &[u8]) -> Result<Option<Row>, ReadError> {
        Ok(self.view.value(key)?.map(|value| Row::new(key.to_vec(), value)))
    }

    /// The rows whose keys begin with `prefix`, in key order, after the key `after` where one is given.
    pub fn scan(&self, prefix: &[u8], after: Option<&[u8]>) -> Scan<'_> {
        let from = after.filter(|after| *after >= prefix);
        let start = from.map_or_else(|| Bound::Included(prefix.to_vec()), |after| Bound::Excluded(after.to_vec()));
        self.between(start, successor(prefix))
    }

    /// The rows whose keys are from `from` on and before `until`, in key order.
    pub fn range(&self, from: &[u8], until: &[u8]) -> Scan<'_> {
        self.between(Bound::Included(from.to_vec()), Some(until.max(from).to_vec()))
    }

    fn between(&self, start: Bound<Vec<u8>>, until: Option<Vec<u8>>) -> Scan<'_> {
        Scan::new(&self.view, start, until)
    }

    /// Every key and value as stored, in key order, and the mark of the last commit at their end: one after another, so that it takes no
    /// memory to speak of.
    pub fn stored(&self) -> impl Iterator<Item = Result<Stored, ReadError>> {
        let rows = self.scan(&[], None).map(|row| row.map(|row| (row.key().to_vec(), row.value().to_vec())));
        let mark = || Ok((b"mark".to_vec(), postcard::to_allocvec(&self.view.mark())?));
        rows.chain(std::iter::once_with(mark))
    }

    /// All of [`Snapshot::stored`] at once, to be compared.
    pub fn dump(&self) -> Result<Vec<Stored>, ReadError> {
        self.stored().collect()
    }

    /// The digest of all rows, made anew from each of them.
    pub fn recount(&self) -> Result<Digest, ReadError> {
        let mut digest = Digest::default();
        for row in self.scan(&[], None) {
            let row = row?;
            if row.counts() {
                digest.counted(row.key(), row.value());
            } else {
                digest.comes(row.key(), row.value());
            }
        }
        Ok(digest)
    }
}

/// The least key that is greater than every one with this prefix; `None` where there is none.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let length = prefix.iter().rposition(|byte| *byte < u8::MAX)? + 1;
    let mut successor = prefix[..length].to_vec();
    if let Some(last) = successor.last_mut() {
        *last += 1;
    }
    Some(successor)
}
