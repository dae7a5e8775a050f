//! A server that is told to stop while somebody reads on: who takes its answers has all of them, and a stream without end says where to go on.

use api::audit::v1::ReplayRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;
use api::certification::v1::RegisterProviderRequest;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::WatchRequest;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::registry::v1::Particulars;
use std::time::Duration;
use tests::{BEGUN, Running, channel, done, free_port, requests, run};
use tokio::task::JoinSet;
use tonic::Code;
use tonic::transport::Endpoint;
use tonic_types::StatusExt;

/// Commits of the log: their replay is several times what the windows and the buffers between take in.
const COMMITS: u32 = 3_000;
/// How long a reader who is not in haste takes for two of them: all of it lasts longer than a quiet connection may stay at the end, and
/// shorter than the drain.
const TAKES: Duration = Duration::from_millis(1);
/// Bytes of answers on their way, at most: what HTTP/2 begins with.
const WINDOW_BYTES: u32 = 65_535;

fn register(number: u32) -> RegisterProviderRequest {
    let request = requests::register(number);
    let long = request.particulars.map(|short| Particulars { address: "合成路".repeat(60), ..short });
    RegisterProviderRequest { particulars: long, ..request }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_on_while_the_server_stops_has_all_or_is_told_where_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let words = ["--data", data.to_str().unwrap()];
    let service = Running::puhui_at("all", &words, free_port());
    let client = CertificationServiceClient::new(channel(&service.url).await);
    let mut calls = JoinSet::new();
    for number in 0..COMMITS {
        let mut client = client.clone();
        calls.spawn(async move { client.register_provider(register(number)).await.expect("registered") });
        if calls.len() == 64 {
            calls.join_next().await.expect("one is under way").unwrap();
        }
    }
    calls.join_all().await;
    drop(client);
    let endpoint = Endpoint::from_shared(service.url.clone()).unwrap();
    let endpoint = endpoint.initial_stream_window_size(WINDOW_BYTES).initial_connection_window_size(WINDOW_BYTES);
    let channel_of_reader = endpoint.connect().await.unwrap();
    let mut replay =
        AuditServiceClient::new(channel_of_reader).replay(ReplayRequest::default()).await.unwrap().into_inner();
    let mut watch = DirectoryServiceClient::new(channel(&service.url).await)
        .watch(WatchRequest::default())
        .await
        .unwrap()
        .into_inner();
    let first = replay.message().await.unwrap().unwrap();
    assert_eq!(first.commits[0].position, 1);
    assert!(watch.message().await.unwrap().is_some());
    let stopping = tokio::task::spawn_blocking(move || service.stop());
    let watched = tokio::spawn(async move {
        let mut told = 0;
        loop {
            match watch.message().await {
                Ok(Some(message)) => told = message.position,
                Ok(None) => panic!("a watch ends with a word"),
                Err(end) => return (told, end),
            }
        }
    });
    let mut told = first.reached_position;
    while let Some(answer) = replay.message().await.unwrap_or_else(|end| panic!("after {told} commits: {end:?}")) {
        for commit in answer.commits {
            told += 1;
            assert_eq!(commit.position, told);
            if told % 2 == 0 {
                #[expect(clippy::disallowed_methods, reason = "a reader who is not in haste")]
                tokio::time::sleep(TAKES).await;
            }
        }
        assert_eq!(answer.reached_position, told);
    }
    assert_eq!(told, u64::from(COMMITS) + BEGUN);
    let (told, end) = watched.await.unwrap();
    let info = end.get_details_error_info().unwrap();
    assert_eq!((end.code(), info.reason.as_str()), (Code::Unavailable, "DRAINING"), "{end:?}");
    assert!(end.get_details_retry_info().is_some());
    let after: u64 = info.metadata["after_position"].parse().unwrap();
    assert!(after >= told && after <= u64::from(COMMITS) + BEGUN, "{after}, {told} were told");
    stopping.await.unwrap();
}

/// Whoever lost the server itself is told in words, and where to go on.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_told_as_a_broken_connection() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let service = Running::puhui("all", &["--data", data.to_str().unwrap()]);
    let mut client = CertificationServiceClient::new(channel(&service.url).await);
    client.register_provider(register(1)).await.unwrap();
    assert!(done(&["--server", &service.url, "replay"]).contains("provider_registered"));
    let url = service.url.clone();
    let mut watching = std::process::Command::new(tests::puhui())
        .args(["--server", &url, "watch"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut lines = std::io::BufReader::new(watching.stdout.take().unwrap());
    for _ in 0..=BEGUN {
        std::io::BufRead::read_line(&mut lines, &mut line).unwrap();
    }
    service.kill();
    let ended = watching.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(3), "{said}");
    assert!(
        said.contains("连接中断 / the connection broke") && said.contains(&format!("--after {}", BEGUN + 1)),
        "{said}"
    );
    assert_eq!(run(&["--server", &url, "replay"]).status.code(), Some(3));
}
