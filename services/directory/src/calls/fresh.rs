//! The rows as calls get at them: one snapshot that is fresh enough, read on a thread that may block, and the moment it is true at.

use std::sync::Arc;
use std::time::Duration;

use domain::{Day, Instant, Invalid, Position};
use futures_util::FutureExt;
use projection::{Health, Progress, ReadError, Reader, Snapshot};
use serve::Fields;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tonic::{Code, Status as Answer};

#[cfg(test)]
use super::places::Caller;
use super::places::{Place, Places, Waits, Weight};
use super::whole::Unwhole;
use crate::ask::LOOKS_MAX;
use crate::ask::effort::{Effort, Fault};

/// Longest wait for a position a caller has seen.
pub const MIN_POSITION_WAIT_MAX: Duration = Duration::from_secs(5);
/// Wait for rows that are catching up, so that a start with little to catch up on is not noticed.
const CATCH_UP_WAIT_MAX: Duration = Duration::from_millis(if cfg!(test) { 50 } else { 1000 });
/// Rows looked at on the caller's thread.
const AT_ONCE_LOOKS_MAX: usize = 200;
/// Rows looked at by a light read.
pub(crate) const LIGHT_LOOKS_MAX: usize = 2_000;
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

impl Fresh {
    /// Whatever is there.
    pub(crate) const ANY: Self = Self { min_position: 0, max_age_seconds: 0 };
}

pub(crate) fn fresh(fields: &mut Fields, min_position: u64, max_age_seconds: u32) -> Fresh {
    if max_age_seconds > MAX_AGE_SECONDS_MAX {
        fields.violate("max_age_seconds", Invalid::RANGE);
    }
    Fresh { min_position, max_age_seconds }
}

/// What an answer is true at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Moment {
    pub(crate) position: u64,
    pub(crate) true_at_ms: u64,
    pub(crate) digest: String,
    /// Why what the rows lack is not told as absent.
    pub(crate) doubt: Option<Answer>,
}

impl Moment {
    /// Something is about to be told as absent, because the rows lack it: an error where they are too old for that.
    pub(crate) fn absent(&self) -> Result<(), Answer> {
        self.doubt.clone().map_or(Ok(()), Err)
    }
}

/// What is known of the rows before they are read.
struct Known {
    true_at_ms: u64,
    doubt: Option<Answer>,
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

/// The rows as calls get at them, and there is no other way to them: rows that are not whole do not speak. What is absent from rows that
/// lack a part of the log would be told as absent from the registry.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    reader: Reader,
    places: Arc<Places>,
    clock: fn() -> Instant,
}

fn read_failed() -> Answer {
    serve::status::reasoned(Code::Internal, "READ_FAILED", "读取失败", "a read failed")
}

/// What a caller is told when rows could not be read.
fn not_read(error: &ReadError) -> Answer {
    if error.passes() {
        let (zh, en) = ("数据正在更新,请稍后再试", "the rows have moved on or are being opened anew, try again later");
        return serve::status::reasoned(Code::Unavailable, "ROWS_AWAY", zh, en);
    }
    tracing::error!(%error, "a read failed");
    read_failed()
}

/// What a caller is told whose rows may be older than it asks for.
fn stale(fresh: Fresh) -> Answer {
    let zh = format!("数据可能早于{}秒,请稍后再试", fresh.max_age_seconds);
    let en = format!("the rows may be older than {} s, try again later", fresh.max_age_seconds);
    serve::status::reasoned(Code::Unavailable, "STALE", &zh, &en)
}

impl Gate {
    pub(crate) fn new(reader: Reader, clock: fn() -> Instant) -> Self {
        Self { reader, places: Arc::default(), clock }
    }

    /// The day by the clock.
    pub(crate) fn today(&self) -> i32 {
        Day::of((self.clock)()).number()
    }

