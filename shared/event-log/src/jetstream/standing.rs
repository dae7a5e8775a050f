//! What publishes and questions have shown of the server: learnt by the writer and the connection, gone by before anything is sent.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::Position;

use crate::error::AppendError;
use crate::reached::{Known, Shortfall};

/// Longest wait for the answer.
pub(super) const ASKED_MAX: Duration = Duration::from_secs(1);
/// How lately something must have been stored for a server that does not answer to count as busy. Half of `ASKED_MAX`, so that one that
/// stops while it is asked is told of within 2 s as well.
const STORED_LATELY: Duration = Duration::from_millis(500);
/// How long a publish that failed speaks against a server that answers questions, if none is stored after it: without commits coming in
/// there is no other way to learn that it stores again.
const FAILURE_STANDS: Duration = Duration::from_secs(3);

/// Said in place of a moment while no group is under way: a moment that never comes.
const NONE_UNDER_WAY: u64 = u64::MAX;

/// What publishes and questions have shown of the server. Shared by those who learn it and those who go by it.
#[derive(Debug)]
pub(super) struct Standing {
    began: Instant,
    /// Milliseconds from `began` to the last commit that was stored.
    stored_ms: AtomicU64,
    /// Milliseconds from `began` to when the group under way was sent; `NONE_UNDER_WAY` while none is.
    sent_ms: AtomicU64,
    has_failed: AtomicBool,
    failed: Mutex<Option<(Instant, String)>>,
    is_unsafe: AtomicBool,
    losses: Mutex<Option<String>>,
    /// The greatest position that the server has told of.
    reached: AtomicU64,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            stored_ms: AtomicU64::new(0),
            sent_ms: AtomicU64::new(NONE_UNDER_WAY),
            has_failed: AtomicBool::new(false),
            failed: Mutex::new(None),
            is_unsafe: AtomicBool::new(false),
            losses: Mutex::new(None),
            reached: AtomicU64::new(0),
        }
    }
}

fn held<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is one assignment, so a panic elsewhere leaves none half made.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Standing {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The greatest position that is known to be stored.
    pub(super) fn reached(&self) -> u64 {
        self.reached.load(Ordering::Acquire)
    }

    /// The server has told that it holds everything up to this position.
    pub(super) fn reaches(&self, position: Position) {
        self.reached.fetch_max(position.0, Ordering::AcqRel);
    }

    /// A commit was stored where another has stood: the log holds less than it did, and nothing more is written to it.
    pub(super) fn stored_again(&self, at: Position, reached: u64) -> String {
        let why = Shortfall { last: at, known: Known::Beyond(Position(reached)) }.to_string();
        self.learn_losses(Some(why.clone()));
        why
    }

    /// A commit was stored.
    pub(super) fn stored(&self, position: Position) {
        self.reaches(position);
        self.stored_ms.store(self.now_ms(), Ordering::Relaxed);
        if self.has_failed.swap(false, Ordering::AcqRel) {
            *held(&self.failed) = None;
        }
    }

    /// A commit was sent and not stored, or it is not known.
    pub(super) fn failed(&self, why: &str) {
        *held(&self.failed) = Some((Instant::now(), why.to_owned()));
        self.has_failed.store(true, Ordering::Release);
    }

    /// A group of commits is sent, and every other waits for its end.
    pub(super) fn group_sent(&self) {
        self.sent_ms.store(self.now_ms(), Ordering::Relaxed);
    }

    /// Each of its commits is answered.
    pub(super) fn group_ended(&self) {
        self.sent_ms.store(NONE_UNDER_WAY, Ordering::Relaxed);
    }

    /// That commits wait for one whose answer has not come: it was lost with a connection, say, and is looked for.
    pub(super) fn stall(&self) -> Option<String> {
        let waited_ms = self.now_ms().saturating_sub(self.sent_ms.load(Ordering::Relaxed));
        (u128::from(waited_ms) > ASKED_MAX.as_millis())
            .then(|| "commits wait for one that the NATS server has not answered".to_owned())
    }

    /// Why nothing may be written: the NATS stream would lose it.
    pub(super) fn refusal(&self) -> Option<AppendError> {
        if !self.is_unsafe.load(Ordering::Acquire) {
            return None;
        }
        held(&self.losses).clone().map(AppendError::Unavailable)
    }

    pub(super) fn learn_losses(&self, losses: Option<String>) {
        let is_unsafe = losses.is_some();
        *held(&self.losses) = losses;
        self.is_unsafe.store(is_unsafe, Ordering::Release);
    }

    /// Why a server that answers does not store.
    pub(super) fn failure(&self) -> Option<String> {
        let failed = held(&self.failed);
        failed.as_ref().filter(|(when, _)| when.elapsed() < FAILURE_STANDS).map(|(_, why)| why.clone())
    }

    pub(super) fn stores(&self) -> bool {
        let stored_ms = self.stored_ms.load(Ordering::Relaxed);
        stored_ms > 0 && u128::from(self.now_ms().saturating_sub(stored_ms)) < STORED_LATELY.as_millis()
    }
}
