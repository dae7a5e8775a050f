//! The log on one machine: a folder on disk, every acknowledgement behind an fsync, commits that wait together synced together.
//!
//! One writer thread owns the order. It takes what waits, checks each commit against its stream's tail, writes the group as one
//! atomic batch, syncs once, and only then answers. A lonely commit waits for nobody.

mod ahead;
mod cell;
mod damage;
mod evidence;
mod groups;
mod identity;
mod journal;
mod judgement;
mod key;
mod loss;
mod monitor;
mod opening;
mod place;
mod pulse;
mod recovery;
mod room;
mod store;
mod syncing;
mod turns;
mod waiting;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use domain::{Commit, Instant, Position, Revision, Sha256, StreamId};
use futures_util::Stream;
use parts::{Part, Watch};
use tokio::sync::{mpsc, oneshot, watch};

use crate::contract::{EventLog, Inspect, Inspected, StoredLog};
use crate::error::{AppendError, COMMIT_BYTES_MAX, LogError, not_queued};
use crate::hash::hash;
use crate::newest::Newest;
use crate::reached::known_file::KnownFile;
use crate::reached::{Known, Reached, ReachedFile, Shortfall};
use crate::recorded::{Followed, Loaded, StoredCommit, Tail, next};
use crate::stored::encode_at;
use ahead::READ_IN_PLACE_MAX;
use cell::StoreCell;
use domain::LogId;
use identity::Named;
use monitor::{Monitor, WRITE_SLOW_MAX};
use place::Place;
use pulse::Pulse;
use room::Room;
use store::Store;
use syncing::Syncing;
use waiting::{Message, Waiting};
use writer::{Writer, unnoted};

pub use room::{DESCRIPTORS_RESERVE, DISK_RESERVE_BYTES, FILE_BYTES_MIN, Reserves};

/// Longest wait for a commit to be found in the journal again, before who asks for its stream is told to come again.
const SETTLED_MAX: Duration = Duration::from_secs(2);
/// Commits that may wait for the writer; beyond it an append is answered `Busy` at once.
const EMBEDDED_QUEUE_COMMITS_MAX: usize = 4096;

/// A log in a folder. Clones share it; the folder is open in one process at a time.
#[derive(Clone)]
pub struct Embedded {
    id: LogId,
    cell: Arc<StoreCell>,
    queue: mpsc::Sender<Message>,
    head: watch::Receiver<u64>,
    room: Arc<Room>,
    parts: [Watch; 2],
    newest: Newest,
    outside: Arc<OnceLock<Arc<KnownFile>>>,
    /// Held while a commit is stamped and takes its place in the queue: in this order they are stored.
    order: Arc<Mutex<()>>,
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").field("head", &*self.head.borrow()).finish_non_exhaustive()
    }
}

impl Embedded {
    /// Opens the log in `folder`, or makes one where the folder holds none.
    pub fn open(folder: &Path) -> Result<Self, LogError> {
        Self::open_with(folder, Reserves::default())
    }

    /// The same, with these reserves: below them commits are refused before they are begun ([`AppendError::NoRoom`]).
    pub fn open_with(folder: &Path, reserves: Reserves) -> Result<Self, LogError> {
        let named = match identity::of(folder, None) {
            Err(LogError::Missing(_)) => identity::make(folder),
            named => named,
        };
        Self::open_as(named?, folder, reserves, None)
    }

    /// Makes a log in `folder`; [`LogError::Exists`] where there is one.
    pub fn create(folder: &Path, reserves: Reserves) -> Result<Self, LogError> {
        Self::open_as(identity::create(folder)?, folder, reserves, None)
    }

    /// Opens the log that is in `folder`; [`LogError::Missing`] where there is none.
    ///
    /// A group of commits that was being written when the power went, or whose bytes at the end of the journal are damaged, is
    /// dropped: the log opens at the last whole one. Damage before that is [`LogError::Damaged`]; it names the first position that
    /// cannot be read, or where several share the damaged checksum, the first and the last of them. The journal is then left as it
    /// was. Every record is read once for it. A folder that is open elsewhere is refused.
    ///
    /// How far the log has reached is put down beside the store. One that falls short of that, because files are gone, were cut or put
    /// back from an older copy, is [`LogError::Shorter`].
    pub fn open_existing(folder: &Path, reserves: Reserves) -> Result<Self, LogError> {
        Self::open_as(identity::of(folder, None)?, folder, reserves, None)
    }

