//! What readers hold: snapshots of the rows at one position.

use std::collections::btree_map::Range;
use std::iter::Peekable;
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use domain::Position;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use crate::block::{Entries, Entry};
use crate::digest::Digest;
use crate::generation::{Generation, Place};
use crate::progress::{self, Behind, Progress};
use crate::shelf::Shelf;
use crate::store::{Mark, Store, Tables, over};
use crate::table::{Bytes, Change, Value};
use crate::{Applier, OpenError, Projection, ReadError};

/// A key and its value as stored.
pub type Stored = (Vec<u8>, Vec<u8>);

/// Reads the rows of one projection. Clones share them.
#[derive(Debug, Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

/// The generation that serves, and the one that is built beside it.
#[derive(Debug)]
pub(crate) struct Shared {
    current: RwLock<Arc<Store>>,
    progress: watch::Sender<Progress>,
    pub(crate) build: watch::Sender<Build>,
}

/// The generation that is built beside the one that serves.
#[derive(Debug, Clone)]
pub(crate) struct Build {
    /// Where it is or will be.
    pub(crate) place: Place,
    pub(crate) wanted: bool,
    pub(crate) paused: bool,
    /// Open while it is built on.
    pub(crate) store: Option<Arc<Store>>,
    /// Why the last one came to nothing.
    pub(crate) failed: Option<String>,
}

/// How far a generation is that is built beside the one that serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Building {
    /// The last position applied. None while it is not open: paused since the start.
    pub cursor: Option<Position>,
    /// Where the log ended when the building began or was resumed.
    pub head: Option<Position>,
    /// Nothing is applied for now.
    pub paused: bool,
}

impl Shared {
    pub(crate) fn new(store: Arc<Store>, building: Option<Place>) -> Self {
        let (progress, _) = watch::channel(store.progress().borrow().clone());
        store.publish(&progress, 0);
        let (wanted, paused) = (building.is_some(), building.as_ref().is_some_and(Place::is_paused));
        let place = building.unwrap_or_else(|| store.generation().place().next());
        let build = watch::Sender::new(Build { place, wanted, paused, store: None, failed: None });
        Self { current: RwLock::new(store), progress, build }
    }

    pub(crate) fn current(&self) -> Arc<Store> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another generation in the place of the one that serves, which is returned: closing it takes a while. Both stand still, and
    /// the other is not behind.
    pub(crate) fn take_over(&self, store: &Arc<Store>) -> std::io::Result<Arc<Store>> {
        store.generation().place().take_over()?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *current, Arc::clone(store));
        let dropped = before.withdraw().dropped;
        store.publish(&self.progress, dropped);
        before.generation().retire();
        let place = store.generation().place().next();
        self.build.send_replace(Build { place, wanted: false, paused: false, store: None, failed: None });
        Ok(before)
    }
}

impl Reader {
    /// Opens the rows of `projection` below `folder`, for reading and for the one applier. Rows that cannot be read are dropped.
    pub fn open<P: Projection>(folder: &Path, projection: P) -> Result<(Self, Applier<P>), OpenError> {
        let (serving, building) = Place::find::<P>(folder)?;
        let store = Store::new(Generation::open(serving)?).map_err(|error| OpenError::Store(error.to_string()))?;
        let shared = Arc::new(Shared::new(Arc::new(store), building));
        Ok((Self { shared: Arc::clone(&shared) }, Applier::new(shared, projection)))
    }

    #[cfg(test)]
    pub(crate) fn of(store: Arc<Store>) -> Self {
        Self { shared: Arc::new(Shared::new(store, None)) }
    }

