//! Whoever corrects to none what a refusal names, one after the other in its order, comes to what the refusal was about.

use super::alone::{of_dice, opened, today};
use super::correction::random;
use super::*;

/// A record of the ends, rulings and terms of one category, of random days.
fn of_one_category(world: &World, dice: &[(u8, i64, i64, u8)]) -> History {
    let mut history = History::default();
    let given = opened().map(Some).into_iter().chain(dice.iter().map(|_| None));
    for (given, dice) in given.zip([(0, 0, 0, 0); 2].into_iter().chain(dice.iter().copied())) {
        let command = given.unwrap_or_else(|| of_dice(dice, &history.state()));
        take(world, &mut history, today(), &command.into());
    }
    history
}

/// Recorded by the first bureau that may, if any.
fn take(world: &World, history: &mut History, today: Day, asked: &Asked) -> bool {
    let taken = ["everything", "lists"].into_iter().find_map(|bureau| {
        let facts = history.decide(world, bureau, today, asked).ok()?;
        (!facts.is_empty()).then_some((bureau, facts))
    });
    taken.is_some_and(|(bureau, facts)| {
        history.record(bureau, today, facts);
        true
    })
}

fn to_none(act: u32, today: Day) -> Asked {
    let Asked::Correct(c) = correct(act, None) else { unreachable!() };
    Asked::Correct(CorrectAct { corrected_on: today, ..c })
}

/// What is refused by acts that rest on it is taken once those are corrected, in the order in which they are named.
fn comes_to_an_end(world: &World, history: &History, today: Day, asked: &Asked) -> Result<(), TestCaseError> {
    let answers = ["everything", "lists"].map(|bureau| history.decide(world, bureau, today, asked));
    let refused = answers.into_iter().find_map(|answer| match answer {
        Err(Refusal::ActRestsOnIt { acts, zh, .. } | Refusal::ContradictsLater { acts, zh, .. }) => Some((acts, zh)),
        _ => None,
    });
    let Some((acts, why)) = refused else { return Ok(()) };
    let mut history = history.clone();
    for act in acts.split('、').map(|act| act.parse().unwrap()) {
        let asked = to_none(act, today);
        if !take(world, &mut history, today, &asked) {
            let why_not = ["everything", "lists"].map(|bureau| history.decide(world, bureau, today, &asked));
            return Err(TestCaseError::fail(format!(
                "{acts} ({why}): {act} is not taken: {why_not:?}\n{}",
                written(&history)
            )));
        }
    }
    if take(world, &mut history, today, asked) {
        return Ok(());
    }
    let why_not = ["everything", "lists"].map(|bureau| history.decide(world, bureau, today, asked));
    // What went along with those is no more.
    let is_gone = why_not.iter().any(|answer| match answer {
        Ok(events) => events.is_empty(),
        Err(why) => why.reason() == "ACT_SAYS_SO",
    });
    prop_assert!(is_gone, "{acts} ({why}): {asked:?} is not taken: {why_not:?}\n{}", written(&history));
    Ok(())
}

fn written(history: &History) -> String {
    format!("{:#?}", history.facts().collect::<Vec<_>>())
}

fn each_comes_to_an_end(world: &World, history: &History, today: Day) -> Result<(), TestCaseError> {
    let acts = u32::try_from(history.facts().count()).unwrap();
    (1..=acts).try_for_each(|act| comes_to_an_end(world, history, today, &to_none(act, today)))
}

proptest! {
    // 300, or as many more as PROPTEST_CASES says.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(300), ..ProptestConfig::default() })]

    #[test]
    fn what_is_named_is_corrected_one_after_the_other(
        start in any_day(),
        steps in proptest::collection::vec((any_step(), 0_u8..12), 4..40),
    ) {
        let world = World::new();
        let history = random(&world, start, steps);
        let today = history.commits.last().unwrap().today;
        each_comes_to_an_end(&world, &history, today)?;
    }

    #[test]
    fn what_is_named_of_one_category_is_corrected_one_after_the_other(
        dice in proptest::collection::vec((any::<u8>(), 0_i64..912, 1_i64..800, any::<u8>()), 2..24),
    ) {
        let world = World::new();
        let history = of_one_category(&world, &dice);
        each_comes_to_an_end(&world, &history, today())?;
    }
}

/// Annulled, and another beside it that was deregistered, and a third: the end is said of another without the annulment, and without the end the other
/// stands beside the third, which waits for the end. It goes with its certification.
#[test]
fn an_end_that_waits_for_what_waits_for_it_goes_with_its_certification() {
    let world = World::new();
    let dice =
        [(12, 535, 104, 0), (44, 0, 1, 0), (182, 0, 534, 127), (90, 549, 1, 20), (2, 368, 167, 52), (53, 0, 1, 0)];
    let history = of_one_category(&world, &dice);
    each_comes_to_an_end(&world, &history, today()).unwrap();
    let other =
        [(60, 237, 675, 0), (124, 737, 1, 0), (172, 237, 1, 0), (58, 737, 1, 127), (208, 0, 1, 0), (60, 246, 471, 0)];
    each_comes_to_an_end(&world, &of_one_category(&world, &other), today()).unwrap();
    let refused = history.decide(&world, "everything", today(), &to_none(3, today())).unwrap_err();
    assert!(matches!(&refused, Refusal::ActRestsOnIt { acts, .. } if acts == "8、6、5"), "{refused:?}");
}
