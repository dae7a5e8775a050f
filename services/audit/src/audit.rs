//! The calls on one log, as they are asked.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;

use api::audit::v1;
use api::audit::v1::audit_service_server::AuditService;
use domain::{BureauId, Invalid, OperatorCode, Position, ProviderId, StreamId};
use event_log::{Followed, LogError, StoredLog};
use futures_util::{Stream, StreamExt, stream};
use prost::bytes::Bytes;
use serve::places::{Places, Shares};
use serve::{CODE_CHARS_MAX, Fields, Peer, UnknownCodes, of_log_error};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tonic::{Code, Request, Response, Status};

use crate::replay::{Answer, Filter, replayed};
use crate::run::{self, Wanted};

/// Names of events one replay can be filtered by.
const EVENT_NAMES_MAX: usize = domain::Event::NAMES.len();

/// Replays at one time; of one caller fewer, unless it is on this machine, where a proxy that nobody named makes all one.
pub(crate) const REPLAYS: Shares = Shares { all: 8, a_caller: 2, unknown: 8 };

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
    pub(crate) places: Places,
    /// Where replays run.
    pub(crate) on: Handle,
}

impl<L> Audit<L> {
    pub(crate) fn new(log: L, bureaus: Bureaus) -> Self {
        Self { log, bureaus, places: Places::new(REPLAYS), on: serve::giving_way() }
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

fn busy() -> Status {
    let (zh, en) = ("重放已达上限,请稍后再试", "as many replays run as may, try again later");
    serve::status::reasoned(Code::Unavailable, "BUSY", zh, en)
}

fn filter(request: &v1::ReplayRequest) -> Result<Filter, Status> {
    let mut fields = Fields::new();
    let provider = fields.optional("provider_id", &request.provider_id, ProviderId::parse);
    let operator = fields.optional("operator_code", &request.operator_code, OperatorCode::parse);
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
        let request_of = request.extensions().get::<Peer>().and_then(Peer::caller);
        let request = request.into_inner();
        let filter = filter(&request)?;
        let head = self.log.head().await.map_err(|error| of_log_error(&error))?.0;
        let until = if request.until_position == 0 { head } else { request.until_position };
        if until > head || request.after_position > until {
            return Err(out_of_range(&request, head));
        }
        let place = self.places.take(request_of).await.ok_or_else(busy)?;
        let in_vain = self.in_vain(&filter);
        if let Some(provider) = &filter.provider {
            // Its commits stand in one stream: one read, however long the log is.
            let commits = self.log.load_stored(&StreamId::Provider(provider.clone())).await;
            let commits = commits.map_err(|error| of_log_error(&error))?.into_iter();
            let (id, wanted) = (Bytes::from(self.log.id().to_string()), request.after_position + 1..=until);
            let within = commits.filter(|stored| wanted.contains(&stored.position.0)).map(Followed::Commit);
            let told = within.filter_map(|next| replayed(&next, &filter, &id).transpose());
            let told: Vec<Answer> = told.collect::<Result<_, LogError>>().map_err(|error| of_log_error(&error))?;
            if told.is_empty() && in_vain.is_some() {
                let log = self.log.clone();
                // It holds its place, and ends with the call.
                let mut looking = JoinSet::new();
                let looked = async move { (run::vain(&log, &filter, in_vain).await, place).0 };
                looking.spawn_on(looked, &self.on);
                if let Some(Ok(Some(why))) = looking.join_next().await {
                    return Err(why);
                }
            }
            return Ok(Box::pin(stream::iter(told.into_iter().map(Ok))));
        }
        // Positions follow one another, so the number of commits says where to end.
        let count = usize::try_from(until - request.after_position).unwrap_or(usize::MAX);
        let wanted = Wanted { after: Position(request.after_position), count, filter, in_vain };
        Ok(Box::pin(run::answers(&self.on, self.log.clone(), wanted, place)))
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
