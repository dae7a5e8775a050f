//! The rows at one position: layers in memory over the blocks. A view never changes; who holds one waits for nobody, and nobody waits
//! for him, but the writing of blocks, for a while.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use crate::error::ReadError;
use crate::layers::{Change, Mark, Table, Value, over};
use crate::shelf::{self, Found, Shelf};

/// Layers of changes that are put together where they are applied are at most so long together, in bytes; about. It takes a fraction of
/// a millisecond, for which what follows waits. Few in tests, which have few rows.
const AT_ONCE_BYTES_MAX: usize = if cfg!(test) { 4 * 1024 } else { 128 * 1024 };
/// Layers that are put together beside what is applied are at most so long together, in bytes; about. Longer ones are put together when
/// they are written, on the thread that writes.
const TOGETHER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How many of these layers, the latest first, are put together to one of at most `bytes_max`. Of layers that follow one another the
/// earlier is to be much the longer: so there are few, and a row is copied a few times.
fn alike(layers: &[Arc<Table>], bytes_max: usize) -> usize {
    let (mut count, mut bytes) = (0, 0);
    for layer in layers {
        let earlier = layer.bytes();
        if count > 0 && (2 * bytes < earlier || bytes + earlier > bytes_max) {
            break;
        }
        (count, bytes) = (count + 1, bytes + earlier);
    }
    count
}

/// What lies between two writes: the views that were made in one such time read the same blocks.
#[derive(Debug)]
pub(crate) struct Epoch {
    overtaken: Arc<AtomicBool>,
    /// Closed with the last view.
    _held: mpsc::Sender<()>,
}

/// The views of an epoch, as who writes blocks sees them.
#[derive(Debug)]
pub(crate) struct Held {
    overtaken: Arc<AtomicBool>,
    gone: mpsc::Receiver<()>,
}

impl Epoch {
    fn begin() -> (Arc<Self>, Held) {
        let (held, gone) = mpsc::channel();
        let overtaken = Arc::new(AtomicBool::new(false));
        (Arc::new(Self { overtaken: Arc::clone(&overtaken), _held: held }), Held { overtaken, gone })
    }
}

impl Held {
    /// Waits until the last view is gone, at most `longest`, and no longer than `may_wait` says; whether it is. It is asked every
    /// `look_every`.
    pub(crate) fn wait(&self, longest: Duration, look_every: Duration, may_wait: impl Fn() -> bool) -> bool {
        let began = Instant::now();
        loop {
            // Nothing is ever sent: it is closed or it is not.
            if let Err(mpsc::RecvTimeoutError::Disconnected) = self.gone.recv_timeout(look_every) {
                return true;
            }
            if began.elapsed() >= longest || !may_wait() {
                return false;
            }
        }
    }

    /// From now on these views read no blocks: others will stand there.
    pub(crate) fn overtake(&self) {
        self.overtaken.store(true, Ordering::SeqCst);
    }
}

/// The rows at one position.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// What was applied and is not being written, the latest first.
    fresh: Vec<Arc<Table>>,
    /// What is being written, the latest first. The rows have the same values before and after, so that readers look through it all the
    /// while.
    frozen: Vec<Arc<Table>>,
    mark: Mark,
    epoch: Arc<Epoch>,
    /// None while the blocks are opened anew.
    blocks: Option<Shelf>,
}

impl View {
    /// Rows that are all written.
    pub(crate) fn written(mark: Mark, blocks: Option<Shelf>) -> (Self, Held) {
        let (epoch, held) = Epoch::begin();
        (Self { fresh: Vec::new(), frozen: Vec::new(), mark, epoch, blocks }, held)
    }

    /// The rows in `folder` as they lie there: what a sudden end left half written is read through what was kept of it.
    pub(crate) fn lying(blocks: Shelf, folder: &Path) -> Result<Self, ReadError> {
        let mark = blocks.mark()?;
        match shelf::kept(folder)? {
            Some(redo) if [redo.before, redo.after].contains(&mark) => {
                Ok(Self { frozen: vec![redo.table], ..Self::written(redo.after, Some(blocks)).0 })
            }
            Some(_) | None if blocks.half_written()? => {
                Err(ReadError::Damaged("rows were written in part, and what is missing was not kept".to_owned()))
            }
            Some(_) | None => Ok(Self::written(mark, Some(blocks)).0),
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        self.mark
    }

    pub(crate) fn shelf(&self) -> Option<&Shelf> {
        self.blocks.as_ref()
    }

    pub(crate) fn frozen(&self) -> &[Arc<Table>] {
        &self.frozen
    }

    /// The latest first.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &Table> {
        self.fresh.iter().chain(&self.frozen).map(|table| &**table)
    }

