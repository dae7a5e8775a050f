//! An act that is typed after acts of later days is asked of them too: those that would not have been taken after it refuse it, by their numbers.

use std::collections::BTreeSet;

use domain::command::*;
use domain::*;

use crate::and;
use crate::any_order::{cancelled_elsewhere, certify_again};
use crate::pledge::breach_of_other;
use crate::world::*;

/// What was typed, in this order, what is typed now, and what refuses it: the acts named, and words of why the first of them would not stand.
struct Late {
    rule: &'static str,
    given: Vec<Command>,
    when: Command,
    then: Result<(), (&'static str, &'static str)>,
}

fn late(
    rule: &'static str,
    given: Vec<Command>,
    when: Command,
    then: Result<(), (&'static str, &'static str)>,
) -> Late {
    Late { rule, given, when, then }
}

fn certified_until(decided: &str, from: &str, to: &str) -> Command {
    let Command::Certify(c) = certify_again(decided, from) else { unreachable!() };
    let notice = NoticeWindow::new(day(decided).plus_days(-10), day(decided).plus_days(-1)).ok();
    Command::Certify(Certify { valid_to: day(to), notice, ..c })
}

fn short() -> Vec<Command> {
    vec![register(), pledge(), certify_as(|c| c.valid_to = day("2026-08-31"))]
}

