//! The thread that syncs how far the log has reached. Nobody waits for it: a disk that hangs holds this thread, and who looks at it goes on
//! and says so.

use std::io;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::pulse::Pulse;

/// Pause between two syncs: so much less than there is may be known of the log after a power cut.
const SYNC_PAUSE: Duration = Duration::from_secs(10);
/// The same after one that failed, so that what is put right is told of soon.
const SYNC_PAUSE_IN_TROUBLE: Duration = Duration::from_secs(1);

/// The thread, as it is asked and looked at.
pub(super) struct Syncing {
    /// The thread syncs once more, and ends, when this is gone.
    asked: SyncSender<()>,
    last_asked: Instant,
    seen: Arc<Seen>,
}

/// What the thread does.
pub(super) struct Syncer {
    asks: Receiver<()>,
    seen: Arc<Seen>,
}

/// What is seen of the thread.
struct Seen {
    pulse: Pulse,
    trouble: Mutex<Option<String>>,
}

impl Seen {
    fn trouble(&self) -> MutexGuard<'_, Option<String>> {
        // Each change is one assignment, so a panic elsewhere leaves none half made.
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Syncer {
    /// Syncs whenever it is asked to, and at the end, when the log is open no more.
    pub(super) fn run(self, sync: impl Fn(bool) -> io::Result<()>) {
        let mut open = true;
        while open {
            // Where the last one fails the next start says so, if it matters.
            open = self.asks.recv().is_ok();
            self.seen.pulse.begins();
            let outcome = sync(open);
            self.seen.pulse.ends();
            let trouble = outcome.err().map(|error| format!("how far the log reaches cannot be put down: {error}"));
            *self.seen.trouble() = trouble;
        }
    }
}

impl Syncing {
    /// Of syncs that hang where they take longer than `slow_max`.
    pub(super) fn new(slow_max: Duration) -> (Self, Syncer) {
        let seen = Arc::new(Seen { pulse: Pulse::new(slow_max), trouble: Mutex::new(None) });
        let (asked, asks) = mpsc::sync_channel(1);
        (Self { asked, last_asked: Instant::now(), seen: Arc::clone(&seen) }, Syncer { asks, seen })
    }

    /// Asks for a sync if it is time, or at once if one `is_due`, waits for nothing, and says what is not well.
    pub(super) fn look(&mut self, is_due: bool) -> Option<String> {
        let trouble = self.seen.trouble().clone();
        let pause = if trouble.is_some() { SYNC_PAUSE_IN_TROUBLE } else { SYNC_PAUSE };
        // One that fails is not asked for at once again.
        if self.last_asked.elapsed() > pause || (is_due && trouble.is_none()) {
            self.ask();
        }
        self.seen.pulse.hangs().or(trouble)
    }

    /// Asks for a sync, and waits for nothing.
    pub(super) fn ask(&mut self) {
        self.last_asked = Instant::now();
        // One that is asked for already is as good.
        let _ = self.asked.try_send(());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits until it says so; the test's own bound ends a wait in vain.
    fn told(syncing: &mut Syncing, is_so: impl Fn(Option<&str>) -> bool) {
        let began = Instant::now();
        loop {
            let said = syncing.look(false);
            if is_so(said.as_deref()) {
                return;
            }
            assert!(began.elapsed() < SYNC_PAUSE / 2, "{said:?}");
            std::thread::yield_now();
        }
    }

    /// What the file could not put down is told, asked for again before its time, and told no more once it can be: sooner than the next sync
    /// would come.
    #[test]
    fn trouble_is_told_for_as_long_as_it_lasts() {
        let fails = Arc::new(Mutex::new(true));
        let asked = Arc::clone(&fails);
        let sync = move |_| if *asked.lock().unwrap() { Err(io::Error::other("planted")) } else { Ok(()) };
        let (mut syncing, syncer) = Syncing::new(Duration::from_secs(5));
        let thread = std::thread::spawn(move || syncer.run(sync));
        syncing.ask();
        told(&mut syncing, |said| said.is_some_and(|said| said.contains("planted")));
        *fails.lock().unwrap() = false;
        told(&mut syncing, |said| said.is_none());
        drop(syncing);
        thread.join().unwrap();
    }
}
