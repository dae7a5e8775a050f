//! Bounds of whatever appends to the log.

/// Times a command is decided anew after another writer was first, before the caller is told to try again.
pub const CONFLICT_RETRIES_MAX: u32 = 3;

/// Days ahead for which working days are to be known: with fewer, health warns. A notice is opened, counted, answered and decided on within
/// this time, and the State Council's notice of the next year comes out about so long before it.
pub const CALENDAR_AHEAD_DAYS_MIN: i64 = 60;
