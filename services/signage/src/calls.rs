//! The signage service: its calls as gRPC, each read, decided and answered the same way.

use api::signage::v1;
use api::signage::v1::signage_service_server::SignageService;
use event_log::EventLog;
use serve::{CommandDesk, command_calls};
use tonic::{Request, Response, Status};

use crate::Here;

/// The calls of the signage service on one registrar.
#[derive(Debug, Clone)]
pub struct Signage<L>(pub CommandDesk<L>);

command_calls! {
    SignageService for Signage:
    order_plaque(OrderPlaqueRequest) -> OrderPlaqueResponse,
    issue_plaque(IssuePlaqueRequest) -> IssuePlaqueResponse,
    hang_plaque(HangPlaqueRequest) -> HangPlaqueResponse,
    recover_plaque(RecoverPlaqueRequest) -> RecoverPlaqueResponse,
    report_plaque_lost(ReportPlaqueLostRequest) -> ReportPlaqueLostResponse,
    destroy_plaque(DestroyPlaqueRequest) -> DestroyPlaqueResponse,
    record_plaque_not_returned(RecordPlaqueNotReturnedRequest) -> RecordPlaqueNotReturnedResponse,
}
