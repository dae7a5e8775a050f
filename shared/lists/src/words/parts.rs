//! Parts of words by which a category is known: `data/words/category_parts.csv`. Lists call one category in a hundred ways, made of few parts.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/category_parts.csv");

/// The parts by their first character, the longest first, each with its category's code; an empty code is of a part that names none.
static KNOWN: LazyLock<HashMap<char, Vec<(String, String)>>> = LazyLock::new(|| {
    let mut known: HashMap<char, Vec<(String, String)>> = HashMap::new();
    for row in super::rows(TABLE) {
        let part = fold::key(row.get(0).unwrap_or_default());
        let Some(first) = part.chars().next() else { continue };
        known.entry(first).or_default().push((part, row.get(1).unwrap_or_default().to_owned()));
    }
    for parts in known.values_mut() {
        parts.sort_by_key(|(part, _)| std::cmp::Reverse(part.len()));
    }
    known
});

/// The codes of the categories whose parts stand in a folded text, each once, in their order. A part within a longer one does not count.
pub fn codes(key: &str) -> Vec<&'static str> {
    apart(key).0
}

/// The length of the part that a folded text begins with.
pub(super) fn at(rest: &str) -> Option<usize> {
    let parts = KNOWN.get(&rest.chars().next()?)?;
    parts.iter().map(|(part, _)| part).find(|part| rest.starts_with(part.as_str())).map(String::len)
}

/// What stands in a folded text beside the parts.
pub fn beside(key: &str) -> String {
    apart(key).1
}

/// The same, and what stands in the text beside the parts.
pub(super) fn apart(key: &str) -> (Vec<&'static str>, String) {
    let (mut codes, mut beside): (Vec<&'static str>, String) = (Vec::new(), String::new());
    let mut rest = key;
    while let Some(first) = rest.chars().next() {
        let parts = KNOWN.get(&first).map_or(&[][..], Vec::as_slice);
        let Some((part, code)) = parts.iter().find(|(part, _)| rest.starts_with(part.as_str())) else {
            beside.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        if !code.is_empty() && !codes.contains(&code.as_str()) {
            codes.push(code);
        }
        rest = &rest[part.len()..];
    }
    (codes, beside)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_whole() {
        let mut seen = BTreeSet::new();
        for row in csv::Reader::from_reader(TABLE.as_bytes()).records().map(Result::unwrap) {
            assert!(!row[2].is_empty() && seen.insert(fold::key(&row[0])), "{row:?} stands twice");
        }
    }

    #[test]
    fn the_longer_part_counts() {
        for (text, codes) in [
            ("居家养老服务机构", &["elder-community"][..]),
            ("养老服务机构", &["elder-residential"]),
            ("社区卫生服务中心", &["community-health"]),
            ("市卫生健康委员会", &[]),
            ("普惠性生活服务机构", &[]),
            ("幼儿园、托育园", &["kindergarten", "childcare"]),
        ] {
            assert_eq!(super::codes(text), codes, "{text}");
        }
    }
}
