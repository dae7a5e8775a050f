//! Messages in order for whoever follows, asked for on the threads that serve: whoever follows may run on threads that give way, and a
//! consumer whose questions to the server wait for those looks like a server that delivers nothing.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::stream::Stream;
use domain::Position;
use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::confirmed::Number;
use super::reads::unavailable;
use super::standing::Standing;
use crate::error::LogError;

/// Messages that wait for whoever follows.
const MESSAGES_AHEAD: usize = 256;
/// Silence after which the server is asked whether there is more.
const STALL_LOOK: Duration = Duration::from_secs(1);
/// Consumers that are made one after another without a message being delivered, before whoever follows is told why.
const IN_VAIN_MAX: u32 = 3;
/// Pause before the second of them, doubled each time.
const AGAIN_PAUSE: Duration = Duration::from_millis(100);

/// A message of the NATS stream, at the position after the one before it.
pub(super) type Delivered = Result<jetstream::Message, LogError>;

/// The messages after a position, each at the one after the one before it, to the first error and nothing after it. A consumer that fails
/// or delivers nothing is made anew where it ended. They are asked for on `on` until nobody takes them any more.
pub(super) fn delivered(
    on: &Handle,
    nats_stream: Arc<Stream>,
    standing: Arc<Standing>,
    after: u64,
) -> mpsc::Receiver<Delivered> {
    let (sender, receiver) = mpsc::channel(MESSAGES_AHEAD);
    on.spawn(async move {
        tokio::select! {
            () = deliver(&nats_stream, &standing, after, &sender) => {}
            () = sender.closed() => {}
        }
    });
    receiver
}

async fn deliver(nats_stream: &Stream, standing: &Standing, after: u64, sender: &mpsc::Sender<Delivered>) {
    let (mut last, mut in_vain, mut pause) = (after, 0, AGAIN_PAUSE);
    loop {
        let before = last;
        let error = match standing.confirmed().await {
            Ok(connection) => {
                let over = Over { nats_stream, standing, connection };
                let error = over.consume(&mut last, sender).await;
                // Nor does a connection that was lost speak against the server.
                if last > before || !standing.is_confirmed(connection) {
                    (in_vain, pause) = (0, AGAIN_PAUSE);
                }
                error
            }
            Err(error) => error,
        };
        in_vain += 1;
        if in_vain >= IN_VAIN_MAX || !matches!(error, LogError::Unavailable(_)) {
            // Whoever followed may be gone.
            let _ = sender.send(Err(error)).await;
            return;
        }
        tracing::debug!(%error, last, "a consumer is made anew");
        #[expect(
            clippy::disallowed_methods,
            reason = "bounded backoff between consumers of a server that delivers nothing"
        )]
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

/// Over what a consumer delivers.
struct Over<'a> {
    nats_stream: &'a Stream,
    standing: &'a Standing,
    connection: Number,
}

impl Over<'_> {
    /// That the connection is still there, and is told of the log.
    fn is_there(&self) -> Result<(), LogError> {
        let lost = || LogError::Unavailable("the consumer's connection was lost".to_owned());
        self.standing.is_confirmed(self.connection).then_some(()).ok_or_else(lost)
    }

    /// Hands on what one consumer delivers after `last`, until it ends, and says why it did.
    async fn consume(&self, last: &mut u64, sender: &mpsc::Sender<Delivered>) -> LogError {
        let config = pull::OrderedConfig {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: *last + 1 },
            ..Default::default()
        };
        let consumer = match self.nats_stream.create_consumer(config).await {
            Ok(consumer) => consumer,
            Err(error) => return unavailable(&error),
        };
        let mut messages = match consumer.messages().await {
            Ok(messages) => messages,
            Err(error) => return unavailable(&error),
        };
        loop {
            let message = match self.next_or_stalled(&mut messages, *last).await {
                Ok(message) => message,
                Err(error) => return error,
            };
            let sequence = match message.info() {
                Ok(info) => info.stream_sequence,
                Err(error) => return LogError::Unavailable(error.to_string()),
            };
            if sequence <= *last {
                // Made anew before it delivered anything, the client's consumer begins at the first message.
                return LogError::Unavailable(format!("the consumer went back to {sequence}"));
            }
            if sequence != *last + 1 {
                return LogError::Gap { expected: Position(*last + 1), met: Position(sequence) };
            }
            *last = sequence;
            if sender.send(Ok(message)).await.is_err() {
                return LogError::Unavailable("nobody follows any more".to_owned());
            }
        }
    }

    /// The next message. While none comes, the server is asked now and then whether there is one: a server that was killed has
    /// forgotten the consumer, which its client would notice only by missing heartbeats half a minute later.
    async fn next_or_stalled(&self, messages: &mut pull::Ordered, last: u64) -> Delivered {
        let mut behind = false;
        loop {
            match tokio::time::timeout(STALL_LOOK, messages.next()).await {
                Ok(Some(delivered)) => {
                    self.is_there()?;
                    return delivered.map_err(|error| unavailable(&error));
                }
                // A log does not end: a reader that took this for its end would miss the rest.
                Ok(None) => return Err(LogError::Unavailable("the consumer ended".to_owned())),
                Err(_) => {}
            }
            self.is_there()?;
            let info = self.nats_stream.get_info().await.map_err(|error| unavailable(&error))?;
            let more = info.state.last_sequence > last;
            // Twice, so that a message that was on its way is not taken for one that does not come.
            if more && behind {
                return Err(LogError::Unavailable("the server has commits it does not deliver".to_owned()));
            }
            behind = more;
        }
    }
}
