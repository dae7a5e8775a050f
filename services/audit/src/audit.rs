//! The calls on one log, as they are asked.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;

use api::audit::v1;
use api::audit::v1::audit_service_server::AuditService;
use domain::{BureauId, Invalid, OperatorCode, ProviderId, StreamId};
use event_log::{StoredLog, Tail};
use futures_util::{Stream, StreamExt};
use prost::bytes::Bytes;
use serve::places::{Places, Shares};
use serve::{CODE_CHARS_MAX, Fields, Peer, UnknownCodes, of_log_error};
use tokio::runtime::Handle;
use tonic::{Code, Request, Response, Status};

use crate::history::History;
use crate::replay::{Answer, Filter};
use crate::run::{Replay, Wanted};
use crate::streams::Streams;
use crate::telling::{self, PIECES_AHEAD, PIECES_OF_ONE_AHEAD};
use crate::turn::{Turn, busy};

/// Names of events one replay can be filtered by.
const EVENT_NAMES_MAX: usize = domain::Event::NAMES.len();

/// Replays that read the log at one time; of one caller fewer, unless it is on this machine, where a proxy that nobody named makes all one.
pub(crate) const READ: Shares = Shares { all: 8, a_caller: 2, unknown: 8 };
/// Replays of one provider that read its stream at one time: nobody's wait for those of the whole log.
const LOADS: Shares = Shares { all: 16, a_caller: 4, unknown: 16 };
/// Replays under way, and as many of one provider, read or waiting for their callers: each has some 300 KiB
/// at most where commits are as long as a record of hundreds of pledges makes them, with what the protocol holds of it, and a task.
pub(crate) const STREAMS: Shares = Shares { all: 256, a_caller: 32, unknown: 256 };
/// Of those that wait for their callers, how many keep what they have read ahead, some 5 MiB, for a moment.
const KEPT: Shares = Shares::in_all(16);

/// The bureaus that schemes name, as they are adopted.
#[derive(Clone)]
pub struct Bureaus(Arc<dyn Fn() -> BTreeSet<BureauId> + Send + Sync>);

impl Bureaus {
    /// Those that `now` tells whenever it is asked.
    pub fn followed(now: impl Fn() -> BTreeSet<BureauId> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }
}

impl std::fmt::Debug for Bureaus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Bureaus").field(&(self.0)()).finish()
    }
}

/// Bureaus that stay as they are.
impl From<BTreeSet<BureauId>> for Bureaus {
    fn from(bureaus: BTreeSet<BureauId>) -> Self {
        Self::followed(move || bureaus.clone())
    }
}

/// The calls of the audit service on one log.
#[derive(Debug, Clone)]
pub struct Audit<L> {
    pub(crate) log: L,
    /// Those of the scheme.
    pub(crate) bureaus: Bureaus,
    /// Those that read the log, and those that read one stream.
    pub(crate) read: Places,
    pub(crate) loads: Places,
    pub(crate) kept: Places,
    pub(crate) replays: Streams,
    pub(crate) histories: Streams,
    /// Where replays run.
    pub(crate) on: Handle,
}

impl<L> Audit<L> {
    pub(crate) fn new(log: L, bureaus: Bureaus) -> Self {
        let [read, loads, kept] = [READ, LOADS, KEPT].map(Places::new);
        let [replays, histories] = [STREAMS, STREAMS].map(Streams::new);
        Self { log, bureaus, read, loads, kept, replays, histories, on: serve::giving_way() }
    }

    /// What a replay that tells nothing ends with, where it asks for a bureau that the scheme does not name. Earlier schemes may have named
    /// it, so what it did is told all the same.
    fn in_vain(&self, filter: &Filter) -> Option<Status> {
        let bureaus = (self.bureaus.0)();
        let known: Vec<&str> = bureaus.iter().map(BureauId::as_str).collect();
        let mut unknown = UnknownCodes::new();
        unknown.check("bureau_id", filter.bureau.as_ref()?.as_str(), &known);
        unknown.refusal()
    }
}

fn filter(request: &v1::ReplayRequest) -> Result<Filter, Status> {
    let mut fields = Fields::new();
    let provider = fields.optional("provider_id", &request.provider_id, ProviderId::parse_confirmed);
    let operator = fields.optional("operator_code", &request.operator_code, OperatorCode::parse_confirmed);
    let bureau = fields.optional("bureau_id", &request.bureau_id, BureauId::parse);
    if request.event_names.len() > EVENT_NAMES_MAX {
        let invalid = Invalid { rule: "TOO_LONG", zh: "超过项数上限", en: "more names than there are events" };
        fields.violate("event_names", invalid);
    }
    let mut unknown = UnknownCodes::new();
    for name in &request.event_names {
        if name.chars().count() > CODE_CHARS_MAX {
            fields.violate("event_names", Invalid::TOO_LONG);
        } else {
            unknown.check("event_names", name, domain::Event::NAMES);
        }
    }
    let event_names = request.event_names.clone();
    let read = (|| Some(Filter { provider: provider?, operator: operator?, bureau: bureau?, event_names }))();
    let filter = fields.finish(read)?;
    unknown.refusal().map_or(Ok(filter), Err)
}

