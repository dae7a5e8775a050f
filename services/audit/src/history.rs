//! What was recorded of one provider: its commits stand in one stream, which is one read, however long the log is.

use std::time::Duration;

use domain::{BureauId, Position, ProviderId, StreamId};
use event_log::{Followed, LogError, StoredLog};
use serve::places::{Place, Places};
use serve::status::resumed;
use serve::{Caller, of_log_error};
use tonic::Status;

use crate::replay::{AROUND_BYTES_MAX, PIECE_BYTES_ENOUGH, Piece};
use crate::run::{Wanted, vain};
use crate::telling::{TAKEN_MAX, Telling};
use crate::turn::{Turn, busy};

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
            // Read once there is room for it: nothing is held for who takes nothing but what he was told.
            let Some(room) = self.telling.room(Duration::ZERO, || place = None).await else { return };
            if place.is_none() {
                // It has begun, and waits long.
                place = self.loads.take_within(self.caller, TAKEN_MAX).await;
            }
            if place.is_none() {
                break Some(resumed(&busy(), wanted.after));
            }
            let piece = match self.piece(&wanted).await {
                Ok(piece) => piece,
                Err(error) => break Some(resumed(&of_log_error(&error), wanted.after)),
            };
            // Others have their turn between two pieces.
            place = None;
            let Some(piece) = piece else {
                drop(room);
                break self.vain(wanted.filter.bureau.take().zip(wanted.in_vain.take()), is_in_vain).await;
            };
            wanted.after = piece.reached;
            if !piece.is_empty() {
                is_in_vain = false;
                room.tell(piece);
            }
        };
        let reached = if why.is_none() { wanted.until } else { wanted.after };
        self.telling.end(why, reached).await;
    }

    async fn vain(&mut self, unknown: Option<(BureauId, Status)>, is_in_vain: bool) -> Option<Status> {
        let (bureau, in_vain) = unknown.filter(|_| is_in_vain)?;
        vain(&self.log, bureau, in_vain, &mut self.turn).await
    }

    /// The next piece of what is wanted, if there is more: a part of the stream is read, so that what it holds is bounded, and what is still
    /// read for who is gone is little.
    async fn piece(&self, wanted: &Wanted) -> Result<Option<Piece>, LogError> {
        let (stream, after) = (StreamId::Provider(self.provider.clone()), Position(wanted.after));
        let commits = self.log.load_stored(&stream, after, PIECE_BYTES_ENOUGH).await?;
        // What stands around each, a second time: around its message and around the whole.
        let bytes = commits.iter().map(|stored| stored.bytes.len() + 3 * AROUND_BYTES_MAX).sum();
        let mut piece = None;
        for stored in commits.into_iter().take_while(|stored| stored.position.0 <= wanted.until) {
            let piece: &mut Piece = piece.get_or_insert_with(|| Piece::of_bytes(bytes));
            if piece.is_full() {
                break;
            }
            piece.add(&Followed::Commit(stored), &wanted.filter)?;
        }
        Ok(piece)
    }
}
