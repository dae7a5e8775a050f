//! What is asked of the write loop, and what it answers.

use domain::command::{Command, CorrectAct, MadeBy, OperatorCommand, RegisterProvider, RulesCommand};
use domain::{
    Act, BureauId, Difference, Event, Instant, OfficerId, OperatorCode, ProviderId, Refusal, RequestDigest, RequestId,
    Revision, StreamId,
};
use event_log::{AppendError, Halt, LogError, LogId, OpeningError, Reserve, Tail};

use crate::bounds::CONFLICT_RETRIES_MAX;
use crate::clock::ClockFault;

/// A command and the stream it is for.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one at a time, moved once")]
pub enum Action {
    /// On a provider.
    Provider(ProviderId, Command),
    /// On an operator.
    Operator(OperatorCode, OperatorCommand),
    /// On an act of a provider.
    CorrectProvider(ProviderId, CorrectAct),
    /// On an act of an operator.
    CorrectOperator(OperatorCode, CorrectAct),
    /// On the rules.
    Rules(RulesCommand),
}

impl Action {
    /// The correction, if it is one.
    pub(crate) fn correction(&self) -> Option<(&CorrectAct, &Self)> {
        match self {
            Self::CorrectProvider(_, c) | Self::CorrectOperator(_, c) => Some((c, self)),
            Self::Provider(..) | Self::Operator(..) | Self::Rules(_) => None,
        }
    }

    /// What is held against the record where it is refused so: of a provider that is on record with others, the particulars.
    pub(crate) fn asked(&self, refusal: &Refusal) -> Option<MadeBy> {
        match self {
            Self::Provider(_, command) if *refusal == Refusal::ParticularsDiffer => {
                let particulars = command.particulars()?.clone();
                Some(MadeBy::Provider(Command::RegisterProvider(RegisterProvider { particulars })))
            }
            Self::Provider(_, command) => Some(MadeBy::Provider(command.clone())),
            Self::Operator(_, command) => Some(MadeBy::Operator(command.clone())),
            Self::CorrectProvider(_, c) | Self::CorrectOperator(_, c) => c.right.as_deref().cloned(),
            Self::Rules(_) => None,
        }
    }

    pub(crate) fn stream(&self) -> StreamId {
        match self {
            Self::Provider(id, _) | Self::CorrectProvider(id, _) => StreamId::Provider(id.clone()),
            Self::Operator(code, _) | Self::CorrectOperator(code, _) => StreamId::Operator(code.clone()),
            Self::Rules(_) => StreamId::Rules,
        }
    }
}

/// A command with who, when, and how it is told from another.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The caller's id of the command.
    pub id: RequestId,
    /// Digest of the command as it was understood.
    pub digest: RequestDigest,
    /// Who acts.
    pub bureau: BureauId,
    /// The officer's staff number.
    pub officer: OfficerId,
    /// When.
    pub now: Instant,
    /// The revision the caller decided on, if it says one.
    pub expected_revision: Option<Revision>,
    /// Decide and answer, write nothing.
    pub validate_only: bool,
    /// What is to be done.
    pub action: Action,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The log it is of.
    pub log: LogId,
    /// Where its commit stands; of a command that repeats an act on record, where that one's does, or that of its last correction; of one
    /// that was only validated, where the stream ends.
    pub tail: Tail,
    /// The number of the act in its stream; of a command that repeats one on record, that one's. `None` where it was only validated.
    pub act: Option<Act>,
    /// What became of it.
    pub outcome: Outcome,
    /// The facts of its commit; of a command that repeats an act on record, those of that one's.
    pub events: Vec<Event>,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// On disk now.
    Recorded,
    /// Nothing written: the request was recorded before, or repeats an act on record.
    AlreadyRecorded,
    /// Nothing written: only validated.
    Validated,
}

/// Why a command was not recorded, or is not known to be.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The rules say no.
    #[error("refused: {}", .0.en())]
    Refused(Refusal),
    /// The rules say no, and an act on record is what was asked for but for this.
    #[error("refused: {}; {}", .0.en(), .1.en())]
    Differs(Refusal, Box<Difference>),
    /// The stream holds this request id with another content.
    #[error("this request id was used for another command")]
    RequestReused,
    /// The stream holds this request id, and its digest was made under another key: whether it is the same is not known.
    #[error("this request id is on record under another request key")]
    RequestKeyDiffers,
    /// The stream is at another revision than the caller decided on.
    #[error("the stream is at revision {}", actual.0)]
    RevisionMismatch {
        /// Where it is.
        actual: Revision,
    },
    /// Other writers were first, again and again.
    #[error("other writers were first {CONFLICT_RETRIES_MAX} times")]
    Contended,
    /// It is not known whether the command is recorded. Sent again with the same id it is looked up.
    #[error("the outcome is unknown: {0}")]
    OutcomeUnknown(String),
    /// Nothing was written: the log cannot be read or written now.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
    /// Nothing was written: the rules on record cannot be read by this program.
    #[error("{0}")]
    RulesUnreadable(String),
    /// Nothing was written, nor begun: the log takes nothing more until somebody sees to it.
    #[error("{halt}: {why}")]
    NotStoring {
        /// What is the matter.
        halt: Halt,
        /// Where and what to do, for the operator.
        why: String,
    },
    /// Nothing was written, nor begun: the file of the key under which requests are digested is not as it should be, and what is recorded now
    /// could not be matched with a request that comes again after a restart.
    #[error("{0}")]
    RequestKeyAway(String),
    /// Nothing was written: the clock cannot be believed.
    #[error(transparent)]
    Clock(#[from] ClockFault),
    /// Nothing was written: as many commits wait for the log as may wait. Try again later.
    #[error("{waiting} commits wait for the log already")]
    Busy {
        /// How many may wait.
        waiting: usize,
    },
    /// Nothing was written, nor begun: there is less left of something than the log keeps in reserve.
    #[error("{left} {of} are left, and {needed} are kept in reserve")]
    NoRoom {
        /// What there is too little of.
        of: Reserve,
        /// How much is left, in its unit.
        left: u64,
        /// How much is kept in reserve, in its unit.
        needed: u64,
    },
    /// Nothing was written: the commit is larger than the log takes.
    #[error("the commit has {bytes} bytes, more than the log takes")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The log holds something that cannot be read. Nothing was written.
    #[error(transparent)]
    Log(LogError),
}

impl From<AppendError> for SubmitError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::OutcomeUnknown(why) => Self::OutcomeUnknown(why),
            AppendError::TooLarge { bytes } => Self::TooLarge { bytes },
            AppendError::Busy { waiting } => Self::Busy { waiting },
            AppendError::NoRoom { of, left, needed } => Self::NoRoom { of, left, needed },
            AppendError::Unavailable(why) => Self::Unavailable(why),
            AppendError::NotStoring { halt, why } => Self::NotStoring { halt, why },
            AppendError::Conflict => Self::Contended,
        }
    }
}

/// Of a log's first commit nothing is known to who submits: where its outcome is unknown it is looked up first the next time, and nothing of
/// this command was begun.
impl From<OpeningError> for SubmitError {
    fn from(error: OpeningError) -> Self {
        match error {
            OpeningError::Log(error) => error.into(),
            OpeningError::Append(AppendError::OutcomeUnknown(why)) => Self::Unavailable(why),
            OpeningError::Append(error) => error.into(),
        }
    }
}

impl From<LogError> for SubmitError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Unavailable(why) => Self::Unavailable(why),
            other => Self::Log(other),
        }
    }
}
