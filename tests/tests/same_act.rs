//! The same act sent again, through the running program: answered with the number of the act on record, and never recorded twice; what differs in
//! one field is recorded, or refused with what differs.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::{
    AcceptRectificationRequest, CorrectActRequest, OrderRectificationRequest, OrderRectificationResponse,
    RecordCertificationRequest,
};
use api::registry::v1::Outcome;
use tests::{Running, channel, requests, run};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

fn id() -> String {
    Uuid::new_v4().to_string()
}

fn listed(source: &str) -> RecordCertificationRequest {
    let outlet = requests::register(1);
    RecordCertificationRequest {
        request_id: id(),
        bureau_id: outlet.bureau_id,
        officer_id: outlet.officer_id,
        provider_id: outlet.provider_id,
        particulars: outlet.particulars,
        category: "childcare".to_owned(),
        decided_on: "2025-03-03".to_owned(),
        valid_to: "2028-03-02".to_owned(),
        document_number: "合成〔2025〕1号".to_owned(),
        deciding_body: "邗江区卫生健康委员会".to_owned(),
        source: source.to_owned(),
        ..RecordCertificationRequest::default()
    }
}

fn order(ground: &str) -> OrderRectificationRequest {
    OrderRectificationRequest {
        request_id: id(),
        bureau_id: "321003-health".to_owned(),
        officer_id: "hj-0042".to_owned(),
        provider_id: requests::register(1).provider_id,
        category: "childcare".to_owned(),
        ground: ground.to_owned(),
        detail: "情形".to_owned(),
        ordered_on: "2026-11-20".to_owned(),
        due_on: "2026-12-10".to_owned(),
        legal_basis: "第十一条".to_owned(),
        document_number: "责改〔2026〕1号".to_owned(),
        ..OrderRectificationRequest::default()
    }
}

async fn ordered(
    client: &mut CertificationServiceClient<Channel>,
    order: OrderRectificationRequest,
) -> OrderRectificationResponse {
    client.order_rectification(order).await.unwrap().into_inner()
}

/// The reason, the act in the way and the fields that differ.
fn differs(status: &Status) -> [String; 3] {
    assert_eq!(status.code(), Code::FailedPrecondition, "{status}");
    let info = status.get_details_error_info().unwrap();
    let told = |name: &str| info.metadata.get(name).cloned().unwrap_or_default();
    [info.reason.clone(), told("act"), told("fields")]
}

#[tokio::test]
async fn an_act_sent_again_is_known_whatever_became_of_it_and_what_differs_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().to_str().unwrap()]);
    let mut client = CertificationServiceClient::new(channel(&server.url).await);
    let certified = client.record_certification(listed("名单.csv 第1行")).await.unwrap().into_inner();
    assert_eq!((certified.outcome(), certified.act), (Outcome::Recorded, 2));
    // A list under another name makes no second certification of it, and is not answered as if it had been recorded.
    let status = client.record_certification(listed("名单(1).csv 第1行")).await.unwrap_err();
    assert_eq!(differs(&status), ["DECISION_DIFFERS", "2", "source"]);
    assert!(status.message().contains("来源已记载 名单.csv 第1行,本次 名单(1).csv 第1行"), "{status}");
    // Two orders that differ in their ground are two.
    let (first, second) = (order("overcharging"), order("safety-accident"));
    let one = ordered(&mut client, first.clone()).await;
    let other = ordered(&mut client, second.clone()).await;
    assert_eq!([one.act, other.act], [3, 4]);
    assert_eq!([one.outcome(), other.outcome()], [Outcome::Recorded; 2]);
    // Met, the first is still the first when it is sent again under another id.
    let met = AcceptRectificationRequest {
        request_id: id(),
        bureau_id: first.bureau_id.clone(),
        officer_id: first.officer_id.clone(),
        provider_id: first.provider_id.clone(),
        category: first.category.clone(),
        order: 3,
        accepted_on: "2026-11-25".to_owned(),
        findings: "已整改".to_owned(),
        ..AcceptRectificationRequest::default()
    };
    client.accept_rectification(met).await.unwrap();
    for _ in 0..2 {
        let late = ordered(&mut client, OrderRectificationRequest { request_id: id(), ..first.clone() }).await;
        assert_eq!((late.outcome(), late.act, late.position), (Outcome::AlreadyRecorded, 3, one.position));
    }
    // Corrected away, the second can be ordered anew; its own request has its answer.
    let away = CorrectActRequest {
        request_id: id(),
        bureau_id: second.bureau_id.clone(),
        officer_id: second.officer_id.clone(),
        provider_id: second.provider_id.clone(),
        act: 4,
        corrected_on: domain::Day::of(domain::Instant(now())).to_string(),
        reason: "录入有误".to_owned(),
        ..CorrectActRequest::default()
    };
    client.correct_act(away).await.unwrap();
    let late = ordered(&mut client, second.clone()).await;
    assert_eq!((late.outcome(), late.act, late.position), (Outcome::AlreadyRecorded, 4, other.position));
    let anew = ordered(&mut client, OrderRectificationRequest { request_id: id(), ..second }).await;
    assert_eq!((anew.outcome(), anew.act), (Outcome::Recorded, 7));
    server.stop();
}

/// Milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "a correction is of today")]
fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

#[test]
fn a_list_under_another_name_is_there_already() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().join("data").to_str().unwrap()]);
    let uscc = domain::Uscc::synthetic("91", "321003", "00000001").unwrap();
    let header = "序号,统一社会信用代码,机构名称,类别,行政区划,地址,认定单位,文号,认定日期,有效期至";
    let list = |name: &str, document: &str, code: i32| {
        let row = format!(
            "1,{uscc},合成网点,普惠托育,321003005007,合成路1号,邗江区卫生健康委员会,{document},2025-03-03,2028-03-02"
        );
        let path = folder.path().join(name);
        std::fs::write(&path, format!("{header}\n{row}\n")).unwrap();
        let path = path.to_str().unwrap().to_owned();
        let taken = run(&["--server", &server.url, "--json", "import", &path]);
        assert_eq!(taken.status.code(), Some(code), "{taken:?}");
        let counts: serde_json::Value = serde_json::from_slice(&taken.stdout).unwrap();
        ["stored", "already", "rejected"].map(|kind| counts[kind].as_u64().unwrap())
    };
    assert_eq!(list("名单.csv", "合成〔2025〕1号", 0), [1, 0, 0]);
    assert_eq!(list("名单.csv", "合成〔2025〕1号", 0), [0, 1, 0]);
    assert_eq!(list("名单(1).csv", "合成〔2025〕1号", 0), [0, 1, 0]);
    // What is sent back is told by the exit code.
    assert_eq!(list("名单(2).csv", "合成〔2025〕2号", 1), [0, 0, 1]);
    server.stop();
}
