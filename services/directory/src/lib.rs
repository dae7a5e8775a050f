//! The read side: answers about certified providers from a projection of the log.

mod ask;
mod calls;
mod ground;
mod health;
mod outlet;
mod rows;
mod tell;
mod text;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod world;

use std::path::Path;
use std::sync::Arc;

use api::directory::v1::rows_service_server::RowsServiceServer;
use domain::Instant;
use event_log::EventLog;
use parts::Watch;
use projection::{Carried, Existing, Progress, Reader};
use serve::REQUEST_BYTES_MAX;
use tokio::sync::watch::{self as signal};

use calls::history::History;
use rows::DirectoryRows;

pub use calls::directory::Directory;
pub use calls::fresh::MIN_POSITION_WAIT_MAX;
pub use calls::rows::Maintenance;
pub use calls::service::{Calls, LIST_PATH};
pub use projection::{CarryError, Ending, OpenError, ReadError};
pub use tell::page::Page;
pub use tell::{CurrentNames, Names};

/// Why a directory did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The rows could not be opened.
    #[error("the rows: {0}")]
    Rows(#[from] OpenError),
}

/// Why rows could not be dumped.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// They could not be opened, for instance because a directory is running on them.
    #[error("the rows: {0}")]
    Open(#[from] OpenError),
    /// They could not be read.
    #[error("the rows: {0}")]
    Read(#[from] ReadError),
    /// It was ended before it was done.
    #[error("the rows were not told to their end")]
    Ended,
}

/// To be called at the beginning of `main`: where this program was started by itself to look at files of rows, it does, and says with
/// which code to end. See [`projection::check_if_asked`].
pub fn check_rows_if_asked() -> Option<std::process::ExitCode> {
    projection::check_if_asked()
}

/// A running directory. Its rows are kept current until the last clone is dropped or [`Started::stop`] is called.
#[derive(Debug, Clone)]
pub struct Started {
    directory: Directory,
    maintenance: Maintenance,
    reader: Reader,
    stop: Arc<signal::Sender<bool>>,
    draining: Arc<signal::Sender<bool>>,
    /// Closed when the applier has ended.
    written: signal::Receiver<()>,
    whole: Watch,
}

/// Opens the rows below `folder`, keeps them current with `log`, and answers from them; what the record said earlier is read from the
/// log. `clock` tells what today is.
pub fn start(
    log: impl EventLog + Clone,
    folder: &Path,
    names: impl Into<CurrentNames>,
    clock: fn() -> Instant,
) -> Result<Started, StartError> {
    let (reader, applier) = Reader::open(folder, DirectoryRows)?;
    let (stop, mut stopped) = signal::channel(false);
    let (rows, written) = signal::channel(());
    let log_id = log.id();
    let (history, asked) = (History::of(log.clone()), log.clone());
    tokio::spawn(async move {
        let _rows = rows;
        let until = async move {
            // A closed channel means that nobody reads any more.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        if let Err(error) = applier.run(log, until).await {
            tracing::error!(%error, "the directory stopped");
        }
    });
    let (draining, drained) = signal::channel(false);
    let directory = Directory::new(log_id, reader.clone(), history, names.into(), clock, drained);
    let maintenance = Maintenance::new(log_id, reader.clone(), clock);
    let whole = health::tell_whether_whole(asked, reader.progress());
    let (stop, draining) = (Arc::new(stop), Arc::new(draining));
    Ok(Started { directory, maintenance, reader, stop, draining, written, whole })
}

impl Started {
    /// The service, ready to be added to a server.
    pub fn service(&self) -> Calls {
        Calls::new(self.directory.clone())
    }

    /// The service for those who run it.
    pub fn maintenance(&self) -> RowsServiceServer<Maintenance> {
        RowsServiceServer::new(self.maintenance.clone()).max_decoding_message_size(REQUEST_BYTES_MAX)
    }

    /// How far the rows are and whether they go on, now and later.
    pub fn progress(&self) -> signal::Receiver<Progress> {
        self.reader.progress()
    }

    /// What of it can stop by itself, and whether its rows are whole, for health.
    pub fn parts(&self) -> Vec<Watch> {
        [vec![self.whole.clone()], self.reader.parts()].concat()
    }

    /// The rows, for dumps and digests.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Ends every watch with the position to go on from, so that a server that stops need not wait for them.
    pub fn drain(&self) {
        self.draining.send_replace(true);
    }

    /// Ends the applier, and returns when what it applied is written. Questions are answered on from the rows as they are.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        // The other end is dropped by the applier when it has written its last rows.
        let _ = self.written.clone().changed().await;
    }
}

/// Tells every row of a directory that is not running, in key order, one after another: what is compared when rows were rebuilt. Nothing
/// is made or written where they lie: a copy in the folder for temporary files is read. What `each` returns as an error ends it, and is the inner
/// result. Another thread may end it as well, which is an error.
pub fn dump<E>(
    folder: &Path,
    ending: &Ending,
    mut each: impl FnMut(&[u8], &[u8]) -> Result<(), E>,
) -> Result<Result<(), E>, DumpError> {
    let rows = Existing::open(folder, DirectoryRows, ending)?;
    for row in rows.snapshot().stored() {
        if ending.is_over() {
            return Err(DumpError::Ended);
        }
        let (key, value) = row?;
        if let Err(ended) = each(&key, &value) {
            return Ok(Err(ended));
        }
    }
    Ok(Ok(()))
}

/// Writes every row of a directory that is not running into a file, to be carried to another machine.
pub fn export(folder: &Path, file: &Path, ending: &Ending) -> Result<Carried, CarryError> {
    projection::export(folder, DirectoryRows, file, ending)
}

/// Takes the rows of such a file as those of a directory that has none yet. They answer once the log was found to hold what they were
/// made from.
pub fn import(folder: &Path, file: &Path) -> Result<Carried, CarryError> {
    projection::import(folder, DirectoryRows, file)
}
