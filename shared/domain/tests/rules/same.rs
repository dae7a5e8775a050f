//! An act that is sent again, in whatever has become of the record since; and one that differs in a word.

use domain::command::{Certify, Command};
use domain::{
    Act, ActCorrected, Difference, Event, MadeBy, Particulars, ParticularsAmended, PledgeForm, Provider,
    PublicationScope, replay,
};

use crate::world::*;
use crate::{NOTHING, Row, and, by, on, row};

pub(crate) fn rows() -> Vec<Row> {
    let ordered = || and(hung(), &[rectify("2026-06-05", "2026-07-05")]);
    let met = || and(ordered(), &[rectified("2026-06-20")]);
    let reviewed = |note: Option<&str>| match review(2026, domain::ReviewResult::Passed, "2026-06-20") {
        Command::RecordReview(mut c) => {
            c.note = note.map(text);
            Command::RecordReview(c)
        }
        other => other,
    };
    let hung_by = |design: &str| match issue(1) {
        Command::IssuePlaque(mut c) => {
            c.design_version = text(design);
            Command::IssuePlaque(c)
        }
        other => other,
    };
    let on_case = || and(publicised(), &[certify_as(|c| c.notice = None)]);
    let fulfil_by = |body: &str| match fulfil("2026-06-01") {
        Command::RecordFulfilment(mut c) => {
            c.determining_unit = Some(text(body));
            Command::RecordFulfilment(c)
        }
        other => other,
    };
    let applied_again = || {
        let before = [apply("2026-03-09"), accept("2026-03-10"), withdraw_case("2026-03-10")];
        and(vec![register()], &[&before[..], &[apply("2026-03-10")]].concat())
    };
    let returned_twice = || {
        let first = [apply("2026-03-09"), return_case("2026-03-10", "2026-03-20"), supplement("2026-03-10")];
        and(vec![register()], &[&first[..], &[return_case("2026-03-10", "2026-03-21")]].concat())
    };
    vec![
        // A late duplicate of a request that was answered "already so" must not put the outlet back into rectification.
        row("an order sent again after it was met is the old one", met(), rectify("2026-06-05", "2026-07-05"), NOTHING),
        row(
            "one of another day is a new one",
            met(),
            rectify("2026-06-21", "2026-07-05"),
            Ok(&["RectificationOrdered"]),
        ),
        row("met again it is met", met(), rectified("2026-06-20"), NOTHING),
        row("a review sent again is the same", and(hung(), &[reviewed(None)]), reviewed(None), NOTHING),
        row(
            "with another note it is not",
            and(hung(), &[reviewed(None)]),
            reviewed(Some("附注")),
            Err("YEAR_ALREADY_REVIEWED"),
        ),
        row("nor is a plaque of another design", hung(), hung_by("另一版"), Err("PLAQUE_STATE")),
        row(
            "a plaque that came back is not handed out again",
            and(hung(), &[recover(1, "2026-06-20")]),
            issue(1),
            NOTHING,
        ),
        // What was compared by some fields once, and answered as recorded.
        row(
            "a notice of revocation for another ground is another",
            and(certified(), &[notice_revocation_for("overcharging", "2026-06-01", "2026-06-11")]),
            notice_revocation_for("conditions-lost", "2026-06-01", "2026-06-11"),
            Ok(&["RevocationNoticed"]),
        ),
        row(
            "a revocation with another bar is another",
            revoked(),
            revoke_as(|c| c.bar_until = Some(day("2031-01-01"))),
            Err("DECISION_DIFFERS"),
        ),
        row("as it was it is the same", revoked(), revoke(), NOTHING),
        row(
            "also with the bar that the scheme gives it",
            revoked(),
            revoke_as(|c| c.bar_until = Some(c.decided_on.plus_months(24))),
            NOTHING,
        ),
        row("and with the notice it rests on", revoked(), revoke_as(|c| c.notice = Act::new(7).ok()), NOTHING),
        row(
            "a certification under another pledge is another",
            and(certified(), &[pledge_as(pledge_form(2))]),
            certify_as(|c| c.pledge_number = pledge_number(2)),
            Err("DECISION_DIFFERS"),
        ),
        row(
            "or by another body",
            certified(),
            certify_as(|c| c.deciding_body = Some(text("某委"))),
            Err("DECISION_DIFFERS"),
        ),
        row("a case carries its notice, sent or not", on_case(), certify_as(|c| c.notice = None), NOTHING),
        row("sent it is the same one", on_case(), certify(), NOTHING),
        row(
            "without the notice that was its evidence it is another",
            certified(),
            certify_as(|c| c.notice = None),
            Err("DECISION_DIFFERS"),
        ),
        row(
            "kept in full by another body",
            and(certified(), &[fulfil("2026-06-01")]),
            fulfil_by("某局"),
            Err("PLEDGE_DETERMINED"),
        ),
        row(
            "one notice published elsewhere is another",
            publicised(),
            notice_at(Some("网站"), "2026-03-02", "2026-03-06"),
            Ok(&["NoticeOpened"]),
        ),
        // A step says nothing but its day: which case it is of follows from the record.
        row(
            "another case takes the same step on the same day",
            and(applied_again(), &[]),
            accept("2026-03-10"),
            Ok(&["CaseAccepted"]),
        ),
        row("and then it has", and(applied_again(), &[accept("2026-03-10")]), accept("2026-03-10"), NOTHING),
        row(
            "an application sent again opens no second case",
            vec![register(), apply("2026-03-10"), withdraw_case("2026-03-10")],
            apply("2026-03-10"),
            NOTHING,
        ),
        row(
            "papers that are missing again come in on the same day",
            and(returned_twice(), &[]),
            supplement("2026-03-10"),
            Ok(&["CaseSupplemented"]),
        ),
        row(
            "papers are not returned anew by what is sent again",
            and(returned_twice(), &[supplement("2026-03-10")]),
            return_case("2026-03-10", "2026-03-20"),
            NOTHING,
        ),
        // What answers another act and does not name it may be the old one or a new one.
        row(
            "a second order is not met by what met the first",
            and(met(), &[rectify("2026-06-20", "2026-07-05")]),
            rectified("2026-06-20"),
            Err("ACT_UNNAMED"),
        ),
        row(
            "but by what names it",
            and(met(), &[rectify("2026-06-20", "2026-07-05")]),
            rectified_of(9, "2026-06-20"),
            Ok(&["RectificationAccepted"]),
        ),
        by(
            "elsewhere",
            row(
                "whoever may not do it is told so",
                ordered(),
                rectify("2026-06-05", "2026-07-05"),
                Err("NOT_COMPETENT_FOR_PLACE"),
            ),
        ),
        by("lists", on("2026-07-01", row("a list taken again is known", vec![back_enter()], back_enter(), NOTHING))),
    ]
}

