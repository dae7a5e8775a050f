//! The blocks in sled: one key of sled a block, which is the least key its rows may have.

mod block;
mod checksum;
mod merging;
mod packing;
mod redo;

use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use crate::crash_knobs;
use crate::error::ReadError;
use crate::layers::{Bytes, Change, Mark, Table, TableBuilder, Value, moved};

pub(crate) use block::{Block, Builder, Entries, Entry};
use checksum::Checksum;
use merging::{Place, Walk, merged};
pub(crate) use packing::Unpacked;
use packing::form;
pub(crate) use redo::{Redo, drop_kept, keep, kept};

/// Memory sled may hold pages in, in bytes.
pub(crate) const CACHE_BYTES: u64 = 128 * 1024 * 1024;

/// Attempts to open rows whose lock is being let go, and the pause between them: 5 s in all.
const LOCKED_ATTEMPTS_MAX: u32 = 100;
const LOCKED_PAUSE: Duration = Duration::from_millis(50);

/// The key of the mark.
const MARK: &[u8] = b"m";
/// The key of what says that some of the rows of a table are written and others not.
const WRITING: &[u8] = b"f";
/// Stands before the key of every block, so that none can be taken for a mark.
const BLOCK: u8 = b'b';
/// The key of what says which block is being split: its least key.
const SPLITTING: &[u8] = b"s";
/// The key of the checksum of all blocks and of the mark, as the last write that came to its end left them.
const CHECKSUM: &[u8] = b"h";
/// Blocks that reach the disk together where sudden ends are to fall between two of them.
const CRASH_BLOCKS_MAX: usize = 8;

fn stored(key: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(key.len() + 1);
    stored.push(BLOCK);
    stored.extend_from_slice(key);
    stored
}

/// The key of a block in the tree, and its rows.
pub(crate) type Found = (sled::IVec, Bytes);

/// The blocks behind the one with this key.
fn behind(block: &[u8]) -> (Bound<&[u8]>, Bound<&[u8]>) {
    (Bound::Excluded(block), Bound::Excluded(&[BLOCK + 1]))
}

/// Bytes of rows that are put into blocks at one time.
const WRITE_BYTES_MAX: usize = 1024 * 1024;

/// An open tree of blocks.
struct Opened {
    tree: sled::Tree,
    db: sled::Db,
    /// First bytes of keys whose blocks are not packed.
    plain: &'static [u8],
    unpacked: Unpacked,
    /// Of the blocks as they are now; `None` where that is not known. One thread at a time writes.
    checksum: Mutex<Option<Checksum>>,
}

/// Tells when blocks that failed are closed.
#[derive(Debug)]
pub(crate) struct Closing(mpsc::Receiver<()>);

impl Closing {
    /// There was nothing to be closed.
    pub(crate) fn over() -> Self {
        Self(mpsc::channel().1)
    }

    /// Waits until they are closed, at most `longest`; whether they are.
    pub(crate) fn wait(&mut self, longest: Duration) -> bool {
        // Nothing is ever sent: it is closed or it is not.
        matches!(self.0.recv_timeout(longest), Err(mpsc::RecvTimeoutError::Disconnected))
    }
}

/// The blocks of a generation. Clones share them; sled closes them with the last one.
#[derive(Clone)]
pub(crate) struct Shelf {
    opened: Arc<Opened>,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

impl Shelf {
    /// Opens what is in a folder, or makes it. sled's threads let go of its lock a moment after the last handle was dropped, in this
    /// process or in one that is ending; that is no damage, and it is waited for.
    pub(crate) fn open(rows: &Path, name: &str, plain: &'static [u8]) -> Result<Self, ReadError> {
        let open = || sled::Config::new().path(rows).cache_capacity(CACHE_BYTES).flush_every_ms(None).open();
        let mut attempts = 1;
        let db = loop {
            match open() {
                Err(sled::Error::Io(error))
                    if attempts < LOCKED_ATTEMPTS_MAX && error.to_string().contains("could not acquire lock") =>
                {
                    attempts += 1;
                    #[expect(clippy::disallowed_methods, reason = "bounded wait for a lock that is being let go")]
                    std::thread::sleep(LOCKED_PAUSE);
                }
                other => break other?,
            }
        };
        let tree = db.open_tree(name)?;
        let opened = Opened { tree, db, plain, unpacked: Unpacked::new(), checksum: Mutex::default() };
        let shelf = Self { opened: Arc::new(opened) };
        // After a write that did not come to its end they are counted when that has, by whoever writes: nobody waits for it here.
        let known = if shelf.half_written()? { None } else { shelf.written_checksum()? };
        shelf.checksum(|checksum| *checksum = known);
        Ok(shelf)
    }

    /// Closes them beside, once nobody holds them any more: sled that has failed to write may never come to the end of that, and nobody
    /// is to wait for it by chance.
    pub(crate) fn give_up(&self) -> Closing {
        let (held, (told, closed)) = (Arc::clone(&self.opened), mpsc::channel());
        let close = move || {
            let _told = told;
            while Arc::strong_count(&held) > 1 {
                #[expect(clippy::disallowed_methods, reason = "nobody tells that he has let go")]
                std::thread::sleep(LOCKED_PAUSE);
            }
            drop(held);
        };
        if let Err(error) = std::thread::Builder::new().name("rows-close".to_owned()).spawn(close) {
            tracing::warn!(%error, "blocks that failed are closed by whoever holds them last");
        }
        Closing(closed)
    }

