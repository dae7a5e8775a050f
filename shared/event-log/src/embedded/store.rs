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
pub(super) const CHECKED_AT_OPEN: u64 = 1024;
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
        let unreadable = |error: std::io::Error| LogError::Unavailable(format!("the journal: {error}"));
        // Read before the store opens, which may cut it. Where another process holds the folder the store says so, and it is not used.
        let evidence = Evidence::read(folder).map_err(unreadable)?;
        let mut ends_at = None;
        let opened = match Self::open(folder) {
            Err(LogError::Damaged(why)) => {
                // Perhaps only the last group is damaged, which can be told by opening without it.
                ends_at = evidence.cut_last_group().map_err(unreadable)?;
                tracing::warn!(
                    ?ends_at,
                    why,
                    "the journal is damaged; the log is opened without its last group of commits"
                );
                if ends_at.is_some() { Self::open(folder) } else { Err(LogError::Damaged(why)) }
            }
            other => other,
        };
        let checked = opened.and_then(|store| store.check(acknowledged).map(|last| (store, last)));
        let damage = match &checked {
            Ok((_, last)) if ends_at.is_some_and(|expected| expected != *last) => {
                Some(LogError::Damaged(format!("position {} cannot be read", last + 1)))
            }
            Ok((store, last)) => match evidence.missing(*last) {
                Some(missing) => {
                    let named =
                        evidence.damage().map_or_else(|| format!("position {missing} is missing"), ToString::to_string);
                    Some(LogError::Damaged(format!("{named}; later ones were on disk")))
                }
                None => holds(store, *last).err(),
            },
            Err(LogError::Damaged(why)) => Some(LogError::Damaged(match (evidence.damage(), evidence.reaches()) {
                (Some(at), Some(position)) => format!("{at} ({why}); the journal reaches to position {position}"),
                (None, Some(position)) => format!("{why}; the journal reaches to position {position}"),
                (_, None) => why.clone(),
            })),
            Err(_) => None,
        };
        let Some(damage) = damage else { return checked };
        drop(checked);
        evidence.restore().map_err(unreadable)?;
        Err(damage)
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
