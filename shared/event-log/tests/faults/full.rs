//! A NATS server, or the account on it, that may store no more: told while that is so, refused before anything is begun, and over
//! once there is room, without a restart.

use std::time::{Duration, Instant};

use async_nats::jetstream::{self, stream::Config};
use domain::Position;
use event_log::conformance::{commit, provider};
use event_log::{AppendError, EventLog, Halt, JetStream, JetStreamConfig, Tail};
use futures_util::future::join_all;
use parts::{State, Watch};

use super::{GREEN_WITHIN, RED_WITHIN, connected, is_halted, part, told};
use crate::support::Nats;

/// Bytes that may be stored at first: some hundred commits.
const FEW: u64 = 64 * 1024;
/// Bytes that may be stored then.
const MANY: u64 = 64 * 1024 * 1024;
/// Longer than a publish that failed once speaks against a server.
const IDLE: Duration = Duration::from_secs(5);
/// More commits than `FEW` bytes hold.
const COMMITS_MAX: u128 = 2_000;

fn is_full(outcome: &Result<Tail, AppendError>) -> bool {
    matches!(outcome, Err(AppendError::NotStoring { halt: Halt::Full, .. }))
}

/// Appends until the first that is not stored; answers what was, and why that one was not.
async fn filled(log: &JetStream) -> (Tail, AppendError) {
    let mut tail = log.tail(&provider(1)).await.expect("answered");
    for id in 1..COMMITS_MAX {
        match log.append(&provider(1), tail, &commit(id)).await {
            Ok(stored) => tail = stored,
            Err(error) => return (tail, error),
        }
    }
    panic!("it takes {COMMITS_MAX} commits");
}

/// Nobody is told that all is well while nobody writes, nor while somebody tries, and nothing of what they try is begun.
async fn stays_full(log: &JetStream, connection: &mut Watch, tail: Tail) {
    told(connection, false, RED_WITHIN).await;
    let State::Unwell { why, since } = connection.state() else { panic!("unwell") };
    assert!(why.contains("存储已达上限") && why.contains("raise its limit"), "{why}");
    let well = |watch: &mut Watch| {
        let mut watch = watch.clone();
        async move {
            while !watch.state().is_well() {
                assert!(watch.changed().await);
            }
        }
    };
    assert!(tokio::time::timeout(IDLE, well(connection)).await.is_err(), "nothing was stored, and all is well");
    let tries = async {
        for round in 0..20_u128 {
            let many = (0..40_u32).map(|number| async move {
                log.append(&provider(100 + number), Tail::default(), &commit(round * 40 + u128::from(number))).await
            });
            for outcome in join_all(many).await {
                assert!(is_full(&outcome), "{outcome:?}");
            }
        }
    };
    tokio::select! {
        () = tries => {}
        () = well(connection) => panic!("nothing was stored, and all is well"),
    }
    assert!(matches!(connection.state(), State::Unwell { since: now, .. } if now == since), "since when was lost");
    assert_eq!(log.head().await.expect("answered"), tail.position);
}

/// Waits for the end of it, which nobody has to try for.
async fn goes_on(log: &JetStream, connection: &mut Watch, tail: Tail) {
    told(connection, true, GREEN_WITHIN).await;
    let next = log.append(&provider(1), tail, &commit(COMMITS_MAX)).await.expect("stored");
    assert_eq!(next.position, Position(tail.position.0 + 1));
    assert_eq!(log.load(&provider(1)).await.expect("answered").len() as u64, next.position.0);
    assert!(connection.state().is_well());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_at_its_limit_is_told_of_until_that_is_raised() {
    let mut nats = Nats::limited(FEW);
    let log = connected(&nats).await;
    let mut connection = part(log.parts(), "log-connection");
    let (tail, error) = filled(&log).await;
    assert!(is_full(&Err(error)), "what met the limit is told of it");
    stays_full(&log, &mut connection, tail).await;
    nats.raise(MANY);
    goes_on(&log, &mut connection, tail).await;
}

/// Nobody has tried yet, and nobody has to.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_at_its_limit_at_the_start_is_told_of() {
    let mut nats = Nats::limited(FEW);
    let (tail, _) = filled(&connected(&nats).await).await;
    let log = connected(&nats).await;
    let mut connection = part(log.parts(), "log-connection");
    stays_full(&log, &mut connection, tail).await;
    // A server that is started anew with more.
    nats.kill();
    nats.allow(MANY);
    nats.start();
    goes_on(&log, &mut connection, tail).await;
}

