//! Places for questions: heavy ones run few at a time, by caller, so that nobody's lists wait behind somebody's questions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serve::Peer;
use serve::places::{self, Shares};
use tonic::{Code, Request, Status as Answer};

/// Light reads at one time.
pub(crate) const LIGHT: Shares = Shares::in_all(64);
/// Heavy reads at one time: as many as most machines this runs on have processors, and each lets others come first between its steps.
pub(crate) const HEAVY: Shares = Shares::in_all(2);
/// Heavy questions of one caller that run or wait.
const ASKED: Shares = Shares::of_a_caller(128);
/// Pages that are read at one time for watches that are not where the rows are: as many as heavy questions, beside them.
const CAUGHT_UP: Shares = Shares::in_all(2);
/// Longest that such a page waits for its turn: who watches has begun.
const CAUGHT_UP_WAIT_MAX: Duration = Duration::from_mins(1);

/// Who asks, as far as it is known. Those who are not (behind a proxy of this machine that nobody named all of the public is one) share
/// what one caller may run at a time, and have no bound of their own on what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Caller(Option<serve::Caller>);

impl Caller {
    /// Who sent a request.
    pub(crate) fn of<T>(request: &Request<T>) -> Self {
        Self(request.extensions().get::<Peer>().and_then(Peer::caller))
    }

    #[cfg(test)]
    pub(crate) fn at(address: [u8; 4]) -> Self {
        Self(Peer::at((address, 1).into()).caller())
    }
}

/// What a read may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Weight {
    /// A few rows.
    Light,
    /// Many, for this caller.
    Heavy(Caller),
    /// A long record, for this caller, of which an answer of about so many bytes is made: not before he has room for it.
    Long {
        /// Who asks.
        caller: Caller,
        /// 0: a few words are told of it.
        answer_bytes: usize,
    },
    /// A page of changes, for one watch.
    CatchesUp,
    /// A page of changes for all watches together, which one thing reads.
    ForAll,
}

/// The places.
#[derive(Debug)]
pub(crate) struct Places {
    light: places::Places,
    heavy: places::Places,
    asked: places::Places,
    caught_up: places::Places,
}

impl Default for Places {
    fn default() -> Self {
        let [light, heavy, asked, caught_up] = [LIGHT, HEAVY, ASKED, CAUGHT_UP].map(places::Places::new);
        Self { light, heavy, asked, caught_up }
    }
}

/// A place that is held: of each kind that is needed, one.
#[derive(Debug)]
pub(crate) struct Place {
    _places: [Option<places::Place>; 2],
}

fn busy() -> Answer {
    let (zh, en) = ("查询繁忙,请稍后再试", "too many questions wait, try again later");
    serve::status::reasoned(Code::Unavailable, "BUSY", zh, en)
}

impl Places {
    /// A place for a read of this weight.
    pub(crate) async fn take(&self, weight: Weight) -> Result<Place, Answer> {
        match weight {
            Weight::Light => self.light().await,
            Weight::Heavy(caller) => self.heavy(caller).await,
            Weight::Long { caller, answer_bytes } => self.long(caller, answer_bytes).await,
            Weight::CatchesUp => self.catches_up().await,
            Weight::ForAll => Ok(Self::for_all()),
        }
    }

    /// A place for a light read.
    pub(crate) async fn light(&self) -> Result<Place, Answer> {
        let place = self.light.take(None).await.ok_or_else(busy)?;
        Ok(Place { _places: [Some(place), None] })
    }

    /// A place for a heavy read of a caller.
    pub(crate) async fn heavy(&self, Caller(caller): Caller) -> Result<Place, Answer> {
        let asked = self.asked.take_now(caller).ok_or_else(busy)?;
        let place = self.heavy.take(caller).await.ok_or_else(busy)?;
        Ok(Place { _places: [Some(asked), Some(place)] })
    }

    /// A place for a long record, and room for what is told of it. Who has no room waits without a place, and stands among those who wait for one only
    /// when he has it.
    async fn long(&self, caller: Caller, answer_bytes: usize) -> Result<Place, Answer> {
        // For as long as the call may take.
        while answer_bytes > 0 && !serve::keep_room(answer_bytes) {
            serve::until_room().await?;
        }
        self.heavy(caller).await
    }

    /// A place for a page of one watch.
    async fn catches_up(&self) -> Result<Place, Answer> {
        let place = self.caught_up.take_within(None, CAUGHT_UP_WAIT_MAX).await.ok_or_else(busy)?;
        Ok(Place { _places: [Some(place), None] })
    }

    /// What is read for all needs none.
    fn for_all() -> Place {
        Place { _places: [None, None] }
    }
}

/// Place by a call while it waits for its answer; the work ends when it is dropped.
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
        for _ in 0..HEAVY.all {
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

    /// On paused time: the questions wait as long as they may, and none of them is refused before.
    #[tokio::test(start_paused = true)]
    async fn callers_who_are_not_known_have_no_bound_of_one_caller() {
        let (all, unknown) = (Places::default(), Caller(None));
        let _held = [all.heavy(unknown).await.unwrap(), all.heavy(unknown).await.unwrap()];
        let begun = tokio::time::Instant::now();
        let waited = async |place: Result<Place, Answer>| (place.is_err(), begun.elapsed() >= places::WAIT_MAX);
        let many = (0..=ASKED.a_caller).map(async |_| waited(all.heavy(unknown).await).await);
        let waited = futures_util::future::join_all(many).await;
        assert!(waited.iter().all(|waited| *waited == (true, true)), "each waited for its turn");
    }
}
