//! What the bodies are held against: the same servers and stores, used without the log's promises or another way. For measuring only.

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::{self, stream};
use bytes::Bytes;
use domain::StreamId;
use futures_util::StreamExt;

use crate::embedded::Embedded;
use crate::error::{AppendError, LogError};
use crate::jetstream::{JetStream, JetStreamConfig};
use crate::recorded::Tail;

fn unavailable(error: &dyn std::error::Error) -> LogError {
    LogError::Unavailable(error.to_string())
}

/// Publishes without an expectation to a NATS stream of its own beside the log's.
#[derive(Debug, Clone)]
pub struct Publishes {
    context: jetstream::Context,
}

impl Publishes {
    /// Makes the NATS stream `BARE`, file storage, as many copies as the log has.
    pub async fn connect(config: &JetStreamConfig) -> Result<Self, LogError> {
        let client = async_nats::connect(config.servers()).await.map_err(|error| unavailable(&error))?;
        let context = jetstream::new(client);
        let bare = stream::Config {
            name: "BARE".to_owned(),
            subjects: vec!["bare.*".to_owned()],
            num_replicas: config.replicas,
            ..stream::Config::default()
        };
        context.get_or_create_stream(bare).await.map_err(|error| unavailable(&error))?;
        Ok(Self { context })
    }

    /// One publish, and the wait for its acknowledgement.
    pub async fn publish(&self, subject: u64, payload: Bytes) -> Result<(), LogError> {
        let sent = self.context.publish(format!("bare.{subject}"), payload).await;
        let sent = sent.map_err(|error| unavailable(&error))?;
        sent.await.map_err(|error| unavailable(&error))?;
        Ok(())
    }
}

/// Reads `count` messages of the log's NATS stream from the first as they come, undecoded; returns their bytes.
pub async fn consume(config: &JetStreamConfig, count: u64) -> Result<u64, LogError> {
    let client = async_nats::connect(config.servers()).await.map_err(|error| unavailable(&error))?;
    let context = jetstream::new(client);
    let name = crate::jetstream::name(&context).await?;
    let name = name.ok_or_else(|| LogError::Missing(format!("{} has none", config.shown())))?;
    let stream = context.get_stream_no_info(name).await;
    let stream = stream.map_err(|error| unavailable(&error))?;
    let ordered = pull::OrderedConfig { deliver_policy: DeliverPolicy::All, ..Default::default() };
    let consumer = stream.create_consumer(ordered).await.map_err(|error| unavailable(&error))?;
    let mut messages = consumer.messages().await.map_err(|error| unavailable(&error))?;
    let mut bytes = 0;
    for _ in 0..count {
        let message = messages.next().await.ok_or_else(|| LogError::Unavailable("the consumer ended".to_owned()))?;
        bytes += message.map_err(|error| unavailable(&error))?.payload.len() as u64;
    }
    Ok(bytes)
}

/// Reads `count` records of an embedded log's store from the first, undecoded; returns their bytes.
pub fn read(log: &Embedded, count: usize) -> Result<u64, LogError> {
    log.read_bytes(count)
}

/// Stores bytes that need not be a commit as the next message of `stream`; a newer program may have left them in an embedded log.
pub async fn append_bytes(log: &Embedded, stream: &StreamId, after: Tail, bytes: Vec<u8>) -> Result<Tail, AppendError> {
    log.append_bytes(stream, after, bytes).await
}

/// The log with every commit published alone, which is what batches are held against. It keeps every promise.
pub fn each_alone(log: JetStream) -> JetStream {
    log.each_alone()
}
