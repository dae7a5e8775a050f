//! The applier of a projection: keeps the generation that serves current, and builds another beside it when it is asked to.

use std::sync::Arc;
use std::time::Duration;

use domain::Position;
use event_log::EventLog;
use tokio::sync::{oneshot, watch};
use tokio::time::MissedTickBehavior;

use super::follower::{BACKOFF_MAX, Follower, Stopped};
use crate::generation::{OpenError, Place};
use crate::layers::Mark;
use crate::progress::{Health, Kinship, Progress};
use crate::projection::Projection;
use crate::serving::Serving;
use crate::store::Store;

/// Pause between two looks whether the rows that are open would be found by a new start. What somebody did to them is told within it and as
/// long as a look takes, a few calls of the system: of the 2 s that health has, the rest is for a machine that is busy.
const PLACE_LOOK_PAUSE: Duration = Duration::from_millis(200);

/// The one applier of a projection.
#[derive(Debug)]
pub struct Applier<P> {
    serving: Arc<Serving>,
    projection: P,
    _present: Present,
}

/// Says that there is somebody who keeps rows current and builds others.
#[derive(Debug)]
struct Present {
    serving: Arc<Serving>,
}

impl Present {
    fn begin(serving: &Arc<Serving>) -> Self {
        serving.parts.all_well();
        serving.set_kept(true);
        Self { serving: Arc::clone(serving) }
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.serving.set_kept(false);
        self.serving.parts.ended();
    }
}

/// What a following waits for, to end.
struct Halt {
    sender: watch::Sender<bool>,
}

impl Halt {
    fn new() -> Self {
        Self { sender: watch::Sender::new(false) }
    }

    fn now(&self) {
        self.sender.send_replace(true);
    }

    fn wait(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut halted = self.sender.subscribe();
        async move {
            // A closed channel means the same.
            let _ = halted.wait_for(|halted| *halted).await;
        }
    }
}

/// Waits until others must take the place of these rows: what is stored is no good any more, or it came with a snapshot or could not be
/// looked at, and nobody here has made it from the log.
async fn replaceable(progress: &mut watch::Receiver<Progress>) {
    // The store holds the other end: this does not fail.
    let _ = progress.wait_for(|now| now.lost.is_some() || (now.unconfirmed && now.health == Health::Live)).await;
}

/// Opens rows that are built beside those that serve. Where these are not confirmed, and the others have passed their position without
/// a word of what they gave there, they begin again: what answers may be wrong, and that is to be known.
fn open_beside(place: Place, unconfirmed: Option<Mark>) -> Result<Store, OpenError> {
    let store = Store::open(place.clone())?;
    // A mark that cannot be read any more says nothing to be compared.
    let Some(position) = unconfirmed.map(|mark| mark.position).filter(|position| *position > 0) else {
        return Ok(store);
    };
    if store.compare_at(position) {
        return Ok(store);
    }
    tracing::info!(position, "the building begins again: it has passed what it is to be compared at");
    store.remove_rows().map_err(|error| OpenError::Store(error.to_string()))?;
    drop(store);
    let store = Store::open(place)?;
    store.compare_at(position);
    Ok(store)
}

impl<P: Projection> Applier<P> {
    pub(crate) fn new(serving: Arc<Serving>, projection: P) -> Self {
        Self { _present: Present::begin(&serving), serving, projection }
    }

    fn follower(&self, store: &Arc<Store>) -> Follower<P> {
        Follower { store: Arc::clone(store), projection: self.projection.clone() }
    }

