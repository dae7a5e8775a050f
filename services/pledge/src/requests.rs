//! Reads the requests of the pledge service into commands: every field by its type's own parser, every violation collected.
//! This file is as long as the service has calls: one reader each, nothing else.

use api::pledge::v1;
use domain::command::{self, Command};
use domain::{Content, Day, DocumentNumber, Name, PledgeNumber, Uscc};
use serve::{Asked, Fields, Mutation, header, plain_response, terms};

use crate::Here;

impl Mutation<Here> for v1::MakePledgeRequest {
    type Response = v1::MakePledgeResponse;
    const METHOD: &'static str = "puhui.pledge.v1.PledgeService/MakePledge";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let pledge = fields.message("pledge", self.pledge.as_ref(), terms::pledge_form);
        Some(Asked::Provider(Command::MakePledge(command::MakePledge { pledge: pledge? })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RecordFulfilmentRequest {
    type Response = v1::RecordFulfilmentResponse;
    const METHOD: &'static str = "puhui.pledge.v1.PledgeService/RecordFulfilment";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let pledge_number = fields.required("pledge_number", &self.pledge_number, PledgeNumber::parse);
        let determined_on = fields.required("determined_on", &self.determined_on, Day::parse);
        let determining_unit = fields.optional("determining_unit", &self.determining_unit, Name::parse);
        let determining_unit_uscc = fields.optional("determining_unit_uscc", &self.determining_unit_uscc, Uscc::parse);
        Some(Asked::Provider(Command::RecordFulfilment(command::RecordFulfilment {
            pledge_number: pledge_number?,
            determined_on: determined_on?,
            determining_unit: determining_unit?,
            determining_unit_uscc: determining_unit_uscc?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RecordBreachRequest {
    type Response = v1::RecordBreachResponse;
    const METHOD: &'static str = "puhui.pledge.v1.PledgeService/RecordBreach";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let pledge_number = fields.required("pledge_number", &self.pledge_number, PledgeNumber::parse);
        let extent = fields.choice("extent", self.extent, terms::breach_extent);
        let severity = fields.choice("severity", self.severity, terms::breach_severity);
        let unperformed = fields.required("unperformed", &self.unperformed, Content::parse);
        let consequence = fields.required("consequence", &self.consequence, Content::parse);
        let determined_on = fields.required("determined_on", &self.determined_on, Day::parse);
        let determining_unit = fields.optional("determining_unit", &self.determining_unit, Name::parse);
        let determining_unit_uscc = fields.optional("determining_unit_uscc", &self.determining_unit_uscc, Uscc::parse);
        Some(Asked::Provider(Command::RecordBreach(command::RecordBreach {
            pledge_number: pledge_number?,
            extent: extent?,
            severity: severity?,
            unperformed: unperformed?,
            consequence: consequence?,
            determined_on: determined_on?,
            determining_unit: determining_unit?,
            determining_unit_uscc: determining_unit_uscc?,
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::RepairPledgeRequest {
    type Response = v1::RepairPledgeResponse;
    const METHOD: &'static str = "puhui.pledge.v1.PledgeService/RepairPledge";

    header!(provider_id);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let pledge_number = fields.required("pledge_number", &self.pledge_number, PledgeNumber::parse);
        let repaired_on = fields.required("repaired_on", &self.repaired_on, Day::parse);
        let document_number = fields.required("document_number", &self.document_number, DocumentNumber::parse);
        Some(Asked::Provider(Command::RepairPledge(command::RepairPledge {
            pledge_number: pledge_number?,
            repaired_on: repaired_on?,
            document_number: document_number?,
        })))
    }

    plain_response!();
}
