//! The rules on record: schemes, working days and places as they are written down, read and checked; kept in editions as the log adopted
//! them; and chosen by place and day. No I/O: the log's commits come in from whoever follows it.

mod adopt;
mod calendar;
pub mod carried;
mod editions;
mod error;
mod ever;
mod filed;
mod hash;
mod places;
mod scheme;
mod statutory;
mod succession;
mod tables;

pub use adopt::{adopt, already};
pub use calendar::{CALENDAR_YEARS_MAX, calendar, working_days};
pub use carried::{STATUTORY_DAYS, YANGZHOU_SCHEME, divisions};
pub use editions::{Editions, UnreadableRules};
pub use error::ReferenceError;
pub use filed::{Adopted, Kind};
pub use hash::sha256;
pub use places::places;
pub use scheme::{SchemeDraft, begins, check, read, scheme};
pub use tables::SchemeTables;
