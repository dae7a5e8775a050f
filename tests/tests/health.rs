//! Health asks the parts: each that cannot do its work is named, by gRPC, by `/health`, by the metrics and by `puhui
//! health`, and is named no more as soon as it can. And a service that nobody listens to goes on.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::fs::Permissions;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::rows_service_client::RowsServiceClient;
use api::directory::v1::{GetProgressRequest, GetProgressResponse, RowsState};
use domain::Uscc;
use tests::{BEGUN, Running, channel, done, free_port, reported, requests, run};
use tonic_types::StatusExt;

/// Longest until health tells what is wrong.
const RED_WITHIN: Duration = Duration::from_secs(2);
/// Longest until it tells that nothing is wrong any more.
const GREEN_WITHIN: Duration = Duration::from_secs(10);

const CERTIFICATION: &str = "puhui.certification.v1.CertificationService";
const DIRECTORY: &str = "puhui.directory.v1.DirectoryService";

/// The answer to a GET, head and body.
fn get(address: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).expect("connected");
    write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("answered");
    answer
}

/// Exit code and what was said.
fn health(server: &Running, service: &[&str]) -> (Option<i32>, String) {
    let output = run(&[&["--server", &server.url, "health"], service].concat());
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_does_not_answer_is_red_everywhere_and_green_again_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let (data, metrics) = (folder.path().join("data"), format!("127.0.0.1:{}", free_port()));
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data.to_str().unwrap()];
    let server = Running::puhui("all", &[&words[..], &["--metrics", &metrics]].concat());
    reported(&server.url, "", true).await;
    // Towards the end of a year it reminds of the days of the next one.
    let (code, said) = health(&server, &[]);
    let warned =
        said.strip_prefix("SERVING\n").map(|warned| warned.lines().all(|line| line.starts_with("  calendar:")));
    assert_eq!((code, warned), (Some(0), Some(true)), "{said}");
    let well = get(&metrics, "/health");
    assert!(well.starts_with("HTTP/1.1 200 ") && well.contains(r#""name":"log-connection","since":null"#), "{well}");
    nats.signal("STOP");
    reported(&server.url, "", false).await;
    reported(&server.url, CERTIFICATION, false).await;
    for service in [&[][..], &[CERTIFICATION]] {
        let (code, said) = health(&server, service);
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains("NOT_SERVING") && said.contains("log-connection") && said.contains("since 20"), "{said}");
        assert!(said.contains("登记簿现在不能写入,或其服务器不答复"), "{said}");
    }
    let sick = get(&metrics, "/health");
    assert!(sick.starts_with("HTTP/1.1 503 ") && sick.contains(r#""status":"failing""#), "{sick}");
    assert!(sick.contains("登记簿现在不能写入,或其服务器不答复"), "{sick}");
    let red = "puhui_part_well{part=\"log-connection\"} 0\n";
    assert!(get(&metrics, "/metrics").contains(red), "log-connection is well");
    // Its rows were whole, and answer on.
    reported(&server.url, DIRECTORY, true).await;
    nats.signal("CONT");
    reported(&server.url, "", true).await;
    reported(&server.url, CERTIFICATION, true).await;
    server.stop();
}

/// A message that is no commit stops whoever reads the log: the directory is red with the reason, and the process with it;
/// what writes is not.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_have_stopped_are_red_and_so_is_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let (data, metrics) = (folder.path().join("data"), format!("127.0.0.1:{}", free_port()));
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data.to_str().unwrap()];
    let server = Running::puhui("all", &[&words[..], &["--metrics", &metrics]].concat());
    reported(&server.url, "", true).await;
    let mut stray = TcpStream::connect(nats.url.strip_prefix("nats://").unwrap()).unwrap();
    write!(stray, "CONNECT {{}}\r\nPUB puhui.provider.914403001922038216-001 5\r\nhello\r\n").unwrap();
    reported(&server.url, DIRECTORY, false).await;
    reported(&server.url, "", false).await;
    reported(&server.url, CERTIFICATION, true).await;
    let (code, said) = health(&server, &[DIRECTORY]);
    assert!(
        code == Some(3) && said.contains("rows-follower") && said.contains(&format!("position {}", BEGUN + 1)),
        "{said}"
    );
    assert!(said.contains("索引未能读到登记簿 / the rows cannot follow the log: "), "{said}");
    assert_eq!(health(&server, &[CERTIFICATION]).0, Some(0));
    assert!(get(&metrics, "/health").starts_with("HTTP/1.1 503 "));
    server.stop();
}

