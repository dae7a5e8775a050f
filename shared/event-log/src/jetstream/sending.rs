//! How an append goes out, and how long its answer is waited for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use domain::StreamId;
use tokio::sync::oneshot;

use super::JetStream;
use super::waiting::Waiting;
use super::writer::JETSTREAM_QUEUE_COMMITS_MAX;
use crate::error::{AppendError, not_queued};
use crate::recorded::Tail;

/// Longest that an append waits for its answer: it ends before a call does (30 s), which then tells what is not known.
const APPEND_MAX: Duration = Duration::from_secs(26);

impl JetStream {
    /// The answer to a commit that is sent.
    pub(super) async fn answered(&self, stream: &StreamId, after: Tail, payload: Bytes) -> Result<Tail, AppendError> {
        // It may be on its way still.
        let late = |_| Err(AppendError::OutcomeUnknown(format!("no answer within {} s", APPEND_MAX.as_secs())));
        tokio::time::timeout(APPEND_MAX, self.sent(stream, after, payload)).await.unwrap_or_else(late)
    }

    /// Sends a commit, alone or with those that wait, and waits for its answer.
    async fn sent(&self, stream: &StreamId, after: Tail, payload: Bytes) -> Result<Tail, AppendError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { stream: stream.clone(), after, payload, answer };
        let in_hand = InHand::one_more(&self.in_hand);
        if !self.batches && in_hand.others >= JETSTREAM_QUEUE_COMMITS_MAX {
            return Err(AppendError::Busy { waiting: JETSTREAM_QUEUE_COMMITS_MAX });
        }
        if in_hand.others == 0 || !self.batches {
            // Nobody to travel with: straight out, without the way through the writer's task.
            let sent = self.standing.sent_alone();
            self.alone.store_and_look(waiting).await;
            drop(sent);
        } else {
            self.queue.try_send(waiting).map_err(|error| not_queued(&error, JETSTREAM_QUEUE_COMMITS_MAX))?;
        }
        // The writer went away with the commit in hand: it may or may not be stored.
        let gone = |_| Err(AppendError::OutcomeUnknown("the writer ended".to_owned()));
        answered.await.unwrap_or_else(gone)
    }
}

/// One append without an answer yet; counted until it is dropped.
struct InHand<'a> {
    count: &'a AtomicUsize,
    /// How many others there were when it came.
    others: usize,
}

impl<'a> InHand<'a> {
    fn one_more(count: &'a AtomicUsize) -> Self {
        Self { count, others: count.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
