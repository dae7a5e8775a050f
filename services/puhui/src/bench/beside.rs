//! Measures whether anybody waits behind somebody else's question: one client's plain lists alone, then beside callers that ask what is
//! dear without pause, and a writer.

use std::cell::{Cell, RefCell};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use api::audit::v1::ReplayRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::directory::v1::{ListProvidersRequest, ListTasksRequest};
use api::registry::v1::CertificationStatus;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::children::{Process, add, cpu};
use super::figures::{Bound, Sample, paced};
use super::population::{Dice, Population};
use super::reading::page;
use super::{Stage, outlet};
use crate::client::{Failure, Servers};
use crate::demo::outlets;

/// Callers that ask what is dear, each from an address of its own.
const CALLERS: u8 = 100;
/// Lists the one client asks for, a second.
const LISTS_A_SECOND: u32 = 100;
/// Commands a second, where the bench is told none.
const COMMANDS_A_SECOND: u32 = 50;
/// Longest wait for one answer, the client's own bound.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// Pause of a caller that is turned away and not told for how long.
const TURNED_AWAY_PAUSE: Duration = Duration::from_millis(100);
/// Bytes of replayed commits a caller keeps: none match, so this is far too much already.
const STREAM_WINDOW_BYTES: u32 = 64 * 1024;

/// How much slower the lists may become: p99 beside, against p99 alone.
const SLOWER_MAX: f64 = 3.0;
/// The most that p99 of the lists may be, in milliseconds.
const LIST_P99_MAX_MS: f64 = 10.0;
/// The most that p99 of the time from a command's acknowledgement to its being seen may be, in milliseconds.
const SEEN_P99_MAX_MS: f64 = 50.0;

/// A day before most of the population was certified.
const EARLY_DAY: &str = "2024-01-05";
/// A bureau that decided nothing here: a replay of its commits goes through the whole log and finds none.
const IDLE_BUREAU: &str = "open-lists";

/// What is dear.
#[derive(Debug, Clone, Copy)]
enum Heavy {
    Tasks,
    Revoked,
    EarlyDay,
    FarReplay,
}

const HEAVY: [(Heavy, &str); 4] = [
    (Heavy::Tasks, "tasks"),
    (Heavy::Revoked, "revoked outlets"),
    (Heavy::EarlyDay, "an early day"),
    (Heavy::FarReplay, "far replays"),
];

/// How the questions of one kind ended.
#[derive(Debug, Default)]
struct Ends {
    answered: AtomicU32,
    /// BUSY or the like, with when to come again.
    turned_away: AtomicU32,
    failed: AtomicU32,
    /// What one of the failed ones said.
    why: Mutex<String>,
}

/// The lists of one client over some seconds.
struct Lists {
    sample: Sample,
    failed: u32,
    /// What the last of the failed ones said.
    why: String,
}

