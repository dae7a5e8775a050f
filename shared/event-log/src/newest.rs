//! The newest time that is known of the log. No commit is stamped before it, so that `recorded_at` does not fall.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::Instant;
use futures_util::{Stream, StreamExt};

use crate::error::LogError;
use crate::recorded::{Followed, Recorded};

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
    pub(crate) fn saw_all<'a>(&self, commits: impl IntoIterator<Item = &'a Recorded>) {
        for recorded in commits {
            self.saw(recorded.commit.recorded_at);
        }
    }
}

/// The commits as readers of the whole log are given them: each recorded no earlier than any before it, `newest` among those.
pub(crate) fn rising(
    commits: impl Stream<Item = Result<Followed, LogError>> + Send,
    newest: Instant,
) -> impl Stream<Item = Result<Followed, LogError>> + Send {
    let mut newest = newest;
    commits.map(move |next| {
        next.map(|mut next| {
            if let Followed::Commit(recorded) = &mut next {
                newest = newest.max(recorded.commit.recorded_at);
                recorded.commit.recorded_at = newest;
            }
            next
        })
    })
}
