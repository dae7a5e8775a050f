//! Writing what was applied: when it is worth it, on a thread of its own, beside what is applied meanwhile; and again where it failed.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::base::{STOP_WAIT_MAX, Store, locked};
use super::under_way::Writing;
use crate::clear::clear;
use crate::error::ReadError;
use crate::layers::Table;
use crate::shelf::{self, Closing, Redo, Shelf};
use crate::view::View;

/// Rows in memory that are written although more may come, in bytes; about.
const WRITE_BYTES: usize = 96 * 1024 * 1024;
/// Rows in memory with which nothing more is applied before the last write is done, in bytes; about.
pub(crate) const HELD_BYTES_MAX: usize = 2 * WRITE_BYTES;
/// How far the thread that writes rows gives way to those that answer questions, from 0 to 19. Nobody waits for it but an applier that
/// holds too much.
const WRITE_NICE: i32 = 10;

/// How long a write waits for views of the rows as they were before it. Who reads for longer is told that the rows have moved on.
const READ_WAIT_MAX: Duration = Duration::from_secs(10);
/// How long it is waited for files that sled failed to write to be closed. Some it never closes: such rows are made anew beside.
const CLOSE_WAIT_MAX: Duration = Duration::from_secs(5);
/// A write that takes longer does not come to its end: the most that is written at one time takes some seconds, where others come first too.
const WRITE_SLOW_MAX: Duration = if cfg!(test) { Duration::from_millis(20) } else { Duration::from_mins(1) };
/// With more in memory than this nobody is waited for, in bytes.
const READ_WAIT_BYTES_MAX: usize = WRITE_BYTES + WRITE_BYTES / 2;
/// First wait before a write that failed is tried again.
const AGAIN_MIN: Duration = Duration::from_millis(250);
/// Longest wait before a write that failed is tried again.
const AGAIN_MAX: Duration = Duration::from_secs(4);
/// What must be left on the disk beside what is to be written, and what must fit before a store that failed is opened anew, in bytes: sled writes when it opens, and until it has opened
/// nothing is read.
const PROBE_BYTES: usize = 16 * 1024 * 1024;
/// Pause between two writes of rows for which a look found too little room: they are written before their time, so that what is wrong is met
/// and told within the 2 s that health has, and not when a write would have been due.
const SHORT_EVERY: Duration = Duration::from_millis(500);

impl Store {
    /// Looks whether what is in memory would find room on the disk where it is written: twice, once kept and once in its place. Where it
    /// would not, a write is due at once, and its outcome is told.
    pub(super) fn look_at_room(&self) {
        let view = self.view();
        let bytes = view.layers().next().map(|_| view.held_bytes());
        drop(view);
        let short = bytes.is_some_and(|bytes| lacks_room(self.generation.folder(), bytes));
        self.short.store(short, Ordering::Relaxed);
    }

    /// Looks whether the write under way comes to its end, and tells where it does not: whoever waits for it knows only that it waits.
    pub(super) fn look_at_write(&self) {
        let mut writing = locked(&self.writing);
        let under_way = writing.began.elapsed();
        if !writing.is_under_way() || writing.told_slow || under_way <= WRITE_SLOW_MAX {
            return;
        }
        writing.told_slow = true;
        drop(writing);
        let why = format!("a write of the rows has been under way for {} s", under_way.as_secs());
        tracing::error!(why, folder = %self.generation.folder().display(), "the rows are not written");
        self.tell_part(|parts| parts.writer.unwell(why));
    }

    /// Writes what is worth a write, beside what is applied meanwhile. Says whether there is room for more in memory.
    pub(crate) fn write_some(self: &Arc<Self>) -> bool {
        let view = self.view();
        let (fresh, failed) = (view.fresh_bytes(), !view.frozen().is_empty());
        let any = view.layers().next().is_some();
        drop(view);
        let room = fresh < HELD_BYTES_MAX;
        let mut writing = locked(&self.writing);
        if writing.is_under_way() {
            return room;
        }
        if writing.thread.take().is_some_and(|thread| thread.join().is_err()) {
            self.broken_off(&mut writing);
        }
        let waits = writing.failed.as_ref().is_some_and(|(_, at, wait)| at.elapsed() < *wait);
        // Once at each start, however soon it ends: otherwise one that always ends soon has more to replay each time.
        let caught_up = !writing.caught_up && self.progress.borrow().health.serves();
        let short = self.short.load(Ordering::Relaxed);
        let every = if short { writing.write_every.min(SHORT_EVERY) } else { writing.write_every };
        let due = failed || caught_up || fresh >= WRITE_BYTES || writing.began.elapsed() >= every;
        if !any || waits || !due {
            return room;
        }
        writing.began = Instant::now();
        writing.caught_up |= caught_up;
        let store = Arc::clone(self);
        let write = move || {
            if let Err(error) = rustix::process::setpriority_process(None, WRITE_NICE) {
                tracing::debug!(%error, "rows are written at the same priority as questions are answered");
            }
            giving_way::lets_others_first(!store.serves_readers());
            // It is told and kept where it ends.
            let _ = store.write(READ_WAIT_MAX);
        };
        match std::thread::Builder::new().name("rows-write".to_owned()).spawn(write) {
            Ok(thread) => (writing.thread, writing.under_way) = (Some(thread), true),
            Err(error) => self.ended(&mut writing, Err(&error.into())),
        }
        room
    }

