//! The one write loop that every command service shares: load, decide, append, and again where another writer was first.
//!
//! Nothing else appends to the log. The state of a provider comes from a bounded cache or from the log; a cached state may be
//! behind another process's writes, which costs an append a conflict and a retry, and an answer that appends nothing (a refusal,
//! "already so") one look at the stream's tail before it is given. So no answer rests on a state that had passed.

mod aside;
mod bounds;
mod cache;
mod clock;
mod history;
mod weight;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use domain::command::{Command, OperatorCommand};
use domain::{
    BureauId, Calendar, Commit, Context, Day, DivisionTable, Event, Instant, OfficerId, OperatorCode, ProviderId,
    Refusal, RequestId, Revision, Scheme, StreamId, decide, decide_operator,
};
use event_log::{AppendError, EventLog, LogError, LogId, Reserve, Tail, failpoint};

pub use aside::{Aside, SetAsideError, SettingAside, set_aside};
use cache::Cache;
use history::History;

pub use bounds::CONFLICT_RETRIES_MAX;
pub use cache::CACHE_BYTES_MAX;
pub use clock::{CLOCK_AHEAD_DAYS_MAX, CLOCK_BEHIND_MS_MAX, CLOCK_EARLIEST, CLOCK_LOOK_PAUSE, ClockFault, ClockGuard};

/// Locks that keep the commands of one process on one stream from racing each other into conflicts.
const STREAM_LOCKS: u64 = 1024;

/// What decisions are taken with: the scheme and the tables of the place.
#[derive(Debug)]
pub struct Rules {
    /// The scheme (办法).
    pub scheme: Scheme,
    /// Working days.
    pub calendar: Calendar,
    /// Places that exist.
    pub divisions: DivisionTable,
}

/// A command and the stream it is for.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one at a time, moved once")]
pub enum Action {
    /// On a provider.
    Provider(ProviderId, Command),
    /// On an operator.
    Operator(OperatorCode, OperatorCommand),
}

/// A command with who, when, and how it is told from another.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The caller's id of the command.
    pub id: RequestId,
    /// Digest of the command as sent.
    pub digest: [u8; 16],
    /// Who acts.
    pub bureau: BureauId,
    /// The officer's staff number.
    pub officer: OfficerId,
    /// When.
    pub now: Instant,
    /// The revision the caller decided on, if it says one.
    pub expected_revision: Option<Revision>,
    /// Decide and answer, write nothing.
    pub validate_only: bool,
    /// What is to be done.
    pub action: Action,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The log it is of.
    pub log: LogId,
    /// Where the stream stands after it.
    pub tail: Tail,
    /// What became of it.
    pub outcome: Outcome,
    /// The facts of its commit; of a command that was recorded before, those of the first time.
    pub events: Vec<Event>,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// On disk now.
    Recorded,
    /// Nothing written: recorded before, or already so.
    AlreadyRecorded,
    /// Nothing written: only validated.
    Validated,
}

/// Why a command was not recorded, or is not known to be.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The rules say no.
    #[error("refused: {}", .0.en())]
    Refused(Refusal),
    /// The stream holds this request id with another content.
    #[error("this request id was used for another command")]
    RequestReused,
    /// The stream is at another revision than the caller decided on.
    #[error("the stream is at revision {}", actual.0)]
    RevisionMismatch {
        /// Where it is.
        actual: Revision,
    },
    /// Other writers were first, again and again.
    #[error("other writers were first {CONFLICT_RETRIES_MAX} times")]
    Contended,
    /// It is not known whether the command is recorded. Sent again with the same id it is looked up.
    #[error("the outcome is unknown: {0}")]
    OutcomeUnknown(String),
    /// Nothing was written: the log cannot be read or written now.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
    /// Nothing was written: the clock cannot be believed.
    #[error(transparent)]
    Clock(#[from] ClockFault),
    /// Nothing was written: as many commits wait for the log as may wait. Try again later.
    #[error("{waiting} commits wait for the log already")]
    Busy {
        /// How many may wait.
        waiting: usize,
    },
    /// Nothing was written, nor begun: there is less left of something than the log keeps in reserve.
    #[error("{left} {of} are left, and {needed} are kept in reserve")]
    NoRoom {
        /// What there is too little of.
        of: Reserve,
        /// How much is left, in its unit.
        left: u64,
        /// How much is kept in reserve, in its unit.
        needed: u64,
    },
    /// Nothing was written: the commit is larger than the log takes.
    #[error("the commit has {bytes} bytes, more than the log takes")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The log holds something that cannot be read. Nothing was written.
    #[error(transparent)]
    Log(LogError),
}

