//! Rows and cursor in one sled tree, written together.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, TryLockError};

use domain::{Position, RequestId};
use event_log::Recorded;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::generation::Generation;
use crate::progress::{Health, Progress};
use crate::rows::{Changes, SetChanges};
use crate::{ApplyError, Projection, ReadError, Rows, members};

/// Stands before the key of every row, so that no row can be taken for the mark.
pub(crate) const ROW: u8 = b'r';
/// The key of the mark.
const MARK: &[u8] = b"m";

/// The last commit applied: where it stands and which it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) position: u64,
    pub(crate) commit: [u8; 16],
}

/// Why a group could not be applied to its end. What came before the failing commit is applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Halt {
    /// The rows come from another log: the commit at their cursor is another one.
    #[error("the rows were made from another log")]
    OtherLog,
    #[error("the log is not continuous: expected position {}, met {}", expected.0, met.0)]
    Gap { expected: Position, met: Position },
    #[error("the commit at position {} cannot be applied: {error}", position.0)]
    Apply { position: Position, error: ApplyError },
    #[error(transparent)]
    Store(#[from] ReadError),
}

/// One generation of rows. One applier writes; readers hold the gate open while they read.
#[derive(Debug)]
pub(crate) struct Store {
    generation: Generation,
    gate: RwLock<()>,
    progress: watch::Sender<Progress>,
}

impl Store {
    pub(crate) fn new(generation: Generation) -> Result<Self, ReadError> {
        let mark = read_mark(&generation.tree)?;
        let progress = watch::Sender::new(Progress::at(Position(mark.position)));
        Ok(Self { generation, gate: RwLock::new(()), progress })
    }

    pub(crate) fn tree(&self) -> &sled::Tree {
        &self.generation.tree
    }

    pub(crate) fn mark(&self) -> Result<Mark, ReadError> {
        read_mark(self.tree())
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Keeps the applier from writing while it is held.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// [`Store::read`], if the applier is not writing.
    pub(crate) fn try_read(&self) -> Option<RwLockReadGuard<'_, ()>> {
        match self.gate.try_read() {
            Ok(gate) => Some(gate),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    pub(crate) fn cursor(&self) -> Position {
        self.progress.borrow().cursor
    }

    /// Folds a group of commits and writes what came of it in one batch. A commit already applied is passed over.
    pub(crate) fn apply(&self, projection: &impl Projection, group: &[Recorded]) -> Result<(), Halt> {
        let mut mark = self.mark()?;
        let before = mark;
        let mut pending = Changes::new();
        let mut sets = SetChanges::new();
        let mut halted = Ok(());
        for recorded in group {
            let expected = mark.position + 1;
            if recorded.position.0 < expected {
                if recorded.position.0 == mark.position && *recorded.commit.id.as_bytes() != mark.commit {
                    halted = Err(Halt::OtherLog);
                    break;
                }
                continue;
            }
            if recorded.position.0 > expected {
                halted = Err(Halt::Gap { expected: Position(expected), met: recorded.position });
                break;
            }
            let mut rows = Rows::new(self.tree(), &pending);
            match projection.apply(&mut rows, recorded) {
                // Only a commit folded to its end leaves anything behind.
                Ok(()) => {
                    let (rows, moves) = rows.into_changes();
                    pending.extend(rows);
                    for (key, moves) in moves {
                        sets.entry(key).or_default().extend(moves);
                    }
                }
                Err(error) => {
                    halted = Err(Halt::Apply { position: recorded.position, error });
                    break;
                }
            }
            mark = mark_of(recorded.position, recorded.commit.id);
        }
        if mark != before {
            self.write(pending, &sets, mark)?;
        }
        halted
    }

    fn write(&self, mut pending: Changes, sets: &SetChanges, mark: Mark) -> Result<(), ReadError> {
        // Once a group, however many of its commits touch a set.
        for (key, moves) in sets {
            let before = self.tree().get(key)?;
            pending.insert(key.clone(), members::moved(before.as_deref(), moves));
        }
        let mut batch = sled::Batch::default();
        for (key, value) in pending {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        batch.insert(MARK, postcard::to_allocvec(&mark)?);
        let gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        self.tree().apply_batch(batch)?;
        self.note(|progress| progress.cursor = Position(mark.position));
        drop(gate);
        Ok(())
    }

    /// Begins again with nothing.
    pub(crate) fn clear(&self) -> Result<(), ReadError> {
        let gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        self.tree().clear()?;
        self.progress.send_modify(|progress| {
            *progress = Progress { dropped: progress.dropped + 1, ..Progress::at(Position(0)) };
        });
        drop(gate);
        Ok(())
    }

    /// Changes the progress; rows of older versions go once these have caught up.
    pub(crate) fn note(&self, change: impl FnOnce(&mut Progress)) {
        let mut caught_up = false;
        self.progress.send_modify(|progress| {
            change(progress);
            caught_up = progress.settle();
        });
        if caught_up && let Err(error) = self.generation.drop_older() {
            tracing::warn!(%error, "rows of an older version could not be removed");
        }
    }

    pub(crate) fn set_health(&self, health: Health) {
        self.progress.send_modify(|progress| progress.health = health);
    }

    /// Writes what sled holds in memory. Nothing depends on it but the length of the next replay.
    pub(crate) fn flush(&self) -> Result<(), ReadError> {
        self.generation.db.flush()?;
        Ok(())
    }
}

fn read_mark(tree: &sled::Tree) -> Result<Mark, ReadError> {
    match tree.get(MARK)? {
        Some(bytes) => Ok(postcard::from_bytes(&bytes)?),
        None => Ok(Mark::default()),
    }
}

fn mark_of(position: Position, commit: RequestId) -> Mark {
    Mark { position: position.0, commit: *commit.as_bytes() }
}
