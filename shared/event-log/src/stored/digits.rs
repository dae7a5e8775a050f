//! Bytes that are stored as hexadecimal digits in lower case.

/// The value of each digit, and `NONE` of any other byte.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let (mut value, mut rest): (u8, &[u8]) = (0, b"0123456789abcdef");
    while let [byte, after @ ..] = rest {
        values[*byte as usize] = value;
        value += 1;
        rest = after;
    }
    values
};
const NONE: u8 = u8::MAX;

/// Digits of a UUID in groups of 8, 4, 4, 4 and 12, a hyphen between.
const UUID_CHARS: usize = 36;
const HYPHENS: [usize; 4] = [8, 13, 18, 23];
/// Where the pair of digits of each byte begins.
const PAIRS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/// The hexadecimal digit of a number below 16.
pub(super) fn digit(number: u8) -> u8 {
    if number < 10 { b'0' + number } else { b'a' + number - 10 }
}

/// The byte of a pair of digits, and what is below 16 only where both are some.
fn byte(high: u8, low: u8) -> (u8, u8) {
    let (high, low) = (VALUES[usize::from(high)], VALUES[usize::from(low)]);
    ((high << 4) | low, high | low)
}

/// The bytes that as many pairs of digits name.
pub(super) fn hexadecimal<const BYTES: usize>(text: &[u8]) -> Option<[u8; BYTES]> {
    let (pairs, rest) = text.as_chunks::<2>();
    if pairs.len() != BYTES || !rest.is_empty() {
        return None;
    }
    // Whether all are digits is asked once, at the end.
    let (mut bytes, mut all) = ([0; BYTES], 0);
    for (slot, [high, low]) in bytes.iter_mut().zip(pairs) {
        let (byte, digits) = byte(*high, *low);
        *slot = byte;
        all |= digits;
    }
    (all < 16).then_some(bytes)
}

/// The bytes of a UUID that is written with hyphens.
pub(super) fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; UUID_CHARS] = text.try_into().ok()?;
    let (mut bytes, mut all) = ([0; 16], 0);
    for (slot, at) in bytes.iter_mut().zip(PAIRS) {
        let (byte, digits) = byte(text[at], text[at + 1]);
        *slot = byte;
        all |= digits;
    }
    (all < 16 && HYPHENS.iter().all(|at| text[*at] == b'-')).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_in_lower_case_alone() {
        assert_eq!(hexadecimal::<3>(b"00af9c"), Some([0, 0xaf, 0x9c]));
        for odd in [&b"00af9"[..], b"00af9c0", b"00AF9C", b"00ag9c", b"0 af9c", b"", b"00af\xff\xff"] {
            assert_eq!(hexadecimal::<3>(odd), None, "{odd:?}");
        }
        for number in 0..=u8::MAX {
            assert_eq!(hexadecimal::<1>(&[digit(number >> 4), digit(number & 15)]), Some([number]));
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
