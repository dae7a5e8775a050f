//! Pledges: made, determined, repaired.

use domain::command::*;
use domain::*;

use crate::certification::ahead;
use crate::world::*;
use crate::{NOTHING, Row, and, by, on, row, state};

pub(crate) fn rows() -> Vec<Row> {
    let of = |change: fn(&mut PledgeForm)| {
        let mut form = pledge_form(1);
        change(&mut form);
        pledge_as(form)
    };
    // The breaches are nos. 4 and 6, their orders 5 and 7.
    let two = || {
        let first = breach("2026-05-01", BreachSeverity::Minor);
        let second = breach_of("未退费", "2026-05-01", BreachSeverity::Minor);
        and(certified(), &[first, second, rectified_of(5, "2026-05-02"), rectified_of(7, "2026-05-02")])
    };
    let domestic = || {
        certify_as(|c| {
            c.category = category("domestic");
            c.document_number = text("家政1号");
        })
    };
    let ended_domestic = || {
        Command::Withdraw(Withdraw {
            category: category("domestic"),
            requested_on: day("2026-04-02"),
            effective_on: day("2026-04-02"),
            reason: text("停业"),
        })
    };
    let broken = |severity| and(certified(), &[breach("2026-05-01", severity)]);
    let mended = |severity| and(broken(severity), &[rectified("2026-05-02")]);
    vec![
        row("a pledge is made", vec![register()], pledge(), Ok(&["PledgeMade"])),
        row("made alike it is made", vec![register(), pledge()], pledge(), NOTHING),
        row(
            "a number holds one pledge",
            vec![register(), pledge()],
            of(|form| form.content = text("别的")),
            Err("PLEDGE_NUMBER_TAKEN"),
        ),
        row(
            "the number holds its day",
            vec![register()],
            of(|form| form.made_on = day("2026-02-12")),
            Err("PLEDGE_NUMBER_DAY"),
        ),
        row(
            "an organisation gives its code",
            vec![register()],
            of(|form| form.promisor_uscc = None),
            Err("PROMISOR_CODE"),
        ),
        row(
            "a person gives none",
            vec![register()],
            of(|form| form.promisor_class = PromisorClass::NaturalPerson),
            Err("PROMISOR_CODE"),
        ),
        row(
            "the operator pledges",
            vec![register()],
            of(|form| form.promisor_uscc = Some(Uscc::parse("91110108717743469K").unwrap())),
            Err("PROMISOR_NOT_OPERATOR"),
        ),
        row(
            "another type has a name",
            vec![register()],
            of(|form| form.pledge_type = PledgeType::Other),
            Err("OTHER_TYPE"),
        ),
        row(
            "a pledge does not end before it begins",
            vec![register()],
            of(|form| form.valid_until = Some(day("2026-02-10"))),
            Err("PLEDGE_BACKWARDS"),
        ),
        row("it is kept", certified(), fulfil("2026-06-01"), Ok(&["PledgeFulfilled"])),
        row("kept is kept", and(certified(), &[fulfil("2026-06-01")]), fulfil("2026-06-01"), NOTHING),
        row(
            "on another day it was determined before",
            and(certified(), &[fulfil("2026-06-01")]),
            fulfil("2026-06-02"),
            Err("PLEDGE_DETERMINED"),
        ),
        row(
            "a kept pledge can be broken afterwards",
            and(certified(), &[fulfil("2026-06-01")]),
            breach("2026-06-02", BreachSeverity::Minor),
            Ok(&["PledgeBroken", "RectificationOrdered"]),
        ),
        row(
            "and binds no more",
            and(certified(), &[fulfil("2026-06-01"), breach("2026-06-02", BreachSeverity::Minor), order(None)]),
            issue_on(1, "2026-06-02"),
            Err("PLEDGE_NOT_IN_FORCE"),
        ),
        row(
            "a broken one is not found kept",
            broken(BreachSeverity::Minor),
            fulfil("2026-05-02"),
            Err("PLEDGE_DETERMINED"),
        ),
        row("but was before", broken(BreachSeverity::Minor), fulfil("2026-04-30"), Ok(&["PledgeFulfilled"])),
        row(
            "broken alike it is broken",
            broken(BreachSeverity::Minor),
            breach("2026-05-01", BreachSeverity::Minor),
            NOTHING,
        ),
        row(
            "two breaches are two",
            broken(BreachSeverity::Minor),
            breach_of("未退费", "2026-05-01", BreachSeverity::Minor),
            Ok(&["PledgeBroken", "RectificationOrdered"]),
        ),
        row(
            "also where they differ in how grave they are",
            broken(BreachSeverity::Minor),
            breach("2026-05-01", BreachSeverity::General),
            Ok(&["PledgeBroken", "RectificationOrdered"]),
        ),
        row(
            "not before the pledge",
            certified(),
            breach("2026-02-10", BreachSeverity::Minor),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row("of two breaches the one is named", two(), repair("2026-05-02"), Err("SEVERAL_OPEN")),
        row("named it is repaired", two(), repair_of(Some(6), "2026-05-02"), Ok(&["PledgeRepaired"])),
        row(
            "repaired alike it is repaired",
            and(two(), &[repair_of(Some(6), "2026-05-02")]),
            repair_of(Some(6), "2026-05-02"),
            NOTHING,
        ),
        row(
            "otherwise it was before",
            and(two(), &[repair_of(Some(6), "2026-05-02")]),
            repair_of(Some(6), "2026-05-03"),
            Err("BREACH_ALREADY_REPAIRED"),
        ),
        row(
            "the other is then the only one",
            and(two(), &[repair_of(Some(6), "2026-05-02")]),
            repair("2026-05-03"),
            Ok(&["PledgeRepaired"]),
        ),
        row("what is no breach is not repaired", two(), repair_of(Some(5), "2026-05-02"), Err("ACT_NOT_OPEN")),
        row(
            "nor is one before it was",
            broken(BreachSeverity::Minor),
            repair("2026-04-30"),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        // Who keeps pledges: who decides on what the outlet has in hand, or has the duty.
        by(
            "health",
            row(
                "its own bureau's",
                certified(),
                breach("2026-05-01", BreachSeverity::Minor),
                Ok(&["PledgeBroken", "RectificationOrdered"]),
            ),
        ),
        by(
            "commerce",
            row(
                "not another's",
                certified(),
                breach("2026-05-01", BreachSeverity::Serious),
                Err("NOT_COMPETENT_FOR_OUTLET"),
            ),
        ),
        by("commerce", row("nor that it was kept", certified(), fulfil("2026-05-01"), Err("NOT_COMPETENT_FOR_OUTLET"))),
        by(
            "commerce",
            row("nor a repair", broken(BreachSeverity::Minor), repair("2026-05-02"), Err("NOT_COMPETENT_FOR_OUTLET")),
        ),
        by(
            "commerce",
            row("nor another pledge", certified(), pledge_as(pledge_form(2)), Err("NOT_COMPETENT_FOR_OUTLET")),
        ),
        by(
            "commerce",
            row("before anything is in hand anybody's of the place", vec![register()], pledge(), Ok(&["PledgeMade"])),
        ),
        by(
            "elsewhere",
            row("but nobody's of another place", vec![register()], pledge(), Err("NOT_COMPETENT_FOR_PLACE")),
        ),
        by(
            "credit",
            row(
                "and whose duty it is",
                certified(),
                breach("2026-05-01", BreachSeverity::Minor),
                Ok(&["PledgeBroken", "RectificationOrdered"]),
            ),
        ),
        by(
            "commerce",
            row(
                "an open case counts",
                and(
                    certified(),
                    &[Command::Apply(Apply {
                        category: category("domestic"),
                        particulars: None,
                        applied_on: day("2026-04-01"),
                    })],
                ),
                breach("2026-05-01", BreachSeverity::Minor),
                Ok(&["PledgeBroken", "RectificationOrdered"]),
            ),
        ),
        by(
            "commerce",
            row(
                "what has ended does not while something is in hand",
                and(certified(), &[domestic(), ended_domestic()]),
                breach("2026-05-01", BreachSeverity::Minor),
                Err("NOT_COMPETENT_FOR_OUTLET"),
            ),
        ),
        by(
            "commerce",
            row(
                "and does when nothing is",
                and(certified(), &[domestic(), ended_domestic(), withdraw("2026-04-10", "2026-04-10")]),
                breach("2026-05-01", BreachSeverity::Minor),
                Ok(&["PledgeBroken"]),
            ),
        ),
        row(
            "a broken one opens a rectification",
            certified(),
            breach("2026-05-01", BreachSeverity::Minor),
            Ok(&["PledgeBroken", "RectificationOrdered"]),
        ),
        // Of the pledge that no certification rests on.
        row(
            "one that was broken before there was a certification opens none, whenever it is typed",
            and(certified(), &[pledge_as(pledge_form(2))]),
            breach_of_other("2026-03-08"),
            Ok(&["PledgeBroken"]),
        ),
        row(
            "on the day it begins it does",
            and(certified(), &[pledge_as(pledge_form(2))]),
            breach_of_other("2026-03-09"),
            Ok(&["PledgeBroken", "RectificationOrdered"]),
        ),
        row(
            "one of before the end, typed after it",
            and(certified(), &[withdraw("2026-06-15", "2026-06-15")]),
            breach("2026-05-10", BreachSeverity::Minor),
            Ok(&["PledgeBroken", "RectificationOrdered"]),
        ),
        row(
            "none of the day of the end",
            and(certified(), &[withdraw("2026-06-15", "2026-06-15")]),
            breach("2026-06-15", BreachSeverity::Minor),
            Ok(&["PledgeBroken"]),
        ),
        row(
            "one of before the last day, typed after it",
            vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-05-31"))],
            breach("2026-05-10", BreachSeverity::Minor),
            Ok(&["CertificationExpired", "PledgeBroken", "RectificationOrdered"]),
        ),
        row(
            "and before an annulment that reaches back",
            and(
                certified(),
                &[
                    notice_revocation_for("deceit", "2026-06-08", "2026-06-15"),
                    revoke_as(|c| {
                        (c.kind, c.ground, c.effective_on) =
                            (RevocationKind::Annulled, ground("deceit"), day("2026-03-09"));
                    }),
                ],
            ),
            breach("2026-05-10", BreachSeverity::Minor),
            Ok(&["PledgeBroken", "RectificationOrdered"]),
        ),
        row(
            "none of what was decided and has not begun",
            and(vec![register(), pledge()], &[ahead()]),
            breach("2026-06-30", BreachSeverity::Minor),
            Ok(&["PledgeBroken"]),
        ),
        row(
            "a minor breach is repaired as soon as it is mended",
            mended(BreachSeverity::Minor),
            repair("2026-05-02"),
            Ok(&["PledgeRepaired"]),
        ),
        row(
            "a general one after three months",
            broken(BreachSeverity::General),
            repair("2026-06-30"),
            Err("REPAIR_TOO_EARLY"),
        ),
        on(
            "2026-08-01",
            row("and then", mended(BreachSeverity::General), repair("2026-08-01"), Ok(&["PledgeRepaired"])),
        ),
        row("not before", broken(BreachSeverity::Minor), repair("2026-05-02"), Err("BREACH_NOT_MENDED")),
        row("nor by a day before", mended(BreachSeverity::Minor), repair("2026-05-01"), Err("BREACH_NOT_MENDED")),
        on(
            "2026-08-01",
            row(
                "however long it was shown",
                broken(BreachSeverity::General),
                repair("2026-08-01"),
                Err("BREACH_NOT_MENDED"),
            ),
        ),
        row(
            "where the certification has ended nothing is mended any more",
            and(broken(BreachSeverity::Minor), &[withdraw("2026-05-03", "2026-05-03")]),
            repair("2026-05-04"),
            Ok(&["PledgeRepaired"]),
        ),
        on(
            "2027-04-30",
            row(
                "a serious one after a year",
                broken(BreachSeverity::Serious),
                repair("2027-04-30"),
                Err("REPAIR_TOO_EARLY"),
            ),
        ),
        row("what is not broken is not repaired", certified(), repair("2026-05-02"), Err("PLEDGE_NOT_BROKEN")),
    ]
}

/// Of a pledge that no certification rests on.
pub(crate) fn breach_of_other(on: &str) -> Command {
    let Command::RecordBreach(c) = breach(on, BreachSeverity::Minor) else { unreachable!() };
    Command::RecordBreach(RecordBreach { pledge_number: pledge_number(2), ..c })
}

#[test]
fn where_a_pledge_stands_on_a_day_follows_from_what_was_determined_by_then() {
    let world = World::new();
    let given = [
        fulfil("2026-04-01"),
        breach("2026-05-01", BreachSeverity::Minor),
        breach_of("未退费", "2026-05-10", BreachSeverity::Minor),
        rectified_of(6, "2026-05-20"),
        rectified_of(8, "2026-05-20"),
        repair_of(Some(5), "2026-05-20"),
        repair_of(Some(7), "2026-06-01"),
    ];
    let provider = state(&row("", and(certified(), &given), register(), NOTHING), &world);
    let pledge = &provider.pledges[&pledge_number(1)];
    for (on, status) in [
        ("2026-03-31", PledgeStatus::UnderSupervision),
        ("2026-04-01", PledgeStatus::Fulfilled),
        ("2026-04-30", PledgeStatus::Fulfilled),
        ("2026-05-01", PledgeStatus::Broken),
        ("2026-05-20", PledgeStatus::Broken),
        ("2026-05-31", PledgeStatus::Broken),
        ("2026-06-01", PledgeStatus::Repaired),
    ] {
        assert_eq!(pledge.status_on(day(on)), status, "{on}");
        assert_eq!(pledge.in_force_on(day(on)), status.binds(), "{on}");
    }
}

#[test]
fn an_order_that_a_breach_opens_is_not_overdue_when_it_is_made() {
    let world = World::new();
    let old = PledgeForm {
        number: PledgeNumber::parse("32100320240302000001").unwrap(),
        made_on: day("2024-03-02"),
        ..pledge_form(1)
    };
    let number = old.number.clone();
    let certify = certify_as(|c| c.pledge_number = number.clone());
    let provider = state(&row("", vec![register(), pledge_as(old), certify], register(), NOTHING), &world);
    let breach = |on| {
        Command::RecordBreach(RecordBreach {
            pledge_number: number.clone(),
            extent: BreachExtent::Wholly,
            severity: BreachSeverity::Serious,
            unperformed: text("未公示"),
            consequence: text("整改"),
            determined_on: day(on),
            determining_unit: None,
            determining_unit_uscc: None,
        })
    };
    let today = day("2026-07-01");
    // Before the certification there is none; on its day, since, and today.
    assert_eq!(world.decide(&provider, "everything", today, &breach("2026-03-08")).map(|facts| facts.len()), Ok(1));
    for (on, ordered) in [("2026-03-09", "2026-03-09"), ("2026-05-04", "2026-05-04"), ("2026-07-01", "2026-07-01")] {
        let facts = world.decide(&provider, "everything", today, &breach(on)).unwrap();
        let Some(Event::RectificationOrdered(order)) = facts.last() else { panic!("{facts:?}") };
        assert_eq!((order.ordered_on, order.due_on), (day(ordered), day("2026-07-31")), "{on}");
    }
    // So is one that a failed review opens.
    let review = review(2026, ReviewResult::Failed, "2026-03-20");
    let facts = world.decide(&provider, "everything", today, &review).unwrap();
    let Some(Event::RectificationOrdered(order)) = facts.last() else { panic!("{facts:?}") };
    assert_eq!((order.ordered_on, order.due_on), (day("2026-03-20"), day("2026-07-31")));
}

#[test]
fn pledges_and_breaches_are_refused_before_there_are_too_many() {
    let world = World::new();
    let mut provider = state(&row("", certified(), register(), NOTHING), &world);
    let decide = |state: &Provider, command: &Command| world.decide(state, "everything", day("2026-07-01"), command);
    let take = |state: Provider, command: &Command| {
        let facts = decide(&state, command).unwrap();
        then(state, &facts)
    };
    for number in 0..100 {
        provider = take(provider, &breach_of(&format!("第{number}项"), "2026-05-01", BreachSeverity::Minor));
    }
    let one_more = breach_of("又一项", "2026-05-01", BreachSeverity::Minor);
    assert_eq!(decide(&provider, &one_more).unwrap_err().reason(), "BREACHES_MAX");
    let made = |serial| Event::from(PledgeMade { pledge: pledge_form(serial) });
    let provider = (2..500).fold(provider, |state, serial| then(state, &[made(serial)]));
    let last = decide(&provider, &pledge_as(pledge_form(500))).unwrap();
    let provider = then(provider, &last);
    assert_eq!(decide(&provider, &pledge_as(pledge_form(501))).unwrap_err().reason(), "PLEDGES_MAX");
}
