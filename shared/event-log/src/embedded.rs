//! The log on one machine: a folder on disk, every acknowledgement behind an fsync, commits that wait together synced together.
//!
//! One writer thread owns the order. It takes what waits, checks each commit against its stream's tail, writes the group as one
//! atomic batch, syncs once, and only then answers. A lonely commit waits for nobody.

mod ahead;
mod damage;
mod evidence;
mod identity;
mod writer;

use std::path::Path;
use std::sync::Arc;

use domain::{Commit, Position, Revision, StreamId};
use fjall::{Database, Keyspace, KeyspaceCreateOptions};
use futures_util::Stream;
use tokio::sync::{mpsc, oneshot, watch};

use crate::aside::{SetAsides, Stored, subject};
use crate::{
    AppendError, COMMIT_BYTES_MAX, EventLog, Followed, Inspect, Loaded, LogError, LogId, Misplacement, Recorded,
    Standing, Tail, encode,
};
use evidence::Evidence;
use writer::{Waiting, Writer};

/// Commits that may wait for the writer; beyond it an append is answered `Busy` at once.
const EMBEDDED_QUEUE_COMMITS_MAX: usize = 4096;
/// As many commits are read without another thread.
const READ_IN_PLACE_MAX: u64 = 32;
/// What of each tree is kept in memory before it goes to a file of its own; several wait for that at one time under load. The store keeps
/// the number it was made with: a log from before it was set goes on with 64 MiB.
const MEMTABLE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Full journals that are kept before the trees they are needed for are written out; each is read at opening.
const JOURNALS_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// At opening, as many of the last commits are read and checked.
const CHECKED_AT_OPEN: u64 = 1024;

/// A log in a folder. Clones share it; the folder is open in one process at a time.
#[derive(Clone)]
pub struct Embedded {
    id: LogId,
    store: Arc<Store>,
    queue: mpsc::Sender<Waiting>,
    head: watch::Receiver<u64>,
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").field("head", &*self.head.borrow()).finish_non_exhaustive()
    }
}

/// What is on disk: commits by position, and the positions of each stream's revisions.
struct Store {
    database: Database,
    /// Position (8 bytes, big end first) → stored commit.
    commits: Keyspace,
    /// Stream key, 0, revision (8 bytes, big end first) → position.
    streams: Keyspace,
    /// First position of a group → its marker.
    groups: Keyspace,
}

impl Embedded {
    /// Opens the log in `folder`, or makes one where the folder holds none.
    pub fn open(folder: &Path) -> Result<Self, LogError> {
        if identity::holds_log(folder)? { Self::open_existing(folder) } else { Self::create(folder) }
    }

    /// Makes a log in `folder`, which holds none.
    pub fn create(folder: &Path) -> Result<Self, LogError> {
        let id = identity::create(folder)?;
        Self::open_as(id, folder)
    }

    /// Opens the log that is in `folder`; [`LogError::Missing`] where there is none.
    ///
    /// A group of commits that was being written when the power went, or whose bytes at the end of the journal are damaged, is
    /// dropped: the log opens at the last whole one. Damage before that is [`LogError::Damaged`]; it names the first position that
    /// cannot be read, or where several share the damaged checksum, the first and the last of them. The journal is then left as it
    /// was. Every record is read once for it. A folder that is open elsewhere is refused.
    pub fn open_existing(folder: &Path) -> Result<Self, LogError> {
        Self::open_as(identity::of(folder)?, folder)
    }

    fn open_as(id: LogId, folder: &Path) -> Result<Self, LogError> {
        let (store, last) = Store::open_whole(folder)?;
        let store = Arc::new(store);
        let (queue, waiting) = mpsc::channel(EMBEDDED_QUEUE_COMMITS_MAX);
        let (told, head) = watch::channel(last);
        let writer = Writer::new(Arc::clone(&store), last, told);
        std::thread::Builder::new()
            .name("log-writer".to_owned())
            .spawn(move || writer.run(waiting))
            .map_err(|error| LogError::Unavailable(format!("the writer thread did not start: {error}")))?;
        Ok(Self { id, store, queue, head })
    }

    /// Stores what need not be a commit as the next of `stream`.
    #[cfg(feature = "bare")]
    pub(crate) async fn append_bytes(
        &self,
        stream: &StreamId,
        after: Tail,
        bytes: Vec<u8>,
    ) -> Result<Tail, AppendError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { stream: stream.clone(), after, bytes, answer };
        self.queue.try_send(waiting).map_err(|error| crate::not_queued(&error, EMBEDDED_QUEUE_COMMITS_MAX))?;
        let gone = |_| Err(AppendError::OutcomeUnknown("the writer ended".to_owned()));
        answered.await.unwrap_or_else(gone)
    }

    /// Bytes of the first `count` records, read and not decoded.
    #[cfg(feature = "bare")]
    pub(crate) fn read_bytes(&self, count: usize) -> Result<u64, LogError> {
        self.store.commits.iter().take(count).try_fold(0, |bytes, entry| {
            let (_, value) = entry.into_inner().map_err(|error| damaged(&error))?;
            Ok(bytes + value.len() as u64)
        })
    }
}