    /// What was applied and is not being written takes in memory, about.
    pub(crate) fn fresh_bytes(&self) -> usize {
        self.fresh.iter().map(|table| table.bytes()).sum()
    }

    /// What is not written takes in memory, about.
    pub(crate) fn held_bytes(&self) -> usize {
        self.layers().map(Table::bytes).sum()
    }

    /// The rows after another group.
    pub(crate) fn after(&self, changes: Table, mark: Mark) -> Self {
        let mut fresh = self.fresh.clone();
        if !changes.is_empty() {
            fresh.insert(0, Arc::new(changes));
        }
        let count = alike(&fresh, AT_ONCE_BYTES_MAX);
        if count > 1 {
            let together = Arc::new(Table::together(&fresh[..count]));
            fresh.splice(..count, [together]);
        }
        Self { fresh, mark, ..self.clone() }
    }

    /// Layers that follow one another and are worth being put together beside, the latest first; none where all are well as they are.
    /// Those that the next group may still be put together with are left to it.
    pub(crate) fn scattered(&self) -> &[Arc<Table>] {
        let mut bytes = 0;
        let recent = self.fresh.iter().take_while(|table| {
            bytes += table.bytes();
            bytes <= AT_ONCE_BYTES_MAX
        });
        let mut layers = self.fresh.get(recent.count()..).unwrap_or_default();
        while let [_, earlier @ ..] = layers {
            let count = alike(layers, TOGETHER_BYTES_MAX);
            if count > 1 {
                return &layers[..count];
            }
            layers = earlier;
        }
        &[]
    }

    /// The same rows, with one layer in the place of those that it was put together from, unless these are being written by now.
    pub(crate) fn gathered(&self, scattered: &[Arc<Table>], one: &Arc<Table>) -> Self {
        let mut fresh = self.fresh.clone();
        let same = |layers: &[Arc<Table>]| layers.iter().zip(scattered).all(|(one, other)| Arc::ptr_eq(one, other));
        if let Some(at) = fresh.windows(scattered.len().max(1)).position(same) {
            fresh.splice(at..at + scattered.len(), [Arc::clone(one)]);
        }
        Self { fresh, ..self.clone() }
    }

    /// The same rows, with what was applied about to be written.
    pub(crate) fn freeze(&self) -> Self {
        let frozen = self.fresh.iter().chain(&self.frozen).cloned().collect();
        Self { fresh: Vec::new(), frozen, ..self.clone() }
    }

    /// The same rows, with one layer in the place of all that are about to be written.
    pub(crate) fn frozen_as(&self, one: &Arc<Table>) -> Self {
        Self { frozen: vec![Arc::clone(one)], ..self.clone() }
    }

    /// The same rows, of a new epoch, with what is being written as it will stand in the blocks: a view of an epoch before this would add
    /// numbers to blocks that hold them already.
    pub(crate) fn resolved(&self, frozen: Arc<Table>) -> (Self, Held) {
        let (epoch, held) = Epoch::begin();
        (Self { frozen: vec![frozen], epoch, ..self.clone() }, held)
    }

    /// The same rows, of a new epoch: what was being written is.
    pub(crate) fn thawed(&self) -> (Self, Held) {
        let (epoch, held) = Epoch::begin();
        (Self { frozen: Vec::new(), epoch, ..self.clone() }, held)
    }

    /// The same rows, of a new epoch, with other blocks that hold the same, or none for now.
    pub(crate) fn on(&self, blocks: Option<Shelf>) -> (Self, Held) {
        let (epoch, held) = Epoch::begin();
        (Self { epoch, blocks, ..self.clone() }, held)
    }

    /// What was read of the blocks, if others were not put in their place meanwhile: where they were, it may be of other rows.
    fn still<T>(&self, read: Result<T, ReadError>) -> Result<T, ReadError> {
        if self.epoch.overtaken.load(Ordering::SeqCst) { Err(ReadError::Overtaken) } else { read }
    }

    fn blocks(&self) -> Result<&Shelf, ReadError> {
        self.blocks.as_ref().ok_or(ReadError::Reopening)
    }

