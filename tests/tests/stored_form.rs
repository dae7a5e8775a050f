//! What the log holds can be read without this program: by the .proto files alone, and by a script in Python.

#![expect(clippy::unwrap_used, reason = "what is not there ends the test")]

use std::path::Path;
use std::process::Command;

use domain::{
    BureauId, CaseAccepted, CategoryCode, Commit, Day, Instant, OfficerId, PlaqueHung, PlaqueNumber, Position,
    ProviderId, RequestId, Revision, StreamId, Text,
};
use event_log::{Embedded, EventLog, Opening, Tail, bare};
use prost::Message as _;
use prost_reflect::{DescriptorPool, MessageDescriptor};
use serde_json::Value;
use tests::{Running, done, root, run};

fn pool() -> DescriptorPool {
    DescriptorPool::decode(api::DESCRIPTORS).unwrap()
}

fn message(pool: &DescriptorPool, name: &str) -> MessageDescriptor {
    pool.get_message_by_name(&format!("puhui.audit.v1.{name}")).unwrap_or_else(|| panic!("no message {name}"))
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits = hex.trim_end();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// What the generated code decodes and encodes again is what is stored: it lacks no field, and each is of the type it is written as.
#[test]
fn golden_bytes_are_the_messages_of_the_proto_files() {
    let folder = root().join("shared/event-log/tests/golden");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stored = bytes_of(&std::fs::read_to_string(&path).unwrap());
        let commit = api::audit::v1::Commit::decode(&stored[1..]).unwrap();
        assert!(commit.events.iter().all(|event| event.fact.is_some()), "{}", path.display());
        assert_eq!([&stored[..1], &commit.encode_to_vec()].concat(), stored, "{}", path.display());
        files += 1;
    }
    assert_eq!(files, event_log::FACTS.len() + 2, "one of each fact, one with what it got later, and a commit");
}

#[test]
fn the_table_of_facts_and_the_proto_files_say_the_same() {
    let pool = pool();
    let fields = |message: &MessageDescriptor| {
        let mut fields: Vec<(String, u32)> =
            message.fields().map(|field| (field.name().to_owned(), field.number())).collect();
        fields.sort();
        fields
    };
    let mut facts = Vec::new();
    for (name, number, written) in event_log::FACTS {
        let mut written: Vec<(String, u32)> =
            written.iter().map(|(field, number)| ((*field).to_owned(), *number)).collect();
        written.sort();
        assert_eq!(written, fields(&message(&pool, name)), "{name}");
        facts.push(((*name).to_owned(), *number));
    }
    let event = message(&pool, "Event");
    let mut declared: Vec<(String, u32)> = event
        .fields()
        .map(|field| (field.kind().as_message().expect("a message").name().to_owned(), field.number()))
        .collect();
    facts.sort();
    declared.sort();
    assert_eq!(facts, declared);
}

fn provider() -> ProviderId {
    ProviderId::parse("91350100M000100Y43-001").unwrap()
}

fn commit() -> Commit {
    let on = Day::parse("2026-03-09").unwrap();
    Commit {
        id: RequestId::parse("6a1f0c1e-8a52-4f0e-9a3b-2f6f0c7b1d11").unwrap(),
        digest: domain::RequestDigest::of_no_request(*b"0123456789abcdef"),
        bureau: BureauId::parse("321003-health").unwrap(),
        officer: OfficerId::parse("hj-0042").unwrap(),
        recorded_at: Instant(1_773_014_400_000),
        scheme: Text::parse("yangzhou-2026.1").unwrap(),
        rules: domain::Position(0),
        events: vec![
            CaseAccepted { category: CategoryCode::parse("childcare").unwrap(), accepted_on: on }.into(),
            PlaqueHung { plaque_number: PlaqueNumber::new(provider(), 1).unwrap(), hung_on: on }.into(),
        ],
    }
}

/// The number of a fact of which this program knows nothing.
const FUTURE: u32 = 121;

/// The commit with its second fact made one of the future: only its key changes.
fn of_the_future(revision: u64) -> Vec<u8> {
    let stored = event_log::encode(&StreamId::Provider(provider()), Revision(revision), &commit());
    let key = |number: u32| {
        let key = (number << 3) | 2;
        [key.to_le_bytes()[0] | 0x80, u8::try_from(key >> 7).unwrap()]
    };
    let at = stored.windows(2).rposition(|pair| pair == key(39)).unwrap();
    [&stored[..at], &key(FUTURE), &stored[at + 2..]].concat()
}

