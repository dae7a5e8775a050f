//! What headings say of the verdicts below them: `data/words/results.csv`; the signs that tick a cell: `data/words/ticks.csv`; and what says that a body
//! is open: `data/words/states.csv`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::marks::{self, Mark};
use super::verdicts;
use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/results.csv");
const TICKS: &str = include_str!("../../../../data/words/ticks.csv");
const STATES: &str = include_str!("../../../../data/words/states.csv");

/// How much a result counts beside others of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// What is advised before it is decided: a proposal.
    First,
    /// Something else is found good: an inspection, a registration.
    Aside,
    /// A result.
    Plain,
    /// What is decided.
    Final,
    /// The last word.
    Last,
}

/// What stands below a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Whether the body is open.
    State,
    /// What the body is by law, or whether it is inclusive.
    Nature,
    /// A grade, which may say no.
    Grade,
    /// Why it came to that: what is given a reason for has come to pass.
    Because(Mark),
    /// Ticks of those that the heading is true of.
    Ticks(Mark),
    /// The result of a review.
    Result,
    /// Yes or no to whether the mark is true; none of what is asked there that is no verdict.
    Whether(Option<Mark>),
}

/// Headings as wholes, endings, and parts with the rank they give.
struct Known {
    whole: HashMap<String, String>,
    ends: Vec<String>,
    parts: Vec<(String, Rank)>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known { whole: HashMap::new(), ends: Vec::new(), parts: Vec::new() };
    for row in super::rows(TABLE) {
        let field = |at: usize| row.get(at).unwrap_or_default();
        let word = fold::key(field(0));
        match (field(1), field(2)) {
            ("whole", means) => {
                known.whole.insert(word, means.to_owned());
            }
            ("end", "grade") => known.ends.push(word),
            ("part", "first") => known.parts.push((word, Rank::First)),
            ("part", "aside") => known.parts.push((word, Rank::Aside)),
            ("part", "final") => known.parts.push((word, Rank::Final)),
            ("part", "last") => known.parts.push((word, Rank::Last)),
            _ => {}
        }
    }
    known
});

static SIGNS: LazyLock<HashMap<String, bool>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| Some((fold::key(row.get(0)?), row.get(1)? == "yes"));
    super::rows(TICKS).filter_map(row).collect()
});

static OPEN: LazyLock<HashSet<String>> =
    LazyLock::new(|| super::rows(STATES).filter_map(|row| Some(fold::key(row.get(0)?))).collect());

/// Whether a cell is a sign and nothing more: a tick or a cross.
pub fn tick(text: &str) -> Option<bool> {
    SIGNS.get(&fold::key(text)).copied()
}

/// Whether a text says no more than that a body is open.
pub fn is_open(text: &str) -> bool {
    OPEN.contains(&fold::key(text))
}

/// A heading without what stands beside it.
fn bare(heading: &str) -> String {
    let key = fold::key(heading).replace(['*', ':'], "");
    let (short, notes) = fold::without_notes(&key);
    // 是否认定(是) is one of two columns.
    if matches!(notes.trim(), "是" | "否") { format!("{short}{}", notes.trim()) } else { short }
}

/// What stands below a heading, where the heading itself tells it.
pub fn holds(heading: &str) -> Option<Holds> {
    let key = bare(heading);
    if let Some(of) = key.strip_prefix("是否").or_else(|| key.strip_suffix("与否")) {
        let of = of.trim_end_matches(|c: char| c.is_ascii_punctuation() || c == '、');
        let one = |of: &str| verdicts::of_cell(of.trim_end_matches(|c: char| c.is_ascii_punctuation()));
        if let Some(mark) = of.strip_suffix('是').and_then(one) {
            return Some(Holds::Ticks(mark));
        }
        if let Some(mark) = of.strip_suffix('否').and_then(one) {
            return (mark == Mark::Certified).then_some(Holds::Ticks(Mark::Refused));
        }
        return Some(Holds::Whether(one(of)));
    }
    match KNOWN.whole.get(&key).map(String::as_str) {
        Some("state") => return Some(Holds::State),
        Some("nature") => return Some(Holds::Nature),
        Some("result") => return Some(Holds::Result),
        Some("tick") => return verdicts::of_cell(&key).map(Holds::Ticks),
        Some(mark) => return Mark::of_code(mark).map(Holds::Because),
        None => {}
    }
    if let Some(mark) = marks::of_word(&key).filter(|_| tick(&key).is_none()) {
        return Some(Holds::Ticks(mark));
    }
    KNOWN.ends.iter().any(|end| key.ends_with(end.as_str())).then_some(Holds::Grade)
}