fn table() -> Vec<Late> {
    let renewed = || and(short(), &[renew("2026-06-15", "2026-09-01", "2029-08-31")]);
    let told = || and(certified(), &[notice_revocation("2026-06-01", "2026-06-08")]);
    let lifted = || and(told(), &[lift_notice("2026-06-20")]);
    let ahead = || certified_until("2026-04-10", "2026-09-01", "2029-08-31");
    let earlier = || certified_until("2026-03-26", "2026-03-26", "2026-05-19");
    let begun = || vec![register(), pledge()];
    vec![
        late(
            "an end before an order, which falls",
            and(certified(), &[rectify("2026-05-24", "2026-06-05")]),
            withdraw("2026-04-20", "2026-04-30"),
            Ok(()),
        ),
        late(
            "one that takes effect after it",
            and(certified(), &[rectify("2026-05-24", "2026-06-05")]),
            withdraw("2026-04-20", "2026-05-25"),
            Ok(()),
        ),
        late(
            "an end before a later end",
            and(certified(), &[withdraw("2026-05-20", "2026-05-25")]),
            withdraw("2026-04-20", "2026-04-30"),
            Ok(()),
        ),
        late(
            "and before what was decided elsewhere",
            and(certified(), &[deregister("2026-06-10")]),
            cancelled_elsewhere("2026-06-01", "2026-06-15"),
            Ok(()),
        ),
        late(
            "a ruling on the certification before its end",
            and(certified(), &[withdraw("2026-05-25", "2026-05-25")]),
            overturn(3, "2026-05-19"),
            Ok(()),
        ),
        late(
            "before one that was decided elsewhere",
            and(certified(), &[deregister("2026-06-10")]),
            overturn(3, "2026-05-19"),
            Ok(()),
        ),
        late(
            "before what it was told of, and what was decided on that",
            and(told(), &[revoke()]),
            overturn(3, "2026-05-19"),
            Ok(()),
        ),
        late(
            "a ruling by which an end stood again",
            and(
                certified(),
                &[withdraw("2026-04-20", "2026-04-20"), overturn(4, "2026-05-10"), deregister("2026-06-10")],
            ),
            overturn(5, "2026-05-19"),
            Ok(()),
        ),
        late(
            "and before an order of in between, which falls",
            and(certified(), &[rectify("2026-05-24", "2026-06-05"), deregister("2026-06-10")]),
            overturn(3, "2026-05-19"),
            Ok(()),
        ),
        late(
            "an end before a plaque was handed out, which is to come back",
            and(certified(), &[order(None), issue(1)]),
            deregister("2026-03-12"),
            Ok(()),
        ),
        late(
            "a notice before a renewal",
            renewed(),
            notice_revocation("2026-06-01", "2026-06-08"),
            Err(("4", "已作出拟取消告知")),
        ),
        late(
            "an end ahead before a renewal, which adds nothing",
            renewed(),
            withdraw("2026-06-01", "2026-08-15"),
            Ok(()),
        ),
        late("a suspension before a renewal", renewed(), suspend(CARE, "2026-06-01"), Err(("4", "不能办理"))),
        late(
            "a failed review before it",
            renewed(),
            review(2026, ReviewResult::Failed, "2026-06-01"),
            Err(("4", "不能办理")),
        ),
        late("none of the same day", renewed(), suspend(CARE, "2026-06-15"), Ok(())),
        late("a breach before it", renewed(), breach("2026-06-01", BreachSeverity::Minor), Err(("4", "不能办理"))),
        late(
            "a breach of the pledge before the certification that rests on it",
            certified(),
            breach("2026-03-08", BreachSeverity::Minor),
            Err(("3", "没有有效的信用承诺")),
        ),
        late(
            "but not one of another pledge",
            and(certified(), &[pledge_as(pledge_form(2))]),
            breach_of_other("2026-03-08"),
            Ok(()),
        ),
        late(
            "a decision on a notice that was dropped later",
            lifted(),
            revoke_as(|c| (c.decided_on, c.effective_on) = (day("2026-06-19"), day("2026-06-19"))),
            Err(("5", "第4项")),
        ),
        late(
            "a bar before an application",
            vec![register(), pledge(), certify(), deregister("2026-06-02"), apply("2026-06-15")],
            cancelled_elsewhere("2026-06-01", "2026-06-01"),
            Ok(()),
        ),
        late(
            "a ruling before an order was met, which only answers it",
            and(certified(), &[rectify("2026-05-06", "2026-06-05"), rectified("2026-06-01")]),
            overturn(4, "2026-05-20"),
            Ok(()),
        ),
        late(
            "or on the ruling by which it stood again",
            and(
                certified(),
                &[
                    rectify("2026-05-06", "2026-06-05"),
                    overturn(4, "2026-05-10"),
                    overturn(5, "2026-05-12"),
                    rectified("2026-06-01"),
                ],
            ),
            overturn(6, "2026-05-20"),
            Ok(()),
        ),
        late(
            "a ruling on a certification before an order",
            and(certified(), &[rectify("2026-05-06", "2026-06-05")]),
            overturn(3, "2026-05-01"),
            Ok(()),
        ),
        late(
            "an earlier term while which a later one was decided",
            and(begun(), &[ahead()]),
            earlier(),
            Err(("3", "已认定且在有效期内")),
        ),
        late(
            "one that was over by then",
            and(begun(), &[certify_again("2026-06-02", "2026-06-02")]),
            earlier(),
            Ok(()),
        ),
        late(
            "a term ahead, decided before an earlier one",
            and(begun(), &[earlier()]),
            certified_until("2026-03-14", "2026-09-01", "2029-08-31"),
            Err(("3", "已认定,有效期自")),
        ),
        late(
            "a suspension before a renewal, of an outlet that was on record first by an application of later",
            and(
                vec![apply("2026-05-10"), pledge()],
                &[certify_as(|c| c.valid_to = day("2026-08-31")), renew("2026-06-15", "2026-09-01", "2029-08-31")],
            ),
            suspend(CARE, "2026-05-01"),
            Err(("5", "不能办理")),
        ),
        late(
            "a ruling on what others decided, before a price that was proposed, which was",
            vec![back_enter(), propose(3_600, PriceUnit::Month)],
            overturn(2, "2026-03-20"),
            Ok(()),
        ),
        late(
            "a suspension of what others decided, before its renewal",
            and(
                vec![back_enter_as(|c| {
                    (c.valid_from, c.valid_to) = (Some(day("2026-03-09")), Some(day("2026-08-31")));
                })],
                &[pledge(), renew("2026-06-15", "2026-09-01", "2029-08-31")],
            ),
            suspend(CARE, "2026-05-01"),
            Err(("4", "不能办理")),
        ),
        late(
            "several fall",
            and(certified(), &[rectify("2026-05-24", "2026-06-05"), suspend(CARE, "2026-05-26")]),
            withdraw("2026-04-20", "2026-04-30"),
            Ok(()),
        ),
    ]
}

