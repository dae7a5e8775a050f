//! The case kept here: from application to notice.

use domain::command::*;
use domain::*;

use crate::overturning::refused;
use crate::world::*;
use crate::{NOTHING, Row, and, by, row, state};

pub(crate) fn rows() -> Vec<Row> {
    let applied = || vec![apply("2026-02-02")];
    let accepted = || and(applied(), &[accept("2026-02-03")]);
    let inspected = |passed| and(accepted(), &[inspect("2026-02-10", passed)]);
    let two_objections = || and(publicised(), &[object("2026-03-04"), object_as(2, "2026-03-04", "异议")]);
    // Upheld on 10 March.
    let upheld = || and(publicised(), &[object("2026-03-04"), resolve("2026-03-10", true)]);
    let unknown = || {
        Command::Apply(Apply {
            particulars: Some(particulars()),
            category: category("fitness"),
            applied_on: day("2026-02-02"),
        })
    };
    let without =
        || Command::Apply(Apply { particulars: None, category: category(CARE), applied_on: day("2026-02-02") });
    vec![
        row(
            "an application registers and files",
            vec![],
            apply("2026-02-02"),
            Ok(&["ProviderRegistered", "ApplicationFiled"]),
        ),
        row("filed again the same day it is already so", applied(), apply("2026-02-02"), NOTHING),
        row("one case a category", accepted(), apply("2026-02-20"), Err("CASE_OPEN")),
        row("a certified category needs no application", certified(), apply("2026-06-01"), Err("ALREADY_CERTIFIED")),
        row("particulars come first", vec![], without(), Err("PROVIDER_NOT_REGISTERED")),
        row("tomorrow has not happened", vec![], apply("2026-07-02"), Err("DAY_AHEAD")),
        row("the scheme lists the categories", vec![], unknown(), Err("CATEGORY_UNKNOWN")),
        by(
            "commerce",
            row("a bureau decides on its categories", vec![], apply("2026-02-02"), Err("NOT_COMPETENT_FOR_CATEGORY")),
        ),
        row("papers can be asked for", applied(), return_case("2026-02-04", "2026-02-09"), Ok(&["CaseReturned"])),
        row(
            "and come in",
            and(applied(), &[return_case("2026-02-04", "2026-02-09")]),
            supplement("2026-02-05"),
            Ok(&["CaseSupplemented"]),
        ),
        row("nothing comes in that was not asked for", applied(), supplement("2026-02-05"), Err("WRONG_STAGE")),
        row("a case is accepted", applied(), accept("2026-02-03"), Ok(&["CaseAccepted"])),
        row("accepted twice is accepted", accepted(), accept("2026-02-03"), NOTHING),
        row("steps follow one another in time", applied(), accept("2026-02-01"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        row(
            "nor of a day on which it was over",
            and(publicised(), &[refuse("2026-03-20")]),
            withdraw_case("2026-03-25"),
            Err("NO_OPEN_CASE"),
        ),
        row(
            "nor out of time, whenever it is typed",
            and(publicised(), &[refuse("2026-03-20")]),
            object("2026-03-10"),
            Err("OBJECTION_OUT_OF_TIME"),
        ),
        row(
            "nor at a stage that it was not at",
            and(accepted(), &[refuse("2026-02-20")]),
            supplement("2026-02-10"),
            Err("WRONG_STAGE"),
        ),
        row("no step without a case", vec![register()], accept("2026-02-03"), Err("NO_OPEN_CASE")),
        row("an accepted case is inspected", accepted(), inspect("2026-02-10", true), Ok(&["CaseInspected"])),
        row(
            "a failed inspection can be done again",
            inspected(false),
            inspect("2026-02-20", true),
            Ok(&["CaseInspected"]),
        ),
        row(
            "no notice after a failed inspection",
            inspected(false),
            notice("2026-03-02", "2026-03-06"),
            Err("INSPECTION_NOT_PASSED"),
        ),
        row("a passed one is publicised", inspected(true), notice("2026-03-02", "2026-03-06"), Ok(&["NoticeOpened"])),
        row(
            "four working days are too few",
            inspected(true),
            notice("2026-03-02", "2026-03-05"),
            Err("NOTICE_TOO_SHORT"),
        ),
        row(
            "a weekend adds no working day",
            inspected(true),
            notice("2026-03-05", "2026-03-10"),
            Err("NOTICE_TOO_SHORT"),
        ),
        row(
            "working days need their table",
            inspected(true),
            notice("2027-03-01", "2027-03-05"),
            Err("CALENDAR_NOT_COVERED"),
        ),
        row("an objection is raised in time", publicised(), object("2026-03-06"), Ok(&["ObjectionRaised"])),
        row("and not after it", publicised(), object("2026-03-07"), Err("OBJECTION_OUT_OF_TIME")),
        row(
            "it is resolved",
            and(publicised(), &[object("2026-03-04")]),
            resolve("2026-03-05", false),
            Ok(&["ObjectionResolved"]),
        ),
        row(
            "resolved alike it is already so",
            and(publicised(), &[object("2026-03-04"), resolve("2026-03-05", false)]),
            resolve_of(Some(7), "2026-03-05", false),
            NOTHING,
        ),
        row(
            "it is not resolved twice",
            and(publicised(), &[object("2026-03-04"), resolve("2026-03-05", false)]),
            resolve_of(Some(7), "2026-03-05", true),
            Err("OBJECTION_ALREADY_RESOLVED"),
        ),
        row(
            "nor on another day",
            and(publicised(), &[object("2026-03-04"), resolve("2026-03-05", false)]),
            resolve_of(Some(7), "2026-03-06", false),
            Err("OBJECTION_ALREADY_RESOLVED"),
        ),
        row(
            "nothing is resolved where none is open",
            publicised(),
            resolve("2026-03-05", false),
            Err("NO_OBJECTION_OPEN"),
        ),
        row(
            "nor what is no objection",
            and(publicised(), &[object("2026-03-04")]),
            resolve_of(Some(5), "2026-03-05", false),
            Err("ACT_NOT_OPEN"),
        ),
        row(
            "not before it was raised",
            and(publicised(), &[object("2026-03-04")]),
            resolve("2026-03-03", false),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row("of two open ones the one is named", two_objections(), resolve("2026-03-05", false), Err("SEVERAL_OPEN")),
        row(
            "named it is resolved",
            two_objections(),
            resolve_of(Some(8), "2026-03-05", false),
            Ok(&["ObjectionResolved"]),
        ),
        row("raised alike it is already so", two_objections(), object("2026-03-04"), NOTHING),
        row(
            "its number holds one objection",
            two_objections(),
            object_as(1, "2026-03-04", "别的"),
            Err("OBJECTION_NUMBER_TAKEN"),
        ),
        row(
            "two alike are two by their numbers",
            two_objections(),
            object_as(3, "2026-03-04", "异议"),
            Ok(&["ObjectionRaised"]),
        ),
        row("one is raised in a notice", inspected(true), object("2026-03-04"), Err("WRONG_STAGE")),
        row(
            "no decision over an open objection",
            and(publicised(), &[object("2026-03-04")]),
            certify(),
            Err("OBJECTION_OPEN"),
        ),
        row(
            "none against an upheld one",
            and(publicised(), &[object("2026-03-04"), resolve("2026-03-05", true)]),
            certify(),
            Err("OBJECTION_UPHELD"),
        ),
        row(
            "none of a day on which one was still open, whenever it is typed",
            and(publicised(), &[object("2026-03-06"), resolve("2026-06-15", false)]),
            certify_on("2026-03-09", None),
            Err("OBJECTION_OPEN"),
        ),
        row(
            "nor of the day before it was resolved",
            and(publicised(), &[object("2026-03-06"), resolve("2026-06-15", false)]),
            certify_on("2026-06-14", None),
            Err("OBJECTION_OPEN"),
        ),
        row(
            "but of the day on which it was",
            and(publicised(), &[object("2026-03-06"), resolve("2026-06-15", false)]),
            certify_on("2026-06-15", None),
            Ok(&["Certified"]),
        ),
        row(
            "the last one to be resolved counts",
            and(
                two_objections(),
                &[resolve_of(Some(8), "2026-03-20", false), resolve_of(Some(7), "2026-03-10", false)],
            ),
            certify_on("2026-03-12", None),
            Err("OBJECTION_OPEN"),
        ),
        row(
            "an application is refused while one is open",
            and(publicised(), &[object("2026-03-06"), resolve("2026-06-15", false)]),
            refuse("2026-03-09"),
            Ok(&["CaseRefused"]),
        ),
        row(
            "the notice is not run again over an open one",
            and(publicised(), &[object("2026-03-04")]),
            notice("2026-04-13", "2026-04-17"),
            Err("OBJECTION_OPEN"),
        ),
        row(
            "after mending it is",
            and(publicised(), &[object("2026-03-04"), resolve("2026-03-05", true)]),
            notice("2026-04-13", "2026-04-17"),
            Ok(&["NoticeOpened"]),
        ),
        // An objection that was upheld is not got rid of.
        row("the same notice is the same", upheld(), notice("2026-03-02", "2026-03-06"), NOTHING),
        row(
            "the same days somewhere else are no notice anew",
            upheld(),
            notice_at(Some("网站"), "2026-03-02", "2026-03-06"),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row(
            "nor days on which the objection was still looked into",
            upheld(),
            notice("2026-03-10", "2026-03-16"),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row("from the next day on", upheld(), notice("2026-03-11", "2026-03-17"), Ok(&["NoticeOpened"])),
        row(
            "run again it carries a decision",
            and(upheld(), &[notice("2026-03-11", "2026-03-17")]),
            certify_on("2026-03-18", None),
            Ok(&["Certified"]),
        ),
        row(
            "it outlives a case that is refused",
            and(upheld(), &[refuse("2026-03-11")]),
            certify_on("2026-03-12", Some(("2026-03-02", "2026-03-06"))),
            Err("OBJECTION_UPHELD"),
        ),
        row(
            "with whatever days of the notice it was raised in",
            and(upheld(), &[refuse("2026-03-11")]),
            certify_on("2026-03-19", Some(("2026-03-06", "2026-03-12"))),
            Err("OBJECTION_UPHELD"),
        ),
        row(
            "and days before it was resolved",
            and(upheld(), &[refuse("2026-03-11")]),
            certify_on("2026-03-19", Some(("2026-03-09", "2026-03-13"))),
            Err("OBJECTION_UPHELD"),
        ),
        row(
            "but not those after it",
            and(upheld(), &[refuse("2026-03-11")]),
            certify_on("2026-03-19", Some(("2026-03-12", "2026-03-18"))),
            Ok(&["Certified"]),
        ),
        row(
            "nor days before it all",
            and(upheld(), &[refuse("2026-03-11")]),
            certify_on("2026-03-12", Some(("2026-02-23", "2026-02-28"))),
            Ok(&["Certified"]),
        ),
        row(
            "an open one outlives a case that is withdrawn",
            and(publicised(), &[object("2026-03-04"), withdraw_case("2026-03-05")]),
            certify_on("2026-03-09", Some(("2026-03-02", "2026-03-06"))),
            Err("OBJECTION_OPEN"),
        ),
        row(
            "and is resolved then",
            and(publicised(), &[object("2026-03-04"), withdraw_case("2026-03-05")]),
            resolve("2026-03-09", false),
            Ok(&["ObjectionResolved"]),
        ),
        row(
            "as unfounded it stands against nothing",
            and(publicised(), &[object("2026-03-04"), withdraw_case("2026-03-05"), resolve("2026-03-09", false)]),
            certify_on("2026-03-10", Some(("2026-03-02", "2026-03-06"))),
            Ok(&["Certified"]),
        ),
        row(
            "while it was open it stood against a decision on those days",
            and(publicised(), &[object("2026-03-04"), withdraw_case("2026-03-05"), resolve("2026-03-20", false)]),
            certify_on("2026-03-19", Some(("2026-03-02", "2026-03-06"))),
            Err("OBJECTION_OPEN"),
        ),
        row(
            "also on a notice that runs on into it",
            and(publicised(), &[object("2026-03-04"), withdraw_case("2026-03-05"), resolve("2026-03-20", false)]),
            certify_on("2026-03-18", Some(("2026-03-09", "2026-03-13"))),
            Err("OBJECTION_OPEN"),
        ),
        row(
            "no notice runs over an open one of the case before",
            and(
                publicised(),
                &[
                    object("2026-03-04"),
                    withdraw_case("2026-03-05"),
                    apply("2026-03-10"),
                    accept("2026-03-10"),
                    inspect("2026-03-11", true),
                ],
            ),
            notice("2026-03-16", "2026-03-20"),
            Err("OBJECTION_OPEN"),
        ),
        row(
            "a notice that runs is not cut short",
            and(inspected(true), &[notice("2026-03-02", "2026-03-13")]),
            notice("2026-03-02", "2026-03-06"),
            Err("NOTICE_CUT_SHORT"),
        ),
        row("it can be prolonged", publicised(), notice("2026-03-02", "2026-03-13"), Ok(&["NoticeOpened"])),
        row(
            "an applicant goes also before a notice that lies ahead",
            and(inspected(true), &[notice("2026-08-03", "2026-08-07")]),
            withdraw_case("2026-06-30"),
            Ok(&["CaseWithdrawn"]),
        ),
        row(
            "nobody applies while another case was open",
            and(publicised(), &[withdraw_case("2026-03-05")]),
            apply("2026-03-04"),
            Err("CASE_OPEN"),
        ),
        row(
            "but before it, whenever that is typed",
            and(publicised(), &[withdraw_case("2026-03-05")]),
            apply("2026-02-01"),
            Ok(&["ApplicationFiled"]),
        ),
        row(
            "and before a certification that was decided later",
            and(certified(), &[withdraw("2026-04-01", "2026-04-01")]),
            apply("2026-03-08"),
            Ok(&["ApplicationFiled"]),
        ),
        row("a case can be refused", publicised(), refuse("2026-03-09"), Ok(&["CaseRefused"])),
        row("but not before it is accepted", applied(), refuse("2026-03-09"), Err("WRONG_STAGE")),
        row("an applicant may go at any time", applied(), withdraw_case("2026-02-04"), Ok(&["CaseWithdrawn"])),
        row(
            "but not on a day on which it stood refused, once it was decided anew",
            and(refused(), &[overturn(7, "2026-03-25"), refuse("2026-04-02")]),
            withdraw_case("2026-03-24"),
            Err("NO_OPEN_CASE"),
        ),
    ]
}

/// Decided on a day, on the notice of the case or on one that is sent.
fn certify_on(on: &'static str, notice: Option<(&'static str, &'static str)>) -> Command {
    certify_as(move |c| {
        (c.decided_on, c.valid_from) = (day(on), day(on));
        c.valid_to = day("2028-12-31");
        c.notice = notice.map(|(start, end)| window(start, end));
    })
}

#[test]
fn open_objections_are_refused_before_there_are_too_many_and_lock_nothing() {
    let world = World::new();
    let mut provider = state(&row("", publicised(), object("2026-03-04"), NOTHING), &world);
    let decide = |state: &Provider, command: &Command| world.decide(state, "everything", day("2026-07-01"), command);
    let object = |number: u32| object_as(number, "2026-03-04", "异议");
    for number in 0..50 {
        let facts = decide(&provider, &object(number)).unwrap();
        provider = then(provider, &facts);
    }
    assert_eq!(decide(&provider, &object(50)).unwrap_err().reason(), "OBJECTIONS_OPEN_MAX");
    // One sent again is known all the same.
    assert_eq!(decide(&provider, &object(49)), Ok(Vec::new()));
    let resolved = decide(&provider, &resolve_of(Some(7), "2026-03-05", false)).unwrap();
    provider = then(provider, &resolved);
    assert!(decide(&provider, &object(50)).is_ok());
}

#[test]
fn what_was_counted_when_a_notice_was_opened_is_not_counted_again() {
    let mut world = World::new();
    let provider = state(&row("", publicised(), certify(), NOTHING), &world);
    let rules = world.scheme.categories.get_mut(&category(CARE)).unwrap();
    rules.notice_days = 7;
    world.scheme.version = text("test-2");
    world.calendar = Calendar::default();
    let certify = certify_as(|c| c.notice = None);
    let decided = world.decide(&provider, "everything", day("2026-07-01"), &certify).unwrap();
    let Some(Event::Certified(certified)) = decided.last() else { panic!("{decided:?}") };
    let counted = &certified.counted;
    assert_eq!((counted.days.get(), counted.count, counted.scheme.as_str()), (5, DayCount::Working, "test-1"));
    assert_eq!(certified.notice_opened, Some(Act::new(5).unwrap()));
}

/// What an officer reads says what is counted, which objection is open and at which stage a step is taken.
#[test]
fn a_refusal_says_what_is_missing() {
    let world = World::new();
    let told = |given: Vec<Command>, when: Command| {
        let provider = state(&row("", given, when.clone(), NOTHING), &world);
        world.decide(&provider, "everything", day("2026-07-01"), &when).unwrap_err().zh()
    };
    let accepted = || vec![apply("2026-02-02"), accept("2026-02-03"), pledge()];
    let inspected = || and(accepted(), &[inspect("2026-02-10", true)]);
    let certify_the_case = || certify_as(|c| c.notice = None);
    for (given, when, words) in [
        (inspected(), notice("2026-03-02", "2026-03-05"), "公示4个工作日,少于办法要求的5个工作日"),
        (accepted(), certify_the_case(), "处于“已受理”,不能办理此步骤;须处于“公示中”时办理"),
        (and(publicised(), &[object("2026-03-04")]), certify_the_case(), "异议〔2026〕1号"),
        (certified(), certify_again("2029-03-09"), "有效期内(至 2029-03-08 止);其后的期限请办理延续"),
        (certified(), review(2027, ReviewResult::Passed, "2026-06-01"), "2026-06-01 时 2027 年尚未开始"),
        (certified(), review(2025, ReviewResult::Passed, "2026-06-01"), "2025 年度没有可复核的认定"),
    ] {
        let said = told(given, when);
        assert!(said.contains(words), "{said}");
    }
}

/// Nobody who reads a refusal has to look up what a code stands for, and each half of it is in its own language.
#[test]
fn a_refusal_calls_codes_and_choices_by_their_names() {
    let mut world = World::new();
    world.scheme.categories.get_mut(&category(CARE)).unwrap().name = text("托育");
    let accepted = vec![apply("2026-02-02"), accept("2026-02-03"), pledge()];
    for (bureau, given, when, zh, en) in [
        (
            "everything",
            certified(),
            apply("2026-06-20"),
            "类别 托育(childcare) 已认定",
            "category childcare (托育) is certified",
        ),
        (
            "everything",
            vec![register()],
            withdraw("2026-06-20", "2026-06-30"),
            "类别 托育(childcare) 没有认定记录",
            "category childcare (托育) was never certified",
        ),
        (
            "commerce",
            certified(),
            withdraw("2026-06-20", "2026-06-30"),
            "无权办理类别 托育(childcare)",
            "does not decide on category childcare (托育)",
        ),
        ("merged", vec![], register(), "由 单位(everything) 承接", "单位(everything) took over"),
        (
            "everything",
            accepted,
            certify_as(|c| c.notice = None),
            "处于“已受理”,不能办理此步骤;须处于“公示中”时办理",
            "at the stage “accepted”; this step is taken at “in public notice”",
        ),
    ] {
        let provider = state(&row("", given, when.clone(), NOTHING), &world);
        let refusal = world.decide(&provider, bureau, day("2026-07-01"), &when).unwrap_err();
        assert!(refusal.zh().contains(zh) && refusal.en().contains(en), "{} / {}", refusal.zh(), refusal.en());
    }
}

/// For a term that begins after the one that runs.
fn certify_again(from: &str) -> Command {
    certify_as(|c| {
        (c.decided_on, c.valid_from, c.valid_to) = (day("2026-06-01"), day(from), day("2029-12-31"));
        (c.document_number, c.notice) = (text("认定2号"), Some(window("2026-05-11", "2026-05-15")));
    })
}
