//! How single values are stored: texts, codes and days as texts, amounts and choices as numbers, as the .proto files say.

use domain::{
    Act, BreachExtent, BreachSeverity, BureauId, CategoryCode, CertificationBasis, Day, DayCount, Division,
    DivisionPrefix, EndingKind, Fen, GroundCode, Instant, Invalid, LogId, NoticeDays, NoticeWindow, OfficerId,
    OperatorClass, OperatorCode, Ordinal, Percent, Phone, PlaqueNumber, PledgeNumber, PledgeType, Point, Position,
    PriceUnit, PromisorClass, ProviderId, PublicationScope, RequestDigest, RequestId, ReviewResult, RevocationKind,
    RulesText, Sha256, Text, Uscc, Year, ZoneCode,
};
use uuid::Uuid;

use super::digits::{digit, hexadecimal, uuid};
use super::error::DecodeError;
use super::field::{Field, Fields};
use super::in_order::{InOrder, Otherwise, bytes, text};
use super::wire::{Raw, malformed, put_bytes, put_message, put_number, put_text};

/// Choices that there may ever be of one kind: what says that it is one of more is damaged, and no newer program's.
const CHOICES_MAX: u64 = 4096;

/// A code, which is kept as a text.
///
/// A parser is for people who type, and becomes stricter as what they mistype is understood. What was accepted once stays readable: so
/// what is stored is not read by the parser but by `of_stored`, and a rule that is added to the parser is not added there.
trait Kept: Sized {
    fn text(&self) -> &str;

    /// The parser of what people type.
    fn typed(text: &str) -> Result<Self, Invalid>;

    /// The value of a stored text. The parsers of codes are today as strict as they were when the first commit was stored, and are what
    /// reads them. Whoever makes one stricter first gives its type a constructor `stored` that goes on by the rules of before, as
    /// [`Text::stored`] does, and moves it to `once_accepted!`.
    fn of_stored(text: &str) -> Result<Self, Invalid> {
        Self::typed(text).and_then(|value| as_written(value.text() == text, value))
    }
}

/// A value whose parser had to mend what was stored. Parsers fold case and drop outer white space for people who type; the
/// program writes values as they are, so another spelling on disk is damage and not a way to write it.
fn as_written<T>(same: bool, value: T) -> Result<T, Invalid> {
    let damaged =
        Invalid { rule: "DAMAGED", zh: "存储的内容与写入时不同", en: "it is not spelt as it was written" };
    if same { Ok(value) } else { Err(damaged) }
}

/// The value that is stored as this text.
fn kept<T: Kept>(raw: Raw<'_>) -> Result<T, DecodeError> {
    Ok(T::of_stored(raw.text()?)?)
}

macro_rules! codes {
    ($($name:ty),* $(,)?) => {$(
        impl Kept for $name {
            fn text(&self) -> &str {
                self.as_str()
            }

            fn typed(text: &str) -> Result<Self, Invalid> {
                Self::parse(text)
            }
        }

        impl Field for $name {
            fn write(&self, number: u32, out: &mut Vec<u8>) {
                put_text(number, self.as_str(), out);
            }

            fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
                Self::of_stored(text(raw)?).map_err(|_| Otherwise)
            }

            fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
                kept(raw)
            }
        }
    )*};
}

codes! {
    BureauId, CategoryCode, Division, DivisionPrefix, GroundCode, PlaqueNumber, PledgeNumber, ZoneCode,
}

/// Values of which more spellings were accepted once than may be typed today or later.
macro_rules! once_accepted {
    ($($name:ty),* $(,)?) => {$(
        impl Field for $name {
            fn write(&self, number: u32, out: &mut Vec<u8>) {
                put_text(number, self.as_str(), out);
            }

            fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
                Self::stored(text(raw)?).map_err(|_| Otherwise)
            }

            fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
                Ok(Self::stored(raw.text()?)?)
            }
        }
    )*};
}

once_accepted! { OfficerId, OperatorCode, Phone, ProviderId, RulesText, Uscc }

