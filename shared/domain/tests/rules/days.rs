//! No day is before the day of the act it answers: every day that a command carries has its first lawful day here, or a reason why it has none.

use std::collections::BTreeMap;
use std::path::Path;

use domain::command::*;
use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, and, on, row, state};

/// A day of a command: the field, the first day that is lawful after what is given, what a day before is refused with, and the command with
/// that day.
struct First {
    field: &'static str,
    given: Vec<Command>,
    lawful: &'static str,
    reason: &'static str,
    today: &'static str,
    command: fn(&str) -> Command,
}

const BEFORE: &str = "DAY_BEFORE_PREVIOUS_STEP";

fn first(
    field: &'static str,
    given: Vec<Command>,
    lawful: &'static str,
    reason: &'static str,
    command: fn(&str) -> Command,
) -> First {
    First { field, given, lawful, reason, today: "2026-07-01", command }
}

/// Days that answer no act of the stream.
const FREE: &[(&str, &str)] = &[
    ("AmendParticulars.effective_on", "one of an earlier day goes between those on record"),
    ("IdentifyOperator.identified_on", "the document that shows the code may be older than the record"),
    ("RecordCertification.decided_on", "it was decided elsewhere, in whatever year"),
    ("RecordCertification.valid_from", "so does its term begin"),
    ("RecordEnding.bar_until", "it is held against its own decision: a row of the endings"),
    ("ConfirmOperatorCode.confirmed_on", "the first act of its stream"),
    ("BarOperator.barred_on", "the first act of its stream"),
    ("BarOperator.until", "below"),
    ("LiftOperatorBar.lifted_on", "below"),
    ("AdoptScheme.adopted_on", "its document may be older than the registry"),
    ("AdoptCalendar.adopted_on", "so may this one be"),
    ("AdoptCalendar.covered_from", "it speaks of whatever days it was published for"),
    ("AdoptCalendar.covered_until", "held against its first day where it is read: the crate rulebook shows it"),
    ("AdoptPlaces.adopted_on", "its document may be older than the registry"),
    ("BeginRules.adopted_on", "the first act of its stream"),
    ("BeginRules.covered_from", "it speaks of whatever days it was published for"),
    ("BeginRules.covered_until", "held against its first day where it is read: the crate rulebook shows it"),
];

fn moved(checked: &str) -> Command {
    amend(Particulars { address: Some(text("文昌西路9号")), ..particulars() }, "2026-05-04", Some(checked))
}

fn certify_with(change: impl FnOnce(&mut Certify)) -> Command {
    certify_as(|c| {
        c.document_number = text("认定〔2026〕40号");
        change(c);
    })
}

/// A term so short that it could be renewed before it was decided.
fn short() -> Vec<Command> {
    vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-08-31"))]
}

