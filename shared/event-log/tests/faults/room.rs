//! Disk and descriptors that run out under load and come back, on a real file system and with real limits: nothing acknowledged is lost,
//! nothing is doubled, health says so within 2 s and is well again within 10 s, and the process goes on.

#![expect(clippy::unwrap_used, reason = "a value of the test that is not one ends it")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{Commit, Position, StreamId};
use event_log::conformance::{commit, provider};
use event_log::{AppendError, Embedded, EventLog, Followed, LogError, Recorded, Reserve, Reserves, Tail};
use futures_util::StreamExt;
use parts::State;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{GREEN_WITHIN, RED_WITHIN, part, told};

/// Longest until a store that lacks something fails by itself.
const FAILS_WITHIN: Duration = Duration::from_mins(1);
/// Writers at one time, each on a stream of its own.
const WRITERS: u32 = 8;

/// What is written, and how often it goes wrong.
#[derive(Clone, Copy)]
struct Load {
    rounds: u32,
    /// Facts of a commit; 900 have some 20 KB.
    facts: usize,
    /// Longest until it is told that the log cannot be written.
    red_within: Duration,
}

const LOAD: Load = Load { rounds: 2, facts: 900, red_within: RED_WITHIN };

fn large(id: u128, facts: usize) -> Commit {
    let mut commit = commit(id);
    commit.events = vec![commit.events[0].clone(); facts];
    commit
}

/// What every writer was answered.
#[derive(Default)]
struct Answers {
    /// By position.
    acknowledged: BTreeMap<u64, (StreamId, Commit)>,
    unknown: u32,
    refused: BTreeMap<&'static str, u32>,
}

/// Writes until told to end; each commit until it is known to be stored.
async fn write(log: Embedded, (number, facts): (u32, usize), ends: Arc<AtomicBool>, answers: Arc<Mutex<Answers>>) {
    let (stream, mut tail) = (provider(number), Tail::default());
    while !ends.load(Ordering::Relaxed) {
        let commit = large(u128::from(tail.revision.0) + 1, facts);
        let answer = log.append(&stream, tail, &commit).await;
        let refused = |what| *answers.lock().unwrap().refused.entry(what).or_default() += 1;
        match answer {
            Ok(next) => {
                answers.lock().unwrap().acknowledged.insert(next.position.0, (stream.clone(), commit));
                tail = next;
                continue;
            }
            Err(AppendError::OutcomeUnknown(_)) => {
                answers.lock().unwrap().unknown += 1;
                // Once it can be read, the log says what became of it.
                tail = loop {
                    match log.tail(&stream).await {
                        Ok(tail) => break tail,
                        Err(LogError::Unavailable(_)) => tokio::task::yield_now().await,
                        Err(error) => panic!("{error}"),
                    }
                };
            }
            Err(AppendError::Conflict) => tail = log.tail(&stream).await.unwrap_or(tail),
            Err(AppendError::NoRoom { of: Reserve::Disk, .. }) => refused("disk"),
            Err(AppendError::NoRoom { of: Reserve::Descriptors, .. }) => refused("descriptors"),
            Err(AppendError::Unavailable(_)) => refused("unavailable"),
            Err(error) => panic!("{error}"),
        }
        let mut watch = part(log.parts(), "log-writer");
        if !watch.state().is_well() {
            // Whatever it tells next.
            let _ = tokio::time::timeout(Duration::from_millis(100), watch.changed()).await;
        }
    }
}

fn commit_of(next: Result<Followed, LogError>) -> Recorded {
    next.unwrap().into_commit().expect("a commit")
}

/// Follows from the first commit, across whatever happens to the store, until told to end; what was seen, in order.
async fn follow(log: Embedded, ends: Arc<AtomicBool>) -> Vec<Recorded> {
    let mut seen: Vec<Recorded> = Vec::new();
    while !ends.load(Ordering::Relaxed) {
        let mut following = Box::pin(log.follow(Position(seen.len() as u64)));
        loop {
            match tokio::time::timeout(Duration::from_millis(100), following.next()).await {
                Ok(Some(Ok(next))) => {
                    let recorded = next.into_commit().expect("a commit");
                    assert_eq!(recorded.position.0, seen.len() as u64 + 1);
                    seen.push(recorded);
                }
                Ok(Some(Err(LogError::Unavailable(_)))) => break,
                Ok(other) => panic!("{other:?}"),
                Err(_) if ends.load(Ordering::Relaxed) => break,
                Err(_) => {}
            }
        }
    }
    seen
}

/// Waits until some more commits are acknowledged.
async fn more(log: &Embedded) {
    let head = log.head().await.expect("it ends somewhere");
    let next = log.follow(head).take(20).collect::<Vec<_>>().await;
    assert!(next.iter().all(Result::is_ok), "{:?}", next.last());
}

