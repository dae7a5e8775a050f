//! Watches a process from outside while things happen to it: whether it serves, what its health says, what its directory answers. And
//! holds that the three agree.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use api::directory::v1::GetProviderRequest;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use tests::Dice;
use tests::callers::Record;
use tests::checker::Answer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tonic::Code;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

/// Longest that health may say all is well while nobody is served, turned away or kept waiting.
pub(crate) const RED_MAX: Duration = Duration::from_secs(2);
/// Longest until all is well once the cause has ended.
pub(crate) const GREEN_MAX: Duration = Duration::from_secs(10);
/// Step of the clock that is held against.
const TICK: Duration = Duration::from_millis(5);
/// Pause between two looks.
const LOOK_PAUSE: Duration = Duration::from_millis(25);
/// Longest wait for health's own answer; one that does not come says that all is not well.
const HEALTH_MAX: Duration = Duration::from_millis(700);
/// Longest wait for an answer of the directory.
const ANSWER_MAX: Duration = Duration::from_secs(8);
/// Where somebody comes from who has nothing to do with what is done.
const NEWCOMER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 3, 1));
/// A day that has not come on any clock that is moved here: everything on record by then is told.
const FAR_DAY: &str = "2099-01-01";

/// Time in which this process was let run, in microseconds. On a machine that is busy with something else it stands still, so that what
/// is measured is the program, and not the machine.
#[derive(Debug, Clone, Default)]
struct FairClock(Arc<AtomicU64>);

impl FairClock {
    fn now(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    async fn run(self, over: Arc<AtomicBool>) {
        let mut last = Instant::now();
        while !over.load(Ordering::Relaxed) {
            #[expect(clippy::disallowed_methods, reason = "how late this returns is how busy the machine is")]
            tokio::time::sleep(TICK).await;
            let passed = std::mem::replace(&mut last, Instant::now()).elapsed().min(TICK * 4);
            self.0.fetch_add(u64::try_from(passed.as_micros()).expect("small"), Ordering::Relaxed);
        }
    }
}

/// When one side was last served, and since when it is not.
#[derive(Debug, Default)]
struct Served {
    good: u64,
    bad: u64,
    last_good: Duration,
    failing_since: Option<Duration>,
}

impl Served {
    fn look(&mut self, good: u64, bad: u64, now: Duration) {
        if good > self.good {
            self.failing_since = None;
            self.last_good = now;
        } else if bad > self.bad && self.failing_since.is_none() {
            self.failing_since = Some(now);
        }
        (self.good, self.bad) = (good, bad);
    }

    /// For how long somebody has been turned away, and nobody served since.
    fn failing_for(&self, now: Duration) -> Duration {
        self.failing_since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }
}

/// What the questions to the directory came to.
#[derive(Debug, Default)]
struct Answers {
    right: AtomicU64,
    none: AtomicU64,
    said: Mutex<String>,
    wrong: Mutex<Option<String>>,
}

/// What the watch sees now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sight {
    /// Time in which this process was let run since the watch began.
    pub(crate) now: Duration,
    pub(crate) grpc_green: bool,
    pub(crate) http_green: bool,
    /// `GET /health`, or why it was not told.
    pub(crate) health: String,
    /// How many commands were acknowledged, and questions rightly answered.
    pub(crate) acknowledged: u64,
    pub(crate) answered: u64,
    /// What is wrong, once something is.
    pub(crate) fault: Option<String>,
    /// The longest that commands or questions were turned away.
    pub(crate) unserved_longest: Duration,
    /// The longest that nobody was served, turned away or kept waiting.
    pub(crate) silent_longest: Duration,
}

/// A watch that is kept until it is dropped.
pub(crate) struct Vigil {
    sight: Arc<Mutex<Sight>>,
    over: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
    record: Record,
    answers: Arc<Answers>,
}

