//! Files of the log that somebody takes away, cuts off, replaces or writes over while it is open: it takes no commit that a new start would
//! not find, says which file it is, and goes on once what was there is there again.

use std::fs::{self, File};
use std::path::Path;

use domain::Position;
use event_log::conformance::{commit, provider};
use event_log::{AppendError, Embedded, EventLog, Halt, Inspect, LogError, Reached, ReachedFile, Tail};
use parts::State;

use super::journal::{head_of, journal_in};
use super::{GREEN_WITHIN, RED_WITHIN, is_halted, part, reopened, told};

/// What somebody takes away from under an open log would take every later commit with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_files_are_taken_away_while_it_is_open_takes_nothing_more() {
    let above = tempfile::tempdir().unwrap();
    let (folder, away) = (above.path().join("log"), above.path().join("away"));
    let log = Embedded::open(&folder).unwrap();
    let mut writer = part(log.parts(), "log-writer");
    let mut tail = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    for (id, taken) in [(2, folder.join("0.jnl")), (3, folder.clone())] {
        std::fs::rename(&taken, &away).unwrap();
        told(&mut writer, false, RED_WITHIN).await;
        let refused = log.append(&provider(1), tail, &commit(id)).await;
        assert!(is_halted(&refused, Halt::Harmed, "taken away"), "{refused:?}");
        std::fs::rename(&away, &taken).unwrap();
        told(&mut writer, true, RED_WITHIN).await;
        tail = log.append(&provider(1), tail, &commit(id)).await.unwrap();
    }
    drop(log);
    assert_eq!(head_of(&folder).await.unwrap(), 3);
}

/// A log in `folder` of 5 commits that is open: as it was made, whose journal is longer than what is in it, or opened again.
async fn opened(folder: &Path, again: bool) -> (Embedded, Tail) {
    let mut log = Embedded::open(folder).expect("done");
    let mut tail = Tail::default();
    for id in 1..=5 {
        if again && id == 4 {
            drop(log);
            log = reopened(folder).await;
        }
        tail = log.append(&provider(1), tail, &commit(id)).await.expect("done");
    }
    (log, tail)
}

fn length_of(journal: &Path, length: usize) {
    File::options().write(true).open(journal).expect("done").set_len(length as u64).expect("done");
}

/// What somebody does to a journal that holds these bytes.
type Harm = fn(&Path, &[u8]);

/// Each by its name.
const HARMS: [(&str, Harm); 6] = [
    ("emptied", |journal, _| length_of(journal, 0)),
    ("cut", |journal, bytes| length_of(journal, bytes.len() - 10)),
    ("emptied and made as long as it was", |journal, bytes| {
        length_of(journal, 0);
        length_of(journal, bytes.len());
    }),
    ("replaced by an older copy", |journal, bytes| {
        let beside = journal.with_extension("copy");
        fs::write(&beside, &bytes[..bytes.len() / 2]).expect("done");
        fs::rename(&beside, journal).expect("done");
    }),
    ("written over with an older copy", |journal, bytes| fs::write(journal, &bytes[..bytes.len() / 2]).expect("done")),
    ("removed", |journal, _| fs::remove_file(journal).expect("done")),
];

/// That the part says which file it is, in both languages, and what is to be done.
fn names(state: &State, journal: &Path) {
    let State::Unwell { why, .. } = state else { panic!("{state:?}") };
    let path = journal.display().to_string();
    for said in [&*path, "从备份放回", "from a backup"] {
        assert!(why.contains(said), "{why}");
    }
}

