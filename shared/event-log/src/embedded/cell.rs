//! Where the store is while the log is open. The writer takes it out and puts it in anew after a write that failed, while readers come
//! and go: a reader holds the place for one bounded read, so nothing of the old store is left when its folder is opened again.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use super::store::Store;
use crate::error::LogError;

/// The store, or its place while it is being opened anew.
pub(super) struct StoreCell(RwLock<Option<Store>>);

impl StoreCell {
    pub(super) fn new(store: Store) -> Self {
        Self(RwLock::new(Some(store)))
    }

    /// What is there. Not to be held across a wait for anybody but the disk.
    pub(super) fn look(&self) -> RwLockReadGuard<'_, Option<Store>> {
        // The place is filled or emptied in one assignment, so a panic elsewhere leaves nothing half made.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// One read; unavailable while the store is being opened anew.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Store) -> Result<T, LogError>) -> Result<T, LogError> {
        match &*self.look() {
            Some(store) => read(store),
            None => Err(LogError::Unavailable("the log is being opened anew after a write that failed".to_owned())),
        }
    }

    /// Closes the store: once this returns nobody holds it, and its folder can be opened.
    pub(super) fn close(&self) {
        let old = self.0.write().unwrap_or_else(PoisonError::into_inner).take();
        // Not within the lock: readers would wait while the store's own threads end, and are told instead.
        drop(old);
    }

    pub(super) fn put(&self, store: Store) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(store);
    }
}
