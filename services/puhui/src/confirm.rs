//! `puhui confirm-code`: a credit code that fails its check and is real is confirmed from the document it stands on.

use api::certification::v1::ConfirmOperatorCodeRequest;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::registry::v1::Outcome;
use domain::Day;
use serve::clock;
use uuid::Uuid;

use crate::args::ConfirmCode;
use crate::client::{Failure, Servers};
use crate::json::{self, say};

pub(crate) async fn run(servers: &Servers, asked: ConfirmCode, as_json: bool) -> Result<(), Failure> {
    let ConfirmCode { code, document, seen, on, bureau, officer, validate_only } = asked;
    let request = ConfirmOperatorCodeRequest {
        request_id: Uuid::new_v4().to_string(),
        expected_revision: None,
        validate_only,
        bureau_id: bureau,
        officer_id: officer,
        operator_code: code,
        confirmed_on: if on.is_empty() { Day::of(clock::now()).to_string() } else { on },
        document_number: document,
        seen,
    };
    let mut client = CertificationServiceClient::new(servers.connect("certification").await?);
    let answer = client.confirm_operator_code(request).await?.into_inner();
    if as_json {
        return json::print(&answer);
    }
    say(match answer.outcome() {
        Outcome::Recorded => "已核实登记,可用此代码办理 / confirmed: the code may be entered now",
        Outcome::AlreadyRecorded => "此前已核实登记 / confirmed before",
        Outcome::Validated => "可以登记 / it would be recorded",
        Outcome::Unspecified => "—",
    })?;
    say(&format!("位置 position {}", answer.position))
}
