//! The unified social credit code (统一社会信用代码, GB 32100-2015) and the code of an operator that has none on record yet.

use std::fmt;

use arrayvec::ArrayString;

use super::area;
use super::check::mod37_36;
use super::identity::{self, BODY, OLD};
use super::invalid::Invalid;

/// The 31 characters of GB 32100-2015: digits and capitals without I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the 17 characters before the check character: powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Weights of the eight characters of the organisation code (GB 11714).
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
const LENGTH: usize = 18;

/// The value of each byte, and `NONE` where it is no character of the alphabet: a replay asks for some forty a commit.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut value = 0_u8;
    let mut rest: &[u8] = ALPHABET;
    while let [byte, after @ ..] = rest {
        values[*byte as usize] = value;
        value += 1;
        rest = after;
    }
    values
};
const NONE: u8 = u8::MAX;

fn value(byte: u8) -> Option<u32> {
    let value = VALUES[usize::from(byte)];
    (value != NONE).then_some(u32::from(value))
}

/// Departments that register and the kinds of body each registers (登记管理部门, 机构类别): characters 1 and 2.
///
/// The table of GB 32100-2015 with its first amendment (XG1-2016), as several public validators carry it alike. 54 and 55, the villagers' and
/// residents' committees, came after it and stand on the certificates that civil affairs issue; 99 is the 9 (其他) that every other
/// department has.
const KINDS: [(u8, &[u8]); 12] = [
    (b'1', b"1239"),
    (b'2', b"19"),
    (b'3', b"123459"),
    (b'4', b"19"),
    (b'5', b"123459"),
    (b'6', b"129"),
    (b'7', b"129"),
    (b'8', b"19"),
    (b'9', b"1239"),
    (b'A', b"19"),
    (b'N', b"1239"),
    (b'Y', b"1"),
];

/// A unified social credit code: 18 characters, upper case; department and kind are a pair of the standard, the division's city exists or has
/// existed, and it is no identity number.
///
/// Both check characters are right, unless a bureau confirmed the code from the document it stands on: codes were issued before 2016 that fail
/// their check and are real. [`Uscc::is_well_checked`] tells the two apart; it follows from the characters and is not kept beside them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(ArrayString<LENGTH>);

const ALPHABET_OF_CODE: Invalid = Invalid::new(
    "ALPHABET",
    "统一社会信用代码不含I、O、S、V、Z及其他字符(GB 32100-2015)",
    "only 0-9 and A-Z without I, O, S, V, Z (GB 32100-2015)",
);
const LENGTH_OF_CODE: Invalid =
    Invalid::new("LENGTH", "统一社会信用代码应为18位", "a unified social credit code has 18 characters");
const SLIP_OF_CODE: Invalid = Invalid::new(
    "ALPHABET",
    "统一社会信用代码不含字母I、O;把I改为数字1、O改为数字0后校验相符,请对照证照改正",
    "a code has no I and no O: with 1 and 0 in their place its checks hold, so correct it from the document it stands on",
);
const ORGANISATION_AS_CODE: Invalid = Invalid::new(
    "LENGTH",
    "9位的是组织机构代码,不是统一社会信用代码(18位);请改填信用代码,没有的留空",
    "nine characters are an organisation code and no unified social credit code: enter that, or leave it empty",
);

impl Uscc {
    /// What has fifteen digits: how businesses were registered before 2015, or an old identity number.
    pub const OLD_NUMBER: Invalid = Invalid::new(
        "LENGTH",
        "15位的是原营业执照注册号或旧身份证号码,不是统一社会信用代码(18位);请改填信用代码,没有的留空",
        "fifteen digits are a registration number of before 2015 or an old identity number, and no unified social credit code: enter that, or leave it empty",
    );

    /// What is no code and never becomes one.
    pub const OF_A_PERSON: Invalid = Invalid::new(
        "IDENTITY_NUMBER",
        "这是居民身份证号码,不得作为代码录入;尚无统一社会信用代码的,留空待补",
        "this is a citizen's identity number and never a code: leave the code to be completed where there is none yet",
    );

