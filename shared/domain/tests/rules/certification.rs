//! The certification: decided here, back-entered, renewed, corrected.

use domain::command::{Command, RecordCertification};
use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, Then, and, by, on, row};

pub(crate) fn rows() -> Vec<Row> {
    let pledged = || vec![register(), pledge()];
    let until = |to: &'static str| certify_as(move |c| c.valid_to = day(to));
    let ended = || [certified(), vec![withdraw("2026-04-01", "2026-04-01")]].concat();
    let unbarred = || {
        let told = notice_revocation_for("conditions-lost", "2026-06-08", "2026-06-15");
        and(certified(), &[told, revoke_as(|c| c.ground = ground("conditions-lost"))])
    };
    let listed = || vec![back_enter_as(|c| c.valid_to = Some(day("2027-05-05")))];
    let failed = || and(certified(), &[review(2028, ReviewResult::Failed, "2028-12-01"), rectified("2028-12-10")]);
    let renewal = || renew("2029-01-05", "2029-03-09", "2032-03-08");
    vec![
        row("certified on evidence", pledged(), certify(), Ok(&["Certified"])),
        row("certified on the case", publicised(), certify_as(|c| c.notice = None), Ok(&["Certified"])),
        row(
            "the notice sent must be the case's",
            publicised(),
            certify_as(|c| c.notice = Some(window("2026-03-03", "2026-03-09"))),
            Err("NOTICE_DIFFERS"),
        ),
        row("certified twice alike is certified", certified(), certify(), NOTHING),
        row("one document holds one decision", certified(), until("2029-01-01"), Err("DECISION_DIFFERS")),
        row(
            "another document meets a live certification",
            certified(),
            certify_as(|c| c.document_number = text("另号")),
            Err("ALREADY_CERTIFIED"),
        ),
        row("no certificate without a pledge", vec![register()], certify(), Err("PLEDGE_UNKNOWN")),
        row(
            "no certificate on a broken pledge",
            and(pledged(), &[breach("2026-03-01", BreachSeverity::Minor)]),
            certify(),
            Err("PLEDGE_NOT_IN_FORCE"),
        ),
        row(
            "a pledge must bind on the day of the decision",
            vec![register(), pledge_as(PledgeForm { valid_until: Some(day("2026-03-08")), ..pledge_form(1) })],
            certify(),
            Err("PLEDGE_NOT_IN_FORCE"),
        ),
        row("no certificate without a notice", pledged(), certify_as(|c| c.notice = None), Err("NOTICE_MISSING")),
        row(
            "not on the notice's last day",
            pledged(),
            certify_as(|c| {
                c.decided_on = day("2026-03-06");
                c.valid_from = day("2026-03-06");
                c.valid_to = day("2029-03-05");
            }),
            Err("NOTICE_NOT_ENDED"),
        ),
        row(
            "but on the day after",
            pledged(),
            certify_as(|c| {
                c.decided_on = day("2026-03-07");
                c.valid_from = day("2026-03-07");
                c.valid_to = day("2029-03-06");
            }),
            Ok(&["Certified"]),
        ),
        row(
            "a term does not begin before its decision",
            pledged(),
            certify_as(|c| c.valid_from = day("2026-03-01")),
            Err("TERM_BEFORE_DECISION"),
        ),
        row("nor end before it begins", pledged(), until("2026-03-08"), Err("TERM_BACKWARDS")),
        row("nor last longer than the scheme allows", pledged(), until("2029-03-10"), Err("TERM_TOO_LONG")),
        row(
            "nor a day longer: three years from 9 March end on 8 March",
            pledged(),
            until("2029-03-09"),
            Err("TERM_TOO_LONG"),
        ),
        row("what lies ahead is not live yet", and(pledged(), &[ahead()]), order(None), Err("NO_LIVE_CERTIFICATION")),
        row(
            "and can be ended before",
            and(pledged(), &[ahead()]),
            deregister("2026-04-01"),
            Ok(&["CertificationDeregistered"]),
        ),
        row(
            "nor is another decided beside it",
            and(pledged(), &[ahead()]),
            certify_as(|c| c.document_number = text("另号")),
            Err("CERTIFIED_AHEAD"),
        ),
        row(
            "a decision older than the scheme is back-entered",
            pledged(),
            certify_as(|c| c.decided_on = day("2022-11-30")),
            Err("BEFORE_SCHEME"),
        ),
        row("a new decision follows an ended one", ended(), again("2026-05-11", "2026-05-15"), Ok(&["Certified"])),
        row(
            "one notice does not serve two decisions",
            ended(),
            certify_as(|c| {
                (c.decided_on, c.valid_from) = (day("2026-06-01"), day("2026-06-01"));
                c.document_number = text("认定〔2026〕40号");
            }),
            Err("NOTICE_SERVED"),
        ),
        row("nor do a few days of it", ended(), again("2026-03-06", "2026-03-12"), Err("NOTICE_SERVED")),
        row("no decision on a notice of long ago", pledged(), again("2004-03-08", "2004-03-12"), Err("NOTICE_TOO_OLD")),
        row(
            "half a year is not too long",
            pledged(),
            with_notice("2025-11-14", "2025-11-20", "2026-05-19"),
            Ok(&["Certified"]),
        ),
        row("a day more is", pledged(), with_notice("2025-11-14", "2025-11-20", "2026-05-20"), Err("NOTICE_TOO_OLD")),
        on(
            "2026-12-01",
            row(
                "nor on the case's own of long ago",
                publicised(),
                with_notice("2026-03-02", "2026-03-06", "2026-12-01"),
                Err("NOTICE_TOO_OLD"),
            ),
        ),
        row(
            "nor one that is older than the latest",
            ended(),
            certify_as(|c| {
                c.document_number = text("旧号");
                c.decided_on = day("2026-03-07");
                c.valid_from = day("2026-03-07");
                c.valid_to = day("2029-03-06");
            }),
            Err("CERTIFIED_LATER"),
        ),
        row("an old decision sent again does not certify anew", ended(), certify(), NOTHING),
        row("nor after a revocation without a bar", unbarred(), certify(), NOTHING),
        by(
            "lists",
            row(
                "a published decision is back-entered",
                vec![],
                back_enter(),
                Ok(&["ProviderRegistered", "CertificationRecorded"]),
            ),
        ),
        row("only by a bureau with that duty", vec![], back_enter(), Err("DUTY_MISSING")),
        by(
            "lists",
            row(
                "taken again it changes nothing",
                listed(),
                back_enter_as(|c| c.valid_to = Some(day("2027-05-05"))),
                NOTHING,
            ),
        ),
        by(
            "lists",
            row(
                "another list that has a decision makes no second one of it",
                vec![of_2019(), of_2022()],
                back_enter_as(|c| {
                    (c.decided_on, c.valid_from, c.valid_to) = years(2019);
                    c.document_number = Some(text("2019号"));
                    c.source = text("l2019b.csv");
                }),
                Err("DECISION_DIFFERS"),
            ),
        ),
        by("lists", row("the newer one first", vec![of_2022()], of_2019(), Ok(&["CertificationRecorded"]))),
        by(
            "lists",
            row(
                "with the number in other brackets it is the same",
                vec![numbered("扬邗卫〔2026〕12号")],
                numbered("扬邗卫[2026] 012号"),
                NOTHING,
            ),
        ),
        by(
            "lists",
            row(
                "and so in another list",
                vec![numbered("扬邗卫【2026】12号")],
                in_another_list(numbered("扬邗卫（２０２６）12号")),
                Err("DECISION_DIFFERS"),
            ),
        ),
        by(
            "lists",
            row(
                "another number is another decision",
                vec![numbered("扬邗卫〔2026〕12号")],
                in_another_list(numbered("扬邗卫〔2026〕13号")),
                Err("ALREADY_CERTIFIED"),
            ),
        ),
        row(
            "an old decision sent again with other brackets does not certify anew",
            ended(),
            certify_as(|c| c.document_number = text("认定(2026)12号")),
            NOTHING,
        ),
        row(
            "and one document holds no second decision, however it is typed",
            ended(),
            certify_as(|c| (c.document_number, c.valid_to) = (text("认定[2026]12"), day("2029-03-07"))),
            Err("DECISION_DIFFERS"),
        ),
        by("lists", row("a last day that was worked out", vec![], for_three_years(Some("三年")), ENTERED)),
        by(
            "lists",
            row("of which it has to be told", vec![], without_a_last_day("三年"), Err("WORKED_OUT_TO_NOTHING")),
        ),
        by(
            "lists",
            row(
                "worked out again it is the same",
                vec![for_three_years(Some("三年"))],
                for_three_years(Some("三年")),
                NOTHING,
            ),
        ),
        by(
            "lists",
            row(
                "from other words it differs in these, and the record keeps what it has",
                vec![for_three_years(Some("三年"))],
                for_three_years(Some("3年")),
                Err("DECISION_DIFFERS"),
            ),
        ),
        by(
            "lists",
            row(
                "so does a list that states the day that was worked out",
                vec![for_three_years(Some("三年"))],
                for_three_years(None),
                Err("DECISION_DIFFERS"),
            ),
        ),
        by(
            "lists",
            row(
                "and one that works out the day that was stated",
                vec![for_three_years(None)],
                for_three_years(Some("三年")),
                Err("DECISION_DIFFERS"),
            ),
        ),
        by("lists", row("another list does not overwrite it", listed(), back_enter(), Err("ALREADY_CERTIFIED"))),
        by("lists", row("with its end it goes before a later one", certified(), ended_early("2026-01-31"), BOTH)),
        by("lists", row("up to the day before that begins", certified(), ended_early("2026-03-08"), BOTH)),
        by("lists", row("so that it is over on that day", certified(), ended_early("2026-03-09"), BOTH)),
        by("lists", row("not a day later", certified(), ended_early("2026-03-10"), Err("CERTIFIED_LATER"))),
        by(
            "lists",
            row(
                "nor without its end, whose term runs into that",
                certified(),
                without_its_end("2026-01-31"),
                Err("CERTIFIED_LATER"),
            ),
        ),
        by(
            "lists",
            row(
                "beside one that began earlier it is another",
                vec![of_2022()],
                ended_early("2026-01-31"),
                Err("ALREADY_CERTIFIED"),
            ),
        ),
        by("lists", row("with its end and on its way", vec![], ended_early("2026-01-31"), ENTERED_BOTH)),
        by(
            "lists",
            row(
                "sent again with its end",
                and(certified(), &[ended_early("2026-01-31")]),
                ended_early("2026-01-31"),
                NOTHING,
            ),
        ),
        by(
            "lists",
            row(
                "as a list has it, which tells no end",
                and(certified(), &[ended_early("2026-01-31")]),
                without_its_end("2026-01-31"),
                NOTHING,
            ),
        ),
        by(
            "lists",
            row(
                "with another end it is not that",
                and(certified(), &[ended_early("2026-01-31")]),
                ended_early("2026-01-30"),
                Err("DECISION_DIFFERS"),
            ),
        ),
        by(
            "lists",
            row(
                "nor where the end was told by itself of another",
                vec![listed_first(), ended_by_itself()],
                ended_early("2026-01-31"),
                Err("DECISION_DIFFERS"),
            ),
        ),
        by(
            "lists",
            row("an end that lies before it", vec![], ended_early("2024-05-05"), Err("DAY_BEFORE_PREVIOUS_STEP")),
        ),
        by(
            "lists",
            row(
                "nor one that was not decided yet",
                vec![],
                ended_as("2026-01-31", |ended| ended.decided_on = Some(day("2026-07-02"))),
                Err("DAY_AHEAD"),
            ),
        ),
        by(
            "lists",
            row(
                "behind a term that goes on, decided by now",
                listed(),
                behind("2026-06-01", "2027-05-06"),
                Ok(&["CertificationRecorded"]),
            ),
        ),
        by("lists", row("not within that", listed(), behind("2026-06-01", "2027-05-05"), Err("ALREADY_CERTIFIED"))),
        by(
            "lists",
            row(
                "a decision that is yet to come is none",
                listed(),
                behind("2026-07-02", "2027-05-06"),
                Err("DAY_AHEAD"),
            ),
        ),
        by(
            "lists",
            row(
                "a first day ahead is of a decision",
                vec![],
                back_enter_as(|c| (c.decided_on, c.valid_from) = (None, Some(day("2026-07-02")))),
                Err("DAY_AHEAD"),
            ),
        ),
        by("lists", row("and not years ahead of that", vec![], behind("2026-06-01", "2028-06-02"), Err("DAY_TOO_FAR"))),
        by(
            "lists",
            row(
                "a term that is over before one that lies ahead begins",
                vec![register(), pledge(), ahead()],
                back_enter_as(|c| {
                    (c.decided_on, c.valid_from) = (Some(day("2023-09-01")), Some(day("2023-09-01")));
                    c.valid_to = Some(day("2026-08-31"));
                }),
                Ok(&["CertificationRecorded"]),
            ),
        ),
        by(
            "lists",
            row(
                "and not on its first day",
                vec![register(), pledge(), ahead()],
                back_enter_as(|c| {
                    (c.decided_on, c.valid_from) = (Some(day("2023-09-02")), Some(day("2023-09-02")));
                    c.valid_to = Some(day("2026-09-01"));
                }),
                Err("CERTIFIED_LATER"),
            ),
        ),
        by(
            "lists",
            row(
                "a back-entered term runs forward",
                vec![],
                back_enter_as(|c| {
                    c.valid_from = Some(day("2025-01-02"));
                    c.valid_to = Some(day("2025-01-01"));
                }),
                Err("TERM_BACKWARDS"),
            ),
        ),
        on("2029-01-05", row("a term is renewed without a gap", certified(), renewal(), Ok(&["CertificationRenewed"]))),
        on("2029-01-05", row("renewed alike is renewed", and(certified(), &[renewal()]), renewal(), NOTHING)),
        on(
            "2028-07-01",
            row(
                "not too early",
                certified(),
                renew("2028-07-01", "2029-03-09", "2032-03-08"),
                Err("RENEWAL_TOO_EARLY"),
            ),
        ),
        on(
            "2029-01-05",
            row("not with a gap", certified(), renew("2029-01-05", "2029-03-10", "2032-03-08"), Err("RENEWAL_GAP")),
        ),
        on("2029-01-05", row("not after a failed review", failed(), renewal(), Err("REVIEW_FAILED"))),
        on(
            "2029-01-05",
            row(
                "not while a revocation is noticed",
                and(certified(), &[notice_revocation("2026-06-08", "2026-06-15")]),
                renewal(),
                Err("REVOCATION_ALREADY_NOTICED"),
            ),
        ),
    ]
}