    /// How far the rows are and whether they go on, to be watched.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.shared.progress.subscribe()
    }

    /// The last position applied.
    pub fn cursor(&self) -> Position {
        self.shared.progress.borrow().cursor
    }

    /// Waits until the rows are at `position` or later, at most `longest`.
    pub async fn wait_for(&self, position: Position, longest: Duration) -> Result<(), Behind> {
        progress::wait_for(self.progress(), position, longest).await
    }

    /// The rows of the generation that serves now. They stay what they are while they are held, though they may grow old.
    pub fn rows(&self) -> Pinned {
        Pinned { store: self.shared.current() }
    }

    /// Builds the rows anew beside those that serve, and lets them take over once they have caught up. `false` where that is under way.
    pub fn rebuild(&self) -> bool {
        self.shared.build.send_if_modified(|build| {
            let begins = !build.wanted;
            (build.wanted, build.failed) = (true, None);
            begins
        })
    }

    /// Halts the building, or goes on with it; a restart changes neither. `false` where nothing is built.
    pub fn pause(&self, paused: bool) -> std::io::Result<bool> {
        let build = self.shared.build.borrow().clone();
        if !build.wanted {
            return Ok(false);
        }
        build.place.pause(paused)?;
        self.shared.build.send_modify(|build| build.paused = paused);
        Ok(true)
    }

    /// How far the building is, if there is one; else why the last one came to nothing, if it did.
    pub fn building(&self) -> (Option<Building>, Option<String>) {
        let build = self.shared.build.borrow();
        let cursor = build.store.as_ref().map(|store| store.cursor());
        let head = build.store.as_ref().and_then(|store| store.progress().borrow().target);
        (build.wanted.then_some(Building { cursor, head, paused: build.paused }), build.failed.clone())
    }

    /// How often the rows of this version were built: 0 for the first.
    pub fn generation(&self) -> u32 {
        self.shared.current().generation().place().build
    }
}

/// The rows of one generation.
#[derive(Debug, Clone)]
pub struct Pinned {
    store: Arc<Store>,
}

impl Pinned {
    /// The rows at one position. It keeps the applier from changing them, so it is short-lived; it blocks while they are changed.
    pub fn snapshot(&self) -> Snapshot<'_> {
        Snapshot::of(&self.store)
    }

    /// Why the rows were dropped when they were opened, if they were.
    pub fn dropped_because(&self) -> Option<&str> {
        self.store.dropped_because()
    }

    /// [`Pinned::snapshot`] where it need not wait: for a short read on a thread that must not block.
    pub fn try_snapshot(&self) -> Option<Snapshot<'_>> {
        let tables = self.store.try_read()?;
        Some(Snapshot { shelf: self.store.shelf(), tables })
    }
}

/// The rows at one position.
#[derive(Debug)]
pub struct Snapshot<'a> {
    shelf: Shelf<'a>,
    tables: RwLockReadGuard<'a, Tables>,
}

impl<'a> Snapshot<'a> {
    pub(crate) fn of(store: &'a Store) -> Self {
        Self { tables: store.read(), shelf: store.shelf() }
    }

    pub(crate) fn mark(&self) -> Mark {
        self.tables.mark
    }

    /// The position it is exactly true at.
    pub fn position(&self) -> Position {
        Position(self.tables.mark.position)
    }

    /// The digest of all rows, as it was kept while they changed.
    pub fn digest(&self) -> Digest {
        self.tables.mark.digest
    }

    /// The row at `key`, if there is one.
    pub fn get<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, ReadError> {
        Ok(self.tables.value(self.shelf, key)?.map(|value| postcard::from_bytes(value.bytes())).transpose()?)
    }

    /// The stored form of the row at `key`, to be decoded without copying.
    pub fn get_row(&self, key: &[u8]) -> Result<Option<Row>, ReadError> {
        Ok(self.tables.value(self.shelf, key)?.map(|value| Row { key: key.to_vec(), value }))
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
        let nothing = match (&start, &until) {
            (Bound::Included(from) | Bound::Excluded(from), Some(until)) => from >= until,
            _ => false,
        };
        let layers = self.tables.layers().filter(|_| !nothing);
        let layers = layers.map(|table| range_of(&table.rows, &start, until.as_ref()).peekable()).collect();
        Scan { shelf: self.shelf, layers, blocks: if nothing { Blocks::Done } else { Blocks::From(start) }, until }
    }

    /// Every key and value as stored, in key order, and the mark of the last commit at their end.
    pub fn dump(&self) -> Result<Vec<Stored>, ReadError> {
        let rows = self.scan(&[], None).map(|row| row.map(|row| (row.key().to_vec(), row.value().to_vec())));
        let mut rows = rows.collect::<Result<Vec<_>, ReadError>>()?;
        rows.push((b"mark".to_vec(), postcard::to_allocvec(&self.tables.mark)?));
        Ok(rows)
    }

