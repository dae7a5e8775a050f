//! Readers wait for nobody, and nobody waits for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::ReadError;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_snapshot_that_is_held_for_ever_holds_up_nobody() {
    const GROUPS: u64 = 1000;
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 7).await;
    let running = Running::start::<1>(folder.path(), log.clone());
    running.at(7).await;
    let (over, looks) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let pinned = running.reader.rows();
    let held = pinned.snapshot();
    let looking = {
        let (reader, over, looks) = (running.reader.clone(), Arc::clone(&over), Arc::clone(&looks));
        std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                let rows = reader.rows();
                let snapshot = rows.snapshot();
                let sum = snapshot.get::<u64>(b"sum").unwrap().unwrap();
                let counted: u64 = snapshot
                    .scan(b"Z", None)
                    .map(|row| row.unwrap().decode::<u64>().unwrap())
                    .map(|count| count * (count + 1) / 2)
                    .sum();
                assert_eq!(sum, counted, "at {}", snapshot.position().0);
                looks.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    for n in 8..8 + GROUPS {
        fill(&log, 1).await;
        // Each waits at most LONGEST for its own group: an applier that waits for the reader never comes there.
        running.at(n).await;
        assert_eq!(running.reader.rows().snapshot().position(), Position(n));
    }
    over.store(true, Ordering::Relaxed);
    tokio::task::spawn_blocking(|| looking.join().unwrap()).await.unwrap();
    assert!(looks.load(Ordering::Relaxed) > 0);
    assert_eq!(held.position(), Position(7));
    // Written meanwhile or not, it says what was so then, or that it has moved on.
    match held.get::<u64>(b"sum") {
        Ok(sum) => assert_eq!(sum, Some(7)),
        Err(error) => assert!(matches!(error, ReadError::Overtaken), "{error}"),
    }
    running.stop().await;
}

/// Lent or given, from the start or behind any key: the same rows, written, in memory and in part of each.
#[tokio::test]
async fn what_is_lent_is_what_is_given() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 40).await;
    let running = Running::start::<1>(folder.path(), log.clone());
    running.at(40).await;
    let mut seen = Vec::new();
    for (end, written) in [(40, false), (40, true), (60, false)] {
        fill(&log, end - running.reader.cursor().0).await;
        running.at(end).await;
        if written {
            running.reader.written().await;
        }
        let rows = running.reader.rows();
        let snapshot = rows.snapshot();
        let all: Vec<_> = snapshot.scan(&[], None).map(|row| row.unwrap()).collect();
        assert!(all.is_sorted_by(|one, other| one.key() < other.key()));
        for from in std::iter::once(None).chain(all.iter().map(|row| Some(row.key()))) {
            let behind = all.iter().filter(|row| from.is_none_or(|from| row.key() > from));
            let (mut scan, mut mixed) = (snapshot.scan(&[], from), snapshot.scan(&[], from));
            for (n, row) in behind.enumerate() {
                assert_eq!(scan.lend().unwrap(), Some((row.key(), row.value())));
                // Turn by turn from one scan.
                if n % 2 == 0 {
                    let given = mixed.next().unwrap().unwrap();
                    assert_eq!((given.key(), given.value()), (row.key(), row.value()));
                } else {
                    assert_eq!(mixed.lend().unwrap(), Some((row.key(), row.value())));
                }
            }
            assert!(scan.lend().unwrap().is_none() && scan.next().is_none() && mixed.next().is_none());
        }
        seen.push(all.len());
    }
    assert!(seen.iter().all(|rows| *rows > 5), "{seen:?}");
    running.stop().await;
}
