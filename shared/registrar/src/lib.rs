//! The one write loop that every command service shares: load, decide, append, and again where another writer was first.
//!
//! Nothing else appends to the log. The state of a provider comes from a bounded cache or from the log; a cached state may be
//! behind another process's writes, which costs an append a conflict and a retry, and an answer that appends nothing (a refusal,
//! "already so") one look at the stream's tail before it is given. So no answer rests on a state that had passed.

mod anew;
mod aside;
mod bounds;
mod cache;
mod clock;
mod correction;
mod history;
mod rules;
mod submission;
mod then;
mod weight;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use domain::command::Command;
use domain::{
    Commit, Context, Day, Event, Instant, NeedsRecord, OperatorCode, Refusal, RequestDigest, StreamId, decide,
    decide_operator,
};
use event_log::{AppendError, EventLog, Tail, failpoint};

pub use anew::{Anew, Otherwise, stream_anew};
pub use aside::{Aside, SetAsideError, SettingAside, set_aside};
use cache::Cache;
use history::History;

pub use bounds::CONFLICT_RETRIES_MAX;
pub use cache::CACHE_BYTES_MAX;
pub use clock::{CLOCK_AHEAD_DAYS_MAX, CLOCK_BEHIND_MS_MAX, CLOCK_EARLIEST, CLOCK_LOOK_PAUSE, ClockFault, ClockGuard};
pub use rules::Rules;
pub use submission::{Action, Outcome, Receipt, Submission, SubmitError};
pub use then::{Bars, Then, entries, identifies};

/// Locks that keep the commands of one process on one stream from racing each other into conflicts.
const STREAM_LOCKS: u64 = 1024;

/// The write loop on one log.
#[derive(Debug)]
pub struct Registrar<L> {
    log: L,
    rules: Arc<Rules>,
    cache: Mutex<Cache>,
    locks: Vec<tokio::sync::Mutex<()>>,
    clock: ClockGuard,
}

impl<L: EventLog> Registrar<L> {
    /// A write loop on `log` under `rules`.
    pub fn new(log: L, rules: Arc<Rules>) -> Self {
        let locks = (0..STREAM_LOCKS).map(|_| tokio::sync::Mutex::new(())).collect();
        let cache = Mutex::new(Cache::new(CACHE_BYTES_MAX));
        Self { log, rules, cache, locks, clock: ClockGuard::default() }
    }

    /// The same, under this guard of the clock.
    #[must_use]
    pub fn guarded_by(self, clock: ClockGuard) -> Self {
        Self { clock, ..self }
    }

