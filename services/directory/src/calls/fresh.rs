//! The rows as calls get at them: one snapshot that is fresh enough, read on a thread that may block, and the moment it is true at.

use std::sync::Arc;
use std::time::Duration;

use domain::{Instant, Invalid, Position};
use projection::{Progress, ReadError, Reader, Snapshot};
use serve::Fields;
use tokio::sync::Semaphore;
use tonic::{Code, Status as Answer};

/// Longest wait for a position a caller has seen.
pub const MIN_POSITION_WAIT_MAX: Duration = Duration::from_secs(5);
/// Reads on blocking threads at one time; beyond it calls wait their turn within their deadline.
const READS_MAX: usize = 64;
/// Longest age an answer may be asked to have, in seconds: a day.
const MAX_AGE_SECONDS_MAX: u32 = 86_400;
/// Wait for rows that are not known to be young enough; they are looked at every half second.
const FRESH_WAIT_MAX: Duration = Duration::from_millis(1500);

/// How fresh an answer is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fresh {
    pub(crate) min_position: u64,
    /// 0: however old.
    pub(crate) max_age_seconds: u32,
}

pub(crate) fn fresh(fields: &mut Fields, min_position: u64, max_age_seconds: u32) -> Fresh {
    if max_age_seconds > MAX_AGE_SECONDS_MAX {
        fields.violate("max_age_seconds", Invalid::RANGE);
    }
    Fresh { min_position, max_age_seconds }
}

/// What an answer is true at.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) position: u64,
    pub(crate) true_at_ms: u64,
    pub(crate) digest: String,
}

/// That moment by the calendar, in milliseconds since 1970-01-01 UTC; 0 where there was none.
pub(crate) fn moment_ms(clock: fn() -> Instant, moment: Option<std::time::Instant>) -> u64 {
    moment.map_or(0, |moment| {
        let now = clock().0;
        // Part of a millisecond counts as one: what is said to be true at a moment was asked at it or later.
        let elapsed = u64::try_from(moment.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        now.saturating_sub(elapsed)
    })
}

/// The rows, for calls.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) reader: Reader,
    pub(crate) reads: Arc<Semaphore>,
    pub(crate) clock: fn() -> Instant,
}

impl Gate {
    pub(crate) fn new(reader: Reader, clock: fn() -> Instant) -> Self {
        Self { reader, reads: Arc::new(Semaphore::new(READS_MAX)), clock }
    }

    /// Runs a read on a snapshot that is fresh enough, and says when it was.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        fresh: Fresh,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<(T, Moment), Answer> {
        let min_position = Position(fresh.min_position);
        if let Err(behind) = self.reader.wait_for(min_position, MIN_POSITION_WAIT_MAX).await {
            let (cursor, wanted) = (behind.cursor.0, behind.wanted.0);
            let zh = format!("数据尚未更新到位置{wanted},当前{cursor}");
            let en = format!("the directory is at position {cursor} and not yet at {wanted}");
            return Err(serve::status::reasoned(Code::Unavailable, "BEHIND", &zh, &en));
        }
        // Taken before the rows are: what they hold by then, they hold afterwards.
        let true_at_ms = self.current(fresh).await?;
        let _permit = self.reads.acquire().await.map_err(|error| Answer::unavailable(error.to_string()))?;
        let reader = self.reader.clone();
        let done = tokio::task::spawn_blocking(move || {
            let rows = reader.rows();
            let snapshot = rows.snapshot();
            let (position, digest) = (snapshot.position().0, snapshot.digest().hex());
            read(&snapshot).map(|value| (value, Moment { position, true_at_ms, digest }))
        });
        done.await.map_err(|error| Answer::internal(error.to_string()))?.map_err(|error| {
            if error.passes() {
                let (zh, en) =
                    ("数据正在更新,请稍后再试", "the rows have moved on or are being opened anew, try again later");
                return serve::status::reasoned(Code::Unavailable, "ROWS_AWAY", zh, en);
            }
            tracing::error!(%error, "a read failed");
            Answer::internal("读取失败 / a read failed")
        })
    }

    /// When the rows last held everything the log had; an error where that is longer ago than asked for.
    async fn current(&self, fresh: Fresh) -> Result<u64, Answer> {
        let mut progress = self.reader.progress();
        let known = |progress: &Progress| moment_ms(self.clock, progress.current);
        if fresh.max_age_seconds == 0 {
            return Ok(known(&progress.borrow()));
        }
        let longest = Duration::from_secs(fresh.max_age_seconds.into());
        let young = |progress: &Progress| progress.current.is_some_and(|current| current.elapsed() <= longest);
        // A timeout and a closed channel mean the same here: look how old the rows are.
        let _ = tokio::time::timeout(FRESH_WAIT_MAX, progress.wait_for(|progress| young(progress))).await;
        let now = progress.borrow();
        if young(&now) {
            return Ok(known(&now));
        }
        let zh = format!("数据可能早于{}秒,请稍后再试", fresh.max_age_seconds);
        let en = format!("the rows may be older than {} s, try again later", fresh.max_age_seconds);
        Err(serve::status::reasoned(Code::Unavailable, "STALE", &zh, &en))
    }

    /// A short look at the rows on the caller's thread: handing it to another takes as long as the look. `None` where it would wait, or
    /// finds nothing; the long way says why.
    pub(crate) fn at_once<T>(
        &self,
        fresh: Fresh,
        look: impl FnOnce(&Snapshot<'_>) -> Result<Option<T>, ReadError>,
    ) -> Option<(T, Moment)> {
        if fresh.max_age_seconds > 0 || self.reader.cursor() < Position(fresh.min_position) {
            return None;
        }
        let true_at_ms = moment_ms(self.clock, self.reader.progress().borrow().current);
        let pinned = self.reader.rows();
        let rows = pinned.snapshot();
        let value = look(&rows).ok().flatten()?;
        Some((value, Moment { position: rows.position().0, true_at_ms, digest: rows.digest().hex() }))
    }
}