/// Decided on 18 May 2026 under another document, on this notice.
fn again(start: &'static str, end: &'static str) -> Command {
    with_notice(start, end, "2026-05-18")
}

fn with_notice(start: &'static str, end: &'static str, decided_on: &'static str) -> Command {
    certify_as(move |c| {
        c.document_number = text("认定〔2026〕40号");
        (c.decided_on, c.valid_from, c.valid_to) = (day(decided_on), day(decided_on), day("2028-12-31"));
        c.notice = Some(window(start, end));
    })
}

/// Decided in time, from a later day on.
pub(crate) fn ahead() -> Command {
    certify_as(|c| {
        c.valid_from = day("2026-09-01");
        c.valid_to = day("2029-08-31");
    })
}

const ENTERED: Then = Ok(&["ProviderRegistered", "CertificationRecorded"]);
const BOTH: Then = Ok(&["CertificationRecorded", "EndingRecorded"]);
const ENTERED_BOTH: Then = Ok(&["ProviderRegistered", "CertificationRecorded", "EndingRecorded"]);

/// Of 2024, for three years, and withdrawn from a day on.
pub(crate) fn ended_early(effective_on: &'static str) -> Command {
    ended_as(effective_on, |_| {})
}

fn ended_as(effective_on: &'static str, change: impl FnOnce(&mut Ended)) -> Command {
    back_enter_as(|c| {
        (c.valid_from, c.valid_to) = (Some(day("2024-05-06")), Some(day("2027-05-05")));
        let mut ended = Ended {
            kind: EndingKind::Withdrawn,
            decided_on: None,
            effective_on: Some(day(effective_on)),
            document_number: None,
            deciding_body: text("教育局"),
            source: text("公告第3号"),
            bar_until: None,
        };
        change(&mut ended);
        c.ended = Some(Box::new(ended));
    })
}

