//! Time does not fall along the log, whatever the writers' clocks say.

use std::collections::HashMap;

use domain::{Instant, Position, StreamId};
use futures_util::StreamExt;
use futures_util::future::join_all;

use super::samples::{commit, provider};
use crate::contract::EventLog;
use crate::recorded::{Recorded, Tail};

/// Streams that are written at one moment.
const STREAMS: u32 = 16;
/// Commits of each.
const COMMITS: u32 = 8;
/// How far apart two clocks are, in milliseconds.
const APART_MS: u64 = 7_000;

async fn followed(log: &impl EventLog, after: u64) -> Vec<Recorded> {
    let head = log.head().await.expect("answered").0;
    let count = usize::try_from(head - after).expect("few");
    log.follow(Position(after))
        .take(count)
        .map(|next| next.expect("followed").into_commit().expect("a commit"))
        .collect()
        .await
}

fn rises(commits: &[Recorded]) -> bool {
    commits.is_sorted_by_key(|recorded| recorded.commit.recorded_at)
}

/// One process whose clock goes back between one commit and the next.
pub(super) async fn a_clock_that_goes_back_is_not_written_down(log: impl EventLog) {
    assert_eq!(log.look().await.expect("answered"), Instant(0), "an empty log has no time");
    let mut tail = Tail::default();
    for (id, at, stored) in [(1, 50_000, 50_000), (2, 20_000, 50_000), (3, 60_000, 60_000), (4, 59_999, 60_000)] {
        let stamped = domain::Commit { recorded_at: Instant(at), ..commit(id) };
        tail = log.append(&provider(1), tail, &stamped).await.expect("stored");
        let other = domain::Commit { recorded_at: Instant(at), ..commit(id + 100) };
        log.append(&provider(10 + u32::try_from(id).expect("few")), Tail::default(), &other).await.expect("stored");
        let loaded = log.load(&provider(1)).await.expect("loaded");
        assert_eq!(loaded.last().map(|last| last.commit.recorded_at), Some(Instant(stored)));
        assert_eq!((log.newest(), log.look().await.expect("answered")), (Instant(stored), Instant(stored)));
    }
    assert!(rises(&followed(&log, 0).await));
}

/// Two processes whose clocks are apart write at one moment.
///
/// # Panics
///
/// When a reader meets a time before one that stands before it.
pub async fn of_two_clocks_no_reader_sees_time_fall<L: EventLog>(logs: [&L; 2]) {
    let writers = logs.into_iter().zip([APART_MS, 0]).enumerate().flat_map(|(side, (log, ahead))| {
        (0..STREAMS).map(move |number| async move {
            let stream = provider(1 + number + STREAMS * u32::try_from(side).expect("two"));
            let mut tail = Tail::default();
            for revision in 0..COMMITS {
                let id = u128::from(number * COMMITS + revision) * 2 + side as u128 + 1;
                let recorded_at = Instant(1_000_000 + u64::from(revision) + ahead);
                let stamped = domain::Commit { recorded_at, ..commit(id) };
                tail = log.append(&stream, tail, &stamped).await.expect("stored");
            }
        })
    });
    join_all(writers).await;
    let [one, other] = logs;
    let all = followed(one, 0).await;
    assert_eq!(all.len(), usize::try_from(STREAMS * COMMITS * 2).expect("few"));
    assert!(rises(&all), "the log's time falls");
    for after in [1, 17, 100, 255] {
        let rest = followed(other, after).await;
        assert_eq!(rest[..], all[usize::try_from(after).expect("few")..], "another time from another place");
    }
    let mut streams: HashMap<&StreamId, Vec<&Recorded>> = HashMap::new();
    for recorded in &all {
        streams.entry(&recorded.stream).or_default().push(recorded);
    }
    for (stream, told) in streams {
        let loaded = other.load(stream).await.expect("loaded");
        assert!(rises(&loaded), "time falls within {stream:?}");
        let as_told =
            loaded.iter().zip(told).all(|(stored, told)| stored.commit.recorded_at <= told.commit.recorded_at);
        assert!(as_told, "a reader is told an earlier time than is stored");
    }
}
