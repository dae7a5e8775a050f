//! Measures how fast the log is gone through from its first commit: in this process, and through gRPC; and how fast what is stored is decoded.

use std::hint::black_box;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

use api::audit::v1::ReplayRequest;
use domain::Position;
use event_log::{EventLog, Followed, Log, StoredCommit, StoredLog, bare};
use futures_util::{StreamExt, TryStreamExt};
use prost::bytes::Bytes;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic_prost::ProstCodec;

use super::children::{Process, add, cpu};
use super::figures::{Measurement, Sample};
use super::{Stage, append, prepare};
use crate::client::{Failure, Servers};

/// The path of the call that replays.
const REPLAY_PATH: &str = "/puhui.audit.v1.AuditService/Replay";
/// Commits that are decoded again and again, so that they lie in memory together.
const DECODED_MAX: u32 = 100_000;
/// Commits of an outlet that is registered and pledges.
const COMMITS_PREPARED: u32 = 2;

impl Stage<'_> {
    pub(super) async fn replay(&self) -> Result<(), Failure> {
        let log = self.open().await?;
        let next = AtomicU32::new(0);
        append(&log, &next, self.bench.count, 1024).await?;
        let processes: Vec<&Process> = self.servers.iter().collect();
        let count = usize::try_from(self.bench.count).unwrap_or(0);
        let (mut ours, mut limits, mut taken) = (Vec::new(), Vec::new(), Vec::new());
        let mut bytes = 0;
        for _ in 0..self.bench.rounds {
            let began = Instant::now();
            bytes = match (&self.nats, &log) {
                (Some(config), _) => bare::consume(config, u64::from(self.bench.count)).await?,
                (None, Log::Embedded(log)) => bare::read(log, count)?,
                (None, _) => 0,
            };
            limits.push(Sample::new(self.bench.count, began.elapsed(), vec![Duration::ZERO]));
            let (before, began) = (cpu(&processes), Instant::now());
            let mut commits = std::pin::pin!(log.follow(Position(0)).take(count));
            while let Some(commit) = commits.next().await {
                commit?;
            }
            ours.push(Sample::new(self.bench.count, began.elapsed(), vec![Duration::ZERO]));
            add(&mut taken, &before, &cpu(&processes));
        }
        let settings = self.settings(&format!("{} commits, {bytes} bytes", self.bench.count));
        let limit = ("reading the same records, undecoded", limits.as_slice());
        Measurement::of(("replay", "commits/s"), &ours, limit, &settings).with_cpu(taken).print(self.as_json)?;
        self.decode(&log, &ours).await?;
        drop(log);
        if self.nats.is_none() { self.replay_through_grpc(&ours).await } else { Ok(()) }
    }

    /// What is stored, decoded on one thread once it has been read.
    async fn decode(&self, log: &Log, limits: &[Sample]) -> Result<(), Failure> {
        let count = self.bench.count.min(DECODED_MAX);
        let first = log.follow_stored(Position(0)).take(usize::try_from(count).unwrap_or(0));
        let stored: Vec<StoredCommit> =
            first.map_ok(Followed::into_commit).try_filter_map(async |commit| Ok(commit)).try_collect().await?;
        let mut ours = Vec::new();
        for _ in 0..self.bench.rounds {
            let began = Instant::now();
            for commit in &stored {
                let decoded = commit.decoded().map_err(|error| Failure::unavailable(error.to_string()))?;
                black_box(decoded);
            }
            ours.push(Sample::new(count, began.elapsed(), vec![Duration::ZERO]));
        }
        let settings = self.settings(&format!("{count} commits on one thread"));
        let limit = ("following a log in this process", limits);
        Measurement::of(("decode", "commits/s"), &ours, limit, &settings).print(self.as_json)
    }

    /// A replay of everything, as one caller takes it who decodes nothing, beside following a log in this process. The server writes its log
    /// itself, so that another program's can be measured whatever its stored form.
    async fn replay_through_grpc(&self, limits: &[Sample]) -> Result<(), Failure> {
        let data = self.folder.join("served").display().to_string();
        let service = self.start(&["certification", "pledge", "audit"], &["--data", &data])?;
        let channel = Servers::at(&service.url).connect("audit").await?;
        prepare(&channel, 1, self.bench.count / COMMITS_PREPARED).await?;
        let (processes, mut ours, mut taken) = ([&service], Vec::new(), Vec::new());
        let mut told = 0;
        for _ in 0..self.bench.rounds {
            let (before, began) = (cpu(&processes), Instant::now());
            told = replayed(channel.clone()).await?;
            ours.push(Sample::new(told, began.elapsed(), vec![Duration::ZERO]));
            add(&mut taken, &before, &cpu(&processes));
        }
        let settings = self.settings(&format!("{told} commits"));
        let limit = ("following a log in this process", limits);
        let measured = Measurement::of(("replay through gRPC", "commits/s"), &ours, limit, &settings);
        measured.with_cpu(taken).print(self.as_json)
    }
}

/// Takes a replay of everything and leaves its commits as they came: what is measured is who answers, on a machine that both share.
async fn replayed(channel: Channel) -> Result<u32, Failure> {
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.map_err(|error| Failure::unavailable(error.to_string()))?;
    let codec = ProstCodec::<ReplayRequest, Undecoded>::default();
    let request = tonic::Request::new(ReplayRequest::default());
    let path = PathAndQuery::from_static(REPLAY_PATH);
    let mut answers = grpc.server_streaming(request, path, codec).await?.into_inner();
    let mut told = 0;
    while let Some(Undecoded { commits }) = answers.message().await? {
        told += commits.len();
    }
    Ok(u32::try_from(told).unwrap_or(u32::MAX))
}

/// A [`ReplayResponse`](api::audit::v1::ReplayResponse) with its commits as they came.
#[derive(Clone, PartialEq, prost::Message)]
struct Undecoded {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    commits: Vec<Bytes>,
}
