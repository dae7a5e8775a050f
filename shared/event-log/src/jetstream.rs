//! The log on NATS `JetStream`: one NATS stream, one subject a stream of ours, one message a commit.
//!
//! Every publish names the sequence its subject must end at, so that of two writers one is refused and a commit that is sent twice
//! is stored once. What was published and not acknowledged is looked for in its place at the leader (never by direct get, which may
//! answer from a lagging replica), known by its bytes, and sent again while that place is free. Commits that wait at the same moment go out together (`writer`), and so do reads (`reads`).

mod config;
mod confirmed;
mod connection;
mod delivery;
mod judgement;
mod loads;
mod monitor;
mod operators;
mod reads;
mod room;
mod sending;
mod settings;
mod standing;
mod storing;
mod telling;
mod vouching;
mod waiting;
mod wire;
mod writer;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use async_nats::jetstream;
use bytes::Bytes;
use domain::{Commit, Instant, Position, Sha256, StreamId};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use parts::{Part, Watch};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::aside::{SetAsides, Stored};
use crate::contract::{EventLog, Inspect, Inspected, StoredLog};
use crate::error::{AppendError, COMMIT_BYTES_MAX, LogError};
use crate::newest::{Newest, Timed, rising};
use crate::reached::Reached;
use crate::reached::known_file::KnownFile;
use crate::recorded::{Followed, Loaded, Recorded, StoredCommit, Tail, next};
use crate::stored::encode_at;
use confirmed::{Confirmed, Moment};
use connection::Connection;
use delivery::{Delivered, delivered};
use domain::LogId;
use monitor::Monitoring;
use reads::Reads;
use room::Look;
use standing::Standing;
use waiting::Waiting;
use writer::{JETSTREAM_QUEUE_COMMITS_MAX, Writer};

pub use config::JetStreamConfig;
#[cfg(feature = "bare")]
pub(crate) use settings::name;

/// A log on a NATS server or cluster. Clones share one connection.
#[derive(Clone)]
pub struct JetStream {
    id: LogId,
    nats_stream: Arc<jetstream::stream::Stream>,
    /// Where it was connected, on the threads that serve.
    on: Handle,
    reads: Reads,
    queue: mpsc::Sender<Waiting>,
    /// Publishes a commit that no other waits beside, or every one where there are no batches.
    alone: Writer,
    /// Whether commits that wait together go as atomic batches.
    batches: bool,
    /// Appends without an answer yet.
    in_hand: Arc<AtomicUsize>,
    newest: Newest,
    warning: Option<Arc<str>>,
    open_to_anybody: Option<Arc<str>>,
    standing: Arc<Standing>,
    parts: [Watch; 2],
    read_only: bool,
}

impl std::fmt::Debug for JetStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JetStream")
            .field("nats_stream", &self.nats_stream.cached_info().config.name)
            .finish_non_exhaustive()
    }
}

impl JetStream {
    /// Connects, and finds the NATS stream; checks that it keeps the log's promises. [`LogError::Missing`] where there is none and none
    /// is to be made.
    pub async fn connect(config: &JetStreamConfig) -> Result<Self, LogError> {
        let client = settings::client(config).await?;
        let mut context = jetstream::new(client.clone());
        context.set_timeout(wire::ANSWER_MAX);
        // Before the first answer: if it is lost meanwhile, the next one is looked at.
        let (connection_number, began) = (confirmed::number(&client.statistics()), Moment::now());
        let (nats_stream, id) = settings::nats_stream(&client, &context, config).await?;
        let nats_stream = Arc::new(nats_stream);
        let (warning, open, refused) = if config.read_only {
            (None, None, None)
        } else {
            let told = monitor::ask_all(&client, config, nats_stream.cached_info()).await;
            let copies = nats_stream.cached_info().config.num_replicas;
            let room = Look { account: room::of_account(&client, 0, copies).await, servers: told.room };
            (config.accepts(told.loss, told.is_unread)?, told.open, Some((told.refused, room)))
        };
        let reads = Reads::new(client.clone(), Arc::clone(&nats_stream)).await?;
        let newest = Newest::default();
        newest.saw(reads.newest_up_to(nats_stream.cached_info().state.last_sequence).await?);
        let (queue, waiting) = mpsc::channel(JETSTREAM_QUEUE_COMMITS_MAX);
        let batches = nats_stream.cached_info().config.allow_atomic_publish;
        let last = Position(nats_stream.cached_info().state.last_sequence);
        let confirmed = Confirmed::new(client.statistics(), connection_number);
        let standing = Arc::new(Standing::new(reads.reached(id, last).await?, confirmed, began));
        if let Some((refused, room)) = refused {
            standing.learn_storing(refused);
            standing.learn_room(standing.room_sought(), room);
        }
        let name = Arc::from(nats_stream.cached_info().config.name.as_str());
        if !config.read_only {
            let (client, config, queue) = (client.clone(), config.clone(), queue.downgrade());
            let (nats_stream, standing) = (Arc::clone(&nats_stream), Arc::clone(&standing));
            tokio::spawn(Monitoring { client, config, nats_stream, standing, queue }.run(connection_number));
        }
        let writer = Writer::new(client, name, reads.clone(), Arc::clone(&standing));
        let connection = Connection {
            id,
            reads: reads.clone(),
            copies: config.replicas,
            standing: Arc::clone(&standing),
            queue: queue.downgrade(),
            part: Part::new("log-connection"),
        };
        let part = Part::new("log-writer");
        let parts = [part.watch(), connection.part.watch()];
        tokio::spawn(writer.clone().run(waiting, part));
        tokio::spawn(connection.run());
        let (warning, open_to_anybody, in_hand) = (warning.map(Arc::from), open.map(Arc::from), Arc::default());
        Ok(Self {
            id,
            nats_stream,
            on: Handle::current(),
            reads,
            queue,
            alone: writer,
            batches,
            in_hand,
            newest,
            warning,
            open_to_anybody,
            standing,
            parts,
            read_only: config.read_only,
        })
    }
}