/// The log under load, while `fail` and `mend` do their work in turn; the answers, and all that is in it afterwards.
async fn under_load(log: &Embedded, load: Load, mut fail: impl FnMut(), mut mend: impl FnMut()) -> Answers {
    let (ends, answers) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Answers::default())));
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..WRITERS {
        writers.spawn(write(log.clone(), (number, load.facts), Arc::clone(&ends), Arc::clone(&answers)));
    }
    let enough = Arc::new(AtomicBool::new(false));
    let follower = tokio::spawn(follow(log.clone(), Arc::clone(&enough)));
    let mut writer = part(log.parts(), "log-writer");
    for _ in 0..load.rounds {
        more(log).await;
        fail();
        told(&mut writer, false, load.red_within).await;
        let State::Unwell { why, .. } = writer.state() else { continue };
        println!("unwell: {why}");
        mend();
        told(&mut writer, true, GREEN_WITHIN).await;
        more(log).await;
    }
    ends.store(true, Ordering::Relaxed);
    while writers.join_next().await.transpose().unwrap().is_some() {}
    let head = log.head().await.unwrap();
    enough.store(true, Ordering::Relaxed);
    let seen = follower.await.unwrap();
    let all: Vec<Recorded> =
        log.follow(Position(0)).take(usize::try_from(head.0).unwrap()).map(commit_of).collect().await;
    assert_eq!(seen[..], all[..seen.len()], "who followed saw something else than is there");
    let answers = Arc::into_inner(answers).expect("alone").into_inner().expect("whole");
    holds(&answers, &all);
    println!(
        "{} acknowledged, {} unknown, {:?}, {} there",
        answers.acknowledged.len(),
        answers.unknown,
        answers.refused,
        head.0
    );
    answers
}

/// Each acknowledged commit stands where it was said to, and none stands twice.
fn holds(answers: &Answers, all: &[Recorded]) {
    let there: BTreeMap<u64, &Recorded> = all.iter().map(|recorded| (recorded.position.0, recorded)).collect();
    for (position, (stream, commit)) in &answers.acknowledged {
        let recorded =
            there.get(position).unwrap_or_else(|| panic!("position {position} was acknowledged and is lost"));
        assert_eq!((&recorded.stream, &recorded.commit), (stream, commit), "position {position}");
    }
    let mut ids: Vec<_> = all.iter().map(|recorded| (&recorded.stream, recorded.commit.id)).collect();
    ids.sort_unstable_by_key(|(stream, id)| ((*stream).clone(), *id.as_bytes()));
    let before = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), before, "a commit is there twice");
}

