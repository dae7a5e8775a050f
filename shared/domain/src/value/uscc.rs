//! The unified social credit code (统一社会信用代码, GB 32100-2015) and the code of an operator that has none on record yet.

use std::fmt;

use arrayvec::ArrayString;

use super::check::mod37_36;
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

/// A unified social credit code: 18 characters, both check characters right. Upper case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(ArrayString<LENGTH>);

impl Uscc {
    /// Reads a code; lower case is folded to upper case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        // Characters are counted only where something is wrong.
        let misspelt = || {
            if text.chars().count() == LENGTH {
                Invalid::new(
                    "ALPHABET",
                    "统一社会信用代码不含I、O、S、V、Z及其他字符(GB 32100-2015)",
                    "only 0-9 and A-Z without I, O, S, V, Z (GB 32100-2015)",
                )
            } else {
                Invalid::new("LENGTH", "统一社会信用代码应为18位", "a unified social credit code has 18 characters")
            }
        };
        let mut upper = ArrayString::<LENGTH>::from(text).map_err(|_| misspelt())?;
        upper.make_ascii_uppercase();
        let code: &[u8; LENGTH] = upper.as_bytes().try_into().map_err(|_| misspelt())?;
        let mut values = [0; LENGTH];
        for (slot, byte) in values.iter_mut().zip(code) {
            *slot = value(*byte).ok_or_else(misspelt)?;
        }
        if !code[2..8].iter().all(u8::is_ascii_digit) {
            return Err(Invalid::new(
                "FORMAT",
                "第3至8位应为登记管理机关行政区划码",
                "characters 3 to 8 are the registering body's division code",
            ));
        }
        if check_value(&values) != values[17] {
            return Err(Invalid::new(
                "CHECK_CHARACTER",
                "统一社会信用代码校验码不符(GB 32100-2015)",
                "the check character does not match (GB 32100-2015)",
            ));
        }
        if !organisation_code_holds(code) {
            return Err(Invalid::new(
                "CHECK_CHARACTER",
                "主体标识码(第9至17位)校验码不符(GB 11714)",
                "the check character of the organisation code, characters 9 to 17, does not match (GB 11714)",
            ));
        }
        Ok(Self(upper))
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
        if !text.starts_with(['Z', 'z']) {
            return Uscc::parse(text).map(Self::Uscc);
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
mod tests {
    use super::*;

    #[test]
    fn every_vector_comes_out_as_its_column_says() {
        let table = include_str!("../../../../data/vectors/uscc_vectors.csv");
        let mut seen = 0;
        for line in table.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!(Uscc::parse(fields[0]).is_ok(), fields[2] == "True", "{line}");
            seen += 1;
        }
        assert_eq!(seen, 22);
    }

    #[test]
    fn each_broken_rule_has_its_name() {
        for (text, rule) in [
            ("", "EMPTY"),
            ("9144030019220382", "LENGTH"),
            ("91440300I922038216", "ALPHABET"),
            ("91440A001922038216", "FORMAT"),
            ("914403001922038210", "CHECK_CHARACTER"),
        ] {
            assert_eq!(Uscc::parse(text).unwrap_err().rule, rule, "{text}");
        }
    }

    #[test]
    fn a_right_outer_check_does_not_excuse_a_wrong_inner_one() {
        // The organisation code's own check is made wrong and the outer check computed anew.
        let mut bytes = *b"91440300192203822X";
        let mut values: Vec<u32> = bytes.iter().map(|b| value(*b).unwrap()).collect();
        values[17] = 0;
        bytes[17] = ALPHABET[usize::try_from(check_value(&values)).unwrap()];
        let invalid = Uscc::parse(std::str::from_utf8(&bytes).unwrap()).unwrap_err();
        assert!(invalid.en.contains("GB 11714"), "{invalid}");
    }

    #[test]
    fn a_key_to_be_completed_can_never_be_read_as_a_credit_code() {
        let key = OperatorCode::to_be_completed("330326", 0x1234_5678_9abc_def0_u64.to_be_bytes()).unwrap();
        assert!(Uscc::parse(key.as_str()).is_err());
        assert_eq!(OperatorCode::parse(&key.as_str().to_lowercase()), Ok(key.clone()));
        let wrong = format!("{}{}", &key.as_str()[..17], if key.as_str().ends_with('0') { '1' } else { '0' });
        assert_eq!(OperatorCode::parse(&wrong).unwrap_err().rule, "CHECK_CHARACTER");
    }

    #[test]
    fn synthetic_codes_are_valid() {
        for serial in 0..200_u32 {
            let code = Uscc::synthetic("52", "321003", &format!("{serial:08}")).unwrap();
            assert_eq!(Uscc::parse(code.as_str()), Ok(code));
        }
    }
}
