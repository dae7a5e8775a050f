//! Each write that fails midway, on real bodies: what the writer is told, and what the log holds afterwards.

mod connection;
mod full;
mod journal;
mod name;
mod place;
mod room;
mod store;

use std::time::Duration;

use domain::{Position, StreamId};
use event_log::conformance::{commit, provider};
use event_log::{AppendError, Embedded, EventLog, Halt, JetStream, JetStreamConfig, LogError, Tail};

use parts::Watch;

use crate::support::Nats;
use crate::support::proxy::Proxy;

async fn connected(nats: &Nats) -> JetStream {
    JetStream::connect(&nats.config()).await.expect("connected")
}

/// Whether nothing was begun, for this reason, in which this is said.
fn is_halted(outcome: &Result<Tail, AppendError>, by: Halt, says: &str) -> bool {
    matches!(outcome, Err(AppendError::NotStoring { halt, why }) if *halt == by && why.contains(says))
}

async fn through(proxy: &Proxy, nats: &Nats) -> JetStream {
    let config = JetStreamConfig { url: proxy.url(), ..nats.config() };
    JetStream::connect(&config).await.expect("connected")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_was_lost_is_found_by_its_id() {
    let nats = Nats::new();
    let proxy = Proxy::new(nats.port).await;
    let log = through(&proxy, &nats).await;
    let first = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    proxy.lose_answer();
    let second = log.append(&provider(1), first, &commit(2)).await.unwrap();
    assert!(proxy.has_lost());
    assert_eq!(second.position, Position(2));
    let direct = connected(&nats).await;
    assert_eq!(direct.tail(&provider(1)).await.unwrap(), second);
    assert_eq!(log.append(&provider(1), second, &commit(3)).await.unwrap().position, Position(3));
}

/// The server's "store failed" may come after other copies have stored the message, and its "duplicate in process" while an
/// earlier publish of the same commit is on its way: neither says that nothing is stored.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_leaves_the_outcome_open_is_looked_up() {
    let nats = Nats::new();
    let proxy = Proxy::new(nats.port).await;
    let log = through(&proxy, &nats).await;
    let mut tail = Tail::default();
    for (id, error) in [(1, 10077), (2, 10158)] {
        proxy.answer_error(error);
        tail = log.append(&provider(1), tail, &commit(id)).await.unwrap();
        assert!(proxy.has_lost());
    }
    assert_eq!(tail.position, Position(2));
    proxy.answer_error(10023);
    let refused = log.append(&provider(1), tail, &commit(3)).await;
    assert!(matches!(refused, Err(AppendError::NotStoring { halt: Halt::Full, .. })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_publish_is_sent_again_and_stored_once() {
    let nats = Nats::new();
    let proxy = Proxy::new(nats.port).await;
    let log = through(&proxy, &nats).await;
    proxy.lose_publish();
    let sent = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    assert!(proxy.has_lost());
    assert_eq!((sent.position, log.load(&provider(1)).await.unwrap().len()), (Position(1), 1));
    // The same where it was stored, and only its answer was lost.
    proxy.lose_answer();
    let sent = log.append(&provider(1), sent, &commit(2)).await.unwrap();
    assert!(proxy.has_lost());
    assert_eq!((sent.position, log.load(&provider(1)).await.unwrap().len()), (Position(2), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_that_is_lost_each_time_is_unknown_and_can_be_sent_again_under_its_id() {
    let nats = Nats::new();
    let proxy = Proxy::new(nats.port).await;
    let log = through(&proxy, &nats).await;
    proxy.keep_back(&subject_of(1));
    let lost = log.append(&provider(1), Tail::default(), &commit(1)).await;
    assert!(matches!(lost, Err(AppendError::OutcomeUnknown(_))), "{lost:?}");
    proxy.pass_on();
    while log.head().await.is_err() {}
    assert_eq!(log.head().await.unwrap(), Position(0));
    let again = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    assert_eq!(again.position, Position(1));
    assert_eq!(log.load(&provider(1)).await.unwrap().len(), 1);
}

/// The subject of a provider's stream.
fn subject_of(number: u32) -> String {
    let StreamId::Provider(id) = provider(number) else { unreachable!("a provider") };
    format!("puhui.provider.{id}")
}

/// The first goes alone, the second in a group that others wait for: until it has had its time to be answered, and not while it is looked for.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_publish_that_is_looked_for_keeps_no_other_stream_waiting() {
    let nats = Nats::new();
    let proxy = Proxy::new(nats.port).await;
    let log = through(&proxy, &nats).await;
    let mut lost = Vec::new();
    for number in [1, 2] {
        proxy.keep_back(&subject_of(number));
        let log = log.clone();
        lost.push(tokio::spawn(async move { log.append(&provider(number), Tail::default(), &commit(1)).await }));
        // It was sent, and before the next: of two tasks either may begin first.
        proxy.has_kept_back(&subject_of(number)).await;
    }
    let other = log.append(&provider(3), Tail::default(), &commit(1)).await;
    assert!(!lost[0].is_finished() && !lost[1].is_finished(), "another stream waited for the look-up's end");
    assert_eq!(other.unwrap().position, Position(1));
    // Of the same stream none overtakes it.
    let behind = tokio::spawn({
        let log = log.clone();
        async move { log.append(&provider(2), Tail::default(), &commit(2)).await }
    });
    proxy.pass_on();
    let behind = behind.await.unwrap();
    assert!(matches!(behind, Err(AppendError::Conflict)), "{behind:?}");
    assert!(lost[1].is_finished());
    for lost in lost {
        assert!(lost.await.unwrap().unwrap().position > Position(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_publish_whose_place_is_taken_is_a_conflict() {
    let nats = Nats::new();
    let proxy = Proxy::new(nats.port).await;
    let log = through(&proxy, &nats).await;
    let direct = connected(&nats).await;
    proxy.lose_publish();
    let (stream, mine, other) = (provider(1), commit(1), commit(2));
    let lost = log.append(&stream, Tail::default(), &mine);
    let taken = direct.append(&stream, Tail::default(), &other);
    let (lost, taken) = tokio::join!(lost, taken);
    assert!(proxy.has_lost());
    assert!(matches!(lost, Err(AppendError::Conflict)), "{lost:?}");
    assert_eq!(direct.tail(&provider(1)).await.unwrap(), taken.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_sent_twice_is_stored_once() {
    let nats = Nats::new();
    let (log, other) = (connected(&nats).await, connected(&nats).await);
    let (stream, commit) = (provider(1), commit(1));
    let sent = [&log, &log, &other].map(|log| log.append(&stream, Tail::default(), &commit));
    for answer in futures_util::future::join_all(sent).await {
        assert_eq!(answer.unwrap().position, Position(1));
    }
    assert_eq!(log.head().await.unwrap(), Position(1));
}

/// Many commits wait at one moment, so they go as a batch; a batch with one failed expectation is refused whole by the server.
#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_in_a_batch_is_answered_alone() {
    let nats = Nats::new();
    let log = connected(&nats).await;
    log.append(&provider(7), Tail::default(), &commit(1)).await.unwrap();
    log.append(&provider(11), Tail::default(), &commit(1)).await.unwrap();
    let sent = (0..40).map(|number| {
        let log = log.clone();
        async move { log.append(&provider(number), Tail::default(), &commit(u128::from(number) + 100)).await }
    });
    let answers = futures_util::future::join_all(sent).await;
    for (answer, number) in answers.iter().zip(0..) {
        let conflicts = matches!(answer, Err(AppendError::Conflict));
        assert_eq!(conflicts, number == 7 || number == 11, "{number}: {answer:?}");
    }
    let mut positions: Vec<u64> = answers.iter().flatten().map(|tail| tail.position.0).collect();
    positions.sort_unstable();
    assert_eq!(positions, (3..=40).collect::<Vec<_>>());
    assert_eq!(log.head().await.unwrap(), Position(40));
}

/// One way for all answers of a batch: its only acknowledgement is lost with the connection, or the batch never arrives whole.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_was_not_acknowledged_is_looked_up_commit_by_commit() {
    let nats = Nats::new();
    let proxy = Proxy::new(nats.port).await;
    let log = through(&proxy, &nats).await;
    let batch = |from: u32| {
        let sent = (from..from + 40).map(|number| {
            let log = log.clone();
            async move { log.append(&provider(number), Tail::default(), &commit(1)).await }
        });
        futures_util::future::join_all(sent)
    };
    proxy.lose_answer();
    for answer in batch(0).await {
        answer.unwrap();
    }
    assert!(proxy.has_lost());
    proxy.lose_publish();
    for answer in batch(100).await {
        answer.unwrap();
    }
    assert!(proxy.has_lost());
    // Sent again by who was told, each is where it was.
    for answer in batch(0).await.into_iter().chain(batch(100).await) {
        answer.unwrap();
    }
    assert_eq!(log.head().await.unwrap(), Position(80));
}

/// Longest until a part that fails is told to be unwell.
const RED_WITHIN: Duration = Duration::from_secs(2);
/// Longest until the log goes on after what failed it has ended.
const GREEN_WITHIN: Duration = Duration::from_secs(10);

/// The part of this name.
fn part(parts: Vec<Watch>, name: &str) -> Watch {
    parts.into_iter().find(|part| part.name() == name).expect("it has such a part")
}

/// Waits until the part is well, or is not.
async fn told(watch: &mut Watch, well: bool, within: Duration) {
    let waited = tokio::time::timeout(within, async {
        while watch.state().is_well() != well {
            assert!(watch.changed().await, "{} has ended", watch.name());
        }
    });
    let waited = waited.await.is_ok();
    assert!(waited, "{} is not told as well={well} within {within:?}: {:?}", watch.name(), watch.state());
}

/// The log in `folder`, once the writer's thread of a log dropped before has let go of it.
pub(crate) async fn reopened(folder: &std::path::Path) -> Embedded {
    loop {
        match Embedded::open(folder) {
            Ok(log) => return log,
            Err(LogError::Unavailable(_)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}