impl JetStream {
    /// This log with every commit published alone.
    #[cfg(feature = "bare")]
    pub(crate) fn each_alone(self) -> Self {
        Self { batches: false, ..self }
    }

    /// Why anybody who reaches the server can write to the log, if that is so.
    pub fn open_to_anybody(&self) -> Option<&str> {
        self.open_to_anybody.as_deref()
    }

    /// Puts down in this file what is recorded from now on, before anybody is told. The first one that is given counts.
    pub fn known_in(&self, file: Arc<KnownFile>) {
        self.standing.outside.get_or_init(|| file);
    }

    /// What of the log can die or fail by itself: the task that writes, and the connection to the server that keeps it.
    pub fn parts(&self) -> Vec<Watch> {
        self.parts.to_vec()
    }

    /// Why a power cut may lose acknowledged commits, where that was accepted.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }
}

impl EventLog for JetStream {
    fn id(&self) -> LogId {
        self.id
    }

    async fn append(&self, stream: &StreamId, after: Tail, commit: &Commit) -> Result<Tail, AppendError> {
        let revision = next(after.revision);
        let bytes = encode_at(stream, revision, commit, self.newest.saw(commit.recorded_at));
        if bytes.len() > COMMIT_BYTES_MAX {
            return Err(AppendError::TooLarge { bytes: bytes.len() });
        }
        if self.read_only {
            return Err(AppendError::Unavailable("it was opened to be read".to_owned()));
        }
        if let Some(refusal) = self.standing.refusal() {
            return Err(refusal);
        }
        let outcome = self.answered(stream, after, bytes.into()).await;
        self.reads.forget(stream);
        outcome
    }

    async fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        let loaded = self.standing.read(|| self.reads.load(stream)).await?;
        self.standing.may_tell(loaded.tail.position)?;
        self.newest.saw_all(loaded.iter());
        Ok(loaded)
    }

    async fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
        let (tail, last) = self.standing.read(|| self.reads.tail(stream)).await?;
        self.newest.saw_all(&last);
        Ok(tail)
    }

    fn follow(&self, after: Position) -> impl Stream<Item = Result<Followed, LogError>> + Send + use<> {
        self.followed(after)
    }

    fn newest(&self) -> Instant {
        self.newest.get()
    }

    async fn look(&self) -> Result<Instant, LogError> {
        Ok(self.newest.saw(self.standing.read(|| self.reads.newest()).await?))
    }

    async fn head(&self) -> Result<Position, LogError> {
        self.standing.read(|| self.reads.head()).await
    }
}

/// What it takes to follow.
struct Follower {
    messages: mpsc::Receiver<Delivered>,
    /// The position of the last message.
    last: u64,
    reads: Reads,
    /// What was set aside, as far as is known.
    known: SetAsides,
    standing: Arc<Standing>,
}

impl Follower {
    /// The next message, and where it stands.
    async fn message(&mut self) -> Result<(Position, jetstream::Message), LogError> {
        let ended = || LogError::Unavailable("what asks for the log's messages ended".to_owned());
        let message = self.messages.recv().await.ok_or_else(ended)??;
        self.last += 1;
        let position = Position(self.last);
        self.standing.followed(position, &message.payload);
        Ok((position, message))
    }
}

