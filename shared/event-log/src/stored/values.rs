//! How single values are stored: texts as texts, days as numbers of days, choices as numbers.

use std::fmt;

use domain::{
    Act, BureauId, CategoryCode, Day, Division, Fen, GroundCode, Instant, Invalid, NoticeWindow, OfficerId,
    OperatorCode, Ordinal, Percent, Phone, PlaqueNumber, PledgeNumber, Point, Position, ProviderId, RequestId, Sha256,
    Text, Uscc, Year, ZoneCode,
};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value and the form it is stored in. Reading runs the value's own parser, so that a damaged record cannot make a value that
/// could not have been made. A form borrows its texts, from the value or from the stored bytes: a replay copies each text once.
pub(crate) trait Stored: Sized + 'static {
    /// What is written.
    type Form<'a>: Serialize + Deserialize<'a>;

    /// The value in that form.
    fn to_form(&self) -> Self::Form<'_>;

    /// The value, if the form is one.
    fn from_form(form: Self::Form<'_>) -> Result<Self, Invalid>;
}

/// A text as it is stored, which is as any string is; read with a check for UTF-8 that looks at many bytes at once. Most of a commit is
/// Chinese text, and the standard library's check takes a tenth of a replay.
#[derive(Debug)]
pub(crate) struct Utf8<'a>(pub(crate) &'a str);

impl Serialize for Utf8<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Utf8<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The form of bytes is that of a string: a length, and so many bytes.
        deserializer.deserialize_bytes(Utf8Visitor).map(Utf8)
    }
}

struct Utf8Visitor;

impl<'de> Visitor<'de> for Utf8Visitor {
    type Value = &'de str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in UTF-8")
    }

    fn visit_borrowed_bytes<E: serde::de::Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        simdutf8::basic::from_utf8(bytes).map_err(E::custom)
    }
}

/// A choice stored by a later version.
pub(crate) fn unknown_choice() -> Invalid {
    Invalid { rule: "UNKNOWN", zh: "未知的选项", en: "a choice this version does not know" }
}

/// A value whose parser had to mend what was stored. Parsers fold case and drop outer white space for people who type; the
/// program writes values as they are, so another spelling on disk is damage and not a way to write it.
fn as_written<T>(same: bool, value: T) -> Result<T, Invalid> {
    let damaged =
        Invalid { rule: "DAMAGED", zh: "存储的内容与写入时不同", en: "it is not spelt as it was written" };
    if same { Ok(value) } else { Err(damaged) }
}

macro_rules! texts {
    ($($name:ty),* $(,)?) => {$(
        impl Stored for $name {
            type Form<'a> = Utf8<'a>;

            fn to_form(&self) -> Utf8<'_> {
                Utf8(self.as_str())
            }

            fn from_form(Utf8(form): Utf8<'_>) -> Result<Self, Invalid> {
                Self::parse(form).and_then(|value| as_written(value.as_str() == form, value))
            }
        }
    )*};
}

texts! {
    BureauId, CategoryCode, Division, GroundCode, OfficerId, OperatorCode, Phone, PlaqueNumber, PledgeNumber, ProviderId,
    Uscc, ZoneCode,
}

impl<const MAX: usize> Stored for Text<MAX> {
    type Form<'a> = Utf8<'a>;

    fn to_form(&self) -> Utf8<'_> {
        Utf8(self.as_str())
    }

    fn from_form(Utf8(form): Utf8<'_>) -> Result<Self, Invalid> {
        // Its parser takes white space away and changes nothing else.
        Self::parse(form).and_then(|value| as_written(value.as_str().len() == form.len(), value))
    }
}

macro_rules! numbers {
    ($($name:ty),* $(,)?) => {$(
        impl Stored for $name {
            type Form<'a> = u32;

            fn to_form(&self) -> u32 {
                self.get()
            }

            fn from_form(form: u32) -> Result<Self, Invalid> {
                Self::new(form)
            }
        }
    )*};
}

numbers! { Act, Fen, Ordinal, Percent, Year }

impl Stored for bool {
    type Form<'a> = Self;

    fn to_form(&self) -> Self {
        *self
    }

    fn from_form(form: Self) -> Result<Self, Invalid> {
        Ok(form)
    }
}

impl Stored for Day {
    type Form<'a> = i32;

    fn to_form(&self) -> i32 {
        self.number()
    }

    fn from_form(form: i32) -> Result<Self, Invalid> {
        Self::from_number(form)
    }
}

impl Stored for NoticeWindow {
    type Form<'a> = (i32, i32);

    fn to_form(&self) -> Self::Form<'_> {
        (self.start().number(), self.end().number())
    }

    fn from_form((start, end): Self::Form<'_>) -> Result<Self, Invalid> {
        Self::new(Day::from_number(start)?, Day::from_number(end)?)
    }
}

impl Stored for Point {
    type Form<'a> = (i32, i32);

    fn to_form(&self) -> Self::Form<'_> {
        (self.latitude_microdegrees(), self.longitude_microdegrees())
    }

    fn from_form((latitude, longitude): Self::Form<'_>) -> Result<Self, Invalid> {
        Self::new(latitude, longitude)
    }
}

impl Stored for Instant {
    type Form<'a> = u64;

    fn to_form(&self) -> u64 {
        self.0
    }

    fn from_form(form: u64) -> Result<Self, Invalid> {
        Ok(Self(form))
    }
}

impl Stored for Position {
    type Form<'a> = u64;

    fn to_form(&self) -> u64 {
        self.0
    }

    fn from_form(form: u64) -> Result<Self, Invalid> {
        Ok(Self(form))
    }
}

impl Stored for Sha256 {
    type Form<'a> = [u8; 32];

    fn to_form(&self) -> Self::Form<'_> {
        *self.as_bytes()
    }

    fn from_form(form: Self::Form<'_>) -> Result<Self, Invalid> {
        Ok(Self::from_bytes(form))
    }
}

impl Stored for RequestId {
    type Form<'a> = [u8; 16];

    fn to_form(&self) -> Self::Form<'_> {
        *self.as_bytes()
    }

    fn from_form(form: Self::Form<'_>) -> Result<Self, Invalid> {
        Ok(Self::from_bytes(form))
    }
}

impl<T: Stored> Stored for Option<T> {
    type Form<'a> = Option<T::Form<'a>>;

    fn to_form(&self) -> Self::Form<'_> {
        self.as_ref().map(Stored::to_form)
    }

    fn from_form(form: Self::Form<'_>) -> Result<Self, Invalid> {
        form.map(T::from_form).transpose()
    }
}