/// A log of a commit, one with a fact of the future, one message that is no commit, and the first again; the positions of the two others.
async fn log_of_today_and_tomorrow(folder: &Path) -> (u64, u64) {
    let log = Embedded::open(&folder.join("log")).unwrap();
    let opening = Opening {
        name: Text::parse("登记簿").unwrap(),
        bureau: commit().bureau,
        officer: commit().officer,
        id: RequestId::from_bytes([1; 16]),
    };
    event_log::open(&log, &opening, commit().recorded_at).await.unwrap();
    let opened = Tail { position: Position(1), revision: Revision(1) };
    let stream = StreamId::Provider(provider());
    let first = log.append(&stream, Tail::default(), &commit()).await.unwrap();
    let newer = bare::append_bytes(&log, &stream, first, of_the_future(2)).await.unwrap();
    let stray = bare::append_bytes(&log, &StreamId::Log, opened, b"hello".to_vec()).await.unwrap();
    let operator = StreamId::Operator(provider().operator().clone());
    log.append(&operator, Tail::default(), &commit()).await.unwrap();
    (newer.position.0, stray.position.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_reads_an_exported_log_and_says_what_it_skips() {
    let folder = tempfile::tempdir().unwrap();
    let (newer, stray) = log_of_today_and_tomorrow(folder.path()).await;
    let (data, file) = (folder.path().to_str().unwrap(), folder.path().join("log.bin"));
    let export = ["log", "export", "--data", data, file.to_str().unwrap()];
    done(&export);
    assert_eq!(run(&export).status.code(), Some(2), "a file that is there is left alone");
    let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["log", "log.bin", "log.bin.desc"], "nothing is left beside them");

    let script = root().join("docs/read_log.py");
    assert!(std::fs::read_to_string(&script).unwrap().lines().count() < 80);
    let mut python = Command::new("python3");
    python.arg(script).arg(&file).env("PYTHONPATH", root().join(".tools/protobuf"));
    let output = python.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUTF8", "1").output().unwrap();
    let (told, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{said} (is protobuf there? run `cargo xtask setup`)");
    let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let positions: Vec<u64> = lines.iter().map(|line| line["position"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(positions, (1..=lines.len() as u64 + 1).filter(|position| *position != stray).collect::<Vec<_>>());
    let at = |position: u64| lines.iter().zip(&positions).find(|(_, at)| **at == position).unwrap().0;
    let events = |position: u64| at(position)["events"].as_array().unwrap().len();
    assert_eq!((events(newer - 1), events(newer)), (2, 1), "{told}");
    assert_eq!(at(newer - 1)["provider_id"], "91350100M000100Y43-001");
    assert_eq!(at(newer)["events"][0]["case_accepted"]["accepted_on"], "2026-03-09");
    assert_eq!(at(stray + 1)["operator_code"], "91350100M000100Y43");
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(said[0], format!("position {newer}: fact {FUTURE} of a newer version, skipped"));
    assert!(
        said[1].starts_with(&format!("position {stray}: no commit of form 1: 5 bytes, sha256 2cf24dba")),
        "{said:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reader_names_a_fact_of_the_future_by_number_and_position() {
    let folder = tempfile::tempdir().unwrap();
    let (newer, _) = log_of_today_and_tomorrow(folder.path()).await;
    let named = format!("written by a newer version: fact {FUTURE} at position {newer}");
    let data = folder.path().to_str().unwrap();
    let inspect = ["log", "inspect", "--data", data, "--position", &newer.to_string()];
    assert!(done(&inspect).contains(&named), "{}", done(&inspect));
    // The log was written without one.
    done(&["log", "request-key", folder.path().join("request-key").to_str().unwrap()]);
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
    let today = Day::of(Instant(u64::try_from(now).unwrap())).to_string();
    let service = Running::puhui("all", &["--data", data, "--accept-clock", &today]);
    let asked = |words: &[&str]| {
        let output = run(&[&["--server", &service.url], words].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for words in [
        &["replay"][..],
        &["replay", "--check"],
        &["replay", "--event", "CaseAccepted"],
        &["replay", "--provider", provider().as_str()],
        &["provider", "history", provider().as_str()],
    ] {
        let (code, said) = asked(words);
        assert!(code == Some(1) && said.contains(&named) && said.contains("由更新的版本写入"), "{words:?}: {said}");
    }
    // What is decided about the provider is decided on its whole stream, which cannot be read.
    let command = serde_json::json!({
        "request_id": "6a1f0c1e-8a52-4f0e-9a3b-2f6f0c7b1d12", "bureau_id": "321003-health", "officer_id": "hj-1",
        "provider_id": provider().as_str(), "category": "childcare", "accepted_on": "2026-03-10",
    });
    let call = ["call", "puhui.certification.v1.CertificationService/AcceptCase", &command.to_string()];
    let (code, said) = asked(&call);
    assert!(code == Some(1) && said.contains(&named) && said.contains("由更新的版本写入"), "{said}");
    // What is written into the file is as it is stored; the file says nothing of it, and its readers do (the script above).
    let mut rows = api::directory::v1::rows_service_client::RowsServiceClient::new(tests::channel(&service.url).await);
    loop {
        let now = rows.get_progress(api::directory::v1::GetProgressRequest {}).await.unwrap().into_inner();
        if now.stopped_because.contains(&named) {
            break;
        }
        assert_ne!(now.state(), api::directory::v1::RowsState::Live, "{now:?}");
        tokio::task::yield_now().await;
    }
    service.stop();
}
