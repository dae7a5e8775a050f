//! Plaques: ordered, handed out, hung, called back.

use domain::command::*;
use domain::*;

use crate::any_order::certify_again;
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
        on(
            "2026-08-02",
            row(
                "or come to light as lost",
                and(recalled(), &[not_returned("2026-08-01")]),
                lose("2026-08-02"),
                Ok(&["PlaqueLost"]),
            ),
        ),
        on(
            "2026-08-02",
            row(
                "and be destroyed where it is found",
                and(recalled(), &[not_returned("2026-08-01")]),
                destroy("2026-08-02"),
                Ok(&["PlaqueDestroyed"]),
            ),
        ),
        on(
            "2026-08-02",
            row(
                "destroyed, it comes back no more",
                and(recalled(), &[not_returned("2026-08-01"), destroy("2026-08-02")]),
                recover(1, "2026-08-02"),
                Err("PLAQUE_STATE"),
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

/// What is on record once each was typed on its day.
pub(crate) fn typed(given: &[(&str, Asked)], world: &World) -> History {
    let begun = hung().into_iter().map(|command| ("2026-03-20", Asked::from(command)));
    let mut history = History::default();
    for (today, asked) in begun.chain(given.iter().cloned()) {
        let events = history.decide(world, "everything", day(today), &asked);
        let events = events.unwrap_or_else(|why| panic!("{asked:?}: {why:?}"));
        history.record("everything", day(today), events);
    }
    history
}

/// A certification of the other category, which covers the plaque as well.
pub(crate) fn certify_domestic(from: &str, to: &str) -> Asked {
    let Command::Certify(c) = certify_again(from, from) else { unreachable!() };
    Command::Certify(Certify { category: category("domestic"), valid_to: day(to), ..c }).into()
}

pub(crate) fn asked(command: Command) -> Asked {
    command.into()
}

/// Ended on 2026-06-10 and told the day after: to be back by 2026-06-26.
pub(crate) fn ended() -> (&'static str, Asked) {
    ("2026-06-11", asked(deregister("2026-06-10")))
}

/// Certified again for the days from 2026-06-20 to 2026-06-30, and from 2026-07-05 on. All is typed on 2026-07-20, in either order: on the days of
/// the first the plaque hung by right, and of the days between nobody had been told.
#[test]
fn nobody_withholds_a_plaque_on_a_day_on_which_a_certification_covers_it() {
    let world = World::new();
    let (first, second) = (
        ("2026-07-20", certify_domestic("2026-06-20", "2026-06-30")),
        ("2026-07-20", asked(certify_again("2026-07-05", "2026-07-05"))),
    );
    for order in [[ended(), first.clone(), second.clone()], [ended(), second, first]] {
        let history = typed(&order, &world);
        let reason = |on: &str| {
            let answer = history.decide(&world, "everything", day("2026-07-20"), &asked(not_returned(on)));
            answer.map_err(|refusal| refusal.reason())
        };
        for on in ["2026-06-20", "2026-06-28", "2026-06-30", "2026-07-01", "2026-07-04", "2026-07-05"] {
            assert_eq!(reason(on), Err("PLAQUE_NOT_RECALLED"), "{on}");
        }
        let state = history.state();
        let told = &state.plaques[&plaque(1)];
        assert_eq!((told.status, told.since, told.recovery_due), (PlaqueStatus::Hung, day("2026-03-20"), None));
    }
}

/// One that was found withheld on a day that a certification typed later covers: that one names what is to be put right first, and in the other
/// order nobody finds it withheld.
#[test]
fn what_covers_a_plaque_on_the_day_it_was_found_withheld_is_in_its_way() {
    let world = World::new();
    let found = ("2026-07-01", asked(not_returned("2026-06-28")));
    let covering = ("2026-07-01", certify_domestic("2026-06-20", "2026-06-30"));
    let decide = |history: &History, asked: &Asked| history.decide(&world, "everything", day("2026-07-01"), asked);
    let history = typed(&[ended(), found.clone()], &world);
    let Err(Refusal::ContradictsLater { acts, .. }) = decide(&history, &covering.1) else { panic!("taken") };
    assert_eq!(acts, "9");
    let history = typed(&[ended(), found.clone(), ("2026-07-01", correct(9, None)), covering.clone()], &world);
    assert_eq!(decide(&history, &found.1).unwrap_err(), Refusal::PlaqueNotRecalled);
    let history = typed(&[ended(), covering], &world);
    assert_eq!(decide(&history, &found.1).unwrap_err(), Refusal::PlaqueNotRecalled);
}

/// The certification was overturned on 2026-06-01, so that the plaque was to be back by 2026-06-17; that ruling was undone on 2026-06-09, when the term
/// was over. Then the term is found to have been until 2026-06-09: the plaque hung by right on that day, is to come back for what came after it, and
/// is not withheld yet.
#[test]
fn a_correction_that_moves_a_recall_moves_what_was_found_by_it() {
    let world = World::new();
    let over = |last: &str| certify_as(|c| c.valid_to = day(last));
    let begun = [register(), pledge(), over("2026-06-05"), order(None), issue(1), hang(1)];
    let mut given: Vec<(&str, Asked)> = begun.into_iter().map(|command| ("2026-03-20", asked(command))).collect();
    given.extend([
        ("2026-06-02", asked(overturn(3, "2026-06-01"))),
        ("2026-06-10", asked(overturn(7, "2026-06-09"))),
        ("2026-06-20", asked(not_returned("2026-06-19"))),
    ]);
    let mut history = History::default();
    for (today, asked) in given {
        let events = history.decide(&world, "everything", day(today), &asked).unwrap();
        history.record("everything", day(today), events);
    }
    let told = |history: &History| {
        let state = history.state();
        let of = &state.plaques[&plaque(1)];
        (of.status, of.since, of.recovery_due)
    };
    assert_eq!(told(&history), (PlaqueStatus::NotReturned, day("2026-06-19"), Some(day("2026-06-17"))));
    let corrected = correct(3, Some(over("2026-06-09")));
    let events = history.decide(&world, "everything", day("2026-07-01"), &corrected).unwrap();
    history.record("everything", day("2026-07-01"), events);
    assert_eq!(told(&history), (PlaqueStatus::Hung, day("2026-03-20"), Some(day("2026-07-16"))));
}

/// What a plaque was handed out under turned out wrong, and was certified anew: the plaque keeps its number, and its place on the wall.
#[test]
fn a_plaque_stays_where_the_certification_behind_it_is_another() {
    let world = World::new();
    let overturned = ("2026-06-02", asked(overturn(3, "2026-06-01")));
    let anew = ("2026-06-11", asked(certify_again("2026-06-10", "2026-06-10")));
    // Entered with a term and a document that were another's.
    let right = certify_as(|c| (c.valid_to, c.document_number) = (day("2028-12-31"), text("认定〔2026〕9号")));
    let corrected = ("2026-07-01", correct(3, Some(right)));
    for given in [vec![overturned, anew], vec![corrected]] {
        let state = typed(&given, &world).state();
        let of = &state.plaques[&plaque(1)];
        assert_eq!((of.status, of.recovery_due, of.replaced), (PlaqueStatus::Hung, None, false), "{given:?}");
    }
}
