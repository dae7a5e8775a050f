//! The right act of a correction is asked as one that is typed late: of the acts of later days that stand before it in the record, and of those of
//! earlier days that were typed after it.

use super::*;
use crate::plaque::{asked, ended, typed};

pub(super) fn rows() -> Vec<Row> {
    [contradicting(), standing_beside(), within_bars()].into_iter().flatten().collect()
}

const LATER: &str = "CONTRADICTS_LATER";
const NOT_LIVE: &str = "NOT_LIVE";

fn withdrawn(on: &str) -> Command {
    withdraw(on, on)
}

fn passed(on: &str) -> Command {
    review(2026, ReviewResult::Passed, on)
}

fn revoked_on(on: &str) -> Command {
    revoke_as(|c| (c.decided_on, c.effective_on) = (day(on), day(on)))
}

/// What would have been refused had it been typed so.
fn contradicting() -> Vec<Row> {
    let short = || vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-08-31"))];
    let out = || given(&[order(None), issue_on(1, "2026-04-01")]);
    // Typed from the last day back.
    let turned_up = || [hung(), vec![destroy("2026-06-20"), recover(1, "2026-06-01"), lose("2026-05-01")]].concat();
    vec![
        refused_with(
            "a review is moved behind an end",
            &given(&[passed("2026-05-01"), withdrawn("2026-05-20")]),
            correct(4, Some(passed("2026-06-01"))),
            NOT_LIVE,
        ),
        refused_with(
            "or behind a revocation",
            &given(&[passed("2026-05-01"), notice_revocation("2026-05-06", "2026-05-13"), revoked_on("2026-05-20")]),
            correct(4, Some(passed("2026-06-01"))),
            NOT_LIVE,
        ),
        refused_with(
            "a plaque is handed out after an end",
            &[out(), vec![withdrawn("2026-05-20")]].concat(),
            correct(5, Some(issue_on(1, "2026-06-10"))),
            "NO_LIVE_CERTIFICATION",
        ),
        refused_with(
            "it was destroyed before it came back",
            &[hung(), vec![recover(1, "2026-06-01"), destroy("2026-06-20")]].concat(),
            correct(8, Some(destroy("2026-05-01"))),
            LATER,
        ),
        refused_with(
            "a price is approved after an end",
            &given(&[propose(3_600, PriceUnit::Month), approve_price(), withdrawn("2026-05-20")]),
            correct(5, Some(approve_of(Some(4), "2026-06-10", "2026-06-11"))),
            NOT_LIVE,
        ),
        refused_with(
            "a failed review is moved before a renewal, with its order",
            &[
                short(),
                vec![renew("2026-06-15", "2026-09-01", "2029-08-31"), review(2026, ReviewResult::Failed, "2026-06-20")],
            ]
            .concat(),
            correct(5, Some(review(2026, ReviewResult::Failed, "2026-06-01"))),
            LATER,
        ),
        refused_with(
            "a return is struck out, by which what was lost was there to be destroyed",
            &turned_up(),
            correct(8, None),
            "ACT_RESTS_ON_IT",
        ),
        refused_with(
            "or is moved behind that",
            &turned_up(),
            correct(8, Some(recover(1, "2026-06-25"))),
            "PLAQUE_STATE",
        ),
        and(
            and(
                row(
                    "an end that stands again, before what was typed while it did not",
                    &given(&[withdrawn("2026-05-06")]),
                    correct(5, None),
                    CORRECTED,
                    |p| !valid(p) && care(p).reviews.len() == 1,
                ),
                correct(4, None),
            ),
            passed("2026-06-01").into(),
        ),
        and(
            and(
                refused_with(
                    "a review that stands again, behind an end that was typed while it did not",
                    &given(&[passed("2026-06-01")]),
                    correct(5, None),
                    NOT_LIVE,
                ),
                correct(4, None),
            ),
            withdrawn("2026-05-06").into(),
        ),
    ]
}

