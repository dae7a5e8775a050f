//! How far a log is known to have reached, kept apart from the log itself: one that lost its end, or was put back from an older copy, is
//! not taken for whole.
//!
//! The file says so in two places of one form, written in turn and in place, without a sync of their own: nothing waits for them. A
//! position is put down only once its commit is on disk, so a file that a power cut has left behind says less than there is, never more.

pub(crate) mod known_file;
mod name;
mod trouble;

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use domain::{Position, Sha256};
use xxhash_rust::xxh3::xxh3_64;

use crate::hash::hash;
use crate::whole::{write_whole, write_whole_anew};
use domain::LogId;
use name::{Held, Identity, Name};

/// Bytes of one of the two places: whole sectors of any disk (512 or 4096 bytes), none of which holds a part of both, so a power cut
/// leaves the other as it was.
const PLACE_BYTES: usize = 4096;
/// How many places there are.
const PLACES: usize = 2;
/// Bytes of a place that may say something: an id, a position, a hash and a checksum have at most 36 + 20 + 64 + 16 digits. The rest is blank.
const LINE_BYTES_MAX: usize = 160;

/// A commit that a log is known to hold, and so every one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Which log.
    pub log: LogId,
    /// The commit's position; 0 of a log that is known to hold none.
    pub position: Position,
    /// The hash of what is stored there; of zeros at position 0.
    pub sha256: Sha256,
}

impl Reached {
    /// Of a log that nothing is known of.
    pub fn nothing(log: LogId) -> Self {
        Self { log, position: Position(0), sha256: Sha256::from_bytes([0; 32]) }
    }

    /// What `bytes` at `position` of `log` show.
    pub(crate) fn by(log: LogId, position: Position, bytes: &[u8]) -> Self {
        Self { log, position, sha256: hash(bytes) }
    }

    /// Whether a log that ends at `last`, and holds something with the hash `there` at this position, is what is known of it.
    pub(crate) fn held_by(&self, last: Position, there: Option<Sha256>) -> Result<(), Shortfall> {
        match there {
            _ if self.position == Position(0) => Ok(()),
            Some(there) if there == self.sha256 => self.within(last),
            Some(_) => self.within(last).and(Err(Shortfall { last, known: Known::Other(self.position) })),
            None => Err(self.beyond(last)),
        }
    }

    /// Whether a log that ends at `last` reaches as far; what it holds there is asked by [`Self::held_by`].
    pub(crate) fn within(&self, last: Position) -> Result<(), Shortfall> {
        if self.position <= last { Ok(()) } else { Err(self.beyond(last)) }
    }

    /// Whether something stands at this position in a log that ends at `last`.
    pub(crate) fn stands_within(&self, last: Position) -> bool {
        self.position > Position(0) && self.within(last).is_ok()
    }

    fn beyond(&self, last: Position) -> Shortfall {
        Shortfall { last, known: Known::Beyond(self.position) }
    }

    /// A whole place.
    fn place(&self) -> [u8; PLACE_BYTES] {
        let mut place = [b' '; PLACE_BYTES];
        place[..LINE_BYTES_MAX].copy_from_slice(&self.line());
        place[PLACE_BYTES - 1] = b'\n';
        place
    }

    /// What stands in a place before what is blank in any.
    fn line(&self) -> [u8; LINE_BYTES_MAX] {
        // One is written with each commit: into the line itself, which is longer than any text of it.
        let mut line = [b' '; LINE_BYTES_MAX];
        let mut rest = &mut line[..];
        let _ = write!(rest, "{} {} {}", self.log, self.position.0, self.sha256);
        let left = rest.len();
        let (said, mut rest) = line.split_at_mut(LINE_BYTES_MAX - left);
        let _ = write!(rest, " {:016x}", xxh3_64(said));
        line
    }

    fn read(place: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(place).ok()?.trim_end();
        let (said, sum) = line.rsplit_once(' ')?;
        if u64::from_str_radix(sum, 16).ok()? != xxh3_64(said.as_bytes()) {
            return None;
        }
        let mut words = said.split(' ');
        let log = LogId::parse(words.next()?).ok()?;
        let position = Position(words.next()?.parse().ok()?);
        Some(Self { log, position, sha256: Sha256::parse(words.next()?).ok()? })
    }
}

