//! The one write loop that every command service shares: load, decide, append, and again where another writer was first.
//!
//! Nothing else appends to the log. The state of a provider comes from a bounded cache or from the log; a cached state may be
//! behind another process's writes, which costs an append a conflict and a retry, and an answer that appends nothing (a refusal, a
//! repetition) one look at the stream's tail before it is given. So no answer rests on a state that had passed.

mod anew;
mod aside;
mod book;
mod bounds;
mod cache;
mod clock;
mod correction;
mod first;
mod history;
mod late;
mod meanwhile;
mod own;
mod refusing;
mod rules;
mod submission;
mod then;
mod under;
mod weight;

use std::hash::BuildHasher;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{Commit, Day, Instant, NeedsRecord, OperatorCode, StreamId, repeated_correction};
use event_log::{AppendError, EventLog, Opening, StreamHashes, Tail, failpoint};
use rulebook::Editions;
use tokio::sync::{RwLockReadGuard, RwLockWriteGuard, watch};

pub use anew::{Anew, Otherwise, stream_anew};
pub use aside::{Aside, SetAsideError, SettingAside, set_aside};
use cache::Cache;
use first::{first_answer, own_act, same_request};
use history::{History, facts_before, saying};
use meanwhile::{UnderWay, meanwhile};
use own::{OperatorStreams, OwnStreams};
use refusing::refused;

pub use book::RULES_LOOK_PAUSE;
use book::{Book, Known};
pub use bounds::{CALENDAR_AHEAD_DAYS_MIN, CONFLICT_RETRIES_MAX};
pub use cache::CACHE_BYTES_MAX;
pub use clock::{CLOCK_AHEAD_DAYS_MAX, CLOCK_BEHIND_MS_MAX, CLOCK_EARLIEST, CLOCK_LOOK_PAUSE, ClockFault, ClockGuard};
use under::Decided;

pub use rules::Rules;
pub use submission::{Action, Outcome, Receipt, Submission, SubmitError};
use then::entries;

pub use then::Operators;

/// Locks that keep the commands of one process on one stream from racing each other into conflicts.
const STREAM_LOCKS: u64 = 1024;

/// The write loop on one log.
#[derive(Debug)]
pub struct Registrar<L> {
    log: L,
    book: Book,
    cache: Mutex<Cache>,
    locks: Vec<tokio::sync::Mutex<()>>,
    hashes: StreamHashes,
    /// Commands that are being decided and stored.
    under_way: AtomicUsize,
    clock: ClockGuard,
    /// How an empty log is opened before anything else is written; none: it is written as it is.
    opening: Option<Opening>,
    is_open: AtomicBool,
    /// Without whose key nothing can be matched later.
    request_key: Option<parts::Watch>,
}

impl<L: EventLog> Registrar<L> {
    /// A write loop on `log` under `rules`, whatever the log says.
    pub fn new(log: L, rules: &Rules) -> Self {
        Self::with(log, Book::fixed(rules.editions()))
    }

    /// A write loop on `log` under the rules that the log says.
    pub fn following(log: L) -> Self {
        Self::with(log, Book::followed())
    }

    fn with(log: L, book: Book) -> Self {
        let locks = (0..STREAM_LOCKS).map(|_| tokio::sync::Mutex::new(())).collect();
        let cache = Mutex::new(Cache::new(CACHE_BYTES_MAX));
        let (clock, is_open) = (ClockGuard::default(), AtomicBool::default());
        let hashes = StreamHashes::default();
        let under_way = AtomicUsize::new(0);
        Self { log, book, cache, locks, hashes, under_way, clock, opening: None, is_open, request_key: None }
    }

    /// The same, under this guard of the clock.
    #[must_use]
    pub fn guarded_by(self, clock: ClockGuard) -> Self {
        Self { clock, ..self }
    }

    /// The same, which writes nothing into a log before it was opened so.
    #[must_use]
    pub fn opening(self, opening: Opening) -> Self {
        Self { opening: Some(opening), ..self }
    }

    /// The same, which decides nothing new while this part is not well: the file of the key under which requests are digested.
    #[must_use]
    pub fn digested_under(self, request_key: parts::Watch) -> Self {
        Self { request_key: Some(request_key), ..self }
    }

    /// Nothing is written that a request which comes again could not be matched with.
    fn key_is_kept(&self) -> Result<(), SubmitError> {
        match self.request_key.as_ref().map(parts::Watch::state) {
            Some(parts::State::Unwell { why, .. }) => Err(SubmitError::RequestKeyAway(why)),
            Some(parts::State::Well | parts::State::Warns { .. }) | None => Ok(()),
        }
    }

