//! What was recorded of one provider: its commits stand in one stream, which is one read, however long the log is.

use std::time::Duration;

use domain::{BureauId, ProviderId, StreamId};
use event_log::{Followed, LogError, StoredLog};
use serve::places::{Place, Places};
use serve::status::resumed;
use serve::{Caller, of_log_error};
use tonic::Status;

use crate::replay::Piece;
use crate::run::{Wanted, vain};
use crate::telling::{TAKEN_MAX, Telling};
use crate::turn::{Turn, busy};

/// Bytes of answers that are kept of one read for who asked; where there are more, the stream is read again once these are taken.
const KEPT_BYTES_ENOUGH: usize = 256 * 1024;

/// A history: where its answers go, and where it reads.
pub(crate) struct History<L> {
    pub(crate) log: L,
    pub(crate) provider: ProviderId,
    pub(crate) telling: Telling,
    pub(crate) caller: Option<Caller>,
    /// Places of those who read one stream.
    pub(crate) loads: Places,
    /// For reading the whole log, where a bureau is asked for that nobody knows.
    pub(crate) turn: Turn,
}

/// What is kept of one read.
struct Kept {
    pieces: Vec<Piece>,
    /// Whether there is more.
    more: bool,
}

impl<L: StoredLog + Clone> History<L> {
    /// Tells what is wanted until all of it was told or nobody takes it any more; `place` is for the first read.
    pub(crate) async fn run(mut self, wanted: Wanted, place: Place) {
        let closed = self.telling.closed();
        tokio::select! {
            biased;
            () = closed => {}
            () = self.tell(wanted, place) => {}
        }
    }

    async fn tell(&mut self, mut wanted: Wanted, place: Place) {
        let (mut place, mut is_in_vain) = (Some(place), true);
        let why = loop {
            if place.is_none() {
                // It has begun, and waits long.
                place = self.loads.take_within(self.caller, TAKEN_MAX).await;
            }
            if place.is_none() {
                break Some(resumed(&busy(), wanted.after));
            }
            let kept = self.kept(&wanted).await;
            // Nobody's reading waits for who takes what was read.
            place = None;
            let Kept { pieces, more } = match kept {
                Ok(kept) => kept,
                Err(error) => break Some(resumed(&of_log_error(&error), wanted.after)),
            };
            for piece in pieces {
                (is_in_vain, wanted.after) = (false, piece.reached);
                let Some(room) = self.telling.room(Duration::ZERO, || {}).await else { return };
                room.tell(piece);
            }
            if !more {
                break self.vain(wanted.filter.bureau.take().zip(wanted.in_vain.take()), is_in_vain).await;
            }
        };
        let reached = if why.is_none() { wanted.until } else { wanted.after };
        self.telling.end(why, reached).await;
    }

    async fn vain(&mut self, unknown: Option<(BureauId, Status)>, is_in_vain: bool) -> Option<Status> {
        let (bureau, in_vain) = unknown.filter(|_| is_in_vain)?;
        vain(&self.log, bureau, in_vain, &mut self.turn).await
    }

    async fn kept(&self, wanted: &Wanted) -> Result<Kept, LogError> {
        let commits = self.log.load_stored(&StreamId::Provider(self.provider.clone())).await?;
        let (mut pieces, mut piece, mut bytes, mut more) = (Vec::new(), Piece::default(), 0, false);
        for stored in commits {
            let position = stored.position.0;
            if position <= wanted.after || position > wanted.until {
                continue;
            }
            if bytes >= KEPT_BYTES_ENOUGH {
                more = true;
                break;
            }
            piece.add(&Followed::Commit(stored), &wanted.filter)?;
            if piece.is_full() {
                bytes += piece.bytes();
                pieces.push(std::mem::take(&mut piece));
            }
        }
        if !piece.is_empty() {
            pieces.push(piece);
        }
        Ok(Kept { pieces, more })
    }
}
