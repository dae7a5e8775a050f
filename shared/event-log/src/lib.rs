//! The log: every commit of every stream, in one order, for ever. The only truth of the registry.
//!
//! This file is the contract. Two bodies keep it, [`Embedded`] (one machine) and [`JetStream`] (a NATS server or cluster), and one
//! twin in memory that injects faults ([`Memory`]). One conformance suite (`conformance`, a feature) is passed by all three.

mod aside;
#[cfg(feature = "bare")]
pub mod bare;
mod body;
#[cfg(feature = "conformance")]
pub mod conformance;
mod embedded;
pub mod failpoint;
mod id;
mod jetstream;
mod memory;
mod newest;
mod reached;
mod stored;

use std::future::Future;

use domain::{Commit, Instant, Position, Revision, Sha256, StreamId};
use futures_util::Stream;

pub use aside::{Followed, Inspected, Loaded, SetAside};
pub use body::Log;
pub use embedded::{DESCRIPTORS_RESERVE, DISK_RESERVE_BYTES, Embedded, Reserves};
pub use id::LogId;
pub use jetstream::{JetStream, JetStreamConfig};
pub use memory::{Fault, Memory};
pub use reached::{Known, Reached, ReachedFile, Shortfall};
pub use stored::{DecodeError, decode, encode};

/// Where a stream ends: what a writer decided on. `Tail::default()` is the empty stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tail {
    /// The stream's number of commits.
    pub revision: Revision,
    /// The place of its last commit in the whole log; 0 when empty.
    pub position: Position,
}

/// A commit as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Place in the whole log, from 1.
    pub position: Position,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Which commit of its stream it is, from 1.
    pub revision: Revision,
    /// What was decided.
    pub commit: Commit,
}

impl Recorded {
    /// The stream's tail right after this commit.
    pub fn tail(&self) -> Tail {
        Tail { revision: self.revision, position: self.position }
    }
}

/// The log's contract.
///
/// - **Durable**: `append` returns `Ok` only when the commit is on disk (fsynced) on every copy the log promises.
/// - **Compare and set**: a commit is stored only right after the tail it names; of two writers that name one tail, one gets
///   [`AppendError::Conflict`], and nothing of it is stored.
/// - **Identity is content**: `Ok` says that this commit, byte for byte but for a time that was raised (below), stands at the tail that
///   is returned. What else stands in its place, be it of the same `commit.id`, is another commit and a `Conflict`.
/// - **Once**: the same commit appended twice to one stream (same tail named) is stored once: the second append gets the first one's
///   tail or a `Conflict`. An append whose outcome could not be learnt is [`AppendError::OutcomeUnknown`]; the body has already looked
///   for the commit in its place and could not tell. It is never blindly sent again.
/// - **One order**: positions are 1, 2, 3 … over all streams; revisions are 1, 2, 3 … within each.
/// - **One log**: what was opened is read and written for as long as it is open. Where another log has taken its place, it cannot be
///   reached, and nothing is written to the other.
/// - **Time does not fall**: a commit is stored with the `recorded_at` it came with, or with the newest the body knows of, if that is
///   later. Where one process writes, no stored time is before one at an earlier position. Where several do, commits that were under
///   way at one moment may be stored with theirs either way round; `follow` gives each commit the greatest of those up to it, so no
///   reader of the whole log meets a time before one it has met. Within a stream no stored time is before the last one's.
pub trait EventLog: Send + Sync + 'static {
    /// Which log it is.
    fn id(&self) -> LogId;

    /// Stores `commit` as the next of `stream`, if the stream still ends at `after`. Returns the new tail.
    fn append(
        &self,
        stream: &StreamId,
        after: Tail,
        commit: &Commit,
    ) -> impl Future<Output = Result<Tail, AppendError>> + Send;

    /// Every commit of `stream`, in order, read from the leader: a base for decisions. Each is checked: that it is one, that it is of
    /// this stream, that its revision follows the one before. A message that is not, and was not set aside, is an error with its
    /// position; in the log's own stream it is left out, so that it can be set aside.
    fn load(&self, stream: &StreamId) -> impl Future<Output = Result<Loaded, LogError>> + Send;

    /// Where `stream` ends now, read from the leader.
    fn tail(&self, stream: &StreamId) -> impl Future<Output = Result<Tail, LogError>> + Send;

    /// What stands after `after`, in order, catch-up and live in one; never ends by itself. Positions are checked for continuity,
    /// and each message whether it is a commit and stands under its own subject; not whether its revision follows, which takes
    /// knowing every stream: who folds the log checks it ([`LogError::Misplaced`] otherwise from [`EventLog::load`]). A message that
    /// is not believed ends it with its position, unless it was set aside by then. After an error the stream ends; follow again
    /// from the last position applied.
    fn follow(&self, after: Position) -> impl Stream<Item = Result<Followed, LogError>> + Send + use<Self>;

    /// The newest `recorded_at` this process has seen in the log, in what it read, followed and wrote; `Instant(0)` where it has seen
    /// no commit. Asks nobody.
    fn newest(&self) -> Instant;

    /// That, after a look at the log's last commit: another process may have written it.
    fn look(&self) -> impl Future<Output = Result<Instant, LogError>> + Send;

    /// The last position; 0 when empty.
    fn head(&self) -> impl Future<Output = Result<Position, LogError>> + Send;
}

