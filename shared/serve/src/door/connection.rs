//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, Response};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tonic::Status;

use super::admitted::{Admitted, admit};
use super::answer::Answer;
use super::bounds::{Bounds, REST_MAX, REST_MAX_BYTES};
use super::life::{Awaited, End, Ending, Life, Owed};
use super::protocol::{Answers, Protocol};
use super::roster::{Entered, Roster};
use super::untaken;
use crate::peer::Peer;
use crate::status;
use crate::wire::{Kind, failed, watches};

/// Serves one connection until it ends, or has to.
pub(super) async fn live<A: Answers>(
    tcp: TcpStream,
    entered: Entered,
    builder: Arc<Builder<TokioExecutor>>,
    protocol: Protocol,
    bounds: Arc<Bounds>,
    answers: A,
    mut stopping: watch::Receiver<bool>,
) {
    let life = &entered.life;
    let io = TokioIo::new(Greeting { tcp, life: Arc::clone(life), missing: protocol.greeting_bytes() });
    let service = service_fn(|mut request: Request<Incoming>| {
        let sender = sender(life.peer, &bounds, request.headers());
        let (is_bounded, kind) = (protocol.bounds_answers(), Kind::of(request.uri().path()));
        let admitted = if is_bounded {
            admit(life, &entered.roster, sender, request.uri().path())
        } else {
            Ok(Admitted::default())
        };
        request.extensions_mut().insert(sender);
        request.extensions_mut().insert(Ending::of(life, kind));
        let (owed, watches) = (Owed::to(life, kind), watches(request.uri().path()));
        let message = |body| Body::new(Message { body: Some(body), life: Arc::clone(life), awaited: None });
        let answering = admitted.map(|admitted| (admitted, answers.answer(request.map(message))));
        let roster = Arc::clone(&entered.roster);
        async move { Ok::<_, Infallible>(answered(answering, (owed, watches), &roster, is_bounded).await) }
    });
    let mut connection = pin!(builder.serve_connection(io, service));
    let (mut left, mut displaced) = (None, false);
    loop {
        let look = match next(life, &bounds, left, Instant::now()) {
            Next::Wait(until) => until,
            Next::Leave => {
                left = Some(Instant::now());
                connection.as_mut().graceful_shutdown();
                continue;
            }
            Next::Drop if left.is_none() => return,
            Next::Cut | Next::Drop => {
                life.cut(Kind::Command, if *stopping.borrow() { End::Server } else { End::Connection });
                // What the streams are told goes out with the connection's own next turn, if the peer takes it.
                let _ = tokio::time::timeout(bounds.goodbye, connection).await;
                return;
            }
        };
        tokio::select! {
            // An error ends it as its peer's goodbye does.
            _ = connection.as_mut() => return,
            () = life.dropped.notified() => return,
            () = life.displaced.notified() => {
                if !life.has_greeted() {
                    return;
                }
                // Its peer may have asked for something just now, which is answered: it has not heard yet that it is to go.
                displaced = true;
                life.cut(Kind::Stays, End::Connection);
                if left.is_none() {
                    left = Some(Instant::now());
                    connection.as_mut().graceful_shutdown();
                }
            }
            () = entered.roster.hurry.notified(), if displaced => {
                life.cut(Kind::Question, End::Connection);
                if life.quiet_since().is_some() {
                    return;
                }
            }
            // A closed channel means that the door is gone.
            _ = stopping.wait_for(|stopping| *stopping), if left.is_none() => {
                left = Some(Instant::now());
                connection.as_mut().graceful_shutdown();
            }
            () = tokio::time::sleep_until(look.into()) => {
                if displaced {
                    life.cut(Kind::Question, End::Connection);
                }
            }
        }
    }
}

/// The answer to a call that is begun, or why it was not; the call `watches` or not.
async fn answered(
    answering: Result<(Admitted, impl Future<Output = Response<Body>>), Status>,
    (owed, watches): (Owed, bool),
    roster: &Roster,
    is_bounded: bool,
) -> Response<Answer> {
    let (mut admitted, answer) = match answering {
        Ok((admitted, answering)) => {
            let answer = tokio::select! {
                // What was not begun yet is not begun any more.
                biased;
                () = admitted.given() => failed(&status::too_many_questions()),
                answer = answering => answer,
            };
            (admitted, answer)
        }
        Err(status) => (Admitted::default(), failed(&status)),
    };
    let place = admitted.until_ended.take();
    let (parts, mut body) = answer.into_parts();
    let first = if is_bounded {
        untaken::first(&mut body, &owed.life().untaken, &roster.untaken, owed.kind() == Kind::Command)
    } else {
        Ok(None)
    };
    let (parts, body, first) = if let Ok(first) = first {
        (parts, body, first)
    } else {
        let (parts, body) = failed(&status::answers_untaken()).into_parts();
        (parts, body, None)
    };
    roster.bound_untaken();
    Response::from_parts(parts, Answer::new(body, owed, watches).with(first, place))
}