impl Stage<'_> {
    /// Lists alone and beside what is dear, in turn.
    pub(super) async fn beside_heavy(&self) -> Result<(), Failure> {
        let outlets = self.bench.count;
        let rate = self.bench.rate.unwrap_or(COMMANDS_A_SECOND);
        let population = Population::new(self.bench.seed);
        let log = self.open().await?;
        let head = self.populate(&log, &population, outlets).await?;
        // The folder is one process's: the service opens it next.
        drop(log);
        let service = self.serving()?;
        let directory = Servers::at(&service.url).connect("directory").await?;
        self.until(&directory, head).await?;
        let (ends, commands_end) = (<[Ends; HEAVY.len()]>::default(), Ends::default());
        let serial = AtomicU32::new(0);
        let (mut alone, mut beside, mut seen, mut taken) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        // What the rows were caught up with is still being written at first.
        self.lists(&service, &population).await?;
        for _ in 0..self.bench.rounds {
            alone.push(self.lists(&service, &population).await?);
            let before = cpu(&[&service]);
            beside.push(self.crowded(&service, &population, rate, (&serial, &ends, &commands_end), &mut seen).await?);
            add(&mut taken, &before, &cpu(&[&service]));
            // Until what was begun for callers that are gone has ended as well.
            self.until(&directory, self.open_head(&service).await?).await?;
        }
        commands_end.answered.store(u32::try_from(seen.len()).unwrap_or(u32::MAX), Ordering::Relaxed);
        let heavy: Vec<String> = HEAVY.iter().zip(&ends).map(|((_, name), ends)| ends.told(name)).collect();
        let settings = self.settings(&format!(
            "{outlets} outlets, {LISTS_A_SECOND} lists and {rate} commands a second, {CALLERS} callers, {} s each; most memory {} MiB",
            self.bench.seconds,
            service.most_memory_kib() / 1024,
        ));
        self.tell(&alone, &beside, &seen, &settings, (taken, &heavy, &commands_end.told("commands")))
    }

    fn tell(
        &self,
        alone: &[Lists],
        beside: &[Lists],
        seen: &[Duration],
        settings: &str,
        (taken, heavy, commands): (Vec<(String, f64)>, &[String], &str),
    ) -> Result<(), Failure> {
        let failed = |lists: &[Lists]| lists.iter().map(|lists| lists.failed).sum::<u32>();
        let why = beside.iter().chain(alone).map(|lists| lists.why.as_str()).find(|why| !why.is_empty());
        let (alone_failed, beside_failed) = (failed(alone), failed(beside));
        let (alone, beside) = (waits(alone), waits(beside));
        let seen = Sample::new(0, Duration::ZERO, seen.to_vec()).figure();
        let ratio = beside.p99 / alone.p99.max(1e-9);
        let bound = |name, figure, unit, limit, limit_name: &str, of| {
            Bound { name, figure, unit, limit, limit_name: limit_name.to_owned(), of, settings }.print(self.as_json)
        };
        bound("lists alone, p99", alone.p99, "ms", LIST_P99_MAX_MS, "what a list may take", &alone)?;
        bound("lists beside dear questions, p99", beside.p99, "ms", LIST_P99_MAX_MS, "what a list may take", &beside)?;
        bound("lists beside against alone, p99", ratio, "times", SLOWER_MAX, "how much slower they may be", &beside)?;
        bound("seen after its acknowledgement, p99", seen.p99, "ms", SEEN_P99_MAX_MS, "how late it may be", &seen)?;
        let of = format!("alone {alone_failed}; beside {beside_failed}");
        let named = why.map_or_else(|| of.clone(), |why| format!("{of}: {why}"));
        bound("lists that failed", f64::from(alone_failed + beside_failed), "lists", 0.0, &named, &beside)?;
        let processors: Vec<String> = taken
            .iter()
            .map(|(process, seconds)| format!("{process} {seconds:.2} s of processor time beside"))
            .collect();
        if self.as_json {
            let line = serde_json::json!({ "name": "dear questions", "kinds": heavy, "commands": commands, "cpu": processors });
            return crate::json::say(&line.to_string());
        }
        crate::json::say(&format!(
            "dear questions: {}\n    {commands}\n    {}",
            heavy.join("; "),
            processors.join(", ")
        ))
    }

    /// The last position of the log, as the service that holds it says.
    async fn open_head(&self, service: &Process) -> Result<domain::Position, Failure> {
        let channel = Servers::at(&service.url).connect("audit").await?;
        let head = AuditServiceClient::new(channel).get_head(api::audit::v1::GetHeadRequest {}).await?;
        Ok(domain::Position(head.into_inner().position))
    }

    /// One client's lists at a steady rate, whether those before are answered or not, on a thread of its own: what the other callers of
    /// this process do is not in their times.
    async fn lists(&self, service: &Process, population: &Population) -> Result<Lists, Failure> {
        let (url, seed, seconds) = (service.url.clone(), self.bench.seed + 1, self.bench.seconds);
        let questions: Vec<ListProvidersRequest> = {
            let mut dice = Dice::new(seed);
            let question = |dice: &mut Dice| {
                let (division, category) = population.question(dice);
                ListProvidersRequest { division, category: category.to_owned(), ..Default::default() }
            };
            (0..LISTS_A_SECOND * seconds).map(|_| question(&mut dice)).collect()
        };
        let (told, outcome) = tokio::sync::oneshot::channel();
        // Whoever waited for it may be gone, and then nobody asks.
        let asks = move || drop(told.send(listed(&url, questions)));
        thread::Builder::new().name("lists".to_owned()).spawn(asks)?;
        outcome.await.map_err(|_| Failure::unavailable("the client of the lists has ended"))?
    }

    /// The same beside callers that ask without pause, and a writer whose commands are looked for.
    async fn crowded(
        &self,
        service: &Process,
        population: &Population,
        rate: u32,
        (serial, ends, commands_end): (&AtomicU32, &[Ends], &Ends),
        seen: &mut Vec<Duration>,
    ) -> Result<Lists, Failure> {
        let servers = Servers::at(&service.url);
        let (commands, directory) = (servers.connect("certification").await?, servers.connect("directory").await?);
        let looks = Mutex::new(Vec::new());
        let command = || {
            let number = serial.fetch_add(1, Ordering::Relaxed);
            let (commands, directory, looks) = (commands.clone(), directory.clone(), &looks);
            async move {
                let request = outlets::register(&outlet(number)?);
                match CertificationServiceClient::new(commands).register_provider(request).await {
                    Ok(answer) => {
                        let took = look(directory, answer.into_inner().position).await;
                        looks.lock().unwrap_or_else(PoisonError::into_inner).push(took);
                    }
                    Err(status) => commands_end.ended_with(&status),
                }
                Ok(())
            }
        };
        let callers = (0..CALLERS).map(|number| {
            let (kind, _) = HEAVY[usize::from(number) % HEAVY.len()];
            caller(&service.url, number, kind, &ends[usize::from(number) % HEAVY.len()])
        });
        let asked = futures_util::future::join_all(callers);
        let written = paced(rate, rate * self.bench.seconds, command);
        let lists = self.lists(service, population);
        // The callers never end by themselves: with the lists and the commands they are dropped, and with them their calls.
        let lists = tokio::select! {
            both = async { tokio::try_join!(lists, written) } => both?.0,
            _ = asked => return Err(Failure::unavailable("the callers have ended")),
        };
        seen.append(&mut looks.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(lists)
    }
}

