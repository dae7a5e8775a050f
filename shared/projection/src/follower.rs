//! The one writer of a generation of rows: follows the log, in order, group by group.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::Position;
use event_log::{EventLog, Followed, LogError};
use futures_util::StreamExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use crate::pace;
use crate::progress::Health;
use crate::store::{Halt, Store, write_every};
use crate::{ApplyError, Projection, ReadError};

/// Commits written in one batch at most. Live groups are small; long ones make a replay fast, since what their commits share is
/// written once.
pub const GROUP_COMMITS_MAX: usize = 4096;
/// Groups decoded ahead of the one being written.
const GROUPS_AHEAD_MAX: usize = 2;
/// First wait before the log is tried again.
pub const BACKOFF_MIN: Duration = Duration::from_millis(100);
/// Longest wait before the log is tried again.
pub const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// How often the log is asked where it ends, so that readers know how old their answers may be.
pub const LOOK_EVERY: Duration = Duration::from_millis(500);

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

/// How one following of the log ended.
enum Ended {
    /// It was asked to.
    Asked,
    /// The log cannot be reached.
    Away(String),
    /// The rows are of another log.
    OtherLog,
    /// A message is not believed, or its commit does not fit. An operator may set it aside, so it is looked at again.
    Stray(String),
    /// Something does not fit.
    Stopped(String),
}

impl From<Halt> for Ended {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::OtherLog => Self::OtherLog,
            Halt::Apply { error: ApplyError::Contradiction(_), .. } => Self::Stray(halt.to_string()),
            Halt::Gap { .. } | Halt::Apply { .. } | Halt::Store(_) => Self::Stopped(halt.to_string()),
        }
    }
}

impl<P: Projection> Follower<P> {
    /// Applies the log until `stop` is done. A log that is away is tried again; anything that does not fit ends it with an error
    /// and leaves [`Health::Stopped`] behind.
    pub(crate) async fn run<L: EventLog>(&self, log: &L, stop: impl Future<Output = ()> + Send) -> Result<(), Stopped> {
        let mut stop = std::pin::pin!(stop);
        let mut backoff = BACKOFF_MIN;
        loop {
            let cursor = self.store.cursor();
            match self.follow(log, stop.as_mut()).await {
                Ended::Asked => return self.blocking(Store::flush).await,
                Ended::OtherLog => {
                    tracing::warn!(cursor = cursor.0, "the rows were made from another log: dropped, to be replayed");
                    self.blocking(Store::clear).await?;
                }
                Ended::Stopped(reason) => return Err(self.stopped(reason)),
                Ended::Stray(reason) => {
                    let Stopped { reason } = self.stopped(reason);
                    if tokio::time::timeout(backoff, &mut stop).await.is_ok() {
                        return Err(Stopped { reason });
                    }
                    backoff = (backoff * 2).min(BACKOFF_MAX);
                    self.store.set_health(Health::CatchingUp);
                }
                Ended::Away(reason) => {
                    let caught_up = self.store.progress().borrow().health.serves();
                    self.store.set_health(if caught_up { Health::LogAway } else { Health::CatchingUp });
                    if self.store.cursor() > cursor {
                        backoff = BACKOFF_MIN;
                    }
                    let wait_ms = u64::try_from(backoff.as_millis()).unwrap_or(u64::MAX);
                    tracing::warn!(reason, wait_ms, "the log is away: the rows wait for it");
                    // The wait ends early when the applier is told to stop.
                    if tokio::time::timeout(backoff, &mut stop).await.is_ok() {
                        return Ok(());
                    }
                    backoff = (backoff * 2).min(BACKOFF_MAX);
                }
            }
        }
    }

