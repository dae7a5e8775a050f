//! Whether the rows may speak, and of what: the one rule, for the gate that calls come through and for health. What rows lack that do not
//! hold all of the log would be told as absent from the registry.

use std::time::Duration;

use projection::{Health, Progress};
use tonic::{Code, Status as Answer};

/// Longest that rows answer which have been whole and are not kept current any more, because the log is away: what they tell is right as
/// of their position.
pub(crate) const BEHIND_MAX: Duration = Duration::from_hours(6);
/// Longest that rows answer which have stopped, since they last held everything: what comes after is not waited for, it has to be mended.
pub(crate) const STOPPED_MAX: Duration = Duration::from_secs(10);
/// Longest since rows last held everything that something is told as absent because they lack it.
pub(crate) const ABSENCE_AGE_MAX: Duration = Duration::from_mins(1);

/// Longest that rows do not hold everything though the log answers, before they count as stuck. They answer on.
pub(crate) const STUCK_MAX: Duration = if cfg!(test) { Duration::from_millis(300) } else { Duration::from_secs(10) };

/// Why rows do not speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unwhole {
    /// They have not held all of the log yet.
    CatchingUp,
    /// Nothing is applied any more, for this reason.
    Stopped(String),
    /// They have not held all of the log for too long.
    Behind,
}

impl Unwhole {
    /// Why rows are not asked; `None` where they are.
    pub(crate) fn of(progress: &Progress) -> Option<Self> {
        // Rows that went live just now are not known to be old, and rows that stopped before they did never were whole.
        match &progress.health {
            Health::CatchingUp => Some(Self::CatchingUp),
            Health::Stopped { reason } => {
                age(progress).is_none_or(|age| age > STOPPED_MAX).then(|| Self::Stopped(reason.clone()))
            }
            Health::Live | Health::LogAway => age(progress).is_some_and(|age| age > BEHIND_MAX).then_some(Self::Behind),
        }
    }

    /// Why what rows lack is not told as absent though they speak; `None` where it is.
    pub(crate) fn of_absence(progress: &Progress) -> Option<Self> {
        let old = age(progress).is_some_and(|age| age > ABSENCE_AGE_MAX);
        match &progress.health {
            // They are known to lack something.
            Health::Stopped { reason } => Some(Self::Stopped(reason.clone())),
            Health::CatchingUp => Some(Self::CatchingUp),
            Health::Live | Health::LogAway => old.then_some(Self::Behind),
        }
    }

    /// What who asks is told.
    pub(crate) fn answer(&self, progress: &Progress) -> Answer {
        let position = progress.cursor.0;
        // Where it was when it was followed last: there may be more.
        let head = progress.head().map_or(0, |head| head.0.max(position));
        let known = head.max(position);
        let (reason, zh, en) = match self {
            Self::CatchingUp => (
                "CATCHING_UP",
                format!("数据正在更新,已到第{position}条,登记簿至少有{known}条,尚不完整,请稍后再试"),
                format!("the rows are at position {position} of at least {known} and not whole yet, try again later"),
            ),
            Self::Stopped(_) => (
                "STOPPED",
                format!("数据更新已停止在第{position}条,登记簿至少有{known}条,请稍后再试或联系管理员"),
                format!("the rows have stopped at position {position} of at least {known}, try again later"),
            ),
            Self::Behind => (
                "BEHIND",
                format!("数据停留在第{position}条,登记簿至少有{known}条,久未核对,不能据此断定,请稍后再试"),
                format!(
                    "the rows are at position {position} of at least {known} and have not been current for too long \
                     to tell, try again later"
                ),
            ),
        };
        let metadata = [("position", position.to_string()), ("head", head.to_string())];
        serve::status::detailed(Code::Unavailable, reason, &metadata, &zh, &en)
    }
}

/// Why the rows are not well, for health; `None` where they are: in every case in which they are not asked, at once where they stop, and
/// where they are `stuck`. No position in it: a part that says something else a thousand times a second wakes everybody as often.
pub(crate) fn why_unwell(progress: &Progress, stuck: bool) -> Option<String> {
    let stopped = match &progress.health {
        Health::Stopped { reason } => Some(Unwhole::Stopped(reason.clone())),
        Health::CatchingUp | Health::Live | Health::LogAway => None,
    };
    match Unwhole::of(progress).or(stopped) {
        Some(Unwhole::CatchingUp) => {
            Some("数据正在更新,尚不完整 / the rows have not caught up with the log".to_owned())
        }
        Some(Unwhole::Stopped(reason)) => Some(format!("数据更新已停止 / the rows have stopped: {reason}")),
        Some(Unwhole::Behind) => Some(
            "数据久未与登记簿核对,已停止查询 / the rows have not been current for longer than they may answer"
                .to_owned(),
        ),
        None if stuck => Some(
            "登记簿可以读取,而数据久未更新到位 / the log answers, and the rows have not held all of it for too long"
                .to_owned(),
        ),
        None => None,
    }
}

/// How long ago the rows last held everything; `None` where that is not known.
fn age(progress: &Progress) -> Option<Duration> {
    progress.current.map(|current| current.elapsed())
}
