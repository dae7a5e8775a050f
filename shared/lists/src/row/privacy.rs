//! What a row may keep of what stands in it: nothing of what is covered.

use domain::Invalid;

use crate::cover::{COVER, covered, is_covered};
use crate::fold;
use crate::reading::Entry;

/// What stands for a text that holds what is a person's.
pub(super) const LEFT_OUT: &str = "未录入(含个人姓名、身份证号码或手机号码)";
/// Characters of an identity number of before 1999: what is covered and has as many is one, or a card's.
const LONG: usize = 15;

/// Whether a text holds what is a person's.
pub(super) fn is_of_a_person(text: &str) -> bool {
    is_covered(text)
}

pub(super) fn scrubbed(text: &str) -> String {
    covered(text).into_owned()
}

/// The outlet's name as a report gives it.
pub(super) fn named(text: &str) -> String {
    fold::cut(text, 200)
}

/// Why a text with something covered is not to be taken.
pub(super) fn invalid(text: &str) -> Invalid {
    let longest = text.split(|c| c != COVER).map(|run| run.chars().count()).max().unwrap_or(0);
    if longest >= LONG { Invalid::IDENTITY_NUMBER } else { Invalid::MOBILE_NUMBER }
}

/// An entry without what is covered in its parts, which is told by the field's name in the list.
pub(super) fn kept(entry: Entry) -> (Entry, bool) {
    let Entry { street, worked_out, .. } = &entry;
    let street_kept = street.clone().filter(|street| !is_covered(street));
    let worked_out_kept = worked_out.as_deref().map(|words| {
        let (plain, _notes) = fold::without_notes(&fold::width(words));
        if is_covered(&plain) {
            LEFT_OUT.to_owned()
        } else if is_covered(words) {
            plain.trim().to_owned()
        } else {
            words.to_owned()
        }
    });
    let lost = street_kept.is_none() && street.is_some();
    (Entry { street: street_kept, worked_out: worked_out_kept, ..entry }, lost)
}