/// What makes things right, or no worse, is possible.
fn standing_beside() -> Vec<Row> {
    let overtaken = || given(&[deregister("2026-06-10"), withdrawn("2026-04-20")]);
    let ruled = || given(&[withdrawn("2026-05-25"), overturn(3, "2026-05-19")]);
    let turned_up = || [hung(), vec![destroy("2026-06-20"), recover(1, "2026-06-01"), lose("2026-05-01")]].concat();
    let of_plaque = |p: &Provider| p.plaques[&plaque(1)].status == PlaqueStatus::Destroyed;
    vec![
        row(
            "an end is moved before a review, which stays",
            &given(&[passed("2026-06-01"), withdrawn("2026-06-20")]),
            correct(5, Some(withdrawn("2026-05-06"))),
            CORRECTED,
            |p| !valid(p) && care(p).reviews.len() == 1,
        ),
        row(
            "an end is moved before a renewal, which stays and adds nothing",
            &[
                vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-08-31"))],
                vec![renew("2026-06-15", "2026-09-01", "2029-08-31"), withdrawn("2026-06-20")],
            ]
            .concat(),
            correct(5, Some(withdrawn("2026-06-01"))),
            CORRECTED,
            |p| care(p).over_since() == Some(day("2026-06-01")),
        ),
        row(
            "a ruling is moved before a review",
            &given(&[passed("2026-06-01"), overturn(3, "2026-06-20")]),
            correct(5, Some(overturn(3, "2026-05-10"))),
            CORRECTED,
            |p| !valid(p) && care(p).reviews.len() == 1,
        ),
        row(
            "an end is moved before a suspension, which falls",
            &given(&[suspend(CARE, "2026-06-01"), withdrawn("2026-06-20")]),
            correct(5, Some(withdrawn("2026-05-06"))),
            Ok(&["ActCorrected", "MeasureFell"]),
            |p| care(p).suspensions[0].fell.is_some(),
        ),
        row(
            "also one that was typed after it; the order that followed from a review follows no more",
            &given(&[
                withdrawn("2026-06-20"),
                suspend(CARE, "2026-06-01"),
                review(2026, ReviewResult::Failed, "2026-06-02"),
            ]),
            correct(4, Some(withdrawn("2026-05-06"))),
            Ok(&["ActCorrected", "ActCorrected", "MeasureFell"]),
            |p| care(p).suspensions[0].fell.is_some() && care(p).orders.is_empty() && care(p).reviews.len() == 1,
        ),
        row(
            "and steps of a plaque, which comes back sooner",
            &given(&[withdrawn("2026-06-20"), order(None), issue(1)]),
            correct(4, Some(withdrawn("2026-03-12"))),
            Ok(&["ActCorrected", "ActCorrected"]),
            |p| p.plaques.values().all(|plaque| plaque.recovery_due.is_some()),
        ),
        and(
            row(
                "what was overtaken is in the way of no other correction",
                &given(&[withdrawn("2026-06-20"), suspend(CARE, "2026-06-01"), resume("2026-06-03")]),
                correct(3, Some(certify_as(|c| c.document_number = text("认定〔2026〕99号")))),
                CORRECTED,
                |p| care(p).document_number == Some(text("认定〔2026〕99号")) && care(p).suspensions[0].fell.is_none(),
            ),
            correct(4, Some(withdrawn("2026-05-06"))),
        ),
        row(
            "a return is moved, and not behind what rests on it",
            &turned_up(),
            correct(8, Some(recover(1, "2026-05-20"))),
            CORRECTED,
            of_plaque,
        ),
        row("or what it answers is struck out before", &turned_up(), correct(9, None), CORRECTED, of_plaque),
        row(
            "an end is moved, and not before the review",
            &given(&[passed("2026-06-01"), withdrawn("2026-06-20")]),
            correct(5, Some(withdrawn("2026-06-10"))),
            CORRECTED,
            |p| care(p).ends[0].effective_on == day("2026-06-10"),
        ),
        row(
            "a review is moved, and not behind the end",
            &given(&[passed("2026-05-01"), withdrawn("2026-05-20")]),
            correct(4, Some(passed("2026-05-10"))),
            CORRECTED,
            |p| care(p).reviews[0].reviewed_on == day("2026-05-10"),
        ),
        row(
            "an end that was overtaken is moved",
            &overtaken(),
            correct(4, Some(deregister("2026-06-12"))),
            CORRECTED,
            |p| care(p).ends.iter().any(|end| end.decided_on == day("2026-06-12")),
        ),
        row("or that which overtook it", &overtaken(), correct(5, Some(withdrawn("2026-04-22"))), CORRECTED, |p| {
            care(p).ends.iter().any(|end| end.decided_on == day("2026-04-22"))
        }),
        row(
            "or is moved behind it",
            &given(&[deregister("2026-04-10"), withdrawn("2026-04-02")]),
            correct(4, Some(deregister("2026-06-12"))),
            CORRECTED,
            |p| care(p).ends.iter().any(|end| end.decided_on == day("2026-06-12")),
        ),
        row("or a ruling that did", &ruled(), correct(5, Some(overturn(3, "2026-05-18"))), CORRECTED, |p| {
            care(p).ends.iter().any(|end| end.decided_on == day("2026-05-18"))
        }),
        row(
            "a certification with an end and another after it",
            &[
                vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-08-31"))],
                vec![withdrawn("2026-03-20"), crate::any_order::certify_again("2026-06-02", "2026-06-02")],
            ]
            .concat(),
            correct(3, Some(certify_as(|c| c.valid_to = day("2026-09-30")))),
            CORRECTED,
            |p| p.certifications.len() == 2,
        ),
    ]
}

