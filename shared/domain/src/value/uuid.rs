//! UUIDs in their 36-character form.

use std::fmt;

use arrayvec::ArrayString;

use super::hex;

/// Characters of a UUID.
const CHARS: usize = 36;
/// Which of them are hyphens.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// The 16 bytes of `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, of whatever case.
pub(super) fn parse(text: &str) -> Option<[u8; 16]> {
    let bytes: &[u8; CHARS] = text.as_bytes().try_into().ok()?;
    if HYPHENS.iter().any(|at| bytes[*at] != b'-') {
        return None;
    }
    let (mut id, mut at) = ([0; 16], 0);
    for slot in &mut id {
        at += usize::from(HYPHENS.contains(&at));
        *slot = (hex::value(bytes[at])? << 4) | hex::value(bytes[at + 1])?;
        at += 2;
    }
    Some(id)
}

/// Those bytes in that form, lower case.
pub(super) fn show(id: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    // Every answer names its log, and formatting numbers is slow.
    let (mut text, mut at) = ([b'-'; CHARS], 0);
    for byte in id {
        at += usize::from(HYPHENS.contains(&at));
        text[at..at + 2].copy_from_slice(&hex::digits(*byte));
        at += 2;
    }
    // They are ASCII.
    f.write_str(&ArrayString::from_byte_string(&text).unwrap_or_default())
}
