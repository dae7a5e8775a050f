//! Rows of what stands beside what is asked for: another category, another certification of it, another case, review or plaque, of which nothing is
//! said; and of the very day on which something turns.

use domain::command::*;
use domain::*;

use crate::any_order::certify_again;
use crate::world::*;
use crate::{Row, and, by, on, row, then};

fn until(last: &str) -> Command {
    certify_as(|c| c.valid_to = day(last))
}

fn domestic() -> Command {
    domestic_until("2029-03-08")
}

fn domestic_until(last: &str) -> Command {
    certify_as(|c| {
        (c.category, c.valid_to) = (category("domestic"), day(last));
        c.document_number = text("认定〔2026〕13号");
    })
}

fn again_until(on: &str, last: &str) -> Command {
    let Command::Certify(c) = certify_again(on, on) else { unreachable!() };
    Command::Certify(Certify { valid_to: day(last), ..c })
}

pub(crate) fn rows() -> Vec<Row> {
    [certifications(), cases(), reviews_and_orders(), plaques(), particulars_sent_along()]
        .into_iter()
        .flatten()
        .collect()
}

fn certifications() -> Vec<Row> {
    let of = |change: fn(&mut RecordCertification)| {
        back_enter_as(|c| {
            c.particulars = None;
            change(c);
        })
    };
    let beside = |more: &[Command]| and(vec![register(), pledge()], more);
    let Command::Renew(renewal) = renew("2026-06-15", "2026-09-01", "2029-08-31") else { unreachable!() };
    let of_domestic = Command::Renew(Renew { category: category("domestic"), ..renewal });
    vec![
        row(
            "a renewal on the first day on which it may be",
            beside(&[until("2026-12-01")]),
            renew("2026-06-04", "2026-12-02", "2029-12-01"),
            Ok(&["CertificationRenewed"]),
        ),
        row(
            "a renewal where another was certified before, and is over",
            beside(&[until("2026-04-30"), again_until("2026-06-02", "2026-11-30")]),
            renew("2026-06-20", "2026-12-01", "2029-11-30"),
            Ok(&["CertificationRenewed"]),
        ),
        by(
            "lists",
            row(
                "one that others decided before runs into that which began later",
                certified(),
                of(|c| c.valid_to = Some(day("2026-03-09"))),
                Err("CERTIFIED_LATER"),
            ),
        ),
        by(
            "lists",
            row(
                "one of the same day stands beside it",
                certified(),
                of(|c| (c.decided_on, c.valid_to) = (Some(day("2026-03-09")), Some(day("2026-04-30")))),
                Err("ALREADY_CERTIFIED"),
            ),
        ),
        row(
            "what was decided under a document is decided",
            and(certified()[..2].to_vec(), &[until("2026-04-30")]),
            certify_as(|c| {
                (c.decided_on, c.valid_from) = (day("2026-06-02"), day("2026-06-02"));
                c.notice = Some(window("2026-05-11", "2026-05-29"));
            }),
            Err("DECISION_DIFFERS"),
        ),
        row(
            "an end stands again not beside another of its category, whatever was ruled of one of another",
            beside(&[
                domestic_until("2026-08-31"),
                of_domestic,
                overturn(4, "2026-06-20"),
                certify(),
                withdraw("2026-05-20", "2026-05-25"),
                certify_again("2026-06-02", "2026-06-02"),
            ]),
            overturn(7, "2026-06-22"),
            Err("CERTIFIED_SINCE"),
        ),
        by(
            "lists",
            row(
                "an end of before another that was decided by then, and begins later",
                vec![
                    of(|c| {
                        c.particulars = Some(particulars());
                        (c.decided_on, c.valid_to) = (Some(day("2026-03-09")), Some(day("2026-04-30")));
                    }),
                    of(|c| (c.decided_on, c.valid_from) = (Some(day("2026-04-10")), Some(day("2026-05-01")))),
                ],
                record_ending(|c| {
                    (c.kind, c.decided_on) = (EndingKind::Withdrawn, Some(day("2026-04-20")));
                    c.effective_on = c.decided_on;
                }),
                Ok(&["EndingRecorded"]),
            ),
        ),
    ]
}

/// An application of 2026-02-02 that was accepted the next day.
fn accepted() -> Vec<Command> {
    vec![apply("2026-02-02"), accept("2026-02-03")]
}