    /// Nothing is written into a log before its first commit says which log it is; where there is none yet, it is written.
    async fn must_be_open(&self, now: Instant) -> Result<(), SubmitError> {
        let Some(opening) = &self.opening else { return Ok(()) };
        if self.is_open.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.clock.check(now, self.log.newest())?;
        event_log::open(&self.log, opening, now).await?;
        self.is_open.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// The parts of it that may be unwell by themselves: the clock, the rules, the request key.
    pub fn parts(&self) -> Vec<parts::Watch> {
        [vec![self.clock.watch()], self.book.parts(), self.request_key.iter().cloned().collect()].concat()
    }

    /// The rules as this process decides under them, and how they go on.
    pub fn rules(&self) -> watch::Receiver<Arc<Editions>> {
        self.book.watch()
    }

    /// The newest rules there are, after a look at the log where the last one was a while ago.
    pub async fn current_rules(&self) -> Result<Arc<Editions>, SubmitError> {
        Ok(Arc::clone(&self.book.hold(&self.log).await?.editions))
    }

    /// Days from `today` on for which working days are known.
    pub fn calendar_days_ahead(&self, today: Day) -> i64 {
        self.book.days_ahead(today)
    }

    async fn hold(&self, action: &Action) -> Result<Held<'_>, SubmitError> {
        if let Action::Rules(_) = action {
            let mut held = self.book.hold_to_adopt().await;
            let loaded = self.log.load(&StreamId::Rules).await?;
            self.book.catch_up(&mut held, &loaded)?;
            return Ok(Held::ToAdopt(held));
        }
        self.book.hold(&self.log).await.map(Held::ToDecide)
    }

    /// Keeps the rules current for as long as the process runs, also where no command asks for them, and tells health of them.
    pub async fn follow_rules(&self, now: impl Fn() -> Instant) {
        loop {
            // Where the log cannot be asked, its own part says so.
            let _ = self.book.look(&self.log).await;
            self.book.look_ahead(Day::of(now()));
            #[expect(clippy::disallowed_methods, reason = "a rule that another process adopts tells nobody")]
            tokio::time::sleep(RULES_LOOK_PAUSE).await;
        }
    }

    /// Looks at the clock, and at what other processes wrote; tells health what it finds. Commands look for themselves.
    pub async fn look_at_clock(&self, now: impl Fn() -> Instant) {
        // Where the log cannot be asked, its own part says so; what is known of it stays.
        let newest = self.log.look().await.unwrap_or_else(|_| self.log.newest());
        if self.clock.check(now(), newest).is_err() {
            return;
        }
        let Some(keeping) = self.clock.due() else { return };
        // A disk that is slow holds no thread that others wait for.
        let kept = tokio::task::spawn_blocking(move || keeping.write()).await;
        if let Err(error) = kept.map_err(io::Error::other).flatten() {
            tracing::warn!(%error, "it could not be kept that the clock was right");
        }
    }

    /// Does so for as long as the process runs, so that a clock that was mended is well again without a command.
    pub async fn watch_clock(&self, now: impl Fn() -> Instant) {
        loop {
            self.look_at_clock(&now).await;
            #[expect(clippy::disallowed_methods, reason = "a clock that is set tells nobody")]
            tokio::time::sleep(clock::CLOCK_LOOK_PAUSE).await;
        }
    }

    /// Bytes of the states that are kept in memory, at most [`CACHE_BYTES_MAX`].
    pub fn cached_bytes(&self) -> usize {
        self.lock_cache().bytes()
    }

    /// The log it writes.
    pub fn log(&self) -> &L {
        &self.log
    }

