//! Why a commit was not stored, or the log not read.

use domain::{Position, Revision, StreamId};

use crate::reached::Shortfall;
use crate::stored::DecodeError;
use crate::subject::subject;
use domain::LogId;

/// Largest stored commit, in bytes; below a NATS server's default `max_payload` of 1 MiB with room for headers.
pub const COMMIT_BYTES_MAX: usize = 512 * 1024;

/// What a log keeps some of in reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserve {
    /// Bytes free on the file system of the log.
    Disk,
    /// File descriptors that the process may still open.
    Descriptors,
    /// Bytes that a file of the process may have (`RLIMIT_FSIZE`).
    FileSize,
}

impl std::fmt::Display for Reserve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Disk => "bytes of the log's disk",
            Self::Descriptors => "file descriptors",
            Self::FileSize => "bytes that a file may have (RLIMIT_FSIZE)",
        })
    }
}

/// Why a log stores nothing more until somebody sees to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// A write of the server that keeps it failed, and it takes nothing more until it is started anew.
    FailedWrite,
    /// The server that keeps it has reached a limit of what it may store.
    Full,
    /// How far it has reached cannot be put down outside it, and what is recorded now might be lost without a word.
    Unnoted,
    /// What the server keeps it in was given a limit of what it may hold.
    Limited,
    /// It is kept in another way in which commits would be lost.
    Unsafe,
    /// It holds less than it did, or its files were taken away, replaced or changed.
    Harmed,
}

impl std::fmt::Display for Halt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::FailedWrite => "the log's server stores nothing more after a failed write",
            Self::Full => "the log's server may store nothing more",
            Self::Unnoted => "how far the log has reached cannot be put down outside it",
            Self::Limited => "what keeps the log was given a limit of what it may hold",
            Self::Unsafe => "the log is kept in a way that would lose commits",
            Self::Harmed => "the log does not hold what it held",
        })
    }
}

/// Why a commit was not stored, or is not known to be.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The stream no longer ends at the tail named. Nothing was stored. Load and decide again.
    #[error("the stream has moved on since it was read")]
    Conflict,
    /// It cannot be known whether the commit is stored. Load the stream before anything else.
    #[error("the outcome is unknown: {0}")]
    OutcomeUnknown(String),
    /// Nothing was stored: the log cannot be written now.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
    /// Nothing was stored, nor begun: the log takes nothing more until somebody sees to it. Waiting alone mends nothing.
    #[error("{halt}: {why}")]
    NotStoring {
        /// What is the matter.
        halt: Halt,
        /// Where and what to do, for the operator.
        why: String,
    },
    /// Nothing was stored: as many commits wait as the body lets wait. Try again later.
    #[error("{waiting} commits wait already")]
    Busy {
        /// How many may wait at one time.
        waiting: usize,
    },
    /// Nothing was stored, nor begun: there is less left of something than the log keeps in reserve.
    #[error("{left} {of} are left, and {needed} are kept in reserve")]
    NoRoom {
        /// What there is too little of.
        of: Reserve,
        /// How much is left, in its unit.
        left: u64,
        /// How much is kept in reserve, in its unit.
        needed: u64,
    },
    /// Nothing was stored: the commit is larger than [`COMMIT_BYTES_MAX`].
    #[error("the commit has {bytes} bytes, over the limit of {COMMIT_BYTES_MAX}")]
    TooLarge {
        /// Its stored size.
        bytes: usize,
    },
}

