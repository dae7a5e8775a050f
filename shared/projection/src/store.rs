//! Rows and cursor: what is written, in blocks, and what was applied since, in memory, to be written when it is worth a write.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, TryLockError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use domain::Position;
use event_log::Followed;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::digest::Digest;
use crate::generation::Generation;
use crate::pace;
use crate::progress::{Health, Progress};
use crate::redo::{self, Redo};
use crate::shelf::Shelf;
use crate::table::{Change, Table, Value};
use crate::{ApplyError, Projection, ReadError, Rows, tally, told};

/// The key of the mark.
const MARK: &[u8] = b"m";
/// The key of what says that some of the rows of a table are written and others not.
const WRITING: &[u8] = b"f";
/// Rows in memory that are written although more may come, in bytes; about.
const WRITE_BYTES: usize = 96 * 1024 * 1024;
/// Rows in memory with which nothing more is applied before the last write is done, in bytes; about.
const HELD_BYTES_MAX: usize = 2 * WRITE_BYTES;
/// How long rows stay in memory alone. What a crash loses of them is applied again.
const WRITE_EVERY: Duration = Duration::from_secs(5);

/// How far the thread that writes rows gives way to those that answer questions, from 0 to 19. Nobody waits for it but an applier that
/// holds too much.
const WRITE_NICE: i32 = 10;

/// How often rows are written, unless it was told otherwise.
pub(crate) fn write_every() -> Duration {
    told::write_every().unwrap_or(WRITE_EVERY)
}

/// The last commit applied: where it stands and which it is, and what all rows give together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) position: u64,
    pub(crate) commit: [u8; 16],
    pub(crate) digest: Digest,
}

/// Why a group could not be applied to its end. What came before the failing commit is applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Halt {
    /// The rows come from another log: the commit at their cursor is another one.
    #[error("the rows were made from another log")]
    OtherLog,
    #[error("the log is not continuous: expected position {}, met {}", expected.0, met.0)]
    Gap { expected: Position, met: Position },
    #[error("the commit at position {} cannot be applied: {error}", position.0)]
    Apply { position: Position, error: ApplyError },
    #[error(transparent)]
    Store(#[from] ReadError),
}

/// What was applied and is not written yet.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) active: Table,
    /// What is being written. The rows have the same values before and after, so that readers look through it all the while.
    pub(crate) frozen: Option<Frozen>,
    pub(crate) mark: Mark,
}

/// Rows that are being written, and the mark that holds once they are.
#[derive(Debug, Clone)]
pub(crate) struct Frozen {
    table: Arc<Table>,
    mark: Mark,
}

impl Tables {
    /// The latest first.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &Table> {
        std::iter::once(&self.active).chain(self.frozen.as_ref().map(|frozen| &*frozen.table))
    }

    pub(crate) fn value(&self, blocks: Shelf<'_>, key: &[u8]) -> Result<Option<Value>, ReadError> {
        let mut added = Vec::new();
        for table in self.layers() {
            match table.rows.get(key) {
                Some(Change::Add(more)) => added.extend_from_slice(more),
                Some(Change::Put(value)) => return Ok(over(Some(value.clone()), &added)),
                Some(Change::Gone) => return Ok(over(None, &added)),
                None => {}
            }
        }
        Ok(over(blocks.get(key)?, &added))
    }
}

/// What a row is with what is added to it.
pub(crate) fn over(value: Option<Value>, added: &tally::Added) -> Option<Value> {
    if added.is_empty() {
        return value;
    }
    tally::moved(value.as_ref().map(Value::bytes), added).map(|bytes| Value::new(bytes, true))
}

/// One generation of rows. One applier writes; readers hold the gate open while they read.
#[derive(Debug)]
pub(crate) struct Store {
    generation: Generation,
    dropped_because: Option<String>,
    gate: RwLock<Tables>,
    progress: watch::Sender<Progress>,
    /// Where readers are told, once this is the generation that serves. Held while either is changed.
    public: Mutex<Option<watch::Sender<Progress>>>,
    write_every: Duration,
    /// The write under way, and when the last one began.
    writing: Mutex<Writing>,
}

