//! Acts of a record, as people are told of them: which, when it was recorded, by whom, under which scheme.

use api::directory::v1;

use super::{Names, day};
use crate::outlet::view::View;

/// The act with a number.
pub(crate) fn act(view: &View, names: &Names, number: u32) -> Option<v1::Act> {
    let made = view.made.of(number)?;
    Some(v1::Act {
        number,
        recorded_on: day(made.recorded_on),
        bureau_id: made.bureau.to_owned(),
        bureau_name: names.bureau(made.bureau, made.recorded_on),
        scheme: made.scheme.to_owned(),
        corrected_by: view.made.correction_of(number).unwrap_or(0),
    })
}
