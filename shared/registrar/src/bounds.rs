//! Bounds of whatever appends to the log.

/// Times a command is decided anew after another writer was first, before the caller is told to try again.
pub const CONFLICT_RETRIES_MAX: u32 = 3;
