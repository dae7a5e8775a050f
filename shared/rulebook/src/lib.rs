//! The rules on record: schemes, working days and places as they are written down, read and checked; kept in editions as the log adopted
//! them; and chosen by place and day. No I/O: the log's commits come in from whoever follows it.

mod adopt;
mod calendar;
pub mod carried;
mod editions;
mod error;
mod places;
mod scheme;
mod tables;

pub use adopt::{adopt, already};
pub use calendar::{CALENDAR_YEARS_MAX, calendar};
pub use carried::{STATUTORY_DAYS, YANGZHOU_SCHEME, divisions};
pub use editions::{Adopted, Editions, Kind, UnreadableRules};
pub use error::ReferenceError;
pub use places::places;
pub use scheme::{SchemeDraft, check, read, scheme};
pub use tables::SchemeTables;

use domain::Sha256;
use sha2::Digest;

/// The hash of a text of rules.
fn sha256(text: &str) -> Sha256 {
    Sha256::from_bytes(sha2::Sha256::digest(text.as_bytes()).into())
}
