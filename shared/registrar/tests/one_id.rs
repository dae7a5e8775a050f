//! One request id, two contents, on every body: at once, and one after the other's time-out; by one registrar and by two. The log
//! holds what was answered, and the second is told that its id was used.

#![expect(clippy::unwrap_used, reason = "a value of the test that is not one ends it")]

#[expect(dead_code, reason = "the rig of the event log's own tests, of which a part is used here")]
#[path = "../../event-log/tests/support/mod.rs"]
mod support;
mod world;

use domain::{Particulars, StreamId};
use event_log::{Embedded, EventLog, Fault, JetStream, Memory, Recorded, bare};
use futures_util::FutureExt;
use futures_util::future::join;
use registrar::{Outcome, Receipt, Registrar, Submission, SubmitError};
use support::Nats;
use world::{on, provider, register, rename, submission};

/// Times that what depends on the moment is tried.
const ROUNDS: u128 = 24;

/// Two requests of one id, told from those of other rounds by a number.
fn pair(number: u128) -> [Submission; 2] {
    let named = |what: &str, digest: u8| Submission {
        digest: world::digest(digest),
        ..submission(100 + number, rename(&format!("{what}{number}")))
    };
    [named("甲", 1), named("乙", 2)]
}

fn particulars(recorded: &[domain::Event]) -> Vec<&Particulars> {
    let named = recorded.iter().filter_map(|event| match event {
        domain::Event::ParticularsAmended(amended) => Some(&amended.particulars),
        _ => None,
    });
    named.collect()
}

async fn history(log: &impl EventLog) -> Vec<Recorded> {
    log.load(&StreamId::Provider(provider())).await.unwrap().commits
}

/// What was answered as recorded stands in the log where the answer says, with the content that was asked for.
fn holds(history: &[Recorded], submission: &Submission, receipt: &Receipt) {
    let there = history.iter().find(|recorded| recorded.position == receipt.tail.position).unwrap();
    assert_eq!(there.tail(), receipt.tail);
    assert_eq!((there.commit.id, there.commit.digest), (submission.id, submission.digest));
    assert_eq!(there.commit.events, receipt.events);
    assert_eq!(particulars(&there.commit.events).len(), 1);
}

/// Both contents by these two, which may be one and the same.
async fn at_once<L: EventLog>(one: &Registrar<L>, other: &Registrar<L>) {
    let before = history(one.log()).await.len() as u128;
    for round in 0..ROUNDS {
        let [first, second] = pair(before + round);
        let (answer, another) = join(one.submit(&first), other.submit(&second)).await;
        let history = history(one.log()).await;
        match (answer, another) {
            (Ok(receipt), Err(SubmitError::RequestReused)) => holds(&history, &first, &receipt),
            (Err(SubmitError::RequestReused), Ok(receipt)) => holds(&history, &second, &receipt),
            answers => panic!("{answers:?}"),
        }
        assert_eq!(history.len() as u128, before + round + 1, "one of the two is stored");
    }
}

/// The first is begun and given up, as by a caller whose time has run out; then the second comes.
async fn after_a_time_out<L: EventLog>(one: &Registrar<L>, other: &Registrar<L>) {
    let before = history(one.log()).await.len() as u128;
    for round in 0..ROUNDS {
        let [first, second] = pair(before + round);
        // As far as it comes without waiting: for some bodies that is on its way to the log.
        let _ = one.submit(&first).now_or_never();
        let answer = other.submit(&second).await;
        let history = history(one.log()).await;
        assert_eq!(history.len() as u128, before + round + 1, "one of the two is stored");
        let again = one.submit(&first).await;
        match (answer, again) {
            (Ok(receipt), Err(SubmitError::RequestReused)) => {
                assert_eq!(receipt.outcome, Outcome::Recorded);
                holds(&history, &second, &receipt);
            }
            // Sent again to the byte, it may be told from what was sent before by nobody, and is recorded either way.
            (Err(SubmitError::RequestReused), Ok(receipt)) => holds(&history, &first, &receipt),
            answers => panic!("{answers:?}"),
        }
    }
}

async fn asked<L: EventLog + Clone>(here: &L, there: &L) {
    let (one, other) = (on(here), on(there));
    one.submit(&submission(1, register())).await.unwrap();
    for other in [&one, &other] {
        at_once(&one, other).await;
        after_a_time_out(&one, other).await;
    }
}

#[tokio::test]
async fn in_memory_by_one_and_by_two() {
    let log = Memory::new();
    asked(&log, &log).await;
}

/// The log tells the first that its time ran out, and stores it afterwards.
#[tokio::test]
async fn what_is_stored_after_its_time_out_is_not_taken_for_another_content() {
    let log = Memory::new();
    let (one, other) = (on(&log), on(&log));
    one.submit(&submission(1, register())).await.unwrap();
    other.submit(&submission(1, register())).await.unwrap();
    for (round, second_by) in [&one, &other].into_iter().enumerate() {
        let [first, second] = pair(round as u128);
        log.inject(Fault::StoredLater);
        assert!(matches!(one.submit(&first).await, Err(SubmitError::OutcomeUnknown(_))));
        assert!(matches!(second_by.submit(&second).await, Err(SubmitError::RequestReused)));
        let receipt = one.submit(&first).await.unwrap();
        assert_eq!(receipt.outcome, Outcome::AlreadyRecorded);
        holds(&history(&log).await, &first, &receipt);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded_by_one_and_by_two() {
    let folder = tempfile::tempdir().unwrap();
    let log = Embedded::open(folder.path()).unwrap();
    asked(&log, &log).await;
}

async fn jetstream_by_one_and_by_two(way: impl Fn(JetStream) -> JetStream) {
    let nats = Nats::new();
    let connected = async || way(JetStream::connect(&nats.config()).await.unwrap());
    asked(&connected().await, &connected().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_nats_by_one_and_by_two() {
    jetstream_by_one_and_by_two(|log| log).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_nats_without_batches_by_one_and_by_two() {
    jetstream_by_one_and_by_two(bare::each_alone).await;
}
