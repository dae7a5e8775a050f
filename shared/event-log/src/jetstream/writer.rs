//! Commits that wait at the same moment go out together: group commit without a timer.
//!
//! One task takes what waits. A few commits are published one after another without waiting between them; many go as one atomic
//! batch, which the server syncs once. While it syncs one batch, the next is on its way to it already, all but its last message,
//! which commits it. A lonely commit waits for nobody. Commits of one stream never travel together: the second waits for the
//! first, because a batch with one failed expectation stores nothing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use domain::{Position, StreamId};
use futures_util::future::join_all;
use parts::Part;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::reads::Reads;
use super::standing::Standing;
use super::waiting::{Open, Waiting};
use super::wire::{self, Answer, Batch, Outgoing};
use crate::error::{AppendError, Halt, LogError};
use crate::reached::Reached;
use crate::recorded::StreamHashes;

/// Commits that may wait to be sent; beyond it an append is answered `Busy` at once.
pub(super) const JETSTREAM_QUEUE_COMMITS_MAX: usize = 4096;
/// Commits in one group; a NATS server takes at most 1000 messages in a batch.
const GROUP_COMMITS_MAX: usize = 1000;
/// Bytes of one group, well below what a server buffers for a NATS stream (128 MiB).
const GROUP_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Longest wait for a group to grow.
const GATHER_MAX: Duration = Duration::from_millis(5);
/// From as many commits on a batch is faster than as many publishes: a batch costs about five syncs, a publish one.
const BATCH_PAYS: usize = 8;
/// Commits that are sent ahead at once: fewer are not worth waking the connection for.
const AHEAD_MIN: usize = 32;
/// Times a batch is sent again without those whose stream had moved on, before its commits go alone.
const BATCH_ROUNDS_MAX: u32 = 4;
/// Commits that are looked for at one time; beyond it no other group is sent.
const LOOKED_FOR_MAX: usize = 4096;
/// Look-ups of a publish that was not acknowledged, before its outcome is called unknown.
const LOOK_UPS_MAX: u32 = 5;
/// After so long no further one is begun.
const LOOK_UPS_LAST: Duration = Duration::from_secs(11);
/// After so long the last one is given up: each may wait for a connection and for an answer more than once.
const LOOKED_FOR_LONGEST: Duration = Duration::from_secs(18);
/// Pause between them, doubled each time: 100 ms to 1.6 s.
const LOOK_UP_PAUSE: Duration = Duration::from_millis(100);

/// A group that has its answers, but for those that are looked for.
struct Stored {
    streams: Vec<StreamId>,
    open: Vec<Open>,
    took: Duration,
}

/// Whether it pays to wait for more before the next group goes.
///
/// A batch costs about as much with 20 commits as with 200. Those who were just answered are likely to come again at once: under
/// load the next group waits for them until half of all are there, so that groups are even, and at most half as long as the last
/// group took. A few commits, or a first one, never wait.
struct Gathering {
    last: usize,
    until: Instant,
}

impl Default for Gathering {
    fn default() -> Self {
        Self { last: 0, until: Instant::now() }
    }
}

impl Gathering {
    fn ended(&mut self, commits: usize, took: Duration) {
        self.last = commits;
        self.until = Instant::now() + (took / 2).min(GATHER_MAX);
    }

    fn enough(&self, waiting: usize) -> bool {
        waiting < BATCH_PAYS || waiting >= (self.last + waiting).div_ceil(2) || Instant::now() >= self.until
    }
}

/// Sends what waits.
#[derive(Clone)]
pub(super) struct Writer {
    client: Client,
    /// Its name.
    nats_stream: Arc<str>,
    pub(super) reads: Reads,
    pub(super) standing: Arc<Standing>,
}

impl Writer {
    pub(super) fn new(client: Client, nats_stream: Arc<str>, reads: Reads, standing: Arc<Standing>) -> Self {
        Self { client, nats_stream, reads, standing }
    }

