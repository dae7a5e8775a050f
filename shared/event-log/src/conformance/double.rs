//! A log that is another's in one thing, for tests of those who use one.

use std::future::Future;

use domain::{Commit, Instant, Position, StreamId};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};

use crate::contract::{EventLog, StoredLog};
use crate::error::{AppendError, LogError};
use crate::memory::Memory;
use crate::recorded::{Followed, Loaded, Recorded, StoredCommit, Tail, part_of};
use crate::stored::encode;
use domain::LogId;

/// What a log does another way than one in memory: what is not said here is done by [`Double::log`].
pub trait Double: Send + Sync + 'static {
    /// The log that does the rest.
    fn log(&self) -> Memory;

    /// [`EventLog::load`].
    fn load(&self, stream: &StreamId) -> impl Future<Output = Result<Loaded, LogError>> + Send {
        let (log, stream) = (self.log(), stream.clone());
        async move { log.load(&stream).await }
    }

    /// [`EventLog::follow`].
    fn follow(&self, after: Position) -> BoxStream<'static, Result<Followed, LogError>> {
        self.log().follow(after).boxed()
    }

    /// Told how many commits a read of a part of a stream handed on.
    fn handed_on(&self, _commits: usize) {}

    /// [`EventLog::head`].
    fn head(&self) -> impl Future<Output = Result<Position, LogError>> + Send {
        let log = self.log();
        async move { log.head().await }
    }
}

/// The log that a [`Double`] is.
#[derive(Debug, Clone)]
pub struct Doubled<D>(pub D);

impl<D: Double> EventLog for Doubled<D> {
    fn id(&self) -> LogId {
        self.0.log().id()
    }

    async fn append(&self, stream: &StreamId, after: Tail, commit: &Commit) -> Result<Tail, AppendError> {
        self.0.log().append(stream, after, commit).await
    }

    async fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        self.0.load(stream).await
    }

    async fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
        self.0.log().tail(stream).await
    }

    fn follow(&self, after: Position) -> impl Stream<Item = Result<Followed, LogError>> + Send + use<D> {
        self.0.follow(after)
    }

    fn newest(&self) -> Instant {
        self.0.log().newest()
    }

    async fn look(&self) -> Result<Instant, LogError> {
        self.0.log().look().await
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.0.head().await
    }
}

/// A double holds no bytes: what it says is put into them.
fn stored(recorded: &Recorded) -> StoredCommit {
    StoredCommit::of(recorded, encode(&recorded.stream, recorded.revision, &recorded.commit).into())
}

impl<D: Double> StoredLog for Doubled<D> {
    fn follow_stored(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<Followed<StoredCommit>, LogError>> + Send + use<D> {
        self.0.follow(after).map(|next| next.map(|next| next.map(|recorded| stored(&recorded))))
    }

    async fn load_stored(
        &self,
        stream: &StreamId,
        after: Position,
        enough: usize,
    ) -> Result<Vec<StoredCommit>, LogError> {
        let part = part_of(self.0.load(stream).await?.iter().map(stored), after, enough);
        self.0.handed_on(part.len());
        Ok(part)
    }
}
