//! Three copies of the log: a leader killed, a minority cut off, a majority cut off. Nothing acknowledged is lost.

use std::collections::BTreeMap;

use crate::log_stream;
use crate::support::cluster::Cluster;
use async_nats::jetstream;
use domain::{Position, Revision};
use event_log::conformance::{commit, provider};
use event_log::{AppendError, EventLog, JetStream, JetStreamConfig, LogError, Tail};
use futures_util::StreamExt;
use futures_util::future::join_all;

/// Times a cluster is asked for its leader; each waits some seconds for the answer.
const LEADER_ASKED_MAX: u32 = 10;

async fn leader(config: &JetStreamConfig) -> String {
    let servers: Vec<&str> = config.url.split(',').collect();
    let context = jetstream::new(async_nats::connect(servers).await.expect("connected"));
    for _ in 0..LEADER_ASKED_MAX {
        // While the servers choose one, nobody answers, or nobody is named.
        if let Some(stream) = log_stream(&context).await
            && let Some(leader) = stream.cached_info().cluster.clone().and_then(|cluster| cluster.leader)
        {
            return leader;
        }
    }
    panic!("no leader after {LEADER_ASKED_MAX} questions");
}

/// First commits of 40 providers, sent at one moment; those acknowledged are added.
async fn write(log: &JetStream, round: u32, acknowledged: &mut BTreeMap<u64, u32>) -> usize {
    let sent = (0..40).map(|index| async move {
        let number = round * 100 + index;
        (number, log.append(&provider(number), Tail::default(), &commit(u128::from(number) + 1)).await)
    });
    let mut stored = 0;
    for (number, answer) in join_all(sent).await {
        match answer {
            Ok(tail) => {
                assert_eq!(acknowledged.insert(tail.position.0, number), None, "two commits at one position");
                stored += 1;
            }
            Err(AppendError::OutcomeUnknown(_) | AppendError::Unavailable(_) | AppendError::NotStoring { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    stored
}

#[tokio::test(flavor = "multi_thread")]
async fn three_copies_lose_nothing_when_servers_come_and_go() {
    let mut cluster = Cluster::new();
    let config = cluster.config();
    let log = cluster.connected().await;
    let mut acknowledged = BTreeMap::new();
    assert_eq!(write(&log, 0, &mut acknowledged).await, 40);
    // The leader is killed under load: writes fail or go on, and go on for certain once there is another.
    let first = leader(&config).await;
    let mut round = 1;
    let ((), _) = {
        let killed = async { cluster.kill(&first) };
        tokio::join!(killed, write(&log, round, &mut acknowledged))
    };
    until_written(&log, &mut round, &mut acknowledged).await;
    cluster.start(&first);
    // One of three cut off: the others go on.
    let names = cluster.names_from(&leader(&config).await);
    cluster.signal(&names[2], "STOP");
    until_written(&log, &mut round, &mut acknowledged).await;
    cluster.signal(&names[2], "CONT");
    // Two of three cut off: nothing can be acknowledged.
    cluster.signal(&names[1], "STOP");
    cluster.signal(&names[2], "STOP");
    round += 1;
    assert_eq!(write(&log, round, &mut acknowledged).await, 0, "acknowledged by a minority");
    cluster.signal(&names[1], "CONT");
    cluster.signal(&names[2], "CONT");
    until_written(&log, &mut round, &mut acknowledged).await;

    let again = cluster.connected().await;
    let head = again.head().await.unwrap();
    let mut follow = Box::pin(again.follow(Position(0)));
    let mut found: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    let began = std::time::Instant::now();
    while found.len() < usize::try_from(head.0).unwrap() {
        match follow.next().await {
            Some(Ok(recorded)) => {
                found.insert(recorded.position().0, recorded.mark().to_vec());
            }
            // The copy that was asked is still behind the others.
            Some(Err(LogError::Unavailable(_))) if began.elapsed().as_secs() < 60 => {
                follow = Box::pin(again.follow(Position(found.len() as u64)));
            }
            other => panic!("{other:?}"),
        }
    }
    for (position, number) in &acknowledged {
        let id = commit(u128::from(*number) + 1).id;
        assert_eq!(found.get(position).map(Vec::as_slice), Some(&id.as_bytes()[..]), "lost: provider {number}");
    }
    let mut ids: Vec<_> = found.values().collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), found.len(), "doubled");
}

/// A leader that was cut off and comes back may refuse what the one chosen since stores: to it, the tails of now are unheard of.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_by_a_leader_that_may_be_behind_proves_nothing() {
    let cluster = Cluster::new();
    let log = cluster.connected().await;
    let unheard = Tail { revision: Revision(1), position: Position(7) };
    let outcome = log.append(&provider(1), unheard, &commit(1)).await;
    assert!(matches!(outcome, Err(AppendError::OutcomeUnknown(_))), "{outcome:?}");
    // Where another's commit stands in the place, it is a conflict whoever says so.
    log.append(&provider(2), Tail::default(), &commit(2)).await.unwrap();
    let outcome = log.append(&provider(2), Tail::default(), &commit(3)).await;
    assert!(matches!(outcome, Err(AppendError::Conflict)), "{outcome:?}");
}

/// Writes until a whole round is acknowledged.
async fn until_written(log: &JetStream, round: &mut u32, acknowledged: &mut BTreeMap<u64, u32>) {
    let began = std::time::Instant::now();
    while began.elapsed().as_secs() < 60 {
        *round += 1;
        if write(log, *round, acknowledged).await == 40 {
            return;
        }
        // Until there is a leader, nobody answers: asked for the head, the log waits for one as long as for any answer.
        let _ = log.head().await;
    }
    panic!("no progress in a minute");
}
