//! Health asks the parts: each that cannot do its work is named, by gRPC, by `/health`, by the metrics and by `puhui
//! health`, and is named no more as soon as it can. And a service that nobody listens to goes on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use domain::Uscc;
use tests::{BEGUN, Running, done, free_port, reported, run};

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