/// Asks a nats-server's own interface.
async fn asked(nats: &async_nats::Client, subject: String, request: serde_json::Value) -> serde_json::Value {
    let answer = nats.request(subject.clone(), request.to_string().into()).await.expect("answered");
    let answer: serde_json::Value = serde_json::from_slice(&answer.payload).expect("JSON");
    assert!(answer["error"].is_null(), "{subject}: {answer}");
    answer
}

/// An operator pauses, on the server, the reading of the log that the rows are kept current by: nothing fails, and nothing comes. The
/// follower sees that the log goes on without it, and reads by another.
#[tokio::test(flavor = "multi_thread")]
async fn rows_whose_reading_is_paused_on_the_server_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let data = folder.path().join("data");
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data.to_str().unwrap()];
    let server = Running::puhui("all", &words);
    reported(&server.url, "", true).await;
    let client = async_nats::connect(&nats.url).await.unwrap();
    let streams = asked(&client, "$JS.API.STREAM.NAMES".to_owned(), serde_json::json!({})).await;
    let stream = streams["streams"][0].as_str().unwrap();
    let register = |number: u32| {
        let id = format!("{}-001", Uscc::synthetic("91", "321003", &format!("{number:08}")).unwrap());
        let message = serde_json::json!({
            "request_id": uuid::Uuid::new_v4().to_string(), "bureau_id": "3210-development", "officer_id": "x", "provider_id": id,
            "particulars": { "name": "网点", "operator_name": "主体", "division": "321003" },
        });
        let method = "puhui.certification.v1.CertificationService/RegisterProvider";
        done(&["--server", &server.url, "call", method, &message.to_string()]);
        id
    };
    let shown = |id: &str, position: u64| {
        let message = serde_json::json!({ "provider_id": id, "min_position": position }).to_string();
        run(&["--server", &server.url, "call", "puhui.directory.v1.DirectoryService/GetProvider", &message])
    };
    assert!(shown(&register(1), BEGUN + 1).status.success());
    let consumers = asked(&client, format!("$JS.API.CONSUMER.NAMES.{stream}"), serde_json::json!({})).await;
    let consumers = consumers["consumers"].as_array().unwrap();
    assert!(!consumers.is_empty(), "nothing was paused");
    for consumer in consumers {
        let subject = format!("$JS.API.CONSUMER.PAUSE.{stream}.{}", consumer.as_str().unwrap());
        let paused = asked(&client, subject, serde_json::json!({ "pause_until": "2099-01-01T00:00:00Z" })).await;
        assert_eq!(paused["paused"], true, "{paused}");
    }
    let output = shown(&register(2), BEGUN + 2);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    reported(&server.url, "", true).await;
    server.stop();
}

/// Standard error that takes nothing, and one that nobody reads: the service goes on, and ends well when it is told to.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_cannot_write_to_its_log_goes_on() {
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").expect("there is one"));
    let folder = tempfile::tempdir().unwrap();
    let words = ["--data", folder.path().to_str().unwrap(), "--connections", "1"];
    let server = Running::puhui_telling("all", &words, full());
    reported(&server.url, "", true).await;
    server.stop();

    // A pipe whose other end is gone.
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
    let pipe = reader.stdin.take().unwrap();
    reader.wait().unwrap();
    let server = Running::puhui_telling("all", &words, pipe);
    reported(&server.url, "", true).await;
    server.stop();

    // A command that fails tells by its code alone.
    let mut command = Command::new(tests::puhui());
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let ended = command.args(["--server", &nobody, "health"]).stderr(full()).status().unwrap();
    assert_eq!(ended.code(), Some(3));
}

