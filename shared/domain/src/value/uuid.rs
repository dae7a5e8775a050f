//! UUIDs in their 36-character form.

use std::{fmt, str};

use super::hex;

/// Characters of a UUID.
const CHARS: usize = 36;
/// Its groups of digits: how many bytes each stands for, with a hyphen between two.
const GROUPS: [usize; 5] = [4, 2, 2, 2, 6];

/// The 16 bytes of `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, of whatever case.
pub(super) fn parse(text: &str) -> Option<[u8; 16]> {
    let mut rest = text.as_bytes();
    if rest.len() != CHARS {
        return None;
    }
    let mut id = [0; 16];
    let mut bytes = id.iter_mut();
    for (number, group) in GROUPS.into_iter().enumerate() {
        if number > 0 {
            rest = rest.strip_prefix(b"-")?;
        }
        let (digits, behind) = rest.split_at(2 * group);
        for (digits, byte) in digits.chunks_exact(2).zip(bytes.by_ref()) {
            *byte = (hex::value(digits[0])? << 4) | hex::value(digits[1])?;
        }
        rest = behind;
    }
    Some(id)
}

/// Those bytes in that form, lower case.
pub(super) fn show(id: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    // Every answer names its log, and formatting numbers is slow.
    let mut text = [b'-'; CHARS];
    let (mut bytes, mut at) = (id.iter(), 0);
    for group in GROUPS {
        for (slot, byte) in text[at..at + 2 * group].chunks_exact_mut(2).zip(bytes.by_ref()) {
            slot.copy_from_slice(&hex::digits(*byte));
        }
        at += 2 * group + 1;
    }
    // They are ASCII.
    f.write_str(str::from_utf8(&text).unwrap_or_default())
}
