//! What is on disk, opened: commits by position, and the positions of each stream's revisions.

use std::io;
use std::path::Path;

use domain::{Position, Revision, StreamId};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use super::evidence::Evidence;
use super::room::files_kept_open;
use crate::{LogError, Tail};

/// What of each tree is kept in memory before it goes to a file of its own; several wait for that at one time under load. The store keeps
/// the number it was made with: a log from before it was set goes on with 64 MiB.
const MEMTABLE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Full journals that are kept before the trees they are needed for are written out; each is read at opening.
const JOURNALS_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// At opening, as many of the last commits are read and checked.
const CHECKED_AT_OPEN: u64 = 1024;
/// Opened again, as many of the last acknowledged commits.
const CHECKED_AGAIN: u64 = 64;
/// Key of the record that proves a store can be written.
const PROBE: &str = "probe";

/// What is on disk: commits by position, and the positions of each stream's revisions.
pub(super) struct Store {
    pub(super) database: Database,
    /// Position (8 bytes, big end first) → stored commit.
    pub(super) commits: Keyspace,
    /// Stream key, 0, revision (8 bytes, big end first) → position.
    pub(super) streams: Keyspace,
    /// First position of a group → its marker.
    pub(super) groups: Keyspace,
}

pub(super) fn damaged(error: &fjall::Error) -> LogError {
    match error {
        fjall::Error::Locked => LogError::Unavailable("the log's folder is open in another process".to_owned()),
        fjall::Error::Io(error) => LogError::Unavailable(error.to_string()),
        // What the system refuses, for want of descriptors or by a disk that fails, says nothing of what is stored. A file that is
        // gone or ends too early does.
        fjall::Error::Storage(fjall::LsmError::Io(error))
            if error.raw_os_error().is_some() && error.kind() != io::ErrorKind::NotFound =>
        {
            LogError::Unavailable(error.to_string())
        }
        fjall::Error::Poisoned => LogError::Unavailable("the store has failed and is to be opened anew".to_owned()),
        other => LogError::Damaged(format!("{other:?}")),
    }
}

fn of_journal(error: &io::Error) -> LogError {
    LogError::Unavailable(format!("the journal: {error}"))
}

/// Whether a store that ends at `last` has everything that the journal proves was there; `ends_at` is where it must end if its last group
/// was cut off.
fn whole(evidence: &Evidence, last: u64, ends_at: Option<u64>) -> Result<(), LogError> {
    if ends_at.is_some_and(|expected| expected != last) {
        return Err(LogError::Damaged(format!("position {} cannot be read", last + 1)));
    }
    let Some(missing) = evidence.missing(last) else { return Ok(()) };
    let named = evidence.damage().map_or_else(|| format!("position {missing} is missing"), ToString::to_string);
    Err(LogError::Damaged(format!("{named}; later ones were on disk")))
}

impl Store {
    /// The store and its last position, with nothing missing that the journal proves was there.
    ///
    /// `acknowledged` is 0 at first, and every record is read. A process that has had the store open says up to where it has acknowledged
    /// commits: they must be there, and those before the last of them have been read already.
    ///
    /// `holds` says whether it is what is known of the log.
    pub(super) fn open_whole(
        folder: &Path,
        acknowledged: u64,
        holds: impl FnOnce(&Self, u64) -> Result<(), LogError>,
    ) -> Result<(Self, u64), LogError> {
        Self::open_whole_by(folder, acknowledged, holds, Self::open)
    }

