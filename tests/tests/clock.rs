//! A machine's clock that is wrong: nothing is written by it, health says so, and it needs no restart to be well again. On the real
//! program, which is told another time by libfaketime.

use api::audit::v1::ReplayRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;
use api::certification::v1::RegisterProviderRequest;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use tests::clock::{Clock, RIGHT, faketime};
use tests::{BEGUN, Running, channel, free_port, reported, requests};
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

/// A day far ahead.
const AHEAD: &str = "@2031-01-01 10:00:00";
/// A day of a dead battery.
const BEHIND: &str = "@2000-01-01 10:00:00";

const CERTIFICATION: &str = "puhui.certification.v1.CertificationService";
const DIRECTORY: &str = "puhui.directory.v1.DirectoryService";

/// `puhui serve` by this clock, which it looks at whenever it asks for the time.
fn puhui(clock: &Clock, service: &str, words: &[&str]) -> Running {
    Running::puhui_in(service, words, free_port(), clock.settings().into_iter().chain([("FAKETIME_NO_CACHE", "1")]))
}

fn register(number: u32) -> RegisterProviderRequest {
    let request_id = Uuid::from_u128(u128::from(number) + 1).to_string();
    RegisterProviderRequest { request_id, ..requests::register(number) }
}

async fn send(url: &str, request: RegisterProviderRequest) -> Result<u64, Status> {
    let answer = CertificationServiceClient::new(channel(url).await).register_provider(request).await?;
    Ok(answer.into_inner().position)
}

fn reason(answer: Result<u64, Status>) -> String {
    let status = answer.expect_err("refused");
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    assert!(status.get_details_retry_info().is_some(), "{status:?}");
    status.get_details_error_info().expect("a reason").reason
}

/// When each commit was recorded, along the log.
async fn times(url: &str) -> Vec<u64> {
    let mut service = AuditServiceClient::new(channel(url).await);
    let mut replay = service.replay(ReplayRequest::default()).await.expect("answered").into_inner();
    let mut times = Vec::new();
    while let Some(answer) = replay.message().await.expect("whole") {
        times.extend(answer.commits.iter().map(|commit| commit.recorded_at_ms));
    }
    times
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_of_2031_or_2000_writes_nothing() {
    let Some(library) = faketime("a_clock_of_2031_or_2000_writes_nothing") else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let words = ["--data", data.to_str().unwrap()];
    let clock = Clock::new(library, folder.path(), "clock", RIGHT);
    let server = puhui(&clock, "all", &words);
    assert_eq!(send(&server.url, register(1)).await.unwrap(), BEGUN + 1);
    for (shows, expected) in [(AHEAD, "CLOCK_AHEAD"), (BEHIND, "CLOCK_BEHIND")] {
        clock.shows(shows);
        // Before anybody has sent a command, and of what a wrong clock keeps from its work alone.
        reported(&server.url, CERTIFICATION, false).await;
        reported(&server.url, "", false).await;
        reported(&server.url, DIRECTORY, true).await;
        assert_eq!(reason(send(&server.url, register(2)).await), expected);
        let validated = RegisterProviderRequest { validate_only: true, ..register(2) };
        assert_eq!(reason(send(&server.url, validated).await), expected);
        assert_eq!(send(&server.url, register(1)).await.unwrap(), BEGUN + 1, "what is recorded is told");
    }
    clock.shows(RIGHT);
    reported(&server.url, CERTIFICATION, true).await;
    reported(&server.url, "", true).await;
    assert_eq!(send(&server.url, register(2)).await.unwrap(), BEGUN + 2, "no restart is needed");
    server.stop();
    // Begun with a wrong clock it writes as little; only for the day it shows is an operator's word taken.
    for (shows, words, expected) in [
        (AHEAD, &words[..], Some("CLOCK_AHEAD")),
        (BEHIND, &words[..], Some("CLOCK_BEHIND")),
        (AHEAD, &[&words[..], &["--accept-clock", "2030-12-31"]].concat(), Some("CLOCK_AHEAD")),
        (AHEAD, &[&words[..], &["--accept-clock", "2031-01-01"]].concat(), None),
    ] {
        clock.shows(shows);
        let server = puhui(&clock, "all", words);
        let answer = send(&server.url, register(3)).await;
        match expected {
            Some(expected) => assert_eq!(reason(answer), expected),
            None => assert_eq!(answer.unwrap(), BEGUN + 3),
        }
        let times = times(&server.url).await;
        assert!(times.is_sorted(), "{times:?}");
        server.stop();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_whose_clocks_are_apart_write_one_rising_log() {
    const EACH: u32 = 60;
    let Some(library) = faketime("processes_whose_clocks_are_apart_write_one_rising_log") else { return };
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", folder.path().to_str().unwrap()];
    let clocks =
        [("late", "-20"), ("early", "+20")].map(|(name, shows)| Clock::new(library, folder.path(), name, shows));
    let servers = clocks.each_ref().map(|clock| puhui(clock, "certification", &words));
    let audit = Running::puhui("audit", &words);
    // In turn, and then at one moment.
    for number in 0..EACH {
        let server = &servers[usize::from(number % 2 == 0)];
        send(&server.url, register(number)).await.expect("recorded");
    }
    let together = (EACH..3 * EACH).map(|number| {
        let url = servers[usize::from(number % 2 == 0)].url.clone();
        async move { send(&url, register(number)).await.expect("recorded") }
    });
    futures_util::future::join_all(together).await;
    let times = times(&audit.url).await;
    assert_eq!(times.len() as u64, u64::from(3 * EACH) + BEGUN);
    assert!(times.is_sorted(), "{times:?}");
}
