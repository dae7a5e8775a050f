//! Blocks with changes: what stands in the block that a key is in, and the new blocks that it makes with what has changed.

use super::block::{Block, Builder, Entries, Entry};
use crate::error::ReadError;
use crate::layers::{Bytes, Change};

/// The block that holds, or would hold, a key, and where the next one begins.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) first: Vec<u8>,
    pub(super) until: Option<Vec<u8>>,
    pub(super) block: Bytes,
}

impl Place {
    pub(super) fn holds(&self, key: &[u8]) -> bool {
        self.until.as_ref().is_none_or(|until| key < until.as_slice())
    }
}

/// A block that is gone through once, for keys in order.
pub(super) struct Walk {
    pub(super) place: Place,
    entries: Entries,
    entry: Option<Entry>,
}

impl Walk {
    pub(super) fn new(place: Place) -> Result<Self, ReadError> {
        let mut entries = Entries::of(place.block.clone());
        let entry = entries.next()?;
        Ok(Self { place, entries, entry })
    }

    pub(super) fn value(&mut self, key: &[u8]) -> Result<Option<&[u8]>, ReadError> {
        while self.entry.is_some() && self.entries.key() < key {
            self.entry = self.entries.next()?;
        }
        let found = self.entry.filter(|_| self.entries.key() == key);
        Ok(found.map(|entry| self.entries.value(entry)))
    }
}

/// The rows of a block with changes, in new blocks.
pub(super) fn merged(place: &Place, changes: &[(&[u8], Change<'_>)], bytes: usize) -> Result<Vec<Block>, ReadError> {
    let mut builder = Builder::new(place.first.clone(), bytes);
    let mut entries = Entries::of(place.block.clone());
    // A block that was being split at a sudden end still has rows that are in the blocks split off from it.
    let next = |entries: &mut Entries| -> Result<Option<Entry>, ReadError> {
        Ok(entries.next()?.filter(|_| place.holds(entries.key())))
    };
    let mut stored = next(&mut entries)?;
    let mut changes = changes.iter().peekable();
    loop {
        giving_way::let_others_first();
        let change = changes.peek().map(|(key, _)| *key);
        match (stored, change) {
            (Some(entry), change) if change.is_none_or(|key| entries.key() < key) => {
                builder.push(entries.key(), entries.value(entry), entry.counts);
                stored = next(&mut entries)?;
            }
            (_, None) => return Ok(builder.finish()),
            (entry, Some(key)) => {
                if entry.is_some() && entries.key() == key {
                    stored = next(&mut entries)?;
                }
                if let Some((key, Change::Put(value))) = changes.next() {
                    builder.push(key, value.bytes(), value.counts);
                }
            }
        }
    }
}
