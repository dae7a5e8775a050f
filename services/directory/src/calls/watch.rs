//! Changes as they come: the list of changes, page by page, and then whatever is applied. Each watcher has a position and no more; what
//! it has not taken lies in the rows.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use api::directory::v1;
use event_log::LogId;
use futures_util::Stream;
use futures_util::stream::unfold;
use projection::Snapshot;
use serve::{Fields, status};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;
use tonic::{Code, Status as Answer};

use super::codes::Codes;
use super::directory::{Directory, WATCHERS_MAX};
use super::fresh::{Fresh, Gate};
use super::list_changes::reached;
use super::places::{Caller, Place, Weight};
use crate::ask::changes::{Followed, changes};
use crate::ask::effort::Effort;
use crate::tell::change::change;

/// Messages that wait for one watcher.
const AHEAD_MAX: usize = 64;
/// Changes read at a time.
const PAGE: usize = if cfg!(test) { 16 } else { 256 };
/// How long a watcher may leave its messages before it is dropped.
const SLOW_MAX: Duration = if cfg!(test) { Duration::from_millis(200) } else { Duration::from_secs(10) };
/// The watcher is told this often how far it is and when that was everything, besides once when it has caught up.
const BEAT: Duration = if cfg!(test) { Duration::from_millis(50) } else { Duration::from_secs(5) };

type Told = Result<v1::WatchResponse, Answer>;

/// Why a watch ended.
enum End {
    /// The watcher is gone.
    Gone,
    /// It did not take its messages.
    Slow,
    /// The server is stopping.
    Draining,
    /// The log turned out to be another one, and its positions mean other commits.
    OtherLog,
    /// The rows could not be read, or do not speak.
    NotRead(Answer),
}

/// One watch.
struct Watch {
    log_id: LogId,
    gate: Gate,
    watched: Followed,
    told: mpsc::Sender<Told>,
    /// When the watcher is told next how far it is.
    next_beat: Instant,
    _places: (Place, OwnedSemaphorePermit),
}

pub(crate) async fn answer(
    directory: &Directory,
    caller: Caller,
    request: &v1::WatchRequest,
) -> Result<impl Stream<Item = Told> + Send + use<>, Answer> {
    let mut fields = Fields::new();
    let names = directory.names();
    let mut codes = Codes::new(&names);
    let division = codes.division(&mut fields, &request.division);
    let category = codes.category(&mut fields, &request.category);
    let (division, category) = codes.finish(fields, division.zip(category))?;
    reached(directory, request.after_position, Fresh::ANY).await?;
    let busy = |zh: &str, en: &str| status::reasoned(Code::ResourceExhausted, "BUSY", zh, en);
    let own = directory
        .gate
        .watch_of(caller)
        .ok_or_else(|| busy("您的订阅已达上限,请稍后再试", "you watch as often as one caller may, try again later"))?;
    let place = Arc::clone(&directory.watchers).try_acquire_owned().map_err(|_| {
        let en = format!("{WATCHERS_MAX} watch already, try again later");
        busy("订阅已达上限,请稍后再试", &en)
    })?;
    let watched = Followed { after: request.after_position, division, category };
    Ok(begin(directory, watched, (own, place)))
}

