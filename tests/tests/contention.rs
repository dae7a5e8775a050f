//! Three command services as three processes against one log, all writing one provider at once: nothing is lost, nothing doubled,
//! and the provider's revisions have no gap.

use api::audit::v1::audit_service_client::AuditServiceClient;
use api::audit::v1::{Commit, ReplayRequest};
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::{ProposePriceRequest, RecordCertificationRequest, RegisterProviderRequest};
use api::pledge::v1::MakePledgeRequest;
use api::pledge::v1::pledge_service_client::PledgeServiceClient;
use api::registry::v1::{Particulars, PledgeForm, PledgeType, Price, PriceUnit, PromisorClass, PublicationScope};
use api::signage::v1::OrderPlaqueRequest;
use api::signage::v1::signage_service_client::SignageServiceClient;
use domain::Uscc;
use futures_util::future::join_all;
use tests::{Running, channel};
use tonic::{Code, Response, Status};
use uuid::Uuid;

const EACH: u32 = 12;
/// Plaques of a provider that may be in the making at once.
const PLAQUES: usize = 5;

/// Calls until the answer is not "others were first, again and again". The request id stays the same, so nothing is doubled.
async fn until_recorded<T, F: Future<Output = Result<Response<T>, Status>>>(mut call: impl FnMut() -> F) -> T {
    for _ in 0..200 {
        match call().await {
            Ok(response) => return response.into_inner(),
            Err(status) => assert_eq!(status.code(), Code::Aborted, "{status}"),
        }
    }
    panic!("no progress in 200 attempts");
}

/// The `n`-th pledge of an operator; who asks is request id, bureau, officer and provider.
fn make_pledge(
    (request_id, bureau_id, officer_id, provider_id): (String, String, String, String),
    uscc: &str,
    n: u32,
) -> MakePledgeRequest {
    MakePledgeRequest {
        request_id,
        bureau_id,
        officer_id,
        provider_id,
        pledge: Some(PledgeForm {
            number: format!("32100320260302{n:06}"),
            promisor_name: "合成主体".to_owned(),
            promisor_class: PromisorClass::Organisation.into(),
            promisor_uscc: uscc.to_owned(),
            pledge_type: PledgeType::Voluntary.into(),
            reason: "合成".to_owned(),
            content: "合成".to_owned(),
            liability: "合成".to_owned(),
            made_on: "2026-03-02".to_owned(),
            accepting_unit: "合成单位".to_owned(),
            accepting_unit_uscc: uscc.to_owned(),
            publication: PublicationScope::Public.into(),
            ..PledgeForm::default()
        }),
        ..MakePledgeRequest::default()
    }
}

/// Every commit of a provider, as an auditor reads them: no revision missing, no command recorded twice.
async fn whole_history(audit_url: &str, provider_id: &str) -> Vec<Commit> {
    let request = ReplayRequest { provider_id: provider_id.to_owned(), ..ReplayRequest::default() };
    let mut replay =
        AuditServiceClient::new(channel(audit_url).await).replay(request).await.expect("answered").into_inner();
    let mut commits: Vec<Commit> = Vec::new();
    while let Some(answer) = replay.message().await.expect("whole") {
        commits.extend(answer.commits);
    }
    let revisions: Vec<u64> = commits.iter().map(|commit| commit.revision).collect();
    assert_eq!(revisions, (1..=commits.len() as u64).collect::<Vec<_>>());
    let mut ids: Vec<&str> = commits.iter().map(|commit| commit.request_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), commits.len(), "a command was recorded twice");
    commits
}

/// 64 clients, half of them of each of two processes, each with a connection of its own, all writing one provider.
#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_clients_make_progress_on_one_provider() {
    const CLIENTS: u32 = 64;
    const PLEDGES: u32 = 4;
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", folder.path().to_str().unwrap()];
    let [one, other, registrar, audit] =
        ["pledge", "pledge", "certification", "audit"].map(|service| Running::puhui(service, &words));
    let uscc = Uscc::synthetic("91", "321003", "00000064").unwrap().to_string();
    let provider_id = format!("{uscc}-001");
    let register = RegisterProviderRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "contention".to_owned(),
        provider_id: provider_id.clone(),
        particulars: Some(Particulars {
            name: "合成网点".to_owned(),
            operator_name: "合成主体".to_owned(),
            division: "321003005007".to_owned(),
            ..Particulars::default()
        }),
        ..RegisterProviderRequest::default()
    };
    CertificationServiceClient::new(channel(&registrar.url).await).register_provider(register).await.unwrap();
    let began = std::time::Instant::now();
    let clients = join_all((0..CLIENTS).map(|client| {
        let url = if client.is_multiple_of(2) { one.url.clone() } else { other.url.clone() };
        let (uscc, provider_id) = (uscc.clone(), provider_id.clone());
        async move {
            let service = PledgeServiceClient::new(channel(&url).await);
            let mut positions = Vec::new();
            for pledge in 0..PLEDGES {
                let who = [
                    Uuid::new_v4().to_string(),
                    "321003-health".to_owned(),
                    format!("client-{client}"),
                    provider_id.clone(),
                ];
                let request = make_pledge(who.into(), &uscc, client * PLEDGES + pledge);
                let answer = until_recorded(|| {
                    let (mut service, request) = (service.clone(), request.clone());
                    async move { service.make_pledge(request).await }
                });
                positions.push(answer.await.position);
            }
            assert!(positions.is_sorted(), "an answer names an earlier state than the one before");
        }
    }));
    clients.await;
    let commits = whole_history(&audit.url, &provider_id).await;
    assert_eq!(commits.len(), usize::try_from(CLIENTS * PLEDGES + 1).unwrap());
    println!("{} commits of {CLIENTS} clients on one provider in {} ms", commits.len(), began.elapsed().as_millis());
}

