//! What is recorded late is asked of its own day, and not of the day on which it is typed: ends, bars and terms of later days do not refuse it.

use domain::command::*;
use domain::*;

use crate::any_order::{cancelled_elsewhere, certify_again};
use crate::world::*;
use crate::{Row, and, by, on, row, state};

/// In another category, decided on a day.
fn certify_domestic(decided: &str) -> Command {
    certify_as(|c| {
        c.category = category("domestic");
        (c.decided_on, c.valid_from) = (day(decided), day(decided));
        c.document_number = text("认定〔2026〕13号");
        c.notice = NoticeWindow::new(day(decided).plus_days(-20), day(decided).plus_days(-1)).ok();
    })
}

/// A term to the end of May.
fn short() -> Vec<Command> {
    vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-05-31"))]
}

/// A term to the end of October.
fn ends_in_october() -> Vec<Command> {
    vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-10-31"))]
}

/// Told on two grounds, as acts 7 and 8.
fn told_twice() -> Vec<Command> {
    let of_conditions = notice_revocation_for("conditions-lost", "2026-06-09", "2026-06-16");
    and(hung(), &[notice_revocation("2026-06-08", "2026-06-15"), of_conditions])
}

fn revoke_of(notice: u32, code: &str, document: &str, (decided, effective): (&str, &str)) -> Command {
    revoke_as(|c| {
        (c.notice, c.ground, c.document_number) = (Act::new(notice).ok(), ground(code), text(document));
        (c.decided_on, c.effective_on) = (day(decided), day(effective));
    })
}

/// Annulled on 2026-06-16, from the beginning.
fn annulled() -> Vec<Command> {
    and(hung(), &[notice_revocation_for("deceit", "2026-06-08", "2026-06-15"), annul()])
}

fn left() -> Vec<Command> {
    and(hung(), &[withdraw("2026-05-20", "2026-05-25")])
}

fn leaves_ahead() -> Vec<Command> {
    and(hung(), &[withdraw("2026-05-20", "2026-12-31")])
}

fn revoked_ahead() -> Vec<Command> {
    and(hung(), &[notice_revocation("2026-06-08", "2026-06-15"), revoke_as(|c| c.effective_on = day("2026-12-31"))])
}

fn hang_on(number: u16, on: &str) -> Command {
    Command::HangPlaque(HangPlaque { plaque_number: plaque(number), hung_on: day(on) })
}

fn bars() -> Vec<Row> {
    let quashed = || and(revoked(), &[overturn(8, "2026-06-20")]);
    vec![
        row(
            "the day before a bar is decided",
            revoked(),
            certify_domestic("2026-06-15"),
            Ok(&["Certified", "PlaqueRecoveryLifted"]),
        ),
        row("the day it is decided", revoked(), certify_domestic("2026-06-16"), Err("BARRED")),
        row("the last day before it was quashed", quashed(), certify_domestic("2026-06-19"), Err("BARRED")),
        row("the day it was quashed", quashed(), certify_domestic("2026-06-20"), Ok(&["Certified"])),
        by(
            "lists",
            row(
                "a decision of elsewhere, of years before the bar",
                revoked(),
                back_enter_as(|c| c.category = category("domestic")),
                Ok(&["CertificationRecorded", "PlaqueRecoveryLifted"]),
            ),
        ),
        by(
            "lists",
            row(
                "and one of within it, as where the bar is typed after it",
                revoked(),
                back_enter_as(|c| (c.category, c.decided_on) = (category("domestic"), Some(day("2026-06-20")))),
                Ok(&["CertificationRecorded", "PlaqueRecoveryLifted"]),
            ),
        ),
    ]
}

