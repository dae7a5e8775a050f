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

use super::name::{Held, Identity, Name};
use super::{PLACE_BYTES, PLACES, Reached, ReachedFile};
use crate::id::LogId;

/// Bytes of a place that may say something: an id, a position, a hash and a checksum have at most 36 + 20 + 64 + 16 digits.
const LINE_BYTES_MAX: usize = 160;
/// Times that the file is opened anew because another has its name, before that is an error.
const NAMES_MAX: u32 = 3;

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
}

#[derive(Debug)]
struct State {
    file: Arc<File>,
    own: Identity,
    /// What it may say and be gone on over: this process wrote it, or has found it in the log.
    vouched: Option<Reached>,
    /// The place to be written next, once this process has written the other.
    next: Option<usize>,
}

/// What the file says in its places; `None` of one that cannot be read: what is short, or given back by no disk, says nothing.
fn says(file: &File) -> [Option<Reached>; PLACES] {
    // In one read: behind its line a place is blank.
    let mut bytes = [0; (PLACES - 1) * PLACE_BYTES + LINE_BYTES_MAX];
    let is_read = file.read_exact_at(&mut bytes, 0).is_ok();
    std::array::from_fn(|place| {
        let at = place * PLACE_BYTES;
        let line = bytes.get_mut(at..at + LINE_BYTES_MAX)?;
        if !is_read {
            file.read_exact_at(line, at as u64).ok()?;
        }
        Reached::read(line)
    })
}

/// The place that says least, and what the other says.
fn least_and_greatest(says: [Option<Reached>; PLACES]) -> (usize, Option<Reached>) {
    let position = |said: &Option<Reached>| said.map(|reached| reached.position);
    let least = says.iter().enumerate().min_by_key(|(_, said)| position(said)).map_or(0, |(place, _)| place);
    (least, says.into_iter().flatten().max_by_key(|reached| reached.position))
}

impl State {
    fn put(&mut self, reached: &Reached, is_alone: bool) -> io::Result<Noted> {
        let (least, greatest) = match self.next {
            Some(next) if is_alone => (next, self.vouched),
            _ => least_and_greatest(says(&self.file)),
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
        self.file.write_all_at(&reached.written(), (least * PLACE_BYTES) as u64)?;
        (self.vouched, self.next) = (Some(*reached), Some((least + 1) % PLACES));
        Ok(Noted::Down)
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
        let state = State { file: state.0, own: state.1, vouched: None, next: None };
        Ok(Some((Self { log: says.log, name, is_alone: AtomicBool::new(false), state: Mutex::new(state) }, says)))
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
        let (_, greatest) = least_and_greatest(says(&state.file));
        greatest.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it says of no log how far it reached"))
    }

    /// Puts down that the log holds this commit, which is on disk; before anybody is told that it is recorded.
    ///
    /// Costs a few system calls on what the system has in memory, and no wait but for the disk's own.
    pub fn note(&self, reached: &Reached) -> io::Result<Noted> {
        let (mut state, is_alone) = (self.state(), self.is_alone.load(Ordering::Relaxed));
        for _ in 0..NAMES_MAX {
            let file = Arc::clone(&state.file);
            match if is_alone { Ok(()) } else { file.try_lock() } {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(Noted::Busy),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // With the others kept out: who makes it anew does so in the same way.
            let noted = match self.name.held(state.own) {
                Ok(Held::Own) => Some(state.put(reached, is_alone)),
                Ok(Held::Nothing | Held::Another) => None,
                Err(error) => Some(Err(error)),
            };
            // Where it cannot be let go it is once the file is closed.
            if !is_alone {
                let _ = file.unlock();
            }
            match noted {
                Some(noted) => return noted,
                None => self.opened_anew(&mut state, reached)?,
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
            drop(ReachedFile::replace(&self.name.path, state.vouched.as_ref().unwrap_or(reached))?);
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
mod tests {
    use domain::Position;

    use super::*;

    fn reached(log: LogId, position: u64) -> Reached {
        Reached::by(log, Position(position), &position.to_be_bytes())
    }

    fn read(path: &Path) -> Reached {
        ReachedFile::open(path).unwrap().unwrap().1
    }

    #[test]
    fn what_another_process_put_down_is_gone_on_over_by_who_has_found_it() {
        let folder = tempfile::tempdir().unwrap();
        let (path, log) = (folder.path().join("known"), LogId::random());
        let one = KnownFile::replace(&path, &Reached::nothing(log)).unwrap();
        let (two, _) = KnownFile::open(&path).unwrap().unwrap();
        assert_eq!(one.note(&reached(log, 1)).unwrap(), Noted::Down);
        assert_eq!(two.note(&reached(log, 2)).unwrap(), Noted::Unvouched(reached(log, 1)));
        assert_eq!(read(&path), reached(log, 1));
        two.vouch(&reached(log, 1));
        assert_eq!(two.note(&reached(log, 2)).unwrap(), Noted::Down);
        assert_eq!(one.note(&reached(log, 1)).unwrap(), Noted::Down, "it says more");
        assert_eq!(one.note(&reached(log, 3)).unwrap(), Noted::Unvouched(reached(log, 2)));
        let forked = Reached { sha256: reached(log, 9).sha256, ..reached(log, 2) };
        assert_eq!(one.note(&forked).unwrap(), Noted::Unvouched(reached(log, 2)));
        assert_eq!((read(&path), one.says().unwrap()), (reached(log, 2), reached(log, 2)));
        one.note(&reached(LogId::random(), 9)).unwrap_err();
        // While another process is writing.
        let other = File::open(&path).unwrap();
        other.lock().unwrap();
        assert_eq!(two.note(&reached(log, 3)).unwrap(), Noted::Busy);
        drop(other);
        assert_eq!(two.note(&reached(log, 3)).unwrap(), Noted::Down);
    }

    /// Whatever happens to the file, what is noted is in the one that has the name.
    #[test]
    fn what_is_noted_is_in_the_file_that_has_the_name() {
        let folder = tempfile::tempdir().unwrap();
        let (path, log) = (folder.path().join("known"), LogId::random());
        let file = KnownFile::replace(&path, &reached(log, 4)).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(file.note(&reached(log, 5)).unwrap(), Noted::Down);
        assert_eq!(read(&path), reached(log, 5));
        drop(KnownFile::replace(&path, &reached(log, 3)).unwrap());
        assert_eq!(file.note(&reached(log, 6)).unwrap(), Noted::Unvouched(reached(log, 3)), "accepted as shorter");
        // Emptied in place: by now it says less than this process knows.
        file.vouch(&reached(log, 3));
        for first in [7, 17] {
            std::fs::write(&path, []).unwrap();
            for position in first..first + 3 {
                assert_eq!(file.note(&reached(log, position)).unwrap(), Noted::Down);
                assert_eq!(read(&path), reached(log, position));
            }
            // The same of one that nobody else writes.
            file.is_alone();
        }
        // The folder was taken away with it: another in its place is not its own.
        let away = folder.path().with_extension("away");
        std::fs::rename(folder.path(), &away).unwrap();
        file.note(&reached(log, 20)).unwrap_err();
        std::fs::create_dir(folder.path()).unwrap();
        file.note(&reached(log, 20)).unwrap_err();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        std::fs::remove_dir(folder.path()).unwrap();
        std::fs::rename(&away, folder.path()).unwrap();
        assert_eq!(file.note(&reached(log, 20)).unwrap(), Noted::Down);
        file.sync().unwrap();
    }
}
