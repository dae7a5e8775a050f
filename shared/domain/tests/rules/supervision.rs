//! Supervision: rectification, suspension, yearly review.

use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, and, row, state};

pub(crate) fn rows() -> Vec<Row> {
    // Registered, pledged, certified; the orders are nos. 4 and 5.
    let two_orders = || and(certified(), &[rectify("2026-05-06", "2026-06-05"), rectify("2026-05-07", "2026-06-06")]);
    let suspended = || and(certified(), &[suspend(CARE, "2026-05-06")]);
    let suspended_twice = || and(suspended(), &[suspend(CARE, "2026-05-08")]);
    let ended = || [certified(), vec![withdraw("2026-04-01", "2026-04-01")]].concat();
    vec![
        row(
            "a breach is to be mended",
            certified(),
            rectify("2026-05-06", "2026-06-05"),
            Ok(&["RectificationOrdered"]),
        ),
        row(
            "ordered alike it is already so",
            and(certified(), &[rectify("2026-05-06", "2026-06-05")]),
            rectify("2026-05-06", "2026-06-05"),
            NOTHING,
        ),
        row(
            "each breach has its order, whatever else is open",
            and(certified(), &[rectify("2026-05-06", "2026-06-05")]),
            rectify("2026-05-07", "2026-06-05"),
            Ok(&["RectificationOrdered"]),
        ),
        row(
            "also while it is suspended",
            and(certified(), &[suspend(CARE, "2026-05-06")]),
            rectify("2026-05-07", "2026-06-05"),
            Ok(&["RectificationOrdered"]),
        ),
        row("of two open orders the one is named", two_orders(), rectified("2026-05-20"), Err("SEVERAL_OPEN")),
        row("named it is met", two_orders(), rectified_of(5, "2026-05-20"), Ok(&["RectificationAccepted"])),
        row(
            "and is open no more",
            and(two_orders(), &[rectified_of(5, "2026-05-20")]),
            rectified_of(5, "2026-05-21"),
            Err("ACT_NOT_OPEN"),
        ),
        row("nor is what is no order", two_orders(), rectified_of(3, "2026-05-20"), Err("ACT_NOT_OPEN")),
        row(
            "the other is then the only one",
            and(two_orders(), &[rectified_of(5, "2026-05-20")]),
            rectified("2026-05-21"),
            Ok(&["RectificationAccepted"]),
        ),
        row(
            "one that is not met keeps a term from being renewed",
            and(two_orders(), &[rectified_of(5, "2026-05-20")]),
            renew("2026-05-21", "2029-03-09", "2032-03-08"),
            Err("NOT_VALID"),
        ),
        row(
            "nothing happens to a certification before there is one",
            certified(),
            rectify("2026-03-01", "2026-03-20"),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row("nor is it suspended", certified(), suspend(CARE, "2026-03-01"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row(
            "nor reviewed",
            certified(),
            review(2026, ReviewResult::Passed, "2026-03-01"),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row(
            "nor of a year in which there was none",
            certified(),
            review(2025, ReviewResult::Passed, "2026-06-01"),
            Err("YEAR_BEFORE_CERTIFICATION"),
        ),
        row("within the scheme's term", certified(), rectify("2026-05-06", "2026-06-06"), Err("RECTIFICATION_TERM")),
        row(
            "on a ground of the scheme",
            certified(),
            rectify_for("whim", "2026-05-06", "2026-06-05"),
            Err("GROUND_UNKNOWN"),
        ),
        row(
            "what was never certified is not rectified",
            vec![register()],
            rectify("2026-05-06", "2026-06-05"),
            Err("NOT_CERTIFIED"),
        ),
        row("nor what has ended", ended(), rectify("2026-05-06", "2026-06-05"), Err("NOT_LIVE")),
        row(
            "mended it is valid",
            and(certified(), &[rectify("2026-05-06", "2026-06-05")]),
            rectified("2026-05-20"),
            Ok(&["RectificationAccepted"]),
        ),
        row("only what is broken is mended", certified(), rectified("2026-05-20"), Err("NOT_RECTIFYING")),
        row("a certification is suspended", certified(), suspend(CARE, "2026-05-06"), Ok(&["CertificationSuspended"])),
        row(
            "suspended is suspended",
            and(certified(), &[suspend(CARE, "2026-05-06")]),
            suspend(CARE, "2026-05-06"),
            NOTHING,
        ),
        row(
            "also when it is suspended already",
            suspended(),
            suspend(CARE, "2026-05-08"),
            Ok(&["CertificationSuspended"]),
        ),
        row("of two the one that ends is named", suspended_twice(), resume("2026-05-16"), Err("SEVERAL_OPEN")),
        row("named it ends", suspended_twice(), resume_of(4, "2026-05-16"), Ok(&["CertificationResumed"])),
        row(
            "and the other holds",
            and(suspended_twice(), &[resume_of(4, "2026-05-16")]),
            resume_of(5, "2026-05-17"),
            Ok(&["CertificationResumed"]),
        ),
        row(
            "where the scheme has it",
            [vec![register(), pledge()], vec![certify_as(|c| c.category = category("domestic"))]].concat(),
            suspend("domestic", "2026-05-06"),
            Err("SUSPENSION_NOT_IN_SCHEME"),
        ),
        row(
            "a suspension ends",
            and(certified(), &[suspend(CARE, "2026-05-06")]),
            resume("2026-05-16"),
            Ok(&["CertificationResumed"]),
        ),
        row("if there is one", certified(), resume("2026-05-16"), Err("NOT_SUSPENDED")),
        row(
            "a review is written down",
            certified(),
            review(2026, ReviewResult::Passed, "2026-06-01"),
            Ok(&["ReviewRecorded"]),
        ),
        row(
            "alike it is already so",
            and(certified(), &[review(2026, ReviewResult::Passed, "2026-06-01")]),
            review(2026, ReviewResult::Passed, "2026-06-01"),
            NOTHING,
        ),
        row(
            "one review a year",
            and(certified(), &[review(2026, ReviewResult::Passed, "2026-06-01")]),
            review(2026, ReviewResult::Failed, "2026-06-02"),
            Err("YEAR_ALREADY_REVIEWED"),
        ),
        row(
            "no year is reviewed that has not begun",
            certified(),
            review(2027, ReviewResult::Passed, "2026-06-01"),
            Err("YEAR_NOT_BEGUN"),
        ),
        row(
            "a failed review opens a rectification",
            certified(),
            review(2026, ReviewResult::Failed, "2026-06-01"),
            Ok(&["ReviewRecorded", "RectificationOrdered"]),
        ),
        row(
            "whatever else is open",
            and(two_orders(), &[suspend(CARE, "2026-05-10")]),
            review(2026, ReviewResult::Failed, "2026-06-01"),
            Ok(&["ReviewRecorded", "RectificationOrdered"]),
        ),
    ]
}

#[test]
fn it_stands_suspended_as_long_as_one_suspension_holds() {
    let world = World::new();
    let given =
        [suspend(CARE, "2026-05-06"), suspend(CARE, "2026-05-08"), resume_of(4, "2026-05-16"), resume("2026-05-20")];
    let provider = state(&row("", and(certified(), &given), register(), NOTHING), &world);
    let on = |on: &str| provider.standing(&category(CARE), day(on)).map(|(_, standing)| standing.status).unwrap();
    assert_eq!(
        ["2026-05-05", "2026-05-06", "2026-05-16", "2026-05-19", "2026-05-20"].map(on),
        [Status::Valid, Status::Suspended, Status::Suspended, Status::Suspended, Status::Valid]
    );
}
