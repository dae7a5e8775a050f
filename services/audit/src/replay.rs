//! What stands at positions as it travels, and which of it was asked for.

use api::audit::v1;
use domain::{BureauId, OperatorCode, ProviderId, StreamId};
use event_log::{Followed, LogError, StoredCommit};
use prost::DecodeError;
use prost::Message as _;
use prost::bytes::{Buf, BufMut, Bytes, BytesMut};
use prost::encoding::{self, DecodeContext, WireType, encode_key, encode_varint, uint64};
use tonic::{Code, Status};

/// Bytes before a commit, at most: a byte and a varint.
pub(crate) const AROUND_BYTES_MAX: usize = 11;

/// Numbers of the fields of [`v1::Commit`] that are told around what is stored.
const POSITION: u32 = 1;
const RECORDED_AT_MS: u32 = 9;

/// Numbers of the fields of [`v1::ReplayResponse`].
const COMMITS: u32 = 1;
const SET_ASIDE: u32 = 2;
const LOG_ID: u32 = 3;
const REACHED: u32 = 4;

/// Commits of a piece, at most: whoever takes them is no thread that gives way, and would come first for each.
pub(crate) const PIECE_COMMITS_MAX: usize = 256;
/// A piece of as many bytes takes no other commit; the last may be as large as a commit is.
pub(crate) const PIECE_BYTES_ENOUGH: usize = 64 * 1024;

/// What stands at some positions, told together: a [`v1::ReplayResponse`] whose commits are encoded. Both forms have one encoding.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    /// The field of commits, each as it is stored, with its position before it.
    commits: BytesMut,
    count: usize,
    set_aside: Option<v1::SetAside>,
    /// Everything up to here was looked at.
    pub(crate) reached: u64,
}

impl Piece {
    /// With room for so many bytes of commits, and no more: what grows by doubling takes up to twice of what it holds.
    pub(crate) fn of_bytes(bytes: usize) -> Self {
        Self { commits: BytesMut::with_capacity(bytes), ..Self::default() }
    }

    /// Whether it tells of no position.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0 && self.set_aside.is_none()
    }

    /// Whether nothing can be added any more.
    pub(crate) fn is_full(&self) -> bool {
        self.count >= PIECE_COMMITS_MAX || self.bytes() >= PIECE_BYTES_ENOUGH || self.set_aside.is_some()
    }

    /// Bytes of its commits.
    pub(crate) fn bytes(&self) -> usize {
        self.commits.len()
    }

    /// Adds what stands at the next position, if it passes. What was set aside says nothing that could be filtered by, so it is told to who asks
    /// for everything; nothing is added behind it.
    pub(crate) fn add(&mut self, next: &Followed<StoredCommit>, filter: &Filter) -> Result<(), LogError> {
        match next {
            Followed::Commit(stored) if filter.passes(stored)? => self.add_commit(stored),
            Followed::SetAside(aside) if filter.is_empty() => {
                let (sha256, by_position) = (aside.sha256.to_string(), aside.by.0);
                self.set_aside = Some(v1::SetAside { position: aside.position.0, sha256, by_position });
            }
            Followed::Commit(_) | Followed::SetAside(_) => {}
        }
        self.reached = next.position().0;
        Ok(())
    }

    /// The stored bytes, undecoded, between what the log tells of them. To protobuf, of a number that stands twice the last holds.
    fn add_commit(&mut self, stored: &StoredCommit) {
        let message = stored.message();
        let raised = if stored.raised { uint64::encoded_len(RECORDED_AT_MS, &stored.recorded_at.0) } else { 0 };
        let length = uint64::encoded_len(POSITION, &stored.position.0) + message.len() + raised;
        self.commits.reserve(length + AROUND_BYTES_MAX);
        encode_key(COMMITS, WireType::LengthDelimited, &mut self.commits);
        encode_varint(length as u64, &mut self.commits);
        uint64::encode(POSITION, &stored.position.0, &mut self.commits);
        self.commits.extend_from_slice(message);
        if stored.raised {
            uint64::encode(RECORDED_AT_MS, &stored.recorded_at.0, &mut self.commits);
        }
        self.count += 1;
    }

    /// As it travels, of the log with this id.
    pub(crate) fn answer(self, log_id: Bytes) -> Answer {
        let Self { commits, count: _, set_aside, reached } = self;
        Answer { commits: commits.freeze(), set_aside, log_id, reached }
    }
}

