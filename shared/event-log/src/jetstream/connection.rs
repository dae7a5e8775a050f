//! Whether the server answers and keeps the log's promises, asked now and then by a task of its own: a limit that somebody sets on the
//! NATS stream, or a server that is gone, is told by health and not by the next bureau that wants to write.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream::{Info, Stream};
use domain::Position;
use parts::Part;
use tokio::sync::mpsc;

use super::settings;
use super::standing::{ASKED_MAX, Standing};
use super::waiting::Waiting;
use crate::reached::{Known, Shortfall};

/// Pause between two questions. With `ASKED_MAX` a server that went away is told of within 2 s.
const LOOK_PAUSE: Duration = Duration::from_millis(500);
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
