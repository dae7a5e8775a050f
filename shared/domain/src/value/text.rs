//! Free text with a bound: what officers type and citizens read.

use std::fmt;

use super::invalid::Invalid;
use super::personal::{self, Found, Kind};
use super::unseen::is_unseen;

/// One to `MAX` characters (Unicode scalar values, as the national templates count them), outer white space removed.
///
/// What is refused, besides: control characters and those that nobody sees, line breaks where the text is one line, and identity and mobile
/// numbers of persons, however they are spelt. A name does not begin like a formula: tables of names are opened in spreadsheets.
/// How long a text may be says what it is: texts of 512 characters and more have lines, those of 200 are names, those of 64 are numbers of
/// documents.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

/// Longest name, in characters.
pub(super) const NAME_CHARS_MAX: usize = 200;
/// Longest address, in characters.
pub(super) const ADDRESS_CHARS_MAX: usize = 300;
/// Longest number of a document, in characters.
const DOCUMENT_NUMBER_CHARS_MAX: usize = 64;
/// Longest reason, in characters; the shortest text that may have lines.
const REASON_CHARS_MAX: usize = 512;

/// A name of a body, outlet or person in office: 200 characters, as in the national pledge template (C200).
pub type Name = Text<NAME_CHARS_MAX>;
/// A postal address down to the village and door: 300 characters.
pub type Address = Text<ADDRESS_CHARS_MAX>;
/// A document number (文号), such as 平教普〔2018〕489号: 64 characters.
pub type DocumentNumber = Text<DOCUMENT_NUMBER_CHARS_MAX>;
/// A few words of a document as they stand there, such as 三年: 64 characters, and looked through as a document's number is.
pub type Wording = Text<DOCUMENT_NUMBER_CHARS_MAX>;
/// A short reason or remark: 512 characters (C512 of the pledge template).
pub type Reason = Text<REASON_CHARS_MAX>;
/// A long statement, finding or pledge content: 4,000 characters (C4000 of the pledge template).
pub type Content = Text<4000>;

impl<const MAX: usize> Text<MAX> {
    const HAS_LINES: bool = MAX >= REASON_CHARS_MAX;

