//! The one place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::Instant;
use time::UtcDateTime;

/// Now.
pub fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// A moment as RFC 3339 has it, to the second, in UTC; empty beyond the year 9999.
pub(crate) fn rfc3339(instant: Instant) -> String {
    let seconds = i64::try_from(instant.0 / 1000).unwrap_or(i64::MAX);
    let Ok(moment) = UtcDateTime::from_unix_timestamp(seconds) else { return String::new() };
    let (date, (hour, minute, second)) = (moment.date(), moment.time().as_hms());
    format!("{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", date.year(), u8::from(date.month()), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_utc() {
        assert_eq!(rfc3339(Instant(1_795_676_399_999)), "2026-11-26T06:59:59Z");
        assert_eq!(rfc3339(Instant(0)), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(Instant(u64::MAX)), "");
    }
}
