//! What of the store is believed, and what was set aside.

use bytes::Bytes;
use domain::{Position, Revision, StreamId};

use super::key::{number, stream_key, stream_prefix};
use super::store::{Store, damaged};
use crate::aside::{SetAsides, Stored};
use crate::contract::Inspected;
use crate::error::{LogError, Misplacement};
use crate::recorded::{Followed, Loaded, Recorded, StoredCommit, Tail, next};
use crate::subject::subject;

impl Store {
    /// What stands under `stream`: the revision and the position of each.
    fn places(&self, stream: &StreamId) -> impl Iterator<Item = Result<(Revision, Position), LogError>> + use<'_> {
        let prefix = stream_prefix(stream);
        let length = prefix.len();
        self.streams.prefix(prefix).map(move |entry| {
            let (key, value) = entry.into_inner().map_err(|error| damaged(&error))?;
            let revision = Revision(number(key.get(length..).unwrap_or_default())?);
            Ok((revision, Position(number(&value)?)))
        })
    }

    /// What stands at a position that is indexed.
    fn there(&self, Position(position): Position) -> Result<fjall::Slice, LogError> {
        let missing = || LogError::Damaged(format!("position {position} is indexed and missing"));
        self.bytes_at(position)?.ok_or_else(missing)
    }

    /// What stands under `stream`, with the bytes of each.
    fn indexed(
        &self,
        stream: &StreamId,
    ) -> impl Iterator<Item = Result<(Revision, Position, fjall::Slice), LogError>> + use<'_> {
        self.places(stream).map(|place| {
            let (revision, position) = place?;
            Ok((revision, position, self.there(position)?))
        })
    }

    pub(super) fn load(&self, stream: &StreamId) -> Result<Loaded, LogError> {
        let mut loaded = Loaded::default();
        // As in `tail`: a provider that registers and an operator of whom nothing was ever said are most that is asked for.
        if self.ends_at(stream, Tail::default())? {
            return Ok(loaded);
        }
        let mut known = None;
        for entry in self.indexed(stream) {
            let (revision, position, bytes) = entry?;
            loaded.tail = Tail { revision, position };
            loaded.commits.extend(self.commit_of(stream, (revision, position), &bytes, &mut known)?);
        }
        Ok(loaded)
    }

    /// Commits of `stream` after a position, as they are stored, until they are bytes enough.
    pub(super) fn load_stored(
        &self,
        stream: &StreamId,
        after: Position,
        enough: usize,
    ) -> Result<Vec<StoredCommit>, LogError> {
        let (mut stored, mut length, mut known) = (Vec::new(), 0, None);
        for place in self.places(stream) {
            let (revision, position) = place?;
            if position <= after {
                continue;
            }
            let bytes = self.there(position)?;
            if let Some(recorded) = self.commit_of(stream, (revision, position), &bytes, &mut known)? {
                length += bytes.len();
                stored.push(StoredCommit::of(&recorded, Bytes::copy_from_slice(&bytes)));
            }
            if length >= enough {
                break;
            }
        }
        Ok(stored)
    }

    /// The commit that stands under `stream` there; none where it is no such commit and every reader goes on over it. What was set aside is
    /// looked for once.
    fn commit_of(
        &self,
        stream: &StreamId,
        (revision, position): (Revision, Position),
        bytes: &[u8],
        known: &mut Option<SetAsides>,
    ) -> Result<Option<Recorded>, LogError> {
        let stored = Stored { position, subject: None, bytes };
        match stored.believed_of(stream).and_then(|recorded| of_revision(recorded, revision)) {
            Ok(recorded) => Ok(Some(recorded)),
            // What is wrong in the log's own stream must not keep the log from setting it aside.
            Err(_) if *stream == StreamId::Log => Ok(None),
            Err(error) => {
                let known = match known {
                    Some(known) => known,
                    None => known.insert(self.known()?),
                };
                if known.of_message(position, bytes).is_some() { Ok(None) } else { Err(error) }
            }
        }
    }

    /// The last commit up to a position. However many strays stand behind it: no time is stored before its own, so that stored times never
    /// fall here, and who follows need not be told others.
    pub(super) fn last_believed(&self, last: u64) -> Result<Option<Recorded>, LogError> {
        for position in (1..=last).rev() {
            if let Some(bytes) = self.bytes_at(position)?
                && let Ok(recorded) = self.judged(Position(position), &bytes)
            {
                return Ok(Some(recorded));
            }
        }
        Ok(None)
    }

    /// What was set aside so far.
    pub(super) fn known(&self) -> Result<SetAsides, LogError> {
        let messages = self.indexed(&StreamId::Log).collect::<Result<Vec<_>, _>>()?;
        let stored = messages.iter().map(|(_, position, bytes)| Stored { position: *position, subject: None, bytes });
        Ok(SetAsides::of(stored))
    }

    /// What `bytes` at `position` are: a commit that is indexed where it says, or not.
    pub(super) fn judged(&self, position: Position, bytes: &[u8]) -> Result<Recorded, LogError> {
        let recorded = Stored { position, subject: None, bytes }.believed()?;
        let key = stream_key(&recorded.stream, recorded.revision);
        let indexed = self.streams.get(key).map_err(|error| damaged(&error))?;
        if indexed.as_deref() == Some(&position.0.to_be_bytes()) {
            return Ok(recorded);
        }
        let expected = next(self.tail(&recorded.stream)?.revision);
        let why = Misplacement::Revision { stream: recorded.stream, revision: recorded.revision, expected };
        Err(LogError::Misplaced { position, why })
    }

    /// What `bytes` at `position` are to who follows, if the message is not simply a commit that nothing was ever said of.
    pub(super) fn looked_at(&self, position: Position, bytes: &[u8], known: &SetAsides) -> Result<Followed, LogError> {
        match (self.judged(position, bytes), known.of_message(position, bytes)) {
            (Ok(recorded), _) => Ok(Followed::Commit(recorded)),
            (Err(error), Some(aside)) if error.stray() == Some(aside.position) => Ok(Followed::SetAside(aside)),
            (Err(error), _) => Err(error),
        }
    }

    pub(super) fn inspect(&self, position: Position) -> Result<Option<Inspected>, LogError> {
        let Some(bytes) = self.bytes_at(position.0)? else { return Ok(None) };
        let (subject, trouble) = match self.judged(position, &bytes) {
            Ok(recorded) => (Some(subject(&recorded.stream)), None),
            Err(error) if error.stray().is_some() => (None, Some(error)),
            Err(error) => return Err(error),
        };
        let set_aside = match trouble {
            Some(_) => self.known()?.of_message(position, &bytes).map(|aside| aside.by),
            None => None,
        };
        Ok(Some(Inspected { position, subject, bytes: bytes.to_vec(), trouble, set_aside }))
    }
}

/// The commit, if it is of the revision that it is indexed under.
fn of_revision(recorded: Recorded, revision: Revision) -> Result<Recorded, LogError> {
    if recorded.revision == revision {
        return Ok(recorded);
    }
    let position = recorded.position;
    let why = Misplacement::Revision { stream: recorded.stream, revision: recorded.revision, expected: revision };
    Err(LogError::Misplaced { position, why })
}