    /// Reads a code whose check characters hold; lower case is folded to upper case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let code = Spelt::read(text)?;
        if code.is_of_a_person(true) {
            return Err(Self::OF_A_PERSON);
        }
        if check_value(&code.values) != code.values[LENGTH - 1] {
            return Err(Invalid::new(
                "CHECK_CHARACTER",
                "统一社会信用代码校验码不符(GB 32100-2015)",
                "the check character does not match (GB 32100-2015)",
            ));
        }
        if !organisation_code_holds(code.bytes()) {
            return Err(Invalid::new(
                "CHECK_CHARACTER",
                "主体标识码(第9至17位)校验码不符(GB 11714)",
                "the check character of the organisation code, characters 9 to 17, does not match (GB 11714)",
            ));
        }
        code.registered()
    }

    /// Reads a code that a bureau confirms, or confirmed, from the document it stands on: everything holds but the check characters, which may.
    ///
    /// A mistyped identity number has none that hold either, so what has the form of one is refused whatever its own check character is.
    pub fn parse_confirmed(text: &str) -> Result<Self, Invalid> {
        let code = Spelt::read(text)?;
        if code.is_of_a_person(false) {
            return Err(Self::OF_A_PERSON);
        }
        code.registered()
    }

    /// A code that is on record. What was accepted once stays readable: the form is looked at, and neither check characters, which a bureau
    /// may have confirmed, nor any other rule of the readers above, which may become stricter.
    #[inline]
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        let code: &[u8; LENGTH] = text.as_bytes().try_into().map_err(|_| LENGTH_OF_CODE)?;
        // Each is looked up, and whether all are of the alphabet is asked once: `NONE` is the largest.
        let largest = code.iter().fold(0, |largest, byte| VALUES[usize::from(*byte)].max(largest));
        if largest == NONE || !code[2..8].iter().all(u8::is_ascii_digit) {
            return Err(ALPHABET_OF_CODE);
        }
        ArrayString::from(text).map(Self).map_err(|_| LENGTH_OF_CODE)
    }

    /// Whether both check characters are right, so that nobody needs to confirm the code.
    pub fn is_well_checked(&self) -> bool {
        Spelt::read(&self.0).is_ok_and(|code| {
            check_value(&code.values) == code.values[LENGTH - 1] && organisation_code_holds(code.bytes())
        })
    }

    /// The code in upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A code made of its parts with both check characters computed, for synthetic data. `prefix` is the two characters of the
    /// registering department and kind, `division` six digits, `serial` the eight digits of the organisation code.
    /// `None` where a part has another length or alphabet.
    pub fn synthetic(prefix: &str, division: &str, serial: &str) -> Option<Self> {
        let body = format!("{prefix}{division}{serial}");
        if body.len() != 16 {
            return None;
        }
        let organisation = organisation_check(serial.as_bytes())?;
        let mut code = format!("{body}{}", char::from(organisation));
        let mut values: Vec<u32> = code.bytes().map(value).collect::<Option<_>>()?;
        values.push(0);
        code.push(char::from(ALPHABET[usize::try_from(check_value(&values)).ok()?]));
        Self::parse(&code).ok()
    }
}

/// What is wrong with a text that is not of eighteen characters of the alphabet. Looked at only where something is.
fn misspelt(text: &str) -> Invalid {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match text.chars().count() {
        LENGTH => {
            let meant = text.replace(['I', 'i'], "1").replace(['O', 'o'], "0");
            if meant != text && Uscc::parse(&meant).is_ok() { SLIP_OF_CODE } else { ALPHABET_OF_CODE }
        }
        OLD if digits == OLD => Uscc::OLD_NUMBER,
        9 | 10 if text.is_ascii() && digits >= 7 && organisation_alone_holds(text) => ORGANISATION_AS_CODE,
        _ => LENGTH_OF_CODE,
    }
}

