//! What was lifted or overturned held until then: what is of an earlier day goes by it, in whichever order both were typed. And what an
//! overturning brings back stands beside nothing that took its place.

use domain::command::*;
use domain::*;

use crate::any_order::certify_again;
use crate::world::*;
use crate::{Row, and, on, row};

pub(crate) fn rows() -> Vec<Row> {
    [measures(), notices(), before_a_renewal(), reviews(), plaques(), two_of_a_category(), cases()]
        .into_iter()
        .flatten()
        .collect()
}

/// A term to the end of August, that may be renewed from March on.
fn short() -> Vec<Command> {
    vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-08-31"))]
}

fn renewed_on(on: &str) -> Command {
    renew(on, "2026-09-01", "2029-08-31")
}

fn measures() -> Vec<Row> {
    let ordered = || and(certified(), &[rectify("2026-05-06", "2026-06-05"), overturn(4, "2026-06-10")]);
    let suspended = || and(certified(), &[suspend(CARE, "2026-05-06"), overturn(4, "2026-06-10")]);
    vec![
        row(
            "an order is met before it is overturned",
            ordered(),
            rectified("2026-06-09"),
            Ok(&["RectificationAccepted"]),
        ),
        row("not from the ruling on", ordered(), rectified("2026-06-10"), Err("NOT_RECTIFYING")),
        row("nor before it was given", ordered(), rectified("2026-05-05"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row(
            "nor twice",
            and(ordered(), &[rectified("2026-06-08")]),
            rectified_of(4, "2026-06-09"),
            Err("ACT_NOT_OPEN"),
        ),
        row(
            "a suspension is lifted before it is overturned",
            suspended(),
            resume("2026-06-09"),
            Ok(&["CertificationResumed"]),
        ),
        row("and not from the ruling on", suspended(), resume("2026-06-10"), Err("NOT_SUSPENDED")),
    ]
}

fn notices() -> Vec<Row> {
    let told = || and(certified(), &[notice_revocation("2026-06-01", "2026-06-08")]);
    let lifted = || and(told(), &[lift_notice("2026-06-20")]);
    let undone = || and(told(), &[overturn(4, "2026-06-20")]);
    let decide = |on: &str| revoke_as(|c| (c.decided_on, c.effective_on) = (day(on), day(on)));
    vec![
        row(
            "it is decided on a notice before it is dropped",
            lifted(),
            decide("2026-06-19"),
            Ok(&["CertificationRevoked"]),
        ),
        row("not from then on", lifted(), decide("2026-06-20"), Err("REVOCATION_NOT_NOTICED")),
        row("nor is it dropped twice", lifted(), lift_notice_of(Some(4), "2026-06-19"), Err("ACT_NOT_OPEN")),
        row("or before it is overturned", undone(), decide("2026-06-19"), Ok(&["CertificationRevoked"])),
        row("not from the ruling on", undone(), decide("2026-06-20"), Err("REVOCATION_NOT_NOTICED")),
        row("dropped before it is overturned", undone(), lift_notice("2026-06-19"), Ok(&["RevocationNoticeLifted"])),
        row("overturned once", undone(), overturn(4, "2026-06-21"), Err("ACT_NOT_OPEN")),
        row(
            "one notice carries one decision",
            and(told(), &[decide("2026-06-20")]),
            revoke_as(|c| {
                (c.decided_on, c.effective_on, c.notice) = (day("2026-06-19"), day("2026-06-19"), Act::new(4).ok());
                c.document_number = text("取消〔2026〕4号");
            }),
            Err("ACT_NOT_OPEN"),
        ),
        row(
            "annulled, it was so until the ruling",
            and(
                certified(),
                &[
                    notice_revocation_for("deceit", "2026-05-06", "2026-05-13"),
                    revoke_as(|c| {
                        (c.kind, c.ground, c.effective_on) =
                            (RevocationKind::Annulled, ground("deceit"), day("2026-03-09"));
                        c.decided_on = day("2026-05-18");
                    }),
                    overturn(5, "2026-06-20"),
                ],
            ),
            notice_revocation_for("deceit", "2026-06-19", "2026-06-30"),
            Err("NOT_LIVE"),
        ),
    ]
}

fn before_a_renewal() -> Vec<Row> {
    let told = || and(short(), &[notice_revocation("2026-06-01", "2026-06-08")]);
    let lifted = || and(told(), &[lift_notice("2026-06-20")]);
    let leaving = || and(short(), &[withdraw("2026-06-01", "2026-08-15"), overturn(4, "2026-06-20")]);
    let renewed = || and(short(), &[renewed_on("2026-06-01"), overturn(4, "2026-06-20")]);
    vec![
        row(
            "no renewal while it is told of a revocation",
            lifted(),
            renewed_on("2026-06-19"),
            Err("REVOCATION_ALREADY_NOTICED"),
        ),
        row("from when that is dropped it is", lifted(), renewed_on("2026-06-20"), Ok(&["CertificationRenewed"])),
        row("and before it was told", lifted(), renewed_on("2026-05-31"), Ok(&["CertificationRenewed"])),
        row(
            "nor before that is overturned",
            and(told(), &[overturn(4, "2026-06-20")]),
            renewed_on("2026-06-19"),
            Err("REVOCATION_ALREADY_NOTICED"),
        ),
        row(
            "nor before it is decided on",
            and(told(), &[revoke_as(|c| c.effective_on = day("2026-08-31"))]),
            renewed_on("2026-06-15"),
            Err("REVOCATION_ALREADY_NOTICED"),
        ),
        row("nor while an end is decided", leaving(), renewed_on("2026-06-19"), Err("ENDS_BEFORE")),
        row("from its overturning on it is", leaving(), renewed_on("2026-06-20"), Ok(&["CertificationRenewed"])),
        row(
            "nor while there is a term that is overturned later",
            renewed(),
            renewed_on("2026-06-19"),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row(
            "from the ruling on it is renewed anew",
            renewed(),
            renewed_on("2026-06-20"),
            Ok(&["CertificationRenewed"]),
        ),
    ]
}

fn reviews() -> Vec<Row> {
    let failed = || {
        let failed = review(2026, ReviewResult::Failed, "2026-06-01");
        and(short(), &[failed, rectified("2026-06-02"), overturn(4, "2026-06-20")])
    };
    vec![
        row(
            "no renewal on a failed review, before that is overturned",
            failed(),
            renewed_on("2026-06-19"),
            Err("REVIEW_FAILED"),
        ),
        row("from then on it is", failed(), renewed_on("2026-06-20"), Ok(&["CertificationRenewed"])),
        row(
            "a year is reviewed once until that is overturned",
            failed(),
            review(2026, ReviewResult::Passed, "2026-06-19"),
            Err("YEAR_ALREADY_REVIEWED"),
        ),
        row("from then on anew", failed(), review(2026, ReviewResult::Passed, "2026-06-20"), Ok(&["ReviewRecorded"])),
    ]
}

/// The end of 2026-06-10 is overturned on 2026-07-20, so that the plaque that was to come back by 2026-06-25 may stay.
fn plaques() -> Vec<Row> {
    let back = || and(hung(), &[deregister("2026-06-10"), not_returned("2026-06-30")]);
    let at = |today, row: Row| on(today, row);
    vec![
        at(
            "2026-07-20",
            row(
                "what was not returned may stay once it is not to come back",
                back(),
                overturn(7, "2026-07-20"),
                Ok(&["ActOverturned", "PlaqueRecoveryLifted"]),
            ),
        ),
        at(
            "2026-07-21",
            row(
                "it hangs again, and is lost like any",
                and(back(), &[overturn(7, "2026-07-20")]),
                lose("2026-07-21"),
                Ok(&["PlaqueLost"]),
            ),
        ),
        at(
            "2026-07-21",
            row(
                "and is not found withheld",
                and(back(), &[overturn(7, "2026-07-20")]),
                not_returned("2026-07-21"),
                Err("PLAQUE_NOT_RECALLED"),
            ),
        ),
        at(
            "2026-07-21",
            row(
                "it was until then, whenever that is typed",
                and(hung(), &[deregister("2026-06-10"), overturn(7, "2026-07-20")]),
                not_returned("2026-06-30"),
                Ok(&["PlaqueNotReturned"]),
            ),
        ),
        at(
            "2026-07-21",
            row(
                "not before it was due",
                and(hung(), &[deregister("2026-06-10"), overturn(7, "2026-07-20")]),
                not_returned("2026-06-25"),
                Err("PLAQUE_NOT_RECALLED"),
            ),
        ),
        at(
            "2026-07-21",
            row(
                "it may stay from the ruling on, whenever that is typed",
                and(hung(), &[deregister("2026-06-10"), overturn(7, "2026-06-28")]),
                not_returned("2026-06-30"),
                Err("PLAQUE_NOT_RECALLED"),
            ),
        ),
        at(
            "2026-07-21",
            row(
                "and not before",
                and(hung(), &[deregister("2026-06-10"), overturn(7, "2026-06-28")]),
                not_returned("2026-06-27"),
                Ok(&["PlaqueNotReturned"]),
            ),
        ),
        at(
            "2026-07-21",
            row(
                "and from the day on which what was ordered instead was destroyed",
                and(hung(), &[order_on("2026-06-01", Some(1)), destroy_of(2, "2026-06-20")]),
                not_returned("2026-06-20"),
                Err("PLAQUE_NOT_RECALLED"),
            ),
        ),
        at(
            "2026-07-20",
            row(
                "what is to come back later is not withheld yet",
                and(
                    hung(),
                    &[withdraw("2026-05-20", "2026-12-31"), deregister("2026-06-10"), not_returned("2026-06-30")],
                ),
                overturn(9, "2026-07-20"),
                Ok(&["ActOverturned", "PlaqueRecoveryLifted", "PlaqueRecoveryOrdered"]),
            ),
        ),
    ]
}

fn two_of_a_category() -> Vec<Row> {
    let ended = || and(certified(), &[withdraw("2026-05-20", "2026-05-25")]);
    let again = || and(ended(), &[certify_again("2026-06-02", "2026-06-02")]);
    let ahead = || and(ended(), &[certify_again("2026-06-02", "2026-09-01")]);
    vec![
        row(
            "an end is overturned where nothing took its place",
            ended(),
            overturn(4, "2026-06-10"),
            Ok(&["ActOverturned"]),
        ),
        row("not beside another that is live", again(), overturn(4, "2026-06-10"), Err("CERTIFIED_SINCE")),
        row("nor before one that is to be", ahead(), overturn(4, "2026-06-10"), Err("CERTIFIED_SINCE")),
        row("nor before it began", again(), overturn(4, "2026-05-30"), Err("CERTIFIED_SINCE")),
        row(
            "but once that one is over",
            and(again(), &[deregister("2026-06-09")]),
            overturn(4, "2026-06-10"),
            Ok(&["ActOverturned"]),
        ),
        row(
            "or overturned as well",
            and(again(), &[overturn(5, "2026-06-10")]),
            overturn(4, "2026-06-10"),
            Ok(&["ActOverturned"]),
        ),
        row(
            "also where another end stands",
            and(
                again()[..3].to_vec(),
                &[
                    withdraw("2026-05-20", "2026-05-25"),
                    withdraw("2026-05-19", "2026-05-26"),
                    certify_again("2026-06-02", "2026-06-02"),
                ],
            ),
            overturn(4, "2026-06-10"),
            Ok(&["ActOverturned"]),
        ),
        row(
            "nothing is certified into what is live again from a ruling on",
            and(ended(), &[overturn(4, "2026-06-10")]),
            certify_again("2026-06-02", "2026-06-02"),
            Err("CERTIFIED_LATER"),
        ),
    ]
}

/// Decided against on 2026-03-20 as act 7, and certified on evidence since.
fn cases() -> Vec<Row> {
    let refused = || and(publicised(), &[refuse("2026-03-20")]);
    let certified_since = |last: &str| {
        let last = day(last);
        let again = certify_as(|c| {
            (c.decided_on, c.valid_from, c.valid_to) = (day("2026-04-20"), day("2026-04-20"), last);
            c.notice = Some(window("2026-04-01", "2026-04-17"));
        });
        and(refused(), &[again, overturn(7, "2026-05-10")])
    };
    vec![
        row(
            "a case goes on no more where the category was certified since",
            certified_since("2029-04-19"),
            accept("2026-06-01"),
            Err("NO_OPEN_CASE"),
        ),
        row("where that is over it does", certified_since("2026-04-30"), refuse("2026-06-01"), Ok(&["CaseRefused"])),
    ]
}

/// Each is lifted by the day from which the plaque hangs by right, and not by that on which it is typed.
#[test]
fn a_plaque_may_stay_from_the_day_on_which_something_covers_it_again() {
    let world = World::new();
    let lifted = |given: &[Command], today: &str| {
        let typed = |provider: Provider, command: &Command| {
            let facts = world.decide(&provider, "everything", day(today), command).unwrap();
            then(provider, &facts)
        };
        let provider = and(hung(), given).iter().fold(Provider::default(), typed);
        provider.plaques[&plaque(1)].lifted.clone()
    };
    // Told when it is typed: the time counts from then.
    let (ended, due) = (deregister("2026-06-10"), day("2026-08-04"));
    let ruled = [ended.clone(), overturn(7, "2026-06-28")];
    assert_eq!(lifted(&ruled, "2026-07-20"), [(due, day("2026-06-28"))]);
    let certified = [ended.clone(), certify_again("2026-06-22", "2026-06-22")];
    assert_eq!(lifted(&certified, "2026-07-20"), [(due, day("2026-06-22"))]);
    // Of a ruling that was given before the end took effect nothing ever was to come back: it may stay from the very day of the recall.
    let at_once = [withdraw("2026-06-05", "2026-06-10"), overturn(7, "2026-06-08")];
    assert_eq!(lifted(&at_once, "2026-07-20"), [(due, day("2026-06-10"))]);
    let instead = [order_on("2026-06-01", Some(1)), destroy_of(2, "2026-06-20")];
    assert_eq!(lifted(&instead, "2026-07-20"), [(due, day("2026-06-20"))]);
}

/// Where the plaque is, on which it is told since when.
#[test]
fn a_plaque_that_may_stay_is_where_it_was() {
    let world = World::new();
    let given = and(hung(), &[deregister("2026-06-10"), not_returned("2026-06-30")]);
    let told = |given: Vec<Command>| {
        let provider = given.iter().fold(Provider::default(), |provider, command| {
            // What ended was told on its day.
            let on = |today| world.decide(&provider, "everything", day(today), command);
            let facts = on("2026-06-10").or_else(|_| on("2026-07-21")).unwrap();
            then(provider, &facts)
        });
        let of = &provider.plaques[&plaque(1)];
        (of.status, of.since, of.recovery_due)
    };
    assert_eq!(told(given.clone()), (PlaqueStatus::NotReturned, day("2026-06-30"), Some(day("2026-06-25"))));
    let hangs = (PlaqueStatus::Hung, day("2026-03-20"), None);
    assert_eq!(told(and(given, &[overturn(7, "2026-07-20")])), hangs);
    let late = [deregister("2026-06-10"), overturn(7, "2026-07-20"), not_returned("2026-06-30")];
    assert_eq!(told(and(hung(), &late)), hangs);
    let ends_later = [
        withdraw("2026-05-20", "2026-12-31"),
        deregister("2026-06-10"),
        not_returned("2026-06-30"),
        overturn(9, "2026-07-20"),
    ];
    assert_eq!(told(and(hung(), &ends_later)), (PlaqueStatus::Hung, day("2026-03-20"), Some(day("2027-01-15"))));
}

/// Put back and undone on one day it was back on none: the term had run out before, and goes on having done so.
#[test]
fn a_renewal_that_is_put_back_and_undone_on_one_day_was_back_on_none() {
    let world = World::new();
    let short = certify_as(|c| c.valid_to = day("2026-03-31"));
    let rulings = [overturn(4, "2026-03-25"), overturn(5, "2026-04-10"), overturn(6, "2026-04-10")];
    let renewed = [register(), pledge(), short, renew("2026-03-20", "2026-04-01", "2026-04-30")];
    let state = renewed.iter().chain(&rulings).fold(Provider::default(), |state, command| {
        then(state.clone(), &world.decide(&state, "everything", day("2026-07-01"), command).unwrap())
    });
    let standing = |on: &str| state.certifications[0].standing(day(on)).map(|stands| (stands.status, stands.since));
    assert_eq!(standing("2026-03-31").unwrap().0, Status::Valid);
    for on in ["2026-04-01", "2026-04-09", "2026-04-10", "2026-04-15", "2026-05-15"] {
        assert_eq!(standing(on), Some((Status::Expired, Some(day("2026-04-01")))), "{on}");
    }
}

/// Overturned, that there never was a certification was so until the ruling; undone, it is so again from the beginning.
#[test]
fn an_annulment_that_is_put_back_reaches_back_again() {
    let world = World::new();
    let annul = revoke_as(|c| {
        (c.kind, c.ground) = (RevocationKind::Annulled, ground("deceit"));
        (c.decided_on, c.effective_on) = (day("2026-06-10"), day("2026-03-09"));
    });
    let told = notice_revocation_for("deceit", "2026-06-01", "2026-06-08");
    let given = and(certified(), &[told, annul, overturn(5, "2026-06-15"), overturn(6, "2026-06-20")]);
    let live = |number: usize, on: &str| {
        let state = given[..number].iter().fold(Provider::default(), |state, command| {
            then(state.clone(), &world.decide(&state, "everything", day("2026-07-01"), command).unwrap())
        });
        state.certifications[0].live_on(day(on))
    };
    let days = ["2026-03-09", "2026-06-09", "2026-06-10", "2026-06-15", "2026-06-20"];
    let all = given.len();
    assert_eq!(days.map(|on| live(all - 2, on)), [false; 5]);
    assert_eq!(days.map(|on| live(all - 1, on)), [true, true, false, true, true]);
    assert_eq!(days.map(|on| live(all, on)), [false; 5]);
}