/// Why the log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot be reached or read now.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
    /// A message is there and is no commit that this program can read. Never skipped, unless it was set aside on record.
    #[error("{}", undecodable(*position, error))]
    Undecodable {
        /// Where it stands.
        position: Position,
        /// What was wrong with it.
        error: DecodeError,
    },
    /// A commit is there that does not belong where it stands. Never believed.
    #[error("the commit at position {} is not believed: {why}", position.0)]
    Misplaced {
        /// Where it stands.
        position: Position,
        /// What disagrees.
        why: Misplacement,
    },
    /// A position is missing or came twice.
    #[error("the log is not continuous: expected position {}, met {}", expected.0, met.0)]
    Gap {
        /// The position that should have come.
        expected: Position,
        /// The one that came.
        met: Position,
    },
    /// The log is kept in a way that would lose commits. Nothing is written to it.
    #[error("the log would lose commits: {0}")]
    Unsafe(String),
    /// The stored form of the log itself is damaged.
    #[error("the log is damaged: {0}")]
    Damaged(String),
    /// It falls short of what is known of it. Nothing is written to it.
    #[error("{0}")]
    Shorter(Shortfall),
    /// There is no log where one was to be opened. None is made in its place.
    #[error("there is no log: {0}")]
    Missing(String),
    /// There is a log where one was to be made.
    #[error("there is a log already: {0}")]
    Exists(LogId),
    /// Its first commit does not say which log it is.
    #[error(
        "日志的第1条是 {0},不是登记簿启用(LogOpened),无从得知是哪个日志 / position 1 of the log holds {0} and not LogOpened, which says which log \
         it is"
    )]
    NotOpened(String),
    /// Its first commit says that it is another log than the one it is found as.
    #[error(
        "此处的日志应为 {is},而其第1条(LogOpened)自称为 {says},须放回正确的日志 / the log is found as {is}, and its position 1 (LogOpened) says \
         that it is {says}: bring the right one back"
    )]
    OpenedAsAnother {
        /// What the commit says.
        says: LogId,
        /// What it is found as.
        is: LogId,
    },
}

/// What is wrong with the message at a position.
fn undecodable(Position(position): Position, error: &DecodeError) -> String {
    match error {
        DecodeError::UnknownFact(number) => {
            format!("written by a newer version: fact {number} at position {position}")
        }
        DecodeError::UnknownForm(form) => {
            format!("written by a newer version: form {form} at position {position}")
        }
        other => format!("the message at position {position} cannot be read: {other}"),
    }
}

/// What of a commit does not agree with where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misplacement {
    /// It stands under another stream's subject.
    Subject {
        /// The subject.
        subject: String,
        /// The stream its bytes name.
        stream: StreamId,
    },
    /// Its revision does not follow the last of its stream.
    Revision {
        /// The stream.
        stream: StreamId,
        /// What it says.
        revision: Revision,
        /// What would follow.
        expected: Revision,
    },
}

impl LogError {
    /// Whether a newer program wrote the message that cannot be read.
    pub fn is_newer(&self) -> bool {
        matches!(self, Self::Undecodable { error, .. } if error.is_newer())
    }

    /// Where the message stands that is not believed, if that is what is wrong: one that can be set aside.
    pub fn stray(&self) -> Option<Position> {
        match self {
            Self::Undecodable { position, .. } | Self::Misplaced { position, .. } => Some(*position),
            Self::Unavailable(_)
            | Self::Gap { .. }
            | Self::Unsafe(_)
            | Self::Damaged(_)
            | Self::Shorter(_)
            | Self::Missing(_)
            | Self::Exists(_)
            | Self::NotOpened(_)
            | Self::OpenedAsAnother { .. } => None,
        }
    }
}

impl std::fmt::Display for Misplacement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Subject { subject: found, stream } => {
                write!(f, "it stands under {found} and says it is of {}", subject(stream))
            }
            Self::Revision { stream, revision: Revision(revision), expected: Revision(expected) } => {
                write!(f, "it says it is revision {revision} of {}, where revision {expected} follows", subject(stream))
            }
        }
    }
}

/// Why a commit was not taken into a body's queue of `waiting` places.
pub(crate) fn not_queued<T>(error: &tokio::sync::mpsc::error::TrySendError<T>, waiting: usize) -> AppendError {
    match error {
        tokio::sync::mpsc::error::TrySendError::Full(_) => AppendError::Busy { waiting },
        tokio::sync::mpsc::error::TrySendError::Closed(_) => {
            AppendError::Unavailable("the log's writer has ended".to_owned())
        }
    }
}
