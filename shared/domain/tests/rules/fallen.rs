//! Orders and suspensions that fall: an act that is typed after them says that the certification had been over by their day.

use domain::*;

use crate::any_order::certify_again;
use crate::world::*;
use crate::{Row, and, by, row};

/// Registered, pledged and certified are nos. 1 to 3; the breach of 1 May is no. 4, the order that follows from it no. 5.
fn broken() -> Vec<command::Command> {
    and(certified(), &[breach("2026-05-01", BreachSeverity::Minor)])
}

/// Certified, and told on 8 June, by no. 4, that it is to be cancelled.
fn noticed() -> Vec<command::Command> {
    and(certified(), &[notice_revocation("2026-06-08", "2026-06-15")])
}

/// Told of another body's decision.
fn ended_elsewhere(on: &str) -> command::Command {
    record_ending(|c| c.effective_on = Some(day(on)))
}

pub(crate) fn rows() -> Vec<Row> {
    let elsewhere = |row: Row| by("lists", row);
    let left = || withdraw("2026-04-20", "2026-04-20");
    vec![
        row(
            "an order falls with a certification that had been left by its day",
            broken(),
            left(),
            Ok(&["CertificationWithdrawn", "MeasureFell"]),
        ),
        row(
            "or was deregistered by then",
            broken(),
            deregister("2026-04-20"),
            Ok(&["CertificationDeregistered", "MeasureFell"]),
        ),
        row("or was overturned by then", broken(), overturn(3, "2026-04-20"), Ok(&["ActOverturned", "MeasureFell"])),
        elsewhere(row(
            "or had been ended elsewhere",
            broken(),
            ended_elsewhere("2026-04-20"),
            Ok(&["EndingRecorded", "MeasureFell"]),
        )),
        row(
            "on the day itself as well",
            broken(),
            withdraw("2026-05-01", "2026-05-01"),
            Ok(&["CertificationWithdrawn", "MeasureFell"]),
        ),
        row("and not the day before", broken(), withdraw("2026-05-02", "2026-05-02"), Ok(&["CertificationWithdrawn"])),
        elsewhere(row(
            "nor by what was decided later and reaches back",
            broken(),
            record_ending(|c| {
                (c.kind, c.decided_on, c.effective_on) =
                    (EndingKind::Annulled, Some(day("2026-05-20")), Some(day("2026-03-09")));
            }),
            Ok(&["EndingRecorded"]),
        )),
        elsewhere(row(
            "nor one that was met",
            and(broken(), &[rectified("2026-05-20")]),
            ended_elsewhere("2026-04-20"),
            Ok(&["EndingRecorded"]),
        )),
        elsewhere(row(
            "so does one that was ordered by itself",
            and(certified(), &[rectify("2026-05-06", "2026-06-05")]),
            ended_elsewhere("2026-04-20"),
            Ok(&["EndingRecorded", "MeasureFell"]),
        )),
        elsewhere(row(
            "or that follows from a failed review",
            and(certified(), &[review(2026, ReviewResult::Failed, "2026-05-06")]),
            ended_elsewhere("2026-04-20"),
            Ok(&["EndingRecorded", "MeasureFell"]),
        )),
        elsewhere(row(
            "and a suspension",
            and(certified(), &[suspend(CARE, "2026-05-06")]),
            ended_elsewhere("2026-04-20"),
            Ok(&["EndingRecorded", "MeasureFell"]),
        )),
        row("once", and(broken(), &[left()]), breach("2026-05-03", BreachSeverity::Minor), Ok(&["PledgeBroken"])),
        row(
            "typed before the breach, nothing is to be mended",
            and(certified(), &[left()]),
            breach("2026-05-01", BreachSeverity::Minor),
            Ok(&["PledgeBroken"]),
        ),
        row(
            "what fell stands again by a ruling that made it live before that day, and is ended like any other",
            and(certified(), &[suspend(CARE, "2026-05-12"), ended_elsewhere("2026-05-01"), overturn(5, "2026-05-11")]),
            resume("2026-05-20"),
            Ok(&["CertificationResumed"]),
        ),
        row(
            "also on the day itself",
            and(certified(), &[suspend(CARE, "2026-05-12"), ended_elsewhere("2026-05-01"), overturn(5, "2026-05-12")]),
            resume("2026-05-20"),
            Ok(&["CertificationResumed"]),
        ),
        row(
            "and not by one that came later",
            and(certified(), &[suspend(CARE, "2026-05-12"), ended_elsewhere("2026-05-01"), overturn(5, "2026-05-13")]),
            resume("2026-05-20"),
            Err("NOT_SUSPENDED"),
        ),
        row(
            "so does an order that follows from a failed review",
            and(
                certified(),
                &[
                    review(2026, ReviewResult::Failed, "2026-05-12"),
                    ended_elsewhere("2026-05-01"),
                    overturn(6, "2026-05-11"),
                ],
            ),
            rectified("2026-05-20"),
            Ok(&["RectificationAccepted"]),
        ),
        row(
            "and one that follows from a breach, which owes no other",
            and(certified(), &[breach("2026-05-12", BreachSeverity::Minor), ended_elsewhere("2026-05-01")]),
            overturn(6, "2026-05-11"),
            Ok(&["ActOverturned"]),
        ),
        row(
            "where that ruling is undone itself by that day, it falls again",
            and(certified(), &[suspend(CARE, "2026-05-12"), ended_elsewhere("2026-05-01"), overturn(5, "2026-05-11")]),
            overturn(7, "2026-05-12"),
            Ok(&["ActOverturned", "MeasureFell"]),
        ),
        row(
            "and stands where it is undone later",
            and(certified(), &[suspend(CARE, "2026-05-12"), ended_elsewhere("2026-05-01"), overturn(5, "2026-05-11")]),
            overturn(7, "2026-05-13"),
            Ok(&["ActOverturned"]),
        ),
        elsewhere(row(
            "so does a notice of cancellation",
            noticed(),
            ended_elsewhere("2026-04-20"),
            Ok(&["EndingRecorded", "MeasureFell"]),
        )),
        row(
            "on the day itself as well, and by a ruling",
            noticed(),
            overturn(3, "2026-06-08"),
            Ok(&["ActOverturned", "MeasureFell"]),
        ),
        row("and not the day before", noticed(), withdraw("2026-06-09", "2026-06-09"), Ok(&["CertificationWithdrawn"])),
        elsewhere(row(
            "nor that of an annulment, which reaches back",
            and(certified(), &[notice_revocation_for("deceit", "2026-06-08", "2026-06-15")]),
            ended_elsewhere("2026-04-20"),
            Ok(&["EndingRecorded"]),
        )),
        elsewhere(row(
            "nor one that was dropped",
            and(noticed(), &[lift_notice("2026-06-10")]),
            ended_elsewhere("2026-04-20"),
            Ok(&["EndingRecorded"]),
        )),
        row(
            "nothing is left of it to drop",
            and(noticed(), &[ended_elsewhere("2026-04-20")]),
            lift_notice("2026-06-10"),
            Err("REVOCATION_NOT_NOTICED"),
        ),
        row(
            "nor to decide on",
            and(noticed(), &[ended_elsewhere("2026-04-20")]),
            revoke_as(|c| (c.decided_on, c.effective_on) = (day("2026-06-18"), day("2026-06-18"))),
            Err("NOT_LIVE"),
        ),
        row(
            "it stands again by a ruling that made it live before that day",
            and(noticed(), &[ended_elsewhere("2026-05-01"), overturn(5, "2026-06-07")]),
            lift_notice("2026-06-10"),
            Ok(&["RevocationNoticeLifted"]),
        ),
        row(
            "and not by one that came later",
            and(noticed(), &[ended_elsewhere("2026-05-01"), overturn(5, "2026-06-09")]),
            lift_notice("2026-06-10"),
            Err("REVOCATION_NOT_NOTICED"),
        ),
        row(
            "of what ended before it could begin nothing is to be cancelled",
            and(
                vec![register(), pledge()],
                &[certify_again("2026-03-20", "2026-08-01"), withdraw("2026-04-20", "2026-04-20")],
            ),
            notice_revocation("2026-06-08", "2026-06-15"),
            Err("NOT_LIVE"),
        ),
    ]
}