    fn open_whole_by(
        folder: &Path,
        acknowledged: u64,
        holds: impl FnOnce(&Self, u64) -> Result<(), LogError>,
        mut open: impl FnMut(&Path) -> Result<Self, LogError>,
    ) -> Result<(Self, u64), LogError> {
        // Read before the store opens, which may cut it. Where another process holds the folder the store says so, and it is not used.
        let evidence = Evidence::read(folder).map_err(|error| of_journal(&error))?;
        let (mut opened, mut cut, mut may_be_cut) = (open(folder), Ok(None), false);
        if let Err(LogError::Damaged(why)) = &opened {
            // Perhaps only the last group is damaged, which can be told by opening without it.
            (cut, may_be_cut) = (evidence.cut_last_group(), true);
            tracing::warn!(?cut, why, "the journal is damaged; the log is opened without its last group of commits");
            if matches!(cut, Ok(Some(_))) {
                opened = open(folder);
            }
        }
        let whole = cut.map_err(|error| of_journal(&error)).and_then(|ends_at| {
            let store = opened.map_err(|error| evidence.explained(error))?;
            let last = store.check(acknowledged).map_err(|error| evidence.explained(error))?;
            whole(&evidence, last, ends_at)?;
            holds(&store, last)?;
            Ok((store, last))
        });
        whole.map_err(|error| {
            // Nothing was found wrong, and nothing changed: another process has the folder open, say.
            if matches!(error, LogError::Unavailable(_)) && !may_be_cut {
                return error;
            }
            evidence.restore().map_or_else(|restoring| of_journal(&restoring), |()| error)
        })
    }

    fn open(folder: &Path) -> Result<Self, LogError> {
        let open = || {
            let database = Database::builder(folder)
                .manual_journal_persist(true)
                .max_journaling_size(JOURNALS_BYTES_MAX)
                .max_cached_files(Some(files_kept_open()))
                .open()?;
            let options = || KeyspaceCreateOptions::default().max_memtable_size(MEMTABLE_BYTES_MAX);
            let commits = database.keyspace("commits", options)?;
            let streams = database.keyspace("streams", options)?;
            let groups = database.keyspace("groups", options)?;
            Ok(Self { database, commits, streams, groups })
        };
        open().map_err(|error: fjall::Error| damaged(&error))
    }

    /// The last position, after every record after `read` was read and found to follow the one before, and the end of the log found
    /// indexed.
    fn check(&self, read: u64) -> Result<u64, LogError> {
        let mut last = read;
        for entry in self.commits.range((read + 1).to_be_bytes()..) {
            let next = last + 1;
            let unreadable =
                |error: fjall::Error| LogError::Damaged(format!("position {next} cannot be read: {error:?}"));
            let (key, _) = entry.into_inner().map_err(unreadable)?;
            if number(&key)? != next {
                return Err(LogError::Damaged(format!("position {next} is missing; {} follows", number(&key)?)));
            }
            last = next;
        }
        let checked = if read == 0 { CHECKED_AT_OPEN } else { last - read + CHECKED_AGAIN };
        for position in last.saturating_sub(checked - 1).max(1)..=last {
            let bytes = self
                .bytes_at(position)?
                .ok_or_else(|| LogError::Damaged(format!("position {position} is missing before the last, {last}")))?;
            match self.judged(Position(position), &bytes) {
                // One that cannot be read stops its readers and nobody else: it can be set aside only in a log that opens.
                Ok(_) | Err(LogError::Undecodable { .. }) => {}
                Err(LogError::Misplaced { .. }) => {
                    return Err(LogError::Damaged(format!("position {position} is not indexed under its stream")));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(last)
    }

    /// Writes and syncs a record that says nothing, or says why that cannot be done.
    pub(super) fn prove_writable(&self) -> Result<(), LogError> {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncAll));
        // Beside the markers, which are read from the journal alone, and there by what they begin with.
        batch.insert(&self.groups, PROBE, []);
        batch.commit().map_err(|error| damaged(&error))
    }

    /// What is stored at `position`.
    pub(super) fn bytes_at(&self, position: u64) -> Result<Option<fjall::Slice>, LogError> {
        self.commits.get(position.to_be_bytes()).map_err(|error| damaged(&error))
    }

    pub(super) fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
        // Most streams that are asked for are new: one look-up of a single key says so, at a part of a scan's cost.
        if self.ends_at(stream, Tail::default())? {
            return Ok(Tail::default());
        }
        let prefix = stream_prefix(stream);
        let Some(last) = self.streams.prefix(&prefix).next_back() else { return Ok(Tail::default()) };
        let (key, value) = last.into_inner().map_err(|error| damaged(&error))?;
        let revision = Revision(number(key.get(prefix.len()..).unwrap_or_default())?);
        Ok(Tail { revision, position: Position(number(&value)?) })
    }