    /// Follows the log from the last commit applied until something ends it. The writer has ended when it returns.
    async fn follow<L: EventLog>(&self, log: &L, mut stop: Pin<&mut (impl Future<Output = ()> + Send)>) -> Ended {
        let asked = Instant::now();
        let head = tokio::select! {
            head = log.head() => head,
            () = &mut stop => return Ended::Asked,
        };
        let head = match head {
            Ok(head) => head,
            Err(error) => return of_log_error(&error),
        };
        let cursor = self.store.cursor();
        if head < cursor {
            return Ended::OtherLog;
        }
        let set_target = move |store: &Store| {
            // Rows that hold nothing are of any log; of others the commit at the cursor tells, which comes first below.
            store.note(|progress| (progress.target, progress.of_this_log) = (Some(head), cursor.0 == 0));
            Ok(())
        };
        if let Err(Stopped { reason }) = self.blocking(set_target).await {
            return Ended::Stopped(reason);
        }
        let (groups, mut done) = self.start_writer();
        // The last commit applied is asked for again: it tells whether this is the log the rows were made from.
        let after = Position(cursor.0.saturating_sub(1));
        // Commits are decoded as they are taken.
        let mut stream = std::pin::pin!(log.follow(after).inspect(|_| pace::step()).ready_chunks(GROUP_COMMITS_MAX));
        // Beside the following: a log that is slow to say where it ends does not hold up what it has.
        let mut looking = std::pin::pin!(self.look(log, head, asked));
        let mut writes = tokio::time::interval(write_every());
        let ended = loop {
            let chunk = tokio::select! {
                chunk = stream.next() => chunk,
                never = &mut looking => match never {},
                // An empty group: what is held is written, also where nothing more comes. A writer that is busy needs no reminder.
                _ = writes.tick() => {
                    let _ = groups.try_send(Vec::new());
                    continue;
                }
                halted = &mut done => return of_writer(halted),
                () = &mut stop => break Ended::Asked,
            };
            let Some(chunk) = chunk else { break Ended::Away("the log ended".to_owned()) };
            let (group, error) = until_error(chunk);
            // A writer that has halted no longer listens, and says why below.
            if groups.send(group).await.is_err() {
                break Ended::Away("the writer is gone".to_owned());
            }
            if let Some(error) = error {
                break of_log_error(&error);
            }
        };
        drop(groups);
        match done.await {
            Ok(Ok(())) => ended,
            halted => of_writer(halted),
        }
    }

    /// Asks the log again and again where it ends. Once the rows are there, they held everything it had when it was asked, and that
    /// moment is noted. `end` is what it answered when it was last `asked`.
    async fn look<L: EventLog>(&self, log: &L, mut end: Position, mut asked: Instant) -> Infallible {
        let mut progress = self.store.progress();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // The store holds the other end: this does not fail.
            if progress.wait_for(|now| now.cursor >= end).await.is_ok() {
                self.store.note(|progress| progress.current = Some(asked));
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

    /// A thread of its own writes: sled blocks, and the threads of the runtime are for waiting.
    fn start_writer(&self) -> (mpsc::Sender<Vec<Followed>>, oneshot::Receiver<Result<(), Halt>>) {
        let (groups, mut queue) = mpsc::channel::<Vec<Followed>>(GROUPS_AHEAD_MAX);
        let (report, done) = oneshot::channel();
        let (store, projection) = (Arc::clone(&self.store), self.projection.clone());
        let write = move || {
            pace::set_beside(!store.serves_readers());
            let mut result = Ok(());
            while result.is_ok() {
                let Some(group) = queue.blocking_recv() else { break };
                result = store.apply(&projection, &group).and_then(|()| Ok(store.write_some()?));
            }
            let settled = store.settle();
            result = result.and_then(|()| Ok(settled?));
            // Who reads the report may open the folder again.
            drop((queue, store, projection));
            let _ = report.send(result);
        };
        // Where no thread can be had, the report is dropped with the closure, which reads as a halt.
        if let Err(error) = std::thread::Builder::new().name(format!("{}-rows", P::NAME)).spawn(write) {
            tracing::error!(%error, "the thread that writes rows could not be started");
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
    ) -> Result<(), Stopped> {
        let store = Arc::clone(&self.store);
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.stopped(error.to_string())),
            Err(error) => Err(self.stopped(error.to_string())),
        }
    }
}

fn of_writer(halted: Result<Result<(), Halt>, oneshot::error::RecvError>) -> Ended {
    match halted {
        Ok(Ok(())) => Ended::Away("the writer ended".to_owned()),
        Ok(Err(halt)) => halt.into(),
        Err(_) => Ended::Stopped("the thread that writes rows is gone".to_owned()),
    }
}

fn of_log_error(error: &LogError) -> Ended {
    match error {
        LogError::Unavailable(why) => Ended::Away(why.clone()),
        LogError::Undecodable { .. } | LogError::Misplaced { .. } => Ended::Stray(error.to_string()),
        LogError::Gap { .. }
        | LogError::Damaged(_)
        | LogError::Unsafe(_)
        | LogError::Missing(_)
        | LogError::Exists(_) => Ended::Stopped(error.to_string()),
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