/// Decided while another term goes on, and begun behind it.
fn behind(decided_on: &'static str, valid_from: &'static str) -> Command {
    back_enter_as(|c| {
        (c.decided_on, c.valid_from) = (Some(day(decided_on)), Some(day(valid_from)));
        c.valid_to = Some(day("2030-05-05"));
    })
}

fn without_its_end(effective_on: &'static str) -> Command {
    let Command::RecordCertification(c) = ended_early(effective_on) else { unreachable!() };
    Command::RecordCertification(RecordCertification { ended: None, ..c })
}

fn listed_first() -> Command {
    without_its_end("2026-01-31")
}

/// As it is told along, of a day that is another.
fn ended_by_itself() -> Command {
    record_ending(|c| (c.kind, c.effective_on) = (EndingKind::Withdrawn, Some(day("2026-01-30"))))
}

/// Three years from the beginning of a year.
fn years(year: u32) -> (Option<Day>, Option<Day>, Option<Day>) {
    let from = day(&format!("{year}-01-01"));
    (Some(from), Some(from), Some(day(&format!("{}-12-31", year + 2))))
}

/// Of 2024, for three years, as the list says them or as they were worked out.
fn for_three_years(worked_out_from: Option<&str>) -> Command {
    back_enter_as(|c| {
        (c.valid_from, c.valid_to) = (Some(day("2024-05-06")), Some(day("2027-05-05")));
        c.valid_to_worked_out_from = worked_out_from.map(text);
    })
}