/// How a log falls short of what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortfall {
    /// Where it ends.
    pub last: Position,
    /// What is known.
    pub known: Known,
}

/// What is known of a log that falls short of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It reached this position, after its last.
    Beyond(Position),
    /// It held another commit at this position.
    Other(Position),
    /// Nothing: what said how far it had reached is gone, cannot be read, or is of an older form.
    Nothing,
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { last: Position(last), known } = self;
        match known {
            Known::Beyond(Position(reached)) => write!(
                f,
                "日志止于第{last}条,而此前已到过第{reached}条 / the log ends at position {last}, and it is known to have reached position \
                 {reached}"
            ),
            Known::Other(Position(reached)) => write!(
                f,
                "日志止于第{last}条,其第{reached}条与此前的不同 / the log ends at position {last}, and holds another commit at position \
                 {reached} than it is known to have held"
            ),
            Known::Nothing => write!(
                f,
                "日志止于第{last}条,而记载其到过何处的文件不可用 / the log ends at position {last}, and the file that says how far it \
                 had reached is gone, cannot be read, or is of an older form"
            ),
        }
    }
}

/// What one of the places says.
fn line_of(mut file: &File, place: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(LINE_BYTES_MAX);
    file.seek(SeekFrom::Start((place * PLACE_BYTES) as u64))?;
    file.take(LINE_BYTES_MAX as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The file that says how far a log has reached.
#[derive(Debug)]
pub struct ReachedFile {
    name: Name,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: Arc<File>,
    /// Which file that is.
    own: Identity,
    /// Which place was written last.
    place: usize,
    /// The greatest that was put down, or was to be.
    reached: Reached,
    /// Whether it is in the file.
    written: bool,
    synced: bool,
}

impl State {
    /// Writes what is to be put down into the place that was not written last.
    fn write(&mut self) -> io::Result<()> {
        let place = (self.place + 1) % PLACES;
        self.file.write_all_at(&self.reached.line(), (place * PLACE_BYTES) as u64)?;
        (self.place, self.written) = (place, true);
        Ok(())
    }
}

impl ReachedFile {
    /// A file that says this and nothing else, whole or not at all; returns once it is on disk. The folder must be there.
    pub fn replace(path: &Path, reached: &Reached) -> io::Result<Self> {
        let file = write_whole(path, &[reached.place(); PLACES].concat())?;
        Self::of(path, file, 0, *reached)
    }

    /// The same where there is none; one that is there by now stays.
    fn make_anew(path: &Path, reached: &Reached) -> io::Result<()> {
        write_whole_anew(path, &[reached.place(); PLACES].concat()).map(drop)
    }

    /// The file at `path` and what it says; `None` where there is none. One that says nothing is [`io::ErrorKind::InvalidData`].
    pub fn open(path: &Path) -> io::Result<Option<(Self, Reached)>> {
        let file = match File::options().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let (mut found, mut unread) = (Vec::new(), None);
        for place in 0..PLACES {
            // Each by itself: where the disk gives one up, the other says what was known before.
            match line_of(&file, place) {
                Ok(bytes) => found.extend(Reached::read(&bytes).map(|reached| (place, reached))),
                Err(error) => unread = Some(error),
            }
        }
        let odd = || {
            let why = unread.map(|error| format!(": {error}")).unwrap_or_default();
            let said = format!("{} says of no log how far it reached{why}", path.display());
            io::Error::new(io::ErrorKind::InvalidData, said)
        };
        let best = found.into_iter().max_by_key(|(_, reached)| reached.position);
        let (place, reached) = best.ok_or_else(odd)?;
        Ok(Some((Self::of(path, file, place, reached)?, reached)))
    }

    fn of(path: &Path, file: File, place: usize, reached: Reached) -> io::Result<Self> {
        let (name, own) = Name::of(path, &file)?;
        let state = State { file: Arc::new(file), own, place, reached, written: true, synced: true };
        Ok(Self { name, state: Mutex::new(state) })
    }

    /// The name, and the file and which one that is.
    fn into_parts(self) -> (Name, (Arc<File>, Identity)) {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        (self.name, (state.file, state.own))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is a few assignments, and what they say is only ever less than there is.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts down that the log holds this commit, which is on disk. Where that cannot be written the file goes on saying less, until
    /// [`Self::sync`] has written it or says why not.
    pub fn note(&self, reached: &Reached) {
        let mut state = self.state();
        if reached.position <= state.reached.position || reached.log != state.reached.log {
            return;
        }
        (state.reached, state.written, state.synced) = (*reached, false, false);
        if let Err(error) = state.write() {
            tracing::debug!(%error, "how far the log has reached is written again when it is synced");
        }
    }

    /// What is told of it where it cannot be written.
    pub(crate) fn unwritable(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), trouble::unwritable(&self.name.path, error))
    }

    /// Whether it says what was to be put down, under its own name, as far as that can be seen. `None` while it is written: whoever asks this waits
    /// for no disk. [`Self::name_again`] makes it anew where its name is another's.
    pub(crate) fn is_in_order(&self) -> Option<bool> {
        let (own, written) = match self.state.try_lock() {
            Ok(state) => (state.own, state.written),
            Err(TryLockError::Poisoned(state)) => (state.get_ref().own, state.get_ref().written),
            Err(TryLockError::WouldBlock) => return None,
        };
        Some(written && self.name.held(own).is_ok_and(|held| held == Held::Own))
    }

    /// Held as by a write that does not end.
    #[cfg(test)]
    pub(crate) fn hold(&self) -> impl Drop + '_ {
        self.state()
    }

    /// Makes the file anew that somebody took away, or goes on in the one of the same log that was put in its place.
    /// Only while its log is open: afterwards its folder is somebody else's.
    pub(crate) fn name_again(&self) -> io::Result<()> {
        let (own, reached) = {
            let state = self.state();
            (state.own, state.reached)
        };
        let path = &self.name.path;
        let anew = match self.name.held(own)? {
            Held::Own => return Ok(()),
            // Not within the lock: a writer would wait for it.
            Held::Nothing => Self::replace(path, &reached)?,
            Held::Another => match Self::open(path)? {
                Some((file, there)) if there.log == reached.log => file,
                Some(_) | None => {
                    return Err(io::Error::other(format!("{} was replaced by that of another log", path.display())));
                }
            },
        };
        let anew = anew.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state();
        *state = State { reached: state.reached, written: false, synced: false, ..anew };
        Ok(())
    }

    /// Returns once what was put down is on disk, if it could be. What could not be written, or not be synced, is written again: a system
    /// says once that it has lost what it was to write, and not again.
    pub fn sync(&self) -> io::Result<()> {
        let mut state = self.state();
        if !state.written {
            state.write()?;
        }
        if state.synced {
            return Ok(());
        }
        state.synced = true;
        let file = Arc::clone(&state.file);
        drop(state);
        // Not within the lock: a writer would wait for it.
        file.sync_data().inspect_err(|_| {
            let mut state = self.state();
            // Into the same place: what the other says may be all that is on disk.
            state.place = (state.place + PLACES - 1) % PLACES;
            (state.written, state.synced) = (false, false);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTOR_BYTES_MAX: usize = 4096;

    fn reached(log: LogId, position: u64) -> Reached {
        Reached::by(log, Position(position), &position.to_be_bytes())
    }

    fn read(path: &Path) -> Option<Reached> {
        ReachedFile::open(path).unwrap().map(|(_, reached)| reached)
    }

    #[test]
    fn a_file_says_the_last_that_was_put_down() {
        let folder = tempfile::tempdir().unwrap();
        let (path, log) = (folder.path().join("reached"), crate::id::new_log_id());
        assert_eq!(read(&path), None);
        let file = ReachedFile::replace(&path, &Reached::nothing(log)).unwrap();
        assert_eq!(read(&path), Some(Reached::nothing(log)));
        for (noted, says) in [(1, 1), (2, 2), (3, 3), (1_000_000, 1_000_000), (2, 1_000_000)] {
            file.note(&reached(log, noted));
            assert_eq!(read(&path), Some(reached(log, says)));
        }
        file.note(&reached(crate::id::new_log_id(), 2_000_000));
        file.sync().unwrap();
        assert_eq!(read(&path), Some(reached(log, 1_000_000)), "another log's");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(&log.to_string()), "people can read it: {text}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    /// Whatever one write leaves of the place it was writing, the other still says what was known before.
    #[test]
    fn a_torn_place_says_what_was_known_before() {
        let folder = tempfile::tempdir().unwrap();
        let (path, log) = (folder.path().join("reached"), crate::id::new_log_id());
        let file = ReachedFile::replace(&path, &Reached::nothing(log)).unwrap();
        file.note(&reached(log, 7));
        let before = std::fs::read(&path).unwrap();
        file.note(&reached(log, 8));
        let after = std::fs::read(&path).unwrap();
        // Behind its first line a place is blank.
        for torn in (0..=after.len()).filter(|torn| torn % PLACE_BYTES < 200) {
            std::fs::write(&path, [&after[..torn], &before[torn..]].concat()).unwrap();
            let position = read(&path).unwrap().position.0;
            assert!(position == 7 || position == 8, "torn at {torn}: {position}");
        }
        // Nor does a sector that is lost whole, of the greatest that disks have, take both.
        for lost in 0..after.len().div_ceil(SECTOR_BYTES_MAX) {
            let mut bytes = after.clone();
            bytes.chunks_mut(SECTOR_BYTES_MAX).nth(lost).unwrap().fill(0xff);
            std::fs::write(&path, bytes).unwrap();
            let position = read(&path).unwrap().position.0;
            assert!(position == 7 || position == 8, "without sector {lost}: {position}");
        }
        for bytes in [&b""[..], b"\n", &[0; 1024], &before[1..100]] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(ReachedFile::open(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }

    /// The first page of a process is there for nobody: reading it fails as a bad sector does.
    #[test]
    fn what_the_disk_does_not_give_back_is_as_good_as_damaged() {
        let error = ReachedFile::open(Path::new("/proc/self/mem")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{error}");
    }

    /// A file that cannot be written, or synced, for a while: what was put down meanwhile is written without another commit coming in.
    #[test]
    fn what_could_not_be_put_down_is_once_it_can_be() {
        let folder = tempfile::tempdir().unwrap();
        let (path, log) = (folder.path().join("reached"), crate::id::new_log_id());
        let file = ReachedFile::replace(&path, &Reached::nothing(log)).unwrap();
        let refusing = File::open(&path).unwrap();
        let good = std::mem::replace(&mut file.state().file, Arc::new(refusing));
        for position in [1, 2] {
            file.note(&reached(log, position));
            file.sync().unwrap_err();
        }
        assert_eq!(read(&path), Some(Reached::nothing(log)));
        file.state().file = good;
        file.sync().unwrap();
        assert_eq!(read(&path), Some(reached(log, 2)));
        // A pipe can be synced by nobody.
        let (_, pipe) = io::pipe().unwrap();
        file.note(&reached(log, 3));
        let good = std::mem::replace(&mut file.state().file, Arc::new(File::from(std::os::fd::OwnedFd::from(pipe))));
        file.sync().unwrap_err();
        file.state().file = good;
        let lost = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&[0; PLACE_BYTES], &lost[PLACE_BYTES..]].concat()).unwrap();
        assert_eq!(read(&path), Some(reached(log, 2)));
        file.sync().unwrap();
        assert_eq!(read(&path), Some(reached(log, 3)), "what the disk lost is written again");
        std::fs::write(&path, [&std::fs::read(&path).unwrap()[PLACE_BYTES..], &[0; PLACE_BYTES]].concat()).unwrap();
        assert_eq!(read(&path), Some(reached(log, 2)), "and where it was");
    }

    #[test]
    fn a_log_holds_what_is_known_of_it_or_falls_short() {
        let (log, last) = (crate::id::new_log_id(), Position(5));
        let hash = |position| Some(reached(log, position).sha256);
        assert_eq!(Reached::nothing(log).held_by(Position(0), None), Ok(()));
        assert_eq!(reached(log, 5).held_by(last, hash(5)), Ok(()));
        assert_eq!(reached(log, 4).held_by(last, hash(4)), Ok(()));
        for (known, there, expected) in [
            (6, None, Known::Beyond(Position(6))),
            (4, hash(3), Known::Other(Position(4))),
            (5, None, Known::Beyond(Position(5))),
        ] {
            assert_eq!(reached(log, known).held_by(last, there), Err(Shortfall { last, known: expected }));
        }
    }
}
