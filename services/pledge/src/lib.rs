//! The command side of credit pledges. Reads requests into commands and answers; the rules are the domain's.

mod calls;

use api::pledge::v1::pledge_service_server::PledgeServiceServer;
use event_log::EventLog;
use serve::{CommandDesk, REQUEST_BYTES_MAX};

pub use calls::Pledge;

/// This crate's mark on the messages it reads.
#[derive(Debug)]
pub struct Here;

/// The service, ready to be added to a server.
pub fn service<L: EventLog>(desk: CommandDesk<L>) -> PledgeServiceServer<Pledge<L>> {
    PledgeServiceServer::new(Pledge(desk)).max_decoding_message_size(REQUEST_BYTES_MAX)
}