/// Every scheme is read whole before anything is served.
#[test]
fn a_scheme_that_is_not_whole_ends_the_start_as_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let carried = std::fs::read_to_string(tests::root().join("data/schemes/yangzhou.toml")).unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("scheme.toml"));
    for (there, instead, place) in [
        ("categories = [\"childcare\", ", "categories = [\"childcar\", ", "bureaus.321002-health.categories"),
        ("areas = [\"321002\"]", "areas = [\"zone:nowhere\"]", "bureaus.321002-civil.areas"),
        ("pledge-broken = {", "pledge-kept = {", "grounds.pledge-broken"),
        ("notice_days = 5", "notice_days = 0", "notice_days"),
        ("validity_months = 36", "validity_months = 4000000000", "validity_months"),
    ] {
        std::fs::write(&file, carried.replace(there, instead)).unwrap();
        let scheme = ["--scheme", file.to_str().unwrap(), "--data", data.to_str().unwrap()];
        // With a bound: a program that takes the scheme would serve for ever.
        let mut command = Command::new("timeout");
        command.args(["20"]).arg(tests::puhui()).args(["serve", "all", "--listen", "127.0.0.1:0"]).args(scheme);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{place}: {said}");
        assert!(said.contains("--scheme: ") && said.contains(place), "{said}");
    }
}

/// A refusal is 1, also one that names the revision; what may be mended by waiting is 3.
#[test]
fn a_revision_that_has_moved_on_is_a_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().to_str().unwrap()]);
    let call = |id: &str, more: &str| {
        let message = format!(
            "{{\"request_id\":\"{id}\",\"bureau_id\":\"3210-development\",\"officer_id\":\"x\",\"provider_id\":\"914403001922038216-001\",\
             \"particulars\":{{\"name\":\"网点\",\"operator_name\":\"主体\",\"division\":\"321003\"}}{more}}}"
        );
        let method = "puhui.certification.v1.CertificationService/RegisterProvider";
        let output = run(&["--server", &server.url, "call", method, &message]);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = call("6a1f0c1e-8a52-4f0e-9a3b-2f6f0c7b1d11", ",\"expected_revision\":7");
    assert!(code == Some(1) && said.contains("REVISION_MISMATCH"), "{code:?} {said}");
    server.stop();
}

/// What the rows say of themselves.
async fn rows_of(url: &str) -> GetProgressResponse {
    let mut rows = RowsServiceClient::new(channel(url).await);
    rows.get_progress(GetProgressRequest {}).await.unwrap().into_inner()
}

/// Whoever takes the folder of the rows away, or a part of it, is told within the time that health has, though nobody writes anything; and a
/// registry whose rows are made anew before somebody looks tells why they were. A folder that is closed is told of until it is open again.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_taken_away_are_told_of_within_two_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Running::puhui("all", &["--data", data.to_str().unwrap()]);
    reported(&server.url, "", true).await;
    for (round, part) in ["directory", "rows", "rows/db"].into_iter().enumerate() {
        let before = rows_of(&server.url).await;
        assert_eq!(before.generation as usize, round);
        let rows = if part == "directory" { data.join(part) } else { newest_rows(&data.join("directory")).join(part) };
        let began = Instant::now();
        std::fs::rename(&rows, folder.path().join(format!("away-{round}"))).unwrap();
        let told = async {
            tokio::select! {
                () = reported(&server.url, "", false) => {}
                () = async { while rows_of(&server.url).await.generation == before.generation {} } => {}
            }
        };
        tokio::time::timeout(RED_WITHIN, told).await.unwrap_or_else(|_| panic!("nobody told that {part} is gone"));
        println!("{part} was missed after {:?}", began.elapsed());
        reported(&server.url, "", true).await;
        let after = loop {
            let now = rows_of(&server.url).await;
            if now.generation > before.generation && now.state() == RowsState::Live {
                break now;
            }
        };
        assert_eq!((after.digest, after.position), (before.digest, before.position), "{part}");
        assert!(after.dropped_because.contains("taken away"), "{part}: {}", after.dropped_because);
    }
    server.stop();
}

