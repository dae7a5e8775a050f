//! What a generation of rows holds in memory: the view that readers take, the epochs of earlier ones, and what is told of them.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use domain::Position;
use tokio::sync::watch;

use super::under_way::{Gathering, Writing};
use crate::generation::{Generation, Missed};
use crate::layers::{Digest, Mark};
use crate::parts::Parts;
use crate::progress::{Health, Progress};
use crate::shelf::Shelf;
use crate::view::{Held, View};

/// How long views of the rows as they were are waited for, where it is the last write before the end or the store is opened anew.
pub(super) const STOP_WAIT_MAX: Duration = Duration::from_secs(1);
/// How often it is looked whether there is that much.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Where readers are told how the rows are, once this is the generation that serves.
#[derive(Debug)]
pub(super) struct Public {
    progress: watch::Sender<Progress>,
    parts: Arc<Parts>,
}

/// The views there may be: the ones of this epoch, and of earlier ones that somebody may still hold.
#[derive(Debug)]
pub(super) struct Epochs {
    current: Held,
    earlier: Vec<Held>,
}

/// How far a beginning with nothing is. It may fail on the way, on a full disk or without descriptors, and is gone on with then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// None is under way: the rows are those of the view.
    Over,
    /// The rows of another log may still lie there.
    PuttingAside,
    /// They lie there no more; what may lie there is an opening that was cut short.
    Opening,
}

