//! Codes that are in no table are refused by name, with the nearest that are. Answered with nothing, a code that was mistyped would read as
//! "there is nothing".

use tonic::Status;

use crate::status;

/// Nearest codes that are named.
const NEAREST_MAX: usize = 3;
/// Characters of a code that is compared with others: longer than any code of a table.
pub const CODE_CHARS_MAX: usize = 64;

/// Codes of a request that are in no table.
#[derive(Debug, Default)]
pub struct UnknownCodes {
    /// Of each the field, and the sentence in Chinese and in English.
    told: Vec<(String, String, String)>,
}

impl UnknownCodes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that `code` in `field` is in no table, and which codes are near.
    pub fn add(&mut self, field: &str, code: &str, near: &[String]) {
        let code: String = code.chars().take(CODE_CHARS_MAX).collect();
        let (mut zh, mut en) = (format!("没有代码{code}"), format!("there is no code {code}"));
        if !near.is_empty() {
            zh = format!("{zh},相近的有{}", near.join("、"));
            en = format!("{en}; the nearest: {}", near.join(", "));
        }
        self.told.push((field.to_owned(), zh, en));
    }

    /// Notes it where `code` is none of `known`.
    pub fn check(&mut self, field: &str, code: &str, known: &[&str]) {
        if !known.contains(&code) {
            self.add(field, code, &nearest(code, known));
        }
    }

    /// What a number of an enumeration stands for; noted where it is none of `known`, which are told by their names in the interface.
    pub fn number<T: Copy>(&mut self, field: &str, number: i32, known: &[(i32, &str, T)]) -> Option<T> {
        if let Some((_, _, stands_for)) = known.iter().find(|(own, _, _)| *own == number) {
            return Some(*stands_for);
        }
        let mut near: Vec<_> = known.iter().map(|(own, name, _)| (own.abs_diff(number), own, name)).collect();
        near.sort_unstable();
        let near: Vec<_> = near.iter().take(NEAREST_MAX).map(|(_, own, name)| format!("{own} {name}")).collect();
        self.add(field, &number.to_string(), &near);
        None
    }

    /// `INVALID_ARGUMENT` with each of them, if there are any.
    pub fn refusal(&self) -> Option<Status> {
        (!self.told.is_empty()).then(|| status::unknown_codes(&self.told))
    }
}

/// Of some codes those that are nearest to one, by the letters to be changed, whatever their case.
pub fn nearest(code: &str, known: &[&str]) -> Vec<String> {
    let code: Vec<char> = code.to_lowercase().chars().take(CODE_CHARS_MAX).collect();
    let mut by_distance: Vec<(usize, &str)> =
        known.iter().map(|other| (distance(&code, &other.to_lowercase()), *other)).collect();
    by_distance.sort_unstable();
    by_distance.dedup();
    by_distance.into_iter().take(NEAREST_MAX).map(|(_, other)| other.to_owned()).collect()
}

/// Letters to be put in, taken out or changed to make one text of another (Levenshtein).
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = changed.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_code_is_the_one_that_was_meant() {
        assert_eq!(nearest("childcre", &["retail", "childcare", "repair"])[0], "childcare");
        assert_eq!(nearest("certified", &["Certified", "CaseRefused"])[0], "Certified");
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(
            (distance(&[], "abc"), distance(&letters("kitten"), "sitting"), distance(&letters("a"), "a")),
            (3, 3, 0)
        );
    }

    #[test]
    fn a_code_without_end_is_told_and_compared_by_its_beginning() {
        let mut unknown = UnknownCodes::new();
        unknown.check("category", &"x".repeat(1 << 20), &["childcare"]);
        let message = unknown.refusal().unwrap().message().to_owned();
        assert!(message.len() < 400 && message.contains("childcare"), "{message}");
    }
}
