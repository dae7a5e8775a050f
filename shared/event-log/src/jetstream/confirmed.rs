//! Whether what a server says is told as the log's. Behind the same address another copy of the log may answer after each reconnect, one
//! that was written on by others: nothing that came over a connection is told before a look over that connection has found what is
//! known of the log, nor while the log falls short of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::Statistics;
use tokio::sync::Notify;

use super::standing::Standing;
use crate::error::LogError;

/// Longest wait for a look; the connection is made again within a fraction of a second of the server's return, and looks at once.
const CONFIRMED_MAX: Duration = Duration::from_secs(2);
/// Times that something is read whose connection was lost meanwhile.
const READS_MAX: u32 = 2;
/// That no connection is confirmed. The client counts them from 1.
const NONE: u64 = 0;

/// A connection, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number(u64);

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

    pub(super) fn clear(&self) {
        self.set(Number(NONE));
    }
}

/// The connection that a client has now, or had last.
pub(super) fn number(client: &Statistics) -> Number {
    // What came over a connection was handed on after that was counted.
    Number(client.connects.load(Ordering::Relaxed))
}

impl Standing {
    /// The connection that the client has now, or had last.
    pub(super) fn connection(&self) -> Number {
        number(&self.confirmed.client)
    }

    /// Whether this connection is the one there is, and was confirmed.
    pub(super) fn is_confirmed(&self, connection: Number) -> bool {
        connection == self.connection() && connection.0 == self.confirmed.number.load(Ordering::Acquire)
    }

    /// The connection there is, once a look over it has found what is known of the log.
    ///
    /// # Errors
    ///
    /// [`LogError::Shorter`] while that is not there, [`LogError::Unavailable`] when no look has ended within `CONFIRMED_MAX`.
    pub(super) async fn confirmed(&self) -> Result<Number, LogError> {
        let connection = self.connection();
        if self.is_confirmed(connection) {
            return Ok(connection);
        }
        let looked = tokio::time::timeout(CONFIRMED_MAX, async {
            loop {
                let changed = self.confirmed.changed.notified();
                if let Some(shortfall) = self.shortfall() {
                    return Err(LogError::Shorter(shortfall));
                }
                let connection = self.connection();
                if self.is_confirmed(connection) {
                    return Ok(connection);
                }
                changed.await;
            }
        });
        looked.await.unwrap_or_else(|_| Err(not_confirmed()))
    }

    /// What is read over a confirmed connection; read again, a bounded number of times, where that was lost meanwhile.
    pub(super) async fn read<T, R>(&self, read: impl Fn() -> R) -> Result<T, LogError>
    where
        R: Future<Output = Result<T, LogError>>,
    {
        for _ in 0..READS_MAX {
            if let Some(answer) = self.read_once(&read).await? {
                return Ok(answer);
            }
        }
        Err(not_confirmed())
    }

    /// What is read over a confirmed connection; `None` where that was lost meanwhile.
    pub(super) async fn read_once<T, R>(&self, read: impl FnOnce() -> R) -> Result<Option<T>, LogError>
    where
        R: Future<Output = Result<T, LogError>>,
    {
        let connection = self.confirmed().await?;
        let answer = read().await;
        if self.is_confirmed(connection) { answer.map(Some) } else { Ok(None) }
    }
}

fn not_confirmed() -> LogError {
    LogError::Unavailable("the connection to the NATS server was lost, and the log was not looked at since".to_owned())
}
