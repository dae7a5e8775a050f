//! Where rows stand.

use serde::{Deserialize, Serialize};

use super::digest::Digest;

/// The last commit applied: where it stands and which it is, and what all rows give together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) position: u64,
    pub(crate) commit: [u8; 16],
    pub(crate) digest: Digest,
}
