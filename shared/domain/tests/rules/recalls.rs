//! Since when a plaque is to come back on a day is told by the record and the day, in whatever order the reasons were typed; and what is put right to say
//! that it was not returned is asked of its own day.

use domain::command::*;
use domain::*;

use crate::any_order::certify_again;
use crate::plaque::{asked, certify_domestic, ended, typed};
use crate::world::*;

const TODAY: &str = "2026-07-01";

/// Since when a plaque is to come back on a day, where it is, and since when.
type OnADay = (Option<Day>, (PlaqueStatus, Day));

/// Some days, and since when it is to come back on them.
type Since = &'static [(&'static str, Option<&'static str>)];

/// Since when the first plaque is to come back on each of many days, where it is, and by when it is to be back if somebody has it.
fn told(given: &[Asked]) -> (Vec<OnADay>, Option<Day>) {
    let given: Vec<(&str, Asked)> = given.iter().map(|asked| (TODAY, asked.clone())).collect();
    let state = typed(&given, &World::new()).state();
    let of = &state.plaques[&plaque(1)];
    let days = (0..160).map(|days| day("2026-03-20").plus_days(days));
    let each = days.map(|on| (to_come_back_since(&state, &plaque(1), on), of.at(on))).collect();
    let is_held = matches!(of.status, PlaqueStatus::Issued | PlaqueStatus::Hung | PlaqueStatus::NotReturned);
    (each, of.recovery_due.filter(|_| is_held))
}

#[test]
fn a_plaque_is_to_come_back_since_the_same_day_in_whatever_order_the_reasons_were_typed() {
    let left = || asked(withdraw("2026-05-01", "2026-06-20"));
    let over = |on: &str| asked(deregister(on));
    let early: Since = &[("2026-06-09", None), ("2026-06-10", Some("2026-06-10")), ("2026-06-30", Some("2026-06-10"))];
    let gone: Since = &[("2026-06-09", None), ("2026-06-24", Some("2026-06-10")), ("2026-06-25", None)];
    let rows: [(&str, [Asked; 2], Since); 6] = [
        ("a replacement and an end", [asked(order_on("2026-06-10", Some(1))), left()], early),
        ("two ends", [over("2026-06-10"), left()], early),
        (
            "a gap between two certifications",
            [over("2026-05-01"), certify_domestic("2026-06-01", "2029-05-31")],
            &[
                ("2026-04-30", None),
                ("2026-05-01", Some("2026-05-01")),
                ("2026-05-31", Some("2026-05-01")),
                ("2026-06-01", None),
            ],
        ),
        ("one that came back", [over("2026-06-10"), asked(recover(1, "2026-06-25"))], gone),
        ("one that was lost", [over("2026-06-10"), asked(lose("2026-06-25"))], gone),
        ("one that was destroyed", [over("2026-06-10"), asked(destroy("2026-06-25"))], gone),
    ];
    for (rule, [one, other], since) in rows {
        let (first, second) = (told(&[one.clone(), other.clone()]), told(&[other, one]));
        assert_eq!(first, second, "{rule}");
        for (on, expected) in since {
            let at = usize::try_from(day(on).number() - day("2026-03-20").number()).unwrap();
            assert_eq!(first.0[at].0, expected.map(day), "{rule} on {on}");
        }
    }
}

/// What it was called back for never was, or lay ahead: it may stay from no day before it was to come back, or before it is told.
#[test]
fn a_recall_is_lifted_from_no_day_before_its_own() {
    let world = World::new();
    let lifted = |given: &[(&str, Asked)]| {
        let state = typed(given, &world).state();
        state.plaques[&plaque(1)].lifted.clone()
    };
    let due = day("2026-06-26");
    // Act 7 and the recall that follows from it.
    assert_eq!(lifted(&[ended(), (TODAY, correct(7, None))]), []);
    let ruling = |on: &str| (TODAY, asked(overturn(7, on)));
    assert_eq!(lifted(&[ended(), ruling("2026-06-20")]), [(due, day("2026-06-20"))]);
    assert_eq!(lifted(&[ended(), ruling("2026-06-10")]), [(due, day("2026-06-10"))]);
    let ahead = ("2026-06-11", asked(withdraw("2026-06-01", "2026-06-20")));
    assert_eq!(
        lifted(&[ahead.clone(), ("2026-06-12", asked(overturn(7, "2026-06-12")))]),
        [(day("2026-07-05"), day("2026-06-12"))]
    );
    // Certified elsewhere since before the end.
    let beside = (TODAY, certify_domestic("2026-05-20", "2029-05-19"));
    assert_eq!(lifted(&[ended(), beside]), [(due, day("2026-06-10"))]);
}

