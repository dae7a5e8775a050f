//! A category that the scheme has no more: nothing begins in it, and what is there is followed up and ended. A notice that was counted once
//! stays as it was counted.

use domain::*;

use crate::world::*;

/// The world of a scheme that dropped childcare and asks longer notices.
fn later() -> World {
    let mut world = World::new();
    let care = category(CARE);
    let rules = world.scheme.categories.remove(&care).unwrap();
    world.scheme.dropped.insert(care.clone(), rules);
    for bureau in world.scheme.bureaus.values_mut().filter(|bureau| bureau.categories.contains(&care)) {
        bureau.categories.retain(|code| *code != care);
        bureau.winds_up.push(care.clone());
    }
    world
}

fn folded(commands: &[command::Command]) -> Provider {
    let world = World::new();
    let days = ["2026-03-20", "2026-07-01"];
    commands.iter().fold(Provider::default(), |state, command| {
        let decided = days.iter().find_map(|today| world.decide(&state, "everything", day(today), command).ok());
        decided.unwrap_or_else(|| panic!("{command:?}")).iter().fold(state, |state, fact| evolve(state, fact).unwrap())
    })
}

#[test]
fn what_is_live_in_a_dropped_category_can_be_ended() {
    let (world, live) = (later(), folded(&certified()));
    let today = day("2026-07-01");
    for command in [
        rectify("2026-06-20", "2026-07-10"),
        notice_revocation("2026-06-20", "2026-06-26"),
        withdraw("2026-06-20", "2026-06-30"),
        deregister("2026-06-20"),
        breach("2026-06-20", BreachSeverity::Serious),
    ] {
        for bureau in ["everything", "health"] {
            let answer = world.decide(&live, bureau, today, &command);
            assert!(answer.as_ref().is_ok_and(|events| !events.is_empty()), "{bureau} {command:?}: {answer:?}");
        }
        let elsewhere = world.decide(&live, "commerce", today, &command).unwrap_err();
        assert!(elsewhere.reason().starts_with("NOT_COMPETENT_FOR"), "{command:?}: {elsewhere:?}");
    }
}

#[test]
fn nothing_begins_in_a_dropped_category() {
    let world = later();
    for command in [apply("2026-06-20"), back_enter()] {
        let refused = world.decide(&folded(&[register()]), "lists", day("2026-07-01"), &command).unwrap_err();
        assert_eq!(refused.reason(), "CATEGORY_UNKNOWN", "{command:?}");
    }
}

#[test]
fn a_notice_that_was_counted_once_is_not_counted_again() {
    let mut world = World::new();
    world.scheme.version = text("test-2");
    let given = folded(&publicised());
    world.scheme.categories.values_mut().for_each(|rules| rules.notice_days = 30);
    let certified = world.decide(&given, "everything", day("2026-07-01"), &certify());
    assert!(certified.is_ok(), "{certified:?}");
    // A notice sent as evidence goes by the rules of the day on which it began.
    let on_evidence = |world: &World, then: Option<&Scheme>| {
        let bureau = BureauId::parse("everything").unwrap();
        let context = Context {
            scheme: &world.scheme,
            beside: Beside { notice: then, ..Beside::default() },
            calendar: &world.calendar,
            divisions: &world.divisions,
            bureau: &bureau,
            today: day("2026-07-01"),
            provider: &world.provider,
            operator_bars: [&[], &[]],
            confirmed: &[],
        };
        decide(&folded(&[register(), pledge()]), &certify(), &context)
    };
    let before = scheme();
    assert_eq!(on_evidence(&world, None).unwrap_err().reason(), "NOTICE_TOO_SHORT");
    let on_evidence = on_evidence(&world, Some(&before)).unwrap();
    // The fact names the scheme that asked for the days.
    let Some(Event::Certified(certified)) = on_evidence.last() else { panic!("{on_evidence:?}") };
    assert_eq!(certified.counted.scheme.as_str(), "test-1");
}
