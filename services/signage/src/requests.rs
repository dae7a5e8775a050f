//! Reads the requests of the signage service into commands: every field by its type's own parser, every violation collected.
//! This file is as long as the service has calls: one reader each, nothing else.

use api::signage::v1;
use domain::command::{self, Command};
use domain::{Content, Day, PlaqueNumber, Reason, Text};
use serve::{Asked, Fields, Mutation, Receipt, header, plain_response};

use crate::Here;

impl Mutation<Here> for v1::OrderPlaqueRequest {
    type Response = v1::OrderPlaqueResponse;
    const METHOD: &'static str = "puhui.signage.v1.SignageService/OrderPlaque";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let ordered_on = fields.required("ordered_on", &self.ordered_on, Day::parse);
        let replaces = fields.optional("replaces", &self.replaces, PlaqueNumber::parse);
        Some(Asked::Provider(Command::OrderPlaque(command::OrderPlaque {
            ordered_on: ordered_on?,
            replaces: replaces?,
        })))
    }

    fn response(receipt: Receipt) -> Self::Response {
        let plaque_number = receipt.events.iter().find_map(|event| match event {
            domain::Event::PlaqueOrdered(fact) => Some(fact.plaque_number.to_string()),
            _ => None,
        });
        v1::OrderPlaqueResponse {
            position: receipt.tail.position.0,
            revision: receipt.tail.revision.0,
            outcome: serve::outcome(receipt.outcome),
            log_id: receipt.log.to_string(),
            plaque_number: plaque_number.unwrap_or_default(),
        }
    }
}

impl Mutation<Here> for v1::IssuePlaqueRequest {
    type Response = v1::IssuePlaqueResponse;
    const METHOD: &'static str = "puhui.signage.v1.SignageService/IssuePlaque";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let plaque_number = fields.required("plaque_number", &self.plaque_number, PlaqueNumber::parse);
        let issued_on = fields.required("issued_on", &self.issued_on, Day::parse);
        let design_version = fields.required("design_version", &self.design_version, Text::parse);
        Some(Asked::Provider(Command::IssuePlaque(command::IssuePlaque {
            plaque_number: plaque_number?,
            issued_on: issued_on?,
            design_version: design_version?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::HangPlaqueRequest {
    type Response = v1::HangPlaqueResponse;
    const METHOD: &'static str = "puhui.signage.v1.SignageService/HangPlaque";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let plaque_number = fields.required("plaque_number", &self.plaque_number, PlaqueNumber::parse);
        let hung_on = fields.required("hung_on", &self.hung_on, Day::parse);
        Some(Asked::Provider(Command::HangPlaque(command::HangPlaque {
            plaque_number: plaque_number?,
            hung_on: hung_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RecoverPlaqueRequest {
    type Response = v1::RecoverPlaqueResponse;
    const METHOD: &'static str = "puhui.signage.v1.SignageService/RecoverPlaque";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let plaque_number = fields.required("plaque_number", &self.plaque_number, PlaqueNumber::parse);
        let recovered_on = fields.required("recovered_on", &self.recovered_on, Day::parse);
        Some(Asked::Provider(Command::RecoverPlaque(command::RecoverPlaque {
            plaque_number: plaque_number?,
            recovered_on: recovered_on?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::ReportPlaqueLostRequest {
    type Response = v1::ReportPlaqueLostResponse;
    const METHOD: &'static str = "puhui.signage.v1.SignageService/ReportPlaqueLost";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let plaque_number = fields.required("plaque_number", &self.plaque_number, PlaqueNumber::parse);
        let lost_on = fields.required("lost_on", &self.lost_on, Day::parse);
        let statement = fields.required("statement", &self.statement, Content::parse);
        Some(Asked::Provider(Command::ReportPlaqueLost(command::ReportPlaqueLost {
            plaque_number: plaque_number?,
            lost_on: lost_on?,
            statement: statement?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::DestroyPlaqueRequest {
    type Response = v1::DestroyPlaqueResponse;
    const METHOD: &'static str = "puhui.signage.v1.SignageService/DestroyPlaque";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let plaque_number = fields.required("plaque_number", &self.plaque_number, PlaqueNumber::parse);
        let destroyed_on = fields.required("destroyed_on", &self.destroyed_on, Day::parse);
        let reason = fields.required("reason", &self.reason, Reason::parse);
        Some(Asked::Provider(Command::DestroyPlaque(command::DestroyPlaque {
            plaque_number: plaque_number?,
            destroyed_on: destroyed_on?,
            reason: reason?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RecordPlaqueNotReturnedRequest {
    type Response = v1::RecordPlaqueNotReturnedResponse;
    const METHOD: &'static str = "puhui.signage.v1.SignageService/RecordPlaqueNotReturned";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let plaque_number = fields.required("plaque_number", &self.plaque_number, PlaqueNumber::parse);
        let recorded_on = fields.required("recorded_on", &self.recorded_on, Day::parse);
        let detail = fields.required("detail", &self.detail, Content::parse);
        Some(Asked::Provider(Command::RecordPlaqueNotReturned(command::RecordPlaqueNotReturned {
            plaque_number: plaque_number?,
            recorded_on: recorded_on?,
            detail: detail?,
        })))
    }

    plain_response!();
}
