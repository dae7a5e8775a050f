//! Reads the requests of the rules service into commands: every field by its type's own parser, every violation collected. What a file says is
//! read where it is decided about, since it is held against all that is on record.

use api::rules::v1;
use domain::command::{AdoptCalendar, AdoptPlaces, AdoptScheme, RulesCommand};
use domain::{Day, DocumentNumber, Name, Reason, RulesText};
use serve::{Asked, Fields, Mutation, header, plain_response};

use crate::Here;

impl Mutation<Here> for v1::AdoptSchemeRequest {
    type Response = v1::AdoptSchemeResponse;
    const METHOD: &'static str = "puhui.rules.v1.RulesService/AdoptScheme";

    header!(rules);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let text = fields.required("text", &self.text, RulesText::parse);
        let adopted_on = fields.required("adopted_on", &self.adopted_on, Day::parse);
        let adopted_by = fields.required("adopted_by", &self.adopted_by, Name::parse);
        let document_number = fields.required("document_number", &self.document_number, DocumentNumber::parse);
        Some(Asked::Rules(RulesCommand::AdoptScheme(AdoptScheme {
            text: text?,
            adopted_on: adopted_on?,
            adopted_by: Some(adopted_by?),
            document_number: Some(document_number?),
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::AdoptCalendarRequest {
    type Response = v1::AdoptCalendarResponse;
    const METHOD: &'static str = "puhui.rules.v1.RulesService/AdoptCalendar";

    header!(rules);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let text = fields.required("text", &self.text, RulesText::parse);
        let covered_from = fields.required("covered_from", &self.covered_from, Day::parse);
        let covered_until = fields.required("covered_until", &self.covered_until, Day::parse);
        let source = fields.required("source", &self.source, Reason::parse);
        let adopted_on = fields.required("adopted_on", &self.adopted_on, Day::parse);
        let adopted_by = fields.required("adopted_by", &self.adopted_by, Name::parse);
        let document_number = fields.required("document_number", &self.document_number, DocumentNumber::parse);
        Some(Asked::Rules(RulesCommand::AdoptCalendar(AdoptCalendar {
            covered_from: covered_from?,
            covered_until: covered_until?,
            source: source?,
            text: text?,
            adopted_on: adopted_on?,
            adopted_by: Some(adopted_by?),
            document_number: Some(document_number?),
        })))
    }

    plain_response!();
}

impl Mutation<Here> for v1::AdoptPlacesRequest {
    type Response = v1::AdoptPlacesResponse;
    const METHOD: &'static str = "puhui.rules.v1.RulesService/AdoptPlaces";

    header!(rules);

    fn action(&self, fields: &mut Fields) -> Option<Asked> {
        let text = fields.required("text", &self.text, RulesText::parse);
        let edition = fields.required("edition", &self.edition, Name::parse);
        let adopted_on = fields.required("adopted_on", &self.adopted_on, Day::parse);
        let adopted_by = fields.required("adopted_by", &self.adopted_by, Name::parse);
        let document_number = fields.required("document_number", &self.document_number, DocumentNumber::parse);
        Some(Asked::Rules(RulesCommand::AdoptPlaces(AdoptPlaces {
            edition: edition?,
            text: text?,
            adopted_on: adopted_on?,
            adopted_by: Some(adopted_by?),
            document_number: Some(document_number?),
        })))
    }

    plain_response!();
}