    fn tree(&self) -> &sled::Tree {
        &self.opened.tree
    }

    fn checksum<T>(&self, change: impl FnOnce(&mut Option<Checksum>) -> T) -> T {
        change(&mut self.opened.checksum.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// As the last write that came to its end left it, without the mark; `None` where none has left any.
    fn written_checksum(&self) -> Result<Option<Checksum>, ReadError> {
        let Some(bytes) = self.tree().get(CHECKSUM)? else { return Ok(None) };
        let mut checksum: Checksum = postcard::from_bytes(&bytes)?;
        checksum.goes(MARK, &self.tree().get(MARK)?.unwrap_or_default());
        Ok(Some(checksum))
    }

    /// As the blocks are.
    fn counted_checksum(&self) -> Result<Checksum, ReadError> {
        let mut checksum = Checksum::default();
        for block in self.tree().range::<&[u8], _>(&[BLOCK][..]..&[BLOCK + 1][..]) {
            let (key, bytes) = block?;
            checksum.comes(&key, &bytes);
        }
        Ok(checksum)
    }

    /// Whether the blocks are those that were written; `None` where that is not known: the last write did not come to its end.
    pub(crate) fn is_as_written(&self) -> Result<Option<bool>, ReadError> {
        if self.half_written()? {
            return Ok(None);
        }
        let Some(written) = self.written_checksum()? else { return Ok(None) };
        Ok(Some(self.counted_checksum()? == written))
    }

    /// Puts a block in the place of what is there, if anything is.
    fn put(&self, first: &[u8], bytes: &[u8]) -> Result<(), ReadError> {
        let (key, block) = (stored(first), form(first, bytes, self.opened.plain));
        let before = self.tree().insert(&key, block.as_slice())?;
        self.checksum(|checksum| {
            let Some(checksum) = checksum else { return };
            if let Some(before) = before {
                checksum.goes(&key, &before);
            }
            checksum.comes(&key, &block);
        });
        Ok(())
    }

    /// Takes a block away.
    fn take(&self, first: &[u8]) -> Result<(), ReadError> {
        let key = stored(first);
        let before = self.tree().remove(&key)?;
        self.checksum(|checksum| {
            if let (Some(checksum), Some(before)) = (checksum, before) {
                checksum.goes(&key, &before);
            }
        });
        Ok(())
    }

    /// The mark of the last write that came to its end.
    pub(crate) fn mark(&self) -> Result<Mark, ReadError> {
        match self.tree().get(MARK)? {
            Some(bytes) => Ok(postcard::from_bytes(&bytes)?),
            None => Ok(Mark::default()),
        }
    }

    /// Says that what is written from now on is not whole.
    pub(crate) fn begin_writing(&self) -> Result<(), ReadError> {
        self.tree().insert(WRITING, &[][..])?;
        Ok(())
    }

    /// Says that what was written is whole, and what it is.
    pub(crate) fn end_writing(&self, mark: &Mark) -> Result<(), ReadError> {
        // In this order: rows that end between any of these are written once more, or, where nothing was kept for that, made anew; and what
        // says that they are whole has a checksum beside it.
        let mark = postcard::to_allocvec(mark)?;
        let counted = self.checksum(|checksum| *checksum).map_or_else(|| self.counted_checksum(), Ok)?;
        self.checksum(|checksum| *checksum = Some(counted));
        let mut checksum = counted;
        checksum.comes(MARK, &mark);
        self.tree().insert(MARK, mark)?;
        self.tree().insert(CHECKSUM, postcard::to_allocvec(&checksum)?)?;
        self.tree().remove(WRITING)?;
        self.flush()
    }

    /// Has sled write what it holds back.
    pub(crate) fn flush(&self) -> Result<(), ReadError> {
        self.opened.db.flush()?;
        Ok(())
    }

    /// Whether some of the rows of a write are there and others not.
    pub(crate) fn half_written(&self) -> Result<bool, ReadError> {
        Ok(self.tree().contains_key(WRITING)?)
    }

    /// The block a key is in, with its own key; `None` where there is not one block.
    pub(crate) fn block_of(&self, key: &[u8]) -> Result<Option<Found>, ReadError> {
        let floor = self.tree().range(vec![BLOCK]..=stored(key)).next_back().transpose()?;
        floor.map(|(key, bytes)| Ok((key, self.opened.unpacked.block(&bytes)?))).transpose()
    }

    /// The block behind the one with this key.
    pub(crate) fn block_after(&self, block: &[u8]) -> Result<Option<Found>, ReadError> {
        let next = self.tree().range::<&[u8], _>(behind(block)).next().transpose()?;
        next.map(|(key, bytes)| Ok((key, self.opened.unpacked.block(&bytes)?))).transpose()
    }

    /// The least key of a block from its key in the tree.
    pub(crate) fn first_of(block: &[u8]) -> &[u8] {
        block.get(1..).unwrap_or_default()
    }

    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Value>, ReadError> {
        let Some((_, block)) = self.block_of(key)? else { return Ok(None) };
        let mut entries = Entries::of(block);
        while let Some(entry) = entries.next()? {
            match entries.key().cmp(key) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Ok(Some(entries.kept(entry))),
                std::cmp::Ordering::Greater => break,
            }
        }
        Ok(None)
    }

    /// Bytes of the block a key is in, told without reading it.
    pub(crate) fn block_bytes(&self, key: &[u8]) -> Result<usize, ReadError> {
        let floor = self.tree().range(vec![BLOCK]..=stored(key)).next_back().transpose()?;
        Ok(floor.map_or(0, |(_, bytes)| packing::unpacked_bytes(&bytes)))
    }

    fn place(&self, key: &[u8]) -> Result<Place, ReadError> {
        let Some((block, bytes)) = self.block_of(key)? else {
            return Ok(Place { first: Vec::new(), until: None, block: Bytes::from(Vec::new()) });
        };
        let next = self.tree().range::<&[u8], _>(behind(&block)).next().transpose()?;
        let until = next.map(|(next, _)| Self::first_of(&next).to_vec());
        Ok(Place { first: Self::first_of(&block).to_vec(), until, block: bytes })
    }

    /// What each row of a table is once it is written: numbers that are added are put together with what is stored.
    pub(crate) fn resolved(&self, table: &Table) -> Result<Table, ReadError> {
        let mut resolved = TableBuilder::default();
        let mut walk: Option<Walk> = None;
        for (key, change) in table.rows() {
            giving_way::let_others_first();
            let Change::Add(added) = change else {
                resolved.copy(key, change);
                continue;
            };
            let mut at = match walk.take().filter(|walk| walk.place.holds(key)) {
                Some(walk) => walk,
                None => Walk::new(self.place(key)?)?,
            };
            // The keys come in order, so that a block is gone through once.
            match moved(at.value(key)?, added) {
                Some(value) => resolved.put(key, &value, true),
                None => resolved.gone(key),
            }
            walk = Some(at);
        }
        Ok(resolved.finish())
    }

    /// Writes a resolved table, block by block. Done again, it changes nothing.
    ///
    /// No batches of sled's: no other thread of the process reads while one is applied, of whatever rows. Where a block is split, its
    /// last part is written first: each row is found all the while, in the block that its key says, and a scan that met it in the old
    /// block goes on behind it.
    pub(crate) fn write(&self, table: &Table) -> Result<(), ReadError> {
        self.write_some(table, usize::MAX)
    }

    /// [`Shelf::write`], cut short after some blocks, as a sudden end does.
    pub(crate) fn write_some(&self, table: &Table, blocks_max: usize) -> Result<(), ReadError> {
        self.mend()?;
        let mut written = 0;
        let mut rows = table.rows().peekable();
        let mut unflushed = 0;
        let held_back = crash_knobs::write_every().is_none();
        while let Some((key, _)) = rows.peek() {
            let place = self.place(key)?;
            // Bounded, so that what comes of a first write is not all held at once.
            let mut changes = Vec::new();
            let mut bytes = place.block.len();
            // One at least, however much the block holds already: it would be met again for ever.
            while let Some((key, change)) =
                rows.next_if(|(key, _)| place.holds(key) && (changes.is_empty() || bytes < WRITE_BYTES_MAX))
            {
                if let Change::Put(value) = change {
                    bytes += value.bytes().len() + key.len();
                }
                changes.push((key, change));
            }
            let blocks = merged(&place, &changes, bytes)?;
            unflushed += blocks.len();
            if blocks.len() > 1 {
                self.tree().insert(SPLITTING, &*place.first)?;
            }
            for (first, bytes) in blocks.into_iter().rev() {
                if written == blocks_max {
                    return Ok(());
                }
                written += 1;
                // The first block of all stays, so that every key has one.
                if bytes.is_empty() && !first.is_empty() {
                    self.take(&first)?;
                } else {
                    self.put(&first, &bytes)?;
                }
            }
            if !held_back && unflushed >= CRASH_BLOCKS_MAX {
                self.tree().flush()?;
                unflushed = 0;
            }
        }
        self.tree().remove(SPLITTING)?;
        Ok(())
    }

    /// Writes blocks where there are none behind them.
    pub(crate) fn fill(&self, blocks: Vec<Block>) -> Result<(), ReadError> {
        for (first, bytes) in blocks {
            self.put(&first, &bytes)?;
        }
        Ok(())
    }

    /// Leaves out of a block what was in blocks of its own already when a sudden end cut its split short. Those that are written again
    /// may not touch it: what has changed may all lie in what was split off.
    fn mend(&self) -> Result<(), ReadError> {
        let Some(first) = self.tree().get(SPLITTING)? else { return Ok(()) };
        let place = self.place(&first)?;
        for (first, bytes) in merged(&place, &[], place.block.len())?.into_iter().rev() {
            self.put(&first, &bytes)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
