//! What is on disk, opened: commits by position, and the positions of each stream's revisions.

use std::io;
use std::path::Path;
use std::time::Duration;

use domain::{Position, Revision, StreamId};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use xxhash_rust::xxh3::xxh3_128;

use super::key::{number, stream_key, stream_prefix};
use super::room::files_kept_open;
use crate::error::LogError;
use crate::recorded::{Tail, next};

/// What of each tree is kept in memory before it goes to a file of its own; several wait for that at one time under load. The store keeps
/// the number it was made with: a log from before it was set goes on with 64 MiB.
const MEMTABLE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Full journals that are kept before the trees they are needed for are written out; each is read at opening.
const JOURNALS_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Key of the record that proves a store can be written.
const PROBE: &str = "probe";
/// Bytes of that record at least: several of the pieces that a file system gives a file at one time.
const PROBE_BYTES_MIN: usize = 64 * 1024;
/// And at most.
const PROBE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Full tables of a tree in memory with which the next write waits: one less than those with which the store waits by itself.
const TABLES_IN_MEMORY_MAX: usize = 3;
/// Pause between two looks whether there are fewer.
const ROOM_PAUSE: Duration = Duration::from_millis(10);

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

/// What is said where another process has the log's folder open.
pub(super) const IN_USE: &str =
    "日志的文件夹正由另一进程使用,请先停止它 / the log's folder is open in another process: stop that first";

pub(super) fn damaged(error: &fjall::Error) -> LogError {
    match error {
        fjall::Error::Locked => LogError::Unavailable(IN_USE.to_owned()),
        // A file that is shorter than what it ends with: there is no such place in it, says the system.
        fjall::Error::Io(file) | fjall::Error::Storage(fjall::LsmError::Io(file))
            if file.kind() == io::ErrorKind::InvalidInput =>
        {
            LogError::Damaged(format!("{error:?}"))
        }
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

/// Bytes that no file system makes less of.
fn unlike_itself(length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + size_of::<u128>());
    for number in 0_u64.. {
        if bytes.len() >= length {
            break;
        }
        bytes.extend_from_slice(&xxh3_128(&number.to_le_bytes()).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

impl Store {
    pub(super) fn open(folder: &Path) -> Result<Self, LogError> {
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

    /// Writes and syncs a record of twice as many `bytes`, within bounds, that says nothing, or says why that cannot be done.
    ///
    /// On a full disk there is often room for a little, in the last piece that a file was given: one that took less than what failed would
    /// say that all is well, and the next commit fails again.
    pub(super) fn prove_writable(&self, bytes: usize) -> Result<(), LogError> {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncAll));
        // Beside the markers, which are read from the journal alone, and there by what they begin with.
        batch.insert(&self.groups, PROBE, unlike_itself((2 * bytes).clamp(PROBE_BYTES_MIN, PROBE_BYTES_MAX)));
        batch.commit().map_err(|error| damaged(&error))
    }

    /// Waits until no tree has as many full tables in memory as the store waits for itself, after a write, without looking whether those
    /// threads have failed that are to write them out: an error where they have.
    pub(super) fn wait_for_room(&self) -> Result<(), LogError> {
        let trees = [&self.commits, &self.streams, &self.groups];
        while trees.iter().any(|tree| tree.sealed_memtable_count() >= TABLES_IN_MEMORY_MAX) {
            self.database.persist(PersistMode::Buffer).map_err(|error| damaged(&error))?;
            #[expect(clippy::disallowed_methods, reason = "the store tells nobody that it has written a table out")]
            std::thread::sleep(ROOM_PAUSE);
        }
        Ok(())
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
        Ok(reached && position_of(next(tail.revision))?.is_none())
    }
}
