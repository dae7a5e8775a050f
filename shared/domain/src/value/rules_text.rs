//! The text of a file of rules, as it was adopted: a scheme, a table of days, a table of places.

use super::invalid::Invalid;

/// Bytes of the largest file of rules: a request that carries one stays within what a server takes, and a commit within what a log takes.
pub const RULES_TEXT_BYTES_MAX: usize = 200 * 1024;

/// A file of rules, letter by letter: 1 byte to 200 KiB of UTF-8 with lines. What it says is read where rules are read; here it is only held
/// to be a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RulesText(String);

impl RulesText {
    /// Reads a text without control characters but for line ends and tabs.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let kept = Self::stored(text)?;
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(Invalid::new("ALPHABET", "不得含控制字符", "control characters are not allowed"));
        }
        Ok(kept)
    }

    /// A text that is on record: only its length is looked at.
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        if text.len() > RULES_TEXT_BYTES_MAX {
            return Err(Invalid::TOO_LONG);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_lines_and_an_end() {
        let text = "a = 1\n\tb = \"办法\"\r\n";
        assert_eq!(RulesText::parse(text).unwrap().as_str(), text);
        assert_eq!(RULES_TEXT_BYTES_MAX, 204_800);
        assert_eq!(RulesText::parse("a\u{0}").unwrap_err().rule, "ALPHABET");
        assert!(RulesText::parse(&"x".repeat(RULES_TEXT_BYTES_MAX)).is_ok());
        assert_eq!(RulesText::parse(&"x".repeat(RULES_TEXT_BYTES_MAX + 1)).unwrap_err().rule, "TOO_LONG");
    }
}
