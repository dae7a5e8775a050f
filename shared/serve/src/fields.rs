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

    /// A value any form of which is lawful.
    pub fn given<T>(&mut self, value: T) -> Option<T> {
        Some(value)
    }

    /// A listed value; 0 and unknown numbers break the rule.
    pub fn choice<T>(&mut self, field: &str, number: i32, read: impl Fn(i32) -> Option<T>) -> Option<T> {
        self.checked(field, read(number).ok_or(Invalid::UNSPECIFIED))
    }

    /// A number within bounds.
    pub fn number<T>(&mut self, field: &str, number: u32, read: impl Fn(u32) -> Result<T, Invalid>) -> Option<T> {
        self.checked(field, read(number))
    }

    /// A number within bounds, which may be left out: 0 says nothing.
    pub fn optional_number<T>(
        &mut self,
        field: &str,
        number: u32,
        read: impl Fn(u32) -> Result<T, Invalid>,
    ) -> Option<Option<T>> {
        if number == 0 { Some(None) } else { self.number(field, number, read).map(Some) }
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

    /// A message that may be absent.
    pub fn optional_message<M, T>(
        &mut self,
        field: &str,
        message: Option<&M>,
        read: impl Fn(&mut Self, &M) -> Option<T>,
    ) -> Option<Option<T>> {
        match message {
            Some(message) => self.within(field, |fields| read(fields, message)).map(Some),
            None => Some(None),
        }
    }

    fn within<T>(&mut self, field: &str, read: impl FnOnce(&mut Self) -> T) -> T {
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
