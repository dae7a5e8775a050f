//! Numbers and names of persons, one row each: `personal.txt`.

use std::collections::{BTreeMap, BTreeSet};

use domain::*;

/// Rows that there are at least.
const ROWS_MIN: usize = 60;

fn answer<T>(read: Result<T, Invalid>) -> &'static str {
    read.map_or_else(|invalid| invalid.rule, |_| "taken")
}

/// What is answered to an input in a field.
fn answered(field: &str, input: &str) -> &'static str {
    match field {
        "text" => answer(Content::parse(input)),
        "name" => answer(Name::parse(input)),
        "person" => answer(Name::parse_masked(input)),
        "document" => answer(DocumentNumber::parse(input)),
        "officer" => answer(OfficerId::parse(input)),
        "phone" => answer(Phone::parse(input)),
        "address" => answer(Particulars::address(input, false)),
        "withheld address" => answer(Particulars::address(input, true)),
        "code" => answer(Uscc::parse(input)),
        "confirmed code" => answer(Uscc::parse_confirmed(input)),
        other => panic!("no field {other}"),
    }
}

#[test]
fn each_input_is_refused_or_taken_as_the_table_says() {
    let (mut wrong, mut rows) = (Vec::new(), BTreeMap::<&str, BTreeSet<&str>>::new());
    for line in include_str!("personal.txt").lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let [field, input, expected, what] = columns[..] else { panic!("{line}") };
        assert!(!what.is_empty() && rows.entry(field).or_default().insert(input), "{line}");
        let answer = answered(field, &input.replace("\\n", "\n"));
        if answer != expected {
            wrong.push(format!("{field} {input}: expected {expected}, got {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows.values().map(BTreeSet::len).sum::<usize>() >= ROWS_MIN, "{rows:?}");
    assert_eq!(rows.len(), 10, "a row of each field at least");
}
