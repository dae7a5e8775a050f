//! Words by which a title between rows is told from the name of an outlet: `data/words/titles.csv`.

use std::sync::LazyLock;

use super::parts;
use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/titles.csv");

/// What a word says of the text it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    /// Titles of lists end so.
    List,
    /// Titles of groups end so.
    Group,
    /// It stands beside a category in the title of a group.
    Modifier,
    /// A group beside groups of places.
    Among,
    /// Names of outlets end so.
    Outlet,
}

/// The words, folded, the longest first.
static KNOWN: LazyLock<Vec<(String, Means)>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| {
        let means = match row.get(1)? {
            "list" => Means::List,
            "group" => Means::Group,
            "modifier" => Means::Modifier,
            "among" => Means::Among,
            "outlet" => Means::Outlet,
            _ => return None,
        };
        Some((fold::key(row.get(0)?), means))
    };
    let mut words: Vec<_> = super::rows(TABLE).filter_map(row).collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    words
});

fn ends(key: &str, wanted: Means) -> bool {
    KNOWN.iter().any(|(word, means)| *means == wanted && key.strip_suffix(word.as_str()).is_some_and(|b| !b.is_empty()))
}

/// Whether a text ends as titles of lists or groups do.
pub(crate) fn is_group(text: &str) -> bool {
    let (base, _notes) = fold::without_notes(&fold::key(text));
    ends(&base, Means::Group) || ends(&base, Means::List)
}

/// Whether a text names a group that stands beside groups of places and is in none of theirs (其他, 功能区).
pub(crate) fn is_among(text: &str) -> bool {
    let (base, _notes) = fold::without_notes(&fold::key(text));
    KNOWN.iter().any(|(word, means)| *means == Means::Among && *word == base)
}

/// Whether a text ends as names of outlets do.
pub(crate) fn is_outlet(text: &str) -> bool {
    let (base, _notes) = fold::without_notes(&fold::key(text));
    ends(&base, Means::Outlet)
}

/// Whether a text names a category and nothing more: 公办幼儿园.
pub(crate) fn is_category(text: &str) -> bool {
    let (base, _notes) = fold::without_notes(&fold::key(text));
    let (codes, mut rest) = parts::apart(&base);
    if codes.is_empty() {
        return false;
    }
    for (word, _) in KNOWN.iter().filter(|(_, means)| *means == Means::Modifier) {
        rest = rest.replace(word.as_str(), "");
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(KNOWN.len() + 1, TABLE.lines().count());
    }

    #[test]
    fn titles_and_names_are_told_apart_by_their_words_where_they_can() {
        assert!(is_group("邗江区普惠托育机构名单(2024年)") && !is_group("名单路幼儿园") && is_group("第一批"));
        for title in
            ["托育机构", "公办幼儿园", "民办普惠性幼儿园", "养老机构（民政部门另行认定）", "老年助餐点", "幼儿园类"]
        {
            assert!(is_category(title), "{title}");
        }
        for name in ["阳光幼儿园", "邗江区幼儿园", "爱心养老院", "城区", "第一幼儿园"] {
            assert!(!is_category(name), "{name}");
        }
        assert!(is_outlet("爱心养老院(东区)") && is_outlet("丁托育园") && !is_outlet("园") && !is_outlet("天平街道"));
        assert!(is_among("功能区") && is_among("其他(2家)") && !is_among("邗江区"));
    }
}
