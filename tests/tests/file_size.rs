//! A limit on the size of files (`RLIMIT_FSIZE`, `LimitFSIZE=` of a unit): a write over it is refused like one on a full disk, and ends nobody.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::process::Command;
use std::time::Duration;

use api::certification::v1::certification_service_client::CertificationServiceClient;
use tests::{BEGUN, Running, channel, limit_file_size, puhui, reported, requests, run};
use tonic::{Code, Status};

/// A service that needs the log and no rows.
const COMMANDS: &str = "puhui.certification.v1.CertificationService";
/// Longest until health tells that something is wrong.
const RED_WITHIN: Duration = Duration::from_secs(2);
/// Longest until it tells that nothing is wrong any more.
const GREEN_WITHIN: Duration = Duration::from_secs(10);

async fn register(url: &str, number: u64) -> Result<u64, Status> {
    let mut client = CertificationServiceClient::new(channel(url).await);
    Ok(client.register_provider(requests::register(u32::try_from(number).unwrap())).await?.into_inner().position)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_may_grow_no_further_is_told_by_health_and_ends_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--data", folder.path().to_str().unwrap()];
    let service = Running::puhui("all", &words);
    let mut position = BEGUN + 1;
    assert_eq!(register(&service.url, 1).await.unwrap(), position);
    // Also of what had been written when the limit was set.
    for bytes in [0, 100, 5000, 100_000_000] {
        limit_file_size(service.pid(), Some(bytes));
        // Of what needs the log; the rows tell of themselves at once.
        tokio::time::timeout(RED_WITHIN, reported(&service.url, COMMANDS, false)).await.expect("health is red");
        let refused = register(&service.url, position + 100).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable, "{bytes}: {refused}");
        assert!(refused.message().contains("RLIMIT_FSIZE"), "{refused}");
        let told = run(&["--server", &service.url, "health"]);
        let told = String::from_utf8_lossy(&told.stdout).into_owned() + &String::from_utf8_lossy(&told.stderr);
        assert!(told.contains("log-writer"), "{told}");
        limit_file_size(service.pid(), None);
        tokio::time::timeout(GREEN_WITHIN, reported(&service.url, "", true)).await.expect("health is green");
        position += 1;
        assert_eq!(register(&service.url, position).await.unwrap(), position);
    }
    // Before it was noticed a commit may have been begun: its outcome may be unknown, and the program goes on.
    let mut sent = 0;
    for number in 200..203 {
        limit_file_size(service.pid(), Some(0));
        let outcome = register(&service.url, number).await;
        limit_file_size(service.pid(), None);
        match outcome {
            Ok(_) => sent += 1,
            Err(lost) => assert!(matches!(lost.code(), Code::Unavailable | Code::Unknown), "{lost}"),
        }
        tokio::time::timeout(GREEN_WITHIN, reported(&service.url, "", true)).await.expect("health is green");
    }
    let next = register(&service.url, 300).await.unwrap();
    assert!(next > position + sent, "{next} after {position} and {sent}");
    service.stop();
    // Nor does one begin that could not go on, and it says so.
    let mut command = Command::new("prlimit");
    command.args(["--fsize=1000", "timeout", "60", puhui().to_str().unwrap(), "serve", "--listen", "127.0.0.1:0"]);
    let output = command.args(["--data", folder.path().join("new").to_str().unwrap()]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("LimitFSIZE"), "{output:?}");
    let service = Running::puhui("all", &words);
    assert_eq!(register(&service.url, 301).await.unwrap(), next + 1);
    service.stop();
}
