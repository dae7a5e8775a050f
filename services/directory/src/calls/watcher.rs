//! One watch: how far it was told, and the way to who takes it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::directory::v1;
use event_log::LogId;
use serve::status;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;
use tonic::{Code, Status as Answer};

use crate::ask::changes::Followed;

/// Pieces that wait for one watcher.
pub(crate) const AHEAD_MAX: usize = 2;
/// How long a watcher may leave its messages before it is dropped.
const SLOW_MAX: Duration = if cfg!(test) { Duration::from_millis(200) } else { Duration::from_secs(10) };
/// The watcher is told this often how far it is and when that was everything, besides once when it has caught up.
pub(crate) const BEAT: Duration = if cfg!(test) { Duration::from_millis(50) } else { Duration::from_secs(5) };

/// What is handed on to who takes it.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Changes, which may be others' as well.
    Changes(Vec<Arc<v1::Change>>),
    /// How far it is.
    Beat(v1::WatchResponse),
    /// Why there is no more.
    End(Answer),
}

/// Why a watch ended.
#[derive(Debug, Clone)]
pub(crate) enum End {
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

/// Why a piece could not be handed on now.
pub(crate) enum Untold {
    /// As many wait as may.
    Full,
    /// The watcher is gone.
    Gone,
}

/// The place of a watch, free as soon as it has ended, or nobody takes it any more.
#[derive(Debug, Clone)]
pub(crate) struct Seat(Arc<Mutex<Option<OwnedSemaphorePermit>>>);

impl Seat {
    pub(crate) fn new(permit: OwnedSemaphorePermit) -> Self {
        Self(Arc::new(Mutex::new(Some(permit))))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// One watch.
#[derive(Debug)]
pub(crate) struct Watcher {
    pub(crate) log_id: LogId,
    pub(crate) watched: Followed,
    /// How often the rows had been dropped when it began.
    pub(crate) dropped: u32,
    pub(crate) told: mpsc::Sender<Piece>,
    /// The last word always has room.
    pub(crate) last_word: mpsc::OwnedPermit<Piece>,
    /// When the watcher is told next how far it is.
    pub(crate) next_beat: Instant,
    pub(crate) _seat: Seat,
}

impl Watcher {
    /// Hands on changes up to a position; where there is room now.
    pub(crate) fn tell(&mut self, changes: Vec<Arc<v1::Change>>, to: u64) -> Result<(), Untold> {
        if !changes.is_empty() {
            self.hand_on(Piece::Changes(changes))?;
        }
        self.watched.after = to;
        Ok(())
    }

    /// Says how far it is, where that is due and there is room. Returns whether it was said.
    pub(crate) fn beat(&mut self, true_at_ms: u64) -> Result<bool, Untold> {
        if self.next_beat > Instant::now() {
            return Ok(false);
        }
        self.next_beat = Instant::now() + BEAT;
        let (position, log_id) = (self.watched.after, self.log_id.to_string());
        self.hand_on(Piece::Beat(v1::WatchResponse { change: None, position, true_at_ms, log_id }))?;
        Ok(true)
    }

    fn hand_on(&self, piece: Piece) -> Result<(), Untold> {
        self.told.try_send(piece).map_err(|untold| match untold {
            TrySendError::Full(_) => Untold::Full,
            TrySendError::Closed(_) => Untold::Gone,
        })
    }

    /// Waits until there is room, as long as a watcher may leave its messages.
    pub(crate) async fn room(&self) -> Result<(), End> {
        match tokio::time::timeout(SLOW_MAX, self.told.reserve()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Slow),
        }
    }

    /// Its last word.
    pub(crate) fn end(self, why: End) {
        let after = self.watched.after;
        let word = match why {
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
        self.last_word.send(Piece::End(word));
    }
}
