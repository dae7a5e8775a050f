//! What a correction carries with it, act by act: which of the facts that followed go, stay or come to be otherwise, and which follow now.

use domain::command::*;
use domain::*;

use crate::any_order::certify_again;
use crate::pledge::breach_of_other;
use crate::world::*;

/// What was asked for, each on its day, and what comes of the last of them.
struct Row {
    rule: &'static str,
    given: Vec<(&'static str, Asked)>,
    then: &'static str,
}

fn row(rule: &'static str, given: Vec<(&'static str, Asked)>, then: &'static str) -> Row {
    Row { rule, given, then }
}

/// What a fact is, and what of it follows from the record.
#[expect(clippy::wildcard_enum_match_arm, reason = "four facts follow from others")]
fn said(fact: &Event) -> String {
    match fact {
        Event::ActCorrected(e) => format!("{} is {}", e.act, e.fact.as_deref().map_or("none".to_owned(), said)),
        Event::RectificationOrdered(e) => {
            format!("order of {} for {}", e.certification, e.because.map_or("itself".to_owned(), |act| act.to_string()))
        }
        Event::CertificationExpired(e) => format!("{} expired on {}", e.certification, e.effective_on),
        Event::MeasureFell(e) => format!("{} fell", e.measure),
        fact => fact.name().to_owned(),
    }
}

fn answer(made: Result<Vec<Event>, Refusal>) -> String {
    match made {
        Ok(facts) => facts.iter().map(said).collect::<Vec<_>>().join(", "),
        Err(Refusal::ActRestsOnIt { acts, zh, .. }) => format!("ACT_RESTS_ON_IT {acts} {zh}"),
        Err(Refusal::ContradictsLater { acts, zh, .. }) => format!("CONTRADICTS_LATER {acts} {zh}"),
        Err(refusal) => refusal.reason().to_owned(),
    }
}

/// What comes of the last of these, asked by who may.
fn last_of(world: &World, given: &[(&str, Asked)]) -> Result<Vec<Event>, Refusal> {
    let mut history = History::default();
    let mut last = Ok(Vec::new());
    for (today, asked) in given {
        let decide = |by: &str| history.decide(world, by, day(today), asked);
        let (by, made) = match decide("everything") {
            Err(Refusal::DutyMissing { .. }) => ("lists", decide("lists")),
            made => ("everything", made),
        };
        if let Ok(events) = &made
            && !events.is_empty()
        {
            history.record(by, day(today), events.clone());
        }
        last = made;
    }
    last
}

fn until(last: &str) -> Command {
    certify_as(|c| c.valid_to = day(last))
}

fn corrected_on(on: &'static str, act: u32, right: Option<Command>) -> (&'static str, Asked) {
    let Asked::Correct(c) = correct(act, right) else { unreachable!() };
    (on, Asked::Correct(CorrectAct { corrected_on: day(on), ..c }))
}

fn and(mut given: Vec<(&'static str, Asked)>, more: Vec<(&'static str, Asked)>) -> Vec<(&'static str, Asked)> {
    given.extend(more);
    given
}

fn minor(on: &str) -> Command {
    breach(on, BreachSeverity::Minor)
}

/// A certification until 2026-04-30 as act 3.
fn short() -> Vec<(&'static str, Asked)> {
    let on = "2026-03-20";
    vec![(on, register().into()), (on, pledge().into()), (on, until("2026-04-30").into())]
}

/// That its term had ended as act 4, and a breach of after it as act 5.
fn ended() -> Vec<(&'static str, Asked)> {
    and(short(), vec![("2026-05-20", minor("2026-05-10").into())])
}