fn after_an_end() -> Vec<Row> {
    vec![
        row("an order of before the end", left(), rectify("2026-05-24", "2026-06-05"), Ok(&["RectificationOrdered"])),
        row("and none of the day of it", left(), rectify("2026-05-25", "2026-06-05"), Err("NOT_LIVE")),
        row(
            "a review of before the end",
            left(),
            review(2026, ReviewResult::Passed, "2026-05-24"),
            Ok(&["ReviewRecorded"]),
        ),
        row("a suspension of before the end", left(), suspend(CARE, "2026-05-24"), Ok(&["CertificationSuspended"])),
        row("and none of after it", left(), suspend(CARE, "2026-05-26"), Err("NOT_LIVE")),
        row(
            "what was mended before the end",
            and(left(), &[rectify("2026-05-06", "2026-06-05")]),
            rectified("2026-05-20"),
            Ok(&["RectificationAccepted"]),
        ),
        row(
            "and not what was mended after it",
            and(left(), &[rectify("2026-05-06", "2026-06-05")]),
            rectified("2026-05-26"),
            Err("NOT_LIVE"),
        ),
        row(
            "an earlier exit, recorded later",
            left(),
            withdraw("2026-04-20", "2026-04-30"),
            // Its plaque was to come back sooner, and has the time that was told all the same.
            Ok(&["CertificationWithdrawn"]),
        ),
        row(
            "another of the same day, asked for before it",
            left(),
            withdraw("2026-05-19", "2026-05-25"),
            Ok(&["CertificationWithdrawn"]),
        ),
        row(
            "a later one, asked for before it",
            left(),
            withdraw("2026-05-19", "2026-06-30"),
            Ok(&["CertificationWithdrawn"]),
        ),
        row(
            "asked for while it was live, also where the body was gone before it took effect",
            and(hung(), &[deregister("2026-06-10")]),
            withdraw("2026-05-01", "2026-06-30"),
            Ok(&["CertificationWithdrawn"]),
        ),
        row(
            "and not asked for after that",
            and(hung(), &[deregister("2026-06-10")]),
            withdraw("2026-06-10", "2026-06-30"),
            Err("NOT_LIVE"),
        ),
        by(
            "lists",
            row(
                "a cancellation elsewhere of before the end, which took effect after it",
                and(hung(), &[deregister("2026-06-10")]),
                cancelled_elsewhere("2026-06-01", "2026-06-15"),
                Ok(&["EndingRecorded"]),
            ),
        ),
        by(
            "lists",
            row(
                "and none of after it",
                and(hung(), &[deregister("2026-06-10")]),
                cancelled_elsewhere("2026-06-12", "2026-06-15"),
                Err("NOT_LIVE"),
            ),
        ),
        row(
            "its bar holds in whichever order they were typed",
            and(hung(), &[deregister("2026-06-10"), cancelled_elsewhere("2026-06-01", "2026-06-15")]),
            apply("2026-06-20"),
            Err("BARRED"),
        ),
        row(
            "another cancellation of before the first took effect",
            and(told_twice(), &[revoke_of(7, "overcharging", "取消〔2026〕3号", ("2026-06-22", "2026-06-22"))]),
            revoke_of(8, "conditions-lost", "取消〔2026〕4号", ("2026-06-20", "2026-06-30")),
            Ok(&["CertificationRevoked"]),
        ),
        row(
            "and none of after it took effect",
            and(told_twice(), &[revoke_of(7, "overcharging", "取消〔2026〕3号", ("2026-06-22", "2026-06-22"))]),
            revoke_of(8, "conditions-lost", "取消〔2026〕4号", ("2026-06-23", "2026-06-30")),
            Err("NOT_LIVE"),
        ),
        row(
            "what was done before an annulment that reaches back",
            annulled(),
            rectify("2026-05-24", "2026-06-05"),
            Ok(&["RectificationOrdered"]),
        ),
        row("also leaving", annulled(), withdraw("2026-05-24", "2026-06-05"), Ok(&["CertificationWithdrawn"])),
        row("and that the body was gone", annulled(), deregister("2026-05-24"), Ok(&["CertificationDeregistered"])),
        row(
            "a cancellation of before it",
            and(annulled(), &[notice_revocation("2026-05-06", "2026-05-13")]),
            revoke_of(10, "overcharging", "取消〔2026〕4号", ("2026-05-18", "2026-05-18")),
            Ok(&["CertificationRevoked"]),
        ),
        row("and nothing once it was annulled", annulled(), rectify("2026-06-18", "2026-06-25"), Err("NOT_LIVE")),
        row(
            "while it stood nobody applied",
            annulled(),
            certify_again("2026-06-10", "2026-06-10"),
            Err("ALREADY_CERTIFIED"),
        ),
        row("that the body was gone before", left(), deregister("2026-04-30"), Ok(&["CertificationDeregistered"])),
        by(
            "lists",
            row(
                "an earlier end decided elsewhere",
                revoked(),
                record_ending(|c| (c.kind, c.effective_on) = (EndingKind::Withdrawn, Some(day("2026-04-30")))),
                Ok(&["EndingRecorded"]),
            ),
        ),
        row(
            "a cancellation decided before the end",
            and(left(), &[notice_revocation("2026-05-06", "2026-05-13")]),
            revoke_as(|c| (c.decided_on, c.effective_on) = (day("2026-05-18"), day("2026-05-18"))),
            Ok(&["CertificationRevoked"]),
        ),
        row(
            "an annulment from before a cancellation",
            and(revoked(), &[notice_revocation_for("deceit", "2026-06-10", "2026-06-17")]),
            revoke_as(|c| {
                (c.kind, c.ground) = (RevocationKind::Annulled, ground("deceit"));
                c.document_number = text("撤销〔2026〕2号");
                (c.decided_on, c.effective_on) = (day("2026-06-22"), day("2026-03-09"));
            }),
            Ok(&["CertificationRevoked"]),
        ),
        row(
            "nobody applies while it stands, whenever that is typed",
            left(),
            apply("2026-05-24"),
            Err("ALREADY_CERTIFIED"),
        ),
        row("from the end on one does", left(), apply("2026-05-25"), Ok(&["ApplicationFiled"])),
        row(
            "before the certification was overturned",
            and(certified(), &[overturn(3, "2026-05-25")]),
            rectify("2026-05-24", "2026-06-05"),
            Ok(&["RectificationOrdered"]),
        ),
    ]
}

