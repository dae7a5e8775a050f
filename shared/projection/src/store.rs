//! Rows and cursor of one generation: the view that readers take, the folding of commits into the next one, and the writing of what is
//! worth a write.

mod writing;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};

use domain::Position;
use event_log::{Followed, LogId};
use tokio::sync::watch;

use crate::error::{ApplyError, ReadError};
pub(crate) use crate::generation::Why;
use crate::generation::{Generation, OpenError, Place};
use crate::layers::{Digest, Mark, Table};
use crate::parts::Parts;
use crate::progress::{Health, Kinship, Progress};
use crate::projection::Projection;
use crate::rows::Rows;
use crate::shelf::{self, Shelf};
use crate::view::{Held, View};

use writing::Writing;
pub(crate) use writing::{HELD_BYTES_MAX, write_every};

/// Attempts to fold a group on rows that others were put in the place of meanwhile.
const FOLDS_MAX: u32 = 4;

/// Why a group could not be applied to its end. What came before the failing commit is applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Halt {
    /// The log holds another commit than the one the rows were made from last.
    #[error("the commit at position {} is another than the one the rows were made from", at.0)]
    OtherCommit { at: Position },
    #[error("the log is not continuous: expected position {}, met {}", expected.0, met.0)]
    Gap { expected: Position, met: Position },
    #[error("the commit at position {} cannot be applied: {error}", position.0)]
    Apply { position: Position, error: ApplyError },
}

/// Where readers are told how the rows are, once this is the generation that serves.
#[derive(Debug)]
struct Public {
    progress: watch::Sender<Progress>,
    parts: Arc<Parts>,
}

/// The views there may be: the ones of this epoch, and of earlier ones that somebody may still hold.
#[derive(Debug)]
struct Epochs {
    current: Held,
    earlier: Vec<Held>,
}