    /// How far the rows are, now and later.
    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.reader.progress()
    }

    /// When the rows last held everything the log had, in milliseconds since 1970-01-01 UTC.
    pub(crate) fn moment_ms(&self, progress: &Progress) -> u64 {
        moment_ms(self.clock, progress.current)
    }

    /// How often the rows were dropped; while a snapshot is held they are not.
    pub(crate) fn dropped(&self) -> u32 {
        self.reader.look(|progress| progress.dropped)
    }

    /// A place for a light read, as one takes it.
    #[cfg(test)]
    pub(crate) async fn light_place(&self) -> Result<Place, Answer> {
        self.places.light().await
    }

    /// A place for a heavy read, as one takes it.
    #[cfg(test)]
    pub(crate) async fn heavy_place(&self, caller: Caller) -> Result<Place, Answer> {
        self.places.heavy(caller).await
    }

    /// Whether the rows may be asked now.
    pub(crate) fn whole(&self) -> Result<(), Answer> {
        self.reader.look(|progress| Unwhole::of(progress).map_or(Ok(()), |why| Err(why.answer(progress))))
    }

    /// Waits until the rows may be asked, and hold what the caller has seen.
    pub(crate) async fn wait(&self, fresh: Fresh) -> Result<(), Answer> {
        let mut progress = self.reader.progress();
        let caught_up = |progress: &Progress| progress.health != Health::CatchingUp;
        // A timeout and a closed channel mean the same here: look how they are.
        serve::stands_by(tokio::time::timeout(CATCH_UP_WAIT_MAX, progress.wait_for(caught_up)).map(drop)).await?;
        self.whole()?;
        let min_position = Position(fresh.min_position);
        // Nothing is done for a call that waits, so it holds up nobody else.
        if let Err(behind) = serve::stands_by(self.reader.wait_for(min_position, MIN_POSITION_WAIT_MAX)).await? {
            let (cursor, wanted) = (behind.cursor.0, behind.wanted.0);
            let head = progress.borrow().head().map_or(0, |head| head.0.max(cursor));
            let known = head.max(cursor);
            let zh = format!("数据尚未更新到位置{wanted},当前{cursor},登记簿至少有{known}条");
            let en = format!("the directory is at position {cursor} of at least {known} and not yet at {wanted}");
            let metadata = [("position", cursor.to_string()), ("head", head.to_string())];
            return Err(serve::status::detailed(Code::Unavailable, "BEHIND", &metadata, &zh, &en));
        }
        Ok(())
    }

    /// Runs a read on a snapshot that is fresh enough, and says when it was. What is light never waits for what is heavy; a heavy one takes
    /// a place, and waits for it a bounded time. The work ends when the caller is gone.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        weight: Weight,
        fresh: Fresh,
        read: impl FnOnce(&Snapshot<'_>, &Effort) -> Result<T, Fault> + Send + 'static,
    ) -> Result<(T, Moment), Answer> {
        self.wait(fresh).await?;
        let (rows_max, threads) = match weight {
            Weight::Light => (LIGHT_LOOKS_MAX, Handle::current()),
            Weight::Heavy(_) | Weight::Long { .. } => (LOOKS_MAX, serve::giving_way()),
            Weight::CatchesUp | Weight::ForAll => (LIGHT_LOOKS_MAX, serve::giving_way()),
        };
        let (place, Known { true_at_ms, doubt }) = self.placed(weight, fresh).await?;
        let waits = Waits::default();
        let (this, gone) = (self.clone(), waits.gone());
        let done = threads.spawn_blocking(move || {
            let rows = this.reader.rows();
            let snapshot = rows.snapshot();
            // They may have been dropped since, and are not while the snapshot is held.
            this.whole()?;
            let (position, digest) = (snapshot.position().0, snapshot.digest().hex());
            let value = read(&snapshot, &Effort::new(rows_max, gone)).map_err(|fault| match fault {
                Fault::Read(error) => not_read(&error),
                // Nobody reads this.
                Fault::Gone => {
                    let (zh, en) = ("调用方已离开", "nobody waits for the answer");
                    serve::status::reasoned(Code::Cancelled, "CALLER_GONE", zh, en)
                }
            })?;
            // The place goes with what was read until somebody takes that: what many have asked for at once would wait in memory, whole. Where
            // nobody waits for it any more, both end here.
            Ok((value, Moment { position, true_at_ms, digest, doubt }, place))
        });
        let done = done.await;
        drop(waits);
        let read: Result<_, Answer> = done.map_err(|error| {
            tracing::error!(%error, "a read ended before its answer");
            read_failed()
        })?;
        read.map(|(value, moment, _place)| (value, moment))
    }

    fn known(&self, progress: &Progress) -> Known {
        let doubt = Unwhole::of_absence(progress).map(|why| why.answer(progress));
        Known { true_at_ms: self.moment_ms(progress), doubt }
    }

    /// A place to read rows that are young enough, and what is known of them. Who waits for them to be holds none meanwhile: what many ask
    /// for that cannot be told yet keeps nobody from what can.
    async fn placed(&self, weight: Weight, fresh: Fresh) -> Result<(Place, Known), Answer> {
        if fresh.max_age_seconds == 0 {
            let place = self.places.take(weight).await?;
            return Ok((place, self.reader.look(|progress| self.known(progress))));
        }
        let mut progress = self.reader.progress();
        let longest = Duration::from_secs(fresh.max_age_seconds.into());
        let young = |progress: &Progress| progress.current.is_some_and(|current| current.elapsed() <= longest);
        let last = tokio::time::Instant::now() + FRESH_WAIT_MAX;
        loop {
            // A timeout and a closed channel mean the same here: look how old the rows are.
            let young_in_time = tokio::time::timeout_at(last, progress.wait_for(|progress| young(progress)));
            serve::stands_by(young_in_time.map(drop)).await?;
            if !young(&progress.borrow()) {
                return Err(stale(fresh));
            }
            let place = self.places.take(weight).await?;
            // Told before the rows are taken: what they hold by then, they hold afterwards.
            let known = self.reader.look(|progress| young(progress).then(|| self.known(progress)));
            match known {
                Some(known) => return Ok((place, known)),
                // The place was waited for, and they have grown old meanwhile.
                None if tokio::time::Instant::now() >= last => return Err(stale(fresh)),
                None => drop(place),
            }
        }
    }

    /// A short look at the rows on the caller's thread: handing it to another takes as long as the look. `None` where it would wait, or
    /// finds nothing; the long way says why.
    pub(crate) fn at_once<T>(
        &self,
        fresh: Fresh,
        look: impl FnOnce(&Snapshot<'_>, &Effort) -> Result<Option<T>, Fault>,
    ) -> Option<(T, Moment)> {
        if fresh.max_age_seconds > 0 || self.reader.cursor() < Position(fresh.min_position) {
            return None;
        }
        let Known { true_at_ms, doubt } = self.reader.look(|progress| self.known(progress));
        let pinned = self.reader.rows();
        let rows = pinned.snapshot();
        self.whole().ok()?;
        let value = look(&rows, &Effort::short(AT_ONCE_LOOKS_MAX)).ok().flatten()?;
        Some((value, Moment { position: rows.position().0, true_at_ms, digest: rows.digest().hex(), doubt }))
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt;

    use super::*;

    #[test]
    fn what_passes_is_to_be_asked_again_and_what_does_not_is_not() {
        let store = || "a test".to_owned();
        for (error, code, reason) in [
            (ReadError::Overtaken, Code::Unavailable, "ROWS_AWAY"),
            (ReadError::Reopening, Code::Unavailable, "ROWS_AWAY"),
            (ReadError::Store(store()), Code::Unavailable, "ROWS_AWAY"),
            (ReadError::Damaged(store()), Code::Internal, "READ_FAILED"),
        ] {
            let told = not_read(&error);
            let details = told.get_error_details();
            assert_eq!((told.code(), details.error_info().unwrap().reason.as_str()), (code, reason), "{error}");
            assert_eq!(details.retry_info().is_some(), code == Code::Unavailable, "{error}");
        }
    }
}
