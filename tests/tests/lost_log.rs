//! A log that is gone, or another in its place: never taken for a new one in silence, never written to, and given up only by its id.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::fs;

use api::certification::v1::RegisterProviderRequest;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::registry::v1::Particulars;
use domain::Uscc;
use tests::{Running, channel, done, free_port, run};
use tonic::{Code, Status};
use uuid::Uuid;

async fn register(url: &str, number: u32) -> Result<String, Status> {
    let request = RegisterProviderRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "hj-0042".to_owned(),
        provider_id: format!("{}-001", Uscc::synthetic("91", "321003", &format!("{number:08}")).unwrap()),
        particulars: Some(Particulars {
            name: "合成网点".to_owned(),
            operator_name: "合成主体".to_owned(),
            division: "321003005007".to_owned(),
            ..Particulars::default()
        }),
        ..RegisterProviderRequest::default()
    };
    let answer = CertificationServiceClient::new(channel(url).await).register_provider(request).await?;
    Ok(answer.into_inner().log_id)
}

/// Starting the services must be refused as wrong usage; what was said.
fn refused(words: &[&str]) -> String {
    let listen = format!("127.0.0.1:{}", free_port());
    let output = run(&[&["serve", "--listen", &listen], words].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_log_that_is_gone_is_not_replaced_by_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let words = ["--data", data.to_str().unwrap()];
    let service = Running::puhui("all", &words);
    let old = register(&service.url, 1).await.unwrap();
    service.stop();
    assert_eq!(fs::read_to_string(data.join("log-known")).unwrap().trim(), old);
    let rows = tests::entries(&data.join("directory"));
    fs::rename(data.join("log"), folder.path().join("away")).unwrap();

    let said = refused(&words);
    assert!(said.contains(&old) && said.contains(&format!("--replace-log {old}")), "{said}");
    assert!(
        !data.join("log").exists() && tests::entries(&data.join("directory")) == rows,
        "something was made or dropped"
    );
    assert!(refused(&[&words[..], &["--new-log"]].concat()).contains(&old));
    let wrong = Uuid::new_v4().to_string();
    assert!(refused(&[&words[..], &["--replace-log", &wrong]].concat()).contains(&old));

    // Another log in its place is named beside the one that is missed.
    let other = folder.path().join("other");
    let met = done(&["log", "create", "--data", other.to_str().unwrap()]);
    let met = met.split_whitespace().last().unwrap();
    fs::rename(other.join("log"), data.join("log")).unwrap();
    let said = refused(&words);
    assert!(said.contains(&old) && said.contains(met), "{said}");

    // Back from the backup.
    fs::remove_dir_all(data.join("log")).unwrap();
    fs::rename(folder.path().join("away"), data.join("log")).unwrap();
    let service = Running::puhui("all", &words);
    assert_eq!(register(&service.url, 2).await.unwrap(), old);
    service.stop();

    // Given up by its id, once: what stands in a unit file does not give up the next one.
    fs::remove_dir_all(data.join("log")).unwrap();
    let replacing = [&words[..], &["--replace-log", &old]].concat();
    let service = Running::puhui("all", &replacing);
    let new = register(&service.url, 1).await.unwrap();
    assert_ne!(new, old);
    service.stop();
    assert!(refused(&replacing).contains(&new));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_server_is_neither_made_anew_nor_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let ports = (free_port(), free_port());
    let nats = Running::empty_nats_at(folder.path(), ports);
    let (data, url, monitor) = (folder.path().join("data"), nats.url.clone(), nats.monitor.clone());
    let log = ["--log", &url, "--nats-monitor", &monitor];
    let words = [&log[..], &["--data", data.to_str().unwrap()]].concat();
    let said = refused(&words);
    assert!(said.contains("puhui log create --log"), "{said}");
    let service = Running::puhui("certification", &[&words[..], &["--new-log"]].concat());
    let old = register(&service.url, 1).await.unwrap();
    assert!(refused(&[&words[..], &["--new-log"]].concat()).contains(&old));

    // Wiped, and another made by somebody, while the service runs.
    nats.kill();
    fs::rename(folder.path().join("jetstream"), folder.path().join("away")).unwrap();
    let nats = Running::empty_nats_at(folder.path(), ports);
    assert!(refused(&words).contains(&old));
    let made = done(&[&["log", "create"], &log[..]].concat());
    let made = made.split_whitespace().last().unwrap().to_owned();
    let again = run(&[&["log", "create"], &log[..]].concat());
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    for number in [1, 2] {
        let lost = register(&service.url, number).await.unwrap_err();
        assert!(matches!(lost.code(), Code::Unavailable | Code::Unknown), "{lost}");
    }
    let shown = done(&[&["log", "show"], &log[..]].concat());
    assert!(shown.contains(&made) && shown.trim_end().ends_with("position 0"), "another log was written to: {shown}");
    let said = refused(&words);
    assert!(said.contains(&old) && said.contains(&made), "{said}");

    // The right one is back: the service that ran all the while goes on.
    nats.kill();
    fs::remove_dir_all(folder.path().join("jetstream")).unwrap();
    fs::rename(folder.path().join("away"), folder.path().join("jetstream")).unwrap();
    let nats = Running::empty_nats_at(folder.path(), ports);
    let began = std::time::Instant::now();
    let back = loop {
        match register(&service.url, 2).await {
            Ok(log) => break log,
            Err(status) => assert!(began.elapsed().as_secs() < 60, "{status}"),
        }
    };
    assert_eq!(back, old);
    service.stop();
    nats.kill();
}