    /// Whether `stream` ends at `tail`, by two look-ups of single keys; a scan for the last key costs several times as much.
    pub(super) fn ends_at(&self, stream: &StreamId, tail: Tail) -> Result<bool, LogError> {
        let position_of = |revision| self.streams.get(stream_key(stream, revision)).map_err(|error| damaged(&error));
        let reached = match tail.revision {
            Revision(0) => tail.position == Position(0),
            revision => position_of(revision)?.as_deref() == Some(&tail.position.0.to_be_bytes()),
        };
        Ok(reached && position_of(crate::next(tail.revision))?.is_none())
    }
}

pub(super) fn number(bytes: &[u8]) -> Result<u64, LogError> {
    let bytes: [u8; 8] =
        bytes.try_into().map_err(|_| LogError::Damaged("a key or position has no 8 bytes".to_owned()))?;
    Ok(u64::from_be_bytes(bytes))
}

pub(super) fn stream_prefix(stream: &StreamId) -> Vec<u8> {
    let (kind, id) = match stream {
        StreamId::Provider(id) => (b'p', id.as_str()),
        StreamId::Operator(code) => (b'o', code.as_str()),
        StreamId::Log => (b'l', ""),
    };
    let mut key = Vec::with_capacity(id.len() + 10);
    key.push(kind);
    key.extend_from_slice(id.as_bytes());
    // No id holds a zero byte, so no stream's keys begin with another's.
    key.push(0);
    key
}

pub(super) fn stream_key(stream: &StreamId, revision: Revision) -> Vec<u8> {
    let mut key = stream_prefix(stream);
    key.extend_from_slice(&revision.0.to_be_bytes());
    key
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::super::evidence::marker;
    use super::*;

    /// A closed store whose journal is damaged in its last group.
    fn damaged_at_its_end() -> (tempfile::TempDir, PathBuf, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        drop(Store::open(folder.path()).unwrap());
        let journal = folder.path().join("0.jnl");
        let bytes = [marker(&(1..=3)), vec![7; 100], marker(&(4..=5)), vec![9; 4]].concat();
        fs::write(&journal, &bytes).unwrap();
        (folder, journal, bytes)
    }

    /// Opens with what each attempt finds, in turn.
    fn opened(folder: &Path, mut found: Vec<LogError>, between: impl Fn()) -> LogError {
        found.reverse();
        let open = |_: &Path| {
            between();
            Err(found.pop().unwrap())
        };
        Store::open_whole_by(folder, 0, |_, _| Ok(()), open).map(|(_, last)| last).unwrap_err()
    }

    fn damage() -> LogError {
        LogError::Damaged("planted".to_owned())
    }

    fn away() -> LogError {
        LogError::Unavailable("planted".to_owned())
    }

    #[test]
    fn a_journal_that_was_cut_in_vain_is_as_it_was() {
        for second in [damage, away] {
            let (folder, journal, bytes) = damaged_at_its_end();
            let cut = std::cell::Cell::new(0);
            let error = opened(folder.path(), vec![damage(), second()], || {
                cut.set(cut.get() + u32::from(fs::read(&journal).unwrap() != bytes));
            });
            assert_eq!(cut.get(), 1, "it was opened without its last group");
            assert!(fs::read(&journal).unwrap() == bytes, "{error}");
        }
    }

    #[test]
    fn a_journal_that_another_process_has_open_is_left_alone() {
        let (folder, journal, bytes) = damaged_at_its_end();
        let error = opened(folder.path(), vec![away()], || {
            fs::write(&journal, b"another process's").unwrap();
        });
        assert!(matches!(error, LogError::Unavailable(_)) && fs::read(&journal).unwrap() == b"another process's");
        // Also where it comes in between.
        fs::write(&journal, &bytes).unwrap();
        let lock = fs::File::options().write(true).open(folder.path().join("lock")).unwrap();
        let error = opened(folder.path(), vec![damage(), away()], || {
            if fs::read(&journal).unwrap() != bytes {
                lock.lock().unwrap();
                fs::write(&journal, b"another process's").unwrap();
            }
        });
        assert!(matches!(error, LogError::Unavailable(_)) && fs::read(&journal).unwrap() == b"another process's");
    }
}