impl Vigil {
    /// Over the process at `url`, whose `/health` is at `metrics`, and the commands that are sent to it.
    pub(crate) fn keep(url: &str, metrics: u16, record: &Record, seed: u64) -> Self {
        let channel = Endpoint::from_shared(url.to_owned()).expect("an address").connect_lazy();
        let (sight, answers) = (Arc::<Mutex<Sight>>::default(), Arc::<Answers>::default());
        let over = Arc::<AtomicBool>::default();
        let ask = ask(channel.clone(), record.clone(), Arc::clone(&answers), Arc::clone(&over), Dice(seed));
        let clock = FairClock::default();
        let watch = (Arc::clone(&sight), Arc::clone(&over), clock.clone());
        let look = look(channel, metrics, record.clone(), Arc::clone(&answers), watch);
        let tasks = vec![tokio::spawn(ask), tokio::spawn(look), tokio::spawn(clock.run(Arc::clone(&over)))];
        Self { sight, over, tasks, record: record.clone(), answers }
    }

    pub(crate) fn sight(&self) -> Sight {
        self.sight.lock().expect("whole").clone()
    }

    /// Lets so much time pass in which this process is let run.
    pub(crate) async fn pass(&self, time: Duration) {
        let until = self.sight().now + time;
        while self.sight().now < until {
            pause().await;
        }
    }

    /// Waits until commands are acknowledged, questions are answered and health says so; answers how long that took.
    pub(crate) async fn until_well(&self) -> Result<Duration, String> {
        let began = self.sight();
        loop {
            let sight = self.sight();
            let serves = sight.acknowledged > began.acknowledged + 4 && sight.answered > began.answered + 1;
            if serves && sight.grpc_green && sight.http_green {
                return Ok(sight.now.saturating_sub(began.now));
            }
            if let Some(fault) = sight.fault {
                return Err(fault);
            }
            if sight.now > began.now + GREEN_MAX {
                return Err(format!(
                    "not well {} s after the cause's end: {} acknowledged since (one was told {:?}), {} answered since (one was told \
                     {:?}); gRPC health {}, GET /health {}",
                    GREEN_MAX.as_secs(),
                    sight.acknowledged - began.acknowledged,
                    self.record.said(),
                    sight.answered - began.answered,
                    self.answers.said.lock().expect("whole"),
                    if sight.grpc_green { "green" } else { "red" },
                    sight.health,
                ));
            }
            pause().await;
        }
    }

    /// Whoever comes now, from an address that nothing else comes from, is served soon.
    pub(crate) async fn newcomer(&self, url: &str) -> Result<(), String> {
        let began = self.sight().now;
        let endpoint = Endpoint::from_shared(url.to_owned()).expect("an address");
        let endpoint = endpoint.local_address(Some(NEWCOMER)).connect_timeout(HEALTH_MAX).timeout(HEALTH_MAX);
        loop {
            let asked = async {
                let channel = endpoint.connect().await.map_err(|error| error.to_string())?;
                let asked = HealthClient::new(channel).check(HealthCheckRequest::default()).await;
                asked.map(|_| ()).map_err(|status| status.to_string())
            };
            match tokio::time::timeout(2 * HEALTH_MAX, asked).await {
                Ok(Ok(())) => return Ok(()),
                told if self.sight().now > began + GREEN_MAX => {
                    return Err(format!("nobody else is served for {} s: {told:?}", GREEN_MAX.as_secs()));
                }
                _ => pause().await,
            }
        }
    }

    pub(crate) async fn end(self) -> Sight {
        self.over.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.expect("the watch ends");
        }
        self.sight.lock().expect("whole").clone()
    }
}

async fn pause() {
    #[expect(
        clippy::disallowed_methods,
        reason = "another process is looked at from outside, which tells nothing by itself"
    )]
    tokio::time::sleep(LOOK_PAUSE).await;
}