/// A code that fails its check, and of which the log has nothing, was mistyped: it was never confirmed.
async fn well_checked(log: &impl StoredLog, filter: &Filter) -> Result<(), Status> {
    let provider = filter.provider.as_ref().map(|id| ("provider_id", id.operator(), StreamId::Provider(id.clone())));
    let operator = filter.operator.as_ref().map(|code| ("operator_code", code, StreamId::Operator(code.clone())));
    for (field, code, stream) in provider.into_iter().chain(operator).filter(|(_, code, _)| !code.is_well_checked()) {
        if log.tail(&stream).await.map_err(|error| of_log_error(&error))? == Tail::default() {
            let mut fields = Fields::new();
            let code = fields.required(field, code.as_str(), OperatorCode::parse);
            fields.finish(code)?;
        }
    }
    Ok(())
}

/// Why positions are no part of a log that ends at `head`.
fn out_of_range(request: &v1::ReplayRequest, head: u64) -> Status {
    let (after, until) = (request.after_position, request.until_position);
    let metadata = [("head", head.to_string())];
    if after > head || until > head {
        let zh = format!("位置超出范围,登记簿现有{head}条");
        let en = format!("a position is beyond the log, which ends at {head}");
        return serve::status::detailed(Code::OutOfRange, "POSITION_AHEAD", &metadata, &zh, &en);
    }
    let zh = format!("起始位置{after}在结束位置{until}之后");
    let en = format!("the replay would begin after {after} and end at {until} before it");
    serve::status::detailed(Code::OutOfRange, "POSITIONS_REVERSED", &metadata, &zh, &en)
}

/// The answers of a replay.
pub(crate) type Answers = Pin<Box<dyn Stream<Item = Result<Answer, Status>> + Send>>;

impl<L: StoredLog + Clone> Audit<L> {
    pub(crate) async fn answers(&self, request: Request<v1::ReplayRequest>) -> Result<Answers, Status> {
        let caller = request.extensions().get::<Peer>().and_then(Peer::caller);
        let request = request.into_inner();
        let filter = filter(&request)?;
        well_checked(&self.log, &filter).await?;
        let head = self.log.head().await.map_err(|error| of_log_error(&error))?.0;
        let until = if request.until_position == 0 { head } else { request.until_position };
        if until > head || request.after_position > until {
            return Err(out_of_range(&request, head));
        }
        let (provider, in_vain) = (filter.provider.clone(), self.in_vain(&filter));
        let wanted = Wanted { after: request.after_position, until, filter, in_vain };
        let (log, id) = (self.log.clone(), Bytes::from(self.log.id().to_string()));
        let streams = if provider.is_some() { &self.histories } else { &self.replays };
        let open = streams.open(caller).await.ok_or_else(busy)?;
        let ahead = if provider.is_some() { PIECES_OF_ONE_AHEAD } else { PIECES_AHEAD };
        let (telling, answers) = telling::channel(id, wanted.after, open, ahead);
        if let Some(provider) = provider {
            let place = self.loads.take(caller).await.ok_or_else(busy)?;
            let turn = Turn::later(self.read.clone(), caller);
            let history = History { log, provider, telling, caller, loads: self.loads.clone(), turn };
            // Quick, and so not where whole logs are read; a search for a bureau that nobody knows is not.
            let on = if wanted.in_vain.is_some() { &self.on } else { &Handle::current() };
            on.spawn(history.run(wanted, place));
        } else {
            let turn = Turn::begin(self.read.clone(), caller).await.ok_or_else(busy)?;
            let replay = Replay { log, telling, turn, kept: self.kept.clone() };
            self.on.spawn(replay.run(wanted));
        }
        Ok(Box::pin(answers))
    }
}

#[tonic::async_trait]
impl<L: StoredLog + Clone> AuditService for Audit<L> {
    type ReplayStream = Pin<Box<dyn Stream<Item = Result<v1::ReplayResponse, Status>> + Send>>;

    async fn replay(&self, request: Request<v1::ReplayRequest>) -> Result<Response<Self::ReplayStream>, Status> {
        let answers = self.answers(request).await?;
        Ok(Response::new(Box::pin(answers.map(|answer| answer?.decoded()))))
    }

    async fn get_head(&self, _: Request<v1::GetHeadRequest>) -> Result<Response<v1::GetHeadResponse>, Status> {
        let head = self.log.head().await.map_err(|error| of_log_error(&error))?;
        Ok(Response::new(v1::GetHeadResponse { position: head.0, log_id: self.log.id().to_string() }))
    }
}
