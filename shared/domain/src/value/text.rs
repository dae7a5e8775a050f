//! Free text with a bound: what officers type and citizens read.

use std::fmt;

use super::invalid::Invalid;

/// One to `MAX` characters (Unicode scalar values, as the national templates count them), outer white space removed.
/// Line breaks and tabs are kept; other control characters are refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

/// A name of a body, outlet or person in office: 200 characters, as in the national pledge template (C200).
pub type Name = Text<200>;
/// A postal address down to the village and door: 300 characters.
pub type Address = Text<300>;
/// A document number (文号), such as 平教普〔2018〕489号: 64 characters.
pub type DocumentNumber = Text<64>;
/// A short reason or remark: 512 characters (C512 of the pledge template).
pub type Reason = Text<512>;
/// A long statement, finding or pledge content: 4,000 characters (C4000 of the pledge template).
pub type Content = Text<4000>;

impl<const MAX: usize> Text<MAX> {
    /// Reads `text`, removing white space at both ends.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        Self::bounded(text)?;
        if may_hold_controls(text) && text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(Invalid::new("ALPHABET", "不得含控制字符", "control characters are not allowed"));
        }
        Ok(Self(text.to_owned()))
    }

    /// A text that is on record. What was accepted once stays readable: only its length is looked at, and no rule of
    /// [`Self::parse`], which may become stricter.
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        Self::bounded(text)?;
        Ok(Self(text.to_owned()))
    }

    fn bounded(text: &str) -> Result<(), Invalid> {
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        // Bytes first: a message of megabytes is not counted character by character.
        if text.len() > MAX * 4 || (text.len() > MAX && text.chars().count() > MAX) {
            return Err(Invalid::TOO_LONG);
        }
        Ok(())
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a byte is, or begins, a control character: one look at each byte, where nearly every text has none. U+0080 to U+009F begin
/// with 0xC2. Added up rather than looked for, so that many bytes are looked at together.
fn may_hold_controls(text: &str) -> bool {
    let one = |byte| u8::from(byte < 0x20) | u8::from(byte == 0x7f) | u8::from(byte == 0xc2);
    text.bytes().fold(0, |met, byte| met | one(byte)) != 0
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        assert_eq!(Text::<3>::parse(" 普惠园 ").unwrap().as_str(), "普惠园");
        assert_eq!(Text::<3>::parse("普惠园子"), Err(Invalid::TOO_LONG));
        assert_eq!(Text::<3>::parse(" \t"), Err(Invalid::EMPTY));
        assert_eq!(Text::<3>::parse("a\u{7}").unwrap_err().rule, "ALPHABET");
    }

    #[test]
    fn what_is_on_record_is_read_whatever_may_be_typed_today() {
        for text in ["a\u{7}b", " a ", "\u{202e}"] {
            assert_eq!(Text::<3>::stored(text).unwrap().as_str(), text);
        }
        assert_eq!(Text::<3>::stored(""), Err(Invalid::EMPTY));
        assert_eq!(Text::<3>::stored("普惠园子"), Err(Invalid::TOO_LONG));
    }
}
