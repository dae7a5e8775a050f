//! What of an answer was made ahead, on its way to its caller. What is long goes in slices, each of which is counted by itself and let go of when it is
//! gone: of a caller who takes a long answer slowly it is seen that he takes something, long before he has it whole, and no more of it is held
//! than he has not taken.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use futures_util::FutureExt;
use hyper::body::{Body as _, Frame};

use super::bounds::{ANSWER_BYTES, SLICE_BYTES, SLICED_BYTES, TOLD_BYTES};
use super::untaken::{Counted, Expected, Held, Of, Piece, UnderWay, Untaken};

/// One piece of an answer.
pub(super) struct Ahead {
    told: Told,
}

enum Told {
    /// As it is.
    Whole(Option<Piece>),
    /// In slices, each in a place of its own.
    Slices(VecDeque<Bytes>, Held, UnderWay),
}

/// The first piece of an answer.
pub(super) enum First {
    /// It is there, counted, or will come.
    Ahead(Option<Ahead>),
    /// More waits for the caller than may, or for all; of so many bytes it is.
    TooMuch(usize),
}

/// The first piece of an answer, if it is there already, counted. `must_be_told`: an answer that is told however much waits. `kept`: room that is
/// kept for it.
pub(super) fn first(body: &mut Body, own: &Arc<Untaken>, must_be_told: bool, kept: Option<Expected>) -> First {
    if body.is_end_stream() {
        return First::Ahead(None);
    }
    let piece = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).now_or_never();
    let Some(Some(Ok(frame))) = piece else { return First::Ahead(piece.map(Ahead::as_it_is)) };
    let bytes = match frame.into_data() {
        Ok(bytes) => bytes,
        Err(trailers) => return First::Ahead(Some(Ahead::as_it_is(Some(Ok(trailers))))),
    };
    let all = ANSWER_BYTES + bytes.len();
    own.answers_as_a_rule(all);
    let held = held(own, all, must_be_told, kept);
    held.map_or(First::TooMuch(all), |held| First::Ahead(Some(Ahead::counted(own, held, bytes))))
}

/// An answer of so many bytes, counted, where there is room for it or it is told all the same.
fn held(own: &Arc<Untaken>, bytes: usize, must_be_told: bool, kept: Option<Expected>) -> Option<Held> {
    let of = Of::answer(bytes);
    match kept {
        Some(kept) if kept.suffices(bytes) || (must_be_told && kept.is_of(of)) => return Some(kept.made(bytes)),
        kept => drop(kept),
    }
    // Whether somebody is well is told whatever waits for others.
    let is_little = bytes <= TOLD_BYTES && own.held(of) == 0;
    if must_be_told || is_little {
        return Some(Held::all_the_same(own, of, bytes));
    }
    if own.is_much(of) { None } else { Held::now(own, of, bytes) }
}

impl Ahead {
    fn as_it_is(piece: Piece) -> Self {
        Self { told: Told::Whole(Some(piece)) }
    }

    fn counted(own: &Untaken, held: Held, bytes: Bytes) -> Self {
        if bytes.len() <= SLICED_BYTES {
            return Self::as_it_is(Some(Ok(Frame::data(Counted::as_held(held, bytes)))));
        }
        // Slices of one place would hold all of it until the last of them is gone.
        let slices = bytes.chunks(SLICE_BYTES).map(Bytes::copy_from_slice).collect();
        Self { told: Told::Slices(slices, held, UnderWay::of(own)) }
    }

    /// Its next slice; `None` after the last.
    pub(super) fn next(&mut self) -> Option<Piece> {
        let (slices, held) = match &mut self.told {
            Told::Whole(piece) => return piece.take(),
            Told::Slices(slices, held, _) => (slices, held),
        };
        let slice = slices.pop_front()?;
        // With the last goes what the answer takes beside its message.
        let bytes = if slices.is_empty() { usize::MAX } else { slice.len() };
        Some(Some(Ok(Frame::data(Counted::as_held(held.part(bytes), slice)))))
    }

    pub(super) fn is_told(&self) -> bool {
        match &self.told {
            Told::Whole(piece) => piece.is_none(),
            Told::Slices(slices, ..) => slices.is_empty(),
        }
    }

    /// Whether its room is another's.
    pub(super) fn has_to_end(&self) -> bool {
        matches!(&self.told, Told::Slices(_, _, under_way) if under_way.has_to_end())
    }
}