/// Nobody writes: it is told all the same, commits are refused, and the next start misses what is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_harmed_while_nobody_writes_is_told_of() {
    for ((what, harm), again) in HARMS.into_iter().flat_map(|harm| [(harm, false), (harm, true)]) {
        let folder = tempfile::tempdir().unwrap();
        let (log, tail) = opened(folder.path(), again).await;
        let mut writer = part(log.parts(), "log-writer");
        assert!(writer.state().is_well());
        let (journal, bytes) = journal_in(folder.path());
        harm(&journal, &bytes);
        told(&mut writer, false, RED_WITHIN).await;
        names(&writer.state(), &journal);
        let refused = log.append(&provider(1), tail, &commit(6)).await;
        assert!(is_halted(&refused, Halt::Harmed, "0.jnl"), "{what}: {refused:?}");
        assert_eq!(log.load(&provider(1)).await.unwrap().len(), 5, "{what}: what is open is there to be read");
        drop((log, writer));
        let next = head_of(folder.path()).await;
        assert!(matches!(next, Err(LogError::Shorter(_))), "{what}, again {again}: {next:?}");
    }
}

/// Whoever writes before anybody has looked is not told that it is stored.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_into_a_journal_that_was_harmed_is_not_acknowledged() {
    let cases = HARMS.into_iter().flat_map(|harm| [(harm, false), (harm, true)]);
    // Each waits a while for the journal to be put back.
    futures_util::future::join_all(cases.map(|((what, harm), again)| async move {
        let folder = tempfile::tempdir().unwrap();
        let (log, tail) = opened(folder.path(), again).await;
        let (journal, bytes) = journal_in(folder.path());
        harm(&journal, &bytes);
        let refused = log.append(&provider(1), tail, &commit(6)).await;
        let unknown = matches!(refused, Err(AppendError::OutcomeUnknown(_)));
        let kept = unknown || is_halted(&refused, Halt::Harmed, "");
        assert!(kept, "{what}, again {again}: {refused:?}");
        names(&part(log.parts(), "log-writer").state(), &journal);
        // The store has it in memory. Who asks again is not told that it is there; what was acknowledged is.
        let (head, at) = (log.head().await.unwrap(), Position(6));
        assert_eq!(head, Position(5), "{what}, again {again}");
        let asked = [
            log.load(&provider(1)).await.map(|loaded| loaded.tail.position),
            log.tail(&provider(1)).await.map(|tail| tail.position),
            log.inspect(at).await.map(|there| there.map_or(head, |_| at)),
            log.sha256_at(at).await.map(|there| there.map_or(head, |_| at)),
        ];
        for told in asked {
            let unknown =
                matches!(told, Err(LogError::Unavailable(_))) || told.as_ref().is_ok_and(|told| *told <= head);
            assert!(unknown, "{what}, again {again}: {told:?}");
        }
        let acknowledged = log.inspect(head).await;
        assert!(!matches!(acknowledged, Ok(None)), "{what}, again {again}: it is told as not there");
        drop(log);
        let next = head_of(folder.path()).await;
        assert!(next.is_err(), "{what}, again {again}: {next:?}");
    }))
    .await;
}

/// Under load, at any moment: whatever was acknowledged is there at the next start, or that says it is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_cut_under_load_ends_the_acknowledgements() {
    for again in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let (log, _) = opened(folder.path(), again).await;
        let mut writer = part(log.parts(), "log-writer");
        let writers: Vec<_> = (10..18).map(|number| tokio::spawn(written_until_refused(log.clone(), number))).collect();
        while log.head().await.unwrap() < Position(100) {
            tokio::task::yield_now().await;
        }
        let (journal, bytes) = journal_in(folder.path());
        length_of(&journal, bytes.len() / 2);
        told(&mut writer, false, RED_WITHIN).await;
        let mut last = 0;
        for writer in writers {
            last = last.max(writer.await.unwrap());
        }
        assert_eq!(log.head().await.unwrap().0, last, "the last that was acknowledged");
        drop((log, writer));
        let next = head_of(folder.path()).await;
        assert!(next.is_err(), "again {again}: {next:?}");
    }
}