/// A file system in memory of this many MiB, unmounted when dropped. None where mounting is not possible, which is said aloud.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mounted(mib: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "tmpfs"])
            .arg(folder.path())
            .output()
            .unwrap();
        if mount.status.success() {
            return Some(Self(folder));
        }
        eprintln!("NOT TESTED: a small disk cannot be mounted: {}", String::from_utf8_lossy(&mount.stderr));
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all that is free.
    fn fill(&self) {
        let mut file = File::create(self.path().join("filler")).unwrap();
        let piece = vec![1; 64 * 1024];
        while file.write_all(&piece).is_ok() {}
        while file.write_all(&[1]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What still has a file open keeps it; the folder is free.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

async fn disk_filled_and_freed(reserve: u64) -> Option<Answers> {
    let disk = SmallDisk::mounted(128)?;
    let folder = disk.path().join("log");
    let reserves = Reserves { disk_bytes: reserve, ..Reserves::default() };
    let log = Embedded::open_with(&folder, reserves).unwrap();
    let answers = under_load(&log, LOAD, || disk.fill(), || disk.free()).await;
    let head = log.head().await.unwrap();
    drop(log);
    let log = super::reopened(&folder).await;
    assert_eq!(log.head().await.unwrap(), head);
    let all = log.follow(Position(0)).take(usize::try_from(head.0).unwrap()).map(commit_of).collect::<Vec<_>>();
    holds(&answers, &all.await);
    drop(log);
    Some(answers)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_filled_and_freed_under_load_costs_nothing_that_was_acknowledged() {
    // Without a reserve, so that writes fail.
    disk_filled_and_freed(0).await;
}

/// Where a little still fits, and nothing more, the log is not well between two commits that fail: health is red for whoever looks, and
/// nobody is turned away by a log that says it is well.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_without_a_reserve_is_told_of_until_it_is_freed() {
    let Some(disk) = SmallDisk::mounted(128) else { return };
    let log = Embedded::open_with(&disk.path().join("log"), Reserves { disk_bytes: 0, ..Reserves::default() }).unwrap();
    let mut writer = part(log.parts(), "log-writer");
    let mut tail = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    for _ in 0..3 {
        disk.fill();
        // What fits into the last piece of the file is taken.
        let failed = loop {
            match log.append(&provider(1), tail, &commit(u128::from(tail.revision.0) + 1)).await {
                Ok(next) => tail = next,
                Err(error) => break error,
            }
        };
        assert!(matches!(failed, AppendError::Unavailable(_) | AppendError::OutcomeUnknown(_)), "{failed:?}");
        for _ in 0..20 {
            assert!(!writer.state().is_well(), "{failed}");
            let refused = log.append(&provider(1), tail, &commit(u128::from(tail.revision.0) + 1)).await;
            assert!(matches!(refused, Err(AppendError::Unavailable(_))), "{refused:?}");
        }
        disk.free();
        told(&mut writer, true, GREEN_WITHIN).await;
        println!("{failed}");
        if matches!(failed, AppendError::OutcomeUnknown(_)) {
            tail = log.tail(&provider(1)).await.unwrap();
        }
        tail = log.append(&provider(1), tail, &commit(u128::from(tail.revision.0) + 1)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn below_the_reserve_of_disk_commits_are_refused_before_they_are_begun() {
    if let Some(answers) = disk_filled_and_freed(16 * 1024 * 1024).await {
        assert!(answers.refused.contains_key("disk"), "{:?}", answers.refused);
    }
}

/// Set in a child process, whose limits are its own.
const FOLDER: &str = "PUHUI_TEST_LOG_FOLDER";
const RESERVE: &str = "PUHUI_TEST_DESCRIPTORS_RESERVE";

/// Runs one test of this program in a process of its own, where `limits` are set first, and says what it printed.
fn in_a_child(test: &str, limits: &str, settings: &[(&str, &str)]) -> String {
    let child = Command::new("sh")
        .args(["-c", &format!("{limits}; exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned() + &String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{said}");
    println!("{said}");
    said
}

/// Once with what is held back by default, which is refused before the store runs out; once with nothing held back, where the store's own
/// background work cannot open a file and fails the store with it.
#[tokio::test(flavor = "multi_thread")]
async fn descriptors_used_up_and_given_back_cost_nothing_that_was_acknowledged() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let descriptors = std::env::var(RESERVE).unwrap().parse().unwrap();
        let log = Embedded::open_with(folder.as_ref(), Reserves { descriptors, ..Reserves::default() }).unwrap();
        let held = Mutex::new(Vec::new());
        let take_all = || {
            let mut held = held.lock().unwrap();
            while let Ok(file) = File::open("/dev/null") {
                held.push(file);
            }
        };
        // With nothing held back the store fails once it has a tree to write out, after some 16 MiB.
        let load = match descriptors {
            0 => Load { facts: 4_000, red_within: FAILS_WITHIN, ..LOAD },
            _ => LOAD,
        };
        let answers = under_load(&log, load, take_all, || held.lock().unwrap().clear()).await;
        assert_eq!(descriptors > 0, answers.refused.contains_key("descriptors"), "{:?}", answers.refused);
        return;
    }
    let test = "faults::room::descriptors_used_up_and_given_back_cost_nothing_that_was_acknowledged";
    for reserve in ["64", "0"] {
        let folder = tempfile::tempdir().unwrap();
        in_a_child(test, "ulimit -n 256", &[(FOLDER, folder.path().to_str().unwrap()), (RESERVE, reserve)]);
        let log = super::reopened(folder.path()).await;
        let head = log.head().await.unwrap();
        let all = log.follow(Position(0)).take(usize::try_from(head.0).unwrap()).collect::<Vec<_>>().await;
        assert!(all.iter().all(Result::is_ok));
    }
}

/// A file may grow to this many bytes in the child process, and a write beyond that is an error that no look explains where none is held back.
const FILE_BYTES_MAX: u64 = 512 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_fails_for_any_reason_is_found_out_by_opening_the_log_anew() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let reserves = Reserves { file_bytes: 0, ..Reserves::default() };
        let log = Embedded::open_with(folder.as_ref(), reserves).unwrap();
        let maximum = getrlimit(Resource::Fsize).maximum;
        let limit = |current| setrlimit(Resource::Fsize, Rlimit { current, maximum }).unwrap();
        under_load(&log, LOAD, || limit(Some(FILE_BYTES_MAX)), || limit(maximum)).await;
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // Who ignores the signal of a file too large gets an error from the write.
    let test = "faults::room::a_write_that_fails_for_any_reason_is_found_out_by_opening_the_log_anew";
    in_a_child(test, "trap '' XFSZ", &[(FOLDER, folder.path().to_str().unwrap())]);
    super::reopened(folder.path()).await;
}