    /// The row at `key`.
    pub(crate) fn value(&self, key: &[u8]) -> Result<Option<Value>, ReadError> {
        let mut added = Vec::new();
        for table in self.layers() {
            match table.get(key) {
                Some(Change::Add(more)) => added.extend_from_slice(more),
                Some(Change::Put(value)) => return Ok(over(Some(value.kept()), &added)),
                Some(Change::Gone) => return Ok(over(None, &added)),
                None => {}
            }
        }
        let stored = self.still(self.blocks()?.get(key))?;
        Ok(over(stored, &added))
    }

    /// Bytes that are read to come to the row at `key`, about, told without reading them.
    pub(crate) fn bytes_to_read(&self, key: &[u8]) -> Result<usize, ReadError> {
        let mut bytes = 0;
        for table in self.layers() {
            match table.get(key) {
                Some(Change::Add(more)) => bytes += more.len(),
                Some(Change::Put(value)) => return Ok(bytes + value.bytes().len()),
                Some(Change::Gone) => return Ok(bytes),
                None => {}
            }
        }
        Ok(bytes + self.still(self.blocks()?.block_bytes(key))?)
    }

    /// The block a key is in, with its own key; `None` where there is not one block.
    pub(crate) fn block_of(&self, key: &[u8]) -> Result<Option<Found>, ReadError> {
        self.still(self.blocks()?.block_of(key))
    }

    /// The block behind the one with this key.
    pub(crate) fn block_after(&self, block: &[u8]) -> Result<Option<Found>, ReadError> {
        self.still(self.blocks()?.block_after(block))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::TableBuilder;

    /// A layer of about so many bytes.
    fn layer(first: u32, bytes: usize) -> Table {
        let mut rows_of = TableBuilder::default();
        let rows = u32::try_from(bytes / 1024).unwrap().max(1);
        for key in first..first + rows {
            rows_of.put(&key.to_be_bytes(), &[7; 1024 - 36], false);
        }
        rows_of.finish()
    }

    fn rows(view: &View) -> Vec<(Vec<u8>, bool)> {
        let all: Vec<_> = view.fresh.clone();
        let row = |(key, change): (&[u8], Change<'_>)| (key.to_vec(), matches!(change, Change::Put(_)));
        Table::together(&all).rows().map(row).collect()
    }

    #[test]
    fn what_is_applied_waits_for_no_long_layers_to_be_put_together() {
        let mut view = View::written(Mark::default(), None).0;
        let mut longest = 0;
        for group in 0..4000 {
            let before: Vec<_> = view.fresh.clone();
            view = view.after(layer(group * 7, 2 * 1024), Mark::default());
            let made = view.fresh.iter().filter(|one| !before.iter().any(|other| Arc::ptr_eq(one, other)));
            longest = longest.max(made.map(|table| table.bytes()).max().unwrap_or(0));
            // Beside it now and then, late.
            while group % 50 == 0 && !view.scattered().is_empty() {
                let scattered = view.scattered().to_vec();
                let one = Arc::new(Table::together(&scattered));
                assert!(one.bytes() <= TOGETHER_BYTES_MAX);
                let gathered = view.gathered(&scattered, &one);
                assert_eq!(gathered.fresh.len(), view.fresh.len() + 1 - scattered.len());
                view = gathered;
            }
            assert!(view.fresh.len() <= 40, "{} layers", view.fresh.len());
        }
        assert!((AT_ONCE_BYTES_MAX / 4..=AT_ONCE_BYTES_MAX).contains(&longest), "{longest} bytes at once");
        assert!(view.fresh_bytes() > 100 * AT_ONCE_BYTES_MAX);
    }

    #[test]
    fn layers_that_are_being_written_by_now_stay_as_they_are() {
        let mut view = View::written(Mark::default(), None).0;
        for group in 0..4 {
            view = view.after(layer(group * 400, AT_ONCE_BYTES_MAX + 2048), Mark::default());
        }
        let scattered = view.scattered().to_vec();
        assert_eq!(scattered.len(), 4);
        let one = Arc::new(Table::together(&scattered));
        let gathered = view.gathered(&scattered, &one);
        assert_eq!((gathered.fresh.len(), rows(&gathered)), (1, rows(&view)));
        let frozen = view.freeze().after(layer(0, AT_ONCE_BYTES_MAX), Mark::default());
        let later = frozen.gathered(&scattered, &one);
        assert_eq!((later.fresh.len(), later.frozen.len()), (1, 4));
        // Something was applied before it was done.
        let after = view.after(layer(9000, 1024), Mark::default());
        let gathered = after.gathered(&scattered, &one);
        assert_eq!((gathered.fresh.len(), rows(&gathered)), (2, rows(&after)));
    }
}