/// A bar undoes nothing by itself, and nothing is decided within it here.
fn within_bars() -> Vec<Row> {
    let told = notice_revocation("2026-06-01", "2026-06-08");
    let domestic = |on: &str| {
        let on = day(on);
        certify_as(|c| {
            c.category = category("domestic");
            (c.decided_on, c.valid_from) = (on, on);
            c.document_number = text("认定2号");
            c.notice = NoticeWindow::new(on.plus_days(-20), on.plus_days(-1)).ok();
        })
    };
    let both = |p: &Provider| p.certifications.len() == 2 && p.bars().count() == 1;
    let barring = |on: &str| {
        revoke_as(|c| {
            (c.decided_on, c.effective_on) = (day(on), day(on));
            c.bar_until = Some(day(on).plus_months(24));
        })
    };
    let applied = |on: &str| {
        let Command::Apply(c) = apply(on) else { unreachable!() };
        Command::Apply(Apply { category: category("domestic"), ..c })
    };
    let told_anew = notice_revocation_for("conditions-lost", "2026-04-01", "2026-04-10");
    let until = |last: &str| {
        revoke_as(|c| {
            (c.ground, c.decided_on) = (ground("conditions-lost"), day("2026-04-20"));
            (c.effective_on, c.bar_until) = (day("2026-04-20"), Some(day(last)));
        })
    };
    vec![
        row(
            "a bar is moved before a certification",
            &given(&[told.clone(), domestic("2026-06-20"), revoked_on("2026-06-25")]),
            correct(
                6,
                Some(revoke_as(|c| {
                    (c.decided_on, c.effective_on) = (day("2026-06-10"), day("2026-06-10"));
                    c.bar_until = Some(day("2028-06-10"));
                })),
            ),
            CORRECTED,
            both,
        ),
        row(
            "or before one that was typed after it",
            &given(&[told.clone(), revoked_on("2026-06-25"), domestic("2026-06-20")]),
            correct(5, Some(barring("2026-06-10"))),
            CORRECTED,
            both,
        ),
        row(
            "or an application",
            &given(&[told.clone(), revoked_on("2026-06-25"), applied("2026-06-20")]),
            correct(5, Some(barring("2026-06-10"))),
            CORRECTED,
            |p| p.cases.len() == 1 && p.barred_on(day("2026-06-20")).is_some(),
        ),
        row(
            "a bar is made longer behind a certification",
            &given(&[told_anew, until("2026-05-31"), domestic("2026-06-20")]),
            correct(5, Some(until("2026-08-31"))),
            CORRECTED,
            |p| p.barred_on(day("2026-06-20")).is_some() && p.of_category(&category("domestic")).count() == 1,
        ),
        row(
            "a ruling that freed of it is none",
            &given(&[told.clone(), revoked_on("2026-06-10"), overturn(5, "2026-06-12"), domestic("2026-06-20")]),
            correct(6, None),
            CORRECTED,
            both,
        ),
        row(
            "or is moved behind the certification",
            &given(&[told.clone(), revoked_on("2026-06-10"), overturn(5, "2026-06-12"), domestic("2026-06-20")]),
            correct(6, Some(overturn(5, "2026-06-25"))),
            CORRECTED,
            |p| p.certifications.len() == 2 && p.barred_on(day("2026-06-20")).is_some(),
        ),
        and(
            row(
                "what stands within a bar is put right in it",
                &given(&[told.clone(), revoked_on("2026-06-25"), domestic("2026-06-20")]),
                correct(6, Some(domestic("2026-06-19"))),
                CORRECTED,
                both,
            ),
            correct(5, Some(barring("2026-06-10"))),
        ),
        refused_with(
            "what stands before it is not moved into it",
            &given(&[told.clone(), revoked_on("2026-06-10"), domestic("2026-06-09")]),
            correct(6, Some(domestic("2026-06-20"))),
            "BARRED",
        ),
        row(
            "and what was reviewed while it was over stays",
            &given(&[told.clone(), revoked_on("2026-06-25"), passed("2026-06-20")]),
            correct(5, Some(barring("2026-06-10"))),
            CORRECTED,
            |p| !valid(p) && care(p).reviews.len() == 1,
        ),
        and(
            and(
                row(
                    "a certification stands again within a bar",
                    &given(&[told.clone(), domestic("2026-06-20")]),
                    correct(6, None),
                    CORRECTED,
                    both,
                ),
                correct(5, None),
            ),
            revoked_on("2026-06-10").into(),
        ),
        refused_with(
            "none is moved into one",
            &given(&[told, domestic("2026-06-09"), revoked_on("2026-06-10")]),
            correct(5, Some(domestic("2026-06-20"))),
            "BARRED",
        ),
    ]
}

