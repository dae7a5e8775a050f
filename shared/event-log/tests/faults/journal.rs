//! A journal that was cut or damaged: the log opens at its last whole commit, or says which one cannot be read.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::{Event, Position, Revision, Text};
use event_log::conformance::{commit, provider};
use event_log::{Embedded, EventLog, Known, LogError, Reached, ReachedFile, Reserves, Shortfall, Tail, encode};
use futures_util::future::join_all;

use super::reopened;

/// A log of 30 commits, each synced alone, and the bytes of its journal up to the last that is used.
async fn written(folder: &Path) -> (PathBuf, Vec<u8>) {
    let log = Embedded::open(folder).expect("done");
    let mut tail = Tail::default();
    for id in 1..=30 {
        tail = log.append(&provider(1), tail, &commit(id)).await.expect("done");
    }
    drop(log);
    drop(reopened(folder).await);
    journal_in(folder)
}

pub(super) async fn head_of(folder: &Path) -> Result<u64, LogError> {
    loop {
        match Embedded::open(folder) {
            Ok(log) => {
                let head = log.head().await?;
                assert_eq!(log.load(&provider(1)).await?.len() as u64, head.0);
                return Ok(head.0);
            }
            Err(LogError::Unavailable(_)) => tokio::task::yield_now().await,
            Err(error) => return Err(error),
        }
    }
}

/// A new folder with what is in another.
fn copied(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().expect("done");
    let done = Command::new("cp").arg("-a").arg(format!("{}/.", from.display())).arg(to.path()).status().expect("done");
    assert!(done.success());
    to
}

/// Lets the folder forget how far the log had reached, as a power cut may.
fn forget(folder: &Path) {
    let log = event_log::log_id_in(&folder.join("id")).expect("done").expect("a log");
    ReachedFile::replace(&folder.join("reached"), &Reached::nothing(log)).expect("done");
}

/// What is cut off at the end is what was being written when the power went, or else it is missed.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_cut_at_its_end_opens_at_the_last_whole_commit_that_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let (_, bytes) = written(folder.path()).await;
    let mut last = 30;
    for cut in (1..bytes.len()).rev().step_by(bytes.len() / 40) {
        let copy = copied(folder.path());
        let journal = copy.path().join("0.jnl");
        std::fs::write(&journal, &bytes[..cut]).unwrap();
        let refused = head_of(copy.path()).await;
        assert!(std::fs::read(&journal).unwrap() == bytes[..cut], "what is left was changed: {refused:?}");
        forget(copy.path());
        let head = head_of(copy.path()).await.unwrap();
        assert!(head <= last && head + 2 >= last, "cut at {cut}: {head} after {last}");
        match refused {
            Err(LogError::Shorter(shortfall)) => {
                assert_eq!(shortfall, Shortfall { last: Position(head), known: Known::Beyond(Position(30)) });
            }
            other => assert!(matches!(other, Ok(30)) && head == 30, "cut at {cut}: {other:?}, and {head}"),
        }
        last = head;
    }
}

/// One bit, anywhere: the log is whole, or says what cannot be read, or what it falls short of; without its last commit, where that was
/// hit, it opens only if that is not known.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_byte_is_never_a_shorter_log() {
    let folder = tempfile::tempdir().unwrap();
    let (_, bytes) = written(folder.path()).await;
    let (mut refused, mut shorter) = (0, 0);
    for at in (0..bytes.len()).step_by(bytes.len() / 60).chain(bytes.len() - 40..bytes.len()) {
        let copy = copied(folder.path());
        let journal = copy.path().join("0.jnl");
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        std::fs::write(&journal, &damaged).unwrap();
        let known = head_of(copy.path()).await;
        if known.is_err() {
            assert!(std::fs::read(&journal).unwrap() == damaged, "what is left of the journal was changed: {known:?}");
        }
        forget(copy.path());
        match head_of(copy.path()).await {
            Ok(30) => assert!(matches!(known, Ok(30)), "byte {at} of {}: {known:?}", bytes.len()),
            Ok(29) => {
                assert!(at * 30 > bytes.len() * 28, "byte {at} of {}", bytes.len());
                assert!(matches!(known, Err(LogError::Shorter(_))), "byte {at} of {}: {known:?}", bytes.len());
                shorter += 1;
            }
            Err(LogError::Damaged(why)) => {
                refused += 1;
                assert!(matches!(known, Err(LogError::Damaged(_))), "byte {at} of {}: {known:?}", bytes.len());
                assert!(std::fs::read(&journal).unwrap() == damaged, "what is left of the journal was changed: {why}");
            }
            other => panic!("byte {at} of {}: {other:?}", bytes.len()),
        }
    }
    assert!(refused > 30 && shorter > 5, "{refused} refused, {shorter} opened at the last whole commit");
}

/// Every file below a folder.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).expect("done").map(|entry| entry.expect("done").path());
    paths.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}