fn cases() -> Vec<Row> {
    let of_domestic = |on: &str| {
        let Command::Apply(c) = apply(on) else { unreachable!() };
        Command::Apply(Apply { category: category("domestic"), ..c })
    };
    let elsewhere = certify_as(|c| (c.decided_on, c.valid_from) = (day("2026-03-24"), day("2026-03-24")));
    vec![
        row(
            "an inspection that is typed late changes nothing of a later one",
            and(accepted(), &[inspect("2026-02-20", true), inspect("2026-02-10", false)]),
            notice("2026-03-02", "2026-03-06"),
            Ok(&["NoticeOpened"]),
        ),
        row(
            "of two that are typed late the later day counts",
            and(accepted(), &[withdraw_case("2026-03-20"), inspect("2026-02-25", true), inspect("2026-02-10", false)]),
            notice("2026-03-02", "2026-03-06"),
            Ok(&["NoticeOpened"]),
        ),
        row(
            "accepted on the day of the application, and typed when it was over",
            vec![apply("2026-02-02"), withdraw_case("2026-02-20"), accept("2026-02-02")],
            inspect("2026-02-10", true),
            Ok(&["CaseInspected"]),
        ),
        row(
            "a step of a case that is over, beside one of later",
            and(vec![apply("2026-02-02"), withdraw_case("2026-02-20")], &[apply("2026-03-10")]),
            return_case("2026-02-04", "2026-02-09"),
            Ok(&["CaseReturned"]),
        ),
        row(
            "is none of that",
            and(
                vec![apply("2026-02-02"), withdraw_case("2026-02-20")],
                &[apply("2026-03-10"), return_case("2026-02-04", "2026-02-09")],
            ),
            accept("2026-03-12"),
            Ok(&["CaseAccepted"]),
        ),
        row(
            "but one of the case that was open then",
            and(
                vec![apply("2026-02-02"), withdraw_case("2026-02-20")],
                &[apply("2026-03-10"), return_case("2026-02-04", "2026-02-09")],
            ),
            supplement("2026-02-06"),
            Ok(&["CaseSupplemented"]),
        ),
        row(
            "a notice is that of its category's case",
            and(
                accepted(),
                &[inspect("2026-02-10", true), of_domestic("2026-02-12"), notice("2026-03-02", "2026-03-06")],
            ),
            object("2026-03-04"),
            Ok(&["ObjectionRaised"]),
        ),
        row(
            "a decision against a case stands again beside a certification that was not decided on that",
            and(publicised(), &[refuse("2026-03-20"), elsewhere, overturn(7, "2026-05-10")]),
            overturn(9, "2026-05-20"),
            Ok(&["ActOverturned"]),
        ),
    ]
}

fn reviews_and_orders() -> Vec<Row> {
    let passed = |year: u32, on: &str| review(year, ReviewResult::Passed, on);
    let failed = review(2026, ReviewResult::Failed, "2026-04-10");
    let Command::Renew(renewal) = renew("2026-03-16", "2026-05-01", "2026-08-31") else { unreachable!() };
    let Command::OrderRectification(order) = rectify("2026-05-24", "2026-06-05") else { unreachable!() };
    vec![
        row(
            "a review stands again beside that of another year",
            vec![back_enter(), passed(2026, "2026-04-10"), overturn(3, "2026-04-20"), passed(2025, "2026-05-06")],
            overturn(4, "2026-06-01"),
            Ok(&["ActOverturned"]),
        ),
        by(
            "lists",
            row(
                "a breach is mended in each category, whichever is typed last",
                vec![register(), pledge(), domestic(), breach("2026-05-06", BreachSeverity::Minor)],
                back_enter_as(|c| (c.particulars, c.valid_from) = (None, Some(day("2024-05-06")))),
                Ok(&["CertificationRecorded", "RectificationOrdered"]),
            ),
        ),
        row(
            "and of one that has an order for something else",
            and(
                vec![register(), pledge(), until("2026-04-30")],
                &[failed, breach("2026-05-10", BreachSeverity::Minor)],
            ),
            Command::Renew(renewal),
            Ok(&["CertificationRenewed", "RectificationOrdered"]),
        ),
        row(
            "what fell with its certification falls once",
            and(
                certified(),
                &[
                    domestic(),
                    suspend(CARE, "2026-05-06"),
                    record_ending(|c| {
                        (c.decided_on, c.effective_on) = (Some(day("2026-04-20")), Some(day("2026-04-20")));
                    }),
                ],
            ),
            Command::OrderRectification(OrderRectification { category: category("domestic"), ..order }),
            Ok(&["RectificationOrdered"]),
        ),
    ]
}