    /// Applies the log until `stop` is done. A log that is away is tried again, and so is a store that fails. What contradicts the rows
    /// leaves [`Health::Stopped`] behind, and is the error at the end; rows can still be built anew, and take over.
    pub async fn run<L: EventLog>(self, log: L, stop: impl Future<Output = ()> + Send) -> Result<(), Stopped> {
        let (log, mut stop) = (Arc::new(log), std::pin::pin!(stop));
        // A generation that was built, until it has taken over.
        let mut next: Option<Arc<Store>> = None;
        // Whether others were begun to take the place of the rows that serve: by itself that happens once.
        let mut replaced = false;
        loop {
            let (serving, halt) = (next.clone().unwrap_or_else(|| self.serving.current()), Halt::new());
            let follower = self.follower(&serving);
            let mut serve = std::pin::pin!(follower.run(&*log, halt.wait()));
            if next.take().is_some() {
                // What was applied while it was not followed comes first; the rows before it answer until then. Where they do not, because
                // the log lacks what they hold, nobody waits for them.
                let before = self.serving.current().progress().borrow().clone();
                let at = if before.kinship == Kinship::Cut { Position(0) } else { before.cursor };
                let mut progress = serving.progress();
                let caught_up = async {
                    let _ = progress.wait_for(|now| now.cursor >= at).await;
                };
                tokio::select! {
                    ended = &mut serve => {
                        ended.unwrap_or_else(|stopped| self.fail(&stopped.to_string()));
                        continue;
                    }
                    () = &mut stop => {
                        halt.now();
                        return serve.await;
                    }
                    () = caught_up => {
                        if !self.takes_over(&serving) {
                            halt.now();
                            let _ = serve.await;
                            continue;
                        }
                        replaced = false;
                    }
                }
            }
            let beside_halt = Halt::new();
            let mut beside = std::pin::pin!(self.build(&log, &beside_halt));
            let mut served: Option<Result<(), Stopped>> = None;
            let mut progress = serving.progress();
            let mut looks = tokio::time::interval(PLACE_LOOK_PAUSE);
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            next = loop {
                tokio::select! {
                    _ = looks.tick() => serving.look_at_place(),
                    ended = &mut serve, if served.is_none() => served = Some(ended),
                    () = replaceable(&mut progress), if !replaced => {
                        let lost = progress.borrow().lost.clone();
                        tracing::warn!(lost, "the rows that serve are built anew: they are no good any more, came with a snapshot, or could not be looked at");
                        replaced = true;
                        self.serving.want();
                    }
                    () = &mut stop => {
                        halt.now();
                        beside_halt.now();
                        let serve = async {
                            match served {
                                Some(ended) => ended,
                                None => serve.await,
                            }
                        };
                        return tokio::join!(serve, beside).0;
                    }
                    built = &mut beside => {
                        halt.now();
                        if served.is_none() {
                            // Whatever came of them: others serve now.
                            let _ = serve.await;
                        }
                        break built;
                    }
                }
            };
        }
    }

    /// Says so where a snapshot brought other rows than the log gives.
    fn compare(&self, store: &Store) {
        let (Some(mark), Some(digest)) = (self.serving.current().generation().unconfirmed(), store.compared()) else {
            return;
        };
        if digest == mark.digest {
            tracing::info!(
                position = mark.position,
                "the rows that a snapshot brought, or that could not be looked at, are those of the log"
            );
            return;
        }
        let because = format!(
            "the rows, which came with a snapshot or could not be looked at, were not those of the log: at position {} they give {}, the log gives {}",
            mark.position,
            mark.digest.hex(),
            digest.hex()
        );
        tracing::error!(because, "rows that answered until now were wrong");
        store.generation().tell_dropped(&because);
    }

    fn takes_over(&self, store: &Arc<Store>) -> bool {
        self.compare(store);
        if let Some(because) = &self.serving.current().progress().borrow().lost {
            store.generation().tell_dropped(because);
        }
        match self.serving.take_over(store) {
            Ok(before) => {
                tracing::info!(folder = %store.generation().folder().display(), "rows that were built anew serve now");
                // Questions would wait for a thread of the runtime that closes rows. Where no thread can be had, they do.
                let closing = std::thread::Builder::new().name(format!("{}-close", P::NAME));
                if let Err(error) = closing.spawn(move || drop(before)) {
                    tracing::warn!(%error, "rows that serve no more are closed where questions are answered");
                }
                true
            }
            Err(error) => {
                self.fail(&format!("it could not take over: {error}"));
                false
            }
        }
    }

