//! Measures the product against a limit taken in the same run: a speed claim is a ratio. Rounds alternate between the two, since
//! machines drift, and the median is told.

mod beside;
mod children;
mod cores;
mod figures;
mod memory;
mod population;
mod reading;
mod replaying;

use std::cell::RefCell;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

use api::certification::v1::CertifyRequest;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::pledge::v1::pledge_service_client::PledgeServiceClient;
use bytes::Bytes;
use domain::{
    Act, BureauId, CategoryCode, CertificationWithdrawn, Commit, Day, Event, OfficerId, OperatorCode, ProviderId,
    RequestId, Revision, StreamId, Text, Uscc,
};
use event_log::bare::{self, Publishes};
use event_log::{Embedded, EventLog, JetStream, JetStreamConfig, Log, Tail, encode};
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use uuid::Uuid;

use crate::args::{Bench, Measure};
use crate::client::{Failure, Servers};
use crate::demo::outlets::{self, Outlet};
use crate::scratch::Scratch;
use crate::signals::{self, Signals};
use children::{Process, add, cpu};
use cores::Cores;
use figures::{Measurement, Sample, sampled};

/// Commands under way while outlets are prepared.
const PREPARING: u32 = 256;
/// Where the synthetic outlets are.
const COMMUNITY: &str = "321003005007";
/// How far apart in the log providers lie that are certified one after another: a prime above the number of providers, so that each is
/// met once.
const STEP: u64 = 7_368_787;

/// `puhui bench`.
pub(crate) async fn run(bench: &Bench, as_json: bool) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let scratch = Scratch::new(&bench.folder, "puhui-bench")?;
    // The servers it started are killed with the measurement, and before the folder is removed.
    tokio::select! {
        outcome = measure(bench, scratch.path(), as_json) => outcome,
        name = signals.received() => Err(signals::ended_by(name)),
    }
}

async fn measure(bench: &Bench, folder: &Path, as_json: bool) -> Result<(), Failure> {
    let started = bench.log == "nats";
    let cores = Cores::of(bench, started)?;
    let start = || Process::nats(&bench.nats_server, folder, bench.replicas);
    let servers = match &cores {
        Some(cores) => cores.with_servers(start)?,
        None if started => start()?,
        None => Vec::new(),
    };
    let urls: Vec<&str> = servers.iter().map(|server| server.url.as_str()).collect();
    let url = if started { urls.join(",") } else { bench.log.clone() };
    let own = servers.iter().map(|server| server.monitor.clone()).collect();
    let nats = (url != "embedded").then(|| JetStreamConfig {
        monitors: if started { own } else { bench.nats_monitors.clone() },
        nats_stream: "PUHUI-BENCH".to_owned(),
        new_log: true,
        replicas: bench.replicas,
        ..JetStreamConfig::new(&url)
    });
    let placed = cores.map_or_else(|| "cores shared".to_owned(), |cores| cores.to_string());
    let stage = Stage { bench, folder, servers, placed, nats, as_json };
    match bench.measure {
        Measure::Log => stage.log().await,
        Measure::Commands => stage.commands().await,
        Measure::Replay => stage.replay().await,
        Measure::Rebuild => stage.directory(false).await,
        Measure::Queries => stage.directory(true).await,
        Measure::Freshness => stage.freshness().await,
        Measure::Beside => stage.beside_heavy().await,
        Measure::Memory => stage.memory().await,
    }
}

/// A commit of the size most have, for the `number`-th provider.
fn commit(number: u32) -> Result<(StreamId, Commit), Failure> {
    let odd = |_| Failure::unavailable("the bench's own values are wrong");
    let event = CertificationWithdrawn {
        category: CategoryCode::parse("childcare").map_err(odd)?,
        certification: Act::new(1).map_err(odd)?,
        requested_on: Day::parse("2026-06-01").map_err(odd)?,
        effective_on: Day::parse("2026-07-01").map_err(odd)?,
        reason: Text::parse(&"测".repeat(80)).map_err(odd)?,
    };
    let commit = Commit {
        id: RequestId::from_bytes(*Uuid::new_v4().as_bytes()),
        digest: domain::RequestDigest::from_bytes([7; 20]),
        bureau: BureauId::parse("321003-health").map_err(odd)?,
        officer: OfficerId::parse("bench").map_err(odd)?,
        recorded_at: serve::clock::now(),
        scheme: Text::parse("bench").map_err(odd)?,
        rules: domain::Position(0),
        events: vec![Event::from(event)],
    };
    Ok((StreamId::Provider(provider(number)?), commit))
}

