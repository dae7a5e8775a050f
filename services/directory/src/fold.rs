//! Text as it is compared: full width made half width, letters made lower case, white space dropped.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_and_case_do_not_matter() {
        assert_eq!(fold("ABC 托育(一)"), "abc托育(一)");
        assert_eq!(words(" 文昌 Kids "), ["文昌", "kids"]);
    }
}
