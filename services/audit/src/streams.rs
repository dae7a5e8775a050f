//! Answers under way, of one kind: so many in all, and when there are as many, of who has most of them the one that has waited longest for
//! its caller ends for the next. Who asks and never reads costs nobody an answer, however many of them there are.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serve::Caller;
use serve::places::{Place, Places, Shares};
use tokio::sync::Notify;
use tokio::time::Instant;

/// What has waited for its caller for less is not ended for another.
const WAITED_MIN: Duration = Duration::from_secs(1);

/// Since when, and a number that no other has.
type Since = (Instant, u64);

/// Who waits for its caller, longest first.
#[derive(Debug, Default)]
struct Waiting {
    by_time: BTreeMap<Since, (Option<Caller>, Arc<Notify>)>,
    next: u64,
    /// How many each has, those that do not wait among them.
    open: HashMap<Option<Caller>, usize>,
}

/// The answers of one kind. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Streams {
    shares: Shares,
    places: Places,
    waiting: Arc<Mutex<Waiting>>,
}

/// One of them, counted until it is dropped.
#[derive(Debug)]
pub(crate) struct Open {
    streams: Streams,
    caller: Option<Caller>,
    /// Told when it is to end for another.
    ended: Arc<Notify>,
    _place: Place,
}

impl Streams {
    pub(crate) fn new(shares: Shares) -> Self {
        Self { shares, places: Places::new(shares), waiting: Arc::default() }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Each change is one insertion or removal, so a panic elsewhere leaves none half made.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more, of this caller; `None` where there are as many as may be and none that waits for its caller ends for it.
    pub(crate) async fn open(&self, caller: Option<Caller>) -> Option<Open> {
        let place = match self.places.take_now(caller) {
            Some(place) => place,
            None if self.end_longest(caller) => self.places.take(caller).await?,
            None => return None,
        };
        *self.waiting().open.entry(caller).or_default() += 1;
        Some(Open { streams: self.clone(), caller, ended: Arc::default(), _place: place })
    }

    /// Ends the one that waits longest: of the same caller where that has as many as one may have, else of who has most. Whether there is
    /// any.
    fn end_longest(&self, caller: Option<Caller>) -> bool {
        let mut waiting = self.waiting();
        let has = |whose: &Option<Caller>| waiting.open.get(whose).copied().unwrap_or(0);
        let most = if caller.is_some() { self.shares.a_caller } else { self.shares.unknown };
        let own_alone = has(&caller) >= most;
        let long = waiting.by_time.iter().take_while(|(since, _)| since.0.elapsed() >= WAITED_MIN);
        let may_end = long.filter(|(_, (whose, _))| !own_alone || *whose == caller);
        let longest = may_end.min_by_key(|(since, (whose, _))| (Reverse(has(whose)), **since)).map(|(since, _)| *since);
        let ended = longest.and_then(|since| waiting.by_time.remove(&since));
        ended.is_some_and(|(_, ended)| {
            ended.notify_one();
            true
        })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut waiting = self.streams.waiting();
        if let Some(open) = waiting.open.get_mut(&self.caller) {
            *open -= 1;
            if *open == 0 {
                waiting.open.remove(&self.caller);
            }
        }
    }
}

/// That it waits for its caller, until this is dropped.
struct Waits<'a> {
    open: &'a Open,
    since: Since,
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.open.streams.waiting().by_time.remove(&self.since);
    }
}

impl Open {
    /// Waits for its caller; `None` where it is to end for another.
    pub(crate) async fn waits<T>(&self, for_caller: impl Future<Output = T>) -> Option<T> {
        let since = {
            let mut waiting = self.streams.waiting();
            waiting.next += 1;
            let since = (Instant::now(), waiting.next);
            waiting.by_time.insert(since, (self.caller, Arc::clone(&self.ended)));
            since
        };
        let _waits = Waits { open: self, since };
        tokio::select! {
            biased;
            () = self.ended.notified() => None,
            came = for_caller => Some(came),
        }
    }
}