fn provider(number: u32) -> Result<ProviderId, Failure> {
    let uscc = Uscc::synthetic("91", "321003", &format!("{number:08}"));
    let uscc = uscc.ok_or_else(|| Failure::unavailable("more than 100,000,000 providers"))?;
    ProviderId::new(OperatorCode::Uscc(uscc), 1).map_err(|_| Failure::unavailable("the bench's own values are wrong"))
}

/// A bare loop of append and fdatasync, `group` records of `bytes` bytes at a time: what the disk gives.
fn write_bare(folder: &Path, count: u32, group: u32, bytes: usize) -> Result<Sample, Failure> {
    let mut file = std::fs::File::create(folder.join("bare"))?;
    let record = vec![7_u8; bytes * usize::try_from(group).unwrap_or(1)];
    let started = Instant::now();
    let mut waits = Vec::new();
    for _ in 0..count / group {
        let began = Instant::now();
        file.write_all(&record)?;
        file.sync_data()?;
        waits.push(began.elapsed());
    }
    Ok(Sample::new(count / group * group, started.elapsed(), waits))
}

/// Bare pipelined publishes of a payload of this size, each of another subject as the log's commits are.
async fn publish_bare(bare: &Publishes, count: u32, in_flight: u32, bytes: usize) -> Result<Sample, Failure> {
    let payload = Bytes::from(vec![7_u8; bytes]);
    let subject = AtomicU64::new(0);
    sampled(count, in_flight, || async {
        bare.publish(subject.fetch_add(1, Ordering::Relaxed), payload.clone()).await.map_err(Failure::from)
    })
    .await
}

/// What one measurement runs on.
struct Stage<'a> {
    bench: &'a Bench,
    folder: &'a Path,
    servers: Vec<Process>,
    /// Which cores they and the rest run on, in words.
    placed: String,
    nats: Option<JetStreamConfig>,
    as_json: bool,
}

/// One way to write the log, and what came of it.
struct Way {
    name: &'static str,
    log: Log,
    samples: Vec<Sample>,
    taken: Vec<(String, f64)>,
}

