//! The first commit of a log, which says which log it is ([`LogOpened`]). The folder's file `id`, or the NATS stream's name and metadata, say
//! where a log is found before it is read; the commit is what the log says of itself, wherever it is carried. Where the two differ it is not opened.

use domain::{
    BureauId, Commit, Event, Instant, LogOpened, Name, OfficerId, Position, RequestDigest, RequestId, StreamId, Text,
};

use crate::contract::EventLog;
use crate::error::{AppendError, LogError};
use crate::recorded::Tail;

/// What stands in the head of that commit for the scheme: it was decided under none.
const NO_SCHEME: &str = "none";
/// Times that an empty log is opened, and looked at again where another was first.
const OPEN_ATTEMPTS: u32 = 8;

/// Who opens a log, and under which name.
#[derive(Debug, Clone)]
pub struct Opening {
    /// What the registry is called.
    pub name: Name,
    /// The bureau that opens it.
    pub bureau: BureauId,
    /// Who opens it.
    pub officer: OfficerId,
    /// The id of this act.
    pub id: RequestId,
}

/// Why a log was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// It cannot be read, or is another log than its first commit says.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Its first commit could not be written, or it is not known whether it was.
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// What the first commit of a log says; `None` where there is none yet.
///
/// # Errors
///
/// [`LogError::NotOpened`] where its first commit is another; [`LogError::OpenedAsAnother`] where that says that it is another log.
pub async fn opened(log: &impl EventLog) -> Result<Option<LogOpened>, LogError> {
    // Asked first: whoever opens it in between is found by what is loaded after.
    let was_empty = log.head().await? == Position(0);
    let own = log.load(&StreamId::Log).await?;
    match own.first() {
        Some(first) if first.position == Position(1) => match &first.commit.events[..] {
            [Event::LogOpened(opened)] if opened.log_id == log.id() => Ok(Some(opened.clone())),
            [Event::LogOpened(opened)] => Err(LogError::OpenedAsAnother { says: opened.log_id, is: log.id() }),
            other => Err(LogError::NotOpened(other.first().map_or("no fact", Event::name).to_owned())),
        },
        None if was_empty => Ok(None),
        _ => Err(LogError::NotOpened("what is none of the log's own".to_owned())),
    }
}

/// Opens an empty log with its first commit; one that is opened is left as it is. Of several that open it at one time one does. What its first
/// commit says is returned.
///
/// # Errors
///
/// As [`opened`], and where nothing can be written.
pub async fn open(log: &impl EventLog, opening: &Opening, now: Instant) -> Result<LogOpened, OpeningError> {
    for _ in 0..OPEN_ATTEMPTS {
        if let Some(opened) = opened(log).await? {
            return Ok(opened);
        }
        let opened = LogOpened { log_id: log.id(), name: opening.name.clone() };
        let scheme = Text::parse(NO_SCHEME).map_err(|invalid| LogError::Unavailable(invalid.to_string()))?;
        let commit = Commit {
            id: opening.id,
            // No request is behind it that could come again.
            digest: RequestDigest::of_no_request(*log.id().as_bytes()),
            bureau: opening.bureau.clone(),
            officer: opening.officer.clone(),
            recorded_at: now,
            scheme,
            rules: Position(0),
            events: vec![opened.into()],
        };
        match log.append(&StreamId::Log, Tail::default(), &commit).await {
            // What stands at the beginning is looked at: only that says it.
            Ok(_) | Err(AppendError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(AppendError::Conflict.into())
}
