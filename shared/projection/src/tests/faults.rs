//! Faults of the environment: the disk is full and is freed, files are gone, and whatever was wrong with the rows they can be built anew.

use crate::projection::Streams;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::*;
use crate::layers::{Mark, TableBuilder};
use crate::shelf::Shelf;

/// Longest wait for what takes a while: a building runs where nobody else wants to.
const PATIENCE: Duration = Duration::from_mins(2);
/// Longest from a cause to its being told.
const RED_MAX: Duration = Duration::from_secs(2);
/// Longest from the end of a cause to rows that are well.
const HEALS_MAX: Duration = Duration::from_secs(10);

/// A row a commit that takes as much on the disk as in memory.
#[derive(Clone)]
struct Heavy {
    row_bytes: usize,
}

fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut noise = Vec::with_capacity(bytes + 8);
    while noise.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        noise.extend_from_slice(&state.to_le_bytes());
    }
    noise.truncate(bytes);
    noise
}

impl Projection for Heavy {
    const NAME: &'static str = "heavy";
    const VERSION: u32 = 1;

    fn apply(&self, rows: &mut Rows<'_>, recorded: &Recorded, _: &Streams) -> Result<(), ApplyError> {
        rows.put(&recorded.position.0.to_be_bytes(), &noise(recorded.position.0, self.row_bytes))
    }
}

/// A small file system of its own, unmounted at the end.
struct Disk {
    place: PathBuf,
    /// Its own, where it stands in no other.
    own: Option<tempfile::TempDir>,
}

impl Disk {
    /// None where this process may not mount one.
    fn of(mib: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut disk = Self::at(folder.path(), mib)?;
        disk.own = Some(folder);
        Some(disk)
    }

    /// The same, at a place.
    fn at(place: &Path, mib: u32) -> Option<Self> {
        let disk = Self { place: place.to_owned(), own: None };
        if disk.mount(&format!("size={mib}m")) {
            return Some(disk);
        }
        eprintln!("NOT TESTED: a small file system cannot be mounted here, as root it could be");
        None
    }

    fn mount(&self, options: &str) -> bool {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(self.path());
        mount.status().is_ok_and(|status| status.success())
    }

    fn path(&self) -> &Path {
        &self.place
    }

    /// Leaves so many bytes free.
    fn fill(&self, left: usize) {
        let ballast = self.path().join("ballast");
        let mut bytes = 0;
        let mut file = std::fs::File::create(&ballast).unwrap();
        while std::io::Write::write_all(&mut file, &vec![7; 64 * 1024]).is_ok() {
            bytes += 64 * 1024;
        }
        file.set_len(u64::try_from(bytes - left).unwrap()).unwrap();
    }

