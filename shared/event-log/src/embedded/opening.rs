//! A store that is opened has everything that it is known to have had, or says what is missing.

use std::io;
use std::path::Path;

use domain::Position;

use super::evidence::Evidence;
use super::key::number;
use super::store::Store;
use crate::error::LogError;

/// At opening, as many of the last commits are read and checked.
const CHECKED_AT_OPEN: u64 = 1024;
/// Opened again, as many of the last acknowledged commits.
const CHECKED_AGAIN: u64 = 64;

fn of_journal(error: &io::Error) -> LogError {
    LogError::Unavailable(format!("the journal: {error}"))
}

/// Whether a store that ends at `last` has everything that the journal proves was there; `ends_at` is where it must end if its last group
/// was cut off.
fn whole(evidence: &Evidence, last: u64, ends_at: Option<u64>) -> Result<(), LogError> {
    if ends_at.is_some_and(|expected| expected != last) {
        return Err(LogError::Damaged(format!("position {} cannot be read", last + 1)));
    }
    let Some(missing) = evidence.missing(last) else { return Ok(()) };
    let named = evidence.damage().map_or_else(|| format!("position {missing} is missing"), ToString::to_string);
    Err(LogError::Damaged(format!("{named}; later ones were on disk")))
}

impl Store {
    /// The store and its last position, with nothing missing that the journal proves was there.
    ///
    /// `acknowledged` is 0 at first, and every record is read. A process that has had the store open says up to where it has acknowledged
    /// commits: they must be there, and those before the last of them have been read already.
    ///
    /// `holds` says whether it is what is known of the log.
    pub(super) fn open_whole(
        folder: &Path,
        acknowledged: u64,
        holds: impl FnOnce(&Self, u64) -> Result<(), LogError>,
    ) -> Result<(Self, u64), LogError> {
        Self::open_whole_by(folder, acknowledged, holds, Self::open)
    }

    fn open_whole_by(
        folder: &Path,
        acknowledged: u64,
        holds: impl FnOnce(&Self, u64) -> Result<(), LogError>,
        mut open: impl FnMut(&Path) -> Result<Self, LogError>,
    ) -> Result<(Self, u64), LogError> {
        // Read before the store opens, which may cut it. Where another process holds the folder the store says so, and it is not used.
        let evidence = Evidence::read(folder).map_err(|error| of_journal(&error))?;
        let (mut opened, mut cut, mut may_be_cut) = (open(folder), Ok(None), false);
        if let Err(LogError::Damaged(why)) = &opened {
            // Perhaps only the last group is damaged, which can be told by opening without it.
            (cut, may_be_cut) = (evidence.cut_last_group(), true);
            tracing::warn!(?cut, why, "the journal is damaged; the log is opened without its last group of commits");
            if matches!(cut, Ok(Some(_))) {
                opened = open(folder);
            }
        }
        let whole = cut.map_err(|error| of_journal(&error)).and_then(|ends_at| {
            let store = opened.map_err(|error| evidence.explained(error))?;
            let last = store.check(acknowledged).map_err(|error| evidence.explained(error))?;
            whole(&evidence, last, ends_at)?;
            holds(&store, last)?;
            Ok((store, last))
        });
        whole.map_err(|error| {
            // Nothing was found wrong, and nothing changed: another process has the folder open, say.
            if matches!(error, LogError::Unavailable(_)) && !may_be_cut {
                return error;
            }
            evidence.restore().map_or_else(|restoring| of_journal(&restoring), |()| error)
        })
    }

    /// The last position, after every record after `read` was read and found to follow the one before, and the end of the log found
    /// indexed.
    fn check(&self, read: u64) -> Result<u64, LogError> {
        let mut last = read;
        for entry in self.commits.range((read + 1).to_be_bytes()..) {
            let next = last + 1;
            let unreadable =
                |error: fjall::Error| LogError::Damaged(format!("position {next} cannot be read: {error:?}"));
            let (key, _) = entry.into_inner().map_err(unreadable)?;
            if number(&key)? != next {
                return Err(LogError::Damaged(format!("position {next} is missing; {} follows", number(&key)?)));
            }
            last = next;
        }
        let checked = if read == 0 { CHECKED_AT_OPEN } else { last - read + CHECKED_AGAIN };
        for position in last.saturating_sub(checked - 1).max(1)..=last {
            let bytes = self
                .bytes_at(position)?
                .ok_or_else(|| LogError::Damaged(format!("position {position} is missing before the last, {last}")))?;
            match self.judged(Position(position), &bytes) {
                // One that cannot be read stops its readers and nobody else: it can be set aside only in a log that opens.
                Ok(_) | Err(LogError::Undecodable { .. }) => {}
                Err(LogError::Misplaced { .. }) => {
                    return Err(LogError::Damaged(format!("position {position} is not indexed under its stream")));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(last)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::super::groups::marker;
    use super::*;

    /// A closed store whose journal is damaged in its last group.
    fn damaged_at_its_end() -> (tempfile::TempDir, PathBuf, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        drop(Store::open(folder.path()).unwrap());
        let journal = folder.path().join("0.jnl");
        let bytes = [marker(&(1..=3)), vec![7; 100], marker(&(4..=5)), vec![9; 4]].concat();
        fs::write(&journal, &bytes).unwrap();
        (folder, journal, bytes)
    }

    /// Opens with what each attempt finds, in turn.
    fn opened(folder: &Path, mut found: Vec<LogError>, between: impl Fn()) -> LogError {
        found.reverse();
        let open = |_: &Path| {
            between();
            Err(found.pop().unwrap())
        };
        Store::open_whole_by(folder, 0, |_, _| Ok(()), open).map(|(_, last)| last).unwrap_err()
    }

    fn damage() -> LogError {
        LogError::Damaged("planted".to_owned())
    }

    fn away() -> LogError {
        LogError::Unavailable("planted".to_owned())
    }

    #[test]
    fn a_journal_that_was_cut_in_vain_is_as_it_was() {
        for second in [damage, away] {
            let (folder, journal, bytes) = damaged_at_its_end();
            let cut = std::cell::Cell::new(0);
            let error = opened(folder.path(), vec![damage(), second()], || {
                cut.set(cut.get() + u32::from(fs::read(&journal).unwrap() != bytes));
            });
            assert_eq!(cut.get(), 1, "it was opened without its last group");
            assert!(fs::read(&journal).unwrap() == bytes, "{error}");
        }
    }

    #[test]
    fn a_journal_that_another_process_has_open_is_left_alone() {
        let (folder, journal, bytes) = damaged_at_its_end();
        let error = opened(folder.path(), vec![away()], || {
            fs::write(&journal, b"another process's").unwrap();
        });
        assert!(matches!(error, LogError::Unavailable(_)) && fs::read(&journal).unwrap() == b"another process's");
        // Also where it comes in between.
        fs::write(&journal, &bytes).unwrap();
        let lock = fs::File::options().write(true).open(folder.path().join("lock")).unwrap();
        let error = opened(folder.path(), vec![damage(), away()], || {
            if fs::read(&journal).unwrap() != bytes {
                lock.lock().unwrap();
                fs::write(&journal, b"another process's").unwrap();
            }
        });
        assert!(matches!(error, LogError::Unavailable(_)) && fs::read(&journal).unwrap() == b"another process's");
    }
}
