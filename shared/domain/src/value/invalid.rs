//! Why a text is not a value of the type it was read as.

use std::fmt;

/// A broken rule of form. `rule` is stable and is what programs compare; `zh` and `en` are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid {
    /// Stable name of the rule: `EMPTY`, `TOO_LONG`, `LENGTH`, `ALPHABET`, `CHECK_CHARACTER`, `FORMAT`, `RANGE`, `UNSPECIFIED`.
    pub rule: &'static str,
    /// The sentence an officer reads.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
}

impl Invalid {
    pub(crate) const fn new(rule: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self { rule, zh, en }
    }

    /// The value is missing.
    pub const EMPTY: Self = Self::new("EMPTY", "此项必填", "a value is required");
    /// The value has more characters than the field holds.
    pub const TOO_LONG: Self = Self::new("TOO_LONG", "超过字数上限", "longer than the field holds");
    /// The enum value is 0 or not one this version knows.
    pub const UNSPECIFIED: Self = Self::new("UNSPECIFIED", "须从所列值中选一项", "choose one of the listed values");
    /// A number outside its bounds.
    pub const RANGE: Self = Self::new("RANGE", "数值超出范围", "the number is out of range");
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} / {}", self.rule, self.zh, self.en)
    }
}

impl std::error::Error for Invalid {}
