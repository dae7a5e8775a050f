//! The contract: what a log is asked, what it answers, and why it does not.

use std::future::Future;

use bytes::Bytes;
use domain::{Commit, Instant, Position, Sha256, StreamId};
use futures_util::Stream;

use crate::error::{AppendError, LogError};
use crate::hash::hash;
use crate::reached::Reached;
use crate::recorded::{Followed, Loaded, StoredCommit, Tail};
use domain::LogId;

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

/// A log that hands commits on as they are stored: what is stored is never encoded anew.
pub trait StoredLog: EventLog {
    /// [`EventLog::follow`]. What is looked at of each commit is that it is of a form and of facts that this program knows, and whose it
    /// is; what its facts say is not read. Of what was set aside, or is no such commit, all of it is.
    fn follow_stored(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<Followed<StoredCommit>, LogError>> + Send + use<Self>;

    /// Commits of `stream` after a position, in order, checked as [`EventLog::load`] checks them: with the first of them with which they are
    /// `enough` bytes no other is read, and there is none where there is no more. So what is held of a long stream is a part of it, and a read
    /// is short, whether or not somebody still waits for it.
    fn load_stored(
        &self,
        stream: &StreamId,
        after: Position,
        enough: usize,
    ) -> impl Future<Output = Result<Vec<StoredCommit>, LogError>> + Send;
}

/// What stands at a position, for who is to decide about it.
#[derive(Debug)]
pub struct Inspected {
    /// Where.
    pub position: Position,
    /// The subject it was published under; of the embedded body, which has none, that of the stream it is indexed under, if it is.
    pub subject: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Why it is not believed; `None` of a commit.
    pub trouble: Option<LogError>,
    /// Where the commit stands that set it aside, if one did.
    pub set_aside: Option<Position>,
}

impl Inspected {
    /// The hash of its bytes.
    pub fn sha256(&self) -> Sha256 {
        hash(&self.bytes)
    }
}

/// A log whose messages can be looked at, believed or not.
pub trait Inspect: EventLog {
    /// What stands at `position`; `None` where the log does not reach. Read from the leader.
    fn inspect(&self, position: Position) -> impl Future<Output = Result<Option<Inspected>, LogError>> + Send;

    /// What stands after `after`, believed or not, in order: positions, and bytes as they are stored. Never ends by itself; positions are
    /// checked for continuity, and nothing else is.
    fn bytes_after(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<(Position, Bytes), LogError>> + Send + use<Self>;

    /// The hash of what stands at `position`, believed or not; `None` where the log does not reach. Read from the leader.
    fn sha256_at(&self, position: Position) -> impl Future<Output = Result<Option<Sha256>, LogError>> + Send;

    /// How far the log reaches now; [`LogError::Shorter`] where it is known to have reached further.
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
            let there = if known.stands_within(last) { self.sha256_at(known.position).await? } else { None };
            known.held_by(last, there).map_err(LogError::Shorter)
        }
    }
}
