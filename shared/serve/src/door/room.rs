//! What one connection has under way of its own: the requests that wait for their turns, and the turn in which it is read.
//!
//! It is read a piece a turn, and not at all while so many of its requests wait that have not begun, or so much of what it was answered is
//! not taken: then what it sends waits with whoever sends it. What has been read is begun in its turn and never put off by what its caller
//! does or does not do, so that nothing waits for itself.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::http::HeaderMap;
use hyper::rt::Executor;
use tokio::runtime::Handle;

use super::bounds::{
    FIELD_BYTES, FIELDS_BYTES, PIECE_BYTES_MAX, PIECE_REQUESTS_MAX, PIECES_AHEAD_MAX, UNREAD_BYTES_MAX,
    WAITING_A_CONNECTION_BYTES_MAX, WAITING_ALL_BYTES_MAX, WAITING_BYTES,
};
use super::life::Life;
use super::roster::{Entered, Roster};
use super::turns::{Comes, Turn};
use super::untaken::Untaken;
use crate::peer::Holder;

/// The room of one connection. Clones share it.
#[derive(Clone)]
pub(super) struct Room(Arc<Inside>);

struct Inside {
    life: Arc<Life>,
    roster: Arc<Roster>,
    runtime: Handle,
    /// Whom it is read for.
    own: Holder,
    reading: Mutex<Reading>,
}

#[derive(Default)]
struct Reading {
    /// The request that is about to be handed over.
    next: Option<Next>,
    /// A turn was asked for and not given.
    is_asked: bool,
    /// One was given.
    turn: Option<Turn>,
    /// One in which a piece was read, and what is in it is looked at.
    used: Option<Turn>,
    /// It waits for a turn, or until it may be read.
    waker: Option<Waker>,
    /// It may not be read.
    is_held: bool,
    /// Pieces that were read one after the other, without a wait for the next to come.
    pieces: usize,
    /// It has ended.
    is_left: bool,
}

/// A request that hyper hands over.
struct Next {
    sender: Holder,
    /// What waits for him on the connection.
    untaken: Arc<Untaken>,
    /// What it takes while it waits for its turn.
    bytes: usize,
}

impl Reading {
    /// How what it has next comes: one that has so much that it was read piece after piece, and is not at the end, always has more.
    fn comes(&self) -> Comes {
        if self.pieces < PIECES_AHEAD_MAX { Comes::Anew } else { Comes::AtOnce }
    }
}

impl Room {
    pub(super) fn of(entered: &Entered) -> Self {
        let (life, roster) = (Arc::clone(&entered.life), Arc::clone(&entered.roster));
        // Over a proxy's come requests of many: none of them is read in the turns of another connection.
        let own = if roster.is_proxy(life.peer) { Holder::Connection(life.number) } else { Holder::of(life.peer) };
        Self(Arc::new(Inside { life, roster, runtime: Handle::current(), own, reading: Mutex::default() }))
    }

    fn reading(&self) -> MutexGuard<'_, Reading> {
        // Nothing in here panics between two changes that belong together. No turn is dropped while it is held: whose turn is next may
        // be this very connection's.
        self.0.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who sent the request that hyper hands over next, what waits for him, and its header fields.
    pub(super) fn comes_from(&self, sender: Holder, untaken: Arc<Untaken>, headers: &HeaderMap) {
        self.reading().next = Some(Next { sender, untaken, bytes: bytes_of(headers) });
    }

    /// Bytes that are read in one turn, and requests in them.
    pub(super) fn piece(&self) -> (usize, usize) {
        let is_full = self.0.roster.waiting.now() >= WAITING_ALL_BYTES_MAX;
        if is_full { (PIECE_BYTES_MAX, 1) } else { (PIECE_BYTES_MAX, PIECE_REQUESTS_MAX) }
    }