#[expect(clippy::too_many_lines, reason = "a table is as long as it has rows")]
fn firsts() -> Vec<First> {
    let applied = || vec![apply("2026-02-02")];
    let accepted = || and(applied(), &[accept("2026-02-03")]);
    let inspected = || and(accepted(), &[inspect("2026-02-10", true)]);
    let ended = || and(certified(), &[withdraw("2026-04-01", "2026-04-01")]);
    let ordered = || and(certified(), &[rectify("2026-05-06", "2026-06-05")]);
    let told = || and(certified(), &[notice_revocation("2026-06-08", "2026-06-15")]);
    let proposed = || and(certified(), &[propose(200_000, PriceUnit::Month)]);
    let out = || and(certified(), &[order(None), issue(1)]);
    vec![
        first("AmendParticulars.site_checked_on", certified(), "2026-03-09", BEFORE, moved),
        first("ReturnCase.returned_on", applied(), "2026-02-02", BEFORE, |on| return_case(on, "2026-02-20")),
        first("ReturnCase.due_on", applied(), "2026-02-04", BEFORE, |on| return_case("2026-02-04", on)),
        first(
            "SupplementCase.supplemented_on",
            and(applied(), &[return_case("2026-02-04", "2026-02-09")]),
            "2026-02-04",
            BEFORE,
            supplement,
        ),
        first("AcceptCase.accepted_on", applied(), "2026-02-02", BEFORE, accept),
        first("RecordInspection.inspected_on", accepted(), "2026-02-03", BEFORE, |on| inspect(on, true)),
        first("OpenNotice.notice", inspected(), "2026-02-10", BEFORE, |on| {
            notice(on, &day(on).plus_days(30).to_string())
        }),
        first("RaiseObjection.raised_on", publicised(), "2026-03-02", "OBJECTION_OUT_OF_TIME", object),
        first("ResolveObjection.resolved_on", and(publicised(), &[object("2026-03-04")]), "2026-03-04", BEFORE, |on| {
            resolve(on, true)
        }),
        first("RefuseCase.decided_on", publicised(), "2026-02-10", BEFORE, refuse),
        first("WithdrawCase.withdrawn_on", publicised(), "2026-02-10", BEFORE, withdraw_case),
        // One of before whatever is on record is of a case of its own: rows of their own day.
        first("Apply.applied_on", vec![register()], "2022-12-01", "BEFORE_SCHEME", apply),
        first("Certify.decided_on", ended(), "2026-04-01", "ALREADY_CERTIFIED", |on| {
            certify_with(|c| {
                (c.decided_on, c.valid_from, c.valid_to) = (day(on), day(on), day("2028-12-31"));
                c.notice = Some(window("2026-02-02", "2026-02-06"));
            })
        }),
        first("Certify.valid_from", vec![register(), pledge()], "2026-03-09", "TERM_BEFORE_DECISION", |on| {
            certify_as(|c| (c.valid_from, c.valid_to) = (day(on), day("2028-12-31")))
        }),
        first("Certify.valid_to", vec![register(), pledge()], "2026-03-09", "TERM_BACKWARDS", |on| {
            certify_as(|c| c.valid_to = day(on))
        }),
        first("Certify.notice", vec![register(), pledge()], "2025-09-10", "NOTICE_TOO_OLD", |on| {
            certify_as(|c| c.notice = Some(window(&day(on).plus_days(-7).to_string(), on)))
        }),
        first("RecordCertification.valid_to", vec![], "2024-05-06", "TERM_BACKWARDS", |on| {
            back_enter_as(|c| (c.valid_from, c.valid_to) = (Some(day("2024-05-06")), Some(day(on))))
        }),
        first("OrderRectification.ordered_on", certified(), "2026-03-09", BEFORE, |on| rectify(on, "2026-03-20")),
        first("OrderRectification.due_on", certified(), "2026-05-06", "RECTIFICATION_TERM", |on| {
            rectify("2026-05-06", on)
        }),
        first("AcceptRectification.accepted_on", ordered(), "2026-05-06", BEFORE, rectified),
        first("Suspend.suspended_on", certified(), "2026-03-09", BEFORE, |on| suspend(CARE, on)),
        first("Resume.resumed_on", and(certified(), &[suspend(CARE, "2026-05-06")]), "2026-05-06", BEFORE, resume),
        first("NoticeRevocation.noticed_on", certified(), "2026-03-09", BEFORE, |on| {
            notice_revocation(on, "2026-06-30")
        }),
        first("NoticeRevocation.hearing_until", certified(), "2026-06-15", "HEARING_TOO_SHORT", |on| {
            notice_revocation("2026-06-08", on)
        }),
        first("LiftRevocationNotice.lifted_on", told(), "2026-06-08", BEFORE, lift_notice),
        first("Revoke.decided_on", told(), "2026-06-16", "HEARING_NOT_ENDED", |on| {
            revoke_as(|c| (c.decided_on, c.effective_on) = (day(on), day("2026-06-20")))
        }),
        first("Revoke.effective_on", told(), "2026-06-16", "EFFECT_BEFORE_DECISION", |on| {
            revoke_as(|c| c.effective_on = day(on))
        }),
        first("Revoke.bar_until", told(), "2028-06-16", "BAR_TOO_SHORT", |on| {
            revoke_as(|c| c.bar_until = Some(day(on)))
        }),
        first("Withdraw.requested_on", certified(), "2026-03-09", BEFORE, |on| withdraw(on, "2026-06-30")),
        first("Withdraw.effective_on", certified(), "2026-04-01", "EFFECT_BEFORE_DECISION", |on| {
            withdraw("2026-04-01", on)
        }),
        first("Deregister.deregistered_on", certified(), "2026-03-09", BEFORE, deregister),
        first("RecordEnding.decided_on", certified(), "2026-03-09", BEFORE, |on| {
            record_ending(|c| c.decided_on = Some(day(on)))
        }),
        first("RecordEnding.effective_on", certified(), "2026-03-09", BEFORE, |on| {
            record_ending(|c| c.effective_on = Some(day(on)))
        }),
        first("Renew.decided_on", short(), "2026-03-09", BEFORE, |on| renew(on, "2026-09-01", "2029-08-31")),
        first("Renew.valid_from", short(), "2026-09-01", "RENEWAL_GAP", |on| renew("2026-06-01", on, "2029-08-31")),
        first("Renew.valid_to", short(), "2026-09-01", "TERM_BACKWARDS", |on| renew("2026-06-01", "2026-09-01", on)),
        first("RecordReview.reviewed_on", certified(), "2026-03-09", BEFORE, |on| {
            review(2026, ReviewResult::Passed, on)
        }),
        first("Overturn.overturned_on", revoked(), "2026-06-16", BEFORE, |on| overturn(8, on)),
        first("ProposePrice.proposed_on", certified(), "2026-03-09", BEFORE, |on| {
            propose_as(on, price(200_000, PriceUnit::Month))
        }),
        first("ApprovePrice.decided_on", proposed(), "2026-04-01", BEFORE, |on| approve_on(on, "2026-05-01")),
        first("ApprovePrice.effective_on", proposed(), "2026-04-10", "EFFECT_BEFORE_DECISION", |on| {
            approve_on("2026-04-10", on)
        }),
        first("RejectPrice.rejected_on", proposed(), "2026-04-01", BEFORE, |on| reject_of(None, on)),
        first("RecordFulfilment.determined_on", certified(), "2026-02-11", BEFORE, fulfil),
        first("RecordBreach.determined_on", certified(), "2026-02-11", BEFORE, |on| breach(on, BreachSeverity::Minor)),
        first(
            "RepairPledge.repaired_on",
            and(certified(), &[breach("2026-05-01", BreachSeverity::Minor), rectified("2026-05-01")]),
            "2026-05-01",
            BEFORE,
            repair,
        ),
        first("OrderPlaque.ordered_on", certified(), "2026-03-09", BEFORE, |on| order_on(on, None)),
        first("IssuePlaque.issued_on", and(certified(), &[order(None)]), "2026-03-10", BEFORE, |on| {
            let (plaque_number, issued_on) = (plaque(1), day(on));
            Command::IssuePlaque(IssuePlaque { plaque_number, issued_on, design_version: text("2026") })
        }),
        first("HangPlaque.hung_on", out(), "2026-03-18", BEFORE, |on| {
            Command::HangPlaque(HangPlaque { plaque_number: plaque(1), hung_on: day(on) })
        }),
        // Of the days before it hung, which is then asked in turn (`late.rs`).
        first("RecoverPlaque.recovered_on", hung(), "2026-03-18", BEFORE, |on| recover(1, on)),
        first("ReportPlaqueLost.lost_on", hung(), "2026-03-18", BEFORE, lose),
        first("DestroyPlaque.destroyed_on", hung(), "2026-03-10", BEFORE, destroy),
        First {
            today: "2026-08-01",
            ..first("RecordPlaqueNotReturned.recorded_on", revoked(), "2026-07-17", "RECOVERY_NOT_DUE", not_returned)
        },
    ]
}