fn annulled_elsewhere(decided_on: &str, effective_on: Option<&str>) -> Command {
    record_ending(|c| {
        (c.kind, c.decided_on, c.effective_on) = (EndingKind::Annulled, Some(day(decided_on)), effective_on.map(day));
    })
}

/// What is on record of a certification as of a day on which it was over: typed after that, another one that was live on that day refuses it, as it
/// would have been said of that one.
fn of_another() -> Vec<Late> {
    let left = || withdraw("2026-05-20", "2026-05-20");
    let left_elsewhere = || {
        record_ending(|c| {
            (c.kind, c.decided_on) = (EndingKind::Withdrawn, Some(day("2026-05-20")));
            c.effective_on = c.decided_on;
        })
    };
    let listed = |from: &str, to: Option<&str>| {
        back_enter_as(|c| {
            (c.decided_on, c.valid_from, c.valid_to) = (None, Some(day(from)), to.map(day));
            c.document_number = Some(text("名单号"));
        })
    };
    let passed = || review(2026, ReviewResult::Passed, "2026-06-10");
    let renewed = || renew("2026-06-15", "2026-09-01", "2029-08-31");
    let of = |given: Vec<Command>, said: &[Command]| and(given, said);
    let undone = || overturn(4, "2026-06-25");
    let mut rows = Vec::new();
    for (rule, given) in [
        ("a later withdrawal", of(certified(), &[withdraw("2026-06-10", "2026-06-10"), left()])),
        ("one that takes effect later still", of(certified(), &[withdraw("2026-06-10", "2026-06-20"), left()])),
        ("a deregistration", of(certified(), &[deregister("2026-06-10"), left()])),
        ("a cancellation elsewhere", of(certified(), &[cancelled_elsewhere("2026-06-10", "2026-06-10"), left()])),
        ("an end before a ruling", of(certified(), &[deregister("2026-06-10"), overturn(3, "2026-05-20")])),
        ("a review", of(certified(), &[passed(), left_elsewhere()])),
        ("one before an end that is decided here", of(certified(), &[passed(), left()])),
        ("an order", of(certified(), &[rectify("2026-06-10", "2026-06-20"), left_elsewhere()])),
        ("a suspension", of(certified(), &[suspend(CARE, "2026-06-10"), left()])),
        ("one that was resumed", of(certified(), &[suspend(CARE, "2026-06-10"), resume("2026-06-12"), left()])),
        ("a notice of cancellation", of(certified(), &[notice_revocation("2026-06-10", "2026-06-17"), left()])),
        ("a renewal", of(short(), &[renewed(), left_elsewhere()])),
        ("an order that was overturned", of(certified(), &[rectify("2026-06-10", "2026-06-20"), undone(), left()])),
        ("a suspension that was", of(certified(), &[suspend(CARE, "2026-06-10"), undone(), left()])),
        (
            "a notice of cancellation that was",
            of(certified(), &[notice_revocation("2026-06-10", "2026-06-17"), undone(), left()]),
        ),
        ("a review that was", of(certified(), &[passed(), undone(), left()])),
        ("a renewal that was", of(short(), &[renewed(), undone(), left_elsewhere()])),
    ] {
        rows.extend([
            late(rule, given.clone(), listed("2026-05-25", None), Err(("4", "已终止"))),
            late(rule, given.clone(), certify_again("2026-05-25", "2026-05-25"), Err(("4", "已终止"))),
            late(rule, given.clone(), certify_again("2026-06-01", "2026-07-10"), Err(("4", "已终止"))),
            late(rule, given.clone(), listed("2026-05-25", Some("2026-06-09")), Ok(())),
        ]);
    }
    let ended = || of(certified(), &[withdraw("2026-06-10", "2026-06-10"), left()]);
    rows.extend([
        late("on its very day", ended(), certify_again("2026-06-10", "2026-06-10"), Ok(())),
        late("after it", ended(), certify_again("2026-06-11", "2026-06-11"), Ok(())),
        late("one that was overturned", of(ended(), &[overturn(4, "2026-06-20")]), listed("2026-05-25", None), Ok(())),
        late(
            "nor a notice of annulment, which reaches back",
            of(certified(), &[notice_revocation_for("deceit", "2026-06-10", "2026-06-17"), left()]),
            listed("2026-05-25", None),
            Ok(()),
        ),
        late(
            "nor what followed by itself, which follows for the other",
            of(certified(), &[breach("2026-06-10", BreachSeverity::Minor), left()]),
            listed("2026-05-25", None),
            Ok(()),
        ),
        late(
            "an end told right after a certification that was back-entered is of its day like any other",
            of(
                vec![register(), pledge()],
                &[
                    listed("2026-03-09", None),
                    record_ending(|c| {
                        (c.kind, c.decided_on) = (EndingKind::Withdrawn, Some(day("2026-06-10")));
                        c.effective_on = c.decided_on;
                    }),
                    left_elsewhere(),
                ],
            ),
            certify_again("2026-05-25", "2026-05-25"),
            Err(("4", "已终止")),
        ),
        late(
            "one that is void by an annulment elsewhere, which names the day that it reaches back to",
            of(
                certified(),
                &[
                    record_ending(|c| {
                        (c.kind, c.decided_on) = (EndingKind::Annulled, Some(day("2026-06-10")));
                        c.effective_on = Some(day("2026-03-09"));
                    }),
                    left(),
                ],
            ),
            certify_again("2026-05-25", "2026-05-25"),
            Ok(()),
        ),
        late(
            "an annulment elsewhere of a day on which the other was live",
            of(certified(), &[annulled_elsewhere("2026-06-10", Some("2026-06-10")), left()]),
            certify_again("2026-05-25", "2026-05-25"),
            Err(("4", "已终止")),
        ),
        late(
            "one that reaches back to such a day",
            of(certified(), &[annulled_elsewhere("2026-06-10", Some("2026-05-27")), left()]),
            listed("2026-05-25", None),
            Err(("4", "已终止")),
        ),
        late(
            "one that does not say from when is of the day of its decision",
            of(certified(), &[annulled_elsewhere("2026-06-10", None), left()]),
            listed("2026-05-25", None),
            Err(("4", "已终止")),
        ),
        late(
            "one that reaches back to a day before the other",
            of(certified(), &[annulled_elsewhere("2026-06-10", Some("2026-05-22")), left_elsewhere()]),
            listed("2026-05-25", None),
            Ok(()),
        ),
        late(
            "two annulments, of which the second is of before the other",
            of(
                certified(),
                &[
                    annulled_elsewhere("2026-06-10", Some("2026-06-10")),
                    annulled_elsewhere("2026-05-20", Some("2026-05-20")),
                ],
            ),
            listed("2026-05-25", None),
            Err(("4", "已终止")),
        ),
        late(
            "an end that was told with its certification",
            of(
                vec![crate::certification::ended_early("2026-06-10")],
                &[record_ending(|c| {
                    (c.kind, c.decided_on) = (EndingKind::Withdrawn, Some(day("2026-05-20")));
                    c.effective_on = c.decided_on;
                })],
            ),
            listed("2026-05-25", None),
            Err(("3", "已终止")),
        ),
        late(
            "an end on the first day of a certification, while another was live",
            of(certified(), &[deregister("2026-03-09")]),
            listed("2024-05-06", Some("2026-04-18")),
            Ok(()),
        ),
        late(
            "two are named",
            of(certified(), &[withdraw("2026-06-10", "2026-06-10"), deregister("2026-06-01"), left()]),
            listed("2026-05-25", None),
            Err(("5、4", "已终止")),
        ),
    ]);
    rows
}

