//! What the log on NATS tells of its server: gone, back, and set to lose commits while it runs.

use async_nats::jetstream::stream::{Config, Stream};
use async_nats::jetstream::{self, Context};
use bytes::Bytes;
use domain::Position;
use event_log::conformance::{commit, provider};
use event_log::{AppendError, EventLog, Halt, Inspect, JetStream, JetStreamConfig, LogError, Tail};
use futures_util::StreamExt;
use futures_util::future::join_all;
use parts::{State, Watch};
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use super::{GREEN_WITHIN, RED_WITHIN, connected, is_halted, part, through, told};
use crate::log_stream;
use crate::support::Nats;
use crate::support::proxy::Proxy;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_or_is_killed_is_told_of_and_so_is_its_return() {
    let mut nats = Nats::new();
    let log = connected(&nats).await;
    let mut connection = part(log.parts(), "log-connection");
    told(&mut connection, true, RED_WITHIN).await;
    nats.signal("STOP");
    told(&mut connection, false, RED_WITHIN).await;
    nats.signal("CONT");
    told(&mut connection, true, GREEN_WITHIN).await;
    nats.kill();
    told(&mut connection, false, RED_WITHIN).await;
    nats.start();
    told(&mut connection, true, GREEN_WITHIN).await;
    assert!(part(log.parts(), "log-writer").state().is_well());
    log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    drop(log);
    while connection.changed().await {}
    assert!(!connection.state().is_well(), "it has ended and says so");
}

/// What is refused at the start is seen as well when it is set later, and nothing is written meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_set_while_services_run_is_told_of_and_nothing_is_written_under_it() {
    let nats = Nats::new();
    let log = connected(&nats).await;
    let tail = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    let mut connection = part(log.parts(), "log-connection");
    let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    let stream = log_stream(&context).await.unwrap();
    let kept = stream.cached_info().config.clone();
    context.update_stream(Config { max_age: Duration::from_hours(1), ..kept.clone() }).await.unwrap();
    told(&mut connection, false, RED_WITHIN).await;
    let State::Unwell { why, .. } = connection.state() else { panic!("unwell") };
    assert!(why.contains("set max_age to 0"), "{why}");
    let refused = log.append(&provider(1), tail, &commit(2)).await;
    assert!(is_halted(&refused, Halt::Unsafe, "max_age"), "{refused:?}");
    context.update_stream(kept).await.unwrap();
    told(&mut connection, true, GREEN_WITHIN).await;
    assert_eq!(log.append(&provider(1), tail, &commit(2)).await.unwrap().position.0, 2);
}

/// The server's store is wiped and another log made in its place while a service runs: nothing of the service's goes there, neither a
/// commit alone nor a batch, not even of a provider that has no commits in either.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_replaced_is_neither_read_nor_written() {
    let nats = Nats::new();
    let log = connected(&nats).await;
    let mut connection = part(log.parts(), "log-connection");
    let tail = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    let name = context.stream_by_subject("puhui.>").await.unwrap();
    let backup = log_stream(&context).await.unwrap().cached_info().config.clone();
    context.delete_stream(&name).await.unwrap();
    let other = connected(&nats).await;
    assert_ne!(other.id(), log.id());
    told(&mut connection, false, RED_WITHIN).await;
    for (stream, after) in [(provider(2), Tail::default()), (provider(1), tail)] {
        let refused = log.append(&stream, after, &commit(2)).await;
        assert!(matches!(refused, Err(AppendError::Unavailable(_))), "{refused:?}");
    }
    let many = (10..200).map(|number| {
        let log = log.clone();
        async move { log.append(&provider(number), Tail::default(), &commit(u128::from(number))).await }
    });
    for refused in join_all(many).await {
        assert!(matches!(refused, Err(AppendError::Unavailable(_))), "{refused:?}");
    }
    assert_eq!(other.head().await.unwrap(), Position(0), "something was written to another log");
    assert!(
        log.head().await.is_err() && log.tail(&provider(1)).await.is_err() && log.load(&provider(1)).await.is_err()
    );
    assert!(matches!(Box::pin(log.follow(Position(0))).next().await, Some(Err(LogError::Unavailable(_)))));
    // The same one is back, as from an older backup, and holds less than the server had told of: it is the one that was opened, and what is
    // sent to it before anybody has looked would be stored.
    let name = context.stream_by_subject("puhui.>").await.unwrap();
    context.delete_stream(&name).await.unwrap();
    context.create_stream(backup).await.unwrap();
    let again = log.append(&provider(2), Tail::default(), &commit(3)).await;
    assert!(matches!(again, Err(AppendError::OutcomeUnknown(_))) || is_halted(&again, Halt::Harmed, ""), "{again:?}");
    let refused = log.append(&provider(3), Tail::default(), &commit(4)).await;
    assert!(is_halted(&refused, Halt::Harmed, ""), "{refused:?}");
}

