//! Rows that answer questions, folded from the log: kept in sled, rebuilt from nothing whenever they are gone.
//!
//! A projection is a cache. One ordered applier follows the log and changes rows and cursor together, group by group, in memory; every
//! some seconds, or megabytes, what has changed goes to sled, sorted, in blocks of neighbouring rows. Readers take a [`Snapshot`],
//! which is exactly what the log says up to one position, written or not. What does not fit (a gap, a commit that cannot be
//! decoded or applied) stops the applier and turns [`Health`] red: nothing is ever skipped. This is the only crate that names sled.

#[cfg(feature = "bare")]
pub mod bare;

mod block;
mod carry;
mod digest;
mod follower;
mod generation;
mod keeper;
mod pace;
mod progress;
mod reader;
mod redo;
mod rows;
mod shelf;
mod store;
mod table;
mod tally;
mod told;

#[cfg(test)]
mod tests;

use event_log::{Recorded, SetAside};

pub use carry::{Carried, CarryError, export, import};
pub use digest::Digest;
pub use follower::{BACKOFF_MAX, BACKOFF_MIN, GROUP_COMMITS_MAX, LOOK_EVERY, Stopped};
pub use generation::OpenError;
pub use keeper::Applier;
pub use progress::{Behind, Health, Progress};
pub use reader::{Building, Pinned, Reader, Row, Scan, Snapshot, Stored};
pub use rows::{Rows, encode};
pub use tally::{counts, members};

/// What is made of the log.
pub trait Projection: Clone + Send + Sync + 'static {
    /// Names its folder: lower-case letters and hyphens.
    const NAME: &'static str;
    /// Raised whenever the same log would give other rows: the rows are then built anew beside the old ones.
    const VERSION: u32;
    /// First bytes of the keys of rows that are read most: they take more of the disk, and are read without being unpacked.
    const PLAIN: &'static [u8] = &[];

    /// Folds one commit into the rows. Called once for each commit, in the order of the log, and must depend on nothing but the
    /// rows and the commit: a rebuild gives the same bytes.
    fn apply(&self, rows: &mut Rows<'_>, recorded: &Recorded) -> Result<(), ApplyError>;

    /// Takes note of a position that was set aside: what stands there is no commit, and its place is gone over.
    fn set_aside(&self, rows: &mut Rows<'_>, aside: &SetAside) -> Result<(), ApplyError> {
        let _ = (rows, aside);
        Ok(())
    }

    /// Folds commits that follow one another; the rows afterwards are those that [`Projection::apply`] makes of each. Where it fails,
    /// nothing of it counts, and each is applied by itself.
    fn apply_group(&self, rows: &mut Rows<'_>, group: &[&Recorded]) -> Result<(), ApplyError> {
        group.iter().try_for_each(|recorded| self.apply(rows, recorded))
    }
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
