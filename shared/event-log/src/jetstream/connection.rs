//! Whether the server answers and keeps the log's promises, asked now and then by a task of its own: a limit that somebody sets on the
//! NATS stream, or a server that is gone, is told by health and not by the next bureau that wants to write.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream::stream::Info;
use domain::Position;
use parts::Part;
use tokio::sync::mpsc;

use super::confirmed::Moment;
use super::reads::{Reads, unavailable};
use super::settings;
use super::standing::{ASKED_MAX, Standing};
use super::waiting::Waiting;
use crate::error::{Halt, LogError};
use crate::reached::{Reached, Shortfall};
use domain::LogId;

/// Pause between two glances at what publishes have shown: a question may take a second, and nobody is to wait for its answer to be told
/// that nothing is stored.
const GLANCE_PAUSE: Duration = Duration::from_millis(100);
/// Glances between two questions, half a second: with `ASKED_MAX` a server that went away is told of within 2 s.
const GLANCES: u32 = 5;
/// Longest wait for the answer to a question that was asked before in vain: what a server answers slowly vouches for what it stores meanwhile.
const ASKED_AGAIN_MAX: Duration = Duration::from_millis(2500);

/// Who asks.
pub(super) struct Connection {
    pub(super) id: LogId,
    pub(super) reads: Reads,
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
        // Since when a question has had no answer. One that is asked again has waited since it was first asked.
        let mut unanswered: Option<Instant> = None;
        while self.queue.upgrade().is_some() {
            let longest = if unanswered.is_none() { ASKED_MAX } else { ASKED_AGAIN_MAX };
            let asked = *unanswered.get_or_insert_with(Instant::now);
            let connection = self.standing.connection();
            let answer = {
                let mut asking = pin!(tokio::time::timeout(longest, self.ask()));
                loop {
                    tokio::select! {
                        biased;
                        answer = &mut asking => break answer.ok(),
                        // What was asked over a connection that was lost may never be answered.
                        () = self.glance(Some(asked)) => if self.standing.connection() != connection { break None },
                    }
                }
            };
            let Some(answer) = answer else {
                // One that has too much to do to be asked, and does it, is well. Any other is asked again at once; the next glance tells.
                if self.standing.stores() {
                    self.tell(self.shown());
                }
                continue;
            };
            unanswered = None;
            self.tell(self.not_well(answer));
            for _ in 0..GLANCES {
                self.glance(None).await;
                // Another connection: until it is looked at nobody is told what comes over it; nor after this process was stopped.
                if self.standing.connection() != connection || self.standing.known().is_old() {
                    break;
                }
            }
        }
    }

    /// Waits a moment, and tells what publishes have shown by then, and the question that was `asked` and is open.
    async fn glance(&self, asked: Option<Instant>) {
        #[expect(clippy::disallowed_methods, reason = "a server that is gone tells nobody")]
        tokio::time::sleep(GLANCE_PAUSE).await;
        if let Some(outside) = self.standing.outside.get() {
            outside.look();
        }
        if let Some(why) = self.shown() {
            self.part.unwell(why);
        } else if asked.is_some_and(|asked| asked.elapsed() >= ASKED_MAX) && !self.standing.stores() {
            self.standing.not_looked();
            self.part.unwell(format!("the NATS server has not answered within {} s", ASKED_MAX.as_secs()));
        }
    }

    fn tell(&self, not_well: Option<String>) {
        match not_well {
            None => self.part.well(),
            Some(why) => self.part.unwell(why),
        }
    }

    /// What is not well by what publishes and earlier answers have shown.
    fn shown(&self) -> Option<String> {
        let Self { standing, .. } = self;
        standing.losses().or_else(|| standing.unnoted()).or_else(|| standing.failure()).or_else(|| standing.stall())
    }

    /// What is not well by the answer to a question.
    fn not_well(&self, answer: Result<(), LogError>) -> Option<String> {
        let why = match answer {
            Ok(()) => return self.shown(),
            Err(LogError::Unavailable(why)) => format!("the NATS server does not answer for the log: {why}"),
            Err(error) => error.to_string(),
        };
        self.standing.not_looked();
        Some(why)
    }

    /// Asks how the NATS stream is kept, and whether it still holds what is known of the log.
    async fn ask(&self) -> Result<(), LogError> {
        // Before the questions: what is stored meanwhile may be missing from their answers.
        let (known, connection, began) = (self.standing.known(), self.standing.connection(), Moment::now());
        let info = self.reads.nats_stream.get_info().await.map_err(|error| unavailable(&error))?;
        self.standing.learn_settings(losses(&info, self.copies));
        let last = Position(info.state.last_sequence);
        // The last one first, so that it is known only as that of a log which then holds the others.
        let end = match known.told {
            told if told.position < last => self.reads.reached(self.id, last).await?,
            told => told,
        };
        for sought in known.sought() {
            if let Err(shortfall) = self.holds(sought, last).await? {
                self.standing.falls_short(shortfall);
                return Ok(());
            }
        }
        if !self.standing.is_confirmed(connection) {
            self.reads.forget_all();
        }
        self.standing.found(&known, end, connection, began);
        Ok(())
    }

    async fn holds(&self, sought: Reached, last: Position) -> Result<Result<(), Shortfall>, LogError> {
        let there = if sought.stands_within(last) { self.reads.sha256_at(sought.position).await? } else { None };
        Ok(sought.held_by(last, there))
    }
}

/// What would lose commits, or has, with what is told of it to who wants to write.
fn losses(info: &Info, copies: usize) -> Option<(Halt, String)> {
    let told = |losses: &[String]| format!("NATS stream {}: {}", info.config.name, losses.join("; "));
    let harmed = settings::gone(&info.state);
    let halt = if harmed.is_some() {
        Halt::Harmed
    } else if settings::is_only_limited(&info.config, copies) {
        Halt::Limited
    } else {
        Halt::Unsafe
    };
    let mut losses = settings::losses_of(&info.config, copies);
    losses.extend(harmed);
    (!losses.is_empty()).then(|| (halt, told(&losses)))
}
