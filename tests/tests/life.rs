//! The life of a provider through the real program: the same script on the embedded log in one process and on a real nats-server
//! with every service a process of its own.

use std::process::Command;

use tests::{Running, done, free_port, puhui, root, run};

fn scenario(servers: &[String]) {
    let mut command = Command::new("bash");
    command.arg(root().join("tests/scenario.sh")).arg(puhui()).env("PUHUI_LOG", "warn");
    for server in servers {
        command.args(["--server", server]);
    }
    let output = command.output().expect("bash runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("scenario: passed"), "{text}");
}

#[test]
fn on_the_embedded_log_in_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Running::puhui("all", &["--data", data]);
    scenario(std::slice::from_ref(&server.url));
    // What was acknowledged is there after the process was killed.
    let url = server.url.clone();
    let before = done(&["--server", &url, "replay"]);
    server.kill();
    let again = Running::puhui("all", &["--data", data]);
    assert_eq!(done(&["--server", &again.url, "replay"]), before);
    scenario(std::slice::from_ref(&again.url));
    again.stop();
}

#[test]
fn on_a_nats_server_with_a_process_for_each_service() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let services = ["certification", "pledge", "signage", "directory", "audit"].map(|service| {
        let data = folder.path().join(service);
        let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data.to_str().unwrap()];
        (service, Running::puhui(service, &words))
    });
    let servers = services.iter().map(|(service, running)| format!("{service}={}", running.url));
    scenario(&servers.collect::<Vec<_>>());
    for (_, running) in services {
        running.stop();
    }
}

#[test]
fn the_demo_tours_and_ends() {
    let listen = format!("127.0.0.1:{}", tests::free_port());
    let output = run(&["demo", "--exit", "--listen", &listen]);
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // What the rows are true of, which scheme the log begins with and, towards the end of a year, that the days of the next one are missing.
    let notes = ["数据位置", "随附的示例办法", "part=\"calendar\""];
    let notes = errors.lines().all(|line| notes.iter().any(|note| line.contains(note)));
    assert!(output.status.success() && notes, "{}: {errors}", output.status);
    for part in ["NOTICE_NOT_ENDED", "BARRED", "→ VALID", "→ RECTIFYING", "→ REVOKED", "全部演示用时"] {
        assert!(said.contains(part), "{part} is missing in: {said}");
    }
}

#[test]
fn exit_codes_tell_refused_from_wrong_words_from_away() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().to_str().unwrap()]);
    let code = |words: &[&str]| run(words).status.code();
    let url = server.url.as_str();
    serves(url);
    assert_eq!(code(&["--server", url, "health"]), Some(0));
    assert_eq!(code(&["--server", url, "provider", "show", "914403001922038216-001"]), Some(1));
    assert_eq!(code(&["--server", url, "search", "--division", "99x"]), Some(2));
    assert_eq!(code(&["search", "--no-such-word"]), Some(2));
    let nobody = format!("http://127.0.0.1:{}", tests::free_port());
    assert_eq!(code(&["--server", &nobody, "health"]), Some(3));
    // A number nobody issued is an answer, and a no.
    let never = run(&["--server", url, "--json", "plaque", "914403001922038216-001-01X"]);
    let said = String::from_utf8_lossy(&never.stdout).into_owned();
    assert!(said.contains("PLAQUE_VERDICT_NEVER_ISSUED"), "{said}");
    assert_eq!(never.status.code(), Some(1));
    // Two processes never write one folder.
    let port = tests::free_port().to_string();
    let listen = format!("127.0.0.1:{port}");
    assert_eq!(code(&["serve", "--data", folder.path().to_str().unwrap(), "--listen", &listen]), Some(3));
}

/// A server that acknowledges before it syncs is refused with what to set; accepted, the metrics say so.
#[test]
fn a_log_that_a_power_cut_would_shorten_is_refused_or_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::lazy_nats(folder.path());
    let data = folder.path().join("data");
    let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", data.to_str().unwrap()];
    let refused = run(&[&["serve", "all", "--listen", "127.0.0.1:0"], &words[..]].concat());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("set `sync_interval: always`") && said.contains("--accept-loss-on-power-cut"), "{said}");
    let metrics = format!("127.0.0.1:{}", free_port());
    let accepting = [&words[..], &["--accept-loss-on-power-cut", "--metrics", &metrics]].concat();
    let server = Running::puhui("all", &accepting);
    serves(&server.url);
    assert!(get(&metrics, "/metrics").contains("\npuhui_log_warning 1\n"));
    let health = get(&metrics, "/health");
    assert!(health.contains(r#""status":"warning""#) && health.contains("before it syncs"), "{health}");
    assert!(health.contains("lets anybody who reaches it publish"), "{health}");
    server.stop();
}

/// Waits until every part of the process is well.
fn serves(url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(tests::reported(url, "", true));
}

/// The answer to a GET, head and body.
fn get(address: &str, path: &str) -> String {
    use std::io::{Read, Write};
    let mut connection = std::net::TcpStream::connect(address).expect("connected");
    write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("answered");
    answer
}