/// Waits until a command is seen, up to [`ANSWER_MAX`] and a call more: how long that takes is what is measured.
async fn look(directory: Channel, min_position: u64) -> Duration {
    let acknowledged = Instant::now();
    while acknowledged.elapsed() < ANSWER_MAX {
        let request = ListProvidersRequest { min_position, page_size: 1, ..Default::default() };
        if DirectoryServiceClient::new(directory.clone()).list_providers(request).await.is_ok() {
            break;
        }
    }
    acknowledged.elapsed()
}

/// Asks these questions at a steady rate on a runtime of this thread.
fn listed(url: &str, questions: Vec<ListProvidersRequest>) -> Result<Lists, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let channel = Servers::at(url).connect("directory").await?;
        let count = u32::try_from(questions.len()).unwrap_or(u32::MAX);
        let (questions, failed) = (RefCell::new(questions.into_iter()), Cell::new(0));
        let why = RefCell::new(String::new());
        let list = || {
            let (request, channel) = (questions.borrow_mut().next().unwrap_or_default(), channel.clone());
            let (failed, why) = (&failed, &why);
            async move {
                let answer = tokio::time::timeout(ANSWER_MAX, page(channel, request)).await;
                let reason = match answer {
                    Ok(Ok(_)) => return Ok(()),
                    Ok(Err(failure)) => failure.to_string(),
                    Err(_) => format!("no answer within {} s", ANSWER_MAX.as_secs()),
                };
                failed.set(failed.get() + 1);
                why.replace(reason);
                Ok(())
            }
        };
        let sample = paced(LISTS_A_SECOND, count, list).await?;
        Ok(Lists { sample, failed: failed.get(), why: why.take() })
    })
}

fn waits(lists: &[Lists]) -> super::figures::Figure {
    super::figures::Figure::of(lists.iter().map(|lists| &lists.sample))
}

