//! The command side of the rules themselves: adopting schemes, working days and places, and telling what is in force. A service of its own,
//! since it is another right than any decision on a provider, and is asked by other people.

mod calls;
mod requests;

use std::sync::Arc;

use api::rules::v1::rules_service_server::RulesServiceServer;
use domain::Instant;
use event_log::EventLog;
use registrar::Registrar;
use serve::{CommandDesk, REQUEST_BYTES_MAX};

pub use calls::Rules;

/// This crate's mark on the messages it reads.
#[derive(Debug)]
pub struct Here;

/// The service, ready to be added to a server; `clock` tells what today is.
pub fn service<L: EventLog>(
    desk: CommandDesk<L>,
    registrar: Arc<Registrar<L>>,
    clock: fn() -> Instant,
) -> RulesServiceServer<Rules<L>> {
    RulesServiceServer::new(Rules { desk, registrar, clock }).max_decoding_message_size(REQUEST_BYTES_MAX)
}
