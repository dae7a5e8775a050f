//! Phrases that say how far a certification has come, within a longer text: `data/words/phrases.csv`. Each kind of text has phrases of its own: a
//! status may say 到期 of the row, where a remark speaks of what happens when a term runs out.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::marks::Mark;
use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/phrases.csv");

/// What kind of text a phrase stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// A cell of a status or a result.
    Status,
    /// A title.
    Title,
    /// A remark.
    Remark,
}

impl Place {
    fn of_code(code: &str) -> Option<Self> {
        match code {
            "status" => Some(Self::Status),
            "title" => Some(Self::Title),
            "remark" => Some(Self::Remark),
            _ => None,
        }
    }
}

/// What a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// How far a certification has come.
    Mark(Mark),
    /// That the outlets are inclusive (普惠), which they are by a certification, where nothing nearer says how far it has come.
    Inclusive,
    /// That what was put to the public is decided now.
    Decided,
    /// What holds for all and happens when something is the case: nothing of the row.
    Rule,
    /// What was before.
    Past,
    /// That the body is registered (备案), which is no certification.
    Registered,
    /// What a thing is called that has a verdict's word in its name (认定有效期): nothing of how far a certification has come.
    Nothing,
    /// Two things at once (认定及取消), or an end that is only proposed (拟取消) or is none (暂停): nobody but an officer can tell.
    Unclear,
    /// Certified ones and ended ones in one notice (认定及取消): each of its lists says of itself which.
    Both,
}

impl Says {
    fn of_code(code: &str) -> Option<Self> {
        match code {
            "inclusive" => Some(Self::Inclusive),
            "decided" => Some(Self::Decided),
            "rule" => Some(Self::Rule),
            "past" => Some(Self::Past),
            "registered" => Some(Self::Registered),
            "nothing" => Some(Self::Nothing),
            "unclear" => Some(Self::Unclear),
            "both" => Some(Self::Both),
            other => Mark::of_code(other).map(Self::Mark),
        }
    }
}

/// The phrases of one kind of text by their first character, the longest first.
type Phrases = HashMap<char, Vec<(String, Says)>>;

static KNOWN: LazyLock<HashMap<Place, Phrases>> = LazyLock::new(|| {
    let mut known: HashMap<Place, Phrases> = HashMap::new();
    for row in super::rows(TABLE) {
        let field = |at: usize| row.get(at).unwrap_or_default();
        let (Some(says), Some(place)) = (Says::of_code(field(1)), Place::of_code(field(2))) else { continue };
        let phrase = fold::key(field(0));
        let Some(first) = phrase.chars().next() else { continue };
        known.entry(place).or_default().entry(first).or_default().push((phrase, says));
    }
    for phrases in known.values_mut().flat_map(HashMap::values_mut) {
        phrases.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
    }
    known
});

/// What the phrases of a text say, from left to right: of two that begin at one place the longer counts, and none counts within another.
pub fn found(text: &str, place: Place) -> Vec<Says> {
    let key = fold::key(text);
    let mut found = Vec::new();
    let mut rest = key.as_str();
    while let Some(first) = rest.chars().next() {
        if let Some((len, says)) = at(rest, place) {
            found.push(says);
            rest = &rest[len..];
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    found
}

/// The longest phrase that a folded text begins with: its length, and what it says.
pub(super) fn at(rest: &str, place: Place) -> Option<(usize, Says)> {
    let first = rest.chars().next()?;
    let phrases = KNOWN.get(&place)?.get(&first)?;
    phrases.iter().find(|(phrase, _)| rest.starts_with(phrase.as_str())).map(|(phrase, says)| (phrase.len(), *says))
}

/// What the phrase at the beginning of a folded text says, the longest there is, and what follows it.
pub fn begins(key: &str, place: Place) -> Option<(Says, &str)> {
    let phrases = KNOWN.get(&place)?.get(&key.chars().next()?)?;
    phrases.iter().find_map(|(phrase, says)| Some((*says, key.strip_prefix(phrase.as_str())?)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_whole() {
        let mut seen = BTreeSet::new();
        for row in csv::Reader::from_reader(TABLE.as_bytes()).records().map(Result::unwrap) {
            assert!(Says::of_code(&row[1]).is_some() && Place::of_code(&row[2]).is_some(), "{row:?}");
            assert!(!row[3].is_empty() && seen.insert((fold::key(&row[0]), row[2].to_owned())), "{row:?} stands twice");
        }
    }
}
