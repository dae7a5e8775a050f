//! The newest time that is known of the log. No commit is stamped before it, so that `recorded_at` does not fall.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::Instant;
use futures_util::{Stream, StreamExt};

use crate::error::LogError;
use crate::recorded::{Followed, Recorded, StoredCommit};

/// The newest `recorded_at` that this process has seen in the log. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Newest(Arc<AtomicU64>);

impl Newest {
    /// What is known; `Instant(0)` where nothing is.
    pub(crate) fn get(&self) -> Instant {
        Instant(self.0.load(Ordering::Relaxed))
    }

    /// Takes note of a time that stands in the log, or soon will, and returns the newest.
    pub(crate) fn saw(&self, at: Instant) -> Instant {
        Instant(self.0.fetch_max(at.0, Ordering::Relaxed)).max(at)
    }

    /// Takes note of these commits.
    pub(crate) fn saw_all<'a, C: Timed + 'a>(&self, commits: impl IntoIterator<Item = &'a C>) {
        for commit in commits {
            self.saw(commit.recorded_at());
        }
    }
}

/// A commit that readers are told a time of.
pub(crate) trait Timed {
    /// The time.
    fn recorded_at(&self) -> Instant;
    /// Has it told with a later one.
    fn raise(&mut self, to: Instant);
}

impl Timed for Recorded {
    fn recorded_at(&self) -> Instant {
        self.commit.recorded_at
    }

    fn raise(&mut self, to: Instant) {
        self.commit.recorded_at = to;
    }
}

impl Timed for StoredCommit {
    fn recorded_at(&self) -> Instant {
        self.recorded_at
    }

    fn raise(&mut self, to: Instant) {
        (self.recorded_at, self.raised) = (to, true);
    }
}

/// The commits as readers of the whole log are given them: each recorded no earlier than any before it, `newest` among those.
pub(crate) fn rising<C: Timed + Send>(
    commits: impl Stream<Item = Result<Followed<C>, LogError>> + Send,
    newest: Instant,
) -> impl Stream<Item = Result<Followed<C>, LogError>> + Send {
    let mut newest = newest;
    commits.map(move |next| {
        next.map(|mut next| {
            if let Followed::Commit(commit) = &mut next {
                if commit.recorded_at() < newest {
                    commit.raise(newest);
                }
                newest = commit.recorded_at();
            }
            next
        })
    })
}