fn plaques() -> Vec<Row> {
    let instead = |on: &str| {
        let (ordered_on, replaces, place) = (day(on), Some(plaque(2)), Some(text("东门")));
        Command::OrderPlaque(OrderPlaque { ordered_on, replaces, place })
    };
    let east = || {
        and(
            certified(),
            &[
                order(None),
                order_at("2026-03-10", "东门"),
                issue_on(2, "2026-03-18"),
                instead("2026-05-06"),
                destroy_of(3, "2026-05-08"),
            ],
        )
    };
    let back = || and(hung(), &[deregister("2026-06-10"), overturn(7, "2026-07-20")]);
    let mut rows = vec![on(
        "2026-07-21",
        row(
            "a plaque is not withheld on the day by which it was to come back",
            back(),
            not_returned("2026-06-26"),
            Err("PLAQUE_NOT_RECALLED"),
        ),
    )];
    rows.push(row(
        "a plaque stays where its replacement never hung, whatever is ordered for another place",
        east(),
        instead("2026-05-11"),
        Ok(&["PlaqueOrdered", "PlaqueRecoveryOrdered"]),
    ));
    rows
}

/// A command that is sent again names the outlet as it did.
fn particulars_sent_along() -> Vec<Row> {
    let renamed = || Some(Particulars { name: text("他园"), ..particulars() });
    let Command::Apply(application) = apply("2026-02-02") else { unreachable!() };
    let moved = |to: &str, on: &str| {
        let division = Division::parse(to).unwrap();
        amend(Particulars { division, ..particulars() }, on, Some("2026-05-11"))
    };
    let placed = || moved("321003006", "2026-06-01");
    vec![
        row(
            "an application of another name",
            vec![apply("2026-02-02")],
            Command::Apply(Apply { particulars: renamed(), ..application }),
            Err("PARTICULARS_DIFFER"),
        ),
        row(
            "a certification of another name",
            certified(),
            certify_as(|c| c.particulars = renamed()),
            Err("PARTICULARS_DIFFER"),
        ),
        by(
            "lists",
            row(
                "a list of another name",
                vec![back_enter()],
                back_enter_as(|c| c.particulars = renamed()),
                Err("PARTICULARS_DIFFER"),
            ),
        ),
        by(
            "health",
            row(
                "an outlet is moved by who decides in the place, also before it moved on",
                and(certified(), &[moved("321002", "2026-06-01")]),
                moved("321002", "2026-05-15"),
                Err("NOT_COMPETENT_FOR_PLACE"),
            ),
        ),
        on(
            "2026-07-02",
            row(
                "an outlet is where it is, in the zone that follows from the place",
                vec![register(), placed()],
                match placed() {
                    Command::AmendParticulars(c) => {
                        Command::AmendParticulars(AmendParticulars { effective_on: day("2026-06-10"), ..c })
                    }
                    _ => unreachable!(),
                },
                Err("NOTHING_TO_AMEND"),
            ),
        ),
    ]
}

fn folded(world: &World, given: &[Command]) -> Provider {
    given.iter().fold(Provider::default(), |state, command| {
        let made = ["everything", "lists"].map(|by| world.decide(&state, by, day("2026-07-01"), command));
        let made = made.into_iter().find_map(Result::ok).unwrap_or_else(|| panic!("{command:?}"));
        then(state, &made)
    })
}

/// Which of its category a certification follows: that which was decided before it, or on its day, and no later one.
#[test]
fn a_certification_follows_that_which_was_decided_before_it() {
    let world = World::new();
    let follows = |given: &[Command], decided: &str| {
        let listed = back_enter_as(|c| {
            (c.particulars, c.document_number) = (None, Some(text("名单号")));
            (c.decided_on, c.valid_to) = (Some(day(decided)), Some(day(decided)));
        });
        let state = folded(&world, given);
        let made = world.decide(&state, "lists", day("2026-07-01"), &listed).unwrap();
        let recorded = made.iter().find_map(|fact| match fact {
            Event::CertificationRecorded(e) => Some((e.ordinal.get(), e.predecessor.map(Ordinal::get))),
            _ => None,
        });
        recorded.unwrap()
    };
    let ended = and(certified(), &[deregister("2026-05-20")]);
    assert_eq!(follows(&ended, "2026-03-01"), (2, None));
    assert_eq!(follows(&ended, "2026-05-20"), (2, Some(1)));
    let void = [register(), pledge(), certify(), overturn(3, "2026-03-09")];
    assert_eq!(follows(&void, "2026-03-09"), (2, Some(1)));
}

/// A decision that was corrected is known by what it says now as by what it said first, in whichever list it stands.
#[test]
fn a_list_that_has_a_corrected_decision_makes_no_second_one() {
    let world = World::new();
    let of = |number: &str, source: &str| {
        let (number, source) = (text(number), text(source));
        back_enter_as(|c| (c.particulars, c.document_number, c.source) = (None, Some(number), source))
    };
    let mut history = History::default();
    for asked in [register().into(), of("名单1号", "名单第1行").into(), correct(2, Some(of("名单2号", "名单第1行")))]
    {
        let made = history
            .decide(&world, "lists", day("2026-07-01"), &asked)
            .or_else(|_| history.decide(&world, "everything", day("2026-07-01"), &asked))
            .unwrap();
        history.record("lists", day("2026-07-01"), made);
    }
    for number in ["名单1号", "名单2号"] {
        let made = history.decide(&world, "lists", day("2026-07-01"), &of(number, "公告第7行").into());
        assert_eq!(made.map_err(|why| why.reason()), Err("DECISION_DIFFERS"), "{number}");
    }
}

