//! Messages as protobuf has them on the wire: what stands under each number.
//!
//! They are read as they lie, borrowed: the generated code would make a text of its own of each, only for the domain to copy it once
//! more (docs/decisions/0010). Stricter than protobuf asks, since one program writes what is read here: a number is written in as few
//! bytes as it takes, and a field that is not repeated stands once.

use super::error::DecodeError;

/// Wire types: how long a value is.
const VARINT: u32 = 0;
const EIGHT_BYTES: u32 = 1;
const DELIMITED: u32 = 2;
const FOUR_BYTES: u32 = 5;

/// Bytes of the longest varint.
const VARINT_BYTES_MAX: usize = 10;

/// A value as it stands in its message.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Raw<'a> {
    /// A number, a choice, or a yes or no.
    Varint(u64),
    /// A text or a message.
    Bytes(&'a [u8]),
    /// A number of fixed length; no field of this program's is one.
    Fixed,
}

impl<'a> Raw<'a> {
    #[inline]
    pub(super) fn number(self) -> Result<u64, DecodeError> {
        match self {
            Self::Varint(number) => Ok(number),
            Self::Bytes(_) | Self::Fixed => Err(malformed("a number is none")),
        }
    }

    #[inline]
    pub(super) fn bytes(self) -> Result<&'a [u8], DecodeError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Varint(_) | Self::Fixed => Err(malformed("a text or a message is none")),
        }
    }

    #[inline]
    pub(super) fn text(self) -> Result<&'a str, DecodeError> {
        // Most of a commit is Chinese text; the standard library's check takes a tenth of a replay.
        simdutf8::basic::from_utf8(self.bytes()?).map_err(|_| malformed("a text is not UTF-8"))
    }
}

#[cold]
pub(super) fn malformed(why: &str) -> DecodeError {
    DecodeError::Malformed(why.to_owned())
}

/// The number that these bytes begin with, and those after it.
#[inline]
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    match bytes {
        // Nearly every key and length.
        [byte @ ..0x80, rest @ ..] => Some((u64::from(*byte), rest)),
        // Nearly every other.
        [low, high @ 1..0x80, rest @ ..] => Some((u64::from(low & 0x7f) | (u64::from(*high) << 7), rest)),
        _ => long_varint(bytes),
    }
}

fn long_varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().take(VARINT_BYTES_MAX).enumerate() {
        let bits = u64::from(byte & 0x7f);
        value |= bits << (7 * index);
        if byte & 0x80 == 0 {
            // As few bytes as it takes, and no bit beyond the 64th.
            let whole = bits != 0 && (index + 1 < VARINT_BYTES_MAX || bits == 1);
            return whole.then(|| (value, &bytes[index + 1..]));
        }
    }
    None
}

/// Takes the next field, its number and its value, off the front; none at the end.
pub(super) fn next<'a>(bytes: &mut &'a [u8]) -> Result<Option<(u32, Raw<'a>)>, DecodeError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let (field, rest) = field(bytes).ok_or_else(|| malformed("it ends within a field, or no field begins there"))?;
    *bytes = rest;
    Ok(Some(field))
}

fn field(bytes: &[u8]) -> Option<((u32, Raw<'_>), &[u8])> {
    let (key, rest) = key(bytes)?;
    let (raw, rest) = value(key, rest)?;
    Some(((key.number, raw), rest))
}

/// What stands before a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// The number of the field, from 1.
    pub(super) number: u32,
    kind: u32,
}

/// The key of a text or message with this number.
#[inline]
pub(super) const fn delimited(number: u32) -> u32 {
    (number << 3) | DELIMITED
}

/// The key that these bytes begin with, and those after it.
#[inline]
pub(super) fn key(bytes: &[u8]) -> Option<(Key, &[u8])> {
    let (key, rest) = varint(bytes)?;
    let key = u32::try_from(key).ok()?;
    (key >> 3 != 0).then_some((Key { number: key >> 3, kind: key & 7 }, rest))
}

/// The value that these bytes begin with after its key, and those after it.
#[inline]
pub(super) fn value(key: Key, rest: &[u8]) -> Option<(Raw<'_>, &[u8])> {
    Some(match key.kind {
        VARINT => varint(rest).map(|(number, rest)| (Raw::Varint(number), rest))?,
        DELIMITED => {
            let (length, rest) = varint(rest)?;
            let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            (Raw::Bytes(value), rest)
        }
        EIGHT_BYTES => (Raw::Fixed, rest.get(8..)?),
        FOUR_BYTES => (Raw::Fixed, rest.get(4..)?),
        _ => return None,
    })
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

fn put_key(number: u32, kind: u32, out: &mut Vec<u8>) {
    put_varint(u64::from((number << 3) | kind), out);
}

/// Writes a number under this one of a field.
pub(super) fn put_number(number: u32, value: u64, out: &mut Vec<u8>) {
    put_key(number, VARINT, out);
    put_varint(value, out);
}

/// Writes a text under this number.
pub(super) fn put_text(number: u32, text: &str, out: &mut Vec<u8>) {
    put_bytes(number, text.as_bytes(), out);
}

/// Writes bytes under this number.
pub(super) fn put_bytes(number: u32, bytes: &[u8], out: &mut Vec<u8>) {
    put_key(number, DELIMITED, out);
    put_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// Writes a message under this number.
pub(super) fn put_message(number: u32, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    put_key(number, DELIMITED, out);
    let start = out.len();
    write(out);
    let end = out.len();
    put_varint((end - start) as u64, out);
    // The length stands before what it is the length of.
    let length_bytes = out.len() - end;
    out[start..].rotate_right(length_bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written_and_in_no_other_way() {
        for number in (0..64).map(|bit| 1_u64 << bit).chain([0, 127, 128, 300, u64::MAX]) {
            let mut bytes = Vec::new();
            put_varint(number, &mut bytes);
            assert_eq!(varint(&bytes), Some((number, &[][..])), "{number}");
            assert_eq!(varint(&bytes[..bytes.len() - 1]), None, "{number}");
        }
        for odd in [&[0x80, 0][..], &[0x81, 0x80, 0], &[0xff; 10], &[0xff; 11]] {
            assert_eq!(varint(odd), None, "{odd:?}");
        }
    }
}
