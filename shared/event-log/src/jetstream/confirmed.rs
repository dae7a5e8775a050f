//! Whether what a server says is told as the log's. Behind the same address another copy of the log may answer after each reconnect, one
//! that was written on by others: nothing that came over a connection is told before a look over that connection has found what is
//! known of the log, nor while the log falls short of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::Statistics;
use rustix::time::{ClockId, clock_gettime};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// That no connection is confirmed. The client counts them from 1.
const NONE: u64 = 0;

/// A connection, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number(u64);

/// A moment by a clock that goes on while this process is stopped, or its machine sleeps: the log may be replaced meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(Duration);

impl Moment {
    pub(super) fn now() -> Self {
        #[cfg(target_os = "linux")]
        let clock = ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        let clock = ClockId::Monotonic;
        let now = clock_gettime(clock);
        // Since the machine was started: neither is negative.
        Self(Duration::new(now.tv_sec.try_into().unwrap_or_default(), now.tv_nsec.try_into().unwrap_or_default()))
    }

    /// How long it is after `earlier`; nothing where it is before.
    pub(super) fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// When the clock began.
    #[cfg(test)]
    pub(super) fn start() -> Self {
        Self(Duration::ZERO)
    }

    /// So long after it.
    #[cfg(test)]
    pub(super) fn later(self, by: Duration) -> Self {
        Self(self.0 + by)
    }
}

/// Over which connection what is known of the log was found.
#[derive(Debug)]
pub(super) struct Confirmed {
    /// What the client counts: among it, the connections it has made.
    client: Arc<Statistics>,
    /// Number of the last that was confirmed, or `NONE`.
    number: AtomicU64,
    changed: Notify,
}

impl Confirmed {
    /// That of a client whose log was opened over this connection.
    pub(super) fn new(client: Arc<Statistics>, number: Number) -> Self {
        Self { client, number: AtomicU64::new(number.0), changed: Notify::new() }
    }

    pub(super) fn set(&self, number: Number) {
        self.number.store(number.0, Ordering::Release);
        self.changed.notify_waiters();
    }

    /// The connection that the client has now, or had last.
    pub(super) fn connection(&self) -> Number {
        number(&self.client)
    }

    /// Whether this connection is the one there is, and was confirmed.
    pub(super) fn is(&self, connection: Number) -> bool {
        connection == self.connection() && connection.0 == self.number.load(Ordering::Acquire)
    }

    /// Ends when another is confirmed, or none is any more.
    pub(super) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    pub(super) fn clear(&self) {
        self.set(Number(NONE));
    }
}

/// The connection that a client has now, or had last.
pub(super) fn number(client: &Statistics) -> Number {
    // What came over a connection was handed on after that was counted.
    Number(client.connects.load(Ordering::Relaxed))
}
