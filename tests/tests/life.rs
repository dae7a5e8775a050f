//! The life of a provider through the real program: the same script on the embedded log in one process and on a real nats-server
//! with every service a process of its own.

use std::process::Command;

use tests::{Running, done, puhui, root, run};

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
        let words = ["--log", &nats.url, "--data", data.to_str().unwrap()];
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
    let said = done(&["demo", "--exit", "--listen", &listen]);
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
    assert_eq!(code(&["--server", url, "health"]), Some(0));
    assert_eq!(code(&["--server", url, "provider", "show", "914403001922038216-001"]), Some(1));
    assert_eq!(code(&["--server", url, "search", "--division", "99x"]), Some(2));
    assert_eq!(code(&["search", "--no-such-word"]), Some(2));
    let nobody = format!("http://127.0.0.1:{}", tests::free_port());
    assert_eq!(code(&["--server", &nobody, "health"]), Some(3));
    // A number nobody issued is an answer, not an error.
    let said = done(&["--server", url, "--json", "plaque", "914403001922038216-001-01X"]);
    assert!(said.contains("PLAQUE_VERDICT_NEVER_ISSUED"), "{said}");
    // Two processes never write one folder.
    let port = tests::free_port().to_string();
    let listen = format!("127.0.0.1:{port}");
    assert_eq!(code(&["serve", "--data", folder.path().to_str().unwrap(), "--listen", &listen]), Some(3));
}