fn numbered(number: &str) -> Command {
    back_enter_as(|c| c.document_number = Some(text(number)))
}

fn in_another_list(of: Command) -> Command {
    let Command::RecordCertification(c) = of else { unreachable!() };
    Command::RecordCertification(RecordCertification { source: text("名单乙第1行"), ..c })
}

fn without_a_last_day(worked_out_from: &str) -> Command {
    back_enter_as(|c| c.valid_to_worked_out_from = Some(text(worked_out_from)))
}

fn of_2019() -> Command {
    back_enter_as(|c| {
        (c.decided_on, c.valid_from, c.valid_to) = years(2019);
        c.document_number = Some(text("2019号"));
    })
}

fn of_2022() -> Command {
    back_enter_as(|c| {
        (c.decided_on, c.valid_from, _) = years(2022);
        c.valid_to = None;
        c.document_number = Some(text("2022号"));
    })
}

#[test]
fn working_days_are_counted_over_national_day() {
    // 江门新会 2025: five working days from 09-26 are over on 10-09, because 09-28 was worked and 10-01 to 10-08 were off.
    let world = World::new();
    let today = day("2025-10-20");
    let given = [
        register(),
        pledge_as(PledgeForm {
            number: PledgeNumber::parse("32100320250901000001").unwrap(),
            made_on: day("2025-09-01"),
            ..pledge_form(1)
        }),
    ];
    let provider = given.iter().fold(Provider::default(), |state, command| {
        then(state.clone(), &world.decide(&state, "everything", today, command).unwrap())
    });
    let with = |end: &str| {
        certify_as(|c| {
            c.decided_on = day("2025-10-10");
            c.valid_from = day("2025-10-10");
            c.valid_to = day("2028-10-09");
            c.pledge_number = PledgeNumber::parse("32100320250901000001").unwrap();
            c.notice = Some(window("2025-09-26", end));
        })
    };
    assert!(world.decide(&provider, "everything", today, &with("2025-10-09")).is_ok());
    let short = world.decide(&provider, "everything", today, &with("2025-10-08")).unwrap_err();
    assert_eq!(short, Refusal::NoticeTooShort { days: 4, required: 5, zh: "工作日", en: "working days" });
}

