//! What a log holds: commits in their places, and what was set aside.

use bytes::Bytes;
use domain::{Commit, Instant, Position, Revision, Sha256, StreamId};

use crate::stored::{self, DecodeError};

/// Hashes streams for tables of them, keyed at random: the one of std would take as long for the five to eight tables that a command is looked up
/// in as deciding on it does.
pub type StreamHashes = foldhash::fast::RandomState;

/// Where a stream ends: what a writer decided on. `Tail::default()` is the empty stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tail {
    /// The stream's number of commits.
    pub revision: Revision,
    /// The place of its last commit in the whole log; 0 when empty.
    pub position: Position,
}

/// A commit as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Place in the whole log, from 1.
    pub position: Position,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Which commit of its stream it is, from 1.
    pub revision: Revision,
    /// What was decided.
    pub commit: Commit,
}

impl Recorded {
    /// The stream's tail right after this commit.
    pub fn tail(&self) -> Tail {
        Tail { revision: self.revision, position: self.position }
    }
}

/// A commit in its place, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCommit {
    /// Place in the whole log, from 1.
    pub position: Position,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// When it was recorded, as readers of the log are told.
    pub recorded_at: Instant,
    /// Whether that is later than what its bytes say: they were stored at one moment with others of a clock that was ahead.
    pub raised: bool,
    /// What is stored: the byte that names the form, and the protobuf of `puhui.audit.v1.Commit`.
    pub bytes: Bytes,
}

impl StoredCommit {
    pub(crate) fn new(position: Position, (stream, recorded_at): (StreamId, Instant), bytes: Bytes) -> Self {
        Self { position, stream, recorded_at, raised: false, bytes }
    }

    pub(crate) fn of(recorded: &Recorded, bytes: Bytes) -> Self {
        Self::new(recorded.position, (recorded.stream.clone(), recorded.commit.recorded_at), bytes)
    }

    /// The protobuf of `puhui.audit.v1.Commit`, without the position.
    pub fn message(&self) -> &[u8] {
        self.bytes.get(1..).unwrap_or_default()
    }

    /// The commit, with the time that readers are told.
    pub fn decoded(&self) -> Result<Recorded, DecodeError> {
        let (stream, revision, commit) = stored::decode(&self.bytes)?;
        let commit = Commit { recorded_at: self.recorded_at, ..commit };
        Ok(Recorded { position: self.position, stream, revision, commit })
    }
}

/// Of the commits of a stream those after a position, until they are bytes enough.
pub(crate) fn part_of(
    commits: impl Iterator<Item = StoredCommit>,
    after: Position,
    enough: usize,
) -> Vec<StoredCommit> {
    let mut length = 0;
    let wanted = commits.skip_while(|stored| stored.position <= after);
    let wanted = wanted.take_while(|stored| {
        let before = length;
        length += stored.bytes.len();
        before < enough
    });
    wanted.collect()
}

/// The tail of a stream whose commits stand at these positions.
pub(crate) fn tail_of(positions: &[u64]) -> Tail {
    Tail { revision: Revision(positions.len() as u64), position: Position(positions.last().copied().unwrap_or(0)) }
}

/// The revision that follows.
pub(crate) fn next(revision: Revision) -> Revision {
    Revision(revision.0 + 1)
}

/// A position that every reader goes on over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetAside {
    /// Where the message stands that is no commit.
    pub position: Position,
    /// The hash of its bytes.
    pub sha256: Sha256,
    /// Where the commit stands that set it aside.
    pub by: Position,
}

/// What stands next in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed<C = Recorded> {
    /// A commit.
    Commit(C),
    /// A message that was set aside on record: it says nothing.
    SetAside(SetAside),
}

impl Followed<Recorded> {
    /// Where it stands.
    pub fn position(&self) -> Position {
        match self {
            Self::Commit(recorded) => recorded.position,
            Self::SetAside(aside) => aside.position,
        }
    }

    /// What tells it from anything else that might stand in its place: the commit's id, or the first half of the hash.
    pub fn mark(&self) -> [u8; 16] {
        match self {
            Self::Commit(recorded) => *recorded.commit.id.as_bytes(),
            Self::SetAside(aside) => aside.sha256.as_bytes().first_chunk().copied().unwrap_or_default(),
        }
    }
}

impl Followed<StoredCommit> {
    /// Where it stands.
    pub fn position(&self) -> Position {
        match self {
            Self::Commit(stored) => stored.position,
            Self::SetAside(aside) => aside.position,
        }
    }
}

impl<C> Followed<C> {
    /// The commit, if it is one.
    pub fn commit(&self) -> Option<&C> {
        match self {
            Self::Commit(commit) => Some(commit),
            Self::SetAside(_) => None,
        }
    }

    /// The same.
    pub fn into_commit(self) -> Option<C> {
        match self {
            Self::Commit(commit) => Some(commit),
            Self::SetAside(_) => None,
        }
    }

    /// The same of what `make` makes of the commit.
    pub(crate) fn map<D>(self, make: impl FnOnce(C) -> D) -> Followed<D> {
        match self {
            Self::Commit(commit) => Followed::Commit(make(commit)),
            Self::SetAside(aside) => Followed::SetAside(aside),
        }
    }
}

/// The commits of one stream, and where it ends. It reads as the slice of its commits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Every commit, in order, what was set aside left out.
    pub commits: Vec<Recorded>,
    /// Where the stream ends: the last commit's revision, and the position of the last message under it, set aside or not.
    pub tail: Tail,
}

impl std::ops::Deref for Loaded {
    type Target = [Recorded];

    fn deref(&self) -> &[Recorded] {
        &self.commits
    }
}

impl IntoIterator for Loaded {
    type Item = Recorded;
    type IntoIter = std::vec::IntoIter<Recorded>;

    fn into_iter(self) -> Self::IntoIter {
        self.commits.into_iter()
    }
}
