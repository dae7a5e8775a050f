//! The applier over logs that behave and logs that do not.

mod current;
mod cut;
mod damage;
mod faults;
mod readers;
mod rebuild;

use crate::projection::Streams;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use domain::{
    Act, BureauId, Commit, Event, Instant, OfficerId, OperatorBarLifted, OperatorCode, Position, RequestId, Revision,
    Sha256, StreamId,
};
use event_log::{AppendError, DecodeError, EventLog, Followed, Loaded, LogError, Memory, Recorded, SetAside, Tail};
use futures_util::{Stream, StreamExt, stream};
use tokio::task::JoinHandle;

use crate::{
    Applier, ApplyError, Building, Ending, Existing, GROUP_COMMITS_MAX, Health, OpenError, Projection, Reader, Rows,
    Stopped, Stored,
};

const LONGEST: Duration = Duration::from_secs(20);

/// Counts the commits of each stream, and sums revisions over all: several commits of a group touch one row.
#[derive(Clone)]
pub(crate) struct Counts<const VERSION: u32>;

impl<const VERSION: u32> Projection for Counts<VERSION> {
    const NAME: &'static str = "counts";
    const VERSION: u32 = VERSION;

    fn apply(&self, rows: &mut Rows<'_>, recorded: &Recorded, _: &Streams) -> Result<(), ApplyError> {
        let StreamId::Operator(code) = &recorded.stream else {
            return Err(ApplyError::Contradiction("a provider".to_owned()));
        };
        let count = rows.get::<u64>(code.as_str().as_bytes())?.unwrap_or(0) + 1;
        if count != recorded.revision.0 {
            return Err(ApplyError::Contradiction(format!("{count} commits at revision {}", recorded.revision.0)));
        }
        rows.put(code.as_str().as_bytes(), &count)?;
        let sum = rows.get::<u64>(b"sum")?.unwrap_or(0) + recorded.revision.0;
        rows.remove(b"sum")?;
        rows.put(b"sum", &sum)
    }
}

fn operator(n: u8) -> OperatorCode {
    OperatorCode::to_be_completed("321003", [n; 8]).unwrap()
}

fn commit(n: u64) -> Commit {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&(n + 1).to_be_bytes());
    let lifted = OperatorBarLifted {
        bar: Act::new(1).unwrap(),
        lifted_on: domain::Day::parse("2025-03-01").unwrap(),
        document_number: domain::Text::parse("x").unwrap(),
        reason: domain::Text::parse("x").unwrap(),
    };
    Commit {
        id: RequestId::from_bytes(id),
        digest: domain::RequestDigest::of_no_request([0; 16]),
        bureau: BureauId::parse("b").unwrap(),
        officer: OfficerId::parse("o").unwrap(),
        recorded_at: Instant(n),
        scheme: domain::Text::parse("s").unwrap(),
        rules: domain::Position(0),
        events: vec![Event::from(lifted)],
    }
}

pub(crate) async fn fill(log: &Memory, commits: u64) {
    let from = log.head().await.unwrap().0;
    for n in from..from + commits {
        let stream = StreamId::Operator(operator(u8::try_from(n % 7).unwrap()));
        let tail = log.tail(&stream).await.unwrap();
        log.append(&stream, tail, &commit(n)).await.unwrap();
    }
}

/// Every commit of a log, to be handed out by a script.
async fn recorded(log: &Memory) -> Vec<Followed> {
    let head = usize::try_from(log.head().await.unwrap().0).unwrap();
    log.follow(Position(0)).take(head).map(Result::unwrap).collect().await
}

/// A log whose followings give what the script says, one after another.
struct Script {
    id: event_log::LogId,
    head: tokio::sync::watch::Receiver<u64>,
    follows: Mutex<VecDeque<Vec<Result<Followed, LogError>>>>,
    /// How often it was followed.
    followed: tokio::sync::watch::Sender<u32>,
}

impl Script {
    fn new(head: u64, follows: impl IntoIterator<Item = Vec<Result<Followed, LogError>>>) -> Self {
        let (_, head) = tokio::sync::watch::channel(head);
        Self::of(event_log::LogId::from_bytes([1; 16]), head, follows)
    }

    /// A script of the log with this id, which ends where it is told to.
    fn of(
        id: event_log::LogId,
        head: tokio::sync::watch::Receiver<u64>,
        follows: impl IntoIterator<Item = Vec<Result<Followed, LogError>>>,
    ) -> Self {
        let follows = Mutex::new(follows.into_iter().collect());
        Self { id, head, follows, followed: tokio::sync::watch::Sender::default() }
    }
}

impl EventLog for Script {
    fn id(&self) -> event_log::LogId {
        self.id
    }