    fn fail(&self, reason: &str) {
        tracing::error!(reason, "the rows that were built anew are given up");
        self.serving.build.send_modify(|build| {
            (build.wanted, build.store, build.failed) = (false, None, Some(reason.to_owned()));
        });
    }

    /// Builds a generation whenever that is wanted; returns the first one that has caught up, or nothing when it is told to end.
    async fn build<L: EventLog>(&self, log: &Arc<L>, halt: &Halt) -> Option<Arc<Store>> {
        let mut wants = self.serving.build.subscribe();
        loop {
            let goes_on = wants.wait_for(|build| build.wanted && !build.paused);
            let place = tokio::select! {
                build = goes_on => build.ok()?.place.clone(),
                () = halt.wait() => return None,
            };
            let unconfirmed = self.serving.current().generation().unconfirmed();
            let opened = tokio::task::spawn_blocking(move || open_beside(place, unconfirmed));
            let store = match opened.await {
                Ok(Ok(store)) => Arc::new(store),
                Ok(Err(error @ (OpenError::Folder(_) | OpenError::Store(_)))) => {
                    // It may pass, like every error of the machine.
                    tracing::warn!(%error, "rows cannot be built anew yet");
                    self.serving.build.send_modify(|build| build.failed = Some(error.to_string()));
                    if tokio::time::timeout(BACKOFF_MAX, halt.wait()).await.is_ok() {
                        return None;
                    }
                    continue;
                }
                Ok(Err(error)) => {
                    self.fail(&error.to_string());
                    continue;
                }
                Err(error) => {
                    self.fail(&error.to_string());
                    continue;
                }
            };
            self.serving.build.send_modify(|build| (build.store, build.failed) = (Some(Arc::clone(&store)), None));
            tracing::info!(folder = %store.generation().folder().display(), cursor = store.cursor().0, "rows are built anew beside those that serve");
            let (mut progress, own) = (store.progress(), Halt::new());
            let mut follow = std::pin::pin!(self.follow_beside(Arc::clone(log), Arc::clone(&store), own.wait()));
            let paused = wants.wait_for(|build| !build.wanted || build.paused);
            let ended = tokio::select! {
                ended = &mut follow => Some(ended),
                // A log that is away now was reached to its end before.
                _ = progress.wait_for(|now| matches!(now.health, Health::Live)) => None,
                _ = paused => None,
                () = halt.wait() => None,
            };
            own.now();
            let ended = match ended {
                Some(ended) => ended,
                None => follow.await,
            };
            self.serving.build.send_modify(|build| build.store = None);
            if let Err(error) = ended {
                self.fail(&error.to_string());
                continue;
            }
            if store.progress().borrow().health.serves() {
                return Some(store);
            }
            if *halt.sender.borrow() {
                return None;
            }
        }
    }

    /// Follows the log on a thread that gives way to those that answer questions, and that its own threads take after.
    async fn follow_beside<L: EventLog>(
        &self,
        log: Arc<L>,
        store: Arc<Store>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Stopped> {
        let follower = Follower { store, projection: self.projection.clone() };
        let (ended, end) = oneshot::channel();
        let follow = move || {
            if let Err(error) = giving_way::give_way() {
                tracing::warn!(%error, "the building takes as much processor time as questions do");
            }
            giving_way::lets_others_first(true);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let result = match runtime {
                Ok(runtime) => runtime.block_on(follower.run(&*log, stop)),
                Err(error) => Err(Stopped { reason: error.to_string() }),
            };
            drop((follower, log));
            // Who asked may be gone, with the whole applier.
            let _ = ended.send(result);
        };
        let gone = |reason: String| Err(Stopped { reason });
        match std::thread::Builder::new().name(format!("{}-build", P::NAME)).spawn(follow) {
            Ok(_) => end.await.unwrap_or_else(|_| gone("the thread that builds rows is gone".to_owned())),
            Err(error) => gone(error.to_string()),
        }
    }
}
