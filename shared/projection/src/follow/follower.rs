//! Follows the log for one generation of rows, in order, group by group.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::Position;
use event_log::{EventLog, Followed, LogError, LogId};
use futures_util::StreamExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use super::ended::{Ended, LogCut};
use crate::error::ReadError;
use crate::generation::Why;
use crate::progress::{Health, Kinship, Progress};
use crate::projection::{Projection, Streams};
use crate::store::{HELD_BYTES_MAX, Halt, Store, write_every};

/// Commits written in one batch at most. Live groups are small; long ones make a replay fast, since what their commits share is
/// written once.
pub const GROUP_COMMITS_MAX: usize = 4096;
/// Groups decoded ahead of the one being written.
const GROUPS_AHEAD_MAX: usize = 2;
/// Whole streams handed on with the commits that ask for them, at most: each is as long as its provider's history.
const STREAMS_TOGETHER_MAX: usize = 64;
/// First wait before the log, or a store that failed, is tried again.
pub const BACKOFF_MIN: Duration = Duration::from_millis(100);
/// Longest wait before the log, or a store that failed, is tried again.
pub const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// How often the log is asked where it ends, so that readers know how old their answers may be.
pub const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often it is looked whether something is to be written, where nothing comes.
const REMIND_EVERY: Duration = Duration::from_millis(250);
/// How often an applier that waits for room looks whether it is told to end.
const ROOM_LOOK_EVERY: Duration = Duration::from_millis(100);

/// Why the applier stopped for good. The rows stay readable at the position they have reached.
#[derive(Debug, thiserror::Error)]
#[error("the rows stopped: {reason}")]
pub struct Stopped {
    /// What did not fit.
    pub reason: String,
}

/// The one applier of a generation of rows.
#[derive(Debug, Clone)]
pub(crate) struct Follower<P> {
    pub(crate) store: Arc<Store>,
    pub(crate) projection: P,
}

impl<P: Projection> Follower<P> {
    /// Applies the log until `stop` is done. A log that is away is tried again, and so is a store that fails; what contradicts the rows
    /// ends it with an error and leaves [`Health::Stopped`] behind.
    pub(crate) async fn run<L: EventLog>(&self, log: &L, stop: impl Future<Output = ()> + Send) -> Result<(), Stopped> {
        let mut stop = std::pin::pin!(stop);
        let mut backoff = BACKOFF_MIN;
        loop {
            let cursor = self.store.cursor();
            // Rows of another log come out of the way first, however often it is tried.
            let ended = if self.store.is_beginning() { Ended::OtherLog } else { self.follow(log, stop.as_mut()).await };
            if self.store.cursor() > cursor {
                backoff = BACKOFF_MIN;
            }
            match ended {
                Ended::Asked => {
                    self.flush().await;
                    return Ok(());
                }
                Ended::OtherLog => {
                    tracing::warn!(cursor = cursor.0, "the rows were made from another log: put aside, to be replayed");
                    if let Err(error) = self.blocking(|store| store.begin_again(Why::OtherLog)).await {
                        tracing::warn!(error, "it is not begun again yet: it is tried again");
                        self.store.tell_part(|parts| parts.applier.unwell(error));
                    } else {
                        self.store.tell_part(|parts| parts.applier.well());
                        continue;
                    }
                }
                Ended::Cut(cut) => {
                    let reason = cut.to_string();
                    self.store.tell_part(|parts| parts.follower.unwell(&*reason));
                    // Whatever the log says now, it is not what the rows were known to hold.
                    self.store.note(|progress| (progress.current, progress.kinship) = (None, Kinship::Cut));
                    let stopped = self.stopped(reason);
                    if !self.store.serves_readers() {
                        // Nobody was answered from them, and a place aside is for rows that may be the last copy. Who wants others begins
                        // with nothing.
                        if let Err(error) = self.blocking(Store::remove_rows).await {
                            tracing::warn!(error, "what was built is not removed");
                        }
                        return Err(stopped);
                    }
                    // The log may be put back as it was, while this runs.
                    if tokio::time::timeout(backoff, &mut stop).await.is_ok() {
                        self.flush().await;
                        return Err(stopped);
                    }
                    backoff = (backoff * 2).min(BACKOFF_MAX);
                    continue;
                }
                Ended::BadLog(reason) => {
                    self.store.tell_part(|parts| parts.follower.unwell(&*reason));
                    return Err(self.stopped(reason));
                }
                Ended::BadCommit(reason) => {
                    self.store.tell_part(|parts| parts.applier.unwell(&*reason));
                    return Err(self.stopped(reason));
                }
                Ended::Damaged(reason) => {
                    self.store.tell_part(|parts| parts.applier.unwell(&*reason));
                    self.store.lose(&format!("the rows were damaged, and were built anew: {reason}"));
                    return Err(self.stopped(reason));
                }
                Ended::Store(reason) => {
                    tracing::warn!(reason, "the rows cannot be reached: it is tried again");
                    self.store.tell_part(|parts| parts.applier.unwell(reason));
                }
                Ended::Stray(reason) => {
                    self.store.tell_part(|parts| parts.follower.unwell(&*reason));
                    let stopped = self.stopped(reason);
                    if tokio::time::timeout(backoff, &mut stop).await.is_ok() {
                        return Err(stopped);
                    }
                    backoff = (backoff * 2).min(BACKOFF_MAX);
                    self.store.set_health(Health::CatchingUp);
                    continue;
                }
                Ended::Away(reason) => {
                    let caught_up = self.store.progress().borrow().health.serves();
                    self.store.set_health(if caught_up { Health::LogAway } else { Health::CatchingUp });
                    let wait_ms = u64::try_from(backoff.as_millis()).unwrap_or(u64::MAX);
                    tracing::warn!(reason, wait_ms, "the log is away: the rows wait for it");
                }
            }
            // The wait ends early when the applier is told to stop.
            if tokio::time::timeout(backoff, &mut stop).await.is_ok() {
                return Ok(());
            }
            backoff = (backoff * 2).min(BACKOFF_MAX);
        }
    }

