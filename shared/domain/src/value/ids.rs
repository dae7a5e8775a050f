//! Identifiers: provider, plaque, pledge, request.

use std::fmt;
use std::hash::{Hash, Hasher};

use arrayvec::ArrayString;

use super::check::mod37_36;
use super::day::Day;
use super::invalid::Invalid;
use super::uscc::OperatorCode;
use super::uuid;

/// One outlet (網點) of one operator: the operator's 18 characters, a hyphen, the operator's three-digit outlet number.
/// Upper case, ASCII, safe as a NATS subject token, and so its own stream key: two registrations of one id meet in one stream.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProviderId {
    operator: OperatorCode,
    text: ArrayString<PROVIDER_CHARS>,
}

impl Hash for ProviderId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The operator stands in the text: equal texts are equal ids.
        self.text.hash(state);
    }
}

/// Characters of a provider id.
const PROVIDER_CHARS: usize = 22;
/// Characters of its operator's code.
const OPERATOR_CHARS: usize = 18;

const FORM: Invalid = Invalid::new(
    "FORMAT",
    "网点编号应为18位信用代码-三位网点号",
    "an 18-character operator code, a hyphen, and an outlet number from 001 to 999",
);

impl ProviderId {
    /// Reads `USCC-NNN`, `NNN` from 001 to 999.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::read(text, OperatorCode::parse)
    }

    /// As [`ProviderId::parse`], and an outlet of an operator whose code a bureau confirmed: see [`super::Uscc::parse_confirmed`].
    pub fn parse_confirmed(text: &str) -> Result<Self, Invalid> {
        Self::read(text, OperatorCode::parse_confirmed)
    }

    /// An id that is on record: see [`super::Uscc::stored`].
    #[inline]
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        let (code, outlet) = text.split_at_checked(OPERATOR_CHARS).ok_or(FORM)?;
        let [b'-', digits @ ..] = outlet.as_bytes() else { return Err(FORM) };
        if digits.len() != 3 || !digits.iter().all(u8::is_ascii_digit) || digits == b"000" {
            return Err(FORM);
        }
        let operator = OperatorCode::stored(code)?;
        Ok(Self { operator, text: ArrayString::from(text).map_err(|_| Invalid::TOO_LONG)? })
    }

    fn read(text: &str, operator: impl Fn(&str) -> Result<OperatorCode, Invalid>) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        let mut upper = ArrayString::from(text).map_err(|_| Invalid::TOO_LONG)?;
        upper.make_ascii_uppercase();
        let (code, outlet) = text.split_once('-').ok_or(FORM)?;
        let operator = operator(code)?;
        if outlet.len() != 3 || !outlet.bytes().all(|b| b.is_ascii_digit()) || outlet == "000" {
            return Err(FORM);
        }
        Ok(Self { operator, text: upper })
    }

    /// The outlet `number` (1 to 999) of `operator`.
    pub fn new(operator: OperatorCode, number: u16) -> Result<Self, Invalid> {
        if !(1..=999).contains(&number) {
            return Err(Invalid::RANGE);
        }
        let text = ArrayString::try_from(format_args!("{operator}-{number:03}")).map_err(|_| Invalid::TOO_LONG)?;
        Ok(Self { operator, text })
    }

    /// The operator's part.
    pub fn operator(&self) -> &OperatorCode {
        &self.operator
    }

    /// All 22 characters.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProviderId").field(&self.as_str()).finish()
    }
}

/// A plaque number: the provider id, a hyphen, the provider's plaque ordinal of two to four digits, one check character (ISO 7064
/// MOD 37,36).
///
/// Unique for ever by construction: the ordinal rises within the provider's own stream and is never used again, so no second
/// provider can hold the number and no other stream needs to be asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaqueNumber {
    provider: ProviderId,
    text: ArrayString<PLAQUE_CHARS>,
}

/// Characters of a plaque number at most.
const PLAQUE_CHARS: usize = 28;
/// Plaques that a provider may have in all its time.
const PLAQUES_MAX: u16 = 9999;
/// Digits of an ordinal at least.
const ORDINAL_DIGITS_MIN: usize = 2;

impl PlaqueNumber {
    /// The number of the provider's `ordinal`-th plaque, 1 to 9,999.
    pub fn new(provider: ProviderId, ordinal: u16) -> Result<Self, Invalid> {
        if !(1..=PLAQUES_MAX).contains(&ordinal) {
            return Err(Invalid::RANGE);
        }
        let mut text = ArrayString::try_from(format_args!("{provider}-{ordinal:02}")).map_err(|_| Invalid::TOO_LONG)?;
        let check = mod37_36(&text).ok_or(Invalid::RANGE)?;
        text.push(check);
        Ok(Self { provider, text })
    }