    fn free(&self) {
        std::fs::remove_file(self.path().join("ballast")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

async fn part(reader: &Reader, name: &str, wanted: fn(&parts::State) -> bool) -> parts::State {
    let mut part = reader.parts().into_iter().find(|part| part.name() == name).unwrap();
    let reached = async {
        while !wanted(&part.state()) {
            assert!(part.changed().await);
        }
        part.state()
    };
    tokio::time::timeout(PATIENCE, reached).await.expect("in time")
}

fn sick(state: &parts::State) -> bool {
    !state.is_well()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_writing_and_nothing_else_and_is_written_to_once_it_is_freed() {
    const ROW_BYTES: usize = 64 * 1024;
    // The disk ends in what is kept before a write, or in sled.
    for left_mib in [0, 3, 5, 7] {
        let Some(disk) = Disk::of(40) else { return };
        let (log, heavy) = (Memory::new(), Heavy { row_bytes: ROW_BYTES });
        fill(&log, 20).await;
        let (reader, applier) = Reader::open(disk.path(), heavy.clone()).unwrap();
        let running = Running::run(reader, applier, log.clone());
        running.at(20).await;
        running.health(|health| *health == Health::Live).await;
        // A write that is under way would fail in sled, and what stands there is not read then until it has been opened anew.
        running.reader.written().await;
        disk.fill(left_mib * 1024 * 1024);
        fill(&log, 60).await;
        running.at(80).await;
        let state = part(&running.reader, "rows-writer", sick).await;
        eprintln!("{left_mib} MiB left: {state:?}");
        let began = Instant::now();
        // Answers go on, of what is written and of what is not.
        fill(&log, 1).await;
        running.at(81).await;
        for position in [1_u64, 20, 50, 81] {
            let rows = running.reader.rows();
            let row = rows.snapshot().get::<Vec<u8>>(&position.to_be_bytes()).unwrap();
            assert!(row == Some(noise(position, ROW_BYTES)), "position {position}");
        }
        assert!(running.reader.parts().iter().all(|part| part.name() == "rows-writer" || part.state().is_well()));
        let freed = Instant::now();
        disk.free();
        part(&running.reader, "rows-writer", parts::State::is_well).await;
        assert!(freed.elapsed() < HEALS_MAX, "well after {:?}", freed.elapsed());
        eprintln!("well after {:?}, {:?}", freed.elapsed(), began.elapsed());
        running.stop().await;
        let (reader, _applier) = Reader::open(disk.path(), heavy).unwrap();
        assert_eq!(reader.cursor(), Position(81), "{left_mib}: all of it was written");
        let rows = reader.rows();
        assert_eq!(rows.dropped_because(), None);
        assert_eq!(rows.snapshot().recount().unwrap(), rows.snapshot().digest());
    }
}

/// Rows are written seconds after they were applied, and what is wrong with the disk is told before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_of_before_a_write_would_have_been_due() {
    const ROW_BYTES: usize = 64 * 1024;
    let Some(disk) = Disk::of(80) else { return };
    let log = Memory::new();
    fill(&log, 20).await;
    let (reader, applier) = Reader::open(disk.path(), Heavy { row_bytes: ROW_BYTES }).unwrap();
    let running = Running::run(reader, applier, log.clone());
    running.at(20).await;
    running.health(|health| *health == Health::Live).await;
    for (time, left) in [0, 12 * 1024 * 1024, 0].into_iter().enumerate() {
        // The last write has just ended: the next one would be due a whole pause later.
        running.reader.written().await;
        fill(&log, 5).await;
        disk.fill(left);
        let filled = Instant::now();
        fill(&log, 5).await;
        let state = part(&running.reader, "rows-writer", sick).await;
        eprintln!("time {time}: told after {:?}: {state:?}", filled.elapsed());
        assert!(filled.elapsed() < RED_MAX, "told after {:?}", filled.elapsed());
        disk.free();
        let freed = Instant::now();
        part(&running.reader, "rows-writer", parts::State::is_well).await;
        assert!(freed.elapsed() < HEALS_MAX, "well after {:?}", freed.elapsed());
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_applier_with_too_much_that_cannot_be_written_waits_and_says_so() {
    const ROW_BYTES: usize = 64 * 1024;
    const STEP: u64 = 64;
    let Some(disk) = Disk::of(60) else { return };
    let (log, heavy) = (Memory::new(), Heavy { row_bytes: ROW_BYTES });
    let (reader, applier) = Reader::open(disk.path(), heavy).unwrap();
    let running = Running::run(reader, applier, log.clone());
    running.health(|health| *health == Health::Live).await;
    disk.fill(0);
    // Step by step: a group is applied as a whole.
    let mut end = 0;
    let state = loop {
        end += STEP;
        assert!(end < 120 * STEP, "480 MiB are not held");
        fill(&log, STEP).await;
        let progress = running.reader.wait_for(Position(end), PATIENCE);
        tokio::select! {
            state = part(&running.reader, "rows-applier", sick) => break state,
            reached = progress => reached.unwrap(),
        }
    };
    assert!(format!("{state:?}").contains("paused with 192 MiB in memory"), "{state:?}");
    assert_eq!(running.reader.rows().snapshot().position(), running.reader.cursor(), "answers go on");
    fill(&log, 3).await;
    disk.free();
    assert!(disk.mount("remount,size=3g"));
    part(&running.reader, "rows-writer", parts::State::is_well).await;
    running.reader.wait_for(Position(end + 3), PATIENCE).await.unwrap();
    part(&running.reader, "rows-applier", parts::State::is_well).await;
    running.stop().await;
}

#[tokio::test]
async fn rows_that_have_stopped_are_built_anew_when_they_are_told_to() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 5).await;
    let all = recorded(&log).await;
    // For good: what is only not believed is looked at again.
    let wrong = [Ok(all[0].clone()), Ok(all[1].clone()), Err(LogError::Damaged("a test".to_owned()))];
    let good = || all.iter().cloned().map(Ok).collect::<Vec<_>>();
    let script = Script::new(5, [wrong.into_iter().collect(), good(), vec![Ok(all[4].clone())]]);
    let running = Running::start::<1>(folder.path(), script);
    running.health(|health| matches!(health, Health::Stopped { .. })).await;
    assert!(running.reader.rebuild().unwrap(), "somebody builds it");
    let mut progress = running.reader.progress();
    let live = progress.wait_for(|now| now.health == Health::Live);
    tokio::time::timeout(PATIENCE, live).await.expect("in time").unwrap();
    assert_eq!((running.reader.generation(), running.reader.cursor()), (1, Position(5)));
    assert!(running.reader.parts().iter().all(|part| part.state().is_well()));
    let reader = running.reader.clone();
    running.stop().await;
    reader.rebuild().unwrap_err();
}

#[tokio::test]
async fn rows_whose_files_are_gone_are_answered_from_until_they_are_built_anew() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 2 * GROUP_COMMITS_MAX as u64).await;
    let running = Running::start::<1>(folder.path(), log.clone());
    running.health(|health| *health == Health::Live).await;
    // At once: a write may be under way.
    std::fs::rename(folder.path().join("counts-v1"), folder.path().join("gone")).unwrap();
    fill(&log, 50).await;
    let end = log.head().await.unwrap();
    running.at(end.0).await;
    part(&running.reader, "rows-writer", sick).await;
    assert_eq!(running.reader.rows().snapshot().recount().unwrap(), running.reader.rows().snapshot().digest());
    // It does so by itself.
    let mut progress = running.reader.progress();
    let anew = async {
        while running.reader.generation() == 0 {
            progress.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, anew).await.expect("in time");
    running.at(end.0).await;
    assert!(running.reader.parts().iter().all(|part| part.state().is_well()));
    let rows = running.reader.rows();
    // By whichever is first: the write that fails, or the look at the files, which a busy machine may let come before it.
    let because = rows.dropped_because().unwrap_or_default();
    assert!(because.contains("built anew") || because.contains("taken away"), "it is told: {because}");
    drop(rows);
    let dump = running.stop().await;
    let again = Running::start::<1>(folder.path(), log.clone());
    assert_eq!(again.reader.rows().snapshot().dump().unwrap(), dump);
    again.stop().await;
}

/// Nobody writes, and nothing comes that is to be written: that what is open would not be found again is told all the same, and mended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_whose_files_are_taken_away_while_nothing_comes_are_told_of_and_built_anew() {
    for part_of_it in ["", "counts-v1", "counts-v1/rows", "counts-v1/rows/db"] {
        let (log, above) = (Memory::new(), tempfile::tempdir().unwrap());
        let (folder, away) = (above.path().join("rows"), above.path().join("away"));
        fill(&log, 20).await;
        let running = Running::start::<1>(&folder, log.clone());
        running.at(20).await;
        running.health(|health| *health == Health::Live).await;
        running.reader.written().await;
        let (digest, began) = (running.reader.rows().snapshot().digest(), Instant::now());
        std::fs::rename(folder.join(part_of_it), &away).unwrap();
        // Whoever looks a moment later may find others in their place already.
        let mut progress = running.reader.progress();
        let told = async {
            while progress.borrow().lost.is_none() && running.reader.generation() == 0 {
                progress.changed().await.unwrap();
            }
        };
        tokio::time::timeout(RED_MAX, told).await.unwrap_or_else(|_| panic!("nobody told that {part_of_it:?} is gone"));
        println!("{part_of_it:?} was missed after {:?}", began.elapsed());
        let anew = async {
            while running.reader.generation() == 0 {
                progress.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, anew).await.expect("in time");
        running.at(20).await;
        assert_eq!(running.reader.rows().snapshot().digest(), digest);
        assert!(running.reader.parts().iter().all(|part| part.state().is_well()));
        let rows = running.reader.rows();
        assert!(rows.dropped_because().is_some_and(|because| because.contains("taken away")), "it is told");
        drop(rows);
        running.stop().await;
    }
}

#[tokio::test]
async fn rows_of_another_log_that_cannot_be_put_aside_are_not_answered_from_and_go_once_they_can() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 9).await;
    let running = Running::start::<1>(folder.path(), log);
    running.at(9).await;
    running.stop().await;
    // Too many were put aside before, and one of them cannot be removed.
    for n in [0, 1] {
        std::fs::create_dir(folder.path().join(format!("aside-{n}"))).unwrap();
    }
    let Some(stuck) = Disk::at(&folder.path().join("aside-0"), 1) else { return };
    let other = Memory::new();
    fill(&other, 3).await;
    let running = Running::start::<1>(folder.path(), other.clone());
    part(&running.reader, "rows-applier", sick).await;
    assert_eq!(running.reader.cursor(), Position(0));
    running.reader.rows().snapshot().dump().unwrap_err();
    // An end meanwhile changes nothing.
    running.stop.send(()).unwrap();
    running.task.await.unwrap().unwrap();
    drop(running.reader);
    let running = Running::start::<1>(folder.path(), other.clone());
    part(&running.reader, "rows-applier", sick).await;
    drop(stuck);
    part(&running.reader, "rows-applier", parts::State::is_well).await;
    running.at(3).await;
    running.health(|health| *health == Health::Live).await;
    let dump = running.stop().await;
    let anew = tempfile::tempdir().unwrap();
    let anew = Running::start::<1>(anew.path(), other.clone());
    anew.at(3).await;
    assert_eq!(anew.stop().await, dump, "nothing of the other log");
    let again = Running::start::<1>(folder.path(), other);
    assert_eq!((again.reader.cursor(), again.reader.rows().dropped_because()), (Position(3), None));
    again.stop().await;
}

