//! The file in which a folder knows its log: outside the log's own folder, which may be put back as a whole from an older copy.
//!
//! It is of the form of [`ReachedFile`](super::ReachedFile), and written before anybody is told that a commit is recorded, without a sync:
//! what a process wrote stays when it is killed. Several processes write it where a log is kept by servers, so each looks at what stands
//! there first, with the others kept out for that moment. What another process has put down is gone on over only by who has found it in its
//! own log: two that have met different copies of one log do not vouch for each other's.

use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::Position;

use super::name::{Held, Identity, Name};
use super::trouble::{self, Trouble};
use super::{LINE_BYTES_MAX, PLACE_BYTES, PLACES, Reached, ReachedFile};
use domain::LogId;

/// Times that the file is opened anew because another has its name, before that is an error.
const NAMES_MAX: u32 = 3;

/// Longest that looks may find the file locked by others: a note takes some microseconds, and looks are made every 100 ms.
const LOCKED_MAX: Duration = Duration::from_secs(1);

/// What became of what was to be put down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// The file says it, or more.
    Down,
    /// The file says this, which another process has put down. Whoever finds it in the log says so with [`KnownFile::vouch`], and notes again.
    Unvouched(Reached),
    /// Another process is writing it; to be tried again after a moment.
    Busy,
}

/// The file in which a folder knows its log.
#[derive(Debug)]
pub struct KnownFile {
    log: LogId,
    name: Name,
    /// Whether no other process writes it: the log is open in this one alone.
    is_alone: AtomicBool,
    state: Mutex<State>,
    /// Why nothing can be put down in it: whoever records asks first.
    trouble: Trouble,
}

#[derive(Debug)]
struct State {
    file: Arc<File>,
    own: Identity,
    /// What it may say and be gone on over: this process wrote it, or has found it in the log.
    vouched: Option<Reached>,
    /// The place to be written next, once this process has written the other.
    next: Option<Next>,
    /// The greatest that is in the log and could not be put down.
    pending: Option<Reached>,
    /// Since when looks have found it locked by others.
    locked_since: Option<Instant>,
}

/// The place that says less than the one that this process has written.
#[derive(Debug, Clone, Copy)]
struct Next {
    place: usize,
    /// What stood there then. Whoever writes the file writes where it says least, which is there: while this stands nobody else has written.
    line: Line,
    /// What this process has written into the other.
    written: Line,
}

/// What stands in a place before what is blank.
type Line = [u8; LINE_BYTES_MAX];

/// Where a place begins, in bytes.
const fn start(place: usize) -> u64 {
    (place * PLACE_BYTES) as u64
}

/// What stands in the places; of zeros where one cannot be read: what is short, or given back by no disk, says nothing.
fn lines(file: &File) -> [Line; PLACES] {
    std::array::from_fn(|place| {
        let mut line = [0; LINE_BYTES_MAX];
        match file.read_exact_at(&mut line, start(place)) {
            Ok(()) => line,
            Err(_) => [0; LINE_BYTES_MAX],
        }
    })
}

fn says(lines: &[Line; PLACES]) -> [Option<Reached>; PLACES] {
    lines.map(|line| Reached::read(&line))
}

/// The place that says least, and what the other says.
fn least_and_greatest(says: [Option<Reached>; PLACES]) -> (usize, Option<Reached>) {
    let position = |said: &Option<Reached>| said.map(|reached| reached.position);
    let least = says.iter().enumerate().min_by_key(|(_, said)| position(said)).map_or(0, |(place, _)| place);
    (least, says.into_iter().flatten().max_by_key(|reached| reached.position))
}

impl State {
    fn put(&mut self, reached: &Reached, is_alone: bool) -> io::Result<Noted> {
        let (least, greatest, other) = match &self.next {
            Some(next) if is_alone || self.still_stands(next) => (next.place, self.vouched, next.written),
            _ => {
                let lines = lines(&self.file);
                let (least, greatest) = least_and_greatest(says(&lines));
                (least, greatest, lines[(least + 1) % PLACES])
            }
        };
        if let Some(greatest) = greatest {
            if greatest.log != reached.log {
                return Err(io::Error::other(format!("it says how far another log has reached, {}", greatest.log)));
            }
            if greatest == *reached || greatest.position > reached.position {
                return Ok(Noted::Down);
            }
            if self.vouched != Some(greatest) && greatest != Reached::nothing(reached.log) {
                return Ok(Noted::Unvouched(greatest));
            }
        }
        let written = reached.line();
        self.file.write_all_at(&written, start(least))?;
        self.vouched = Some(*reached);
        self.next = Some(Next { place: (least + 1) % PLACES, line: other, written });
        Ok(Noted::Down)
    }