/// In both orders of typing the same stands: nothing is open, and no day is one of mending.
#[test]
fn an_end_before_a_breach_leaves_nothing_to_mend_in_either_order_of_typing() {
    let world = World::new();
    let left = withdraw("2026-04-20", "2026-04-20");
    let breach = breach("2026-05-01", BreachSeverity::Minor);
    let state = |more: [&command::Command; 2]| {
        certified().iter().chain(more).fold(Provider::default(), |state, command| {
            let decided = ["2026-03-20", "2026-07-01"]
                .map(day)
                .iter()
                .find_map(|today| world.decide(&state, "everything", *today, command).ok());
            then(state, &decided.unwrap())
        })
    };
    let standing = |p: &Provider, on: &str| p.standing(&category(CARE), day(on)).map(|(_, standing)| standing);
    let (late, in_order) = (state([&breach, &left]), state([&left, &breach]));
    for on in ["2026-04-19", "2026-04-20", "2026-05-01", "2026-07-01"] {
        assert_eq!(standing(&late, on), standing(&in_order, on), "{on}");
    }
    let open =
        |p: &Provider| p.certifications[0].orders.iter().filter(|order| order.is_open_on(day("2026-07-01"))).count();
    assert_eq!((open(&late), open(&in_order)), (0, 0));
    assert_eq!(late.certifications[0].orders[0].fell.map(Act::get), Some(7));
}

