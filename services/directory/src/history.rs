//! What was on record earlier: the record as it was when the log ended at a position, told from the log.
//!
//! A record has two times. Rows answer for any day, by the days decisions took effect, from all that is recorded by now; this is about
//! the other time, what had been recorded by then. A provider's own commits up to the position are folded as they were then, and what
//! has been taken from the public since stays taken: an old page is shown now.

use std::fmt;
use std::sync::{Arc, Mutex};

use api::directory::v1;
use domain::{Day, Instant, Invalid, ProviderId, StreamId};
use event_log::{EventLog, LogError, Recorded};
use futures_util::future::BoxFuture;
use projection::{ReadError, Snapshot};
use serve::Fields;
use tokio::sync::{Semaphore, SemaphorePermit};
use tonic::{Code, Status as Answer};

use crate::calls::{Directory, Moment};
use crate::filters::Fresh;
use crate::past::Past;
use crate::rows::{ChangeRow, change_key, odd_key};
use crate::view::View;
use crate::{present, queries};

/// Commits loaded from the log for one answer.
const LOADED_COMMITS_MAX: u64 = 20_000;
/// Questions about an earlier position that read the log at one time; beyond it they wait their turn.
const TURNS: usize = 4;

type Loading = BoxFuture<'static, Result<Vec<Recorded>, LogError>>;

/// The log, for reading what was recorded of one provider.
#[derive(Clone)]
pub(crate) struct History {
    load: Arc<dyn Fn(StreamId) -> Loading + Send + Sync>,
    turns: Arc<Semaphore>,
    /// What was read for the last list.
    pub(crate) last: Arc<Mutex<Option<Past>>>,
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").finish_non_exhaustive()
    }
}

/// The earlier record that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Earlier {
    /// Of what was recorded up to this position.
    Position(u64),
    /// Of what was recorded by the end of this day.
    Day(i32),
}

/// The earlier position an answer is about, and the day on which the record was so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Then {
    pub(crate) position: u64,
    pub(crate) known_on: i32,
}

/// What a request asks for; `Some(None)` is the record as it is now.
#[expect(clippy::option_option, reason = "the outer says whether it could be read, the inner whether it was given")]
pub(crate) fn asked(fields: &mut Fields, position: u64, known_on: &str, today: i32) -> Option<Option<Earlier>> {
    let day = fields.optional("known_on", known_on, Day::parse)?.map(Day::number);
    let wrong = match (position, day) {
        (0, None) => return Some(None),
        (_, None) => return Some(Some(Earlier::Position(position))),
        (0, Some(day)) if day <= today => return Some(Some(Earlier::Day(day))),
        (0, Some(_)) => Invalid { rule: "RANGE", zh: "该日尚未到来", en: "this day has not come yet" },
        (_, Some(_)) => Invalid {
            rule: "EXCLUSIVE",
            zh: "不能与as_of_position同时填写",
            en: "not beside as_of_position: give one of them",
        },
    };
    fields.checked("known_on", Err(wrong))
}

/// The Chinese calendar day on which the commit at a position was recorded.
fn recorded_on(rows: &Snapshot<'_>, position: u64) -> Result<i32, ReadError> {
    // Where a message was set aside there is no change: it was a day of the one before.
    let at_or_before = (0..=position).rev().find_map(|at| rows.get_row(&change_key(at)).transpose());
    let change = ChangeRow::of(&at_or_before.ok_or_else(odd_key)??)?;
    Ok(Day::of(Instant(change.recorded_at_ms)).number())
}

impl Earlier {
    /// A position that was asked for is waited for.
    pub(crate) fn fresh(self, fresh: Fresh) -> Fresh {
        match self {
            Self::Position(position) => Fresh { min_position: fresh.min_position.max(position), ..fresh },
            Self::Day(_) => fresh,
        }
    }

    /// The position that is; the one of the first page where that has been found already.
    pub(crate) fn find(self, rows: &Snapshot<'_>, kept: Option<u64>) -> Result<Then, ReadError> {
        match (self, kept) {
            (Self::Position(position), _) => Ok(Then { position, known_on: recorded_on(rows, position)? }),
            (Self::Day(known_on), Some(position)) => Ok(Then { position, known_on }),
            (Self::Day(known_on), None) => {
                // Always by the same steps, however many commits have come since: where the clocks of two processes differ by a moment
                // around midnight, the answer is one of the commits there, and the same one every time.
                let mut position = 0;
                for step in (0..63).rev().map(|bit| 1_u64 << bit) {
                    if position + step <= rows.position().0 && recorded_on(rows, position + step)? <= known_on {
                        position += step;
                    }
                }
                Ok(Then { position, known_on })
            }
        }
    }
}

