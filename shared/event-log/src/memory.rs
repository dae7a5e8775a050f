//! The log's twin in memory: the same contract without a disk, and faults on demand.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use domain::{Commit, Instant, Position, Sha256, StreamId};
use futures_util::{Stream, stream};
use tokio::sync::watch;

use crate::aside::{Chain, SetAsides, Stored};
use crate::contract::{EventLog, Inspect, Inspected, StoredLog};
use crate::error::{AppendError, COMMIT_BYTES_MAX, LogError};
use crate::hash::hash;
use crate::newest::Newest;
use crate::recorded::{Followed, Loaded, Recorded, StoredCommit, Tail, next, part_of, tail_of};
use crate::stored::encode_at;
use crate::subject::subject;
use domain::LogId;

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
    newest: Newest,
}

#[derive(Debug, Default)]
struct State {
    /// Stored bytes, as the other bodies hold them: the codec is part of what is tested.
    commits: Vec<(String, Bytes)>,
    streams: HashMap<StreamId, Vec<u64>>,
    /// Streams with a message that was not appended as their commit.
    strays: HashSet<StreamId>,
    faults: VecDeque<Fault>,
    /// On their way: what each is to be stored after, and its bytes.
    late: VecDeque<(StreamId, Tail, Vec<u8>)>,
}

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(Shared {
            id: crate::id::new_log_id(),
            state: Mutex::default(),
            head: watch::Sender::new(0),
            away: AtomicBool::default(),
            newest: Newest::default(),
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
            if state.tail(&stream).is_ok_and(|tail| tail == after) {
                let position = state.store(&stream, bytes);
                self.0.head.send_replace(position.0);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets somebody publish `bytes` under the subject of `stream`, past the log's rules.
    pub fn publish(&self, stream: &StreamId, bytes: Vec<u8>) {
        let mut state = self.state();
        state.strays.insert(stream.clone());
        let position = state.store(stream, bytes);
        drop(state);
        self.0.head.send_replace(position.0);
    }
}

impl Memory {
    fn followed(&self, position: u64) -> Option<Result<Followed, LogError>> {
        let state = self.state();
        let stored = state.stored(position)?;
        let believed = stored.believed();
        let known = state.known();
        if believed.is_ok() && !known.names(stored.position) {
            return Some(believed.map(Followed::Commit));
        }
        Some(match (state.judged(stored), known.of_message(stored.position, stored.bytes)) {
            (Ok(recorded), _) => Ok(Followed::Commit(recorded)),
            (Err(error), Some(aside)) if error.stray() == Some(aside.position) => Ok(Followed::SetAside(aside)),
            (Err(error), _) => Err(error),
        })
    }
}

impl Memory {
    /// What stands at a position, as it is stored.
    fn bytes_at(&self, Position(position): Position) -> Bytes {
        let index = usize::try_from(position).ok().and_then(|position| position.checked_sub(1));
        let bytes = index.and_then(|index| self.state().commits.get(index).map(|(_, bytes)| bytes.clone()));
        bytes.unwrap_or_default()
    }

    /// What `read` reads at each position after `after`, as it comes to stand there.
    fn each<T, F>(&self, after: Position, read: F) -> impl Stream<Item = T> + Send + use<T, F>
    where
        T: Send,
        F: Fn(&Self, u64) -> Option<T> + Send,
    {
        let head = self.0.head.subscribe();
        stream::unfold((self.clone(), head, after.0, read), |(log, mut head, last, read)| async move {
            let next = last + 1;
            head.wait_for(|head| *head >= next).await.ok()?;
            let read_there = read(&log, next)?;
            Some((read_there, (log, head, next, read)))
        })
    }
}

impl StoredLog for Memory {
    fn follow_stored(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<Followed<StoredCommit>, LogError>> + Send + use<> {
        self.each(after, |log, position| {
            let next = log.followed(position)?;
            Some(next.map(|next| next.map(|recorded| StoredCommit::of(&recorded, log.bytes_at(recorded.position)))))
        })
    }

    async fn load_stored(
        &self,
        stream: &StreamId,
        after: Position,
        enough: usize,
    ) -> Result<Vec<StoredCommit>, LogError> {
        let loaded = self.load(stream).await?;
        let stored = loaded.iter().map(|recorded| StoredCommit::of(recorded, self.bytes_at(recorded.position)));
        Ok(part_of(stored, after, enough))
    }
}

impl Inspect for Memory {
    async fn inspect(&self, position: Position) -> Result<Option<Inspected>, LogError> {
        let state = self.state();
        let Some(stored) = state.stored(position.0) else { return Ok(None) };
        let trouble = match state.judged(stored) {
            Ok(_) => None,
            Err(error) if error.stray() == Some(position) => Some(error),
            // Another message of its stream comes first.
            Err(error) => return Err(error),
        };
        let set_aside = state.known().of_message(position, stored.bytes).filter(|_| trouble.is_some());
        Ok(Some(Inspected {
            position,
            subject: stored.subject.map(str::to_owned),
            bytes: stored.bytes.to_vec(),
            trouble,
            set_aside: set_aside.map(|aside| aside.by),
        }))
    }

    fn bytes_after(&self, after: Position) -> impl Stream<Item = Result<(Position, Bytes), LogError>> + Send + use<> {
        self.each(after, |log, position| Some(Ok((Position(position), log.bytes_at(Position(position))))))
    }

    async fn sha256_at(&self, position: Position) -> Result<Option<Sha256>, LogError> {
        Ok(self.state().stored(position.0).map(|stored| hash(stored.bytes)))
    }
}

impl State {
    fn stored(&self, position: u64) -> Option<Stored<'_>> {
        let index = usize::try_from(position.checked_sub(1)?).ok()?;
        let (subject, bytes) = self.commits.get(index)?;
        Some(Stored { position: Position(position), subject: Some(subject), bytes })
    }

    fn messages(&self, stream: &StreamId) -> impl Iterator<Item = Stored<'_>> {
        self.streams.get(stream).into_iter().flatten().filter_map(|position| self.stored(*position))
    }

    fn known(&self) -> SetAsides {
        SetAsides::of(self.messages(&StreamId::Log))
    }

    /// The messages of a stream before a position.
    fn chain<'a>(&self, stream: &'a StreamId, before: Position) -> Result<Chain<'a>, LogError> {
        let (mut chain, known) = (Chain::new(stream), self.known());
        self.messages(stream)
            .take_while(|message| message.position < before)
            .try_for_each(|message| chain.take(message, &known))?;
        Ok(chain)
    }

    /// The commit that stands at a position, if one does.
    fn judged(&self, stored: Stored<'_>) -> Result<Recorded, LogError> {
        let recorded = stored.believed()?;
        self.chain(&recorded.stream, stored.position)?.next(stored)
    }

    fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
        if self.strays.contains(stream) {
            return Ok(self.chain(stream, Position(u64::MAX))?.tail());
        }
        let positions = self.streams.get(stream).map_or(&[][..], Vec::as_slice);
        Ok(tail_of(positions))
    }

    fn store(&mut self, stream: &StreamId, bytes: Vec<u8>) -> Position {
        self.commits.push((subject(stream), bytes.into()));
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
        // What is not believed took the place of what was to follow.
        if state.tail(stream).ok() != Some(after) {
            return Err(AppendError::Conflict);
        }
        let revision = next(after.revision);
        let bytes = encode_at(stream, revision, commit, self.0.newest.saw(commit.recorded_at));
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

    async fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        Ok(self.state().chain(stream, Position(u64::MAX))?.into_loaded())
    }

    async fn tail(&self, stream: &StreamId) -> Result<Tail, LogError> {
        self.state().tail(stream)
    }

    fn follow(&self, after: Position) -> impl Stream<Item = Result<Followed, LogError>> + Send + use<> {
        self.each(after, Self::followed)
    }

    fn newest(&self) -> Instant {
        self.0.newest.get()
    }

    async fn look(&self) -> Result<Instant, LogError> {
        Ok(self.newest())
    }

    async fn head(&self) -> Result<Position, LogError> {
        if self.0.away.load(Ordering::Relaxed) {
            return Err(LogError::Unavailable("the log was told to be away".to_owned()));
        }
        Ok(Position(*self.0.head.borrow()))
    }
}
