//! What all watches are told that are where the rows are: one look at what has changed, for all of them.
//!
//! A round reads what was applied since the last once, hands on to each what fits it, and lets others come first after every few that were
//! told something: what wakes thousands of callers is no storm. What is applied during a round is told with the next, together. A watch that
//! is not where the rows are, or has no room, reads pages for itself until it is (`watch.rs`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use projection::{Progress, Snapshot};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tonic::Status as Answer;

use super::fresh::{Fresh, Gate};
use super::places::Weight;
use super::watcher::{BEAT, End, Untold, Watcher};
use crate::ask::changes::{Looked, look};
use crate::ask::effort::Effort;
use crate::tell::change::change;

/// Changes of one look.
const LOOK_MAX: usize = 256;
/// After so many that were told something others come first.
const TOLD_TOGETHER: usize = 32;
/// For so long: each that was told something costs some 20 µs until it is on its way, so that they take a third of a processor at most.
const BREATH: Duration = Duration::from_millis(2);
/// Least time between two rounds that are for beats alone.
const BEATS_APART: Duration = Duration::from_millis(if cfg!(test) { 2 } else { 100 });

/// Where watches come in.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    gate: Gate,
    draining: watch::Receiver<bool>,
    joined: Arc<Mutex<Joined>>,
    came: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Joined {
    new: Vec<Watcher>,
    /// All who are in have been told up to here; `None` while nobody is.
    reached: Option<u64>,
}

/// What was found for all.
struct Found {
    looked: Vec<(Looked, Arc<api::directory::v1::Change>)>,
    to: u64,
}

impl Feed {
    pub(crate) fn new(gate: Gate, draining: watch::Receiver<bool>) -> Self {
        Self { gate, draining, joined: Arc::default(), came: Arc::default() }
    }

    fn joined(&self) -> MutexGuard<'_, Joined> {
        // Each change is one assignment, so a panic elsewhere leaves none half made.
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a watch in, and calls `behind` with it once it has no room; it comes back where it is not as far as those who are in.
    pub(crate) fn join(&self, watcher: Watcher, behind: fn(Feed, Watcher)) -> Result<(), Watcher> {
        let mut joined = self.joined();
        let begins = joined.reached.is_none();
        if *joined.reached.get_or_insert(watcher.watched.after) > watcher.watched.after {
            return Err(watcher);
        }
        joined.new.push(watcher);
        drop(joined);
        self.came.notify_one();
        if begins {
            serve::giving_way().spawn(self.clone().run(behind));
        }
        Ok(())
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) fn draining(&self) -> watch::Receiver<bool> {
        self.draining.clone()
    }

    /// Rounds, as long as anybody watches.
    async fn run(self, behind: fn(Feed, Watcher)) {
        let (mut progress, mut draining) = (self.gate.progress(), self.draining.clone());
        let mut watchers = Vec::new();
        loop {
            // Marked as seen before the rows are read, so that what is applied meanwhile wakes it.
            let now = progress.borrow_and_update().clone();
            let Some(reached) = self.begin_round(&mut watchers) else { return };
            if *draining.borrow_and_update() {
                watchers.drain(..).for_each(|watcher| watcher.end(End::Draining));
                continue;
            }
            watchers = of_these_rows(watchers, now.dropped);
            let found = match self.find(reached, &now).await {
                Ok(Some(found)) => found,
                Ok(None) => continue,
                Err(why) => {
                    watchers.drain(..).for_each(|watcher| watcher.end(End::NotRead(why.clone())));
                    continue;
                }
            };
            self.found(&mut watchers, found.to);
            watchers = of_these_rows(watchers, now.dropped);
            let is_all = found.to >= now.cursor.0;
            watchers = self.tell(watchers, &found, (&now, is_all), behind).await;
            if !is_all {
                continue;
            }
            let soonest = watchers.iter().map(|watcher| watcher.next_beat).min();
            let beats = soonest.map(|soonest| soonest.max(Instant::now() + BEATS_APART));
            tokio::select! {
                changed = progress.changed() => if changed.is_err() {
                    watchers.drain(..).for_each(|watcher| watcher.end(End::Draining));
                },
                () = self.came.notified() => {}
                // A closed channel means that nobody stops it any more; the beats go on.
                Ok(_) = draining.wait_for(|draining| *draining) => {}
                () = tokio::time::sleep_until(beats.unwrap_or_else(Instant::now)) => {}
            }
        }
    }

