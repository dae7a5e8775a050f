//! The log, for reading what was recorded of one provider.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::{DivisionPrefix, Position, ProviderId, StreamId};
use event_log::{EventLog, LogError, Recorded};
use futures_util::future::BoxFuture;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use tonic::{Code, Status as Answer};

use crate::ask::then::{LOADED_COMMITS_MAX, Past};
use crate::outlet::shown::then;
use crate::outlet::view::View;

/// Questions about an earlier position that read the log at one time; beyond it they wait their turn.
const TURNS: usize = 4;
/// Longest wait for a turn.
const TURN_WAIT_MAX: Duration = Duration::from_secs(2);

/// Earlier lists that are kept for their next pages.
const KEPT_LISTS: usize = 8;

type Heading = BoxFuture<'static, Result<Position, LogError>>;
type Loading = BoxFuture<'static, Result<Vec<Recorded>, LogError>>;

/// A record as it was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before {
    /// When the log ended there.
    pub(crate) at: u64,
    /// The last position at which the rows know it.
    pub(crate) known: u64,
    /// Its commits.
    pub(crate) revision: u64,
}

/// The log, for reading what was recorded of one provider.
#[derive(Clone)]
pub(crate) struct History {
    load: Arc<dyn Fn(StreamId) -> Loading + Send + Sync>,
    head: Arc<dyn Fn() -> Heading + Send + Sync>,
    turns: Arc<Semaphore>,
    /// Turns of their own for pages that go on from what was live today, so that they wait for no far past.
    page_turns: Arc<Semaphore>,
    /// What was read for the last lists, the last one at the end: their pages follow each other.
    kept: Arc<Mutex<VecDeque<Past>>>,
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").finish_non_exhaustive()
    }
}

impl History {
    pub(crate) fn of(log: impl EventLog + Clone) -> Self {
        let whole = log.clone();
        let load = move |stream: StreamId| -> Loading {
            let log = whole.clone();
            Box::pin(async move { Ok(log.load(&stream).await?.commits) })
        };
        let head = move || -> Heading {
            let log = log.clone();
            Box::pin(async move { log.head().await })
        };
        let (load, head) = (Arc::new(load), Arc::new(head));
        let turns = || Arc::new(Semaphore::new(TURNS));
        Self { load, head, turns: turns(), page_turns: turns(), kept: Arc::default() }
    }

    /// Where the log ends.
    pub(crate) async fn head(&self) -> Result<u64, Answer> {
        Ok((self.head)().await.map_err(|error| serve::status::of_log_error(&error))?.0)
    }

    /// What was read for a list of this place and position before, or nothing yet.
    pub(crate) fn kept(&self, at: u64, area: Option<DivisionPrefix>) -> Past {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().position(|past| past.at == at && past.area == area);
        found.and_then(|index| kept.remove(index)).unwrap_or_else(|| Past::new(at, area))
    }

    /// Keeps what was read for the next page.
    pub(crate) fn keep(&self, past: Past) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT_LISTS {
            kept.pop_front();
        }
        kept.push_back(past);
    }

    /// What is told of a record as it was at an earlier position, which is not before its first commit. It is read, folded and told where
    /// others come first: a record may be some MiB.
    pub(crate) async fn of_provider<T: Send + 'static>(
        &self,
        id: &ProviderId,
        Before { at, known, revision }: Before,
        tell: impl FnOnce(View) -> T + Send + 'static,
    ) -> Result<Option<T>, Answer> {
        if revision > LOADED_COMMITS_MAX {
            let zh = format!("该网点的记录超过{LOADED_COMMITS_MAX}次,无法查询其过去的登记内容,请查阅变更历史");
            let en =
                format!("more than {LOADED_COMMITS_MAX} commits were recorded of this provider: replay its history");
            return Err(serve::status::reasoned(Code::FailedPrecondition, "HISTORY_TOO_LONG", &zh, &en));
        }
        let turn = Self::turn_of(Arc::clone(&self.turns).acquire_owned()).await?;
        let (this, of) = (self.clone(), id.clone());
        // The turn goes with what is read: where nobody waits for it any more, both end together.
        let load = async move { this.load(&of, known).await.map(|commits| (commits, turn)) };
        let ended = |error| {
            tracing::error!(%error, "the reading of an earlier record ended before its answer");
            serve::status::reasoned(Code::Internal, "READ_FAILED", "读取失败", "a read failed")
        };
        let (commits, turn) = serve::giving_way().spawn(load).await.map_err(ended)??;
        let told = serve::giving_way().spawn_blocking(move || {
            let told = then(&commits, at).map(tell);
            drop((commits, turn));
            told
        });
        told.await.map_err(ended)
    }

    pub(crate) async fn turn(&self) -> Result<SemaphorePermit<'_>, Answer> {
        Self::turn_of(self.turns.acquire()).await
    }

    /// A turn for a page that goes on from what was live today.
    pub(crate) async fn page_turn(&self) -> Result<SemaphorePermit<'_>, Answer> {
        Self::turn_of(self.page_turns.acquire()).await
    }

    async fn turn_of<T>(turn: impl Future<Output = Result<T, AcquireError>>) -> Result<T, Answer> {
        let turn = tokio::time::timeout(TURN_WAIT_MAX, turn).await;
        let (zh, en) = ("查询繁忙,请稍后再试", "too many questions about an earlier record wait, try again later");
        // A wait that is over and turns that are given no more are the same to who asks.
        turn.ok().and_then(Result::ok).ok_or_else(|| serve::status::reasoned(Code::Unavailable, "BUSY", zh, en))
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