    /// Sends until every sender is gone and everything that waited has its answer.
    /// `part` is held until then.
    pub(super) async fn run(self, mut queue: mpsc::Receiver<Waiting>, part: Part) {
        let mut waiting = Vec::new();
        let mut next = Group::default();
        // One group at a time is committed: two were measured slower, since the server takes them one after another, and each is
        // smaller.
        let mut under_way = JoinSet::new();
        // Apart from the groups, so that nobody but their own streams waits for them.
        let (mut looked_for, mut looked_for_streams) = (JoinSet::new(), HashMap::new());
        let mut streams: HashSet<StreamId, StreamHashes> = HashSet::default();
        let mut gathering = Gathering::default();
        let mut open = true;
        loop {
            let idle = under_way.is_empty();
            tokio::select! {
                received = queue.recv_many(&mut waiting, GROUP_COMMITS_MAX),
                    if open && waiting.len() < GROUP_COMMITS_MAX => open = received > 0,
                () = tokio::time::sleep_until(gathering.until), if idle && !next.commits.is_empty() => {}
                Some(ended) = under_way.join_next() => match ended {
                    Ok(Stored { streams: stored, open, took }) => {
                        gathering.ended(stored.len() + open.len(), took);
                        for stream in &stored {
                            streams.remove(stream);
                        }
                        for commit in open {
                            let (writer, stream) = (self.clone(), commit.waiting.stream.clone());
                            let looking = looked_for.spawn(async move { writer.look_up(commit).await });
                            looked_for_streams.insert(looking.id(), stream);
                        }
                    }
                    // Its commits are answered "unknown" by their dropped answers; its streams may go on.
                    Err(error) => {
                        tracing::error!(%error, "a group of commits ended early");
                        self.standing.group_ended();
                        streams = next.commits.iter().map(|commit| commit.stream.clone()).collect();
                        streams.extend(looked_for_streams.values().cloned());
                    }
                },
                Some(ended) = looked_for.join_next_with_id() => {
                    let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
                    if let Some(stream) = looked_for_streams.remove(&id) {
                        streams.remove(&stream);
                    }
                }
                else => return drop(part),
            }
            while waiting.len() < GROUP_COMMITS_MAX {
                let Ok(more) = queue.try_recv() else { break };
                waiting.push(more);
            }
            next.take(&mut waiting, &mut streams);
            let may_go = under_way.is_empty() && looked_for.len() < LOOKED_FOR_MAX;
            if may_go && !next.commits.is_empty() && (!open || gathering.enough(next.commits.len())) {
                under_way.spawn(self.clone().store(std::mem::take(&mut next)));
                next.take(&mut waiting, &mut streams);
            }
            if !under_way.is_empty() {
                next.send_ahead(&self.client, &self.nats_stream);
            }
        }
    }

    /// Stores a group, answers each commit, and says which streams were in it.
    async fn store(self, group: Group) -> Stored {
        let began = Instant::now();
        let mut streams: Vec<StreamId> = group.commits.iter().map(|waiting| waiting.stream.clone()).collect();
        self.standing.group_sent();
        let (alone, mut open) = self.store_together(group).await;
        open.extend(join_all(alone.into_iter().map(|waiting| self.store_alone(waiting))).await.into_iter().flatten());
        self.standing.group_ended();
        let open_streams: HashSet<&StreamId, StreamHashes> = open.iter().map(|commit| &commit.waiting.stream).collect();
        streams.retain(|stream| !open_streams.contains(stream));
        Stored { streams, open, took: began.elapsed() }
    }

