//! Short codes a scheme defines, and the officer's staff number.

use std::fmt;

use super::invalid::Invalid;
use super::personal::{self, Found, Kind};

/// Longest code, in characters.
const CODE_CHARS_MAX: usize = 40;
/// Longest staff number, in characters.
const OFFICER_CHARS_MAX: usize = 64;

fn parse_code(text: &str) -> Result<String, Invalid> {
    if text.is_empty() {
        return Err(Invalid::EMPTY);
    }
    if text.len() > CODE_CHARS_MAX {
        return Err(Invalid::TOO_LONG);
    }
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let outer = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    if !bytes.iter().all(|b| inner(*b)) || !outer(bytes[0]) || !outer(bytes[bytes.len() - 1]) {
        return Err(Invalid::new("ALPHABET", "只能用小写字母、数字和连字符", "only a-z, 0-9 and inner hyphens"));
    }
    Ok(text.to_owned())
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads a code of 1 to 40 characters: a-z, 0-9, inner hyphens.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                parse_code(text).map(Self)
            }

            /// The code as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

codes! {
    /// A service category of the scheme, such as `childcare`.
    CategoryCode,
    /// A bureau of the scheme, such as `321003-health`.
    BureauId,
    /// An administering zone (功能区) of the scheme, such as `shugang-shouxihu`. Zones decide too and have no GB/T 2260 code.
    ZoneCode,
    /// A ground for rectification, revocation or a bar, as the scheme lists them, such as `safety-accident`.
    GroundCode,
}

/// An officer's staff number within the bureau. Never a number of the person: an identity number or a mobile number is refused wherever in it
/// and however it is spelt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficerId(String);

impl OfficerId {
    /// Reads 1 to 64 characters of A-Z, a-z, 0-9, `.`, `_`, `-`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::bounded(text)?;
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')) {
            return Err(Invalid::new("ALPHABET", "工号只能用字母、数字和 . _ -", "only letters, digits and . _ -"));
        }
        match personal::find(text, Kind::Words) {
            None => {}
            Some(Found::Identity) => {
                return Err(Invalid::new(
                    "IDENTITY_NUMBER",
                    "请填工号,不得填身份证号码",
                    "a staff number, never an identity number",
                ));
            }
            Some(Found::Mobile) => {
                return Err(Invalid::new(
                    "MOBILE_NUMBER",
                    "请填工号,不得填手机号码",
                    "a staff number, never a mobile number",
                ));
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// A staff number that is on record: only its length is looked at, since [`Self::parse`] may become stricter.
    #[inline]
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        Self::bounded(text)?;
        Ok(Self(text.to_owned()))
    }

    fn bounded(text: &str) -> Result<(), Invalid> {
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        if text.len() > OFFICER_CHARS_MAX {
            return Err(Invalid::TOO_LONG);
        }
        Ok(())
    }

    /// The staff number as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OfficerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_lower_case_words_joined_by_hyphens() {
        assert!(CategoryCode::parse("elder-community").is_ok());
        for (text, rule) in
            [("", "EMPTY"), ("-a", "ALPHABET"), ("a-", "ALPHABET"), ("托育", "ALPHABET"), ("a.b", "ALPHABET")]
        {
            assert_eq!(CategoryCode::parse(text).unwrap_err().rule, rule, "{text}");
        }
        assert_eq!(CategoryCode::parse(&"a".repeat(40)).unwrap().as_str(), "a".repeat(40));
        assert_eq!(CategoryCode::parse(&"a".repeat(41)).unwrap_err().rule, "TOO_LONG");
    }

    #[test]
    fn a_staff_number_is_of_one_to_as_many_characters() {
        let of = |count: usize| OfficerId::parse(&"a".repeat(count)).map_err(|invalid| invalid.rule);
        assert_eq!(of(0), Err("EMPTY"));
        assert_eq!(of(OFFICER_CHARS_MAX + 1), Err("TOO_LONG"));
        let longest = of(OFFICER_CHARS_MAX).unwrap();
        assert_eq!((longest.as_str(), longest.to_string().len()), (&*"a".repeat(OFFICER_CHARS_MAX), OFFICER_CHARS_MAX));
    }

    #[test]
    fn a_number_of_a_person_is_no_staff_number() {
        for (text, rule) in [
            ("11010519491231002X", "IDENTITY_NUMBER"),
            ("hj-11010519491231002X", "IDENTITY_NUMBER"),
            ("hj11010519491231002x", "IDENTITY_NUMBER"),
            ("hj_110105_19491231_002X", "IDENTITY_NUMBER"),
            ("hj.110105-19491231-002x.1", "IDENTITY_NUMBER"),
            ("321003185101113767", "IDENTITY_NUMBER"),
            ("321003510111376", "IDENTITY_NUMBER"),
            ("13800138000", "MOBILE_NUMBER"),
            ("hj-13800138000", "MOBILE_NUMBER"),
        ] {
            assert_eq!(OfficerId::parse(text).unwrap_err().rule, rule, "{text}");
        }
        for taken in ["hj-0042", "20260001", "321003-health-17", "11010519491231003X", "202611260001", "bench"] {
            assert!(OfficerId::parse(taken).is_ok(), "{taken}");
        }
    }
}