    /// Which log the folder says it holds; `None` where it says none that can be read. Nothing is opened or written.
    pub fn named_in(folder: &Path) -> Option<LogId> {
        crate::id::log_id_in(&folder.join(identity::ID)).ok().flatten()
    }

    /// The same, of a log that is known to have held this, where its folder does not say which log it is and holds that.
    pub fn open_known(folder: &Path, reserves: Reserves, known: &Reached) -> Result<Self, LogError> {
        Self::open_as(identity::of(folder, Some(known))?, folder, reserves, None)
    }

    /// The same, of a log that ends at `last`, whatever is known of it: what came after is given up.
    pub fn open_shorter(folder: &Path, reserves: Reserves, last: Position) -> Result<Self, LogError> {
        Self::open_as(identity::of(folder, None)?, folder, reserves, Some(last))
    }

    fn open_as(
        mut named: Named,
        folder: &Path,
        reserves: Reserves,
        accepted: Option<Position>,
    ) -> Result<Self, LogError> {
        let id = named.id;
        let (store, last) = Store::open_whole(folder, 0, |store, last| {
            named.is_known(folder, Position(last))?;
            match accepted {
                Some(accepted) if accepted == Position(last) => Ok(()),
                _ => holds(store, last, named.reached.as_ref()),
            }
        })?;
        named.write(folder)?;
        let (known, reached) = put_down(folder, (id, &store, last), named.file.take().filter(|_| accepted.is_none()))?;
        let newest = Newest::default();
        newest.saw_all(&store.last_believed(last)?);
        let place = Place::of(folder, id).map_err(|error| LogError::Unavailable(format!("the journal: {error}")))?;
        let (cell, room) = (Arc::new(StoreCell::new(store)), Arc::new(Room::new(folder, reserves)));
        let (queue, waiting) = mpsc::channel(EMBEDDED_QUEUE_COMMITS_MAX);
        let (told, head) = watch::channel(last);
        let pulse = Arc::new(Pulse::new(WRITE_SLOW_MAX));
        let outside = Arc::default();
        let writer = Writer {
            id,
            cell: Arc::clone(&cell),
            folder: folder.to_owned(),
            place,
            last,
            known,
            head: told,
            reached: Arc::clone(&reached),
            outside: Arc::clone(&outside),
            tails: Writer::tails(),
            room: Arc::clone(&room),
            pulse: Arc::clone(&pulse),
            part: Part::new("log-writer"),
        };
        let queue_of_monitor = queue.downgrade();
        let room_of_monitor = Arc::clone(&room);
        let part = Part::new("log-monitor");
        let reached_of_monitor = Arc::clone(&reached);
        let (syncing, syncer) = Syncing::new(WRITE_SLOW_MAX);
        let monitor = Monitor {
            queue: queue_of_monitor,
            room: room_of_monitor,
            reached: reached_of_monitor,
            pulse,
            syncing,
            part,
        };
        let parts = [writer.part.watch(), monitor.part.watch()];
        started("log-writer", move || writer.run(waiting))?;
        started("log-monitor", move || monitor.run())?;
        started("log-syncer", move || {
            syncer.run(|is_open| {
                let named = if is_open { reached.name_again() } else { Ok(()) };
                named.and_then(|()| reached.sync()).map_err(|error| reached.unwritable(&error))
            });
        })?;
        Ok(Self { id, cell, queue, head, room, parts, newest, outside, order: Arc::default() })
    }