/// Found on 06-28 not to have been returned; certified again from 07-05 on, which was typed after it.
#[test]
fn what_was_found_is_not_corrected_onto_a_day_on_which_it_hung_by_right() {
    let world = World::new();
    let given = [
        ended(),
        ("2026-07-01", asked(not_returned("2026-06-28"))),
        ("2026-07-10", asked(certify_again("2026-07-05", "2026-07-05"))),
    ];
    let history = typed(&given, &world);
    let to = |on: &str| {
        let Asked::Correct(correction) = correct(9, Some(not_returned(on))) else { unreachable!() };
        let correction = CorrectAct { corrected_on: day("2026-07-12"), ..correction };
        let answer = history.decide(&world, "everything", day("2026-07-12"), &Asked::Correct(correction));
        answer.map(|events| events.len()).map_err(|refusal| refusal.reason())
    };
    assert_eq!(to("2026-06-30"), Ok(1));
    for on in ["2026-06-26", "2026-06-20"] {
        assert_eq!(to(on), Err("RECOVERY_NOT_DUE"), "{on}");
    }
}

/// The certification that was typed after it covers the day that it is corrected to.
#[test]
fn what_was_typed_after_it_is_asked_too() {
    let world = World::new();
    let given = [
        ended(),
        ("2026-07-10", asked(not_returned("2026-07-09"))),
        ("2026-07-10", certify_domestic("2026-07-10", "2029-05-31")),
    ];
    let history = typed(&given, &world);
    let Asked::Correct(to) = correct(9, Some(not_returned("2026-07-10"))) else { unreachable!() };
    let to = Asked::Correct(CorrectAct { corrected_on: day("2026-07-10"), ..to });
    let answer = history.decide(&world, "everything", day("2026-07-10"), &to);
    assert_eq!(answer.map_err(|refusal| refusal.reason()), Err("PLAQUE_NOT_RECALLED"));
}

/// Found on 06-28 not to have been returned, and lost or destroyed on 06-30: it was so until then, of each day the same, and where that is taken back
/// it is so again.
#[test]
fn what_was_not_returned_is_over_when_it_is_lost_or_destroyed() {
    let world = World::new();
    let found = || ("2026-07-01", asked(not_returned("2026-06-28")));
    for (step, status) in [(lose("2026-06-30"), PlaqueStatus::Lost), (destroy("2026-06-30"), PlaqueStatus::Destroyed)] {
        let history = typed(&[ended(), found(), ("2026-07-01", asked(step.clone()))], &world);
        let on = |history: &History, on: &str| history.state().plaques[&plaque(1)].at(day(on));
        assert_eq!(on(&history, "2026-06-29"), (PlaqueStatus::NotReturned, day("2026-06-28")));
        assert_eq!(on(&history, "2026-06-30"), (status, day("2026-06-30")));
        // Of a day before, it says that nothing was withheld.
        let before = typed(&[ended(), found()], &world);
        let early = if status == PlaqueStatus::Lost { lose("2026-06-27") } else { destroy("2026-06-27") };
        let refused = before.decide(&world, "everything", day("2026-07-01"), &asked(early)).unwrap_err();
        assert!(matches!(refused, Refusal::ContradictsLater { ref acts, .. } if acts == "9"), "{refused:?}");
        // Typed first, what was found stands before it all the same.
        let late = typed(&[ended(), ("2026-07-01", asked(step)), found()], &world);
        for day in ["2026-06-27", "2026-06-28", "2026-06-29", "2026-06-30", "2026-07-01"] {
            assert_eq!(on(&late, day), on(&history, day), "{day}");
        }
        let mut history = history;
        let events = history.decide(&world, "everything", day("2026-07-01"), &correct(10, None)).unwrap();
        history.record("everything", day("2026-07-01"), events);
        assert_eq!(on(&history, "2026-07-01"), (PlaqueStatus::NotReturned, day("2026-06-28")));
    }
}

/// Where the plaque is, and by when and since when it is to come back.
type Told = (PlaqueStatus, &'static str, &'static str);

/// A rule, what was typed on which day, what is corrected, and what is told then.
type Corrected = (&'static str, Vec<(&'static str, Asked)>, Asked, Result<Told, &'static str>);

