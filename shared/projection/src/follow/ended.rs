//! How one following of the log can end.

use std::fmt;

use domain::Position;
use event_log::LogError;
use tokio::sync::oneshot;

use crate::error::ApplyError;
use crate::store::Halt;

/// The log has the id of the one that the rows were made from, and lacks what they hold: it was cut, or what stands is an earlier copy
/// of it. The rows may be the last that know of what is missing, so they are kept as they are and answer nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogCut {
    pub(super) rows: Position,
    pub(super) head: Position,
    /// The log goes on behind the rows' last commit, which is another in it.
    pub(super) forked: bool,
}

impl fmt::Display for LogCut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, head) = (self.rows.0, self.head.0);
        if self.forked {
            return write!(
                f,
                "日志缺了一段:数据到位置{rows},日志到位置{head},但位置{rows}的提交与数据所依据的不同;数据原样保留,不作回答;放回日志,或以 puhui rebuild 由现有日志重建 / \
                 the log was cut and went on differently: the rows are at position {rows}, the log ends at position {head}, and its commit \
                 at position {rows} is another than the one the rows were made from; they are kept as they are and answer nothing until the log is put back, or \
                 `puhui rebuild` makes rows of the log there is"
            );
        }
        write!(
            f,
            "日志缺了一段:数据到位置{rows},日志只到位置{head};数据原样保留,不作回答;放回日志,或以 puhui rebuild 由现有日志重建 / the log \
             was cut: the rows hold it up to position {rows}, and it ends at position {head}; they are kept as they are and answer nothing \
             until the log is put back, or `puhui rebuild` makes rows of the log there is"
        )
    }
}

/// How one following of the log ended.
pub(super) enum Ended {
    /// It was asked to.
    Asked,
    /// The log cannot be reached.
    Away(String),
    /// The rows cannot be reached, for a reason that may pass.
    Store(String),
    /// The rows are of another log.
    OtherLog,
    /// The rows are of this log, and it has not what they hold any more.
    Cut(LogCut),
    /// A message is not believed, or its commit does not fit. An operator may set it aside, so it is looked at again.
    Stray(String),
    /// The log is not what it must be.
    BadLog(String),
    /// A commit does not fit.
    BadCommit(String),
    /// The rows cannot be read, and never will.
    Damaged(String),
}

impl Ended {
    pub(super) fn of_halt(halt: &Halt, head: Position) -> Self {
        match halt {
            Halt::OtherCommit { at } => Self::Cut(LogCut { rows: *at, head, forked: true }),
            Halt::Gap { .. } => Self::BadLog(halt.to_string()),
            Halt::Apply { error: ApplyError::Read(error), .. } if error.passes() => Self::Store(halt.to_string()),
            Halt::Apply { error: ApplyError::Read(_), .. } => Self::Damaged(halt.to_string()),
            Halt::Apply { error: ApplyError::Contradiction(_), .. } => Self::Stray(halt.to_string()),
            Halt::Apply { .. } => Self::BadCommit(halt.to_string()),
        }
    }

    pub(super) fn of_applier(halted: Result<Result<(), Halt>, oneshot::error::RecvError>, head: Position) -> Self {
        match halted {
            Ok(Ok(())) => Ended::Away("the applier ended".to_owned()),
            Ok(Err(halt)) => Ended::of_halt(&halt, head),
            Err(_) => Ended::Store("the thread that applies commits is gone".to_owned()),
        }
    }

    pub(super) fn of_log_error(error: &LogError) -> Self {
        match error {
            LogError::Unavailable(why) => Ended::Away(why.clone()),
            LogError::Undecodable { .. } | LogError::Misplaced { .. } => Ended::Stray(error.to_string()),
            LogError::Gap { .. }
            | LogError::Damaged(_)
            | LogError::Unsafe(_)
            | LogError::Shorter(_)
            | LogError::Missing(_)
            | LogError::Exists(_)
            | LogError::NotOpened(_)
            | LogError::OpenedAsAnother { .. } => Ended::BadLog(error.to_string()),
        }
    }
}
