//! What review or a court undid, beside what a certification holds: breaches, prices, refused cases, bars on operators.

use domain::command::*;
use domain::*;

use super::{NOTHING, Row, and, by, on, row};
use crate::world::*;

/// Certified, with a breach of the pledge as act 4 and the order that it opened as act 5.
fn broken() -> Vec<Command> {
    and(certified(), &[breach("2026-06-01", BreachSeverity::Minor)])
}

/// Certified, with a price proposed as act 4 and approved as act 5.
fn priced() -> Vec<Command> {
    and(certified(), &[propose(90_000, PriceUnit::Month), approve_price()])
}

/// A case that was decided against, which is act 6.
pub(crate) fn refused() -> Vec<Command> {
    and(publicised(), &[refuse("2026-03-20")])
}

/// Decided on a day, from that day on.
fn revoke_on(on: &str) -> Command {
    revoke_as(|c| (c.decided_on, c.effective_on) = (day(on), day(on)))
}

pub(crate) fn rows() -> Vec<Row> {
    [of_breaches(), of_prices(), of_cases(), of_rulings(), of_measures(), of_reviews(), of_notices(), of_renewals()]
        .into_iter()
        .flatten()
        .collect()
}

/// A revocation as act 5, which a ruling undid as act 6, or a certification, which is act 3, that one undid as act 4; and then that ruling.
fn of_rulings() -> Vec<Row> {
    let revoked = || {
        and(
            certified(),
            &[notice_revocation("2026-06-01", "2026-06-08"), revoke_on("2026-06-10"), overturn(5, "2026-06-15")],
        )
    };
    let again = || and(revoked(), &[overturn(6, "2026-06-20")]);
    let annulled = || and(certified(), &[overturn(3, "2026-06-10")]);
    let anew = certify_as(|c| {
        (c.decided_on, c.valid_from, c.valid_to) = (day("2026-06-25"), day("2026-06-25"), day("2029-06-24"));
        c.document_number = text("认定2号");
        c.notice = Some(window("2026-06-11", "2026-06-17"));
    });
    vec![
        row("undone, a revocation is none", revoked(), suspend(CARE, "2026-06-22"), Ok(&["CertificationSuspended"])),
        row("the ruling is undone itself", revoked(), overturn(6, "2026-06-20"), Ok(&["ActOverturned"])),
        row("not before it was", revoked(), overturn(6, "2026-06-14"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("once", again(), overturn(6, "2026-06-21"), Err("ACT_NOT_OPEN")),
        row("sent again it is on record", again(), overturn(6, "2026-06-20"), NOTHING),
        row("then the revocation stands again", again(), suspend(CARE, "2026-06-22"), Err("NOT_LIVE")),
        row("from that day on", again(), suspend(CARE, "2026-06-19"), Ok(&["CertificationSuspended"])),
        row("with its bar", again(), apply("2026-06-22"), Err("BARRED")),
        row("the last ruling is undone as well", again(), overturn(7, "2026-06-25"), Ok(&["ActOverturned"])),
        row(
            "and the revocation with it",
            and(again(), &[overturn(7, "2026-06-25")]),
            suspend(CARE, "2026-06-26"),
            Ok(&["CertificationSuspended"]),
        ),
        row("or the revocation by its own number", again(), overturn(5, "2026-06-25"), Ok(&["ActOverturned"])),
        row(
            "a certification that was undone is there again",
            annulled(),
            overturn(4, "2026-06-20"),
            Ok(&["ActOverturned"]),
        ),
        row(
            "as it was",
            and(annulled(), &[overturn(4, "2026-06-20")]),
            suspend(CARE, "2026-06-22"),
            Ok(&["CertificationSuspended"]),
        ),
        row(
            "not beside what took its place",
            and(annulled(), &[anew]),
            overturn(4, "2026-06-30"),
            Err("CERTIFIED_SINCE"),
        ),
        row(
            "it can be undone anew",
            and(annulled(), &[overturn(4, "2026-06-20")]),
            overturn(3, "2026-06-25"),
            Ok(&["ActOverturned"]),
        ),
        by(
            "commerce",
            row(
                "by who decides on the category",
                revoked(),
                overturn(6, "2026-06-20"),
                Err("NOT_COMPETENT_FOR_CATEGORY"),
            ),
        ),
    ]
}

/// A certification with an order as act 4, or with a suspension, which a ruling undid as act 5 and that was undone as act 6.
fn of_measures() -> Vec<Row> {
    let ordered = || and(certified(), &[rectify("2026-06-01", "2026-07-01"), overturn(4, "2026-06-10")]);
    let back = || and(ordered(), &[overturn(5, "2026-06-20")]);
    let suspended = || and(certified(), &[suspend(CARE, "2026-06-01"), overturn(4, "2026-06-10")]);
    let held = || and(suspended(), &[overturn(5, "2026-06-20")]);
    let met =
        || and(certified(), &[rectify("2026-06-01", "2026-07-01"), rectified("2026-06-05"), overturn(4, "2026-06-10")]);
    vec![
        row("the ruling on an order is undone itself", ordered(), overturn(5, "2026-06-20"), Ok(&["ActOverturned"])),
        row("not before it was", ordered(), overturn(5, "2026-06-09"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("once", back(), overturn(5, "2026-06-21"), Err("ACT_NOT_OPEN")),
        row("sent again it is on record", back(), overturn(5, "2026-06-20"), NOTHING),
        row("undone, nothing was to be mended", back(), rectified("2026-06-15"), Err("NOT_RECTIFYING")),
        row("before, the breach was", back(), rectified("2026-06-09"), Ok(&["RectificationAccepted"])),
        row("put back, it is to be mended", back(), rectified("2026-06-20"), Ok(&["RectificationAccepted"])),
        row("by its own number", back(), rectified_of(4, "2026-06-22"), Ok(&["RectificationAccepted"])),
        row("the order is undone anew", back(), overturn(4, "2026-06-25"), Ok(&["ActOverturned"])),
        row("or what put it back", back(), overturn(6, "2026-06-25"), Ok(&["ActOverturned"])),
        row("not before it was put back", back(), overturn(4, "2026-06-19"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("one of both", and(back(), &[overturn(4, "2026-06-25")]), overturn(6, "2026-06-26"), Err("ACT_NOT_OPEN")),
        row(
            "and then nothing is to be mended again",
            and(back(), &[overturn(6, "2026-06-25")]),
            rectified("2026-06-26"),
            Err("NOT_RECTIFYING"),
        ),
        row(
            "and so on",
            and(back(), &[overturn(6, "2026-06-25"), overturn(7, "2026-06-26")]),
            rectified("2026-06-26"),
            Ok(&["RectificationAccepted"]),
        ),
        row(
            "met before, it is met",
            and(met(), &[overturn(6, "2026-06-20")]),
            rectified("2026-06-22"),
            Err("NOT_RECTIFYING"),
        ),
        row("the ruling on a suspension", suspended(), overturn(5, "2026-06-20"), Ok(&["ActOverturned"])),
        row("put back, it is to be ended", held(), resume("2026-06-22"), Ok(&["CertificationResumed"])),
        row("undone, it was none", held(), resume("2026-06-15"), Err("NOT_SUSPENDED")),
        row("it is undone anew", held(), overturn(4, "2026-06-25"), Ok(&["ActOverturned"])),
        row(
            "and is to be ended no more",
            and(held(), &[overturn(4, "2026-06-25")]),
            resume("2026-06-26"),
            Err("NOT_SUSPENDED"),
        ),
        by(
            "commerce",
            row(
                "by who decides on the category",
                ordered(),
                overturn(5, "2026-06-20"),
                Err("NOT_COMPETENT_FOR_CATEGORY"),
            ),
        ),
    ]
}

/// A review that failed as act 4, with its order as act 5, which a ruling undid as act 6.
fn of_reviews() -> Vec<Row> {
    let failed = |of: ReviewResult, on| review(2026, of, on);
    let undone = || and(certified(), &[failed(ReviewResult::Failed, "2026-06-01"), overturn(4, "2026-06-10")]);
    let back = || and(undone(), &[overturn(6, "2026-06-20")]);
    let passed = failed(ReviewResult::Passed, "2026-06-12");
    vec![
        row("the ruling on a review is undone", undone(), overturn(6, "2026-06-20"), Ok(&["ActOverturned"])),
        row("undone, the year is reviewed anew", undone(), passed.clone(), Ok(&["ReviewRecorded"])),
        row(
            "put back, it is reviewed",
            back(),
            failed(ReviewResult::Passed, "2026-06-21"),
            Err("YEAR_ALREADY_REVIEWED"),
        ),
        row(
            "two reviews of a year do not stand",
            and(undone(), &[passed]),
            overturn(6, "2026-06-20"),
            Err("YEAR_ALREADY_REVIEWED"),
        ),
        row("its order is open again", back(), rectified("2026-06-22"), Ok(&["RectificationAccepted"])),
        row("and was not meanwhile", back(), rectified("2026-06-15"), Err("NOT_RECTIFYING")),
        row(
            "unless that was overturned itself",
            and(
                certified(),
                &[
                    failed(ReviewResult::Failed, "2026-06-01"),
                    overturn(5, "2026-06-05"),
                    overturn(4, "2026-06-10"),
                    overturn(7, "2026-06-20"),
                ],
            ),
            rectified("2026-06-22"),
            Err("NOT_RECTIFYING"),
        ),
        row(
            "undone anew, its order goes with it",
            and(back(), &[overturn(7, "2026-06-25")]),
            rectified("2026-06-26"),
            Err("NOT_RECTIFYING"),
        ),
    ]
}

/// What rulings leave of an order, of which one is undone with the review that it followed from.
#[test]
fn a_measure_stands_in_the_stretches_that_the_rulings_leave_it() {
    let world = World::new();
    let state = |given: &[Command]| {
        given.iter().fold(Provider::default(), |state, command| {
            then(state.clone(), &world.decide(&state, "everything", day("2026-07-01"), command).unwrap())
        })
    };
    let days = ["2026-06-01", "2026-06-10", "2026-06-20", "2026-06-25", "2026-06-28"];
    let stands = |given: &[Command]| {
        let state = state(given);
        days.map(|on| {
            let (_, standing) = state.standing(&category(CARE), day(on)).unwrap();
            (standing.status, standing.since.unwrap().to_string())
        })
    };
    let of = |status: Status, expected: [(bool, &str); 5]| {
        expected.map(|(is_held, since)| (if is_held { status } else { Status::Valid }, since.to_owned()))
    };
    let rulings = [overturn(4, "2026-06-10"), overturn(5, "2026-06-20"), overturn(6, "2026-06-25")];
    let expected = [
        (true, "2026-06-01"),
        (false, "2026-06-10"),
        (true, "2026-06-20"),
        (false, "2026-06-25"),
        (false, "2026-06-25"),
    ];
    let order = [certified(), vec![rectify("2026-06-01", "2026-07-01")], rulings.to_vec()].concat();
    assert_eq!(stands(&order), of(Status::Rectifying, expected));
    let suspension = [certified(), vec![suspend(CARE, "2026-06-01")], rulings.to_vec()].concat();
    assert_eq!(stands(&suspension), of(Status::Suspended, expected));
    // Its own rulings and those on its cause: it stands where both leave it.
    let failed = review(2026, ReviewResult::Failed, "2026-06-01");
    let own =
        [overturn(4, "2026-06-10"), overturn(6, "2026-06-20"), overturn(5, "2026-06-25"), overturn(8, "2026-06-28")];
    let expected = [
        (true, "2026-06-01"),
        (false, "2026-06-10"),
        (true, "2026-06-20"),
        (false, "2026-06-25"),
        (true, "2026-06-28"),
    ];
    assert_eq!(stands(&[certified(), vec![failed], own.to_vec()].concat()), of(Status::Rectifying, expected));
}

/// Undone, put back and undone again: each from its day on.
#[test]
fn an_act_stands_in_the_stretches_that_the_rulings_leave_it() {
    let world = World::new();
    let revoked = [notice_revocation("2026-06-01", "2026-06-08"), revoke_on("2026-06-10")];
    let rulings = [overturn(5, "2026-06-15"), overturn(6, "2026-06-20"), overturn(7, "2026-06-25")];
    let given = [certified(), revoked.to_vec(), rulings.to_vec()].concat();
    let state = given.iter().fold(Provider::default(), |state, command| {
        then(state.clone(), &world.decide(&state, "everything", day("2026-07-01"), command).unwrap())
    });
    let live = |on: &str| state.certifications[0].live_on(day(on));
    let days = [
        "2026-06-09",
        "2026-06-10",
        "2026-06-14",
        "2026-06-15",
        "2026-06-19",
        "2026-06-20",
        "2026-06-24",
        "2026-06-25",
    ];
    assert_eq!(days.map(live), [true, false, false, true, true, false, false, true]);
    let barred = |on: &str| state.barred_on(day(on)).is_some();
    assert_eq!(days.map(barred), [false, true, true, false, false, true, true, false]);
}

fn of_breaches() -> Vec<Row> {
    let undone = || and(broken(), &[overturn(4, "2026-06-10")]);
    let back = || and(undone(), &[overturn(6, "2026-06-20")]);
    let rest_on = |of: &str| {
        let on = of.to_owned();
        certify_as(|c| {
            c.category = category("domestic");
            (c.decided_on, c.valid_from) = (day(&on), day(&on));
            c.notice = NoticeWindow::new(day(&on).plus_days(-20), day(&on).plus_days(-1)).ok();
        })
    };
    vec![
        row("a breach is overturned", broken(), overturn(4, "2026-06-10"), Ok(&["ActOverturned"])),
        row("not before it was determined", broken(), overturn(4, "2026-05-31"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("once", undone(), overturn(4, "2026-06-11"), Err("ACT_NOT_OPEN")),
        row("sent again it is on record", undone(), overturn(4, "2026-06-10"), NOTHING),
        row("the order that followed is over with it", undone(), rectified("2026-06-12"), Err("NOT_RECTIFYING")),
        row("and there is nothing to repair", undone(), repair("2026-06-12"), Err("PLEDGE_NOT_BROKEN")),
        row("nor is it named", undone(), repair_of(Some(4), "2026-06-12"), Err("ACT_NOT_OPEN")),
        row("a decision rests on no broken pledge", broken(), rest_on("2026-06-12"), Err("PLEDGE_NOT_IN_FORCE")),
        row("undone, the pledge binds again", undone(), rest_on("2026-06-12"), Ok(&["Certified"])),
        row("from the ruling on, not before", undone(), rest_on("2026-06-09"), Err("PLEDGE_NOT_IN_FORCE")),
        row("and may be found kept", undone(), fulfil("2026-06-20"), Ok(&["PledgeFulfilled"])),
        row(
            "or be broken again",
            undone(),
            breach("2026-06-20", BreachSeverity::Minor),
            Ok(&["PledgeBroken", "RectificationOrdered"]),
        ),
        by(
            "commerce",
            row(
                "by who keeps the outlet's pledges",
                broken(),
                overturn(4, "2026-06-10"),
                Err("NOT_COMPETENT_FOR_OUTLET"),
            ),
        ),
        row(
            "a pledge that was made binds nobody else",
            certified(),
            overturn(2, "2026-06-10"),
            Err("ACT_NOT_OVERTURNABLE"),
        ),
        row("the ruling on a breach is undone itself", undone(), overturn(6, "2026-06-20"), Ok(&["ActOverturned"])),
        row("not before it was", undone(), overturn(6, "2026-06-09"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("once", back(), overturn(6, "2026-06-21"), Err("ACT_NOT_OPEN")),
        row("sent again it is on record", back(), overturn(6, "2026-06-20"), NOTHING),
        row("put back, the pledge binds no more", back(), rest_on("2026-06-22"), Err("PLEDGE_NOT_IN_FORCE")),
        row("meanwhile it did", back(), rest_on("2026-06-15"), Ok(&["Certified"])),
        row("nor is it found kept", back(), fulfil("2026-06-22"), Err("PLEDGE_DETERMINED")),
        row("its order is open again", back(), rectified("2026-06-22"), Ok(&["RectificationAccepted"])),
        row("and was not meanwhile", back(), rectified("2026-06-15"), Err("NOT_RECTIFYING")),
        row("before it is repaired it is mended", back(), repair("2026-06-30"), Err("BREACH_NOT_MENDED")),
        row(
            "then it is repaired",
            and(back(), &[rectified("2026-06-22")]),
            repair("2026-06-30"),
            Ok(&["PledgeRepaired"]),
        ),
        row(
            "not while it was undone",
            and(back(), &[rectified("2026-06-22")]),
            repair("2026-06-15"),
            Err("PLEDGE_NOT_BROKEN"),
        ),
        row("it is undone anew by its own number", back(), overturn(4, "2026-06-25"), Ok(&["ActOverturned"])),
        row("or by what put it back", back(), overturn(7, "2026-06-25"), Ok(&["ActOverturned"])),
        row("not before it was put back", back(), overturn(4, "2026-06-19"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row(
            "by one of both",
            and(back(), &[overturn(4, "2026-06-25")]),
            overturn(7, "2026-06-26"),
            Err("ACT_NOT_OPEN"),
        ),
        row(
            "and the pledge binds once more",
            and(back(), &[overturn(7, "2026-06-25")]),
            rest_on("2026-06-26"),
            Ok(&["Certified"]),
        ),
        by(
            "commerce",
            row(
                "it is put back by who keeps the outlet's pledges",
                undone(),
                overturn(6, "2026-06-20"),
                Err("NOT_COMPETENT_FOR_OUTLET"),
            ),
        ),
    ]
}

fn of_prices() -> Vec<Row> {
    let turned_down = || and(certified(), &[propose(90_000, PriceUnit::Month), reject_price()]);
    let unpriced = || and(priced(), &[overturn(5, "2026-06-10")]);
    let back = || and(unpriced(), &[overturn(6, "2026-06-20")]);
    let risen = || {
        let proposed = propose_as("2026-05-10", price(99_000, PriceUnit::Month));
        and(priced(), &[proposed, approve_of(Some(6), "2026-05-11", "2026-06-01")])
    };
    vec![
        row("a price that was approved", priced(), overturn(5, "2026-06-10"), Ok(&["ActOverturned"])),
        row("not before it was decided", priced(), overturn(5, "2026-04-09"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("once", and(priced(), &[overturn(5, "2026-06-10")]), overturn(5, "2026-06-11"), Err("ACT_NOT_OPEN")),
        row(
            "its proposal waits again, and is decided anew",
            and(priced(), &[overturn(5, "2026-06-10")]),
            reject_of(None, "2026-06-12"),
            Ok(&["PriceRejected"]),
        ),
        row(
            "not before the ruling",
            and(priced(), &[overturn(5, "2026-06-10")]),
            reject_of(None, "2026-06-09"),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row(
            "and no other is proposed meanwhile",
            and(priced(), &[overturn(5, "2026-06-10")]),
            propose_as("2026-06-12", price(95_000, PriceUnit::Month)),
            Err("PRICE_PENDING"),
        ),
        row("one that was turned down", turned_down(), overturn(5, "2026-06-10"), Ok(&["ActOverturned"])),
        row(
            "is approved after all",
            and(turned_down(), &[overturn(5, "2026-06-10")]),
            approve_on("2026-06-12", "2026-07-01"),
            Ok(&["PriceApproved"]),
        ),
        row(
            "the price before binds again: rises count from it",
            and(risen(), &[overturn(7, "2026-06-10"), reject_of(Some(6), "2026-06-11")]),
            propose_as("2026-06-12", price(99_001, PriceUnit::Month)),
            Err("PRICE_RISE_TOO_LARGE"),
        ),
        row("what is proposed decides nothing", priced(), overturn(4, "2026-06-10"), Err("ACT_NOT_OVERTURNABLE")),
        row(
            "the ruling on an approval is undone itself",
            unpriced(),
            overturn(6, "2026-06-20"),
            Ok(&["ActOverturned"]),
        ),
        row("not before it was", unpriced(), overturn(6, "2026-06-09"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("once", back(), overturn(6, "2026-06-21"), Err("ACT_NOT_OPEN")),
        row("sent again it is on record", back(), overturn(6, "2026-06-20"), NOTHING),
        row(
            "put back, its proposal waits no more",
            back(),
            reject_of(Some(4), "2026-06-22"),
            Err("PRICE_ALREADY_DECIDED"),
        ),
        row(
            "and another may be proposed",
            back(),
            propose_as("2026-06-22", price(95_000, PriceUnit::Month)),
            Ok(&["PriceProposed"]),
        ),
        row("it is undone anew", back(), overturn(5, "2026-06-25"), Ok(&["ActOverturned"])),
        row("or what put it back", back(), overturn(7, "2026-06-25"), Ok(&["ActOverturned"])),
        row("not before it was put back", back(), overturn(5, "2026-06-19"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row(
            "then the proposal waits again",
            and(back(), &[overturn(7, "2026-06-25")]),
            reject_of(Some(4), "2026-06-26"),
            Ok(&["PriceRejected"]),
        ),
        row(
            "two decisions on one proposal do not stand",
            and(unpriced(), &[reject_of(Some(4), "2026-06-12")]),
            overturn(6, "2026-06-20"),
            Err("PRICE_ALREADY_DECIDED"),
        ),
        row(
            "the other one is undone first",
            and(unpriced(), &[reject_of(Some(4), "2026-06-12"), overturn(7, "2026-06-15")]),
            overturn(6, "2026-06-20"),
            Ok(&["ActOverturned"]),
        ),
        row(
            "a rejection that was undone stands again",
            and(turned_down(), &[overturn(5, "2026-06-10"), overturn(6, "2026-06-20")]),
            approve_on("2026-06-22", "2026-07-01"),
            Err("NO_PRICE_PENDING"),
        ),
    ]
}

/// A notice of an intended revocation as act 4, which a ruling undid as act 5.
fn of_notices() -> Vec<Row> {
    let told = || and(certified(), &[notice_revocation("2026-06-01", "2026-06-08")]);
    let undone = || and(told(), &[overturn(4, "2026-06-05")]);
    let back = || and(undone(), &[overturn(5, "2026-06-09")]);
    vec![
        row("a notice is overturned", told(), overturn(4, "2026-06-05"), Ok(&["ActOverturned"])),
        row("nothing rests on it then", undone(), revoke_on("2026-06-10"), Err("REVOCATION_NOT_NOTICED")),
        row("the ruling on it is undone itself", undone(), overturn(5, "2026-06-09"), Ok(&["ActOverturned"])),
        row("not before it was", undone(), overturn(5, "2026-06-04"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("once", back(), overturn(5, "2026-06-10"), Err("ACT_NOT_OPEN")),
        row("sent again it is on record", back(), overturn(5, "2026-06-09"), NOTHING),
        row("put back, it is decided on", back(), revoke_on("2026-06-10"), Ok(&["CertificationRevoked"])),
        row("or dropped", back(), lift_notice("2026-06-10"), Ok(&["RevocationNoticeLifted"])),
        row("not while it was undone", back(), lift_notice("2026-06-07"), Err("REVOCATION_NOT_NOTICED")),
        row("it is undone anew", back(), overturn(4, "2026-06-12"), Ok(&["ActOverturned"])),
        row("or what put it back", back(), overturn(6, "2026-06-12"), Ok(&["ActOverturned"])),
        row("not before it was put back", back(), overturn(4, "2026-06-08"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row(
            "and nothing rests on it once more",
            and(back(), &[overturn(6, "2026-06-12")]),
            revoke_on("2026-06-15"),
            Err("REVOCATION_NOT_NOTICED"),
        ),
        row(
            "what was dropped before, and typed late, is dropped also once it is put back",
            and(undone(), &[lift_notice("2026-06-03"), overturn(5, "2026-06-09")]),
            revoke_on("2026-06-10"),
            Err("REVOCATION_NOT_NOTICED"),
        ),
        row(
            "what rests on it is overturned, and not the notice",
            and(back(), &[revoke_on("2026-06-10")]),
            overturn(4, "2026-06-12"),
            Err("ACT_NOT_OVERTURNABLE"),
        ),
    ]
}

fn of_cases() -> Vec<Row> {
    let reopened = || and(refused(), &[overturn(7, "2026-03-25")]);
    let back = || and(reopened(), &[overturn(8, "2026-04-10")]);
    let on_case = |on: &str| {
        let decided = day(on);
        certify_as(|c| {
            (c.decided_on, c.valid_from) = (decided, decided);
            c.notice = None;
        })
    };
    let accepted = || vec![apply("2026-02-02"), accept("2026-02-03")];
    vec![
        row("a case that was decided against", refused(), overturn(7, "2026-03-25"), Ok(&["ActOverturned"])),
        row("not before it was", refused(), overturn(7, "2026-03-19"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("goes on from where it stood", reopened(), on_case("2026-03-26"), Ok(&["Certified"])),
        row(
            "with what was done before the decision and typed after it",
            vec![
                apply("2026-02-02"),
                accept("2026-02-03"),
                refuse("2026-02-20"),
                inspect("2026-02-10", true),
                overturn(4, "2026-02-25"),
            ],
            notice("2026-03-02", "2026-03-06"),
            Ok(&["NoticeOpened"]),
        ),
        row("not before the ruling", reopened(), on_case("2026-03-24"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row(
            "an application of a day on which it stood refused takes its place, also when it is typed after the ruling",
            and(accepted(), &[refuse("2026-02-20"), overturn(4, "2026-03-01")]),
            apply("2026-02-25"),
            Ok(&["ApplicationFiled"]),
        ),
        row(
            "which goes on then, and not the other",
            and(accepted(), &[refuse("2026-02-20"), overturn(4, "2026-03-01"), apply("2026-02-25")]),
            accept("2026-02-26"),
            Ok(&["CaseAccepted"]),
        ),
        row(
            "not one of a day before it was refused",
            and(accepted(), &[refuse("2026-02-20"), overturn(4, "2026-03-01")]),
            apply("2026-02-19"),
            Err("CASE_OPEN"),
        ),
        row(
            "nor of the day of the ruling",
            and(accepted(), &[refuse("2026-02-20"), overturn(4, "2026-03-01")]),
            apply("2026-03-01"),
            Err("CASE_OPEN"),
        ),
        row(
            "nor where it has gone on since",
            and(accepted(), &[refuse("2026-02-20"), overturn(4, "2026-03-01"), inspect("2026-03-02", true)]),
            apply("2026-02-25"),
            Err("CASE_OPEN"),
        ),
        row("and is open until then", reopened(), apply("2026-04-01"), Err("CASE_OPEN")),
        row("or is decided against anew", reopened(), refuse("2026-04-02"), Ok(&["CaseRefused"])),
        row(
            "which may be overturned as well",
            and(reopened(), &[refuse("2026-04-02")]),
            overturn(9, "2026-04-10"),
            Ok(&["ActOverturned"]),
        ),
        row("the ruling on it is undone itself", reopened(), overturn(8, "2026-04-10"), Ok(&["ActOverturned"])),
        row("not before it was", reopened(), overturn(8, "2026-03-24"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("once", back(), overturn(8, "2026-04-11"), Err("ACT_NOT_OPEN")),
        row("sent again it is on record", back(), overturn(8, "2026-04-10"), NOTHING),
        row("the case is decided again", back(), on_case("2026-04-12"), Err("NOTICE_MISSING")),
        row("nothing more is to be decided of it", back(), refuse("2026-04-12"), Err("NO_OPEN_CASE")),
        row("it is applied for anew", back(), apply("2026-04-12"), Ok(&["ApplicationFiled"])),
        row("it is undone anew by its own number", back(), overturn(7, "2026-04-20"), Ok(&["ActOverturned"])),
        row("or by what put it back", back(), overturn(9, "2026-04-20"), Ok(&["ActOverturned"])),
        row("not before it was put back", back(), overturn(7, "2026-04-09"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row(
            "by one of both",
            and(back(), &[overturn(7, "2026-04-20")]),
            overturn(9, "2026-04-21"),
            Err("ACT_NOT_OPEN"),
        ),
        row(
            "and the case goes on once more",
            and(back(), &[overturn(9, "2026-04-20")]),
            on_case("2026-04-21"),
            Ok(&["Certified"]),
        ),
        row(
            "not beside what was granted since",
            and(reopened(), &[on_case("2026-03-26")]),
            overturn(8, "2026-04-10"),
            Err("CASE_GRANTED_SINCE"),
        ),
        row(
            "once that is ended",
            and(reopened(), &[on_case("2026-03-26"), overturn(9, "2026-04-09")]),
            overturn(8, "2026-04-10"),
            Ok(&["ActOverturned"]),
        ),
        row(
            "beside one that was decided since, and both stand",
            and(reopened(), &[refuse("2026-04-02")]),
            overturn(8, "2026-04-10"),
            Ok(&["ActOverturned"]),
        ),
        row(
            "so that the case goes on by no ruling on one of them",
            and(reopened(), &[refuse("2026-04-02"), overturn(8, "2026-04-10"), overturn(9, "2026-04-11")]),
            refuse("2026-04-20"),
            Err("NO_OPEN_CASE"),
        ),
        row(
            "but on both",
            and(
                reopened(),
                &[
                    refuse("2026-04-02"),
                    overturn(8, "2026-04-10"),
                    overturn(9, "2026-04-11"),
                    overturn(7, "2026-04-12"),
                ],
            ),
            refuse("2026-04-20"),
            Ok(&["CaseRefused"]),
        ),
        row(
            "what was taken back meanwhile stays so",
            and(reopened(), &[withdraw_case("2026-04-02"), overturn(8, "2026-04-10"), overturn(7, "2026-04-12")]),
            refuse("2026-04-20"),
            Err("NO_OPEN_CASE"),
        ),
        row(
            "where another application took its place, that one goes on",
            and(refused(), &[apply("2026-03-22"), overturn(7, "2026-03-25")]),
            accept("2026-03-26"),
            Ok(&["CaseAccepted"]),
        ),
        row("what only steps on is corrected", publicised(), overturn(4, "2026-03-25"), Err("ACT_NOT_OVERTURNABLE")),
        on(
            "2026-07-01",
            by(
                "commerce",
                row(
                    "by who decides on the category",
                    refused(),
                    overturn(7, "2026-03-25"),
                    Err("NOT_COMPETENT_FOR_CATEGORY"),
                ),
            ),
        ),
    ]
}

/// Terms that were added, of a certification to the end of March.
fn of_renewals() -> Vec<Row> {
    let short = || vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-03-31"))];
    let renewed = || and(short(), &[renew("2026-03-20", "2026-04-01", "2026-04-30")]);
    let undone = || and(renewed(), &[overturn(4, "2026-03-25")]);
    let back = || and(undone(), &[overturn(5, "2026-04-10")]);
    let twice = || and(renewed(), &[renew("2026-04-20", "2026-05-01", "2026-05-31")]);
    let both_undone = || and(twice(), &[overturn(5, "2026-04-22"), overturn(4, "2026-04-24")]);
    let another = || {
        certify_as(|c| {
            (c.decided_on, c.valid_from, c.valid_to) = (day("2026-04-05"), day("2026-04-05"), day("2029-04-04"));
            c.document_number = text("认定9号");
            c.notice = NoticeWindow::new(day("2026-03-26"), day("2026-04-01")).ok();
        })
    };
    let rows = vec![
        row("the ruling on a renewal is undone itself", undone(), overturn(5, "2026-04-10"), Ok(&["ActOverturned"])),
        row("not before it was", undone(), overturn(5, "2026-03-24"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("once", back(), overturn(5, "2026-04-11"), Err("ACT_NOT_OPEN")),
        row("sent again it is on record", back(), overturn(5, "2026-04-10"), NOTHING),
        row("the term is there again", back(), suspend(CARE, "2026-04-10"), Ok(&["CertificationSuspended"])),
        row("and was over meanwhile", back(), suspend(CARE, "2026-04-09"), Err("NOT_LIVE")),
        row(
            "another is added to it",
            back(),
            renew("2026-04-20", "2026-05-01", "2026-05-31"),
            Ok(&["CertificationRenewed"]),
        ),
        row("not before it was put back", back(), renew("2026-04-09", "2026-05-01", "2026-05-31"), Err("NOT_LIVE")),
        row("it is undone anew by its own number", back(), overturn(4, "2026-04-20"), Ok(&["ActOverturned"])),
        row("or by what put it back", back(), overturn(6, "2026-04-20"), Ok(&["ActOverturned"])),
        row("not before it was put back", back(), overturn(4, "2026-04-09"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row(
            "by one of both",
            and(back(), &[overturn(4, "2026-04-20")]),
            overturn(6, "2026-04-21"),
            Err("ACT_NOT_OPEN"),
        ),
        row(
            "not beside another that was certified since",
            and(undone(), &[another()]),
            overturn(5, "2026-04-10"),
            Err("CERTIFIED_SINCE"),
        ),
        row(
            "nor beside another term that was added since",
            and(undone(), &[renew("2026-03-26", "2026-04-01", "2026-05-31")]),
            overturn(5, "2026-04-10"),
            Err("RENEWED_SINCE"),
        ),
        row(
            "but once that is overturned",
            and(undone(), &[renew("2026-03-26", "2026-04-01", "2026-05-31"), overturn(6, "2026-04-09")]),
            overturn(5, "2026-04-10"),
            Ok(&["ActOverturned"]),
        ),
        row(
            "what it was added to comes back first",
            both_undone(),
            overturn(6, "2026-04-26"),
            Err("RENEWAL_BEFORE_UNDONE"),
        ),
        row("which may", both_undone(), overturn(7, "2026-04-26"), Ok(&["ActOverturned"])),
        row(
            "and it after that",
            and(both_undone(), &[overturn(7, "2026-04-26")]),
            overturn(6, "2026-04-27"),
            Ok(&["ActOverturned"]),
        ),
        row("whatever lapsed meanwhile", and(undone(), &[expire()]), overturn(5, "2026-04-10"), Ok(&["ActOverturned"])),
    ];
    rows.into_iter().map(|row| on("2026-04-30", row)).collect()
}

/// A breach that was overturned was one until then.
#[test]
fn a_pledge_stands_by_what_held_on_the_day() {
    let world = World::new();
    let decided = [broken(), vec![overturn(4, "2026-06-10")]].concat();
    let state = decided.iter().fold(Provider::default(), |state, command| {
        then(state.clone(), &world.decide(&state, "everything", day("2026-07-01"), command).unwrap())
    });
    let pledge = &state.pledges[&pledge_number(1)];
    let of = |text: &str| (pledge.status_on(day(text)), pledge.in_force_on(day(text)));
    assert_eq!(of("2026-05-31"), (PledgeStatus::UnderSupervision, true));
    assert_eq!(of("2026-06-01"), (PledgeStatus::Broken, false));
    assert_eq!(of("2026-06-09"), (PledgeStatus::Broken, false));
    assert_eq!(of("2026-06-10"), (PledgeStatus::UnderSupervision, true));
    let on = |text: &str| state.standing(&category(CARE), day(text)).unwrap().1.status;
    assert_eq!([on("2026-06-09"), on("2026-06-10")], [Status::Rectifying, Status::Valid]);
}

/// Undone, put back and undone anew: the pledge and the order that followed from the breach stand by what held on the day. A breach that was
/// repaired is so as well once it is put back, and undone it is none.
#[test]
fn a_pledge_stands_in_the_stretches_that_the_rulings_leave_its_breach() {
    use PledgeStatus::{Broken, Repaired, UnderSupervision};
    let world = World::new();
    let state = |given: &[Command]| {
        given.iter().fold(Provider::default(), |state, command| {
            then(state.clone(), &world.decide(&state, "everything", day("2026-07-01"), command).unwrap())
        })
    };
    let rulings = [overturn(4, "2026-06-10"), overturn(6, "2026-06-15"), overturn(7, "2026-06-20")];
    let days = ["2026-05-31", "2026-06-01", "2026-06-10", "2026-06-15", "2026-06-20"];
    let undone = state(&[broken(), rulings.to_vec()].concat());
    let pledge = &undone.pledges[&pledge_number(1)];
    let stands = days.map(|on| (pledge.status_on(day(on)), pledge.in_force_on(day(on))));
    let (kept, shown) = ((UnderSupervision, true), (Broken, false));
    assert_eq!(stands, [kept, shown, kept, shown, kept]);
    let on = |text: &str| undone.standing(&category(CARE), day(text)).unwrap().1.status == Status::Rectifying;
    assert_eq!(days.map(on), [false, true, false, true, false]);

    let repaired = [rectified("2026-06-02"), repair("2026-06-05")];
    let rulings = [overturn(4, "2026-06-10"), overturn(8, "2026-06-15")];
    let back = state(&[broken(), repaired.to_vec(), rulings.to_vec()].concat());
    let pledge = &back.pledges[&pledge_number(1)];
    let days = ["2026-06-01", "2026-06-05", "2026-06-10", "2026-06-15"];
    assert_eq!(days.map(|on| pledge.status_on(day(on))), [Broken, Repaired, UnderSupervision, Repaired]);
}

/// A price that was overturned was paid until then, and the one before it is after.
#[test]
fn the_price_of_a_day_is_what_held_on_it() {
    let world = World::new();
    let proposed = propose_as("2026-05-10", price(99_000, PriceUnit::Month));
    let risen = [proposed, approve_of(Some(6), "2026-05-11", "2026-06-01"), overturn(7, "2026-06-10")];
    let state = [priced(), risen.to_vec()].concat().iter().fold(Provider::default(), |state, command| {
        then(state.clone(), &world.decide(&state, "everything", day("2026-07-01"), command).unwrap())
    });
    let promise = &state.prices[&(category(CARE), text("全日托"))];
    let on =
        |text: &str| promise.in_force(day(text), PromisedSince::Ever).map(|proposal| proposal.price.amount_fen.get());
    assert_eq!(
        ["2026-04-30", "2026-05-31", "2026-06-01", "2026-06-09", "2026-06-10"].map(on),
        [None, Some(90_000), Some(99_000), Some(99_000), Some(90_000)]
    );
}

/// An approval that is put back is paid again from the day of that, and the one before it meanwhile.
#[test]
fn a_price_is_paid_in_the_stretches_that_the_rulings_leave_its_approval() {
    let world = World::new();
    let proposed = propose_as("2026-05-10", price(99_000, PriceUnit::Month));
    let risen = [proposed, approve_of(Some(6), "2026-05-11", "2026-06-01")];
    let rulings = [overturn(7, "2026-06-10"), overturn(8, "2026-06-15"), overturn(9, "2026-06-20")];
    let state =
        [priced(), risen.to_vec(), rulings.to_vec()].concat().iter().fold(Provider::default(), |state, command| {
            then(state.clone(), &world.decide(&state, "everything", day("2026-07-01"), command).unwrap())
        });
    let promise = &state.prices[&(category(CARE), text("全日托"))];
    let on =
        |text: &str| promise.in_force(day(text), PromisedSince::Ever).map(|proposal| proposal.price.amount_fen.get());
    let days = ["2026-05-31", "2026-06-01", "2026-06-10", "2026-06-15", "2026-06-20"];
    assert_eq!(days.map(on), [Some(90_000), Some(99_000), Some(90_000), Some(99_000), Some(90_000)]);
    assert_eq!(promise.pending().map(|waiting| waiting.act.get()).collect::<Vec<_>>(), [6]);
}

/// A bar on an operator that was overturned held until then, and can be corrected away like any ruling.
#[test]
fn a_bar_of_an_operator_is_overturned() {
    let scheme = scheme();
    let decide = |operator: &Operator, bureau: &str, command: &OperatorCommand| {
        let bureau = BureauId::parse(bureau).unwrap();
        decide_operator(operator, &operator_code(), command, &scheme, &bureau, day("2026-07-01"))
    };
    let bar = OperatorCommand::BarOperator(BarOperator {
        ground: ground("overcharging"),
        barred_on: day("2026-06-20"),
        until: day("2028-06-20"),
        document_number: text("禁入1号"),
        detail: text("多店乱收费"),
    });
    let ruling = |act: u32, on: &str| {
        let Command::Overturn(c) = overturn(act, on) else { unreachable!() };
        OperatorCommand::Overturn(c)
    };
    let lift = |on: &str| {
        OperatorCommand::LiftOperatorBar(LiftOperatorBar {
            bar: None,
            lifted_on: day(on),
            document_number: text("解除1号"),
            reason: text("整改"),
        })
    };
    let reason = |answer: Result<Vec<Event>, Refusal>| answer.unwrap_err().reason();
    let barred = then_of_operator(Operator::default(), &decide(&Operator::default(), "lists", &bar).unwrap());
    assert_eq!(reason(decide(&barred, "lists", &ruling(2, "2026-06-25"))), "ACT_UNKNOWN");
    assert_eq!(reason(decide(&Operator::default(), "lists", &ruling(1, "2026-06-25"))), "ACT_UNKNOWN");
    assert_eq!(reason(decide(&barred, "lists", &ruling(1, "2026-06-19"))), "DAY_BEFORE_PREVIOUS_STEP");
    assert_eq!(reason(decide(&barred, "lists", &ruling(1, "2026-07-02"))), "DAY_AHEAD");
    let duty = decide(&barred, "everything", &ruling(1, "2026-06-25")).unwrap_err();
    assert_eq!(duty.reason(), "DUTY_MISSING");
    assert!(
        duty.zh().contains("运营主体禁入的职责") && duty.en().ends_with("the duty to bar operators"),
        "{}",
        duty.zh()
    );
    let events = decide(&barred, "lists", &ruling(1, "2026-06-25")).unwrap();
    // The commit says so itself.
    let made_by = command_of(&events).unwrap().made_by;
    assert_eq!(OperatorCommand::of(&made_by), Some(ruling(1, "2026-06-25")));
    let free = then_of_operator(barred, &events);
    assert_eq!(free.barred_on(day("2026-06-24")), Some(day("2028-06-20")));
    assert_eq!(free.barred_on(day("2026-06-25")), None);
    assert_eq!(decide(&free, "lists", &ruling(1, "2026-06-25")), Ok(vec![]));
    assert_eq!(reason(decide(&free, "lists", &ruling(1, "2026-06-26"))), "ACT_NOT_OPEN");
    assert_eq!(reason(decide(&free, "lists", &lift("2026-06-26"))), "NOT_BARRED");
    // Lifted before, and typed late: it had been lifted by then.
    let lifted = then_of_operator(free.clone(), &decide(&free, "lists", &lift("2026-06-22")).unwrap());
    assert_eq!(lifted.barred_on(day("2026-06-22")), None);
    // The ruling on the bar is undone itself: from that day on it holds again.
    assert_eq!(reason(decide(&free, "lists", &ruling(2, "2026-06-24"))), "DAY_BEFORE_PREVIOUS_STEP");
    let back = then_of_operator(free.clone(), &decide(&free, "lists", &ruling(2, "2026-06-27")).unwrap());
    let barred_on = |operator: &Operator, on: &str| operator.barred_on(day(on));
    let until = Some(day("2028-06-20"));
    let days = ["2026-06-19", "2026-06-20", "2026-06-24", "2026-06-25", "2026-06-26", "2026-06-27", "2028-06-20"];
    assert_eq!(days.map(|on| barred_on(&back, on)), [None, until, until, None, None, until, until]);
    assert_eq!(barred_on(&back, "2028-06-21"), None);
    assert_eq!(decide(&back, "lists", &ruling(2, "2026-06-27")), Ok(vec![]));
    assert_eq!(reason(decide(&back, "lists", &ruling(2, "2026-06-28"))), "ACT_NOT_OPEN");
    assert_eq!(reason(decide(&back, "everything", &ruling(3, "2026-06-28"))), "DUTY_MISSING");
    // It is lifted while it holds, and not meanwhile; and undone anew by its own number or by what put it back.
    assert_eq!(reason(decide(&back, "lists", &lift("2026-06-26"))), "NOT_BARRED");
    let lifted = then_of_operator(back.clone(), &decide(&back, "lists", &lift("2026-06-28")).unwrap());
    assert_eq!(["2026-06-27", "2026-06-28"].map(|on| barred_on(&lifted, on)), [until, None]);
    assert_eq!(reason(decide(&back, "lists", &ruling(1, "2026-06-26"))), "DAY_BEFORE_PREVIOUS_STEP");
    for act in [1, 3] {
        let undone = then_of_operator(back.clone(), &decide(&back, "lists", &ruling(act, "2026-06-29")).unwrap());
        assert_eq!(["2026-06-28", "2026-06-29"].map(|on| barred_on(&undone, on)), [until, None], "{act}");
        assert_eq!(reason(decide(&undone, "lists", &ruling(4 - act, "2026-06-30"))), "ACT_NOT_OPEN", "{act}");
    }
}