#[test]
fn no_day_is_before_the_day_of_the_act_it_answers() {
    let world = World::new();
    for First { field, given, lawful, reason, today, command } in firsts() {
        let row: Row = on(today, row(field, given, command(lawful), NOTHING));
        let state = state(&row, &world);
        let decide = |on: Day| {
            let by = |bureau| world.decide(&state, bureau, day(today), &command(&on.to_string()));
            by("everything").or_else(|refusal| {
                if matches!(refusal, Refusal::DutyMissing { .. }) { by("lists") } else { Err(refusal) }
            })
        };
        let lawful = day(lawful);
        for days in [1, 10, 3650] {
            let Err(refusal) = decide(lawful.plus_days(-days)) else { panic!("{field}: taken {days} days too early") };
            // Long before, another rule may have been broken first.
            let refused = if days == 1 { refusal.reason() == reason } else { true };
            assert!(refused, "{field}: {} a day too early", refusal.reason());
        }
        let taken = decide(lawful).unwrap_or_else(|refusal| panic!("{field}: {} on its first day", refusal.reason()));
        assert!(!taken.is_empty(), "{field}");
    }
}

#[test]
fn nor_is_that_of_an_operator() {
    let lists = BureauId::parse("lists").unwrap();
    let decide = |operator: &Operator, command: &OperatorCommand| {
        decide_operator(operator, &operator_code(), command, &scheme(), &lists, day("2026-07-01"))
            .map_err(|refusal| refusal.reason())
    };
    let bar = |until| {
        OperatorCommand::BarOperator(BarOperator {
            ground: ground("conditions-lost"),
            barred_on: day("2026-06-20"),
            until: day(until),
            document_number: text("禁入1号"),
            detail: text("情形"),
        })
    };
    let lift = |on| {
        OperatorCommand::LiftOperatorBar(LiftOperatorBar {
            bar: None,
            lifted_on: day(on),
            document_number: text("解除1号"),
            reason: text("查明无误"),
        })
    };
    assert_eq!(decide(&Operator::default(), &bar("2026-06-19")), Err("BAR_BACKWARDS"));
    let barred = decide(&Operator::default(), &bar("2026-06-20")).unwrap();
    let barred = then_of_operator(Operator::default(), &barred);
    assert_eq!(decide(&barred, &lift("2026-06-19")), Err(BEFORE));
    assert!(decide(&barred, &lift("2026-06-20")).is_ok());
}