    /// The parts of it that may be unwell by themselves: the clock.
    pub fn parts(&self) -> Vec<parts::Watch> {
        vec![self.clock.watch()]
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

    /// Decides and records one command.
    pub async fn submit(&self, submission: &Submission) -> Result<Receipt, SubmitError> {
        let stream = submission.action.stream();
        let arrived = tokio::time::Instant::now();
        let _turn = self.locks[lock_index(&stream)].lock().await;
        let mut lost = 0;
        let mut history = self.cached(&stream);
        loop {
            let fresh = history.is_none();
            let known = match history.take() {
                Some(known) => known,
                None => self.load(&stream).await?,
            };
            failpoint::reach("loaded");
            let answer = self.answer(&known, submission, arrived).await;
            if !matches!(answer, Ok(Answer::Append(_))) && !fresh && self.log.tail(&stream).await? != known.tail {
                // The cached state had passed: the answer may be another on the present one.
                continue;
            }
            let commit = match answer? {
                Answer::Append(commit) => commit,
                Answer::Nothing(receipt) => return Ok(receipt),
                Answer::First => return self.first_answer(&stream, submission).await,
                Answer::AlreadySo => {
                    if let Some(tail) = self.commit_that_made_it_so(&stream, submission).await? {
                        return Ok(self.nothing_written(tail, Outcome::AlreadyRecorded, Vec::new()));
                    }
                    // Not any more: another writer was first.
                    lost = once_more(lost)?;
                    continue;
                }
            };
            failpoint::reach("decided");
            match self.log.append(&stream, known.tail, &commit).await {
                Ok(tail) => {
                    failpoint::reach("stored");
                    // By the log's contract this commit stands there with all its facts, so what follows from it is what any reader
                    // makes of the log. Without the cache's own hold on it, the state moves on in place and is not copied.
                    self.lock_cache().hand_over(&stream);
                    match Arc::unwrap_or_clone(known).then(&commit, tail) {
                        Ok(moved) => self.lock_cache().put(stream, Arc::new(moved)),
                        // After a correction the state is made of the whole stream, by who asks next.
                        Err(NeedsRecord) => self.forget(&stream),
                    }
                    return Ok(Receipt { log: self.log.id(), tail, outcome: Outcome::Recorded, events: commit.events });
                }
                Err(AppendError::Conflict) => {
                    self.forget(&stream);
                    lost = once_more(lost)?;
                }
                Err(error) => {
                    self.forget(&stream);
                    return Err(match error {
                        AppendError::OutcomeUnknown(why) => SubmitError::OutcomeUnknown(why),
                        AppendError::TooLarge { bytes } => SubmitError::TooLarge { bytes },
                        AppendError::Busy { waiting } => SubmitError::Busy { waiting },
                        AppendError::NoRoom { of, left, needed } => SubmitError::NoRoom { of, left, needed },
                        AppendError::Unavailable(why) => SubmitError::Unavailable(why),
                        AppendError::NotStoring { halt, why } => SubmitError::NotStoring { halt, why },
                        AppendError::Conflict => SubmitError::Contended,
                    });
                }
            }
        }
    }

    async fn answer(
        &self,
        history: &History,
        submission: &Submission,
        arrived: tokio::time::Instant,
    ) -> Result<Answer, SubmitError> {
        if let Some(digest) = history.requests.get(&submission.id) {
            return same_request(*digest, submission).map(|()| Answer::First);
        }
        // A request that is recorded has its answer whatever the clock shows; nothing new is decided by a wrong one.
        // The stamp is of when it came. What it has waited since is counted, or a clock would seem to be behind what others recorded
        // in the meantime.
        let waited = u64::try_from(arrived.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.clock.check(Instant(submission.now.0.saturating_add(waited)), self.log.newest())?;
        let actual = history.tail.revision;
        if submission.expected_revision.is_some_and(|expected| expected != actual) {
            return Err(SubmitError::RevisionMismatch { actual });
        }
        let events = self.decide(history, submission).await?;
        if events.is_empty() {
            return Ok(Answer::AlreadySo);
        }
        if submission.validate_only {
            return Ok(Answer::Nothing(self.nothing_written(history.tail, Outcome::Validated, events)));
        }
        Ok(Answer::Append(Commit {
            id: submission.id,
            digest: submission.digest,
            bureau: submission.bureau.clone(),
            officer: submission.officer.clone(),
            recorded_at: submission.now,
            scheme: self.rules.scheme.version.clone(),
            events,
        }))
    }

    fn nothing_written(&self, tail: Tail, outcome: Outcome, events: Vec<Event>) -> Receipt {
        Receipt { log: self.log.id(), tail, outcome, events }
    }

    async fn decide(&self, history: &History, submission: &Submission) -> Result<Vec<Event>, SubmitError> {
        if let Some(asked) = submission.action.correction() {
            return correction::decided(&self.log, &self.rules, asked, history.tail, submission).await;
        }
        let bar = self.operator_bar(history, &submission.action).await?;
        self.decide_under(bar, history, submission).map_err(SubmitError::Refused)
    }

    /// What the rules say where this bar is on the operator.
    fn decide_under(
        &self,
        bar: Option<Day>,
        history: &History,
        submission: &Submission,
    ) -> Result<Vec<Event>, Refusal> {
        let rules = &*self.rules;
        let today = Day::of(submission.now);
        match &submission.action {
            Action::Provider(id, command) => {
                let context = Context {
                    scheme: &rules.scheme,
                    calendar: &rules.calendar,
                    divisions: &rules.divisions,
                    bureau: &submission.bureau,
                    today,
                    provider: id,
                    operator_barred_until: bar,
                };
                decide(&history.provider, command, &context)
            }
            Action::Operator(_, command) => {
                decide_operator(&history.operator, command, &rules.scheme, &submission.bureau, today)
            }
            // Asked of the record, above.
            Action::CorrectProvider(..) | Action::CorrectOperator(..) => Err(Refusal::CorrectsAnother),
        }
    }

    /// Where the commit stands since which the command has nothing to change; `None` where it has.
    async fn commit_that_made_it_so(
        &self,
        stream: &StreamId,
        submission: &Submission,
    ) -> Result<Option<Tail>, SubmitError> {
        if let Some(asked) = submission.action.correction() {
            return correction::since(&self.log, &self.rules, asked, submission).await;
        }
        let commits = self.log.load(stream).await?;
        let bar = self.operator_bar(&History::replay(&commits), &submission.action).await?;
        let is_so =
            |history: &History| self.decide_under(bar, history, submission).is_ok_and(|events| events.is_empty());
        Ok(History::since(&commits, is_so))
    }

    /// The bar on the operator, read from its own stream for the commands that a bar refuses. A bar recorded between this read
    /// and the append is not seen: ARCHITECTURE.md says what that race can do.
    async fn operator_bar(&self, history: &History, action: &Action) -> Result<Option<Day>, SubmitError> {
        let Action::Provider(provider, command) = action else { return Ok(None) };
        let asks = matches!(
            command,
            Command::Apply(_) | Command::Certify(_) | Command::RecordCertification(_) | Command::Renew(_)
        );
        if !asks {
            return Ok(None);
        }
        let mut until = self.barred_until(provider.operator().clone()).await?;
        // A bar on the key that the operator had before its code was known stands as well.
        if let Some(identified) = history.provider.operator_uscc().cloned() {
            until = until.max(self.barred_until(OperatorCode::Uscc(identified)).await?);
        }
        Ok(until)
    }

    async fn barred_until(&self, operator: OperatorCode) -> Result<Option<Day>, SubmitError> {
        let stream = StreamId::Operator(operator);
        let tail = self.log.tail(&stream).await?;
        // Few operators were ever barred, so an empty stream is not worth a place among the cached ones.
        if tail == Tail::default() {
            return Ok(None);
        }
        let operator = match self.cached(&stream) {
            Some(known) if tail == known.tail => known,
            _ => self.load(&stream).await?,
        };
        Ok(operator.operator.barred_until())
    }

    /// The answer the first command with this id got.
    async fn first_answer(&self, stream: &StreamId, submission: &Submission) -> Result<Receipt, SubmitError> {
        let commits = self.log.load(stream).await?;
        let first = commits.into_iter().find(|recorded| recorded.commit.id == submission.id);
        let first = first.ok_or_else(|| SubmitError::Unavailable("the first commit was not found".to_owned()))?;
        same_request(first.commit.digest, submission)?;
        Ok(Receipt {
            log: self.log.id(),
            tail: first.tail(),
            outcome: Outcome::AlreadyRecorded,
            events: first.commit.events,
        })
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

/// Whether the request with this id that is on record asked for the same.
fn same_request(recorded: RequestDigest, submission: &Submission) -> Result<(), SubmitError> {
    if recorded == submission.digest {
        return Ok(());
    }
    let comparable = recorded.is_comparable(&submission.digest);
    Err(if comparable { SubmitError::RequestReused } else { SubmitError::RequestKeyDiffers })
}

/// One more time that another writer was first, if it may be.
fn once_more(lost: u32) -> Result<u32, SubmitError> {
    if lost < CONFLICT_RETRIES_MAX { Ok(lost + 1) } else { Err(SubmitError::Contended) }
}

enum Answer {
    /// Facts to record.
    Append(Commit),
    /// Nothing to write.
    Nothing(Receipt),
    /// The request id was recorded before.
    First,
    /// There is nothing to change.
    AlreadySo,
}

fn lock_index(stream: &StreamId) -> usize {
    let mut hasher = DefaultHasher::new();
    stream.hash(&mut hasher);
    // The remainder is below STREAM_LOCKS, so it is an index on any machine.
    usize::try_from(hasher.finish() % STREAM_LOCKS).unwrap_or(0)
}
