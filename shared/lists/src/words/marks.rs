//! Words that say how far a certification has come: `data/words/marks.csv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/marks.csv");

/// What a word says of a certification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Decided (认定).
    Certified,
    /// Proposed, under review or put to the public: no certification (拟认定、公示).
    Proposed,
    /// Refused or put off (不予认定、暂缓).
    Refused,
    /// Taken away (取消、撤销).
    Revoked,
    /// Annulled: void from its beginning (自始无效). 撤销 alone is said of cancellations as well.
    Annulled,
    /// Left of its own will (退出).
    Withdrawn,
    /// The body is gone from the register (注销).
    Deregistered,
    /// The outlet is open no more (停办).
    Closed,
    /// The term has run out (到期).
    Expired,
}

impl Mark {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Certified, "certified"),
        (Self::Proposed, "proposed"),
        (Self::Refused, "refused"),
        (Self::Revoked, "revoked"),
        (Self::Annulled, "annulled"),
        (Self::Withdrawn, "withdrawn"),
        (Self::Deregistered, "deregistered"),
        (Self::Closed, "closed"),
        (Self::Expired, "expired"),
    ];

    /// Its code in the table, in answers and for `--kind`.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(mark, _)| *mark == self).map_or("", |(_, code)| code)
    }

    /// The mark of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == code).map(|(mark, _)| *mark)
    }
}

static KNOWN: LazyLock<HashMap<String, Mark>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| Some((fold::key(row.get(0)?), Mark::of_code(row.get(1)?)?));
    super::rows(TABLE).filter_map(row).collect()
});

/// What a folded text says as a whole, where it is a known word.
pub(super) fn of_word(key: &str) -> Option<Mark> {
    KNOWN.get(key).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let rows: Vec<_> = csv::Reader::from_reader(TABLE.as_bytes()).records().map(Result::unwrap).collect();
        assert!(rows.iter().all(|row| Mark::of_code(&row[1]).is_some() && !row[3].is_empty()));
        assert_eq!(KNOWN.len(), rows.len(), "a word stands twice");
    }
}
