//! A message that is no commit, sent to the log past the program: readers stop before it and say so, an operator looks at it and sets
//! it aside on record, and everything that runs goes on over it.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::process::Command;
use std::time::{Duration, Instant};

use api::audit::v1::ReplayRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::{AmendParticularsRequest, RegisterProviderRequest};
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::directory::v1::rows_service_client::RowsServiceClient;
use api::directory::v1::{
    GetProgressRequest, GetProgressResponse, GetProviderRequest, ListChangesRequest, ListProvidersRequest, RowsState,
    VerifyPlaqueRequest,
};
use api::registry::v1::Particulars;
use domain::{PlaqueNumber, ProviderId, Uscc};
use serde_json::Value;
use tests::clock::{Clock, faketime};
use tests::{BEGUN, Running, channel, done, run};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

/// Longest wait for a directory to stop or to go on; it looks again at least every five seconds.
const LONGEST: Duration = Duration::from_mins(1);

fn provider(number: u32) -> String {
    format!("{}-001", Uscc::synthetic("91", "321003", &format!("{number:08}")).unwrap())
}

fn particulars(name: &str) -> Particulars {
    Particulars {
        name: name.to_owned(),
        operator_name: "合成主体".to_owned(),
        division: "321003005007".to_owned(),
        ..Particulars::default()
    }
}

async fn register(url: &str, number: u32) -> u64 {
    let request = RegisterProviderRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "hj-0042".to_owned(),
        provider_id: provider(number),
        particulars: Some(particulars("合成网点")),
        ..RegisterProviderRequest::default()
    };
    let answer = CertificationServiceClient::new(channel(url).await).register_provider(request).await.unwrap();
    answer.into_inner().position
}

async fn amend(url: &str, number: u32) -> Result<u64, Status> {
    let request = AmendParticularsRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "hj-0042".to_owned(),
        provider_id: provider(number),
        particulars: Some(particulars("新名称")),
        effective_on: "2026-11-01".to_owned(),
        ..AmendParticularsRequest::default()
    };
    let answer = CertificationServiceClient::new(channel(url).await).amend_particulars(request).await?;
    Ok(answer.into_inner().position)
}

/// The directory's progress once it is as asked.
async fn progress_until(url: &str, is: impl Fn(&GetProgressResponse) -> bool) -> GetProgressResponse {
    let mut rows = RowsServiceClient::new(channel(url).await);
    let began = Instant::now();
    loop {
        let now = rows.get_progress(GetProgressRequest {}).await.unwrap().into_inner();
        if is(&now) {
            return now;
        }
        assert!(began.elapsed() < LONGEST, "{now:?}");
        tokio::task::yield_now().await;
    }
}

fn is_live_at(position: u64) -> impl Fn(&GetProgressResponse) -> bool {
    move |now| now.state() == RowsState::Live && now.position == position
}

/// What a replay of everything tells, position by position, those that were set aside as 0; and how it ended.
async fn replayed(url: &str) -> (Vec<u64>, Option<Status>) {
    let mut replay =
        AuditServiceClient::new(channel(url).await).replay(ReplayRequest::default()).await.unwrap().into_inner();
    let mut positions = Vec::new();
    loop {
        match replay.message().await {
            Ok(Some(answer)) => {
                assert_eq!(answer.log_id.len(), 36);
                positions.extend(answer.commits.iter().map(|commit| commit.position));
                positions.extend(answer.set_aside.map(|_| 0));
            }
            Ok(None) => return (positions, None),
            Err(status) => return (positions, Some(status)),
        }
    }
}

fn serves(url: &str) -> bool {
    run(&["health", "puhui.directory.v1.DirectoryService", "--server", url]).status.success()
}