/// Who sent a request on a connection.
fn sender(peer: Peer, bounds: &Bounds, headers: &HeaderMap) -> Peer {
    if bounds.proxies.hold(peer.address.ip()) { peer.through_proxy(bounds.proxies.caller(headers)) } else { peer }
}

/// What is to become of a connection.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// Nothing before this moment.
    Wait(Instant),
    /// It is asked to go.
    Leave,
    /// Its streams are ended.
    Cut,
    /// It ends: nothing waits for the server. Asked to go, its streams are told so before, for whoever takes that.
    Drop,
}

/// `left`: when it was asked to go.
fn next(life: &Life, bounds: &Bounds, left: Option<Instant>, now: Instant) -> Next {
    let quiet_since = life.quiet_since();
    if let Some(left) = left {
        let last = left + bounds.age_grace;
        let goes = quiet_since.unwrap_or(now).max(left) + bounds.goodbye;
        return match () {
            () if quiet_since.is_some() && now >= goes => Next::Drop,
            () if now >= last => Next::Cut,
            () => Next::Wait(goes.min(last)),
        };
    }
    let greets = life.began + bounds.preface;
    if !life.has_greeted() {
        return if now >= greets { Next::Drop } else { Next::Wait(greets) };
    }
    let ends = life.ends(bounds.age);
    let goes = quiet_since.unwrap_or(now) + bounds.quiet;
    if now >= ends || (quiet_since.is_some() && now >= goes) { Next::Leave } else { Next::Wait(goes.min(ends)) }
}

/// A connection that notes when its first bytes have come.
struct Greeting {
    tcp: TcpStream,
    life: Arc<Life>,
    missing: usize,
}

impl AsyncRead for Greeting {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.tcp).poll_read(cx, buf);
        if self.missing > 0 {
            self.missing = self.missing.saturating_sub(buf.filled().len() - before);
            if self.missing == 0 {
                self.life.greet();
            }
        }
        read
    }
}

impl AsyncWrite for Greeting {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

/// The body of a request: it notes whether its caller owes more of it. Let go of before its end, the rest of it is taken in all the same,
/// within bounds: a stream that is reset while its caller still sends loses the answer for many clients.
struct Message {
    /// `None` once it has ended.
    body: Option<Incoming>,
    life: Arc<Life>,
    awaited: Option<Awaited>,
}

impl hyper::body::Body for Message {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = Pin::new(body).poll_frame(cx);
        match frame {
            Poll::Ready(None | Some(Err(_))) => (self.body, self.awaited) = (None, None),
            Poll::Ready(Some(Ok(_))) => self.awaited = None,
            Poll::Pending => self.awaited = self.awaited.take().or_else(|| Some(Awaited::from(&self.life))),
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
            runtime.spawn(async move {
                // What is longer, or takes longer, is reset.
                let _ = tokio::time::timeout(REST_MAX, take_in(rest)).await;
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::roster::Roster;
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn bounds() -> Bounds {
        Bounds {
            preface: SECOND,
            quiet: 10 * SECOND,
            age: 100 * SECOND,
            age_grace: 50 * SECOND,
            goodbye: 2 * SECOND,
            ..Bounds::new(65_536)
        }
    }

    #[test]
    fn a_silent_one_goes_soon_a_quiet_one_later_an_old_one_last() {
        let bounds = bounds();
        let entered = Roster::new(bounds.clone()).enter(Peer::at(([127, 0, 0, 1], 1).into())).unwrap();
        let life = &entered.life;
        let after = |seconds: u32| life.began + seconds * SECOND;
        assert_eq!(next(life, &bounds, None, after(0)), Next::Wait(after(1)));
        assert_eq!(next(life, &bounds, None, after(1)), Next::Drop);
        life.greet();
        assert_eq!(next(life, &bounds, None, after(1)), Next::Wait(after(10)));
        assert_eq!(next(life, &bounds, None, after(10)), Next::Leave);
        let owed = Owed::to(life, Kind::Question);
        assert!(matches!(next(life, &bounds, None, after(80)), Next::Wait(_)));
        assert_eq!(next(life, &bounds, None, after(111)), Next::Leave);
        // Asked to go, it may end what is under way, and no more.
        assert!(matches!(next(life, &bounds, Some(after(20)), after(30)), Next::Wait(_)));
        assert_eq!(next(life, &bounds, Some(after(20)), after(70)), Next::Cut);
        drop(owed);
        assert_eq!(next(life, &bounds, Some(after(20)), after(21)), Next::Wait(after(22)));
        assert_eq!(next(life, &bounds, Some(after(20)), after(23)), Next::Drop);
    }
}