    /// Ready when a piece may be read.
    pub(super) fn poll_turn(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut reading = self.reading();
        if reading.turn.is_some() {
            return Poll::Ready(());
        }
        if !self.may_be_read() {
            reading.is_held = true;
            reading.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let (used, comes) = (reading.used.take(), reading.comes());
        let asks = !std::mem::replace(&mut reading.is_asked, true);
        drop(reading);
        drop(used);
        if asks {
            let room = self.clone();
            self.0.roster.turns.ask(self.0.own, self.0.life.number, comes, move |turn| room.given(turn));
        }
        let mut reading = self.reading();
        if reading.turn.is_some() {
            return Poll::Ready(());
        }
        reading.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn given(&self, turn: Turn) {
        let mut reading = self.reading();
        reading.is_asked = false;
        if reading.is_left {
            drop(reading);
            drop(turn);
            return;
        }
        reading.turn = Some(turn);
        let waker = reading.waker.take();
        drop(reading);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// It has nothing that could be read.
    pub(super) fn has_nothing(&self) {
        self.reading().pieces = 0;
    }

    /// A piece was read: what is in it is looked at in the same turn, and the next is read in another.
    pub(super) fn has_read(&self) {
        let mut reading = self.reading();
        reading.pieces += 1;
        let turn = reading.turn.take();
        let before = std::mem::replace(&mut reading.used, turn);
        drop(reading);
        drop(before);
    }

    /// What could be done has been, for now.
    pub(super) fn end_turn(&self) {
        let mut reading = self.reading();
        let turns = (reading.used.take(), reading.turn.take());
        let waker = self.let_go(&mut reading);
        drop(reading);
        drop(turns);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Of one that could not be read and may be.
    fn let_go(&self, reading: &mut Reading) -> Option<Waker> {
        if !reading.is_held || !self.may_be_read() {
            return None;
        }
        reading.is_held = false;
        reading.waker.take()
    }

    fn may_be_read(&self) -> bool {
        let (life, waiting) = (&self.0.life, self.0.life.waiting.now());
        if life.is_blocked() && life.untaken.now() >= UNREAD_BYTES_MAX {
            return false;
        }
        waiting == 0
            || (waiting < WAITING_A_CONNECTION_BYTES_MAX && self.0.roster.waiting.now() < WAITING_ALL_BYTES_MAX)
    }

    /// It has ended: what waits is not begun any more.
    pub(super) fn leave(&self) {
        let mut reading = self.reading();
        reading.is_left = true;
        let turns = (reading.used.take(), reading.turn.take());
        drop(reading);
        drop(turns);
        self.0.roster.turns.leave(self.0.life.number);
    }
}

/// Bytes that a request with these header fields takes while it waits. A field may be one byte of what was sent, and is counted as what is kept.
fn bytes_of(headers: &HeaderMap) -> usize {
    let fields = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + FIELD_BYTES);
    WAITING_BYTES + fields.sum::<usize>().saturating_sub(FIELDS_BYTES)
}

/// A request that waits for its turn, and takes so many bytes meanwhile.
struct Waits(Room, usize);

impl Waits {
    fn on(room: &Room, bytes: usize) -> Self {
        room.0.life.waiting.add(bytes);
        Self(room.clone(), bytes)
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        let Self(room, bytes) = self;
        room.0.life.waiting.remove(*bytes);
        let waker = room.let_go(&mut room.reading());
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Room {
    /// Begins a request in its turn, which ends when it is done or waits for something.
    fn execute(&self, call: F) {
        let (own, mut reading) = (self.0.own, self.reading());
        let next = reading.next.take();
        let (holder, bytes) = next.as_ref().map_or((own, WAITING_BYTES), |next| (next.sender, next.bytes));
        // What others send over a proxy's connection is not told by how that is read, and ends without it.
        let (comes, of_another) =
            if holder == own { (reading.comes(), None) } else { (Comes::Anew, next.map(|next| next.untaken)) };
        drop(reading);
        let (waits, runtime) = (Waits::on(self, bytes), self.0.runtime.clone());
        self.0.roster.turns.ask(holder, self.0.life.number, comes, move |turn| {
            runtime.spawn(begun(call, (waits, turn), of_another));
        });
    }
}

/// A request to its end; it waits, and has its turn, until something was done of it. One that comes over a proxy's connection ends before, where
/// too much waits for its caller there.
async fn begun(call: impl Future<Output = ()>, turn: (Waits, Turn), of_another: Option<Arc<Untaken>>) {
    let (mut call, mut turn) = (pin!(call), Some(turn));
    let call = poll_fn(|cx| {
        let done = call.as_mut().poll(cx);
        turn = None;
        done
    });
    let Some(untaken) = of_another else { return call.await };
    if untaken.has_ended() {
        // While it waited for its turn: nothing of it is done.
        return;
    }
    tokio::select! {
        biased;
        () = call => {}
        () = untaken.until_ended() => {}
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::super::bounds::HEADER_BYTES_MAX;
    use super::*;

    #[test]
    fn a_request_with_many_fields_is_counted_as_several() {
        let fields = |number: usize| -> HeaderMap {
            let name = HeaderName::from_static("x");
            (0..number).map(|_| (name.clone(), HeaderValue::from_static("y"))).collect()
        };
        assert_eq!(bytes_of(&HeaderMap::new()), WAITING_BYTES);
        assert_eq!(bytes_of(&fields(10)), WAITING_BYTES);
        // As many as a header may have, each counted by HTTP/2 as 32 bytes and its own.
        let most = usize::try_from(HEADER_BYTES_MAX).unwrap() / 34;
        assert!(bytes_of(&fields(most)) > 10 * WAITING_BYTES);
    }
}
