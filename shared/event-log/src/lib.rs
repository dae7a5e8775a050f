//! The log: every commit of every stream, in one order, for ever. The only truth of the registry.
//!
//! `contract` says what is asked of it. Two bodies keep it, [`Embedded`] (one machine) and [`JetStream`] (a NATS server or cluster), and one
//! twin in memory that injects faults ([`Memory`]). One conformance suite (`conformance`, a feature) is passed by all three.

mod aside;
#[cfg(feature = "bare")]
pub mod bare;
mod body;
#[cfg(feature = "conformance")]
pub mod conformance;
mod contract;
mod embedded;
mod error;
pub mod failpoint;
mod hash;
mod id;
mod inode;
mod jetstream;
mod memory;
mod newest;
mod opened;
mod reached;
mod recorded;
mod stored;
mod subject;
mod whole;

pub use body::Log;
pub use contract::{EventLog, Inspect, Inspected, StoredLog};
pub use domain::LogId;
pub use embedded::{DESCRIPTORS_RESERVE, DISK_RESERVE_BYTES, Embedded, FILE_BYTES_MIN, Reserves};
pub use error::{AppendError, COMMIT_BYTES_MAX, Halt, LogError, Misplacement, Reserve};
pub use id::{log_id_in, new_log_id};
pub use jetstream::{JetStream, JetStreamConfig};
pub use memory::{Fault, Memory};
pub use opened::{Opening, OpeningError, open, opened};
pub use reached::known_file::{KnownFile, Noted};
pub use reached::{Known, Reached, ReachedFile, Shortfall};
pub use recorded::{Followed, Loaded, Recorded, SetAside, StoredCommit, StreamHashes, Tail};
pub use stored::{DecodeError, FACTS, decode, encode};
pub use whole::write_whole;
