//! The one thread that writes: group commit without a timer.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use domain::{Position, StreamId};
use fjall::PersistMode;
use lru::LruCache;
use tokio::sync::{mpsc, oneshot, watch};

use super::{Store, evidence, stream_key};
use crate::{AppendError, Tail, failpoint};

/// Commits written and synced together at most.
const EMBEDDED_GROUP_COMMITS_MAX: usize = 1024;
/// Streams whose tail the writer remembers.
const TAILS_MAX: usize = 65_536;

/// A commit that waits for the writer.
pub(super) struct Waiting {
    pub(super) stream: StreamId,
    pub(super) after: Tail,
    pub(super) bytes: Vec<u8>,
    pub(super) answer: oneshot::Sender<Result<Tail, AppendError>>,
}

pub(super) struct Writer {
    store: Arc<Store>,
    last: u64,
    head: watch::Sender<u64>,
    tails: LruCache<StreamId, Tail>,
}

impl Writer {
    pub(super) fn new(store: Arc<Store>, last: u64, head: watch::Sender<u64>) -> Self {
        let tails = LruCache::new(NonZeroUsize::new(TAILS_MAX).unwrap_or(NonZeroUsize::MIN));
        Self { store, last, head, tails }
    }

    /// Writes groups until every sender is gone, or until a write fails: what is on disk then is known only by opening it anew.
    pub(super) fn run(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        let mut group = Vec::with_capacity(EMBEDDED_GROUP_COMMITS_MAX);
        while waiting.blocking_recv_many(&mut group, EMBEDDED_GROUP_COMMITS_MAX) > 0 {
            if let Err(why) = self.write(&mut group) {
                tracing::error!(why, "the log could not be written; it accepts nothing more until it is opened anew");
                break;
            }
        }
        // Of those who still wait in the queue nothing was written. The group in hand has its answers already.
        waiting.close();
        while let Some(unwritten) = waiting.blocking_recv() {
            let _ = unwritten.answer.send(Err(AppendError::Unavailable("the log could not be written".to_owned())));
        }
    }

    fn write(&mut self, group: &mut Vec<Waiting>) -> Result<(), String> {
        let mut batch = self.store.database.batch().durability(Some(PersistMode::SyncAll));
        let mut last = self.last;
        let mut accepted = Vec::with_capacity(group.len());
        let mut behind = Vec::new();
        let mut moved: HashMap<StreamId, Tail> = HashMap::new();
        for waiting in group.drain(..) {
            if moved.get(&waiting.stream).is_some_and(|tail| *tail != waiting.after) {
                // Behind one of this group: answered once that one can be read, for whoever decides again reads first.
                behind.push(waiting.answer);
                continue;
            }
            let known = moved.get(&waiting.stream).or_else(|| self.tails.get(&waiting.stream)).copied();
            let ends_there = match known {
                Some(tail) => Ok(tail == waiting.after),
                None => self.store.ends_at(&waiting.stream, waiting.after),
            };
            match ends_there {
                Ok(true) => {}
                // The caller may be gone; nobody else waits for this answer.
                Ok(false) => {
                    let _ = waiting.answer.send(Err(AppendError::Conflict));
                    continue;
                }
                Err(error) => {
                    let _ = waiting.answer.send(Err(AppendError::Unavailable(error.to_string())));
                    continue;
                }
            }
            last += 1;
            let tail = Tail { revision: crate::next(waiting.after.revision), position: Position(last) };
            batch.insert(&self.store.commits, last.to_be_bytes(), waiting.bytes);
            batch.insert(&self.store.streams, stream_key(&waiting.stream, tail.revision), last.to_be_bytes());
            moved.insert(waiting.stream, tail);
            accepted.push((waiting.answer, tail));
        }
        if accepted.is_empty() {
            return Ok(());
        }
        let positions = self.last + 1..=last;
        batch.insert(&self.store.groups, positions.start().to_be_bytes(), evidence::marker(&positions));
        failpoint::reach("gathered");
        if let Err(error) = batch.commit() {
            for (answer, _) in accepted {
                let _ = answer.send(Err(AppendError::OutcomeUnknown(error.to_string())));
            }
            return Err(error.to_string());
        }
        failpoint::reach("synced");
        self.last = last;
        for (stream, tail) in moved {
            self.tails.put(stream, tail);
        }
        self.head.send_replace(last);
        for (answer, tail) in accepted {
            let _ = answer.send(Ok(tail));
        }
        for answer in behind {
            let _ = answer.send(Err(AppendError::Conflict));
        }
        Ok(())
    }
}
