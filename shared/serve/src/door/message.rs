//! The body of a request, on its way in.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use tokio::runtime::Handle;

use super::bounds::{AWAITED_BYTES, KEPT_BYTES_MAX, REST_MAX, REST_MAX_BYTES};
use super::life::{Awaited, Life};
use super::roster::Roster;
use super::untaken::{Held, Untaken};
use crate::status;

/// It notes whether its caller owes more of it, and what is held for one that has not come whole. Let go of before its end, the rest of it is
/// taken in all the same, within bounds: a stream that is reset while its caller still sends loses the answer for many clients.
pub(super) struct Message {
    /// `None` once it has ended.
    body: Option<Incoming>,
    /// Bytes of it that have come.
    bytes: usize,
    life: Arc<Life>,
    untaken: Arc<Untaken>,
    roster: Arc<Roster>,
    /// What came of it is kept here as well.
    kept: Option<Kept>,
    awaited: Option<Awaited>,
    /// From when it was first waited for.
    held: Option<Held>,
}

/// A short message as it came, to be looked at again.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(Arc<Mutex<Option<Vec<u8>>>>);

impl Kept {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Some(Vec::new()))))
    }

    fn add(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *kept {
            Some(kept) if kept.len() + bytes.len() <= KEPT_BYTES_MAX => kept.extend_from_slice(bytes),
            kept => *kept = None,
        }
    }

    /// All of it; `None` where it was longer than is kept.
    pub(super) fn whole(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What ends a message.
type Error = Box<dyn std::error::Error + Send + Sync>;

impl Message {
    pub(super) fn of(
        body: Incoming,
        (life, untaken): (&Arc<Life>, &Arc<Untaken>),
        roster: &Arc<Roster>,
        kept: Option<Kept>,
    ) -> Self {
        let (life, untaken, roster) = (Arc::clone(life), Arc::clone(untaken), Arc::clone(roster));
        Self { body: Some(body), bytes: 0, life, untaken, roster, kept, awaited: None, held: None }
    }

    fn came(&mut self, bytes: usize) {
        self.awaited = None;
        self.bytes += bytes;
        if let Some(held) = &mut self.held {
            held.add(bytes);
            self.roster.bound_untaken();
        }
    }

    /// Whether it has not come whole while more is held for its caller than may be.
    fn has_to_end(&self) -> bool {
        let is_whole = self.body.as_ref().is_none_or(Incoming::is_end_stream);
        self.held.is_some() && !is_whole && self.untaken.ends_messages()
    }

    /// It is ended with a word; the rest of it is taken in and dropped.
    fn end(&mut self) -> Error {
        (self.awaited, self.held) = (None, None);
        status::answers_untaken().into()
    }

    fn waits(&mut self) {
        if self.awaited.is_none() {
            self.awaited = Some(Awaited::from(&self.life));
        }
        if self.held.is_none() {
            self.held = Some(Held::on(&self.untaken, AWAITED_BYTES + self.bytes));
            self.roster.bound_untaken();
        }
    }
}

impl hyper::body::Body for Message {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.has_to_end() {
            return Poll::Ready(Some(Err(self.end())));
        }
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = Pin::new(body).poll_frame(cx);
        match &frame {
            Poll::Ready(None | Some(Err(_))) => (self.body, self.awaited, self.held) = (None, None, None),
            Poll::Ready(Some(Ok(frame))) => {
                let data = frame.data_ref().map_or(&[][..], |data| &data[..]);
                if let Some(kept) = &self.kept {
                    kept.add(data);
                }
                self.came(data.len());
            }
            Poll::Pending => {
                self.waits();
                // Also what nothing more comes of.
                if self.has_to_end() {
                    return Poll::Ready(Some(Err(self.end())));
                }
            }
        }
        frame.map(|frame| frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        let rest = self.body.take().filter(|body| !body.is_end_stream());
        // Where there is no room for it either, it is reset.
        let rest = rest.filter(|_| !self.untaken.takes_from_all());
        // Without a runtime the process ends, and its connections with it.
        if let (Some(rest), Ok(runtime)) = (rest, Handle::try_current()) {
            let held = Held::on(&self.untaken, AWAITED_BYTES);
            runtime.spawn(async move {
                // What is longer, or takes longer, is reset.
                let _ = tokio::time::timeout(REST_MAX, take_in(rest)).await;
                drop(held);
            });
        }
    }
}

/// Takes in the rest of a request and drops it, up to [`REST_MAX_BYTES`].
async fn take_in(mut rest: Incoming) {
    let mut bytes = 0;
    while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut rest).poll_frame(cx)).await {
        bytes += frame.data_ref().map_or(0, Bytes::len);
        if bytes > REST_MAX_BYTES {
            return;
        }
    }
}
