//! Whichever body a program was started on.

use std::sync::Arc;

use bytes::Bytes;
use domain::{Commit, Instant, Position, Sha256, StreamId};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};

use crate::contract::{EventLog, Inspect, Inspected, StoredLog};
use crate::embedded::Embedded;
use crate::error::{AppendError, LogError};
use crate::jetstream::JetStream;
use crate::memory::Memory;
use crate::reached::Reached;
use crate::reached::known_file::KnownFile;
use crate::recorded::{Followed, Loaded, StoredCommit, Tail};
use domain::LogId;

/// A log on one of the bodies, chosen at run time. Clones share it.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one a process")]
pub enum Log {
    /// A folder on this machine.
    Embedded(Embedded),
    /// A NATS server or cluster.
    JetStream(JetStream),
    /// In memory, for tests.
    Memory(Memory),
}

impl Log {
    /// What about the log is not as safe as it could be, where that was accepted.
    pub fn warning(&self) -> Option<&str> {
        match self {
            Self::JetStream(log) => log.warning(),
            Self::Embedded(_) | Self::Memory(_) => None,
        }
    }

    /// Why anybody who reaches the log's server can write to it, if that is so.
    pub fn open_to_anybody(&self) -> Option<&str> {
        match self {
            Self::JetStream(log) => log.open_to_anybody(),
            Self::Embedded(_) | Self::Memory(_) => None,
        }
    }

    /// Puts down in this file, outside the log, what is recorded from now on, before anybody is told.
    pub fn known_in(&self, file: Arc<KnownFile>) {
        match self {
            Self::Embedded(log) => log.known_in(file),
            Self::JetStream(log) => log.known_in(file),
            Self::Memory(_) => {}
        }
    }

    /// What of the log can die or fail by itself in this process. Health asks them; where the log ends says nothing of it.
    pub fn parts(&self) -> Vec<parts::Watch> {
        match self {
            Self::Embedded(log) => log.parts(),
            Self::JetStream(log) => log.parts(),
            Self::Memory(_) => Vec::new(),
        }
    }
}

impl Log {
    /// Waits until nobody holds the log any more and what wrote it has ended. This holds nothing of it.
    pub fn closed(&self) -> impl Future<Output = ()> + Send + use<> {
        let parts = self.parts();
        async move {
            for mut part in parts {
                while part.changed().await {}
            }
        }
    }
}

impl EventLog for Log {
    fn id(&self) -> LogId {
        match self {
            Self::Embedded(log) => log.id(),
            Self::JetStream(log) => log.id(),
            Self::Memory(log) => log.id(),
        }
    }

    async fn append(&self, stream: &StreamId, after: Tail, commit: &Commit) -> Result<Tail, AppendError> {
        match self {
            Self::Embedded(log) => log.append(stream, after, commit).await,
            Self::JetStream(log) => log.append(stream, after, commit).await,
            Self::Memory(log) => log.append(stream, after, commit).await,
        }
    }

    async fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        match self {
            Self::Embedded(log) => log.load(stream).await,
            Self::JetStream(log) => log.load(stream).await,
            Self::Memory(log) => log.load(stream).await,
        }
    }

    async fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
        match self {
            Self::Embedded(log) => log.tail(stream).await,
            Self::JetStream(log) => log.tail(stream).await,
            Self::Memory(log) => log.tail(stream).await,
        }
    }

    fn follow(&self, after: Position) -> impl Stream<Item = Result<Followed, LogError>> + Send + use<> {
        let boxed: BoxStream<'static, _> = match self {
            Self::Embedded(log) => log.follow(after).boxed(),
            Self::JetStream(log) => log.follow(after).boxed(),
            Self::Memory(log) => log.follow(after).boxed(),
        };
        boxed
    }

    fn newest(&self) -> Instant {
        match self {
            Self::Embedded(log) => log.newest(),
            Self::JetStream(log) => log.newest(),
            Self::Memory(log) => log.newest(),
        }
    }

    async fn look(&self) -> Result<Instant, LogError> {
        match self {
            Self::Embedded(log) => log.look().await,
            Self::JetStream(log) => log.look().await,
            Self::Memory(log) => log.look().await,
        }
    }

    async fn head(&self) -> Result<Position, LogError> {
        match self {
            Self::Embedded(log) => log.head().await,
            Self::JetStream(log) => log.head().await,
            Self::Memory(log) => log.head().await,
        }
    }
}

impl StoredLog for Log {
    fn follow_stored(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<Followed<StoredCommit>, LogError>> + Send + use<> {
        let boxed: BoxStream<'static, _> = match self {
            Self::Embedded(log) => log.follow_stored(after).boxed(),
            Self::JetStream(log) => log.follow_stored(after).boxed(),
            Self::Memory(log) => log.follow_stored(after).boxed(),
        };
        boxed
    }

    async fn load_stored(
        &self,
        stream: &StreamId,
        after: Position,
        enough: usize,
    ) -> Result<Vec<StoredCommit>, LogError> {
        match self {
            Self::Embedded(log) => log.load_stored(stream, after, enough).await,
            Self::JetStream(log) => log.load_stored(stream, after, enough).await,
            Self::Memory(log) => log.load_stored(stream, after, enough).await,
        }
    }
}

impl Inspect for Log {
    async fn inspect(&self, position: Position) -> Result<Option<Inspected>, LogError> {
        match self {
            Self::Embedded(log) => log.inspect(position).await,
            Self::JetStream(log) => log.inspect(position).await,
            Self::Memory(log) => log.inspect(position).await,
        }
    }

    fn bytes_after(&self, after: Position) -> impl Stream<Item = Result<(Position, Bytes), LogError>> + Send + use<> {
        let boxed: BoxStream<'static, _> = match self {
            Self::Embedded(log) => log.bytes_after(after).boxed(),
            Self::JetStream(log) => log.bytes_after(after).boxed(),
            Self::Memory(log) => log.bytes_after(after).boxed(),
        };
        boxed
    }

    async fn sha256_at(&self, position: Position) -> Result<Option<Sha256>, LogError> {
        match self {
            Self::Embedded(log) => log.sha256_at(position).await,
            Self::JetStream(log) => log.sha256_at(position).await,
            Self::Memory(log) => log.sha256_at(position).await,
        }
    }

    async fn reached(&self) -> Result<Reached, LogError> {
        match self {
            Self::Embedded(log) => log.reached().await,
            Self::JetStream(log) => log.reached().await,
            Self::Memory(log) => log.reached().await,
        }
    }
}
