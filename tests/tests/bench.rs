//! `puhui bench` as a program: what it prints, and where it runs what it measures.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tests::entries;

/// What a measurement says.
const FIELDS: [&str; 8] = ["name", "figure", "unit", "limit", "limit_name", "ratio", "p50_ms", "p99_ms"];

fn bench(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(tests::puhui());
    command.arg("bench").args(words).arg("--folder").arg(folder);
    command.env("PUHUI_NATS_SERVER", tests::nats_server()).stdin(Stdio::null());
    command
}

fn measured(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

#[test]
fn each_measurement_says_what_it_is_held_against() {
    let folder = tempfile::tempdir().unwrap();
    let words = "commands --log nats --cores shared --count 256 --rounds 1 --in-flight 1,64 --json";
    let words: Vec<_> = words.split(' ').collect();
    let measurements = measured(&bench(folder.path(), &words).output().unwrap());
    let limits: Vec<_> = measurements.iter().map(|one| one["limit_name"].as_str().unwrap()).collect();
    let bare = ["bare publishes, 1 in flight", "empty gRPC echo", "bare publishes, 64 in flight", "empty gRPC echo"];
    assert_eq!(limits, bare);
    for one in &measurements {
        assert!(FIELDS.iter().all(|field| !one[field].is_null()), "{one}");
        let number = |field: &str| one[field].as_f64().expect("a number");
        assert!((number("ratio") - number("figure") / number("limit")).abs() < 1e-6, "{one}");
        assert!(0.0 < number("p50_ms") && number("p50_ms") <= number("p99_ms"), "{one}");
        assert!(one["settings"].as_str().unwrap().contains("cores shared"), "{one}");
    }
    assert_eq!(entries(folder.path()), 0);
}

#[test]
fn a_server_gets_cores_of_its_own_where_there_are_two() {
    let folder = tempfile::tempdir().unwrap();
    let words: Vec<_> = "log --log nats --count 256 --rounds 1 --in-flight 1 --json".split(' ').collect();
    let by_itself = bench(folder.path(), &words).output().unwrap();
    let settings = measured(&by_itself)[0]["settings"].to_string();
    let told = bench(folder.path(), &[&words[..], &["--cores", "apart"]].concat()).output().unwrap();
    if settings.contains("servers on cores [") {
        assert_eq!(measured(&told)[0]["settings"], measured(&by_itself)[0]["settings"]);
    } else {
        let why = String::from_utf8_lossy(&told.stderr);
        assert!(settings.contains("cores shared"), "{settings}");
        assert!(told.status.code() == Some(2) && why.contains("one core only"), "{why}");
    }
    let embedded = bench(folder.path(), &["log", "--cores", "apart"]).output().unwrap();
    assert_eq!(embedded.status.code(), Some(2), "no server is started that could have cores of its own");
    assert_eq!(entries(folder.path()), 0);
}

#[test]
fn lists_are_measured_alone_and_beside_dear_questions() {
    let folder = tempfile::tempdir().unwrap();
    let words: Vec<_> = "beside --count 256 --rounds 1 --seconds 5 --json".split(' ').collect();
    let lines = measured(&bench(folder.path(), &words).output().unwrap());
    let of = |name: &str| lines.iter().find(|line| line["name"] == name).unwrap_or_else(|| panic!("{name}: {lines:?}"));
    for (name, limit) in [
        ("lists alone, p99", 10.0),
        ("lists beside dear questions, p99", 10.0),
        ("lists beside against alone, p99", 3.0),
        ("seen after its acknowledgement, p99", 50.0),
        ("lists that failed", 0.0),
    ] {
        let line = of(name);
        assert!(FIELDS.iter().all(|field| !line[field].is_null()), "{line}");
        assert_eq!(line["limit"].as_f64(), Some(limit), "{line}");
        assert_eq!(line["held"].as_bool(), Some(line["figure"].as_f64().unwrap() <= limit), "{line}");
    }
    let number = |name: &str| of(name)["figure"].as_f64().unwrap();
    let ratio = number("lists beside dear questions, p99") / number("lists alone, p99");
    assert!((number("lists beside against alone, p99") - ratio).abs() < 1e-6);
    // With so few outlets nothing is dear: whatever is slow here is slow for another reason, and nothing fails.
    assert!(number("lists that failed") < 1.0, "{lines:?}");
    let kinds = of("dear questions")["kinds"].as_array().unwrap();
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    let commands = of("dear questions")["commands"].as_str().unwrap();
    assert!(!commands.contains(" 0 answered") && commands.ends_with(" 0 failed"), "{commands}");
    for kind in kinds {
        let kind = kind.as_str().unwrap();
        // How many are turned away is a matter of the machine. That they are answered or turned away, and told when to come again, is not.
        assert!(!kind.contains(" 0 answered") && kind.ends_with(" 0 failed"), "{kind}");
    }
    assert_eq!(entries(folder.path()), 0);
}

#[test]
fn memory_is_held_against_its_bound() {
    let folder = tempfile::tempdir().unwrap();
    let lines = measured(&bench(folder.path(), &["memory", "--count", "512", "--json"]).output().unwrap());
    let [line] = &*lines else { panic!("{lines:?}") };
    assert!(FIELDS.iter().all(|field| !line[field].is_null()), "{line}");
    assert_eq!((line["unit"].as_str(), line["limit"].as_f64()), (Some("MiB"), Some(300.0)), "{line}");
    // Of a process that has done nothing yet there are a few already.
    let figure = line["figure"].as_f64().unwrap();
    assert!(figure > 5.0 && line["held"].as_bool() == Some(figure <= 300.0), "{line}");
    let settings = line["settings"].as_str().unwrap();
    assert!(settings.contains("512 outlets, 1025 commits before") && settings.contains("512 commands"), "{settings}");
    assert_eq!(entries(folder.path()), 0);
}
