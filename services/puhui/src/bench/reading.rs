//! Measures the directory: how fast its rows are made from the log, and how fast it answers from them.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::directory::v1::rows_service_client::RowsServiceClient;
use api::directory::v1::{GetProgressRequest, ListProvidersRequest, Near, RebuildAction, RebuildRequest};
use api::registry::v1::Point;
use domain::{BureauId, Commit, OfficerId, Position, RequestId, StreamId, Text};
use event_log::{EventLog, Log, Tail, bare};
use projection::bare as bare_rows;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic_prost::ProstCodec;
use uuid::Uuid;

use super::children::{Process, add, cpu};
use super::figures::{Measurement, Sample, paced, sampled};
use super::population::{COMMITS_EACH, Dice, Population};
use super::{Stage, echo, outlet};
use crate::args::OpeningWords;
use crate::client::{Failure, Servers};
use crate::demo::outlets;
use crate::rules::Beginning;

/// Outlets that are written at one time.
const OUTLETS_IN_FLIGHT: u32 = 512;
/// Longest that the rows may take to be made.
const REBUILD_MAX: Duration = Duration::from_mins(30);
/// Text and near questions under way at one time.
const SEARCHES_IN_FLIGHT: u32 = 16;
/// Lists under way at one time.
const LISTS_IN_FLIGHT: u32 = 64;

/// Outlets of the directory that lists of a larger one are held against.
const SMALL_OUTLETS: u32 = 10_000;
/// Lists a round.
const LISTS: u32 = 40_000;
/// Rows of a page.
const PAGE_ROWS: usize = 20;
/// Bytes of one row of the bare scan: what a list tells of an outlet.
const SCANNED_BYTES: usize = 300;

/// Lists asked for while rows are built anew, a second; and how many before.
const LISTS_A_SECOND: u32 = 1_000;
const LISTS_BEFORE: u32 = 10_000;

/// Commands a second, where the bench is told none.
const COMMANDS_A_SECOND: u32 = 5_000;
/// Of so many commands one is looked for.
const SEEN_EVERY: u32 = 20;
/// How long commands are sent, a round.
const FRESHNESS_SECONDS: u32 = 10;

/// What is measured of lists.
const LIST: &str = "list by division and category";

/// Makes one question.
type Ask<'a> = &'a dyn Fn() -> ListProvidersRequest;