fn plaques() -> Vec<Row> {
    let ended = || and(certified(), &[withdraw("2026-05-20", "2026-05-25")]);
    let ordered = || and(ended(), &[order_on("2026-04-01", None)]);
    let out = || and(ordered(), &[issue_on(1, "2026-04-10")]);
    vec![
        row("a plaque ordered before the end", ended(), order_on("2026-05-24", None), Ok(&["PlaqueOrdered"])),
        row("and none after it", ended(), order_on("2026-05-25", None), Err("NO_LIVE_CERTIFICATION")),
        row(
            "one handed out before the end is to come back",
            ordered(),
            issue_on(1, "2026-05-24"),
            Ok(&["PlaqueIssued", "PlaqueRecoveryOrdered"]),
        ),
        row("none is handed out after it", ordered(), issue_on(1, "2026-05-25"), Err("NO_LIVE_CERTIFICATION")),
        row("it hung before the end was decided", out(), hang_on(1, "2026-05-19"), Ok(&["PlaqueHung"])),
        row("and until that takes effect", out(), hang_on(1, "2026-05-24"), Ok(&["PlaqueHung"])),
        row("not once it is to come back", out(), hang_on(1, "2026-05-25"), Err("PLAQUE_RECALLED")),
        row(
            "with an end that lies ahead it hangs by right",
            and(
                certified(),
                &[withdraw("2026-05-20", "2026-12-31"), order_on("2026-06-05", None), issue_on(1, "2026-06-05")],
            ),
            hang_on(1, "2026-06-06"),
            Ok(&["PlaqueHung"]),
        ),
    ]
}

fn before_an_end_ahead() -> Vec<Row> {
    vec![
        row(
            "with an end ahead it may leave sooner",
            revoked_ahead(),
            withdraw("2026-06-20", "2026-06-30"),
            Ok(&["CertificationWithdrawn", "PlaqueRecoveryOrdered"]),
        ),
        row(
            "or ask to leave later, of which nothing comes unless the first is overturned",
            revoked_ahead(),
            withdraw("2026-06-20", "2027-01-31"),
            Ok(&["CertificationWithdrawn"]),
        ),
        row(
            "a term that is over by itself is not ended later",
            short(),
            withdraw("2026-04-20", "2026-06-02"),
            Err("EFFECT_AFTER_TERM"),
        ),
        row(
            "but from the day after it on",
            short(),
            withdraw("2026-04-20", "2026-06-01"),
            Ok(&["CertificationWithdrawn"]),
        ),
        row(
            "nor revoked later",
            and(short(), &[notice_revocation("2026-05-06", "2026-05-13")]),
            revoke_as(|c| (c.decided_on, c.effective_on) = (day("2026-05-18"), day("2026-06-15"))),
            Err("EFFECT_AFTER_TERM"),
        ),
        row(
            "unless it was renewed",
            and(
                short(),
                &[renew("2026-05-05", "2026-06-01", "2029-05-31"), notice_revocation("2026-05-06", "2026-05-13")],
            ),
            revoke_as(|c| (c.decided_on, c.effective_on) = (day("2026-05-18"), day("2026-06-15"))),
            Ok(&["CertificationRevoked"]),
        ),
        by(
            "lists",
            row("nor elsewhere", short(), cancelled_elsewhere("2026-05-18", "2026-06-15"), Err("EFFECT_AFTER_TERM")),
        ),
        row(
            "it is told of another ground",
            revoked_ahead(),
            notice_revocation_for("conditions-lost", "2026-06-22", "2026-06-30"),
            Ok(&["RevocationNoticed"]),
        ),
        row(
            "leaving ahead, it is not renewed",
            and(ends_in_october(), &[withdraw("2026-06-20", "2026-09-30")]),
            renew("2026-06-25", "2026-11-01", "2029-10-31"),
            Err("ENDS_BEFORE"),
        ),
        row("an order until then", leaves_ahead(), rectify("2026-06-06", "2026-07-05"), Ok(&["RectificationOrdered"])),
    ]
}

