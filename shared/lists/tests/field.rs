//! The lists that were tried in the field (`field/`, sources in its README), each with what comes of it: the value read, the question asked, the fault told.
//! What becomes of them on record, list after list, is tested over the program.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use domain::Day;
use lists::{List, Reading, Verdict};

mod carried;

/// What comes of a file: a line for each row, then its questions, then what is no row.
fn read(file: &str, answers: &[(&str, &str)]) -> (List, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field").join(file);
    let list = carried::read(&std::fs::read(path).unwrap(), file, answers);
    let mut told = String::new();
    for row in &list.rows {
        writeln!(told, "{}", line(row)).unwrap();
    }
    for question in &list.questions {
        writeln!(told, "? {} ({})", question.id, question.rows).unwrap();
    }
    let counts = lists::account::count(&list.lines);
    let not: BTreeMap<&str, u64> = counts.not.iter().map(|(why, count)| (why.code(), *count)).collect();
    let not: Vec<String> = not.iter().map(|(why, count)| format!("{why} {count}")).collect();
    writeln!(told, "= {} rows, {} titles, {}", counts.rows, counts.titles, not.join(", ")).unwrap();
    assert_eq!(counts.lines, counts.with_rows + counts.titles + counts.not.values().sum::<u64>(), "{file}");
    (list, told)
}

fn line(row: &Reading) -> String {
    let day = |day: Option<Day>| day.map_or_else(String::new, |day| day.to_string());
    let verdict = match row.verdict {
        Some(Verdict::Certified) => "certified".to_owned(),
        Some(Verdict::Proposed { .. }) => "proposed".to_owned(),
        Some(Verdict::Refused) => "refused".to_owned(),
        Some(Verdict::Ended { kind, decided_on }) => format!("{kind:?} {}", day(decided_on)).trim().to_lowercase(),
        None => "?".to_owned(),
    };
    let mut told = format!("{} {verdict}", row.name);
    if let Some(entry) = &row.entry {
        write!(told, " {} {}", entry.category, entry.division).unwrap();
        if entry.decided_on.is_some() {
            write!(told, " decided {}", day(entry.decided_on)).unwrap();
        }
        if entry.valid_from.is_some() || entry.valid_to.is_some() {
            write!(told, " {}..{}", day(entry.valid_from), day(entry.valid_to)).unwrap();
        }
        if entry.worked_out.is_some() {
            told.push_str(" worked out");
        }
    }
    for fault in &row.faults {
        write!(told, " !{}", fault.rule).unwrap();
    }
    for question in &row.waits_for {
        write!(told, " ?{question}").unwrap();
    }
    told
}

/// What comes of every file, read by eye against what an officer expects of it (`field/README.md`).
const EXPECTED: &str = include_str!("field/expected.txt");

#[test]
fn each_list_comes_out_as_its_officer_expects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field");
    let mut files: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.retain(|file| file.starts_with('o'));
    files.sort();
    let mut all = String::new();
    let mut wrong = Vec::new();
    for file in &files {
        let (list, told) = read(file, &[]);
        assert!(list.questions.len() <= 2, "{file} asks more than two things: {:?}", list.questions);
        let expected = EXPECTED.split("== ").find_map(|part| part.strip_prefix(file)).unwrap_or_default();
        if expected.trim() != told.trim() {
            wrong.push(format!("{file} is\n{told}and not{expected}"));
        }
        writeln!(all, "== {file}\n{}", told.trim_end()).unwrap();
    }
    if std::env::var_os("PUHUI_WRITE_EXPECTED").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field/expected.txt"), all).unwrap();
        return;
    }
    assert!(wrong.is_empty(), "{} of {}: {}", wrong.len(), files.len(), wrong.join("\n"));
}

#[test]
fn what_was_asked_goes_in_once_it_is_answered() {
    for (file, answers, rows) in [
        ("o03-xuhui-street-rows.xlsx", &[("kind", "certified")][..], 9),
        ("o04-shenbei-points.xlsx", &[("kind", "certified")], 5),
        ("o05-zhengguo-as-published.xlsx", &[("kind", "certified")], 6),
        ("o06-zhengguo-merged-down.xlsx", &[("kind", "certified")], 6),
        ("o27-lishui-city-level.xlsx", &[("place:市本级", "331102")], 7),
        ("o31-categories.csv", &[("kind", "certified")], 11),
        ("o43-nanping-shops.xlsx", &[("kind", "certified")], 10),
        ("o44-sanming-shops.xlsx", &[("kind", "certified"), ("place", "三元区")], 12),
    ] {
        let (list, told) = read(file, answers);
        assert_eq!(list.rows.iter().filter(|row| row.entry.is_some()).count(), rows, "{file}: {told}");
        assert!(list.questions.is_empty(), "{file} still asks: {told}");
    }
}

#[test]
fn what_is_a_persons_is_not_kept_and_named() {
    for (file, left_out) in [
        ("o05-zhengguo-as-published.xlsx", &["联系电话", "负责人"][..]),
        ("o06-zhengguo-merged-down.xlsx", &["联系电话"]),
        ("o22-person-in-remark.csv", &["备注"]),
    ] {
        let (list, _) = read(file, &[("kind", "certified")]);
        for row in &list.rows {
            assert_eq!(row.left_out, left_out, "{file}");
            assert!(!format!("{row:?}").contains("13900000000"), "{file}: {row:?}");
        }
    }
}