impl Stage<'_> {
    async fn open(&self) -> Result<Log, Failure> {
        match &self.nats {
            None => {
                // The log is written here and served by a child, which makes no key for a log that has commits.
                crate::request_key::make(&self.folder.join(crate::data::REQUEST_KEY))?;
                Embedded::open(&self.folder.join("log")).map(Log::Embedded).map_err(Failure::from)
            }
            Some(config) => JetStream::connect(config).await.map(Log::JetStream).map_err(Failure::from),
        }
    }

    /// The ways that are measured beside each other: the one a registry takes, or with and without batches.
    async fn ways(&self) -> Result<Vec<Way>, Failure> {
        let way = |name, log| Way { name, log, samples: Vec::new(), taken: Vec::new() };
        let Some(config) = self.nats.as_ref().filter(|_| self.bench.both_ways) else {
            return Ok(vec![way("log", self.open().await?)]);
        };
        let alone = bare::each_alone(JetStream::connect(config).await?);
        Ok(vec![way("log in batches", self.open().await?), way("log, each commit alone", Log::JetStream(alone))])
    }

    async fn bare(&self) -> Result<Option<Publishes>, Failure> {
        match &self.nats {
            None => Ok(None),
            Some(config) => Publishes::connect(config).await.map(Some).map_err(Failure::from),
        }
    }

    /// `puhui serve` with these services, of this program or of the one that was named.
    fn start(&self, services: &[&str], words: &[&str]) -> Result<Process, Failure> {
        match &self.bench.program {
            Some(program) => Process::serving(program, services, words),
            None => Process::serving(&std::env::current_exe()?, services, words),
        }
    }

    fn settings(&self, rest: &str) -> String {
        let body = match &self.nats {
            None => "embedded".to_owned(),
            Some(config) => format!("nats, R{}, sync_interval always, {}", config.replicas, self.placed),
        };
        let program = self.bench.program.as_ref();
        let program = program.map_or_else(String::new, |program| format!("; server {}", program.display()));
        format!("{body}; {rest}; {} rounds{program}", self.bench.rounds)
    }

    fn count(&self, in_flight: u32) -> u32 {
        if in_flight == 1 { self.bench.count / 20 + 1 } else { self.bench.count }
    }

    async fn log(&self) -> Result<(), Failure> {
        let (stream, one) = commit(0)?;
        let bytes = encode(&stream, Revision(1), &one).len();
        let next = AtomicU32::new(0);
        let (mut ways, bare) = (self.ways().await?, self.bare().await?);
        let processes: Vec<&Process> = self.servers.iter().collect();
        for &in_flight in &self.bench.in_flight {
            let count = self.count(in_flight);
            let mut limits = Vec::new();
            for _ in 0..self.bench.rounds {
                limits.push(match &bare {
                    None => write_bare(self.folder, count, in_flight, bytes)?,
                    Some(bare) => publish_bare(bare, count, in_flight, bytes).await?,
                });
                for way in &mut ways {
                    let before = cpu(&processes);
                    way.samples.push(append(&way.log, &next, count, in_flight).await?);
                    add(&mut way.taken, &before, &cpu(&processes));
                }
            }
            let settings = self.settings(&format!("{bytes} bytes a commit, {in_flight} in flight, {count} commits"));
            let limit = match &bare {
                None => format!("append and fdatasync, {in_flight} in a group"),
                Some(_) => format!("bare publishes, {in_flight} in flight"),
            };
            for way in &mut ways {
                let (ours, taken) = (std::mem::take(&mut way.samples), std::mem::take(&mut way.taken));
                let measured = Measurement::of((way.name, "commits/s"), &ours, (&limit, &limits), &settings);
                measured.with_cpu(taken).print(self.as_json)?;
            }
        }
        Ok(())
    }

    /// Certify commands on providers that are registered and pledged: what a bureau's system sends most.
    async fn commands(&self) -> Result<(), Failure> {
        let data = self.folder.display().to_string();
        let mut words = vec!["--data", &data];
        let replicas = self.bench.replicas.to_string();
        let monitors = self.nats.as_ref().map_or_else(String::new, |config| config.monitors.join(","));
        if let Some(config) = &self.nats {
            words.extend(["--log", &config.url, "--nats-stream", &config.nats_stream, "--replicas", &replicas]);
            words.extend(["--nats-monitor", &monitors, "--new-log"]);
        }
        let services = self.start(&["certification", "pledge"], &words)?;
        let processes: Vec<&Process> = std::iter::once(&services).chain(&self.servers).collect();
        let servers = Servers::at(&services.url);
        let channel = servers.connect("certification").await?;
        let bare = self.bare().await?;
        let bytes = self.certification_bytes(&channel).await?;
        let filled = self.bench.providers;
        let next = AtomicU32::new(self.fill(&channel).await?);
        for &in_flight in &self.bench.in_flight {
            let count = self.count(in_flight);
            let (mut ours, mut echoes, mut publishes) = (Vec::new(), Vec::new(), Vec::new());
            let mut taken = Vec::new();
            for _ in 0..self.bench.rounds {
                let first = next.fetch_add(count, Ordering::Relaxed);
                if filled == 0 {
                    prepare(&channel, first, count).await?;
                }
                echoes.push(sampled(count, in_flight, || echo(channel.clone())).await?);
                if let Some(bare) = &bare {
                    publishes.push(publish_bare(bare, count, in_flight, bytes.unwrap_or(0)).await?);
                }
                // Made before the clock runs: what a caller writes into its requests is not the registry's work.
                let serials = (first..first + count).map(|serial| scattered(serial, filled));
                let requests = serials.map(certification).collect::<Result<Vec<_>, _>>()?;
                let requests = RefCell::new(requests.into_iter());
                let before = cpu(&processes);
                let send = || certify(channel.clone(), requests.borrow_mut().next().unwrap_or_default());
                ours.push(sampled(count, in_flight, send).await?);
                add(&mut taken, &before, &cpu(&processes));
            }
            let settings = self.settings(&format!(
                "Certify, distinct providers{}, {in_flight} in flight, {count} commands{}; the services' most memory {} MiB",
                if filled == 0 { String::new() } else { format!(" out of {filled}") },
                bytes.map_or_else(String::new, |bytes| format!(", {bytes} bytes a commit")),
                services.most_memory_kib() / 1024,
            ));
            let name = ("commands", "commands/s");
            if bare.is_some() {
                let limit = format!("bare publishes, {in_flight} in flight");
                let measured = Measurement::of(name, &ours, (&limit, &publishes), &settings);
                measured.with_cpu(taken.clone()).print(self.as_json)?;
            }
            let measured = Measurement::of(name, &ours, ("empty gRPC echo", &echoes), &settings);
            measured.with_cpu(taken).print(self.as_json)?;
        }
        Ok(())
    }

    /// Registers and pledges the providers that are asked for, and returns the place of the first that is not certified. A server
    /// that ran before may hold them already.
    async fn fill(&self, channel: &Channel) -> Result<u32, Failure> {
        let filled = self.bench.providers;
        if filled == 0 {
            return Ok(1);
        }
        let mut certified = 0;
        if self.nats.is_some() {
            let log = self.open().await?;
            let last = log.tail(&StreamId::Provider(outlet_id(filled)?)).await?;
            if last.revision >= Revision(2) {
                // Of the first outlet, which is none of them, there are three commits, and two with which a log begins.
                certified = log.head().await?.0.saturating_sub(5 + 2 * u64::from(filled));
            }
        }
        let one_round: u32 = self.bench.in_flight.iter().map(|&in_flight| self.count(in_flight)).sum();
        let needed = certified + u64::from(one_round) * u64::from(self.bench.rounds);
        if u64::from(filled) < needed {
            return Err(Failure::unavailable(format!("the rounds certify up to {needed} providers, of {filled}")));
        }
        if certified == 0 {
            prepare(channel, 1, filled).await?;
        }
        Ok(u32::try_from(certified).unwrap_or(0) + 1)
    }

    /// Bytes of the commit of a certification, as the NATS server holds it; the payload of the publishes it is held against.
    async fn certification_bytes(&self, channel: &Channel) -> Result<Option<usize>, Failure> {
        prepare(channel, 0, 1).await?;
        certify(channel.clone(), certification(0)?).await?;
        if self.nats.is_none() {
            return Ok(None);
        }
        let commits = self.open().await?.load(&StreamId::Provider(outlet_id(0)?)).await?;
        Ok(commits.last().map(|last| encode(&last.stream, last.revision, &last.commit).len()))
    }
}