/// How far a beginning with nothing is. It may fail on the way, on a full disk or without descriptors, and is gone on with then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
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
    generation: Generation,
    /// Locked for as long as it takes to take or to put an `Arc`.
    view: RwLock<Arc<View>>,
    /// Held while a view is made of the one before.
    epochs: Mutex<Epochs>,
    progress: watch::Sender<Progress>,
    /// Held while either progress is changed.
    public: Mutex<Option<Public>>,
    /// A position, and what the rows gave there.
    compared: Mutex<(u64, Option<Digest>)>,
    writing: Mutex<Writing>,
    /// How far the rows of another log are out of the way.
    beginning: Mutex<Beginning>,
    /// A write has ended.
    wrote: Condvar,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Opens the rows at a place, or starts with none where they are damaged.
    pub(crate) fn open(place: Place) -> Result<Self, OpenError> {
        let (generation, mut blocks) = Generation::open(place)?;
        let mark = match recovered(&generation, &blocks) {
            Ok(mark) => mark,
            Err(error) if error.passes() => return Err(OpenError::Store(error.to_string())),
            Err(error) => {
                drop(blocks);
                blocks = generation.anew(Why::Damaged, &error.to_string())?;
                Mark::default()
            }
        };
        let (view, current) = View::written(mark, Some(blocks));
        if generation.is_not_known() && generation.unconfirmed().is_none() {
            generation.set_unconfirmed(&mark)?;
        }
        let unconfirmed = generation.unconfirmed().is_some();
        Ok(Self {
            generation,
            view: RwLock::new(Arc::new(view)),
            epochs: Mutex::new(Epochs { current, earlier: Vec::new() }),
            progress: watch::Sender::new(Progress { unconfirmed, ..Progress::at(Position(mark.position)) }),
            compared: Mutex::new((0, None)),
            public: Mutex::new(None),
            writing: Mutex::new(Writing::new(mark)),
            beginning: Mutex::new(Beginning::Over),
            wrote: Condvar::new(),
        })
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// The rows as they are now. It waits for nobody.
    pub(crate) fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, view: View) {
        let view = Arc::new(view);
        let before = std::mem::replace(&mut *self.view.write().unwrap_or_else(PoisonError::into_inner), view);
        // It may be the last hold on much memory, which is given back outside of the lock.
        drop(before);
    }

    /// Puts a view that is made of the one before in its place.
    fn change(&self, change: impl FnOnce(&View) -> View) {
        let epochs = locked(&self.epochs);
        self.put(change(&self.view()));
        drop(epochs);
    }

    /// [`Store::change`], with a new epoch.
    fn turn(&self, change: impl FnOnce(&View) -> (View, Held)) {
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

    /// Whether these rows can be of this log, as far as its id tells. Rows that hold nothing can be of any.
    pub(crate) fn may_be_of(&self, log: LogId) -> bool {
        let mark = self.view().mark();
        mark.position == 0 || mark.log == *log.as_bytes()
    }

    /// Folds a group of commits of the log that these rows are of. A commit already applied is passed over.
    pub(crate) fn apply(&self, projection: &impl Projection, log: LogId, group: &[Followed]) -> Result<(), Halt> {
        let mark = self.view().mark();
        let (mut new, mut halted) = (Vec::with_capacity(group.len()), Ok(()));
        for next in group {
            let position = next.position();
            let expected = new.last().map_or(mark.position, |last: &&Followed| last.position().0) + 1;
            if position.0 < expected {
                if position.0 == mark.position && next.mark() != mark.commit {
                    halted = Err(Halt::OtherCommit { at: position });
                    break;
                }
                continue;
            }
            if position.0 > expected {
                halted = Err(Halt::Gap { expected: Position(expected), met: position });
                break;
            }
            new.push(next);
        }
        if halted.is_ok() && !group.is_empty() && self.progress.borrow().kinship != Kinship::OfThisLog {
            self.tell_part(|parts| parts.follower.well());
            self.note(|progress| {
                progress.kinship = Kinship::OfThisLog;
                // A log that lacked what the rows hold has it again.
                if matches!(progress.health, Health::Stopped { .. }) {
                    progress.health = Health::CatchingUp;
                }
            });
        }
        // A position whose digest is wanted ends a group.
        let compared = locked(&self.compared).0;
        let (before, after) = new.split_at(new.partition_point(|next| next.position().0 <= compared));
        self.fold(projection, log, before)?;
        let mark = self.view().mark();
        if mark.position == compared && compared > 0 {
            self.note_compared(mark);
        }
        self.fold(projection, log, after)?;
        halted
    }

    /// The digest at this position is wanted once it is passed. `false` where it was passed already, and what it was is not kept.
    pub(crate) fn compare_at(&self, position: u64) -> bool {
        let mark = self.view().mark();
        let kept = self.generation.compared().filter(|(at, _)| *at == position).map(|(_, digest)| digest);
        let known = if mark.position < position { None } else { kept };
        *locked(&self.compared) = (position, known);
        mark.position <= position || known.is_some()
    }

    fn note_compared(&self, mark: Mark) {
        let before = std::mem::replace(&mut *locked(&self.compared), (mark.position, Some(mark.digest)));
        if before.1.is_none()
            && let Err(error) = self.generation.keep_compared(mark.position, mark.digest)
        {
            tracing::warn!(%error, "what is compared is not kept: where the building is halted, it begins again");
        }
    }

    /// The digest at the position that was wanted.
    pub(crate) fn compared(&self) -> Option<Digest> {
        locked(&self.compared).1
    }

    /// Folds commits that follow on the cursor: all at once, or, where one of them does not fit, each by itself up to that one.
    fn fold(&self, projection: &impl Projection, log: LogId, group: &[&Followed]) -> Result<(), Halt> {
        let Some(last) = group.last() else { return Ok(()) };
        let mut attempts = 0;
        let error = loop {
            let view = self.view();
            let mut rows = Rows::new(&view);
            attempts += 1;
            let applied = match group {
                [Followed::SetAside(aside)] => projection.set_aside(&mut rows, aside),
                // In the order of the log, each by itself: there are few.
                _ if group.iter().any(|next| next.commit().is_none()) => {
                    return group.iter().try_for_each(|one| self.fold(projection, log, std::slice::from_ref(one)));
                }
                _ => projection
                    .apply_group(&mut rows, &group.iter().filter_map(|next| next.commit()).collect::<Vec<_>>()),
            };
            match applied {
                Ok(()) => {
                    // Only a group folded to its end leaves anything behind.
                    let (changes, digest) = rows.into_changes();
                    let (changes, mark) = (Table::from(changes), mark_of(log, last, digest));
                    self.change(|now| now.after(changes, mark));
                    self.note(|progress| progress.cursor = last.position());
                    return Ok(());
                }
                Err(ApplyError::Read(ReadError::Overtaken)) if attempts < FOLDS_MAX => {}
                Err(error) => break error,
            }
        };
        if group.len() == 1 {
            return Err(Halt::Apply { position: last.position(), error });
        }
        group.iter().try_for_each(|one| self.fold(projection, log, std::slice::from_ref(one)))
    }

    /// Begins again with nothing: these rows are put aside, and `why` tells the reason. After an error it is called again before anything is
    /// followed: until then nothing is read, written or sealed.
    pub(crate) fn begin_again(&self, why: Why) -> Result<(), ReadError> {
        if !self.is_beginning() {
            self.settle();
            *locked(&self.beginning) = Beginning::PuttingAside;
            // First, so that whoever finds no rows finds that they are not whole.
            self.tell(|progress| {
                *progress = Progress { dropped: progress.dropped + 1, ..Progress::at(Position(0)) };
            });
            self.turn(|_| View::written(Mark::default(), None));
            // No blocks of the other log are those of these rows any more.
            locked(&self.writing).begin_again(Mark::default());
        }
        if *locked(&self.beginning) == Beginning::PuttingAside {
            // Who still reads the others holds their files, wherever they lie.
            self.wait_for_earlier(writing::STOP_WAIT_MAX, |_| true);
            self.generation.put_aside(why, why.sentence())?;
            self.generation.tell_dropped(why.sentence());
            *locked(&self.beginning) = Beginning::Opening;
        } else {
            // Only whole rows are worth a place beside.
            self.generation.remove_rows()?;
        }
        let blocks = self.generation.open_shelf()?;
        self.turn(|view| view.on(Some(blocks)));
        *locked(&self.beginning) = Beginning::Over;
        Ok(())
    }

    /// Whether a beginning with nothing is still to be gone on with.
    pub(crate) fn is_beginning(&self) -> bool {
        *locked(&self.beginning) != Beginning::Over
    }

    /// Takes away what was begun and came to nothing. Nothing is read from them.
    pub(crate) fn remove_rows(&self) -> Result<(), ReadError> {
        self.turn(|_| View::written(Mark::default(), None));
        self.wait_for_earlier(writing::STOP_WAIT_MAX, |_| true);
        self.generation.remove_rows()?;
        Ok(())
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

    fn tell(&self, change: impl FnOnce(&mut Progress)) {
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
}

/// The mark of the rows, after what was left half written is written.
fn recovered(generation: &Generation, blocks: &Shelf) -> Result<Mark, ReadError> {
    let mark = blocks.mark()?;
    match shelf::kept(generation.folder())? {
        Some(redo) if [redo.before, redo.after].contains(&mark) => {
            blocks.begin_writing()?;
            blocks.write(&redo.table)?;
            blocks.end_writing(&redo.after)?;
            shelf::drop_kept(generation.folder())?;
            return Ok(redo.after);
        }
        // Of other rows: these were taken away by hand, or dropped.
        Some(_) | None => shelf::drop_kept(generation.folder())?,
    }
    if blocks.half_written()? {
        return Err(ReadError::Damaged("rows were written in part, and what is missing was not kept".to_owned()));
    }
    Ok(mark)
}

fn mark_of(log: LogId, last: &Followed, digest: Digest) -> Mark {
    Mark { log: *log.as_bytes(), position: last.position().0, commit: last.mark(), digest }
}

#[cfg(test)]
mod tests;
