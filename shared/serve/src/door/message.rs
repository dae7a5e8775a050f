//! The body of a request, on its way in.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use tokio::runtime::Handle;

use super::bounds::{AWAITED_BYTES, REST_MAX, REST_MAX_BYTES};
use super::life::{Awaited, Life};
use super::roster::Roster;
use super::untaken::Held;

/// It notes whether its caller owes more of it, and what is held for one that has not come whole. Let go of before its end, the rest of it is
/// taken in all the same, within bounds: a stream that is reset while its caller still sends loses the answer for many clients.
pub(super) struct Message {
    /// `None` once it has ended.
    body: Option<Incoming>,
    /// Bytes of it that have come.
    bytes: usize,
    life: Arc<Life>,
    roster: Arc<Roster>,
    awaited: Option<Awaited>,
    /// From when it was first waited for.
    held: Option<Held>,
}

impl Message {
    pub(super) fn of(body: Incoming, life: &Arc<Life>, roster: &Arc<Roster>) -> Self {
        let (life, roster) = (Arc::clone(life), Arc::clone(roster));
        Self { body: Some(body), bytes: 0, life, roster, awaited: None, held: None }
    }

    fn came(&mut self, bytes: usize) {
        self.awaited = None;
        self.bytes += bytes;
        if let Some(held) = &mut self.held {
            held.add(bytes);
            self.roster.bound_untaken();
        }
    }

    fn waits(&mut self) {
        if self.awaited.is_none() {
            self.awaited = Some(Awaited::from(&self.life));
        }
        if self.held.is_none() {
            self.held = Some(Held::on(&self.life.untaken, AWAITED_BYTES + self.bytes));
            self.roster.bound_untaken();
        }
    }
}

impl hyper::body::Body for Message {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = Pin::new(body).poll_frame(cx);
        match &frame {
            Poll::Ready(None | Some(Err(_))) => (self.body, self.awaited, self.held) = (None, None, None),
            Poll::Ready(Some(Ok(frame))) => self.came(frame.data_ref().map_or(0, Bytes::len)),
            Poll::Pending => self.waits(),
        }
        frame
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
        // Without a runtime the process ends, and its connections with it.
        if let (Some(rest), Ok(runtime)) = (rest, Handle::try_current()) {
            let held = Held::on(&self.life.untaken, AWAITED_BYTES);
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
