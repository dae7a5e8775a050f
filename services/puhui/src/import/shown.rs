//! What a search shows of what a list holds, said where that is less than whoever entered it looks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use domain::{Day, ProviderId};
use lists::record::{Register, Shown};
use serde_json::{Value, json};

use super::send::{Became, Came};

/// How the outlets of a list are found.
#[derive(Debug, Default)]
pub(super) struct Found {
    outlets: BTreeSet<ProviderId>,
    counts: BTreeMap<Shown, u64>,
}

impl Found {
    /// Counts the outlet of a row, if it is on record.
    pub(super) fn count(&mut self, came: Option<&Came>, register: &Mutex<Register>, day: Day) {
        let Some(Came { end: Became::Stored | Became::Ended | Became::Already, id: Some(id), .. }) = came else {
            return;
        };
        if !self.outlets.insert(id.clone()) {
            return;
        }
        let register = register.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shown) = register.shown(id, day) {
            *self.counts.entry(shown).or_default() += 1;
        }
    }

    /// The same for programs: outlets of the list that are on record, by how they are found.
    pub(super) fn object(&self) -> Value {
        let of = |shown: Shown| self.counts.get(&shown).copied().unwrap_or_default();
        json!({
            "outlets": self.outlets.len(),
            "live": of(Shown::Live) + of(Shown::Unended),
            "without_end": of(Shown::Unended),
            "ahead": of(Shown::Ahead),
            "expired": of(Shown::Expired),
            "ended": of(Shown::Ended),
        })
    }

    /// What a search shows; nothing where nothing is on record.
    pub(super) fn sentence(&self) -> Option<String> {
        if self.outlets.is_empty() {
            return None;
        }
        let of = |shown: Shown| self.counts.get(&shown).copied().unwrap_or_default();
        let live = of(Shown::Live) + of(Shown::Unended);
        let mut zh = vec![format!("{}个网点,现有效{live}个", self.outlets.len())];
        let mut en = vec![match live {
            0 => format!("{} outlets, none live", self.outlets.len()),
            live => format!("{} outlets, {live} live", self.outlets.len()),
        }];
        for (shown, word, status) in [
            (Shown::Ahead, "尚未起算", "ahead"),
            (Shown::Expired, "到期", "expired"),
            (Shown::Ended, "已终止", "revoked,withdrawn,deregistered"),
        ] {
            let count = of(shown);
            if count > 0 {
                zh.push(format!("{word}{count}个(查询加 --status {status})"));
                en.push(format!("{count} by --status {status}"));
            }
        }
        let unended = of(Shown::Unended);
        if unended > 0 {
            zh.push(format!("其中有效期未载明{unended}个"));
            en.push(format!("{unended} without a stated end"));
        }
        Some(format!("查询可见 a search shows: {} / {}", zh.join(";"), en.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_search_leaves_out_is_said() {
        let id = |number: u16| ProviderId::parse(&format!("914403001922038216-{number:03}")).unwrap();
        let of = |counts: &[(Shown, u64)]| Found {
            outlets: (1..=counts.iter().map(|(_, count)| u16::try_from(*count).unwrap()).sum()).map(id).collect(),
            counts: counts.iter().copied().collect(),
        };
        for (counts, expected) in [
            (&[][..], None),
            (&[(Shown::Live, 2)], Some("2个网点,现有效2个 / 2 outlets, 2 live")),
            (
                &[(Shown::Expired, 1)],
                Some(
                    "1个网点,现有效0个;到期1个(查询加 --status expired) / 1 outlets, none live; 1 by --status expired",
                ),
            ),
            (
                &[(Shown::Live, 1), (Shown::Unended, 1), (Shown::Ahead, 1)],
                Some(
                    "3个网点,现有效2个;尚未起算1个(查询加 --status ahead);其中有效期未载明1个 / 3 outlets, 2 live; 1 by --status ahead; 1 without \
                     a stated end",
                ),
            ),
        ] {
            let expected = expected.map(|sentence| format!("查询可见 a search shows: {sentence}"));
            assert_eq!(of(counts).sentence(), expected);
        }
    }
}
