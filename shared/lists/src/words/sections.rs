//! Words that head a part of a list: `data/words/sections.csv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::marks::{self, Mark};
use super::phrases::{self, Place};
use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/sections.csv");

/// What a part of a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What the list is as a whole (新增, 更名).
    List,
    /// How far the certifications of the part have come.
    Mark(Mark),
    /// Nobody but an officer can tell (合并, 复查).
    Unclear,
    /// What the rest is (其他): what the list is, where nothing stands before it that has ended.
    Rest,
}

struct Known {
    words: HashMap<String, Part>,
    /// Words that may follow one of them (名单, 机构).
    tails: Vec<String>,
    /// How titles of lists end.
    lists: Vec<String>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known { words: HashMap::new(), tails: Vec::new(), lists: Vec::new() };
    for row in super::rows(TABLE) {
        let word = fold::key(row.get(0).unwrap_or_default());
        let part = match row.get(1).unwrap_or_default() {
            "list" => Part::List,
            "unclear" => Part::Unclear,
            "rest" => Part::Rest,
            "tail" => {
                known.tails.push(word);
                continue;
            }
            "title" => {
                known.lists.push(word);
                continue;
            }
            code => match Mark::of_code(code) {
                Some(mark) => Part::Mark(mark),
                None => continue,
            },
        };
        known.words.insert(word, part);
    }
    known.tails.sort_by_key(|tail| std::cmp::Reverse(tail.len()));
    known
});

/// A title without its number, its count and what stands in brackets: 二、调出(2家) is 调出.
pub(crate) fn bare(text: &str) -> String {
    let key = fold::key(text);
    let (base, _notes) = fold::without_notes(&key);
    let base =
        base.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十、.,:)第部分另".contains(c));
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十百两共计".contains(c);
    let counted = base.trim_end_matches(['家', '所', '个', '户', '处', '名', ':', ',']);
    let base = if counted.len() < base.len() { counted.trim_end_matches(number) } else { base };
    base.trim_end_matches([':', ',', '、']).to_owned()
}

/// What part of a list a text heads, where it is a known word and nothing more.
pub fn of(text: &str) -> Option<Part> {
    let (_, notes) = fold::without_notes(&fold::key(text));
    // What brackets say beside a count is not passed over: 认定(2024年退出).
    if !phrases::found(&notes, Place::Title).is_empty() {
        return None;
    }
    let mut base = bare(text);
    loop {
        if let Some(part) = KNOWN.words.get(&base) {
            return Some(*part);
        }
        // A word of a status and nothing more heads those of which it is true.
        if let Some(mark) = marks::of_word(&base).filter(|_| base.chars().count() > 1) {
            return Some(Part::Mark(mark));
        }
        let tail = KNOWN.tails.iter().find(|tail| base.len() > tail.len() && base.ends_with(tail.as_str()))?;
        base.truncate(base.len() - tail.len());
    }
}

/// Whether a title is one of a list as a whole and not of a group in it: 托育机构一览表.
pub fn is_of_a_list(text: &str) -> bool {
    let (base, _notes) = fold::without_notes(&fold::key(text));
    KNOWN.lists.iter().any(|end| base.ends_with(end.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(KNOWN.words.len() + KNOWN.tails.len() + KNOWN.lists.len() + 1, TABLE.lines().count());
    }

    #[test]
    fn parts_of_lists_are_known_by_their_word_alone() {
        for (text, expected) in [
            ("一、新增(2家)", Some(Part::List)),
            ("三、名称变更（1家）", Some(Part::List)),
            ("更名的机构", Some(Part::List)),
            ("二、作废名单", Some(Part::Mark(Mark::Revoked))),
            ("二、删除2家", Some(Part::Mark(Mark::Revoked))),
            ("(五)合并", Some(Part::Unclear)),
            ("六、其他", Some(Part::Rest)),
            ("取消", Some(Part::Mark(Mark::Revoked))),
            ("二、到期(2家)", Some(Part::Mark(Mark::Expired))),
            ("邗江区普惠托育机构认定名单(作废)", None),
            ("认定(2024年退出)", None),
            ("真州镇", None),
            ("新增值服务中心", None),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
        assert!(is_of_a_list("邗江区托育机构一览表(2024)") && !is_of_a_list("真州镇"));
    }
}