/// Whether a text is an organisation code as it was written before 2015, with a hyphen before its check character or without.
fn organisation_alone_holds(text: &str) -> bool {
    let plain = text.replace('-', "").to_ascii_uppercase();
    plain.len() == 9 && organisation_check(&plain.as_bytes()[..8]) == plain.as_bytes().last().copied()
}

/// Eighteen characters of the alphabet, digits where the division stands.
struct Spelt {
    upper: ArrayString<LENGTH>,
    values: [u32; LENGTH],
}

impl Spelt {
    fn read(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        let misspelt = || misspelt(text);
        let mut upper = ArrayString::<LENGTH>::from(text).map_err(|_| misspelt())?;
        upper.make_ascii_uppercase();
        if !upper.is_full() {
            return Err(misspelt());
        }
        let mut values = [0; LENGTH];
        for (slot, byte) in values.iter_mut().zip(upper.bytes()) {
            *slot = value(byte).ok_or_else(misspelt)?;
        }
        if !upper.bytes().skip(2).take(6).all(|b| b.is_ascii_digit()) {
            return Err(Invalid::new(
                "FORMAT",
                "第3至8位应为登记管理机关行政区划码",
                "characters 3 to 8 are the registering body's division code",
            ));
        }
        Ok(Self { upper, values })
    }

    fn bytes(&self) -> &[u8] {
        self.upper.as_bytes()
    }

    /// Whether it is a citizen's identity number; with `checked`, one whose own check character holds.
    fn is_of_a_person(&self, checked: bool) -> bool {
        let mut body = [0; BODY];
        for (slot, byte) in body.iter_mut().zip(self.upper.bytes()) {
            match byte {
                b'0'..=b'9' => *slot = byte - b'0',
                _ => return false,
            }
        }
        let check = match self.upper.bytes().last() {
            Some(digit @ b'0'..=b'9') => digit - b'0',
            Some(b'X') => identity::X,
            _ => return false,
        };
        if checked { identity::born(&body, check) } else { identity::born_by_form(&body) }.is_some()
    }

    /// The code, if a department registers such a kind of body there.
    fn registered(self) -> Result<Uscc, Invalid> {
        let [department, kind, ..] = *self.bytes() else { return Err(LENGTH_OF_CODE) };
        if !KINDS.iter().any(|(d, kinds)| *d == department && kinds.contains(&kind)) {
            return Err(Invalid::new(
                "FORMAT",
                "第1、2位不是标准所列的登记管理部门和机构类别(GB 32100-2015)",
                "characters 1 and 2 are no department and kind of body of the standard (GB 32100-2015)",
            ));
        }
        // What ministries register stands under 100000, what a province does under its two digits.
        let pair = |at: usize| u8::try_from(self.values[at] * 10 + self.values[at + 1]).unwrap_or(u8::MAX);
        let is_place = match (pair(2), pair(4), pair(6)) {
            (10, 0, 0) => true,
            (province, 0, 0) => area::is_province(province),
            (province, city, _) => area::is_city(province, city),
        };
        if !is_place {
            return Err(Invalid::new(
                "FORMAT",
                "第3至8位不是现有或曾有的行政区划码(GB/T 2260)",
                "characters 3 to 8 are no division that exists or has existed (GB/T 2260)",
            ));
        }
        Ok(Uscc(self.upper))
    }
}

fn check_value(values: &[u32]) -> u32 {
    let sum: u32 = WEIGHTS.iter().zip(values).map(|(w, v)| w * v).sum();
    (31 - sum % 31) % 31
}

/// GB 11714: letters count 10 to 35, the check is 0-9 or X for 10.
fn organisation_check(eight: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (weight, byte) in ORGANISATION_WEIGHTS.iter().zip(eight) {
        let value = match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'A'..=b'Z' => u32::from(byte - b'A') + 10,
            _ => return None,
        };
        sum += weight * value;
    }
    Some(match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).ok()?,
    })
}

fn organisation_code_holds(code: &[u8]) -> bool {
    organisation_check(&code[8..16]) == Some(code[16])
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Uscc").field(&self.as_str()).finish()
    }
}