/// Steps of a case that are typed when it is over, or has gone on: each is asked of the stage of its own day.
fn of_cases() -> Vec<Late> {
    let decided = certify_as(|c| {
        (c.decided_on, c.valid_from, c.notice) = (day("2026-03-20"), day("2026-03-20"), None);
        c.valid_to = day("2029-03-19");
    });
    let certified_on_it = || and(publicised(), std::slice::from_ref(&decided));
    let applied = || vec![apply("2026-02-02")];
    let accepted = || and(applied(), &[accept("2026-02-03")]);
    let inspected_later = || and(accepted(), &[inspect("2026-02-20", true), notice("2026-03-02", "2026-03-06")]);
    vec![
        late(
            "an objection in the notice's time, against a certification",
            certified_on_it(),
            object("2026-03-04"),
            Err(("7", "异议")),
        ),
        late(
            "and what rests on that is named before it",
            and(certified_on_it(), &[rectify("2026-05-24", "2026-06-05"), rectified("2026-06-01")]),
            object("2026-03-04"),
            Err(("9、8、7", "异议")),
        ),
        late("one that contradicts nothing", and(publicised(), &[refuse("2026-03-20")]), object("2026-03-04"), Ok(())),
        late(
            "one of an earlier notice, against that which was run again",
            and(publicised(), &[notice("2026-04-13", "2026-04-17")]),
            object("2026-03-04"),
            Err(("7", "异议")),
        ),
        late(
            "an inspection of before a decision",
            and(accepted(), &[refuse("2026-02-20")]),
            inspect("2026-02-10", true),
            Ok(()),
        ),
        late("one that failed before another", inspected_later(), inspect("2026-02-10", false), Ok(())),
        late(
            "one that was passed before another",
            inspected_later(),
            inspect("2026-02-10", true),
            Err(("5、4", "已核查")),
        ),
        late(
            "an application taken back before it was decided on",
            and(publicised(), &[refuse("2026-03-20")]),
            withdraw_case("2026-03-10"),
            Err(("7", "没有在办")),
        ),
        late(
            "papers asked for before it was taken back",
            and(applied(), &[withdraw_case("2026-02-20")]),
            return_case("2026-02-04", "2026-02-09"),
            Ok(()),
        ),
    ]
}