impl Stage<'_> {
    /// Writes the population into the log, through the log's own door; returns the last position.
    pub(super) async fn populate(&self, log: &Log, population: &Population, outlets: u32) -> Result<Position, Failure> {
        self.populate_to(log, population, outlets, COMMITS_EACH).await
    }

    /// The same, with the first commits of each outlet only.
    pub(super) async fn populate_to(
        &self,
        log: &Log,
        population: &Population,
        outlets: u32,
        commits_each: u32,
    ) -> Result<Position, Failure> {
        let odd = |_| Failure::unavailable("the bench's own values are wrong");
        let (bureau, officer) =
            (BureauId::parse("321003-health").map_err(odd)?, OfficerId::parse("bench").map_err(odd)?);
        let scheme = Text::parse("bench").map_err(odd)?;
        let opening = Beginning::new(None)?.opening(&OpeningWords::default())?;
        let opened = event_log::open(log, &opening, serve::clock::now()).await;
        opened.map_err(|error| Failure::unavailable(error.to_string()))?;
        let serial = AtomicU32::new(0);
        sampled(outlets, OUTLETS_IN_FLIGHT, || async {
            let (id, facts) = population.outlet(serial.fetch_add(1, Ordering::Relaxed))?;
            let (stream, mut tail) = (StreamId::Provider(id), Tail::default());
            for (fact, _) in facts.into_iter().zip(0..commits_each) {
                let commit = Commit {
                    id: RequestId::from_bytes(*Uuid::new_v4().as_bytes()),
                    digest: domain::RequestDigest::from_bytes([7; 20]),
                    bureau: bureau.clone(),
                    officer: officer.clone(),
                    recorded_at: serve::clock::now(),
                    scheme: scheme.clone(),
                    rules: domain::Position(0),
                    events: vec![fact],
                };
                let appended = log.append(&stream, tail, &commit).await;
                tail = appended.map_err(|error| Failure::unavailable(error.to_string()))?;
            }
            Ok(())
        })
        .await?;
        log.head().await.map_err(Failure::from)
    }

    /// The rows of a directory made from nothing, and questions answered from them.
    pub(super) async fn directory(&self, questions: bool) -> Result<(), Failure> {
        let outlets = self.bench.count;
        let population = Population::new(self.bench.seed);
        let log = self.open().await?;
        let head = self.populate(&log, &population, outlets).await?;
        let bare = match &log {
            Log::Embedded(log) => {
                let began = Instant::now();
                bare::read(log, usize::try_from(head.0).unwrap_or(usize::MAX))?;
                Some(Sample::new(outlets * COMMITS_EACH, began.elapsed(), vec![Duration::ZERO]))
            }
            _ => None,
        };
        // The folder is one process's: the service opens it next.
        drop(log);
        let began = Instant::now();
        let service = self.serving()?;
        let opened = began.elapsed();
        let processes = [&service];
        let before = cpu(&processes);
        let channel = Servers::at(&service.url).connect("directory").await?;
        self.until(&channel, head).await?;
        let rebuilt = Sample::new(outlets * COMMITS_EACH, began.elapsed().saturating_sub(opened), vec![Duration::ZERO]);
        let mut taken = Vec::new();
        add(&mut taken, &before, &cpu(&processes));
        let settings = self.settings(&format!(
            "{outlets} outlets, {} commits; the log opened in {:.1} s; most memory {} MiB; rows on disk {} MiB",
            head.0,
            opened.as_secs_f64(),
            service.most_memory_kib() / 1024,
            bytes_below(&self.folder.join("directory"))? / (1024 * 1024),
        ));
        if let Some(bare) = bare {
            let limit = ("reading the same records, undecoded", &[bare][..]);
            let measured = Measurement::of(("rebuild", "commits/s"), &[rebuilt], limit, &settings);
            measured.with_cpu(taken).print(self.as_json)?;
        }
        if questions {
            self.questions(&service, &channel, &population, outlets).await?;
            self.against_few(&channel, &population, outlets).await
        } else {
            self.beside(&service, &channel, &population, outlets).await?;
            self.again(service, head).await
        }
    }

    /// Lists of this directory and of one with few outlets, in turn: what a list costs must not grow with their number.
    async fn against_few(&self, channel: &Channel, population: &Population, outlets: u32) -> Result<(), Failure> {
        if outlets <= SMALL_OUTLETS {
            return Ok(());
        }
        let folder = self.folder.join("few");
        std::fs::create_dir(&folder)?;
        let few = Stage {
            bench: self.bench,
            folder: &folder,
            servers: Vec::new(),
            placed: self.placed.clone(),
            nats: None,
            as_json: self.as_json,
        };
        let log = few.open().await?;
        let head = few.populate(&log, population, SMALL_OUTLETS).await?;
        drop(log);
        let service = few.serving()?;
        let small = Servers::at(&service.url).connect("directory").await?;
        few.until(&small, head).await?;
        let dice = RefCell::new(Dice::new(self.bench.seed + 1));
        let list = async |channel: &Channel, count| {
            let ask = || {
                let (division, category) = population.question(&mut dice.borrow_mut());
                let request = ListProvidersRequest { division, category: category.to_owned(), ..Default::default() };
                page(channel.clone(), request)
            };
            sampled(count, LISTS_IN_FLIGHT, async || ask().await.map(|_| ())).await
        };
        // What is answered first warms the caches.
        list(&small, LISTS / 10).await?;
        let (mut ours, mut limits) = (Vec::new(), Vec::new());
        for _ in 0..self.bench.rounds {
            limits.push(list(&small, LISTS).await?);
            ours.push(list(channel, LISTS).await?);
        }
        let settings = self
            .settings(&format!("first page of 20, {outlets} outlets, {LISTS_IN_FLIGHT} in flight, {LISTS} questions"));
        let limit = format!("the same of {SMALL_OUTLETS} outlets");
        let name = ("list by division and category, of more outlets", "answers/s");
        Measurement::of(name, &ours, (&limit, &limits), &settings).print(self.as_json)
    }

    /// Bare scans of sled for as many rows as a page has, one after another, on a row for each outlet.
    fn scans(&self, population: &Population, outlets: u32) -> Result<Vec<Sample>, Failure> {
        let odd = |error: projection::ReadError| Failure::unavailable(error.to_string());
        let scans = bare_rows::Scans::open(&self.folder.join("bare-rows")).map_err(odd)?;
        for serial in 0..outlets {
            let key = population.key(serial)?;
            scans.put(key.as_bytes(), &[7; SCANNED_BYTES]).map_err(odd)?;
        }
        let mut dice = Dice::new(self.bench.seed + 1);
        let round = |dice: &mut Dice| {
            let (started, mut waits) = (Instant::now(), Vec::new());
            for _ in 0..LISTS {
                let (division, category) = population.question(dice);
                let began = Instant::now();
                scans.first(format!("{category} {division}").as_bytes(), PAGE_ROWS).map_err(odd)?;
                waits.push(began.elapsed());
            }
            Ok(Sample::new(LISTS, started.elapsed(), waits))
        };
        (0..self.bench.rounds).map(|_| round(&mut dice)).collect()
    }

    /// How long after a sudden end a directory answers again with everything that was there before.
    async fn again(&self, service: Process, head: Position) -> Result<(), Failure> {
        let (mut times, mut empty, mut service) = (Vec::new(), Vec::new(), Some(service));
        for _ in 0..self.bench.rounds.max(3) {
            // SIGKILL, and the end of it.
            drop(service.take());
            let began = Instant::now();
            let started = self.serving()?;
            empty.push(Sample::new(1, began.elapsed(), vec![began.elapsed()]));
            let channel = Servers::at(&started.url).connect("directory").await?;
            self.until(&channel, head).await?;
            times.push(Sample::new(1, began.elapsed(), vec![began.elapsed()]));
            service = Some(started);
        }
        let settings = self.settings(&format!("{} outlets, after SIGKILL", self.bench.count));
        let limit = ("until the process listens, its log opened", &empty[..]);
        Measurement::of(("serving again", "starts/s"), &times, limit, &settings).print(self.as_json)
    }

    /// Lists at a steady rate while the rows are built anew, against the same before.
    async fn beside(
        &self,
        service: &Process,
        channel: &Channel,
        population: &Population,
        outlets: u32,
    ) -> Result<(), Failure> {
        let dice = RefCell::new(Dice::new(self.bench.seed + 1));
        let list = || {
            let (division, category) = population.question(&mut dice.borrow_mut());
            let request = ListProvidersRequest { division, category: category.to_owned(), ..Default::default() };
            let channel = channel.clone();
            async move {
                DirectoryServiceClient::new(channel).list_providers(request).await?;
                Ok(())
            }
        };
        let mut rows = RowsServiceClient::new(channel.clone());
        let generation = rows.get_progress(GetProgressRequest {}).await?.into_inner().generation;
        // What the rows were caught up with is still being written at first.
        paced(LISTS_A_SECOND, LISTS_BEFORE, &list).await?;
        let before = [paced(LISTS_A_SECOND, LISTS_BEFORE, &list).await?];
        let began = Instant::now();
        rows.rebuild(RebuildRequest { action: RebuildAction::Begin.into() }).await?;
        let mut during = Vec::new();
        loop {
            during.push(paced(LISTS_A_SECOND, LISTS_A_SECOND, &list).await?);
            let now = rows.get_progress(GetProgressRequest {}).await?.into_inner();
            if now.generation > generation {
                break;
            }
            if now.building.is_none() || began.elapsed() > REBUILD_MAX {
                return Err(Failure::unavailable(format!("not rebuilt: {}", now.building_failed_because)));
            }
        }
        let settings = self.settings(&format!(
            "{LISTS_A_SECOND} lists a second, {outlets} outlets; rebuilt in {:.1} s, no question failed; most memory {} MiB",
            began.elapsed().as_secs_f64(),
            service.most_memory_kib() / 1024,
        ));
        let limit = ("the same before", &before[..]);
        Measurement::of(("lists while the rows are built anew", "answers/s"), &during, limit, &settings)
            .print(self.as_json)
    }

    /// Every service in one process, on the log that was written.
    pub(super) fn serving(&self) -> Result<Process, Failure> {
        self.serving_only(&["all"])
    }

    /// These services in one process, on the log that was written.
    pub(super) fn serving_only(&self, services: &[&str]) -> Result<Process, Failure> {
        let data = self.folder.display().to_string();
        let mut words = vec!["--data", &data];
        let monitors = self.nats.as_ref().map_or_else(String::new, |config| config.monitors.join(","));
        if let Some(config) = &self.nats {
            words.extend(["--log", &config.url, "--nats-stream", &config.nats_stream, "--nats-monitor", &monitors]);
        }
        self.start(services, &words)
    }

    /// How long after its acknowledgement a command is seen.
    pub(super) async fn freshness(&self) -> Result<(), Failure> {
        let log = self.open().await?;
        let head = self.populate(&log, &Population::new(self.bench.seed), self.bench.count).await?;
        drop(log);
        let service = self.serving()?;
        // Commands, questions and echoes have a connection each.
        let servers = Servers::at(&service.url);
        let (commands, directory) = (servers.connect("certification").await?, servers.connect("directory").await?);
        self.until(&directory, head).await?;
        let rate = self.bench.rate.unwrap_or(COMMANDS_A_SECOND);
        let (serial, seen) = (AtomicU32::new(0), Mutex::new(Vec::new()));
        let command = || {
            let number = serial.fetch_add(1, Ordering::Relaxed);
            let (commands, directory, seen) = (commands.clone(), directory.clone(), &seen);
            async move {
                let request = outlets::register(&outlet(number)?);
                let answer = CertificationServiceClient::new(commands).register_provider(request).await?;
                if number.is_multiple_of(SEEN_EVERY) {
                    let acknowledged = Instant::now();
                    let min_position = answer.into_inner().position;
                    let request = ListProvidersRequest { min_position, page_size: 1, ..Default::default() };
                    DirectoryServiceClient::new(directory).list_providers(request).await?;
                    seen.lock().unwrap_or_else(PoisonError::into_inner).push(acknowledged.elapsed());
                }
                Ok(())
            }
        };
        // What is answered first warms the caches.
        paced(rate, rate, &command).await?;
        seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let (mut sent, mut echoes) = (Vec::new(), Vec::new());
        let before = cpu(&[&service]);
        for _ in 0..self.bench.rounds {
            sent.push(paced(rate, rate * FRESHNESS_SECONDS, &command).await?);
            echoes.push(paced(rate / SEEN_EVERY + 1, rate / SEEN_EVERY + 1, || echo(directory.clone())).await?);
        }
        let mut taken = Vec::new();
        add(&mut taken, &before, &cpu(&[&service]));
        let waits = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
        let count = u32::try_from(waits.len()).unwrap_or(u32::MAX);
        let settings = self.settings(&format!(
            "{} outlets before; {rate} commands a second asked for, one in {SEEN_EVERY} looked for; commands: {}",
            self.bench.count,
            Measurement::rates(&sent),
        ));
        let elapsed = Duration::from_secs(u64::from(FRESHNESS_SECONDS * self.bench.rounds));
        let limit = ("empty gRPC echo, without commands", &echoes[..]);
        let ours = [Sample::new(count, elapsed, waits)];
        Measurement::of(("seen after its acknowledgement", "looks/s"), &ours, limit, &settings)
            .with_cpu(taken)
            .print(self.as_json)
    }

    /// Waits until the rows are at `head`.
    pub(super) async fn until(&self, channel: &Channel, head: Position) -> Result<(), Failure> {
        let began = Instant::now();
        while began.elapsed() < REBUILD_MAX {
            let request = ListProvidersRequest { min_position: head.0, page_size: 1, ..Default::default() };
            // The directory itself waits some seconds for the position before it says that it is behind.
            match DirectoryServiceClient::new(channel.clone()).list_providers(request).await {
                Ok(_) => return Ok(()),
                Err(status) if status.code() == tonic::Code::Unavailable => {}
                Err(status) => return Err(status.into()),
            }
        }
        Err(Failure::unavailable(format!("the rows are not made after {} s", REBUILD_MAX.as_secs())))
    }

    async fn questions(
        &self,
        service: &Process,
        channel: &Channel,
        population: &Population,
        outlets: u32,
    ) -> Result<(), Failure> {
        let dice = RefCell::new(Dice::new(self.bench.seed + 1));
        let list = || {
            let (division, category) = population.question(&mut dice.borrow_mut());
            ListProvidersRequest { division, category: category.to_owned(), ..Default::default() }
        };
        let text = || ListProvidersRequest { text: Population::words(&mut dice.borrow_mut()), ..Default::default() };
        let near = || {
            let (latitude_microdegrees, longitude_microdegrees) = population.point(&mut dice.borrow_mut());
            let point = Some(Point { latitude_microdegrees, longitude_microdegrees });
            ListProvidersRequest { near: Some(Near { point, within_metres: 2000 }), ..Default::default() }
        };
        // What the rows were caught up with is still being written at first.
        paced(LISTS_A_SECOND, LISTS_BEFORE, async || page(channel.clone(), list()).await.map(|_| ())).await?;
        let kinds: [(&'static str, u32, u32, Ask<'_>); 3] = [
            (LIST, LISTS_IN_FLIGHT, LISTS, &list),
            ("search by words", SEARCHES_IN_FLIGHT, 4_000, &text),
            ("near a point", SEARCHES_IN_FLIGHT, 4_000, &near),
        ];
        for (name, in_flight, count, question) in kinds {
            let (mut ours, mut echoes, mut taken, rows) = (Vec::new(), Vec::new(), Vec::new(), AtomicU32::new(0));
            for _ in 0..self.bench.rounds {
                echoes.push(sampled(count, in_flight, || echo(channel.clone())).await?);
                let before = cpu(&[service]);
                let asked = || {
                    let (request, channel) = (question(), channel.clone());
                    let rows = &rows;
                    async move {
                        let page = page(channel, request).await?;
                        rows.fetch_add(u32::try_from(page.providers.len()).unwrap_or(0), Ordering::Relaxed);
                        Ok(())
                    }
                };
                ours.push(sampled(count, in_flight, asked).await?);
                add(&mut taken, &before, &cpu(&[service]));
            }
            let each = f64::from(rows.into_inner()) / f64::from(count * self.bench.rounds);
            let settings = self.settings(&format!(
                "first page of 20, {outlets} outlets, {in_flight} in flight, {count} questions, {each:.1} rows an answer, \
                 which the bench leaves encoded"
            ));
            let measured = Measurement::of((name, "answers/s"), &ours, ("empty gRPC echo", &echoes), &settings);
            measured.with_cpu(taken.clone()).print(self.as_json)?;
            if name == LIST {
                let limit = ("bare scans of sled for 20 rows, one after another", &*self.scans(population, outlets)?);
                Measurement::of((name, "answers/s"), &ours, limit, &settings).with_cpu(taken).print(self.as_json)?;
            }
        }
        Ok(())
    }
}

/// Asks for a page and leaves its providers as they came: what is measured is who answers, on a machine that both share.
pub(super) async fn page(channel: Channel, request: ListProvidersRequest) -> Result<directory::Page, Failure> {
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.map_err(|error| Failure::unavailable(error.to_string()))?;
    let path = PathAndQuery::from_static(directory::LIST_PATH);
    let codec = ProstCodec::<ListProvidersRequest, directory::Page>::default();
    Ok(grpc.unary(tonic::Request::new(request), path, codec).await?.into_inner())
}

/// Bytes of the files below a folder, as long as they are said to be.
fn bytes_below(folder: &std::path::Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        bytes += if about.is_dir() { bytes_below(&entry.path())? } else { about.len() };
    }
    Ok(bytes)
}
