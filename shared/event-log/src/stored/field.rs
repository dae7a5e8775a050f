//! The fields of a message: which values stand under which number, and what each says that is absent.

use super::error::DecodeError;
use super::in_order::{InOrder, Otherwise};
use super::wire::{Raw, next};

/// Largest number of a field in a table here, so that a bit for each fits into one number.
const NUMBER_MAX: usize = 63;

/// A value as a field of a message.
pub(crate) trait Field: Sized {
    /// Writes it under `number`.
    fn write(&self, number: u32, out: &mut Vec<u8>);

    /// Writes it where a field that is absent says something else. Where it may be absent, what is there is written, be it 0.
    fn put(&self, number: u32, out: &mut Vec<u8>) {
        self.write(number, out);
    }

    /// Reads it as it was written.
    fn read(raw: Raw<'_>) -> Result<Self, DecodeError>;

    /// Reads it as [`Field::read`] does, without a word of why it is none.
    #[inline]
    fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
        Self::read(raw).map_err(|_| Otherwise)
    }

    /// Reads the field with this number where it stands next.
    #[inline]
    fn next(fields: &mut InOrder<'_>, number: u32) -> Result<Self, Otherwise> {
        match fields.next(number)? {
            Some(raw) => Self::read_quickly(raw),
            None => Self::absent().ok_or(Otherwise),
        }
    }

    /// What a field says that is absent, if it may be.
    fn absent() -> Option<Self> {
        None
    }

    /// Reads what stands under its number.
    fn find(found: &Found<'_>) -> Result<Self, DecodeError> {
        match found.one()? {
            Some(raw) => Self::read(raw),
            None => Self::absent().ok_or_else(|| found.missing()),
        }
    }
}

impl<T: Field> Field for Option<T> {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.write(number, out);
        }
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        T::read(raw).map(Some)
    }

    #[inline]
    fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
        T::read_quickly(raw).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// A field that is repeated: each value stands under its number, a number as well (`packed = false` in its .proto file).
impl<T: Field> Field for Vec<T> {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        for value in self {
            value.write(number, out);
        }
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        T::read(raw).map(|value| vec![value])
    }

    fn next(fields: &mut InOrder<'_>, number: u32) -> Result<Self, Otherwise> {
        let mut values = Self::new();
        while let Some(raw) = fields.next(number)? {
            values.push(T::read_quickly(raw)?);
        }
        Ok(values)
    }

    fn find(found: &Found<'_>) -> Result<Self, DecodeError> {
        found.each().map(|raw| T::read(raw?)).collect()
    }
}

/// What stands under one number of a message.
pub(crate) struct Found<'a> {
    /// The first value, if there is one.
    pub(super) first: Option<Raw<'a>>,
    /// Whether there are more.
    pub(super) more: bool,
    number: u32,
    message: &'a [u8],
}

impl<'a> Found<'a> {
    /// The one value there may be.
    pub(super) fn one(&self) -> Result<Option<Raw<'a>>, DecodeError> {
        if self.more {
            return Err(DecodeError::Malformed(format!("field {} stands more than once", self.number)));
        }
        Ok(self.first)
    }

    /// Every value, in order.
    pub(super) fn each(&self) -> impl Iterator<Item = Result<Raw<'a>, DecodeError>> + use<'a> {
        let (mut rest, number) = (if self.first.is_some() { self.message } else { &[] }, self.number);
        std::iter::from_fn(move || {
            loop {
                match next(&mut rest) {
                    Ok(None) => return None,
                    Ok(Some((met, raw))) if met == number => return Some(Ok(raw)),
                    Ok(Some(_)) => {}
                    Err(error) => {
                        rest = &[];
                        return Some(Err(error));
                    }
                }
            }
        })
    }

    pub(super) fn missing(&self) -> DecodeError {
        DecodeError::Malformed(format!("field {} is missing", self.number))
    }
}

/// The fields of a message by their numbers. One that this program does not know is passed over: a newer version added it, and by the
/// rule of the form it changes the meaning of none that stood there before.
pub(super) struct Fields<'a, const SLOTS: usize> {
    message: &'a [u8],
    slots: [Option<Raw<'a>>; SLOTS],
    /// A bit for each number that stands more than once.
    more: u64,
}

