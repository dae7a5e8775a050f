//! What is spoken at a door, and what answers it.

use std::time::Instant;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Request, Response};
use hyper_util::rt::TokioTimer;
use hyper_util::server::conn::auto::Builder;
use tonic::Status;

use super::bounds::{
    HEADER_BYTES_MAX, HTTP1_HEADER_MAX, REFUSED_A_CONNECTION_MAX, ROOM_WAIT_MAX, SENDING_BYTES_MAX,
    WINDOW_A_CONNECTION_BYTES, WINDOW_A_STREAM_BYTES,
};
use super::room::Room;

/// What answers the requests that come in.
pub(crate) trait Answers: Clone + Send + Sync + 'static {
    /// When the message of a request that came at `came` has to be there at the latest; or what its caller is told who says it in no way
    /// that can be read.
    fn until(&self, _request: &Parts, came: Instant) -> Result<Instant, Status> {
        Ok(came + ROOM_WAIT_MAX)
    }

    /// One request, answered, which came at that moment.
    fn answer(&self, request: Request<Body>, came: Instant) -> impl Future<Output = Response<Body>> + Send + 'static;
}

/// What is spoken at a door.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    /// HTTP/2 from the first byte, for gRPC.
    Http2,
    /// HTTP/1, for metrics.
    Http1,
}

impl Protocol {
    /// Bytes by which a connection has begun to speak: the preface of HTTP/2, or any of HTTP/1, which has a time of its own
    /// to the end of the header.
    pub(super) fn greeting_bytes(self) -> usize {
        match self {
            Self::Http2 => b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len(),
            Self::Http1 => 1,
        }
    }

    /// Whether what comes are frames, each of which may begin a request.
    pub(super) fn has_frames(self) -> bool {
        matches!(self, Self::Http2)
    }

    /// Whether many answers may wait on one connection.
    pub(super) fn bounds_answers(self) -> bool {
        matches!(self, Self::Http2)
    }

    /// For one connection, which may have so many calls under way.
    pub(super) fn builder(self, room: Room, streams: u32) -> Builder<Room> {
        let builder = Builder::new(room);
        let mut builder = match self {
            Self::Http2 => builder.http2_only(),
            Self::Http1 => builder.http1_only(),
        };
        builder
            .http2()
            .max_concurrent_streams(streams)
            .max_local_error_reset_streams(Some(REFUSED_A_CONNECTION_MAX))
            .max_header_list_size(HEADER_BYTES_MAX)
            .max_send_buf_size(SENDING_BYTES_MAX)
            .initial_stream_window_size(WINDOW_A_STREAM_BYTES)
            .initial_connection_window_size(WINDOW_A_CONNECTION_BYTES);
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HTTP1_HEADER_MAX);
        builder
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::body::Bytes;
    use hyper::service::service_fn;
    use hyper_util::rt::TokioIo;

    use super::super::bounds::{Bounds, SENDING_BYTES_MAX};
    use super::super::roster::Roster;
    use super::*;
    use crate::peer::Peer;

    const PIECE_BYTES: usize = 4 * 1024;

    /// Of an answer without end, to a peer that lets all of it come and takes nothing, no more is asked for than is held of it.
    #[tokio::test]
    async fn of_an_answer_that_is_not_taken_the_protocol_holds_little() {
        let roster = Roster::new(Bounds::new(65_536));
        let entered = roster.enter(Peer::at(([192, 0, 2, 1], 1).into())).unwrap();
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        let service = service_fn(move |_: Request<hyper::body::Incoming>| {
            let count = Arc::clone(&count);
            let pieces = std::iter::repeat_with(move || {
                count.fetch_add(PIECE_BYTES, Ordering::Relaxed);
                Ok::<_, Infallible>(Bytes::from_static(&[7; PIECE_BYTES]))
            });
            async { Ok::<_, Infallible>(Response::new(Body::from_stream(futures_util::stream::iter(pieces)))) }
        });
        let (near, far) = tokio::io::duplex(1024);
        let connection =
            Protocol::Http2.builder(Room::of(&entered), 100).serve_connection(TokioIo::new(near), service).into_owned();
        let serving = tokio::spawn(connection);
        let mut client = h2::client::Builder::new();
        let client = client.initial_window_size(1 << 24).initial_connection_window_size(1 << 24);
        let (mut asking, connection) = client.handshake::<_, Bytes>(far).await.unwrap();
        let (answer, _) = asking.send_request(Request::post("http://x/asks").body(()).unwrap(), true).unwrap();
        let mut connection = Box::pin(connection);
        let _answer = tokio::select! {
            _ = &mut connection => panic!("it goes on"),
            answer = answer => answer.unwrap(),
        };
        // From here on nothing is read. On one thread: it has asked for what it holds once it waits.
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        let taken = taken.load(Ordering::Relaxed);
        println!("{taken} bytes were asked for");
        // One piece more, and what was written of the first while its header fields were read.
        assert!(taken <= SENDING_BYTES_MAX + 16 * PIECE_BYTES, "{taken} bytes");
        serving.abort();
    }
}
