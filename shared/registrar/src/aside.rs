//! Setting aside a message of the log that is no commit: the one thing that is decided about the log itself.
//!
//! It is no command of a service: whoever does it has the log at hand and the services stopped or stuck, and looks at the message first.

use domain::{
    BureauId, Commit, DocumentNumber, Event, Instant, MessageSetAside, OfficerId, Position, Reason, RequestDigest,
    RequestId, Sha256, StreamId, Text,
};
use event_log::{AppendError, Inspect, Inspected, LogError};

use crate::bounds::CONFLICT_RETRIES_MAX;
use crate::clock::{ClockFault, ClockGuard};

/// What is to be set aside, by whom and why.
#[derive(Debug, Clone)]
pub struct SettingAside {
    /// Where the message stands.
    pub position: Position,
    /// The hash of its bytes, as it was looked at.
    pub sha256: Sha256,
    /// Why.
    pub reason: Reason,
    /// Number of the document that carries the decision.
    pub document_number: DocumentNumber,
    /// Whoever acts has made sure that no newer version wrote it, though it looks so.
    pub not_newer: bool,
    /// The id of this act.
    pub id: RequestId,
    /// The bureau that acts.
    pub bureau: BureauId,
    /// The officer's staff number.
    pub officer: OfficerId,
    /// When.
    pub now: Instant,
    /// Version of the scheme in force.
    pub scheme: Text<64>,
    /// The position of the newest rules.
    pub rules: Position,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aside {
    /// Where the commit stands that says so.
    pub by: Position,
    /// Whether it said so before; then nothing was written.
    pub already: bool,
}

/// Why nothing was set aside.
#[derive(Debug, thiserror::Error)]
pub enum SetAsideError {
    /// The log does not reach there.
    #[error("the log has no position {}", .0.0)]
    NothingThere(Position),
    /// It is a commit, and every reader believes it.
    #[error("position {} holds a commit that every reader believes; such a commit is answered by another one", .0.0)]
    Believed(Position),
    /// It is another message than the one that was looked at.
    #[error("the message at position {} has the hash {met}; inspect it again", position.0)]
    OtherBytes {
        /// Where it stands.
        position: Position,
        /// Its hash.
        met: Sha256,
    },
    /// A newer program may read it.
    #[error("{0}; use that version, or say that there is none with --not-newer")]
    Newer(LogError),
    /// The clock cannot be believed. Nothing was written.
    #[error(transparent)]
    Clock(#[from] ClockFault),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The log cannot be written, or it is not known whether it was.
    #[error(transparent)]
    Append(AppendError),
}

fn refused(asked: &SettingAside, inspected: Inspected) -> Result<Option<Position>, SetAsideError> {
    let position = asked.position;
    let met = inspected.sha256();
    match inspected.trouble {
        None => Err(SetAsideError::Believed(position)),
        Some(_) if met != asked.sha256 => Err(SetAsideError::OtherBytes { position, met }),
        Some(_) if inspected.set_aside.is_some() => Ok(inspected.set_aside),
        Some(LogError::Undecodable { error, position }) if error.is_newer() && !asked.not_newer => {
            Err(SetAsideError::Newer(LogError::Undecodable { error, position }))
        }
        Some(_) => Ok(None),
    }
}

/// Sets a message aside on record, once it was looked at that it is none that anybody believes, by a clock that `clock` believes.
pub async fn set_aside(log: &impl Inspect, asked: &SettingAside, clock: &ClockGuard) -> Result<Aside, SetAsideError> {
    let inspected = log.inspect(asked.position).await?.ok_or(SetAsideError::NothingThere(asked.position))?;
    if let Some(by) = refused(asked, inspected)? {
        return Ok(Aside { by, already: true });
    }
    // Whoever acts by hand has followed nothing: the log itself is asked for its newest time.
    clock.check(asked.now, log.look().await?)?;
    let aside = MessageSetAside {
        position: asked.position,
        sha256: asked.sha256,
        reason: asked.reason.clone(),
        document_number: asked.document_number.clone(),
    };
    let commit = Commit {
        id: asked.id,
        // No request is behind it that could come again; what it names tells it from any other.
        digest: RequestDigest::of_no_request(asked.sha256.as_bytes().first_chunk().copied().unwrap_or_default()),
        bureau: asked.bureau.clone(),
        officer: asked.officer.clone(),
        recorded_at: asked.now,
        scheme: asked.scheme.clone(),
        rules: asked.rules,
        events: vec![Event::from(aside)],
    };
    for _ in 0..=CONFLICT_RETRIES_MAX {
        let after = log.load(&StreamId::Log).await?.tail;
        match log.append(&StreamId::Log, after, &commit).await {
            Ok(tail) => return Ok(Aside { by: tail.position, already: false }),
            Err(AppendError::Conflict) => {}
            Err(error) => return Err(SetAsideError::Append(error)),
        }
    }
    Err(SetAsideError::Append(AppendError::Conflict))
}
