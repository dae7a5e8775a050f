//! What publishes and questions have shown of the server: learnt by the writer and the connection, gone by before anything is sent.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use domain::Position;

use super::confirmed::{Confirmed, Moment, Number};
use super::room::{Limit, Look, Room, Sought};
use crate::error::{AppendError, Halt, LogError};
use crate::reached::known_file::KnownFile;
use crate::reached::{Reached, Shortfall};

/// Longest wait for the answer.
pub(super) const ASKED_MAX: Duration = Duration::from_secs(1);
/// How lately something must have been stored for a server that does not answer to count as busy.
const STORED_LATELY: Duration = Duration::from_millis(500);
/// How long a publish that failed speaks against a server that answers questions, if none is stored after it: without commits coming in
/// there is no other way to learn that it stores again.
const FAILURE_STANDS: Duration = Duration::from_secs(3);

/// How long before an answer the look may have begun that vouches for it. Looks begin every half second, or every two where a server is slow
/// to answer them: an older one is that of a process which was stopped, and the log may be another since.
const LOOK_VOUCHES: Duration = Duration::from_secs(3);

/// Said in place of a moment while no group is under way: a moment that never comes.
const NONE_UNDER_WAY: u64 = u64::MAX;

/// What publishes and questions have shown of the server. Shared by those who learn it and those who go by it.
#[derive(Debug)]
pub(super) struct Standing {
    began: Instant,
    /// Milliseconds from `began` to the last commit that was stored.
    stored_ms: AtomicU64,
    /// Milliseconds from `began` to when the group under way was sent; `NONE_UNDER_WAY` while none is.
    sent_ms: AtomicU64,
    /// The same of commits that were sent alone or are looked for, each with a number of its own.
    alone: Mutex<BTreeSet<(u64, u64)>>,
    next_alone: AtomicU64,
    has_failed: AtomicBool,
    failed: Mutex<Option<(Instant, String)>>,
    is_unsafe: AtomicBool,
    losses: Mutex<Losses>,
    known: Mutex<Known>,
    pub(super) confirmed: Confirmed,
    /// Where what was acknowledged is put down before it is, if anywhere.
    pub(super) outside: OnceLock<Arc<KnownFile>>,
}

/// Why nothing may be written.
#[derive(Debug, Default)]
struct Losses {
    /// How the NATS stream is kept, and whether only in that it may not hold everything.
    settings: Option<(Halt, String)>,
    /// How the servers that keep it sync.
    syncing: Option<String>,
    /// Why they store nothing more.
    storing: Option<String>,
    /// Whether they may store more.
    room: Room,
    /// What it no longer holds.
    shortfall: Option<Shortfall>,
}

impl Losses {
    /// What is wrong with how what is stored is kept.
    fn kept(&self) -> Option<(Halt, String)> {
        let syncing = || self.syncing.clone().map(|why| (Halt::Unsafe, why));
        let harmed = || self.shortfall.map(|shortfall| (Halt::Harmed, shortfall.to_string()));
        self.settings.clone().or_else(syncing).or_else(harmed)
    }
}

/// How far the log is known to reach.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// The last that was there when the log was looked at.
    found: Reached,
    /// The last that was acknowledged since, or found.
    pub(super) told: Reached,
    /// When the last look began, if it found what was known. While it did not, an acknowledgement may be that of another copy of the log, and
    /// what was acknowledged before is what is looked for.
    looked: Option<Moment>,
    /// How often the log has fallen short.
    shortfalls: u64,
}

impl Known {
    /// What a look must find: one, or two of them.
    pub(super) fn sought(&self) -> impl Iterator<Item = Reached> + use<> {
        [Some(self.found), Some(self.told).filter(|told| *told != self.found)].into_iter().flatten()
    }

    /// Whether the last look found what was known.
    pub(super) fn is_found(&self) -> bool {
        self.looked.is_some()
    }

    /// Whether what the server answered by this moment is the answer of the log that is known: the last look found it, and began after, or
    /// not long before.
    pub(super) fn vouches(&self, answered: Moment) -> bool {
        self.looked.is_some_and(|looked| answered.since(looked) <= LOOK_VOUCHES)
    }