    /// Stores a group as a batch; returns those that must go alone, and those that must be looked for.
    async fn store_together(&self, group: Group) -> (Vec<Waiting>, Vec<Open>) {
        let Group { mut commits, mut batch, .. } = group;
        let mut open = Vec::new();
        for _ in 0..BATCH_ROUNDS_MAX {
            // A batch that is on its way already is nearly there.
            if commits.len() < BATCH_PAYS && batch.as_ref().is_none_or(|batch| batch.sent() == 0) {
                break;
            }
            if let Some(harm) = self.standing.harm() {
                for waiting in commits.drain(..) {
                    waiting.tell(Err(harmed(&harm)));
                }
                break;
            }
            let messages: Vec<Outgoing> = commits.iter().map(|waiting| waiting.outgoing(&self.nats_stream)).collect();
            let batch = batch.take().unwrap_or_else(|| Batch::new(&self.client));
            let known = self.standing.known().told;
            match self.seen(batch.commit(&self.client, &messages).await, &commits, known).await {
                Answer::Stored(last) => {
                    let first = last.0 + 1 - commits.len() as u64;
                    for (waiting, position) in commits.drain(..).zip(first..) {
                        waiting.stored_at(Position(position));
                    }
                }
                Answer::WrongTail => {
                    let sent = commits.len();
                    let settled;
                    (commits, settled) = self.without_moved(commits).await;
                    open.extend(settled);
                    if commits.len() == sent {
                        break;
                    }
                }
                Answer::Refused(why) => {
                    tracing::warn!(why, commits = commits.len(), "a batch was refused, its commits go alone");
                    break;
                }
                // Neither would they alone.
                Answer::Full(_, why) => {
                    for waiting in commits.drain(..) {
                        waiting.tell(Err(full(&why)));
                    }
                }
                Answer::Limited(why) => {
                    for waiting in commits.drain(..) {
                        waiting.tell(Err(limited(&why)));
                    }
                }
                Answer::Again(why) => {
                    for waiting in commits.drain(..) {
                        waiting.tell(Err(AppendError::OutcomeUnknown(why.clone())));
                    }
                }
                Answer::Open(why) => open.extend(commits.drain(..).map(|waiting| Open { waiting, why: why.clone() })),
            }
        }
        (commits, open)
    }

    /// Answers those whose stream no longer ends where they say, and returns the others, and those of the first that must be looked for.
    async fn without_moved(&self, group: Vec<Waiting>) -> (Vec<Waiting>, Vec<Open>) {
        let tails = join_all(group.iter().map(|waiting| self.reads.tail(&waiting.stream))).await;
        let mut others = Vec::new();
        let mut moved = Vec::new();
        for (waiting, tail) in group.into_iter().zip(tails) {
            match tail {
                Ok((tail, _)) if tail.position != waiting.after.position => moved.push(waiting),
                // One that could not be read is told by its own publish.
                Ok(_) | Err(_) => others.push(waiting),
            }
        }
        let settled = join_all(moved.into_iter().map(|waiting| self.settle(waiting))).await;
        (others, settled.into_iter().flatten().collect())
    }

    /// Takes note of what an answer says of the server to these commits, before which `known` was known of the log.
    async fn seen(&self, answer: Answer, commits: &[Waiting], known: Reached) -> Answer {
        match &answer {
            Answer::Stored(last) => {
                // By another copy of the log, perhaps.
                if let Err(error) = self.standing.vouched().await {
                    return Answer::Again(error.to_string());
                }
                let before = Position(last.0.saturating_sub(commits.len() as u64));
                if let Err(shortfall) = known.within(before) {
                    self.standing.falls_short(shortfall);
                    return Answer::Again(shortfall.to_string());
                }
                if let Some(waiting) = commits.last() {
                    let reached = Reached::by(known.log, *last, &waiting.payload);
                    if let Err(error) = self.known_outside(reached).await {
                        return Answer::Again(error.to_string());
                    }
                    self.standing.stored(reached);
                }
            }
            Answer::Full(limit, why) => {
                let bytes = commits.iter().map(|waiting| waiting.payload.len() as u64).max();
                return Answer::Full(*limit, self.standing.has_no_room(*limit, why, bytes.unwrap_or_default()));
            }
            Answer::Limited(why) if self.reads.one_copy() => return Answer::Limited(self.standing.is_limited(why)),
            Answer::Limited(why) => {
                self.standing.is_limited(why);
                return Answer::Open(why.clone());
            }
            Answer::Refused(why) | Answer::Open(why) => self.standing.failed(why),
            Answer::WrongTail | Answer::Again(_) => {}
        }
        answer
    }