    async fn flush(&self) {
        if let Err(error) = self.blocking(Store::flush).await {
            tracing::warn!(error, "what was applied last is not written: it will be applied again");
        }
    }

    /// Follows the log from the last commit applied until something ends it. The applier has ended when it returns.
    async fn follow<L: EventLog>(&self, log: &L, mut stop: Pin<&mut (impl Future<Output = ()> + Send)>) -> Ended {
        if !self.store.may_be_of(log.id()) {
            return Ended::OtherLog;
        }
        let asked = Instant::now();
        let head = tokio::select! {
            head = log.head() => head,
            () = &mut stop => return Ended::Asked,
        };
        let head = match head {
            Ok(head) => head,
            Err(error) => return Ended::of_log_error(&error),
        };
        let cursor = self.store.cursor();
        if head < cursor {
            return Ended::Cut(LogCut { rows: cursor, head, forked: false });
        }
        // Rows that hold nothing are of any log; of others the commit at the cursor tells, which comes first below.
        let kinship = move |before| match before {
            _ if cursor.0 == 0 => Kinship::OfThisLog,
            Kinship::Cut => Kinship::Cut,
            Kinship::Unknown | Kinship::OfThisLog => Kinship::Unknown,
        };
        let set_target = move |store: &Store| {
            store.note(|progress| (progress.target, progress.kinship) = (Some(head), kinship(progress.kinship)));
            Ok(())
        };
        if let Err(reason) = self.blocking(set_target).await {
            return Ended::Store(reason);
        }
        let (groups, mut done) = self.start_applier(log.id());
        // The last commit applied is asked for again: it tells whether this is the log the rows were made from.
        let after = Position(cursor.0.saturating_sub(1));
        // Commits are decoded as they are taken.
        let mut stream = std::pin::pin!(
            log.follow(after).inspect(|_| giving_way::let_others_first()).ready_chunks(GROUP_COMMITS_MAX)
        );
        // Beside the following: a log that is slow to say where it ends does not hold up what it has.
        let mut looking = std::pin::pin!(self.look(log, head, asked));
        let mut reminders = tokio::time::interval(write_every().min(REMIND_EVERY));
        let ended = loop {
            let chunk = tokio::select! {
                chunk = stream.next() => chunk,
                never = &mut looking => match never {},
                // An empty group: what is held is written, also where nothing more comes. An applier that is busy needs no reminder.
                _ = reminders.tick() => {
                    let _ = groups.try_send(Group::default());
                    continue;
                }
                halted = &mut done => return Ended::of_applier(halted, head),
                () = &mut stop => break Ended::Asked,
            };
            let Some(chunk) = chunk else { break Ended::Away("the log ended".to_owned()) };
            let (group, error) = until_error(chunk);
            let sent = tokio::select! {
                sent = self.hand_on(log, group, &groups) => sent,
                // An applier that waits for room does not hold up the end.
                () = &mut stop => break Ended::Asked,
            };
            if let Err(ended) = sent {
                break ended;
            }
            if let Some(error) = error {
                break Ended::of_log_error(&error);
            }
        };
        drop(groups);
        match done.await {
            Ok(Ok(())) => ended,
            halted => Ended::of_applier(halted, head),
        }
    }

    /// Hands commits to the applier, with the streams that some of them ask for.
    async fn hand_on<L: EventLog>(
        &self,
        log: &L,
        group: Vec<Followed>,
        groups: &mpsc::Sender<Group>,
    ) -> Result<(), Ended> {
        let mut next = Group::default();
        for followed in group {
            if let Followed::Commit(recorded) = &followed
                && self.projection.needs_stream(recorded)
            {
                let loaded = log.load(&recorded.stream).await.map_err(|error| Ended::of_log_error(&error))?;
                let mut commits = loaded.commits;
                commits.retain(|known| known.position <= recorded.position);
                if commits.last().is_none_or(|last| last.position != recorded.position) {
                    return Err(Ended::Away(format!("its stream does not reach position {} yet", recorded.position.0)));
                }
                next.streams.put(recorded.position, commits);
            }
            next.commits.push(followed);
            if next.streams.len() == STREAMS_TOGETHER_MAX {
                send(groups, std::mem::take(&mut next)).await?;
            }
        }
        send(groups, next).await
    }