    /// Takes in who came, and lets go who is gone; answers how far all are, and `None` where nobody is in.
    fn begin_round(&self, watchers: &mut Vec<Watcher>) -> Option<u64> {
        let mut joined = self.joined();
        watchers.append(&mut joined.new);
        watchers.retain(|watcher| !watcher.told.is_closed());
        if watchers.is_empty() {
            joined.reached = None;
        }
        joined.reached
    }

    /// Takes in who came during the look: they are as far as it began, and are told what it found. From here on one who has not been told this
    /// joins no more.
    fn found(&self, watchers: &mut Vec<Watcher>, to: u64) {
        let mut joined = self.joined();
        watchers.append(&mut joined.new);
        joined.reached = Some(to);
    }

    /// What was applied since; `None` where the rows were dropped meanwhile.
    async fn find(&self, reached: u64, now: &Progress) -> Result<Option<Found>, Answer> {
        if reached >= now.cursor.0 {
            return Ok(Some(Found { looked: Vec::new(), to: reached }));
        }
        let (gate, dropped) = (self.gate.clone(), now.dropped);
        let read = move |rows: &Snapshot<'_>, effort: &Effort| {
            // They are not dropped while the snapshot is held.
            let same = gate.dropped() == dropped;
            same.then(|| look(rows, reached, (gate.today(), LOOK_MAX), effort)).transpose()
        };
        match self.gate.read(Weight::ForAll, Fresh::ANY, read).await {
            Ok((found, _)) => Ok(found.map(|(looked, to)| {
                let with = |looked: Looked| {
                    let told = Arc::new(change(looked.position, looked.change.clone()));
                    (looked, told)
                };
                Found { looked: looked.into_iter().map(with).collect(), to }
            })),
            Err(_) if self.gate.dropped() != dropped => Ok(None),
            Err(why) => Err(why),
        }
    }

    /// Tells each what fits it, and how far it is; answers those who are still in.
    async fn tell(
        &self,
        watchers: Vec<Watcher>,
        found: &Found,
        (now, is_all): (&Progress, bool),
        behind: fn(Feed, Watcher),
    ) -> Vec<Watcher> {
        let (mut stay, mut told) = (Vec::with_capacity(watchers.len()), 0);
        for mut watcher in watchers {
            let after = watcher.watched.after;
            let fits = found.looked.iter().filter(|(looked, _)| looked.position > after);
            let fits = fits.filter(|(looked, _)| watcher.watched.fits_looked(looked));
            let changes: Vec<_> = fits.map(|(_, told)| Arc::clone(told)).collect();
            told += usize::from(!changes.is_empty());
            let handed_on = watcher.tell(changes, found.to.max(after));
            let beats = handed_on.and_then(|()| self.beat(&mut watcher, now, is_all));
            match beats {
                Ok(Ok(said)) => {
                    told += usize::from(said);
                    stay.push(watcher);
                }
                Ok(Err(why)) => watcher.end(why),
                Err(Untold::Gone) => {}
                Err(Untold::Full) => behind(self.clone(), watcher),
            }
            if told >= TOLD_TOGETHER {
                told = 0;
                breathe().await;
            }
        }
        stay
    }

    /// What the log had at that moment lies before the cursor, and was told.
    fn beat(&self, watcher: &mut Watcher, now: &Progress, is_all: bool) -> Result<Result<bool, End>, Untold> {
        if watcher.next_beat > Instant::now() {
            return Ok(Ok(false));
        }
        let whole = self.gate.whole();
        // That the rows are begun again for another log is the reason before whatever they are meanwhile.
        if self.gate.dropped() != watcher.dropped {
            return Ok(Err(End::OtherLog));
        }
        if let (Err(why), true) = (whole, is_all) {
            return Ok(Err(End::NotRead(why)));
        }
        watcher.beat(if is_all { self.gate.moment_ms(now) } else { 0 }).map(Ok)
    }
}

/// Those who began with these rows; the others end.
fn of_these_rows(watchers: Vec<Watcher>, dropped: u32) -> Vec<Watcher> {
    let (current, other): (Vec<_>, Vec<_>) = watchers.into_iter().partition(|watcher| watcher.dropped == dropped);
    for watcher in other {
        watcher.end(End::OtherLog);
    }
    current
}

#[expect(clippy::disallowed_methods, reason = "it is to let others come first, and nothing tells that they have")]
async fn breathe() {
    tokio::time::sleep(BREATH).await;
}

const _: () = assert!(BEATS_APART.as_millis() < BEAT.as_millis());
