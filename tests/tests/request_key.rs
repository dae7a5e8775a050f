//! What makes two requests of one id the same: the command as it was understood, under a key that lies beside the log.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::{RegisterProviderRequest, RegisterProviderResponse};
use api::registry::v1::Outcome;
use tests::{Running, channel, puhui, requests};
use tonic::{Code, Status};
use tonic_types::StatusExt;

async fn register(url: &str, request: &RegisterProviderRequest) -> Result<RegisterProviderResponse, Status> {
    let mut client = CertificationServiceClient::new(channel(url).await);
    client.register_provider(request.clone()).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn a_command_that_is_spelt_otherwise_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("certification", &["--data", folder.path().to_str().unwrap()]);
    let request = requests::register(1);
    let first = register(&server.url, &request).await.unwrap();
    let spellings: [fn(&mut RegisterProviderRequest); 6] = [
        |r| r.request_id = r.request_id.to_uppercase(),
        |r| r.provider_id = r.provider_id.to_lowercase(),
        |r| r.particulars.as_mut().unwrap().name.push_str("  "),
        |r| r.particulars.as_mut().unwrap().division = "321003005007".to_owned(),
        |r| r.expected_revision = Some(0),
        |r| r.officer_id = "hj-0043".to_owned(),
    ];
    for (index, spelt) in spellings.into_iter().enumerate() {
        let mut again = request.clone();
        spelt(&mut again);
        let answer = register(&server.url, &again).await.unwrap_or_else(|status| panic!("{index}: {status}"));
        assert_eq!((answer.outcome(), answer.position), (Outcome::AlreadyRecorded, first.position), "{index}");
    }
    let others: [fn(&mut RegisterProviderRequest); 4] = [
        |r| r.particulars.as_mut().unwrap().name.push('二'),
        |r| r.particulars.as_mut().unwrap().withhold_address = true,
        |r| r.particulars.as_mut().unwrap().phone = "0514-87341234".to_owned(),
        |r| r.bureau_id = "321003-health".to_owned(),
    ];
    for (index, other) in others.into_iter().enumerate() {
        let mut another = request.clone();
        other(&mut another);
        let status = register(&server.url, &another).await.unwrap_err();
        let violation = &status.get_details_bad_request().unwrap().field_violations[0];
        assert!(violation.field == "request_id" && violation.description.starts_with("REUSED"), "{index}: {status}");
    }
}

/// Longest until health tells what is wrong.
const RED_WITHIN: std::time::Duration = std::time::Duration::from_secs(2);
/// Longest until it tells that nothing is wrong any more.
const GREEN_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// Health and callers are told within the time they have, and nothing is written; then all is as before once it is `undone`.
async fn is_missed(
    (server, recorded): (&Running, &RegisterProviderRequest),
    key: &std::path::Path,
    number: u32,
    undone: impl FnOnce(),
) {
    tokio::time::timeout(RED_WITHIN, tests::reported(&server.url, "", false)).await.expect("health is red");
    let output = tests::run(&["--server", &server.url, "health"]);
    let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(told.contains("request-key:自") && told.contains(key.to_str().unwrap()), "{told}");
    assert!(told.contains("Put ") || told.contains("take away"), "no remedy: {told}");
    let refused = register(&server.url, &requests::register(number)).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused}");
    let details = refused.get_error_details();
    assert_eq!(details.error_info().map(|info| info.reason.as_str()), Some("REQUEST_KEY_AWAY"), "{refused}");
    assert!(details.retry_info().is_some() && refused.message().contains("nothing was written"), "{refused}");
    assert!(!refused.message().contains(key.to_str().unwrap()), "a path is none of a caller's business: {refused}");
    // What is on record is known again.
    let again = register(&server.url, recorded).await.unwrap();
    assert_eq!(again.outcome(), Outcome::AlreadyRecorded);
    undone();
    tokio::time::timeout(GREEN_WITHIN, tests::reported(&server.url, "", true)).await.expect("health is green");
    register(&server.url, &requests::register(number)).await.unwrap();
}