/// What lies behind a message that stopped the rows is on record, and they say that they have stopped.
async fn nothing_is_told_as_absent(asks: &mut DirectoryServiceClient<Channel>) {
    let plaque = VerifyPlaqueRequest {
        plaque_number: PlaqueNumber::new(ProviderId::parse(&provider(2)).unwrap(), 1).unwrap().to_string(),
        ..VerifyPlaqueRequest::default()
    };
    let one = GetProviderRequest { provider_id: provider(2), ..GetProviderRequest::default() };
    let list = ListProvidersRequest { division: "321084".to_owned(), ..ListProvidersRequest::default() };
    let stopped = BEGUN + 1;
    for refused in [
        asks.verify_plaque(plaque).await.unwrap_err(),
        asks.get_provider(one).await.unwrap_err(),
        asks.list_providers(list).await.unwrap_err(),
    ] {
        let reason = refused.get_details_error_info().unwrap().reason;
        // It is looked at again in between.
        assert!(
            refused.code() == Code::Unavailable && ["STOPPED", "CATCHING_UP"].contains(&reason.as_str()),
            "{refused}"
        );
        assert!(
            refused.message().contains(&format!("第{stopped}条"))
                && refused.message().contains(&format!("position {stopped} of at least")),
            "{refused}"
        );
    }
}

fn a_wrong_clock_sets_nothing_aside(words: &[&str]) {
    let Some(library) = faketime("a message set aside by a clock that is wrong") else { return };
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::new(library, folder.path(), "clock", "@2031-01-01 10:00:00");
    let output = Command::new(tests::puhui()).args(words).envs(clock.settings()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("2031-01-01") && said.contains("时钟"), "{said}");
}

/// Where things stand on the log: a provider is registered, a message that is no commit comes, another provider is registered, the message is
/// set aside, the first provider is amended.
const FIRST: u64 = BEGUN + 1;
const STRAY: u64 = BEGUN + 2;
const SECOND: u64 = BEGUN + 3;
const ASIDE: u64 = BEGUN + 4;
const AMENDED: u64 = BEGUN + 5;

