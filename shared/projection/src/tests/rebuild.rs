//! Generations that are built beside the one that serves.

use std::path::Path;

use super::*;

async fn generation(reader: &Reader, wanted: u32) {
    let mut progress = reader.progress();
    let reached = async {
        while reader.generation() != wanted {
            progress.changed().await.unwrap();
        }
    };
    tokio::time::timeout(LONGEST, reached).await.expect("in time");
}

/// Rows that serve no more are closed by a thread of their own, unless the last reader was later.
async fn gone(folder: &Path) {
    let going = async {
        while folder.exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONGEST, going).await.expect("in time");
}

#[tokio::test]
async fn rows_built_anew_take_over_and_none_is_lost_to_a_reader() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 3 * GROUP_COMMITS_MAX as u64).await;
    let running = Running::start::<1>(folder.path(), log.clone());
    running.at(log.head().await.unwrap().0).await;
    let (first, second) = (folder.path().join("counts-v1"), folder.path().join("counts-v1-1"));
    let held = running.reader.rows();
    let before = held.snapshot().digest();
    assert!(running.reader.rebuild().unwrap(), "it begins");
    assert!(!running.reader.rebuild().unwrap(), "it is under way");
    // Commits go on, and every one of them is seen by who asks for its position.
    let mut progress = running.reader.progress();
    while running.reader.generation() == 0 {
        fill(&log, 1).await;
        let end = log.head().await.unwrap();
        running.reader.wait_for(end, LONGEST).await.unwrap();
        assert_eq!(running.reader.rows().snapshot().position(), end);
        assert!(progress.borrow_and_update().cursor >= end, "readers are told on");
    }
    assert_eq!(running.reader.building(), (None, None));
    fill(&log, 5).await;
    running.at(log.head().await.unwrap().0).await;
    let what_is_held = held.snapshot();
    assert_eq!(what_is_held.recount().unwrap(), what_is_held.digest(), "it can be read on");
    assert_ne!(what_is_held.digest(), before, "it was kept current until the others took over");
    drop(what_is_held);
    let rows = running.reader.rows();
    assert_eq!(rows.snapshot().digest(), rows.snapshot().recount().unwrap());
    drop(rows);
    assert!(first.is_dir(), "somebody reads from it");
    drop(held);
    gone(&first).await;
    assert!(second.is_dir());
    let dump = running.stop().await;
    let again = Running::start::<1>(folder.path(), log.clone());
    assert_eq!(again.reader.rows().snapshot().dump().unwrap(), dump, "it serves after a restart as well");
    assert_eq!(again.reader.generation(), 1);
    again.stop().await;
    let anew = tempfile::tempdir().unwrap();
    let anew = Running::start::<1>(anew.path(), log.clone());
    anew.at(log.head().await.unwrap().0).await;
    assert_eq!(anew.stop().await, dump);
}

#[tokio::test]
async fn a_building_is_paused_and_resumed_across_restarts() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 20).await;
    let (reader, applier) = Reader::open(folder.path(), Counts::<1>).unwrap();
    assert!(!reader.pause(true).unwrap(), "nothing is built");
    assert!(reader.rebuild().unwrap());
    assert!(reader.pause(true).unwrap());
    let running = Running::run(reader, applier, log.clone());
    running.at(20).await;
    for _ in 0..2 {
        assert_eq!(
            running.reader.building().0,
            Some(Building { cursor: None, head: None, paused: true, held_up: None })
        );
    }
    running.stop().await;
    let running = Running::start::<1>(folder.path(), log.clone());
    running.at(20).await;
    running.health(|health| *health == Health::Live).await;
    assert_eq!(
        running.reader.building().0,
        Some(Building { cursor: None, head: None, paused: true, held_up: None }),
        "a restart changes nothing"
    );
    assert_eq!(running.reader.generation(), 0);
    assert!(running.reader.pause(false).unwrap());
    generation(&running.reader, 1).await;
    running.stop().await;
}

#[tokio::test]
async fn a_building_goes_on_where_it_was_when_the_process_ended() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 30).await;
    let first = Running::start::<1>(folder.path(), log.clone());
    first.at(30).await;
    first.stop().await;
    // A generation that had come to 12, as a process leaves it that was stopped.
    let beside = tempfile::tempdir().unwrap();
    let all = recorded(&log).await;
    let ends = |head| tokio::sync::watch::channel(head).1;
    let some = Script::of(log.id(), ends(12), [all[..12].iter().cloned().map(Ok).collect()]);
    let other = Running::start::<1>(beside.path(), some);
    other.at(12).await;
    other.stop().await;
    std::fs::rename(beside.path().join("counts-v1"), folder.path().join("counts-v1-1")).unwrap();
    // The rows that serve need nothing but the last commit; the others are given what follows on theirs, and no more.
    let rest = |from: usize| -> Vec<Result<Followed, LogError>> { all[from..].iter().cloned().map(Ok).collect() };
    let log = Script::of(log.id(), ends(30), [rest(29), rest(11), rest(29)]);
    let running = Running::start::<1>(folder.path(), log);
    generation(&running.reader, 1).await;
    running.at(30).await;
    running.stop().await;
}
