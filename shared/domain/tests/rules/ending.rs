//! How a certification ends, and how an end is undone.

use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, and, by, on, row};

pub(crate) fn rows() -> Vec<Row> {
    let told = || [hung(), vec![notice_revocation("2026-06-08", "2026-06-15")]].concat();
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
        row("told once", told(), notice_revocation("2026-06-09", "2026-06-16"), Err("REVOCATION_ALREADY_NOTICED")),
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
        row(
            "an annulment does",
            told(),
            revoke_as(|c| {
                c.kind = RevocationKind::Annulled;
                c.effective_on = day("2026-03-09");
            }),
            Ok(&["CertificationRevoked", "PlaqueRecoveryOrdered"]),
        ),
        row("a bar runs forward", told(), revoke_as(|c| c.bar_until = Some(day("2026-06-01"))), Err("BAR_BACKWARDS")),
        row("a revoked provider is barred", revoked(), apply("2026-07-01"), Err("BARRED")),
        on("2028-06-17", row("until the bar is over", revoked(), apply("2028-06-17"), Ok(&["ApplicationFiled"]))),
        row(
            "a ground may bring no bar",
            [told(), vec![revoke_as(|c| c.ground = ground("conditions-lost"))]].concat(),
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
            "lists",
            row(
                "a term that no list stated does not end by itself",
                vec![back_enter()],
                expire(),
                Err("TERM_UNSTATED"),
            ),
        ),
        row("a wrong revocation is overturned", revoked(), overturn("2026-06-30"), Ok(&["CertificationOverturned"])),
        row("what is not revoked is not overturned", certified(), overturn("2026-06-30"), Err("NOT_REVOKED")),
        row(
            "restored, it is live",
            and(revoked(), &[overturn("2026-06-30")]),
            review(2026, ReviewResult::Passed, "2026-07-01"),
            Ok(&["ReviewRecorded"]),
        ),
        row(
            "and no bar is left",
            and(revoked(), &[overturn("2026-06-30")]),
            withdraw("2026-07-01", "2026-07-01"),
            Ok(&["CertificationWithdrawn", "PlaqueRecoveryOrdered"]),
        ),
    ]
}
