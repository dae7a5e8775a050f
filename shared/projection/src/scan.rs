//! Rows in key order: the layers in memory and the blocks, gone through side by side.

use std::ops::Bound;

use crate::error::ReadError;
use crate::layers::{Bytes, Change, Cursor, Value, over};
use crate::shelf::{Entries, Entry, Shelf};
use crate::view::View;

/// One stored row.
#[derive(Debug, Clone)]
pub struct Row {
    key: Vec<u8>,
    value: Value,
}

impl Row {
    pub(crate) fn new(key: Vec<u8>, value: Value) -> Self {
        Self { key, value }
    }

    /// Its key.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    pub(crate) fn counts(&self) -> bool {
        self.value.counts
    }

    /// Its value, in postcard.
    pub fn value(&self) -> &[u8] {
        self.value.bytes()
    }

    /// Its value read; it may borrow from the row.
    pub fn decode<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T, ReadError> {
        Ok(postcard::from_bytes(self.value.bytes())?)
    }
}

/// Where a scan is in the blocks. What it holds may be written while it goes on: the blocks hold then what it finds in a layer above, and
/// it never goes back.
enum Blocks {
    /// Not looked at yet.
    From(Bound<Vec<u8>>),
    /// In a block, at a row.
    At {
        block: sled::IVec,
        entries: Entries,
        entry: Entry,
    },
    Done,
}

/// Rows in key order.
pub struct Scan<'s> {
    view: &'s View,
    /// What is left of each layer that has anything left, the latest first.
    layers: Vec<Cursor<'s>>,
    blocks: Blocks,
    /// The row of the blocks at which they are was given away: they are to go on before anything else.
    given: bool,
    /// What was put together of layers and blocks, while it is lent.
    row: Option<Row>,
    until: Option<Vec<u8>>,
}

impl std::fmt::Debug for Scan<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scan").field("until", &self.until).finish_non_exhaustive()
    }
}

impl<'s> Scan<'s> {
    /// The rows of both from `start` on and before `until`.
    pub(crate) fn new(view: &'s View, start: Bound<Vec<u8>>, until: Option<Vec<u8>>) -> Self {
        let nothing = match (&start, &until) {
            (Bound::Included(from) | Bound::Excluded(from), Some(until)) => from >= until,
            _ => false,
        };
        let mut layers = Vec::new();
        if !nothing {
            let of_view = view.layers().map(|table| table.range(&start, until.as_deref()));
            layers.extend(of_view.filter(|rows| rows.key().is_some()));
        }
        let blocks = if nothing { Blocks::Done } else { Blocks::From(start) };
        Self { view, layers, blocks, given: false, row: None, until }
    }

    /// Goes to the first row of the blocks that is behind `start`.
    fn enter(&mut self, start: &Bound<Vec<u8>>) -> Result<(), ReadError> {
        self.blocks = Blocks::Done;
        let (from, inclusive) = match start {
            Bound::Included(from) => (from, true),
            Bound::Excluded(from) => (from, false),
            Bound::Unbounded => (&Vec::new(), true),
        };
        let Some((block, bytes)) = self.view.block_of(from)? else { return Ok(()) };
        self.seek(block, bytes, from, inclusive)
    }

    /// Goes to the first row from `from` on, in this block or in those behind it.
    fn seek(&mut self, mut block: sled::IVec, bytes: Bytes, from: &[u8], inclusive: bool) -> Result<(), ReadError> {
        let mut entries = Entries::of(bytes);
        loop {
            while let Some(entry) = entries.next()? {
                let key = entries.key();
                if key < from || (key == from && !inclusive) {
                    continue;
                }
                let within = self.until.as_ref().is_none_or(|until| key < until.as_slice());
                self.blocks = if within { Blocks::At { block, entries, entry } } else { Blocks::Done };
                return Ok(());
            }
            let Some((next, bytes)) = self.view.block_after(&block)? else {
                self.blocks = Blocks::Done;
                return Ok(());
            };
            if self.until.as_ref().is_some_and(|until| Shelf::first_of(&next) >= until.as_slice()) {
                self.blocks = Blocks::Done;
                return Ok(());
            }
            block = next;
            entries = Entries::of(bytes);
        }
    }