/// The days that commands carry, as their files say.
fn days_of_commands() -> Vec<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut days = Vec::new();
    for facet in std::fs::read_dir(sources).unwrap() {
        let Ok(source) = std::fs::read_to_string(facet.unwrap().path().join("commands.rs")) else { continue };
        let mut command = String::new();
        for line in source.lines() {
            if let Some(rest) = line.strip_prefix("pub struct ") {
                rest.trim_end_matches(" {").clone_into(&mut command);
            }
            let Some((name, kind)) = line.trim().strip_prefix("pub ").and_then(|field| field.split_once(": ")) else {
                continue;
            };
            if ["Day,", "Option<Day>,", "NoticeWindow,", "Option<NoticeWindow>,"].contains(&kind) {
                days.push(format!("{command}.{name}"));
            }
        }
    }
    days
}

#[test]
fn every_day_a_command_carries_has_its_first_day_or_a_reason_why_it_has_none() {
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    let firsts = firsts();
    let fields = firsts.iter().map(|first| first.field).chain(FREE.iter().map(|(field, _)| *field));
    for field in fields {
        *said.entry(field.to_owned()).or_default() += 1;
    }
    let carried: BTreeMap<String, usize> = days_of_commands().into_iter().map(|field| (field, 1)).collect();
    assert!(carried.len() > 50, "{}", carried.len());
    assert_eq!(said, carried);
}