/// Many commits at one moment go out together, and are told of a server that was put back like one alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_not_acknowledged_by_a_log_that_was_put_back() {
    let nats = Nats::new();
    let log = connected(&nats).await;
    let mut tail = Tail::default();
    for id in 1..=60 {
        tail = log.append(&provider(1), tail, &commit(id)).await.unwrap();
    }
    let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    let name = context.stream_by_subject("puhui.>").await.unwrap();
    let backup = log_stream(&context).await.unwrap().cached_info().config.clone();
    context.delete_stream(&name).await.unwrap();
    context.create_stream(backup).await.unwrap();
    let many = (10..50).map(|number| {
        let log = log.clone();
        async move { log.append(&provider(number), Tail::default(), &commit(u128::from(number))).await }
    });
    for again in join_all(many).await {
        assert!(
            matches!(again, Err(AppendError::OutcomeUnknown(_))) || is_halted(&again, Halt::Harmed, ""),
            "{again:?}"
        );
    }
    told(&mut part(log.parts(), "log-connection"), false, RED_WITHIN).await;
}

/// Waits until the part is unwell for this reason, others before it or none.
async fn told_why(watch: &mut Watch, reason: &str) {
    let said = tokio::time::timeout(GREEN_WITHIN, async {
        loop {
            match watch.state() {
                State::Unwell { why, .. } if why.contains(reason) => return,
                _ => assert!(watch.changed().await),
            }
        }
    });
    assert!(said.await.is_ok(), "{:?}", watch.state());
}

/// The messages of the log, as somebody copies them.
async fn copied(stream: &Stream) -> Vec<(String, Bytes)> {
    let mut copied = Vec::new();
    for position in 1..=stream.get_info().await.expect("answered").state.last_sequence {
        let message = stream.get_raw_message(position).await.expect("answered");
        copied.push((message.subject.to_string(), message.payload));
    }
    copied
}

/// Puts these in the place of the log.
async fn put_back(context: &Context, kept: &Config, messages: &[(String, Bytes)]) {
    context.delete_stream(&kept.name).await.expect("answered");
    context.create_stream(kept.clone()).await.expect("answered");
    for (subject, payload) in messages {
        context.publish(subject.clone(), payload.clone()).await.expect("answered").await.expect("answered");
    }
}

/// Put back one commit behind, and written by somebody: it is as long as it was. Nothing more is written to it, however often it is
/// looked at, until what it held is there again.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_put_back_is_refused_until_it_holds_what_it_held() {
    let nats = Nats::new();
    let log = connected(&nats).await;
    let mut tail = Tail::default();
    for id in 1..=2 {
        tail = log.append(&provider(1), tail, &commit(id)).await.unwrap();
    }
    let reached = log.reached().await.unwrap();
    let mut connection = part(log.parts(), "log-connection");
    let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    let stream = log_stream(&context).await.unwrap();
    let (kept, whole) = (stream.cached_info().config.clone(), copied(&stream).await);
    let other = [whole[0].clone(), (whole[1].0.clone(), Bytes::from_static(b"another"))];
    put_back(&context, &kept, &other).await;
    // What is told of a shorter one comes first, or does not.
    told_why(&mut connection, "another commit at position 2").await;
    for (stream, after) in [(provider(2), Tail::default()), (provider(1), tail)] {
        let refused = log.append(&stream, after, &commit(3)).await;
        assert!(is_halted(&refused, Halt::Harmed, "position 2"), "{refused:?}");
    }
    assert!(matches!(log.reached().await, Err(LogError::Shorter(_))), "it is vouched for");
    assert!(matches!(log.holds(&reached).await, Err(LogError::Shorter(_))));
    // Longer than it was, too.
    let longer = [&other[..], &other[..1]].concat();
    put_back(&context, &kept, &longer).await;
    let refused = log.append(&provider(2), Tail::default(), &commit(3)).await;
    assert!(is_halted(&refused, Halt::Harmed, ""), "{refused:?}");
    put_back(&context, &kept, &whole).await;
    told(&mut connection, true, GREEN_WITHIN).await;
    assert_eq!(log.reached().await.unwrap(), reached);
    assert_eq!(log.append(&provider(1), tail, &commit(3)).await.unwrap().position, Position(3));
}

/// Messages of others, so many, each of a stream of its own.
fn foreign(count: usize) -> Vec<(String, Bytes)> {
    (0..count).map(|number| (format!("puhui.provider.g{number}"), Bytes::from_static(b"xyz"))).collect()
}

