//! Callers who ask for a stream and never read it: they cost others no answer, and a bounded number of them is kept.

#![expect(clippy::unwrap_used, reason = "a value of the test that is not one ends it")]

use std::process::Output;

use api::audit::v1::audit_service_client::AuditServiceClient;
use api::audit::v1::{ReplayRequest, ReplayResponse};
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::directory::v1::{WatchRequest, WatchResponse};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tests::{BEGUN, Running, channel, requests, run, setting};
use tokio::task::JoinSet;
use tonic::transport::Endpoint;
use tonic::{Code, Streaming};
use tonic_types::StatusExt;

/// So many that no window takes all of them.
const COMMITS: u32 = 600;
/// What a caller lets come before it reads.
const WINDOW_BYTES: u32 = 1_024;
/// Streams of one kind that a server keeps, by its own bound.
const STREAMS_MAX: usize = 256;

/// A server with a log, and the number of a provider in it.
async fn server(data: &std::path::Path) -> (Running, String) {
    let service = Running::puhui("all", &["--data", data.to_str().unwrap()]);
    let client = CertificationServiceClient::new(channel(&service.url).await);
    let mut calls = JoinSet::new();
    for number in 1..=COMMITS {
        let mut client = client.clone();
        calls.spawn(async move { client.register_provider(requests::register(number)).await.expect("registered") });
        if calls.len() == 64 {
            calls.join_next().await.expect("one is under way").unwrap();
        }
    }
    calls.join_all().await;
    (service, requests::register(1).provider_id)
}

/// A connection of its own, over which little comes before it is read.
async fn narrow(url: &str) -> tonic::transport::Channel {
    let endpoint = Endpoint::from_shared(url.to_owned()).unwrap();
    let endpoint = endpoint.initial_stream_window_size(WINDOW_BYTES).initial_connection_window_size(WINDOW_BYTES);
    endpoint.connect().await.unwrap()
}

async fn replay(url: &str, request: ReplayRequest) -> Result<Streaming<ReplayResponse>, tonic::Status> {
    Ok(AuditServiceClient::new(narrow(url).await).replay(request).await?.into_inner())
}

/// What the program says, which waits as long as it does for anybody.
async fn said(url: &str, words: &[&str]) -> Output {
    let words: Vec<String> = ["--server", url].iter().chain(words).map(|word| (*word).to_owned()).collect();
    let said = tokio::task::spawn_blocking(move || run(&words.iter().map(String::as_str).collect::<Vec<_>>()));
    let said = said.await.unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    said
}

/// Nobody of many takes anything, and whoever asks is answered.
async fn others_are_answered(url: &str, provider: &str) {
    let began = std::time::Instant::now();
    let lines = |said: &Output| String::from_utf8_lossy(&said.stdout).lines().count();
    let (history, whole) = (["--json", "provider", "history", provider], ["replay"]);
    let (history, whole, _) = tokio::join!(said(url, &history), said(url, &whole), said(url, &["health"]));
    assert!(lines(&history) >= 1, "{history:?}");
    assert_eq!(lines(&whole), usize::try_from(u64::from(COMMITS) + BEGUN).unwrap());
    println!("a history, a whole replay and health in {} ms", began.elapsed().as_millis());
}

#[tokio::test(flavor = "multi_thread")]
async fn replays_that_nobody_reads_keep_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let (service, provider) = server(folder.path()).await;
    let callers = setting("PUHUI_CALLERS", 64);
    let opened: FuturesUnordered<_> = (0..callers).map(|_| replay(&service.url, ReplayRequest::default())).collect();
    let held: Vec<_> = opened.collect().await;
    println!("{} of {callers} replays were begun", held.iter().filter(|replay| replay.is_ok()).count());
    others_are_answered(&service.url, &provider).await;
    // Also those that were begun go on when they are read.
    for replay in held {
        let mut replay = replay.unwrap();
        let mut told = 0;
        while let Some(answer) = replay.message().await.unwrap() {
            told += answer.commits.len() as u64;
        }
        assert_eq!(told, u64::from(COMMITS) + BEGUN);
    }
}

/// How a replay ends when it is read.
async fn end_of(mut replay: Streaming<ReplayResponse>) -> Option<tonic::Status> {
    loop {
        match replay.message().await {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(status) => return Some(status),
        }
    }
}

/// More than are kept, of all kinds at once: some are turned away or cut short, with a word on where and when to go on.
#[tokio::test(flavor = "multi_thread")]
async fn of_streams_that_nobody_reads_a_bounded_number_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (service, provider) = server(folder.path()).await;
    let mut watches: Vec<Streaming<WatchResponse>> = Vec::new();
    for _ in 0..32 {
        let mut client = DirectoryServiceClient::new(narrow(&service.url).await);
        watches.push(client.watch(WatchRequest::default()).await.unwrap().into_inner());
    }
    let mut channels = Vec::new();
    for _ in 0..8 {
        channels.push(narrow(&service.url).await);
    }
    let (mut held, mut refused) = (Vec::new(), 0);
    for number in 0..2 * STREAMS_MAX {
        let provider_id = if number % 4 == 0 { provider.clone() } else { String::new() };
        let mut client = AuditServiceClient::new(channels[number % channels.len()].clone());
        match client.replay(ReplayRequest { provider_id, ..ReplayRequest::default() }).await {
            Ok(replay) => held.push(replay.into_inner()),
            Err(status) => {
                assert_eq!(status.code(), Code::Unavailable, "{status}");
                assert_eq!(status.get_details_error_info().unwrap().reason, "BUSY");
                assert!(status.get_details_retry_info().unwrap().retry_delay.is_some());
                refused += 1;
            }
        }
    }
    others_are_answered(&service.url, &provider).await;
    println!("{} replays were begun, {refused} turned away", held.len());
    // Together: those of one connection share what it lets come.
    let mut ends: FuturesUnordered<_> = held.into_iter().map(end_of).collect();
    let (mut whole, mut cut_short) = (0, 0);
    while let Some(end) = ends.next().await {
        let Some(status) = end else {
            whole += 1;
            continue;
        };
        let info = status.get_details_error_info().unwrap();
        assert_eq!((status.code(), info.reason.as_str()), (Code::Unavailable, "REPLAY_CUT_SHORT"), "{status}");
        assert!(info.metadata["after_position"].parse::<u64>().unwrap() <= u64::from(COMMITS) + BEGUN);
        cut_short += 1;
    }
    println!("{whole} came to their end, {cut_short} were cut short");
    assert!(refused + cut_short > 0, "as many as anybody asks for are kept");
    drop(watches);
}
