//! A plaque as it is on record, with what happened to it.

use api::directory::v1::{self, PlaqueActKind};

use super::super::{day, optional_day, term};
use crate::outlet::choice::PlaqueStatus;
use crate::outlet::view::PlaqueView;

/// A plaque, as its outlet's record tells it.
pub(crate) fn on_record(plaque: &PlaqueView) -> v1::Plaque {
    let act = |act: u32, kind: PlaqueActKind, on: i32, due: Option<i32>| v1::PlaqueAct {
        act,
        kind: kind.into(),
        on: day(on),
        due_on: optional_day(due),
    };
    let moves = plaque.moves.iter().map(|one| act(one.act, moved(one.status), one.on, None));
    let recalls = plaque.recalls.iter().flat_map(|recall| {
        let ordered = act(recall.act, PlaqueActKind::RecoveryOrdered, recall.on, Some(recall.due));
        let lifted = recall.lifted.map(|(by, on)| act(by, PlaqueActKind::RecoveryLifted, on, None));
        std::iter::once(ordered).chain(lifted)
    });
    let mut acts: Vec<v1::PlaqueAct> = moves.chain(recalls).collect();
    acts.sort_by_key(|act| act.act);
    v1::Plaque {
        number: plaque.number.clone(),
        status: term::plaque(plaque.status()),
        status_since: day(plaque.since()),
        ordered_on: day(plaque.ordered_on),
        issued_on: optional_day(plaque.issued_on()),
        hung_on: optional_day(plaque.hung_on()),
        recovery_due: optional_day(plaque.recall().map(|recall| recall.due)),
        replaced_by: plaque.replaced.as_ref().map(|(number, _)| number.clone()).unwrap_or_default(),
        design_version: plaque.design_version.clone(),
        place: plaque.place.clone(),
        acts,
    }
}

fn moved(status: PlaqueStatus) -> PlaqueActKind {
    match status {
        PlaqueStatus::Ordered => PlaqueActKind::Ordered,
        PlaqueStatus::Issued => PlaqueActKind::Issued,
        PlaqueStatus::Hung => PlaqueActKind::Hung,
        PlaqueStatus::Recovered => PlaqueActKind::Recovered,
        PlaqueStatus::Lost => PlaqueActKind::Lost,
        PlaqueStatus::Destroyed => PlaqueActKind::Destroyed,
        PlaqueStatus::NotReturned => PlaqueActKind::NotReturned,
    }
}