    /// Publishes one commit and answers it, looking for it if need be.
    pub(super) async fn store_and_look(&self, waiting: Waiting) {
        if let Some(open) = self.store_alone(waiting).await {
            self.look_up(open).await;
        }
    }

    /// Publishes one commit and answers it, unless it must be looked for.
    async fn store_alone(&self, waiting: Waiting) -> Option<Open> {
        if let Some(harm) = self.standing.harm() {
            waiting.tell(Err(harmed(&harm)));
            return None;
        }
        let known = self.standing.known().told;
        let answer = wire::publish(&self.client, &waiting.outgoing(&self.nats_stream)).await;
        match self.seen(answer, std::slice::from_ref(&waiting), known).await {
            Answer::Stored(position) => waiting.stored_at(position),
            Answer::WrongTail => return self.settle(waiting).await,
            Answer::Refused(why) => waiting.tell(Err(AppendError::Unavailable(why))),
            Answer::Full(_, why) => waiting.tell(Err(full(&why))),
            Answer::Limited(why) => waiting.tell(Err(limited(&why))),
            Answer::Again(why) => waiting.tell(Err(AppendError::OutcomeUnknown(why))),
            Answer::Open(why) => return Some(Open { waiting, why }),
        }
        None
    }

    /// Answers a commit whose stream has moved on: by another's commit, or by this very one, sent before and stored since; unless it must
    /// be looked for.
    ///
    /// With several copies a leader that was cut off and comes back answers for a moment beside the one chosen since. It is behind,
    /// so it may refuse a commit that the other stores; and its place is free there.
    async fn settle(&self, waiting: Waiting) -> Option<Open> {
        match self.place(&waiting).await {
            Ok(Place::Ours(position)) => self.found_at(waiting, position).await,
            Ok(Place::Taken) => waiting.tell(Err(AppendError::Conflict)),
            Ok(Place::Free) if self.reads.one_copy() => waiting.tell(Err(AppendError::Conflict)),
            Ok(Place::Free) => return Some(Open { waiting, why: "refused by a server that is behind".to_owned() }),
            Err(error) => return Some(Open { waiting, why: error.to_string() }),
        }
        None
    }

    /// Answers a commit that was sent and not acknowledged.
    ///
    /// It is stored when the commit after its tail is ours. It can never be any more when that place is taken by another. While
    /// the place is free it may still be on its way or be lost. A server that stands alone is sent it again: of the two it takes the first
    /// and refuses the other. With several copies what was sent to the leader before may still be stored by the next one, after it was asked
    /// for the place. After a bounded number of attempts the outcome is unknown.
    async fn look_up(&self, Open { waiting, why }: Open) {
        // Those of its stream, at least, wait for it.
        let looked_for = self.standing.sent_alone();
        match tokio::time::timeout(LOOKED_FOR_LONGEST, self.found(&waiting)).await {
            Ok(Some(Place::Ours(position))) => self.found_at(waiting, position).await,
            Ok(Some(Place::Taken)) => waiting.tell(Err(AppendError::Conflict)),
            Ok(Some(Place::Free) | None) | Err(_) => {
                self.standing.never_answered(&looked_for, &why);
                waiting.tell(Err(AppendError::OutcomeUnknown(why)));
            }
        }
    }