/// A log whose messages can be looked at, believed or not.
pub trait Inspect: EventLog {
    /// What stands at `position`; `None` where the log does not reach. Read from the leader.
    fn inspect(&self, position: Position) -> impl Future<Output = Result<Option<Inspected>, LogError>> + Send;

    /// The hash of what stands at `position`, believed or not; `None` where the log does not reach. Read from the leader.
    fn sha256_at(&self, position: Position) -> impl Future<Output = Result<Option<Sha256>, LogError>> + Send;

    /// How far the log reaches now.
    fn reached(&self) -> impl Future<Output = Result<Reached, LogError>> + Send {
        async move {
            let (log, position) = (self.id(), self.head().await?);
            if position == Position(0) {
                return Ok(Reached::nothing(log));
            }
            let missing = || LogError::Damaged(format!("position {} is the last and is missing", position.0));
            let sha256 = self.sha256_at(position).await?.ok_or_else(missing)?;
            Ok(Reached { log, position, sha256 })
        }
    }

    /// Whether the log holds what is known of it; [`LogError::Shorter`] where it does not.
    fn holds(&self, known: &Reached) -> impl Future<Output = Result<(), LogError>> + Send {
        async move {
            let last = self.head().await?;
            let asked = (1..=last.0).contains(&known.position.0);
            let there = if asked { self.sha256_at(known.position).await? } else { None };
            known.held_by(last, there).map_err(LogError::Shorter)
        }
    }
}

/// What a log keeps some of in reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserve {
    /// Bytes free on the file system of the log.
    Disk,
    /// File descriptors that the process may still open.
    Descriptors,
}

impl std::fmt::Display for Reserve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Disk => "bytes of the log's disk",
            Self::Descriptors => "file descriptors",
        })
    }
}

/// Why a commit was not stored, or is not known to be.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The stream no longer ends at the tail named. Nothing was stored. Load and decide again.
    #[error("the stream has moved on since it was read")]
    Conflict,
    /// It cannot be known whether the commit is stored. Load the stream before anything else.
    #[error("the outcome is unknown: {0}")]
    OutcomeUnknown(String),
    /// Nothing was stored: the log cannot be written now.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
    /// Nothing was stored: as many commits wait as the body lets wait. Try again later.
    #[error("{waiting} commits wait already")]
    Busy {
        /// How many may wait at one time.
        waiting: usize,
    },
    /// Nothing was stored, nor begun: there is less left of something than the log keeps in reserve.
    #[error("{left} {of} are left, and {needed} are kept in reserve")]
    NoRoom {
        /// What there is too little of.
        of: Reserve,
        /// How much is left, in its unit.
        left: u64,
        /// How much is kept in reserve, in its unit.
        needed: u64,
    },
    /// Nothing was stored: the commit is larger than [`COMMIT_BYTES_MAX`].
    #[error("the commit has {bytes} bytes, over the limit of {COMMIT_BYTES_MAX}")]
    TooLarge {
        /// Its stored size.
        bytes: usize,
    },
}