#[tokio::test(flavor = "multi_thread")]
async fn a_stray_message_is_set_aside_on_record_and_everything_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let data = |name: &str| folder.path().join(name).display().to_string();
    let (commands, rows, other) = (data("commands"), data("rows"), data("other"));
    let log = ["--log", &nats.url, "--nats-monitor", &nats.monitor];
    let start = |service: &str, data: &str| Running::puhui(service, &[&log[..], &["--data", data]].concat());
    let (certification, directory, audit) =
        (start("certification", &commands), start("directory", &rows), start("audit", &commands));
    assert_eq!(register(&certification.url, 1).await, FIRST);
    progress_until(&directory.url, is_live_at(FIRST)).await;

    let context = async_nats::jetstream::new(async_nats::connect(&nats.url).await.unwrap());
    let stray =
        context.publish(format!("puhui.provider.{}", provider(1)), "hello".into()).await.unwrap().await.unwrap();
    assert_eq!(stray.sequence, STRAY);
    assert_eq!(register(&certification.url, 2).await, SECOND, "other providers go on");
    let stopped = progress_until(&directory.url, |now| now.state() == RowsState::Stopped).await;
    assert_eq!(stopped.position, FIRST);
    assert!(
        stopped.stopped_because.contains(&format!("position {STRAY} cannot be read: it is no commit")),
        "{stopped:?}"
    );
    assert!(!serves(&directory.url));
    // What lies behind it is on record, and is not told as absent.
    let mut asks = DirectoryServiceClient::new(channel(&directory.url).await);
    nothing_is_told_as_absent(&mut asks).await;
    let refused = amend(&certification.url, 1).await.unwrap_err();
    assert_eq!(refused.code(), Code::DataLoss, "{refused}");
    assert!(refused.message().contains(&format!("第{STRAY}条")), "{refused}");
    assert!(refused.message().contains(&format!("position {STRAY}")), "{refused}");
    let (before, ended) = replayed(&audit.url).await;
    assert_eq!((before, ended.unwrap().code()), ((1..=FIRST).collect(), Code::DataLoss));
    // Waiting does not make it readable.
    assert_eq!(run(&["--server", &audit.url, "replay"]).status.code(), Some(1));

    let (first, stray) = (FIRST.to_string(), STRAY.to_string());
    let inspect = [&["log", "inspect", "--json", "--position", &stray], &log[..]].concat();
    let seen: Value = serde_json::from_str(&done(&inspect)).unwrap();
    assert_eq!((seen["bytes"].as_u64(), seen["begins"].as_str()), (Some(5), Some("hello")));
    assert!(
        seen["not_believed_because"].as_str().unwrap().contains("no commit") && seen["set_aside_by_position"].is_null()
    );
    let sha256 = seen["sha256"].as_str().unwrap();
    let act =
        ["--reason", "误发", "--document", "扬数〔2026〕3号", "--bureau", "3210-development", "--officer", "hj-0042"];
    let set_aside = |position: &str, sha256: &str| {
        run(&[&["log", "set-aside", "--position", position, "--sha256", sha256], &act[..], &log[..]].concat())
    };
    let head = done(&[&["log", "show"], &log[..]].concat());
    for (position, sha256) in [(&stray[..], "0".repeat(64)), (&first, sha256.to_owned()), ("99", sha256.to_owned())] {
        let refused = set_aside(position, &sha256);
        assert_eq!(refused.status.code(), Some(1), "{position}: {refused:?}");
    }
    a_wrong_clock_sets_nothing_aside(
        &[&["log", "set-aside", "--position", &stray, "--sha256", sha256], &act[..], &log[..]].concat(),
    );
    assert_eq!(done(&[&["log", "show"], &log[..]].concat()), head, "nothing was written");
    let aside = set_aside(&stray, sha256);
    assert!(aside.status.success(), "{aside:?}");

    let whole = progress_until(&directory.url, is_live_at(ASIDE)).await;
    assert!(serves(&directory.url) && whole.stopped_because.is_empty(), "{whole:?}");
    assert_eq!(amend(&certification.url, 1).await.unwrap(), AMENDED);
    let (positions, ended) = replayed(&audit.url).await;
    assert_eq!(
        (positions, ended.map(|status| status.code())),
        ((1..=AMENDED).map(|at| if at == STRAY { 0 } else { at }).collect(), None)
    );
    // The file an auditor takes home lacks no position.
    let file = done(&["--server", &audit.url, "replay"]);
    let lines: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |line: &Value| line["position"].as_u64().or(line["set_aside"]["position"].as_u64());
    assert_eq!(lines.iter().map(of).collect::<Vec<_>>(), (1..=AMENDED).map(Some).collect::<Vec<_>>());
    let told = &lines[usize::try_from(STRAY).unwrap() - 1]["set_aside"];
    assert_eq!((&told["sha256"], &told["by_position"]), (&Value::from(sha256), &Value::from(ASIDE)));
    let whole = progress_until(&directory.url, is_live_at(AMENDED)).await;
    let one = GetProviderRequest { provider_id: provider(2), ..GetProviderRequest::default() };
    assert!(asks.get_provider(one).await.is_ok());
    let mut changes = async |division: &str| {
        let request = ListChangesRequest { division: division.to_owned(), ..ListChangesRequest::default() };
        let changes = asks.list_changes(request).await.unwrap().into_inner().changes;
        changes.into_iter().map(|change| (change.position, change.event_names.concat())).collect::<Vec<_>>()
    };
    let all = changes("").await;
    assert_eq!(
        all.iter().map(|(position, _)| *position).collect::<Vec<_>>(),
        (1..=AMENDED).filter(|at| *at != STRAY).collect::<Vec<_>>()
    );
    assert_eq!(all.iter().find(|(position, _)| *position == ASIDE).unwrap().1, "MessageSetAside");
    let of_place = changes("321003").await;
    assert_eq!(of_place.iter().map(|(position, _)| *position).collect::<Vec<_>>(), [FIRST, SECOND, AMENDED]);

    // A replay from the beginning makes the same rows.
    let fresh = start("directory", &other);
    assert_eq!(progress_until(&fresh.url, is_live_at(AMENDED)).await.digest, whole.digest);
    for running in [certification, directory, audit, fresh] {
        running.stop();
    }
}
