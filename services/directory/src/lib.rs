//! The read side: answers about certified providers from a projection of the log.

mod calls;
mod card;
mod counters;
mod filters;
mod fold;
mod grams;
mod history;
mod maintenance;
mod near;
mod page;
mod past;
mod plaque;
mod present;
mod queries;
mod rows;
mod search;
mod sentences;
mod service;
mod statistics;
mod status;
mod tasks;
mod token;
mod view;
mod watch;

#[cfg(test)]
mod histories;
#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod maintenance_tests;
#[cfg(test)]
mod midnight_tests;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
mod search_tests;
#[cfg(test)]
mod statistics_tests;
#[cfg(test)]
mod stray_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod watch_tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::directory::v1::rows_service_server::RowsServiceServer;
use domain::{CategoryCode, DivisionTable, Instant, Scheme};
use event_log::EventLog;
use projection::{Carried, CarryError, OpenError, Progress, ReadError, Reader, Stored};
use serve::REQUEST_BYTES_MAX;
use tokio::sync::watch::{self as signal};

use history::History;
use rows::DirectoryRows;
use token::Tokens;

pub use calls::Directory;
pub use maintenance::Maintenance;
pub use page::Page;
pub use service::{Calls, LIST_PATH};

/// Longest wait for a position a caller has seen.
pub const MIN_POSITION_WAIT_MAX: Duration = Duration::from_secs(5);

/// Tables the answers are told with.
#[derive(Debug)]
pub struct Names {
    /// Names of places.
    pub divisions: DivisionTable,
    /// Categories, and bureaus with their areas.
    pub scheme: Scheme,
    /// Classes of the statistical classification, by category.
    pub statistical_classes: BTreeMap<CategoryCode, Vec<String>>,
}

/// Why a directory did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The rows could not be opened.
    #[error("the rows: {0}")]
    Rows(#[from] OpenError),
    /// The data folder could not be written.
    #[error("the data folder: {0}")]
    Folder(#[from] std::io::Error),
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
}

/// Opens the rows below `folder`, keeps them current with `log`, and answers from them; what the record said earlier is read from the
/// log. `clock` tells what today is.
pub fn start(
    log: impl EventLog + Clone,
    folder: &Path,
    names: Arc<Names>,
    clock: fn() -> Instant,
) -> Result<Started, StartError> {
    let (reader, applier) = Reader::open(folder, DirectoryRows)?;
    let tokens = Tokens::open(folder)?;
    let (stop, mut stopped) = signal::channel(false);
    let (rows, written) = signal::channel(());
    let history = History::of(log.clone());
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
    let directory = Directory::new(reader.clone(), history, names, tokens, clock, drained);
    let maintenance = Maintenance::new(reader.clone(), clock);
    Ok(Started { directory, maintenance, reader, stop: Arc::new(stop), draining: Arc::new(draining), written })
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

/// Every row of a directory that is not running, in key order: what is compared when rows were rebuilt.
pub fn dump(folder: &Path) -> Result<Vec<Stored>, DumpError> {
    let (reader, _) = Reader::open(folder, DirectoryRows)?;
    Ok(reader.rows().snapshot().dump()?)
}

/// Writes every row of a directory that is not running into a file, to be carried to another machine.
pub fn export(folder: &Path, file: &Path) -> Result<Carried, CarryError> {
    projection::export(folder, DirectoryRows, file)
}

/// Takes the rows of such a file as those of a directory that has none yet. They answer once the log was found to hold what they were
/// made from.
pub fn import(folder: &Path, file: &Path) -> Result<Carried, CarryError> {
    projection::import(folder, DirectoryRows, file)
}