/// The end taken back, the order stands again; and where it is corrected to a day before the breach, it falls by that correction.
#[test]
fn what_fell_goes_with_the_end_that_it_follows_from() {
    let open =
        |p: &Provider| p.certifications[0].orders.iter().filter(|order| order.is_open_on(day("2026-07-01"))).count();
    let with = |end: &command::Command, right: Option<command::Command>| {
        let mut history = History::default();
        let world = World::new();
        let ask = |history: &mut History, asked: Asked| {
            let today = if history.commits.len() < 3 { "2026-03-20" } else { "2026-07-01" };
            let events = history.decide(&world, "everything", day(today), &asked).unwrap();
            history.commits.push(Told { bureau: BureauId::parse("everything").unwrap(), today: day(today), events });
        };
        for command in broken().iter().chain([end]) {
            ask(&mut history, command.clone().into());
        }
        let before = open(&history.state());
        ask(&mut history, correct(6, right));
        let names: Vec<&str> = history.commits.last().unwrap().events.iter().map(Event::name).collect();
        (before, open(&history.state()), names)
    };
    let (early, late) = (withdraw("2026-04-20", "2026-04-20"), withdraw("2026-06-20", "2026-06-20"));
    assert_eq!(with(&early, None), (0, 1, vec!["ActCorrected", "ActCorrected"]));
    assert_eq!(with(&early, Some(late.clone())), (0, 1, vec!["ActCorrected", "ActCorrected"]));
    assert_eq!(with(&late, Some(early)), (1, 0, vec!["ActCorrected", "MeasureFell"]));
}

/// A correction that makes a certification live on the day of a breach owes one order of it, also where a ruling and its undoing, both between, would
/// each owe it.
#[test]
fn a_correction_owes_an_order_once_whatever_was_ruled_between() {
    let (world, mut history) = (World::new(), History::default());
    let ask = |history: &mut History, today: &str, asked: Asked| {
        let events = history.decide(&world, "everything", day(today), &asked).unwrap();
        let names: Vec<&str> = events.iter().map(Event::name).collect();
        history.commits.push(Told { bureau: BureauId::parse("everything").unwrap(), today: day(today), events });
        names
    };
    for command in certified() {
        ask(&mut history, "2026-03-20", command.into());
    }
    let whole = certified().pop();
    ask(&mut history, "2026-07-01", correct(3, Some(certify_as(|c| c.valid_to = day("2026-03-31")))));
    let broken = ask(&mut history, "2026-07-01", breach("2026-05-01", BreachSeverity::Minor).into());
    assert_eq!(broken, ["PledgeBroken"], "it was over by then");
    ask(&mut history, "2026-07-01", overturn(3, "2026-03-25").into());
    let ruling: usize = history.commits.iter().map(|commit| commit.events.len()).sum();
    ask(&mut history, "2026-07-01", overturn(u32::try_from(ruling).unwrap(), "2026-03-25").into());
    let names = ask(&mut history, "2026-07-01", correct(3, whole));
    let orders = names.iter().filter(|name| **name == "RectificationOrdered").count();
    assert_eq!((orders, names[0]), (1, "ActCorrected"), "{names:?}");
}