/// Any file of the folder that is gone, empty or half there.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_one_of_its_files_is_whole_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, bytes) = written(folder.path()).await;
    let mut refused = 0;
    for file in files_in(folder.path()) {
        for what in ["removed", "emptied", "halved"] {
            let copy = copied(folder.path());
            let place = copy.path().join(file.strip_prefix(folder.path()).unwrap());
            let held = if place.ends_with("0.jnl") { bytes.clone() } else { std::fs::read(&place).unwrap() };
            match what {
                "removed" => std::fs::remove_file(&place).unwrap(),
                "emptied" => std::fs::write(&place, []).unwrap(),
                _ => std::fs::write(&place, &held[..held.len() / 2]).unwrap(),
            }
            match Embedded::open_existing(copy.path(), Reserves::default()) {
                Ok(log) => assert_eq!(log.head().await.unwrap(), Position(30), "{}: {what}", place.display()),
                Err(error) => {
                    println!("{}: {what}: {error}", file.display());
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 8, "{refused}");
}

/// Accepted by where it ends, and by nothing else; then it is the log that is known.
#[tokio::test(flavor = "multi_thread")]
async fn a_shorter_log_opens_by_where_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, bytes) = written(folder.path()).await;
    std::fs::write(&journal, &bytes[..bytes.len() / 2]).unwrap();
    let Err(LogError::Shorter(Shortfall { last, .. })) = head_of(folder.path()).await else { panic!("it was opened") };
    for other in [last.0 - 1, last.0 + 1, 30] {
        let refused = Embedded::open_shorter(folder.path(), Reserves::default(), Position(other));
        assert!(matches!(refused, Err(LogError::Shorter(_))), "{refused:?}");
    }
    drop(Embedded::open_shorter(folder.path(), Reserves::default(), last).unwrap());
    assert_eq!(head_of(folder.path()).await.unwrap(), last.0);
    // Written on, and then the old end put back: another log of the same id.
    let log = reopened(folder.path()).await;
    let mut tail = log.tail(&provider(1)).await.unwrap();
    for id in 100..120 {
        tail = log.append(&provider(1), tail, &commit(id)).await.unwrap();
    }
    drop(log);
    drop(reopened(folder.path()).await);
    std::fs::write(&journal, &bytes).unwrap();
    let refused = head_of(folder.path()).await;
    let known = match refused {
        Err(LogError::Shorter(Shortfall { known, .. })) => known,
        other => panic!("{other:?}"),
    };
    assert!(matches!(known, Known::Beyond(at) | Known::Other(at) if at == tail.position), "{known:?}");
}

/// The journal of a folder, up to the last byte that is used.
pub(super) fn journal_in(folder: &Path) -> (PathBuf, Vec<u8>) {
    let journal = folder.join("0.jnl");
    let mut bytes = std::fs::read(&journal).expect("done");
    bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).expect("done") + 1);
    (journal, bytes)
}

/// What opening a copy of `folder` says after the byte `at` of its journal was changed.
async fn said_after(folder: &Path, bytes: &[u8], at: usize, change: u8) -> Result<u64, String> {
    let copy = copied(folder);
    let mut damaged = bytes.to_vec();
    damaged[at] ^= change;
    std::fs::write(copy.path().join("0.jnl"), &damaged).expect("done");
    match Embedded::open(copy.path()) {
        Ok(log) => Ok(log.head().await.expect("a head").0),
        Err(LogError::Damaged(why)) => Err(why),
        Err(error) => panic!("byte {at}: {error}"),
    }
}

/// The positions an answer names, at its beginning.
fn named(why: &str) -> Option<RangeInclusive<u64>> {
    let number = |text: &str| text.split(' ').next().and_then(|digits| digits.parse().ok());
    if let Some(one) = why.strip_prefix("position ") {
        return number(one).map(|one| one..=one);
    }
    let (first, last) = why.strip_prefix("one or more of positions ")?.split_once(" to ")?;
    Some(number(first)?..=number(last)?)
}

