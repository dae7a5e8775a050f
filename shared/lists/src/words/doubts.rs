//! What an officer is told of words that leave open how far a certification has come: `data/words/doubts.csv`.

use std::sync::LazyLock;

use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/doubts.csv");

static KNOWN: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| Some((fold::key(row.get(0)?), row.get(1)?.to_owned()));
    super::rows(TABLE).filter_map(row).collect()
});

/// What is told of a text: by the first word of the table that stands in it.
pub fn told(text: &str) -> Option<&'static str> {
    let key = fold::key(text);
    KNOWN.iter().find(|(word, _)| key.contains(word.as_str())).map(|(_, told)| told.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_doubt_has_its_own_words() {
        assert_eq!(KNOWN.len() + 1, TABLE.lines().count());
        for (text, expected) in [
            ("拟取消普惠性民办幼儿园认定名单公示", Some("拟取消")),
            ("二、暂停(1家)", Some("暂停")),
            ("邗江区已备案托育机构一览表", Some("备案")),
            ("生均奖补资金分配表", Some("经费")),
            ("认定专家名单", Some("人员")),
            ("认定名单(草案)", Some("草案")),
            ("认定名单(作废)", Some("作废")),
            ("甲乙丙", None),
        ] {
            assert_eq!(
                told(text).map(|told| expected.is_some_and(|word| told.contains(word))),
                expected.map(|_| true),
                "{text}: {:?}",
                told(text)
            );
        }
    }
}
