//! Citizens' identity numbers (公民身份号码, GB 11643): what is told from what looks like one.
//!
//! A number of eighteen counts as one where its place, its day of birth and its check character hold. Of random strings of 18 digits one in
//! about 180,000 does so by chance, and is treated as what it may be: an identity number. A number of fifteen, as they were until 1999, has no
//! check character; of random strings of 15 digits one in about 490 looks like one.

use time::Month;

use super::area;

/// Weights of the 17 digits before the check character (ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Digits of a number as it has been since 1999, its check character aside.
pub(super) const BODY: usize = 17;
/// Digits of a number as it was before.
pub(super) const OLD: usize = 15;
/// The value of the check character X.
pub(super) const X: u8 = 10;

/// The year of birth in a number of seventeen digits and a check value of 0 to 10, where the whole is an identity number.
pub(super) fn born(body: &[u8; BODY], check: u8) -> Option<u32> {
    (check_of(body) == u32::from(check)).then(|| born_by_form(body)).flatten()
}

/// The year of birth in seventeen digits that have the form of an identity number, whatever its check character is.
pub(super) fn born_by_form(body: &[u8; BODY]) -> Option<u32> {
    let year = number(&body[6..10]);
    // Everybody who was ever given a number, and those of long ago that stand for nobody in examples.
    let lived = (1800..2100).contains(&year);
    (lived && is_place(&body[..6]) && is_day(year, &body[10..14])).then_some(year)
}

/// Whether fifteen digits have the form of an identity number of before 1999.
pub(super) fn is_old(digits: &[u8; OLD]) -> bool {
    is_place(&digits[..6]) && is_day(1900 + number(&digits[6..8]), &digits[8..12])
}

/// The check value of seventeen digits, 0 to 10.
pub(super) fn check_of(body: &[u8; BODY]) -> u32 {
    let sum: u32 = WEIGHTS.iter().zip(body).map(|(weight, digit)| weight * u32::from(*digit)).sum();
    (12 - sum % 11) % 11
}

/// A county of a city that is or was, or one of the codes on residents' permits of Hong Kong, Macao and Taiwan.
fn is_place(six: &[u8]) -> bool {
    let pair = |at: usize| six[at] * 10 + six[at + 1];
    match pair(0) {
        71 | 81 | 82 | 83 => six[2..].iter().all(|digit| *digit == 0),
        province => area::is_city(province, pair(2)),
    }
}

fn is_day(year: u32, four: &[u8]) -> bool {
    let (month, day) = (four[0] * 10 + four[1], four[2] * 10 + four[3]);
    let length = |month: Month| month.length(i32::try_from(year).unwrap_or(i32::MAX));
    Month::try_from(month).is_ok_and(|month| (1..=length(month)).contains(&day))
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + u32::from(*digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> [u8; BODY] {
        let digits: Vec<u8> = text.bytes().take(BODY).map(|b| b - b'0').collect();
        digits.try_into().unwrap()
    }

    #[test]
    fn place_day_and_check_make_an_identity_number() {
        // The example of the standard, and numbers of people born in 1851.
        assert_eq!(born(&body("11010519491231002"), X), Some(1949));
        assert_eq!(born(&body("32100318510111376"), 7), Some(1851));
        assert_eq!(born(&body("11010519491231002"), 1), None);
        for (text, form) in [
            ("32100319000229001", None),
            ("32100320000229001", Some(2000)),
            ("32100319901301001", None),
            ("32100319900100001", None),
            ("32100317991231001", None),
            ("32100321000101001", None),
            ("32140319900101001", None),
            ("81000019900101001", Some(1990)),
            ("81000119900101001", None),
        ] {
            assert_eq!(born_by_form(&body(text)), form, "{text}");
        }
    }

    #[test]
    fn a_number_of_before_1999_has_a_place_and_a_day_of_its_century() {
        let is_old = |text: &str| {
            let digits: Vec<u8> = text.bytes().map(|b| b - b'0').collect();
            super::is_old(&digits.try_into().unwrap())
        };
        assert!(is_old("321003510111376") && is_old("321003960229376"));
        // No such place, no such day, and 1900 was no leap year.
        assert!(!is_old("321403510111376") && !is_old("321003511311376") && !is_old("321003000229376"));
    }
}
