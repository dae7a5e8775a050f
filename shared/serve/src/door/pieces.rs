//! A connection that is read a piece a turn, and that notes when its first bytes have come and whether its peer takes what it is sent.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::life::Life;
use super::room::Room;

/// The connection.
pub(super) struct Pieces {
    tcp: TcpStream,
    life: Arc<Life>,
    room: Room,
    /// Bytes to come before it has begun to speak.
    missing: usize,
}

impl Pieces {
    pub(super) fn of(tcp: TcpStream, life: &Arc<Life>, room: &Room, greeting_bytes: usize) -> Self {
        Self { tcp, life: Arc::clone(life), room: room.clone(), missing: greeting_bytes }
    }

    fn written(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.life.set_blocked(written.is_pending());
        written
    }
}

impl AsyncRead for Pieces {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        // No turn is asked for where nothing has come.
        let Poll::Ready(ready) = self.tcp.poll_read_ready(cx) else {
            self.room.has_nothing();
            return Poll::Pending;
        };
        ready?;
        ready!(self.room.poll_turn(cx));
        let bytes = self.room.piece_bytes().min(buf.remaining());
        let mut piece = ReadBuf::new(buf.initialize_unfilled_to(bytes));
        ready!(Pin::new(&mut self.tcp).poll_read(cx, &mut piece))?;
        self.room.has_read();
        let bytes = piece.filled().len();
        buf.advance(bytes);
        if self.missing > 0 {
            self.missing = self.missing.saturating_sub(bytes);
            if self.missing == 0 {
                self.life.greet();
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pieces {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write(cx, buf);
        self.written(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write_vectored(cx, bufs);
        self.written(written)
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
