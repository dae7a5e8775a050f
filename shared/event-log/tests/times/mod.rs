//! Time along the log, across processes and openings.

use domain::{Commit, Instant, Position};
use event_log::bare::append_bytes;
use event_log::conformance::{commit, of_two_clocks_no_reader_sees_time_fall, provider};
use event_log::{Embedded, EventLog, JetStream, LogError, Memory, Tail};
use futures_util::StreamExt;
use futures_util::future::join_all;

use crate::support::Nats;

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_a_nats_server_have_clocks_apart() {
    let nats = Nats::new();
    let connect = || async { JetStream::connect(&nats.config()).await.unwrap() };
    let (one, other) = (connect().await, connect().await);
    of_two_clocks_no_reader_sees_time_fall([&one, &other]).await;
}

#[tokio::test]
async fn two_writers_of_one_log_have_clocks_apart() {
    let memory = Memory::new();
    of_two_clocks_no_reader_sees_time_fall([&memory, &memory.clone()]).await;
    let folder = tempfile::tempdir().unwrap();
    let embedded = Embedded::open(folder.path()).unwrap();
    of_two_clocks_no_reader_sees_time_fall([&embedded, &embedded.clone()]).await;
}

/// What is stamped with a clock of 1970 by a process that has just come.
async fn stored_by_a_newcomer(log: &impl EventLog) -> Instant {
    let early = Commit { recorded_at: Instant(1), ..commit(2) };
    log.append(&provider(2), Tail::default(), &early).await.expect("stored");
    log.load(&provider(2)).await.expect("loaded")[0].commit.recorded_at
}

/// However many messages a newer program left behind the last commit that this one can read. An embedded log is followed as it is stored:
/// there its times never fall.
#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_log_does_not_fall_behind_what_it_cannot_read() {
    const STRAYS: u32 = 1_100;
    let folder = tempfile::tempdir().unwrap();
    let log = Embedded::open(folder.path()).unwrap();
    let last = commit(1);
    log.append(&provider(1), Tail::default(), &last).await.unwrap();
    let strays = (0..STRAYS).map(|number| {
        let log = log.clone();
        async move { append_bytes(&log, &provider(10 + number), Tail::default(), vec![30, 1, 2]).await }
    });
    assert!(join_all(strays).await.iter().all(Result::is_ok));
    drop(log);
    let log = crate::faults::reopened(folder.path()).await;
    assert_eq!(stored_by_a_newcomer(&log).await, last.recorded_at);
    let followed = log.follow(Position(u64::from(STRAYS) + 1)).take(1).collect::<Vec<_>>().await;
    assert_eq!(followed[0].as_ref().unwrap().commit().unwrap().commit.recorded_at, last.recorded_at);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_knows_the_newest_time() {
    let last = commit(1);
    let folder = tempfile::tempdir().unwrap();
    let log = Embedded::open(folder.path()).unwrap();
    log.append(&provider(1), Tail::default(), &last).await.unwrap();
    drop(log);
    let log = loop {
        // The writer's thread lets go of the folder when it sees that no sender is left.
        match Embedded::open(folder.path()) {
            Err(LogError::Unavailable(why)) if why.contains("another process") => tokio::task::yield_now().await,
            other => break other.unwrap(),
        }
    };
    assert_eq!(log.newest(), last.recorded_at);
    assert_eq!(stored_by_a_newcomer(&log).await, last.recorded_at);
    let nats = Nats::new();
    let (one, other) =
        (JetStream::connect(&nats.config()).await.unwrap(), JetStream::connect(&nats.config()).await.unwrap());
    one.append(&provider(1), Tail::default(), &last).await.unwrap();
    assert_eq!((other.newest(), other.look().await.unwrap()), (Instant(0), last.recorded_at), "only a look tells");
    let newcomer = JetStream::connect(&nats.config()).await.unwrap();
    assert_eq!(newcomer.newest(), last.recorded_at);
    assert_eq!(stored_by_a_newcomer(&newcomer).await, last.recorded_at);
}