/// One caller: asks, goes on with the next page, and begins anew at the end; turned away, it comes again when it was told to.
async fn caller(url: &str, number: u8, kind: Heavy, ends: &Ends) {
    let mut token = String::new();
    let mut channel = None;
    loop {
        let asked = async {
            let channel = match &channel {
                Some(channel) => Channel::clone(channel),
                None => channel.insert(connected(url, number).await?).clone(),
            };
            tokio::time::timeout(ANSWER_MAX, ask(channel, kind, &token))
                .await
                .unwrap_or_else(|_| Err(Status::deadline_exceeded("no answer")))
        };
        match asked.await {
            Ok(next) => {
                ends.answered.fetch_add(1, Ordering::Relaxed);
                token = next;
            }
            Err(status) => {
                token.clear();
                ends.ended_with(&status);
                let pause = status.get_details_retry_info().and_then(|info| info.retry_delay);
                #[expect(clippy::disallowed_methods, reason = "the server said for how long to stay away")]
                tokio::time::sleep(pause.unwrap_or(TURNED_AWAY_PAUSE)).await;
            }
        }
    }
}

/// A connection from a loopback address of the caller's own, so that who counts callers by address counts a hundred.
async fn connected(url: &str, number: u8) -> Result<Channel, Status> {
    let own = IpAddr::V4(Ipv4Addr::new(127, 0, 1, number + 1));
    let endpoint = tonic::transport::Endpoint::from_shared(url.to_owned());
    let endpoint = endpoint.map_err(|error| Status::internal(error.to_string()))?.local_address(Some(own));
    let endpoint = endpoint.initial_stream_window_size(STREAM_WINDOW_BYTES);
    endpoint.connect().await.map_err(|error| Status::unavailable(error.to_string()))
}

/// One question; answers the token of the next page, empty at the end.
async fn ask(channel: Channel, kind: Heavy, token: &str) -> Result<String, Status> {
    let page_token = token.to_owned();
    let mut directory = DirectoryServiceClient::new(channel.clone());
    match kind {
        Heavy::Tasks => {
            let request = ListTasksRequest { page_token, within_days: 366, ..Default::default() };
            Ok(directory.list_tasks(request).await?.into_inner().next_page_token)
        }
        Heavy::Revoked => {
            let statuses = vec![CertificationStatus::Revoked.into()];
            let request = ListProvidersRequest { page_token, statuses, ..Default::default() };
            Ok(directory.list_providers(request).await?.into_inner().next_page_token)
        }
        Heavy::EarlyDay => {
            let as_of = EARLY_DAY.to_owned();
            let request = ListProvidersRequest { page_token, as_of, ..Default::default() };
            Ok(directory.list_providers(request).await?.into_inner().next_page_token)
        }
        Heavy::FarReplay => {
            let request = ReplayRequest { bureau_id: IDLE_BUREAU.to_owned(), ..Default::default() };
            let mut commits = AuditServiceClient::new(channel).replay(request).await?.into_inner();
            while commits.message().await?.is_some() {}
            Ok(String::new())
        }
    }
}

impl Ends {
    fn ended_with(&self, status: &Status) {
        let details = status.get_error_details();
        let turned_away = matches!(status.code(), Code::Unavailable | Code::ResourceExhausted)
            && details.error_info().is_some()
            && details.retry_info().is_some();
        let count = if turned_away { &self.turned_away } else { &self.failed };
        count.fetch_add(1, Ordering::Relaxed);
        if !turned_away {
            *self.why.lock().unwrap_or_else(PoisonError::into_inner) =
                format!("{:?} {}", status.code(), status.message());
        }
    }

    fn told(&self, name: &str) -> String {
        let of = |count: &AtomicU32| count.load(Ordering::Relaxed);
        let why = self.why.lock().unwrap_or_else(PoisonError::into_inner);
        let (answered, turned_away, failed) = (of(&self.answered), of(&self.turned_away), of(&self.failed));
        let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
        format!("{name} {answered} answered, {turned_away} turned away, {failed} failed{why}")
    }
}