    /// Waits until the write under way has ended, or, where none is, until it may be tried again; at most `longest`.
    pub(crate) fn wait_for_write(&self, longest: Duration) {
        let writing = locked(&self.writing);
        let waits = !writing.under_way;
        drop(self.wrote.wait_timeout_while(writing, longest, |writing| waits || writing.is_under_way()));
    }

    /// Waits for the write under way, and for layers that are being put together.
    pub(crate) fn settle(&self) {
        self.gathered();
        let thread = locked(&self.writing).thread.take();
        let Some(thread) = thread else { return };
        // It ends its write under the lock: it is not waited for with it.
        let panicked = thread.join().is_err();
        if panicked {
            self.broken_off(&mut locked(&self.writing));
        }
    }

    /// The thread that wrote has panicked: it told nobody, and how far sled came is not known.
    fn broken_off(&self, writing: &mut Writing) {
        (writing.under_way, writing.told_slow, writing.failed_shelf) = (false, false, Some(self.give_up_shelf()));
        self.ended(writing, Err(&ReadError::Store("the thread that writes rows is gone".to_owned())));
        self.wrote.notify_all();
    }

    /// sled has failed, and is not closed where somebody waits for it.
    fn give_up_shelf(&self) -> Closing {
        self.view().shelf().map_or_else(Closing::over, Shelf::give_up)
    }

    /// Writes everything, and seals it. Nothing depends on it but how soon the next start is.
    pub(crate) fn flush(&self) -> Result<(), ReadError> {
        self.settle();
        if self.is_beginning() {
            // What lies there is of another log: it is looked at again at the next start.
            return Ok(());
        }
        while self.view().layers().next().is_some() {
            self.write(STOP_WAIT_MAX)?;
        }
        let failed = locked(&self.writing).failed_shelf.is_some();
        if !failed && !self.generation.is_sealed() {
            // Where nothing was written, sled still holds back what it noted as it made its files.
            self.view().shelf().map_or(Ok(()), Shelf::flush)?;
            self.generation.seal()?;
        }
        Ok(())
    }

    /// Writes what is held: what a write that failed has left, or else everything. There is one such write at a time, and nothing else
    /// writes to sled.
    fn write(&self, read_wait_max: Duration) -> Result<(), ReadError> {
        let result = self.try_write(read_wait_max);
        let mut writing = locked(&self.writing);
        (writing.under_way, writing.told_slow) = (false, false);
        self.ended(&mut writing, result.as_ref().copied());
        drop(writing);
        self.wrote.notify_all();
        result
    }

    fn ended(&self, writing: &mut Writing, result: Result<(), &ReadError>) {
        let Err(error) = result else {
            writing.failed = None;
            self.writes_well();
            return;
        };
        let wait = writing.failed.as_ref().map_or(AGAIN_MIN, |(_, _, wait)| (*wait * 2).min(AGAIN_MAX));
        let why = format!("the rows cannot be written: {error}");
        tracing::error!(%error, again_in_ms = wait.as_millis(), folder = %self.generation.folder().display(), "the rows cannot be written");
        self.tell_part(|parts| parts.writer.unwell(&*why));
        writing.failed = Some((why, Instant::now(), wait));
        if !error.passes() || !self.generation.folder().exists() {
            self.lose(&format!("the rows were damaged, and were built anew: {error}"));
        }
    }

    /// Why the last write failed, if it did.
    pub(crate) fn write_failed(&self) -> Option<String> {
        locked(&self.writing).failed.as_ref().map(|(why, ..)| why.clone())
    }

    fn try_write(&self, read_wait_max: Duration) -> Result<(), ReadError> {
        self.generation.unseal()?;
        let blocks = self.sound_shelf()?;
        self.freeze();
        self.write_frozen(&blocks, read_wait_max)
    }

    /// What was applied is about to be written. What an earlier write has left comes first, by itself.
    pub(super) fn freeze(&self) {
        if !self.view().frozen().is_empty() {
            return;
        }
        self.change(|view| {
            locked(&self.writing).freezing = view.mark();
            view.freeze()
        });
    }

    /// Puts together what is added with what is written. Writing it again changes nothing from then on.
    pub(super) fn resolve(&self, blocks: &Shelf) -> Result<Redo, ReadError> {
        let (before, after) = {
            let writing = locked(&self.writing);
            (writing.written, writing.freezing)
        };
        let frozen = self.view().frozen().to_vec();
        let table = match frozen.as_slice() {
            [one] => Arc::clone(one),
            many => {
                let one = Arc::new(Table::together(many));
                // So that what it was put together from is not held beside what is resolved of it.
                self.change(|view| view.frozen_as(&one));
                one
            }
        };
        drop(frozen);
        Ok(Redo { table: Arc::new(blocks.resolved(&table)?), before, after })
    }

