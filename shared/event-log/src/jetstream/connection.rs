//! Whether the server answers and keeps the log's promises, asked now and then by a task of its own: a limit that somebody sets on the
//! NATS stream, or a server that is gone, is told by health and not by the next bureau that wants to write.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::stream::{Info, Stream};
use domain::Position;
use parts::Part;
use tokio::sync::mpsc;

use super::settings;
use super::writer::Waiting;
use crate::{AppendError, Known, Shortfall};

/// Pause between two questions. With `ASKED_MAX` a server that went away is told of within 2 s.
const LOOK_PAUSE: Duration = Duration::from_millis(500);
/// Longest wait for the answer.
const ASKED_MAX: Duration = Duration::from_secs(1);
/// How lately something must have been stored for a server that does not answer to count as busy. Half of `ASKED_MAX`, so that one that
/// stops while it is asked is told of within 2 s as well.
const STORED_LATELY: Duration = Duration::from_millis(500);
/// How long a publish that failed speaks against a server that answers questions, if none is stored after it: without commits coming in
/// there is no other way to learn that it stores again.
const FAILURE_STANDS: Duration = Duration::from_secs(3);

/// Said in place of a moment while no group is under way: a moment that never comes.
const NONE_UNDER_WAY: u64 = u64::MAX;

/// What publishes and questions have shown of the server. Shared by those who learn it and those who go by it.
#[derive(Debug)]
pub(super) struct Standing {
    began: Instant,
    /// Milliseconds from `began` to the last commit that was stored.
    stored_ms: AtomicU64,
    /// Milliseconds from `began` to when the group under way was sent; `NONE_UNDER_WAY` while none is.
    sent_ms: AtomicU64,
    has_failed: AtomicBool,
    failed: Mutex<Option<(Instant, String)>>,
    is_unsafe: AtomicBool,
    losses: Mutex<Option<String>>,
    /// The greatest position that the server has told of.
    reached: AtomicU64,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            stored_ms: AtomicU64::new(0),
            sent_ms: AtomicU64::new(NONE_UNDER_WAY),
            has_failed: AtomicBool::new(false),
            failed: Mutex::new(None),
            is_unsafe: AtomicBool::new(false),
            losses: Mutex::new(None),
            reached: AtomicU64::new(0),
        }
    }
}

fn held<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is one assignment, so a panic elsewhere leaves none half made.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Standing {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The greatest position that is known to be stored.
    pub(super) fn reached(&self) -> u64 {
        self.reached.load(Ordering::Acquire)
    }

    /// The server has told that it holds everything up to this position.
    pub(super) fn reaches(&self, position: Position) {
        self.reached.fetch_max(position.0, Ordering::AcqRel);
    }

    /// A commit was stored where another has stood: the log holds less than it did, and nothing more is written to it.
    pub(super) fn stored_again(&self, at: Position, reached: u64) -> String {
        let why = Shortfall { last: at, known: Known::Beyond(Position(reached)) }.to_string();
        self.learn_losses(Some(why.clone()));
        why
    }

    /// A commit was stored.
    pub(super) fn stored(&self, position: Position) {
        self.reaches(position);
        self.stored_ms.store(self.now_ms(), Ordering::Relaxed);
        if self.has_failed.swap(false, Ordering::AcqRel) {
            *held(&self.failed) = None;
        }
    }

    /// A commit was sent and not stored, or it is not known.
    pub(super) fn failed(&self, why: &str) {
        *held(&self.failed) = Some((Instant::now(), why.to_owned()));
        self.has_failed.store(true, Ordering::Release);
    }

    /// A group of commits is sent, and every other waits for its end.
    pub(super) fn group_sent(&self) {
        self.sent_ms.store(self.now_ms(), Ordering::Relaxed);
    }

    /// Each of its commits is answered.
    pub(super) fn group_ended(&self) {
        self.sent_ms.store(NONE_UNDER_WAY, Ordering::Relaxed);
    }

    /// That commits wait for one whose answer has not come: it was lost with a connection, say, and is looked for.
    fn stall(&self) -> Option<String> {
        let waited_ms = self.now_ms().saturating_sub(self.sent_ms.load(Ordering::Relaxed));
        (u128::from(waited_ms) > ASKED_MAX.as_millis())
            .then(|| "commits wait for one that the NATS server has not answered".to_owned())
    }

    /// Why nothing may be written: the NATS stream would lose it.
    pub(super) fn refusal(&self) -> Option<AppendError> {
        if !self.is_unsafe.load(Ordering::Acquire) {
            return None;
        }
        held(&self.losses).clone().map(AppendError::Unavailable)
    }

    fn learn_losses(&self, losses: Option<String>) {
        let is_unsafe = losses.is_some();
        *held(&self.losses) = losses;
        self.is_unsafe.store(is_unsafe, Ordering::Release);
    }

    /// Why a server that answers does not store.
    fn failure(&self) -> Option<String> {
        let failed = held(&self.failed);
        failed.as_ref().filter(|(when, _)| when.elapsed() < FAILURE_STANDS).map(|(_, why)| why.clone())
    }

    fn stores(&self) -> bool {
        let stored_ms = self.stored_ms.load(Ordering::Relaxed);
        stored_ms > 0 && u128::from(self.now_ms().saturating_sub(stored_ms)) < STORED_LATELY.as_millis()
    }
}

/// Who asks.
pub(super) struct Connection {
    pub(super) nats_stream: Arc<Stream>,
    /// Copies that were asked for.
    pub(super) copies: usize,
    pub(super) standing: Arc<Standing>,
    /// Tells when nobody holds the log any more.
    pub(super) queue: mpsc::WeakSender<Waiting>,
    pub(super) part: Part,
}

impl Connection {
    /// Asks until nobody holds the log any more.
    pub(super) async fn run(self) {
        while self.queue.upgrade().is_some() {
            match self.look().await {
                None => self.part.well(),
                Some(why) => self.part.unwell(why),
            }
            #[expect(clippy::disallowed_methods, reason = "a server that is gone tells nobody")]
            tokio::time::sleep(LOOK_PAUSE).await;
        }
    }

    /// What is not well.
    async fn look(&self) -> Option<String> {
        // Before the question: what is stored meanwhile may be missing from the answer.
        let reached = self.standing.reached();
        match tokio::time::timeout(ASKED_MAX, self.nats_stream.get_info()).await {
            Ok(Ok(info)) => {
                let losses =
                    losses(&info, self.copies).or_else(|| self.shorter(reached, Position(info.state.last_sequence)));
                self.standing.learn_losses(losses.clone());
                losses.or_else(|| self.standing.failure()).or_else(|| self.standing.stall())
            }
            Ok(Err(error)) => Some(format!("the NATS server does not answer for the log: {error}")),
            // It has too much to do to be asked, and does it.
            Err(_) if self.standing.stores() => None,
            Err(_) => Some(format!("the NATS server has not answered within {} s", ASKED_MAX.as_secs())),
        }
    }

    /// That the NATS stream ends before where it had ended already: it was put back from an older copy.
    fn shorter(&self, reached: u64, last: Position) -> Option<String> {
        if last.0 >= reached {
            self.standing.reaches(last);
            return None;
        }
        Some(Shortfall { last, known: Known::Beyond(Position(reached)) }.to_string())
    }
}

/// What would lose commits, or has.
fn losses(info: &Info, copies: usize) -> Option<String> {
    let mut losses = settings::losses_of(&info.config, copies);
    losses.extend(settings::gone(&info.state));
    (!losses.is_empty()).then(|| format!("NATS stream {}: {}", info.config.name, losses.join("; ")))
}
