//! Whether what was typed is an operator's code.

use domain::OperatorCode;

/// A code has 18 characters and its check digits; an outlet's id begins with one and is longer.
pub(crate) fn is_code(text: &str) -> bool {
    text.chars().count() == 18 && OperatorCode::parse(text).is_ok()
}