#[tokio::test]
async fn three_processes_contend_on_one_provider() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let [c, p, s, a] = ["certification", "pledge", "signage", "audit"].map(|service| {
        Running::puhui(
            service,
            &["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", folder.path().to_str().unwrap()],
        )
    });
    let certification = CertificationServiceClient::new(channel(&c.url).await);
    let pledge = PledgeServiceClient::new(channel(&p.url).await);
    let signage = SignageServiceClient::new(channel(&s.url).await);
    let uscc = Uscc::synthetic("91", "321003", "00000042").unwrap().to_string();
    let provider_id = format!("{uscc}-001");
    let bureau = |id: &str| (Uuid::new_v4().to_string(), id.to_owned(), "contention".to_owned(), provider_id.clone());

    let (request_id, bureau_id, officer_id, id) = bureau("3210-development");
    let record = RecordCertificationRequest {
        request_id,
        bureau_id,
        officer_id,
        provider_id: id,
        particulars: Some(Particulars {
            name: "合成网点".to_owned(),
            operator_name: "合成主体".to_owned(),
            division: "321003005007".to_owned(),
            ..Particulars::default()
        }),
        category: "childcare".to_owned(),
        deciding_body: "合成单位".to_owned(),
        source: "contention".to_owned(),
        ..RecordCertificationRequest::default()
    };
    certification.clone().record_certification(record).await.unwrap();

    let prices = join_all((0..EACH).map(|n| {
        let (request_id, bureau_id, officer_id, provider_id) = bureau("321003-health");
        let price = Price { amount_fen: 1_000 + n, unit: PriceUnit::Meal.into(), rise_percent_max: 5 };
        let request = ProposePriceRequest {
            request_id,
            bureau_id,
            officer_id,
            provider_id,
            category: "childcare".to_owned(),
            item: format!("项目{n}"),
            price: Some(price),
            proposed_on: "2026-05-01".to_owned(),
            ..ProposePriceRequest::default()
        };
        let client = certification.clone();
        until_recorded(move || {
            let (mut client, request) = (client.clone(), request.clone());
            async move { client.propose_price(request).await }
        })
    }));
    let pledges = join_all((0..EACH).map(|n| {
        let (request_id, bureau_id, officer_id, provider_id) = bureau("321003-health");
        let request = make_pledge((request_id, bureau_id, officer_id, provider_id), &uscc, n);
        let client = pledge.clone();
        until_recorded(move || {
            let (mut client, request) = (client.clone(), request.clone());
            async move { client.make_pledge(request).await }
        })
    }));
    let plaques = join_all((0..PLAQUES).map(|n| {
        let (request_id, bureau_id, officer_id, provider_id) = bureau("321003-health");
        let ordered_on = "2026-03-10".to_owned();
        let request = OrderPlaqueRequest {
            request_id,
            bureau_id,
            officer_id,
            provider_id,
            ordered_on,
            place: format!("{n}号门"),
            ..OrderPlaqueRequest::default()
        };
        let client = signage.clone();
        until_recorded(move || {
            let (mut client, request) = (client.clone(), request.clone());
            async move { client.order_plaque(request).await }
        })
    }));
    let (_, _, plaques) = tokio::join!(prices, pledges, plaques);
    let mut numbers: Vec<String> = plaques.into_iter().map(|answer| answer.plaque_number).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), PLAQUES, "two plaques got one number");

    let commits = whole_history(&a.url, &provider_id).await;
    assert_eq!(commits.len(), usize::try_from(2 * EACH + 1).unwrap() + PLAQUES);
}
