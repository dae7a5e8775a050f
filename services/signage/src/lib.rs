//! The command side of unified plaques. Reads requests into commands and answers; the rules are the domain's.

mod calls;

use api::signage::v1::signage_service_server::SignageServiceServer;
use event_log::EventLog;
use serve::{CommandDesk, REQUEST_BYTES_MAX};

pub use calls::Signage;

/// This crate's mark on the messages it reads.
#[derive(Debug)]
pub struct Here;

/// The service, ready to be added to a server.
pub fn service<L: EventLog>(desk: CommandDesk<L>) -> SignageServiceServer<Signage<L>> {
    SignageServiceServer::new(Signage(desk)).max_decoding_message_size(REQUEST_BYTES_MAX)
}