/// Writes until that is refused; the last position.
async fn written_until_refused(log: Embedded, number: u32) -> u64 {
    let mut tail = Tail::default();
    loop {
        match log.append(&provider(number), tail, &commit(u128::from(tail.revision.0) + 1)).await {
            Ok(next) => tail = next,
            Err(AppendError::Unavailable(_) | AppendError::NotStoring { .. } | AppendError::OutcomeUnknown(_)) => {
                return tail.position.0;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Back as it was, in place or as a copy: the log goes on by itself, with all that it held.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_put_back_is_gone_on_with() {
    type Mend = fn(&Path, &[u8]);
    let mends: [(&str, Mend); 2] = [
        ("in place", |journal, bytes| fs::write(journal, bytes).unwrap()),
        ("as a copy", |journal, bytes| {
            let beside = journal.with_extension("copy");
            fs::write(&beside, bytes).unwrap();
            fs::rename(&beside, journal).unwrap();
        }),
    ];
    for ((what, mend), again) in mends.into_iter().flat_map(|mend| [(mend, false), (mend, true)]) {
        let folder = tempfile::tempdir().unwrap();
        let (log, tail) = opened(folder.path(), again).await;
        let mut writer = part(log.parts(), "log-writer");
        let (journal, bytes) = journal_in(folder.path());
        length_of(&journal, bytes.len() / 2);
        told(&mut writer, false, RED_WITHIN).await;
        mend(&journal, &bytes);
        told(&mut writer, true, GREEN_WITHIN).await;
        let tail = log.append(&provider(1), tail, &commit(6)).await.unwrap();
        assert_eq!(tail.position, Position(6), "{what}, again {again}");
        drop((log, writer));
        assert_eq!(head_of(folder.path()).await.unwrap(), 6, "{what}, again {again}");
    }
}

/// Whole, and as long, and another's: what was acknowledged is not in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_fork_that_is_put_in_the_logs_place_is_not_gone_on_with() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(opened(other.path(), false).await);
    let (log, tail) = opened(folder.path(), true).await;
    let (fork, mut fork_tail) = (reopened(other.path()).await, tail);
    // The sixth commit of each is another.
    for id in 100..103 {
        fork_tail = fork.append(&provider(1), fork_tail, &commit(id)).await.unwrap();
    }
    drop(fork);
    let tail = log.append(&provider(1), tail, &commit(6)).await.unwrap();
    let mut writer = part(log.parts(), "log-writer");
    let ((journal, own), (_, forked)) = (journal_in(folder.path()), journal_in(other.path()));
    let beside = journal.with_extension("copy");
    fs::write(&beside, forked).unwrap();
    fs::rename(&beside, &journal).unwrap();
    let refused =
        |state: &State| matches!(state, State::Unwell { why, .. } if why.contains("another commit at position 6"));
    let seen = tokio::time::timeout(GREEN_WITHIN, async {
        while !refused(&writer.state()) {
            assert!(writer.changed().await, "it has ended");
            assert!(!writer.state().is_well(), "it goes on with what is another's");
        }
    });
    seen.await.unwrap_or_else(|_| panic!("{:?}", writer.state()));
    fs::write(&journal, own).unwrap();
    told(&mut writer, true, GREEN_WITHIN).await;
    assert_eq!(log.append(&provider(1), tail, &commit(7)).await.unwrap().position, Position(7));
}

/// What is longer by zeros at its end holds everything, and what is written behind them would not be found.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_made_longer_costs_no_commit() {
    let folder = tempfile::tempdir().unwrap();
    let (log, tail) = opened(folder.path(), true).await;
    let (journal, bytes) = journal_in(folder.path());
    length_of(&journal, bytes.len() + 1_000);
    let refused = log.append(&provider(1), tail, &commit(6)).await;
    assert!(
        matches!(refused, Err(AppendError::Unavailable(_))) || is_halted(&refused, Halt::Harmed, ""),
        "{refused:?}"
    );
    told(&mut part(log.parts(), "log-writer"), true, GREEN_WITHIN).await;
    assert_eq!(log.append(&provider(1), tail, &commit(6)).await.unwrap().position, Position(6));
    drop(log);
    assert_eq!(head_of(folder.path()).await.unwrap(), 6);
}

/// A byte in the middle is read by nobody before the next start, which names its position.
#[tokio::test(flavor = "multi_thread")]
async fn a_byte_that_is_changed_in_the_middle_is_found_at_the_next_start() {
    for again in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let (log, tail) = opened(folder.path(), again).await;
        let (journal, bytes) = journal_in(folder.path());
        let file = File::options().write(true).open(&journal).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, &[bytes[60] ^ 0x10], 60).unwrap();
        log.append(&provider(1), tail, &commit(6)).await.unwrap();
        drop(log);
        let next = head_of(folder.path()).await;
        assert!(matches!(&next, Err(LogError::Damaged(why)) if why.starts_with("position 1 ")), "{next:?}");
    }
}

