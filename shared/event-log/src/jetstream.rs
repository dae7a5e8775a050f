//! The log on NATS `JetStream`: one NATS stream, one subject a stream of ours, one message a commit.
//!
//! Every publish names the sequence its subject must end at, so that of two writers one is refused. What was published and not
//! acknowledged is looked up by commit id at the leader (never by direct get, which may answer from a lagging replica).

mod settings;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::{PublishMessage, StreamMessage};
use async_nats::jetstream::stream::{LastRawMessageErrorKind, RawMessageError};
use async_nats::jetstream::{self, Context, ErrorCode};
use domain::{Commit, Position, StreamId};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::Semaphore;

use crate::{AppendError, COMMIT_BYTES_MAX, EventLog, LogError, Recorded, Tail, encode, recorded};

pub use settings::JetStreamConfig;

/// Publishes waiting for their acknowledgement; beyond it an append is answered `Unavailable` at once.
const JETSTREAM_IN_FLIGHT_MAX: usize = 1024;
/// Longest wait for one answer of the server. An append with every look-up after it then ends within 22 s, before a call does (30 s).
const ANSWER_MAX: Duration = Duration::from_secs(3);
/// Look-ups of a publish that was not acknowledged, before its outcome is called unknown.
const LOOK_UPS_MAX: u32 = 5;
/// Pause between them, doubled each time: 100 ms to 1.6 s.
const LOOK_UP_PAUSE: Duration = Duration::from_millis(100);
/// Silence after which a follower asks whether there is more.
const STALL_LOOK: Duration = Duration::from_secs(1);
/// Server errors that mean: the subject does not end where the writer said, or another publish to it is on its way.
const WRONG_LAST_SEQUENCE: [ErrorCode; 2] =
    [ErrorCode::STREAM_WRONG_LAST_SEQUENCE, ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT];
/// Server errors of checks that are made before anything is stored or proposed to other servers. Any other answer leaves the
/// outcome open: "store failed" comes after followers may have stored the message, and "duplicate in process" says that an
/// earlier publish of this very commit has not ended.
const REFUSED: [ErrorCode; 9] = [
    ErrorCode::ACCOUNT_RESOURCES_EXCEEDED,
    ErrorCode::INSUFFICIENT_RESOURCES,
    ErrorCode::JETSTREAM_NOT_ENABLED,
    ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT,
    ErrorCode::MEMORY_RESOURCES_EXCEEDED,
    ErrorCode::STORAGE_RESOURCES_EXCEEDED,
    ErrorCode::STREAM_HEADER_EXCEEDS_MAXIMUM,
    ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM,
    ErrorCode::STREAM_SEALED,
];

/// A log on a NATS server or cluster. Clones share one connection.
#[derive(Clone)]
pub struct JetStream {
    context: Context,
    nats_stream: Arc<jetstream::stream::Stream>,
    in_flight: Arc<Semaphore>,
}

impl std::fmt::Debug for JetStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JetStream")
            .field("nats_stream", &self.nats_stream.cached_info().config.name)
            .finish_non_exhaustive()
    }
}

impl JetStream {
    /// Connects, and makes the NATS stream or checks that the one there keeps the log's promises.
    pub async fn connect(config: &JetStreamConfig) -> Result<Self, LogError> {
        let client = settings::client(config).await?;
        let mut context = jetstream::new(client);
        context.set_timeout(ANSWER_MAX);
        let nats_stream = settings::nats_stream(&context, config).await?;
        Ok(Self {
            context,
            nats_stream: Arc::new(nats_stream),
            in_flight: Arc::new(Semaphore::new(JETSTREAM_IN_FLIGHT_MAX)),
        })
    }

    /// The first commit of `stream` at or after `from`, read from the leader.
    async fn first_from(&self, stream: &StreamId, from: u64) -> Result<Option<Recorded>, LogError> {
        commit_of(self.nats_stream.get_first_raw_message_by_subject(subject(stream), from).await)
    }