    /// Decides and records one command. What is seldom done for one is held apart, so that what all go through stays small.
    pub async fn submit(&self, submission: &Submission) -> Result<Receipt, SubmitError> {
        let stream = submission.action.stream();
        let arrived = tokio::time::Instant::now();
        if !submission.validate_only {
            self.must_be_open(submission.now).await?;
        }
        let _turn = self.locks[lock_index(self.hashes, &stream)].lock().await;
        let under_way = UnderWay::among(&self.under_way);
        let mut lost = 0;
        // What is adopted is decided on all that was adopted before it, as the log has it now.
        let mut history = if stream == StreamId::Rules { None } else { self.cached(&stream) };
        loop {
            let fresh = history.is_none();
            let known = match history.take() {
                Some(known) => known,
                None => self.load(&stream).await?,
            };
            failpoint::reach("loaded");
            let mut held = self.hold(&submission.action).await?;
            let editions = held.editions();
            let answer = self.answer(&known, &editions, submission, arrived).await;
            if !matches!(answer, Ok(Answer::Append(_))) && !fresh && self.log.tail(&stream).await? != known.tail {
                // The cached state had passed: the answer may be another on the present one.
                continue;
            }
            let commit = match answer {
                Err(SubmitError::Refused(refusal)) => {
                    return Err(Box::pin(refused(&self.log, &stream, refusal, (submission, &editions))).await);
                }
                answer => answer?,
            };
            let commit = match commit {
                Answer::Append(commit) => commit,
                Answer::Nothing(receipt) => return Ok(receipt),
                Answer::First => return Box::pin(first_answer(&self.log, &stream, submission)).await,
                Answer::Repeats => {
                    if let Some(receipt) = Box::pin(self.repeated(&stream, &editions, submission)).await? {
                        return Ok(receipt);
                    }
                    // Not any more: another writer was first.
                    lost = once_more(lost)?;
                    continue;
                }
            };
            failpoint::reach("decided");
            let (tail, act) = (known.tail, own_act(known.provider.acts, &commit.events));
            // By the log's contract a commit that is stored stands there with all its facts, so what follows from it is what any reader makes of
            // the log. Without the cache's own hold on it, the state moves on in place and is not copied.
            let follows = || {
                self.lock_cache().hand_over(&stream);
                Arc::unwrap_or_clone(known).then(&commit, Tail::default())
            };
            let (stored, moved) = {
                let storing = pin!(self.log.append(&stream, tail, &commit));
                meanwhile(storing, follows, under_way.is_alone()).await
            };
            match stored {
                Ok(tail) => {
                    failpoint::reach("stored");
                    match moved.outcome() {
                        Some(Ok(moved)) => self.lock_cache().put(stream, Arc::new(History { tail, ..moved })),
                        // After a correction the state is made of the whole stream, by who asks next.
                        Some(Err(NeedsRecord)) | None => self.forget(&stream),
                    }
                    if let Held::ToAdopt(held) = &mut held {
                        // In force here before it is answered.
                        self.book.adopted(held, tail.position, &commit)?;
                    }
                    let (log, events) = (self.log.id(), commit.events);
                    return Ok(Receipt { log, tail, act, outcome: Outcome::Recorded, events });
                }
                Err(AppendError::Conflict) => {
                    self.forget(&stream);
                    self.book.doubt();
                    lost = once_more(lost)?;
                }
                Err(error) => {
                    self.forget(&stream);
                    self.book.doubt();
                    return Err(error.into());
                }
            }
        }
    }

