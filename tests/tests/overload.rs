//! More commands than a process lets wait: those beyond are turned away at once, with a word on when to try again.

use std::time::Duration;

use api::certification::v1::certification_service_client::CertificationServiceClient;
use tests::{Running, channel, requests};
use tokio::task::JoinSet;
use tonic::Code;
use tonic_types::StatusExt;

/// Calls a connection has under way at most, by the server's own bound.
const A_CONNECTION: u32 = 1_000;
const CONNECTIONS: u32 = 5;
/// As many of them are looked at.
const TURNED_AWAY: u32 = 500;

#[tokio::test(flavor = "multi_thread")]
async fn more_than_may_wait_are_turned_away_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let data = folder.path().join("data");
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data.to_str().unwrap()];
    let service = Running::puhui("certification", &words);
    // A server that answers nobody: every command waits.
    nats.signal("STOP");
    let mut calls = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let client = CertificationServiceClient::new(channel(&service.url).await);
        for call in 0..A_CONNECTION {
            let (mut client, request) = (client.clone(), requests::register(connection * A_CONNECTION + call));
            calls.spawn(async move { client.register_provider(request).await });
        }
    }
    // 904 are too many.
    let mut seen = 0;
    while seen < TURNED_AWAY {
        let turned_away = calls.join_next().await.expect("too few were turned away").unwrap().unwrap_err();
        // On a slow machine the first of those that wait give up before the last is sent.
        if turned_away.code() == Code::Unavailable {
            continue;
        }
        assert_eq!(turned_away.code(), Code::ResourceExhausted, "{turned_away}");
        seen += 1;
        assert_eq!(turned_away.get_details_error_info().unwrap().reason, "BUSY");
        assert!(turned_away.get_details_retry_info().unwrap().retry_delay.is_some());
    }
    nats.signal("CONT");
    // Nothing is stuck: the others end, and the next command is recorded.
    while let Some(ended) = calls.join_next().await {
        ended.unwrap().ok();
    }
    let mut client = CertificationServiceClient::new(channel(&service.url).await);
    client.register_provider(requests::register(CONNECTIONS * A_CONNECTION)).await.unwrap();
}

/// Longer than it takes to be turned away.
const AT_ONCE: Duration = Duration::from_millis(200);

/// Some have as many commands under way as there may be, and ask for more: whoever comes with one waits for the next that is done, and is not turned
/// away for them.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_with_one_is_not_turned_away_for_those_who_have_thousands() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let data = folder.path().join("data");
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data.to_str().unwrap()];
    let service = Running::puhui("certification", &words);
    let mut other = CertificationServiceClient::new(channel(&service.url).await);
    nats.signal("STOP");
    let mut calls = JoinSet::new();
    for connection in 0..=CONNECTIONS {
        let client = CertificationServiceClient::new(channel(&service.url).await);
        for call in 0..A_CONNECTION {
            let (mut client, request) = (client.clone(), requests::register(connection * A_CONNECTION + call));
            calls.spawn(async move { client.register_provider(request).await.map(drop) });
        }
    }
    // As many are under way as may be.
    let turned_away = calls.join_next().await.expect("they are too many").unwrap().unwrap_err();
    assert_eq!(turned_away.code(), Code::ResourceExhausted, "{turned_away}");
    let one = other.register_provider(requests::register(A_CONNECTION * (CONNECTIONS + 1)));
    let mut one = std::pin::pin!(one);
    let early = tokio::time::timeout(AT_ONCE, &mut one).await;
    assert!(early.is_err(), "{early:?}");
    nats.signal("CONT");
    one.await.expect("recorded");
}