/// Steps of a plaque that are typed when it has gone on: each is asked of where it was on its own day, and what came after is asked in turn.
fn of_plaques() -> Vec<Late> {
    let out = || and(certified(), &[order(None), issue(1)]);
    let recalled = || and(hung(), &[withdraw("2026-05-20", "2026-05-25")]);
    vec![
        late("it hung before it came back", and(out(), &[recover(1, "2026-05-01")]), hang(1), Ok(())),
        late("it was lost, and turned up", and(hung(), &[recover(1, "2026-05-01")]), lose("2026-04-20"), Ok(())),
        late(
            "it was handed out before it was destroyed",
            and(certified(), &[order(None), destroy("2026-05-01")]),
            issue(1),
            Ok(()),
        ),
        late(
            "what was destroyed does not come back later",
            and(hung(), &[recover(1, "2026-05-01")]),
            destroy("2026-04-20"),
            Err(("7", "已销毁")),
        ),
        late("nor was it back before it hung", hung(), recover(1, "2026-03-19"), Err(("6", "已收回"))),
        late(
            "it came back once",
            and(hung(), &[recover(1, "2026-05-01")]),
            recover(1, "2026-04-20"),
            Err(("7", "已收回")),
        ),
        late(
            "lost before it turned up and was destroyed, which was typed the other way round",
            and(hung(), &[destroy("2026-07-01"), recover(1, "2026-06-01")]),
            lose("2026-05-01"),
            Ok(()),
        ),
        late(
            "turned up before it was destroyed, and lost before",
            and(hung(), &[recover(1, "2026-06-01"), destroy("2026-07-01")]),
            lose("2026-05-01"),
            Ok(()),
        ),
        late("turned up since it was lost", and(hung(), &[lose("2026-05-01")]), recover(1, "2026-06-01"), Ok(())),
        late(
            "what is destroyed was not lost before, unless it had turned up",
            and(hung(), &[destroy("2026-07-01")]),
            lose("2026-05-01"),
            Err(("7", "遗失")),
        ),
        late(
            "of two that fall the reason is that of the earlier day",
            and(hung(), &[destroy("2026-07-01"), recover(1, "2026-06-01")]),
            destroy("2026-05-01"),
            Err(("8、7", "已销毁")),
        ),
        late(
            "it hung where nothing was certified any more, and is to come back",
            hung(),
            overturn(3, "2026-03-19"),
            Ok(()),
        ),
        late("it came back before an end", recalled(), recover(1, "2026-05-10"), Ok(())),
        late("it was lost before an end", recalled(), lose("2026-05-10"), Ok(())),
    ]
}

