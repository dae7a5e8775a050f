//! Against a real nats-server that is stopped, let go on, killed and started again, by two registrars on connections of their own, with
//! request ids that come again with the same and with other contents, and callers that do not wait: whatever was answered as recorded is in
//! the log with that content at that position, and what each registrar goes on deciding from is what any reader makes of the log.
//!
//! `PUHUI_SECONDS` makes it longer, `PUHUI_SEED` repeats its dice (not its moments).

#![expect(clippy::unwrap_used, reason = "a value of the test that is not one ends it")]

#[expect(dead_code, reason = "the rig of the event log's own tests, of which a part is used here")]
#[path = "../../event-log/tests/support/mod.rs"]
mod support;
mod world;

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::{Event, Instant as Moment, Position, ProviderId, RequestId, StreamId};
use event_log::{EventLog, JetStream, Recorded, Tail};
use registrar::{Action, Outcome, Receipt, Registrar, Submission, SubmitError};
use support::Nats;
use world::{on, operator, register, rename, submission};

/// How long the servers are troubled, in seconds, unless told otherwise.
const SECONDS: u64 = 8;
const CALLERS: u64 = 8;
const PROVIDERS: u32 = 3;
/// Request ids that are in use at one moment, for each provider.
const IDS_AT_ONCE: u64 = 4;
/// Names that are asked for, so that some requests are already so.
const NAMES: u64 = 5;
/// How long callers wait, in milliseconds.
const PATIENCE_MS: [u64; 4] = [3, 30, 300, 5_000];

/// A linear congruential generator: a run is repeated by its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

fn outlet(number: u32) -> ProviderId {
    ProviderId::new(operator(), u16::try_from(number).unwrap() + 1).unwrap()
}

/// A request and what became of it.
struct Answered {
    stream: StreamId,
    id: RequestId,
    digest: domain::RequestDigest,
    answer: Result<Receipt, SubmitError>,
}

/// What all callers share.
struct Scene {
    registrars: [Registrar<JetStream>; 2],
    until: Instant,
    /// Counts requests, for ids that move on and moments that never come twice.
    asked: AtomicU64,
    answers: Mutex<Vec<Answered>>,
}

impl Scene {
    fn request(&self, dice: &mut Dice) -> (ProviderId, Submission) {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let provider = outlet(u32::try_from(dice.below(PROVIDERS.into())).unwrap());
        let name = dice.below(NAMES);
        let id = u128::from(asked / 16 + dice.below(IDS_AT_ONCE));
        let submission = Submission {
            // By what is asked for and nothing else, as the desk makes it.
            digest: world::digest(u8::try_from(name).unwrap()),
            now: Moment(1_782_864_000_000 + asked),
            action: Action::Provider(provider.clone(), rename(&format!("名{name}"))),
            ..submission(1_000 + id, register())
        };
        (provider, submission)
    }

    async fn call(self: Arc<Self>, mut dice: Dice) {
        while Instant::now() < self.until {
            let (provider, submission) = self.request(&mut dice);
            let registrar = &self.registrars[usize::try_from(dice.below(2)).unwrap()];
            let patience = Duration::from_millis(PATIENCE_MS[usize::try_from(dice.below(4)).unwrap()]);
            // One who waits no longer is told nothing, and what he sent may be stored later.
            if let Ok(answer) = tokio::time::timeout(patience, registrar.submit(&submission)).await {
                let (stream, id, digest) = (StreamId::Provider(provider), submission.id, submission.digest);
                self.answers.lock().unwrap().push(Answered { stream, id, digest, answer });
            }
        }
    }
}

/// Stops the server and lets it go on, or kills it and starts it again, until the time is over.
async fn trouble(mut nats: Nats, mut dice: Dice, until: Instant) -> Nats {
    #[expect(clippy::disallowed_methods, reason = "the moments of the faults are what is random")]
    let pause = async |ms: u64| tokio::time::sleep(Duration::from_millis(ms)).await;
    while Instant::now() < until {
        pause(100 + dice.below(500)).await;
        if dice.below(4) == 0 {
            nats = tokio::task::spawn_blocking(move || {
                nats.kill_and_start();
                nats
            })
            .await
            .unwrap();
        } else {
            nats.signal("STOP");
            pause(dice.below(600)).await;
            nats.signal("CONT");
        }
    }
    nats
}