/// A commit as who follows wants it.
trait Wanted: Timed + Send + Sized {
    /// What a message is to who follows.
    fn of(
        message: &jetstream::Message,
        position: Position,
        follower: &mut Follower,
    ) -> impl Future<Output = Result<Followed<Self>, LogError>> + Send;
}

fn stored(message: &jetstream::Message, position: Position) -> Stored<'_> {
    Stored { position, subject: Some(message.subject.as_str()), bytes: &message.payload }
}

impl Wanted for Recorded {
    async fn of(
        message: &jetstream::Message,
        position: Position,
        follower: &mut Follower,
    ) -> Result<Followed, LogError> {
        let Follower { reads, known, standing, .. } = follower;
        reads.followed(stored(message, position), known, standing).await
    }
}

impl Wanted for StoredCommit {
    async fn of(
        message: &jetstream::Message,
        position: Position,
        follower: &mut Follower,
    ) -> Result<Followed<Self>, LogError> {
        let bytes = message.payload.clone();
        match stored(message, position).looked_at() {
            Ok(head) if !follower.known.names(position) => Ok(Followed::Commit(Self::new(position, head, bytes))),
            _ => {
                let next = Recorded::of(message, position, follower).await?;
                Ok(next.map(|recorded| Self::of(&recorded, bytes)))
            }
        }
    }
}

/// What each message is; ends after the first error.
fn continuous<C: Wanted>(follower: Follower) -> impl Stream<Item = Result<Followed<C>, LogError>> + Send {
    stream::unfold(Some(follower), |follower| async move {
        let mut follower = follower?;
        let next = match follower.message().await {
            Ok((position, message)) => C::of(&message, position, &mut follower).await,
            Err(error) => Err(error),
        };
        let follower = next.is_ok().then_some(follower);
        Some((next, follower))
    })
}

impl JetStream {
    fn followed<C: Wanted + 'static>(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<Followed<C>, LogError>> + Send + use<C> {
        let (on, nats_stream) = (self.on.clone(), Arc::clone(&self.nats_stream));
        let (reads, newest, standing) = (self.reads.clone(), self.newest.clone(), Arc::clone(&self.standing));
        let opening = async move {
            let before = standing.read(|| reads.newest_up_to(after.0)).await?;
            let known = standing.read(|| reads.known()).await?;
            let messages = delivered(&on, nats_stream, Arc::clone(&standing), after.0);
            let follower = Follower { messages, last: after.0, reads, known, standing };
            Ok((follower, before))
        };
        stream::once(opening).flat_map(move |opened| match opened {
            Ok((follower, before)) => {
                let newest = newest.clone();
                rising(continuous(follower), before).inspect_ok(move |next| newest.saw_all(next.commit())).boxed()
            }
            Err(error) => stream::iter([Err(error)]).boxed(),
        })
    }
}

impl StoredLog for JetStream {
    fn follow_stored(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<Followed<StoredCommit>, LogError>> + Send + use<> {
        self.followed(after)
    }

    async fn load_stored(
        &self,
        stream: &StreamId,
        after: Position,
        enough: usize,
    ) -> Result<Vec<StoredCommit>, LogError> {
        let stored = self.standing.read(|| self.reads.stored_after(stream, after, enough)).await?;
        self.standing.may_tell(stored.last().map_or(after, |last| last.position))?;
        Ok(stored)
    }
}

impl Inspect for JetStream {
    async fn inspect(&self, position: Position) -> Result<Option<Inspected>, LogError> {
        self.standing.read(|| self.reads.inspect(position)).await
    }

    fn bytes_after(&self, after: Position) -> impl Stream<Item = Result<(Position, Bytes), LogError>> + Send + use<> {
        let messages = delivered(&self.on, Arc::clone(&self.nats_stream), Arc::clone(&self.standing), after.0);
        stream::unfold((messages, after.0), |(mut messages, last)| async move {
            let ended = || LogError::Unavailable("what asks for the log's messages ended".to_owned());
            let next = messages.recv().await.unwrap_or_else(|| Err(ended()));
            let position = Position(last + 1);
            Some((next.map(|message| (position, message.message.payload)), (messages, last + 1)))
        })
    }

    async fn sha256_at(&self, position: Position) -> Result<Option<Sha256>, LogError> {
        self.standing.read(|| self.reads.sha256_at(position)).await
    }

    async fn reached(&self) -> Result<Reached, LogError> {
        // Of a log that was put back from an older copy nobody is told that it is as it should be.
        self.standing.read(async || self.reads.reached(self.id, self.reads.head().await?).await).await
    }
}
