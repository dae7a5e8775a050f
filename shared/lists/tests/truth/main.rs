//! Workbooks made at random from a truth that is known: what is read of them equals it, or is asked, or is reported, and nothing is lost.
//!
//! A truth is a list of outlets. It is set as bureaus set lists: columns in any order under any of their names, counties and categories in columns, in
//! merged cells, in titles between the rows or in the sheet's name, blocks side by side that are filled across or down, several sheets, two lists in
//! one sheet, further parts of ended and refused ones, terms as ranges, lengths or above the table, one name in two streets, remarks that end nothing
//! and some that do, totals of groups and of all, notes and signatures, headings repeated or in two lines, hidden columns, hidden and struck-out rows of other
//! outlets; as a workbook or as text in some encoding. `PUHUI_CASES` workbooks (500
//! where it is not set) from `PUHUI_SEED`; `PUHUI_CASE` tells one of them.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::collections::BTreeMap;

use domain::DivisionTable;
use lists::lexicon::{carried_categories, divisions};
use lists::{Answers, CategoryNames, Lexicon};

mod compared;
#[path = "../dice/mod.rs"]
mod dice;
mod kinds;
mod rolled;
mod set;
mod words;

use compared::{Tally, compare};
use dice::Dice;
use kinds::Case;
use set::shown;

fn number(name: &str, unset: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(unset)
}

fn carried() -> (Vec<CategoryNames>, DivisionTable) {
    let table = include_str!("../../../../data/tables/divisions_above_street.csv");
    (carried_categories().unwrap(), divisions("2023", table).unwrap())
}

#[test]
fn what_is_read_is_the_truth_or_is_asked_or_reported() {
    let (seed, cases) = (number("PUHUI_SEED", 20_261_128), number("PUHUI_CASES", 500));
    let only = std::env::var("PUHUI_CASE").ok().and_then(|text| text.parse::<u64>().ok());
    let (categories, divisions) = carried();
    let lexicon = Lexicon { categories: &categories, divisions: &divisions };
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for number in only.map_or(0..cases, |one| one..one + 1) {
        let case = Case::roll(seed.wrapping_mul(1_000_003).wrapping_add(number));
        // Each tenth goes through a file's bytes.
        let book = if number % 10 == 0 || case.setting.text {
            lists::open::open(&case.bytes(&mut Dice(number))).unwrap()
        } else {
            case.book()
        };
        let list = lists::read(&book, lexicon, &Answers::default()).unwrap();
        if let Err(what) = compare(&case, &list, &mut tally) {
            wrong.push(format!("case {number} of seed {seed}: {what}\n{}", shown(&case)));
        }
    }
    println!("seed {seed}, {cases} workbooks: {tally:?}, {} wrong", wrong.len());
    // A line for each kind of what is wrong, with one case of it.
    let mut kinds: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for what in &wrong {
        let kind = what.split(": ").nth(1).unwrap_or_default();
        kinds.entry(kind).or_insert((0, what)).0 += 1;
    }
    for (kind, (count, one)) in &kinds {
        println!("{count} of {kind}, such as {one}");
    }
    assert!(wrong.is_empty(), "{} wrong, of which the first: {}", wrong.len(), wrong[0]);
    assert!(
        only.is_some() || tally.read > 9 * (tally.asked + tally.reported),
        "most of what is said plainly goes in: {tally:?}"
    );
}