fn damaged(error: &fjall::Error) -> LogError {
    match error {
        fjall::Error::Locked => LogError::Unavailable("the log's folder is open in another process".to_owned()),
        fjall::Error::Io(error) => LogError::Unavailable(error.to_string()),
        other => LogError::Damaged(format!("{other:?}")),
    }
}

impl Store {
    /// The store and its last position, with nothing missing that the journal proves was there.
    fn open_whole(folder: &Path) -> Result<(Self, u64), LogError> {
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
        let checked = opened.and_then(|store| store.check().map(|last| (store, last)));
        let damage = match &checked {
            Ok((_, last)) if ends_at.is_some_and(|expected| expected != *last) => {
                Some(LogError::Damaged(format!("position {} cannot be read", last + 1)))
            }
            Ok((_, last)) => evidence.missing(*last).map(|missing| {
                let named =
                    evidence.damage().map_or_else(|| format!("position {missing} is missing"), ToString::to_string);
                LogError::Damaged(format!("{named}; later ones were on disk"))
            }),
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
                .open()?;
            let options = || KeyspaceCreateOptions::default().max_memtable_size(MEMTABLE_BYTES_MAX);
            let commits = database.keyspace("commits", options)?;
            let streams = database.keyspace("streams", options)?;
            let groups = database.keyspace("groups", options)?;
            Ok(Self { database, commits, streams, groups })
        };
        open().map_err(|error: fjall::Error| damaged(&error))
    }

    /// The last position, after every record was read and found to follow the one before, and the end of the log found indexed.
    fn check(&self) -> Result<u64, LogError> {
        let mut last = 0;
        for entry in self.commits.iter() {
            let next = last + 1;
            let unreadable =
                |error: fjall::Error| LogError::Damaged(format!("position {next} cannot be read: {error:?}"));
            let (key, _) = entry.into_inner().map_err(unreadable)?;
            if number(&key)? != next {
                return Err(LogError::Damaged(format!("position {next} is missing; {} follows", number(&key)?)));
            }
            last = next;
        }
        for position in last.saturating_sub(CHECKED_AT_OPEN - 1).max(1)..=last {
            let bytes = self
                .at(position)?
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

    fn at(&self, position: u64) -> Result<Option<fjall::Slice>, LogError> {
        self.commits.get(position.to_be_bytes()).map_err(|error| damaged(&error))
    }

    /// What stands under `stream`: the revision, the position, and the bytes of each.
    fn indexed(
        &self,
        stream: &StreamId,
    ) -> impl Iterator<Item = Result<(Revision, Position, fjall::Slice), LogError>> + use<'_> {
        let prefix = stream_prefix(stream);
        let length = prefix.len();
        self.streams.prefix(prefix).map(move |entry| {
            let (key, value) = entry.into_inner().map_err(|error| damaged(&error))?;
            let revision = Revision(number(key.get(length..).unwrap_or_default())?);
            let position = number(&value)?;
            let missing = || LogError::Damaged(format!("position {position} is indexed and missing"));
            Ok((revision, Position(position), self.at(position)?.ok_or_else(missing)?))
        })
    }

    fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        let mut loaded = Loaded::default();
        let mut known = None;
        for entry in self.indexed(stream) {
            let (revision, position, bytes) = entry?;
            loaded.tail = Tail { revision, position };
            let stored = Stored { position, subject: None, bytes: &bytes };
            match stored.believed_of(stream).and_then(|recorded| of_revision(recorded, revision)) {
                Ok(recorded) => loaded.commits.push(recorded),
                // What is wrong in the log's own stream must not keep the log from setting it aside.
                Err(_) if *stream == StreamId::Log => {}
                Err(error) => {
                    if known.is_none() {
                        known = Some(self.known()?);
                    }
                    if known.as_ref().is_none_or(|known| known.of_message(position, &bytes).is_none()) {
                        return Err(error);
                    }
                }
            }
        }
        Ok(loaded)
    }

    /// What was set aside so far.
    fn known(&self) -> Result<SetAsides, LogError> {
        let messages = self.indexed(&StreamId::Log).collect::<Result<Vec<_>, _>>()?;
        Ok(SetAsides::of(messages.iter().map(|(_, position, bytes)| Stored {
            position: *position,
            subject: None,
            bytes,
        })))
    }

    /// What `bytes` at `position` are: a commit that is indexed where it says, or not.
    fn judged(&self, position: Position, bytes: &[u8]) -> Result<Recorded, LogError> {
        let recorded = Stored { position, subject: None, bytes }.believed()?;
        let key = stream_key(&recorded.stream, recorded.revision);
        let indexed = self.streams.get(key).map_err(|error| damaged(&error))?;
        if indexed.as_deref() == Some(&position.0.to_be_bytes()) {
            return Ok(recorded);
        }
        let expected = crate::next(self.tail(&recorded.stream)?.revision);
        let why = Misplacement::Revision { stream: recorded.stream, revision: recorded.revision, expected };
        Err(LogError::Misplaced { position, why })
    }