    async fn append(&self, _: &StreamId, _: Tail, _: &Commit) -> Result<Tail, AppendError> {
        Err(AppendError::Unavailable("a script".to_owned()))
    }

    async fn load(&self, _: &StreamId) -> Result<Loaded, LogError> {
        Ok(Loaded::default())
    }

    async fn tail(&self, _: &StreamId) -> Result<Tail, LogError> {
        Ok(Tail::default())
    }

    fn follow(&self, _: Position) -> impl Stream<Item = Result<Followed, LogError>> + Send + use<> {
        let items = self.follows.lock().unwrap().pop_front().unwrap_or_default();
        self.followed.send_modify(|followed| *followed += 1);
        stream::iter(items).chain(stream::pending())
    }

    fn newest(&self) -> Instant {
        Instant::default()
    }

    async fn look(&self) -> Result<Instant, LogError> {
        Ok(self.newest())
    }

    async fn head(&self) -> Result<Position, LogError> {
        Ok(Position(*self.head.borrow()))
    }
}

pub(crate) struct Running {
    pub(crate) reader: Reader,
    stop: tokio::sync::oneshot::Sender<()>,
    task: JoinHandle<Result<(), Stopped>>,
}

impl Running {
    pub(crate) fn start<const VERSION: u32>(folder: &std::path::Path, log: impl EventLog) -> Self {
        let (reader, applier) = Reader::open(folder, Counts::<VERSION>).unwrap();
        Self::run(reader, applier, log)
    }

    pub(crate) fn run(reader: Reader, applier: Applier<impl Projection>, log: impl EventLog) -> Self {
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(applier.run(log, async move { drop(stopped.await) }));
        Self { reader, stop, task }
    }

    pub(crate) async fn at(&self, position: u64) {
        self.reader.wait_for(Position(position), LONGEST).await.unwrap();
    }

    pub(crate) async fn health(&self, wanted: fn(&Health) -> bool) {
        let mut progress = self.reader.progress();
        let reached = tokio::time::timeout(LONGEST, progress.wait_for(|now| wanted(&now.health))).await;
        reached.expect("in time").unwrap();
    }

    async fn stopped(&self, reason: &str) {
        let mut progress = self.reader.progress();
        let stopped = Health::Stopped { reason: reason.to_owned() };
        let reached = tokio::time::timeout(LONGEST, progress.wait_for(|now| now.health == stopped)).await;
        reached.expect("in time").unwrap();
        assert!(self.reader.parts().iter().any(|part| !part.state().is_well()), "health asks about its parts");
    }

    /// Stops, and lets go of everything that holds the folder.
    pub(crate) async fn stop(self) -> Vec<Stored> {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
        self.reader.rows().snapshot().dump().unwrap()
    }
}

#[tokio::test]
async fn rows_built_in_groups_and_one_by_one_are_the_same_bytes() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    let one_by_one = Running::start::<1>(folder.path(), log.clone());
    for n in 1..=40 {
        fill(&log, 1).await;
        one_by_one.at(n).await;
    }
    fill(&log, 3 * GROUP_COMMITS_MAX as u64).await;
    let head = log.head().await.unwrap().0;
    one_by_one.at(head).await;
    let again = tempfile::tempdir().unwrap();
    let at_once = Running::start::<1>(again.path(), log.clone());
    at_once.at(head).await;
    assert_eq!(one_by_one.reader.rows().snapshot().digest(), at_once.reader.rows().snapshot().digest());
    assert_eq!(one_by_one.stop().await, at_once.stop().await);
}

#[tokio::test]
async fn a_restart_goes_on_from_the_cursor() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 10).await;
    let first = Running::start::<1>(folder.path(), log.clone());
    first.at(10).await;
    let dump = first.stop().await;
    let second = Running::start::<1>(folder.path(), log.clone());
    assert_eq!(second.reader.cursor(), Position(10), "the rows were kept");
    assert_eq!(second.reader.rows().snapshot().dump().unwrap(), dump);
    fill(&log, 5).await;
    second.at(15).await;
    second.health(|health| *health == Health::Live).await;
    second.stop().await;
}

#[tokio::test]
async fn rows_that_hold_nothing_are_what_was_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start::<1>(folder.path(), Memory::new());
    running.health(|health| *health == Health::Live).await;
    let dump = running.stop().await;
    let existing = Existing::open(folder.path(), Counts::<1>, &Ending::default()).unwrap();
    assert_eq!(existing.snapshot().dump().unwrap(), dump);
}

