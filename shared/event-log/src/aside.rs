//! What is believed of what is stored, and what was set aside.
//!
//! A message is believed when its bytes are a commit, the commit is of the stream it stands under, and its revision follows that
//! stream's last. Any other is a stray: readers stop before it, because what it meant to say cannot be known. An operator who has
//! looked at it can set it aside on record ([`domain::MessageSetAside`], in the log's own stream); from then on every reader goes on
//! over it. Setting aside counts only for a message that is not believed and whose bytes have the hash that is named, so whoever reads
//! the log earlier or later reads the same.

use std::collections::HashMap;

use domain::{Event, Instant, Position, Sha256, StreamId};

use crate::error::{LogError, Misplacement};
use crate::hash::hash;
use crate::recorded::{Loaded, Recorded, SetAside, Tail, next};
use crate::stored::{DecodeError, decode, look};
use crate::subject::{stands_under, subject};

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
    // Made where it stays: each call that it is handed through would copy some 300 bytes, a twentieth of a replay.
    #[inline]
    pub(crate) fn believed(self) -> Result<Recorded, LogError> {
        let (stream, revision, commit) = decode(self.bytes).map_err(|error| self.undecodable(error))?;
        let (position, stream) = (self.position, self.under_its_subject(stream)?);
        Ok(Recorded { position, stream, revision, commit })
    }

    /// The same, and whose commit it is and when it was recorded, of one that is handed on as it is stored: it is of a form and of facts
    /// that are known, and what they say is not read.
    pub(crate) fn looked_at(self) -> Result<(StreamId, Instant), LogError> {
        let (stream, recorded_at) = look(self.bytes).map_err(|error| self.undecodable(error))?;
        Ok((self.under_its_subject(stream)?, recorded_at))
    }

    fn undecodable(self, error: DecodeError) -> LogError {
        LogError::Undecodable { position: self.position, error }
    }

    /// The stream, if the message stands under its subject.
    fn under_its_subject(self, stream: StreamId) -> Result<StreamId, LogError> {
        match self.subject {
            Some(subject) if !stands_under(subject, &stream) => {
                let why = Misplacement::Subject { subject: subject.to_owned(), stream };
                Err(LogError::Misplaced { position: self.position, why })
            }
            _ => Ok(stream),
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
    /// What came before is not read: its next commit is of whatever revision.
    begins_later: bool,
}

impl<'a> Chain<'a> {
    pub(crate) fn new(stream: &'a StreamId) -> Self {
        Self { stream, loaded: Loaded::default(), strays: 0, begins_later: false }
    }

    /// From the first message after a position on.
    pub(crate) fn after(stream: &'a StreamId, after: Position) -> Self {
        Self { begins_later: after > Position(0), ..Self::new(stream) }
    }

    /// Takes the next message.
    pub(crate) fn take(&mut self, message: Stored<'_>, known: &SetAsides) -> Result<(), LogError> {
        let taken = self.follows(message, known)?;
        self.loaded.commits.extend(taken);
        Ok(())
    }

    /// The next message, which is not kept; nothing where it is no commit and every reader goes on over it.
    pub(crate) fn follows(&mut self, message: Stored<'_>, known: &SetAsides) -> Result<Option<Recorded>, LogError> {
        match self.next(message) {
            Ok(recorded) => {
                self.loaded.tail = recorded.tail();
                (self.strays, self.begins_later) = (0, false);
                Ok(Some(recorded))
            }
            // What is wrong in the log's own stream must not keep the log from setting it aside.
            Err(error)
                if *self.stream != StreamId::Log && known.of_message(message.position, message.bytes).is_none() =>
            {
                Err(error)
            }
            Err(_) => {
                self.loaded.tail.position = message.position;
                self.strays += 1;
                Ok(None)
            }
        }
    }

    /// The next commit, if that is what the message is.
    pub(crate) fn next(&self, message: Stored<'_>) -> Result<Recorded, LogError> {
        let recorded = message.believed_of(self.stream)?;
        let first = next(self.loaded.tail.revision);
        if self.begins_later || (first.0..=first.0 + self.strays).contains(&recorded.revision.0) {
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
