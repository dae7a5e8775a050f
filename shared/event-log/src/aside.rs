//! What is believed of what is stored, and what was set aside.
//!
//! A message is believed when its bytes are a commit, the commit is of the stream it stands under, and its revision follows that
//! stream's last. Any other is a stray: readers stop before it, because what it meant to say cannot be known. An operator who has
//! looked at it can set it aside on record ([`domain::MessageSetAside`], in the log's own stream); from then on every reader goes on
//! over it. Setting aside counts only for a message that is not believed and whose bytes have the hash that is named, so whoever reads
//! the log earlier or later reads the same.

use std::collections::HashMap;

use domain::{Event, Position, Revision, Sha256, StreamId};
use sha2::Digest;

use crate::{LogError, Misplacement, Recorded, Tail, decode};

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
pub enum Followed {
    /// A commit.
    Commit(Recorded),
    /// A message that was set aside on record: it says nothing.
    SetAside(SetAside),
}

impl Followed {
    /// Where it stands.
    pub fn position(&self) -> Position {
        match self {
            Self::Commit(recorded) => recorded.position,
            Self::SetAside(aside) => aside.position,
        }
    }

    /// The commit, if it is one.
    pub fn commit(&self) -> Option<&Recorded> {
        match self {
            Self::Commit(recorded) => Some(recorded),
            Self::SetAside(_) => None,
        }
    }

    /// The same.
    pub fn into_commit(self) -> Option<Recorded> {
        match self {
            Self::Commit(recorded) => Some(recorded),
            Self::SetAside(_) => None,
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

/// What stands at a position, for who is to decide about it.
#[derive(Debug)]
pub struct Inspected {
    /// Where.
    pub position: Position,
    /// The subject it was published under; of the embedded body, which has none, that of the stream it is indexed under, if it is.
    pub subject: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Why it is not believed; `None` of a commit.
    pub trouble: Option<LogError>,
    /// Where the commit stands that set it aside, if one did.
    pub set_aside: Option<Position>,
}

impl Inspected {
    /// The hash of its bytes.
    pub fn sha256(&self) -> Sha256 {
        hash(&self.bytes)
    }
}

/// The hash by which a message is set aside.
pub(crate) fn hash(bytes: &[u8]) -> Sha256 {
    Sha256::from_bytes(sha2::Sha256::digest(bytes).into())
}

/// How the subjects of operators' streams begin.
pub(crate) const OPERATORS: &str = "puhui.operator.";
/// How the subjects of providers' streams begin.
const PROVIDERS: &str = "puhui.provider.";
/// The subject of the log's own stream.
const LOG: &str = "puhui.log";

/// The subject that a stream's commits stand under.
pub(crate) fn subject(stream: &StreamId) -> String {
    let (kind, id) = match stream {
        StreamId::Provider(id) => (PROVIDERS, id.as_str()),
        StreamId::Operator(code) => (OPERATORS, code.as_str()),
        StreamId::Log => (LOG, ""),
    };
    // By construction; a dot or a wildcard would name another subject, and the client lets them through.
    debug_assert!(id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'-'), "{id}");
    [kind, id].concat()
}

/// Whether `subject` is that of `stream`; without making one, since every commit that is read is asked.
fn stands_under(subject: &str, stream: &StreamId) -> bool {
    match stream {
        StreamId::Provider(id) => subject.strip_prefix(PROVIDERS) == Some(id.as_str()),
        StreamId::Operator(code) => subject.strip_prefix(OPERATORS) == Some(code.as_str()),
        StreamId::Log => subject == LOG,
    }
}

/// A message as it is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored<'a> {
    pub(crate) position: Position,
    /// None where the body has no subjects.
    pub(crate) subject: Option<&'a str>,
    pub(crate) bytes: &'a [u8],
}

impl Stored<'_> {
    /// The commit, if it is one and stands under its own subject. Whether its revision follows, its stream alone tells.
    pub(crate) fn believed(self) -> Result<Recorded, LogError> {
        let Self { position, subject, bytes } = self;
        let (stream, revision, commit) = decode(bytes).map_err(|error| LogError::Undecodable { position, error })?;
        match subject {
            Some(subject) if !stands_under(subject, &stream) => {
                let why = Misplacement::Subject { subject: subject.to_owned(), stream };
                Err(LogError::Misplaced { position, why })
            }
            _ => Ok(Recorded { position, stream, revision, commit }),
        }
    }

