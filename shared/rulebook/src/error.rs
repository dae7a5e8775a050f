//! What a file of rules can be wrong in.

use domain::{Invalid, Refusal};

use crate::scheme::lines;

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
    #[error("line {line}: {zh} / {en}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong, for an officer.
        zh: String,
        /// The same in English.
        en: String,
    },
}

impl ReferenceError {
    pub(crate) fn scheme(place: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Scheme { place: place.into(), zh: zh.into(), en: en.into() }
    }

    pub(crate) fn line(line: usize, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Line { line, zh: zh.into(), en: en.into() }
    }

    /// The refusal of a file with this text: line, place and reason.
    pub fn refusal(&self, text: &str) -> Refusal {
        let (line, place, zh, en) = match self {
            Self::Toml(error) => {
                let line = lines::of_byte(text, error.span().map_or(0, |span| span.start));
                let why = error.message().to_owned();
                (line, String::new(), format!("不是办法文件的写法({why})"), why)
            }
            Self::Value { place, invalid } => (
                lines::of_place(text, place),
                place.clone(),
                invalid.zh.to_owned(),
                format!("{}: {}", invalid.rule, invalid.en),
            ),
            Self::Scheme { place, zh, en } => {
                let place = lines::place_in(text, place);
                (lines::of_place(text, &place), place, zh.clone(), en.clone())
            }
            Self::Line { line, zh, en } => (*line, String::new(), zh.clone(), en.clone()),
        };
        Refusal::RulesRejected { line, place, zh, en }
    }
}
