//! Where the store is while the log is open. The writer takes it out and puts it in anew after a write that failed, while readers come
//! and go: a reader holds the store for one bounded read, so nothing of the old store is left when its folder is opened again.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::store::Store;
use crate::error::LogError;

/// Pause between two looks whether the last reader is done.
const READERS_PAUSE: Duration = Duration::from_millis(1);

/// The store, or its place while it is being opened anew.
pub(super) struct StoreCell(RwLock<Option<Arc<Store>>>);

impl StoreCell {
    pub(super) fn new(store: Store) -> Self {
        Self(RwLock::new(Some(Arc::new(store))))
    }

    /// What is there. Not to be held across a wait for anybody but the disk: whoever closes the store waits for it. Nobody else does; the
    /// lock is let go before anything is read, so a reader that gives way keeps none from the store or from being told that it is away.
    pub(super) fn look(&self) -> Option<Arc<Store>> {
        // The place is filled or emptied in one assignment, so a panic elsewhere leaves nothing half made.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One read; unavailable while the store is being opened anew.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Store) -> Result<T, LogError>) -> Result<T, LogError> {
        match self.look() {
            Some(store) => read(&store),
            None => Err(LogError::Unavailable("the log is being opened anew after a write that failed".to_owned())),
        }
    }

    /// Closes the store: once this returns nobody holds it, and its folder can be opened.
    pub(super) fn close(&self) {
        let mut old = self.0.write().unwrap_or_else(PoisonError::into_inner).take();
        // Whoever reads is waited for; whoever comes meanwhile is told.
        while let Some(held) = old {
            old = match Arc::try_unwrap(held) {
                Ok(store) => {
                    drop(store);
                    None
                }
                Err(held) => {
                    #[expect(clippy::disallowed_methods, reason = "the last reader tells nobody")]
                    std::thread::sleep(READERS_PAUSE);
                    Some(held)
                }
            };
        }
    }

    pub(super) fn put(&self, store: Store) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(store));
    }
}
