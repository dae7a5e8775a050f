//! Plaques: ordered, handed out, hung, called back.

use domain::command::*;
use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, and, on, row, state};

pub(crate) fn rows() -> Vec<Row> {
    let out = || hung();
    let recalled = || revoked();
    vec![
        row("a plaque is ordered and numbered", certified(), order(None), Ok(&["PlaqueOrdered"])),
        row("no plaque without a certificate", vec![register(), pledge()], order(None), Err("NO_LIVE_CERTIFICATION")),
        row("it is handed out", and(certified(), &[order(None)]), issue(1), Ok(&["PlaqueIssued"])),
        row(
            "none on a back-entered certification before a pledge",
            vec![back_enter(), order(None)],
            issue(1),
            Err("PLEDGE_NOT_IN_FORCE"),
        ),
        row(
            "none while suspended",
            and(certified(), &[order(None), suspend(CARE, "2026-03-12")]),
            issue(1),
            Err("NO_LIVE_CERTIFICATION"),
        ),
        row("a number the provider never had", certified(), issue(1), Err("PLAQUE_UNKNOWN")),
        row("it hangs", and(certified(), &[order(None), issue(1)]), hang(1), Ok(&["PlaqueHung"])),
        row("hung is hung", out(), hang(1), NOTHING),
        row("what was not handed out does not hang", and(certified(), &[order(None)]), hang(1), Err("PLAQUE_STATE")),
        row(
            "what is ordered back is not hung",
            and(certified(), &[order(None), issue(1), deregister("2026-03-19")]),
            hang(1),
            Err("PLAQUE_RECALLED"),
        ),
        row("it comes back", recalled(), recover(1, "2026-06-20"), Ok(&["PlaqueRecovered"])),
        row("back is back", and(recalled(), &[recover(1, "2026-06-20")]), recover(1, "2026-06-20"), NOTHING),
        row("it is lost", out(), lose("2026-05-01"), Ok(&["PlaqueLost"])),
        row("a replacement is not older than what it replaces", out(), order(Some(1)), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row(
            "one that hangs comes back when another takes its place",
            and(certified(), &[order(None), issue(1)]),
            order_on("2026-07-01", Some(1)),
            Ok(&["PlaqueOrdered", "PlaqueRecoveryOrdered"]),
        ),
        row("an unknown one is not replaced", out(), order(Some(9)), Err("PLAQUE_UNKNOWN")),
        row(
            "one that is not made yet is not replaced",
            and(certified(), &[order(None)]),
            order(Some(1)),
            Err("PLAQUE_STATE"),
        ),
        row("it is destroyed", out(), destroy("2026-05-01"), Ok(&["PlaqueDestroyed"])),
        on(
            "2026-08-01",
            row("not returned in time", recalled(), not_returned("2026-08-01"), Ok(&["PlaqueNotReturned"])),
        ),
        row("before the term is over nobody is late", recalled(), not_returned("2026-07-01"), Err("RECOVERY_NOT_DUE")),
        on(
            "2026-08-02",
            row(
                "a late one may still come",
                and(recalled(), &[not_returned("2026-08-01")]),
                recover(1, "2026-08-02"),
                Ok(&["PlaqueRecovered"]),
            ),
        ),
    ]
}

#[test]
fn a_plaque_is_replaced_once_and_numbers_run_out() {
    let world = World::new();
    let row = row("", hung(), order(None), NOTHING);
    let mut provider = state(&row, &world);
    let order_on = |replaces| Command::OrderPlaque(OrderPlaque { ordered_on: day("2026-06-30"), replaces });
    let decide = |state: &Provider, command: &Command| world.decide(state, "everything", day("2026-07-01"), command);
    let replaced = decide(&provider, &order_on(Some(plaque(1)))).unwrap();
    provider = then(provider, &replaced);
    assert_eq!(decide(&provider, &order_on(Some(plaque(1)))).unwrap_err().reason(), "PLAQUE_REPLACED");
    for _ in provider.plaques.len()..99 {
        let ordered = decide(&provider, &order_on(None)).unwrap();
        provider = then(provider, &ordered);
    }
    assert_eq!(provider.plaques.len(), 99);
    assert_eq!(decide(&provider, &order_on(None)).unwrap_err().reason(), "PLAQUES_EXHAUSTED");
}