    /// Whose its place is, once it is somebody's; `None` where that could not be learnt.
    async fn found(&self, waiting: &Waiting) -> Option<Place> {
        let (mut pause, began) = (LOOK_UP_PAUSE, Instant::now());
        for _ in 0..LOOK_UPS_MAX {
            match self.place(waiting).await {
                Ok(place @ (Place::Ours(_) | Place::Taken)) => return Some(place),
                Ok(Place::Free) if self.reads.one_copy() => {
                    if let Some(position) = self.send_again(waiting).await {
                        return Some(Place::Ours(position));
                    }
                }
                Ok(Place::Free) => {}
                Err(error) => tracing::debug!(%error, "a commit could not be looked up"),
            }
            if began.elapsed() > LOOK_UPS_LAST {
                break;
            }
            #[expect(clippy::disallowed_methods, reason = "bounded backoff between looks at a server that is away")]
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        None
    }

    /// Publishes a commit once more whose place is free; where it is stored, if that is known. Whatever else is answered, its place tells.
    async fn send_again(&self, waiting: &Waiting) -> Option<Position> {
        let known = self.standing.known();
        if !known.is_found() {
            // Its place may be free only because the log is another by now.
            return None;
        }
        let answer = wire::publish(&self.client, &waiting.outgoing(&self.nats_stream)).await;
        match self.seen(answer, std::slice::from_ref(waiting), known.told).await {
            Answer::Stored(position) => Some(position),
            Answer::WrongTail
            | Answer::Refused(_)
            | Answer::Full(..)
            | Answer::Limited(_)
            | Answer::Again(_)
            | Answer::Open(_) => None,
        }
    }

    /// What stands in the place the commit is for, as the leader says. It is this one where its bytes are: the same request may have
    /// been sent with another content, or decided another way, and an id says nothing of that.
    async fn place(&self, waiting: &Waiting) -> Result<Place, LogError> {
        let found = || self.reads.first_bytes_from(&waiting.stream, waiting.after.position.0 + 1);
        Ok(match self.standing.read(found).await? {
            None => Place::Free,
            Some((position, bytes)) if bytes == waiting.payload => Place::Ours(position),
            Some(_) => Place::Taken,
        })
    }
}

fn full(why: &str) -> AppendError {
    AppendError::NotStoring { halt: Halt::Full, why: why.to_owned() }
}

fn limited(why: &str) -> AppendError {
    AppendError::NotStoring { halt: Halt::Limited, why: why.to_owned() }
}

fn harmed(why: &str) -> AppendError {
    AppendError::NotStoring { halt: Halt::Harmed, why: why.to_owned() }
}

enum Place {
    Free,
    /// This commit, byte for byte.
    Ours(Position),
    Taken,
}

/// Commits that go together.
#[derive(Debug, Default)]
struct Group {
    commits: Vec<Waiting>,
    bytes: usize,
    /// The batch that those of them which were sent ahead are in.
    batch: Option<Batch>,
}

impl Group {
    /// Takes of what waits: one commit a stream, none of a stream that has one under way, in the order they came.
    fn take(&mut self, waiting: &mut Vec<Waiting>, streams: &mut HashSet<StreamId, StreamHashes>) {
        let mut held = Vec::new();
        for commit in waiting.drain(..) {
            let fits = self.commits.len() < GROUP_COMMITS_MAX && self.bytes + commit.payload.len() <= GROUP_BYTES_MAX;
            if fits && streams.insert(commit.stream.clone()) {
                self.bytes += commit.payload.len();
                self.commits.push(commit);
            } else {
                held.push(commit);
            }
        }
        *waiting = held;
    }

    /// Sends what it can without waiting, of a group that is worth a batch: all but the last, which will commit them.
    fn send_ahead(&mut self, client: &Client, nats_stream: &Arc<str>) {
        let sent = self.batch.as_ref().map_or(0, Batch::sent);
        if self.commits.len() <= sent + AHEAD_MIN {
            return;
        }
        let batch = self.batch.get_or_insert_with(|| Batch::new(client));
        for commit in self.commits.iter().take(self.commits.len() - 1).skip(batch.sent()) {
            if !batch.send_ahead(client, &commit.outgoing(nats_stream)) {
                break;
            }
        }
    }
}
