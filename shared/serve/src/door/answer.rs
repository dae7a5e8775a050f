//! The answer to one call, on its way to its caller.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};

use super::ahead::Ahead;
use super::life::{End, Life, Owed, Telling, Watching};
use super::shared::Share;
use super::untaken::Piece;
use crate::status;
use crate::wire::Kind;

/// The body of an answer: it notes whether the server owes more of it, and ends with a status when its connection has to.
pub(super) struct Answer {
    body: Body,
    /// What of it was made ahead.
    first: Option<Ahead>,
    life: Arc<Life>,
    kind: Kind,
    owed: Option<Owed>,
    /// Whether it tells what changes.
    watches: bool,
    /// While it has nothing to tell.
    watching: Option<Watching>,
    /// Of a call that stays.
    place: Option<Share>,
    /// Made when something of the answer is waited for, which few answers do.
    cut: Option<Pin<Box<dyn Future<Output = End> + Send>>>,
    /// A message of it was sent. An answer of one message has nothing after it but its trailers.
    begun: bool,
    ended: bool,
    _telling: Telling,
}

/// A piece of an answer, until the last of it is gone to the system.
struct Sent(Bytes, #[expect(dead_code, reason = "let go of with the piece")] Telling);

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Answer {
    pub(super) fn new(body: Body, owed: Owed, watches: bool) -> Self {
        let (life, kind, telling) = (Arc::clone(owed.life()), owed.kind(), Telling::on(owed.life()));
        Self {
            body,
            first: None,
            life,
            kind,
            owed: Some(owed),
            watches,
            watching: None,
            place: None,
            cut: None,
            begun: false,
            ended: false,
            _telling: telling,
        }
    }

    /// The piece, told of as on its way until it is gone.
    fn sent(&self, frame: Frame<Bytes>) -> Frame<Bytes> {
        frame.map_data(|bytes| Bytes::from_owner(Sent(bytes, Telling::on(&self.life))))
    }

    /// With what of it was made ahead, and with the place of a call that stays.
    pub(super) fn with(self, first: Option<Ahead>, place: Option<Share>) -> Self {
        Self { first, place, ..self }
    }

    /// The next slice of what was made ahead.
    fn ahead(&mut self) -> Option<Piece> {
        let first = self.first.as_mut()?;
        let slice = first.next();
        if first.is_told() {
            self.first = None;
        }
        slice
    }

    /// The last frame of an answer that has to end.
    fn end(&mut self, why: End) -> Frame<Bytes> {
        self.ended = true;
        (self.owed, self.watching, self.place) = (None, None, None);
        let status = match why {
            End::Place => status::too_many_questions(),
            End::Connection | End::Server => status::ends(why == End::Server),
        };
        Frame::trailers(status::trailers(&status))
    }

    /// Why it has to end, if it has.
    fn is_cut(&self) -> Option<End> {
        let given = self.place.as_ref().is_some_and(Share::is_given).then_some(End::Place);
        given.or_else(|| self.life.is_cut(self.kind))
    }

    /// Done when it has to end.
    fn until_cut(&self) -> Pin<Box<dyn Future<Output = End> + Send>> {
        let (cut, given) = (Arc::clone(&self.life).until_cut(self.kind), self.place.as_ref().map(Share::given));
        let Some(given) = given else { return Box::pin(cut) };
        Box::pin(async move {
            tokio::select! {
                why = cut => why,
                () = given => End::Place,
            }
        })
    }
}

/// Trailers with an error say it in the words of the table.
fn told(frame: Frame<Bytes>) -> Frame<Bytes> {
    match frame.trailers_ref().and_then(status::completed) {
        Some(status) => Frame::trailers(status::trailers(&status)),
        None => frame,
    }
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if self.first.take_if(|first| first.has_to_end()).is_some() {
            return Poll::Ready(Some(Ok(self.end(End::Place))));
        }
        let ahead = self.ahead();
        let is_ahead = ahead.is_some();
        let frame = match ahead {
            Some(frame) => Poll::Ready(frame),
            None => Pin::new(&mut self.body).poll_frame(cx),
        };
        if let Poll::Ready(frame) = frame {
            self.watching = None;
            if self.owed.take().is_none() {
                // Its caller takes one after the other.
                self.life.touch(self.kind);
            }
            if matches!(&frame, Some(Ok(frame)) if frame.is_data()) {
                // One that always has more would never be waited for.
                match self.is_cut() {
                    // The slices of one message go together.
                    Some(why) if self.begun && !is_ahead => return Poll::Ready(Some(Ok(self.end(why)))),
                    _ => self.begun = true,
                }
            }
            return Poll::Ready(frame.map(|frame| frame.map(|frame| self.sent(told(frame)))));
        }
        let life = Arc::clone(&self.life);
        if self.owed.is_none() {
            self.owed = Some(Owed::to(&life, self.kind));
        }
        if self.watches && self.watching.is_none() {
            self.watching = Some(Watching::on(&life));
        }
        let mut cut = self.cut.take().unwrap_or_else(|| self.until_cut());
        let ended = cut.as_mut().poll(cx);
        self.cut = Some(cut);
        ended.map(|why| Some(Ok(self.end(why))))
    }

    fn is_end_stream(&self) -> bool {
        self.ended || (self.first.is_none() && self.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