/// Beyond the end nothing stands, and nothing is on its way there that is to be waited for: it is said at once.
#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_end_of_a_log_nothing_stands() {
    let folder = tempfile::tempdir().unwrap();
    let log = Embedded::open(folder.path()).unwrap();
    for head in 0..2 {
        assert!(log.inspect(Position(head + 1)).await.unwrap().is_none());
        assert!(log.sha256_at(Position(head + 7)).await.unwrap().is_none());
        log.append(&provider(u32::try_from(head).unwrap()), Tail::default(), &commit(1)).await.unwrap();
        assert!(log.sha256_at(Position(head + 1)).await.unwrap().is_some());
    }
}

/// What a start begins with is there and says nothing, or one of the files that it reads next is not there.
#[tokio::test(flavor = "multi_thread")]
async fn files_of_the_store_that_are_emptied_are_missed() {
    let folder = tempfile::tempdir().unwrap();
    let (log, mut tail) = opened(folder.path(), true).await;
    let mut writer = part(log.parts(), "log-writer");
    let tree = |number: u32| folder.path().join(format!("keyspaces/{number}/current"));
    let files = [folder.path().join("version"), tree(0), tree(1), tree(2)];
    let harms: [fn(&Path); 2] = [|file| length_of(file, 0), |file| fs::remove_file(file).expect("done")];
    for (file, harm) in files.iter().flat_map(|file| harms.map(|harm| (file, harm))) {
        let beside = file.with_extension("away");
        fs::hard_link(file, &beside).unwrap();
        let bytes = fs::read(file).unwrap();
        harm(file);
        told(&mut writer, false, RED_WITHIN).await;
        names(&writer.state(), file);
        let refused = log.append(&provider(1), tail, &commit(1000)).await;
        assert!(is_halted(&refused, Halt::Harmed, ""), "{}: {refused:?}", file.display());
        // The same file again, with what was in it.
        fs::write(&beside, bytes).unwrap();
        fs::rename(&beside, file).unwrap();
        let _ = fs::remove_file(&beside);
        told(&mut writer, true, GREEN_WITHIN).await;
        tail = log.append(&provider(1), tail, &commit(u128::from(tail.revision.0) + 1)).await.unwrap();
    }
    drop(log);
    assert_eq!(head_of(folder.path()).await.unwrap(), tail.position.0);
}

/// A file that a tree of the store begins with, cut anywhere: nobody mends it by waiting, so that it is not told as what passes. Some lengths are
/// shorter than what such a file ends with, where the system says that there is no such place in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_tree_that_is_cut_is_damaged_wherever_it_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    drop(opened(folder.path(), true).await);
    for tree in 0..4 {
        let tree = folder.path().join(format!("keyspaces/{tree}"));
        let names = fs::read_dir(&tree).unwrap().map(|entry| entry.unwrap().path());
        let versions =
            names.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('v')));
        let last = versions.max().expect("the tree has a version");
        let whole = fs::read(&last).unwrap();
        for length in (0..32).step_by(3).chain((32..whole.len()).step_by(80)) {
            fs::write(&last, &whole[..length]).unwrap();
            let error = loop {
                let error = Embedded::open(folder.path()).expect_err("it was cut");
                // The one before is still letting go of its files.
                if !matches!(&error, LogError::Unavailable(why) if why.contains("another process")) {
                    break error;
                }
                tokio::task::yield_now().await;
            };
            assert!(matches!(error, LogError::Damaged(_)), "{} at {length}: {error:?}", last.display());
        }
        fs::write(&last, &whole).unwrap();
    }
    assert!(head_of(folder.path()).await.is_ok());
}