/// Appends the first commits of providers nobody has used.
async fn append(log: &Log, next: &AtomicU32, count: u32, in_flight: u32) -> Result<Sample, Failure> {
    sampled(count, in_flight, || async {
        let (stream, commit) = commit(next.fetch_add(1, Ordering::Relaxed))?;
        let appended = log.append(&stream, Tail::default(), &commit).await;
        appended.map(|_| ()).map_err(|error| Failure::unavailable(error.to_string()))
    })
    .await
}

fn outlet(serial: u32) -> Result<Outlet, Failure> {
    outlets::outlet(serial, COMMUNITY, "虹桥社区")
}

fn outlet_id(serial: u32) -> Result<ProviderId, Failure> {
    ProviderId::parse(&outlet(serial)?.id).map_err(|_| Failure::unavailable("the bench's own id is wrong"))
}

/// Registers and pledges outlets, so that they can be certified.
async fn prepare(channel: &Channel, first: u32, count: u32) -> Result<(), Failure> {
    let serial = AtomicU32::new(first);
    sampled(count, PREPARING, || async {
        let outlet = outlet(serial.fetch_add(1, Ordering::Relaxed))?;
        CertificationServiceClient::new(channel.clone()).register_provider(outlets::register(&outlet)).await?;
        PledgeServiceClient::new(channel.clone()).make_pledge(outlets::make_pledge(&outlet)).await?;
        Ok(())
    })
    .await
    .map(|_| ())
}

/// The provider that is certified in this place: itself, or one of those the log was filled with, far from the one before.
fn scattered(serial: u32, filled: u32) -> u32 {
    if filled == 0 {
        return serial;
    }
    // Below the number of providers, which is a u32.
    u32::try_from(u64::from(serial) * STEP % u64::from(filled)).unwrap_or(0) + 1
}

fn certification(serial: u32) -> Result<CertifyRequest, Failure> {
    outlet(serial).map(|outlet| outlets::certify(&outlet))
}

async fn certify(channel: Channel, request: CertifyRequest) -> Result<(), Failure> {
    CertificationServiceClient::new(channel).certify(request).await?;
    Ok(())
}

async fn echo(channel: Channel) -> Result<(), Failure> {
    HealthClient::new(channel).check(HealthCheckRequest::default()).await?;
    Ok(())
}
