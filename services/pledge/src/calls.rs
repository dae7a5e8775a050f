//! The pledge service: its calls as gRPC, and the table its requests are read by, a line a call.

use api::pledge::v1;
use api::pledge::v1::pledge_service_server::PledgeService;
use serve::{CommandDesk, command_service};

use crate::Here;

/// The calls of the pledge service on one registrar.
#[derive(Debug, Clone)]
pub struct Pledge<L>(pub CommandDesk<L>);

command_service! {
    PledgeService for Pledge, correcting provider:
    make_pledge(MakePledgeRequest) -> MakePledgeResponse: provider MakePledge { pledge }
    record_fulfilment(RecordFulfilmentRequest) -> RecordFulfilmentResponse: provider RecordFulfilment { pledge_number, determined_on, determining_unit, determining_unit_uscc }
    record_breach(RecordBreachRequest) -> RecordBreachResponse: provider RecordBreach { pledge_number, extent, severity, unperformed, consequence, determined_on, determining_unit, determining_unit_uscc }
    repair_pledge(RepairPledgeRequest) -> RepairPledgeResponse: provider RepairPledge { pledge_number, breach, repaired_on, document_number }
}
