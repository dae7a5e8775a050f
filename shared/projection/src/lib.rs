//! Rows that answer questions, folded from the log: kept in sled, rebuilt from nothing whenever they are gone.
//!
//! A projection is a cache. One ordered applier follows the log and writes rows and cursor together, group by group; readers take
//! a [`Snapshot`], which is exactly what the log says up to one position. What does not fit (a gap, a commit that cannot be
//! decoded or applied) stops the applier and turns [`Health`] red: nothing is ever skipped. This is the only crate that names sled.

mod applier;
mod generation;
mod members;
mod progress;
mod reader;
mod rows;
mod store;

#[cfg(test)]
mod tests;

use event_log::Recorded;

pub use applier::{Applier, BACKOFF_MAX, BACKOFF_MIN, GROUP_COMMITS_MAX, LOOK_EVERY, Stopped};
pub use generation::OpenError;
pub use members::members;
pub use progress::{Behind, Health, Progress};
pub use reader::{Digest, Reader, Row, Scan, Snapshot, Stored};
pub use rows::{Rows, encode};

/// What is made of the log.
pub trait Projection: Send + 'static {
    /// Names its folder: lower-case letters and hyphens.
    const NAME: &'static str;
    /// Raised whenever the same log would give other rows: the rows are then built anew beside the old ones.
    const VERSION: u32;

    /// Folds one commit into the rows. Called once for each commit, in the order of the log, and must depend on nothing but the
    /// rows and the commit: a rebuild gives the same bytes.
    fn apply(&self, rows: &mut Rows<'_>, recorded: &Recorded) -> Result<(), ApplyError>;
}

/// Why a commit could not be folded. It stops the applier.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The rows could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A row could not be written in its stored form.
    #[error("a row cannot be encoded: {0}")]
    Encode(postcard::Error),
    /// The commit contradicts the rows.
    #[error("the commit does not follow from the rows: {0}")]
    Contradiction(String),
}

/// Why rows could not be read or written. They are dropped and rebuilt at the next start.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store failed.
    #[error("the rows cannot be reached: {0}")]
    Store(String),
    /// A row has not the form the program writes.
    #[error("a row cannot be decoded: {0}")]
    Decode(#[from] postcard::Error),
}

impl From<sled::Error> for ReadError {
    fn from(error: sled::Error) -> Self {
        Self::Store(error.to_string())
    }
}