fn place_of(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).position(|window| window == part).expect("it is in the journal")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_position_of_a_damaged_commit_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (_, bytes) = written(folder.path()).await;
    let place = |id: u64| place_of(&bytes, &encode(&provider(1), Revision(id), &commit(u128::from(id))));
    for id in [1, 2, 15, 29] {
        // From within the batch's first header to the byte before the next batch.
        let (begins, ends) = (place(id) - 40, place(id + 1) - 42);
        let stored = encode(&provider(1), Revision(id), &commit(u128::from(id))).len();
        // The items begin here: the commit, its place in its stream, the marker. In builds with assertions the store panics where the
        // two lengths of a value, 8 bytes, are not the same.
        let items = [place(id) - 29, place(id) + stored, place(id) + stored + 21 + 32 + 8];
        let asserted =
            |at: usize| cfg!(debug_assertions) && items.iter().any(|item| (item + 13..item + 21).contains(&at));
        for at in (begins..ends).step_by(5).chain(ends - 8..ends).filter(|at| !asserted(*at)) {
            match said_after(folder.path(), &bytes, at, 0x10).await {
                Err(why) => assert_eq!(named(&why), Some(id..=id), "byte {} of {id}: {why}", at - begins),
                // The store's own sequence number is under no checksum, and says nothing of the commit.
                Ok(head) => assert!(head == 30 && at < place(id) - 29, "byte {} of {id}: {head}", at - begins),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_damaged_group_the_commit_is_named_where_it_can_be_known() {
    let folder = tempfile::tempdir().unwrap();
    let log = Embedded::open(folder.path()).unwrap();
    let appended = (0..200).map(|number| {
        let log = log.clone();
        async move { log.append(&provider(number), Tail::default(), &commit(u128::from(number) + 1)).await }
    });
    let positions: Vec<u64> = join_all(appended).await.into_iter().map(|tail| tail.unwrap().position.0).collect();
    for number in 1_000..1_003 {
        log.append(&provider(number), Tail::default(), &commit(1)).await.unwrap();
    }
    drop(log);
    drop(reopened(folder.path()).await);
    let (_, bytes) = journal_in(folder.path());
    let (mut alone, mut shared) = (0, 0);
    for number in (0..200).step_by(9).chain([199]) {
        let position = positions[number];
        let (stream, id) = (provider(u32::try_from(number).unwrap()), number as u128 + 1);
        let place = place_of(&bytes, &encode(&stream, Revision(1), &commit(id)));
        // The form is none that is known: this commit and no other is wrong.
        let why = said_after(folder.path(), &bytes, place, 0xe0).await.unwrap_err();
        assert_eq!(named(&why), Some(position..=position), "{why}");
        // A length of the one before: where this one begins cannot be told any more.
        let why = said_after(folder.path(), &bytes, place - 8 - 10, 0x01).await.unwrap_err();
        let range = named(&why).unwrap_or_else(|| panic!("{why}"));
        assert!(range.contains(&position) && range.end() - range.start() <= 1, "{position}: {why}");
        // Another digest is as good as this one: the whole group is named, and no more.
        let digest = place + place_of(&bytes[place..], "07".repeat(16).as_bytes());
        let why = said_after(folder.path(), &bytes, digest, 0x01).await.unwrap_err();
        let range = named(&why).unwrap_or_else(|| panic!("{why}"));
        assert!(range.contains(&position) && *range.end() <= 200, "{position}: {why}");
        if range.start() == range.end() { alone += 1 } else { shared += 1 }
    }
    assert!(shared > 0, "{alone} of groups of one, {shared} of larger ones");
}

/// So much that the store begins a second file: damage in the first is refused, and a cut at the end of the second is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_in_several_files_is_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let log = Embedded::open(folder.path()).unwrap();
    let mut large = commit(0);
    let Event::CertificationWithdrawn(withdrawn) = &mut large.events[0] else { panic!("another event") };
    withdrawn.reason = Text::parse(&"搬".repeat(500)).unwrap();
    // Some 450 KB.
    large.events = vec![large.events[0].clone(); 300];
    let mut last = 0;
    // The store makes the second file before it writes to it.
    let has_begun = || std::fs::read(folder.path().join("1.jnl")).is_ok_and(|file| file.iter().any(|byte| *byte != 0));
    while last % 10 != 0 || !has_begun() {
        last += 1;
        assert!(last < 1_000, "no second file");
        large.id = commit(u128::from(last)).id;
        log.append(&provider(last), Tail::default(), &large).await.unwrap();
    }
    drop(log);
    // Opened anew, the store would write the rest out and remove the first file.
    let lock = std::fs::File::options().write(true).open(folder.path().join("lock")).unwrap();
    while lock.try_lock().is_err() {
        tokio::task::yield_now().await;
    }
    let bytes = |of: &Path, file: &str| std::fs::read(of.join(file)).unwrap();
    let first = bytes(folder.path(), "0.jnl");
    let mut second = bytes(folder.path(), "1.jnl");

    let damaged = copied(folder.path());
    let mut changed = first.clone();
    changed[first.len() / 2] ^= 0x10;
    std::fs::write(damaged.path().join("0.jnl"), &changed).unwrap();
    let Err(LogError::Damaged(why)) = Embedded::open(damaged.path()) else {
        panic!("damage in the first file went unseen")
    };
    assert!(named(&why).is_some(), "{why}");
    // The store may have taken the zeros off that it makes its file longer with.
    let left = bytes(damaged.path(), "1.jnl");
    let used = second.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    assert!(bytes(damaged.path(), "0.jnl") == changed && left[..used] == second[..used], "{why}");

    let cut = copied(folder.path());
    second.truncate(used - 10);
    std::fs::write(cut.path().join("1.jnl"), &second).unwrap();
    forget(cut.path());
    let head = reopened(cut.path()).await.head().await.unwrap();
    assert_eq!(head.0, u64::from(last) - 1);
}
