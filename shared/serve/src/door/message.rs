//! The body of a request, on its way in.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body as _, Frame, Incoming};
use tokio::runtime::Handle;
use tonic::Status;

use super::bounds::{AWAITED_BYTES, KEPT_BYTES_MAX, REST_MAX, REST_MAX_BYTES};
use super::life::{Awaited, Life};
use super::roster::Roster;
use super::untaken::{Held, Of, Untaken};
use crate::bounds::REQUEST_BYTES_MAX;
use crate::status;

/// What gRPC has before a message: whether it is compressed, and how long it is.
const PREFIX_BYTES: usize = 5;

/// It notes whether its caller owes more of it, and what is held for one that has not come whole. Let go of before its end, the rest of it is
/// taken in all the same, within bounds: a stream that is reset while its caller still sends loses the answer for many clients.
pub(super) struct Message {
    /// What was waited for and came, before it is handed on.
    come: Option<Bytes>,
    /// `None` once it has ended.
    body: Option<Incoming>,
    life: Arc<Life>,
    untaken: Arc<Untaken>,
    roster: Arc<Roster>,
    awaited: Option<Awaited>,
    /// From when it was first waited for.
    held: Option<Held>,
}

/// What ends a message.
type Error = Box<dyn std::error::Error + Send + Sync>;

/// What has come of a message that is waited for.
#[derive(Default)]
struct Come {
    /// All of it, as it was read: most messages are there in one piece.
    piece: Bytes,
    /// All of it, copied: a piece holds the whole of what was read with it.
    copied: Vec<u8>,
}

impl Come {
    fn add(&mut self, piece: Bytes) {
        if self.bytes().is_empty() {
            self.piece = piece;
            return;
        }
        self.keep();
        self.copied.extend_from_slice(&piece);
    }

    /// Holds nothing but what came.
    fn keep(&mut self) {
        if self.copied.is_empty() {
            self.copied = std::mem::take(&mut self.piece).to_vec();
        }
    }

    fn bytes(&self) -> &[u8] {
        if self.copied.is_empty() { &self.piece } else { &self.copied }
    }

    /// Whether it is looked at as it is: so much of it has come, or of such a length it says it is, that it is no lawful message.
    fn is_unlawful(&self) -> bool {
        let bytes = self.bytes();
        let Some(([is_compressed, length @ ..], _)) = bytes.split_first_chunk::<PREFIX_BYTES>() else { return false };
        let length = u32::from_be_bytes(*length);
        *is_compressed != 0
            || usize::try_from(length).is_ok_and(|length| length > REQUEST_BYTES_MAX)
            || bytes.len() > PREFIX_BYTES + REQUEST_BYTES_MAX
    }

    fn whole(self) -> Bytes {
        if self.copied.is_empty() { self.piece } else { self.copied.into() }
    }
}

impl Message {
    pub(super) fn of(body: Incoming, life: &Arc<Life>, untaken: &Arc<Untaken>, roster: &Arc<Roster>) -> Self {
        let (life, untaken, roster) = (Arc::clone(life), Arc::clone(untaken), Arc::clone(roster));
        Self { come: None, body: Some(body), life, untaken, roster, awaited: None, held: None }
    }

    /// Waits until it has come whole, and holds meanwhile what came and nothing else: not as much as it says it is long. One that is no lawful
    /// message is not waited for.
    pub(super) async fn whole(&mut self) -> Result<(), Status> {
        let mut come = Come::default();
        while !come.is_unlawful() {
            let next = poll_fn(|cx| {
                let next = self.poll_piece(cx);
                if next.is_pending() {
                    come.keep();
                    self.holds(come.copied.capacity());
                }
                next
            });
            match next.await {
                Some(Ok(frame)) => {
                    // What stands behind a message says nothing.
                    let Ok(piece) = frame.into_data() else { continue };
                    come.add(piece);
                    self.holds(come.copied.capacity());
                }
                Some(Err(_)) if self.body.is_some() => return Err(status::answers_untaken()),
                // Nobody hears it: the caller has taken it back, or is gone.
                Some(Err(_)) => return Err(status::ends(false)),
                None => break,
            }
            if self.body.as_ref().is_none_or(Incoming::is_end_stream) {
                break;
            }
        }
        // What is under way is bounded by itself.
        (self.awaited, self.held) = (None, None);
        self.come = Some(come.whole());
        Ok(())
    }

    /// All of it, where it has come whole and was not handed on.
    pub(super) fn come(&self) -> &[u8] {
        self.come.as_ref().map_or(&[], |come| &come[..])
    }

    /// The same, to be read once more: one that came at once is part of more that was read, and is copied where it is short.
    pub(super) fn kept(&self) -> Bytes {
        match &self.come {
            Some(come) if come.len() <= KEPT_BYTES_MAX => Bytes::copy_from_slice(come),
            come => come.clone().unwrap_or_default(),
        }
    }

    /// Holds so much of it, where it was waited for.
    fn holds(&mut self, bytes: usize) {
        if let Some(held) = &mut self.held {
            held.grow_to(AWAITED_BYTES + bytes);
            self.roster.bound(Of::Unbegun);
        }
    }

    /// Whether it has not come whole while more is held of such messages of its caller than may be.
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
            self.held = Some(Held::all_the_same(&self.untaken, Of::Unbegun, AWAITED_BYTES));
            self.roster.bound(Of::Unbegun);
        }
    }

    /// The next that comes of it.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.has_to_end() {
            return Poll::Ready(Some(Err(self.end())));
        }
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = Pin::new(body).poll_frame(cx);
        match &frame {
            Poll::Ready(None | Some(Err(_))) => (self.body, self.awaited, self.held) = (None, None, None),
            Poll::Ready(Some(Ok(_))) => self.awaited = None,
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
}

impl hyper::body::Body for Message {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(come) = self.come.take_if(|come| !come.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(come))));
        }
        self.poll_piece(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.come().is_empty() && self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        let rest = self.body.take().filter(|body| !body.is_end_stream());
        // Where there is no room for it either, it is reset.
        let rest = rest.filter(|_| self.untaken.has_unbegun_room(AWAITED_BYTES));
        // Without a runtime the process ends, and its connections with it.
        if let (Some(rest), Ok(runtime)) = (rest, Handle::try_current()) {
            let held = Held::all_the_same(&self.untaken, Of::Unbegun, AWAITED_BYTES);
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
