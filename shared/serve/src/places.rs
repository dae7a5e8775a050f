//! Places by caller: so many in all, and so many of one caller, so that nobody waits behind all of somebody's questions.
//!
//! Whoever counts something by caller takes its places here: heavy reads, watches, replays. A caller is remembered while it holds a place
//! or waits for one, and at most [`CALLERS_MAX`] are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::peer::Caller;

/// Callers that hold or wait for places of one kind at one time; a new one beyond them is turned away. As many as there may be connections,
/// several times over, and some 2 MiB.
pub const CALLERS_MAX: usize = 16_384;
/// Longest wait for a place.
pub const WAIT_MAX: Duration = Duration::from_secs(2);
/// Callers that are remembered before it is first looked who holds nothing any more.
const LOOK_FROM: usize = 64;

/// How many places of one kind there are.
#[derive(Debug, Clone, Copy)]
pub struct Shares {
    /// Places in all.
    pub all: usize,
    /// Of these, places of one caller.
    pub a_caller: usize,
    /// Of these, places of all who are not known one by one: behind a proxy of this machine that nobody named all of the public is one
    /// address.
    pub unknown: usize,
}

impl Shares {
    /// Bounded by caller alone, where one is known.
    pub const fn of_a_caller(a_caller: usize) -> Self {
        Self { all: Semaphore::MAX_PERMITS, a_caller, unknown: Semaphore::MAX_PERMITS }
    }

    /// Bounded by the whole alone.
    pub const fn in_all(all: usize) -> Self {
        Self { all, a_caller: all, unknown: all }
    }
}

/// The places of one kind. Clones share them.
#[derive(Debug, Clone)]
pub struct Places {
    shares: Shares,
    all: Arc<Semaphore>,
    unknown: Arc<Semaphore>,
    callers: Arc<Mutex<Callers>>,
}

#[derive(Debug)]
struct Callers {
    /// A place, and a wait for one, holds its semaphore: who has neither is forgotten.
    own: HashMap<Caller, Weak<Semaphore>>,
    /// How many are remembered before it is looked who holds nothing any more. Twice as many as there were, so that the look costs each
    /// caller that comes a bounded time.
    look_from: usize,
}

/// A place that is held. It is free again when dropped.
#[derive(Debug)]
pub struct Place {
    _permits: [OwnedSemaphorePermit; 2],
}

