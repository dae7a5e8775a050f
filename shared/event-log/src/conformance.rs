//! One suite for every body of the log: what the contract promises, asked of a real instance.
//!
//! `run` takes a way to make an empty log and asks every promise of a fresh one. A body passes or panics with the promise it broke.

mod double;
mod opened;
mod samples;
mod times;

use std::collections::BTreeMap;
use std::future::Future;

use domain::{Position, Revision, StreamId};
use futures_util::FutureExt;
use futures_util::future::join_all;

use samples::{append, commit_with, take};

pub use double::{Double, Doubled};
pub use samples::{commit, provider};
pub use times::of_two_clocks_no_reader_sees_time_fall;

use crate::contract::{EventLog, Inspect};
use crate::error::{AppendError, COMMIT_BYTES_MAX, LogError};
use crate::reached::{Known, Reached, Shortfall};
use crate::recorded::{Loaded, Tail};

/// Times that what depends on the moment is tried.
const ROUNDS: u32 = 32;

/// Asks every promise, each of a log of its own.
///
/// # Panics
///
/// Where a promise is broken.
pub async fn run<L, F>(mut empty: impl FnMut() -> F)
where
    L: Inspect + Clone,
    F: Future<Output = L>,
{
    an_empty_log_is_empty(empty().await).await;
    what_is_appended_is_loaded(empty().await).await;
    how_far_it_reaches_is_known_by_its_last_commit(empty().await).await;
    a_stale_tail_is_a_conflict_and_stores_nothing(empty().await).await;
    the_same_commit_is_stored_once(empty().await).await;
    times::a_clock_that_goes_back_is_not_written_down(empty().await).await;
    of_one_id_with_two_contents_one_is_stored(empty().await).await;
    what_was_given_up_is_not_taken_for_another_content(empty().await).await;
    of_racing_writers_one_wins_each_revision(empty().await).await;
    streams_do_not_mix(empty().await).await;
    followers_see_every_commit_once_in_order(empty().await).await;
    a_commit_too_large_is_refused(empty().await).await;
    opened::of_several_that_open_it_at_once_one_does(empty().await).await;
    opened::one_that_begins_otherwise_is_refused_by_name(empty().await).await;
    opened::one_that_says_that_it_is_another_is_refused_by_name(empty().await).await;
}

async fn an_empty_log_is_empty(log: impl EventLog) {
    assert_eq!(log.head().await.expect("head"), Position(0));
    assert_eq!(log.load(&provider(1)).await.expect("loaded"), Loaded::default());
    assert_eq!(log.tail(&provider(1)).await.expect("tail"), Tail::default());
}

async fn what_is_appended_is_loaded(log: impl EventLog) {
    let stream = provider(1);
    let mut tail = Tail::default();
    for number in 1..=5_u64 {
        let next = append(&log, &stream, tail, u128::from(number)).await;
        assert_eq!(next, Tail { revision: Revision(number), position: Position(number) });
        tail = next;
    }
    let loaded = log.load(&stream).await.expect("loaded");
    for (recorded, number) in loaded.iter().zip(1_u64..) {
        assert_eq!((recorded.position, recorded.revision), (Position(number), Revision(number)));
        assert_eq!((&recorded.stream, &recorded.commit), (&stream, &commit(u128::from(number))));
    }
    assert_eq!(loaded.len(), 5);
    assert_eq!(log.tail(&stream).await.expect("tail"), tail);
    assert_eq!(log.head().await.expect("head"), Position(5));
}

async fn how_far_it_reaches_is_known_by_its_last_commit(log: impl Inspect) {
    let mut known = vec![Reached::nothing(log.id())];
    assert_eq!(log.reached().await.expect("told"), known[0]);
    let mut tail = Tail::default();
    for id in 1..=3 {
        tail = append(&log, &provider(1), tail, id).await;
        known.push(log.reached().await.expect("told"));
    }
    for (known, position) in known.iter().zip(0..) {
        assert_eq!((known.log, known.position), (log.id(), Position(position)));
        log.holds(known).await.expect("it holds what it held");
    }
    let last = known[3];
    for (known, falls_short) in [
        (Reached { position: Position(4), ..last }, Known::Beyond(Position(4))),
        (Reached { position: Position(2), ..last }, Known::Other(Position(2))),
    ] {
        match log.holds(&known).await {
            Err(LogError::Shorter(found)) => {
                assert_eq!(found, Shortfall { last: Position(3), known: falls_short });
            }
            other => panic!("{other:?}"),
        }
    }
}

async fn a_stale_tail_is_a_conflict_and_stores_nothing(log: impl EventLog) {
    let stream = provider(1);
    let first = append(&log, &stream, Tail::default(), 1).await;
    append(&log, &stream, first, 2).await;
    for stale in [Tail::default(), first] {
        let answer = log.append(&stream, stale, &commit(3)).await;
        assert!(matches!(answer, Err(AppendError::Conflict)), "{answer:?}");
    }
    assert_eq!(log.load(&stream).await.expect("loaded").len(), 2);
    assert_eq!(log.head().await.expect("head"), Position(2));
}

async fn the_same_commit_is_stored_once(log: impl EventLog) {
    let stream = provider(1);
    let first = append(&log, &stream, Tail::default(), 1).await;
    match log.append(&stream, Tail::default(), &commit(1)).await {
        // A body may know the commit again, or only see that the stream has moved on.
        Ok(tail) => assert_eq!(tail, first),
        Err(error) => assert!(matches!(error, AppendError::Conflict), "{error}"),
    }
    assert_eq!(log.load(&stream).await.expect("loaded").len(), 1);
}

