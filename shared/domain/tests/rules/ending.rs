//! How a certification ends, and how an end is undone.

use domain::command::*;
use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, and, by, on, row};

pub(crate) fn rows() -> Vec<Row> {
    let told = || [hung(), vec![notice_revocation("2026-06-08", "2026-06-15")]].concat();
    let deceived = || [hung(), vec![notice_revocation_for("deceit", "2026-06-08", "2026-06-15")]].concat();
    let annulled = || and(deceived(), &[annul()]);
    let told_of_conditions = || notice_revocation_for("conditions-lost", "2026-06-09", "2026-06-16");
    let told_twice = || and(told(), &[told_of_conditions()]);
    // Told, and gone before the time to answer was over.
    let left = || and(told(), &[withdraw("2026-06-10", "2026-06-12")]);
    let revoke_later = || {
        revoke_as(|c| {
            c.decided_on = day("2026-06-25");
            c.effective_on = day("2026-06-25");
        })
    };
    let revoked_without_bar = || {
        let noticed = notice_revocation_for("conditions-lost", "2026-06-08", "2026-06-15");
        [hung(), vec![noticed, revoke_as(|c| c.ground = ground("conditions-lost"))]].concat()
    };
    let certify_anew = || {
        certify_as(|c| {
            c.decided_on = day("2026-06-20");
            c.valid_from = day("2026-06-20");
            c.valid_to = day("2029-06-19");
            c.document_number = text("认定2号");
            c.notice = Some(window("2026-06-08", "2026-06-12"));
        })
    };
    let two = || {
        [
            told(),
            vec![certify_as(|c| {
                c.category = category("domestic");
                c.document_number = text("家政1号");
            })],
        ]
        .concat()
    };
    vec![
        row(
            "the provider is told",
            certified(),
            notice_revocation("2026-06-08", "2026-06-15"),
            Ok(&["RevocationNoticed"]),
        ),
        row("told alike it is told", told(), notice_revocation("2026-06-08", "2026-06-15"), NOTHING),
        row("on another ground it is told as well", told(), told_of_conditions(), Ok(&["RevocationNoticed"])),
        row(
            "of two notices the one that is dropped is named",
            told_twice(),
            lift_notice("2026-06-10"),
            Err("SEVERAL_OPEN"),
        ),
        row(
            "named it is dropped",
            told_twice(),
            lift_notice_of(Some(7), "2026-06-10"),
            Ok(&["RevocationNoticeLifted"]),
        ),
        row("a revocation says which it rests on", told_twice(), revoke_later(), Err("SEVERAL_OPEN")),
        row(
            "each on its own ground",
            told_twice(),
            revoke_as(|c| {
                (c.notice, c.decided_on, c.effective_on) = (Act::new(8).ok(), day("2026-06-25"), day("2026-06-25"));
            }),
            Err("GROUND_NOT_NOTICED"),
        ),
        row(
            "and the other is dropped, also then",
            and(
                told_twice(),
                &[revoke_as(|c| {
                    (c.notice, c.decided_on, c.effective_on) = (Act::new(7).ok(), day("2026-06-25"), day("2026-06-25"));
                })],
            ),
            lift_notice("2026-06-26"),
            Ok(&["RevocationNoticeLifted"]),
        ),
        row(
            "with time to answer",
            certified(),
            notice_revocation("2026-06-08", "2026-06-12"),
            Err("HEARING_TOO_SHORT"),
        ),
        row("a notice can be dropped", told(), lift_notice("2026-06-10"), Ok(&["RevocationNoticeLifted"])),
        row("if there is one", certified(), lift_notice("2026-06-10"), Err("REVOCATION_NOT_NOTICED")),
        row("no revocation out of the blue", hung(), revoke(), Err("REVOCATION_NOT_NOTICED")),
        row(
            "none before the answer's time is over",
            told(),
            revoke_as(|c| {
                c.decided_on = day("2026-06-15");
                c.effective_on = day("2026-06-15");
            }),
            Err("HEARING_NOT_ENDED"),
        ),
        row(
            "revoked, and the plaque ordered back",
            told(),
            revoke(),
            Ok(&["CertificationRevoked", "PlaqueRecoveryOrdered"]),
        ),
        row("not while another certification is live", two(), revoke(), Ok(&["CertificationRevoked"])),
        row("revoked is revoked", revoked(), revoke(), NOTHING),
        row(
            "a cancellation does not reach back",
            told(),
            revoke_as(|c| c.effective_on = day("2026-06-01")),
            Err("EFFECT_BEFORE_DECISION"),
        ),
        row("an annulment does", deceived(), annul(), Ok(&["CertificationRevoked", "PlaqueRecoveryOrdered"])),
        row(
            "to where it began, and not to another day",
            deceived(),
            revoke_as(|c| (c.kind, c.ground) = (RevocationKind::Annulled, ground("deceit"))),
            Err("ANNULLED_FROM_THE_BEGINNING"),
        ),
        row(
            "nor before",
            deceived(),
            revoke_as(|c| {
                (c.kind, c.ground, c.effective_on) = (RevocationKind::Annulled, ground("deceit"), day("2026-03-08"));
            }),
            Err("ANNULLED_FROM_THE_BEGINNING"),
        ),
        row(
            "what was done later annuls nothing",
            told(),
            revoke_as(|c| (c.kind, c.effective_on) = (RevocationKind::Annulled, day("2026-03-09"))),
            Err("GROUND_OF_OTHER_KIND"),
        ),
        row(
            "nor does deceit cancel",
            deceived(),
            revoke_as(|c| c.ground = ground("deceit")),
            Err("GROUND_OF_OTHER_KIND"),
        ),
        row(
            "a bar runs forward",
            [hung(), vec![notice_revocation_for("conditions-lost", "2026-06-08", "2026-06-15")]].concat(),
            revoke_as(|c| {
                c.ground = ground("conditions-lost");
                c.bar_until = Some(day("2026-06-01"));
            }),
            Err("BAR_BACKWARDS"),
        ),
        row(
            "the scheme's months are the least of it",
            told(),
            revoke_as(|c| c.bar_until = Some(day("2028-06-15"))),
            Err("BAR_TOO_SHORT"),
        ),
        row(
            "a decision may bar for longer",
            told(),
            revoke_as(|c| c.bar_until = Some(day("2030-06-15"))),
            Ok(&["CertificationRevoked", "PlaqueRecoveryOrdered"]),
        ),
        on(
            "2028-06-15",
            row(
                "it counts from the decision, however far that reaches back",
                annulled(),
                apply("2028-06-15"),
                Err("BARRED"),
            ),
        ),
        row(
            "a revocation rests on a ground that was noticed",
            told(),
            revoke_as(|c| c.ground = ground("conditions-lost")),
            Err("GROUND_NOT_NOTICED"),
        ),
        row(
            "nobody is told before there was a certification",
            certified(),
            notice_revocation("2026-03-01", "2026-06-15"),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row("of what was left by then nothing is cancelled", left(), revoke_later(), Err("NOT_LIVE")),
        row(
            "before that it is, and whoever leaves is barred",
            and(told(), &[withdraw("2026-06-10", "2026-06-30"), revoke_later()]),
            apply("2026-07-01"),
            Err("BARRED"),
        ),
        row(
            "one who left before is not even told of it",
            and(certified(), &[withdraw("2026-04-01", "2026-04-01")]),
            notice_revocation("2026-06-08", "2026-06-15"),
            Err("NOT_LIVE"),
        ),
        row(
            "what was deceit is annulled all the same",
            and(
                certified(),
                &[withdraw("2026-04-01", "2026-04-01"), notice_revocation_for("deceit", "2026-06-08", "2026-06-15")],
            ),
            annul(),
            Ok(&["CertificationRevoked"]),
        ),
        on(
            "2026-08-01",
            row(
                "a revocation that takes effect later prolongs nothing",
                [told(), vec![withdraw("2026-06-10", "2026-07-15"), revoke_as(|c| c.effective_on = day("2026-12-31"))]]
                    .concat(),
                order_at("2026-08-01", "东门"),
                Err("NO_LIVE_CERTIFICATION"),
            ),
        ),
        on(
            "2027-01-02",
            row(
                "overturned, it ends as it was to end before",
                [told(), vec![withdraw("2026-06-10", "2026-12-31"), revoke(), overturn(10, "2026-06-30")]].concat(),
                order_at("2027-01-02", "东门"),
                Err("NO_LIVE_CERTIFICATION"),
            ),
        ),
        on(
            "2026-12-01",
            row(
                "and is live until then",
                [told(), vec![withdraw("2026-06-10", "2026-12-31"), revoke(), overturn(10, "2026-06-30")]].concat(),
                order_at("2026-12-01", "东门"),
                Ok(&["PlaqueOrdered"]),
            ),
        ),
        row(
            "leaving later than one leaves is on record as well",
            and(hung(), &[withdraw("2026-06-01", "2026-08-31")]),
            withdraw("2026-06-02", "2026-12-31"),
            Ok(&["CertificationWithdrawn"]),
        ),
        row(
            "leaving sooner does",
            and(hung(), &[withdraw("2026-06-01", "2026-08-31")]),
            withdraw("2026-06-02", "2026-07-31"),
            Ok(&["CertificationWithdrawn", "PlaqueRecoveryOrdered"]),
        ),
        row("a revoked provider is barred", revoked(), apply("2026-07-01"), Err("BARRED")),
        on("2028-06-17", row("until the bar is over", revoked(), apply("2028-06-17"), Ok(&["ApplicationFiled"]))),
        row(
            "a ground may bring no bar",
            [
                hung(),
                vec![
                    notice_revocation_for("conditions-lost", "2026-06-08", "2026-06-15"),
                    revoke_as(|c| c.ground = ground("conditions-lost")),
                ],
            ]
            .concat(),
            apply("2026-07-01"),
            Ok(&["ApplicationFiled"]),
        ),
        row(
            "a provider may leave",
            hung(),
            withdraw("2026-06-01", "2026-06-30"),
            Ok(&["CertificationWithdrawn", "PlaqueRecoveryOrdered"]),
        ),
        row(
            "on a day that lies ahead",
            hung(),
            withdraw("2026-06-01", "2026-08-31"),
            Ok(&["CertificationWithdrawn", "PlaqueRecoveryOrdered"]),
        ),
        row(
            "not on a day before it asked",
            hung(),
            withdraw("2026-06-01", "2026-05-31"),
            Err("EFFECT_BEFORE_DECISION"),
        ),
        row(
            "leaving alike is leaving",
            and(hung(), &[withdraw("2026-06-01", "2026-08-31")]),
            withdraw("2026-06-01", "2026-08-31"),
            NOTHING,
        ),
        row(
            "until then it is live",
            and(hung(), &[withdraw("2026-06-01", "2026-08-31")]),
            rectify("2026-06-06", "2026-07-05"),
            Ok(&["RectificationOrdered"]),
        ),
        row(
            "a body that is gone is deregistered",
            hung(),
            deregister("2026-06-20"),
            Ok(&["CertificationDeregistered", "PlaqueRecoveryOrdered"]),
        ),
        row("once", and(hung(), &[deregister("2026-06-20")]), deregister("2026-06-20"), NOTHING),
        on(
            "2029-03-09",
            row(
                "a term ends by itself, and is written down",
                hung(),
                expire(),
                Ok(&["CertificationExpired", "PlaqueRecoveryOrdered"]),
            ),
        ),
        on("2029-03-08", row("not on its last day", hung(), expire(), Err("TERM_NOT_ENDED"))),
        on(
            "2029-03-10",
            row(
                "the next touch writes it down first",
                hung(),
                recover(1, "2029-03-10"),
                Ok(&["CertificationExpired", "PlaqueRecovered"]),
            ),
        ),
        on("2029-03-10", row("a touch that changes nothing writes nothing", hung(), register(), NOTHING)),
        by(
            "health",
            row(
                "a term that no list stated does not end by itself",
                vec![back_enter()],
                expire(),
                Err("TERM_UNSTATED"),
            ),
        ),
        row(
            "a wrong revocation is overturned",
            revoked(),
            overturn(8, "2026-06-30"),
            Ok(&["ActOverturned", "PlaqueRecoveryLifted"]),
        ),
        row(
            "certified anew, the plaque stays",
            revoked_without_bar(),
            certify_anew(),
            Ok(&["Certified", "PlaqueRecoveryLifted"]),
        ),
        row(
            "not beside what was certified anew",
            and(revoked_without_bar(), &[certify_anew()]),
            overturn(8, "2026-06-30"),
            Err("CERTIFIED_SINCE"),
        ),
        row("not before it was decided", revoked(), overturn(8, "2026-06-15"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row("once", and(revoked(), &[overturn(8, "2026-06-30")]), overturn(8, "2026-06-30"), NOTHING),
        row("on one day", and(revoked(), &[overturn(8, "2026-06-30")]), overturn(8, "2026-07-01"), Err("ACT_NOT_OPEN")),
        row(
            "what is no decision is not overturned",
            certified(),
            overturn(2, "2026-06-30"),
            Err("ACT_NOT_OVERTURNABLE"),
        ),
        row(
            "an order is over with the ruling",
            and(certified(), &[rectify("2026-06-01", "2026-06-15"), overturn(4, "2026-06-10")]),
            rectified("2026-06-12"),
            Err("NOT_RECTIFYING"),
        ),
        row(
            "and so is one that a failed review opened",
            and(certified(), &[review(2026, ReviewResult::Failed, "2026-06-01"), overturn(4, "2026-06-10")]),
            rectified("2026-06-12"),
            Err("NOT_RECTIFYING"),
        ),
        row(
            "whose year is reviewed anew",
            and(certified(), &[review(2026, ReviewResult::Failed, "2026-06-01"), overturn(4, "2026-06-10")]),
            review(2026, ReviewResult::Passed, "2026-06-20"),
            Ok(&["ReviewRecorded"]),
        ),
        row(
            "a suspension",
            and(certified(), &[suspend(CARE, "2026-06-01"), overturn(4, "2026-06-10")]),
            resume("2026-06-12"),
            Err("NOT_SUSPENDED"),
        ),
        row(
            "a notice of revocation",
            and(told(), &[overturn(7, "2026-06-10")]),
            revoke(),
            Err("REVOCATION_NOT_NOTICED"),
        ),
        row(
            "a withdrawal that was no free wish",
            and(hung(), &[withdraw("2026-05-06", "2026-05-06")]),
            overturn(7, "2026-06-30"),
            Ok(&["ActOverturned", "PlaqueRecoveryLifted"]),
        ),
        row(
            "the certification itself",
            hung(),
            overturn(3, "2026-06-30"),
            Ok(&["ActOverturned", "PlaqueRecoveryOrdered"]),
        ),
        row(
            "which is live until then",
            and(hung(), &[overturn(3, "2026-06-30")]),
            withdraw("2026-07-01", "2026-07-01"),
            Err("NOT_LIVE"),
        ),
        on(
            "2029-01-05",
            row(
                "a renewal, after which the term before is renewed anew",
                and(certified(), &[renew("2028-12-01", "2029-03-09", "2032-03-08"), overturn(4, "2029-01-02")]),
                renew("2029-01-04", "2029-03-09", "2031-03-08"),
                Ok(&["CertificationRenewed"]),
            ),
        ),
        by(
            "commerce",
            row(
                "by whoever decides on the category",
                certified(),
                overturn(3, "2026-06-30"),
                Err("NOT_COMPETENT_FOR_CATEGORY"),
            ),
        ),
        row("nor what there is not", certified(), overturn(9, "2026-06-30"), Err("ACT_UNKNOWN")),
        row(
            "restored, it is live",
            and(revoked(), &[overturn(8, "2026-06-30")]),
            review(2026, ReviewResult::Passed, "2026-07-01"),
            Ok(&["ReviewRecorded"]),
        ),
        row(
            "and no bar is left",
            and(revoked(), &[overturn(8, "2026-06-30")]),
            withdraw("2026-07-01", "2026-07-01"),
            Ok(&["CertificationWithdrawn", "PlaqueRecoveryOrdered"]),
        ),
        by(
            "lists",
            row(
                "a cancellation decided elsewhere is back-entered, and plaques come back",
                hung(),
                record_ending(|c| c.decided_on = Some(day("2026-06-16"))),
                Ok(&["EndingRecorded", "PlaqueRecoveryOrdered"]),
            ),
        ),
        by(
            "lists",
            row("also where no day of it is known", vec![back_enter()], record_ending(|_| {}), Ok(&["EndingRecorded"])),
        ),
        by(
            "lists",
            row(
                "an annulment may reach back",
                hung(),
                record_ending(|c| {
                    c.kind = EndingKind::Annulled;
                    c.decided_on = Some(day("2026-06-16"));
                    c.effective_on = Some(day("2026-03-09"));
                }),
                Ok(&["EndingRecorded", "PlaqueRecoveryOrdered"]),
            ),
        ),
        by(
            "lists",
            row(
                "another end does not",
                hung(),
                record_ending(|c| {
                    c.decided_on = Some(day("2026-06-16"));
                    c.effective_on = Some(day("2026-06-15"));
                }),
                Err("EFFECT_BEFORE_DECISION"),
            ),
        ),
        by(
            "lists",
            row(
                "not of a day before it was certified",
                hung(),
                record_ending(|c| c.decided_on = Some(day("2026-01-05"))),
                Err("DAY_BEFORE_PREVIOUS_STEP"),
            ),
        ),
        by(
            "lists",
            row(
                "nor of a day to come",
                hung(),
                record_ending(|c| c.decided_on = Some(day("2026-07-02"))),
                Err("DAY_AHEAD"),
            ),
        ),
        by(
            "lists",
            row("what was never certified cannot end", vec![register()], record_ending(|_| {}), Err("NOT_CERTIFIED")),
        ),
        by(
            "lists",
            row(
                "which may take effect on the day it was decided",
                vec![back_enter()],
                record_ending(|c| (c.decided_on, c.effective_on) = (Some(day("2026-06-16")), Some(day("2026-06-16")))),
                Ok(&["EndingRecorded"]),
            ),
        ),
        // One decision is one end, whatever one of two lists leaves out of it.
        by(
            "lists",
            row(
                "an annulment of the same day that says from when, too",
                and(hung(), &[elsewhere(EndingKind::Annulled, "2026-06-16", None)]),
                elsewhere(EndingKind::Annulled, "2026-06-16", Some("2026-03-09")),
                Err("DECISION_DIFFERS"),
            ),
        ),
        by(
            "lists",
            row(
                "or does not any more",
                and(hung(), &[elsewhere(EndingKind::Annulled, "2026-06-16", Some("2026-03-09"))]),
                elsewhere(EndingKind::Annulled, "2026-06-16", None),
                Err("DECISION_DIFFERS"),
            ),
        ),
        by(
            "lists",
            row(
                "nor is a cancellation two, before it takes effect",
                and(hung(), &[elsewhere(EndingKind::Cancelled, "2026-06-16", Some("2026-07-16"))]),
                elsewhere(EndingKind::Cancelled, "2026-06-16", None),
                Err("DECISION_DIFFERS"),
            ),
        ),
        by(
            "lists",
            row(
                "nor with its document's number",
                and(hung(), &[elsewhere(EndingKind::Withdrawn, "2026-06-16", Some("2026-07-16"))]),
                by_document("退出1号", elsewhere(EndingKind::Withdrawn, "2026-06-16", Some("2026-07-16"))),
                Err("DECISION_DIFFERS"),
            ),
        ),
        by(
            "lists",
            row(
                "two documents are two",
                and(
                    hung(),
                    &[by_document("取消1号", elsewhere(EndingKind::Cancelled, "2026-06-16", Some("2026-07-16")))],
                ),
                by_document("取消2号", elsewhere(EndingKind::Cancelled, "2026-06-16", Some("2026-07-16"))),
                Ok(&["EndingRecorded"]),
            ),
        ),
        by(
            "lists",
            row(
                "so are two days of effect",
                and(hung(), &[elsewhere(EndingKind::Cancelled, "2026-06-16", Some("2026-07-16"))]),
                elsewhere(EndingKind::Cancelled, "2026-06-16", Some("2026-07-20")),
                Ok(&["EndingRecorded"]),
            ),
        ),
        by(
            "lists",
            row(
                "a term that is over by itself is not ended the day after",
                and(over_in_may(), &[expire()]),
                elsewhere(EndingKind::Withdrawn, "2026-06-01", None),
                Err("NOT_LIVE"),
            ),
        ),
        by(
            "lists",
            row(
                "nor from the day after",
                over_in_may(),
                record_ending(|c| c.effective_on = Some(day("2026-06-01"))),
                Err("NOT_LIVE"),
            ),
        ),
        by(
            "lists",
            row(
                "nor annulled from then on",
                over_in_may(),
                elsewhere(EndingKind::Annulled, "2026-06-01", Some("2026-06-01")),
                Err("ANNULLED_FROM_THE_BEGINNING"),
            ),
        ),
        by(
            "lists",
            row(
                "a list that does not say from when says no other day",
                over_in_may(),
                elsewhere(EndingKind::Annulled, "2026-06-01", None),
                Ok(&["EndingRecorded"]),
            ),
        ),
        by(
            "lists",
            row(
                "but from the beginning",
                over_in_may(),
                elsewhere(EndingKind::Annulled, "2026-06-01", Some("2026-03-09")),
                Ok(&["EndingRecorded"]),
            ),
        ),
        by("lists", row("what has ended ends once", revoked(), record_ending(|_| {}), Err("NOT_LIVE"))),
        by(
            "lists",
            row(
                "a bar is not over before it is laid",
                hung(),
                record_ending(|c| {
                    c.decided_on = Some(day("2026-06-16"));
                    c.bar_until = Some(day("2026-06-15"));
                }),
                Err("BAR_BACKWARDS"),
            ),
        ),
        row("by who may back-enter", hung(), record_ending(|_| {}), Err("DUTY_MISSING")),
        row(
            "whoever was barred elsewhere does not apply here",
            and(hung(), &[record_ending(|c| c.bar_until = Some(day("2027-06-15")))]),
            apply("2026-07-01"),
            Err("BARRED"),
        ),
        row(
            "ended, it is renewed no more",
            and(hung(), &[record_ending(|c| c.kind = EndingKind::Withdrawn)]),
            review(2026, ReviewResult::Passed, "2026-07-01"),
            Err("NOT_LIVE"),
        ),
        row(
            "a revocation elsewhere is overturned like one here",
            and(hung(), &[record_ending(|c| c.effective_on = Some(day("2026-06-16")))]),
            overturn(7, "2026-06-30"),
            Ok(&["ActOverturned", "PlaqueRecoveryLifted"]),
        ),
    ]
    .into_iter()
    .chain(hearings())
    .chain(far_ahead())
    .collect()
}

/// Five working days from the day after the notice: 行政处罚法 第八十五条, 行政许可法 第八十二条.
fn hearings() -> Vec<Row> {
    let told = |on, until| and(certified(), &[notice_revocation(on, until)]);
    let revoke_on = |on: &str| revoke_as(|c| (c.decided_on, c.effective_on) = (day(on), day(on)));
    vec![
        on(
            "2026-11-02",
            row(
                "no time to answer lies in a holiday",
                certified(),
                notice_revocation("2026-09-30", "2026-10-12"),
                Err("HEARING_TOO_SHORT"),
            ),
        ),
        on(
            "2026-11-02",
            row(
                "five days are worked after it, one of them a Saturday",
                certified(),
                notice_revocation("2026-09-30", "2026-10-13"),
                Ok(&["RevocationNoticed"]),
            ),
        ),
        row(
            "a last day that is off moves to the next one that is worked",
            told("2026-06-08", "2026-06-19"),
            revoke_on("2026-06-22"),
            Err("HEARING_NOT_ENDED"),
        ),
        row(
            "after which it is over",
            told("2026-06-08", "2026-06-19"),
            revoke_on("2026-06-23"),
            Ok(&["CertificationRevoked"]),
        ),
        on(
            "2027-02-01",
            row(
                "working days are not guessed",
                certified(),
                notice_revocation("2026-12-30", "2027-01-20"),
                Err("CALENDAR_NOT_COVERED"),
            ),
        ),
        on(
            "2026-12-14",
            row(
                "nor whether its last day is one",
                certified(),
                notice_revocation("2026-12-14", "2027-01-20"),
                Err("CALENDAR_NOT_COVERED"),
            ),
        ),
    ]
}

/// The fact says when the time is over, so that whoever follows the log needs no calendar: 2026-06-19 to 06-21 are off.
#[test]
fn a_notice_says_when_its_time_is_over() {
    let world = World::new();
    let certified = certified().iter().fold(Provider::default(), |p, command| {
        let facts = world.decide(&p, "everything", day("2026-07-01"), command).unwrap();
        then(p, &facts)
    });
    for (until, ends_on) in [("2026-06-18", "2026-06-18"), ("2026-06-19", "2026-06-22"), ("2026-06-21", "2026-06-22")] {
        let notice = notice_revocation("2026-06-08", until);
        let facts = world.decide(&certified, "everything", day("2026-07-01"), &notice).unwrap();
        let [Event::RevocationNoticed(noticed)] = &*facts else { panic!("{facts:?}") };
        assert_eq!((noticed.hearing_until, noticed.hearing_ends_on), (day(until), day(ends_on)));
    }
}

/// An end that another body decided, and perhaps said from when it holds.
fn elsewhere(kind: EndingKind, decided: &str, effective: Option<&str>) -> Command {
    record_ending(|c| (c.kind, c.decided_on, c.effective_on) = (kind, Some(day(decided)), effective.map(day)))
}

fn by_document(number: &str, command: Command) -> Command {
    let Command::RecordEnding(c) = command else { unreachable!() };
    Command::RecordEnding(RecordEnding { document_number: Some(text(number)), ..c })
}

fn over_in_may() -> Vec<Command> {
    vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-05-31"))]
}

/// Days that were mistyped.
fn far_ahead() -> Vec<Row> {
    let told = || and(certified(), &[notice_revocation("2026-06-08", "2026-06-15")]);
    let revoke_until = |until: &str| revoke_as(|c| c.bar_until = Some(day(until)));
    let revoke_from = |from: &str| revoke_as(|c| c.effective_on = day(from));
    let ending = |change: fn(&mut RecordEnding)| record_ending(change);
    vec![
        row("a bar of thirty years", told(), revoke_until("2056-06-16"), Ok(&["CertificationRevoked"])),
        row("and none of more", told(), revoke_until("2056-06-17"), Err("DAY_TOO_FAR")),
        row("an effect within two years", told(), revoke_from("2028-06-16"), Ok(&["CertificationRevoked"])),
        row("and none after", told(), revoke_from("2028-06-17"), Err("DAY_TOO_FAR")),
        row(
            "an exit within two years",
            certified(),
            withdraw("2026-04-01", "2028-04-01"),
            Ok(&["CertificationWithdrawn"]),
        ),
        row("and none after", certified(), withdraw("2026-04-01", "2028-04-02"), Err("DAY_TOO_FAR")),
        row(
            "nor is anybody heard for years",
            certified(),
            notice_revocation("2026-06-08", "2028-06-09"),
            Err("DAY_TOO_FAR"),
        ),
        by(
            "lists",
            row(
                "nor is it so elsewhere",
                certified(),
                ending(|c| c.effective_on = Some(day("2199-12-31"))),
                Err("DAY_TOO_FAR"),
            ),
        ),
        by(
            "lists",
            row("with its bar", certified(), ending(|c| c.bar_until = Some(day("2199-12-31"))), Err("DAY_TOO_FAR")),
        ),
        row(
            "nor does a price rise then",
            and(certified(), &[propose(200_000, PriceUnit::Month)]),
            approve_on("2026-04-10", "2028-04-11"),
            Err("DAY_TOO_FAR"),
        ),
        row(
            "nor does a term begin then",
            vec![register(), pledge()],
            certify_as(|c| (c.valid_from, c.valid_to) = (day("2028-03-10"), day("2028-12-31"))),
            Err("DAY_TOO_FAR"),
        ),
    ]
}

/// The notice says which act is intended, as the scheme has it for the ground; that is what it is, whatever a later scheme says of the ground.
#[test]
fn a_notice_says_whether_it_is_to_be_cancelled_or_annulled() {
    let world = World::new();
    let today = day("2026-07-01");
    let state = certified().iter().fold(Provider::default(), |state, command| {
        then(state.clone(), &world.decide(&state, "everything", today, command).unwrap())
    });
    for (code, kind) in [("overcharging", RevocationKind::Cancelled), ("deceit", RevocationKind::Annulled)] {
        let notice = notice_revocation_for(code, "2026-06-08", "2026-06-15");
        let told = world.decide(&state, "everything", today, &notice).unwrap();
        let [Event::RevocationNoticed(fact)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(fact.kind, kind, "{code}");
        let state = then(state.clone(), &told);
        let other = {
            let mut other = World::new();
            let ground = other.scheme.grounds.get_mut(&ground(code)).unwrap();
            ground.revocation = match kind {
                RevocationKind::Cancelled => RevocationKind::Annulled,
                RevocationKind::Annulled => RevocationKind::Cancelled,
            };
            other
        };
        for (world, kinds) in [(&world, "as noticed"), (&other, "the scheme says otherwise by now")] {
            let revoked = |of: RevocationKind| {
                let command = revoke_as(|c| {
                    (c.kind, c.ground) = (of, ground(code));
                    if of == RevocationKind::Annulled {
                        c.effective_on = day("2026-03-09");
                    }
                });
                world.decide(&state, "everything", today, &command).map(|_| ()).map_err(|refusal| refusal.reason())
            };
            let another =
                if kind == RevocationKind::Cancelled { RevocationKind::Annulled } else { RevocationKind::Cancelled };
            assert_eq!(revoked(kind), Ok(()), "{code}, {kinds}");
            assert_eq!(revoked(another), Err("GROUND_OF_OTHER_KIND"), "{code}, {kinds}");
        }
    }
}

/// No scheme does without the notice: a revocation rests on one, and says on which, whether it was named or not.
#[test]
fn a_revocation_says_on_which_notice_it_rests() {
    let world = World::new();
    let today = day("2026-07-01");
    let ask = |state: &Provider, command: &Command| world.decide(state, "everything", today, command);
    let hung = hung().iter().fold(Provider::default(), |state, command| {
        let taken = ["2026-03-20", "2026-07-01"]
            .iter()
            .find_map(|on| world.decide(&state, "everything", day(on), command).ok());
        then(state, &taken.unwrap())
    });
    let named = |act: u32| revoke_as(|c| c.notice = Some(Act::new(act).unwrap()));
    assert_eq!(ask(&hung, &revoke()).unwrap_err().reason(), "REVOCATION_NOT_NOTICED");
    assert_eq!(ask(&hung, &named(1)).unwrap_err().reason(), "ACT_NOT_OPEN");
    let told = then(hung.clone(), &ask(&hung, &notice_revocation("2026-06-08", "2026-06-15")).unwrap());
    for command in [revoke(), named(told.acts)] {
        let facts = ask(&told, &command).unwrap();
        let Event::CertificationRevoked(e) = &facts[0] else { panic!("{facts:?}") };
        assert_eq!(e.notice, Act::new(told.acts).unwrap());
    }
}