    /// Stamps a commit no earlier than those before it in the queue, and puts it there.
    fn enqueue(
        &self,
        stream: &StreamId,
        after: Tail,
        commit: &Commit,
        answer: oneshot::Sender<Result<Tail, AppendError>>,
    ) -> Result<(), AppendError> {
        // Nothing is left half done by a panic elsewhere: the lock only keeps an order.
        let _order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let recorded_at = commit.recorded_at.max(self.newest.get());
        let bytes = encode_at(stream, next(after.revision), commit, recorded_at);
        if bytes.len() > COMMIT_BYTES_MAX {
            return Err(AppendError::TooLarge { bytes: bytes.len() });
        }
        let waiting = Message::Commit(Waiting { stream: stream.clone(), after, bytes, answer });
        self.queue.try_send(waiting).map_err(|error| not_queued(&error, EMBEDDED_QUEUE_COMMITS_MAX))?;
        self.newest.saw(recorded_at);
        Ok(())
    }

    /// Puts down in this file, which lies outside the log's folder, what is recorded from now on, before anybody is told. The first one
    /// that is given counts.
    pub fn known_in(&self, file: Arc<KnownFile>) {
        // The log's folder is open in this process alone.
        file.is_alone();
        self.outside.get_or_init(|| file);
    }

    /// What of the log can die or fail by itself: its writer and the monitor of disk, descriptors and hanging writes.
    pub fn parts(&self) -> Vec<Watch> {
        self.parts.to_vec()
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
        self.queue
            .try_send(Message::Commit(waiting))
            .map_err(|error| not_queued(&error, EMBEDDED_QUEUE_COMMITS_MAX))?;
        let gone = |_| Err(AppendError::OutcomeUnknown("the writer ended".to_owned()));
        answered.await.unwrap_or_else(gone)
    }

    /// Bytes of the first `count` records, read and not decoded.
    #[cfg(feature = "bare")]
    pub(crate) fn read_bytes(&self, count: usize) -> Result<u64, LogError> {
        self.cell.read(|store| {
            store.commits.iter().take(count).try_fold(0, |bytes, entry| {
                let (_, value) = entry.into_inner().map_err(|error| store::damaged(&error))?;
                Ok(bytes + value.len() as u64)
            })
        })
    }
}

/// Whether a store that ends at `last` holds what is known of the log.
fn holds(store: &Store, last: u64, known: Option<&Reached>) -> Result<(), LogError> {
    let Some(known) = known else {
        return Err(LogError::Shorter(Shortfall { last: Position(last), known: Known::Nothing }));
    };
    let there = store.bytes_at(known.position.0)?.map(|bytes| hash(&bytes));
    known.held_by(Position(last), there).map_err(LogError::Shorter)
}

/// Puts down how far the log reaches that ends at `last`, in its file, or a new one if none is given.
fn put_down(
    folder: &Path,
    (id, store, last): (LogId, &Store, u64),
    file: Option<ReachedFile>,
) -> Result<(Reached, Arc<ReachedFile>), LogError> {
    let reached = match store.bytes_at(last)? {
        Some(bytes) => Reached::by(id, Position(last), &bytes),
        None => Reached::nothing(id),
    };
    let put = || {
        let Some(file) = file else { return ReachedFile::replace(&folder.join(identity::REACHED), &reached) };
        file.note(&reached);
        file.sync()?;
        Ok(file)
    };
    let unavailable = |error: std::io::Error| LogError::Unavailable(format!("how far the log reaches: {error}"));
    put().map(|file| (reached, Arc::new(file))).map_err(unavailable)
}

fn started(name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), LogError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    thread.map(drop).map_err(|error| LogError::Unavailable(format!("the thread {name} did not start: {error}")))
}

/// Runs a read on a thread that may block.
async fn reading<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, LogError> + Send + 'static,
) -> Result<T, LogError> {
    let done = tokio::task::spawn_blocking(read).await;
    done.unwrap_or_else(|error| Err(LogError::Unavailable(error.to_string())))
}

impl Embedded {
    /// That what the store holds at a position may be told. It holds a group before that was found in the journal again: where it is not,
    /// who asks for its stream would be told as recorded what no start finds. Asked after the store was; what is being looked for is waited
    /// for.
    async fn settled(&self, position: Position) -> Result<(), LogError> {
        if let Some(outside) = self.outside.get().filter(|outside| !outside.may_tell(position)) {
            return Err(LogError::Unavailable(outside.trouble().unwrap_or_default()));
        }
        let is_told = |head: &u64| position.0 <= *head;
        if is_told(&self.head.borrow()) {
            return Ok(());
        }
        if let Some(loss) = self.room.loss() {
            return Err(LogError::Unavailable(loss));
        }
        let mut head = self.head.clone();
        match tokio::time::timeout(SETTLED_MAX, head.wait_for(is_told)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(LogError::Unavailable("the log's writer ended".to_owned())),
            Err(_) => Err(LogError::Unavailable("a commit of it is not known to be on disk yet".to_owned())),
        }
    }
}

