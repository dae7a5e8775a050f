//! What a command says when it does not do what it was asked: in Chinese and English, by the thing it is about, with the code that README
//! gives for it, whatever said no: the words, the system, the server, the log or the rows.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tests::{Running, entries, free_port, puhui, run};

/// That an outcome is told in both languages with this code and by these words.
fn told(words: &[&str], output: &Output, code: i32, named: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
    assert!(said.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter)), "{words:?}, no Chinese: {said}");
    assert!(said.contains(" / "), "{words:?}, not in both: {said}");
    for name in named {
        assert!(said.contains(name), "{words:?} is not told by {name}: {said}");
    }
}

fn each(cases: &[(&[&str], i32, &[&str])]) {
    for (words, code, named) in cases {
        told(words, &run(words), *code, named);
    }
}

/// What is printed goes to a disk that is full.
fn onto_a_full_disk(words: &[&str]) -> Output {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(puhui());
    command.args(words).env("PUHUI_LOG", "off").stdout(Stdio::from(full)).stderr(Stdio::piped()).output().unwrap()
}

fn entries_or_none(folder: &Path) -> usize {
    if folder.exists() { entries(folder) } else { 0 }
}

#[test]
fn what_needs_no_server_is_told_in_both_languages_and_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (none, below, empty, odd) = (at("none"), at("none/below"), at("empty"), at("odd"));
    fs::create_dir(&empty).unwrap();
    fs::write(&odd, "x\n").unwrap();
    let (days, no_days, control) = (at("days"), at("no-days"), at("control"));
    fs::write(&days, "date,kind,festival\n2027-01-01,holiday,元旦\nsoon,holiday,元旦\n").unwrap();
    fs::write(&no_days, "date,kind,festival\nsoon,holiday,元旦\n").unwrap();
    fs::write(&control, "a = 1\u{0}\n").unwrap();
    let (right, wrong) = (at("right.csv"), at("wrong.csv"));
    fs::write(&right, "名称,类别,区县,认定日期\n甲园,普惠托育,邗江区,2026-03-16\n").unwrap();
    fs::write(&wrong, "名称,类别,区县,认定日期\n甲园,普惠托育,邗江区,2026-02-30\n").unwrap();
    let nobody = format!("http://127.0.0.1:{}", free_port());
    each(&[
        (&["snapshot", "export", &none, &below], 2, &[&none, "没有此文件或文件夹", "No such file"]),
        (&["snapshot", "export", &empty, &below], 2, &[&empty]),
        (&["snapshot", "import", &empty, &none], 2, &[&none]),
        (&["snapshot", "import", &below, &odd], 2, &[&none]),
        (&["snapshot", "import", &empty, &odd], 1, &[&odd]),
        (&["dump", &none], 2, &[&none, "没有此文件或文件夹"]),
        (&["dump", &odd], 2, &[&odd]),
        (&["log", "show", "--data", &empty], 2, &[]),
        (&["log", "export", "--data", &empty, &below], 2, &[]),
        (&["log", "inspect", "--data", &empty, "--position", "1"], 2, &[]),
        (&["log", "request-key", &below], 2, &[&below]),
        (&["log", "request-key", &odd], 2, &[&odd]),
        (&["rules", "check", &none], 2, &[&none]),
        (&["rules", "check", &odd], 1, &["RULES_REJECTED"]),
        (&["rules", "check", &days], 1, &["RULES_REJECTED", "line 3"]),
        (&["rules", "check", &no_days], 1, &["RULES_REJECTED"]),
        (&["rules", "check", &control], 2, &[&control]),
        (&["import", &none], 2, &[&none]),
        (&["import", &wrong, "--check"], 1, &["1行退回", "rows rejected: 1"]),
        (&["import", &wrong, "--check", "--answers", &odd], 2, &[&odd, "第1行", "line 1"]),
        (&["--server", &nobody, "import", &right], 3, &[&nobody]),
        (&["serve", "--data", &odd], 2, &[&odd]),
        (&["serve", "--data", &none, "--accept-shorter-log", "3"], 2, &["--accept-shorter-log"]),
        (&["serve", "--data", &none, "--replace-log", "00000000-0000-4000-8000-000000000001"], 2, &["--replace-log"]),
        (&["serve", "--data", &none, "--accept-request-key", "x"], 2, &["--accept-request-key"]),
        (&["--server", &nobody, "health"], 3, &[&nobody]),
        (&["--server", "nobody=http://127.0.0.1:1", "health"], 2, &["nobody"]),
        (&["call", "noslash", "{}"], 2, &[]),
        (&["tasks", "--kind", "odd"], 2, &["--kind odd"]),
        (&["search", "--near", "odd"], 2, &["--near odd"]),
        (&["search", "--no-such-option"], 2, &["--no-such-option"]),
        (&["no-such-command"], 2, &["no-such-command"]),
    ]);
    // Nothing was made for any of it.
    assert_eq!((entries(folder.path()), entries(Path::new(&empty)), entries_or_none(Path::new(&none))), (7, 0, 0));
}

