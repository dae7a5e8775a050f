//! Readers that have seen enough, as `head -1` has: the program ends without an error, and nothing it started is left.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use tests::entries;

/// Runs `puhui` until its first line was read, closes the pipe, and returns that line once the program has ended.
fn first_line_of(words: &[&str], temporary: &Path) -> String {
    let mut command = Command::new(tests::puhui());
    let mut child = command.args(words).env("TMPDIR", temporary).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped"));
    let mut first = String::new();
    lines.read_line(&mut first).expect("readable");
    drop(lines);
    let ended = child.wait().expect("it ends");
    assert!(ended.success(), "{ended} after {first}");
    first
}

/// Processes whose command line names this folder.
fn processes_in(folder: &Path) -> usize {
    let name = folder.as_os_str().as_encoded_bytes();
    let processes = std::fs::read_dir("/proc").expect("readable").flatten();
    let words = processes.map(|process| std::fs::read(process.path().join("cmdline")).unwrap_or_default());
    words.filter(|words| words.windows(name.len()).any(|window| window == name)).count()
}

#[test]
fn a_bench_ends_its_services() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().to_str().unwrap();
    let words =
        ["bench", "commands", "--count", "256", "--rounds", "1", "--in-flight", "1,1,1", "--json", "--folder", there];
    assert!(first_line_of(&words, folder.path()).contains("\"figure\""));
    assert_eq!((processes_in(folder.path()), entries(folder.path())), (0, 0));
}

#[test]
fn a_demo_ends_and_removes_its_registry() {
    let folder = tempfile::tempdir().unwrap();
    assert!(first_line_of(&["demo", "--listen", "127.0.0.1:0"], folder.path()).contains("Puhui"));
    assert_eq!(entries(folder.path()), 0);
}
