//! What stands at a position as it travels, and which of it was asked for.

use api::audit::v1;
use domain::{BureauId, OperatorCode, ProviderId, StreamId};
use event_log::{Followed, LogError, StoredCommit};
use prost::Message as _;
use prost::bytes::{Bytes, BytesMut};
use prost::encoding::uint64;
use tonic::{Code, Status};

/// Bytes of the position and of a time that was raised, at most: a byte and a varint each.
const AROUND_BYTES_MAX: usize = 22;

/// Numbers of the fields of [`v1::Commit`] that are told around what is stored.
const POSITION: u32 = 1;
const RECORDED_AT_MS: u32 = 9;

/// A [`v1::ReplayResponse`] whose commit is encoded: both forms have one encoding.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Answer {
    /// [`v1::Commit`], as it is stored, with its position before it.
    #[prost(bytes = "bytes", optional, tag = "1")]
    pub(crate) commit: Option<Bytes>,
    /// As there.
    #[prost(message, optional, tag = "2")]
    pub(crate) set_aside: Option<v1::SetAside>,
    /// As there.
    #[prost(bytes = "bytes", tag = "3")]
    pub(crate) log_id: Bytes,
    /// As there.
    #[prost(uint64, tag = "4")]
    pub(crate) reached_position: u64,
}

impl Answer {
    /// The answer as the message that callers read.
    pub(crate) fn decoded(&self) -> Result<v1::ReplayResponse, Status> {
        v1::ReplayResponse::decode(self.encode_to_vec().as_slice()).map_err(|error| {
            tracing::error!(%error, "what is stored is no message of the log");
            let (zh, en) = ("答复编码有误", "the answer could not be put into its message");
            serve::status::reasoned(Code::Internal, "ANSWER_MALFORMED", zh, en)
        })
    }
}

/// A commit as it travels: the stored bytes, undecoded, between what the log tells of them. To protobuf, of a number that stands twice the
/// last holds.
fn commit(stored: &StoredCommit) -> Bytes {
    let message = stored.message();
    let mut bytes = BytesMut::with_capacity(message.len() + AROUND_BYTES_MAX);
    uint64::encode(POSITION, &stored.position.0, &mut bytes);
    bytes.extend_from_slice(message);
    if stored.raised {
        uint64::encode(RECORDED_AT_MS, &stored.recorded_at.0, &mut bytes);
    }
    bytes.freeze()
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

/// What stands at a position of the log with this id as it travels, if it passes. What was set aside says nothing that could be filtered
/// by, so it is told to who asks for everything.
pub(crate) fn replayed(
    next: &Followed<StoredCommit>,
    filter: &Filter,
    log_id: &Bytes,
) -> Result<Option<Answer>, LogError> {
    let (commit, set_aside) = match next {
        Followed::Commit(stored) if filter.passes(stored)? => (Some(commit(stored)), None),
        Followed::SetAside(aside) if filter.is_empty() => {
            let told =
                v1::SetAside { position: aside.position.0, sha256: aside.sha256.to_string(), by_position: aside.by.0 };
            (None, Some(told))
        }
        Followed::Commit(_) | Followed::SetAside(_) => return Ok(None),
    };
    Ok(Some(Answer { commit, set_aside, log_id: log_id.clone(), reached_position: 0 }))
}
