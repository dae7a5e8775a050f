//! Codes: whether what was typed is an operator's, and how one is told.

use domain::OperatorCode;

/// A code has 18 characters and its check digits; an outlet's id begins with one and is longer.
pub(crate) fn is_code(text: &str) -> bool {
    text.chars().count() == 18 && OperatorCode::parse(text).is_ok()
}

/// A code with what it is called, as refusals tell it: `托育(childcare)`. By itself where it has no name.
pub(crate) fn called(code: &str, name: &str) -> String {
    if name.is_empty() || name == code { code.to_owned() } else { format!("{name}({code})") }
}
