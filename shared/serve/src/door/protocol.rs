//! What is spoken at a door, and what answers it.

use std::time::Instant;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Request, Response};
use hyper_util::rt::TokioTimer;
use hyper_util::server::conn::auto::Builder;
use tonic::Status;

use super::bounds::{
    HEADER_BYTES_MAX, HTTP1_HEADER_MAX, REFUSED_A_CONNECTION_MAX, ROOM_WAIT_MAX, WINDOW_A_CONNECTION_BYTES,
    WINDOW_A_STREAM_BYTES,
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
            .initial_stream_window_size(WINDOW_A_STREAM_BYTES)
            .initial_connection_window_size(WINDOW_A_CONNECTION_BYTES);
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HTTP1_HEADER_MAX);
        builder
    }
}