impl<const MAX: usize> Field for Text<MAX> {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        put_text(number, self.as_str(), out);
    }

    fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
        Self::stored(text(raw)?).map_err(|_| Otherwise)
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        Ok(Self::stored(raw.text()?)?)
    }
}

impl Field for Day {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        put_bytes(number, &self.ascii(), out);
    }

    fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
        Self::parse(text(raw)?).map_err(|_| Otherwise)
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        Ok(Self::parse(raw.text()?)?)
    }
}

macro_rules! numbers {
    ($($name:ty),* $(,)?) => {$(
        impl Field for $name {
            fn write(&self, number: u32, out: &mut Vec<u8>) {
                put_number(number, u64::from(self.get()), out);
            }

            fn put(&self, number: u32, out: &mut Vec<u8>) {
                if self.get() != 0 {
                    self.write(number, out);
                }
            }

            fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
                Ok(Self::new(u32::try_from(raw.number()?).map_err(|_| Invalid::RANGE)?)?)
            }

            fn absent() -> Option<Self> {
                Self::new(0).ok()
            }
        }
    )*};
}

numbers! { Act, Fen, NoticeDays, Ordinal, Percent, Year }

macro_rules! large_numbers {
    ($($name:ident),* $(,)?) => {$(
        impl Field for $name {
            fn write(&self, number: u32, out: &mut Vec<u8>) {
                put_number(number, self.0, out);
            }

            fn put(&self, number: u32, out: &mut Vec<u8>) {
                if self.0 != 0 {
                    self.write(number, out);
                }
            }

            fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
                raw.number().map(Self)
            }

            fn absent() -> Option<Self> {
                Some(Self(0))
            }
        }
    )*};
}

large_numbers! { Instant, Position }

impl Field for bool {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        put_number(number, u64::from(*self), out);
    }

    fn put(&self, number: u32, out: &mut Vec<u8>) {
        if *self {
            self.write(number, out);
        }
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        match raw.number()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(malformed("a yes or no is neither")),
        }
    }

    fn absent() -> Option<Self> {
        Some(false)
    }
}

/// A choice by the number that it has in its .proto file.
macro_rules! choices {
    ($($choice:ident { $($variant:ident = $number:literal),* $(,)? })*) => {$(
        impl Field for $choice {
            fn write(&self, number: u32, out: &mut Vec<u8>) {
                put_number(number, match self { $(Self::$variant => $number),* }, out);
            }

            fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
                match raw.number()? {
                    $($number => Ok(Self::$variant),)*
                    0 => Err(malformed("a choice is not made")),
                    newer @ ..=CHOICES_MAX => Err(DecodeError::UnknownChoice(newer)),
                    _ => Err(malformed("a choice is none")),
                }
            }
        }
    )*};
}

choices! {
    EndingKind { Cancelled = 1, Annulled = 2, Withdrawn = 3, Deregistered = 4 }
    RevocationKind { Cancelled = 1, Annulled = 2 }
    ReviewResult { Passed = 1, Failed = 2, NotTaken = 3 }
    PledgeType { ApprovalReplacing = 1, PapersOwed = 2, ProofReplacing = 3, CreditRepair = 4, SelfDiscipline = 5, Voluntary = 6, Other = 7 }
    PromisorClass { Organisation = 1, IndividualBusiness = 2, NaturalPerson = 3 }
    OperatorClass { Organisation = 1, IndividualBusiness = 2, NaturalPerson = 3 }
    PublicationScope { Public = 1, Limited = 2, Closed = 3 }
    BreachExtent { Partly = 1, Wholly = 2 }
    BreachSeverity { Minor = 1, General = 2, Serious = 3 }
    PriceUnit { Month = 1, Meal = 2, Night = 3, Hour = 4 }
    CertificationBasis { Case = 1, Evidence = 2 }
    DayCount { Calendar = 1, Working = 2 }
}

/// A UUID in its form of 36 characters, lower case.
fn put_uuid(number: u32, id: [u8; 16], out: &mut Vec<u8>) {
    let mut text = Uuid::encode_buffer();
    put_text(number, Uuid::from_bytes(id).hyphenated().encode_lower(&mut text), out);
}