fn terms_that_ended() -> Vec<Row> {
    vec![
        row(
            "that a term ended is of another day with it",
            and(ended(), vec![corrected_on("2026-06-01", 3, Some(until("2026-04-15")))]),
            "3 is Certified, 4 is 3 expired on 2026-04-16",
        ),
        row(
            "and so where it had ended when a breach of before was typed, which is to be mended now",
            and(ended(), vec![corrected_on("2026-06-01", 3, Some(until("2026-05-15")))]),
            "3 is Certified, 4 is 3 expired on 2026-05-16, order of 3 for 5",
        ),
        row(
            "of two terms that ended each is of its own certification",
            and(
                both(),
                vec![
                    ("2026-05-20", fulfil("2026-05-10").into()),
                    corrected_on("2026-06-01", 3, Some(until("2026-08-31"))),
                    corrected_on("2026-06-01", 4, Some(domestic("2026-04-15"))),
                ],
            ),
            "4 is Certified, 6 is 4 expired on 2026-04-16",
        ),
        row(
            "an order that follows still stays as it was, with the end before it",
            and(
                short(),
                vec![
                    ("2026-05-20", minor("2026-04-30").into()),
                    corrected_on(
                        "2026-06-01",
                        2,
                        Some(pledge_as(PledgeForm { content: text("明码标价"), ..pledge_form(1) })),
                    ),
                ],
            ),
            "2 is PledgeMade",
        ),
    ]
}

/// Certified in two categories, as acts 3 and 4, until one day.
fn both() -> Vec<(&'static str, Asked)> {
    and(short(), vec![("2026-03-20", domestic("2026-04-30").into())])
}

fn domestic(last: &str) -> Command {
    certify_as(|c| (c.category, c.valid_to) = (category("domestic"), day(last)))
}

fn orders() -> Vec<Row> {
    let broken = || and(both(), vec![("2026-05-20", minor("2026-05-10").into())]);
    // Another certification, which rests on another pledge.
    let of_other = |on: &str| {
        let Command::Certify(c) = certify_again(on, on) else { unreachable!() };
        Command::Certify(Certify { pledge_number: pledge_number(2), ..c })
    };
    let moved = || and(ended(), vec![corrected_on("2026-06-01", 5, Some(minor("2026-04-20")))]);
    let restored = || {
        let two = vec![
            ("2026-05-20", breach_of("未公示价格", "2026-05-12", BreachSeverity::General).into()),
            corrected_on("2026-06-01", 3, Some(until("2026-05-31"))),
        ];
        and(ended(), two)
    };
    vec![
        row(
            "an order of each certification follows from a breach",
            and(broken(), vec![corrected_on("2026-06-01", 7, Some(minor("2026-04-20")))]),
            "7 is PledgeBroken, order of 3 for 7, order of 4 for 7",
        ),
        row("an order that came by a correction", moved(), "5 is PledgeBroken, order of 3 for 5"),
        row("goes with that", and(moved(), vec![corrected_on("2026-06-02", 6, None)]), "6 is none, 7 is none"),
        row(
            "and is another one where the breach is of another day",
            and(moved(), vec![corrected_on("2026-06-02", 5, Some(minor("2026-04-10")))]),
            "5 is PledgeBroken, 7 is none, order of 3 for 5",
        ),
        row(
            "two breaches are mended by an order each",
            restored(),
            "3 is Certified, 4 is none, order of 3 for 5, order of 3 for 6, 3 expired on 2026-06-01",
        ),
        row(
            "one of them was none",
            and(restored(), vec![corrected_on("2026-06-02", 6, None)]),
            "6 is none, 10 is none",
        ),
        row(
            "and was one after all, beside the order of the other",
            and(restored(), vec![corrected_on("2026-06-02", 6, None), corrected_on("2026-06-03", 12, None)]),
            "12 is none, 10 is order of 3 for 6",
        ),
        row(
            "a certification that was moved before a breach is where it was, and so owes nothing",
            vec![
                ("2026-03-20", register().into()),
                ("2026-03-20", pledge().into()),
                ("2026-03-20", pledge_as(pledge_form(2)).into()),
                ("2026-03-20", minor("2026-03-12").into()),
                ("2026-03-20", of_other("2026-03-16").into()),
                corrected_on("2026-03-20", 5, Some(of_other("2026-03-11"))),
                corrected_on("2026-03-20", 6, None),
            ],
            "6 is none, 7 is none",
        ),
        row(
            "an order is of the certification that there was, and not of the next",
            and(
                short(),
                vec![
                    ("2026-03-20", pledge_as(pledge_form(2)).into()),
                    ("2026-06-11", of_other("2026-05-04").into()),
                    ("2026-06-11", minor("2026-04-20").into()),
                    corrected_on("2026-06-11", 3, Some(until("2026-04-15"))),
                    corrected_on("2026-06-11", 6, Some(of_other("2026-04-16"))),
                ],
            ),
            "6 is Certified, order of 6 for 7",
        ),
    ]
}

