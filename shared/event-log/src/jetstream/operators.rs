//! What is known of all operators' streams together. Nearly every decision asks whether an operator is barred, and few operators
//! ever were, so one look serves many questions for a short while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::Message;

/// How long a look at the operators' streams answers for. A bar that another process recorded is seen after at most this long; one
/// that this process recorded is seen at once.
pub(super) const OPERATORS_FRESH_MAX: Duration = Duration::from_millis(20);

/// How old a look is when the next one is begun, while it still answers. Its answer waits behind the batch that the server commits, and
/// every command would wait with it.
const OPERATORS_RENEW_AFTER: Duration = Duration::from_millis(5);

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
    /// Whether the next look is under way.
    renewing: bool,
    /// Times that what was known has been made void.
    epoch: u64,
}

impl Look {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one assignment, so a panic elsewhere leaves none half made.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known, if it was looked at a short while ago, and whether the caller is to have the next look begun.
    pub(super) fn fresh(&self) -> Option<(Arc<Operators>, bool)> {
        let mut state = self.state();
        let (looked, known) = state.known.as_ref()?;
        let age = looked.elapsed();
        let fresh = (age < OPERATORS_FRESH_MAX).then(|| Arc::clone(known))?;
        let renew = age >= OPERATORS_RENEW_AFTER && !state.renewing;
        state.renewing |= renew;
        Some((fresh, renew))
    }

    /// No look is under way any more.
    pub(super) fn ended(&self) {
        self.state().renewing = false;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_look_is_begun_once_while_the_last_still_answers() {
        let look = Look::default();
        let asked = || look.fresh().map(|(_, renew)| renew);
        let looked = |ago: Duration| {
            let known = Arc::new(Operators { last: None, found: HashMap::new() });
            look.learn(look.known().0, Instant::now().checked_sub(ago).unwrap(), known);
        };
        assert_eq!(asked(), None, "nothing is known");
        looked(OPERATORS_RENEW_AFTER);
        assert_eq!((asked(), asked()), (Some(true), Some(false)), "the first who asks has it begun");
        look.ended();
        assert_eq!(asked(), Some(true), "it came to nothing");
        looked(OPERATORS_FRESH_MAX);
        assert_eq!(asked(), None, "too old to answer, though the next is under way");
        looked(OPERATORS_RENEW_AFTER);
        look.forget();
        assert_eq!(asked(), None, "void");
    }
}