    /// Reads `text`, removing white space at both ends.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        Self::bounded(text)?;
        let glance = Glance::at(text);
        // Digits of other scripts and of full width begin with a byte that is odd.
        let wide = if glance.odd { readable(text, Self::HAS_LINES)? } else { 0 };
        if glance.digits + wide >= personal::DIGITS_MIN {
            let kind = if MAX == DOCUMENT_NUMBER_CHARS_MAX { Kind::DocumentNumber } else { Kind::Words };
            personal(text, kind)?;
        }
        if MAX == NAME_CHARS_MAX && text.starts_with(FORMULAS) {
            return Err(Invalid::new("FORMULA", "名称不得以 = + - @ 开头", "a name does not begin with = + - @"));
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

/// What a spreadsheet takes for the beginning of a formula, in either width.
const FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What one look at each byte tells. Most texts are done after it: Chinese characters begin with 0xE4 to 0xE9.
struct Glance {
    /// A control character, one that may be unseen, or a digit that is not of ASCII may be there. U+0080 to U+00BF begin with 0xC2.
    odd: bool,
    /// Digits in ASCII.
    digits: usize,
}

impl Glance {
    /// Added up rather than looked for, so that many bytes are looked at together.
    fn at(text: &str) -> Self {
        let (mut odd, mut digits) = (0_u8, 0_usize);
        for chunk in text.as_bytes().chunks(CHUNK_BYTES) {
            let mut here = 0_u8;
            for byte in chunk {
                let rare =
                    matches!(byte, 0..0x20 | 0x7f | 0xc2 | 0xcd | 0xd8 | 0xd9 | 0xdb | 0xdf..=0xe3 | 0xea | 0xef..);
                odd |= u8::from(rare);
                here += u8::from(byte.is_ascii_digit());
            }
            digits += usize::from(here);
        }
        Self { odd: odd != 0, digits }
    }
}

/// Bytes whose digits are counted in one byte.
const CHUNK_BYTES: usize = 128;

/// Holds the text to have nothing that people cannot see; tells how many digits it has that are not of ASCII.
fn readable(text: &str, has_lines: bool) -> Result<usize, Invalid> {
    let mut wide = 0;
    for c in text.chars() {
        // What nearly all of a text is made of.
        if matches!(c, ' '..='~' | '\u{2E80}'..='\u{3163}' | '\u{3165}'..='\u{D7FF}' | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF5E}')
        {
            continue;
        }
        if !c.is_ascii() && personal::digit(c).is_some() {
            wide += 1;
            continue;
        }
        check(c, has_lines)?;
    }
    Ok(wide)
}

/// One character that is not of the common ones.
fn check(c: char, has_lines: bool) -> Result<(), Invalid> {
    if is_unseen(c) {
        return Err(Invalid::new(
            "INVISIBLE_CHARACTER",
            "含看不见或改变阅读方向的字符(零宽、方向控制、填充等),请删去后重新录入",
            "holds a character that nobody sees or that turns the reading direction: remove it and type the text again",
        ));
    }
    let separates_lines = matches!(c, '\u{2028}' | '\u{2029}');
    if !has_lines && (separates_lines || matches!(c, '\n' | '\r')) {
        return Err(Invalid::new("LINE_BREAK", "此项为一行,不得换行", "one line: no line breaks"));
    }
    let kept = has_lines && matches!(c, '\n' | '\r' | '\t');
    if (c.is_control() || separates_lines) && !kept {
        return Err(Invalid::new("ALPHABET", "不得含控制字符", "control characters are not allowed"));
    }
    Ok(())
}

/// No number of a person.
fn personal(text: &str, kind: Kind) -> Result<(), Invalid> {
    match personal::find(text, kind) {
        None => Ok(()),
        Some(Found::Identity) => Err(Invalid::IDENTITY_NUMBER),
        Some(Found::Mobile) => Err(Invalid::MOBILE_NUMBER),
    }
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
        // Characters of four bytes, as names of persons and places have some.
        assert_eq!(Text::<3>::parse("𠮷𠮷𠮷").unwrap().as_str(), "𠮷𠮷𠮷");
        assert_eq!(Text::<3>::parse("𠮷𠮷𠮷𠮷"), Err(Invalid::TOO_LONG));
        assert_eq!(Text::<3>::parse(" \t"), Err(Invalid::EMPTY));
        assert_eq!(Text::<3>::parse("a\u{7}").unwrap_err().rule, "ALPHABET");
    }

    #[test]
    fn what_nobody_sees_is_refused_and_lines_stand_where_texts_have_some() {
        let rule = |text: &str| Name::parse(text).map_err(|invalid| invalid.rule);
        for (text, refused) in [
            ("阳光\u{202E}园", "INVISIBLE_CHARACTER"),
            ("阳光\u{2066}园", "INVISIBLE_CHARACTER"),
            ("\u{200B}", "INVISIBLE_CHARACTER"),
            ("\u{3164}", "INVISIBLE_CHARACTER"),
            ("\u{FEFF}阳光园", "INVISIBLE_CHARACTER"),
            ("阳光园\u{E0041}", "INVISIBLE_CHARACTER"),
            ("阳\u{AD}光园", "INVISIBLE_CHARACTER"),
            ("阳光\u{FE0F}园", "INVISIBLE_CHARACTER"),
            ("阳光\u{E0100}园", "INVISIBLE_CHARACTER"),
            ("\u{2800}\u{2800}", "INVISIBLE_CHARACTER"),
            ("阳光\n园", "LINE_BREAK"),
            ("阳光\r园", "LINE_BREAK"),
            ("阳光\u{2028}园", "LINE_BREAK"),
            ("阳光\t园", "ALPHABET"),
            ("阳光\u{85}园", "ALPHABET"),
            ("阳光\0园", "ALPHABET"),
            ("=HYPERLINK(\"x\")", "FORMULA"),
            ("+1", "FORMULA"),
            ("-园", "FORMULA"),
            ("@园", "FORMULA"),
            ("＝1", "FORMULA"),
            ("\u{3000} \u{A0}\u{2003}", "EMPTY"),
        ] {
            assert_eq!(rule(text), Err(refused), "{text:?}");
        }
        for taken in ["6+1幼儿园", "“阳光”托育(园)、A—B", "㙍𠅤䶮﨑园", "Café Ａ", "阳 光\u{A0}园", "Οίκος دار"]
        {
            assert_eq!(rule(taken).map(|name| name.as_str().to_owned()), Ok(taken.to_owned()), "{taken:?}");
        }
        assert!(Reason::parse("一\r\n\t二\n三").is_ok() && Reason::parse("=一").is_ok());
        assert_eq!(Reason::parse("一\u{2029}二").unwrap_err().rule, "ALPHABET");
        assert_eq!(Address::parse("文昌西路\n1号").unwrap_err().rule, "LINE_BREAK");
        assert_eq!(DocumentNumber::parse("平教普\n489号").unwrap_err().rule, "LINE_BREAK");
    }

    #[test]
    fn a_glance_passes_over_nothing_that_is_unseen() {
        for c in (0..=0x10_FFFF).filter_map(char::from_u32).filter(|c| is_unseen(*c) || c.is_control()) {
            assert!(Glance::at(&c.to_string()).odd, "{c:?}");
        }
        assert!(!Glance::at("普惠性托育 A1").odd);
        assert_eq!(Glance::at(&"1二".repeat(2000)).digits, 2000);
        for c in (0..=0x10_FFFF).filter_map(char::from_u32).filter(|c| is_unseen(*c)) {
            assert!(readable(&c.to_string(), true).is_err(), "{c:?}");
        }
        assert_eq!(readable("１２ 3，", false), Ok(2));
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