/// A measure, what is done about it later, and an end, typed in every order: what is done on what was over by then is refused where that is known, and
/// stays where it is not; the same is told of every day.
#[test]
fn a_measure_its_step_and_an_end_are_told_alike_in_every_order_of_typing() {
    let world = World::new();
    let measures = [
        (suspend(CARE, "2026-05-06"), resume("2026-05-20")),
        (rectify("2026-05-06", "2026-06-05"), rectified("2026-05-20")),
        (notice_revocation("2026-05-06", "2026-05-13"), lift_notice("2026-05-20")),
        (review(2026, ReviewResult::Failed, "2026-05-06"), rectified("2026-05-20")),
        (breach("2026-05-06", BreachSeverity::Minor), rectified("2026-05-20")),
    ];
    // Of one day what is typed first comes first.
    let ends = ["2026-05-01", "2026-05-06", "2026-05-07", "2026-05-21"];
    let days = ["2026-04-30", "2026-05-01", "2026-05-05", "2026-05-06", "2026-05-07", "2026-05-13", "2026-05-19"];
    let days = days.iter().chain(&["2026-05-20", "2026-05-21", "2026-06-20"]);
    let told = |p: &Provider, on: &str| {
        let held = &p.certifications[0];
        (held.standing(day(on)), held.open_notices(day(on)).count())
    };
    for (measure, step) in &measures {
        for end in ends {
            let acts = [measure.clone(), step.clone(), withdraw(end, end)];
            // What comes before what it answers is not taken in any order.
            let orders = [[0, 1, 2], [0, 2, 1], [2, 0, 1]];
            let typed = orders.map(|order| {
                let mut history = History::default();
                for command in certified() {
                    let events = history.decide(&world, "everything", day("2026-03-20"), &command.into()).unwrap();
                    history.record("everything", day("2026-03-20"), events);
                }
                let is_known = |at: usize| order.iter().position(|of| *of == 2) < order.iter().position(|of| *of == at);
                for at in order {
                    let today = day("2026-07-01");
                    match history.decide(&world, "everything", today, &acts[at].clone().into()) {
                        Ok(events) => history.record("everything", today, events),
                        Err(why) => assert!(is_known(at), "{:?}, ended on {end}: {why:?}", acts[at]),
                    }
                }
                let state = history.state();
                let held = &state.certifications[0];
                let open = |on: Day| {
                    let orders = held.orders.iter().filter(|of| of.is_open_on(on)).count();
                    orders + held.suspensions.iter().filter(|of| of.is_open_on(on)).count()
                };
                assert!(end > "2026-05-06" || open(day("2026-07-01")) == 0, "{measure:?} ended on {end}");
                days.clone().map(|on| told(&state, on)).collect::<Vec<_>>()
            });
            assert_eq!(typed[0], typed[1], "{measure:?} ended on {end}");
            assert_eq!(typed[0], typed[2], "{measure:?} ended on {end}");
        }
    }
}

