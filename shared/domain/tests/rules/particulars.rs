//! Particulars: on record, amended, the operator named.

use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, by, row};

pub(crate) fn rows() -> Vec<Row> {
    let elsewhere = |code: &str| Particulars { division: Division::parse(code).unwrap(), ..particulars() };
    let zone = |code: &str| Particulars { zone: Some(ZoneCode::parse(code).unwrap()), ..particulars() };
    let renamed = Particulars { name: text("新名"), ..particulars() };
    let moved = Particulars { address: Some(text("新址")), ..particulars() };
    vec![
        row("a provider comes on record", vec![], register(), Ok(&["ProviderRegistered"])),
        row("registering again changes nothing", vec![register()], register(), NOTHING),
        row(
            "other particulars are amended, not registered over",
            vec![register()],
            register_as(renamed.clone()),
            Err("PARTICULARS_DIFFER"),
        ),
        row(
            "a place that no table lists is refused",
            vec![],
            register_as(elsewhere("321003099")),
            Err("DIVISION_UNKNOWN"),
        ),
        row("a zone the scheme does not list is refused", vec![], register_as(zone("nowhere")), Err("ZONE_UNKNOWN")),
        by("nobody", row("a bureau must be in the scheme", vec![], register(), Err("BUREAU_UNKNOWN"))),
        by("elsewhere", row("a bureau acts in its area", vec![], register(), Err("NOT_COMPETENT_FOR_PLACE"))),
        by(
            "zone",
            row("a zone's bureau acts in its zone", vec![], register_as(zone("lake")), Ok(&["ProviderRegistered"])),
        ),
        by("zone", row("and not outside it", vec![], register(), Err("NOT_COMPETENT_FOR_PLACE"))),
        row(
            "a name may change",
            vec![register()],
            amend(renamed.clone(), "2026-06-01", None),
            Ok(&["ParticularsAmended"]),
        ),
        row(
            "amending to what is on record changes nothing",
            vec![register()],
            amend(particulars(), "2026-06-01", None),
            NOTHING,
        ),
        row(
            "nothing is amended before it is on record",
            vec![],
            amend(renamed, "2026-06-01", None),
            Err("PROVIDER_NOT_REGISTERED"),
        ),
        row(
            "a certified outlet moves after a site check",
            certified(),
            amend(moved.clone(), "2026-06-01", None),
            Err("SITE_CHECK_NEEDED"),
        ),
        row(
            "with the site check it moves",
            certified(),
            amend(moved, "2026-06-01", Some("2026-05-30")),
            Ok(&["ParticularsAmended"]),
        ),
        row(
            "an operator whose code is on record is known",
            vec![register()],
            identify("91110108717743469K"),
            Err("OPERATOR_KNOWN"),
        ),
        row("naming the code on record changes nothing", vec![register()], identify("914403001922038216"), NOTHING),
    ]
}

#[test]
fn a_listed_operator_is_identified_once() {
    let world = World { provider: listed_id(), ..World::new() };
    let today = day("2026-07-01");
    let listed = world.decide(&Provider::default(), "lists", today, &back_enter()).unwrap();
    let provider = then(Provider::default(), &listed);
    let named = world.decide(&provider, "everything", today, &identify("914403001922038216")).unwrap();
    assert_eq!(named[0].name(), "OperatorIdentified");
    let provider = then(provider, &named);
    assert_eq!(world.decide(&provider, "everything", today, &identify("914403001922038216")), Ok(vec![]));
    let other = world.decide(&provider, "everything", today, &identify("91110108717743469K"));
    assert_eq!(other.unwrap_err().reason(), "OPERATOR_KNOWN");
}