impl<'a, const SLOTS: usize> Fields<'a, SLOTS> {
    pub(super) fn of(message: &'a [u8]) -> Result<Self, DecodeError> {
        Self::of_with(message, |_, _| Ok(()))
    }

    /// The same; what is numbered beyond the slots is handed to `beyond`.
    pub(super) fn of_with(
        message: &'a [u8],
        mut beyond: impl FnMut(u32, Raw<'a>) -> Result<(), DecodeError>,
    ) -> Result<Self, DecodeError> {
        let mut fields = Self { message, slots: [None; SLOTS], more: 0 };
        let mut rest = message;
        while let Some((number, raw)) = next(&mut rest)? {
            match fields.slots.get_mut(number as usize) {
                Some(slot @ None) => *slot = Some(raw),
                Some(Some(_)) => fields.more |= 1 << number,
                None => beyond(number, raw)?,
            }
        }
        Ok(fields)
    }

    pub(super) fn found(&self, number: u32) -> Found<'a> {
        Found {
            first: self.slots.get(number as usize).copied().flatten(),
            more: self.more & (1 << number) != 0,
            number,
            message: self.message,
        }
    }

    /// The value of a field.
    pub(super) fn read<T: Field>(&self, number: u32) -> Result<T, DecodeError> {
        T::find(&self.found(number))
    }
}

/// Slots for fields with these numbers, each of which is given once.
pub(super) const fn slots(numbers: &[usize]) -> usize {
    let (mut given, mut most, mut at) = (0_u64, 0, 0);
    while at < numbers.len() {
        let number = numbers[at];
        assert!(number > 0 && number <= NUMBER_MAX, "a field has a number from 1 to 63");
        assert!(given & (1 << number) == 0, "two fields have one number");
        given |= 1 << number;
        if number > most {
            most = number;
        }
        at += 1;
    }
    most + 1
}

#[cfg(test)]
mod tests {
    use domain::Ordinal;

    use super::super::wire::{put_message, put_number, put_text};
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out);
        out
    }

    fn ordinals(numbers: impl IntoIterator<Item = u32>) -> Vec<Ordinal> {
        numbers.into_iter().map(|number| Ordinal::new(number).unwrap()).collect()
    }

    #[test]
    fn a_message_within_another_has_its_length_before_it() {
        for length in [0, 1, 125, 126, 127, 128, 20_000] {
            let text = "a".repeat(length);
            let bytes = written(|out| {
                put_number(1, 7, out);
                put_message(2, out, |out| put_text(3, &text, out));
            });
            let fields = Fields::<3>::of(&bytes).unwrap();
            let inner = fields.found(2).one().unwrap().unwrap().bytes().unwrap();
            let inner = Fields::<4>::of(inner).unwrap().found(3).one().unwrap().unwrap();
            assert_eq!((inner.text().unwrap(), fields.found(1).one().unwrap().unwrap().number().unwrap()), (&*text, 7));
        }
    }

    #[test]
    fn of_a_field_that_is_repeated_each_value_is_read_and_of_another_one() {
        for many in [ordinals([]), ordinals([7]), ordinals([3, 1, 3])] {
            let bytes = written(|out| {
                many.put(2, out);
                put_text(9, "later", out);
            });
            let fields = Fields::<3>::of(&bytes).unwrap();
            assert_eq!(fields.read::<Vec<Ordinal>>(2).unwrap(), many);
            assert_eq!(fields.read::<Ordinal>(2).is_ok(), many.len() == 1);
            assert_eq!(fields.read::<Option<Ordinal>>(2).is_ok(), many.len() < 2);
        }
    }

    #[test]
    fn what_is_no_field_is_refused() {
        for odd in [&[0][..], &[0x07, 0], &[0x0b], &[0x0a, 5, 1], &[0x0d, 1, 2], &[0x09, 1], &[0x08], &[0xff]] {
            assert!(Fields::<3>::of(odd).is_err(), "{odd:?}");
        }
        // Of a fixed length, which none of ours is: passed over, but not read as a number.
        let fixed = Fields::<3>::of(&[0x0d, 1, 2, 3, 4]).unwrap();
        assert!(fixed.found(1).one().unwrap().unwrap().number().is_err());
    }
}
