//! How an act was overturned by review or court.

use serde::{Deserialize, Serialize};

/// A ruling that undid an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OverturnedView {
    pub(crate) act: u32,
    pub(crate) overturned_on: i32,
    pub(crate) body: String,
    pub(crate) document_number: String,
}
