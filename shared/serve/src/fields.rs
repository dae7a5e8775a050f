//! Reads the fields of a request, collecting every violation rather than stopping at the first.

use domain::Invalid;
use tonic::Status;

use crate::status::invalid_argument;

/// Violations in one request are few; a hostile one is not answered with a list as long as itself.
const VIOLATIONS_MAX: usize = 64;

/// The violations met so far.
#[derive(Debug, Default)]
pub struct Fields {
    prefix: String,
    violations: Vec<(String, Invalid)>,
}

impl Fields {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that `field` breaks a rule.
    pub fn violate(&mut self, field: &str, invalid: Invalid) {
        if self.violations.len() < VIOLATIONS_MAX {
            self.violations.push((format!("{}{field}", self.prefix), invalid));
        }
    }

    /// The value, or a violation of `field`.
    pub fn checked<T>(&mut self, field: &str, value: Result<T, Invalid>) -> Option<T> {
        value.map_err(|invalid| self.violate(field, invalid)).ok()
    }

    /// A field by the rules of its type.
    pub fn read<T: Brought>(&mut self, field: &str, form: &T::Form) -> Option<T> {
        T::read(self, field, form)
    }

    /// A text that must be there.
    pub fn required<T>(&mut self, field: &str, text: &str, parse: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        self.checked(field, if text.is_empty() { Err(Invalid::EMPTY) } else { parse(text) })
    }

    /// A text that may be empty: `Some(None)` then, `None` when it is there and wrong.
    pub fn optional<T>(
        &mut self,
        field: &str,
        text: &str,
        parse: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Option<Option<T>> {
        if text.is_empty() { Some(None) } else { self.checked(field, parse(text)).map(Some) }
    }

    /// A number within bounds.
    pub fn number<T>(&mut self, field: &str, number: u32, read: impl Fn(u32) -> Result<T, Invalid>) -> Option<T> {
        self.checked(field, read(number))
    }

    /// A message that must be there; its violations are named `field.inner`.
    pub fn message<M, T>(
        &mut self,
        field: &str,
        message: Option<&M>,
        read: impl Fn(&mut Self, &M) -> Option<T>,
    ) -> Option<T> {
        match message {
            Some(message) => self.within(field, |fields| read(fields, message)),
            None => self.checked(field, Err(Invalid::EMPTY)),
        }
    }

    /// What is read by `read` as the fields of `field`.
    pub(crate) fn within<T>(&mut self, field: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.prefix.len();
        self.prefix.push_str(field);
        self.prefix.push('.');
        let value = read(self);
        self.prefix.truncate(length);
        value
    }

    /// The value that was read, or `INVALID_ARGUMENT` with every violation.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Status> {
        match value {
            Some(value) if self.violations.is_empty() => Ok(value),
            _ => Err(invalid_argument(&self.violations)),
        }
    }
}

/// A value of the domain as a request brings it: what a field of this type is read from, and by which rules.
pub trait Brought: Sized {
    /// Its form in a message.
    type Form;

    /// The value of `field`; `None` when it breaks a rule, which `fields` then holds.
    fn read(fields: &mut Fields, field: &str, form: &Self::Form) -> Option<Self>;
}

/// A form that can say nothing, and so stand for a value that is absent.
pub trait Blank {
    /// Whether it says nothing.
    fn is_blank(&self) -> bool;
}

impl Blank for String {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

/// A choice that is not made.
impl Blank for i32 {
    fn is_blank(&self) -> bool {
        *self == 0
    }
}

impl Blank for u32 {
    fn is_blank(&self) -> bool {
        *self == 0
    }
}

impl Blank for u64 {
    fn is_blank(&self) -> bool {
        *self == 0
    }
}

impl<M> Blank for Option<M> {
    fn is_blank(&self) -> bool {
        self.is_none()
    }
}

/// What may be absent.
impl<T: Brought> Brought for Option<T>
where
    T::Form: Blank,
{
    type Form = T::Form;

    fn read(fields: &mut Fields, field: &str, form: &T::Form) -> Option<Self> {
        if form.is_blank() { Some(None) } else { T::read(fields, field, form).map(Some) }
    }
}

/// A value that few requests bring, held apart.
impl<T: Brought> Brought for Box<T> {
    type Form = T::Form;

    fn read(fields: &mut Fields, field: &str, form: &T::Form) -> Option<Self> {
        T::read(fields, field, form).map(Self::new)
    }
}

/// A value any form of which is lawful.
impl Brought for bool {
    type Form = Self;

    fn read(_: &mut Fields, _: &str, form: &Self) -> Option<Self> {
        Some(*form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Day;
    use tonic_types::StatusExt;

    #[test]
    fn every_violation_is_named_with_its_path() {
        let mut fields = Fields::new();
        let day = fields.required("decided_on", "", Day::parse);
        fields.message("notice", Some(&"2025-13-01"), |fields, text| fields.required("start", text, Day::parse));
        let status = fields.finish(day).unwrap_err();
        let violations = status.get_details_bad_request().unwrap().field_violations;
        let named: Vec<_> =
            violations.iter().map(|v| (v.field.as_str(), v.description.split(':').next().unwrap())).collect();
        assert_eq!(named, [("decided_on", "EMPTY"), ("notice.start", "FORMAT")]);
    }

    #[test]
    fn the_list_of_violations_is_bounded() {
        let mut fields = Fields::new();
        for _ in 0..1000 {
            fields.violate("x", Invalid::EMPTY);
        }
        let status = fields.finish(None::<()>).unwrap_err();
        assert_eq!(status.get_details_bad_request().unwrap().field_violations.len(), VIOLATIONS_MAX);
    }
}
