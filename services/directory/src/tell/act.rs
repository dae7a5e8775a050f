//! Acts of a record, as people are told of them: which, when it was recorded, by whom, under which scheme.

use api::directory::v1;

use super::{Names, day};
use crate::outlet::ruling::OverturnedView;
use crate::outlet::view::View;

/// Which bureaus recorded the acts of an outlet, each under each of its names.
pub(crate) fn recorded_by(view: &View, names: &Names) -> Vec<v1::RecordedBy> {
    let mut told: Vec<v1::RecordedBy> = Vec::new();
    for (id, on) in view.made.bureaus() {
        let name = names.bureau(id, on);
        if !told.iter().any(|known| known.bureau_id == id && known.bureau_name == name) {
            told.push(v1::RecordedBy { bureau_id: id.to_owned(), bureau_name: name, since: day(on) });
        }
    }
    told
}

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

/// The ruling that undid an act.
pub(super) fn overturning(view: &View, names: &Names, overturned: &OverturnedView) -> v1::Overturning {
    v1::Overturning {
        overturned_on: day(overturned.overturned_on),
        body: overturned.body.clone(),
        document_number: overturned.document_number.clone(),
        act: act(view, names, overturned.act),
    }
}
