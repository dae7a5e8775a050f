//! Every body of the log passes the one suite, and keeps what it promised across the ends that belong to it.

mod cluster;
mod faults;
mod strays;
mod support;
mod times;

use std::sync::Mutex;

use async_nats::jetstream;
use async_nats::jetstream::stream::{Config, StorageType};
use domain::{Position, Revision, StreamId};
use event_log::bare;
use event_log::conformance::{self, commit, provider};
use event_log::{
    AppendError, Embedded, EventLog, Inspect, JetStream, JetStreamConfig, LogError, Memory, Reserves, StoredLog, Tail,
    encode,
};
use futures_util::future::join_all;
use futures_util::{FutureExt, StreamExt};
use support::Nats;

/// The NATS stream that holds the log, by what it holds: its name is the log's own.
async fn log_stream(context: &jetstream::Context) -> Option<jetstream::stream::Stream> {
    let name = context.stream_by_subject("puhui.>").await.ok()?;
    context.get_stream(name).await.ok()
}

/// Whether a NATS stream of ours is there.
async fn holds_log(nats: &Nats) -> bool {
    let client = async_nats::connect(nats.url()).await.expect("connected");
    log_stream(&jetstream::new(client)).await.is_some()
}

#[tokio::test]
async fn memory_keeps_the_contract() {
    conformance::run(|| async { Memory::new() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded_keeps_the_contract() {
    let folders = Mutex::new(Vec::new());
    conformance::run(|| async {
        let folder = tempfile::tempdir().unwrap();
        let log = Embedded::open(folder.path()).unwrap();
        folders.lock().unwrap().push(folder);
        log
    })
    .await;
}

async fn jetstream_keeps_the_contract_sending(way: impl Fn(JetStream) -> JetStream) {
    let servers = Mutex::new(Vec::new());
    conformance::run(|| async {
        let nats = Nats::new();
        let log = JetStream::connect(&nats.config()).await.expect("connected");
        servers.lock().expect("whole").push(nats);
        way(log)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jetstream_keeps_the_contract() {
    jetstream_keeps_the_contract_sending(|log| log).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jetstream_keeps_the_contract_without_batches() {
    jetstream_keeps_the_contract_sending(bare::each_alone).await;
}

/// What a body hands on as it is stored is what it holds and what it decodes, along the log and of one stream.
#[expect(clippy::unwrap_used, reason = "what is not there ends the test")]
async fn stored_bytes_are_handed_on(log: impl StoredLog + Inspect) {
    let mut tails = [Tail::default(); 3];
    for id in 0..30_u32 {
        let of = usize::try_from(id % 3).unwrap();
        let stream = provider(id % 3);
        tails[of] = log.append(&stream, tails[of], &commit(u128::from(id) + 1)).await.unwrap();
    }
    for after in [0, 17, 29] {
        let rest = usize::try_from(30 - after).unwrap();
        let bytes: Vec<_> = log.bytes_after(Position(after)).take(rest).map(Result::unwrap).collect().await;
        let followed: Vec<_> = log.follow(Position(after)).take(rest).map(Result::unwrap).collect().await;
        let stored: Vec<_> = log.follow_stored(Position(after)).take(rest).map(Result::unwrap).collect().await;
        for ((bytes, followed), stored) in bytes.iter().zip(&followed).zip(&stored) {
            let (recorded, stored) = (followed.commit().unwrap(), stored.commit().unwrap());
            assert_eq!((stored.position, &stored.bytes), (bytes.0, &bytes.1));
            assert_eq!(stored.bytes, encode(&recorded.stream, recorded.revision, &recorded.commit));
            assert_eq!((&stored.decoded().unwrap(), &stored.stream), (recorded, &recorded.stream));
        }
    }
    for number in 0..4 {
        let (loaded, of) = (log.load(&provider(number)).await.unwrap(), provider(number));
        let part = async |after, enough| log.load_stored(&of, after, enough).await.unwrap();
        let stored = part(Position(0), usize::MAX).await;
        let decoded: Vec<_> = stored.iter().map(|commit| commit.decoded().unwrap()).collect();
        assert_eq!(loaded.commits, decoded);
        // Of a long one only a part is read, which follows what was read before.
        for (read, commit) in stored.iter().enumerate() {
            let after = read.checked_sub(1).map_or(Position(0), |before| stored[before].position);
            assert_eq!(part(after, 1).await, std::slice::from_ref(commit));
            let two = commit.bytes.len() + 1;
            assert_eq!(part(after, two).await, stored[read..stored.len().min(read + 2)]);
        }
        assert_eq!(part(loaded.tail.position, usize::MAX).await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_body_hands_on_what_it_stores() {
    stored_bytes_are_handed_on(Memory::new()).await;
    let folder = tempfile::tempdir().unwrap();
    stored_bytes_are_handed_on(Embedded::open(folder.path()).unwrap()).await;
    let nats = Nats::new();
    stored_bytes_are_handed_on(JetStream::connect(&nats.config()).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded_opens_with_everything_and_in_one_process_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut tail = Tail::default();
    let log = Embedded::open(folder.path()).unwrap();
    for id in 1..=50 {
        tail = log.append(&provider(1), tail, &commit(id)).await.unwrap();
    }
    let second = Embedded::open(folder.path());
    assert!(matches!(&second, Err(LogError::Unavailable(why)) if why.contains("another process")), "{second:?}");
    drop(log);
    let log = loop {
        // The writer's thread lets go of the folder when it sees that no sender is left.
        match Embedded::open(folder.path()) {
            Ok(log) => break log,
            Err(LogError::Unavailable(_)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(log.tail(&provider(1)).await.unwrap(), tail);
    assert_eq!(log.load(&provider(1)).await.unwrap().len(), 50);
    let next = log.append(&provider(2), Tail::default(), &commit(1)).await.unwrap();
    assert_eq!(next.position, Position(51));
}

/// More commits than are read at a time, and than are read ahead; then one that comes while they are waited for.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_ahead_is_followed_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let log = Embedded::open(folder.path()).unwrap();
    let mut number = 0;
    for group in [3_000, 2_500, 1_024] {
        let sent = (number..number + group).map(|number| {
            let log = log.clone();
            async move { log.append(&provider(number), Tail::default(), &commit(u128::from(number) + 1)).await }
        });
        assert!(join_all(sent).await.iter().all(Result::is_ok));
        number += group;
    }
    for after in [0, 17, 1_024, 6_523, 6_524] {
        let mut followed = Box::pin(log.follow(Position(after)));
        for expected in after + 1..=6_524 {
            assert_eq!(followed.next().await.unwrap().unwrap().position(), Position(expected));
        }
        assert!(followed.next().now_or_never().is_none());
    }
    let mut live = Box::pin(log.follow(Position(6_524)));
    let next = log.append(&provider(number), Tail::default(), &commit(1)).await.unwrap();
    assert_eq!(live.next().await.unwrap().unwrap().position(), next.position);
}

/// Commits so large that a part of what is read ahead ends before it has its number.
#[tokio::test(flavor = "multi_thread")]
async fn large_commits_are_followed_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let log = Embedded::open(folder.path()).unwrap();
    let last = 70;
    for id in 1..=last {
        let mut commit = commit(u128::from(id));
        if id % 3 == 0 {
            // Some 350 KB.
            commit.events = vec![commit.events[0].clone(); 7_000];
        }
        log.append(&provider(id), Tail::default(), &commit).await.unwrap();
    }
    for after in [0, 2, 3, 69] {
        let followed = log.follow(Position(u64::from(after))).take(usize::try_from(last - after).unwrap());
        let ids: Vec<_> = followed.map(|next| next.unwrap().commit().unwrap().commit.id).collect().await;
        assert_eq!(ids, (after + 1..=last).map(|id| commit(u128::from(id)).id).collect::<Vec<_>>());
    }
    assert!(log.follow(Position(u64::MAX)).next().now_or_never().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_nothing_it_acknowledged() {
    let mut nats = Nats::new();
    let config = nats.config();
    let log = JetStream::connect(&config).await.unwrap();
    let mut tail = Tail::default();
    for id in 1..=20 {
        tail = log.append(&provider(1), tail, &commit(id)).await.unwrap();
    }
    nats.kill_and_start();
    let after = log.append(&provider(1), tail, &commit(21)).await;
    // The connection may be found broken in the middle; then the outcome is looked up, and never guessed.
    match after {
        Ok(next) => assert_eq!(next.position, Position(21)),
        Err(AppendError::OutcomeUnknown(_) | AppendError::Unavailable(_) | AppendError::NotStoring { .. }) => {}
        Err(error) => panic!("{error}"),
    }
    let again = JetStream::connect(&config).await.unwrap();
    let loaded = again.load(&provider(1)).await.unwrap();
    assert!(loaded.len() >= 20, "{}", loaded.len());
    let followed: Vec<_> = again.follow(Position(0)).take(20).map(|next| next.unwrap().position().0).collect().await;
    assert_eq!(followed, (1..=20).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_finds_its_place_after_the_server_was_killed() {
    let mut nats = Nats::new();
    let log = JetStream::connect(&nats.config()).await.unwrap();
    let mut tail = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    let mut seen = 0;
    let mut follow = Box::pin(log.follow(Position(seen)));
    assert_eq!(follow.next().await.unwrap().unwrap().position(), Position(1));
    seen += 1;
    nats.kill_and_start();
    for id in 2..=4 {
        // Until the connection is back the outcome is unavailable or unknown; what was stored is found by its id.
        loop {
            match log.append(&provider(1), tail, &commit(id)).await {
                Ok(next) => {
                    tail = next;
                    break;
                }
                Err(AppendError::Conflict) => tail = log.tail(&provider(1)).await.unwrap(),
                Err(AppendError::OutcomeUnknown(_) | AppendError::Unavailable(_) | AppendError::NotStoring { .. }) => {
                    tokio::task::yield_now().await;
                }
                Err(error) => panic!("{error}"),
            }
            if log.load(&provider(1)).await.is_ok_and(|commits| commits.iter().any(|c| c.commit.id == commit(id).id)) {
                tail = log.tail(&provider(1)).await.unwrap();
                break;
            }
        }
    }
    let restarted = std::time::Instant::now();
    while seen < 4 {
        match follow.next().await {
            Some(Ok(recorded)) => {
                seen += 1;
                assert_eq!(recorded.position(), Position(seen));
            }
            // The follower follows again from the last position it applied.
            Some(Err(LogError::Unavailable(_))) | None => follow = Box::pin(log.follow(Position(seen))),
            Some(Err(error)) => panic!("{error}"),
        }
    }
    assert!(restarted.elapsed().as_secs() < 20, "it took {:?}", restarted.elapsed());
}

/// What is known of operators' streams answers for 20 ms; what this process wrote it sees at once.
/// The client makes such a consumer anew by itself, at the first message of all if it has delivered none.
#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_is_sent_back_to_the_beginning_follows_again() {
    let nats = Nats::new();
    let config = nats.config();
    let log = JetStream::connect(&config).await.unwrap();
    let mut tail = Tail::default();
    for id in 1..=3 {
        tail = log.append(&provider(1), tail, &commit(id)).await.unwrap();
    }
    let follower = log.clone();
    let met = tokio::spawn(async move { std::pin::pin!(follower.follow(tail.position)).next().await });
    let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    let stream = log_stream(&context).await.unwrap();
    let consumer = loop {
        if let Some(name) = stream.consumer_names().next().await {
            break name.unwrap();
        }
    };
    stream.delete_consumer(&consumer).await.unwrap();
    log.append(&provider(1), tail, &commit(4)).await.unwrap();
    let met = met.await.unwrap();
    assert!(matches!(&met, Some(Ok(next)) if next.position() == Position(4)), "{met:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_stream_is_seen_at_once_by_its_writer_and_soon_by_others() {
    let nats = Nats::new();
    let config = nats.config();
    let (log, other) = (JetStream::connect(&config).await.unwrap(), JetStream::connect(&config).await.unwrap());
    let StreamId::Provider(provider) = provider(1) else { unreachable!("a provider") };
    let operator = StreamId::Operator(provider.operator().clone());
    let mut tail = Tail::default();
    for id in 1..=3 {
        assert_eq!(log.tail(&operator).await.unwrap(), tail);
        assert_eq!(other.tail(&operator).await.unwrap(), tail);
        tail = log.append(&operator, tail, &commit(id)).await.unwrap();
        let stored = std::time::Instant::now();
        assert_eq!(log.tail(&operator).await.unwrap(), tail);
        while other.tail(&operator).await.unwrap() != tail {
            assert!(stored.elapsed().as_millis() < 1_000, "another process does not see it");
        }
    }
    assert_eq!(log.load(&operator).await.unwrap().len(), 3);
}

/// A short stream is read backwards, by what each commit's writer told the server of the one before; messages that were copied from
/// another NATS stream no longer say it.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_loaded_whether_its_commits_say_where_the_one_before_is_or_not() {
    let nats = Nats::new();
    let log = JetStream::connect(&nats.config()).await.unwrap();
    let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    for id in 1..=6_u32 {
        for (said, number) in [(true, 1), (false, 2)] {
            let (stream, commit) = (provider(number), commit(u128::from(id)));
            let tail = log.tail(&stream).await.unwrap();
            if said {
                log.append(&stream, tail, &commit).await.unwrap();
            } else {
                let StreamId::Provider(id) = &stream else { unreachable!("a provider") };
                let bytes = encode(&stream, Revision(tail.revision.0 + 1), &commit);
                context.publish(format!("puhui.provider.{id}"), bytes.into()).await.unwrap().await.unwrap();
            }
            let loaded = log.load(&stream).await.unwrap();
            let met: Vec<_> = loaded.iter().map(|recorded| (recorded.revision.0, recorded.position.0)).collect();
            let there = (1..=u64::from(id)).map(|revision| (revision, 2 * revision - u64::from(said)));
            assert_eq!(met, there.collect::<Vec<_>>());
            assert!(loaded.iter().all(|recorded| recorded.stream == stream));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nats_stream_that_would_lose_commits_is_refused() {
    let nats = Nats::new();
    let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    let unsafe_stream = Config {
        name: "PUHUI".to_owned(),
        subjects: vec!["puhui.provider.*".to_owned()],
        storage: StorageType::Memory,
        max_messages: 10,
        max_message_size: 1024,
        ..Config::default()
    };
    context.create_stream(unsafe_stream).await.unwrap();
    let refused = JetStream::connect(&nats.config()).await.unwrap_err();
    let LogError::Unsafe(why) = refused else { panic!("{refused}") };
    for part in [
        "storage to file",
        "deny_delete",
        "deny_purge",
        "max_msgs to -1",
        "max_msg_size to -1",
        "its subjects are others",
        "no puhui-log-id",
    ] {
        assert!(why.contains(part), "{part} is not in: {why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nats_stream_that_has_lost_a_message_is_refused() {
    let nats = Nats::new();
    let config = nats.config();
    let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    let deletable = Config {
        name: "PUHUI-6a1f0c1e".to_owned(),
        metadata: [("puhui-log-id".to_owned(), "6a1f0c1e-8a52-4f0e-9a3b-2f6f0c7b1d11".to_owned())].into(),
        subjects: ["puhui.log", "puhui.provider.*", "puhui.operator.*", "puhui.rules"].map(str::to_owned).to_vec(),
        storage: StorageType::File,
        deny_purge: true,
        ..Config::default()
    };
    let nats_stream = context.create_stream(deletable.clone()).await.unwrap();
    for _ in 0..3 {
        context.publish("puhui.provider.X", "a commit".into()).await.unwrap().await.unwrap();
    }
    nats_stream.delete_message(2).await.unwrap();
    context.update_stream(Config { deny_delete: true, ..deletable }).await.unwrap();
    let refused = JetStream::connect(&config).await.unwrap_err();
    assert!(matches!(&refused, LogError::Damaged(why) if why.contains("holds 2 messages")), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_acknowledges_before_it_syncs_is_refused_unless_that_is_accepted() {
    let nats = Nats::lazy();
    let refused = JetStream::connect(&nats.config()).await.unwrap_err();
    let LogError::Unsafe(why) = refused else { panic!("{refused}") };
    assert!(why.contains("set `sync_interval: always`") && why.contains("--accept-loss-on-power-cut"), "{why}");
    assert!(!holds_log(&nats).await, "a log was made and refused");
    let accepting = JetStreamConfig { accept_loss_on_power_cut: true, ..nats.config() };
    let log = JetStream::connect(&accepting).await.unwrap();
    assert!(log.warning().is_some_and(|warning| warning.contains("before it syncs")), "{:?}", log.warning());
    log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_sync_setting_cannot_be_read_is_refused() {
    let (nats, other) = (Nats::new(), Nats::new());
    // Nobody listens on port 8222 here for certain, so another server's monitoring stands for one that says nothing of this one.
    let config = JetStreamConfig { monitors: vec![other.monitor_url()], ..nats.config() };
    let refused = JetStream::connect(&config).await.unwrap_err();
    assert!(matches!(&refused, LogError::Unavailable(why) if why.contains("cannot be read")), "{refused}");
    assert!(!holds_log(&nats).await, "a log was made and refused");
    let log = JetStream::connect(&nats.config()).await.unwrap();
    assert_eq!(log.warning(), None);
    let tail = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    // To read it takes no monitoring, and nothing is written so.
    let reading = JetStream::connect(&JetStreamConfig { read_only: true, new_log: false, ..config }).await.unwrap();
    assert_eq!((reading.id(), reading.tail(&provider(1)).await.unwrap()), (log.id(), tail));
    let refused = reading.append(&provider(1), tail, &commit(2)).await;
    assert!(matches!(&refused, Err(AppendError::Unavailable(_))), "{refused:?}");
    assert_eq!(log.head().await.unwrap(), tail.position);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_no_large_commit_is_refused() {
    let nats = Nats::configured("max_payload: 64KB");
    let refused = JetStream::connect(&nats.config()).await.unwrap_err();
    assert!(matches!(&refused, LogError::Unavailable(why) if why.contains("set max_payload")), "{refused}");
}

/// Where one was to be found, none is made: a store that was wiped is not taken for a new log.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_made_only_where_that_is_asked_for() {
    let nats = Nats::new();
    let found = JetStreamConfig { new_log: false, ..nats.config() };
    let missing = JetStream::connect(&found).await.unwrap_err();
    assert!(matches!(missing, LogError::Missing(_)), "{missing}");
    let made = JetStream::connect(&nats.config()).await.unwrap();
    for config in [found, nats.config()] {
        assert_eq!(JetStream::connect(&config).await.unwrap().id(), made.id());
    }
    let folder = tempfile::tempdir().unwrap();
    let missing = Embedded::open_existing(folder.path(), Reserves::default()).unwrap_err();
    assert!(matches!(missing, LogError::Missing(_)), "{missing}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
    let made = Embedded::create(folder.path(), Reserves::default()).unwrap();
    let again = Embedded::create(folder.path(), Reserves::default()).unwrap_err();
    assert!(matches!(again, LogError::Exists(id) if id == made.id()), "{again}");
    let id = folder.path().join("id");
    assert_eq!(std::fs::read_to_string(&id).unwrap(), format!("{}\n", made.id()));
    // The store is gone, and the id is not; or the other way round, and nothing else tells.
    let other = tempfile::tempdir().unwrap();
    std::fs::copy(&id, other.path().join("id")).unwrap();
    let missing = Embedded::open_existing(other.path(), Reserves::default()).unwrap_err();
    assert!(matches!(&missing, LogError::Missing(why) if why.contains(&made.id().to_string())), "{missing}");
    std::fs::remove_file(&id).unwrap();
    std::fs::remove_file(folder.path().join("reached")).unwrap();
    let damaged = Embedded::open(folder.path()).unwrap_err();
    assert!(matches!(damaged, LogError::Damaged(_)), "{damaged}");
}

/// Whoever reaches a server without accounts can write to the log past the program, and is not noticed before somebody reads it.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lets_anybody_in_is_warned_of() {
    let open = Nats::new();
    let log = JetStream::connect(&open.config()).await.unwrap();
    assert!(
        log.open_to_anybody().is_some_and(|warning| warning.contains("lets anybody")),
        "{:?}",
        log.open_to_anybody()
    );
    let asks = Nats::configured("authorization { user: puhui, password: \"secret-1\" }");
    let config = JetStreamConfig { url: asks.url().replace("nats://", "nats://puhui:secret-1@"), ..asks.config() };
    assert_eq!(JetStream::connect(&config).await.unwrap().open_to_anybody(), None);
}
