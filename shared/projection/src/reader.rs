//! What a service holds: the rows of the generation that serves, how far they are, and the way to build them anew.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::Position;
use parts::Watch;
use tokio::sync::watch;

use crate::follow::Applier;
use crate::generation::{FILE_STOOD, OpenError, Place, make_room};
use crate::progress::{self, Behind, Progress};
use crate::projection::Projection;
use crate::serving::{Building, NotKept, Serving};
use crate::snapshot::Snapshot;
use crate::store::Store;

/// Reads the rows of one projection. Clones share them.
#[derive(Debug, Clone)]
pub struct Reader {
    serving: Arc<Serving>,
}

impl Reader {
    /// Opens the rows of `projection` below `folder`, for reading and for the one applier. Rows that cannot be read are dropped.
    pub fn open<P: Projection>(folder: &Path, projection: P) -> Result<(Self, Applier<P>), OpenError> {
        let file_stood = make_room(folder, P::NAME)?;
        let (serving, building) = Place::find::<P>(folder)?;
        let (store, building) = begun_once(Store::open(serving)?, building)?;
        if file_stood {
            store.generation().tell_dropped(FILE_STOOD);
        }
        let serving = Arc::new(Serving::new(Arc::new(store), building));
        Ok((Self { serving: Arc::clone(&serving) }, Applier::new(serving, projection)))
    }

    #[cfg(test)]
    pub(crate) fn of(store: Arc<Store>) -> Self {
        Self { serving: Arc::new(Serving::new(store, None)) }
    }

    /// Waits until nothing is held in memory alone.
    #[cfg(test)]
    pub(crate) async fn written(&self) {
        while self.serving.current().view().layers().next().is_some() {
            tokio::task::yield_now().await;
        }
    }

    /// How far the rows are and whether they go on, to be watched.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.serving.progress.subscribe()
    }

    /// What a look at how far the rows are gives: for who does not watch it.
    pub fn look<T>(&self, look: impl FnOnce(&Progress) -> T) -> T {
        look(&self.serving.progress.borrow())
    }

    /// The last position applied.
    pub fn cursor(&self) -> Position {
        self.serving.progress.borrow().cursor
    }

    /// Waits until the rows are at `position` or later, at most `longest`.
    pub async fn wait_for(&self, position: Position, longest: Duration) -> Result<(), Behind> {
        progress::wait_for(self.progress(), position, longest).await
    }

    /// The rows of the generation that serves now. They stay what they are while they are held, though they may grow old.
    pub fn rows(&self) -> Pinned {
        Pinned { store: self.serving.current() }
    }

    /// The parts that can die by themselves, for health.
    pub fn parts(&self) -> Vec<Watch> {
        self.serving.parts.watches()
    }

    /// Builds the rows anew beside those that serve, and lets them take over once they have caught up. `false` where that is under way.
    pub fn rebuild(&self) -> Result<bool, NotKept> {
        if self.serving.build.borrow().kept { Ok(self.serving.want()) } else { Err(NotKept) }
    }

    /// Halts the building, or goes on with it; a restart changes neither. `false` where nothing is built.
    pub fn pause(&self, paused: bool) -> std::io::Result<bool> {
        let build = self.serving.build.borrow().clone();
        if !build.wanted {
            return Ok(false);
        }
        build.place.pause(paused)?;
        self.serving.build.send_modify(|build| build.paused = paused);
        Ok(true)
    }

    /// How far the building is, if there is one; else why the last one came to nothing, if it did.
    pub fn building(&self) -> (Option<Building>, Option<String>) {
        let build = self.serving.build.borrow();
        let cursor = build.store.as_ref().map(|store| store.cursor());
        let head = build.store.as_ref().and_then(|store| store.progress().borrow().target);
        let held_up = build.store.as_ref().and_then(|store| store.write_failed());
        (build.wanted.then_some(Building { cursor, head, paused: build.paused, held_up }), build.failed.clone())
    }

    /// How often the rows of this version were built: 0 for the first.
    pub fn generation(&self) -> u32 {
        self.serving.current().generation().place().build
    }
}

/// Rows that are given up at the start are made anew once: where others are being built already, these are what serves once they are
/// whole.
fn begun_once(store: Store, building: Option<Place>) -> Result<(Store, Option<Place>), OpenError> {
    let (Some(because), Some(place)) = (store.dropped_because(), &building) else { return Ok((store, building)) };
    if place.is_paused() || store.cursor().0 > 0 {
        return Ok((store, building));
    }
    let begun = Store::open(place.clone())?;
    begun.generation().tell_dropped(because);
    place.take_over()?;
    store.generation().retire(None);
    Ok((begun, None))
}

/// The rows of one generation.
#[derive(Debug, Clone)]
pub struct Pinned {
    store: Arc<Store>,
}

impl Pinned {
    /// The rows at one position: taken in no time, on any thread.
    pub fn snapshot(&self) -> Snapshot<'_> {
        Snapshot::of(self.store.view())
    }

    /// Why the rows were dropped when they were opened, if they were.
    pub fn dropped_because(&self) -> Option<&str> {
        self.store.dropped_because()
    }
}
