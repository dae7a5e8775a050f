//! The one place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::Instant;

/// Now.
pub fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
