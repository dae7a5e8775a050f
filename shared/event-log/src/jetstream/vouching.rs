//! What was acknowledged is known in the data folder before it is: a server's store may be put back from an older copy in the next moment.

use std::time::Duration;

use domain::Position;

use super::waiting::Waiting;
use super::writer::Writer;
use crate::error::{AppendError, LogError};
use crate::reached::Reached;
use crate::reached::known_file::Noted;

/// Times that a note is tried: others of the data folder's services may be writing theirs.
const NOTES_MAX: u32 = 50;
/// Pause while one does, a few system calls long.
const NOTE_PAUSE: Duration = Duration::from_millis(1);

impl Writer {
    /// Puts down outside the log that it holds this.
    ///
    /// # Errors
    ///
    /// [`LogError::Unavailable`] where the file does not take it, which it then says, or others keep it locked.
    /// [`LogError::Shorter`] where another service has put down what this log does not hold: it was put back from an older copy.
    pub(super) async fn known_outside(&self, reached: Reached) -> Result<(), LogError> {
        let Some(outside) = self.standing.outside.get() else { return Ok(()) };
        for _ in 0..NOTES_MAX {
            // In place, and by this thread: in memory it takes a few microseconds, less than to hand it to another.
            match outside.note(&reached) {
                Ok(Noted::Down) => return Ok(()),
                Ok(Noted::Unvouched(other)) => {
                    let there = self.standing.read(|| self.reads.sha256_at(other.position)).await?;
                    if let Err(shortfall) = other.held_by(reached.position, there) {
                        self.standing.lacks(other, shortfall);
                        return Err(LogError::Shorter(shortfall));
                    }
                    outside.vouch(&other);
                }
                Ok(Noted::Busy) => {
                    #[expect(
                        clippy::disallowed_methods,
                        reason = "another process that writes a file tells nobody when it has"
                    )]
                    tokio::time::sleep(NOTE_PAUSE).await;
                }
                Err(error) => {
                    return Err(LogError::Unavailable(outside.trouble().unwrap_or_else(|| error.to_string())));
                }
            }
        }
        outside.stays_locked(&reached);
        Err(LogError::Unavailable(outside.trouble().unwrap_or_default()))
    }

    /// Answers a commit that was found in its place.
    pub(super) async fn found_at(&self, waiting: Waiting, position: Position) {
        match self.vouched_at(&waiting, position).await {
            Ok(()) => waiting.stored_at(position),
            Err(error) => waiting.tell(Err(AppendError::OutcomeUnknown(error.to_string()))),
        }
    }

    /// That it was found in the log that was opened, and is known outside.
    async fn vouched_at(&self, waiting: &Waiting, position: Position) -> Result<(), LogError> {
        self.standing.vouched().await?;
        let reached = Reached::by(self.standing.known().told.log, position, &waiting.payload);
        self.standing.followed(position, &waiting.payload);
        self.known_outside(reached).await
    }
}