    pub(super) fn write_frozen(&self, blocks: &Shelf, read_wait_max: Duration) -> Result<(), ReadError> {
        let redo = self.resolve(blocks)?;
        if let Err(error) = shelf::keep(self.generation.folder(), &redo) {
            // What was cut short is of no use, and takes what little room there is.
            let _ = shelf::drop_kept(self.generation.folder());
            return Err(error);
        }
        reserve(self.generation.folder(), redo.table.bytes())?;
        // From here on numbers are not added again, however often this is written.
        self.turn(|view| view.resolved(Arc::clone(&redo.table)));
        self.wait_for_earlier(read_wait_max, |store| store.view().held_bytes() <= READ_WAIT_BYTES_MAX);
        let written = blocks.begin_writing().and_then(|()| blocks.write(&redo.table));
        let written = written.and_then(|()| blocks.end_writing(&redo.after));
        if written.is_err() {
            let closing = self.give_up_shelf();
            locked(&self.writing).failed_shelf = Some(closing);
        }
        written?;
        shelf::drop_kept(self.generation.folder())?;
        locked(&self.writing).written = redo.after;
        self.turn(View::thawed);
        // Who is the last to hold what was written gives its memory back, and that is to be nobody who answers.
        self.let_go_of_earlier(STOP_WAIT_MAX);
        self.let_go_of_gathered();
        Ok(())
    }

    /// The blocks, opened anew where they failed.
    fn sound_shelf(&self) -> Result<Shelf, ReadError> {
        let (reopen, written, freezing) = {
            let writing = locked(&self.writing);
            (writing.failed_shelf.is_some(), writing.written, writing.freezing)
        };
        let view = self.view();
        match view.shelf() {
            Some(blocks) if !reopen => return Ok(blocks.clone()),
            // What lies there may be of another log.
            _ if self.is_beginning() => return Err(ReadError::Reopening),
            Some(_) | None => drop(view),
        }
        // As long as the cause lasts, the blocks that are open are read on.
        probe(self.generation.folder())?;
        self.turn(|view| view.on(None));
        self.wait_for_earlier(STOP_WAIT_MAX, |_| true);
        let closing = locked(&self.writing).failed_shelf.take();
        if let Some(mut closing) = closing {
            let closed = closing.wait(CLOSE_WAIT_MAX);
            locked(&self.writing).failed_shelf = Some(closing);
            if !closed {
                let why = "sled does not let go of the files that it failed to write";
                return Err(ReadError::Damaged(why.to_owned()));
            }
        }
        let blocks = self.generation.open_shelf()?;
        let mark = blocks.mark()?;
        if ![written, freezing].contains(&mark) {
            return Err(ReadError::Damaged(format!("the blocks are at position {} after an error", mark.position)));
        }
        self.turn(|view| view.on(Some(blocks.clone())));
        locked(&self.writing).failed_shelf = None;
        tracing::info!(folder = %self.generation.folder().display(), "the rows were opened anew");
        Ok(blocks)
    }
}

/// Free on the disk of a folder, and what is needed there for a write of so many bytes.
fn room(folder: &Path, bytes: usize) -> io::Result<(u64, u64)> {
    let disk = rustix::fs::statvfs(folder)?;
    let needed = u64::try_from(bytes.saturating_add(PROBE_BYTES)).unwrap_or(u64::MAX);
    Ok((disk.f_bavail.saturating_mul(disk.f_frsize), needed))
}

/// Whether a write of so many bytes may find no room. A disk that tells nothing of itself is left to the write.
fn lacks_room(folder: &Path, bytes: usize) -> bool {
    let no_files = rustix::fs::statvfs(folder).is_ok_and(|disk| disk.f_files > 0 && disk.f_favail == 0);
    no_files || room(folder, bytes.saturating_mul(2)).is_ok_and(|(free, needed)| free < needed)
}

/// Whether the blocks of a write find room: sled that has met a full disk reads no more of what it has not written.
fn reserve(folder: &Path, bytes: usize) -> io::Result<()> {
    let (free, needed) = room(folder, bytes)?;
    if free < needed {
        let why = format!("{} MiB are free on the disk, and {} are needed", free >> 20, needed >> 20);
        return Err(io::Error::new(io::ErrorKind::StorageFull, why));
    }
    Ok(())
}

/// Whether something can be written at all.
fn probe(folder: &Path) -> io::Result<()> {
    let path = folder.join("probe");
    clear(&path)?;
    let written = fs::File::create(&path).and_then(|mut file| {
        file.write_all(&vec![0x55; PROBE_BYTES])?;
        file.sync_all()
    });
    let removed = fs::remove_file(&path);
    written.and(removed)
}
