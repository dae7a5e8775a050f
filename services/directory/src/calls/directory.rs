//! What the calls share.

use std::sync::Arc;

use domain::Instant;
use event_log::LogId;
use projection::Reader;
use tokio::sync::{Semaphore, watch};

use super::fresh::Gate;
use super::history::History;
use crate::tell::{CurrentNames, Names};

/// Watchers at one time in one process; one more is answered `RESOURCE_EXHAUSTED`.
pub(crate) const WATCHERS_MAX: usize = 1024;

/// The calls of the directory.
#[derive(Debug, Clone)]
pub struct Directory {
    pub(crate) log_id: LogId,
    pub(crate) gate: Gate,
    pub(crate) history: History,
    names: CurrentNames,
    pub(crate) watchers: Arc<Semaphore>,
    pub(crate) draining: watch::Receiver<bool>,
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
        Self { log_id, gate: Gate::new(reader, clock), history, names, watchers, draining }
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