impl Field for RequestId {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        put_uuid(number, *self.as_bytes(), out);
    }

    fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
        uuid(bytes(raw)?).map(Self::from_bytes).ok_or(Otherwise)
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        let id = uuid(raw.bytes()?).map(Self::from_bytes);
        id.ok_or_else(|| malformed("a request id is no UUID in lower case"))
    }
}

impl Field for LogId {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        put_uuid(number, *self.as_bytes(), out);
    }

    fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
        uuid(bytes(raw)?).map(Self::from_bytes).ok_or(Otherwise)
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        let id = uuid(raw.bytes()?).map(Self::from_bytes);
        id.ok_or_else(|| malformed("the id of a log is no UUID in lower case"))
    }
}

impl Field for Sha256 {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        put_text(number, &self.to_string(), out);
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        hexadecimal(raw.bytes()?).map(Self::from_bytes).ok_or_else(|| malformed("a hash has other digits"))
    }
}

/// The name of its key, where a request is behind it, and the digest.
impl Field for RequestDigest {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        let mut digits = [0; 40];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.as_bytes()) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        let said = if self.is_of_request() { &digits[..] } else { &digits[8..] };
        put_text(number, std::str::from_utf8(said).unwrap_or_default(), out);
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        digest(raw.bytes()?).ok_or_else(|| malformed("a digest has other digits"))
    }

    fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
        digest(bytes(raw)?).ok_or(Otherwise)
    }
}

fn digest(text: &[u8]) -> Option<RequestDigest> {
    match text.len() {
        32 => hexadecimal(text).map(RequestDigest::of_no_request),
        _ => hexadecimal(text).map(RequestDigest::from_bytes).filter(RequestDigest::is_of_request),
    }
}

impl Field for NoticeWindow {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        put_message(number, out, |out| {
            self.start().put(1, out);
            self.end().put(2, out);
        });
    }

    fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
        let mut fields = InOrder::within(raw)?;
        let (start, end) = (Field::next(&mut fields, 1)?, Field::next(&mut fields, 2)?);
        fields.end(2)?;
        Self::new(start, end).map_err(|_| Otherwise)
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        let fields = Fields::<3>::of(raw.bytes()?)?;
        Ok(Self::new(fields.read(1)?, fields.read(2)?)?)
    }
}

/// Millionths of a degree, which in a .proto file are an `int32`.
struct Microdegrees(i32);

impl Field for Microdegrees {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        // A negative number is widened with its sign.
        put_number(number, i64::from(self.0).cast_unsigned(), out);
    }

    fn put(&self, number: u32, out: &mut Vec<u8>) {
        if self.0 != 0 {
            self.write(number, out);
        }
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        Ok(i32::try_from(raw.number()?.cast_signed()).map(Self).map_err(|_| Invalid::RANGE)?)
    }

    fn absent() -> Option<Self> {
        Some(Self(0))
    }
}

impl Field for Point {
    fn write(&self, number: u32, out: &mut Vec<u8>) {
        put_message(number, out, |out| {
            Microdegrees(self.latitude_microdegrees()).put(1, out);
            Microdegrees(self.longitude_microdegrees()).put(2, out);
        });
    }

    fn read_quickly(raw: Raw<'_>) -> Result<Self, Otherwise> {
        let mut fields = InOrder::within(raw)?;
        let (Microdegrees(latitude), Microdegrees(longitude)) =
            (Field::next(&mut fields, 1)?, Field::next(&mut fields, 2)?);
        fields.end(2)?;
        Self::new(latitude, longitude).map_err(|_| Otherwise)
    }

    fn read(raw: Raw<'_>) -> Result<Self, DecodeError> {
        let fields = Fields::<3>::of(raw.bytes()?)?;
        let (Microdegrees(latitude), Microdegrees(longitude)) = (fields.read(1)?, fields.read(2)?);
        Ok(Self::new(latitude, longitude)?)
    }
}
