//! A commit: the events of one command, with who, when, under which scheme, and why it may be trusted to be the same request.

use crate::{BureauId, Event, Instant, OfficerId, OperatorCode, ProviderId, RequestId, Text};

/// Whose history a commit belongs to. Each stream is one consistency boundary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamId {
    /// One provider: its case, certifications, prices, pledges and plaques.
    Provider(ProviderId),
    /// One operator: bars that cross its providers.
    Operator(OperatorCode),
    /// The log itself: what was decided about its own messages.
    Log,
}

/// A stream's number of commits: 0 when empty, then 1, 2, 3 … without a gap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// A commit's place in the whole log: 1, 2, 3 … without a gap. 0 is before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// The events of one command, decided together, stored together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The caller's request id; a stream holds it at most once.
    pub id: RequestId,
    /// Digest of the command as sent, so that the same id with another body is seen.
    pub digest: [u8; 16],
    /// The bureau that acted.
    pub bureau: BureauId,
    /// The officer's staff number.
    pub officer: OfficerId,
    /// When the registry recorded it.
    pub recorded_at: Instant,
    /// Version of the scheme it was decided under.
    pub scheme: Text<64>,
    /// One or more facts, in order.
    pub events: Vec<Event>,
}
