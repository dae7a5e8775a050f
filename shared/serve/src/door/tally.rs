//! What is held now, counted: of a part (a connection, a caller on one) and of the whole that it is a part of.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::futures::Notified;
use tokio::sync::{Mutex, MutexGuard, Notify};

/// How much is held.
#[derive(Debug, Default)]
pub(super) struct Tally {
    now: AtomicUsize,
    whole: Option<Arc<Self>>,
    /// Of the whole: what will be held by and by, for which room is kept.
    kept: AtomicUsize,
    /// Less is held, or kept.
    less: Notify,
    /// Whoever waits for room for what is short, and for what is long: the first that came is the next.
    lines: [Mutex<()>; 2],
}

impl Tally {
    /// That of a part.
    pub(super) fn of(whole: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self { whole: Some(Arc::clone(whole)), ..Self::default() })
    }

    pub(super) fn now(&self) -> usize {
        self.now.load(Ordering::Relaxed)
    }

    /// How much is held of all that this is a part of.
    pub(super) fn of_all(&self) -> usize {
        self.whole.as_ref().map_or_else(|| self.now(), |whole| whole.of_all())
    }

    pub(super) fn add(&self, more: usize) {
        self.now.fetch_add(more, Ordering::Relaxed);
        if let Some(whole) = &self.whole {
            whole.add(more);
        }
    }

    pub(super) fn remove(&self, less: usize) {
        self.now.fetch_sub(less, Ordering::Relaxed);
        match &self.whole {
            Some(whole) => whole.remove(less),
            None => self.less.notify_waiters(),
        }
    }

    /// The whole that it is a part of.
    pub(super) fn whole(&self) -> &Self {
        self.whole.as_ref().map_or(self, |whole| whole.whole())
    }

    /// What is held and kept.
    pub(super) fn with_kept(&self) -> usize {
        self.now() + self.kept.load(Ordering::Relaxed)
    }

    /// Keeps room for so much.
    pub(super) fn keep(&self, bytes: usize) {
        self.kept.fetch_add(bytes, Ordering::Relaxed);
    }

    /// No more.
    pub(super) fn give_back(&self, bytes: usize) {
        self.kept.fetch_sub(bytes, Ordering::Relaxed);
        self.less.notify_waiters();
    }

    /// Done once less is held or kept.
    pub(super) fn less(&self) -> Notified<'_> {
        self.less.notified()
    }

    /// The head of a line, once all who came before are gone from it.
    pub(super) async fn line(&self, is_long: bool) -> MutexGuard<'_, ()> {
        self.lines[usize::from(is_long)].lock().await
    }
}