/// What was recorded by these commands, fact by fact.
fn facts(world: &World, commands: &[Command]) -> Vec<Event> {
    let mut facts: Vec<Event> = Vec::new();
    for command in commands {
        let decide = |(bureau, today)| world.decide(&replay(&facts), bureau, day(today), command).ok();
        let days = ["2026-03-20", "2026-07-01"].into_iter();
        let mut decided = days.flat_map(|today| [("everything", today), ("lists", today)]).filter_map(decide);
        let made = decided.find(|events| !events.is_empty()).unwrap();
        facts.extend(made);
    }
    facts
}

#[test]
fn a_refusal_names_the_act_in_the_way_and_what_differs() {
    let world = World::new();
    let told = |given: &[Command], bureau: &str, asked: Command| {
        let facts = facts(&world, given);
        let refusal = world.decide(&replay(&facts), bureau, day("2026-07-01"), &asked).unwrap_err();
        assert!(refusal.is_of_what_is_on_record(), "{}", refusal.reason());
        let difference = Difference::of(&facts, &MadeBy::Provider(asked), refusal.held_against());
        (refusal.reason(), difference.map(|of| (of.names(), of.zh(), of.en())))
    };
    let differs = |names: &str, zh: &str, en: &str| Some((names.to_owned(), zh.to_owned(), en.to_owned()));
    let later = |c: &mut Certify| (c.decided_on, c.valid_from) = (day("2026-03-10"), day("2026-03-10"));
    assert_eq!(
        told(&certified(), "everything", certify_as(later)),
        (
            "DECISION_DIFFERS",
            differs(
                "decided_on,valid_from",
                "与第3项不同:认定或决定日期已记载 2026-03-09,本次 2026-03-10;有效期起已记载 2026-03-09,本次 2026-03-10",
                "it differs from no. 3: day of the decision on record 2026-03-09, now 2026-03-10; first day of the term on record 2026-03-09, \
                 now 2026-03-10"
            )
        )
    );
    assert_eq!(
        told(&[back_enter()], "lists", back_enter_as(|c| c.source = text("名单(1)第1行"))),
        (
            "DECISION_DIFFERS",
            differs(
                "source",
                "与第2项不同:来源已记载 名单第1行,本次 名单(1)第1行",
                "it differs from no. 2: source on record 名单第1行, now 名单(1)第1行"
            )
        )
    );
    // Also where the rule names no act: the one that is most like it is told.
    let accepted = [register(), apply("2026-03-02"), accept("2026-03-03")];
    let (reason, difference) = told(&accepted, "everything", accept("2026-03-04"));
    assert_eq!((reason, difference.unwrap().0.as_str()), ("WRONG_STAGE", "accepted_on"));
    // One of another kind is not told of.
    assert_eq!(told(&accepted, "everything", supplement("2026-03-04")), ("WRONG_STAGE", None));
}