    /// Goes to the next row of the blocks.
    fn advance(&mut self) -> Result<(), ReadError> {
        let Blocks::At { block, entries, entry } = &mut self.blocks else { return Ok(()) };
        if let Some(next) = entries.next()? {
            *entry = next;
            if self.until.as_ref().is_some_and(|until| entries.key() >= until.as_slice()) {
                self.blocks = Blocks::Done;
            }
            return Ok(());
        }
        let (from, block) = (entries.key().to_vec(), block.clone());
        self.blocks = Blocks::Done;
        match self.view.block_after(&block)? {
            Some((next, _)) if self.until.as_ref().is_some_and(|until| Shelf::first_of(&next) >= until.as_slice()) => {
                Ok(())
            }
            Some((next, bytes)) => self.seek(next, bytes, &from, false),
            None => Ok(()),
        }
    }

    /// Makes the blocks be where they are to be: at the first row, or behind the one that was given away.
    fn settle(&mut self) -> Result<(), ReadError> {
        if std::mem::take(&mut self.given) {
            return self.advance();
        }
        if let Blocks::From(start) = &self.blocks {
            let start = start.clone();
            return self.enter(&start);
        }
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Row>, ReadError> {
        self.settle()?;
        if self.layers.is_empty() {
            // Everything here is written: nearly always so where little changes.
            let Blocks::At { entries, entry, .. } = &self.blocks else { return Ok(None) };
            self.given = true;
            return Ok(Some(Row { key: entries.key().to_vec(), value: entries.kept(*entry) }));
        }
        self.put_together()
    }

    /// The next row as the layers and the blocks together have it.
    fn put_together(&mut self) -> Result<Option<Row>, ReadError> {
        loop {
            let stored = match &self.blocks {
                Blocks::At { entries, .. } => Some(entries.key()),
                Blocks::From(_) | Blocks::Done => None,
            };
            let least = self.layers.iter().filter_map(Cursor::key).chain(stored).min();
            let Some(key) = least.map(<[u8]>::to_vec) else { return Ok(None) };
            let mut added = Vec::new();
            // What a layer above says of the row, if it says all of it.
            let mut found: Option<Option<Value>> = None;
            for layer in &mut self.layers {
                let Some((_, change)) = layer.next_if(&key).filter(|_| found.is_none()) else { continue };
                match change {
                    Change::Add(more) => added.extend_from_slice(more),
                    Change::Put(value) => found = Some(Some(value.kept())),
                    Change::Gone => found = Some(None),
                }
            }
            self.layers.retain(|rows| rows.key().is_some());
            let mut below = None;
            if let Blocks::At { entries, entry, .. } = &self.blocks
                && entries.key() == key
            {
                if found.is_none() {
                    below = Some(entries.kept(*entry));
                }
                self.advance()?;
            }
            if let Some(value) = over(found.unwrap_or(below), &added) {
                return Ok(Some(Row { key, value }));
            }
        }
    }
}

/// A key and its value, lent.
pub type Lent<'a> = (&'a [u8], &'a [u8]);

impl Scan<'_> {
    /// The next row, lent: neither its key nor its value is copied where it is written. Nothing comes after an error.
    pub fn lend(&mut self) -> Result<Option<Lent<'_>>, ReadError> {
        match self.settle() {
            Ok(()) if self.layers.is_empty() => {
                let Blocks::At { entries, entry, .. } = &self.blocks else { return Ok(None) };
                self.given = true;
                return Ok(Some((entries.key(), entries.value(*entry))));
            }
            Ok(()) => {}
            Err(error) => return Err(self.ended(error)),
        }
        self.row = self.put_together().map_err(|error| self.ended(error))?;
        Ok(self.row.as_ref().map(|row| (row.key(), row.value())))
    }

    /// Nothing comes after an error.
    fn ended(&mut self, error: ReadError) -> ReadError {
        (self.blocks, self.given) = (Blocks::Done, false);
        self.layers.clear();
        error
    }
}

impl Iterator for Scan<'_> {
    type Item = Result<Row, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().map_err(|error| self.ended(error)).transpose()
    }
}