#[test]
fn what_a_server_says_no_to_is_told_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Running::puhui("all", &["--data", data.to_str().unwrap()]);
    let of = |words: &[&'static str]| [&["--server", &server.url], words].concat();
    for (words, code, named) in [
        (&["health", "nope.Service"][..], 1, &["nope.Service"][..]),
        (&["call", "puhui.none.X/Y", "{}"], 1, &["puhui.none.X"]),
        (&["call", "puhui.audit.v1.AuditService/None", "{}"], 1, &["None"]),
        (&["call", "puhui.audit.v1.AuditService/GetHead", "no JSON"], 2, &[]),
        (&["call", "puhui.audit.v1.AuditService/GetHead", "{\"none\":1}"], 2, &["none"]),
        (&["provider", "show", "914403001922038216-001"], 1, &[]),
        (&["provider", "show", "x"], 2, &[]),
        (&["plaque", "x"], 1, &[]),
        (&["search", "没有"], 1, &[]),
        (&["replay", "--provider", "x"], 2, &[]),
    ] {
        let words = of(words);
        told(&words, &run(&words), code, named);
    }
    // Whose disk is full is said: the one that what is printed goes to.
    for words in
        [&["replay"][..], &["--json", "stats"], &["call", "puhui.audit.v1.AuditService/GetHead", "{}"], &["health"]]
    {
        let words = of(words);
        told(&words, &onto_a_full_disk(&words), 3, &["标准输出", "standard output", "磁盘已满"]);
    }
}

/// One cause, one code, whichever command meets it.
#[test]
fn what_another_process_uses_is_told_with_one_code() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, snapshot, out) = (at("data"), at("snapshot"), at("out"));
    Running::puhui("all", &["--data", &data]).stop();
    assert!(run(&["snapshot", "export", &data, &snapshot]).status.success());
    let before = entries(folder.path());
    let _server = Running::puhui("all", &["--data", &data]);
    each(&[
        (&["snapshot", "export", &data, &out], 3, &["另一进程", "another process"]),
        (&["snapshot", "import", &data, &snapshot], 3, &["另一进程", "another process"]),
        (&["dump", &data], 3, &["另一进程", "another process"]),
        (&["log", "show", "--data", &data], 3, &["另一进程", "another process"]),
        (&["log", "export", "--data", &data, &out], 3, &["另一进程", "another process"]),
        (&["log", "inspect", "--data", &data, "--position", "1"], 3, &["另一进程", "another process"]),
        (&["serve", "--data", &data, "--listen", "127.0.0.1:0"], 3, &["另一进程", "another process"]),
    ]);
    // What is there already is a word of the command line that is wrong, of whichever file.
    each(&[
        (&["snapshot", "export", &data, &snapshot], 2, &[&snapshot]),
        (&["log", "export", "--data", &data, &snapshot], 2, &[&snapshot]),
        (&["log", "request-key", &snapshot], 2, &[&snapshot]),
    ]);
    assert_eq!(entries(folder.path()), before, "something was made for what was refused");
}

/// Nothing is made for a snapshot that is refused; a whole one is taken there afterwards.
#[test]
fn a_snapshot_that_is_refused_leaves_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, snapshot, damaged, other) = (at("data"), at("snapshot"), at("damaged"), at("other"));
    Running::puhui("all", &["--data", &data]).stop();
    assert!(run(&["snapshot", "export", &data, &snapshot]).status.success());
    let mut bytes = fs::read(&snapshot).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&damaged, &bytes).unwrap();
    for (file, other) in [(&damaged, at("other")), (&damaged, at("there"))] {
        let there = other.ends_with("there");
        if there {
            fs::create_dir(&other).unwrap();
        }
        told(&[], &run(&["snapshot", "import", &other, file]), 1, &[file.as_str()]);
        let path = Path::new(&other);
        assert_eq!((path.exists(), entries_or_none(path)), (there, 0), "{other}");
    }
    assert!(run(&["snapshot", "import", &other, &snapshot]).status.success());
}