    /// Whether the last look found it and is too old to vouch for anything: this process was stopped.
    pub(super) fn is_old(&self) -> bool {
        self.is_found() && !self.vouches(Moment::now())
    }
}

impl Standing {
    /// That of a log which reaches so far, as was found over a connection by a look that began then.
    pub(super) fn new(reached: Reached, confirmed: Confirmed, began: Moment) -> Self {
        Self {
            began: Instant::now(),
            stored_ms: AtomicU64::new(0),
            sent_ms: AtomicU64::new(NONE_UNDER_WAY),
            alone: Mutex::default(),
            next_alone: AtomicU64::new(0),
            has_failed: AtomicBool::new(false),
            failed: Mutex::new(None),
            is_unsafe: AtomicBool::new(false),
            losses: Mutex::default(),
            known: Mutex::new(Known { found: reached, told: reached, looked: Some(began), shortfalls: 0 }),
            confirmed,
            outside: OnceLock::new(),
        }
    }
}

/// A commit that was sent alone, or is looked for, and is not answered yet.
pub(super) struct SentAlone<'a> {
    standing: &'a Standing,
    sent: (u64, u64),
}

impl Drop for SentAlone<'_> {
    fn drop(&mut self) {
        held(&self.standing.alone).remove(&self.sent);
    }
}

