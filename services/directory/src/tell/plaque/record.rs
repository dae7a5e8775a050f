//! A plaque as it is on record, with what happened to it.

use api::directory::v1::{self, PlaqueActKind};

use super::super::{day, optional_day, term};
use crate::outlet::choice::PlaqueStatus;
use crate::outlet::view::PlaqueView;

/// A plaque, as its outlet's record tells it.
pub(crate) fn on_record(plaque: &PlaqueView) -> v1::Plaque {
    let act = |act: u32, kind: PlaqueActKind, on: i32| v1::PlaqueAct {
        act,
        kind: kind.into(),
        on: day(on),
        ..v1::PlaqueAct::default()
    };
    let moves = plaque
        .moves
        .iter()
        .map(|one| v1::PlaqueAct { not_so: !plaque.holds(one, one.on), ..act(one.act, moved(one.status), one.on) });
    let ordered = plaque.recalls.iter().map(|recall| v1::PlaqueAct {
        due_on: day(recall.due),
        since: optional_day(recall.since),
        ..act(recall.act, PlaqueActKind::RecoveryOrdered, recall.recorded_on)
    });
    let lifts = plaque.recalls.iter().filter_map(|recall| recall.lifted).map(|lift| v1::PlaqueAct {
        since: day(lift.since),
        ..act(lift.act, PlaqueActKind::RecoveryLifted, lift.recorded_on)
    });
    let mut acts: Vec<v1::PlaqueAct> = moves.chain(ordered).chain(lifts).collect();
    acts.sort_by_key(|act| act.act);
    // One that took the place of another is lifted with it.
    acts.dedup_by_key(|act| act.act);
    let order = plaque.back.and_then(|back| back.order);
    v1::Plaque {
        number: plaque.number.clone(),
        status: term::plaque(plaque.status()),
        status_since: day(plaque.since()),
        ordered_on: day(plaque.ordered_on),
        issued_on: optional_day(plaque.issued_on()),
        hung_on: optional_day(plaque.hung_on()),
        recovery_due: optional_day(order.map(|order| order.due)),
        due_back_since: optional_day(plaque.back.map(|back| back.since)),
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
