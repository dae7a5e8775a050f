//! Rows that answer questions, folded from the log: kept in sled, rebuilt from nothing whenever they are gone.
//!
//! A projection is a cache. One ordered applier follows the log and changes rows and cursor together, group by group, in memory; every
//! some seconds, or megabytes, what has changed goes to sled, sorted, in blocks of neighbouring rows. Readers take a [`Snapshot`],
//! which is exactly what the log says up to one position, written or not. What does not fit (a gap, a commit that cannot be
//! decoded or applied) stops the applier and turns [`Health`] red: nothing is ever skipped. This is the only crate that names sled.

mod clear;
mod crash_knobs;
mod error;
mod existing;
mod follow;
mod framed;
mod generation;
mod layers;
mod parts;
mod progress;
mod projection;
mod reader;
mod rows;
mod scan;
mod serving;
mod shelf;
mod snapshot;
mod snapshot_file;
mod store;
mod varint;
mod view;

#[cfg(feature = "bare")]
#[path = "plain_sled.rs"]
pub mod bare;

#[cfg(test)]
mod tests;

pub use error::{ApplyError, ReadError};
pub use existing::Existing;
pub use follow::{Applier, BACKOFF_MAX, BACKOFF_MIN, GROUP_COMMITS_MAX, LOOK_EVERY, Stopped};
pub use generation::{Ending, OpenError, check_if_asked};
pub use layers::{Digest, counts, members};
pub use progress::{Behind, Health, Progress};
pub use projection::{Projection, Streams};
pub use reader::{Pinned, Reader};
pub use rows::{Rows, decode, encode};
pub use scan::{Lent, Row, Scan};
pub use serving::{Building, NotKept};
pub use snapshot::{Snapshot, Stored};
pub use snapshot_file::{Carried, CarryError, export, import};