/// One generation of rows. One applier changes them, and one thread at a time writes; readers take views.
#[derive(Debug)]
pub(crate) struct Store {
    pub(super) generation: Generation,
    /// Locked for as long as it takes to take or to put an `Arc`.
    pub(super) view: RwLock<Arc<View>>,
    /// Held while a view is made of the one before.
    pub(super) epochs: Mutex<Epochs>,
    pub(super) progress: watch::Sender<Progress>,
    /// Held while either progress is changed.
    pub(super) public: Mutex<Option<Public>>,
    /// A position, and what the rows gave there.
    pub(super) compared: Mutex<(u64, Option<Digest>)>,
    pub(super) writing: Mutex<Writing>,
    pub(super) gathering: Mutex<Gathering>,
    /// How far the rows of another log are out of the way.
    pub(super) beginning: Mutex<Beginning>,
    /// A write has ended.
    pub(super) wrote: Condvar,
    /// Whether a look found that this process may not use what is there.
    barred: Mutex<bool>,
    /// Whether a look found that what is to be written may find no room.
    pub(super) short: AtomicBool,
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Rows that are all written.
    pub(super) fn of(generation: Generation, mark: Mark, blocks: Shelf) -> Self {
        let (view, current) = View::written(mark, Some(blocks));
        let unconfirmed = generation.unconfirmed().is_some();
        Self {
            generation,
            view: RwLock::new(Arc::new(view)),
            epochs: Mutex::new(Epochs { current, earlier: Vec::new() }),
            progress: watch::Sender::new(Progress { unconfirmed, ..Progress::at(Position(mark.position)) }),
            compared: Mutex::new((0, None)),
            public: Mutex::new(None),
            writing: Mutex::new(Writing::new(mark)),
            gathering: Mutex::default(),
            beginning: Mutex::new(Beginning::Over),
            wrote: Condvar::new(),
            barred: Mutex::new(false),
            short: AtomicBool::new(false),
        }
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// The rows as they are now. It waits for nobody.
    pub(crate) fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn put(&self, view: View) {
        let view = Arc::new(view);
        let before = std::mem::replace(&mut *self.view.write().unwrap_or_else(PoisonError::into_inner), view);
        // It may be the last hold on much memory, which is given back outside of the lock.
        drop(before);
    }

    /// Puts a view that is made of the one before in its place.
    pub(super) fn change(&self, change: impl FnOnce(&View) -> View) {
        let epochs = locked(&self.epochs);
        self.put(change(&self.view()));
        drop(epochs);
    }

    /// [`Store::change`], with a new epoch.
    pub(super) fn turn(&self, change: impl FnOnce(&View) -> (View, Held)) {
        let mut epochs = locked(&self.epochs);
        let (view, held) = change(&self.view());
        let before = std::mem::replace(&mut epochs.current, held);
        epochs.earlier.push(before);
        self.put(view);
        drop(epochs);
    }

    pub(crate) fn cursor(&self) -> Position {
        self.progress.borrow().cursor
    }

    /// Changes the progress; rows of older versions go once these have caught up.
    pub(crate) fn note(&self, change: impl FnOnce(&mut Progress)) {
        let mut caught_up = false;
        self.tell(|progress| {
            change(progress);
            caught_up = progress.settle();
        });
        if !caught_up {
            return;
        }
        if let Err(error) = self.generation.place().drop_older().and_then(|()| self.generation.forget_dropped()) {
            tracing::warn!(%error, "what these rows have taken the place of could not be removed");
        }
    }

    pub(crate) fn set_health(&self, health: Health) {
        self.tell(|progress| progress.health = health);
    }

    /// What is stored is no good any more. The first reason stays.
    pub(crate) fn lose(&self, why: &str) {
        self.tell(|progress| {
            progress.lost.get_or_insert_with(|| why.to_owned());
        });
    }

    /// Looks whether a new start would find the rows that are open, and whether what is to be written finds room. What would not be found is no
    /// good any more, and told at once.
    pub(crate) fn look_at_place(&self) {
        self.look_at_room();
        self.look_at_write();
        let (missed, mut barred) = (self.generation.missed(), locked(&self.barred));
        match missed {
            Some(Missed::Gone(why)) => {
                if self.progress.borrow().lost.is_none() {
                    tracing::error!(why, "the rows that are open would not be found again");
                }
                self.tell_part(|parts| parts.writer.unwell(&*why));
                self.lose(&why);
            }
            Some(Missed::Barred(why)) => {
                if !*barred {
                    tracing::error!(why, "the rows may not be used by a new start");
                }
                self.tell_part(|parts| parts.writer.unwell(why));
                *barred = true;
            }
            None if *barred => {
                *barred = false;
                if self.write_failed().is_none() {
                    self.writes_well();
                }
            }
            None => {}
        }
    }

    /// What was written is on disk, and where a new start finds it.
    pub(super) fn writes_well(&self) {
        if self.progress.borrow().lost.is_none() {
            self.tell_part(|parts| parts.writer.well());
        }
    }

    pub(super) fn tell(&self, change: impl FnOnce(&mut Progress)) {
        let public = locked(&self.public);
        self.progress.send_modify(change);
        if let Some(public) = &*public {
            public.progress.send_replace(self.progress.borrow().clone());
        }
    }

    /// Tells how a part is, where these are the rows that serve.
    pub(crate) fn tell_part(&self, tell: impl FnOnce(&Parts)) {
        if let Some(public) = &*locked(&self.public) {
            tell(&public.parts);
        }
    }

    /// From now on readers are told how far these rows are; `dropped` is how often those before them were.
    pub(crate) fn publish(&self, progress: &watch::Sender<Progress>, parts: &Arc<Parts>, dropped: u32) {
        *locked(&self.public) = Some(Public { progress: progress.clone(), parts: Arc::clone(parts) });
        self.tell(|progress| progress.dropped = dropped);
    }

    /// Whether this is the generation that serves.
    pub(crate) fn serves_readers(&self) -> bool {
        locked(&self.public).is_some()
    }

    /// Readers are told no more.
    pub(crate) fn withdraw(&self) -> Progress {
        *locked(&self.public) = None;
        self.progress.borrow().clone()
    }

    pub(crate) fn dropped_because(&self) -> Option<&str> {
        self.generation.dropped_because()
    }

    pub(crate) fn generation(&self) -> &Generation {
        &self.generation
    }

    /// Waits until nobody holds a view of an earlier epoch, at most `longest` and while it may be waited; those who still do read no
    /// blocks from then on.
    pub(super) fn wait_for_earlier(&self, longest: Duration, may_wait: impl Fn(&Self) -> bool) {
        let earlier = std::mem::take(&mut locked(&self.epochs).earlier);
        let began = Instant::now();
        for held in earlier {
            let left = longest.saturating_sub(began.elapsed());
            if !held.wait(left, LOOK_EVERY, || may_wait(self)) {
                tracing::warn!(after_ms = began.elapsed().as_millis(), "rows that are read for too long are overtaken");
                held.overtake();
            }
        }
    }

    /// Waits until nobody holds a view of an earlier epoch, at most `longest`. Those who do go on.
    pub(super) fn let_go_of_earlier(&self, longest: Duration) {
        let earlier = std::mem::take(&mut locked(&self.epochs).earlier);
        let began = Instant::now();
        let held = earlier.into_iter().filter(|held| {
            let left = longest.saturating_sub(began.elapsed());
            !held.wait(left, LOOK_EVERY, || true)
        });
        let held: Vec<_> = held.collect();
        locked(&self.epochs).earlier.splice(..0, held);
    }
}
