//! Plaques: ordered, handed out, hung, called back.

use domain::command::*;
use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, and, by, on, row, state};

pub(crate) fn rows() -> Vec<Row> {
    let out = || hung();
    let recalled = || revoked();
    vec![
        row("a plaque is ordered and numbered", certified(), order(None), Ok(&["PlaqueOrdered"])),
        row("no plaque without a certificate", vec![register(), pledge()], order(None), Err("NO_LIVE_CERTIFICATION")),
        row("not before there was one", certified(), order_on("2026-03-08", None), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("ordered alike it is ordered", and(certified(), &[order(None)]), order(None), NOTHING),
        row("also when it hangs", out(), order(None), NOTHING),
        row("one place has one plaque", out(), order_on("2026-07-01", None), Err("PLAQUE_PLACE_TAKEN")),
        row("a second one has its own", out(), order_at("2026-07-01", "东门"), Ok(&["PlaqueOrdered"])),
        row(
            "which is taken then",
            and(out(), &[order_at("2026-06-30", "东门")]),
            order_at("2026-07-01", "东门"),
            Err("PLAQUE_PLACE_TAKEN"),
        ),
        row(
            "and free when it was destroyed",
            and(certified(), &[order(None), destroy("2026-03-11")]),
            order_on("2026-07-01", None),
            Ok(&["PlaqueOrdered"]),
        ),
        row("or lost", and(out(), &[lose("2026-05-01")]), order_on("2026-07-01", None), Ok(&["PlaqueOrdered"])),
        by("health", row("by whom it concerns", certified(), order(None), Ok(&["PlaqueOrdered"]))),
        by("commerce", row("and nobody else", certified(), order(None), Err("NOT_COMPETENT_FOR_OUTLET"))),
        by("commerce", row("nor destroyed", out(), destroy("2026-05-01"), Err("NOT_COMPETENT_FOR_OUTLET"))),
        by("commerce", row("nor recovered", recalled(), recover(1, "2026-06-20"), Err("NOT_COMPETENT_FOR_OUTLET"))),
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
        row("nor where nothing is to come back", out(), not_returned("2026-07-01"), Err("PLAQUE_NOT_RECALLED")),
        // The end of 2026-06-10 is told on 2026-06-11.
        row(
            "the time counts from the end, or from when that is told",
            and(out(), &[deregister("2026-06-10")]),
            not_returned("2026-06-27"),
            Ok(&["PlaqueNotReturned"]),
        ),
        row(
            "to its last day",
            and(out(), &[deregister("2026-06-10")]),
            not_returned("2026-06-26"),
            Err("RECOVERY_NOT_DUE"),
        ),
        row(
            "and from the day another was ordered instead",
            and(out(), &[order_on("2026-06-10", Some(1))]),
            not_returned("2026-06-27"),
            Ok(&["PlaqueNotReturned"]),
        ),
        row(
            "one destroyed before it went out takes no place",
            and(out(), &[order_on("2026-06-10", Some(1))]),
            destroy_of(2, "2026-06-20"),
            Ok(&["PlaqueDestroyed", "PlaqueRecoveryLifted"]),
        ),
        row(
            "so that another may",
            and(out(), &[order_on("2026-06-10", Some(1)), destroy_of(2, "2026-06-20")]),
            order_on("2026-06-21", Some(1)),
            Ok(&["PlaqueOrdered", "PlaqueRecoveryOrdered"]),
        ),
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
fn a_plaque_is_replaced_once_and_few_are_in_the_making() {
    let world = World::new();
    let row = row("", hung(), order(None), NOTHING);
    let mut provider = state(&row, &world);
    let decide = |state: &Provider, command: &Command| world.decide(state, "everything", day("2026-07-01"), command);
    let take = |state: Provider, command: &Command| {
        let facts = decide(&state, command).unwrap();
        then(state, &facts)
    };
    provider = take(provider, &order_on("2026-06-30", Some(1)));
    assert_eq!(decide(&provider, &order_on("2026-07-01", Some(1))).unwrap_err().reason(), "PLAQUE_REPLACED");
    // A client in a loop, each time with a place of its own.
    for number in 2..=5 {
        provider = take(provider, &order_at("2026-06-30", &format!("{number}号门")));
    }
    assert_eq!(decide(&provider, &order_at("2026-06-30", "6号门")).unwrap_err().reason(), "PLAQUES_ORDERED_MAX");
    let destroy = DestroyPlaque { plaque_number: plaque(4), destroyed_on: day("2026-07-01"), reason: text("多订") };
    provider = take(provider, &Command::DestroyPlaque(destroy));
    provider = take(provider, &order_at("2026-06-30", "6号门"));
    assert!(provider.plaques.contains_key(&plaque(7)), "a number is given once");
}

/// What follows by itself has one rule of its time, an order to mend as much as one to give back: it counts from the day of the act that it follows
/// from, and where that is told later, from the telling.
#[test]
fn a_time_counts_from_the_act_or_from_its_telling() {
    let world = World::new();
    let hung = state(&row("", hung(), order(None), NOTHING), &world);
    let due = |command: Command, today: &str| {
        let facts = world.decide(&hung, "everything", day(today), &command).unwrap();
        let due = facts.iter().find_map(|fact| match fact {
            Event::PlaqueRecoveryOrdered(e) => Some(e.due_on),
            Event::RectificationOrdered(e) => Some(e.due_on),
            _ => None,
        });
        due.unwrap().to_string()
    };
    // Fifteen days to give back, thirty to mend.
    let rows: [(Command, [(&str, &str); 3]); 4] = [
        (
            withdraw("2026-06-01", "2026-06-10"),
            [("2026-06-01", "2026-06-25"), ("2026-06-10", "2026-06-25"), ("2026-06-11", "2026-06-26")],
        ),
        (
            deregister("2026-06-10"),
            [("2026-06-10", "2026-06-25"), ("2026-06-24", "2026-07-09"), ("2026-06-30", "2026-07-15")],
        ),
        (
            review(2026, ReviewResult::Failed, "2026-05-20"),
            [("2026-05-20", "2026-06-19"), ("2026-06-18", "2026-07-18"), ("2026-06-19", "2026-07-19")],
        ),
        (
            breach("2026-05-20", BreachSeverity::Minor),
            [("2026-05-20", "2026-06-19"), ("2026-06-18", "2026-07-18"), ("2026-07-30", "2026-08-29")],
        ),
    ];
    for (command, told) in rows {
        assert_eq!(told.map(|(today, _)| due(command.clone(), today)), told.map(|(_, due)| due), "{command:?}");
    }
}

#[test]
fn a_term_that_is_not_over_is_named() {
    let world = World::new();
    let row = row("", revoked(), order(None), NOTHING);
    let refusal = world.decide(&state(&row, &world), "everything", day("2026-07-01"), &not_returned("2026-07-01"));
    let refusal = refusal.unwrap_err();
    assert!(refusal.zh().contains("2026-07-16") && refusal.en().contains("2026-07-16"), "{}", refusal.zh());
}

#[test]
fn plaque_numbers_run_out_at_last() {
    let world = World::new();
    let given = state(&row("", hung(), order(None), NOTHING), &world);
    let ordered = |ordinal| {
        let (plaque_number, place) = (plaque(ordinal), Some(text(&format!("{ordinal}号门"))));
        Event::from(PlaqueOrdered { plaque_number, ordered_on: day("2026-03-10"), replaces: None, place })
    };
    let of = |ordinal: u16| then(given.clone(), &[ordered(ordinal)]);
    let order = order_at("2026-07-01", "东门");
    let next = world.decide(&of(100), "everything", day("2026-07-01"), &order).unwrap();
    let [Event::PlaqueOrdered(next)] = &next[..] else { panic!("{next:?}") };
    assert_eq!(next.plaque_number, plaque(101));
    let over = world.decide(&of(9999), "everything", day("2026-07-01"), &order);
    assert_eq!(over.unwrap_err().reason(), "PLAQUES_EXHAUSTED");
}