/// How much the results below a heading count. What is advised first is that, whatever else the heading says.
pub fn rank(heading: &str) -> Rank {
    let key = bare(heading);
    let ranks = || KNOWN.parts.iter().filter(|(part, _)| key.contains(part.as_str())).map(|(_, rank)| *rank);
    let most = ranks().max().unwrap_or(Rank::Plain);
    if most != Rank::Last && ranks().any(|rank| rank == Rank::First) { Rank::First } else { most }
}

/// Whether a heading is of the certification itself.
pub fn certifies(heading: &str) -> bool {
    rank(heading) >= Rank::Final
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        for row in csv::Reader::from_reader(TABLE.as_bytes()).records().map(Result::unwrap) {
            let known = match &row[1] {
                "whole" if &row[2] == "tick" => verdicts::of_cell(&row[0]).is_some(),
                "whole" => ["state", "nature", "result"].contains(&&row[2]) || Mark::of_code(&row[2]).is_some(),
                "end" => &row[2] == "grade",
                "part" => ["first", "aside", "final", "last"].contains(&&row[2]),
                _ => false,
            };
            assert!(known && !row[3].is_empty(), "{row:?}");
        }
        assert_eq!(SIGNS.len() + 1, TICKS.lines().count());
        assert_eq!(OPEN.len() + 1, STATES.lines().count());
    }

    #[test]
    fn headings_tell_what_stands_below_them() {
        for (heading, expected) in [
            ("认定", Some(Holds::Ticks(Mark::Certified))),
            ("不认定", Some(Holds::Ticks(Mark::Refused))),
            ("未通过", Some(Holds::Ticks(Mark::Refused))),
            ("取 消", Some(Holds::Ticks(Mark::Revoked))),
            ("是否普惠是", Some(Holds::Ticks(Mark::Certified))),
            ("是否普惠(否)", Some(Holds::Ticks(Mark::Refused))),
            ("是否认定/是", Some(Holds::Ticks(Mark::Certified))),
            ("是否取消", Some(Holds::Whether(Some(Mark::Revoked)))),
            ("是否普惠", Some(Holds::Whether(Some(Mark::Certified)))),
            ("是否示范", Some(Holds::Whether(None))),
            ("取消原因", Some(Holds::Because(Mark::Revoked))),
            ("办园性质", Some(Holds::Nature)),
            ("认定等级", Some(Holds::Grade)),
            ("经营状态", Some(Holds::State)),
            ("初审", Some(Holds::Result)),
            ("认定结果", None),
            ("地址", None),
        ] {
            assert_eq!(holds(heading), expected, "{heading}");
        }
    }

    #[test]
    fn the_last_word_counts_most_and_advice_least() {
        for (heading, expected) in [
            ("终审", Rank::Last),
            ("最终结果", Rank::Last),
            ("局审定意见", Rank::Final),
            ("认定结果", Rank::Final),
            ("审核结果", Rank::Plain),
            ("年检结论", Rank::Aside),
            ("专家意见", Rank::First),
            ("专家认定意见", Rank::First),
            ("初审结果", Rank::First),
            ("镇街审批意见", Rank::First),
        ] {
            assert_eq!(rank(heading), expected, "{heading}");
        }
    }
}