/// Applications are facts of the past, and a bar undoes nothing by itself.
fn of_applications() -> Vec<Late> {
    let told = || and(certified(), &[notice_revocation("2026-06-01", "2026-06-08")]);
    let revoked = || revoke_as(|c| (c.decided_on, c.effective_on) = (day("2026-06-10"), day("2026-06-10")));
    let of_domestic = |on: &str| {
        let Command::Apply(c) = apply(on) else { unreachable!() };
        Command::Apply(Apply { category: category("domestic"), ..c })
    };
    let certified_domestic = |on: &str| {
        let on = day(on);
        certify_as(|c| {
            c.category = category("domestic");
            (c.decided_on, c.valid_from) = (on, on);
            c.document_number = text("认定2号");
            c.notice = NoticeWindow::new(on.plus_days(-20), on.plus_days(-1)).ok();
        })
    };
    let short_domestic = || {
        let Command::Certify(c) = certified_domestic("2026-05-01") else { unreachable!() };
        Command::Certify(Certify { valid_to: day("2026-07-31"), ..c })
    };
    let renewed_domestic = |on: &str| {
        let Command::Renew(c) = renew(on, "2026-08-01", "2029-07-31") else { unreachable!() };
        Command::Renew(Renew { category: category("domestic"), ..c })
    };
    vec![
        late("a bar before an application", and(told(), &[of_domestic("2026-06-15")]), revoked(), Ok(())),
        late("an application before a certification on evidence", certified(), apply("2026-02-20"), Ok(())),
        late(
            "a bar before a certification, which is told",
            and(told(), &[certified_domestic("2026-06-20")]),
            revoked(),
            Ok(()),
        ),
        late(
            "and before the renewal of one",
            and(told(), &[short_domestic(), renewed_domestic("2026-06-20")]),
            revoked(),
            Ok(()),
        ),
        late(
            "also by a ruling that puts it back",
            and(told(), &[revoked(), overturn(5, "2026-06-12"), certified_domestic("2026-06-20")]),
            overturn(6, "2026-06-15"),
            Ok(()),
        ),
        late(
            "and before an order of what it ended, which falls",
            and(told(), &[certified_domestic("2026-06-20"), rectify("2026-06-21", "2026-06-30")]),
            revoked(),
            Ok(()),
        ),
    ]
}

/// A notice of an intended revocation as act 4, and what rests on it, which was taken while it was open.
fn of_notices() -> Vec<Late> {
    let told = || and(certified(), &[notice_revocation("2026-06-01", "2026-06-08")]);
    let revocation = revoke_as(|c| (c.decided_on, c.effective_on) = (day("2026-06-10"), day("2026-06-10")));
    let revoked = || and(told(), std::slice::from_ref(&revocation));
    let undone = || and(revoked(), &[overturn(5, "2026-06-20")]);
    let named = |on: &str| lift_notice_of(Some(4), on);
    let lifted = || and(told(), &[lift_notice("2026-06-20")]);
    vec![
        late("a notice was dropped before", revoked(), lift_notice("2026-06-09"), Err(("5", "第4项"))),
        late("also where it is named", revoked(), named("2026-06-09"), Err(("5", "第4项"))),
        late("or a ruling undid it", revoked(), overturn(4, "2026-06-09"), Err(("5", "第4项"))),
        late("dropped before what was undone since", undone(), named("2026-06-09"), Err(("6、5", "第4项"))),
        late("undone before it", undone(), overturn(4, "2026-06-09"), Err(("6、5", "第4项"))),
        late("what drops a notice only answers it", lifted(), overturn(4, "2026-06-09"), Ok(())),
    ]
}

fn typed(given: &[Command], world: &World) -> History {
    let mut history = History::default();
    for command in given {
        let by = |bureau: &'static str| {
            let asked = Asked::from(command.clone());
            history.decide(world, bureau, day("2026-07-01"), &asked).map(|events| (bureau, events))
        };
        let (bureau, events) =
            by("everything").or_else(|_| by("lists")).unwrap_or_else(|why| panic!("{command:?}: {why:?}"));
        history.record(bureau, day("2026-07-01"), events);
    }
    history
}

