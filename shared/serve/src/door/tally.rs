//! What is held now, counted: of a part (a connection) and of the whole that it is a part of.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How much is held.
#[derive(Debug, Default)]
pub(super) struct Tally {
    now: AtomicUsize,
    whole: Option<Arc<Self>>,
}

impl Tally {
    /// That of a part.
    pub(super) fn of(whole: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self { whole: Some(Arc::clone(whole)), ..Self::default() })
    }

    pub(super) fn now(&self) -> usize {
        self.now.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, more: usize) {
        self.now.fetch_add(more, Ordering::Relaxed);
        if let Some(whole) = &self.whole {
            whole.add(more);
        }
    }

    pub(super) fn remove(&self, less: usize) {
        self.now.fetch_sub(less, Ordering::Relaxed);
        if let Some(whole) = &self.whole {
            whole.remove(less);
        }
    }
}