fn held<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is one assignment, so a panic elsewhere leaves none half made.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Standing {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// How far the log is known to reach.
    pub(super) fn known(&self) -> Known {
        *held(&self.known)
    }

    /// How the log falls short of that, if it does.
    pub(super) fn shortfall(&self) -> Option<Shortfall> {
        held(&self.losses).shortfall
    }

    /// The log falls short of what is known of it: nothing more is written to it until that is found there again.
    pub(super) fn falls_short(&self, shortfall: Shortfall) {
        let mut known = held(&self.known);
        (known.looked, known.shortfalls) = (None, known.shortfalls + 1);
        self.learn(|losses| losses.shortfall = Some(shortfall));
        self.confirmed.clear();
    }

    /// It lacks what another service has put down of it: that is looked for from now on.
    pub(super) fn lacks(&self, known: Reached, shortfall: Shortfall) {
        held(&self.known).told = known;
        self.falls_short(shortfall);
    }

    /// What is known could not be looked for.
    pub(super) fn not_looked(&self) {
        held(&self.known).looked = None;
    }

    /// A look over `connection`, which began then, found all of `sought`, and that the log ends with `last`.
    pub(super) fn found(&self, sought: &Known, last: Reached, connection: Number, began: Moment) {
        let mut known = held(&self.known);
        // It may have fallen short since.
        if known.shortfalls != sought.shortfalls {
            return;
        }
        (known.found, known.looked) = (last, Some(began));
        if known.told.position < last.position {
            known.told = last;
        }
        self.learn(|losses| losses.shortfall = None);
        self.confirmed.set(connection);
    }

    /// What stands at a position was told: a look must find it there.
    pub(super) fn followed(&self, position: Position, bytes: &[u8]) {
        let mut known = held(&self.known);
        if known.is_found() && known.told.position < position {
            known.told = Reached::by(known.told.log, position, bytes);
        }
    }

    /// A commit was stored.
    pub(super) fn stored(&self, reached: Reached) {
        let mut known = held(&self.known);
        if known.is_found() && known.told.position < reached.position {
            known.told = reached;
        }
        drop(known);
        self.stored_ms.store(self.now_ms(), Ordering::Relaxed);
        if self.has_failed.swap(false, Ordering::AcqRel) {
            *held(&self.failed) = None;
        }
        if self.is_unsafe.load(Ordering::Acquire) {
            self.learn(|losses| losses.room.stored());
        }
    }

    /// A commit was sent and not stored, or it is not known.
    pub(super) fn failed(&self, why: &str) {
        *held(&self.failed) = Some((Instant::now(), why.to_owned()));
        self.has_failed.store(true, Ordering::Release);
    }

    /// A commit was looked for in vain: that speaks against the server unless something was stored since.
    pub(super) fn never_answered(&self, looked_for: &SentAlone<'_>, why: &str) {
        if self.stored_ms.load(Ordering::Relaxed) <= looked_for.sent.0 {
            self.failed(why);
        }
    }

    /// A group of commits is sent, and every other waits for its end.
    pub(super) fn group_sent(&self) {
        self.sent_ms.store(self.now_ms(), Ordering::Relaxed);
    }

    /// Each of its commits is answered.
    pub(super) fn group_ended(&self) {
        self.sent_ms.store(NONE_UNDER_WAY, Ordering::Relaxed);
    }

    /// A commit is sent alone or looked for; it is answered when this is dropped.
    pub(super) fn sent_alone(&self) -> SentAlone<'_> {
        let sent = (self.now_ms(), self.next_alone.fetch_add(1, Ordering::Relaxed));
        held(&self.alone).insert(sent);
        SentAlone { standing: self, sent }
    }

    /// That a commit, and those that wait for it, have no answer: it was lost with a connection, say, and is looked for; or the server
    /// cannot store it.
    pub(super) fn stall(&self) -> Option<String> {
        let alone_ms = held(&self.alone).first().map_or(NONE_UNDER_WAY, |(sent_ms, _)| *sent_ms);
        let waited_ms = self.now_ms().saturating_sub(self.sent_ms.load(Ordering::Relaxed).min(alone_ms));
        (u128::from(waited_ms) > ASKED_MAX.as_millis())
            .then(|| "commits wait for one that the NATS server has not answered".to_owned())
    }

    /// Why nothing may be written: the NATS stream would lose it.
    pub(super) fn refusal(&self) -> Option<AppendError> {
        if !self.is_unsafe.load(Ordering::Acquire) {
            return self.unnoted().map(|why| AppendError::NotStoring { halt: Halt::Unnoted, why });
        }
        let mut losses = held(&self.losses);
        let storing = losses.storing.clone().map(|why| (Halt::FailedWrite, why));
        let halted = storing.or_else(|| losses.room.refusal().map(|why| (Halt::Full, why)));
        halted.or_else(|| losses.kept()).map(|(halt, why)| AppendError::NotStoring { halt, why })
    }

    /// Why what waited to be sent is not sent any more: the log is another than was opened, or holds less than it did.
    pub(super) fn harm(&self) -> Option<String> {
        if !self.is_unsafe.load(Ordering::Acquire) {
            return None;
        }
        let losses = held(&self.losses);
        let settings = losses.settings.clone().filter(|(halt, _)| *halt == Halt::Harmed).map(|(_, why)| why);
        losses.shortfall.map(|shortfall| shortfall.to_string()).or(settings)
    }

    /// Why what is recorded would not be known outside the log.
    pub(super) fn unnoted(&self) -> Option<String> {
        self.outside.get()?.trouble()
    }

    /// That what stands at this position may be told as recorded.
    pub(super) fn may_tell(&self, position: Position) -> Result<(), LogError> {
        match self.outside.get().filter(|outside| !outside.may_tell(position)) {
            None => Ok(()),
            Some(outside) => Err(LogError::Unavailable(outside.trouble().unwrap_or_default())),
        }
    }

    /// What would lose commits, or has.
    pub(super) fn losses(&self) -> Option<String> {
        let losses = held(&self.losses);
        // A message that could not be written may count as one that is gone: why is told first.
        let storing = losses.storing.as_ref().or(losses.room.why()).cloned();
        storing.or_else(|| losses.kept().map(|(_, why)| why))
    }

    /// What about the NATS stream, as it is kept now, would lose commits.
    pub(super) fn learn_settings(&self, settings: Option<(Halt, String)>) {
        self.learn(|losses| losses.settings = settings);
    }

    /// A publish met a limit that the NATS stream was given since it was last looked at, as the server says: the next look finds it set, or
    /// lifted again. What the operator is told.
    pub(super) fn is_limited(&self, said: &str) -> String {
        let why = format!(
            "NATS 流被设了上限,请取消(max_bytes、max_msgs 设为 -1) / the NATS stream has reached a limit that it was given; set max_bytes and max_msgs to \
             -1: {said}"
        );
        self.learn(|losses| {
            losses.settings.get_or_insert_with(|| (Halt::Limited, why.clone()));
        });
        why
    }

    /// What about how the servers sync would.
    pub(super) fn learn_syncing(&self, syncing: Option<String>) {
        self.learn(|losses| losses.syncing = syncing);
    }

    /// Why the servers store nothing more: until they do, commits would wait for answers that never come.
    pub(super) fn learn_storing(&self, storing: Option<String>) {
        self.learn(|losses| losses.storing = storing);
    }

    /// The account or the servers had no room for a commit of so many bytes: what the operator is told.
    pub(super) fn has_no_room(&self, limit: Limit, said: &str, bytes: u64) -> String {
        self.learn(|losses| losses.room.refused(limit, said, bytes));
        held(&self.losses).room.why().cloned().unwrap_or_else(|| said.to_owned())
    }

    /// What there has to be room for.
    pub(super) fn room_sought(&self) -> Sought {
        held(&self.losses).room.sought()
    }

    /// What a look has found of it.
    pub(super) fn learn_room(&self, sought: Sought, look: Look) {
        self.learn(|losses| losses.room.looked(sought, look));
    }

    /// Whether the servers' monitoring is worth a look now: commits are not answered or were not stored, or it has said why before.
    pub(super) fn is_troubled(&self) -> bool {
        let losses = held(&self.losses);
        let stores = losses.storing.is_none() && losses.room.why().is_none();
        drop(losses);
        !stores || self.failure().is_some() || self.stall().is_some()
    }

    fn learn(&self, change: impl FnOnce(&mut Losses)) {
        let mut losses = held(&self.losses);
        change(&mut losses);
        let is_unsafe = losses.storing.is_some() || losses.room.why().is_some() || losses.kept().is_some();
        self.is_unsafe.store(is_unsafe, Ordering::Release);
    }

    /// Why a server that answers does not store.
    pub(super) fn failure(&self) -> Option<String> {
        let failed = held(&self.failed);
        failed.as_ref().filter(|(when, _)| when.elapsed() < FAILURE_STANDS).map(|(_, why)| why.clone())
    }

    pub(super) fn stores(&self) -> bool {
        let stored_ms = self.stored_ms.load(Ordering::Relaxed);
        stored_ms > 0 && u128::from(self.now_ms().saturating_sub(stored_ms)) < STORED_LATELY.as_millis()
    }
}