    /// What `bytes` at `position` are to who follows.
    fn followed(&self, position: Position, bytes: &[u8], known: &mut SetAsides) -> Result<Followed, LogError> {
        let believed = Stored { position, subject: None, bytes }.believed();
        match believed {
            Ok(recorded) if !known.names(position) => return Ok(Followed::Commit(recorded)),
            // Set aside since this following began, perhaps.
            Err(_) => *known = self.known()?,
            Ok(_) => {}
        }
        match (self.judged(position, bytes), known.of_message(position, bytes)) {
            (Ok(recorded), _) => Ok(Followed::Commit(recorded)),
            (Err(error), Some(aside)) if error.stray() == Some(aside.position) => Ok(Followed::SetAside(aside)),
            (Err(error), _) => Err(error),
        }
    }

    fn inspect(&self, position: Position) -> Result<Option<Standing>, LogError> {
        let Some(bytes) = self.at(position.0)? else { return Ok(None) };
        let judged = self.judged(position, &bytes);
        let (subject, trouble) = match judged {
            Ok(recorded) => (Some(subject(&recorded.stream)), None),
            Err(error) if error.stray().is_some() => (None, Some(error)),
            Err(error) => return Err(error),
        };
        let set_aside = match trouble {
            Some(_) => self.known()?.of_message(position, &bytes).map(|aside| aside.by),
            None => None,
        };
        Ok(Some(Standing { position, subject, bytes: bytes.to_vec(), trouble, set_aside }))
    }

    fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
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
    fn ends_at(&self, stream: &StreamId, tail: Tail) -> Result<bool, LogError> {
        let position_of = |revision| self.streams.get(stream_key(stream, revision)).map_err(|error| damaged(&error));
        let reached = match tail.revision {
            Revision(0) => tail.position == Position(0),
            revision => position_of(revision)?.as_deref() == Some(&tail.position.0.to_be_bytes()),
        };
        Ok(reached && position_of(crate::next(tail.revision))?.is_none())
    }
}

fn number(bytes: &[u8]) -> Result<u64, LogError> {
    let bytes: [u8; 8] =
        bytes.try_into().map_err(|_| LogError::Damaged("a key or position has no 8 bytes".to_owned()))?;
    Ok(u64::from_be_bytes(bytes))
}

fn stream_prefix(stream: &StreamId) -> Vec<u8> {
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

fn stream_key(stream: &StreamId, revision: Revision) -> Vec<u8> {
    let mut key = stream_prefix(stream);
    key.extend_from_slice(&revision.0.to_be_bytes());
    key
}

/// The commit, if it is of the revision that it is indexed under.
fn of_revision(recorded: Recorded, revision: Revision) -> Result<Recorded, LogError> {
    if recorded.revision == revision {
        return Ok(recorded);
    }
    let position = recorded.position;
    let why = Misplacement::Revision { stream: recorded.stream, revision: recorded.revision, expected: revision };
    Err(LogError::Misplaced { position, why })
}

/// Runs a read on a thread that may block.
async fn reading<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, LogError> + Send + 'static,
) -> Result<T, LogError> {
    let done = tokio::task::spawn_blocking(read).await;
    done.unwrap_or_else(|error| Err(LogError::Unavailable(error.to_string())))
}

impl EventLog for Embedded {
    fn id(&self) -> LogId {
        self.id
    }

    async fn append(&self, stream: &StreamId, after: Tail, commit: &Commit) -> Result<Tail, AppendError> {
        let bytes = encode(stream, crate::next(after.revision), commit);
        if bytes.len() > COMMIT_BYTES_MAX {
            return Err(AppendError::TooLarge { bytes: bytes.len() });
        }
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { stream: stream.clone(), after, bytes, answer };
        self.queue.try_send(waiting).map_err(|error| crate::not_queued(&error, EMBEDDED_QUEUE_COMMITS_MAX))?;
        // The writer went away with the commit in hand: it may or may not be on disk.
        let gone = |_| Err(AppendError::OutcomeUnknown("the writer ended".to_owned()));
        answered.await.unwrap_or_else(gone)
    }

    async fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        // A short stream is read where it is asked for: a few look-ups, mostly in memory, cost less than another thread.
        match self.store.tail(stream)?.revision {
            Revision(0) => return Ok(Loaded::default()),
            Revision(commits) if commits <= READ_IN_PLACE_MAX => return self.store.load(stream),
            Revision(_) => {}
        }
        let (store, stream) = (Arc::clone(&self.store), stream.clone());
        reading(move || store.load(&stream)).await
    }

    async fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
        // One seek, mostly in memory: handing it to another thread costs more than it takes.
        self.store.tail(stream)
    }

    fn follow(&self, after: Position) -> impl Stream<Item = Result<Followed, LogError>> + Send + use<> {
        ahead::follow(Arc::clone(&self.store), self.head.clone(), after.0)
    }

    async fn head(&self) -> Result<Position, LogError> {
        Ok(Position(*self.head.borrow()))
    }
}

impl Inspect for Embedded {
    async fn inspect(&self, position: Position) -> Result<Option<Standing>, LogError> {
        let store = Arc::clone(&self.store);
        reading(move || store.inspect(position)).await
    }
}