/// Another log of the same name is put in the place of this one and written on past it, and nobody has looked since: what it answers is no
/// acknowledgement, neither of a commit alone nor of a batch.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_farther_log_stores_before_anybody_has_looked_is_not_acknowledged() {
    let nats = Nats::new();
    let proxy = Proxy::new(nats.port).await;
    let log = through(&proxy, &nats).await;
    let mut connection = part(log.parts(), "log-connection");
    let tail = appended(&log, 1, 1..=5).await;
    let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    let stream = log_stream(&context).await.unwrap();
    let (kept, whole) = (stream.cached_info().config.clone(), copied(&stream).await);
    proxy.keep_back_looks();
    // What was found before counts no longer.
    told(&mut connection, false, 2 * RED_WITHIN).await;
    put_back(&context, &kept, &foreign(50)).await;
    let many = (10..30).map(|number| {
        let log = log.clone();
        async move { log.append(&provider(number), Tail::default(), &commit(u128::from(number))).await }
    });
    for unknown in join_all(many).await {
        assert!(matches!(unknown, Err(AppendError::OutcomeUnknown(_))), "{unknown:?}");
    }
    assert!(stream.get_info().await.unwrap().state.last_sequence > 50, "nothing was sent to it");
    // The look that comes at last says it.
    proxy.pass_on();
    told_why(&mut connection, "another commit at position 5").await;
    let refused = log.append(&provider(2), Tail::default(), &commit(3)).await;
    assert!(is_halted(&refused, Halt::Harmed, "position 5"), "{refused:?}");
    put_back(&context, &kept, &whole).await;
    told(&mut connection, true, GREEN_WITHIN).await;
    assert_eq!(log.append(&provider(1), tail, &commit(6)).await.unwrap().position, Position(6));
}

/// A server that stores all the while is well; what it stores is passed on as long as the last look is not old, and then once it is looked at.
#[tokio::test(flavor = "multi_thread")]
async fn commits_are_acknowledged_only_as_long_as_the_log_is_looked_at() {
    let nats = Nats::new();
    let proxy = Proxy::new(nats.port).await;
    let log = through(&proxy, &nats).await;
    let mut connection = part(log.parts(), "log-connection");
    let mut tail = appended(&log, 1, 1..=1).await;
    proxy.keep_back_looks();
    proxy.has_kept_back_a_look().await;
    let began = std::time::Instant::now();
    let (last, unknown) = loop {
        let last = began.elapsed();
        assert!(last < Duration::from_secs(5), "commits are still acknowledged");
        match log.append(&provider(1), tail, &commit(u128::from(tail.revision.0) + 1)).await {
            Ok(next) => tail = next,
            Err(error) => break (last, error),
        }
    };
    assert!(matches!(unknown, AppendError::OutcomeUnknown(_)), "after {last:?}: {unknown:?}");
    proxy.pass_on();
    told(&mut connection, true, GREEN_WITHIN).await;
    tail = log.tail(&provider(1)).await.unwrap();
    let next = commit(u128::from(tail.revision.0) + 1);
    assert_eq!(log.append(&provider(1), tail, &next).await.unwrap().position.0, tail.position.0 + 1);
}

/// Copies the store of a server that does not run.
fn copy_store(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("known").is_dir() {
            copy_store(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("copied");
        }
    }
}

/// Puts `store` in the place of the one that this server, which does not run, keeps.
fn put_store(nats: &Nats, store: &Path) {
    let own = nats.folder.path().join("jetstream");
    std::fs::remove_dir_all(&own).expect("removed");
    copy_store(store, &own);
}

/// Appends commits with these ids to the stream of one provider.
async fn appended(log: &JetStream, number: u32, ids: RangeInclusive<u128>) -> Tail {
    let mut tail = log.tail(&provider(number)).await.expect("answered");
    for id in ids {
        tail = log.append(&provider(number), tail, &commit(id)).await.expect("stored");
    }
    tail
}

