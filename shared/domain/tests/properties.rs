//! No sequence of commands reaches a state that breaks a cross-facet rule; replaying the events gives the state that decisions saw; a
//! command repeated at once adds nothing.

#![expect(clippy::unwrap_used, reason = "a value of the table that is not one ends the test")]

#[path = "properties/alone.rs"]
mod alone;
#[path = "properties/anew.rs"]
mod anew;
#[path = "properties/changed.rs"]
mod changed;
#[path = "properties/correction.rs"]
mod correction;
#[path = "properties/rests.rs"]
mod rests;
mod steps;
mod world;

use std::collections::BTreeSet;

use domain::command::*;
use domain::*;
use proptest::prelude::*;
use steps::*;
use world::*;

/// The rules that cross facets, held against one commit's facts and the states before and after it.
fn facts_hold(before: &Provider, after: &Provider, events: &[Event], today: Day) -> Result<(), TestCaseError> {
    let scheme = scheme();
    for event in events {
        match event {
            Event::Certified(e) => {
                prop_assert!(
                    before.pledges[&e.pledge_number].in_force_on(e.decided_on),
                    "certified without a pledge in force"
                );
                prop_assert!(e.notice.end() < e.decided_on, "certified before the notice ended");
                let stands = |objection: &&Objection| objection.resolution.as_ref().is_none_or(|r| r.upheld);
                let kept = before.cases_of(&e.category).flat_map(|case| &case.notices);
                let objected =
                    kept.filter(|notice| notice.window.overlaps(e.notice) && Some(notice.act) != e.notice_opened);
                let current = before.cases_of(&e.category).flat_map(|case| &case.notices);
                let current = current.filter(|notice| Some(notice.act) == e.notice_opened);
                let evidence = e.basis == CertificationBasis::Evidence;
                let against = objected.filter(|_| evidence).chain(current).flat_map(|notice| &notice.objections);
                prop_assert_eq!(against.filter(stands).count(), 0, "certified against an objection");
                let served = before.of_category(&e.category).filter_map(|c| c.notice);
                prop_assert!(
                    !served.into_iter().any(|notice| notice.overlaps(e.notice)),
                    "one notice for two decisions"
                );
                prop_assert_eq!(before.barred_on(e.decided_on), None, "certified under a bar");
                prop_assert!(scheme.categories.contains_key(&e.category));
                let ordinal = before.of_category(&e.category).map(|c| c.ordinal.get()).max().unwrap_or(0) + 1;
                prop_assert_eq!(e.ordinal.get(), ordinal, "ordinals rise by one");
            }
            Event::PlaqueIssued(e) => {
                prop_assert!(before.certified_on(e.issued_on), "a plaque without a live certification");
                prop_assert!(before.pledged_on(e.issued_on), "a plaque without a pledge in force");
            }
            // Of what had been decided by the day of the breach, and was live on it by what had been: what was decided later rests on no pledge that
            // was broken by then, and what had not begun is not broken into.
            Event::PledgeBroken(e) => {
                for certification in &after.certifications {
                    let on = e.determined_on;
                    let is_decided =
                        certification.decided_on.or(certification.valid_from).is_none_or(|since| since <= on);
                    let mut then = Certification::clone(certification);
                    then.ends.retain(|end| end.decided_on <= on);
                    let is_bound = is_decided && then.live_on(on);
                    let is_valid = certification.standing(today).is_some_and(|s| s.status == Status::Valid);
                    prop_assert!(!(is_bound && is_valid), "a broken pledge left a certification valid");
                    let is_of_it = |event: &&Event| {
                        let Event::RectificationOrdered(order) = event else { return false };
                        order.because.is_some() && order.certification == certification.act
                    };
                    prop_assert_eq!(
                        events.iter().filter(is_of_it).count(),
                        usize::from(is_bound),
                        "orders to mend the breach"
                    );
                }
            }
            Event::PriceApproved(e) => {
                let promise = after.prices.get(&(e.category.clone(), e.item.clone()));
                let Some(promise) = promise else { return Err(TestCaseError::fail("a price of no promise")) };
                prop_assert!(promise.pending().all(|waits| waits.act != e.proposal), "a price waits on");
                // One proposal is made at a time; a second waits only where a decision was overturned since.
                let is_undone = promise.decided().any(|(_, decided)| decided.rulings.count() > 0);
                prop_assert!(is_undone || promise.pending().next().is_none(), "two proposals wait");
                prop_assert!(e.decided_on <= e.effective_on && e.decided_on <= today, "a price before its decision");
            }
            Event::RectificationOrdered(e) => {
                prop_assert!(
                    e.due_on >= today || events.len() == 1,
                    "an order of the rules is overdue when it is made"
                );
            }
            Event::PlaqueOrdered(e) => {
                let held = |place: &Option<Text<64>>| {
                    after.plaques.values().filter(|plaque| plaque.holds_place() && plaque.place == *place).count()
                };
                prop_assert!(held(&e.place) == 1, "two plaques in one place");
                prop_assert!(!before.plaques.contains_key(&e.plaque_number), "a plaque number was used twice");
            }
            _ => {}
        }
    }
    if !after.certifications.is_empty() && !after.certified_on(today) {
        let out = after.plaques.values().filter(|plaque| plaque.is_out());
        prop_assert!(out.clone().all(|plaque| plaque.recovery_due.is_some()), "a plaque hangs with nothing behind it");
    }
    for plaque in after.plaques.values().filter(|plaque| plaque.is_out() && !events.is_empty()) {
        let ends_ahead = after.certifications.iter().flat_map(|c| &c.ends).any(|end| end.effective_on > today);
        let called_back = plaque.recovery_due.is_some();
        let covered = after.certified_on(today) && !plaque.replaced && !ends_ahead;
        prop_assert!(!(covered && called_back), "a plaque is called back that a certification covers");
        prop_assert!(called_back || !plaque.replaced, "a plaque hangs beside the one in its place");
    }
    Ok(())
}