/// The next start would not find it, or go by another: who records something now could not be known again.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_taken_away_or_replaced_while_a_service_runs_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (words, key) = (["--data", data.to_str().unwrap()], data.join("request-key"));
    let server = Running::puhui("certification", &words);
    let first = requests::register(1);
    register(&server.url, &first).await.unwrap();
    let written = fs::read(&key).unwrap();
    // What is gone the service has in memory, and nothing else may stand there: it is put back.
    fs::remove_file(&key).unwrap();
    tokio::time::timeout(RED_WITHIN, async {
        while fs::read(&key).ok().as_ref() != Some(&written) {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("it is written again");
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    register(&server.url, &requests::register(2)).await.unwrap();
    let put_back = || {
        if key.is_dir() {
            fs::remove_dir(&key).unwrap();
        }
        // Whole or not at all: half a key would be missed as well.
        let whole = folder.path().join("whole");
        fs::write(&whole, &written).unwrap();
        fs::rename(&whole, &key).unwrap();
    };
    let other = "5".repeat(64);
    fs::write(&key, &other).unwrap();
    is_missed((&server, &first), &key, 3, || {
        assert_eq!(fs::read_to_string(&key).unwrap(), other, "another key was written over");
        put_back();
    })
    .await;
    fs::write(&key, "").unwrap();
    is_missed((&server, &first), &key, 4, put_back).await;
    fs::remove_file(&key).unwrap();
    fs::create_dir(&key).unwrap();
    is_missed((&server, &first), &key, 5, put_back).await;
    server.stop();
    // And the next start knows each again.
    let server = Running::puhui("certification", &words);
    for number in 1..=5 {
        let again = register(&server.url, &requests::register(number)).await.unwrap();
        assert_eq!(again.outcome(), Outcome::AlreadyRecorded, "{number}");
    }
}

/// A start that is to end by itself.
fn started(words: &[&str]) -> std::process::Output {
    let mut command = std::process::Command::new("timeout");
    command.args(["60", puhui().to_str().expect("a path"), "serve", "certification", "--listen", "127.0.0.1:0"]);
    command.args(words).output().expect("it runs")
}

#[tokio::test]
async fn under_another_key_a_request_is_not_taken_for_another_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (words, key) = (["--data", data.to_str().unwrap()], data.join("request-key"));
    let request = requests::register(1);
    let server = Running::puhui("certification", &words);
    let first = register(&server.url, &request).await.unwrap();
    server.stop();
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let away = folder.path().join("away");
    fs::rename(&key, &away).unwrap();
    // None is made in silence beside a log that holds commits: it would know none of them again.
    let refused = started(&words);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        refused.status.code() == Some(2) && said.contains("log request-key") && said.contains("备份"),
        "{refused:?}"
    );
    assert!(!key.exists(), "one was made");
    let made = std::process::Command::new(puhui()).args(["log", "request-key"]).arg(&key).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    // It is not gone by in silence either: the start names both, and what lets it go on.
    let known = fs::read(data.join("request-key-known")).unwrap();
    let refused = started(&words);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && said.contains("放回原来的"), "{refused:?}");
    assert!(!said.contains(fs::read_to_string(&key).unwrap().trim()), "the key itself is told: {said}");
    let name = said.split("--accept-request-key ").nth(1).and_then(|rest| rest.get(..8)).unwrap().to_owned();
    assert!(String::from_utf8_lossy(&made.stdout).contains(&name), "{made:?}");
    assert_eq!(fs::read(data.join("request-key-known")).unwrap(), known);
    // The flag covers the key that it names.
    let refused = started(&[&words[..], &["--accept-request-key", "00000000"]].concat());
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let accepted = [&words[..], &["--accept-request-key", &name]].concat();
    Running::puhui("certification", &accepted).stop();
    // It may be left behind, and is not needed any more.
    Running::puhui("certification", &accepted).stop();
    let server = Running::puhui("certification", &words);
    for _ in 0..2 {
        let status = register(&server.url, &request).await.unwrap_err();
        assert_eq!(status.code(), Code::FailedPrecondition, "{status}");
        assert_eq!(status.get_details_error_info().unwrap().reason, "REQUEST_KEY_DIFFERS");
    }
    server.stop();
    fs::remove_file(&key).unwrap();
    fs::rename(&away, &key).unwrap();
    // Back to the first: that is another one now.
    let refused = started(&words);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    let name = said.split("--accept-request-key ").nth(1).and_then(|rest| rest.get(..8)).unwrap().to_owned();
    let server = Running::puhui("certification", &[&words[..], &["--accept-request-key", &name]].concat());
    let again = register(&server.url, &request).await.unwrap();
    assert_eq!((again.outcome(), again.position, again.revision), (Outcome::AlreadyRecorded, first.position, 1));
    let next = register(&server.url, &requests::register(2)).await.unwrap();
    assert_eq!(next.position, first.position + 1, "something was written under the other key");
}

#[tokio::test]
async fn services_on_servers_are_given_the_key_of_who_made_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::empty_nats_at(folder.path(), (tests::free_port(), tests::free_port()));
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let start = |data: &str, more: &[&str]| {
        let mut command = std::process::Command::new("timeout");
        command.args(["60", puhui().to_str().expect("a path"), "serve", "certification", "--listen", "127.0.0.1:0"]);
        command.args(["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data]).args(more).output().unwrap()
    };
    let made = std::process::Command::new(puhui())
        .args(["log", "create", "--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", &path("one")])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    assert_eq!(fs::metadata(folder.path().join("one/request-key")).unwrap().permissions().mode() & 0o777, 0o600);
    let refused = start(&path("other"), &[]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(2) && said.contains("other/request-key"), "{refused:?}");
    // Nor where the command line that once made the log is still the same.
    let path_of_one = path("one");
    let one = Running::puhui(
        "certification",
        &[
            "--log",
            &nats.url,
            "--nats-monitor",
            &nats.monitor,
            "--data",
            &path_of_one,
            "--request-key",
            &path("one/request-key"),
        ],
    );
    register(&one.url, &requests::register(9)).await.unwrap();
    one.stop();
    let refused = start(&path("third"), &["--new-log"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(2) && said.contains("third/request-key"), "{refused:?}");
    for (damage, told) in [("", "no request key"), ("zz", "no request key")] {
        fs::write(folder.path().join("damaged"), damage).unwrap();
        let refused = start(&path("other"), &["--request-key", &path("damaged")]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(2) && said.contains(told), "{refused:?}");
    }
    let key = path("one/request-key");
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", &path("other"), "--request-key", &key];
    let one = Running::puhui("certification", &words);
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", &path("one"), "--request-key", &key];
    let other = Running::puhui("certification", &words);
    let request = requests::register(1);
    let first = register(&one.url, &request).await.unwrap();
    let again = register(&other.url, &request).await.unwrap();
    assert_eq!((again.outcome(), again.position), (Outcome::AlreadyRecorded, first.position));
}