    async fn last(&self, stream: &StreamId) -> Result<Option<Recorded>, LogError> {
        commit_of(self.nats_stream.get_last_raw_message_by_subject(&subject(stream)).await)
    }

    /// Whether a publish that was not acknowledged was stored.
    ///
    /// It was when the commit after `after` is ours. It can never be any more when that place is taken by another. While the
    /// place is free the publish may still be on its way, so after a bounded number of looks the outcome is unknown.
    async fn look_up(&self, stream: &StreamId, after: Tail, commit: &Commit, why: &str) -> Result<Tail, AppendError> {
        let mut pause = LOOK_UP_PAUSE;
        for _ in 0..LOOK_UPS_MAX {
            match self.first_from(stream, after.position.0 + 1).await {
                Ok(Some(found)) if found.commit.id == commit.id => return Ok(found.tail()),
                Ok(Some(_)) => return Err(AppendError::Conflict),
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "a commit could not be looked up"),
            }
            #[expect(clippy::disallowed_methods, reason = "bounded backoff between looks at a server that is away")]
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(AppendError::OutcomeUnknown(why.to_owned()))
    }
}

fn subject(stream: &StreamId) -> String {
    let (kind, id) = match stream {
        StreamId::Provider(id) => ("provider", id.as_str()),
        StreamId::Operator(code) => ("operator", code.as_str()),
    };
    // By construction; a dot or a wildcard would name another subject, and the client lets them through.
    debug_assert!(id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'-'), "{id}");
    format!("puhui.{kind}.{id}")
}

fn commit_of(message: Result<StreamMessage, RawMessageError>) -> Result<Option<Recorded>, LogError> {
    match message {
        Ok(message) => recorded(Position(message.sequence), &message.payload).map(Some),
        Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
        Err(error) => Err(LogError::Unavailable(error.to_string())),
    }
}

/// What a failed publish says about the commit: `None` when it says nothing.
fn verdict(error: &PublishError) -> Option<AppendError> {
    match error.kind() {
        PublishErrorKind::WrongLastSequence => Some(AppendError::Conflict),
        // Nobody took it, or it was never sent. The server took the largest commit when the log was connected.
        PublishErrorKind::StreamNotFound | PublishErrorKind::MaxAckPending | PublishErrorKind::MaxPayloadExceeded => {
            Some(AppendError::Unavailable(error.to_string()))
        }
        PublishErrorKind::TimedOut | PublishErrorKind::BrokenPipe | PublishErrorKind::WrongLastMessageId => None,
        PublishErrorKind::Other => {
            let answer = std::error::Error::source(error)?.downcast_ref::<jetstream::Error>()?;
            if WRONG_LAST_SEQUENCE.contains(&answer.error_code()) {
                return Some(AppendError::Conflict);
            }
            REFUSED.contains(&answer.error_code()).then(|| AppendError::Unavailable(answer.to_string()))
        }
    }
}

impl EventLog for JetStream {
    async fn append(&self, stream: &StreamId, after: Tail, commit: &Commit) -> Result<Tail, AppendError> {
        let revision = crate::next(after.revision);
        let bytes = encode(stream, revision, commit);
        if bytes.len() > COMMIT_BYTES_MAX {
            return Err(AppendError::TooLarge { bytes: bytes.len() });
        }
        let _permit = self
            .in_flight
            .try_acquire()
            .map_err(|_| AppendError::Unavailable(format!("{JETSTREAM_IN_FLIGHT_MAX} publishes are waiting")))?;
        let message = PublishMessage::build()
            .payload(bytes.into())
            // The same commit published twice within the server's window is stored once even where the sequences allow it.
            .message_id(format!("{}/{}", subject(stream), commit.id))
            .expected_last_subject_sequence(after.position.0);
        let published = match self.context.send_publish(subject(stream), message).await {
            Ok(waiting) => waiting.await,
            Err(error) => Err(error),
        };
        match published {
            Ok(ack) if !ack.duplicate => Ok(Tail { revision, position: Position(ack.sequence) }),
            // Stored before, within what the writer says it has decided on: it decided on something else.
            Ok(ack) if ack.sequence <= after.position.0 => Err(AppendError::Conflict),
            Ok(_) => self.look_up(stream, after, commit, "a duplicate was acknowledged").await,
            Err(error) => match verdict(&error) {
                Some(verdict) => Err(verdict),
                None => self.look_up(stream, after, commit, &error.to_string()).await,
            },
        }
    }

