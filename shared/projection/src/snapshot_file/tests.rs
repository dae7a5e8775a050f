//! Snapshots come back as they were, or not at all.

use crate::projection::Streams;
use std::time::Duration;

use event_log::{EventLog, Memory, Recorded};
use futures_util::StreamExt;

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
    assert!(matches!(
        export(folder.path(), Counts::<1>, &file, &Ending::default()),
        Err(CarryError::Open(OpenError::InUse(_)))
    ));
    let dump = running.stop().await;
    let carried = export(folder.path(), Counts::<1>, &file, &Ending::default()).unwrap();
    assert_eq!((carried.position, carried.rows), (500, 8));
    assert!(
        matches!(export(folder.path(), Counts::<1>, &file, &Ending::default()), Err(CarryError::File(_))),
        "it is there already"
    );
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
    export(folder.path(), Counts::<1>, &file, &Ending::default()).unwrap();
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
        // Nothing is made for what is refused, also not the folders above.
        let deep = target.path().join("data/directory");
        import(&deep, Counts::<1>, &file).unwrap_err();
        assert_eq!(
            std::fs::read_dir(target.path())
                .unwrap()
                .filter(|entry| entry.as_ref().unwrap().file_name() == "data")
                .count(),
            0
        );
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

    fn apply(&self, rows: &mut Rows<'_>, recorded: &Recorded, streams: &Streams) -> Result<(), ApplyError> {
        rows.put(b"lie", &true)?;
        Counts::<1>.apply(rows, recorded, streams)
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
    export(folder.path(), Liar, &file, &Ending::default()).unwrap();
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

#[tokio::test]
async fn a_snapshot_that_was_being_written_at_a_sudden_end_is_begun_anew() {
    let (log, folder, to) = (Memory::new(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fill(&log, 9).await;
    let running = Running::start::<1>(folder.path(), log.clone());
    running.at(9).await;
    running.stop().await;
    let (file, part) = (to.path().join("rows.puhui"), to.path().join(".rows.puhui.part"));
    std::fs::write(&part, vec![7; 100_000]).unwrap();
    // While another writes it, it is left alone.
    let other = File::options().write(true).open(&part).unwrap();
    other.try_lock().unwrap();
    assert!(matches!(export(folder.path(), Counts::<1>, &file, &Ending::default()), Err(CarryError::File(_))));
    assert_eq!(std::fs::metadata(&part).unwrap().len(), 100_000);
    drop(other);
    let carried = export(folder.path(), Counts::<1>, &file, &Ending::default()).unwrap();
    assert!(!part.exists());
    let other = tempfile::tempdir().unwrap();
    assert_eq!(import(other.path(), Counts::<1>, &file).unwrap(), carried);
}

#[tokio::test]
async fn what_a_snapshot_brought_is_compared_also_where_the_building_was_halted_behind_it() {
    let (log, folder, other) = (Memory::new(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fill(&log, 50).await;
    let (reader, applier) = crate::Reader::open(folder.path(), Liar).unwrap();
    let running = Running::run(reader, applier, log.clone());
    running.at(50).await;
    running.stop().await;
    let file = folder.path().join("rows.puhui");
    export(folder.path(), Liar, &file, &Ending::default()).unwrap();
    import(other.path(), Counts::<1>, &file).unwrap();
    fill(&log, 5).await;
    // Others had come to 55, as a process leaves them that was stopped, with no word of what they gave at 50.
    let beside = tempfile::tempdir().unwrap();
    let building = Running::start::<1>(beside.path(), log.clone());
    building.at(55).await;
    building.stop().await;
    std::fs::rename(beside.path().join("counts-v1"), other.path().join("counts-v1-1")).unwrap();
    let replica = Running::start::<1>(other.path(), log.clone());
    let mut progress = replica.reader.progress();
    let confirmed = progress.wait_for(|now| !now.unconfirmed && now.health == Health::Live);
    tokio::time::timeout(Duration::from_mins(2), confirmed).await.expect("in time").unwrap();
    let rows = replica.reader.rows();
    let because = rows.dropped_because().unwrap_or_default();
    assert!(because.contains("were not those of the log: at position 50 they give"), "{because}");
    drop(rows);
    replica.stop().await;
    assert!(!other.path().join("counts-v1-1/compared").exists(), "it is of use no more");
}

#[tokio::test]
async fn what_is_compared_is_kept_over_a_restart() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 55).await;
    let all: Vec<_> = log.follow(domain::Position(0)).take(55).map(Result::unwrap).collect().await;
    let open = || Store::open(Place::find::<Counts<1>>(folder.path()).unwrap().0).unwrap();
    let store = open();
    assert!(store.compare_at(50));
    store.apply(&Counts::<1>, log.id(), &all[..40], &Streams::default()).unwrap();
    assert_eq!(store.compared(), None);
    store.apply(&Counts::<1>, log.id(), &all[40..], &Streams::default()).unwrap();
    let compared = store.compared().unwrap();
    store.flush().unwrap();
    drop(store);
    let store = open();
    assert_eq!(store.cursor().0, 55);
    assert!(store.compare_at(50));
    assert_eq!(store.compared(), Some(compared));
    assert!(!store.compare_at(49), "nothing was kept of that");
    assert!(store.compare_at(60));
}

/// Every file and folder below, with what is in it.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.push((path.clone(), Vec::new()));
                folders.push(path);
            } else {
                found.push((path.clone(), std::fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn what_only_reads_changes_nothing() {
    let (log, folder, to) = (Memory::new(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fill(&log, 500).await;
    let running = Running::start::<1>(folder.path(), log.clone());
    running.at(500).await;
    let dump = running.stop().await;
    let below = folder.path().join("counts-v1");
    // As a stop leaves them, as a sudden end does, and copied from elsewhere without the lock.
    for (number, gone) in ["", "seal", "lock"].into_iter().enumerate() {
        if !gone.is_empty() {
            std::fs::remove_file(below.join(gone)).unwrap();
        }
        let before = contents(folder.path());
        let existing = Existing::open(folder.path(), Counts::<1>, &Ending::default()).unwrap();
        assert_eq!(existing.snapshot().dump().unwrap(), dump);
        drop(existing);
        let carried =
            export(folder.path(), Counts::<1>, &to.path().join(format!("{number}")), &Ending::default()).unwrap();
        assert_eq!(carried.position, 500);
        assert!(contents(folder.path()) == before, "{gone}: something was made, written or removed");
    }
    // Damaged, they stay where they are, also where sled takes what it finds for nothing.
    Running::start::<1>(folder.path(), log).stop().await;
    for emptied in [false, true] {
        for (path, _) in contents(&below.join("rows")) {
            let name = path.file_name().unwrap().to_str().unwrap();
            match (name, emptied) {
                ("db", _) => std::fs::write(&path, if emptied { &b""[..] } else { b"damaged" }).unwrap(),
                (name, true) if name.starts_with("snap.") => std::fs::remove_file(&path).unwrap(),
                _ => {}
            }
        }
        let before = contents(folder.path());
        let error = Existing::open(folder.path(), Counts::<1>, &Ending::default()).unwrap_err();
        assert!(error.to_string().starts_with("the rows are damaged: "), "{error}");
        assert!(contents(folder.path()) == before);
    }
}
