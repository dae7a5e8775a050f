//! Since when a write has been under way.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// When the write that is under way began, and how long one may take.
#[derive(Debug)]
pub(super) struct Pulse {
    slow_max: Duration,
    began: Mutex<Option<Instant>>,
}

impl Pulse {
    /// Of writes that hang where they take longer.
    pub(super) fn new(slow_max: Duration) -> Self {
        Self { slow_max, began: Mutex::new(None) }
    }

    pub(super) fn begins(&self) {
        *self.state() = Some(Instant::now());
    }

    pub(super) fn ends(&self) {
        *self.state() = None;
    }

    /// That the write which is under way hangs.
    pub(super) fn hangs(&self) -> Option<String> {
        let hangs = self.state().is_some_and(|began| began.elapsed() > self.slow_max);
        hangs.then(|| format!("a write to the log has been under way for more than {} s", self.slow_max.as_secs_f32()))
    }

    fn state(&self) -> MutexGuard<'_, Option<Instant>> {
        // Each change is one assignment, so a panic elsewhere leaves none half made.
        self.began.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
