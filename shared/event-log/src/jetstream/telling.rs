//! What is read from a server is told once the connection it came over is confirmed, and what it acknowledged once a look has lately found that
//! the log is the one that was opened.

use std::time::Duration;

use super::confirmed::{Moment, Number};
use super::standing::Standing;
use crate::error::LogError;

/// Longest wait for a look; the connection is made again within a fraction of a second of the server's return, and looks at once.
const CONFIRMED_MAX: Duration = Duration::from_secs(2);
/// Longest wait for the look that vouches for an acknowledgement: one that is under way, was begun too early and is not answered, and another.
const VOUCHED_MAX: Duration = Duration::from_secs(5);
/// Times that something is read whose connection was lost meanwhile.
const READS_MAX: u32 = 3;
impl Standing {
    /// The connection that the client has now, or had last.
    pub(super) fn connection(&self) -> Number {
        self.confirmed.connection()
    }

    /// Whether this connection is the one there is, and was confirmed.
    pub(super) fn is_confirmed(&self, connection: Number) -> bool {
        self.confirmed.is(connection)
    }

    /// The connection there is, once a look over it has found what is known of the log.
    ///
    /// # Errors
    ///
    /// [`LogError::Shorter`] while that is not there, [`LogError::Unavailable`] when no look has ended within `CONFIRMED_MAX`.
    pub(super) async fn confirmed(&self) -> Result<Number, LogError> {
        self.looked_at(CONFIRMED_MAX, || true).await?.ok_or_else(not_confirmed)
    }

    /// That what was just answered is the answer of the log that was opened, as the last look says, or else the next one, which all that wait
    /// share.
    ///
    /// # Errors
    ///
    /// [`LogError::Shorter`] where that look finds another log, [`LogError::Unavailable`] when none has ended within `VOUCHED_MAX`.
    pub(super) async fn vouched(&self) -> Result<(), LogError> {
        let answered = Moment::now();
        let looked = self.looked_at(VOUCHED_MAX, || self.known().vouches(answered)).await?;
        looked.map(drop).ok_or_else(not_vouched)
    }

    /// The connection there is, once it is confirmed by a look that is `enough`; `None` when there was none within `longest`.
    async fn looked_at(&self, longest: Duration, enough: impl Fn() -> bool) -> Result<Option<Number>, LogError> {
        let there_is = || Some(self.connection()).filter(|connection| self.is_confirmed(*connection) && enough());
        if let Some(connection) = there_is() {
            return Ok(Some(connection));
        }
        let looked = tokio::time::timeout(longest, async {
            loop {
                let changed = self.confirmed.changed();
                if let Some(shortfall) = self.shortfall() {
                    return Err(LogError::Shorter(shortfall));
                }
                if let Some(connection) = there_is() {
                    return Ok(connection);
                }
                changed.await;
            }
        });
        looked.await.map_or(Ok(None), |looked| looked.map(Some))
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
    async fn read_once<T, R>(&self, read: impl FnOnce() -> R) -> Result<Option<T>, LogError>
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

fn not_vouched() -> LogError {
    LogError::Unavailable(
        "the log was not looked at lately, nor could it be now: what answered may be another in its place".to_owned(),
    )
}
