//! The first commit of a log says which log it is, on both bodies: written once, by whoever is first; completed by the next start where it was
//! interrupted; and a log that begins otherwise is opened by nobody.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::path::Path;

use domain::{
    BureauId, Commit, Event, Instant, LogId, LogOpened, Name, OfficerId, OperatorBarLifted, Position, RequestDigest,
    RequestId, StreamId, Text,
};
use event_log::{Embedded, EventLog, Reserves, Tail};
use serde_json::Value;
use tests::{Running, done, run};

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned()
}

/// The first commits of a log, as a replay tells them.
fn first(url: &str) -> Vec<Value> {
    done(&["--server", url, "replay"]).lines().take(2).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn opened(replayed: &Value) -> (String, String, u64) {
    let commit = replayed.get("commit").unwrap_or(replayed);
    let fact = &commit["events"][0]["log_opened"];
    let text = |field: &str| fact[field].as_str().unwrap_or_else(|| panic!("{replayed}")).to_owned();
    let position = &commit["position"];
    let position = position.as_u64().or_else(|| position.as_str()?.parse().ok()).unwrap();
    (text("log_id"), text("name"), position)
}

/// Writes one commit into a log that was made and not opened.
fn written(folder: &Path, stream: &StreamId, event: impl FnOnce(&Embedded) -> Event) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let log = Embedded::create(folder, Reserves::default()).unwrap();
        let commit = Commit {
            id: RequestId::from_bytes([7; 16]),
            digest: RequestDigest::of_no_request([0; 16]),
            bureau: BureauId::parse("321003-health").unwrap(),
            officer: OfficerId::parse("hj-1").unwrap(),
            recorded_at: Instant(1_763_884_800_000),
            scheme: Text::parse("none").unwrap(),
            rules: Position(0),
            events: vec![event(&log)],
        };
        log.append(stream, Tail::default(), &commit).await.unwrap();
        let closed = event_log::Log::Embedded(log).closed();
        closed.await;
    });
}

#[test]
fn a_log_begins_with_which_it_is_and_keeps_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Running::puhui("all", &["--data", data, "--name", "邗江区普惠登记簿"]);
    let all = first(&server.url);
    let (id, name, position) = opened(&all[0]);
    assert_eq!((name.as_str(), position), ("邗江区普惠登记簿", 1));
    assert!(all[1].to_string().contains("scheme_adopted"), "{}", all[1]);
    let checked = done(&["--server", &server.url, "replay", "--check"]);
    assert!(checked.contains("结果均与登记一致"), "{checked}");
    server.stop();
    let shown = done(&["log", "show", "--data", data]);
    assert!(shown.contains(&id) && shown.contains("邗江区普惠登记簿"), "{shown}");
    let inspected = done(&["log", "inspect", "--data", data, "--position", "1"]);
    assert!(
        inspected.contains("puhui.log") && inspected.contains("每") || inspected.contains("各方均采信"),
        "{inspected}"
    );
    let refused = run(&["serve", "--data", data, "--listen", "127.0.0.1:0", "--name", "别处的登记簿"]);
    assert!(!refused.status.success() && said(&refused).contains("邗江区普惠登记簿"), "{}", said(&refused));
    let again = Running::puhui("all", &["--data", data]);
    assert_eq!(opened(&first(&again.url)[0]), (id, name, 1));
    again.stop();
}

#[test]
fn what_was_interrupted_between_making_and_opening_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let id = runtime.block_on(async {
        let log = Embedded::create(&folder.path().join("log"), Reserves::default()).unwrap();
        let (id, closed) = (log.id(), event_log::Log::Embedded(log).closed());
        closed.await;
        id
    });
    let server = Running::puhui("all", &["--data", folder.path().to_str().unwrap()]);
    let (says, name, position) = opened(&first(&server.url)[0]);
    assert_eq!((says, name.as_str(), position), (id.to_string(), "普惠生活服务登记簿", 1));
    server.stop();
}

#[test]
fn a_log_that_begins_otherwise_is_refused_by_name() {
    let other = LogId::from_bytes([7; 16]);
    let opened = |_: &Embedded| LogOpened { log_id: other, name: Name::parse("登记簿").unwrap() }.into();
    let lifted = |_: &Embedded| {
        OperatorBarLifted {
            bar: domain::Act::new(1).unwrap(),
            lifted_on: domain::Day::parse("2026-01-05").unwrap(),
            document_number: Text::parse("解除1号").unwrap(),
            reason: Text::parse("r").unwrap(),
        }
        .into()
    };
    let operator = StreamId::Operator(domain::OperatorCode::parse("914403001922038216").unwrap());
    for (name, says, (stream, event)) in [
        ("another", other.to_string(), (StreamId::Log, &opened as &dyn Fn(&Embedded) -> Event)),
        ("none", "LogOpened".to_owned(), (operator, &lifted)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        written(&folder.path().join("log"), &stream, event);
        let data = folder.path().to_str().unwrap();
        for words in [vec!["serve", "--listen", "127.0.0.1:0"], vec!["log", "show"]] {
            let refused = run(&[&words[..], &["--data", data]].concat());
            assert!(!refused.status.success() && said(&refused).contains(&says), "{name}: {}", said(&refused));
        }
    }
}

#[test]
fn of_all_who_open_one_nats_stream_one_did() {
    let folder = tempfile::tempdir().unwrap();
    let nats = Running::nats(folder.path());
    let data = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    // `log create` made it; that of several at one moment one opens it, the conformance suite shows on each body.
    let services = ["certification", "pledge", "signage", "directory", "audit"].map(|service| {
        let data = data(service);
        let words = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data", &data];
        Running::puhui(service, &words)
    });
    let audit = services[4].url.clone();
    let servers = format!("audit={audit}");
    let replayed = done(&["--server", &servers, "replay", "--event", "LogOpened"]);
    assert_eq!(replayed.lines().count(), 1, "{replayed}");
    let (_, name, position) = opened(&first_of(&servers));
    assert_eq!((name.as_str(), position), ("普惠生活服务登记簿", 1));
    for service in services {
        service.stop();
    }
}

fn first_of(servers: &str) -> Value {
    let replayed = done(&["--server", servers, "replay", "--until", "1"]);
    serde_json::from_str(replayed.lines().next().unwrap()).unwrap()
}
