//! Text that can be searched: every pair of neighbouring characters (bigrams) of a folded text. Chinese has no spaces to part words
//! by, and a pair is selective enough there.

use std::collections::BTreeSet;

use crate::fold::fold;
use crate::view::View;

/// Follows the last character of a text, so that it too begins a pair.
const END: char = '\u{3}';

/// The pairs of a folded text.
pub(crate) fn grams(folded: &str) -> BTreeSet<String> {
    let next = folded.chars().skip(1).chain([END]);
    folded.chars().zip(next).map(|(a, b)| [a, b].iter().collect()).collect()
}

/// The pairs a word asks for; a single character asks for every pair that begins with it.
pub(crate) fn asked(word: &str) -> Vec<String> {
    let pairs: Vec<String> = word.chars().zip(word.chars().skip(1)).map(|(a, b)| [a, b].iter().collect()).collect();
    if pairs.is_empty() { vec![word.to_owned()] } else { pairs }
}

/// The pairs of a provider's name, and those of its operator's name and its shown address that its name has not.
pub(crate) fn of(view: &View) -> (BTreeSet<String>, BTreeSet<String>) {
    let name = grams(&fold(&view.name));
    let mut other = grams(&fold(&view.operator_name));
    other.extend(grams(&fold(view.shown_address())));
    other.retain(|gram| !name.contains(gram));
    (name, other)
}

/// Where a provider stands in the answer to a text: its name is the text, begins with it, holds every word; or the words are spread
/// over its name, its operator's and its address. `None` where a word is missing.
pub(crate) fn rank(view: &View, words: &[String]) -> Option<u8> {
    let name = fold(&view.name);
    let (operator, address) = (fold(&view.operator_name), fold(view.shown_address()));
    let whole = words.concat();
    if name == whole {
        return Some(0);
    }
    let in_name = |word: &String| name.contains(word.as_str());
    if !words.iter().all(|word| in_name(word) || operator.contains(word.as_str()) || address.contains(word.as_str())) {
        return None;
    }
    Some(match () {
        () if name.starts_with(&whole) => 1,
        () if words.iter().all(in_name) => 2,
        () => 3,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_a_text_and_of_a_word() {
        assert_eq!(grams("托育园").into_iter().collect::<Vec<_>>(), ["园\u{3}", "托育", "育园"]);
        assert_eq!(grams(""), BTreeSet::new());
        assert_eq!(asked("托育园"), ["托育", "育园"]);
        assert_eq!(asked("园"), ["园"]);
    }
}
