//! Small bounded numbers, a telephone number, a point on the ground.

use std::cmp::Reverse;
use std::fmt;

use super::invalid::Invalid;
use super::personal::{self, Found, Kind};

macro_rules! bounded {
    ($($(#[$doc:meta])* $name:ident($inner:ty) $low:literal ..= $high:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($inner);

        impl $name {
            /// Takes a number within the bounds.
            pub fn new(number: u32) -> Result<Self, Invalid> {
                if !($low..=$high).contains(&number) {
                    return Err(Invalid::RANGE);
                }
                <$inner>::try_from(number).map(Self).map_err(|_| Invalid::RANGE)
            }

            /// The number.
            pub fn get(self) -> u32 {
                u32::from(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

bounded! {
    /// Which of several of a kind, counted from 1 to 999.
    Ordinal(u16) 1..=999;
    /// The number of a fact: its place among the facts of its stream, from 1 (第几项). It follows from the log and is stored only where another
    /// fact names it.
    Act(u32) 1..=4_000_000_000;
    /// A calendar year, 1949 to 2199.
    Year(u16) 1949..=2199;
    /// An amount of money in fen (分), 1 to 10,000,000 (100,000 yuan).
    Fen(u32) 1..=10_000_000;
    /// Days of a public notice that count, 1 to 366.
    NoticeDays(u16) 1..=366;
    /// A percentage, 0 to 100.
    Percent(u8) 0..=100;
}

impl Ordinal {
    /// The first.
    pub const FIRST: Self = Self(1);

    /// The one after this; stays at 999.
    #[must_use]
    pub fn next(self) -> Self {
        Self((self.0 + 1).min(999))
    }
}

impl Act {
    /// The fact after so many.
    pub(crate) fn after(facts: u32) -> Self {
        Self(facts.saturating_add(1))
    }

    /// The numbers of acts that are in the way of another, the newest first: as they are put right one after the other.
    pub(crate) fn newest_first(acts: impl IntoIterator<Item = Self>) -> String {
        let mut acts: Vec<Self> = acts.into_iter().collect();
        acts.sort_unstable_by_key(|act| Reverse(*act));
        Self::list(acts)
    }

    /// The numbers of acts in this order.
    pub(crate) fn list(acts: impl IntoIterator<Item = Self>) -> String {
        acts.into_iter().map(|act| act.to_string()).collect::<Vec<_>>().join("、")
    }

    /// The acts of such a list.
    pub(crate) fn listed(list: &str) -> Vec<Self> {
        list.split('、').filter_map(|act| Self::new(act.parse().ok()?).ok()).collect()
    }
}

/// The outlet's public telephone: 5 to 20 characters, digits, spaces, hyphens and a leading `+`: a landline, a 400 or 800 number, a short
/// number such as 12345.
///
/// A mobile number is refused though many a small outlet publishes one: it is registered to a person, stays that person's when the outlet is
/// gone, and could never be taken out of the log again. The field is optional; who has no other number has none here
/// (`docs/decisions/0011-no-numbers-of-persons.md`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

const MOBILE_AS_PHONE: Invalid = Invalid::new(
    "MOBILE_NUMBER",
    "手机号码属于个人,不得录入;公开电话填座机、400或12345一类号码,没有的不填",
    "a mobile number is a person's: give the outlet's landline, 400 or short number, or leave it empty",
);

/// Longest telephone number, in bytes, which are its characters.
const PHONE_BYTES_MAX: usize = 20;

impl Phone {
    /// Reads a number, removing white space at both ends.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        Self::bounded(text)?;
        let digits = text.strip_prefix('+').unwrap_or(text);
        if !digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-')) {
            return Err(Invalid::new("ALPHABET", "电话只含数字、空格、连字符", "digits, spaces and hyphens only"));
        }
        if digits.bytes().filter(u8::is_ascii_digit).count() < 5 {
            return Err(Invalid::new("LENGTH", "电话至少5位数字", "at least five digits"));
        }
        // However it is grouped: there is nothing here but one number.
        let mobile = personal::is_mobile_dialled(text).then_some(Found::Mobile);
        match mobile.or_else(|| personal::find(text, Kind::Words)) {
            Some(Found::Mobile) => return Err(MOBILE_AS_PHONE),
            Some(Found::Identity) => return Err(Invalid::IDENTITY_NUMBER),
            None => {}
        }
        Ok(Self(text.to_owned()))
    }

    /// A number that is on record: only its length is looked at, since [`Self::parse`] may become stricter.
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        Self::bounded(text)?;
        Ok(Self(text.to_owned()))
    }

    fn bounded(text: &str) -> Result<(), Invalid> {
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        if text.len() > PHONE_BYTES_MAX {
            return Err(Invalid::TOO_LONG);
        }
        Ok(())
    }

    /// The number as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A point on the ground (CGCS2000), in millionths of a degree, within the territory of China.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    latitude_microdegrees: i32,
    longitude_microdegrees: i32,
}

impl Point {
    /// Takes a latitude of 0 to 60 and a longitude of 70 to 140 degrees.
    pub fn new(latitude_microdegrees: i32, longitude_microdegrees: i32) -> Result<Self, Invalid> {
        let within = (0..=60_000_000).contains(&latitude_microdegrees)
            && (70_000_000..=140_000_000).contains(&longitude_microdegrees);
        if within { Ok(Self { latitude_microdegrees, longitude_microdegrees }) } else { Err(Invalid::RANGE) }
    }

    /// Latitude in millionths of a degree.
    pub fn latitude_microdegrees(self) -> i32 {
        self.latitude_microdegrees
    }

    /// Longitude in millionths of a degree.
    pub fn longitude_microdegrees(self) -> i32 {
        self.longitude_microdegrees
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_in_the_way_are_named_the_newest_first() {
        assert_eq!(Act::newest_first([3, 12, 10].map(Act)), "12、10、3");
        assert_eq!(Act::newest_first([]), "");
    }

    #[test]
    fn numbers_keep_their_bounds() {
        assert!(Fen::new(0).is_err() && Fen::new(10_000_001).is_err() && Fen::new(360_000).is_ok());
        assert!(Percent::new(101).is_err() && Percent::new(0).is_ok());
        assert!(Year::new(1948).is_err() && Ordinal::new(0).is_err());
        let after = |ordinal: u32| Ordinal::new(ordinal).unwrap().next().get();
        assert_eq!([1, 2, 998, 999].map(after), [2, 3, 999, 999]);
        let phone = Phone::parse("0514-8734 1234").unwrap();
        assert_eq!((phone.as_str(), phone.to_string()), ("0514-8734 1234", "0514-8734 1234".to_owned()));
        for (text, rule) in [("", "EMPTY"), ("12-3", "LENGTH"), ("电话", "ALPHABET")] {
            assert_eq!(Phone::parse(text).unwrap_err().rule, rule);
        }
        assert!(Point::new(32_390_000, 119_420_000).is_ok() && Point::new(-1, 119_420_000).is_err());
    }

    #[test]
    fn a_telephone_is_the_outlets_and_never_a_persons() {
        for taken in [
            "0514-87341234",
            "051487341234",
            "+86 514 8734 1234",
            "0514-87341234-8001",
            "87341234",
            "400-820-8820",
            "4008208820",
            "800 810 1234",
            "12345",
            "12315",
            "96196",
            "95588",
            "1010-1234",
        ] {
            assert!(Phone::parse(taken).is_ok(), "{taken}");
        }
        for mobile in [
            "13800138000",
            "138 0013 8000",
            "138-0013-8000",
            "+8613800138000",
            "+86 138 0013 8000",
            "0086 13800138000",
            "86-13800138000",
            "013800138000",
            "13 800 138 000",
            "87341234 13800138000",
            "19912345678",
        ] {
            assert_eq!(Phone::parse(mobile).unwrap_err().rule, "MOBILE_NUMBER", "{mobile}");
        }
        assert_eq!(Phone::parse("321003185101113767").unwrap_err().rule, "IDENTITY_NUMBER");
    }
}
