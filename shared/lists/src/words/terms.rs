//! Words that tell what a term above a table is of, the certification's or something else's, and from what a length is counted: `data/words/terms.csv`.

use std::sync::LazyLock;

use super::parts;
use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/terms.csv");

/// What a word beside a term says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Means {
    /// The term is that of the certifications of the list (认定、名单).
    Own,
    /// It is that of something else (办法、收费标准、租赁).
    Other,
    /// It may be either, or hold for some of the list only (证书、新认定).
    Unclear,
    /// What went before a decision and says nothing of its term (公示无异议).
    Neutral,
    /// A length is counted from the day on which the decision was made public (公布之日).
    Publication,
    /// It is counted from the day on which something was handed out or signed (发证之日).
    Issue,
    /// The words leave open how long it is (以内、左右).
    Loose,
}

impl Means {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Own, "own"),
        (Self::Other, "other"),
        (Self::Unclear, "unclear"),
        (Self::Neutral, "neutral"),
        (Self::Publication, "publication"),
        (Self::Issue, "issue"),
        (Self::Loose, "loose"),
    ];

    fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == code).map(|(means, _)| *means)
    }
}

static KNOWN: LazyLock<Vec<(String, Means)>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| Some((fold::key(row.get(0)?), Means::of_code(row.get(1)?)?));
    super::rows(TABLE).filter_map(row).collect()
});

fn of(means: Means) -> impl Iterator<Item = &'static str> {
    KNOWN.iter().filter(move |(_, known)| *known == means).map(|(word, _)| word.as_str())
}

/// What a clause says that a term is of: its last word that says anything, the longest of those that end there. `None` where none does.
pub fn whose(clause: &str) -> Option<Means> {
    let mut key = fold::key(clause);
    for word in of(Means::Neutral) {
        key = key.replace(word, "");
    }
    let last = KNOWN
        .iter()
        .filter(|(_, means)| matches!(means, Means::Own | Means::Other | Means::Unclear))
        .filter_map(|(word, means)| Some((key.rfind(word.as_str())? + word.len(), word.len(), *means)))
        .max_by_key(|(end, length, _)| (*end, *length));
    match last {
        Some((.., means)) => Some(means),
        // 普惠托育 and its like.
        None if !parts::codes(&key).is_empty() => Some(Means::Own),
        None => None,
    }
}

/// From which event a length is counted (自公布之日起三年), or of which one a heading gives the day (公布时间); `None` where the text names neither
/// publication nor handing out.
pub fn event(text: &str) -> Option<Means> {
    let key = fold::key(text);
    [Means::Publication, Means::Issue].into_iter().find(|means| of(*means).any(|word| key.contains(word)))
}

/// Whether what stands behind a term leaves open how long it is.
pub fn is_loose(behind: &str) -> bool {
    of(Means::Loose).any(|word| behind.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let rows: Vec<_> = csv::Reader::from_reader(TABLE.as_bytes()).records().map(Result::unwrap).collect();
        assert!(rows.iter().all(|row| Means::of_code(&row[1]).is_some() && !row[2].is_empty()));
        let words: std::collections::BTreeSet<&str> = KNOWN.iter().map(|(word, _)| word.as_str()).collect();
        assert_eq!((KNOWN.len(), words.len()), (rows.len(), rows.len()), "a word stands twice");
    }

    #[test]
    fn the_last_word_tells_what_a_term_is_of() {
        for (clause, expected) in [
            ("经认定的普惠性民办幼儿园", Some(Means::Own)),
            ("普惠性幼儿园收费标准", Some(Means::Other)),
            ("按照本办法认定的机构", Some(Means::Own)),
            ("普惠性幼儿园认定办法", Some(Means::Other)),
            ("办学许可证", Some(Means::Other)),
            ("食品经营许可证", Some(Means::Other)),
            ("证书", Some(Means::Unclear)),
            ("经公示无异议", None),
            ("普惠托育", Some(Means::Own)),
            ("奖补政策", Some(Means::Other)),
            ("新认定的", Some(Means::Unclear)),
            ("研究", None),
        ] {
            assert_eq!(whose(clause), expected, "{clause}");
        }
        assert_eq!(event("自发文之日起三年"), Some(Means::Publication));
        assert_eq!(event("自认定之日起三年"), None);
        assert!(is_loose("以内") && !is_loose("的名单"));
    }
}
