//! What a report, a question and a name may repeat of a row: no person's number.

use domain::Text;

use crate::bounds::CELL_CHARS_MAX;
use crate::fold;

/// What stands for a text that holds a person's number.
pub(super) const LEFT_OUT: &str = "未录入(含个人姓名、身份证号码或手机号码)";

/// Whether a text holds a person's number.
pub(super) fn is_of_a_person(text: &str) -> bool {
    Text::<CELL_CHARS_MAX>::parse(text).is_err_and(|invalid| invalid.is_of_a_person())
}

/// Takes every digit out of a text that holds a person's number.
pub(super) fn scrub(text: &mut String) {
    // Most sentences hold no digits at all, and a number of a person has eleven.
    if text.chars().filter(|c| c.is_numeric()).count() >= 11 && is_of_a_person(text) {
        *text = text.chars().map(|c| if c.is_numeric() { '*' } else { c }).collect();
    }
}

pub(super) fn scrubbed(text: &str) -> String {
    let mut text = text.to_owned();
    scrub(&mut text);
    text
}

/// The outlet's name as a report gives it.
pub(super) fn named(text: &str) -> String {
    if domain::Name::parse(text).is_err_and(|invalid| invalid.is_of_a_person()) {
        return LEFT_OUT.to_owned();
    }
    fold::cut(text, 200)
}