impl Places {
    /// So many places.
    pub fn new(shares: Shares) -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        let callers = Callers { own: HashMap::new(), look_from: LOOK_FROM };
        Self {
            shares,
            all: places(shares.all),
            unknown: places(shares.unknown),
            callers: Arc::new(Mutex::new(callers)),
        }
    }

    /// The places of one caller; `None` where there are as many callers as may be.
    fn own(&self, caller: Option<Caller>) -> Option<Arc<Semaphore>> {
        let Some(caller) = caller else { return Some(Arc::clone(&self.unknown)) };
        // Nothing in here panics between two changes that belong together.
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = callers.own.get(&caller).and_then(Weak::upgrade) {
            return Some(own);
        }
        if callers.own.len() >= callers.look_from {
            callers.own.retain(|_, own| own.strong_count() > 0);
            callers.look_from = (callers.own.len() * 2).clamp(LOOK_FROM, CALLERS_MAX);
        }
        if callers.own.len() >= CALLERS_MAX {
            return None;
        }
        let own = Arc::new(Semaphore::new(self.shares.a_caller));
        callers.own.insert(caller, Arc::downgrade(&own));
        Some(own)
    }

    /// A place for a caller, after a wait of at most [`WAIT_MAX`]; `None` where none becomes free. Those of one caller wait for its own
    /// places first, so that another waits for one of them and not for all.
    pub async fn take(&self, caller: Option<Caller>) -> Option<Place> {
        self.take_within(caller, WAIT_MAX).await
    }

    /// The same, after a wait of at most `wait_max`: for who has begun already, and gives its place up between.
    pub async fn take_within(&self, caller: Option<Caller>, wait_max: Duration) -> Option<Place> {
        let own = self.own(caller)?;
        // They are never closed.
        let places =
            async { Some([own.acquire_owned().await.ok()?, Arc::clone(&self.all).acquire_owned().await.ok()?]) };
        let permits = tokio::time::timeout(wait_max, places).await.ok()??;
        Some(Place { _permits: permits })
    }

    /// A place for a caller, if one is free now.
    pub fn take_now(&self, caller: Option<Caller>) -> Option<Place> {
        let own = self.own(caller)?.try_acquire_owned().ok()?;
        let all = Arc::clone(&self.all).try_acquire_owned().ok()?;
        Some(Place { _permits: [own, all] })
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use super::*;
    use crate::peer::Peer;

    fn caller(number: u32) -> Option<Caller> {
        let address = Ipv4Addr::from_bits(Ipv4Addr::new(198, 18, 0, 0).to_bits() + number);
        Peer::at(SocketAddr::from((address, 1))).caller()
    }

    fn remembered(places: &Places) -> usize {
        places.callers.lock().unwrap().own.len()
    }

    /// On paused time: nothing else would end the wait.
    #[tokio::test(start_paused = true)]
    async fn one_caller_waits_a_bounded_time_and_another_gets_the_next_place() {
        let places = Places::new(Shares { all: 3, a_caller: 2, unknown: 3 });
        let held = [places.take(caller(1)).await.unwrap(), places.take(caller(1)).await.unwrap()];
        let begun = tokio::time::Instant::now();
        assert!(places.take(caller(1)).await.is_none() && begun.elapsed() >= WAIT_MAX);
        let last = places.take(caller(2)).await.unwrap();
        // Many more of the one wait, and the other gets the place that becomes free.
        let mut waiting = Box::pin(futures_util::future::join_all((0..50).map(|_| places.take(caller(1)))));
        let mut others = Box::pin(places.take(caller(3)));
        tokio::select! {
            biased;
            _ = &mut waiting => unreachable!("they wait for a place"),
            _ = &mut others => unreachable!("so does this"),
            () = tokio::task::yield_now() => {}
        }
        drop(held);
        assert!(others.await.is_some());
        drop(last);
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_are_not_known_are_bounded_by_their_share_alone() {
        let places = Places::new(Shares { all: 4, a_caller: 1, unknown: 3 });
        let held: Vec<_> = std::iter::from_fn(|| places.take_now(None)).collect();
        assert_eq!(held.len(), 3);
        assert!(places.take(None).await.is_none());
        let _known = places.take(caller(1)).await.unwrap();
        let by_caller = Places::new(Shares::of_a_caller(2));
        let held: Vec<_> = (0..100).map_while(|_| by_caller.take_now(None)).collect();
        assert_eq!(held.len(), 100);
        let held: Vec<_> = std::iter::from_fn(|| by_caller.take_now(caller(1))).collect();
        assert_eq!(held.len(), 2);
    }

    #[test]
    fn who_holds_nothing_is_forgotten_and_no_more_are_remembered_than_may_be() {
        let places = Places::new(Shares::of_a_caller(1));
        for number in 0..10_000 {
            drop(places.take_now(caller(number)).unwrap());
            assert!(remembered(&places) <= LOOK_FROM, "after {number}");
        }
        let many = u32::try_from(CALLERS_MAX).unwrap();
        let mut held: Vec<_> = (0..many).map(|number| places.take_now(caller(number)).unwrap()).collect();
        assert!(places.take_now(caller(many)).is_none(), "as many as may be");
        assert_eq!(remembered(&places), CALLERS_MAX);
        assert!(places.take_now(None).is_some(), "who is counted with others needs no memory");
        held.pop();
        assert!(places.take_now(caller(many)).is_some());
        assert!(places.take_now(caller(0)).is_none(), "its own place is held");
    }
}
