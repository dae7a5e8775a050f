//! Commits on their way to the store: those that wait to be written, and those whose write failed.

use std::fmt::Display;

use domain::StreamId;
use fjall::Slice;
use tokio::sync::oneshot;

use super::loss::Loss;
use super::room::Room;
use super::store::Store;
use crate::error::AppendError;
use crate::recorded::Tail;

/// What the writer is sent.
pub(super) enum Message {
    /// A commit to store.
    Commit(Waiting),
    /// Time to see how the store is.
    Look,
}

/// A commit that waits for the writer.
pub(super) struct Waiting {
    pub(super) stream: StreamId,
    pub(super) after: Tail,
    pub(super) bytes: Vec<u8>,
    pub(super) answer: oneshot::Sender<Result<Tail, AppendError>>,
}

/// A commit of the group that is being written: its answer, and what it is known by afterwards.
pub(super) struct Unsettled {
    pub(super) answer: oneshot::Sender<Result<Tail, AppendError>>,
    pub(super) tail: Tail,
    pub(super) bytes: Slice,
}

impl Unsettled {
    /// Whether the store, which was opened since, is known to hold nothing in this commit's place.
    pub(super) fn is_missing(&self, store: &Store) -> bool {
        matches!(store.bytes_at(self.tail.position.0), Ok(None))
    }

    /// Answers by what the store holds in this commit's place.
    pub(super) fn settle(self, store: &Store, why: &str) {
        let outcome = match store.bytes_at(self.tail.position.0) {
            Ok(Some(bytes)) if bytes == self.bytes => Ok(self.tail),
            // The group was written whole or not at all, and nothing was written after it.
            Ok(None) => Err(AppendError::Unavailable(why.to_owned())),
            Ok(Some(_)) => Err(AppendError::OutcomeUnknown(format!("{why}; another commit stands in its place"))),
            Err(error) => Err(AppendError::OutcomeUnknown(format!("{why}; {error}"))),
        };
        // The caller may be gone; nobody else waits for this answer.
        let _ = self.answer.send(outcome);
    }
}

/// A write that failed, or a store that has.
pub(super) struct Failure {
    pub(super) why: String,
    pub(super) unsettled: Vec<Unsettled>,
}

impl Failure {
    pub(super) fn new(error: &impl Display, unsettled: Vec<Unsettled>) -> Self {
        Self { why: format!("the log could not be written: {error}"), unsettled }
    }

    /// Bytes of the commits whose write failed.
    pub(super) fn bytes(&self) -> usize {
        self.unsettled.iter().map(|commit| commit.bytes.len()).sum()
    }

    /// What is written would not be found again, which is told to who asks from now on.
    pub(super) fn lost(room: &Room, loss: Loss, unsettled: Vec<Unsettled>) -> Self {
        let why = loss.to_string();
        room.is_lost(Some(loss));
        Self { why, unsettled }
    }
}
