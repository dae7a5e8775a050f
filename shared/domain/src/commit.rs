//! A commit: the events of one command, with who, when, under which scheme, and why it may be trusted to be the same request.

use crate::event::Event;
use crate::value::{BureauId, Instant, OfficerId, Position, RequestDigest, RequestId, Text};

/// The events of one command, decided together, stored together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The caller's request id; a stream holds it at most once.
    pub id: RequestId,
    /// Digest of the command as it was understood, so that the same id for another one is seen.
    pub digest: RequestDigest,
    /// The bureau that acted.
    pub bureau: BureauId,
    /// The officer's staff number.
    pub officer: OfficerId,
    /// When the registry recorded it.
    pub recorded_at: Instant,
    /// Version of the scheme it was decided under.
    pub scheme: Text<64>,
    /// The position of the newest rules it was decided under: those, and no later ones. 0 where none were on record.
    pub rules: Position,
    /// One or more facts, in order.
    pub events: Vec<Event>,
}