/// Asks the directory for what is on record, until it is over. An answer is right, or none; anything else is a falsehood.
async fn ask(channel: Channel, record: Record, answers: Arc<Answers>, over: Arc<AtomicBool>, mut dice: Dice) {
    let mut directory = DirectoryServiceClient::new(channel);
    let mut seen: Vec<String> = Vec::new();
    while !over.load(Ordering::Relaxed) {
        pause().await;
        // One that was seen before, whatever the position; or one that was acknowledged, at its position.
        let (provider_id, min_position) = if !seen.is_empty() && dice.below(2) == 0 {
            (seen[usize::try_from(dice.below(seen.len() as u64)).expect("small")].clone(), 0)
        } else {
            let Some(sent) = record.any(&mut dice) else { continue };
            let Answer::Acknowledged { position, .. } = sent.answer else { continue };
            (sent.provider_id, position)
        };
        let request = GetProviderRequest {
            provider_id: provider_id.clone(),
            min_position,
            as_of: FAR_DAY.to_owned(),
            ..GetProviderRequest::default()
        };
        let none = |said: String| {
            answers.none.fetch_add(1, Ordering::Relaxed);
            *answers.said.lock().expect("whole") = said;
        };
        match tokio::time::timeout(ANSWER_MAX, directory.get_provider(request)).await {
            Ok(Ok(answer)) if answer.get_ref().position >= min_position => {
                answers.right.fetch_add(1, Ordering::Relaxed);
                seen.push(provider_id);
            }
            Ok(Ok(answer)) => {
                let said = format!("asked at {min_position}, the directory answered at {}", answer.get_ref().position);
                *answers.wrong.lock().expect("whole") = Some(said);
            }
            Ok(Err(status)) => match status.code() {
                Code::NotFound | Code::Internal | Code::DataLoss | Code::InvalidArgument | Code::FailedPrecondition => {
                    let said = format!(
                        "{provider_id} is on record, and the directory said {:?} {}",
                        status.code(),
                        status.message()
                    );
                    *answers.wrong.lock().expect("whole") = Some(said);
                }
                code => none(format!("{code:?}: {}", status.message())),
            },
            Err(_) => none("nothing in time".to_owned()),
        }
    }
}

/// Looks at health and at whether anybody is served, until it is over.
async fn look(
    channel: Channel,
    metrics: u16,
    record: Record,
    answers: Arc<Answers>,
    (sight, over, clock): (Arc<Mutex<Sight>>, Arc<AtomicBool>, FairClock),
) {
    let mut health = HealthClient::new(channel);
    let (mut commands, mut questions) = (Served::default(), Served::default());
    // When neither of the two said that all is well.
    let mut red_at = Duration::ZERO;
    while !over.load(Ordering::Relaxed) {
        pause().await;
        let grpc = tokio::time::timeout(HEALTH_MAX, health.check(HealthCheckRequest::default()));
        let http = tokio::time::timeout(HEALTH_MAX, http_health(metrics));
        let (grpc, http) = tokio::join!(grpc, http);
        let grpc_green = matches!(grpc, Ok(Ok(answer)) if answer.get_ref().status() == ServingStatus::Serving);
        let health = http.unwrap_or_else(|_| "no answer".to_owned());
        let http_green = health.contains(" 200 ") && !health.contains("failing");
        let now = clock.now();
        let (acknowledged, answered) = (record.acknowledged(), answers.right.load(Ordering::Relaxed));
        commands.look(acknowledged, record.unserved(), now);
        questions.look(answered, answers.none.load(Ordering::Relaxed), now);
        if !grpc_green && !http_green {
            red_at = now;
        }
        let mut sight = sight.lock().expect("whole");
        for (served, what, said) in [
            (&commands, "commands are acknowledged", record.said()),
            (&questions, "questions to the directory are answered", answers.said.lock().expect("whole").clone()),
        ] {
            let (failing, silent) = (served.failing_for(now), now.saturating_sub(served.last_good));
            sight.unserved_longest = sight.unserved_longest.max(failing);
            sight.silent_longest = sight.silent_longest.max(silent);
            // What counts is for how long both were so: at the end of a fault health may be the first to know.
            let green = now.saturating_sub(red_at);
            if failing.max(silent).min(green) > RED_MAX && sight.fault.is_none() {
                sight.fault = Some(format!(
                    "no {what} (turned away for {} ms, the last with {said:?}; none served for {} ms), and health is green: gRPC \
                     {grpc_green}, GET /health {health}",
                    failing.as_millis(),
                    silent.as_millis(),
                ));
            }
        }
        if let Some(wrong) = answers.wrong.lock().expect("whole").take() {
            sight.fault.get_or_insert(wrong);
        }
        (sight.now, sight.grpc_green, sight.http_green) = (now, grpc_green, http_green);
        (sight.acknowledged, sight.answered, sight.health) = (acknowledged, answered, health);
    }
}

/// The first line and the body of `GET /health`, or why there is none.
async fn http_health(port: u16) -> String {
    let asked = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    match asked.await {
        Ok(answer) => {
            let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
            format!("{} {body}", head.lines().next().unwrap_or(""))
        }
        Err(error) => error.to_string(),
    }
}
