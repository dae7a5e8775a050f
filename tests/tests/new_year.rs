//! Under another clock: from 2026-12-20 to 2027-03-01 notices are opened and counted by the working days that are known, or refused naming the
//! day that is not; health warns sixty days before. On the real program, which is told another time by libfaketime.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::{AcceptCaseRequest, ApplyRequest, OpenNoticeRequest, RecordInspectionRequest};
use api::health::v1::health_service_client::HealthServiceClient;
use api::health::v1::{ListPartsRequest, Part};
use api::registry::v1::NoticeWindow;
use api::rules::v1::AdoptCalendarRequest;
use api::rules::v1::rules_service_client::RulesServiceClient;
use tests::clock::{Clock, faketime};
use tests::{Running, channel, free_port, requests};
use tonic::Status;
use tonic_types::StatusExt;
use uuid::Uuid;

/// Days off and on of 2027 as this test has them. They are SYNTHETIC: the State Council's notice of 2027 was not found when it was written.
const OF_2027: &str = "date,kind,festival\n\
                       2027-01-01,holiday,synthetic\n\
                       2027-02-04,holiday,synthetic\n\
                       2027-02-05,holiday,synthetic\n\
                       2027-02-08,holiday,synthetic\n\
                       2027-02-09,holiday,synthetic\n\
                       2027-02-10,holiday,synthetic\n\
                       2027-02-20,make-up workday,synthetic\n\
                       2027-04-05,holiday,synthetic\n\
                       2027-05-03,holiday,synthetic\n\
                       2027-06-09,holiday,synthetic\n\
                       2027-09-15,holiday,synthetic\n\
                       2027-10-01,holiday,synthetic\n";

const BUREAU: &str = "321003-health";

fn header() -> (String, String, String) {
    (Uuid::new_v4().to_string(), BUREAU.to_owned(), "hj-0042".to_owned())
}

/// Opens a notice in a case of an outlet of its own, which came in on `today`; the reason and the sentence where it is refused.
async fn opened(url: &str, number: u32, today: &str, (start, end): (&str, &str)) -> Result<u64, (String, String)> {
    let mut client = CertificationServiceClient::new(channel(url).await);
    let register = requests::register(number);
    let (provider_id, category) = (register.provider_id.clone(), "childcare".to_owned());
    client.register_provider(register).await.unwrap();
    let (request_id, bureau_id, officer_id) = header();
    let apply = ApplyRequest {
        request_id,
        bureau_id,
        officer_id,
        provider_id: provider_id.clone(),
        category: category.clone(),
        applied_on: today.to_owned(),
        ..ApplyRequest::default()
    };
    client.apply(apply).await.unwrap();
    let (request_id, bureau_id, officer_id) = header();
    let accept = AcceptCaseRequest {
        request_id,
        bureau_id,
        officer_id,
        provider_id: provider_id.clone(),
        category: category.clone(),
        accepted_on: today.to_owned(),
        ..AcceptCaseRequest::default()
    };
    client.accept_case(accept).await.unwrap();
    let (request_id, bureau_id, officer_id) = header();
    let inspect = RecordInspectionRequest {
        request_id,
        bureau_id,
        officer_id,
        provider_id: provider_id.clone(),
        category: category.clone(),
        inspected_on: today.to_owned(),
        passed: true,
        findings: "合格".to_owned(),
        ..RecordInspectionRequest::default()
    };
    client.record_inspection(inspect).await.unwrap();
    let (request_id, bureau_id, officer_id) = header();
    let notice = OpenNoticeRequest {
        request_id,
        bureau_id,
        officer_id,
        provider_id,
        category,
        notice: Some(NoticeWindow { start: start.to_owned(), end: end.to_owned() }),
        published_at: "https://example.invalid/1".to_owned(),
        ..OpenNoticeRequest::default()
    };
    let refused = |status: Status| (status.get_details_error_info().unwrap().reason, status.message().to_owned());
    client.open_notice(notice).await.map(|answer| answer.into_inner().position).map_err(refused)
}

