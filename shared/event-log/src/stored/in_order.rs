//! The fields of a message in the order of their numbers, which is how this program writes them: nothing is looked for, each is where the
//! reader is. What lies otherwise is read by the reader in any order (`field`), which alone says why something is refused; whatever is
//! read here is what would be read there.

use super::wire::{Key, Raw, delimited, key, value};

/// It lies otherwise than this program writes it, or is none: to be read in any order, with the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Otherwise;

#[inline]
pub(super) fn bytes(raw: Raw<'_>) -> Result<&[u8], Otherwise> {
    match raw {
        Raw::Bytes(bytes) => Ok(bytes),
        Raw::Varint(_) | Raw::Fixed => Err(Otherwise),
    }
}

#[inline]
pub(super) fn text(raw: Raw<'_>) -> Result<&str, Otherwise> {
    simdutf8::basic::from_utf8(bytes(raw)?).map_err(|_| Otherwise)
}

/// Fields that are still to be read.
#[derive(Debug)]
pub(crate) struct InOrder<'a> {
    rest: &'a [u8],
}

impl<'a> InOrder<'a> {
    #[inline]
    pub(super) fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    /// Those of a message within another.
    #[inline]
    pub(super) fn within(raw: Raw<'a>) -> Result<Self, Otherwise> {
        bytes(raw).map(Self::of)
    }

    /// The value of the field with this number, if it stands next: where another does, of a larger number, it is absent. To be asked for
    /// rising numbers; of a field that is repeated, again and again.
    #[inline]
    pub(super) fn next(&mut self, number: u32) -> Result<Option<Raw<'a>>, Otherwise> {
        match self.rest {
            [] => Ok(None),
            // Nearly every field: a short text or message, key and length a byte each.
            [key @ ..0x80, length @ ..0x80, rest @ ..] if u32::from(*key) == delimited(number) => {
                let (value, rest) = rest.split_at_checked(usize::from(*length)).ok_or(Otherwise)?;
                self.rest = rest;
                Ok(Some(Raw::Bytes(value)))
            }
            [key @ ..0x80, ..] if u32::from(*key) >> 3 > number => Ok(None),
            _ => self.next_of_any_length(number),
        }
    }

    fn next_of_any_length(&mut self, number: u32) -> Result<Option<Raw<'a>>, Otherwise> {
        let (key, rest) = key(self.rest).ok_or(Otherwise)?;
        if key.number > number {
            return Ok(None);
        }
        // Of a smaller number: one that this program does not know, or that stands there once more.
        if key.number < number {
            return Err(Otherwise);
        }
        self.value(key, rest).map(Some)
    }

    #[inline]
    fn value(&mut self, key: Key, rest: &'a [u8]) -> Result<Raw<'a>, Otherwise> {
        let (raw, rest) = value(key, rest).ok_or(Otherwise)?;
        self.rest = rest;
        Ok(raw)
    }

    /// The only field there is.
    #[inline]
    pub(super) fn only(mut self) -> Result<(u32, Raw<'a>), Otherwise> {
        let (key, rest) = key(self.rest).ok_or(Otherwise)?;
        let raw = self.value(key, rest)?;
        if self.rest.is_empty() { Ok((key.number, raw)) } else { Err(Otherwise) }
    }

    /// Holds what is left to be fields of larger numbers than `last`, which this program does not know.
    #[inline]
    pub(super) fn end(mut self, last: u32) -> Result<(), Otherwise> {
        while !self.rest.is_empty() {
            let (key, rest) = key(self.rest).ok_or(Otherwise)?;
            if key.number <= last {
                return Err(Otherwise);
            }
            self.value(key, rest)?;
        }
        Ok(())
    }
}

/// The last of these numbers, which rise: as the fields of a table are written, so they are read.
pub(super) const fn last(numbers: &[u32]) -> u32 {
    let (mut last, mut at) = (0, 0);
    while at < numbers.len() {
        assert!(numbers[at] > last, "the fields of a table stand in the order of their numbers");
        last = numbers[at];
        at += 1;
    }
    last
}