/// Behind the same address comes an older copy of the log, which others have written on past what is known of the good one. Nothing of it
/// is told to anybody, at no moment; once the good one is there again, who follows goes on with its next commit.
#[tokio::test(flavor = "multi_thread")]
async fn a_farther_fork_is_neither_followed_nor_loaded() {
    let mut nats = Nats::new();
    let log = connected(&nats).await;
    let mut connection = part(log.parts(), "log-connection");
    appended(&log, 1, 1..=2).await;
    let (older, good) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let store = nats.folder.path().join("jetstream");
    nats.kill();
    copy_store(&store, older.path());
    // The fork is made behind another address, so that the log knows nothing of it.
    let mut other = Nats::new();
    other.kill();
    put_store(&other, older.path());
    other.start();
    appended(&connected(&other).await, 9, 100..=109).await;
    other.kill();
    nats.start();
    told(&mut connection, true, GREEN_WITHIN).await;
    appended(&log, 1, 3..=4).await;
    let mut follower = Box::pin(log.follow(Position(2)));
    for position in 3..=4 {
        assert_eq!(follower.next().await.unwrap().unwrap().position(), Position(position));
    }
    nats.kill();
    copy_store(&store, good.path());
    put_store(&nats, &other.folder.path().join("jetstream"));
    // They ask before it is there, and at each moment from then on.
    let asked = async {
        let stream = provider(9);
        loop {
            let shorter = [
                log.load(&stream).await.map(|loaded| assert!(loaded.is_empty(), "loaded from the fork")).err(),
                log.tail(&stream).await.map(|tail| assert_eq!(tail, Tail::default(), "a tail of the fork")).err(),
                log.head().await.map(|head| assert_eq!(head, Position(4), "the head of the fork")).err(),
                log.inspect(Position(5)).await.map(|there| assert!(there.is_none(), "a commit of the fork")).err(),
                log.sha256_at(Position(5)).await.map(|there| assert!(there.is_none(), "a hash of the fork")).err(),
            ];
            if shorter.iter().all(|error| matches!(error, Some(LogError::Shorter(_)))) {
                return;
            }
        }
    };
    let until_shorter = async {
        match follower.next().await {
            Some(Err(error @ LogError::Shorter(_))) => error,
            other => panic!("{other:?}"),
        }
    };
    let (stream, another) = (provider(7), commit(50));
    let written = log.append(&stream, Tail::default(), &another);
    let start = tokio::task::spawn_blocking(move || {
        nats.start();
        nats
    });
    let all = Box::pin(async { tokio::join!(asked, until_shorter, written, start) });
    let ((), error, written, started) = tokio::time::timeout(4 * GREEN_WITHIN, all).await.expect("told in time");
    let mut nats = started.unwrap();
    assert!(error.to_string().contains("another commit at position 4"), "{error}");
    assert!(written.is_err(), "acknowledged by the fork: {written:?}");
    let again = Box::pin(log.follow(Position(4))).next().await;
    assert!(matches!(again, Some(Err(LogError::Shorter(_)))), "{again:?}");
    told(&mut connection, false, RED_WITHIN).await;
    nats.kill();
    put_store(&nats, good.path());
    nats.start();
    told(&mut connection, true, GREEN_WITHIN).await;
    let mut follower = Box::pin(log.follow(Position(4)));
    let tail = appended(&log, 1, 5..=5).await;
    assert_eq!(tail.position, Position(5));
    let next = follower.next().await.unwrap().unwrap();
    assert_eq!((next.position(), next.commit().unwrap().commit.id), (Position(5), commit(5).id));
}

/// Who follows an unharmed log, or reads it, goes on after a connection that was lost, without having it told.
#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_server_is_followed_on() {
    let mut nats = Nats::new();
    let log = connected(&nats).await;
    let mut follower = Box::pin(log.follow(Position(0)));
    for id in 1..=4 {
        let tail = appended(&log, 1, id..=id).await;
        assert_eq!(follower.next().await.unwrap().unwrap().position(), tail.position);
        nats.kill_and_start();
        assert_eq!(log.load(&provider(1)).await.unwrap().tail, tail);
    }
}

/// A server that is started again without the setting that makes it sync before it acknowledges is seen like one that was so at the start.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_no_longer_syncs_is_told_of_and_nothing_is_written_to_it() {
    let mut nats = Nats::new();
    let log = connected(&nats).await;
    let accepting = JetStreamConfig { accept_loss_on_power_cut: true, ..nats.config() };
    let accepting = JetStream::connect(&accepting).await.unwrap();
    let mut connection = part(log.parts(), "log-connection");
    let tail = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    nats.kill();
    nats.start_syncing(false);
    told_why(&mut connection, "sync_interval: always").await;
    let refused = log.append(&provider(1), tail, &commit(2)).await;
    assert!(is_halted(&refused, Halt::Unsafe, "before it syncs"), "{refused:?}");
    let tail = accepting.append(&provider(1), tail, &commit(2)).await.unwrap();
    nats.kill();
    nats.start_syncing(true);
    told(&mut connection, true, GREEN_WITHIN).await;
    assert_eq!(log.append(&provider(1), tail, &commit(3)).await.unwrap().position, Position(3));
}
