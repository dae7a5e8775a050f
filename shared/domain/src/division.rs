//! Statistical division codes (统计用区划代码): 12 digits, county 6, street or town 3, community or village 3.

use std::collections::BTreeMap;
use std::fmt;

use arrayvec::ArrayString;

use crate::Invalid;

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

/// A dated table of division codes and names. Codes retire and names repeat, so the table is data with an edition, never a constant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DivisionTable {
    edition: String,
    names: BTreeMap<String, String>,
}

impl DivisionTable {
    /// A table of `(code of 2, 4, 6, 9 or 12 digits, name)` rows.
    pub fn new(edition: &str, rows: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { edition: edition.to_owned(), names: rows.into_iter().collect() }
    }

    /// Where and when the table was published.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// The name of an area, if the table lists it.
    pub fn name(&self, prefix: &str) -> Option<&str> {
        self.names.get(prefix).map(String::as_str)
    }

    /// Every `(code, name)` in code order.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(code, name)| (code.as_str(), name.as_str()))
    }

    /// Whether a place is known: its county must be listed; the levels below are checked only where the table lists any
    /// place of that level under it.
    pub fn knows(&self, division: &Division) -> bool {
        let code = division.as_str();
        let listed = |level: usize| {
            let absent = code[level - 3..level].bytes().all(|b| b == b'0');
            absent || self.names.contains_key(&code[..level]) || !self.lists_below(&code[..level - 3], level)
        };
        self.names.contains_key(division.county()) && listed(9) && listed(12)
    }

    fn lists_below(&self, parent: &str, level: usize) -> bool {
        self.names
            .range(parent.to_owned()..)
            .take_while(|(code, _)| code.starts_with(parent))
            .any(|(code, _)| code.len() == level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_padded_and_reach_a_county() {
        assert_eq!(Division::parse("321003").unwrap().as_str(), "321003000000");
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
    }

    #[test]
    fn a_level_the_table_does_not_list_is_not_doubted() {
        let row = |c: &str| (c.to_owned(), c.to_owned());
        let table = DivisionTable::new("t", [row("321003"), row("321003005"), row("330326")]);
        let knows = |t| table.knows(&Division::parse(t).unwrap());
        assert!(knows("321003") && knows("321003005") && knows("321003005007") && knows("330326101"));
        assert!(!knows("321003099") && !knows("321999") && !knows("321000"));
    }
}
