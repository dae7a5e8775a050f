//! Which generation serves, and which is built beside it.

use std::sync::{Arc, PoisonError, RwLock};

use domain::Position;
use tokio::sync::watch;

use crate::generation::{Place, Why};
use crate::parts::Parts;
use crate::progress::{Kinship, Progress};
use crate::store::Store;

/// The generation that serves, and the one that is built beside it.
#[derive(Debug)]
pub(crate) struct Serving {
    current: RwLock<Arc<Store>>,
    pub(crate) progress: watch::Sender<Progress>,
    pub(crate) parts: Arc<Parts>,
    pub(crate) build: watch::Sender<Build>,
}

/// The generation that is built beside the one that serves.
#[derive(Debug, Clone)]
pub(crate) struct Build {
    /// Where it is or will be.
    pub(crate) place: Place,
    pub(crate) wanted: bool,
    pub(crate) paused: bool,
    /// Open while it is built on.
    pub(crate) store: Option<Arc<Store>>,
    /// Why the last one came to nothing.
    pub(crate) failed: Option<String>,
    /// Whether somebody builds what is wanted.
    pub(crate) kept: bool,
}

/// How far a generation is that is built beside the one that serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Building {
    /// The last position applied. None while it is not open: paused since the start.
    pub cursor: Option<Position>,
    /// Where the log ended when the building began or was resumed.
    pub head: Option<Position>,
    /// Nothing is applied for now.
    pub paused: bool,
    /// Why it gets nowhere now, where that is so: what keeps its rows from being written. It is tried again.
    pub held_up: Option<String>,
}

/// Why no rows can be built anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody applies the log to these rows any more: the process is ending, or its applier has ended")]
pub struct NotKept;

impl Serving {
    pub(crate) fn new(store: Arc<Store>, building: Option<Place>) -> Self {
        let (progress, _) = watch::channel(store.progress().borrow().clone());
        let parts = Arc::new(Parts::new());
        store.publish(&progress, &parts, 0);
        let (wanted, paused) = (building.is_some(), building.as_ref().is_some_and(Place::is_paused));
        let place = building.unwrap_or_else(|| store.generation().place().next());
        let build = watch::Sender::new(Build { place, wanted, paused, store: None, failed: None, kept: false });
        Self { current: RwLock::new(store), progress, parts, build }
    }

    pub(crate) fn current(&self) -> Arc<Store> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Others are to be built. `false` where they are already.
    pub(crate) fn want(&self) -> bool {
        self.build.send_if_modified(|build| {
            let begins = !build.wanted;
            if begins {
                (build.wanted, build.failed) = (true, None);
            }
            begins
        })
    }

    pub(crate) fn set_kept(&self, kept: bool) {
        self.build.send_modify(|build| build.kept = kept);
    }

    /// Puts another generation in the place of the one that serves, which is returned: closing it takes a while. Both stand still, and
    /// the other is not behind.
    pub(crate) fn take_over(&self, store: &Arc<Store>) -> std::io::Result<Arc<Store>> {
        store.generation().place().take_over()?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *current, Arc::clone(store));
        let told = before.withdraw();
        self.parts.all_well();
        store.publish(&self.progress, &self.parts, told.dropped);
        before.generation().retire((told.kinship == Kinship::Cut).then_some(Why::LogCut));
        let place = store.generation().place().next();
        self.build.send_modify(|build| {
            *build = Build { place, wanted: false, paused: false, store: None, failed: None, kept: build.kept };
        });
        Ok(before)
    }
}
