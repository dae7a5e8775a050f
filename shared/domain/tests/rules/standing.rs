//! Where an outlet stands on a day, where two acts bear on it; and rules that an independent model (`tests/model`) found missing.

use domain::command::*;
use domain::*;

use crate::world::*;
use crate::{Row, and, on, row, state};

/// In another category, with a notice of its own, decided on a day.
fn certify_domestic(decided: &str, last: &str) -> Command {
    certify_as(|c| {
        let decided = day(decided);
        c.category = category("domestic");
        (c.decided_on, c.valid_from, c.valid_to) = (decided, decided, day(last));
        c.document_number = text("认定〔2026〕13号");
        c.notice = NoticeWindow::new(decided.plus_days(-20), decided.plus_days(-1)).ok();
    })
}

pub(crate) fn rows() -> Vec<Row> {
    let renewed_twice = || {
        let short = certify_as(|c| c.valid_to = day("2026-03-31"));
        let [one, other] = [("2026-04-01", "2026-05-31"), ("2026-06-01", "2026-07-31")]
            .map(|(from, to)| renew("2026-03-20", from, to));
        vec![register(), pledge(), short, one, other, overturn(5, "2026-06-20")]
    };
    vec![
        row(
            "a term is overturned no sooner than the one that was added to it",
            renewed_twice(),
            overturn(4, "2026-06-19"),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row(
            "and by the same ruling",
            renewed_twice(),
            overturn(4, "2026-06-20"),
            Ok(&["CertificationExpired", "ActOverturned"]),
        ),
        on("2028-06-16", row("barred to the last day", revoked(), apply("2028-06-16"), Err("BARRED"))),
        on("2028-06-17", row("and not after it", revoked(), apply("2028-06-17"), Ok(&["ApplicationFiled"]))),
        on("2028-07-01", row("nor is a bar outwaited by typing later", revoked(), apply("2028-06-16"), Err("BARRED"))),
        on(
            "2028-07-01",
            row(
                "what was decided under it, in whatever category",
                revoked(),
                certify_domestic("2028-06-10", "2029-06-09"),
                Err("BARRED"),
            ),
        ),
        on(
            "2028-07-01",
            row(
                "the day after it is free",
                revoked(),
                certify_domestic("2028-06-17", "2029-06-16"),
                Ok(&["Certified", "PlaqueRecoveryLifted"]),
            ),
        ),
        row(
            "a plaque comes back sooner where the certification ends sooner",
            and(hung(), &[withdraw("2026-06-01", "2026-08-31")]),
            deregister("2026-06-20"),
            Ok(&["CertificationDeregistered", "PlaqueRecoveryOrdered"]),
        ),
        row(
            "and not where it ends no sooner",
            and(hung(), &[withdraw("2026-06-01", "2026-08-31")]),
            notice_revocation("2026-06-08", "2026-06-15"),
            Ok(&["RevocationNoticed"]),
        ),
        row(
            "told once to come back, it is not told again by the next act",
            and(hung(), &[deregister("2026-06-20")]),
            notice_revocation_for("deceit", "2026-06-20", "2026-06-27"),
            Ok(&["RevocationNoticed"]),
        ),
    ]
}

#[test]
fn a_day_is_told_by_all_that_bears_on_it() {
    type Told = Option<(Status, &'static str)>;
    let world = World::new();
    let short = || vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-03-31"))];
    let renewed = || and(short(), &[renew("2026-03-20", "2026-04-01", "2026-05-31")]);
    let late = || vec![register(), pledge(), certify_as(|c| c.valid_from = day("2026-03-16"))];
    let failed = || and(certified(), &[review(2026, ReviewResult::Failed, "2026-06-01")]);
    let ordered = || and(late(), &[rectify("2026-03-10", "2026-03-31")]);
    let table: Vec<(&str, Vec<Command>, &str, Told)> = vec![
        ("a term that was over is over", renewed(), "2026-06-10", Some((Status::Expired, "2026-06-01"))),
        (
            "and a ruling after it prolongs nothing",
            and(renewed(), &[overturn(4, "2026-06-20")]),
            "2026-06-10",
            Some((Status::Expired, "2026-06-01")),
        ),
        (
            "within the term it was held until the ruling",
            and(renewed(), &[overturn(4, "2026-05-11")]),
            "2026-05-10",
            Some((Status::Valid, "2026-03-09")),
        ),
        (
            "and no longer",
            and(renewed(), &[overturn(4, "2026-05-11")]),
            "2026-05-11",
            Some((Status::Expired, "2026-05-11")),
        ),
        (
            "put back, it is so again from that day on",
            and(renewed(), &[overturn(4, "2026-05-11"), overturn(5, "2026-05-20")]),
            "2026-05-20",
            Some((Status::Valid, "2026-05-20")),
        ),
        (
            "and was not meanwhile",
            and(renewed(), &[overturn(4, "2026-05-11"), overturn(5, "2026-05-20")]),
            "2026-05-19",
            Some((Status::Expired, "2026-05-11")),
        ),
        (
            "where the term before ran on, it was over since that ran out",
            and(renewed(), &[overturn(4, "2026-03-25"), overturn(5, "2026-05-20")]),
            "2026-05-19",
            Some((Status::Expired, "2026-04-01")),
        ),
        (
            "and until then it was not",
            and(renewed(), &[overturn(4, "2026-03-25"), overturn(5, "2026-05-20")]),
            "2026-03-31",
            Some((Status::Valid, "2026-03-09")),
        ),
        (
            "put back before that ran out, it was never over",
            and(renewed(), &[overturn(4, "2026-03-25"), overturn(5, "2026-03-28")]),
            "2026-05-31",
            Some((Status::Valid, "2026-03-09")),
        ),
        (
            "put back after its last day, it is over since it was",
            and(renewed(), &[overturn(4, "2026-03-25"), overturn(5, "2026-06-05")]),
            "2026-06-10",
            Some((Status::Expired, "2026-04-01")),
        ),
        (
            "it ends by itself as it was to",
            and(renewed(), &[overturn(4, "2026-05-11"), overturn(5, "2026-05-20")]),
            "2026-06-10",
            Some((Status::Expired, "2026-06-01")),
        ),
        (
            "undone anew it is over once more",
            and(renewed(), &[overturn(4, "2026-05-11"), overturn(5, "2026-05-20"), overturn(4, "2026-05-25")]),
            "2026-05-25",
            Some((Status::Expired, "2026-05-25")),
        ),
        (
            "of the stretch before that the same is told",
            and(renewed(), &[overturn(4, "2026-05-11"), overturn(5, "2026-05-20"), overturn(6, "2026-05-25")]),
            "2026-05-24",
            Some((Status::Valid, "2026-05-20")),
        ),
        ("what has not begun does not stand", ordered(), "2026-03-15", None),
        (
            "ordered before it began, it is so since it began",
            ordered(),
            "2026-03-20",
            Some((Status::Rectifying, "2026-03-16")),
        ),
        ("a failed review is mended", failed(), "2026-06-10", Some((Status::Rectifying, "2026-06-01"))),
        (
            "until its order is overturned",
            and(failed(), &[overturn(5, "2026-06-05")]),
            "2026-06-10",
            Some((Status::Valid, "2026-06-05")),
        ),
        (
            "which that the review is overturned later does not take back",
            and(failed(), &[overturn(5, "2026-06-05"), overturn(4, "2026-06-20")]),
            "2026-06-10",
            Some((Status::Valid, "2026-06-05")),
        ),
        (
            "a review that is overturned sooner takes its order with it",
            and(failed(), &[overturn(5, "2026-06-20"), overturn(4, "2026-06-05")]),
            "2026-06-10",
            Some((Status::Valid, "2026-06-05")),
        ),
    ];
    for (rule, given, on, expected) in table {
        let provider = state(&row(rule, given, register(), Ok(&[])), &world);
        let standing = provider.standing(&category(CARE), day(on)).map(|(_, standing)| standing);
        let told = standing.map(|standing| (standing.status, standing.since.unwrap()));
        assert_eq!(told, expected.map(|(status, since)| (status, day(since))), "{rule}");
    }
}

#[test]
fn a_plaque_is_due_within_the_time_the_scheme_gives() {
    let world = World::new();
    let leaving = || and(hung(), &[withdraw("2026-06-01", "2026-08-31")]);
    for (given, due) in [
        (leaving(), "2026-09-15"),
        // Told on 2026-07-01.
        (and(leaving(), &[deregister("2026-06-20")]), "2026-07-16"),
        (
            and(leaving(), &[deregister("2026-06-20"), notice_revocation_for("deceit", "2026-06-20", "2026-06-27")]),
            "2026-07-16",
        ),
    ] {
        let provider = state(&row("", given, register(), Ok(&[])), &world);
        assert_eq!(provider.plaques[&plaque(1)].recovery_due, Some(day(due)));
    }
}

#[test]
fn an_order_follows_from_its_breach_whatever_is_corrected_before_it() {
    let world = World::new();
    let mut history = History::default();
    let right = certify_domestic("2026-03-15", "2026-04-30");
    for (today, asked) in [
        ("2026-03-20", Asked::from(register())),
        ("2026-03-20", pledge().into()),
        ("2026-03-20", certify().into()),
        ("2026-03-20", certify_domestic("2026-03-15", "2026-12-31").into()),
        ("2026-05-02", breach("2026-05-01", BreachSeverity::Minor).into()),
        // Its term had ended before the breach, which a decision taken anew counts in as an act.
        ("2026-07-01", correct(4, Some(right))),
    ] {
        let facts = history.decide(&world, "everything", day(today), &asked).unwrap();
        history.record("everything", day(today), facts);
    }
    let state = history.state();
    let orders = |code: &str| state.of_category(&category(code)).flat_map(|c| &c.orders).collect::<Vec<_>>();
    let because: Vec<_> = orders(CARE).iter().map(|order| order.because).collect();
    assert_eq!(because, [Some(Act::new(5).unwrap())]);
    assert!(orders("domestic").is_empty(), "what had ended is not to be mended");
}
