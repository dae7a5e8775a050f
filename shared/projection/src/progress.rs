//! How far the rows are, and whether they go on.

use std::time::{Duration, Instant};

use domain::Position;
use tokio::sync::watch;

/// Whether the rows keep up with the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// The log's head as it was at the start has not been reached yet.
    CatchingUp,
    /// Every commit is applied as it comes.
    Live,
    /// The rows had caught up, and the log cannot be reached now. Answers are right as of their position.
    LogAway,
    /// Something did not fit, and nothing is applied any more.
    Stopped {
        /// What it was.
        reason: String,
    },
}

impl Health {
    /// Whether questions should be sent here.
    pub fn serves(&self) -> bool {
        matches!(self, Self::Live | Self::LogAway)
    }
}

/// What the rows have to do with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kinship {
    /// It has not been asked yet. Such rows are never live.
    Unknown,
    /// It holds the commit at the cursor.
    OfThisLog,
    /// It held it once: the rows are kept, whatever takes their place.
    Cut,
}

/// How far the rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The last position applied; 0 before the first.
    pub cursor: Position,
    /// Whether they go on.
    pub health: Health,
    /// When the rows were last known to hold everything the log had: the moment the log was asked, not the one it answered at. None
    /// before the first time.
    pub current: Option<Instant>,
    /// How often the rows were dropped since they were opened, because the log turned out to be another one.
    pub dropped: u32,
    /// The rows came with a snapshot, and have not been made from the log here yet: that is under way.
    pub unconfirmed: bool,
    /// The head to be reached before the rows count as live.
    pub(crate) target: Option<Position>,
    pub(crate) kinship: Kinship,
    /// Why what is stored of these rows is no good any more, where that is so: others must take their place.
    pub(crate) lost: Option<String>,
}

impl Progress {
    pub(crate) fn at(cursor: Position) -> Self {
        Self {
            cursor,
            health: Health::CatchingUp,
            current: None,
            dropped: 0,
            target: None,
            kinship: Kinship::Unknown,
            lost: None,
            unconfirmed: false,
        }
    }

    /// Where the log ended when it was last followed anew: what is to be reached before the rows are whole. None before the log answered.
    pub fn head(&self) -> Option<Position> {
        self.target
    }

    /// Notes the cursor or the target; true where the rows have caught up just now.
    pub(crate) fn settle(&mut self) -> bool {
        let reached = self.kinship == Kinship::OfThisLog && self.target.is_some_and(|target| self.cursor >= target);
        let stopped = matches!(self.health, Health::Stopped { .. });
        if !reached || stopped || self.health == Health::Live {
            return false;
        }
        self.health = Health::Live;
        true
    }
}

/// A position was not reached in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rows are at position {} and not at {}", cursor.0, wanted.0)]
pub struct Behind {
    /// Where the rows are.
    pub cursor: Position,
    /// What was waited for.
    pub wanted: Position,
}

/// Waits until the cursor is at `wanted`, at most `longest`. Gives up at once when the rows have stopped.
pub(crate) async fn wait_for(
    mut progress: watch::Receiver<Progress>,
    wanted: Position,
    longest: Duration,
) -> Result<(), Behind> {
    let over = |now: &Progress| now.cursor >= wanted || matches!(now.health, Health::Stopped { .. });
    // A timeout and a closed channel mean the same here: look where the rows are.
    let _ = tokio::time::timeout(longest, progress.wait_for(over)).await;
    let cursor = progress.borrow().cursor;
    if cursor >= wanted { Ok(()) } else { Err(Behind { cursor, wanted }) }
}
