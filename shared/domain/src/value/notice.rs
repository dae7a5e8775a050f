//! Notice windows (公示期): from which day to which a public notice runs.

use super::day::Day;
use super::invalid::Invalid;

/// A public notice's first and last day, both included. The published cases all count the first day as day 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeWindow {
    start: Day,
    end: Day,
}

/// Longest notice window, in days.
pub const NOTICE_DAYS_MAX: i32 = 366;

impl NoticeWindow {
    /// A window from `start` to `end`, at most 366 days.
    pub fn new(start: Day, end: Day) -> Result<Self, Invalid> {
        if end < start || end.number() - start.number() >= NOTICE_DAYS_MAX {
            return Err(Invalid::new(
                "RANGE",
                "公示结束日不得早于开始日,且不超过366天",
                "the end is on or after the start, within 366 days",
            ));
        }
        Ok(Self { start, end })
    }

    /// The first day.
    pub fn start(self) -> Day {
        self.start
    }

    /// Whether a day is in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// The last day.
    pub fn end(self) -> Day {
        self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_runs_forward() {
        let day = |t| Day::parse(t).unwrap();
        assert_eq!(NoticeWindow::new(day("2025-01-02"), day("2025-01-01")).unwrap_err().rule, "RANGE");
    }
}
