//! Bars on an operator, as they are told of each of its outlets.

use api::directory::v1;

use domain::ProviderId;

use super::{Names, day};
use crate::outlet::view::View;
use crate::rows::bars::{BarMade, BarRow, LiftedRow};

/// Those decided by a day, and how they stood on it: on the codes that the operator was known by on that day, of which the record tells.
pub(crate) fn bars(
    found: &[(String, BarRow)],
    (id, told_of): (&ProviderId, &View),
    names: &Names,
    on: i32,
) -> Vec<v1::OperatorBar> {
    let is_known = |code: &String| told_of.codes(id).any(|known| known == code);
    let decided = found.iter().filter(|(code, bar)| bar.barred_on <= on && is_known(code));
    decided.map(|(code, bar)| told(code, bar, names, on)).collect()
}

fn told(code: &str, bar: &BarRow, names: &Names, on: i32) -> v1::OperatorBar {
    let lifted = bar.lifted.as_ref().filter(|lifted| lifted.lifted_on <= on);
    let (ruling, again) = bar.ruled_by(on);
    let said = |of: fn(&LiftedRow) -> String| lifted.map(of).unwrap_or_default();
    v1::OperatorBar {
        act: Some(act(&bar.made, names)),
        operator_code: code.to_owned(),
        ground: bar.ground.clone(),
        ground_name: names.ground(&bar.ground),
        barred_on: day(bar.barred_on),
        until: day(bar.until),
        document_number: bar.document_number.clone(),
        in_force: lifted.is_none() && ruling.is_none() && on <= bar.until,
        lifted: lifted.map(|lifted| act(&lifted.made, names)),
        lifted_on: said(|lifted| day(lifted.lifted_on)),
        lifting_document_number: said(|lifted| lifted.document_number.clone()),
        lifting_reason: said(|lifted| lifted.reason.clone()),
        overturned: ruling.map(|ruling| v1::Overturning {
            overturned_on: day(ruling.overturned_on),
            body: ruling.body.clone(),
            document_number: ruling.document_number.clone(),
            act: Some(act(&ruling.made, names)),
        }),
        again: again.map(|ruling| act(&ruling.made, names)),
    }
}

fn act(made: &BarMade, names: &Names) -> v1::Act {
    v1::Act {
        number: made.act,
        recorded_on: day(made.recorded_on),
        bureau_id: made.bureau.clone(),
        bureau_name: names.bureau(&made.bureau, made.recorded_on),
        scheme: made.scheme.clone(),
        corrected_by: made.corrected_by,
    }
}