#[test]
fn a_late_act_is_refused_by_the_later_acts_that_rest_on_the_record_without_it() {
    let world = World::new();
    let mut wrong = Vec::new();
    for row in [table(), of_another(), of_cases(), of_applications(), of_notices(), of_plaques()].into_iter().flatten()
    {
        let history = typed(&row.given, &world);
        let decide = |bureau: &str| history.decide(&world, bureau, day("2026-07-01"), &row.when.clone().into());
        let answer = match decide("everything") {
            Err(Refusal::DutyMissing { .. } | Refusal::NotCompetentForCategory { .. }) => decide("lists"),
            answer => answer,
        };
        let told = match &answer {
            Ok(events) if events.is_empty() => Err("nothing".to_owned()),
            Ok(_) => Ok(()),
            Err(Refusal::ContradictsLater { acts, zh, .. }) => Err(format!("{acts} {zh}")),
            Err(other) => Err(other.reason().to_owned()),
        };
        let is_it = match (&told, row.then) {
            (Ok(()), Ok(())) => true,
            (Err(told), Err((acts, why))) => told.starts_with(&format!("{acts} ")) && told.contains(why),
            _ => false,
        };
        if !is_it {
            wrong.push(format!("{}: expected {:?}, got {told:?}", row.rule, row.then));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Of two acts of different days that contradict each other, the one that is typed second is refused, whichever it is.
#[test]
fn both_orders_say_the_same() {
    let world = World::new();
    let (ahead, earlier) = (
        certified_until("2026-04-10", "2026-09-01", "2029-08-31"),
        certified_until("2026-03-26", "2026-03-26", "2026-05-19"),
    );
    let reason = |first: &Command, second: &Command| {
        let history = typed(&[register(), pledge(), first.clone()], &world);
        history.decide(&world, "everything", day("2026-07-01"), &second.clone().into()).map_err(|why| why.reason())
    };
    assert_eq!(reason(&earlier, &ahead), Err("ALREADY_CERTIFIED"));
    assert_eq!(reason(&ahead, &earlier), Err("CONTRADICTS_LATER"));
}

/// Of two ends and another certification in between, the later end is that one's: in whichever order they are typed it is said of no other.
#[test]
fn an_end_is_of_the_certification_that_there_was() {
    let world = World::new();
    let (earlier, later) = (withdraw("2026-05-20", "2026-05-20"), withdraw("2026-06-10", "2026-06-10"));
    let again = certify_again("2026-05-25", "2026-05-25");
    let in_order = [earlier.clone(), again.clone(), later.clone()];
    let state = typed(&and(certified(), &in_order), &world).state();
    let ends: Vec<Vec<u32>> =
        state.certifications.iter().map(|held| held.ends.iter().map(|end| end.act.get()).collect()).collect();
    assert_eq!(ends, [[4], [6]]);
    let reason = |given: &[Command], asked: &Command| {
        let history = typed(&and(certified(), given), &world);
        let made = history.decide(&world, "everything", day("2026-07-01"), &asked.clone().into());
        made.map(|_| ()).map_err(|why| why.reason())
    };
    assert_eq!(reason(&[earlier.clone(), again.clone()], &later), Ok(()));
    assert_eq!(reason(&[later.clone(), earlier], &again), Err("CONTRADICTS_LATER"));
    assert_eq!(reason(&[later], &again), Err("ALREADY_CERTIFIED"));
    // And so of annulments elsewhere, of the days that they reach back to.
    let annulled = |on: &str| annulled_elsewhere(on, Some(on));
    let (earlier, later) = (annulled("2026-05-20"), annulled("2026-06-10"));
    let state = typed(&and(certified(), &[earlier.clone(), again.clone(), later.clone()]), &world).state();
    let ends = state.certifications.iter().map(|held| held.ends.iter().map(|end| end.act.get()).collect::<Vec<_>>());
    assert_eq!(ends.collect::<Vec<_>>(), [[4], [6]]);
    assert_eq!(reason(&[later, earlier], &again), Err("CONTRADICTS_LATER"));
}

pub(crate) fn refused() -> BTreeSet<&'static str> {
    BTreeSet::from(["CONTRADICTS_LATER"])
}
