//! Changes as they come: the list of changes, page by page, and then whatever is applied. Each watcher has a position and no more; what
//! it has not taken lies in the rows. Those that are where the rows are are told together (`feed.rs`).

use std::sync::Arc;

use api::directory::v1;
use futures_util::Stream;
use futures_util::stream::unfold;
use projection::Snapshot;
use serve::{Fields, status};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tonic::{Code, Status as Answer};

use super::codes::Codes;
use super::directory::{Directory, WATCHERS_MAX};
use super::feed::Feed;
use super::fresh::Fresh;
use super::list_changes::reached;
use super::places::Weight;
use super::watcher::{AHEAD_MAX, BEAT, End, Piece, Seat, Untold, Watcher};
use crate::ask::changes::{Followed, changes};
use crate::ask::effort::Effort;
use crate::tell::change::change;

/// Changes read at a time for one that has to catch up.
const PAGE: usize = if cfg!(test) { 16 } else { 32 };

type Told = Result<v1::WatchResponse, Answer>;

pub(crate) async fn answer(
    directory: &Directory,
    request: &v1::WatchRequest,
) -> Result<impl Stream<Item = Told> + Send + use<>, Answer> {
    let mut fields = Fields::new();
    let names = directory.names();
    let mut codes = Codes::new(&names);
    let division = codes.division(&mut fields, &request.division);
    let category = codes.category(&mut fields, &request.category);
    let (division, category) = codes.finish(fields, division.zip(category))?;
    reached(directory, request.after_position, Fresh::ANY).await?;
    let seat = Arc::clone(&directory.watchers).try_acquire_owned().map_err(|_| {
        let en = format!("{WATCHERS_MAX} watch already, try again later");
        status::reasoned(Code::ResourceExhausted, "BUSY", "订阅已达上限,请稍后再试", &en)
    })?;
    let watched = Followed { after: request.after_position, division, category };
    begin(directory, watched, Seat::new(seat))
}

/// Begins a watch. Dropping the stream ends it; `draining` ends it with where to go on.
fn begin(
    directory: &Directory,
    followed: Followed,
    seat: Seat,
) -> Result<impl Stream<Item = Told> + Send + use<>, Answer> {
    // One place more than may wait: the last word always has room.
    let (told, pieces) = mpsc::channel(AHEAD_MAX + 1);
    let reserved = told.clone().try_reserve_owned();
    let last_word =
        reserved.map_err(|_| status::reasoned(Code::Internal, "READ_FAILED", "读取失败", "a read failed"))?;
    let (log_id, dropped) = (directory.log_id, directory.gate.dropped());
    // Told how far it is once it has caught up, and now and then before.
    let next_beat = Instant::now() + BEAT;
    let watcher = Watcher { log_id, watched: followed, dropped, told, last_word, next_beat, _seat: seat.clone() };
    go_on(directory.feed.clone(), watcher);
    let taking = Taking { pieces, changes: Vec::new().into_iter(), _seat: seat };
    Ok(unfold(taking, |mut taking| async move { taking.next().await.map(|told| (told, taking)) }))
}

/// Goes on with a watch that is not where the rows are, or had no room.
fn go_on(feed: Feed, watcher: Watcher) {
    serve::giving_way().spawn(catch_up(feed, watcher));
}

/// Reads pages for one watch until it is where the others are.
async fn catch_up(feed: Feed, mut watcher: Watcher) {
    let (mut draining, told) = (feed.draining(), watcher.told.clone());
    loop {
        let ended = tokio::select! {
            caught_up = pages(&feed, &mut watcher) => caught_up.err(),
            Ok(_) = draining.wait_for(|draining| *draining) => Some(End::Draining),
            () = told.closed() => Some(End::Gone),
        };
        if let Some(why) = ended {
            return watcher.end(why);
        }
        watcher.next_beat = Instant::now();
        match feed.join(watcher, go_on) {
            Ok(()) => return,
            // More was applied meanwhile, and progress may be about to say so.
            Err(back) => watcher = back,
        }
        tokio::task::yield_now().await;
    }
}

/// Tells pages until it has told what is applied. What does not fit is passed over without a word: the next beat says how far that was.
async fn pages(feed: &Feed, watcher: &mut Watcher) -> Result<(), End> {
    let gate = feed.gate();
    let (progress, dropped) = (gate.progress(), watcher.dropped);
    watcher.room().await?;
    loop {
        let cursor = {
            let now = progress.borrow();
            if now.dropped != dropped {
                return Err(End::OtherLog);
            }
            now.cursor.0
        };
        if watcher.watched.after >= cursor {
            return Ok(());
        }
        let (same, followed) = (gate.clone(), watcher.watched.clone());
        let read = move |rows: &Snapshot<'_>, effort: &Effort| {
            // They are not dropped while the snapshot is held.
            let is_same = same.dropped() == dropped;
            is_same.then(|| changes(rows, &followed, (same.today(), PAGE), effort)).transpose()
        };
        let read = gate.read(Weight::CatchesUp, Fresh::ANY, read).await;
        if gate.dropped() != dropped {
            return Err(End::OtherLog);
        }
        let (found, to, _) = match read {
            Ok((Some(page), _)) => page,
            Ok((None, _)) => return Err(End::OtherLog),
            Err(why) => return Err(End::NotRead(why)),
        };
        let told = found.into_iter().map(|(position, row)| Arc::new(change(position, row))).collect();
        let handed_on = watcher.tell(told, to).and_then(|()| watcher.beat(0));
        if matches!(handed_on, Err(Untold::Gone)) {
            return Err(End::Gone);
        }
        watcher.room().await?;
    }
}

/// What a watcher takes.
struct Taking {
    pieces: mpsc::Receiver<Piece>,
    /// What of a piece is not taken yet.
    changes: std::vec::IntoIter<Arc<v1::Change>>,
    _seat: Seat,
}

impl Taking {
    async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some(change) = self.changes.next() {
                let (position, change) = (change.position, Some(Arc::unwrap_or_clone(change)));
                return Some(Ok(v1::WatchResponse { change, position, ..Default::default() }));
            }
            match self.pieces.recv().await? {
                Piece::Changes(changes) => self.changes = changes.into_iter(),
                Piece::Beat(beat) => return Some(Ok(beat)),
                Piece::End(why) => return Some(Err(why)),
            }
        }
    }
}
