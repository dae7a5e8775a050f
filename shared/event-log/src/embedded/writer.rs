//! The one thread that writes: group commit without a timer. What it does after a write that failed is in `recovery`.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use domain::{Position, StreamId};
use fjall::PersistMode;
use lru::LruCache;
use parts::Part;
use tokio::sync::{mpsc, oneshot, watch};

use super::cell::StoreCell;
use super::evidence;
use super::monitor::Pulse;
use super::recovery::{Failure, Unsettled};
use super::room::Room;
use super::store::{Store, stream_key};
use crate::{AppendError, LogId, Reached, ReachedFile, Tail, failpoint};

/// Commits written and synced together at most.
const EMBEDDED_GROUP_COMMITS_MAX: usize = 1024;
/// Streams whose tail the writer remembers.
const TAILS_MAX: usize = 65_536;

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

pub(super) struct Writer {
    pub(super) id: LogId,
    pub(super) cell: Arc<StoreCell>,
    pub(super) folder: PathBuf,
    /// The last position that was acknowledged.
    pub(super) last: u64,
    pub(super) head: watch::Sender<u64>,
    /// Where it is put down, apart from the store.
    pub(super) reached: Arc<ReachedFile>,
    pub(super) tails: LruCache<StreamId, Tail>,
    pub(super) room: Arc<Room>,
    pub(super) pulse: Arc<Pulse>,
    pub(super) part: Part,
}

impl Writer {
    pub(super) fn tails() -> LruCache<StreamId, Tail> {
        LruCache::new(NonZeroUsize::new(TAILS_MAX).unwrap_or(NonZeroUsize::MIN))
    }

    /// Writes groups until every sender is gone. After a write that failed the store is opened anew, however often that takes.
    pub(super) fn run(mut self, mut waiting: mpsc::Receiver<Message>) {
        let mut messages = Vec::with_capacity(EMBEDDED_GROUP_COMMITS_MAX);
        let mut group = Vec::with_capacity(EMBEDDED_GROUP_COMMITS_MAX);
        while waiting.blocking_recv_many(&mut messages, EMBEDDED_GROUP_COMMITS_MAX) > 0 {
            let mut looks = false;
            for message in messages.drain(..) {
                match message {
                    Message::Commit(commit) => group.push(commit),
                    Message::Look => looks = true,
                }
            }
            let outcome = if looks { self.look() } else { Ok(()) };
            let outcome = outcome.and_then(|()| {
                self.pulse.begins();
                let written = self.write(&mut group);
                self.pulse.ends();
                written
            });
            if let Err(failure) = outcome {
                // Of those whose group was not begun nothing was written.
                for unwritten in group.drain(..) {
                    self.refuse(unwritten, &failure.why);
                }
                if !self.recover(failure, &mut waiting) {
                    return;
                }
            }
        }
    }

    /// Tells how the store is, which may have failed in its own background work.
    fn look(&self) -> Result<(), Failure> {
        let cell = self.cell.look();
        let alive = cell.as_ref().map_or(Ok(()), |store| store.database.persist(PersistMode::Buffer));
        alive.map_err(|error| Failure::new(&error, Vec::new()))?;
        match self.room.short() {
            Some(short) => self.part.unwell(short.refusal().to_string()),
            None => self.part.well(),
        }
        Ok(())
    }

    fn write(&mut self, group: &mut Vec<Waiting>) -> Result<(), Failure> {
        if group.is_empty() {
            return Ok(());
        }
        let cell = Arc::clone(&self.cell);
        let cell = cell.look();
        let Some(store) = cell.as_ref() else {
            return Err(Failure::new(&"the store is not open", Vec::new()));
        };
        let (mut batch, mut last) = (store.database.batch().durability(Some(PersistMode::SyncAll)), self.last);
        let mut accepted: Vec<Unsettled> = Vec::with_capacity(group.len());
        let mut behind = Vec::new();
        let mut moved: HashMap<StreamId, Tail> = HashMap::new();
        for waiting in group.drain(..) {
            if moved.get(&waiting.stream).is_some_and(|tail| *tail != waiting.after) {
                // Behind one of this group: answered once that one can be read, for whoever decides again reads first.
                behind.push(waiting.answer);
                continue;
            }
            match self.ends_there(store, &moved, &waiting) {
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
            let bytes = fjall::Slice::from(waiting.bytes);
            batch.insert(&store.commits, last.to_be_bytes(), bytes.clone());
            batch.insert(&store.streams, stream_key(&waiting.stream, tail.revision), last.to_be_bytes());
            moved.insert(waiting.stream, tail);
            accepted.push(Unsettled { answer: waiting.answer, tail, bytes });
        }
        if accepted.is_empty() {
            return Ok(());
        }
        let positions = self.last + 1..=last;
        batch.insert(&store.groups, positions.start().to_be_bytes(), evidence::marker(&positions));
        failpoint::reach("gathered");
        if let Err(error) = batch.commit() {
            for answer in behind {
                let _ = answer.send(Err(AppendError::Unavailable(error.to_string())));
            }
            return Err(Failure::new(&error, accepted));
        }
        failpoint::reach("synced");
        self.last = last;
        // Before anybody is answered: what was acknowledged is known.
        if let Some(stored) = accepted.last() {
            self.reached.note(&Reached::by(self.id, stored.tail.position, &stored.bytes));
        }
        for (stream, tail) in moved {
            self.tails.put(stream, tail);
        }
        self.head.send_replace(last);
        for stored in accepted {
            let _ = stored.answer.send(Ok(stored.tail));
        }
        for answer in behind {
            let _ = answer.send(Err(AppendError::Conflict));
        }
        Ok(())
    }

    /// Whether the stream ends where the commit says, in the group or in the store.
    fn ends_there(
        &mut self,
        store: &Store,
        moved: &HashMap<StreamId, Tail>,
        waiting: &Waiting,
    ) -> Result<bool, crate::LogError> {
        let known = moved.get(&waiting.stream).or_else(|| self.tails.get(&waiting.stream));
        match known {
            Some(tail) => Ok(*tail == waiting.after),
            None => store.ends_at(&waiting.stream, waiting.after),
        }
    }
}