#[cfg(test)]
mod tests {
    use async_nats::Statistics;

    use super::super::confirmed;
    use super::*;
    use crate::reached;
    use domain::LogId;

    fn standing_of(reached: Reached) -> Standing {
        let client = Arc::new(Statistics::default());
        let number = confirmed::number(&client);
        Standing::new(reached, Confirmed::new(client, number), Moment::now())
    }

    #[test]
    fn what_was_sent_longest_ago_is_waited_for_alone_or_in_a_group() {
        let standing = standing_of(Reached::nothing(LogId::from_bytes([7; 16])));
        let late = |sent: &mut SentAlone<'_>| {
            let mut alone = held(&sent.standing.alone);
            alone.remove(&sent.sent);
            sent.sent.0 = 0;
            alone.insert(sent.sent);
        };
        let standing_of_old = Standing { began: Instant::now().checked_sub(2 * ASKED_MAX).expect("later"), ..standing };
        assert_eq!(standing_of_old.stall(), None);
        let (first, mut second) = (standing_of_old.sent_alone(), standing_of_old.sent_alone());
        assert_eq!(standing_of_old.stall(), None);
        late(&mut second);
        assert!(standing_of_old.stall().is_some());
        drop(second);
        assert_eq!(standing_of_old.stall(), None);
        drop(first);
        standing_of_old.group_sent();
        assert_eq!(standing_of_old.stall(), None);
        standing_of_old.group_ended();
    }

    #[test]
    fn what_was_looked_for_in_vain_speaks_against_a_server_that_stored_nothing_since() {
        let nothing = Reached::nothing(LogId::from_bytes([7; 16]));
        let standing =
            Standing { began: Instant::now().checked_sub(2 * ASKED_MAX).expect("later"), ..standing_of(nothing) };
        let looked_for = standing.sent_alone();
        standing.never_answered(&looked_for, "timed out");
        assert_eq!(standing.failure().as_deref(), Some("timed out"));
        let mut looked_for = standing.sent_alone();
        standing.stored(nothing);
        assert_eq!(standing.failure(), None);
        looked_for.sent.0 = 0;
        standing.never_answered(&looked_for, "timed out");
        assert_eq!(standing.failure(), None);
    }

    #[test]
    fn a_shortfall_stands_until_what_is_known_is_found() {
        let at = |position: u64| Reached::by(LogId::from_bytes([7; 16]), Position(position), &position.to_be_bytes());
        let standing = standing_of(at(3));
        let over = standing.connection();
        let sought = |known: &Known| known.sought().map(|sought| sought.position.0).collect::<Vec<_>>();
        assert_eq!(sought(&standing.known()), [3]);
        for position in [4, 6, 5] {
            standing.stored(at(position));
        }
        let before = standing.known();
        assert_eq!(sought(&before), [3, 6]);
        standing.falls_short(Shortfall { last: Position(5), known: reached::Known::Beyond(Position(6)) });
        standing.learn_settings(None);
        standing.stored(at(7));
        standing.found(&before, at(6), over, Moment::now());
        assert!(standing.refusal().is_some() && standing.shortfall().is_some(), "an older look ended it");
        let now = standing.known();
        assert_eq!(sought(&now), [3, 6], "what is stored in a log that falls short is not what is looked for");
        assert!(standing.harm().is_some(), "what waited is still sent");
        standing.found(&now, at(8), over, Moment::now());
        assert!(standing.harm().is_none());
        assert!(standing.refusal().is_none() && standing.losses().is_none());
        assert_eq!(sought(&standing.known()), [8]);
        // Nor what is stored by a server that was away, before it was looked at.
        standing.not_looked();
        standing.stored(at(9));
        assert_eq!(sought(&standing.known()), [8]);
    }

    /// A process that was stopped goes on with what was found before: by then the log may be another.
    #[test]
    fn a_look_vouches_for_what_is_answered_soon_after_it_began_or_before() {
        let reached = Reached::by(LogId::from_bytes([7; 16]), Position(3), b"3");
        let standing = standing_of(reached);
        let began = Moment::now();
        let look = |began| standing.found(&standing.known(), reached, standing.connection(), began);
        let a_moment = Duration::from_millis(1);
        look(began);
        for (later, vouches) in [
            (Duration::ZERO, true),
            (LOOK_VOUCHES, true),
            (LOOK_VOUCHES + a_moment, false),
            (Duration::from_hours(1), false),
        ] {
            assert_eq!(standing.known().vouches(began.later(later)), vouches, "{later:?}");
        }
        // The answer to what was asked before it was stopped, that it finds when it goes on, says nothing of now.
        let answered = began.later(Duration::from_hours(1));
        look(began.later(a_moment));
        assert!(!standing.known().vouches(answered));
        look(answered.later(a_moment));
        assert!(standing.known().vouches(answered), "looked at after it was answered");
        standing.not_looked();
        assert!(!standing.known().vouches(answered), "the last look did not find it");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_passed_on_once_a_look_vouches_for_it() {
        let reached = Reached::by(LogId::from_bytes([7; 16]), Position(3), b"3");
        let old = |standing: Standing| {
            held(&standing.known).looked = Some(Moment::start());
            standing
        };
        let standing = standing_of(reached);
        standing.vouched().await.unwrap();
        // No look comes.
        let standing = old(standing);
        let unknown = standing.vouched().await;
        assert!(matches!(unknown, Err(LogError::Unavailable(_))), "{unknown:?}");
        // One for all that wait.
        let waiting = futures_util::future::join(standing.vouched(), standing.vouched());
        let looking = async {
            tokio::task::yield_now().await;
            standing.found(&standing.known(), reached, standing.connection(), Moment::now());
        };
        let ((first, second), ()) = futures_util::future::join(waiting, looking).await;
        assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
        // It is another.
        let standing = old(standing);
        let shortfall = Shortfall { last: Position(400), known: reached::Known::Other(Position(3)) };
        let looking = async {
            tokio::task::yield_now().await;
            standing.falls_short(shortfall);
        };
        let (another, ()) = futures_util::future::join(standing.vouched(), looking).await;
        assert!(matches!(another, Err(LogError::Shorter(found)) if found == shortfall), "{another:?}");
    }
}
