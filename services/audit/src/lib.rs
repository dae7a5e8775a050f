//! The audit side: replays every commit since the first, as it is stored, for whoever checks what the portal shows.

mod audit;
mod calls;
mod history;
mod replay;
mod run;
mod streams;
mod telling;
mod turn;

#[cfg(test)]
mod tests;

use event_log::StoredLog;

pub use audit::{Audit, Bureaus};
pub use calls::Calls;

/// The service, ready to be added to a server; `bureaus` are those of the schemes. To be called on a runtime.
pub fn service<L: StoredLog + Clone>(log: L, bureaus: impl Into<Bureaus>) -> Calls<L> {
    Calls::new(Audit::new(log, bureaus.into()))
}