    /// Reads a number as it stands on a plaque; lower case is folded to upper case. The operator's code may be one that a bureau confirmed: the
    /// plaque's own check character covers it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        let mut upper = ArrayString::from(text).map_err(|_| Invalid::TOO_LONG)?;
        upper.make_ascii_uppercase();
        let text: &str = &upper;
        let form = Invalid::new(
            "FORMAT",
            "牌匾编号应为网点编号-两至四位序号加校验码",
            "a provider id, a hyphen, an ordinal of two to four digits and a check character",
        );
        let (provider, tail) = text.rsplit_once('-').ok_or(form)?;
        let provider = ProviderId::parse_confirmed(provider)?;
        let (digits, _) = tail.split_at_checked(tail.len().saturating_sub(1)).ok_or(form)?;
        // One number is spelt in one way: zeros come before an ordinal up to its second digit.
        let spelt =
            digits.len() == ORDINAL_DIGITS_MIN || (digits.len() > ORDINAL_DIGITS_MIN && !digits.starts_with('0'));
        let ordinal = Some(digits).filter(|d| spelt && d.bytes().all(|b| b.is_ascii_digit()));
        let ordinal: u16 = ordinal.and_then(|digits| digits.parse().ok()).ok_or(form)?;
        if ordinal == 0 {
            return Err(form);
        }
        if text.split_at_checked(text.len() - 1).and_then(|(body, _)| mod37_36(body)) != text.chars().last() {
            return Err(Invalid::new(
                "CHECK_CHARACTER",
                "牌匾编号校验码不符,请核对是否抄错",
                "the check character does not match: mistyped, or not a plaque of this registry",
            ));
        }
        Ok(Self { provider, text: upper })
    }

    /// Which of the provider's plaques it is, from 1.
    pub fn ordinal(&self) -> u16 {
        let tail = self.text.rsplit_once('-').map_or("", |(_, tail)| tail);
        tail.get(..tail.len().saturating_sub(1)).and_then(|digits| digits.parse().ok()).unwrap_or_default()
    }

    /// The provider the plaque was ordered for.
    pub fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// All 26 characters.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A pledge number (承诺编码), 20 digits: six of the accepting division, eight of the day it was made, six of a serial.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PledgeNumber(ArrayString<PLEDGE_CHARS>);

/// Digits of a pledge number.
const PLEDGE_CHARS: usize = 20;

impl PledgeNumber {
    /// Reads 20 digits whose characters 7 to 14 are a day.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        let digits = ArrayString::from(text).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        let number = match digits {
            Some(digits) if digits.is_full() => Self(digits),
            _ if text.chars().count() == PLEDGE_CHARS => {
                return Err(Invalid::new("ALPHABET", "承诺编码只含数字", "a pledge number has digits only"));
            }
            _ => return Err(Invalid::new("LENGTH", "承诺编码应为20位", "a pledge number has 20 digits")),
        };
        if Day::parse_compact(number.made_on_compact()).is_err() {
            return Err(Invalid::new(
                "FORMAT",
                "承诺编码第7至14位应为作出日期",
                "digits 7 to 14 are the day the pledge was made",
            ));
        }
        Ok(number)
    }

    /// The six-digit division that accepted the pledge.
    pub fn division(&self) -> &str {
        &self.0[..6]
    }

    /// The eight digits of the day it was made, `yyyymmdd`.
    pub fn made_on_compact(&self) -> &str {
        &self.0[6..14]
    }

    /// All 20 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The caller's id of one command: a UUID in its 36-character form, lower case. The commit it makes carries the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId([u8; 16]);

impl RequestId {
    /// The id with these 16 bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`; the nil UUID is refused.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let form = Invalid::new("FORMAT", "请求编号应为UUID", "a UUID in its 36-character form");
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        if text.len() > 36 {
            return Err(Invalid::TOO_LONG);
        }
        let id = uuid::parse(text).filter(|id| *id != [0; 16]).ok_or(form)?;
        Ok(Self(id))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        uuid::show(&self.0, f)
    }
}

