//! Bytes that are stored as hexadecimal digits in lower case.

/// Digits of a UUID in groups of 8, 4, 4, 4 and 12, a hyphen between.
const UUID_CHARS: usize = 36;
const HYPHENS: [usize; 4] = [8, 13, 18, 23];
/// Where each four of its digits begin.
const FOURS: [usize; 8] = [0, 4, 9, 14, 19, 24, 28, 32];

/// The hexadecimal digit of a number below 16.
pub(super) fn digit(number: u8) -> u8 {
    if number < 10 { b'0' + number } else { b'a' + number - 10 }
}

/// Eight digits at a time, each in its byte: a request's digest and id are a tenth of what is read of a commit.
const EACH: u64 = 0x0101_0101_0101_0101;

/// The four bytes that eight digits name, and zero only where all are digits.
#[inline]
fn four(digits: [u8; 8]) -> ([u8; 4], u64) {
    let text = u64::from_le_bytes(digits);
    // Of the digits only letters have this bit. No sum reaches the next byte: what is added to is below 16, or 32.
    let letters = (text >> 6) & EACH;
    let values = (text & (EACH * 0x0f)) + letters * 9;
    // A letter is 10 to 15, any other below 10; and from its value each is written as it was.
    let above_nine = ((values + EACH * 6) >> 4) & EACH;
    let odd = (above_nine ^ letters) | (values & (EACH * 0x10));
    let written = values + EACH * u64::from(b'0') + letters * u64::from(b'a' - b'0' - 10);
    let [first, _, second, _, third, _, fourth, _] = ((values << 4) | (values >> 8)).to_le_bytes();
    ([first, second, third, fourth], odd | (written ^ text))
}

/// The bytes that as many pairs of digits name: whole fours.
pub(super) fn hexadecimal<const BYTES: usize>(text: &[u8]) -> Option<[u8; BYTES]> {
    const { assert!(BYTES.is_multiple_of(4), "digits are read eight at a time") };
    let (eights, rest) = text.as_chunks::<8>();
    if eights.len() * 4 != BYTES || !rest.is_empty() {
        return None;
    }
    // Whether all are digits is asked once, at the end.
    let (mut bytes, mut odd) = ([0; BYTES], 0);
    let (fours, _) = bytes.as_chunks_mut::<4>();
    for (slot, eight) in fours.iter_mut().zip(eights) {
        let (four, its) = four(*eight);
        *slot = four;
        odd |= its;
    }
    (odd == 0).then_some(bytes)
}

/// The bytes of a UUID that is written with hyphens.
pub(super) fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; UUID_CHARS] = text.try_into().ok()?;
    let mut digits = [0; 32];
    for (slot, at) in digits.as_chunks_mut::<4>().0.iter_mut().zip(FOURS) {
        *slot = [text[at], text[at + 1], text[at + 2], text[at + 3]];
    }
    HYPHENS.iter().all(|at| text[*at] == b'-').then(|| hexadecimal(&digits))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_in_lower_case_alone() {
        assert_eq!(hexadecimal::<4>(b"00af9c5e"), Some([0, 0xaf, 0x9c, 0x5e]));
        for odd in [&b"00af9c5"[..], b"00af9c5e0", b"00af9c5e00af9c5e", b""] {
            assert_eq!(hexadecimal::<4>(odd), None, "{odd:?}");
        }
        // Every byte in every place, beside digits of either kind.
        for (number, at) in (0..=u8::MAX).flat_map(|number| (0..16).map(move |at| (number, at))) {
            for beside in *b"09af" {
                let mut text = [beside; 16];
                text[at] = number;
                let value = |digit: u8| char::from(digit).to_digit(16).filter(|_| !digit.is_ascii_uppercase());
                let pair = |pair: &[u8; 2]| Some(u8::try_from(value(pair[0])? * 16 + value(pair[1])?).unwrap());
                let wanted: Option<Vec<u8>> = text.as_chunks::<2>().0.iter().map(pair).collect();
                assert_eq!(hexadecimal::<8>(&text).map(Vec::from), wanted, "{text:?}");
            }
            assert_eq!(hexadecimal::<4>(&[digit(number >> 4), digit(number & 15)].repeat(4)), Some([number; 4]));
        }
    }

    #[test]
    fn a_uuid_is_read_as_it_is_written_and_in_no_other_way() {
        let written = "6a1f0c1e-8a52-4f0e-9a3b-2f6f0c7b1d11";
        assert_eq!(uuid(written.as_bytes()), Some(*uuid::Uuid::parse_str(written).unwrap().as_bytes()));
        for at in 0..written.len() {
            for other in [b'-', b'0', b'A', b'g', 0xe4] {
                let mut odd = written.as_bytes().to_vec();
                let was = std::mem::replace(&mut odd[at], other);
                let kept = was == other || (was != b'-' && other == b'0');
                assert_eq!(uuid(&odd).is_some(), kept, "{at} {other}");
            }
            assert_eq!(uuid(&written.as_bytes()[..at]), None);
        }
        assert_eq!(uuid(written.replace('-', "").as_bytes()), None);
    }
}
