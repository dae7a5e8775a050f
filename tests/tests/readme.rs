//! What README tells a stranger to type, typed: the calls on a fresh registry, the questions to a demo.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use tests::{Running, free_port, puhui, root, run};

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).expect("readable")
}

/// The calls by grpcurl, each its message and its method.
fn calls(readme: &str) -> Vec<(String, String)> {
    let calls = readme.split("grpcurl -plaintext -d '").skip(1);
    let call = |call: &str| {
        let (message, after) = call.split_once('\'').expect("quoted");
        let method = after.split_whitespace().nth(1).expect("an address and a method");
        (message.to_owned(), method.to_owned())
    };
    calls.map(call).collect()
}

/// The lines in blocks that ask a server something, without what stands behind a `#` or a `>`.
fn questions(readme: &str) -> Vec<Vec<String>> {
    const ASKS: [&str; 7] = ["search", "provider", "plaque", "tasks", "stats", "replay", "health"];
    let lines = readme.lines().filter_map(|line| line.strip_prefix("    puhui "));
    let words =
        |line: &str| line.split(['#', '>']).next().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    lines.map(words).filter(|words: &Vec<String>| words.iter().any(|word| ASKS.contains(&word.as_str()))).collect()
}

#[test]
fn a_client_that_knows_nothing_can_certify_and_query() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Running::puhui("all", &["--data", folder.path().to_str().expect("UTF-8")]);
    let calls = calls(&readme());
    assert!(calls.len() >= 2, "{calls:?}");
    let mut said = String::new();
    for (message, method) in calls {
        let output = run(&["--server", &service.url, "call", &method, &message]);
        assert!(output.status.success(), "{method}: {}", String::from_utf8_lossy(&output.stderr));
        said = String::from_utf8_lossy(&output.stdout).into_owned();
    }
    assert!(said.contains("91321003MA1N0000XK-001"), "the last of them finds it: {said}");
}

#[test]
fn what_is_asked_is_answered_by_a_demo() {
    let address = format!("127.0.0.1:{}", free_port());
    let mut command = Command::new(puhui());
    command.args(["demo", "--listen", &address]).env("PUHUI_LOG", "off").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut demo = command.spawn().expect("started");
    let mut lines = BufReader::new(demo.stdout.take().expect("piped")).lines();
    let serves = lines.find(|line| line.as_ref().expect("readable").contains("serving at"));
    let questions = questions(&readme());
    let asked: Vec<_> = questions
        .iter()
        .map(|words| {
            let mut command = Command::new(puhui());
            let output = command.env("PUHUI_SERVER", format!("http://{address}")).args(words).output().expect("run");
            (words, output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
        })
        .collect();
    let pid = demo.id().to_string();
    assert!(Command::new("kill").arg(&pid).status().expect("kill runs").success());
    demo.wait().expect("waited for");
    assert!(serves.is_some() && asked.len() >= 10, "{asked:?}");
    for (words, code, said) in asked {
        // No outlet of the demo has a point.
        let nowhere = words.iter().any(|word| word == "--near") && said.contains("nothing fits");
        assert!(code == Some(0) || nowhere, "{words:?}: {code:?} {said}");
    }
}
