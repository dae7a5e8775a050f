//! What of the NATS stream is believed, and what was set aside. All of it is read where something is not as it should be, or was set
//! aside; a commit like any other is believed as it comes.

use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use bytes::Bytes;
use domain::{Position, Sha256, StreamId};

use super::reads::{LOAD_BYTES_MAX, Reads, sequence, unavailable, without_subject};
use super::standing::Standing;
use crate::aside::{Chain, SetAsides, Stored};
use crate::contract::Inspected;
use crate::error::LogError;
use crate::hash::hash;
use crate::reached::Reached;
use crate::recorded::{Followed, Loaded, Recorded, StoredCommit};
use crate::subject::subject;
use domain::LogId;

/// A message as it is stored: where, under which subject, and its bytes.
struct Raw(Position, String, Bytes);

impl Raw {
    fn stored(&self) -> Stored<'_> {
        Stored { position: self.0, subject: Some(&self.1), bytes: &self.2 }
    }
}

impl Reads {
    /// The commits of `stream` from its first message on, each checked to follow the one before; up to the message at `last`, so that
    /// commits and tail are of one moment.
    pub(super) async fn chain(&self, stream: &StreamId, last: Option<Position>) -> Result<Loaded, LogError> {
        let last = match last {
            Some(last) => last,
            None => match self.last_position(stream).await? {
                Some(last) => last,
                None => return Ok(Loaded::default()),
            },
        };
        let (mut chain, mut known) = (Chain::new(stream), SetAsides::default());
        let (mut from, mut asked) = (1, false);
        while from <= last.0 {
            let before = from;
            for message in self.messages_from(stream, from, LOAD_BYTES_MAX).await? {
                if message.0.0 > last.0 {
                    break;
                }
                from = message.0.0 + 1;
                if chain.take(message.stored(), &known).is_err() {
                    if !asked {
                        (known, asked) = (self.known().await?, true);
                    }
                    chain.take(message.stored(), &known)?;
                }
            }
            if from == before {
                return Err(LogError::Unavailable("the server lost sight of a commit".to_owned()));
            }
        }
        Ok(chain.into_loaded())
    }

    /// Commits of `stream` after a position, as they are stored, until they are bytes enough, each checked to follow the one before it here.
    pub(super) async fn stored_after(
        &self,
        stream: &StreamId,
        after: Position,
        enough: usize,
    ) -> Result<Vec<StoredCommit>, LogError> {
        let (mut stored, mut length) = (Vec::new(), 0);
        let Some(last) = self.last_position(stream).await? else { return Ok(stored) };
        let (mut chain, mut known) = (Chain::after(stream, after), SetAsides::default());
        let (mut from, mut asked) = (after.0 + 1, false);
        while from <= last.0 {
            let before = from;
            for message in self.messages_from(stream, from, enough).await? {
                if message.0.0 > last.0 || length >= enough {
                    return Ok(stored);
                }
                from = message.0.0 + 1;
                let recorded = match chain.follows(message.stored(), &known) {
                    Err(_) if !asked => {
                        (known, asked) = (self.known().await?, true);
                        chain.follows(message.stored(), &known)?
                    }
                    follows => follows?,
                };
                if let Some(recorded) = recorded {
                    length += message.2.len();
                    stored.push(StoredCommit::of(&recorded, message.2));
                }
            }
            if from == before {
                return Err(LogError::Unavailable("the server lost sight of a commit".to_owned()));
            }
        }
        Ok(stored)
    }

    /// Messages of `stream` from a position on, as many as come in one answer, which ends with so many bytes; what a copy that lags has not heard of, the leader has.
    async fn messages_from(&self, stream: &StreamId, from: u64, enough: usize) -> Result<Vec<Raw>, LogError> {
        let mut found = Vec::new();
        for message in self.from(stream, from, enough).await? {
            let named = message.headers.as_ref().and_then(|headers| headers.get("Nats-Subject"));
            let named = named.map(|named| named.as_str().to_owned()).ok_or_else(without_subject)?;
            found.push(Raw(Position(sequence(&message)?), named, message.payload));
        }
        if found.is_empty()
            && let Some((position, bytes)) = self.first_bytes_from(stream, from).await?
        {
            found.push(Raw(position, subject(stream), bytes));
        }
        Ok(found)
    }

