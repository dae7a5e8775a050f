//! What the calls share.

use std::sync::Arc;

use domain::Instant;
use event_log::LogId;
use projection::Reader;
use tokio::sync::{Semaphore, watch};

use super::feed::Feed;
use super::fresh::Gate;
use super::history::History;
use crate::tell::{CurrentNames, Names};

/// Watchers at one time in one process; one more is answered `RESOURCE_EXHAUSTED`. As many as the server lets in, which shares them out.
pub(crate) const WATCHERS_MAX: usize = 4096;

/// The calls of the directory.
#[derive(Debug, Clone)]
pub struct Directory {
    pub(crate) log_id: LogId,
    pub(crate) gate: Gate,
    pub(crate) history: History,
    names: CurrentNames,
    pub(crate) watchers: Arc<Semaphore>,
    /// What tells all watches that are where the rows are.
    pub(crate) feed: Feed,
}

impl Directory {
    pub(crate) fn new(
        log_id: LogId,
        reader: Reader,
        history: History,
        names: CurrentNames,
        clock: fn() -> Instant,
        draining: watch::Receiver<bool>,
    ) -> Self {
        let watchers = Arc::new(Semaphore::new(WATCHERS_MAX));
        let gate = Gate::new(reader, clock);
        let feed = Feed::new(gate.clone(), draining);
        Self { log_id, gate, history, names, watchers, feed }
    }

    /// What answers are told with, as the rules on record are now.
    pub(crate) fn names(&self) -> Arc<Names> {
        self.names.now()
    }

    /// Today, by the clock.
    pub(crate) fn today(&self) -> i32 {
        self.gate.today()
    }
}
