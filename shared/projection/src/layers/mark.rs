//! Where rows stand.

use serde::{Deserialize, Serialize};

use super::digest::Digest;

/// The last commit applied: of which log it is, where it stands and which it is, and what all rows give together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// The log's id. Rows that hold nothing are of none, and of any.
    pub(crate) log: [u8; 16],
    pub(crate) position: u64,
    pub(crate) commit: [u8; 16],
    pub(crate) digest: Digest,
}
