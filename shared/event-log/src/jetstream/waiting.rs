//! Commits on their way to the server: those that wait to be sent, and those that were sent and not acknowledged.

use std::sync::Arc;

use bytes::Bytes;
use domain::{Position, StreamId};
use tokio::sync::oneshot;

use super::wire::Outgoing;
use crate::error::AppendError;
use crate::recorded::{Tail, next};
use crate::subject::subject;

/// A commit that waits to be sent.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) stream: StreamId,
    pub(super) after: Tail,
    pub(super) payload: Bytes,
    pub(super) answer: oneshot::Sender<Result<Tail, AppendError>>,
}

impl Waiting {
    pub(super) fn outgoing(&self, nats_stream: &Arc<str>) -> Outgoing {
        Outgoing {
            nats_stream: Arc::clone(nats_stream),
            subject: subject(&self.stream),
            after: self.after.position,
            payload: self.payload.clone(),
        }
    }

    pub(super) fn stored_at(self, position: Position) {
        let tail = Tail { revision: next(self.after.revision), position };
        self.tell(Ok(tail));
    }

    pub(super) fn tell(self, outcome: Result<Tail, AppendError>) {
        // The caller may be gone; nobody else waits for this answer.
        let _ = self.answer.send(outcome);
    }
}

/// A commit that was sent and not acknowledged, and why.
pub(super) struct Open {
    pub(super) waiting: Waiting,
    pub(super) why: String,
}