macro_rules! display_as_str {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}
display_as_str!(ProviderId, PlaqueNumber, PledgeNumber);

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> ProviderId {
        ProviderId::parse("914403001922038216-001").unwrap()
    }

    #[test]
    fn a_provider_id_is_a_code_and_an_outlet_number() {
        assert_eq!(ProviderId::parse("9144030071526726xg-012").unwrap().as_str(), "9144030071526726XG-012");
        assert_eq!(format!("{:?}", provider()), "ProviderId(\"914403001922038216-001\")");
        let hash = |number| {
            let mut hasher = std::hash::DefaultHasher::new();
            ProviderId::new(provider().operator().clone(), number).unwrap().hash(&mut hasher);
            hasher.finish()
        };
        assert!(hash(1) == hash(1) && hash(1) != hash(2), "ids that all hash alike are searched one by one");
        for (text, rule) in [
            ("", "EMPTY"),
            ("914403001922038216", "FORMAT"),
            ("914403001922038216-000", "FORMAT"),
            ("914403001922038216-1", "FORMAT"),
            ("914403001922038210-001", "CHECK_CHARACTER"),
            ("914403001922038216-001-1", "TOO_LONG"),
            ("91440300*922038216-001", "ALPHABET"),
        ] {
            assert_eq!(ProviderId::parse(text).unwrap_err().rule, rule, "{text}");
        }
    }

    #[test]
    fn a_plaque_number_read_back_is_itself_and_one_wrong_character_is_seen() {
        let number = PlaqueNumber::new(provider(), 7).unwrap();
        assert_eq!(PlaqueNumber::parse(number.as_str()), Ok(number.clone()));
        let mistyped = number.as_str().replace("-07", "-08");
        assert_eq!(PlaqueNumber::parse(&mistyped).unwrap_err().rule, "CHECK_CHARACTER");
    }

    #[test]
    fn a_plaque_has_one_number_however_many_there_are() {
        for ordinal in [1, 9, 10, 99, 100, 999, 1000, 9999] {
            let number = PlaqueNumber::new(provider(), ordinal).unwrap();
            assert_eq!((number.ordinal(), PlaqueNumber::parse(number.as_str())), (ordinal, Ok(number.clone())));
        }
        assert_eq!(PlaqueNumber::new(provider(), 0), Err(Invalid::RANGE));
        assert_eq!(PlaqueNumber::new(provider(), 10_000), Err(Invalid::RANGE));
        for tail in ["1", "001", "0100", "00", "", "1a", "12345"] {
            let text = format!("{}-{tail}", provider());
            let check = mod37_36(&text.to_uppercase()).map(String::from).unwrap_or_default();
            assert!(PlaqueNumber::parse(&format!("{text}{check}")).is_err(), "{tail}");
        }
    }

    #[test]
    fn an_outlet_of_an_operator_whose_code_was_confirmed_has_its_plaques() {
        let text = "91350203M0001QKT19-001";
        assert_eq!(ProviderId::parse(text).unwrap_err().rule, "CHECK_CHARACTER");
        let provider = ProviderId::parse_confirmed(text).unwrap();
        assert_eq!((provider.as_str(), provider.operator().is_well_checked()), (text, false));
        let plaque = PlaqueNumber::new(provider.clone(), 1).unwrap();
        assert_eq!(PlaqueNumber::parse(plaque.as_str()).unwrap().provider(), &provider);
        assert_eq!(ProviderId::parse("321003185101113767-001").unwrap_err().rule, "IDENTITY_NUMBER");
        assert_eq!(ProviderId::parse_confirmed("321003185101113767-001").unwrap_err().rule, "IDENTITY_NUMBER");
    }

    #[test]
    fn an_id_that_is_on_record_is_read_by_its_form() {
        for text in ["91350203M0001QKT19-001", "91350100M000100Y43-999"] {
            assert_eq!(ProviderId::stored(text), ProviderId::parse_confirmed(text));
        }
        let county = OperatorCode::to_be_completed("321003", [7; 8]).unwrap();
        let listed = ProviderId::new(county, 12).unwrap();
        assert_eq!(ProviderId::stored(listed.as_str()), Ok(listed.clone()));
        let lower = listed.as_str().to_lowercase();
        for odd in [
            "",
            "91350203M0001QKT19",
            "91350203M0001QKT19-000",
            "91350203M0001QKT19-01",
            "91350203M0001QKT19-0011",
            "91350203M0001QKT19_001",
            "91350203m0001qkt19-001",
            "9135020OM0001QKT19-001",
            "9135M203M0001QKT19-001",
            "9135020园0001QKT1-001",
            &lower,
        ] {
            assert!(ProviderId::stored(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_pledge_number_holds_a_real_day() {
        let number = PledgeNumber::parse("32100320250301000001").unwrap();
        assert_eq!((number.division(), number.made_on_compact()), ("321003", "20250301"));
        assert_eq!(PledgeNumber::parse("32100320250231000001").unwrap_err().rule, "FORMAT");
        assert_eq!(PledgeNumber::parse("3210032025030100000A").unwrap_err().rule, "ALPHABET");
        assert_eq!(PledgeNumber::parse("321003").unwrap_err().rule, "LENGTH");
    }

    #[test]
    fn a_request_id_is_a_uuid() {
        let text = "0190b7a5-3c1f-7c2e-9d4b-6f1a2b3c4d5e";
        let id = RequestId::parse(text).unwrap();
        assert_eq!((id.to_string(), id), (text.to_owned(), RequestId::from_bytes(*id.as_bytes())));
        assert_eq!(id.as_bytes()[..4], [0x01, 0x90, 0xb7, 0xa5]);
        for bad in [
            "00000000-0000-0000-0000-000000000000",
            "0190b7a53c1f7c2e9d4b6f1a2b3c4d5e",
            "x190b7a5-3c1f-7c2e-9d4b-6f1a2b3c4d5e",
        ] {
            assert_eq!(RequestId::parse(bad).unwrap_err().rule, "FORMAT", "{bad}");
        }
    }
}