/// Under a document that was put right since nothing else is decided.
#[test]
fn a_document_that_was_mistyped_holds_no_second_decision() {
    let world = World::new();
    let mut history = History::default();
    let number =
        |number: &'static str| certify_as(move |c| (c.valid_to, c.document_number) = (day("2026-04-30"), text(number)));
    for asked in [register().into(), pledge().into(), number("认定7号").into(), correct(3, Some(number("认定1号")))]
    {
        let made = history.decide(&world, "everything", day("2026-07-01"), &asked).unwrap();
        history.record("everything", day("2026-07-01"), made);
    }
    for number in ["认定7号", "认定1号"] {
        let Command::Certify(c) = certify_again("2026-06-02", "2026-06-02") else { unreachable!() };
        let again = Command::Certify(Certify { document_number: text(number), ..c });
        let made = history.decide(&world, "everything", day("2026-07-01"), &again.into());
        assert_eq!(made.map_err(|why| why.reason()), Err("DECISION_DIFFERS"), "{number}");
    }
}

/// Of several ends that were told of a certification, that which an end is most like is named.
#[test]
fn a_list_with_another_end_names_the_end_of_its_kind() {
    let world = World::new();
    let cancelled = record_ending(|c| c.effective_on = Some(day("2026-01-31")));
    let state = folded(&world, &[crate::certification::ended_early("2026-02-10"), cancelled]);
    let refused = world.decide(&state, "lists", day("2026-07-01"), &crate::certification::ended_early("2026-01-20"));
    assert_eq!(refused, Err(Refusal::DecisionDiffers { act: Act::new(3).unwrap() }));
}

/// The first day on which a certification is over: that of its first end which stands, or the one after its last.
#[test]
fn a_certification_is_over_since_its_first_end_that_stands() {
    let world = World::new();
    let over = |more: &[Command]| {
        let state = folded(&world, &and(vec![register(), pledge(), until("2026-04-30")], more));
        state.certifications[0].over_since().map(|day| day.to_string())
    };
    assert_eq!(over(&[]).as_deref(), Some("2026-05-01"));
    assert_eq!(over(&[withdraw("2026-04-20", "2026-04-25")]).as_deref(), Some("2026-04-25"));
    // Overturned, put back and overturned once more, it ends by its term; what stood until the first ruling ended nothing on that day.
    let ruled = [overturn(3, "2026-04-28"), overturn(4, "2026-04-28"), overturn(5, "2026-05-10")];
    assert_eq!(over(&ruled[..1]).as_deref(), Some("2026-04-28"));
    assert_eq!(over(&ruled[..2]).as_deref(), Some("2026-05-01"));
    assert_eq!(over(&ruled).as_deref(), Some("2026-05-01"));
}

/// An order that follows from a review is over with that, and not with the review of another certification.
#[test]
fn an_order_follows_from_its_own_review() {
    let world = World::new();
    let failed = |code: &str| {
        let Command::RecordReview(c) = review(2026, ReviewResult::Failed, "2026-05-06") else { unreachable!() };
        Command::RecordReview(RecordReview { category: category(code), ..c })
    };
    let given =
        [register(), pledge(), domestic(), certify(), failed("domestic"), overturn(5, "2026-06-01"), failed(CARE)];
    let state = folded(&world, &given);
    let status = |code: &str| state.standing(&category(code), day("2026-07-01")).map(|(_, standing)| standing.status);
    assert_eq!((status("domestic"), status(CARE)), (Some(Status::Valid), Some(Status::Rectifying)));
}

/// Who was competent on the day of an act that is typed before a late one is not asked of who has the outlet in hand without that.
#[test]
fn an_act_of_another_bureau_stands_behind_a_late_one() {
    let world = World::new();
    let mut history = History::default();
    let ordered = order_on("2026-05-11", None);
    for (by, asked) in [
        ("everything", register()),
        ("everything", pledge()),
        ("everything", domestic()),
        ("health", certify()),
        ("health", ordered),
    ] {
        let made = history.decide(&world, by, day("2026-07-01"), &asked.into()).unwrap();
        history.record(by, day("2026-07-01"), made);
    }
    let made = history.decide(&world, "everything", day("2026-07-01"), &overturn(4, "2026-05-01").into());
    assert_eq!(made.map(|facts| facts.len()).map_err(|why| why.reason()), Ok(1));
}