/// Neither what is on record nor what was sent is told further than it is published.
#[test]
fn a_difference_tells_no_more_of_a_pledge_than_is_published() {
    use PublicationScope::{Closed, Limited, Public};
    let world = World::new();
    let saying =
        |content: &str, publication| pledge_as(PledgeForm { content: text(content), publication, ..pledge_form(1) });
    for (recorded, sent, is_told) in
        [(Public, Public, true), (Limited, Limited, false), (Closed, Public, false), (Public, Closed, false)]
    {
        let facts = facts(&world, &[register(), saying("不收押金", recorded)]);
        let asked = saying("只收押金", sent);
        let refusal = world.decide(&replay(&facts), "everything", day("2026-07-01"), &asked).unwrap_err();
        let difference = Difference::of(&facts, &MadeBy::Provider(asked), refusal.held_against()).unwrap();
        assert!(difference.names().contains("pledge.content"), "{}", difference.names());
        assert_eq!(difference.zh().contains("不收押金"), is_told, "{}", difference.zh());
        assert_eq!(difference.zh().contains("只收押金"), is_told, "{}", difference.zh());
    }
}

/// The home that an outlet was shown in once is not told where its address has been withheld since, or was meanwhile.
#[test]
fn a_difference_tells_no_address_of_an_outlet_that_was_ever_withheld() {
    let at = |address: &str, withhold_address| Particulars {
        address: Some(text(address)),
        location: None,
        withhold_address,
        ..particulars()
    };
    let home = || amend(at("文昌西路", true), "2026-02-01", None);
    let shop = || amend(at("四望亭路9号", false), "2026-03-01", None);
    let world = World::new();
    for (given, is_told) in [(vec![], true), (vec![shop()], true), (vec![home()], false), (vec![home(), shop()], false)]
    {
        let shown = [register_as(at("文昌西路1号", false))];
        let facts = facts(&world, &[&shown[..], &given].concat());
        let asked = MadeBy::Provider(register_as(at("文昌西路2号", false)));
        let difference = Difference::of(&facts, &asked, Some(Act::new(1).unwrap())).unwrap();
        assert_eq!(difference.names(), "particulars.address");
        assert_eq!(difference.zh().contains("文昌西路1号"), is_told, "{}", difference.zh());
        assert_eq!(difference.en().contains("文昌西路1号"), is_told, "{}", difference.en());
    }
    // Where it had been withheld by what was corrected, too.
    let mut facts = facts(&world, &[register_as(at("文昌西路1号", false)), shop()]);
    let corrected = |fact: &Event| ActCorrected {
        act: Act::new(2).unwrap(),
        corrected_on: day("2026-06-01"),
        reason: text("误录"),
        document_number: None,
        fact: Some(Box::new(fact.clone())),
    };
    let Event::ParticularsAmended(amended) = facts[1].clone() else { unreachable!() };
    let withheld = ParticularsAmended { particulars: at("文昌西路", true), ..amended };
    let (before, after) = (corrected(&withheld.into()), corrected(&facts[1]));
    facts.extend([before.into(), after.into()]);
    let asked = MadeBy::Provider(register_as(at("文昌西路2号", false)));
    let difference = Difference::of(&facts, &asked, Some(Act::new(1).unwrap())).unwrap();
    assert!(!difference.zh().contains("文昌西路1号"), "{}", difference.zh());
}

/// Steps bear nothing but their day: an outlet that applied, gave up and applied again on one day may be answered alike twice.
#[test]
fn each_step_of_a_case_may_be_taken_in_another_on_the_same_day() {
    let (accepted, inspected) = (accept("2026-03-10"), inspect("2026-03-10", true));
    let returned = return_case("2026-03-10", "2026-03-20");
    let table: [(&[Command], Command); 7] = [
        (&[], returned.clone()),
        (&[returned], supplement("2026-03-10")),
        (&[], accepted.clone()),
        (std::slice::from_ref(&accepted), inspected.clone()),
        (std::slice::from_ref(&accepted), refuse("2026-03-10")),
        (&[accepted.clone(), inspected], notice("2026-03-10", "2026-03-16")),
        (&[], withdraw_case("2026-03-10")),
    ];
    let world = World::new();
    let ask = |state: &Provider, command: &Command| world.decide(state, "everything", day("2026-07-01"), command);
    for (before, step) in table {
        let taken = |state: &Provider, command: &Command| {
            let facts = ask(state, command).unwrap_or_else(|why| panic!("{command:?}: {why:?}"));
            assert_eq!(facts.len(), 1, "{command:?} before {step:?}");
            then(state.clone(), &facts)
        };
        let all = [before, std::slice::from_ref(&step)].concat();
        let first = [&[register(), apply("2026-03-09")], &all[..]]
            .concat()
            .iter()
            .fold(Provider::default(), |p, c| taken(&p, c));
        let over = if first.cases.iter().any(|case| case.is_open()) {
            taken(&first, &withdraw_case("2026-03-10"))
        } else {
            first
        };
        let second = taken(&over, &apply("2026-03-10"));
        let second = all.iter().fold(second, |state, command| taken(&state, command));
        // And now it is there, sent again or not.
        assert_eq!(ask(&second, &step), Ok(Vec::new()), "{step:?}");
    }
}