#[derive(Debug)]
struct Writing {
    thread: Option<JoinHandle<Result<(), ReadError>>>,
    began: Instant,
    /// Whether what was applied while the rows were behind is written, or being written.
    caught_up: bool,
}

impl Store {
    pub(crate) fn new(generation: Generation) -> Result<Self, ReadError> {
        let mut dropped_because = generation.dropped_because.clone();
        let mark = match recovered(&generation) {
            Ok(mark) => mark,
            Err(error) => {
                dropped_because = Some(error.to_string());
                tracing::warn!(%error, folder = %generation.folder().display(), "the rows are damaged: dropped, to be replayed");
                generation.tree.clear()?;
                redo::drop_kept(generation.folder()).map_err(|error| ReadError::Store(error.to_string()))?;
                Mark::default()
            }
        };
        let progress = watch::Sender::new(Progress::at(Position(mark.position)));
        let gate = RwLock::new(Tables { mark, ..Tables::default() });
        let writing = Mutex::new(Writing { thread: None, began: Instant::now(), caught_up: false });
        Ok(Self {
            generation,
            dropped_because,
            gate,
            progress,
            public: Mutex::new(None),
            write_every: write_every(),
            writing,
        })
    }

    pub(crate) fn shelf(&self) -> Shelf<'_> {
        self.generation.shelf()
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Keeps the applier from changing rows while it is held.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// [`Store::read`], if the applier is not changing rows.
    pub(crate) fn try_read(&self) -> Option<RwLockReadGuard<'_, Tables>> {
        match self.gate.try_read() {
            Ok(gate) => Some(gate),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Tables) -> T) -> T {
        change(&mut self.gate.write().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn cursor(&self) -> Position {
        self.progress.borrow().cursor
    }

    /// Folds a group of commits. A commit already applied is passed over.
    pub(crate) fn apply(&self, projection: &impl Projection, group: &[Followed]) -> Result<(), Halt> {
        let mark = self.read().mark;
        let (mut new, mut halted) = (Vec::with_capacity(group.len()), Ok(()));
        for next in group {
            let position = next.position();
            let expected = new.last().map_or(mark.position, |last: &&Followed| last.position().0) + 1;
            if position.0 < expected {
                if position.0 == mark.position && next.mark() != mark.commit {
                    halted = Err(Halt::OtherLog);
                    break;
                }
                continue;
            }
            if position.0 > expected {
                halted = Err(Halt::Gap { expected: Position(expected), met: position });
                break;
            }
            new.push(next);
        }
        if halted.is_ok() && !group.is_empty() && !self.progress.borrow().of_this_log {
            self.note(|progress| progress.of_this_log = true);
        }
        self.fold(projection, &new)?;
        halted
    }

    /// Folds commits that follow on the cursor: all at once, or, where one of them does not fit, each by itself up to that one.
    fn fold(&self, projection: &impl Projection, group: &[&Followed]) -> Result<(), Halt> {
        let Some(last) = group.last() else { return Ok(()) };
        let tables = self.read();
        let mut rows = Rows::new(self.shelf(), &tables);
        let applied = match group {
            [Followed::SetAside(aside)] => projection.set_aside(&mut rows, aside),
            // In the order of the log, each by itself: there are few.
            _ if group.iter().any(|next| next.commit().is_none()) => {
                drop(rows);
                drop(tables);
                return group.iter().try_for_each(|one| self.fold(projection, std::slice::from_ref(one)));
            }
            _ => projection.apply_group(&mut rows, &group.iter().filter_map(|next| next.commit()).collect::<Vec<_>>()),
        };
        match applied {
            Ok(()) => {
                // Only a group folded to its end leaves anything behind.
                let (changes, digest) = rows.into_changes();
                drop(tables);
                let mark = Mark { digest, ..mark_of(last) };
                self.change(|tables| {
                    tables.active.merge(changes);
                    tables.mark = mark;
                    self.note(|progress| progress.cursor = last.position());
                });
                Ok(())
            }
            Err(error) if group.len() == 1 => Err(Halt::Apply { position: last.position(), error }),
            Err(_) => {
                drop(rows);
                drop(tables);
                group.iter().try_for_each(|one| self.fold(projection, std::slice::from_ref(one)))
            }
        }
    }

    /// Writes what is worth a write, beside what is applied meanwhile. Waits where too much is held.
    pub(crate) fn write_some(self: &Arc<Self>) -> Result<(), ReadError> {
        let (bytes, any) = {
            let tables = self.read();
            (tables.active.bytes, !tables.active.rows.is_empty())
        };
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // Once at each start, however soon it ends: otherwise one that always ends soon has more to replay each time.
        let caught_up = !writing.caught_up && self.progress.borrow().health.serves();
        let due = any && (caught_up || bytes >= WRITE_BYTES || writing.began.elapsed() >= self.write_every);
        if let Some(thread) = writing.thread.take_if(|thread| thread.is_finished() || bytes >= HELD_BYTES_MAX) {
            joined(thread)?;
        }
        if !due || writing.thread.is_some() {
            return Ok(());
        }
        writing.began = Instant::now();
        writing.caught_up |= caught_up;
        let store = Arc::clone(self);
        let write = move || {
            if let Err(error) = rustix::process::setpriority_process(None, WRITE_NICE) {
                tracing::debug!(%error, "rows are written at the same priority as questions are answered");
            }
            pace::set_beside(!store.serves_readers());
            store.write_frozen()
        };
        let thread = std::thread::Builder::new().name("rows-write".to_owned()).spawn(write);
        writing.thread = Some(thread.map_err(|error| ReadError::Store(error.to_string()))?);
        Ok(())
    }

    /// Waits for the write under way.
    pub(crate) fn settle(&self) -> Result<(), ReadError> {
        let thread = self.writing.lock().unwrap_or_else(PoisonError::into_inner).thread.take();
        thread.map_or(Ok(()), joined)
    }

    /// Writes everything. Nothing depends on it but the length of the next replay.
    pub(crate) fn flush(&self) -> Result<(), ReadError> {
        self.settle()?;
        if self.read().active.rows.is_empty() {
            return Ok(());
        }
        self.write_frozen()
    }

    /// Writes what is held. There is one such write at a time, and nothing else writes to sled.
    fn write_frozen(&self) -> Result<(), ReadError> {
        self.freeze();
        self.write_kept()
    }

    fn freeze(&self) {
        self.change(|tables| {
            let frozen = Arc::new(std::mem::take(&mut tables.active));
            tables.frozen = Some(Frozen { table: frozen, mark: tables.mark });
        });
    }

    /// Puts together what is added with what is written. Writing it again changes nothing from then on.
    fn resolve(&self) -> Result<Redo, ReadError> {
        let before = stored_mark(&self.generation)?;
        let Some(Frozen { table, mark }) = self.read().frozen.clone() else {
            return Ok(Redo { table: Arc::default(), before, after: before });
        };
        Ok(Redo { table: Arc::new(self.shelf().resolved(&table)?), before, after: mark })
    }

    fn write_kept(&self) -> Result<(), ReadError> {
        let redo = self.resolve()?;
        redo::keep(self.generation.folder(), &redo)?;
        // What is replaced is dropped outside of the gate: readers would wait for it.
        let resolved = Frozen { table: Arc::clone(&redo.table), mark: redo.after };
        drop(self.change(|tables| tables.frozen.replace(resolved)));
        written(&self.generation, &redo)?;
        drop(self.change(|tables| tables.frozen.take()));
        Ok(())
    }

    /// Begins again with nothing.
    pub(crate) fn clear(&self) -> Result<(), ReadError> {
        self.settle()?;
        let mut gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        redo::drop_kept(self.generation.folder()).map_err(|error| ReadError::Store(error.to_string()))?;
        self.generation.tree.clear()?;
        *gate = Tables::default();
        self.tell(|progress| {
            *progress = Progress { dropped: progress.dropped + 1, ..Progress::at(Position(0)) };
        });
        drop(gate);
        Ok(())
    }

    /// Changes the progress; rows of older versions go once these have caught up.
    pub(crate) fn note(&self, change: impl FnOnce(&mut Progress)) {
        let mut caught_up = false;
        self.tell(|progress| {
            change(progress);
            caught_up = progress.settle();
        });
        if caught_up && let Err(error) = self.generation.place().drop_older() {
            tracing::warn!(%error, "rows that serve no more could not be removed");
        }
    }

    pub(crate) fn set_health(&self, health: Health) {
        self.tell(|progress| progress.health = health);
    }

    fn tell(&self, change: impl FnOnce(&mut Progress)) {
        let public = self.public.lock().unwrap_or_else(PoisonError::into_inner);
        self.progress.send_modify(change);
        if let Some(public) = &*public {
            public.send_replace(self.progress.borrow().clone());
        }
    }

    /// From now on readers are told how far these rows are; `dropped` is how often those before them were.
    pub(crate) fn publish(&self, public: &watch::Sender<Progress>, dropped: u32) {
        *self.public.lock().unwrap_or_else(PoisonError::into_inner) = Some(public.clone());
        self.tell(|progress| progress.dropped = dropped);
    }

    /// Whether this is the generation that serves.
    pub(crate) fn serves_readers(&self) -> bool {
        self.public.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Readers are told no more.
    pub(crate) fn withdraw(&self) -> Progress {
        *self.public.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.progress.borrow().clone()
    }

    pub(crate) fn dropped_because(&self) -> Option<&str> {
        self.dropped_because.as_deref()
    }

    pub(crate) fn generation(&self) -> &Generation {
        &self.generation
    }
}

fn joined(thread: JoinHandle<Result<(), ReadError>>) -> Result<(), ReadError> {
    thread.join().unwrap_or_else(|_| Err(ReadError::Store("the thread that writes rows is gone".to_owned())))
}

/// Says that what is written from now on is not whole.
pub(crate) fn begin_writing(generation: &Generation) -> Result<(), ReadError> {
    generation.tree.insert(WRITING, &[][..])?;
    Ok(())
}

/// Says that what was written is whole, and what it is.
pub(crate) fn end_writing(generation: &Generation, mark: &Mark) -> Result<(), ReadError> {
    // In this order: rows that end between the two are written once more, or, where nothing was kept for that, dropped.
    generation.tree.insert(MARK, postcard::to_allocvec(mark)?)?;
    generation.tree.remove(WRITING)?;
    generation.db.flush()?;
    Ok(())
}

/// Writes a resolved table and the mark behind it.
fn written(generation: &Generation, redo: &Redo) -> Result<(), ReadError> {
    begin_writing(generation)?;
    generation.shelf().write(&redo.table)?;
    end_writing(generation, &redo.after)?;
    redo::drop_kept(generation.folder()).map_err(|error| ReadError::Store(error.to_string()))
}

fn stored_mark(generation: &Generation) -> Result<Mark, ReadError> {
    match generation.tree.get(MARK)? {
        Some(bytes) => Ok(postcard::from_bytes(&bytes)?),
        None => Ok(Mark::default()),
    }
}

/// The mark of the rows, after what was left half written is written.
fn recovered(generation: &Generation) -> Result<Mark, ReadError> {
    let mark = stored_mark(generation)?;
    match redo::kept(generation.folder())? {
        Some(redo) if [redo.before, redo.after].contains(&mark) => {
            written(generation, &redo)?;
            return Ok(redo.after);
        }
        // Of other rows: these were taken away by hand, or dropped.
        Some(_) | None => redo::drop_kept(generation.folder()).map_err(|error| ReadError::Store(error.to_string()))?,
    }
    if generation.tree.contains_key(WRITING)? {
        return Err(ReadError::Store("rows were written in part, and what is missing was not kept".to_owned()));
    }
    Ok(mark)
}

fn mark_of(last: &Followed) -> Mark {
    Mark { position: last.position().0, commit: last.mark(), digest: Digest::default() }
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
