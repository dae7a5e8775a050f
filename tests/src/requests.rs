//! Requests that many tests send, of outlets that are nobody's.

use api::certification::v1::RegisterProviderRequest;
use api::registry::v1::Particulars;
use domain::Uscc;
use uuid::Uuid;

/// The registration of the outlet with this number, under a request id of its own.
pub fn register(number: u32) -> RegisterProviderRequest {
    let uscc = Uscc::synthetic("91", "321003", &format!("{number:08}")).expect("eight digits");
    RegisterProviderRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "hj-0042".to_owned(),
        provider_id: format!("{uscc}-001"),
        particulars: Some(Particulars {
            name: "合成网点".to_owned(),
            operator_name: "合成主体".to_owned(),
            division: "321003005007".to_owned(),
            ..Particulars::default()
        }),
        ..RegisterProviderRequest::default()
    }
}