#[test]
fn the_scheme_holds_from_its_first_day() {
    for (first_day, answer) in [("2026-03-09", Ok(1)), ("2026-03-10", Err("BEFORE_SCHEME"))] {
        let mut world = World::new();
        world.scheme.in_force_from = day(first_day);
        let ask = |state: &Provider, command: &Command| world.decide(state, "everything", day("2026-07-01"), command);
        let given = [register(), pledge()]
            .iter()
            .fold(Provider::default(), |state, command| then(state.clone(), &ask(&state, command).unwrap()));
        assert_eq!(ask(&given, &certify()).map(|facts| facts.len()).map_err(|why| why.reason()), answer, "{first_day}");
    }
}

/// What another list of the same decision differs in is told without the number that it types otherwise.
#[test]
fn a_number_that_is_typed_otherwise_is_no_difference() {
    let (world, today) = (World::new(), day("2026-07-01"));
    let mut history = History::default();
    let events = history.decide(&world, "lists", today, &numbered("扬邗卫〔2026〕12号").into()).unwrap();
    history.record("lists", today, events);
    let again = in_another_list(numbered("扬邗卫[2026]12号"));
    let why = history.decide(&world, "lists", today, &again.clone().into()).unwrap_err();
    let difference = Difference::of(history.facts(), &MadeBy::Provider(again), why.held_against()).unwrap();
    assert_eq!((why.reason(), &*difference.names()), ("DECISION_DIFFERS", "source"));
}