/// The record as it was when the log ended at `at`, without what has been taken from the public since. `None` before the first commit.
pub(crate) fn told(commits: &[Recorded], at: u64) -> Option<View> {
    let (earlier, later) = commits.split_at(commits.partition_point(|recorded| recorded.position.0 <= at));
    let mut now = View::default();
    let first = earlier.first()?.position.0;
    for recorded in earlier {
        fold(&mut now, recorded);
    }
    now.first_position = first;
    let mut then = now.clone();
    for recorded in later {
        fold(&mut now, recorded);
        // An address that was shown once may be the home that was withheld afterwards.
        then.withhold_address |= now.withhold_address;
    }
    for pledge in then.pledges.iter_mut().filter(|pledge| pledge.breach.is_some()) {
        if let Some(now) = now.pledges.iter().find(|now| now.number == pledge.number && now.breach != pledge.breach) {
            (pledge.status, pledge.breach) = (now.status, now.breach.clone());
        }
    }
    Some(then)
}

fn fold(view: &mut View, recorded: &Recorded) {
    for event in &recorded.commit.events {
        view.fold(event, recorded.position.0);
    }
    (view.revision, view.last_position) = (recorded.revision.0, recorded.position.0);
}

impl History {
    pub(crate) fn of(log: impl EventLog + Clone) -> Self {
        let load = move |stream: StreamId| -> Loading {
            let log = log.clone();
            Box::pin(async move { Ok(log.load(&stream).await?.commits) })
        };
        Self { load: Arc::new(load), turns: Arc::new(Semaphore::new(TURNS)), last: Arc::default() }
    }

    /// What the record `now` was at an earlier position, which is not before its first commit.
    async fn of_provider(&self, id: &ProviderId, now: View, at: u64) -> Result<Option<View>, Answer> {
        if now.last_position <= at {
            return Ok(Some(now));
        }
        if now.revision > LOADED_COMMITS_MAX {
            let zh = format!("该网点的记录超过{LOADED_COMMITS_MAX}次,无法查询其过去的登记内容,请查阅变更历史");
            let en =
                format!("more than {LOADED_COMMITS_MAX} commits were recorded of this provider: replay its history");
            return Err(serve::status::reasoned(Code::FailedPrecondition, "HISTORY_TOO_LONG", &zh, &en));
        }
        let _turn = self.turn().await?;
        Ok(told(&self.load(id, now.last_position).await?, at))
    }

    pub(crate) async fn turn(&self) -> Result<SemaphorePermit<'_>, Answer> {
        self.turns.acquire().await.map_err(|error| Answer::unavailable(error.to_string()))
    }

    /// Every commit of a provider, which the rows know up to `known`.
    pub(crate) async fn load(&self, id: &ProviderId, known: u64) -> Result<Vec<Recorded>, Answer> {
        let commits = (self.load)(StreamId::Provider(id.clone())).await;
        let commits = commits.map_err(|error| serve::status::of_log_error(&error))?;
        // A log that ends before its rows do is not the one they were made from, or not all of it.
        if commits.last().is_none_or(|last| last.position.0 < known) {
            let short = LogError::Unavailable(format!("the log does not have the commit at {known} of {id}"));
            return Err(serve::status::of_log_error(&short));
        }
        Ok(commits)
    }
}

impl Directory {
    /// One provider as it was on record earlier.
    pub(crate) async fn provider_then(
        &self,
        fresh: Fresh,
        id: &ProviderId,
        earlier: Earlier,
        as_of: Option<i32>,
    ) -> Result<v1::GetProviderResponse, Answer> {
        let key = id.to_string();
        let read = move |rows: &Snapshot<'_>| Ok((earlier.find(rows, None)?, queries::view(rows, &key)?));
        let ((then, now), Moment { position, true_at_ms, digest }) = self.read(earlier.fresh(fresh), read).await?;
        let view = match now.filter(|now| now.first_position <= then.position) {
            Some(now) => self.history.of_provider(id, now, then.position).await?,
            None => None,
        };
        let view = view.ok_or_else(|| {
            Answer::not_found("当时没有这个网点的记录 / nothing had been recorded of this provider by then")
        })?;
        let day = as_of.unwrap_or(then.known_on);
        Ok(v1::GetProviderResponse {
            provider: Some(present::provider(id, &view, &self.names, day)),
            position,
            as_of: present::day(day),
            as_of_position: then.position,
            known_on: present::day(then.known_on),
            true_at_ms,
            digest,
        })
    }
}
