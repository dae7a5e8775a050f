//! UUIDs in their 36-character form.

use std::fmt;

/// The 16 bytes of `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, of whatever case.
pub(super) fn parse(text: &str) -> Option<[u8; 16]> {
    let bytes = text.as_bytes();
    if bytes.len() != 36 || [8, 13, 18, 23].iter().any(|i| bytes[*i] != b'-') {
        return None;
    }
    let mut id = [0_u8; 16];
    let mut digits = bytes.iter().filter(|b| **b != b'-');
    for slot in &mut id {
        let mut next = || digits.next().and_then(|b| char::from(*b).to_digit(16));
        *slot = u8::try_from(next()? * 16 + next()?).ok()?;
    }
    digits.next().is_none().then_some(id)
}

/// Those bytes in that form, lower case.
pub(super) fn show(id: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, byte) in id.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            f.write_str("-")?;
        }
        write!(f, "{byte:02x}")?;
    }
    Ok(())
}
