//! Words beside which a text names a person (负责人张三): `data/words/persons.csv`.

use std::sync::LazyLock;

use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/persons.csv");

static KNOWN: LazyLock<Vec<String>> =
    LazyLock::new(|| super::rows(TABLE).filter_map(|row| Some(fold::key(row.get(0)?))).collect());

/// Whether a text seems to name a person: one of the words, and right behind it, or behind a colon, what can be a name. A note too many is left
/// out rather than a name kept.
pub fn is_named(text: &str) -> bool {
    let key = fold::key(text);
    KNOWN.iter().flat_map(|word| key.match_indices(word.as_str()).map(|(at, word)| &key[at + word.len()..])).any(
        |rest| {
            let rest = rest.trim_start_matches([':', '是', '为', '(']);
            rest.chars().take_while(|c| ('\u{3400}'..='\u{9FFF}').contains(c)).take(2).count() == 2
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(KNOWN.len() + 1, TABLE.lines().count());
    }

    #[test]
    fn a_name_stands_behind_its_word() {
        for text in ["负责人张三", "联系人:李 四", "園長：王五 电话另附", "(法定代表人：赵六)"]
        {
            assert!(is_named(text), "{text}");
        }
        for text in ["设有老年餐桌", "无负责人", "火车站长江路1号", "人民医院长安路院区"] {
            assert!(!is_named(text), "{text}");
        }
    }
}
