//! Numbers in as few bytes as they need: seven bits a byte, the least first, the eighth says that more follow.

/// Writes a number behind what is there.
pub(crate) fn put(bytes: &mut Vec<u8>, mut number: u128) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or(0));
}

/// Reads the number that begins at `at`, which goes behind it. `None` where it does not end or is longer than 128 bits.
pub(crate) fn take(bytes: &[u8], at: &mut usize) -> Option<u128> {
    let (mut number, mut shift) = (0_u128, 0);
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= u128::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift += 7;
    }
}

/// [`take`] for a length or a place in memory: nearly always one byte.
pub(crate) fn take_size(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let byte = *bytes.get(*at)?;
    if byte < 0x80 {
        *at += 1;
        return Some(usize::from(byte));
    }
    usize::try_from(take(bytes, at)?).ok()
}

/// [`put`] for a length or a place in memory.
pub(crate) fn put_size(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or(0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_comes_back_and_a_cut_one_does_not() {
        for number in [0, 1, 127, 128, 300, u128::from(u64::MAX), u128::MAX] {
            let mut bytes = vec![7];
            put(&mut bytes, number);
            let mut at = 1;
            assert_eq!((take(&bytes, &mut at), at), (Some(number), bytes.len()));
            for length in 1..bytes.len() {
                assert_eq!(take(&bytes[..length], &mut 1), None);
            }
            if let Ok(size) = usize::try_from(number) {
                let mut sized = vec![7];
                put_size(&mut sized, size);
                assert_eq!((take_size(&sized, &mut 1), sized), (Some(size), bytes));
            }
        }
        assert_eq!(take(&[0xff; 40], &mut 0), None, "more than 128 bits");
    }
}
