//! Folding commits into the next view.

use domain::Position;
use event_log::{Followed, LogId};

use super::base::{Store, locked};
use crate::error::{ApplyError, ReadError};
use crate::layers::{Digest, Mark, Table};
use crate::progress::{Health, Kinship};
use crate::projection::{Projection, Streams};
use crate::rows::Rows;

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

impl Store {
    /// Whether these rows can be of this log, as far as its id tells. Rows that hold nothing can be of any.
    pub(crate) fn may_be_of(&self, log: LogId) -> bool {
        let mark = self.view().mark();
        mark.position == 0 || mark.log == *log.as_bytes()
    }

    /// Folds a group of commits of the log that these rows are of. A commit already applied is passed over.
    pub(crate) fn apply(
        &self,
        projection: &impl Projection,
        log: LogId,
        group: &[Followed],
        streams: &Streams,
    ) -> Result<(), Halt> {
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
        self.fold(projection, log, before, streams)?;
        let mark = self.view().mark();
        if mark.position == compared && compared > 0 {
            self.note_compared(mark);
        }
        self.fold(projection, log, after, streams)?;
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
    fn fold(
        &self,
        projection: &impl Projection,
        log: LogId,
        group: &[&Followed],
        streams: &Streams,
    ) -> Result<(), Halt> {
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
                    return group
                        .iter()
                        .try_for_each(|one| self.fold(projection, log, std::slice::from_ref(one), streams));
                }
                _ => {
                    let commits: Vec<_> = group.iter().filter_map(|next| next.commit()).collect();
                    projection.apply_group(&mut rows, &commits, streams)
                }
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
        group.iter().try_for_each(|one| self.fold(projection, log, std::slice::from_ref(one), streams))
    }
}

fn mark_of(log: LogId, last: &Followed, digest: Digest) -> Mark {
    Mark { log: *log.as_bytes(), position: last.position().0, commit: last.mark(), digest }
}
