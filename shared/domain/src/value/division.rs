//! Statistical division codes (统计用区划代码): 12 digits, county 6, street or town 3, community or village 3.

use std::fmt;

use arrayvec::ArrayString;

use super::invalid::Invalid;

/// A place at county level or below: 12 digits, zeros where a level is not given, such as `321003000000` or `321003005007`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Division(ArrayString<DIVISION_CHARS>);

/// Digits of a full code.
const DIVISION_CHARS: usize = 12;

impl Division {
    /// Reads 12 digits, or the first 6 or 9 of them.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        DivisionPrefix::parse(text)?;
        if text.len() < 6 {
            return Err(Invalid::new("LENGTH", "区划代码应为6、9或12位", "6, 9 or 12 digits"));
        }
        let mut full = ArrayString::from(text).map_err(|_| Invalid::TOO_LONG)?;
        while full.try_push('0').is_ok() {}
        // A city without counties (东莞 441900) is listed as its own county; which codes exist is for the table to say.
        if &full[2..4] == "00" {
            return Err(Invalid::new("FORMAT", "区划代码应到县(市、区)一级", "a division at county level or below"));
        }
        Ok(Self(full))
    }

    /// The county's six digits.
    pub fn county(&self) -> &str {
        &self.0[..6]
    }

    /// The street's nine digits, if the code reaches one.
    pub fn street(&self) -> Option<&str> {
        (&self.0[6..9] != "000").then(|| &self.0[..9])
    }

    /// All 12 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the same place, or one that the other lies in.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self == other || DivisionPrefix::parse(self.as_str()).is_ok_and(|area| area.holds(other))
    }
}

impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An area named by the first 2 (province), 4 (city), 6 (county), 9 (street) or 12 (community) digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DivisionPrefix(ArrayString<DIVISION_CHARS>);

impl DivisionPrefix {
    /// Reads 2, 4, 6, 9 or 12 digits; trailing zeros of a full code are folded away (`320000000000` is a province).
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        let mut digits = ArrayString::from(text).map_err(|_| Invalid::TOO_LONG)?;
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Invalid::new("ALPHABET", "区划代码只含数字", "a division code has digits only"));
        }
        if !matches!(text.len(), 2 | 4 | 6 | 9 | 12) {
            return Err(Invalid::new("LENGTH", "区划代码应为2、4、6、9或12位", "2, 4, 6, 9 or 12 digits"));
        }
        let mut end = text.len();
        for (level, width) in [(12, 3), (9, 3), (6, 2), (4, 2)] {
            if end == level && text[end - width..end].bytes().all(|b| b == b'0') {
                end -= width;
            }
        }
        if &text[..2] < "11" || &text[..2] > "82" {
            return Err(Invalid::new("FORMAT", "没有这个省级区划代码", "no province has this code"));
        }
        digits.truncate(end);
        Ok(Self(digits))
    }

    /// Whether the area holds `division`.
    pub fn holds(&self, division: &Division) -> bool {
        division.as_str().starts_with(self.as_str())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_padded_and_reach_a_county() {
        assert_eq!(Division::parse("321003").unwrap().as_str(), "321003000000");
        assert_eq!(Division::parse("321003").unwrap().to_string(), "321003000000");
        assert_eq!(Division::parse("321003005").unwrap().street(), Some("321003005"));
        for (text, rule) in [
            ("", "EMPTY"),
            ("3210", "LENGTH"),
            ("32100a", "ALPHABET"),
            ("991003", "FORMAT"),
            ("3210030050071", "TOO_LONG"),
            ("3210", "LENGTH"),
            ("320000000000", "FORMAT"),
        ] {
            assert_eq!(Division::parse(text).map_err(|i| i.rule), Err(rule), "{text}");
        }
    }

    #[test]
    fn a_prefix_names_an_area_at_any_level() {
        let place = Division::parse("321003005007").unwrap();
        for area in ["32", "3210", "321003", "321003005", "321003005007", "320000000000", "321000"] {
            assert!(DivisionPrefix::parse(area).unwrap().holds(&place), "{area}");
        }
        assert!(!DivisionPrefix::parse("321002").unwrap().holds(&place));
        // Zeros are folded away level by level, and none that are not the whole of a level.
        for (text, folded) in [
            ("321003005000", "321003005"),
            ("321003000000", "321003"),
            ("321003000", "321003"),
            ("321000000000", "3210"),
            ("320000000000", "32"),
            ("321003005070", "321003005070"),
            ("321010", "321010"),
        ] {
            assert_eq!(DivisionPrefix::parse(text).unwrap().as_str(), folded, "{text}");
        }
        for (text, rule) in [
            ("", "EMPTY"),
            ("321", "LENGTH"),
            ("3a", "ALPHABET"),
            ("10", "FORMAT"),
            ("83", "FORMAT"),
            ("3210030050071", "TOO_LONG"),
        ] {
            assert_eq!(DivisionPrefix::parse(text).map_err(|i| i.rule), Err(rule), "{text}");
        }
        assert!(DivisionPrefix::parse("11").is_ok() && DivisionPrefix::parse("82").is_ok());
    }
}
