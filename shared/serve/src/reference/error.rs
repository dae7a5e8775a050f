//! What a scheme or a table can be wrong in.

use domain::Invalid;

/// Why a scheme or a table could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// Not TOML, or not of the scheme's shape.
    #[error("the scheme cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// A value breaks a rule.
    #[error("{place}: {invalid}")]
    Value {
        /// Where.
        place: String,
        /// Which rule.
        invalid: Invalid,
    },
    /// The scheme contradicts itself, lacks something, or has a number no rule can be meant by.
    #[error("{place}: {zh} / {en}")]
    Scheme {
        /// The key in the file.
        place: String,
        /// What is wrong, for an officer.
        zh: String,
        /// The same in English.
        en: String,
    },
    /// A line of a table has another form.
    #[error("line {line}: {why}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        why: &'static str,
    },
}