    async fn load(&self, stream: &StreamId) -> Result<Vec<Recorded>, LogError> {
        let mut commits = Vec::new();
        let mut from = 1;
        while let Some(commit) = self.first_from(stream, from).await? {
            from = commit.position.0 + 1;
            commits.push(commit);
        }
        Ok(commits)
    }

    async fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
        Ok(self.last(stream).await?.map_or_else(Tail::default, |last| last.tail()))
    }

    fn follow(&self, after: Position) -> impl Stream<Item = Result<Recorded, LogError>> + Send + use<> {
        let nats_stream = Arc::clone(&self.nats_stream);
        let asked = Arc::clone(&self.nats_stream);
        let opening = async move {
            let config = pull::OrderedConfig {
                deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: after.0 + 1 },
                ..Default::default()
            };
            let unavailable = |error: &dyn std::error::Error| LogError::Unavailable(error.to_string());
            let consumer = nats_stream.create_consumer(config).await.map_err(|error| unavailable(&error))?;
            consumer.messages().await.map_err(|error| unavailable(&error))
        };
        stream::once(opening).flat_map(move |opened| match opened {
            Ok(messages) => continuous(messages, Arc::clone(&asked), after.0).boxed(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        })
    }

    async fn head(&self) -> Result<Position, LogError> {
        let info = self.nats_stream.get_info().await.map_err(|error| LogError::Unavailable(error.to_string()))?;
        Ok(Position(info.state.last_sequence))
    }
}

/// Each message as a commit, the positions checked to follow one another; ends after the first error.
fn continuous(
    messages: pull::Ordered,
    nats_stream: Arc<jetstream::stream::Stream>,
    last: u64,
) -> impl Stream<Item = Result<Recorded, LogError>> + Send {
    stream::unfold(Some((messages, nats_stream, last)), |state| async move {
        let (mut messages, nats_stream, last) = state?;
        let next = match next_or_stalled(&mut messages, &nats_stream, last).await {
            Ok(Some(Ok(message))) => match message.info() {
                Ok(info) if info.stream_sequence == last + 1 => recorded(Position(last + 1), &message.payload),
                Ok(info) => Err(LogError::Gap { expected: Position(last + 1), met: Position(info.stream_sequence) }),
                Err(error) => Err(LogError::Unavailable(error.to_string())),
            },
            Ok(Some(Err(error))) => Err(LogError::Unavailable(error.to_string())),
            // A log does not end: a reader that took this for its end would miss the rest.
            Ok(None) => Err(LogError::Unavailable("the consumer ended".to_owned())),
            Err(error) => Err(error),
        };
        let state = next.is_ok().then_some((messages, nats_stream, last + 1));
        Some((next, state))
    })
}

type Delivered = Option<Result<jetstream::Message, async_nats::jetstream::consumer::pull::OrderedError>>;

/// The next message. While none comes, the server is asked now and then whether there is one: a server that was killed has
/// forgotten the consumer, which its client would notice only by missing heartbeats half a minute later.
async fn next_or_stalled(
    messages: &mut pull::Ordered,
    nats_stream: &jetstream::stream::Stream,
    last: u64,
) -> Result<Delivered, LogError> {
    let mut behind = false;
    loop {
        if let Ok(delivered) = tokio::time::timeout(STALL_LOOK, messages.next()).await {
            return Ok(delivered);
        }
        let info = nats_stream.get_info().await.map_err(|error| LogError::Unavailable(error.to_string()))?;
        let more = info.state.last_sequence > last;
        // Twice, so that a message that was on its way is not taken for one that does not come.
        if more && behind {
            return Err(LogError::Unavailable("the server has commits it does not deliver".to_owned()));
        }
        behind = more;
    }
}
