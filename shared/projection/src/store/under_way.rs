//! What is known of the work under way beside what is applied: of a write, and of layers that are put together.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::crash_knobs;
use crate::layers::{Mark, Table};
use crate::shelf::Closing;

/// How long rows stay in memory alone. What a crash loses of them is applied again.
const WRITE_EVERY: Duration = Duration::from_secs(5);

/// How often rows are written, unless it was told otherwise.
pub(crate) fn write_every() -> Duration {
    crash_knobs::write_every().unwrap_or(WRITE_EVERY)
}

/// The thread that puts layers together, if one does, and what it has put together.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    pub(super) thread: Option<JoinHandle<()>>,
    /// What one layer was put together from last, 16 MiB at most. Who held a view of it has nearly always let go by the next time, or by the
    /// next write: its memory is given back then, by nobody who answers or applies.
    pub(super) earlier: Vec<Arc<Table>>,
}

/// The write under way, and how the last one ended.
#[derive(Debug)]
pub(super) struct Writing {
    pub(super) thread: Option<JoinHandle<()>>,
    pub(super) under_way: bool,
    pub(super) began: Instant,
    /// Whether it was told that it does not come to its end.
    pub(super) told_slow: bool,
    pub(super) write_every: Duration,
    /// Whether what was applied while the rows were behind is written, or being written.
    pub(super) caught_up: bool,
    /// The mark of the blocks.
    pub(super) written: Mark,
    /// What the frozen layers hold up to.
    pub(super) freezing: Mark,
    /// How the last write failed, when, and how long it is waited before the next.
    pub(super) failed: Option<(String, Instant, Duration)>,
    /// sled fails from its first error on, until it is opened anew: there is one to be closed first, and this tells when it is.
    pub(super) failed_shelf: Option<Closing>,
}

impl Writing {
    pub(super) fn new(written: Mark) -> Self {
        Self {
            thread: None,
            under_way: false,
            began: Instant::now(),
            told_slow: false,
            write_every: write_every(),
            caught_up: false,
            written,
            freezing: written,
            failed: None,
            failed_shelf: None,
        }
    }

    pub(super) fn is_under_way(&self) -> bool {
        // One that is gone without a word says nothing.
        self.under_way && self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    #[cfg(test)]
    pub(super) fn set_thread(&mut self, thread: JoinHandle<()>) {
        (self.thread, self.under_way) = (Some(thread), true);
    }

    #[cfg(test)]
    pub(super) fn reopens(&self) -> bool {
        self.failed_shelf.is_some()
    }

    /// The blocks hold other rows from now on.
    pub(super) fn begin_again(&mut self, written: Mark) {
        (self.written, self.freezing, self.failed, self.failed_shelf) = (written, written, None, None);
    }
}
