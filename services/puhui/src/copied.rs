//! What reads a copy of the directory's rows, beside the signals that end it: rows hold what the public is not told, so the copy goes first.

use std::time::Duration;

use directory::Ending;
use tokio::sync::oneshot;

use crate::client::Failure;
use crate::signals::{self, Signals};

/// Runs work on a thread of its own, which may wait for whoever reads what it prints while this one waits for signals. After one, when the
/// copy is gone, the work has `longest` to clear away what else it made.
pub(crate) async fn beside_signals<T: Send + 'static>(
    longest: Duration,
    work: impl FnOnce(&Ending) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let gone = || Failure::unavailable("the thread that reads the rows ended before it was done");
    let (mut signals, ending) = (Signals::new()?, Ending::default());
    let (told, mut outcome) = oneshot::channel();
    let own = ending.clone();
    // Nobody asks any more where a signal came first.
    let work = move || drop(told.send(work(&own)));
    std::thread::Builder::new().name("rows-copied".to_owned()).spawn(work)?;
    let name = tokio::select! {
        outcome = &mut outcome => return outcome.unwrap_or_else(|_| Err(gone())),
        name = signals.received() => name,
    };
    let removed = ending.now();
    if let Ok(Ok(Ok(done))) = tokio::time::timeout(longest, outcome).await {
        // It was done before it heard of the signal.
        return Ok(done);
    }
    // Again, where something was made there while it was removed.
    removed.or_else(|_| ending.now())?;
    Err(signals::ended_by(name))
}