/// A [`Piece`] as it travels.
#[derive(Debug)]
pub(crate) struct Answer {
    commits: Bytes,
    set_aside: Option<v1::SetAside>,
    log_id: Bytes,
    /// Everything up to here was looked at.
    pub(crate) reached: u64,
}

impl Answer {
    /// One that tells only how far was looked.
    pub(crate) fn reached(reached: u64, log_id: Bytes) -> Self {
        Self { commits: Bytes::new(), set_aside: None, log_id, reached }
    }

    /// The answer as the message that callers read.
    pub(crate) fn decoded(&self) -> Result<v1::ReplayResponse, Status> {
        v1::ReplayResponse::decode(self.encode_to_vec().as_slice()).map_err(|error| {
            tracing::error!(%error, "what is stored is no message of the log");
            let (zh, en) = ("答复编码有误", "the answer could not be put into its message");
            serve::status::reasoned(Code::Internal, "ANSWER_MALFORMED", zh, en)
        })
    }
}

/// It is only ever written.
impl prost::Message for Answer {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        buffer.put_slice(&self.commits);
        if let Some(set_aside) = &self.set_aside {
            encoding::message::encode(SET_ASIDE, set_aside, buffer);
        }
        encoding::bytes::encode(LOG_ID, &self.log_id, buffer);
        uint64::encode(REACHED, &self.reached, buffer);
    }

    fn encoded_len(&self) -> usize {
        let set_aside = self.set_aside.as_ref().map_or(0, |told| encoding::message::encoded_len(SET_ASIDE, told));
        let around = encoding::bytes::encoded_len(LOG_ID, &self.log_id) + uint64::encoded_len(REACHED, &self.reached);
        self.commits.len() + set_aside + around
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        encoding::skip_field(wire_type, tag, buffer, context)
    }

    fn clear(&mut self) {
        *self = Self::reached(0, Bytes::new());
    }
}

/// What a replay is filtered by. All must hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) provider: Option<ProviderId>,
    pub(crate) operator: Option<OperatorCode>,
    pub(crate) bureau: Option<BureauId>,
    pub(crate) event_names: Vec<String>,
}

impl Filter {
    fn is_empty(&self) -> bool {
        let Self { provider, operator, bureau, event_names } = self;
        provider.is_none() && operator.is_none() && bureau.is_none() && event_names.is_empty()
    }

    /// Whatever a bureau did.
    pub(crate) fn of(bureau: BureauId) -> Self {
        Self { bureau: Some(bureau), ..Self::default() }
    }

    /// Whether the commit is asked for. It is decoded only where what it says decides.
    fn passes(&self, stored: &StoredCommit) -> Result<bool, LogError> {
        let (provider, operator) = match &stored.stream {
            StreamId::Provider(id) => (Some(id), Some(id.operator())),
            StreamId::Operator(code) => (None, Some(code)),
            StreamId::Log | StreamId::Rules => (None, None),
        };
        if self.provider.as_ref().is_some_and(|wanted| provider != Some(wanted))
            || self.operator.as_ref().is_some_and(|wanted| operator != Some(wanted))
        {
            return Ok(false);
        }
        if self.bureau.is_none() && self.event_names.is_empty() {
            return Ok(true);
        }
        let position = stored.position;
        let commit = stored.decoded().map_err(|error| LogError::Undecodable { position, error })?.commit;
        let named = |name: &str| self.event_names.iter().any(|wanted| wanted == name);
        Ok(self.bureau.as_ref().is_none_or(|wanted| commit.bureau == *wanted)
            && (self.event_names.is_empty() || commit.events.iter().any(|event| named(event.name()))))
    }
}
