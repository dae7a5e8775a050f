//! The log's twin in memory: the same contract without a disk, and faults on demand.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Commit, Position, StreamId};
use futures_util::{Stream, stream};
use tokio::sync::watch;

use crate::{AppendError, COMMIT_BYTES_MAX, EventLog, LogError, LogId, Recorded, Tail, encode};

/// What goes wrong with the next append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is stored, and the writer is told so.
    NotStored,
    /// It is stored, and the writer cannot know.
    StoredUnknown,
    /// Nothing is stored, and the writer cannot know.
    NotStoredUnknown,
    /// It is on its way: the writer's time has run out and it cannot know. It arrives before the next append, or by
    /// [`Memory::arrive`], and is stored if its stream still ends where it says.
    StoredLater,
}

/// A log in memory. Clones share it.
#[derive(Debug, Clone)]
pub struct Memory(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    id: LogId,
    state: Mutex<State>,
    head: watch::Sender<u64>,
    away: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    /// Stored bytes, as the other bodies hold them: the codec is part of what is tested.
    commits: Vec<Vec<u8>>,
    streams: HashMap<StreamId, Vec<u64>>,
    faults: VecDeque<Fault>,
    /// On their way: what each is to be stored after, and its bytes.
    late: VecDeque<(StreamId, Tail, Vec<u8>)>,
}

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(Shared {
            id: LogId::random(),
            state: Mutex::default(),
            head: watch::Sender::new(0),
            away: AtomicBool::default(),
        }))
    }
}

impl Memory {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on the log cannot be asked where it ends, or can again.
    pub fn set_away(&self, away: bool) {
        self.0.away.store(away, Ordering::Relaxed);
    }

    /// Lets the next append go wrong. Faults given one after another meet appends one after another.
    pub fn inject(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    /// Lets what is on its way arrive.
    pub fn arrive(&self) {
        self.arriving(&mut self.state());
    }

    fn arriving(&self, state: &mut State) {
        while let Some((stream, after, bytes)) = state.late.pop_front() {
            if state.tail(&stream) == after {
                let position = state.store(&stream, bytes);
                self.0.head.send_replace(position.0);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, position: u64) -> Option<Result<Recorded, LogError>> {
        let index = usize::try_from(position.checked_sub(1)?).ok()?;
        let bytes = self.state().commits.get(index)?.clone();
        Some(crate::recorded(Position(position), &bytes))
    }
}

impl State {
    fn tail(&self, stream: &StreamId) -> Tail {
        let positions = self.streams.get(stream).map_or(&[][..], Vec::as_slice);
        crate::tail_of(positions)
    }

    fn store(&mut self, stream: &StreamId, bytes: Vec<u8>) -> Position {
        self.commits.push(bytes);
        let position = self.commits.len() as u64;
        self.streams.entry(stream.clone()).or_default().push(position);
        Position(position)
    }
}

impl EventLog for Memory {
    fn id(&self) -> LogId {
        self.0.id
    }

    async fn append(&self, stream: &StreamId, after: Tail, commit: &Commit) -> Result<Tail, AppendError> {
        let mut state = self.state();
        self.arriving(&mut state);
        if state.tail(stream) != after {
            return Err(AppendError::Conflict);
        }
        let revision = crate::next(after.revision);
        let bytes = encode(stream, revision, commit);
        if bytes.len() > COMMIT_BYTES_MAX {
            return Err(AppendError::TooLarge { bytes: bytes.len() });
        }
        let fault = state.faults.pop_front();
        match fault {
            Some(Fault::NotStored) => return Err(AppendError::Unavailable("injected".to_owned())),
            Some(Fault::NotStoredUnknown) => return Err(AppendError::OutcomeUnknown("injected".to_owned())),
            Some(Fault::StoredLater) => {
                state.late.push_back((stream.clone(), after, bytes));
                return Err(AppendError::OutcomeUnknown("injected".to_owned()));
            }
            Some(Fault::StoredUnknown) | None => {}
        }
        let position = state.store(stream, bytes);
        drop(state);
        self.0.head.send_replace(position.0);
        match fault {
            Some(Fault::StoredUnknown) => Err(AppendError::OutcomeUnknown("injected".to_owned())),
            _ => Ok(Tail { revision, position }),
        }
    }

    async fn load(&self, stream: &StreamId) -> Result<Vec<Recorded>, LogError> {
        let positions = self.state().streams.get(stream).cloned().unwrap_or_default();
        positions.into_iter().filter_map(|position| self.read(position)).collect()
    }

    async fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
        Ok(self.state().tail(stream))
    }

    fn follow(&self, after: Position) -> impl Stream<Item = Result<Recorded, LogError>> + Send + use<> {
        let head = self.0.head.subscribe();
        stream::unfold((self.clone(), head, after.0), |(log, mut head, last)| async move {
            let next = last + 1;
            head.wait_for(|head| *head >= next).await.ok()?;
            let recorded = log.read(next)?;
            Some((recorded, (log, head, next)))
        })
    }

    async fn head(&self) -> Result<Position, LogError> {
        if self.0.away.load(Ordering::Relaxed) {
            return Err(LogError::Unavailable("the log was told to be away".to_owned()));
        }
        Ok(Position(*self.0.head.borrow()))
    }
}
