//! Corrections of a kind: who may, what numbers are used up, what goes with the act that it answers.

use super::*;

pub(super) fn rows() -> Vec<Row> {
    [taken(), numbered(), answered(), named_later()].into_iter().flatten().collect()
}

/// Who may: who decides where the outlet stands, and where it comes to.
fn taken() -> Vec<Row> {
    let mut elsewhere = particulars();
    elsewhere.division = Division::parse("321002").unwrap();
    let other_town = || Some(register_as(elsewhere.clone()));
    let foreign = "NOT_COMPETENT_FOR_PLACE";
    let known = || vec![register()];
    vec![
        by("elsewhere", refused_with("no outlet is taken away", &known(), correct(1, other_town()), foreign)),
        by("elsewhere", refused_with("nor one that is certified", &certified(), correct(1, other_town()), foreign)),
        by("elsewhere", refused_with("nor struck out", &known(), correct(1, None), foreign)),
        and(
            by("health", refused_with("nor where it was before", &known(), correct(1, Some(register())), foreign)),
            correct(1, other_town()),
        ),
        and(
            by("health", refused_with("nor by taking the correction back", &known(), correct(2, None), foreign)),
            correct(1, other_town()),
        ),
        and(
            by("elsewhere", refused_with("nor given away so", &known(), correct(2, None), foreign)),
            correct(1, other_town()),
        ),
        and(
            and(
                by("health", refused_with("nor when nothing stands", &known(), correct(1, Some(register())), foreign)),
                correct(1, other_town()),
            ),
            correct(1, None),
        ),
    ]
}

/// The right fact names what was typed after the wrong one: that it is not there would be false.
fn named_later() -> Vec<Row> {
    let later = "RIGHT_NAMES_LATER";
    let pledged = |more: &[Command]| given(&[more, &[pledge_as(pledge_form(2))]].concat());
    let Command::RecordBreach(wrong) = breach("2026-06-01", BreachSeverity::General) else { unreachable!() };
    let of_other = || Command::RecordBreach(RecordBreach { pledge_number: pledge_number(2), ..wrong.clone() });
    let two = [hung(), vec![order_at("2026-03-11", "后门"), issue_on(2, "2026-03-19")]].concat();
    let hang_on = |number, on| Command::HangPlaque(HangPlaque { plaque_number: plaque(number), hung_on: day(on) });
    let by_other = Some(certify_as(|c| c.pledge_number = pledge_number(2)));
    let ordered =
        given(&[rectify("2026-05-06", "2026-05-20"), rectified("2026-05-12"), rectify("2026-05-08", "2026-05-20")]);
    vec![
        refused_with(
            "the outlet's other pledge",
            &pledged(&[breach("2026-06-01", BreachSeverity::General)]),
            correct(4, Some(of_other())),
            later,
        ),
        refused_with("its other plaque", &two, correct(6, Some(hang_on(2, "2026-03-20"))), later),
        refused_with("the pledge it rests on", &pledged(&[]), correct(3, by_other), later),
        refused_with("the order that was met", &ordered, correct(5, Some(rectified_of(6, "2026-05-12"))), later),
        refused_with(
            "what is nowhere is not there",
            &given(&[breach("2026-06-01", BreachSeverity::General)]),
            correct(4, Some(of_other())),
            "PLEDGE_UNKNOWN",
        ),
    ]
}

/// A plaque's number is given once.
fn numbered() -> Vec<Row> {
    let ordered = || given(&[order(None)]);
    vec![
        and(
            row(
                "the number of a plaque that was not meant is not given again",
                &ordered(),
                order(None).into(),
                Ok(&["PlaqueOrdered"]),
                |p| p.plaques.keys().eq([&plaque(2)]),
            ),
            correct(4, None),
        ),
        row(
            "the next one keeps its own",
            &given(&[order(None), order_at("2026-03-11", "后门")]),
            correct(4, None),
            CORRECTED,
            |p| p.plaques.keys().eq([&plaque(2)]),
        ),
        and(
            and(
                row("and it may be meant after all", &ordered(), correct(5, None), CORRECTED, |p| {
                    p.plaques.keys().eq([&plaque(1), &plaque(2)])
                }),
                correct(4, None),
            ),
            order_at("2026-03-11", "后门").into(),
        ),
        and(
            and(
                refused_with("where nothing hangs in its place", &ordered(), correct(5, None), "ACT_RESTS_ON_IT"),
                correct(4, None),
            ),
            order_on("2026-03-12", None).into(),
        ),
    ]
}

/// What only answers an act goes with it.
fn answered() -> Vec<Row> {
    let objected =
        [publicised(), vec![object("2026-03-03"), resolve("2026-03-05", false), certify_as(|c| c.notice = None)]]
            .concat();
    let suspended = given(&[suspend(CARE, "2026-05-01"), resume("2026-05-10"), order_on("2026-05-20", None)]);
    let rejected = given(&[
        propose(3_600, PriceUnit::Month),
        reject_price(),
        propose_as("2026-04-20", price(3_000, PriceUnit::Month)),
    ]);
    vec![
        row("an objection to another outlet", &objected, correct(7, None), WITH_ITS_APPROVAL, |p| {
            valid(p) && p.cases[0].objections().next().is_none()
        }),
        and(
            row("that was one after all", &objected, correct(10, None), WITH_ITS_APPROVAL, |p| {
                valid(p)
                    && p.cases[0].objections().all(|objection| objection.resolution.is_some())
                    && p.cases[0].objections().count() == 1
            }),
            correct(7, None),
        ),
        and(
            refused_with("its resolution alone is no correction", &objected, correct(11, None), "ACT_FOLLOWS"),
            correct(7, None),
        ),
        refused_with("nor is it struck out alone", &objected, correct(8, None), "ACT_RESTS_ON_IT"),
        row("a suspension of another outlet", &suspended, correct(4, None), WITH_ITS_APPROVAL, |p| {
            valid(p) && care(p).suspensions.is_empty() && p.plaques.len() == 1
        }),
        row("a price that nobody proposed", &rejected, correct(4, None), WITH_ITS_APPROVAL, |p| {
            p.prices.values().flat_map(PricePromise::pending).count() == 1
        }),
        refused_with(
            "not what was approved of it",
            &given(&[propose(3_600, PriceUnit::Month), approve_price()]),
            correct(4, None),
            "ACT_RESTS_ON_IT",
        ),
    ]
}

#[test]
fn why_a_later_act_would_not_stand_is_said_as_it_is() {
    let world = World::new();
    let row = numbered().pop().unwrap();
    let refusal = told(&row, &world).decide(&world, "everything", today(), &row.when).unwrap_err();
    assert!(refusal.zh().contains("第6项") && refusal.en().contains("no. 6"), "{}", refusal.zh());
    assert!(!refusal.zh().contains("同类") && refusal.zh().contains("-01"), "{}", refusal.zh());
}