impl From<LogError> for SubmitError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Unavailable(why) => Self::Unavailable(why),
            other => Self::Log(other),
        }
    }
}

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
        let stream = match &submission.action {
            Action::Provider(id, _) => StreamId::Provider(id.clone()),
            Action::Operator(code, _) => StreamId::Operator(code.clone()),
        };
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
            };
            failpoint::reach("decided");
            match self.log.append(&stream, known.tail, &commit).await {
                Ok(tail) => {
                    failpoint::reach("stored");
                    // By the log's contract this commit stands there with all its facts, so what follows from it is what any reader
                    // makes of the log. Without the cache's own hold on it, the state moves on in place and is not copied.
                    self.forget(&stream);
                    let moved = Arc::unwrap_or_clone(known).then(&commit, tail);
                    self.lock_cache().put(stream, Arc::new(moved));
                    return Ok(Receipt { log: self.log.id(), tail, outcome: Outcome::Recorded, events: commit.events });
                }
                Err(AppendError::Conflict) => {
                    self.forget(&stream);
                    lost += 1;
                    if lost > CONFLICT_RETRIES_MAX {
                        return Err(SubmitError::Contended);
                    }
                }
                Err(error) => {
                    self.forget(&stream);
                    return Err(match error {
                        AppendError::OutcomeUnknown(why) => SubmitError::OutcomeUnknown(why),
                        AppendError::TooLarge { bytes } => SubmitError::TooLarge { bytes },
                        AppendError::Busy { waiting } => SubmitError::Busy { waiting },
                        AppendError::NoRoom { of, left, needed } => SubmitError::NoRoom { of, left, needed },
                        AppendError::Unavailable(why) => SubmitError::Unavailable(why),
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
            return if *digest == submission.digest { Ok(Answer::First) } else { Err(SubmitError::RequestReused) };
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
        let nothing =
            |outcome, events| Ok(Answer::Nothing(Receipt { log: self.log.id(), tail: history.tail, outcome, events }));
        if events.is_empty() {
            return nothing(Outcome::AlreadyRecorded, events);
        }
        if submission.validate_only {
            return nothing(Outcome::Validated, events);
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

    async fn decide(&self, history: &History, submission: &Submission) -> Result<Vec<Event>, SubmitError> {
        let rules = &*self.rules;
        let today = Day::of(submission.now);
        let decision = match &submission.action {
            Action::Provider(id, command) => {
                let context = Context {
                    scheme: &rules.scheme,
                    calendar: &rules.calendar,
                    divisions: &rules.divisions,
                    bureau: &submission.bureau,
                    today,
                    provider: id,
                    operator_barred_until: self.operator_bar(history, id, command).await?,
                };
                decide(&history.provider, command, &context)
            }
            Action::Operator(_, command) => {
                decide_operator(&history.operator, command, &rules.scheme, &submission.bureau, today)
            }
        };
        decision.map_err(SubmitError::Refused)
    }

    /// The bar on the operator, read from its own stream for the commands that a bar refuses. A bar recorded between this read
    /// and the append is not seen: ARCHITECTURE.md says what that race can do.
    async fn operator_bar(
        &self,
        history: &History,
        provider: &ProviderId,
        command: &Command,
    ) -> Result<Option<Day>, SubmitError> {
        let asks = matches!(
            command,
            Command::Apply(_) | Command::Certify(_) | Command::RecordCertification(_) | Command::Renew(_)
        );
        if !asks {
            return Ok(None);
        }
        let identified = history.provider.operator_uscc.clone().map(OperatorCode::Uscc);
        let stream = StreamId::Operator(identified.unwrap_or_else(|| provider.operator().clone()));
        let tail = self.log.tail(&stream).await?;
        // Few operators were ever barred, so an empty stream is not worth a place among the cached ones.
        if tail == Tail::default() {
            return Ok(None);
        }
        let operator = match self.cached(&stream) {
            Some(known) if tail == known.tail => known,
            _ => self.load(&stream).await?,
        };
        Ok(operator.operator.bar.as_ref().map(|(until, _)| *until))
    }

    /// The answer the first command with this id got.
    async fn first_answer(&self, stream: &StreamId, submission: &Submission) -> Result<Receipt, SubmitError> {
        let commits = self.log.load(stream).await?;
        let first = commits.into_iter().find(|recorded| recorded.commit.id == submission.id);
        let first = first.ok_or_else(|| SubmitError::Unavailable("the first commit was not found".to_owned()))?;
        if first.commit.digest != submission.digest {
            return Err(SubmitError::RequestReused);
        }
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
    pub async fn differs_from_log(&self) -> Result<Option<StreamId>, LogError> {
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

enum Answer {
    /// Facts to record.
    Append(Commit),
    /// Nothing to write.
    Nothing(Receipt),
    /// The request id was recorded before.
    First,
}

fn lock_index(stream: &StreamId) -> usize {
    let mut hasher = DefaultHasher::new();
    stream.hash(&mut hasher);
    // The remainder is below STREAM_LOCKS, so it is an index on any machine.
    usize::try_from(hasher.finish() % STREAM_LOCKS).unwrap_or(0)
}