/// Begins a watch. Dropping the stream ends it; `draining` ends it with where to go on.
fn begin(
    directory: &Directory,
    watched: Followed,
    places: (Place, OwnedSemaphorePermit),
) -> impl Stream<Item = Told> + Send + use<> {
    let (log_id, gate, mut draining) = (directory.log_id, directory.gate.clone(), directory.draining.clone());
    // One place more than may wait: the last word always has room.
    let (told, taken) = mpsc::channel(AHEAD_MAX + 1);
    tokio::spawn(async move {
        let Ok(last_word) = told.clone().try_reserve_owned() else { return };
        let next_beat = Instant::now() + BEAT;
        let mut watch = Watch { log_id, gate, watched, told, next_beat, _places: places };
        let end = tokio::select! {
            Err(end) = watch.run() => end,
            _ = draining.wait_for(|draining| *draining) => End::Draining,
        };
        let after = watch.watched.after;
        let word = match end {
            End::Gone => return,
            End::Slow => status::resume(
                Code::Aborted,
                "SLOW_READER",
                after,
                "接收过慢,订阅已中断",
                "the watcher took its messages too slowly",
            ),
            End::Draining => {
                status::resume(Code::Unavailable, "DRAINING", after, "服务正在停止", "the server is stopping")
            }
            End::OtherLog => status::resume(
                Code::Aborted,
                "OTHER_LOG",
                0,
                "登记簿已更换,请从头订阅",
                "the log is another one: begin again with its first commit",
            ),
            End::NotRead(why) => status::resumed(&why, after),
        };
        last_word.send(Err(word));
    });
    unfold(taken, |mut taken| async move { taken.recv().await.map(|told| (told, taken)) })
}

impl Watch {
    async fn run(&mut self) -> Result<Infallible, End> {
        let mut progress = self.gate.progress();
        let dropped = progress.borrow().dropped;
        let mut caught_up = false;
        loop {
            // Marked as seen before the rows are read, so that what is applied meanwhile wakes it.
            let now = progress.borrow_and_update().clone();
            if now.dropped != dropped {
                return Err(End::OtherLog);
            }
            while self.watched.after < now.cursor.0 {
                self.page(dropped).await?;
                if self.next_beat <= Instant::now() {
                    // Not yet everything.
                    self.beat(0).await?;
                }
            }
            if !caught_up {
                caught_up = true;
                self.next_beat = Instant::now();
            }
            tokio::select! {
                changed = progress.changed() => if changed.is_err() {
                    return Err(End::Draining);
                },
                () = self.told.closed() => return Err(End::Gone),
                () = tokio::time::sleep_until(self.next_beat) => {
                    // What the log had at that moment lies before the cursor, and was told.
                    let whole = self.gate.whole();
                    // That the rows are begun again for another log is the reason before whatever they are meanwhile.
                    if self.gate.dropped() != dropped {
                        return Err(End::OtherLog);
                    }
                    whole.map_err(End::NotRead)?;
                    self.beat(self.gate.moment_ms(&now)).await?;
                }
            }
        }
    }

    /// Tells one page of changes. What does not fit is passed over without a word: the next beat says how far that was.
    async fn page(&mut self, dropped: u32) -> Result<(), End> {
        let (gate, followed) = (self.gate.clone(), self.watched.clone());
        let read = move |rows: &Snapshot<'_>, effort: &Effort| {
            // They are not dropped while the snapshot is held.
            let same = gate.dropped() == dropped;
            same.then(|| changes(rows, &followed, (gate.today(), PAGE), effort)).transpose()
        };
        let read = self.gate.read(Weight::Light, Fresh::ANY, read).await;
        if self.gate.dropped() != dropped {
            return Err(End::OtherLog);
        }
        let (found, to, _) = match read {
            Ok((Some(page), _)) => page,
            Ok((None, _)) => return Err(End::OtherLog),
            Err(why) => return Err(End::NotRead(why)),
        };
        for (position, row) in found {
            let change = Some(change(position, row));
            self.tell(v1::WatchResponse { change, position, ..Default::default() }).await?;
        }
        self.watched.after = to;
        Ok(())
    }

    async fn beat(&mut self, true_at_ms: u64) -> Result<(), End> {
        self.next_beat = Instant::now() + BEAT;
        let log_id = self.log_id.to_string();
        self.tell(v1::WatchResponse { change: None, position: self.watched.after, true_at_ms, log_id }).await
    }

    async fn tell(&mut self, message: v1::WatchResponse) -> Result<(), End> {
        let position = message.position;
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
