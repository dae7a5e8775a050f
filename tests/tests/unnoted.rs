//! The file that says, outside the log, how far it has reached cannot be written: nothing is acknowledged that would not be known after a
//! crash, health says so whether or not somebody records something, and all goes on by itself when the cause has ended.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use api::certification::v1::certification_service_client::CertificationServiceClient;
use tests::{Running, channel, free_port, requests, run};
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Longest until health tells what is wrong.
const RED_WITHIN: Duration = Duration::from_secs(2);
/// Longest until it tells that nothing is wrong any more.
const GREEN_WITHIN: Duration = Duration::from_secs(10);

async fn register(url: &str, number: u32) -> Result<(), Status> {
    let request = requests::register(number);
    CertificationServiceClient::new(channel(url).await).register_provider(request).await.map(drop)
}

async fn is_red(service: &Running, remedy: &str) {
    tokio::time::timeout(RED_WITHIN, tests::reported(&service.url, "", false)).await.expect("health is red");
    let output = run(&["--server", &service.url, "health"]);
    let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(told.contains(remedy), "{told}");
    assert!(told.contains("chown") || told.contains("end that process"), "no remedy: {told}");
}

async fn is_green(service: &Running) {
    tokio::time::timeout(GREEN_WITHIN, tests::reported(&service.url, "", true)).await.expect("health is green");
}

fn not_storing(refused: &Status) {
    let reason = refused.get_error_details().error_info().map(|info| info.reason.clone());
    assert_eq!((refused.code(), reason.as_deref()), (Code::Unavailable, Some("LOG_NOT_STORING")), "{refused:?}");
    assert!(refused.message().contains("log-known") && refused.message().contains("不能写入"), "{refused:?}");
}

/// Something else has its name: no file that is written in place of it.
fn made_a_folder(file: &Path) {
    fs::rename(file, file.with_extension("away")).unwrap();
    fs::create_dir(file).unwrap();
}

fn put_right(file: &Path) {
    fs::remove_dir(file).unwrap();
    fs::rename(file.with_extension("away"), file).unwrap();
}

async fn refuses_and_goes_on(service: &Running, file: &Path) {
    register(&service.url, 1).await.unwrap();
    made_a_folder(file);
    // Nobody records anything.
    is_red(service, "log-known").await;
    not_storing(&register(&service.url, 2).await.unwrap_err());
    // What was answered before is answered again.
    register(&service.url, 1).await.unwrap();
    put_right(file);
    is_green(service).await;
    register(&service.url, 2).await.unwrap();
    // In the moment before it is looked at: on record, for all that is known, and not told.
    made_a_folder(file);
    let refused = register(&service.url, 3).await.unwrap_err();
    assert!(refused.code() == Code::Unavailable || refused.code() == Code::Unknown, "{refused}");
    is_red(service, "log-known").await;
    put_right(file);
    is_green(service).await;
    register(&service.url, 3).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_log_that_cannot_be_noted_outside_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let service = Running::puhui("certification", &["--data", data.to_str().unwrap()]);
    refuses_and_goes_on(&service, &data.join("log-known")).await;
    // Within the folder of the log, where it is told and costs no command.
    let reached = data.join("log/reached");
    made_a_folder(&reached);
    is_red(&service, "reached").await;
    register(&service.url, 4).await.unwrap();
    put_right(&reached);
    is_green(&service).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_on_nats_that_cannot_be_noted_outside_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let nats = Running::empty_nats_at(folder.path(), (free_port(), free_port()));
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data.to_str().unwrap(), "--new-log"];
    let service = Running::puhui("certification", &words);
    let file = data.join("log-known");
    refuses_and_goes_on(&service, &file).await;
    // Somebody keeps a lock of it, which keeps the services out that would note something.
    let lock = fs::File::open(&file).unwrap();
    lock.lock_shared().unwrap();
    let refused = register(&service.url, 4).await.unwrap_err();
    assert!(refused.code() == Code::Unavailable || refused.code() == Code::Unknown, "{refused}");
    is_red(&service, "lslocks").await;
    not_storing(&register(&service.url, 5).await.unwrap_err());
    drop(lock);
    is_green(&service).await;
    register(&service.url, 4).await.unwrap();
    nats.kill();
}