    /// Whether nobody has written since this process did.
    fn still_stands(&self, next: &Next) -> bool {
        let mut line = [0; LINE_BYTES_MAX];
        self.file.read_exact_at(&mut line, start(next.place)).is_ok() && line == next.line
    }
}

impl KnownFile {
    /// A file that says this and nothing else; returns once it is on disk. The folder must be there.
    pub fn replace(path: &Path, reached: &Reached) -> io::Result<Self> {
        drop(ReachedFile::replace(path, reached)?);
        let (file, _) = Self::open(path)?.ok_or(io::ErrorKind::NotFound)?;
        file.vouch(reached);
        Ok(file)
    }

    /// The file at `path` and what it says; `None` where there is none. One that says nothing is [`io::ErrorKind::InvalidData`].
    pub fn open(path: &Path) -> io::Result<Option<(Self, Reached)>> {
        let Some((file, says)) = ReachedFile::open(path)? else { return Ok(None) };
        let (name, state) = file.into_parts();
        let (file, own) = state;
        let state = State { file, own, vouched: None, next: None, pending: None, locked_since: None };
        let (state, trouble) = (Mutex::new(state), Trouble::default());
        Ok(Some((Self { log: says.log, name, is_alone: AtomicBool::new(false), state, trouble }, says)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody else writes it from now on, which makes a note cheaper by what it takes to keep others out.
    pub(crate) fn is_alone(&self) {
        self.is_alone.store(true, Ordering::Relaxed);
    }

    /// Which log it is of.
    pub fn log(&self) -> LogId {
        self.log
    }

    /// What was found in the log, and may be gone on over.
    pub fn vouch(&self, reached: &Reached) {
        let mut state = self.state();
        if state.vouched != Some(*reached) {
            (state.vouched, state.next) = (Some(*reached), None);
        }
    }

    /// Whether this is what the process wrote or has found in the log last.
    pub fn is_vouched(&self, reached: &Reached) -> bool {
        self.state().vouched == Some(*reached)
    }

    /// What the file says that has the name.
    pub fn says(&self) -> io::Result<Reached> {
        let mut state = self.state();
        self.named(&mut state)?;
        let (_, greatest) = least_and_greatest(says(&lines(&state.file)));
        greatest.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it says of no log how far it reached"))
    }

    /// Puts down that the log holds this commit, which is on disk; before anybody is told that it is recorded.
    ///
    /// Costs a few system calls on what the system has in memory, and no wait but for the disk's own.
    ///
    /// What cannot be written is written by a later look, `look`; until then [`Self::trouble`] says why.
    pub fn note(&self, reached: &Reached) -> io::Result<Noted> {
        let mut state = self.state();
        self.put(&mut state, reached).inspect_err(|error| {
            self.not_put(&mut state, reached, trouble::unwritable(&self.name.path, error));
        })
    }

    /// Others keep the file locked for so long that it is not put down: whoever was to be told is not.
    pub(crate) fn stays_locked(&self, reached: &Reached) {
        self.not_put(&mut self.state(), reached, trouble::locked(&self.name.path));
    }

    fn not_put(&self, state: &mut State, reached: &Reached, why: String) {
        if reached.log == self.log && state.pending.is_none_or(|pending| pending.position < reached.position) {
            state.pending = Some(*reached);
        }
        self.trouble.set(Some(why));
    }

    /// Why nothing can be put down, as it was when that was last tried or looked at. Nothing may be recorded meanwhile.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.get()
    }

    /// Whether something up to this position may be told as recorded: it is not among what could not be put down.
    pub(crate) fn may_tell(&self, position: Position) -> bool {
        if self.trouble.get().is_none() {
            return true;
        }
        let state = self.state();
        let known = state.vouched.map_or(Position(0), |vouched| vouched.position);
        state.pending.is_none() || position <= known
    }

    /// Looks whether it can be written, and writes what could not be. Called every 100 ms; writes nothing where nothing is left to write.
    pub(crate) fn look(&self) {
        let (mut state, is_alone) = (self.state(), self.is_alone.load(Ordering::Relaxed));
        let outcome = self.looked_at(&mut state).and_then(|()| {
            if let Some(pending) = state.pending {
                return self.put(&mut state, &pending);
            }
            if is_alone {
                return Ok(Noted::Down);
            }
            match state.file.try_lock() {
                Ok(()) => state.file.unlock().map(|()| Noted::Down),
                Err(TryLockError::WouldBlock) => Ok(Noted::Busy),
                Err(TryLockError::Error(error)) => Err(error),
            }
        });
        match outcome {
            Ok(Noted::Down) => {
                (state.pending, state.locked_since) = (None, None);
                self.trouble.set(None);
            }
            // Who keeps it known looks for what it says, and goes on over it.
            Ok(Noted::Unvouched(_)) => {}
            Ok(Noted::Busy) => {
                if state.locked_since.get_or_insert_with(Instant::now).elapsed() >= LOCKED_MAX {
                    self.trouble.set(Some(trouble::locked(&self.name.path)));
                }
            }
            Err(error) => self.trouble.set(Some(trouble::unwritable(&self.name.path, &error))),
        }
    }

    /// That it has its name and may be written; made anew where somebody took it away.
    fn looked_at(&self, state: &mut State) -> io::Result<()> {
        match self.name.held(state.own)? {
            Held::Own => {}
            Held::Nothing => match state.vouched {
                Some(vouched) => self.opened_anew(state, &vouched)?,
                // What it said is not known here: the next note makes it anew.
                None => return Ok(()),
            },
            Held::Another => {
                self.opened(state)?;
                // It may have been made by another process, which knew less.
                state.pending = state.pending.into_iter().chain(state.vouched).max_by_key(|known| known.position);
            }
        }
        trouble::may_be_written(&self.name.path, (PLACES * PLACE_BYTES) as u64)
    }

    fn put(&self, state: &mut State, reached: &Reached) -> io::Result<Noted> {
        let is_alone = self.is_alone.load(Ordering::Relaxed);
        for _ in 0..NAMES_MAX {
            let file = Arc::clone(&state.file);
            match if is_alone { Ok(()) } else { file.try_lock() } {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(Noted::Busy),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // Whether it has its name is asked once it is written: what is noted was in the file that had it then. What was noted in another
            // is noted again.
            let vouched = state.vouched;
            let put = state.put(reached, is_alone);
            let noted = match self.name.held(state.own) {
                Ok(Held::Own) => Some(put),
                Ok(Held::Nothing | Held::Another) => None,
                Err(error) => Some(Err(error)),
            };
            // Where it cannot be let go it is once the file is closed.
            if !is_alone {
                let _ = file.unlock();
            }
            if !matches!(noted, Some(Ok(_))) {
                (state.vouched, state.next) = (vouched, None);
            }
            match noted {
                Some(noted) => return noted,
                None => self.opened_anew(state, reached)?,
            }
        }
        Err(io::Error::other(format!("{} is replaced again and again", self.name.path.display())))
    }

    /// The file that has the name, where it is another.
    fn named(&self, state: &mut State) -> io::Result<()> {
        match self.name.held(state.own)? {
            Held::Own => Ok(()),
            Held::Nothing => Err(io::Error::new(io::ErrorKind::NotFound, "it is gone")),
            Held::Another => self.opened(state),
        }
    }

    fn opened(&self, state: &mut State) -> io::Result<()> {
        let (file, _) = ReachedFile::open(&self.name.path)?.ok_or(io::ErrorKind::NotFound)?;
        let (_, (file, own)) = file.into_parts();
        (state.file, state.own, state.next) = (file, own, None);
        Ok(())
    }

    /// The same; made anew where somebody took it away.
    fn opened_anew(&self, state: &mut State, reached: &Reached) -> io::Result<()> {
        if self.name.held(state.own)? == Held::Nothing {
            // One that another process has made in the meantime stays: what that has noted is in it.
            ReachedFile::make_anew(&self.name.path, state.vouched.as_ref().unwrap_or(reached))?;
        }
        self.opened(state)
    }

    /// Returns once what was put down is on disk.
    pub fn sync(&self) -> io::Result<()> {
        // Not within the lock: a writer would wait for it.
        let file = Arc::clone(&self.state().file);
        file.sync_data()
    }
}

#[cfg(test)]
mod tests;
