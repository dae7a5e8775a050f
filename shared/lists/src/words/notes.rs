//! Words by which a line is known to be no row: `data/words/notes.csv`.

use std::sync::LazyLock;

use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/notes.csv");

/// What a word makes of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Note,
    Total,
}

/// Words, what they mean, and whether a colon follows them.
static KNOWN: LazyLock<Vec<(String, Means, bool)>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| {
        let means = match row.get(1)? {
            "note" => Means::Note,
            "total" => Means::Total,
            _ => return None,
        };
        Some((fold::key(row.get(0)?), means, row.get(2)? == "before-colon"))
    };
    super::rows(TABLE).filter_map(row).collect()
});

fn begins(text: &str, wanted: Means) -> bool {
    let key = fold::key(text);
    KNOWN
        .iter()
        .filter(|(_, means, _)| *means == wanted)
        .any(|(word, _, colon)| key.strip_prefix(word.as_str()).is_some_and(|rest| !colon || rest.starts_with(':')))
}

/// Whether a text is a note, a signature or who filled the list in. A sentence is one.
pub fn is_note(text: &str) -> bool {
    begins(text, Means::Note) || text.contains('。')
}

/// Whether a text tells a total.
pub fn is_total(text: &str) -> bool {
    begins(text, Means::Total)
}

/// Whether a text is a word for a total and nothing more.
pub fn is_total_alone(text: &str) -> bool {
    let key = fold::key(text);
    KNOWN.iter().any(|(word, means, _)| *means == Means::Total && *word == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_and_totals_are_told_from_rows() {
        assert_eq!(KNOWN.len() + 1, TABLE.lines().count());
        assert!(is_note("审核人:钱某") && is_note("注：以下略") && is_note("(盖章)") && is_note("名单如下。"));
        assert!(!is_note("附件2 取消认定名单") && !is_note("注册路幼儿园") && !is_note("负责人之家"));
        assert!(
            is_total("合计:3家") && is_total_alone("合 计") && !is_total_alone("合计3家") && !is_total("共青团路店")
        );
    }
}
