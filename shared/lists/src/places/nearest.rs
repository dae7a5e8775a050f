//! The known names that are nearest to one that is not known.

use domain::DivisionTable;

use super::index::GROUPS;
use super::scope::Scope;
use super::tables::Places;
use crate::fold;

/// Names told, at most.
const TOLD_MAX: usize = 3;
/// Texts of a list for which the nearest names are looked for. A list in which more are unknown has no slips of the pen, but another column.
const TEXTS_MAX: usize = 200;

impl Places<'_> {
    /// The counties whose names differ least from a text, in the list's own area where it says one.
    pub(super) fn nearest(&self, key: &str, scope: &Scope) -> Vec<String> {
        let mut known = self.nearest.borrow_mut();
        if let Some(nearest) = known.get(key) {
            return nearest.clone();
        }
        if known.len() >= TEXTS_MAX {
            return Vec::new();
        }
        let nearest = self.least_different(key, scope);
        known.insert(key.to_owned(), nearest.clone());
        nearest
    }

    fn least_different(&self, key: &str, scope: &Scope) -> Vec<String> {
        let mut areas: Vec<&str> = scope.areas().collect();
        if areas.is_empty() {
            areas.extend(scope.home().filter(|home| home.len() == 4));
        }
        let inside =
            |code: &str| areas.is_empty() || areas.iter().any(|area| code.starts_with(&area[..area.len().min(4)]));
        let chars: Vec<char> = key.chars().collect();
        let counties = self.folded.get_or_init(|| {
            counties(self.table).map(|(code, name)| (code.to_owned(), fold::key(name).chars().collect())).collect()
        });
        let mut found: Vec<(usize, &str)> = counties
            .iter()
            .filter(|(code, _)| inside(code))
            .filter_map(|(code, own)| {
                let near = own.len() / 3;
                // The text may name the city too: its end is compared. Whole it is as far as it is longer at least.
                let tail = &chars[chars.len().saturating_sub(own.len())..];
                let shared = tail.iter().filter(|c| own.contains(c)).count();
                let whole = chars.len().abs_diff(own.len()) <= near;
                if shared + near < own.len() && !whole {
                    return None;
                }
                let far = distance(tail, own);
                let far = if whole { far.min(distance(&chars, own)) } else { far };
                (far <= near).then_some((far, code.as_str()))
            })
            .collect();
        found.sort_unstable();
        let least = found.first().map(|(far, _)| *far);
        found.retain(|(far, _)| Some(*far) == least);
        // In the whole country some name is always near: only one that no other is as near as tells something.
        if areas.is_empty() && found.len() > 1 {
            return Vec::new();
        }
        found.into_iter().take(TOLD_MAX).map(|(_, code)| format!("{}({code})", self.full_name(code))).collect()
    }

    /// The counties whose codes differ in one digit, or in two that changed places.
    pub(super) fn nearest_codes(&self, code: &str) -> Vec<String> {
        // They are few, and looked up: a list may hold many codes that are none.
        let digits = code.as_bytes();
        let mut near: Vec<String> = Vec::new();
        for at in 2..digits.len() {
            let changed = (b'0'..=b'9').map(|digit| {
                let mut other = digits.to_vec();
                other[at] = digit;
                other
            });
            let swapped = (at + 1..digits.len()).map(|with| {
                let mut other = digits.to_vec();
                other.swap(at, with);
                other
            });
            near.extend(changed.chain(swapped).filter_map(|other| String::from_utf8(other).ok()));
        }
        near.retain(|other| other != code && self.table.name(other).is_some_and(|name| !GROUPS.contains(&name)));
        near.sort_unstable();
        near.dedup();
        let told = near.into_iter().take(TOLD_MAX);
        told.map(|code| format!("{}({code})", self.full_name(&code))).collect()
    }
}

fn counties(table: &DivisionTable) -> impl Iterator<Item = (&str, &str)> {
    table.rows().filter(|(code, name)| code.len() == 6 && !GROUPS.contains(name))
}

/// How many characters have to be put in, taken out or changed to make one text the other.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let cost = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(corner + 1);
        }
    }
    row[other.len()]
}