/// Whatever ends a certification on a day, typed last: the same falls of what was done on it since, the same comes back, and what was done stays.
#[test]
fn the_same_falls_whatever_the_end_is() {
    let world = World::new();
    let on = || day("2026-05-01");
    let elsewhere =
        |kind: EndingKind| record_ending(|c| (c.kind, c.decided_on, c.effective_on) = (kind, Some(on()), Some(on())));
    let left = |on: &str| withdraw(on, on);
    // What is typed first, and the end: an act, or the correction of one.
    let ends: Vec<(&str, Vec<command::Command>, Asked)> = vec![
        ("left", vec![], left("2026-05-01").into()),
        ("deregistered", vec![], deregister("2026-05-01").into()),
        ("overturned", vec![], overturn(3, "2026-05-01").into()),
        ("left, elsewhere", vec![], elsewhere(EndingKind::Withdrawn).into()),
        ("cancelled, elsewhere", vec![], elsewhere(EndingKind::Cancelled).into()),
        (
            "cancelled",
            vec![notice_revocation("2026-04-20", "2026-04-27")],
            revoke_as(|c| (c.decided_on, c.effective_on, c.notice) = (on(), on(), Act::new(4).ok())).into(),
        ),
        (
            "annulled",
            vec![notice_revocation_for("deceit", "2026-04-20", "2026-04-27")],
            revoke_as(|c| {
                (c.kind, c.ground, c.notice) = (RevocationKind::Annulled, ground("deceit"), Act::new(4).ok());
                (c.decided_on, c.effective_on) = (on(), day("2026-03-09"));
            })
            .into(),
        ),
        (
            "the ruling on an end overturned",
            vec![left("2026-04-20"), overturn(4, "2026-04-25")],
            overturn(5, "2026-05-01").into(),
        ),
        ("moved", vec![left("2026-06-25")], correct(4, Some(left("2026-05-01")))),
        ("a ruling moved", vec![overturn(3, "2026-06-25")], correct(4, Some(overturn(3, "2026-05-01")))),
    ];
    let done: [(&str, Vec<command::Command>, &[&str]); 10] = [
        ("an order", vec![rectify("2026-05-06", "2026-06-05")], &["MeasureFell"]),
        ("a suspension", vec![suspend(CARE, "2026-05-06")], &["MeasureFell"]),
        ("a notice", vec![notice_revocation("2026-05-06", "2026-05-13")], &["MeasureFell"]),
        ("a failed review", vec![review(2026, ReviewResult::Failed, "2026-05-06")], &["MeasureFell"]),
        ("a passed review", vec![review(2026, ReviewResult::Passed, "2026-05-06")], &[]),
        ("an order that was met", vec![rectify("2026-05-06", "2026-06-05"), rectified("2026-05-20")], &[]),
        ("a suspension that was lifted", vec![suspend(CARE, "2026-05-06"), resume("2026-05-20")], &[]),
        ("a breach", vec![breach("2026-05-06", BreachSeverity::Minor)], &["MeasureFell"]),
        ("a plaque", vec![order(None), issue_on(1, "2026-05-06")], &["PlaqueRecoveryOrdered"]),
        ("a plaque that was lost", vec![order(None), issue_on(1, "2026-05-06"), lose("2026-05-10")], &[]),
    ];
    for (how, given, end) in &ends {
        for (what, acts, falls) in &done {
            let mut history = History::default();
            let ask = |history: &mut History, today: &str, asked: &Asked| {
                let by =
                    |bureau: &'static str| history.decide(&world, bureau, day(today), asked).map(|made| (bureau, made));
                let answer = by("everything").or_else(|_| by("lists"));
                let (bureau, events) = answer.unwrap_or_else(|why| panic!("{what}, {how}: {asked:?}: {why:?}"));
                let names: Vec<&str> = events.iter().map(Event::name).collect();
                history.record(bureau, day(today), events);
                names
            };
            for command in certified() {
                ask(&mut history, "2026-03-20", &command.into());
            }
            for command in given.iter().chain(acts) {
                ask(&mut history, "2026-07-01", &command.clone().into());
            }
            let names = ask(&mut history, "2026-07-01", end);
            // What followed by itself from an act that was typed after what is corrected follows no more, or otherwise.
            let is_corrected =
                matches!(end, Asked::Correct(_)) && names[1..].iter().all(|name| *name == "ActCorrected");
            assert!(names[1..] == **falls || is_corrected, "{what}, {how}: {names:?}");
            let state = history.state();
            let held = &state.certifications[0];
            assert!(state.plaques.values().all(|of| !of.is_out() || of.recovery_due.is_some()), "{what}, {how}");
            for on in ["2026-05-06", "2026-05-20", "2026-06-20", "2026-07-01"].map(day) {
                let open = (
                    held.orders.iter().filter(|of| of.is_open_on(on)).count(),
                    held.suspensions.iter().filter(|of| of.is_open_on(on)).count(),
                    held.open_notices(on).filter(|of| of.kind == RevocationKind::Cancelled).count(),
                );
                assert_eq!((open, held.live_on(on)), ((0, 0, 0), false), "{what}, {how}, on {on}");
            }
        }
    }
}