/// How the calendar's part is, once it warns of a day, or warns of none.
async fn calendar(url: &str, of: Option<&str>) -> Part {
    let mut health = HealthServiceClient::new(channel(url).await);
    loop {
        let parts = health.list_parts(ListPartsRequest {}).await.unwrap().into_inner().parts;
        let part = parts.into_iter().find(|part| part.name == "calendar").unwrap();
        assert!(part.well, "{part:?}");
        if part.warns == of.is_some() && part.why.contains(of.unwrap_or_default()) {
            return part;
        }
    }
}

async fn adopt_2027(url: &str) {
    let request = AdoptCalendarRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "hj-0042".to_owned(),
        text: OF_2027.to_owned(),
        covered_from: "2027-01-01".to_owned(),
        covered_until: "2027-12-31".to_owned(),
        source: "合成数据,仅供测试".to_owned(),
        adopted_on: "2027-01-10".to_owned(),
        adopted_by: "扬州市发展和改革委员会".to_owned(),
        document_number: "测试1号".to_owned(),
        ..AdoptCalendarRequest::default()
    };
    RulesServiceClient::new(channel(url).await).adopt_calendar(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_across_the_new_year_are_counted_rightly_or_refused_by_the_day() {
    let Some(library) = faketime("notices_across_the_new_year_are_counted_rightly_or_refused_by_the_day") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // The carried days end on 2026-12-31; 60 days before is 2026-11-01.
    let clock = Clock::new(library, folder.path(), "clock", "@2026-11-01 10:00:00");
    let settings = clock.settings().into_iter().chain([("FAKETIME_NO_CACHE", "1")]);
    let server = Running::puhui_in("all", &["--data", data.to_str().unwrap()], free_port(), settings);
    let url = &server.url;
    assert_eq!(calendar(url, None).await.why, "");
    clock.shows("@2026-11-02 10:00:00");
    let warned = calendar(url, Some("2026-12-31")).await;
    assert!(warned.since.starts_with("2026-11-0"), "{warned:?}");

    let refused = |answer: Result<u64, (String, String)>| answer.unwrap_err();
    clock.shows("@2026-12-02 10:00:00");
    assert!(opened(url, 1, "2026-12-02", ("2026-12-07", "2026-12-11")).await.is_ok());
    clock.shows("@2026-12-20 10:00:00");
    assert!(opened(url, 2, "2026-12-20", ("2026-12-21", "2026-12-25")).await.is_ok());
    let (reason, said) = refused(opened(url, 3, "2026-12-20", ("2026-12-28", "2027-01-08")).await);
    assert!(reason == "CALENDAR_NOT_COVERED" && said.contains("2027-01-01"), "{reason} {said}");
    clock.shows("@2027-01-10 10:00:00");
    let (reason, said) = refused(opened(url, 4, "2027-01-10", ("2027-02-01", "2027-02-12")).await);
    assert!(reason == "CALENDAR_NOT_COVERED" && said.contains("2027-02-01"), "{reason} {said}");
    calendar(url, Some("2027-01-10")).await;

    adopt_2027(url).await;
    assert_eq!(calendar(url, None).await.why, "");
    // 12-28 to 12-31 and 01-04: five. Without the fourth of January: four.
    assert!(
        opened(url, 5, "2027-01-10", ("2026-12-28", "2027-01-04"))
            .await
            .is_err_and(|(reason, _)| reason != "CALENDAR_NOT_COVERED")
    );
    assert!(opened(url, 6, "2027-01-10", ("2027-01-11", "2027-01-15")).await.is_ok());
    // Across the days off in February: 02-01 to 02-03 are worked, and 02-11, 02-12.
    let (reason, _) = refused(opened(url, 7, "2027-01-10", ("2027-02-01", "2027-02-10")).await);
    assert_eq!(reason, "NOTICE_TOO_SHORT");
    assert!(opened(url, 8, "2027-01-10", ("2027-02-01", "2027-02-12")).await.is_ok());
    clock.shows("@2027-02-05 10:00:00");
    // A Saturday that is worked is a day.
    assert!(opened(url, 9, "2027-02-05", ("2027-02-16", "2027-02-20")).await.is_ok());
    clock.shows("@2027-03-01 10:00:00");
    let (reason, _) = refused(opened(url, 10, "2027-03-01", ("2027-03-01", "2027-03-04")).await);
    assert_eq!(reason, "NOTICE_TOO_SHORT");
    assert!(opened(url, 11, "2027-03-01", ("2027-03-01", "2027-03-05")).await.is_ok());
    server.stop();
}
