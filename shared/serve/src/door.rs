//! Where connections come in. The door lets in as many as the process can bear, asks each to come to the point, and puts out
//! those that only stand there, so that whoever holds connections open costs nobody else anything. Every bound is in
//! [`bounds`].
//!
//! A connection is **quiet** while nothing waits for the server: no call is under way, or those that are wait for their
//! callers, to send the message or to take the answer. Where all places are taken, a quiet one gives its place to a new one
//! (`roster.rs` has the order in which they do); it is told so, and what came in before it heard of it is answered. One that is quiet for long, has not begun to speak in time, or is old, is asked to go (`connection.rs`).

mod admitted;
mod ahead;
mod answer;
pub mod bounds;
mod calm;
mod connection;
mod frames;
mod life;
mod line;
mod message;
mod pieces;
mod protocol;
mod room;
mod roster;
mod shared;
mod standing_by;
mod tally;
#[cfg(test)]
mod tests;
mod turns;
mod untaken;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::net::sockopt;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

pub use bounds::{Bounds, take_descriptors};
pub(crate) use life::{End, Ending};
pub(crate) use protocol::{Answers, Protocol};
pub use standing_by::{keep_room, stands_by, until_room};

use crate::peer::Peer;
use bounds::{
    ACCEPT_PAUSE_MAX, ACCEPT_PAUSE_MIN, HURRY_AFTER, HURRY_ALL_AFTER, LINE_EVERY, PEER_GONE_MS, PROBE_AFTER,
    PROBE_PAUSE, UNSENT_BYTES,
};
use roster::{Full, Roster};

/// A listener and what goes on behind it.
#[derive(Debug)]
pub(crate) struct Door<A> {
    answers: A,
    protocol: Protocol,
    bounds: Arc<Bounds>,
}

impl<A: Answers> Door<A> {
    pub(crate) fn new(answers: A, protocol: Protocol, bounds: Bounds) -> Self {
        Self { answers, protocol, bounds: Arc::new(bounds) }
    }

    /// Serves on `listener` until `stop` is done; then calls under way may finish for at most `drain`. True where all did.
    pub(crate) async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>, drain: Duration) -> bool {
        let roster = Roster::new((*self.bounds).clone());
        let places = Arc::new(Semaphore::new(self.places()));
        let (stopping, stopped) = watch::channel(false);
        tokio::select! {
            () = self.accept(listener, &roster, &places, &stopped) => {}
            () = stop => {}
        }
        stopping.send_replace(true);
        // As many places as there are: all have left.
        let all = places.acquire_many(u32::try_from(self.places()).unwrap_or(u32::MAX));
        if tokio::time::timeout(drain, all).await.is_ok() {
            return true;
        }
        roster.cut();
        let all = places.acquire_many(u32::try_from(self.places()).unwrap_or(u32::MAX));
        // Those that do not take even their end are gone with the process.
        let _ = tokio::time::timeout(self.bounds.goodbye, all).await;
        false
    }

    fn places(&self) -> usize {
        self.bounds.connections + self.bounds.going
    }

    async fn accept(
        &self,
        listener: TcpListener,
        roster: &Arc<Roster>,
        places: &Arc<Semaphore>,
        stopped: &watch::Receiver<bool>,
    ) {
        let (mut failures, mut refusals) = (Lines::default(), Lines::default());
        let mut pause = ACCEPT_PAUSE_MIN;
        loop {
            // Taken before the connection is: a descriptor is never in use without a place.
            let Some(place) = place(places, roster).await else { return };
            let (tcp, address) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    if let Some(times) = failures.due() {
                        tracing::error!(%error, times, "connections cannot be taken in");
                    }
                    // Without a pause, a process that has no descriptors left would spin here.
                    tokio::time::sleep_until((Instant::now() + pause).into()).await;
                    pause = (pause * 2).min(ACCEPT_PAUSE_MAX);
                    continue;
                }
            };
            pause = ACCEPT_PAUSE_MIN;
            let entered = match roster.enter(Peer::at(address)) {
                Ok(entered) => entered,
                Err(full) => {
                    if let Some(times) = refusals.due() {
                        let bound = match full {
                            Full::Everywhere => "connections in all",
                            Full::ThatAddress => "connections from one address",
                        };
                        tracing::warn!(bound, times, %address, "a connection was turned away: all places are at work");
                    }
                    continue;
                }
            };
            if let Err(error) = set(&tcp) {
                tracing::debug!(%error, "a connection was gone before it was in");
                continue;
            }
            let bounds = Arc::clone(&self.bounds);
            let (answers, protocol, stopped) = (self.answers.clone(), self.protocol, stopped.clone());
            tokio::spawn(async move {
                connection::live(tcp, entered, protocol, bounds, answers, stopped).await;
                drop(place);
            });
        }
    }
}

/// A place for one more connection, once one of those that were asked to go is gone.
async fn place(places: &Arc<Semaphore>, roster: &Roster) -> Option<OwnedSemaphorePermit> {
    let began = Instant::now();
    loop {
        // It is never closed.
        let next = tokio::time::timeout(HURRY_AFTER, Arc::clone(places).acquire_owned());
        match next.await {
            Ok(place) => return place.ok(),
            Err(_) if began.elapsed() < HURRY_ALL_AFTER => roster.hurry.notify_waiters(),
            Err(_) => roster.hurry_all.notify_waiters(),
        }
    }
}

/// Settings of a connection that came in.
fn set(tcp: &TcpStream) -> io::Result<()> {
    // Without it an answer waits up to 40 ms for the caller's acknowledgement of the one before.
    tcp.set_nodelay(true)?;
    sockopt::set_socket_keepalive(tcp, true)?;
    sockopt::set_tcp_keepidle(tcp, PROBE_AFTER)?;
    sockopt::set_tcp_keepintvl(tcp, PROBE_PAUSE)?;
    sockopt::set_tcp_user_timeout(tcp, PEER_GONE_MS)?;
    // What it takes at once is not seen to be taken: it is to take little before the peer does.
    SockRef::from(tcp).set_tcp_notsent_lowat(UNSENT_BYTES)?;
    Ok(())
}

/// Lines of the log on one trouble: the first at once, then one now and then that counts the others.
#[derive(Debug, Default)]
struct Lines {
    last: Option<Instant>,
    times: u64,
}

impl Lines {
    /// How often it happened since the last line, where a line is due.
    fn due(&mut self) -> Option<u64> {
        self.times += 1;
        if self.last.is_some_and(|last| last.elapsed() < LINE_EVERY) {
            return None;
        }
        self.last = Some(Instant::now());
        Some(std::mem::take(&mut self.times))
    }
}
