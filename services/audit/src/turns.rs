//! Turns of replays: few at one time, and of one caller fewer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use serve::Caller;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::{Code, Status};

/// Replays at one time.
const REPLAYS_MAX: usize = 8;
/// Of these, replays of one caller, where it is known.
const REPLAYS_A_CALLER_MAX: usize = 2;
/// Longest wait for a turn.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// The turns there are.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    all: Arc<Semaphore>,
    callers: Arc<Mutex<HashMap<Caller, Weak<Semaphore>>>>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(REPLAYS_MAX)), callers: Arc::default() }
    }
}

/// A turn that is held.
#[derive(Debug)]
pub(crate) struct Turn {
    _permits: Vec<OwnedSemaphorePermit>,
}

fn busy() -> Status {
    let (zh, en) = ("重放已达上限,请稍后再试", "as many replays run as may, try again later");
    serve::status::reasoned(Code::Unavailable, "BUSY", zh, en)
}

impl Turns {
    fn own(&self, caller: Caller) -> Arc<Semaphore> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = callers.get(&caller).and_then(Weak::upgrade) {
            return own;
        }
        // A permit holds its semaphore: who has none is forgotten.
        callers.retain(|_, own| own.strong_count() > 0);
        let own = Arc::new(Semaphore::new(REPLAYS_A_CALLER_MAX));
        callers.insert(caller, Arc::downgrade(&own));
        own
    }

    /// A turn for a caller, after a wait of at most [`WAIT_MAX`].
    pub(crate) async fn take(&self, caller: Option<Caller>) -> Result<Turn, Status> {
        let take = async |turns: Arc<Semaphore>| turns.acquire_owned().await.map_err(|_| busy());
        let turn = async {
            let mut permits = Vec::new();
            if let Some(caller) = caller {
                permits.push(take(self.own(caller)).await?);
            }
            permits.push(take(Arc::clone(&self.all)).await?);
            Ok(Turn { _permits: permits })
        };
        tokio::time::timeout(WAIT_MAX, turn).await.map_err(|_| busy())?
    }
}

#[cfg(test)]
mod tests {
    use serve::Peer;

    use super::*;

    /// On paused time: nothing else would end the wait.
    #[tokio::test(start_paused = true)]
    async fn one_caller_does_not_take_every_turn() {
        let turns = Turns::default();
        let caller = |last| Peer { address: ([192, 0, 2, last], 1).into() }.caller();
        let mut held = Vec::new();
        while let Ok(turn) = turns.take(caller(1)).await {
            held.push(turn);
        }
        assert_eq!(held.len(), REPLAYS_A_CALLER_MAX);
        let other = turns.take(caller(2)).await.unwrap();
        drop(held);
        drop(other);
        let all: Vec<_> = futures_util::future::join_all((0..REPLAYS_MAX).map(|_| turns.take(None))).await;
        assert!(all.iter().all(Result::is_ok));
        assert!(turns.take(None).await.is_err());
    }
}