#[tokio::test]
async fn rows_whose_lock_is_being_let_go_are_waited_for_and_not_dropped() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 10).await;
    let first = Running::start::<1>(folder.path(), log.clone());
    first.at(10).await;
    first.stop().await;
    // sled alone is held open, as its threads hold it for a moment after the last handle was dropped.
    let rows = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path().join("rows");
    let held = loop {
        match sled::open(&rows) {
            Ok(held) => break held,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let (opening, opened) = std::sync::mpsc::channel();
    let path = folder.path().to_owned();
    let second = std::thread::spawn(move || {
        opening.send(()).unwrap();
        Reader::open(&path, Counts::<1>).map(|(reader, _)| reader.cursor())
    });
    opened.recv().unwrap();
    drop(held);
    assert_eq!(second.join().unwrap().unwrap(), Position(10), "the rows were dropped");
}

#[tokio::test]
async fn a_gap_stops_the_applier_at_the_last_commit_before_it() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 9).await;
    let mut all = recorded(&log).await;
    all.remove(5);
    let running = Running::start::<1>(folder.path(), Script::new(9, [all.into_iter().map(Ok).collect()]));
    let reason = "the log is not continuous: expected position 6, met 7";
    running.stopped(reason).await;
    let progress = running.reader.progress().borrow().clone();
    assert_eq!((progress.cursor, progress.health.serves()), (Position(5), false));
    let behind = running.reader.wait_for(Position(6), LONGEST).await.unwrap_err();
    assert_eq!((behind.cursor, behind.wanted), (Position(5), Position(6)), "no waiting for what will not come");
}

#[tokio::test]
async fn what_cannot_be_read_or_applied_stops_the_applier() {
    let log = Memory::new();
    fill(&log, 3).await;
    let all = recorded(&log).await;
    let mut wrong = all.clone();
    let Followed::Commit(third) = &mut wrong[2] else { unreachable!("a commit") };
    third.revision = Revision(9);
    let damaged = vec![Ok(all[0].clone()), Ok(all[1].clone()), Err(LogError::Damaged("a test".to_owned()))];
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start::<1>(folder.path(), Script::new(3, [damaged]));
    let reason = "the log is damaged: a test";
    running.stopped(reason).await;
    assert_eq!(running.reader.cursor(), Position(2), "{reason}");
    running.stop.send(()).unwrap();
    assert_eq!(running.task.await.unwrap().unwrap_err().reason, reason);
    assert!(running.reader.parts().iter().all(|part| !part.state().is_well()), "all have ended");

    // What may be set aside stops it too, and is looked at again.
    let contradiction =
        "the commit at position 3 cannot be applied: the commit does not follow from the rows: 1 commits at revision 9";
    let text = DecodeError::NoCommit(b'h');
    let unread = "the message at position 3 cannot be read: it is no commit: its first byte is 0x68";
    let stray = vec![Ok(all[1].clone()), Err(LogError::Undecodable { position: Position(3), error: text })];
    let sha256 = Sha256::from_bytes([7; 32]);
    let aside = Followed::SetAside(SetAside { position: Position(3), sha256, by: Position(4) });
    let wrong: Vec<_> = wrong.into_iter().map(Ok).collect();
    for (first, reason) in [(wrong, contradiction), (stray, unread)] {
        let folder = tempfile::tempdir().unwrap();
        let before = all[..2].iter().cloned().map(Ok).chain(first.into_iter().skip_while(is_before_3)).collect();
        let then = vec![Ok(all[1].clone()), Ok(aside.clone())];
        let running = Running::start::<1>(folder.path(), Script::new(3, [before, then]));
        let mut progress = running.reader.progress();
        let stopped = Health::Stopped { reason: reason.to_owned() };
        progress.wait_for(|now| now.health == stopped && now.cursor == Position(2)).await.unwrap();
        progress.wait_for(|now| now.health == Health::Live && now.cursor == Position(3)).await.unwrap();
        for mut part in running.reader.parts() {
            while !part.state().is_well() {
                assert!(tokio::time::timeout(LONGEST, part.changed()).await.expect("well in time"), "it has ended");
            }
        }
        running.stop().await;
    }
}

fn is_before_3(next: &Result<Followed, LogError>) -> bool {
    next.as_ref().is_ok_and(|next| next.position() < Position(3))
}

#[tokio::test]
async fn a_log_that_is_away_is_tried_again_and_repeats_are_passed_over() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 6).await;
    let all = recorded(&log).await;
    let away = || Err(LogError::Unavailable("a test".to_owned()));
    let first: Vec<_> = all[..4].iter().cloned().map(Ok).chain([away()]).collect();
    // The log begins again from further back than it was asked to, and once more in the middle.
    let third = all[1..5].iter().chain(&all[2..]).cloned().map(Ok).collect();
    let running = Running::start::<1>(folder.path(), Script::new(4, [first, vec![away()], third]));
    running.at(6).await;
    let sum: u64 = running.reader.rows().snapshot().get(b"sum").unwrap().unwrap();
    assert_eq!(sum, 6);
    running.health(|health| *health == Health::Live).await;
    running.stop().await;
}