#[test]
fn files_that_sled_failed_to_write_are_closed_beside() {
    let mut never = 0;
    for left_kib in (0..4096).step_by(256) {
        let Some(disk) = Disk::of(40) else { return };
        let shelf = Shelf::open(&disk.path().join("rows"), "heavy", &[]).unwrap();
        disk.fill(left_kib * 1024);
        let mut failed = Ok(());
        for n in 0_u64..200 {
            let mut rows = TableBuilder::default();
            rows.put(&n.to_be_bytes(), &noise(n, 64 * 1024), false);
            failed = shelf.write(&rows.finish()).and_then(|()| shelf.end_writing(&Mark::default()));
            if failed.is_err() {
                break;
            }
        }
        failed.unwrap_err();
        let mut closing = shelf.give_up();
        let (told, dropped) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            drop(shelf);
            told.send(()).unwrap();
        });
        dropped.recv_timeout(HEALS_MAX).expect("who lets go of them does not wait");
        never += u32::from(!closing.wait(Duration::from_millis(200)));
    }
    // As of 0.34.7 sled does not come to the end of some; where it does one day, all the better.
    eprintln!("{never} were not closed");
}

#[tokio::test]
async fn a_snapshot_that_finds_no_room_leaves_nothing() {
    let Some(disk) = Disk::of(1) else { return };
    let (log, folder, heavy) = (Memory::new(), tempfile::tempdir().unwrap(), Heavy { row_bytes: 64 * 1024 });
    fill(&log, 40).await;
    let (reader, applier) = Reader::open(folder.path(), heavy.clone()).unwrap();
    let running = Running::run(reader, applier, log.clone());
    running.at(40).await;
    running.stop().await;
    crate::export(folder.path(), heavy, &disk.path().join("rows.puhui"), &Ending::default()).unwrap_err();
    assert_eq!(std::fs::read_dir(disk.path()).unwrap().count(), 0);
}
