//! Changes as they come: the list of changes, page by page, and then whatever is applied. Each watcher has a position and no more; what
//! it has not taken lies in the rows.

use std::sync::Arc;
use std::time::Duration;

use api::directory::v1;
use domain::{CategoryCode, DivisionPrefix};
use futures_util::Stream;
use futures_util::stream::unfold;
use projection::Reader;
use serve::status;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::Instant;
use tonic::Status as Answer;

use crate::queries;

/// Watchers at one time in one process; one more is answered `RESOURCE_EXHAUSTED`.
pub(crate) const WATCHERS_MAX: usize = 256;
/// Messages that wait for one watcher.
const AHEAD_MAX: usize = 64;
/// Changes read at a time.
const PAGE: usize = 256;
/// How long a watcher may leave its messages before it is dropped.
const SLOW_MAX: Duration = if cfg!(test) { Duration::from_millis(200) } else { Duration::from_secs(10) };
/// While nothing fits, the watcher is told this often how far the directory is.
const BEAT: Duration = if cfg!(test) { Duration::from_millis(50) } else { Duration::from_secs(5) };

/// What is watched, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    pub(crate) after: u64,
    pub(crate) division: Option<DivisionPrefix>,
    pub(crate) category: Option<CategoryCode>,
}

type Told = Result<v1::WatchResponse, Answer>;

/// Why a watch ended.
enum End {
    /// The watcher is gone.
    Gone,
    /// It did not take its messages.
    Slow,
    /// The server is stopping.
    Draining,
    /// The rows could not be read.
    Failed,
}

/// One watch.
struct Watch {
    reader: Reader,
    reads: Arc<Semaphore>,
    watched: Watched,
    told: mpsc::Sender<Told>,
    _place: OwnedSemaphorePermit,
}

/// Begins a watch. Dropping the stream ends it; `draining` ends it with where to go on.
pub(crate) fn begin(
    reader: Reader,
    reads: Arc<Semaphore>,
    watched: Watched,
    place: OwnedSemaphorePermit,
    mut draining: watch::Receiver<bool>,
) -> impl Stream<Item = Told> + Send + use<> {
    // One place more than may wait: the last word always has room.
    let (told, taken) = mpsc::channel(AHEAD_MAX + 1);
    tokio::spawn(async move {
        let Ok(last_word) = told.clone().try_reserve_owned() else { return };
        let mut watch = Watch { reader, reads, watched, told, _place: place };
        let end = tokio::select! {
            end = watch.run() => end,
            _ = draining.wait_for(|draining| *draining) => End::Draining,
        };
        let after = watch.watched.after;
        let word = match end {
            End::Gone => return,
            End::Slow => status::resume(
                tonic::Code::Aborted,
                "SLOW_READER",
                after,
                "接收过慢,订阅已中断",
                "the watcher took its messages too slowly",
            ),
            End::Draining => {
                status::resume(tonic::Code::Unavailable, "DRAINING", after, "服务正在停止", "the server is stopping")
            }
            End::Failed => status::resume(tonic::Code::Internal, "READ_FAILED", after, "读取失败", "a read failed"),
        };
        last_word.send(Err(word));
    });
    unfold(taken, |mut taken| async move { taken.recv().await.map(|told| (told, taken)) })
}

impl Watch {
    async fn run(&mut self) -> End {
        let mut progress = self.reader.progress();
        let mut next_beat = Instant::now() + BEAT;
        loop {
            // Marked as seen before the rows are read, so that what is applied meanwhile wakes it.
            let cursor = progress.borrow_and_update().cursor.0;
            while self.watched.after < cursor {
                next_beat = Instant::now() + BEAT;
                if let Err(end) = self.page().await {
                    return end;
                }
            }
            tokio::select! {
                changed = progress.changed() => if changed.is_err() {
                    return End::Draining;
                },
                () = self.told.closed() => return End::Gone,
                () = tokio::time::sleep_until(next_beat) => {
                    next_beat = Instant::now() + BEAT;
                    if let Err(end) = self.tell(None, self.watched.after).await {
                        return end;
                    }
                }
            }
        }
    }

    /// Tells one page of changes, and how far it went.
    async fn page(&mut self) -> Result<(), End> {
        let permit = self.reads.acquire().await.map_err(|_| End::Draining)?;
        let (reader, Watched { after, division, category }) = (self.reader.clone(), self.watched.clone());
        let read = tokio::task::spawn_blocking(move || {
            queries::changes(&reader.snapshot(), after, division.as_ref(), category.as_ref(), PAGE)
        });
        let read = read.await;
        drop(permit);
        let (changes, to, _) = match read {
            Ok(Ok(page)) => page,
            Ok(Err(error)) => {
                tracing::error!(%error, "a watch could not be read");
                return Err(End::Failed);
            }
            Err(_) => return Err(End::Failed),
        };
        for change in changes {
            let position = change.position;
            self.tell(Some(change), position).await?;
        }
        if self.watched.after < to {
            // Nothing more fitted up to there: a watcher that comes again need not look at it again.
            self.tell(None, to).await?;
        }
        Ok(())
    }

    async fn tell(&mut self, change: Option<v1::Change>, position: u64) -> Result<(), End> {
        let message = v1::WatchResponse { change, position };
        match tokio::time::timeout(SLOW_MAX, self.told.send(Ok(message))).await {
            Ok(Ok(())) => {
                self.watched.after = position;
                Ok(())
            }
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Slow),
        }
    }
}