/// An end that is told along is an act of its own: what differs in it is told by its number, and where none is on record how it is recorded.
#[test]
fn another_end_told_along_is_held_against_the_end_on_record() {
    let (world, today) = (World::new(), day("2026-07-01"));
    let told = |given: Command, when: Command| {
        let mut history = History::default();
        let events = history.decide(&world, "lists", today, &given.into()).unwrap();
        history.record("lists", today, events);
        let why = history.decide(&world, "lists", today, &when.clone().into()).unwrap_err();
        let difference = Difference::of(history.facts(), &MadeBy::Provider(when), why.held_against()).unwrap();
        (why.held_against().map(Act::get), difference.names(), difference.zh())
    };
    // Entered as no. 1, certified as no. 2, ended as no. 3.
    let (held, names, zh) = told(ended_early("2026-01-31"), ended_early("2026-01-30"));
    assert_eq!((held, &*names), (Some(3), "effective_on"));
    assert_eq!(zh, "与第3项不同:生效日期已记载 2026-01-31,本次 2026-01-30");
    let (held, names, zh) = told(without_its_end("2026-01-31"), ended_early("2026-01-30"));
    assert_eq!((held, &*names), (Some(2), "ended.deciding_body,ended.effective_on,ended.kind,ended.source"));
    assert!(zh.contains("终止的生效日期已记载 无,本次 2026-01-30") && zh.contains("登记终止(RecordEnding)"), "{zh}");
    // Where the certification differs as well it is that, and the end is not told to be missing.
    let elsewhere = |of: Command| {
        let Command::RecordCertification(c) = of else { unreachable!() };
        Command::RecordCertification(RecordCertification { source: text("公告第9号"), ..c })
    };
    let (held, names, _) = told(ended_early("2026-01-31"), elsewhere(ended_early("2026-01-31")));
    assert_eq!((held, &*names), (Some(2), "source"));
    let (held, names, _) = told(ended_early("2026-01-31"), elsewhere(ended_early("2026-01-30")));
    assert_eq!((held, &*names), (Some(2), "ended.effective_on,source"));
}
