//! Which generation serves, and which is built beside it.

use std::sync::{Arc, PoisonError, RwLock};

use domain::Position;
use tokio::sync::watch;

use crate::generation::Place;
use crate::progress::Progress;
use crate::store::Store;

/// The generation that serves, and the one that is built beside it.
#[derive(Debug)]
pub(crate) struct Serving {
    current: RwLock<Arc<Store>>,
    pub(crate) progress: watch::Sender<Progress>,
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
}

impl Serving {
    pub(crate) fn new(store: Arc<Store>, building: Option<Place>) -> Self {
        let (progress, _) = watch::channel(store.progress().borrow().clone());
        store.publish(&progress, 0);
        let (wanted, paused) = (building.is_some(), building.as_ref().is_some_and(Place::is_paused));
        let place = building.unwrap_or_else(|| store.generation().place().next());
        let build = watch::Sender::new(Build { place, wanted, paused, store: None, failed: None });
        Self { current: RwLock::new(store), progress, build }
    }

    pub(crate) fn current(&self) -> Arc<Store> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another generation in the place of the one that serves, which is returned: closing it takes a while. Both stand still, and
    /// the other is not behind.
    pub(crate) fn take_over(&self, store: &Arc<Store>) -> std::io::Result<Arc<Store>> {
        store.generation().place().take_over()?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *current, Arc::clone(store));
        let dropped = before.withdraw().dropped;
        store.publish(&self.progress, dropped);
        before.generation().retire();
        let place = store.generation().place().next();
        self.build.send_replace(Build { place, wanted: false, paused: false, store: None, failed: None });
        Ok(before)
    }
}