impl EventLog for Embedded {
    fn id(&self) -> LogId {
        self.id
    }

    async fn append(&self, stream: &StreamId, after: Tail, commit: &Commit) -> Result<Tail, AppendError> {
        if let Some(refusal) = self.room.refusal().or_else(|| unnoted(&self.outside)) {
            return Err(refusal);
        }
        let (answer, answered) = oneshot::channel();
        self.enqueue(stream, after, commit, answer)?;
        // The writer went away with the commit in hand: it may or may not be on disk.
        let gone = |_| Err(AppendError::OutcomeUnknown("the writer ended".to_owned()));
        answered.await.unwrap_or_else(gone)
    }

    async fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        // A short stream is read where it is asked for: a few look-ups, mostly in memory, cost less than another thread.
        let short = self.cell.read(|store| match store.tail(stream)?.revision {
            Revision(0) => Ok(Some(Loaded::default())),
            Revision(commits) if commits <= READ_IN_PLACE_MAX => store.load(stream).map(Some),
            Revision(_) => Ok(None),
        })?;
        let loaded = if let Some(loaded) = short {
            loaded
        } else {
            let (cell, stream) = (Arc::clone(&self.cell), stream.clone());
            reading(move || cell.read(|store| store.load(&stream))).await?
        };
        self.settled(loaded.tail.position).await?;
        Ok(loaded)
    }

    async fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
        // One seek, mostly in memory: handing it to another thread costs more than it takes.
        let tail = self.cell.read(|store| store.tail(stream))?;
        self.settled(tail.position).await?;
        Ok(tail)
    }

    fn follow(&self, after: Position) -> impl Stream<Item = Result<Followed, LogError>> + Send + use<> {
        ahead::follow(Arc::clone(&self.cell), self.head.clone(), after.0)
    }

    fn newest(&self) -> Instant {
        self.newest.get()
    }

    async fn look(&self) -> Result<Instant, LogError> {
        // Nobody else writes this folder.
        Ok(self.newest())
    }

    async fn head(&self) -> Result<Position, LogError> {
        Ok(Position(*self.head.borrow()))
    }
}

impl StoredLog for Embedded {
    fn follow_stored(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<Followed<StoredCommit>, LogError>> + Send + use<> {
        ahead::follow_stored(Arc::clone(&self.cell), self.head.clone(), after.0)
    }

    async fn load_stored(
        &self,
        stream: &StreamId,
        after: Position,
        enough: usize,
    ) -> Result<Vec<StoredCommit>, LogError> {
        let (cell, stream) = (Arc::clone(&self.cell), stream.clone());
        let stored = reading(move || cell.read(|store| store.load_stored(&stream, after, enough))).await?;
        self.settled(stored.last().map_or(after, |last| last.position)).await?;
        Ok(stored)
    }
}

impl Inspect for Embedded {
    async fn inspect(&self, position: Position) -> Result<Option<Inspected>, LogError> {
        let cell = Arc::clone(&self.cell);
        let inspected = reading(move || cell.read(|store| store.inspect(position))).await?;
        // Of a place where nothing stands nothing will be told that is not on disk.
        if inspected.is_some() {
            self.settled(position).await?;
        }
        Ok(inspected)
    }

    fn bytes_after(&self, after: Position) -> impl Stream<Item = Result<(Position, Bytes), LogError>> + Send + use<> {
        ahead::bytes_after(Arc::clone(&self.cell), self.head.clone(), after.0)
    }

    async fn sha256_at(&self, position: Position) -> Result<Option<Sha256>, LogError> {
        let there = self.cell.read(|store| store.bytes_at(position.0))?;
        if there.is_some() {
            self.settled(position).await?;
        }
        Ok(there.map(|bytes| hash(&bytes)))
    }
}