proptest! {
    // 2,000, or as many more as PROPTEST_CASES says.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(2000), ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_breaks_a_cross_facet_rule(
        start in any_day(),
        steps in proptest::collection::vec((any_step(), 0_u8..12), 1..60),
    ) {
        let world = World::new();
        let mut today = start;
        let mut history: Vec<Event> = Vec::new();
        // A head start, so that what follows a certification is reached often.
        let mut state = Provider::default();
        let opening = [register(), pledge_as(PledgeForm { made_on: day("2026-02-11"), ..pledge_form(1) })];
        let opening = opening.map(|command| (command, today));
        let opening = opening.map(|(command, today)| (Some(command), (0, 0, false, 0), today));
        let rest = steps.into_iter().map(|(step, days)| {
            today = today.plus_days(i64::from(days));
            (None, step, today)
        });
        for (given, step, today) in opening.into_iter().chain(rest) {
            let command = given.unwrap_or_else(|| of_step(step, &state, today));
            let by = |bureau: &str| world.decide(&state, bureau, today, &command);
            let Ok(events) = by("everything").or_else(|_| by("lists")) else { continue };
            let after = then(state.clone(), &events);
            if !events.is_empty() {
                facts_hold(&state, &after, &events, today)?;
            }
            let again = ["everything", "lists"].map(|bureau| world.decide(&after, bureau, today, &command));
            for again in again.into_iter().flatten() {
                prop_assert!(again.is_empty(), "{command:?} added {again:?} when repeated");
            }
            history.extend(events);
            state = after;
        }
        prop_assert_eq!(replay(&history), state, "replay differs from the state that decisions saw");
    }
}

#[test]
fn the_sequences_reach_most_facts() {
    // A property over sequences that never certify would hold for nothing; this says what they reach.
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let world = World::new();
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    for _ in 0..1500 {
        let strategy = (any_day(), proptest::collection::vec((any_step(), 0_u8..12), 1..60));
        let (mut today, steps) = strategy.new_tree(&mut runner).unwrap().current();
        let mut state = Provider::default();
        let opening = [register(), pledge()].map(|command| (command, today));
        let opening = opening.map(|(command, today)| (Some(command), (0, 0, false, 0), today));
        let rest = steps.into_iter().map(|(step, days)| {
            today = today.plus_days(i64::from(days));
            (None, step, today)
        });
        for (given, step, today) in opening.into_iter().chain(rest) {
            let command = given.unwrap_or_else(|| of_step(step, &state, today));
            for bureau in ["everything", "lists"] {
                if let Ok(events) = world.decide(&state, bureau, today, &command) {
                    reached.extend(events.iter().map(Event::name));
                    state = then(state, &events);
                    break;
                }
            }
        }
    }
    let missing: Vec<&&str> = Event::NAMES.iter().filter(|name| !reached.contains(**name)).collect();
    println!("reached {} of {} facts, not {missing:?}", reached.len(), Event::NAMES.len());
    assert!(reached.len() >= 37, "reached only {}: not {missing:?}", reached.len());
}