/// A key in place of a code: 18 characters, the first a `Z`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorKey(ArrayString<LENGTH>);

/// The 18 characters that name an operator in a provider id.
///
/// A published list often names an outlet without its operator's code. No code is invented for it: its key begins with `Z`, which
/// GB 32100-2015 never uses, so nobody can take it for a credit code, and it stays marked as to be completed until a bureau
/// supplies the real one. Form: `Z`, six digits of the county, ten characters derived from the published name (31-character
/// alphabet), one check character (ISO 7064 MOD 37,36). The same county and name always give the same key, so a list taken
/// twice makes no double.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperatorCode {
    /// The operator's own code.
    Uscc(Uscc),
    /// A key for an operator whose code is to be completed.
    ToBeCompleted(OperatorKey),
}

impl OperatorCode {
    /// Reads either form; lower case is folded to upper case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::read(text, Uscc::parse)
    }

    /// As [`OperatorCode::parse`], and a credit code that a bureau confirmed: see [`Uscc::parse_confirmed`].
    pub fn parse_confirmed(text: &str) -> Result<Self, Invalid> {
        Self::read(text, Uscc::parse_confirmed)
    }

    /// A code that is on record: see [`Uscc::stored`]. A key is made by this program alone, and is as it was made.
    #[inline]
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        if !text.starts_with('Z') {
            return Uscc::stored(text).map(Self::Uscc);
        }
        let code = Self::parse(text)?;
        if code.as_str() == text { Ok(code) } else { Err(ALPHABET_OF_CODE) }
    }

    /// Whether nobody needs to confirm it: a credit code whose check characters hold, or a key.
    pub fn is_well_checked(&self) -> bool {
        match self {
            Self::Uscc(uscc) => uscc.is_well_checked(),
            Self::ToBeCompleted(_) => true,
        }
    }

    fn read(text: &str, uscc: impl Fn(&str) -> Result<Uscc, Invalid>) -> Result<Self, Invalid> {
        if !text.starts_with(['Z', 'z']) {
            return uscc(text).map(Self::Uscc);
        }
        let length = Invalid::new("LENGTH", "待补代码应为18位", "a key to be completed has 18 characters");
        let mut key = ArrayString::<LENGTH>::from(text).map_err(|_| length)?;
        key.make_ascii_uppercase();
        let (county, name) = match (key.get(1..7), key.get(7..17)) {
            (Some(county), Some(name)) if key.is_full() => (county, name),
            _ => return Err(length),
        };
        if !county.bytes().all(|b| b.is_ascii_digit()) || !name.bytes().all(|b| value(b).is_some()) {
            return Err(Invalid::new(
                "ALPHABET",
                "待补代码含不允许的字符",
                "six digits and ten characters of the GB 32100 alphabet follow the Z",
            ));
        }
        if mod37_36(&key[..17]) != key.chars().last() {
            return Err(Invalid::new(
                "CHECK_CHARACTER",
                "待补代码校验码不符",
                "the check character does not match (ISO 7064 MOD 37,36)",
            ));
        }
        Ok(Self::ToBeCompleted(OperatorKey(key)))
    }

    /// The key for an outlet published without a code: `county` is six digits, `name_digest` eight bytes of a cryptographic
    /// digest of the normalised name. `None` where `county` is not six digits.
    pub fn to_be_completed(county: &str, name_digest: [u8; 8]) -> Option<Self> {
        let mut number = u64::from_be_bytes(name_digest);
        let mut name = [0_u8; 10];
        for slot in &mut name {
            *slot = ALPHABET[usize::try_from(number % 31).ok()?];
            number /= 31;
        }
        let body = format!("Z{county}{}", std::str::from_utf8(&name).ok()?);
        let key = format!("{body}{}", mod37_36(&body)?);
        Self::parse(&key).ok()
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Uscc(uscc) => uscc.as_str(),
            Self::ToBeCompleted(key) => &key.0,
        }
    }
}

impl fmt::Display for OperatorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