fn renewals() -> Vec<Row> {
    let lapsed = || and(short(), &[expire()]);
    let certified_anew = || {
        and(
            short(),
            &[certify_as(|c| {
                (c.decided_on, c.valid_from, c.valid_to) = (day("2026-06-15"), day("2026-06-15"), day("2029-06-14"));
                c.document_number = text("认定2号");
                c.notice = Some(window("2026-06-01", "2026-06-12"));
            })],
        )
    };
    vec![
        row(
            "decided before the term ended, and typed later",
            short(),
            renew("2026-05-20", "2026-06-01", "2029-05-31"),
            Ok(&["CertificationRenewed"]),
        ),
        row(
            "also where the end was written down",
            lapsed(),
            renew("2026-05-20", "2026-06-01", "2029-05-31"),
            Ok(&["CertificationRenewed"]),
        ),
        row("not decided after it", lapsed(), renew("2026-06-01", "2026-06-01", "2029-05-31"), Err("NOT_LIVE")),
        row(
            "nor beside what was certified anew",
            certified_anew(),
            renew("2026-05-20", "2026-06-01", "2029-05-31"),
            Err("CERTIFIED_LATER"),
        ),
        row(
            "what was noticed later does not refuse it",
            and(short(), &[notice_revocation("2026-05-22", "2026-05-29")]),
            renew("2026-05-20", "2026-06-01", "2029-05-31"),
            Ok(&["CertificationRenewed"]),
        ),
        row(
            "what was noticed before does",
            and(short(), &[notice_revocation("2026-05-18", "2026-05-25")]),
            renew("2026-05-20", "2026-06-01", "2029-05-31"),
            Err("REVOCATION_ALREADY_NOTICED"),
        ),
        on(
            "2026-09-01",
            row(
                "an exit of before the last day, typed after it",
                short(),
                withdraw("2026-04-20", "2026-04-30"),
                Ok(&["CertificationWithdrawn"]),
            ),
        ),
    ]
}

pub(crate) fn rows() -> Vec<Row> {
    let rows = [bars(), after_an_end(), plaques(), before_an_end_ahead(), renewals()];
    rows.into_iter().flatten().collect()
}

#[test]
fn the_standing_follows_whatever_came_first() {
    type Told = (Status, &'static str);
    let world = World::new();
    let earlier = || and(left(), &[withdraw("2026-04-20", "2026-04-30")]);
    let renewed = || and(short(), &[expire(), renew("2026-05-20", "2026-06-01", "2029-05-31")]);
    let annulled = |document: &str| {
        revoke_as(|c| {
            (c.kind, c.ground, c.document_number) = (RevocationKind::Annulled, ground("deceit"), text(document));
            c.effective_on = day("2026-03-09");
        })
    };
    let noticed =
        || and(hung(), &[notice_revocation_for("deceit", "2026-06-08", "2026-06-15"), annulled("撤销〔2026〕1号")]);
    let quashed = || and(noticed(), &[overturn(8, "2026-06-24")]);
    let table: Vec<(&str, Vec<Command>, &str, Told)> = vec![
        ("of two exits the earlier", earlier(), "2026-05-01", (Status::Withdrawn, "2026-04-30")),
        ("and since then", earlier(), "2026-06-30", (Status::Withdrawn, "2026-04-30")),
        ("a term that was renewed goes on", renewed(), "2026-06-10", (Status::Valid, "2026-03-09")),
        ("annulled, it never was", noticed(), "2026-05-01", (Status::Revoked, "2026-03-09")),
        (
            "quashed, the days before the decision are as they were",
            quashed(),
            "2026-06-15",
            (Status::Valid, "2026-03-09"),
        ),
        ("from the decision on it was so", quashed(), "2026-06-16", (Status::Revoked, "2026-06-16")),
        ("until the ruling", quashed(), "2026-06-23", (Status::Revoked, "2026-06-16")),
        ("and is not since", quashed(), "2026-06-24", (Status::Valid, "2026-06-24")),
    ];
    for (rule, given, on, (status, since)) in table {
        let provider = state(&row(rule, given, register(), Ok(&[])), &world);
        let told = provider.standing(&category(CARE), day(on)).map(|(_, standing)| standing);
        assert_eq!(told, Some(Standing { status, since: Some(day(since)) }), "{rule}");
    }
}
