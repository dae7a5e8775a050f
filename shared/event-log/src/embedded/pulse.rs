//! Since when a write has been under way.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// When the write that is under way began.
#[derive(Debug, Default)]
pub(super) struct Pulse(Mutex<Option<Instant>>);

impl Pulse {
    pub(super) fn begins(&self) {
        *self.state() = Some(Instant::now());
    }

    pub(super) fn ends(&self) {
        *self.state() = None;
    }

    pub(super) fn under_way(&self) -> Option<Duration> {
        self.state().map(|began| began.elapsed())
    }

    fn state(&self) -> MutexGuard<'_, Option<Instant>> {
        // Each change is one assignment, so a panic elsewhere leaves none half made.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