/// Waits until the folder says that the log has reached this.
async fn says(folder: &Path, position: Position) {
    let path = folder.join("reached");
    let said = tokio::time::timeout(RED_WITHIN, async {
        loop {
            match ReachedFile::open(&path) {
                Ok(Some((_, reached))) if reached.position == position => return,
                _ => tokio::task::yield_now().await,
            }
        }
    });
    assert!(said.await.is_ok(), "{:?}", ReachedFile::open(&path));
}

/// How far the log has reached is put down where a start looks for it, also where somebody took that away, or put a copy in its place; not
/// in the file of another log.
#[tokio::test(flavor = "multi_thread")]
async fn how_far_the_log_has_reached_is_said_again_where_that_was_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let (log, mut tail) = opened(folder.path(), true).await;
    let mut monitor = part(log.parts(), "log-monitor");
    let (path, beside) = (folder.path().join("reached"), folder.path().join("copy"));
    let harms: [fn(&Path, &Path); 2] = [
        |path, _| fs::remove_file(path).expect("done"),
        |path, beside| {
            fs::copy(path, beside).expect("done");
            fs::rename(beside, path).expect("done");
        },
    ];
    for (harm, id) in harms.into_iter().zip(6..) {
        harm(&path, &beside);
        tail = log.append(&provider(1), tail, &commit(id)).await.unwrap();
        says(folder.path(), tail.position).await;
        assert!(monitor.state().is_well());
    }
    fs::rename(&path, &beside).unwrap();
    let other = Reached::nothing(event_log::new_log_id());
    ReachedFile::replace(&path, &other).unwrap();
    told(&mut monitor, false, RED_WITHIN).await;
    assert_eq!(ReachedFile::open(&path).unwrap().unwrap().1, other);
    fs::rename(&beside, &path).unwrap();
    told(&mut monitor, true, GREEN_WITHIN).await;
    tail = log.append(&provider(1), tail, &commit(8)).await.unwrap();
    says(folder.path(), tail.position).await;
}

/// The file that says which log it is says another: the next start would refuse it, or take it for that one.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_named_another_while_it_is_open_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let (log, tail) = opened(folder.path(), true).await;
    let mut writer = part(log.parts(), "log-writer");
    let (file, own) = (folder.path().join("id"), log.id().to_string());
    fs::write(&file, "11111111-2222-4333-8444-555555555555").unwrap();
    told(&mut writer, false, RED_WITHIN).await;
    names(&writer.state(), &file);
    let refused = log.append(&provider(1), tail, &commit(6)).await;
    assert!(is_halted(&refused, Halt::Harmed, "id"), "{refused:?}");
    assert_eq!(log.load(&provider(1)).await.unwrap().len(), 5, "what is open is there to be read");
    fs::write(&file, &own).unwrap();
    told(&mut writer, true, GREEN_WITHIN).await;
    let tail = log.append(&provider(1), tail, &commit(6)).await.unwrap();
    // Without it a start finds by the others which log it is, and writes it down.
    fs::remove_file(&file).unwrap();
    let tail = log.append(&provider(1), tail, &commit(7)).await.unwrap();
    drop((log, writer));
    assert_eq!(head_of(folder.path()).await.unwrap(), tail.position.0);
    assert!(fs::read_to_string(&file).unwrap().starts_with(&own));
}
