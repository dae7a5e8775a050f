//! Measures the product against a limit taken in the same run: a speed claim is a ratio. Rounds alternate between the two, since
//! machines drift, and the median is told.

mod figures;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use api::certification::v1::RegisterProviderRequest;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::registry::v1::Particulars;
use domain::{
    BureauId, CategoryCode, CertificationWithdrawn, Commit, Day, Event, OfficerId, OperatorCode, Position, ProviderId,
    RequestId, Revision, StreamId, Text, Uscc,
};
use event_log::{Embedded, EventLog, Tail, encode};
use futures_util::StreamExt;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use uuid::Uuid;

use crate::args::{Bench, Measure, Serve, Service};
use crate::client::{Failure, Servers};
use crate::serving;
use figures::{Measurement, Sample, sampled};

/// `puhui bench`.
pub(crate) async fn run(bench: &Bench, as_json: bool) -> Result<(), Failure> {
    let folder = bench.folder.join(format!("puhui-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = match bench.measure {
        Measure::Log => log(bench, &folder, as_json).await,
        Measure::Commands => commands(bench, &folder, as_json).await,
        Measure::Replay => replay(bench, &folder, as_json).await,
    };
    // What the measurement made is of no use after it.
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

/// A commit of the size most have, for the `number`-th provider.
fn commit(number: u32) -> Result<(StreamId, Commit), Failure> {
    let odd = |_| Failure::unavailable("the bench's own values are wrong");
    let event = CertificationWithdrawn {
        category: CategoryCode::parse("childcare").map_err(odd)?,
        requested_on: Day::parse("2026-06-01").map_err(odd)?,
        effective_on: Day::parse("2026-07-01").map_err(odd)?,
        reason: Text::parse(&"测".repeat(80)).map_err(odd)?,
    };
    let commit = Commit {
        id: RequestId::from_bytes(*Uuid::new_v4().as_bytes()),
        digest: [7; 16],
        bureau: BureauId::parse("321003-health").map_err(odd)?,
        officer: OfficerId::parse("bench").map_err(odd)?,
        recorded_at: serve::clock::now(),
        scheme: Text::parse("bench").map_err(odd)?,
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
fn bare(folder: &Path, count: u32, group: u32, bytes: usize) -> Result<Sample, Failure> {
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

async fn log(bench: &Bench, folder: &Path, as_json: bool) -> Result<(), Failure> {
    let (stream, one) = commit(0)?;
    let bytes = encode(&stream, Revision(1), &one).len();
    let next = AtomicU32::new(0);
    let log = Embedded::open(&folder.join("log")).map_err(|error| Failure::unavailable(error.to_string()))?;
    for in_flight in [1, 256] {
        let count = if in_flight == 1 { bench.count / 20 + 1 } else { bench.count };
        let (mut ours, mut limits) = (Vec::new(), Vec::new());
        for _ in 0..bench.rounds {
            limits.push(bare(folder, count, in_flight, bytes)?);
            ours.push(
                sampled(count, in_flight, || async {
                    let (stream, commit) = commit(next.fetch_add(1, Ordering::Relaxed))?;
                    let appended = log.append(&stream, Tail::default(), &commit).await;
                    appended.map(|_| ()).map_err(|error| Failure::unavailable(error.to_string()))
                })
                .await?,
            );
        }
        let settings = format!(
            "embedded, {bytes} bytes a commit, {in_flight} in flight, {count} commits, {} rounds",
            bench.rounds
        );
        let limit_name = format!("append and fdatasync, {in_flight} in a group");
        Measurement::of("log", "commits/s", &ours, &limit_name, &limits, settings).print(as_json)?;
    }
    Ok(())
}

async fn commands(bench: &Bench, folder: &Path, as_json: bool) -> Result<(), Failure> {
    let serve = Serve {
        service: Service::Certification,
        log: "embedded".to_owned(),
        data: folder.to_owned(),
        listen: std::net::SocketAddr::from(([127, 0, 0, 1], 0)),
        scheme: None,
        statutory_days: None,
        nats_stream: "PUHUI".to_owned(),
        replicas: 1,
    };
    let running = serving::start(&serve).await?;
    let servers = Servers::at(&format!("http://{}", running.address));
    let channel = servers.connect("certification").await?;
    let next = AtomicU32::new(0);
    for in_flight in [1, 256] {
        let count = if in_flight == 1 { bench.count / 20 + 1 } else { bench.count };
        let (mut ours, mut limits) = (Vec::new(), Vec::new());
        for _ in 0..bench.rounds {
            limits.push(sampled(count, in_flight, || echo(channel.clone())).await?);
            ours.push(sampled(count, in_flight, || register(channel.clone(), &next)).await?);
        }
        let settings = format!(
            "embedded, certification alone, client and server in one process, {in_flight} in flight, {count} commands, {} rounds",
            bench.rounds
        );
        Measurement::of("commands", "commands/s", &ours, "empty gRPC echo", &limits, settings).print(as_json)?;
    }
    running.stop().await
}

async fn echo(channel: Channel) -> Result<(), Failure> {
    HealthClient::new(channel).check(HealthCheckRequest::default()).await?;
    Ok(())
}

async fn register(channel: Channel, next: &AtomicU32) -> Result<(), Failure> {
    let request = RegisterProviderRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "bench".to_owned(),
        provider_id: provider(next.fetch_add(1, Ordering::Relaxed))?.to_string(),
        particulars: Some(Particulars {
            name: "合成网点".to_owned(),
            operator_name: "合成主体".to_owned(),
            division: "321003005007".to_owned(),
            address: "合成路1号".to_owned(),
            ..Particulars::default()
        }),
        ..RegisterProviderRequest::default()
    };
    CertificationServiceClient::new(channel).register_provider(request).await?;
    Ok(())
}

async fn replay(bench: &Bench, folder: &Path, as_json: bool) -> Result<(), Failure> {
    let log = Embedded::open(&folder.join("log")).map_err(|error| Failure::unavailable(error.to_string()))?;
    let next = AtomicU32::new(0);
    let lengths = Arc::new(AtomicU32::new(0));
    sampled(bench.count, 1024, || async {
        let (stream, commit) = commit(next.fetch_add(1, Ordering::Relaxed))?;
        lengths.store(u32::try_from(encode(&stream, Revision(1), &commit).len()).unwrap_or(0), Ordering::Relaxed);
        let appended = log.append(&stream, Tail::default(), &commit).await;
        appended.map(|_| ()).map_err(|error| Failure::unavailable(error.to_string()))
    })
    .await?;
    let bytes = usize::try_from(lengths.load(Ordering::Relaxed)).unwrap_or(0);
    let file = folder.join("bytes");
    std::fs::write(&file, vec![7_u8; bytes * usize::try_from(bench.count).unwrap_or(0)])?;
    let (mut ours, mut limits) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let began = Instant::now();
        // Reading the same bytes in records of the same size, undecoded.
        let mut reader = std::io::BufReader::with_capacity(1 << 16, std::fs::File::open(&file)?);
        let mut record = vec![0_u8; bytes];
        for _ in 0..bench.count {
            std::io::Read::read_exact(&mut reader, &mut record)?;
        }
        limits.push(Sample::new(bench.count, began.elapsed(), vec![Duration::ZERO]));
        let began = Instant::now();
        let mut commits = std::pin::pin!(log.follow(Position(0)).take(usize::try_from(bench.count).unwrap_or(0)));
        while let Some(commit) = commits.next().await {
            commit.map_err(|error| Failure::unavailable(error.to_string()))?;
        }
        ours.push(Sample::new(bench.count, began.elapsed(), vec![Duration::ZERO]));
    }
    let settings = format!("embedded, {bytes} bytes a commit, {} commits, {} rounds", bench.count, bench.rounds);
    Measurement::of("replay", "commits/s", &ours, "reading the same bytes from a file", &limits, settings)
        .print(as_json)
}
