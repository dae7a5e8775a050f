//! What is held for callers that do not come on: answers that are made and not taken, and calls whose messages have not come whole. Bounded in
//! bytes, a connection and in all.
//!
//! A caller that lets nothing come (a window of HTTP/2 of no bytes, or a connection it does not read) may have many calls answered, each with
//! a page. The first piece of an answer is made at once, so that it is known how many bytes wait, and is counted until the last of them
//! is gone to the system; an answer of no message is counted until its header fields are written.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use futures_util::FutureExt;
use hyper::body::{Body as _, Frame};

use super::bounds::{ANSWER_BYTES, ANSWERS_A_CONNECTION_BYTES_MAX, ANSWERS_BYTES_MAX};

/// What a body says when it is asked for its next piece.
pub(super) type Piece = Option<Result<Frame<Bytes>, axum::Error>>;

/// Bytes that wait for callers, of one connection or of all.
#[derive(Debug, Default)]
pub(super) struct Untaken {
    bytes: AtomicUsize,
    /// Of which these are a part.
    all: Option<Arc<Self>>,
}

impl Untaken {
    /// Those of a connection, counted among `all`.
    pub(super) fn among(all: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self { bytes: AtomicUsize::new(0), all: Some(Arc::clone(all)) })
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether there are more on all connections than may be.
    pub(super) fn is_full(&self) -> bool {
        self.bytes() > ANSWERS_BYTES_MAX
    }

    /// Whether so many answers wait on one connection that no other call is begun on it.
    pub(super) fn is_much(&self) -> bool {
        self.bytes() >= ANSWERS_A_CONNECTION_BYTES_MAX
    }

    fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if let Some(all) = &self.all {
            all.add(bytes);
        }
    }

    fn remove(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        if let Some(all) = &self.all {
            all.remove(bytes);
        }
    }
}

/// Bytes of one call, counted until this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    untaken: Arc<Untaken>,
    bytes: usize,
}

impl Held {
    pub(super) fn on(untaken: &Arc<Untaken>, bytes: usize) -> Self {
        untaken.add(bytes);
        Self { untaken: Arc::clone(untaken), bytes }
    }

    pub(super) fn add(&mut self, bytes: usize) {
        self.untaken.add(bytes);
        self.bytes += bytes;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.untaken.remove(self.bytes);
    }
}

/// A piece of an answer, counted until nobody holds it.
struct Counted {
    bytes: Bytes,
    _held: Held,
}

impl Counted {
    fn on(untaken: &Arc<Untaken>, bytes: Bytes) -> Bytes {
        let held = Held::on(untaken, ANSWER_BYTES + bytes.len());
        Bytes::from_owner(Self { bytes, _held: held })
    }
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// More answers wait on the connection than may.
pub(super) struct TooMuch;

/// The first piece of an answer, if it is there already, counted. `must_be_told`: an answer that is told however much waits.
pub(super) fn first(body: &mut Body, own: &Arc<Untaken>, must_be_told: bool) -> Result<Option<Piece>, TooMuch> {
    if body.is_end_stream() {
        return Ok(None);
    }
    let piece = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).now_or_never();
    let Some(Some(Ok(frame))) = piece else { return Ok(piece) };
    let bytes = match frame.into_data() {
        Ok(bytes) => bytes,
        Err(trailers) => return Ok(Some(Some(Ok(trailers)))),
    };
    if own.is_much() && !must_be_told {
        return Err(TooMuch);
    }
    Ok(Some(Some(Ok(Frame::data(Counted::on(own, bytes))))))
}

/// Counts an answer that is nothing but its header fields.
pub(super) fn without_message(fields: &mut HeaderMap, own: &Arc<Untaken>) {
    let Some(kind) = fields.get_mut(CONTENT_TYPE) else { return };
    let counted = Counted::on(own, Bytes::copy_from_slice(kind.as_bytes()));
    if let Ok(mut value) = HeaderValue::from_maybe_shared(counted) {
        // One that is never indexed is not kept by the connection once it is written.
        value.set_sensitive(true);
        *kind = value;
    }
}

#[cfg(test)]
mod tests {
    use super::super::bounds::Bounds;
    use super::super::roster::{Entered, Roster};
    use super::*;
    use crate::peer::Peer;

    const ANSWER_BYTES: usize = 1024 * 1024;

    /// Answers that wait on the connection until it has no more.
    fn filled(entered: &Entered) -> Vec<Piece> {
        let mut waiting = Vec::new();
        loop {
            let mut body = Body::from(vec![7; ANSWER_BYTES]);
            match first(&mut body, &entered.life.untaken, false) {
                Ok(piece) => waiting.push(piece.expect("it is there")),
                Err(TooMuch) => return waiting,
            }
        }
    }

    #[test]
    fn answers_that_wait_are_bounded_on_a_connection_and_in_all() {
        let roster = Roster::new(Bounds::new(65_536));
        let enter = |last: u8| roster.enter(Peer::at(([192, 0, 2, last], 1).into())).expect("there is room");
        let one = enter(1);
        let waiting = filled(&one);
        assert_eq!(waiting.len() * ANSWER_BYTES, ANSWERS_A_CONNECTION_BYTES_MAX);
        assert!(one.life.untaken.is_much());
        // An answer to a command is told all the same.
        let command = first(&mut Body::from(vec![7; ANSWER_BYTES]), &one.life.untaken, true);
        assert!(command.is_ok() && one.life.untaken.bytes() > ANSWERS_A_CONNECTION_BYTES_MAX);
        drop((command, waiting));
        assert_eq!((one.life.untaken.bytes(), roster.untaken.bytes()), (0, 0));
        // Many connections of one address: some of them end, and nobody else's.
        let many: Vec<_> = (0..=ANSWERS_BYTES_MAX / ANSWERS_A_CONNECTION_BYTES_MAX).map(|_| enter(2)).collect();
        let of_one = filled(&one);
        let mut held: Vec<_> = many.iter().map(filled).collect();
        let before = roster.len();
        roster.bound_untaken();
        assert_eq!(roster.len(), before - 1);
        let gone = |entered: &Entered| entered.life.dropped.notified().now_or_never().is_some();
        assert!(!gone(&one) && many.iter().filter(|entered| gone(entered)).count() == 1);
        held.clear();
        roster.bound_untaken();
        assert_eq!(roster.len(), before - 1, "there is room again");
        drop(of_one);
    }
}