#[tokio::test]
async fn rows_of_another_log_are_dropped_and_replayed() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 8).await;
    let first = Running::start::<1>(folder.path(), log.clone());
    first.at(8).await;
    first.stop().await;
    // A shorter log, and one as long with another commit at the cursor.
    for length in [5, 8] {
        let other = Memory::new();
        for n in 100..100 + length {
            let stream = StreamId::Operator(operator(9));
            let tail = other.tail(&stream).await.unwrap();
            other.append(&stream, tail, &commit(n)).await.unwrap();
        }
        let running = Running::start::<1>(folder.path(), other);
        running.health(|health| *health == Health::Live).await;
        running.at(length).await;
        let count = running.reader.rows().snapshot().get::<u64>(operator(9).as_str().as_bytes()).unwrap();
        assert_eq!(count, Some(length));
        assert_eq!(running.reader.rows().snapshot().get::<u64>(operator(1).as_str().as_bytes()).unwrap(), None);
        let aside = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(aside.into_iter().any(|name| name.to_str().unwrap().contains("-another-log-")), "put aside");
        running.stop().await;
    }
}

#[tokio::test]
async fn a_raised_version_builds_beside_the_old_rows_and_then_removes_them() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 4).await;
    let old = Running::start::<1>(folder.path(), log.clone());
    old.at(4).await;
    let new = Running::start::<2>(folder.path(), log.clone());
    new.health(|health| *health == Health::Live).await;
    assert!(folder.path().join("counts-v1").is_dir(), "it is still in use");
    old.stop().await;
    new.stop().await;
    let new = Running::start::<2>(folder.path(), log.clone());
    new.health(|health| *health == Health::Live).await;
    // Live is told before the old folder goes; the stop waits for both.
    new.stop().await;
    assert!(!folder.path().join("counts-v1").exists());
}

#[tokio::test]
async fn what_cannot_be_opened_is_dropped_but_not_what_is_in_use() {
    let (log, folder) = (Memory::new(), tempfile::tempdir().unwrap());
    fill(&log, 4).await;
    let first = Running::start::<1>(folder.path(), log.clone());
    first.at(4).await;
    assert!(matches!(Reader::open(folder.path(), Counts::<1>), Err(OpenError::InUse(_))));
    assert!(matches!(Existing::open(folder.path(), Counts::<1>, &Ending::default()), Err(OpenError::InUse(_))));
    let dump = first.stop().await;
    let below = folder.path().join("counts-v1");
    let existing = Existing::open(folder.path(), Counts::<1>, &Ending::default()).unwrap();
    assert_eq!(existing.snapshot().dump().unwrap(), dump);
    drop(existing);
    assert!(matches!(Existing::open(folder.path(), Counts::<2>, &Ending::default()), Err(OpenError::None(_))));
    assert!(!folder.path().join("counts-v2").exists(), "nothing is made of nothing");
    let damages: [fn(&std::path::Path); 2] = [
        |below| std::fs::write(below.join("rows/conf"), b"not a configuration").unwrap(),
        // An end in the middle of an opening, where no other process could look first.
        |below| {
            std::fs::remove_file(below.join("seal")).unwrap();
            std::fs::write(below.join("opening"), b"").unwrap();
        },
    ];
    for damage in damages {
        damage(&below);
        let (reader, applier) = Reader::open(folder.path(), Counts::<1>).unwrap();
        assert_eq!(reader.cursor(), Position(0), "dropped");
        let aside = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(aside.into_iter().any(|name| name.to_str().unwrap().starts_with("aside-")), "put aside, not deleted");
        let running = Running::run(reader, applier, log.clone());
        running.at(4).await;
        assert_eq!(running.stop().await, dump);
    }
}

#[tokio::test]
async fn a_scan_keeps_to_its_prefix_and_begins_after_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::new();
    fill(&log, 7).await;
    let running = Running::start::<1>(folder.path(), log);
    running.at(7).await;
    let rows = running.reader.rows();
    let snapshot = rows.snapshot();
    let keys = |prefix: &[u8], after: Option<&[u8]>| -> Vec<Vec<u8>> {
        snapshot.scan(prefix, after).map(|row| row.unwrap().key().to_vec()).collect()
    };
    let all = keys(b"Z", None);
    assert_eq!(all.len(), 7, "the row named sum and the mark are not among them");
    assert_eq!(keys(b"Z", Some(&all[4])), all[5..]);
    assert_eq!(keys(b"Z", Some(b"A")), all, "a key before the prefix begins at the prefix");
    assert!(keys(b"Z", Some(b"s")).is_empty());
    assert_eq!(snapshot.position(), Position(7));
}
