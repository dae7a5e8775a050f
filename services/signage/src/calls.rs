//! The signage service: its calls as gRPC, and the table its requests are read by, a line a call.

use api::signage::v1;
use api::signage::v1::signage_service_server::SignageService;
use serve::{CommandDesk, Receipt, command_service};

use crate::Here;

/// The calls of the signage service on one registrar.
#[derive(Debug, Clone)]
pub struct Signage<L>(pub CommandDesk<L>);

command_service! {
    SignageService for Signage, correcting provider:
    order_plaque(OrderPlaqueRequest) -> OrderPlaqueResponse { plaque_number: plaque_number }: provider OrderPlaque { ordered_on, replaces, place }
    issue_plaque(IssuePlaqueRequest) -> IssuePlaqueResponse: provider IssuePlaque { plaque_number, issued_on, design_version }
    hang_plaque(HangPlaqueRequest) -> HangPlaqueResponse: provider HangPlaque { plaque_number, hung_on }
    recover_plaque(RecoverPlaqueRequest) -> RecoverPlaqueResponse: provider RecoverPlaque { plaque_number, recovered_on }
    report_plaque_lost(ReportPlaqueLostRequest) -> ReportPlaqueLostResponse: provider ReportPlaqueLost { plaque_number, lost_on, statement }
    destroy_plaque(DestroyPlaqueRequest) -> DestroyPlaqueResponse: provider DestroyPlaque { plaque_number, destroyed_on, reason }
    record_plaque_not_returned(RecordPlaqueNotReturnedRequest) -> RecordPlaqueNotReturnedResponse: provider RecordPlaqueNotReturned { plaque_number, recorded_on, detail }
}

/// The number the plaque got.
fn plaque_number(receipt: &Receipt) -> String {
    // Of an order that was corrected, the fact that stands.
    let number = receipt.events.iter().find_map(|event| match event {
        domain::Event::ActCorrected(correction) => correction.fact.as_deref().and_then(ordered),
        event => ordered(event),
    });
    number.map(ToString::to_string).unwrap_or_default()
}

fn ordered(event: &domain::Event) -> Option<&domain::PlaqueNumber> {
    if let domain::Event::PlaqueOrdered(fact) = event { Some(&fact.plaque_number) } else { None }
}
