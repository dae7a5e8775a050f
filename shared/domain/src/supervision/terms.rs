//! The terms of supervision that are choices.

/// Outcome of a yearly review (年度复核).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReviewResult {
    /// 合格.
    Passed,
    /// 不合格; opens a rectification.
    Failed,
    /// 未参加.
    NotTaken,
}