fn what_stays() -> Vec<Row> {
    let broken = || {
        vec![
            ("2026-03-20", register().into()),
            ("2026-03-20", pledge().into()),
            ("2026-03-20", minor("2026-03-12").into()),
        ]
    };
    let repaired = || and(broken(), vec![("2026-03-20", repair("2026-03-13").into())]);
    let fulfilled = || {
        vec![
            ("2026-03-20", register().into()),
            ("2026-03-20", pledge().into()),
            ("2026-03-20", fulfil("2026-03-12").into()),
            corrected_on("2026-03-20", 3, None),
        ]
    };
    vec![
        row(
            "a repair that was none by itself does not come back with its pledge",
            and(
                repaired(),
                vec![
                    corrected_on("2026-03-20", 4, None),
                    corrected_on(
                        "2026-03-21",
                        2,
                        Some(pledge_as(PledgeForm { content: text("明码标价"), ..pledge_form(1) })),
                    ),
                ],
            ),
            "2 is PledgeMade",
        ),
        row(
            "nor does it come back at once where another act went along before",
            and(
                ended(),
                vec![
                    corrected_on("2026-05-21", 3, Some(until("2026-04-15"))),
                    corrected_on("2026-05-22", 3, Some(until("2026-05-31"))),
                    ("2026-05-26", rectified("2026-05-25").into()),
                    corrected_on("2026-05-27", 11, None),
                ],
            ),
            "11 is none",
        ),
        row(
            "an overturned breach is put right, before its repair that was typed first",
            and(
                repaired(),
                vec![
                    ("2026-05-20", overturn(3, "2026-03-12").into()),
                    corrected_on("2026-06-01", 3, Some(minor("2026-03-11"))),
                ],
            ),
            "3 is PledgeBroken",
        ),
        row(
            "and so is the repair, behind the ruling",
            and(
                repaired(),
                vec![
                    ("2026-05-20", overturn(3, "2026-03-14").into()),
                    corrected_on("2026-06-01", 4, Some(repair_of(Some(3), "2026-03-16"))),
                ],
            ),
            "4 is PledgeRepaired",
        ),
        row(
            "a breach that would be the one beside it",
            and(
                broken(),
                vec![
                    ("2026-03-20", minor("2026-03-11").into()),
                    corrected_on("2026-03-20", 3, Some(minor("2026-03-11"))),
                ],
            ),
            "ACT_RESTS_ON_IT 4 按更正后的登记,该事项会得出不同的内容",
        ),
        row(
            "a fulfilment stands again before a breach of its day",
            and(fulfilled(), vec![("2026-03-21", minor("2026-03-12").into()), corrected_on("2026-03-22", 4, None)]),
            "4 is none",
        ),
        row(
            "what was struck out is still what it was said last to be, and not what another act was",
            and(
                ended(),
                vec![
                    corrected_on("2026-06-01", 5, None),
                    corrected_on("2026-06-01", 3, Some(until("2026-04-15"))),
                    corrected_on("2026-06-02", 5, Some(minor("2026-05-11"))),
                ],
            ),
            "5 is PledgeBroken",
        ),
        row(
            "a resumption comes back before an end of which no day is known, and which was recorded on its day",
            vec![
                ("2026-06-01", back_enter().into()),
                ("2026-06-01", suspend(CARE, "2026-05-06").into()),
                ("2026-06-01", resume("2026-06-01").into()),
                ("2026-06-01", record_ending(|c| c.kind = EndingKind::Withdrawn).into()),
                corrected_on("2026-06-02", 4, None),
                corrected_on("2026-06-03", 6, None),
            ],
            "6 is none",
        ),
        row(
            "an objection is of its own notice, and of no other",
            vec![
                ("2026-03-20", apply("2026-02-02").into()),
                ("2026-03-20", accept("2026-02-03").into()),
                ("2026-03-20", inspect("2026-02-10", true).into()),
                ("2026-03-20", notice("2026-03-02", "2026-03-06").into()),
                ("2026-03-20", notice("2026-03-02", "2026-03-09").into()),
                ("2026-03-20", object("2026-03-04").into()),
                corrected_on("2026-03-20", 6, None),
            ],
            "ACT_RESTS_ON_IT 7 按更正后的登记,该事项会得出不同的内容",
        ),
    ]
}