/// Certified in two categories: the one ended on 05-01, the other by its term on 06-09, and on 06-11 the plaque was ordered back by 06-26. Then the
/// other is corrected. What is left calls it back since another day; the order went out, gives the whole time for that, and stands with what was found
/// by it.
#[test]
fn an_order_stands_for_the_reason_that_is_left() {
    let world = World::new();
    let given = || {
        vec![
            ("2026-04-01", certify_domestic("2026-04-01", "2026-06-09")),
            ("2026-05-02", asked(deregister("2026-05-01"))),
            ("2026-06-11", asked(pledge_as(pledge_form(2)))),
        ]
    };
    let found = || ("2026-07-01", asked(not_returned("2026-06-28")));
    let between = || {
        let Command::Certify(c) = certify_again("2026-05-02", "2026-05-02") else { unreachable!() };
        ("2026-07-01", asked(Command::Certify(Certify { valid_to: day("2026-05-15"), ..c })))
    };
    let until = |last: &str| {
        let Asked::Of(domestic) = certify_domestic("2026-04-01", last) else { unreachable!() };
        Some(*domestic)
    };
    let replaced = |on: &str| vec![ended(), ("2026-06-12", asked(order_on(on, Some(1))))];
    let (hung, withheld) = (PlaqueStatus::Hung, PlaqueStatus::NotReturned);
    let rows: [Corrected; 7] = [
        ("nothing found", given(), correct(7, None), Ok((hung, "2026-06-26", "2026-05-01"))),
        (
            "one of earlier",
            [given(), vec![found()]].concat(),
            correct(7, None),
            Ok((withheld, "2026-06-26", "2026-05-01")),
        ),
        (
            "one of later, and another between them that was typed since",
            [given(), vec![between(), found()]].concat(),
            correct(7, None),
            Ok((withheld, "2026-06-26", "2026-05-16")),
        ),
        (
            "of the day on which it was told",
            [given(), vec![found()]].concat(),
            correct(7, until("2026-06-10")),
            Ok((withheld, "2026-06-26", "2026-06-11")),
        ),
        (
            "of a day after that, of which nobody had been told",
            [given(), vec![found()]].concat(),
            correct(7, until("2026-06-11")),
            Err("ACT_RESTS_ON_IT"),
        ),
        // A reason that was typed after the order is told when the other is gone: the order was for that one.
        ("typed after the order", replaced("2026-06-05"), correct(7, None), Ok((hung, "2026-07-17", "2026-06-05"))),
        (
            "and what was found by that order is put right first",
            [replaced("2026-06-05"), vec![found()]].concat(),
            correct(7, None),
            Err("ACT_RESTS_ON_IT"),
        ),
    ];
    for (rule, given, correction, expected) in rows {
        let mut history = typed(&given, &world);
        let answer = history.decide(&world, "everything", day("2026-07-02"), &correction);
        let told = answer.map(|events| {
            history.record("everything", day("2026-07-02"), events);
            let state = history.state();
            let of = &state.plaques[&plaque(1)];
            let since = to_come_back_since(&state, &plaque(1), day("2026-06-27")).map(|on| on.to_string());
            (of.status, of.recovery_due.map(|due| due.to_string()), since)
        });
        let expected = expected.map(|(status, due, since)| (status, Some(due.to_owned()), Some(since.to_owned())));
        assert_eq!(told.map_err(|refusal| refusal.reason()), expected, "{rule}");
    }
}

/// Ended on 06-10 and told the day after, by 06-26, while another certification lay ahead that covered the plaque for the two days from 06-15 on: since
/// 06-17 it is to come back for another reason, and has the whole of the time for that.
#[test]
fn what_a_plaque_is_told_to_come_back_for_is_no_later_reason() {
    let world = World::new();
    let ahead = |last: &str| ("2026-06-10", asked(certify_until("2026-06-15", last)));
    let touched = || ("2026-06-18", asked(pledge_as(pledge_form(2))));
    let told = |given: &[(&str, Asked)]| {
        let state = typed(given, &world).state();
        let of = &state.plaques[&plaque(1)];
        (of.recovery_due, of.lifted.clone())
    };
    let (first, second) = (day("2026-06-26"), day("2026-07-03"));
    assert_eq!(told(&[ahead("2026-06-16"), ended()]), (Some(first), vec![]));
    assert_eq!(told(&[ahead("2026-06-16"), ended(), touched()]), (Some(second), vec![(first, day("2026-06-15"))]));
    // Nothing covered it in between.
    assert_eq!(told(&[ended(), touched()]), (Some(first), vec![]));
}

/// Decided in the other category for a term ahead.
fn certify_until(from: &str, last: &str) -> Command {
    let Command::Certify(c) = certify_again("2026-06-10", from) else { unreachable!() };
    Command::Certify(Certify { category: category("domestic"), valid_to: day(last), ..c })
}