    async fn answer(
        &self,
        history: &History,
        editions: &Editions,
        submission: &Submission,
        arrived: tokio::time::Instant,
    ) -> Result<Answer, SubmitError> {
        if let Some(digest) = history.requests.get(&submission.id) {
            return same_request(*digest, submission).map(|()| Answer::First);
        }
        // What is recorded can be matched; what is new could not be by who goes by what the file holds.
        self.key_is_kept()?;
        // A request that is recorded has its answer whatever the clock shows; nothing new is decided by a wrong one.
        // The stamp is of when it came. What it has waited since is counted, or a clock would seem to be behind what others recorded
        // in the meantime.
        let waited = u64::try_from(arrived.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.clock.check(Instant(submission.now.0.saturating_add(waited)), self.log.newest())?;
        let actual = history.tail.revision;
        if submission.expected_revision.is_some_and(|expected| expected != actual) {
            return Err(SubmitError::RevisionMismatch { actual });
        }
        let decided = if let Some(asked) = submission.action.correction() {
            Box::pin(correction::decided(&self.log, editions, asked, history.tail, submission)).await?
        } else {
            let own = OwnStreams::read(self, history, &submission.action).await?;
            let decided = under::decide_under(editions, own.told(), history, submission);
            let decided = decided.map_err(SubmitError::Refused)?;
            late::stands(&self.log, editions, history, submission, &decided.events).await?;
            decided
        };
        let Decided { scheme, events } = decided;
        if events.is_empty() {
            return Ok(Answer::Repeats);
        }
        if submission.validate_only {
            let (log, tail, outcome) = (self.log.id(), history.tail, Outcome::Validated);
            return Ok(Answer::Nothing(Receipt { log, tail, act: None, outcome, events }));
        }
        Ok(Answer::Append(Commit {
            id: submission.id,
            digest: submission.digest,
            bureau: submission.bureau.clone(),
            officer: submission.officer.clone(),
            recorded_at: submission.now,
            scheme,
            rules: editions.position(),
            events,
        }))
    }

    /// The receipt of the act on record that the command repeats; `None` where it repeats none.
    async fn repeated(
        &self,
        stream: &StreamId,
        editions: &Editions,
        submission: &Submission,
    ) -> Result<Option<Receipt>, SubmitError> {
        let commits = self.log.load(stream).await?;
        let act = match &submission.action {
            Action::CorrectProvider(_, c) | Action::CorrectOperator(_, c) => repeated_correction(&entries(&commits), c),
            Action::Rules(command) => {
                let position = rulebook::already(editions, command);
                let at = commits.iter().position(|recorded| Some(recorded.position) == position);
                at.and_then(|at| own_act(facts_before(&commits, at), &commits.get(at)?.commit.events))
            }
            Action::Provider(..) | Action::Operator(..) => {
                let history = History::replay(&commits);
                let own = OwnStreams::read(self, &history, &submission.action).await?;
                under::repeated_under(editions, own.told(), &history, submission)
            }
        };
        let log = self.log.id();
        Ok(act.and_then(|act| {
            let of = commits.get(saying(&commits, act)?)?;
            let events = of.commit.events.clone();
            Some(Receipt { log, tail: of.tail(), act: Some(act), outcome: Outcome::AlreadyRecorded, events })
        }))
    }

    async fn load(&self, stream: &StreamId) -> Result<Arc<History>, SubmitError> {
        let history = Arc::new(History::replay(&self.log.load(stream).await?));
        self.lock_cache().put(stream.clone(), Arc::clone(&history));
        Ok(history)
    }

    /// The first stream whose state in memory is not what the log makes of the same commits. For tests: nothing asks it in a service.
    #[cfg(feature = "inspect")]
    pub async fn differs_from_log(&self) -> Result<Option<StreamId>, event_log::LogError> {
        let known = self.lock_cache().all();
        for (stream, history) in known {
            let mut commits = self.log.load(&stream).await?;
            // What another process wrote since is not known here yet, which is no fault.
            commits.commits.retain(|recorded| recorded.revision <= history.tail.revision);
            commits.tail = history.tail;
            if History::replay(&commits) != *history {
                return Ok(Some(stream));
            }
        }
        Ok(None)
    }

    fn cached(&self, stream: &StreamId) -> Option<Arc<History>> {
        self.lock_cache().get(stream)
    }

    fn forget(&self, stream: &StreamId) {
        self.lock_cache().forget(stream);
    }

    fn lock_cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        // Each entry is replaced whole, so a panic elsewhere leaves none half made.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L: EventLog> OperatorStreams for Registrar<L> {
    /// What an operator's own stream says; `None` where it is empty.
    async fn operator(&self, operator: OperatorCode) -> Result<Option<Arc<History>>, SubmitError> {
        let stream = StreamId::Operator(operator);
        let tail = self.log.tail(&stream).await?;
        // Few operators have anything there, so an empty stream is not worth a place among the cached ones.
        if tail == Tail::default() {
            return Ok(None);
        }
        Ok(Some(match self.cached(&stream) {
            Some(known) if tail == known.tail => known,
            _ => self.load(&stream).await?,
        }))
    }
}

/// One more time that another writer was first, if it may be.
fn once_more(lost: u32) -> Result<u32, SubmitError> {
    if lost < CONFLICT_RETRIES_MAX { Ok(lost + 1) } else { Err(SubmitError::Contended) }
}

/// The rules that a command is decided under, held until its commit is stored.
enum Held<'b> {
    ToDecide(RwLockReadGuard<'b, Known>),
    ToAdopt(RwLockWriteGuard<'b, Known>),
}

impl Held<'_> {
    fn editions(&self) -> Arc<Editions> {
        Arc::clone(match self {
            Self::ToDecide(known) => &known.editions,
            Self::ToAdopt(known) => &known.editions,
        })
    }
}

enum Answer {
    /// Facts to record.
    Append(Commit),
    /// Nothing to write.
    Nothing(Receipt),
    /// The request id was recorded before.
    First,
    /// It repeats an act on record.
    Repeats,
}

fn lock_index(hashes: StreamHashes, stream: &StreamId) -> usize {
    // The remainder is below STREAM_LOCKS, so it is an index on any machine.
    usize::try_from(hashes.hash_one(stream) % STREAM_LOCKS).unwrap_or(0)
}
