//! Places for questions: heavy ones run few at a time, by caller, so that nobody's lists wait behind somebody's questions.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use serve::Peer;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::{Code, Request, Status as Answer};

/// Light reads at one time.
const LIGHT_MAX: usize = 64;
/// Heavy reads at one time: as many as most machines this runs on have processors, and each lets others come first between its steps.
const HEAVY_MAX: usize = 2;
/// Heavy questions of one caller that run or wait.
const HEAVY_A_CALLER_MAX: usize = 128;
/// Watches of one caller at one time.
const WATCHES_A_CALLER_MAX: usize = 64;
/// Longest wait for a place.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// Who asks, as far as it is known. Those who are not (behind a proxy of this machine all of the public is one) share what one caller may
/// run at a time, and have no bound of their own on what waits or watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Caller(Option<serve::Caller>);

impl Caller {
    /// Whether it is one caller: the bounds of one are none of many.
    fn is_known(self) -> bool {
        self.0.is_some()
    }

    /// Who sent a request.
    pub(crate) fn of<T>(request: &Request<T>) -> Self {
        Self(request.extensions().get::<Peer>().and_then(Peer::caller))
    }

    #[cfg(test)]
    pub(crate) fn at(address: [u8; 4]) -> Self {
        Self(Peer { address: (address, 1).into() }.caller())
    }
}

/// What a read may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Weight {
    /// A few rows.
    Light,
    /// Many, for this caller.
    Heavy(Caller),
}

/// What one caller holds.
#[derive(Debug)]
struct Own {
    /// Its turns: those of one caller come one after another, so that another waits for one of them and not for all.
    turns: Arc<Semaphore>,
    asked: Arc<Semaphore>,
    watches: Arc<Semaphore>,
}

/// The places.
#[derive(Debug)]
pub(crate) struct Places {
    light: Arc<Semaphore>,
    heavy: Arc<Semaphore>,
    callers: Mutex<HashMap<Caller, Weak<Own>>>,
}

impl Default for Places {
    fn default() -> Self {
        let (light, heavy) = (Arc::new(Semaphore::new(LIGHT_MAX)), Arc::new(Semaphore::new(HEAVY_MAX)));
        Self { light, heavy, callers: Mutex::default() }
    }
}

/// A place that is held.
#[derive(Debug)]
pub(crate) struct Place {
    _permits: Vec<OwnedSemaphorePermit>,
    _own: Option<Arc<Own>>,
}

fn busy() -> Answer {
    let (zh, en) = ("查询繁忙,请稍后再试", "too many questions wait, try again later");
    serve::status::reasoned(Code::Unavailable, "BUSY", zh, en)
}

async fn take(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Answer> {
    Arc::clone(places).acquire_owned().await.map_err(|_| busy())
}

impl Places {
    fn own(&self, caller: Caller) -> Arc<Own> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = callers.get(&caller).and_then(Weak::upgrade) {
            return own;
        }
        // Who holds nothing any more is forgotten: there are no more than hold something.
        callers.retain(|_, own| own.strong_count() > 0);
        let places = |count| Arc::new(Semaphore::new(count));
        let own =
            Own { turns: places(HEAVY_MAX), asked: places(HEAVY_A_CALLER_MAX), watches: places(WATCHES_A_CALLER_MAX) };
        let own = Arc::new(own);
        callers.insert(caller, Arc::downgrade(&own));
        own
    }

    /// A place for a light read.
    pub(crate) async fn light(&self) -> Result<Place, Answer> {
        let place = tokio::time::timeout(WAIT_MAX, take(&self.light)).await.map_err(|_| busy())??;
        Ok(Place { _permits: vec![place], _own: None })
    }

    /// A place for a heavy read of a caller.
    pub(crate) async fn heavy(&self, caller: Caller) -> Result<Place, Answer> {
        let own = self.own(caller);
        let asked = Arc::clone(&own.asked);
        let asked = caller.is_known().then(|| asked.try_acquire_owned().map_err(|_| busy())).transpose()?;
        let places = async { Ok::<_, Answer>([take(&own.turns).await?, take(&self.heavy).await?]) };
        let [turn, place] = tokio::time::timeout(WAIT_MAX, places).await.map_err(|_| busy())??;
        Ok(Place { _permits: asked.into_iter().chain([turn, place]).collect(), _own: Some(own) })
    }

    /// A place for a watch; `None` where the caller has as many as it may.
    pub(crate) fn watch(&self, caller: Caller) -> Option<Place> {
        if !caller.is_known() {
            return Some(Place { _permits: Vec::new(), _own: None });
        }
        let own = self.own(caller);
        let place = Arc::clone(&own.watches).try_acquire_owned().ok()?;
        Some(Place { _permits: vec![place], _own: Some(own) })
    }
}