    /// The same, of a message that was read for `stream`.
    pub(crate) fn believed_of(self, stream: &StreamId) -> Result<Recorded, LogError> {
        let recorded = self.believed()?;
        if recorded.stream == *stream {
            return Ok(recorded);
        }
        let why = Misplacement::Subject { subject: subject(stream), stream: recorded.stream };
        Err(LogError::Misplaced { position: self.position, why })
    }
}

/// What was set aside, as the log's own stream says.
#[derive(Debug, Clone, Default)]
pub(crate) struct SetAsides(HashMap<Position, Vec<(Sha256, Position)>>);

impl SetAsides {
    /// Of the messages of the log's own stream. Those that are not believed say nothing.
    pub(crate) fn of<'a>(messages: impl IntoIterator<Item = Stored<'a>>) -> Self {
        let mut known = Self::default();
        for recorded in messages.into_iter().filter_map(|message| message.believed_of(&StreamId::Log).ok()) {
            for event in &recorded.commit.events {
                if let Event::MessageSetAside(aside) = event {
                    known.0.entry(aside.position).or_default().push((aside.sha256, recorded.position));
                }
            }
        }
        known
    }

    /// Whether anything was ever said of this position.
    pub(crate) fn names(&self, position: Position) -> bool {
        !self.0.is_empty() && self.0.contains_key(&position)
    }

    /// What was decided about a message with these bytes at this position.
    pub(crate) fn of_message(&self, position: Position, bytes: &[u8]) -> Option<SetAside> {
        let named = self.0.get(&position)?;
        let sha256 = hash(bytes);
        named.iter().find(|(named, _)| *named == sha256).map(|(_, by)| SetAside { position, sha256, by: *by })
    }
}

/// The commits of one stream as its messages come, in order.
#[derive(Debug)]
pub(crate) struct Chain<'a> {
    stream: &'a StreamId,
    loaded: Loaded,
    /// Strays since the last commit. What they were cannot be known: each may have had a revision of its own, or not.
    strays: u64,
}

impl<'a> Chain<'a> {
    pub(crate) fn new(stream: &'a StreamId) -> Self {
        Self { stream, loaded: Loaded::default(), strays: 0 }
    }

    /// Takes the next message.
    pub(crate) fn take(&mut self, message: Stored<'_>, known: &SetAsides) -> Result<(), LogError> {
        match self.next(message) {
            Ok(recorded) => {
                self.loaded.tail = recorded.tail();
                self.loaded.commits.push(recorded);
                self.strays = 0;
            }
            // What is wrong in the log's own stream must not keep the log from setting it aside.
            Err(error)
                if *self.stream != StreamId::Log && known.of_message(message.position, message.bytes).is_none() =>
            {
                return Err(error);
            }
            Err(_) => {
                self.loaded.tail.position = message.position;
                self.strays += 1;
            }
        }
        Ok(())
    }

    /// The next commit, if that is what the message is.
    pub(crate) fn next(&self, message: Stored<'_>) -> Result<Recorded, LogError> {
        let recorded = message.believed_of(self.stream)?;
        let first = crate::next(self.loaded.tail.revision);
        if (first.0..=first.0 + self.strays).contains(&recorded.revision.0) {
            return Ok(recorded);
        }
        let why = Misplacement::Revision { stream: recorded.stream, revision: recorded.revision, expected: first };
        Err(LogError::Misplaced { position: message.position, why })
    }

    pub(crate) fn tail(&self) -> Tail {
        self.loaded.tail
    }

    pub(crate) fn into_loaded(self) -> Loaded {
        self.loaded
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
