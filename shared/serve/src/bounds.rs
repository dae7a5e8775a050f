//! Bounds that every service has alike.

/// Largest request, in bytes. The longest lawful one, a pledge of three statements of 4,000 characters, stays far below.
pub const REQUEST_BYTES_MAX: usize = 256 * 1024;