/// Held by a call while it waits for its answer; the work ends when it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Waits(Arc<AtomicBool>);

impl Waits {
    /// Set when nobody waits any more.
    pub(crate) fn gone(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt;

    use super::*;

    /// On paused time: nothing else would end the wait.
    #[tokio::test(start_paused = true)]
    async fn one_caller_waits_a_bounded_time_and_another_gets_its_turn() {
        let places = Places::default();
        let (one, other) = (Caller::at([192, 0, 2, 1]), Caller::at([192, 0, 2, 2]));
        let mut held = Vec::new();
        for _ in 0..HEAVY_MAX {
            held.push(places.heavy(one).await.unwrap());
        }
        let busy = places.heavy(one).await.unwrap_err();
        let reason = busy.get_details_error_info().unwrap().reason;
        assert_eq!((busy.code(), reason.as_str()), (Code::Unavailable, "BUSY"));
        assert!(busy.get_details_retry_info().is_some());
        // What is light waits for none of them.
        places.light().await.unwrap();
        // Many more of the one wait, and the other gets the place that becomes free.
        let many: Vec<_> = (0..50).map(|_| Box::pin(places.heavy(one))).collect();
        let mut waiting = Box::pin(futures_util::future::join_all(many));
        let mut others = Box::pin(places.heavy(other));
        tokio::select! {
            biased;
            _ = &mut waiting => unreachable!("they wait for a place"),
            _ = &mut others => unreachable!("so does this"),
            () = tokio::task::yield_now() => {}
        }
        held.pop();
        others.await.unwrap();
    }

    #[test]
    fn watches_are_counted_by_caller() {
        let places = Places::default();
        let (one, other) = (Caller::at([192, 0, 2, 1]), Caller::at([192, 0, 2, 2]));
        let held: Vec<_> = std::iter::from_fn(|| places.watch(one)).collect();
        assert_eq!(held.len(), WATCHES_A_CALLER_MAX);
        assert!(places.watch(other).is_some());
        drop(held);
        assert!(places.watch(one).is_some());
    }

    /// On paused time: the questions wait as long as they may, and none of them is refused before.
    #[tokio::test(start_paused = true)]
    async fn callers_who_are_not_known_have_no_bound_of_one_caller() {
        let (places, unknown) = (Places::default(), Caller(None));
        let watches: Vec<_> = (0..=WATCHES_A_CALLER_MAX).filter_map(|_| places.watch(unknown)).collect();
        assert_eq!(watches.len(), WATCHES_A_CALLER_MAX + 1);
        let _held = [places.heavy(unknown).await.unwrap(), places.heavy(unknown).await.unwrap()];
        let begun = tokio::time::Instant::now();
        let waited = async |place: Result<Place, Answer>| (place.is_err(), begun.elapsed() >= WAIT_MAX);
        let many = (0..=HEAVY_A_CALLER_MAX).map(async |_| waited(places.heavy(unknown).await).await);
        let waited = futures_util::future::join_all(many).await;
        assert!(waited.iter().all(|waited| *waited == (true, true)), "each waited for its turn");
    }
}
