//! How texts are compared: folded (full width made half width, letters made lower case, white space dropped), and searched by every
//! pair of neighbouring characters (bigrams). Chinese has no spaces to part words by, and a pair is selective enough there.

/// The folded form of a text.
pub(crate) fn fold(text: &str) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    text.chars().map(half).filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// The words of a search, folded.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect()
}

/// Follows the last character of a text, so that it too begins a pair.
const END: char = '\u{3}';

/// Two neighbouring characters of a folded text. They are in the order of their texts.
pub(crate) type Gram = [char; 2];

/// The pairs of folded texts, in order, each once.
pub(crate) fn grams<'a>(folded: impl IntoIterator<Item = &'a String>) -> Vec<Gram> {
    let pairs = |text: &'a String| text.chars().zip(text.chars().skip(1).chain([END])).map(|(a, b)| [a, b]);
    let mut grams: Vec<Gram> = folded.into_iter().flat_map(pairs).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// The pairs a word asks for; a single character asks for every pair that begins with it.
pub(crate) fn asked(word: &str) -> Vec<String> {
    let pairs: Vec<String> = word.chars().zip(word.chars().skip(1)).map(|(a, b)| [a, b].iter().collect()).collect();
    if pairs.is_empty() { vec![word.to_owned()] } else { pairs }
}

/// The texts of a provider that are searched on a day, folded: its name, its operator's, its shown address, and the names of other days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) name: String,
    operator: String,
    address: String,
    others: Vec<String>,
}

impl Texts {
    pub(crate) fn new<'a>(name: &str, operator: &str, address: &str, others: impl Iterator<Item = &'a str>) -> Self {
        Self { name: fold(name), operator: fold(operator), address: fold(address), others: others.map(fold).collect() }
    }

    fn has(&self, word: &str) -> bool {
        let texts = [&self.name, &self.operator, &self.address].into_iter().chain(&self.others);
        texts.into_iter().any(|text| text.contains(word))
    }

    /// Whether every word occurs in one of the texts.
    pub(crate) fn hold(&self, words: &[String]) -> bool {
        words.iter().all(|word| self.has(word))
    }

    /// Where the provider stands in the answer to words: its name is the text (0), begins with it (1), holds every word (2); or
    /// the words are spread over the texts (3). `None` where a word is missing.
    pub(crate) fn rank(&self, words: &[String]) -> Option<u8> {
        let whole = words.concat();
        if self.name == whole {
            return Some(0);
        }
        if !self.hold(words) {
            return None;
        }
        Some(match () {
            () if self.name.starts_with(&whole) => 1,
            () if words.iter().all(|word| self.name.contains(word.as_str())) => 2,
            () => 3,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_and_case_do_not_matter() {
        assert_eq!(fold("ABC 托育(一)"), "abc托育(一)");
        assert_eq!(words(" 文昌 Kids "), ["文昌", "kids"]);
    }

    #[test]
    fn pairs_of_a_text_and_of_a_word() {
        assert_eq!(grams(&["托育园".to_owned()]), [['园', '\u{3}'], ['托', '育'], ['育', '园']]);
        assert_eq!(grams(&["一一一".to_owned(), "一".to_owned()]), [['一', '\u{3}'], ['一', '一']]);
        assert_eq!(grams(&[String::new()]), [] as [Gram; 0]);
        assert_eq!(asked("托育园"), ["托育", "育园"]);
        assert_eq!(asked("园"), ["园"]);
    }
}
