//! A connection that is read a piece a turn, and that notes when its first bytes have come and whether its peer takes what it is sent.
//!
//! What its peer sent before it went is not read any more: whoever closes thousands of connections leaves nothing to be done.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use rustix::net::{RecvFlags, Shutdown, recv, shutdown};
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use super::calm::Calm;
use super::frames::Frames;
use super::life::Life;
use super::protocol::Protocol;
use super::room::Room;

/// GOAWAY, of whatever stream, because its peer is to be calmer.
const ENHANCE_YOUR_CALM: [u8; 17] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 11];

/// The connection.
pub(super) struct Pieces {
    tcp: Arc<TcpStream>,
    life: Arc<Life>,
    room: Room,
    /// Bytes to come before it has begun to speak.
    missing: usize,
    /// Where in a frame it is; none in HTTP/1.
    frames: Option<Frames>,
    /// How many frames that ask for nothing it may send.
    calm: Calm,
    /// What was last written is the middle of a frame.
    in_a_frame: bool,
    /// What was read and belongs to the next piece.
    rest: Vec<u8>,
}

impl Pieces {
    pub(super) fn of(tcp: &Arc<TcpStream>, life: &Arc<Life>, room: &Room, protocol: Protocol) -> Self {
        let (tcp, life, room, missing) = (Arc::clone(tcp), Arc::clone(life), room.clone(), protocol.greeting_bytes());
        Self {
            tcp,
            life,
            room,
            missing,
            frames: protocol.has_frames().then(|| Frames::after(missing)),
            calm: Calm::from(Instant::now()),
            in_a_frame: false,
            rest: Vec::new(),
        }
    }

    /// Reads what there is, but no more requests than a piece may hold; `None` where there is nothing.
    fn read_piece(&mut self, buf: &mut ReadBuf<'_>) -> io::Result<Option<usize>> {
        let (bytes, requests) = self.room.piece();
        let piece = buf.initialize_unfilled_to(bytes.min(buf.remaining()));
        let come = if self.rest.is_empty() {
            read(&self.tcp, piece)?
        } else {
            let bytes = self.rest.len().min(piece.len());
            piece[..bytes].copy_from_slice(&self.rest[..bytes]);
            self.rest.drain(..bytes);
            Some(bytes)
        };
        let (Some(frames), Some(come)) = (&mut self.frames, come) else { return Ok(come) };
        let taken = frames.up_to(requests, &piece[..come]);
        let goes_on = self.calm.came(frames.begun(), Instant::now);
        if !goes_on {
            self.end_for_calm();
            return Err(io::Error::other("more frames that ask for nothing than there may be"));
        }
        if taken < come {
            self.rest.splice(..0, piece[taken..come].iter().copied());
        }
        Ok(Some(taken))
    }

    /// Tells its peer why it ends, where that can be said between two frames. Whoever sends without end may not hear it.
    fn end_for_calm(&self) {
        tracing::debug!(peer = %self.life.peer.address, "a connection sent frames without end that ask for nothing");
        if !self.in_a_frame {
            let _ = self.tcp.try_write(&ENHANCE_YOUR_CALM);
        }
    }

    /// Writes as much as goes of so many bytes.
    fn poll_written(
        &mut self,
        cx: &mut Context<'_>,
        bytes: usize,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let written = loop {
            match self.tcp.poll_write_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => break Poll::Ready(Err(error)),
                Poll::Pending => break Poll::Pending,
            }
            match write(&self.tcp) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => break Poll::Ready(written),
            }
        };
        self.life.set_blocked(written.is_pending());
        if let Poll::Ready(Ok(written)) = written {
            self.calm.moved(written);
            self.in_a_frame = written < bytes;
        }
        written
    }
}

/// Done when the peer has gone, or sends nothing more, with which HTTP/2 ends as well.
pub(super) async fn gone(tcp: &TcpStream) {
    // Either comes with whatever else is there to be read; an error says the same.
    let _ = tcp.ready(Interest::PRIORITY | Interest::ERROR).await;
}

/// Reads what there is, up to the length of `piece`; `None` where there is nothing.
fn read(tcp: &TcpStream, piece: &mut [u8]) -> io::Result<Option<usize>> {
    let mut came = None;
    let tried = tcp.try_io(Interest::READABLE, || {
        let (bytes, _) = recv(tcp, &mut *piece, RecvFlags::empty())?;
        came = Some(bytes);
        // All that there was: nothing is read, in a turn of its own, only to learn it.
        if bytes > 0 && bytes < piece.len() { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
    });
    match tried {
        Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
        _ => Ok(came),
    }
}

impl AsyncRead for Pieces {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let bytes = loop {
            // No turn is asked for where nothing has come.
            if self.rest.is_empty() {
                let Poll::Ready(ready) = self.tcp.poll_read_ready(cx) else {
                    self.room.has_nothing();
                    return Poll::Pending;
                };
                ready?;
            }
            ready!(self.room.poll_turn(cx));
            if let Some(bytes) = self.read_piece(buf)? {
                break bytes;
            }
        };
        self.room.has_read();
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
        self.poll_written(cx, buf.len(), |tcp| tcp.try_write(buf))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let bytes = bufs.iter().map(|buf| buf.len()).sum();
        self.poll_written(cx, bytes, |tcp| tcp.try_write_vectored(bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Nothing is kept here.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(shutdown(&*self.tcp, Shutdown::Write).map_err(Into::into))
    }
}