/// It was not returned by 2026-06-27, which was put right to none; it came back the day before.
#[test]
fn what_was_not_returned_stands_not_again_behind_its_return() {
    let world = World::new();
    let given = [
        ended(),
        ("2026-06-30", asked(not_returned("2026-06-27"))),
        ("2026-07-01", correct(9, None)),
        ("2026-07-01", asked(recover(1, "2026-06-26"))),
    ];
    let history = typed(&given, &world);
    let again = history.decide(&world, "everything", today(), &correct(10, None)).map_err(|why| why.reason());
    assert_eq!(again, Err("PLAQUE_STATE"));
}

/// What was typed after acts 1 to 3, which act is to be none, what is named to be corrected before it, and what is none in the end.
type Following<'a> = (&'a str, Vec<Command>, u32, &'a [u32], &'a [u32]);

/// Whoever corrects to none what is named, one after the other in that order, comes to what it was named for; what only says something of an act goes with
/// it, and comes back with it.
#[test]
fn what_is_named_leads_to_what_it_was_named_for() {
    let world = World::new();
    let second = |from: &str| {
        back_enter_as(|c| {
            (c.decided_on, c.valid_from, c.valid_to) = (None, Some(day(from)), Some(day("2028-05-31")));
            c.document_number = Some(text("名单号"));
        })
    };
    let short = || Command::clone(&certify_as(|c| c.valid_to = day("2026-04-30")));
    let renewed =
        || vec![renew("2026-04-20", "2026-05-01", "2028-04-30"), overturn(4, "2026-05-15"), second("2026-06-01")];
    let left_twice =
        || vec![withdrawn("2026-04-01"), overturn(4, "2026-04-20"), withdrawn("2026-05-06"), second("2026-06-01")];
    let undone = || vec![overturn(3, "2026-04-20"), second("2026-06-01")];
    let told = || vec![notice_revocation("2026-05-06", "2026-05-13"), revoked_on("2026-05-18")];
    let table: Vec<Following<'_>> = vec![
        ("a ruling goes with its certification", undone(), 3, &[], &[3, 4]),
        ("but not without it", undone(), 4, &[5], &[5, 4]),
        ("an end goes with its certification", vec![withdrawn("2026-04-20"), second("2026-06-01")], 3, &[], &[3, 4]),
        (
            "and one told elsewhere",
            vec![record_ending(|c| c.effective_on = Some(day("2026-05-25"))), second("2026-06-01")],
            3,
            &[],
            &[3, 4],
        ),
        ("but not without it, beside another", vec![withdrawn("2026-04-20"), second("2026-06-01")], 4, &[5], &[5, 4]),
        ("a ruling goes with an end", left_twice(), 4, &[], &[4, 5]),
        ("what rests on what rests on it is named as well", left_twice(), 5, &[7, 6], &[7, 6, 5]),
        ("a notice goes with it, an end that bars does not", told(), 3, &[5], &[5, 3, 4]),
        ("a ruling goes with a renewal", renewed(), 4, &[], &[4, 5]),
        ("and not without it", renewed(), 5, &[7], &[7, 5]),
    ];
    let mut wrong = Vec::new();
    for (rule, given, act, named, gone) in table {
        let opening =
            if given.iter().any(|command| matches!(command, Command::Renew(_))) { short() } else { certify() };
        let mut history = History::default();
        let take = |history: &mut History, asked: &Asked| {
            let by = |by: &'static str| history.decide(&world, by, day("2026-07-01"), asked).map(|made| (by, made));
            let (bureau, made) = match by("everything") {
                Err(Refusal::DutyMissing { .. } | Refusal::NotCompetentForCategory { .. }) => by("lists"),
                answer => answer,
            }?;
            history.record(bureau, day("2026-07-01"), made);
            Ok::<(), Refusal>(())
        };
        for command in [register(), pledge(), opening].into_iter().chain(given) {
            take(&mut history, &command.into()).unwrap_or_else(|why| panic!("{rule}: {why:?}"));
        }
        let before = history.clone();
        let list = match take(&mut history, &correct(act, None)) {
            Err(Refusal::ActRestsOnIt { acts, .. }) => acts.split('、').map(|act| act.parse().unwrap()).collect(),
            Err(other) => panic!("{rule}: {other:?}"),
            Ok(()) => Vec::new(),
        };
        let asked = (!list.is_empty()).then_some(act);
        for act in list.iter().copied().chain(asked) {
            take(&mut history, &correct(act, None)).unwrap_or_else(|why| panic!("{rule}: {act}: {why:?}"));
        }
        let stands = |history: &History, act: u32| {
            as_corrected(&history.facts().cloned().collect::<Vec<_>>())[usize::try_from(act).unwrap() - 1].is_some()
        };
        let facts = u32::try_from(before.facts().count()).unwrap();
        let mut are_gone: Vec<u32> = (1..=facts).filter(|act| !stands(&history, *act)).collect();
        let mut meant: Vec<u32> = gone.to_vec();
        are_gone.sort_unstable();
        meant.sort_unstable();
        are_gone.retain(|act| {
            !matches!(before.facts().nth(usize::try_from(*act).unwrap() - 1), Some(Event::CertificationExpired(_)))
        });
        if list != named || are_gone != meant {
            wrong.push(format!("{rule}: named {list:?}, gone {are_gone:?}"));
        }
        // Taken back, what went along stands again.
        if list.is_empty() {
            take(&mut history, &correct(facts + 1, None)).unwrap_or_else(|why| panic!("{rule}: back: {why:?}"));
            if (1..=facts).any(|act| !stands(&history, act)) {
                wrong.push(format!("{rule}: does not come back"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What rests on an act is named the newest first: in that order it is corrected to none.
#[test]
fn what_rests_on_an_act_is_named_in_the_order_in_which_it_is_put_right() {
    let (world, mut history) = (World::new(), History::default());
    let today = day("2026-03-20");
    for command in hung() {
        let events = history.decide(&world, "everything", today, &command.into()).unwrap();
        history.record("everything", today, events);
    }
    let refused = history.decide(&world, "everything", day("2026-07-01"), &correct(3, None)).unwrap_err();
    let Refusal::ActRestsOnIt { acts, .. } = refused else { panic!("{refused:?}") };
    let acts: Vec<u32> = acts.split('、').map(|act| act.parse().unwrap()).collect();
    assert_eq!(acts, [6, 5, 4]);
    for act in acts {
        let events = history.decide(&world, "everything", day("2026-07-01"), &correct(act, None)).unwrap();
        history.record("everything", day("2026-07-01"), events);
    }
    assert!(history.decide(&world, "everything", day("2026-07-01"), &correct(3, None)).is_ok());
}