/// Each answer holds against the log.
fn check(answers: &[Answered], log: &BTreeMap<StreamId, Vec<Recorded>>) -> BTreeMap<&'static str, u32> {
    let mut kinds = BTreeMap::new();
    for Answered { stream, id, digest, answer } in answers {
        let history = &log[stream];
        let of_id = history.iter().filter(|recorded| recorded.commit.id == *id).collect::<Vec<_>>();
        assert!(of_id.len() <= 1, "{id:?} is recorded {} times in {stream:?}", of_id.len());
        let kind = match answer {
            Ok(receipt) => {
                let Receipt { tail: Tail { position, revision }, act, outcome, events, log: _ } = receipt;
                let there = history.iter().find(|recorded| recorded.position == *position);
                let there = there.unwrap_or_else(|| panic!("{position:?} was answered and is not in {stream:?}"));
                assert_eq!(there.revision, *revision);
                assert_eq!(&there.commit.events, events, "{outcome:?} at {position:?}");
                let before = history.iter().take_while(|recorded| recorded.position < *position);
                let before = before.map(|recorded| recorded.commit.events.len()).sum::<usize>();
                let numbers = before + 1..=before + events.len();
                assert!(
                    act.is_some_and(|act| numbers.contains(&(act.get() as usize))),
                    "{act:?} is not in {numbers:?}"
                );
                let is_own = (there.commit.id, there.commit.digest) == (*id, *digest);
                assert!(is_own || *outcome == Outcome::AlreadyRecorded, "{outcome:?} at {position:?}");
                match outcome {
                    Outcome::Recorded => "recorded",
                    Outcome::AlreadyRecorded if is_own => "recorded before",
                    Outcome::AlreadyRecorded => "another request's act",
                    Outcome::Validated => "validated",
                }
            }
            Err(SubmitError::RequestReused) => {
                assert!(of_id.iter().all(|first| first.commit.digest != *digest) && !of_id.is_empty(), "{id:?}");
                "reused"
            }
            Err(SubmitError::OutcomeUnknown(_)) => "unknown",
            Err(SubmitError::Unavailable(_)) => "unavailable",
            Err(SubmitError::Contended) => "contended",
            Err(error) => panic!("{error}"),
        };
        *kinds.entry(kind).or_insert(0) += 1;
    }
    kinds
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_is_in_the_log_whatever_happens_to_the_server() {
    let seed = setting("PUHUI_SEED", RandomState::new().hash_one(std::process::id()) >> 32);
    println!("PUHUI_SEED={seed}");
    let nats = Nats::new();
    let connected = async || on(&JetStream::connect(&nats.config()).await.unwrap());
    let registrars = [connected().await, connected().await];
    for number in 0..PROVIDERS {
        let action = Action::Provider(outlet(number), register());
        registrars[0].submit(&Submission { action, ..submission(number.into(), register()) }).await.unwrap();
    }
    let until = Instant::now() + Duration::from_secs(setting("PUHUI_SECONDS", SECONDS));
    let scene = Arc::new(Scene { registrars, until, asked: AtomicU64::new(0), answers: Mutex::default() });
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..CALLERS {
        callers.spawn(Arc::clone(&scene).call(Dice(seed + caller)));
    }
    let nats = trouble(nats, Dice(!seed), until).await;
    callers.join_all().await;
    // A server that was let go on a moment ago may still be behind with what was sent to it before: the log's end comes after that.
    let log = JetStream::connect(&nats.config()).await.unwrap();
    let mut streams = BTreeMap::new();
    let mut last = Position(0);
    for number in 0..PROVIDERS {
        let stream = StreamId::Provider(outlet(number));
        let history = log.load(&stream).await.unwrap().commits;
        last = last.max(history.last().unwrap().position);
        streams.insert(stream, history);
    }
    let scene = Arc::into_inner(scene).unwrap();
    let answers = scene.answers.into_inner().unwrap();
    let kinds = check(&answers, &streams);
    for registrar in &scene.registrars {
        assert_eq!(registrar.differs_from_log().await.unwrap(), None, "a registrar decides on what never was");
    }
    let facts = streams.values().flatten().map(|recorded| recorded.commit.events.len()).sum::<usize>();
    println!("{} answers {kinds:?}, {} facts in {} commits", answers.len(), facts, last.0);
    assert!(kinds.contains_key("recorded") && kinds.contains_key("reused"), "{kinds:?}");
    let named = |event: &Event| matches!(event, Event::ProviderRegistered(_) | Event::ParticularsAmended(_));
    assert!(streams.values().flatten().flat_map(|recorded| &recorded.commit.events).all(named));
}