    /// Where the last message of `stream` stands, as the leader says.
    async fn last_position(&self, stream: &StreamId) -> Result<Option<Position>, LogError> {
        match self.nats_stream.get_last_raw_message_by_subject(&subject(stream)).await {
            Ok(message) => Ok(Some(Position(message.sequence))),
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// What was set aside so far.
    pub(super) async fn known(&self) -> Result<SetAsides, LogError> {
        let Some(last) = self.last_position(&StreamId::Log).await? else { return Ok(SetAsides::default()) };
        let (mut messages, mut from) = (Vec::new(), 1);
        while from <= last.0 {
            let more = self.messages_from(&StreamId::Log, from, LOAD_BYTES_MAX).await?;
            from = more.last().map_or(u64::MAX, |message| message.0.0 + 1);
            messages.extend(more);
        }
        Ok(SetAsides::of(messages.iter().map(Raw::stored)))
    }

    /// The commit that a message is, if it is one whose revision follows those before it in its stream.
    async fn judged(&self, stored: Stored<'_>) -> Result<Recorded, LogError> {
        let recorded = stored.believed()?;
        let stream = recorded.stream;
        let (mut chain, known, mut from) = (Chain::new(&stream), self.known().await?, 1);
        while from < stored.position.0 {
            let more = self.messages_from(&stream, from, LOAD_BYTES_MAX).await?;
            from = more.last().map_or(u64::MAX, |message| message.0.0 + 1);
            for message in more.iter().filter(|message| message.0 < stored.position) {
                chain.take(message.stored(), &known)?;
            }
        }
        chain.next(stored)
    }

    /// How far the log reaches that ends at `last`, as the leader says.
    pub(super) async fn reached(&self, log: LogId, last: Position) -> Result<Reached, LogError> {
        if last == Position(0) {
            return Ok(Reached::nothing(log));
        }
        // It was there a moment ago.
        let gone = || LogError::Unavailable(format!("position {} is the last and is missing", last.0));
        Ok(Reached { log, position: last, sha256: self.sha256_at(last).await?.ok_or_else(gone)? })
    }

    /// What a message is to who follows.
    pub(super) async fn followed(
        &self,
        stored: Stored<'_>,
        known: &mut SetAsides,
        standing: &Standing,
    ) -> Result<Followed, LogError> {
        match stored.believed() {
            Ok(recorded) if !known.names(stored.position) => return Ok(Followed::Commit(recorded)),
            // Set aside since this following began, perhaps.
            Err(_) => *known = standing.read(|| self.known()).await?,
            Ok(_) => {}
        }
        match (standing.read(|| self.judged(stored)).await, known.of_message(stored.position, stored.bytes)) {
            (Ok(recorded), _) => Ok(Followed::Commit(recorded)),
            (Err(error), Some(aside)) if error.stray() == Some(stored.position) => Ok(Followed::SetAside(aside)),
            (Err(error), _) => Err(error),
        }
    }

    /// The message at a position, as the leader says.
    async fn message_at(&self, position: Position) -> Result<Option<StreamMessage>, LogError> {
        match self.nats_stream.get_raw_message(position.0).await {
            Ok(message) => Ok(Some(message)),
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// The hash of what stands at a position, as the leader says.
    pub(super) async fn sha256_at(&self, position: Position) -> Result<Option<Sha256>, LogError> {
        Ok(self.message_at(position).await?.map(|message| hash(&message.payload)))
    }

    /// What stands at a position, as the leader says.
    pub(super) async fn inspect(&self, position: Position) -> Result<Option<Inspected>, LogError> {
        let Some(message) = self.message_at(position).await? else { return Ok(None) };
        let stored = Stored { position, subject: Some(&message.subject), bytes: &message.payload };
        let trouble = match self.judged(stored).await {
            Ok(_) => None,
            Err(error) if error.stray() == Some(position) => Some(error),
            // Another message of its stream comes first.
            Err(error) => return Err(error),
        };
        let known = match trouble {
            Some(_) => self.known().await?.of_message(position, &message.payload),
            None => None,
        };
        Ok(Some(Inspected {
            position,
            subject: Some(message.subject.to_string()),
            bytes: message.payload.to_vec(),
            trouble,
            set_aside: known.map(|aside| aside.by),
        }))
    }
}