    /// The digest of all rows, made anew from each of them.
    pub fn recount(&self) -> Result<Digest, ReadError> {
        let mut digest = Digest::default();
        for row in self.scan(&[], None) {
            let row = row?;
            if row.value.counts {
                digest.counted(&row.key, row.value());
            } else {
                digest.comes(&row.key, row.value());
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

type Layer<'s> = Range<'s, Vec<u8>, Change>;

fn range_of<'s>(
    table: &'s std::collections::BTreeMap<Vec<u8>, Change>,
    start: &Bound<Vec<u8>>,
    until: Option<&Vec<u8>>,
) -> Layer<'s> {
    let until = until.map_or(Bound::Unbounded, Bound::Excluded);
    table.range::<Vec<u8>, _>((start.as_ref(), until))
}

/// Where a scan is in the blocks. They may be written while it goes on: what they hold then is what it finds in a layer above, and it
/// never goes back.
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
    shelf: Shelf<'s>,
    layers: Vec<Peekable<Layer<'s>>>,
    blocks: Blocks,
    until: Option<Vec<u8>>,
}

impl std::fmt::Debug for Scan<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scan").field("until", &self.until).finish_non_exhaustive()
    }
}

impl Scan<'_> {
    /// Goes to the first row of the blocks that is behind `start`.
    fn enter(&mut self, start: &Bound<Vec<u8>>) -> Result<(), ReadError> {
        self.blocks = Blocks::Done;
        let (from, inclusive) = match start {
            Bound::Included(from) => (from, true),
            Bound::Excluded(from) => (from, false),
            Bound::Unbounded => (&Vec::new(), true),
        };
        let Some((block, bytes)) = self.shelf.block_of(from)? else { return Ok(()) };
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
            let Some((next, bytes)) = self.shelf.block_after(&block)? else {
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
        match std::mem::replace(&mut self.blocks, Blocks::Done) {
            Blocks::At { block, mut entries, .. } => {
                if let Some(entry) = entries.next()? {
                    let within = self.until.as_ref().is_none_or(|until| entries.key() < until.as_slice());
                    self.blocks = if within { Blocks::At { block, entries, entry } } else { Blocks::Done };
                    return Ok(());
                }
                let from = entries.key().to_vec();
                match self.shelf.block_after(&block)? {
                    Some((next, _))
                        if self.until.as_ref().is_some_and(|until| Shelf::first_of(&next) >= until.as_slice()) =>
                    {
                        Ok(())
                    }
                    Some((next, bytes)) => self.seek(next, bytes, &from, false),
                    None => Ok(()),
                }
            }
            Blocks::From(_) | Blocks::Done => Ok(()),
        }
    }

    fn step(&mut self) -> Result<Option<Row>, ReadError> {
        loop {
            if let Blocks::From(start) = &self.blocks {
                let start = start.clone();
                self.enter(&start)?;
            }
            if self.layers.iter_mut().all(|layer| layer.peek().is_none()) {
                // Everything here is written: nearly always so where little changes.
                let Blocks::At { entries, entry, .. } = &self.blocks else { return Ok(None) };
                let row = Row { key: entries.key().to_vec(), value: entries.kept(*entry) };
                self.advance()?;
                return Ok(Some(row));
            }
            let stored = match &self.blocks {
                Blocks::At { entries, .. } => Some(entries.key()),
                Blocks::From(_) | Blocks::Done => None,
            };
            let least = self
                .layers
                .iter_mut()
                .filter_map(|layer| layer.peek().map(|(key, _)| key.as_slice()))
                .chain(stored)
                .min();
            let Some(key) = least.map(<[u8]>::to_vec) else { return Ok(None) };
            let mut added = Vec::new();
            // What a layer above says of the row, if it says all of it.
            let mut found: Option<Option<Value>> = None;
            for layer in &mut self.layers {
                let Some((_, change)) = layer.next_if(|(other, _)| **other == key) else { continue };
                if found.is_some() {
                    continue;
                }
                match change {
                    Change::Add(more) => added.extend_from_slice(more),
                    Change::Put(value) => found = Some(Some(value.clone())),
                    Change::Gone => found = Some(None),
                }
            }
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

impl Iterator for Scan<'_> {
    type Item = Result<Row, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.step();
        if row.is_err() {
            self.blocks = Blocks::Done;
            self.layers.clear();
        }
        row.transpose()
    }
}