/// A limit that somebody gives the NATS stream, in the two ways there are, so that it is full: who meets it and who comes later are told so,
/// whether or not anybody has looked, and nothing of what they try is begun.
#[tokio::test(flavor = "multi_thread")]
async fn a_nats_stream_that_is_given_a_limit_is_told_of_until_that_is_lifted() {
    type Limiting = fn(&mut Config, u64);
    let limits: [(Limiting, &str); 2] = [
        (|config, _| config.max_bytes = FEW.try_into().expect("small"), "max_bytes to -1"),
        (|config, stored| config.max_messages = stored.try_into().expect("small"), "max_msgs to -1"),
    ];
    for (limiting, remedy) in limits {
        let nats = Nats::new();
        let log = connected(&nats).await;
        let mut connection = part(log.parts(), "log-connection");
        let mut tail = log.tail(&provider(1)).await.expect("answered");
        for id in 1..=300 {
            tail = log.append(&provider(1), tail, &commit(id)).await.expect("stored");
        }
        let context = jetstream::new(async_nats::connect(nats.url()).await.expect("connected"));
        let name = context.stream_by_subject("puhui.>").await.expect("there");
        let kept = context.get_stream(&name).await.expect("there").cached_info().config.clone();
        let mut limited = kept.clone();
        limiting(&mut limited, tail.position.0);
        context.update_stream(limited).await.expect("set");
        // At once: a look may have been made or not.
        let began = Instant::now();
        let refused = join_all((100..140_u32).map(|number| {
            let log = log.clone();
            async move { log.append(&provider(number), Tail::default(), &commit(u128::from(number))).await }
        }));
        for outcome in refused.await {
            assert!(is_halted(&outcome, Halt::Limited, "-1"), "{outcome:?}");
        }
        assert!(began.elapsed() < RED_WITHIN, "they waited {:?}", began.elapsed());
        told(&mut connection, false, RED_WITHIN).await;
        let named = async {
            while !matches!(connection.state(), State::Unwell { why, .. } if why.contains(remedy)) {
                assert!(connection.changed().await);
            }
        };
        tokio::time::timeout(RED_WITHIN, named).await.expect("health names the limit and the remedy");
        assert!(is_halted(&log.append(&provider(1), tail, &commit(301)).await, Halt::Limited, remedy));
        assert_eq!(log.head().await.expect("answered"), tail.position);
        context.update_stream(kept).await.expect("set");
        goes_on(&log, &mut connection, tail).await;
    }
}

fn account(bytes: u64) -> String {
    format!(
        "accounts {{ A {{ jetstream {{ max_file: {bytes}, max_mem: 0 }}, users [{{ user: a, password: a }}] }} }}\nno_auth_user: a"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_at_its_limit_is_told_of_until_that_is_raised() {
    let mut nats = Nats::configured(&account(FEW));
    let log = connected(&nats).await;
    let mut connection = part(log.parts(), "log-connection");
    let (tail, error) = filled(&log).await;
    assert!(is_full(&Err(error)), "what met the limit is told of it");
    stays_full(&log, &mut connection, tail).await;
    nats.reconfigure(&account(MANY));
    goes_on(&log, &mut connection, tail).await;
}

/// Where no monitoring says that there is room, one command now and then finds out.
#[tokio::test(flavor = "multi_thread")]
async fn without_monitoring_a_command_finds_out_that_there_is_room() {
    let mut nats = Nats::limited(FEW);
    let config = JetStreamConfig {
        monitors: vec!["http://127.0.0.1:1".to_owned()],
        accept_loss_on_power_cut: true,
        ..nats.config()
    };
    let log = JetStream::connect(&config).await.expect("connected");
    let mut connection = part(log.parts(), "log-connection");
    let (tail, error) = filled(&log).await;
    assert!(is_full(&Err(error)), "what met the limit is told of it");
    stays_full(&log, &mut connection, tail).await;
    nats.raise(MANY);
    let stored = tokio::time::timeout(GREEN_WITHIN, async {
        loop {
            match log.append(&provider(1), tail, &commit(COMMITS_MAX)).await {
                Ok(stored) => return stored,
                outcome => assert!(is_full(&outcome), "{outcome:?}"),
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(stored.await.expect("tried again").position, Position(tail.position.0 + 1));
    told(&mut connection, true, GREEN_WITHIN).await;
}

/// A filler that goes makes room like a limit that is raised.
#[tokio::test(flavor = "multi_thread")]
async fn room_that_others_make_is_seen() {
    let nats = Nats::limited(2 * FEW);
    let log = connected(&nats).await;
    let mut connection = part(log.parts(), "log-connection");
    let context = async_nats::jetstream::new(async_nats::connect(nats.url()).await.expect("connected"));
    let filler = async_nats::jetstream::stream::Config { name: "FILLER".to_owned(), ..Default::default() };
    context.create_stream(filler).await.expect("made");
    context.publish("FILLER", vec![7_u8; 100 * 1024].into()).await.expect("sent").await.expect("stored");
    let (tail, error) = filled(&log).await;
    assert!(is_full(&Err(error)), "what met the limit is told of it");
    stays_full(&log, &mut connection, tail).await;
    context.delete_stream("FILLER").await.expect("deleted");
    goes_on(&log, &mut connection, tail).await;
}
