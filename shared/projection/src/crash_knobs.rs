//! What a debug build can be told, so that sudden ends fall into writes. Release builds hold none of this.

use std::time::Duration;

/// How often rows are written, from `PUHUI_ROWS_WRITE_EVERY_MS`. Where it is set, a write is also on disk every few blocks before
/// it goes on: sled holds small writes back, and a sudden end would find all of a write or nothing of it.
pub(crate) fn write_every() -> Option<Duration> {
    #[cfg(debug_assertions)]
    return std::env::var("PUHUI_ROWS_WRITE_EVERY_MS").ok()?.parse().ok().map(Duration::from_millis);
    #[cfg(not(debug_assertions))]
    None
}
