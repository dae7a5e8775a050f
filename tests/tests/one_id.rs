//! One request id with two contents, by two real processes on one real nats-server: at one moment, and the second while the first, which
//! its caller has given up, is still on its way to a server that was stopped. What is answered as recorded is what an auditor reads.

use std::collections::BTreeMap;
use std::time::Duration;

use api::audit::v1::audit_service_client::AuditServiceClient;
use api::audit::v1::event::Fact;
use api::audit::v1::{Commit, ReplayRequest};
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::{AmendParticularsRequest, AmendParticularsResponse, RegisterProviderRequest};
use api::registry::v1::{Outcome, Particulars};
use domain::Uscc;
use futures_util::future::join;
use tests::{Running, channel};
use tonic::transport::Channel;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

/// Times that what depends on the moment is tried.
const ROUNDS: u32 = 12;
/// How long the first waits for a server that is stopped.
const GIVEN_UP_AFTER: Duration = Duration::from_millis(300);

type Client = CertificationServiceClient<Channel>;

fn particulars(name: &str) -> Particulars {
    Particulars {
        name: name.to_owned(),
        operator_name: "合成主体".to_owned(),
        division: "321003005007".to_owned(),
        ..Particulars::default()
    }
}

fn amend(provider_id: &str, id: Uuid, name: &str) -> AmendParticularsRequest {
    AmendParticularsRequest {
        request_id: id.to_string(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "one-id".to_owned(),
        provider_id: provider_id.to_owned(),
        particulars: Some(particulars(name)),
        effective_on: "2026-06-01".to_owned(),
        ..AmendParticularsRequest::default()
    }
}

/// Names by position and request id, as an auditor reads them.
async fn replayed(audit: &str, provider_id: &str) -> BTreeMap<u64, (String, String)> {
    let request = ReplayRequest { provider_id: provider_id.to_owned(), ..ReplayRequest::default() };
    let mut replay =
        AuditServiceClient::new(channel(audit).await).replay(request).await.expect("answered").into_inner();
    let mut names = BTreeMap::new();
    while let Some(answer) = replay.message().await.expect("whole") {
        for Commit { position, request_id, events, .. } in answer.commits {
            for event in events {
                if let Some(Fact::ParticularsAmended(amended)) = event.fact {
                    names.insert(position, (request_id.clone(), amended.particulars.expect("it has them").name));
                }
            }
        }
    }
    names
}

type Answer = Result<Response<AmendParticularsResponse>, Status>;

/// The position at which it was recorded; `None` where the id was used for another command.
fn recorded(answer: Answer) -> Option<u64> {
    match answer {
        Ok(answer) => {
            let answer = answer.into_inner();
            assert_ne!(answer.outcome(), Outcome::Validated);
            Some(answer.position)
        }
        Err(status) => {
            assert_eq!(status.code(), Code::InvalidArgument, "{status}");
            let violation = status.get_details_bad_request().expect("it says which field");
            assert_eq!(violation.field_violations[0].field, "request_id", "{status}");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_contents_under_one_id_the_log_holds_the_one_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", folder.path().to_str().unwrap()];
    let [one, other, audit] =
        ["certification", "certification", "audit"].map(|service| Running::puhui(service, &words));
    let provider_id = format!("{}-001", Uscc::synthetic("91", "321003", "00000014").unwrap());
    let register = RegisterProviderRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "one-id".to_owned(),
        provider_id: provider_id.clone(),
        particulars: Some(particulars("合成网点")),
        ..RegisterProviderRequest::default()
    };
    let (mut one, mut other): (Client, Client) =
        (Client::new(channel(&one.url).await), Client::new(channel(&other.url).await));
    one.register_provider(register).await.unwrap();
    for round in 0..ROUNDS {
        let id = Uuid::new_v4();
        let names = [format!("甲{round}"), format!("乙{round}")];
        let [first, second] = [&names[0], &names[1]].map(|name| amend(&provider_id, id, name));
        let given_up = round % 2 == 1;
        let (first, second) = if given_up {
            nats.signal("STOP");
            let lost = tokio::time::timeout(GIVEN_UP_AFTER, one.amend_particulars(first.clone())).await;
            assert!(lost.is_err(), "a server that is stopped has answered");
            let let_go_on = async { nats.signal("CONT") };
            let (second, ()) = join(other.amend_particulars(second), let_go_on).await;
            // The first again, as a caller does who was told nothing.
            (one.amend_particulars(first).await, second)
        } else {
            join(one.amend_particulars(first), other.amend_particulars(second)).await
        };
        let answers = [recorded(first), recorded(second)];
        let there = replayed(&audit.url, &provider_id).await;
        for (answer, name) in answers.iter().zip(&names) {
            if let Some(position) = answer {
                assert_eq!(there.get(position), Some(&(id.to_string(), name.clone())), "round {round}: {answers:?}");
            }
        }
        assert_eq!(answers.iter().flatten().count(), 1, "round {round}: {answers:?}");
        assert_eq!(there.values().filter(|(of, _)| *of == id.to_string()).count(), 1, "round {round}");
    }
}
