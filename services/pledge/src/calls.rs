//! The pledge service: its calls as gRPC, each read, decided and answered the same way.

use api::pledge::v1;
use api::pledge::v1::pledge_service_server::PledgeService;
use event_log::EventLog;
use serve::{CommandDesk, command_calls};
use tonic::{Request, Response, Status};

use crate::Here;

/// The calls of the pledge service on one registrar.
#[derive(Debug, Clone)]
pub struct Pledge<L>(pub CommandDesk<L>);

command_calls! {
    PledgeService for Pledge:
    make_pledge(MakePledgeRequest) -> MakePledgeResponse,
    record_fulfilment(RecordFulfilmentRequest) -> RecordFulfilmentResponse,
    record_breach(RecordBreachRequest) -> RecordBreachResponse,
    repair_pledge(RepairPledgeRequest) -> RepairPledgeResponse,
}