/// The folder of the generation that serves.
fn newest_rows(directory: &Path) -> PathBuf {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let build =
        |path: &PathBuf| path.to_str().unwrap().rsplit_once('-').and_then(|(_, build)| build.parse::<u32>().ok());
    entries.filter(|path| path.join("rows").is_dir()).max_by_key(build).unwrap()
}

/// The log's folder, or that of the rows, closed to the program: a new start could use neither.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_closed_to_the_program_is_told_of_until_it_is_open_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let port = free_port();
    let mut command = Command::new(tests::puhui());
    if std::fs::metadata(folder.path()).unwrap().uid() == 0 {
        // As somebody who may do no more to files than their modes say.
        command = Command::new("setpriv");
        command.args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]).arg(tests::puhui());
    }
    command.args(["serve", "all", "--listen", &format!("127.0.0.1:{port}"), "--data"]).arg(&data);
    let server = Running::spawned(command, format!("http://127.0.0.1:{port}"), "listening on");
    reported(&server.url, "", true).await;
    for (closed, part) in
        [(data.join("log"), "log-writer"), (newest_rows(&data.join("directory")).join("rows"), "rows-writer")]
    {
        let mode = std::fs::metadata(&closed).unwrap().permissions();
        std::fs::set_permissions(&closed, Permissions::from_mode(0o500)).unwrap();
        tokio::time::timeout(RED_WITHIN, reported(&server.url, "", false)).await.expect("health is red");
        let (code, said) = health(&server, &[]);
        assert!(code == Some(3) && said.contains(part) && said.contains(closed.to_str().unwrap()), "{said}");
        assert!(said.contains("chown"), "no remedy: {said}");
        std::fs::set_permissions(&closed, mode).unwrap();
        tokio::time::timeout(GREEN_WITHIN, reported(&server.url, "", true)).await.expect("health is green");
    }
    server.stop();
}

/// A limit that somebody gives the NATS stream while services run: a caller is told what is the matter and who mends it, at once and after a
/// while, and health names the limit and the remedy.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_the_nats_stream_is_told_to_callers_and_by_health() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let data = folder.path().join("data");
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data.to_str().unwrap()];
    let server = Running::puhui("certification", &words);
    reported(&server.url, "", true).await;
    let client = async_nats::connect(&nats.url).await.unwrap();
    let streams = asked(&client, "$JS.API.STREAM.NAMES".to_owned(), serde_json::json!({})).await;
    let stream = streams["streams"][0].as_str().unwrap();
    let info = asked(&client, format!("$JS.API.STREAM.INFO.{stream}"), serde_json::json!({})).await;
    let (kept, stored) = (info["config"].clone(), info["state"]["messages"].clone());
    let register = async |number: u32| {
        CertificationServiceClient::new(channel(&server.url).await).register_provider(requests::register(number)).await
    };
    let refused = async |number: u32| {
        let status = register(number).await.unwrap_err();
        let details = status.get_error_details();
        assert_eq!(details.error_info().map(|info| info.reason.as_str()), Some("LOG_NOT_STORING"), "{status}");
        assert!(status.message().contains("lift that limit") && status.message().contains("取消该上限"), "{status}");
    };
    let mut limited = kept.clone();
    limited["max_msgs"] = stored;
    asked(&client, format!("$JS.API.STREAM.UPDATE.{stream}"), limited).await;
    refused(1).await;
    tokio::time::timeout(RED_WITHIN, reported(&server.url, "", false)).await.expect("health is red");
    refused(2).await;
    let (code, said) = health(&server, &[]);
    assert!(
        code == Some(3) && said.contains("log-connection") && said.contains("max_msgs") && said.contains("to -1"),
        "{said}"
    );
    asked(&client, format!("$JS.API.STREAM.UPDATE.{stream}"), kept).await;
    tokio::time::timeout(GREEN_WITHIN, reported(&server.url, "", true)).await.expect("health is green");
    register(1).await.unwrap();
    server.stop();
}
