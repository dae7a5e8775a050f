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
    /// What stands under `stream`: the revision, the position, and the bytes of each.
    fn indexed(
        &self,
        stream: &StreamId,
    ) -> impl Iterator<Item = Result<(Revision, Position, fjall::Slice), LogError>> + use<'_> {
        let prefix = stream_prefix(stream);
        let length = prefix.len();
        self.streams.prefix(prefix).map(move |entry| {
            let (key, value) = entry.into_inner().map_err(|error| damaged(&error))?;
            let revision = Revision(number(key.get(length..).unwrap_or_default())?);
            let position = number(&value)?;
            let missing = || LogError::Damaged(format!("position {position} is indexed and missing"));
            Ok((revision, Position(position), self.bytes_at(position)?.ok_or_else(missing)?))
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
            let stored = Stored { position, subject: None, bytes: &bytes };
            match stored.believed_of(stream).and_then(|recorded| of_revision(recorded, revision)) {
                Ok(recorded) => loaded.commits.push(recorded),
                // What is wrong in the log's own stream must not keep the log from setting it aside.
                Err(_) if *stream == StreamId::Log => {}
                Err(error) => {
                    if known.is_none() {
                        known = Some(self.known()?);
                    }
                    if known.as_ref().is_none_or(|known| known.of_message(position, &bytes).is_none()) {
                        return Err(error);
                    }
                }
            }
        }
        Ok(loaded)
    }

    /// A commit that was loaded, as it is stored.
    pub(super) fn stored(&self, recorded: &Recorded) -> Result<StoredCommit, LogError> {
        let position = recorded.position.0;
        let missing = || LogError::Damaged(format!("position {position} was there and is missing"));
        let bytes = self.bytes_at(position)?.ok_or_else(missing)?;
        Ok(StoredCommit::of(recorded, Bytes::copy_from_slice(&bytes)))
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
