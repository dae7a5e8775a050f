//! What is read from a server is told once the connection it came over is confirmed.

use std::time::Duration;

use super::confirmed::Number;
use super::standing::Standing;
use crate::error::LogError;

/// Longest wait for a look; the connection is made again within a fraction of a second of the server's return, and looks at once.
const CONFIRMED_MAX: Duration = Duration::from_secs(2);
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
        let connection = self.connection();
        if self.is_confirmed(connection) {
            return Ok(connection);
        }
        let looked = tokio::time::timeout(CONFIRMED_MAX, async {
            loop {
                let changed = self.confirmed.changed();
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