/// Two commits of one id that differ, at one moment: each answer is of its own commit, whichever is stored.
async fn of_one_id_with_two_contents_one_is_stored(log: impl EventLog) {
    for number in 0..ROUNDS {
        let (stream, id) = (provider(number), u128::from(number) + 1);
        let contents = [commit_with(id, "搬迁"), commit_with(id, "停业")];
        let [one, other] = &contents;
        let sent = (log.append(&stream, Tail::default(), one), log.append(&stream, Tail::default(), other));
        let answers = futures_util::future::join(sent.0, sent.1).await;
        let loaded = log.load(&stream).await.expect("loaded");
        assert_eq!(loaded.len(), 1);
        for (content, answer) in contents.iter().zip([answers.0, answers.1]) {
            match answer {
                Ok(tail) => {
                    assert_eq!((content, tail), (&loaded[0].commit, loaded[0].tail()), "answered and not stored");
                }
                Err(error) => {
                    assert!(matches!(error, AppendError::Conflict), "{error}");
                    assert_ne!(content, &loaded[0].commit, "stored and answered as not");
                }
            }
        }
    }
}

/// A commit whose writer no longer waits for it may be stored later. Its id sent again with another content is another commit.
async fn what_was_given_up_is_not_taken_for_another_content(log: impl EventLog) {
    for number in 0..ROUNDS {
        let (stream, id) = (provider(number), u128::from(number) + 1);
        let (first, second) = (commit_with(id, "搬迁"), commit_with(id, "停业"));
        // Begun and dropped: some bodies have it in hand by then and store it, for others it was never there.
        let _ = log.append(&stream, Tail::default(), &first).now_or_never();
        let answer = log.append(&stream, Tail::default(), &second).await;
        let loaded = log.load(&stream).await.expect("loaded");
        assert_eq!(loaded.len(), 1);
        match answer {
            Ok(_) => assert_eq!(loaded[0].commit, second, "answered and not stored"),
            Err(AppendError::Conflict) => assert_eq!(loaded[0].commit, first),
            Err(error) => panic!("{error}"),
        }
    }
}

async fn of_racing_writers_one_wins_each_revision(log: impl EventLog + Clone) {
    const WRITERS: u32 = 64;
    let stream = provider(1);
    let writers = (0..WRITERS).map(|writer| {
        let (log, stream) = (log.clone(), stream.clone());
        async move {
            loop {
                let tail = log.tail(&stream).await.expect("tail");
                match log.append(&stream, tail, &commit(u128::from(writer) + 1)).await {
                    Ok(tail) => return tail.revision.0,
                    Err(AppendError::Conflict) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    });
    let mut won = join_all(writers).await;
    won.sort_unstable();
    assert_eq!(won, (1..=u64::from(WRITERS)).collect::<Vec<_>>());
    let loaded = log.load(&stream).await.expect("loaded");
    let revisions: Vec<u64> = loaded.iter().map(|recorded| recorded.revision.0).collect();
    assert_eq!(revisions, won);
}

async fn streams_do_not_mix(log: impl EventLog) {
    let StreamId::Provider(id) = provider(1) else { unreachable!("a provider") };
    let operator = StreamId::Operator(id.operator().clone());
    append(&log, &provider(1), Tail::default(), 1).await;
    append(&log, &operator, Tail::default(), 2).await;
    append(&log, &provider(2), Tail::default(), 1).await;
    for (stream, position) in [(provider(1), 1), (operator, 2), (provider(2), 3)] {
        let loaded = log.load(&stream).await.expect("loaded");
        assert_eq!(loaded.len(), 1, "{stream:?}");
        assert_eq!((&loaded[0].stream, loaded[0].position), (&stream, Position(position)));
    }
}

async fn followers_see_every_commit_once_in_order(log: impl EventLog + Clone) {
    const STREAMS: u32 = 20;
    const EACH: u64 = 10;
    let total = usize::try_from(u64::from(STREAMS) * EACH).expect("small");
    // One follower is there before the first commit, one comes in the middle of the log afterwards.
    let live = tokio::spawn(take(log.follow(Position(0)), total));
    let writers = (0..STREAMS).map(|number| {
        let log = log.clone();
        async move {
            let mut tail = Tail::default();
            for count in 0..EACH {
                tail = append(&log, &provider(number), tail, u128::from(count) + 1).await;
            }
        }
    });
    join_all(writers).await;
    let seen = live.await.expect("the follower");
    let mut revisions: BTreeMap<StreamId, u64> = BTreeMap::new();
    for (recorded, position) in seen.iter().zip(1..) {
        assert_eq!(recorded.position, Position(position));
        let revision = revisions.entry(recorded.stream.clone()).or_default();
        *revision += 1;
        assert_eq!(recorded.revision, Revision(*revision));
    }
    assert!(revisions.values().all(|count| *count == EACH) && revisions.len() == 20);
    let middle = total / 2;
    let late = take(log.follow(seen[middle].position), total - middle - 1).await;
    assert_eq!(late, seen[middle + 1..]);
}

async fn a_commit_too_large_is_refused(log: impl EventLog) {
    let mut commit = commit_with(1, &"大".repeat(512));
    let event = commit.events[0].clone();
    while commit.events.len() * 1536 <= COMMIT_BYTES_MAX {
        commit.events.push(event.clone());
    }
    let answer = log.append(&provider(1), Tail::default(), &commit).await;
    assert!(matches!(answer, Err(AppendError::TooLarge { .. })), "{answer:?}");
    assert_eq!(log.head().await.expect("head"), Position(0));
}
