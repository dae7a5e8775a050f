//! The terms of a case that two facts share.

use crate::rules::calendar::DayCount;
use crate::value::{NoticeDays, Text};

/// How the days of a public notice were counted, and by which scheme: what was counted once stays as it was counted (公示期计算).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeCount {
    /// Days of the notice, its first and last day included (公示天数).
    pub days: NoticeDays,
    /// How they were counted (计算方式).
    pub count: DayCount,
    /// Edition of the scheme that asked for them (办法版本).
    pub scheme: Text<64>,
}
