//! The command side of certification: case, certification, price promise, operator bars. Reads requests into commands and answers; the rules are the domain's.

mod calls;

use api::certification::v1::certification_service_server::CertificationServiceServer;
use event_log::EventLog;
use serve::{CommandDesk, REQUEST_BYTES_MAX};

pub use calls::Certification;

/// This crate's mark on the messages it reads.
#[derive(Debug)]
pub struct Here;

/// The service, ready to be added to a server.
pub fn service<L: EventLog>(desk: CommandDesk<L>) -> CertificationServiceServer<Certification<L>> {
    CertificationServiceServer::new(Certification(desk)).max_decoding_message_size(REQUEST_BYTES_MAX)
}
