//! What is known of all operators' streams together. Nearly every decision asks whether an operator is barred, and few operators
//! ever were, so one look serves many questions for a short while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::Message;

/// How long a look at the operators' streams answers for. A bar that another process recorded is seen after at most this long; one
/// that this process recorded is seen at once.
pub(super) const OPERATORS_FRESH_MAX: Duration = Duration::from_millis(20);

/// The last message of every operator's stream at some moment.
#[derive(Clone)]
pub(super) struct Operators {
    /// Sequence of the last of them all.
    pub(super) last: Option<u64>,
    /// By subject.
    pub(super) found: HashMap<String, Message>,
}

/// The last look. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Look(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    known: Option<(Instant, Arc<Operators>)>,
    /// Times that what was known has been made void.
    epoch: u64,
}

impl Look {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one assignment, so a panic elsewhere leaves none half made.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known, if it was looked at a short while ago.
    pub(super) fn fresh(&self) -> Option<Arc<Operators>> {
        let state = self.state();
        let (looked, known) = state.known.as_ref()?;
        (looked.elapsed() < OPERATORS_FRESH_MAX).then(|| Arc::clone(known))
    }

    /// What is known, however old, and the epoch it is of.
    pub(super) fn known(&self) -> (u64, Option<Arc<Operators>>) {
        let state = self.state();
        (state.epoch, state.known.as_ref().map(|(_, known)| Arc::clone(known)))
    }

    /// Takes note of a look that began then; not if what is known was made void since.
    pub(super) fn learn(&self, epoch: u64, began: Instant, known: Arc<Operators>) {
        let mut state = self.state();
        if state.epoch == epoch {
            state.known = Some((began, known));
        }
    }

    /// Makes what is known void: this process writes to an operator's stream.
    pub(super) fn forget(&self) {
        let mut state = self.state();
        state.epoch += 1;
        state.known = None;
    }
}