/// Why the log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot be reached or read now.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
    /// A message is there and is no commit that this program can read. Never skipped, unless it was set aside on record.
    #[error("the message at position {} cannot be read: {error}", position.0)]
    Undecodable {
        /// Where it stands.
        position: Position,
        /// What was wrong with it.
        error: DecodeError,
    },
    /// A commit is there that does not belong where it stands. Never believed.
    #[error("the commit at position {} is not believed: {why}", position.0)]
    Misplaced {
        /// Where it stands.
        position: Position,
        /// What disagrees.
        why: Misplacement,
    },
    /// A position is missing or came twice.
    #[error("the log is not continuous: expected position {}, met {}", expected.0, met.0)]
    Gap {
        /// The position that should have come.
        expected: Position,
        /// The one that came.
        met: Position,
    },
    /// The log is kept in a way that would lose commits. Nothing is written to it.
    #[error("the log would lose commits: {0}")]
    Unsafe(String),
    /// The stored form of the log itself is damaged.
    #[error("the log is damaged: {0}")]
    Damaged(String),
    /// It falls short of what is known of it. Nothing is written to it.
    #[error("{0}")]
    Shorter(Shortfall),
    /// There is no log where one was to be opened. None is made in its place.
    #[error("there is no log: {0}")]
    Missing(String),
    /// There is a log where one was to be made.
    #[error("there is a log already: {0}")]
    Exists(LogId),
}

/// What of a commit does not agree with where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misplacement {
    /// It stands under another stream's subject.
    Subject {
        /// The subject.
        subject: String,
        /// The stream its bytes name.
        stream: StreamId,
    },
    /// Its revision does not follow the last of its stream.
    Revision {
        /// The stream.
        stream: StreamId,
        /// What it says.
        revision: Revision,
        /// What would follow.
        expected: Revision,
    },
}

impl LogError {
    /// Where the message stands that is not believed, if that is what is wrong: one that can be set aside.
    pub fn stray(&self) -> Option<Position> {
        match self {
            Self::Undecodable { position, .. } | Self::Misplaced { position, .. } => Some(*position),
            Self::Unavailable(_)
            | Self::Gap { .. }
            | Self::Unsafe(_)
            | Self::Damaged(_)
            | Self::Shorter(_)
            | Self::Missing(_)
            | Self::Exists(_) => None,
        }
    }
}

/// Largest stored commit, in bytes; below a NATS server's default `max_payload` of 1 MiB with room for headers.
pub const COMMIT_BYTES_MAX: usize = 512 * 1024;

/// The tail of a stream whose commits stand at these positions.
fn tail_of(positions: &[u64]) -> Tail {
    Tail { revision: Revision(positions.len() as u64), position: Position(positions.last().copied().unwrap_or(0)) }
}

/// Why a commit was not taken into a body's queue of `waiting` places.
fn not_queued<T>(error: &tokio::sync::mpsc::error::TrySendError<T>, waiting: usize) -> AppendError {
    match error {
        tokio::sync::mpsc::error::TrySendError::Full(_) => AppendError::Busy { waiting },
        tokio::sync::mpsc::error::TrySendError::Closed(_) => {
            AppendError::Unavailable("the log's writer has ended".to_owned())
        }
    }
}

fn next(revision: Revision) -> Revision {
    Revision(revision.0 + 1)
}
