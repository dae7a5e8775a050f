//! Putting long layers together, on a thread of its own beside what is applied: readers look through few layers, and no commit waits for
//! the work.

use std::sync::{Arc, Weak};
use std::thread::JoinHandle;

use super::base::{Store, locked};
use crate::layers::Table;

/// How far the thread gives way to those that answer questions, from 0 to 19.
const GATHER_NICE: i32 = 5;

impl Store {
    /// Has layers put together that are worth it, unless that is under way.
    pub(crate) fn gather_some(self: &Arc<Self>) {
        let mut gathering = locked(&self.gathering);
        // One that is gone without a word has left the layers as they are.
        if gathering.thread.as_ref().is_some_and(|thread| !thread.is_finished()) || self.view().scattered().is_empty() {
            return;
        }
        let (store, earlier) = (Arc::downgrade(self), std::mem::take(&mut gathering.earlier));
        match std::thread::Builder::new().name("rows-gather".to_owned()).spawn(move || gather(&store, earlier)) {
            Ok(thread) => gathering.thread = Some(thread),
            // Readers look through more layers until then.
            Err(error) => tracing::debug!(%error, "layers are put together with a later group"),
        }
    }

    /// Lets go of what was put together: all of it is written.
    pub(super) fn let_go_of_gathered(&self) {
        let earlier = std::mem::take(&mut locked(&self.gathering).earlier);
        drop(earlier);
    }

    /// Waits until no layers are being put together.
    pub(super) fn gathered(&self) {
        let thread = locked(&self.gathering).thread.take();
        // A panic is reported where it happened, and leaves the layers as they are.
        let _ = thread.map(JoinHandle::join);
    }
}

fn gather(store: &Weak<Store>, earlier: Vec<Arc<Table>>) {
    if let Err(error) = rustix::process::setpriority_process(None, GATHER_NICE) {
        tracing::debug!(%error, "layers are put together at the same priority as questions are answered");
    }
    drop(earlier);
    let view = || Some(store.upgrade()?.view().scattered().to_vec());
    while let Some(scattered) = view().filter(|tables| !tables.is_empty()) {
        let one = Arc::new(Table::together(&scattered));
        let Some(store) = store.upgrade() else { return };
        store.change(|view| view.gathered(&scattered, &one));
        let before = std::mem::replace(&mut locked(&store.gathering).earlier, scattered);
        drop(before);
    }
}