fn refused() -> Vec<Row> {
    let on = "2026-03-20";
    let certified = || vec![(on, register().into()), (on, pledge().into()), (on, certify().into())];
    let renewed = || {
        vec![
            (on, register().into()),
            (on, pledge().into()),
            (on, until("2026-08-31").into()),
            ("2026-06-20", renew("2026-06-15", "2026-09-01", "2026-11-30").into()),
            (
                "2026-06-20",
                match renew("2026-06-20", "2026-12-01", "2029-11-30") {
                    Command::Renew(c) => Command::Renew(Renew { document_number: text("延续2号"), ..c }).into(),
                    _ => unreachable!(),
                },
            ),
        ]
    };
    vec![
        row(
            "a revocation goes with its certification, and its notice",
            and(
                certified(),
                vec![
                    ("2026-06-01", notice_revocation_for("conditions-lost", "2026-06-01", "2026-06-08").into()),
                    ("2026-06-16", revoke_as(|c| c.ground = ground("conditions-lost")).into()),
                    corrected_on("2026-07-01", 3, None),
                ],
            ),
            "3 is none, 4 is none, 5 is none",
        ),
        row(
            "but not one that bars",
            and(
                certified(),
                vec![
                    ("2026-06-01", notice_revocation_for("overcharging", "2026-06-01", "2026-06-08").into()),
                    ("2026-06-16", revoke_as(|c| c.ground = ground("overcharging")).into()),
                    corrected_on("2026-07-01", 3, None),
                ],
            ),
            "ACT_RESTS_ON_IT 5 第3项不是可如此办理的事项",
        ),
        row(
            "an end that others decided goes with its certification",
            and(certified(), vec![("2026-03-20", record_ending(|_| {}).into()), corrected_on("2026-06-01", 3, None)]),
            "3 is none, 4 is none",
        ),
        row(
            "what is on record nowhere is not entered later",
            and(
                certified(),
                vec![
                    ("2026-05-20", overturn(3, "2026-05-20").into()),
                    corrected_on("2026-06-01", 4, Some(overturn(14, "2026-05-20"))),
                ],
            ),
            "ACT_UNKNOWN",
        ),
        row(
            "nor is an act itself",
            and(
                certified(),
                vec![
                    ("2026-05-20", overturn(3, "2026-05-20").into()),
                    corrected_on("2026-06-01", 4, Some(overturn(4, "2026-05-20"))),
                ],
            ),
            "ACT_UNKNOWN",
        ),
        row(
            "a renewal is not moved before that which it was added to",
            and(
                renewed(),
                vec![
                    ("2026-06-20", pledge_as(pledge_form(2)).into()),
                    corrected_on(
                        "2026-06-20",
                        5,
                        match renew("2026-06-14", "2026-12-01", "2029-11-30") {
                            Command::Renew(c) => {
                                Some(Command::Renew(Renew { document_number: text("延续2号"), ..c }))
                            }
                            _ => unreachable!(),
                        },
                    ),
                ],
            ),
            "CONTRADICTS_LATER 4 2029-06-03 起方可办理延续",
        ),
        row(
            "a breach of before a certification names all that rests on that, and on its end",
            and(
                certified(),
                vec![
                    (on, order(None).into()),
                    (on, issue(1).into()),
                    ("2026-06-11", deregister("2026-06-10").into()),
                    ("2026-06-30", not_returned("2026-06-30").into()),
                    ("2026-07-01", minor("2026-03-08").into()),
                ],
            ),
            "CONTRADICTS_LATER 8、6、5、4、3 没有有效的信用承诺",
        ),
        row(
            "what was ordered before another certification was typed is put right before the one that it was ordered on",
            vec![
                (on, register().into()),
                (on, pledge().into()),
                (on, domestic("2029-03-08").into()),
                (on, order(None).into()),
                (
                    "2026-06-11",
                    match withdraw("2026-04-20", "2026-04-30") {
                        Command::Withdraw(c) => {
                            Command::Withdraw(Withdraw { category: category("domestic"), ..c }).into()
                        }
                        _ => unreachable!(),
                    },
                ),
                ("2026-06-11", minor("2026-05-10").into()),
                ("2026-06-11", breach("2026-05-12", BreachSeverity::General).into()),
                ("2026-06-11", back_enter().into()),
                corrected_on("2026-06-20", 7, Some(breach("2026-03-08", BreachSeverity::General))),
            ],
            "CONTRADICTS_LATER 5、4、3 没有有效的信用承诺",
        ),
        row(
            "an order is told by the number that it would have",
            and(
                ended(),
                vec![
                    ("2026-06-15", repair("2026-06-10").into()),
                    corrected_on("2026-06-20", 3, Some(until("2026-06-10"))),
                ],
            ),
            "CONTRADICTS_LATER 6 修复前须先完成整改:第9项责令整改届时尚未验收",
        ),
    ]
}