    /// Asks the log again and again where it ends. Once the rows are there, and known to be of this log, they held everything it had when
    /// it was asked, and that moment is noted. `end` is what it answered when it was last `asked`.
    async fn look<L: EventLog>(&self, log: &L, mut end: Position, mut asked: Instant) -> Infallible {
        let mut progress = self.store.progress();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let current = |now: &Progress| now.kinship == Kinship::OfThisLog && now.cursor >= end;
            // The store holds the other end: this does not fail.
            if progress.wait_for(current).await.is_ok() {
                self.store.note(|progress| {
                    if current(progress) {
                        progress.current = Some(asked);
                    }
                });
            }
            loop {
                looks.tick().await;
                asked = Instant::now();
                let cursor = self.store.cursor();
                // A log that does not answer is told by its follower; until then the rows grow old. One that ends before what was
                // applied from it has not been asked where it is whole.
                match tokio::time::timeout(LOOK_EVERY, log.head()).await {
                    Ok(Ok(head)) if head >= cursor => {
                        end = head;
                        break;
                    }
                    _ => {}
                }
            }
        }
    }

    /// A thread of its own applies: sled blocks, and the threads of the runtime are for waiting.
    fn start_applier(&self, log: LogId) -> (mpsc::Sender<Group>, oneshot::Receiver<Result<(), Halt>>) {
        let (groups, mut queue) = mpsc::channel::<Group>(GROUPS_AHEAD_MAX);
        let (report, done) = oneshot::channel();
        let (store, projection) = (Arc::clone(&self.store), self.projection.clone());
        let apply = move || {
            giving_way::lets_others_first(!store.serves_readers());
            let mut result = Ok(());
            while result.is_ok() {
                let Some(group) = queue.blocking_recv() else { break };
                let before = store.cursor();
                result = store.apply(&projection, log, &group.commits, &group.streams);
                if result.is_ok() && !group.commits.is_empty() {
                    store.tell_part(|parts| parts.applier.well());
                }
                if store.cursor() > before {
                    // What it stopped before is behind it.
                    store.tell_part(|parts| parts.follower.well());
                }
                store.gather_some();
                make_room(&store, || queue.is_closed());
            }
            store.settle();
            // Who reads the report may open the folder again.
            drop((queue, store, projection));
            let _ = report.send(result);
        };
        // Where no thread can be had, the report is dropped with the closure, which reads as a halt.
        if let Err(error) = std::thread::Builder::new().name(format!("{}-rows", P::NAME)).spawn(apply) {
            tracing::error!(%error, "the thread that applies commits could not be started");
        }
        (groups, done)
    }

    fn stopped(&self, reason: String) -> Stopped {
        tracing::error!(reason, cursor = self.store.cursor().0, "the rows stopped");
        self.store.set_health(Health::Stopped { reason: reason.clone() });
        Stopped { reason }
    }

    async fn blocking(
        &self,
        work: impl FnOnce(&Store) -> Result<(), ReadError> + Send + 'static,
    ) -> Result<(), String> {
        let store = Arc::clone(&self.store);
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(result) => result.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Commits that are applied together.
#[derive(Default)]
struct Group {
    commits: Vec<Followed>,
    streams: Streams,
}

async fn send(groups: &mpsc::Sender<Group>, group: Group) -> Result<(), Ended> {
    // An applier that has halted no longer listens, and says why when it is asked how it ended.
    groups.send(group).await.map_err(|_| Ended::Away("the applier is gone".to_owned()))
}

/// Writes what is worth a write, and waits where too much is held in memory.
fn make_room(store: &Arc<Store>, told_to_end: impl Fn() -> bool) {
    let mut waited = false;
    while !store.write_some() && !told_to_end() {
        if let Some(why) = store.write_failed() {
            let mib = HELD_BYTES_MAX / 1024 / 1024;
            store.tell_part(|parts| parts.applier.unwell(format!("paused with {mib} MiB in memory: {why}")));
            waited = true;
        }
        store.wait_for_write(ROOM_LOOK_EVERY);
    }
    if waited {
        store.tell_part(|parts| parts.applier.well());
    }
}

/// What stands before the first error, and that error.
fn until_error(chunk: Vec<Result<Followed, LogError>>) -> (Vec<Followed>, Option<LogError>) {
    let mut group = Vec::with_capacity(chunk.len());
    for item in chunk {
        match item {
            Ok(next) => group.push(next),
            Err(error) => return (group, Some(error)),
        }
    }
    (group, None)
}
