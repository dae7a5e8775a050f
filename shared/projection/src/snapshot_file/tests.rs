//! Snapshots come back as they were, or not at all.

use std::time::Duration;

use event_log::{EventLog, Memory, Recorded};

use super::*;
use crate::tests::{Counts, Running, fill};
use crate::{ApplyError, Health, Rows};

#[tokio::test]
async fn a_snapshot_carries_rows_that_are_checked_against_the_log() {
    let (log, folder, other) = (Memory::new(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fill(&log, 500).await;
    let running = Running::start::<1>(folder.path(), log.clone());
    running.at(500).await;
    let file = folder.path().join("rows.puhui");
    assert!(matches!(export(folder.path(), Counts::<1>, &file), Err(CarryError::Open(OpenError::InUse(_)))));
    let dump = running.stop().await;
    let carried = export(folder.path(), Counts::<1>, &file).unwrap();
    assert_eq!((carried.position, carried.rows), (500, 8));
    assert!(matches!(export(folder.path(), Counts::<1>, &file), Err(CarryError::File(_))), "it is there already");
    assert_eq!(import(other.path(), Counts::<1>, &file).unwrap(), carried);
    assert!(matches!(import(other.path(), Counts::<1>, &file), Err(CarryError::Occupied(500))));
    assert!(matches!(import(folder.path(), Counts::<2>, &file), Err(CarryError::Other { version: 1, .. })));
    fill(&log, 10).await;
    let replica = Running::start::<1>(other.path(), log.clone());
    assert_eq!(replica.reader.cursor().0, 500, "it begins where the snapshot ended");
    assert_eq!(replica.reader.rows().snapshot().dump().unwrap(), dump);
    replica.at(510).await;
    // It answers at once, and says what of; rows made from the log take its place.
    let mut progress = replica.reader.progress();
    let confirmed = progress.wait_for(|now| !now.unconfirmed && now.health == Health::Live);
    tokio::time::timeout(Duration::from_mins(2), confirmed).await.expect("in time").unwrap();
    assert_eq!((replica.reader.generation(), replica.reader.rows().dropped_because()), (1, None));
    replica.stop().await;
    // Of another log it is nothing but a beginning to be dropped.
    let (another, third) = (Memory::new(), tempfile::tempdir().unwrap());
    import(third.path(), Counts::<1>, &file).unwrap();
    fill(&another, 3).await;
    let running = Running::start::<1>(third.path(), another.clone());
    running.health(|health| *health == Health::Live).await;
    running.at(3).await;
    assert_eq!(running.reader.cursor(), another.head().await.unwrap());
    running.stop().await;
}

#[tokio::test]
async fn a_snapshot_that_was_cut_or_changed_leaves_nothing() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 9).await;
    let running = Running::start::<1>(folder.path(), log.clone());
    running.at(9).await;
    running.stop().await;
    let file = folder.path().join("rows.puhui");
    export(folder.path(), Counts::<1>, &file).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let target = tempfile::tempdir().unwrap();
    let mut wrong: Vec<Vec<u8>> = (0..whole.len()).step_by(7).map(|length| whole[..length].to_vec()).collect();
    wrong.extend((0..whole.len()).step_by(5).map(|at| {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        changed
    }));
    for bytes in wrong {
        std::fs::write(&file, &bytes).unwrap();
        import(target.path(), Counts::<1>, &file).unwrap_err();
        let (reader, _) = crate::Reader::open(target.path(), Counts::<1>).unwrap();
        assert_eq!((reader.cursor().0, reader.rows().snapshot().scan(&[], None).count()), (0, 0));
    }
    std::fs::write(&file, &whole).unwrap();
    import(target.path(), Counts::<1>, &file).unwrap();
}

/// Makes other rows of the same log.
#[derive(Clone)]
struct Liar;

impl Projection for Liar {
    const NAME: &'static str = Counts::<1>::NAME;
    const VERSION: u32 = 1;

    fn apply(&self, rows: &mut Rows<'_>, recorded: &Recorded) -> Result<(), ApplyError> {
        rows.put(b"lie", &true)?;
        Counts::<1>.apply(rows, recorded)
    }
}

#[tokio::test]
async fn a_snapshot_whose_rows_the_log_does_not_give_is_found_out() {
    let (log, folder, other) = (Memory::new(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fill(&log, 50).await;
    let (reader, applier) = crate::Reader::open(folder.path(), Liar).unwrap();
    let running = Running::run(reader, applier, log.clone());
    running.at(50).await;
    running.stop().await;
    let file = folder.path().join("rows.puhui");
    export(folder.path(), Liar, &file).unwrap();
    import(other.path(), Counts::<1>, &file).unwrap();
    fill(&log, 5).await;
    let replica = Running::start::<1>(other.path(), log.clone());
    assert!(replica.reader.progress().borrow().unconfirmed);
    let mut progress = replica.reader.progress();
    let confirmed = progress.wait_for(|now| !now.unconfirmed && now.health == Health::Live);
    tokio::time::timeout(Duration::from_mins(2), confirmed).await.expect("in time").unwrap();
    let rows = replica.reader.rows();
    assert_eq!(rows.snapshot().get::<bool>(b"lie").unwrap(), None);
    let because = rows.dropped_because().unwrap_or_default();
    assert!(because.contains("were not those of the log: at position 50 they give"), "{because}");
    drop(rows);
    replica.stop().await;
}