#[test]
fn a_correction_carries_on_what_follows_and_nothing_else() {
    let world = World::new();
    let mut wrong = Vec::new();
    for row in [terms_that_ended(), orders(), what_stays(), refused()].into_iter().flatten() {
        let told = answer(last_of(&world, &row.given));
        if told != row.then {
            wrong.push(format!("{}: expected {}, got {told}", row.rule, row.then));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A correction of a certification that says its end as it is on record is of the certification alone, also when it is sent again.
#[test]
fn a_correction_with_an_end_that_is_on_record_is_sent_again() {
    let world = World::new();
    let right = || {
        let Command::RecordCertification(c) = crate::certification::ended_early("2026-01-31") else { unreachable!() };
        Command::RecordCertification(RecordCertification { source: text("名单第2行"), particulars: None, ..c })
    };
    let given = || {
        vec![
            ("2026-07-01", crate::certification::ended_early("2026-01-31").into()),
            corrected_on("2026-07-01", 2, Some(right())),
        ]
    };
    assert_eq!(answer(last_of(&world, &given())), "2 is CertificationRecorded");
    let again = and(given(), vec![corrected_on("2026-07-01", 2, Some(right()))]);
    assert_eq!(last_of(&world, &again), Ok(Vec::new()));
}

/// Of another pledge nothing follows.
#[test]
fn a_breach_of_another_pledge_is_of_that_alone() {
    let world = World::new();
    let given = and(
        short(),
        vec![
            ("2026-03-20", pledge_as(pledge_form(2)).into()),
            ("2026-05-20", breach_of_other("2026-05-10").into()),
            corrected_on("2026-06-01", 6, None),
        ],
    );
    assert_eq!(answer(last_of(&world, &given)), "6 is none");
}
