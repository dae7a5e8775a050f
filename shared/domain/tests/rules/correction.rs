//! Corrections: what was entered wrong is put right, and nothing that rests on it falls unseen.

mod kinds;
mod later;

use domain::command::*;
use domain::*;

use crate::certification::ended_early;
use crate::world::*;

type Then = Result<&'static [&'static str], &'static str>;

struct Row {
    rule: &'static str,
    given: Vec<Asked>,
    bureau: &'static str,
    when: Asked,
    then: Then,
    /// What stands afterwards.
    holds: fn(&Provider) -> bool,
}

fn row(rule: &'static str, given: &[Command], when: Asked, then: Then, holds: fn(&Provider) -> bool) -> Row {
    let given = given.iter().cloned().map(Asked::from).collect();
    Row { rule, given, bureau: "everything", when, then, holds }
}

fn by(bureau: &'static str, row: Row) -> Row {
    Row { bureau, ..row }
}

fn and(mut row: Row, more: Asked) -> Row {
    row.given.push(more);
    row
}

fn refused_with(rule: &'static str, given: &[Command], when: Asked, reason: &'static str) -> Row {
    row(rule, given, when, Err(reason), |_| true)
}

fn given(more: &[Command]) -> Vec<Command> {
    [certified(), more.to_vec()].concat()
}

const CORRECTED: Then = Ok(&["ActCorrected"]);
/// What an approval says it changed goes with the proposal.
const WITH_ITS_APPROVAL: Then = Ok(&["ActCorrected", "ActCorrected"]);

fn today() -> Day {
    day("2026-07-01")
}

fn care(p: &Provider) -> &Certification {
    p.of_category(&category(CARE)).last().unwrap()
}

fn valid(p: &Provider) -> bool {
    care(p).standing(today()).is_some_and(|standing| standing.status == Status::Valid)
}

fn approved(p: &Provider) -> Option<u32> {
    p.prices.values().next().and_then(|promise| promise.approved().last()).map(|(of, _)| of.price.amount_fen.get())
}

/// On record, pledged and certified are acts 1, 2 and 3.
fn table() -> Vec<Row> {
    let until = |to: &'static str| Some(certify_as(move |c| c.valid_to = day(to)));
    let broken = [breach("2026-06-01", BreachSeverity::Serious)];
    let priced = [propose(3_600, PriceUnit::Month), approve_price()];
    let in_time = || renew("2028-12-01", "2029-03-09", "2032-03-08");
    let hung = hung();
    let withdrawn = withdraw("2026-05-06", "2026-05-06");
    let mut elsewhere = particulars();
    elsewhere.division = Division::parse("321002").unwrap();
    let other_town = Some(register_as(elsewhere));
    let because = |reason: &str| match correct(3, until("2029-03-01")) {
        Asked::Correct(c) => Asked::Correct(CorrectAct { reason: text(reason), ..c }),
        of @ Asked::Of(_) => of,
    };
    let listed = |to: Option<&'static str>| back_enter_as(move |c| c.valid_to = to.map(day));
    let told = |change: fn(&mut RecordCertification)| {
        let Command::RecordCertification(mut c) = ended_early("2026-01-31") else { unreachable!() };
        (c.ended, c.particulars) = (None, None);
        change(&mut c);
        Some(Command::RecordCertification(c))
    };
    let later_notice = Some(notice("2026-02-27", "2026-03-06"));
    let on_case = [publicised(), vec![certify_as(|c| c.notice = None)]].concat();
    let answered =
        [publicised(), vec![object("2026-03-06"), resolve("2026-03-09", false), certify_as(|c| c.notice = None)]]
            .concat();
    let answered_on = |on: &str| Some(resolve(on, false));
    vec![
        row("a term mistyped", &certified(), correct(3, until("2029-03-01")), CORRECTED, |p| {
            care(p).valid_to == Some(day("2029-03-01"))
        }),
        refused_with(
            "no longer than it could have been",
            &certified(),
            correct(3, until("2029-03-09")),
            "TERM_TOO_LONG",
        ),
        row(
            "an order that follows now, of a breach that was undone, is over as well",
            &given(&[
                overturn(3, "2026-05-20"),
                breach("2026-06-01", BreachSeverity::Minor),
                overturn(5, "2026-06-10"),
            ]),
            correct(4, None),
            Ok(&["ActCorrected", "RectificationOrdered"]),
            valid,
        ),
        refused_with("what it says already", &certified(), correct(3, until("2029-03-08")), "ACT_SAYS_SO"),
        // Corrected to another term, it is known by the one it was entered with too: an old list under another name makes no second one of it.
        by(
            "lists",
            and(
                refused_with(
                    "an old list of what was corrected",
                    &[back_enter()],
                    back_enter_as(|c| c.source = text("名单(1)第1行")).into(),
                    "DECISION_DIFFERS",
                ),
                correct(2, Some(listed(Some("2027-05-05")))),
            ),
        ),
        by(
            "lists",
            row(
                "one that was never there counts no more",
                &[
                    back_enter_as(|c| {
                        (c.decided_on, c.valid_to) = (Some(day("2021-05-06")), Some(day("2022-05-05")));
                    }),
                    back_enter(),
                ],
                correct(2, None),
                // And what its term that had ended left on record goes with it.
                Ok(&["ActCorrected", "ActCorrected", "ActCorrected"]),
                |p| care(p).ordinal == Ordinal::FIRST && p.of_category(&category(CARE)).count() == 1,
            ),
        ),
        // A certification of 2024 as act 4, and its end that came along as act 5; both before act 3, which began later.
        by(
            "lists",
            row(
                "of two that came together the one by itself",
                &given(&[ended_early("2026-01-31")]),
                correct(4, told(|c| c.document_number = Some(text("2024号")))),
                CORRECTED,
                |p| care(p).document_number.is_some() && care(p).ends.len() == 1,
            ),
        ),
        by(
            "lists",
            row(
                "told with its end once more it is the same",
                &given(&[ended_early("2026-01-31")]),
                correct(4, Some(ended_early("2026-01-31"))),
                Err("ACT_SAYS_SO"),
                |_| true,
            ),
        ),
        by(
            "lists",
            refused_with(
                "with another end it corrects two",
                &given(&[ended_early("2026-01-31")]),
                correct(4, Some(ended_early("2026-01-30"))),
                "CORRECTS_ANOTHER",
            ),
        ),
        by(
            "lists",
            row(
                "the end by itself",
                &given(&[ended_early("2026-01-31")]),
                correct(
                    5,
                    Some(record_ending(|c| {
                        (c.kind, c.effective_on) = (EndingKind::Withdrawn, Some(day("2026-01-15")));
                    })),
                ),
                CORRECTED,
                |p| care(p).ends[0].effective_on == day("2026-01-15"),
            ),
        ),
        by(
            "lists",
            refused_with(
                "not to none: a later one stands beside it",
                &given(&[ended_early("2026-01-31")]),
                correct(5, None),
                "ACT_RESTS_ON_IT",
            ),
        ),
        by(
            "lists",
            row("which it may be where nothing does", &[ended_early("2026-01-31")], correct(3, None), CORRECTED, |p| {
                care(p).ends.is_empty() && valid(p)
            }),
        ),
        by(
            "lists",
            row(
                "the end that came along goes with it",
                &given(&[ended_early("2026-01-31")]),
                correct(4, None),
                Ok(&["ActCorrected", "ActCorrected"]),
                |p| p.of_category(&category(CARE)).count() == 1,
            ),
        ),
        by(
            "lists",
            and(
                row(
                    "and comes back with it",
                    &given(&[ended_early("2026-01-31")]),
                    correct(6, None),
                    Ok(&["ActCorrected", "ActCorrected"]),
                    |p| care(p).ends.len() == 1 && p.of_category(&category(CARE)).count() == 2,
                ),
                correct(4, None),
            ),
        ),
        refused_with("an act there is", &certified(), correct(9, None), "ACT_UNKNOWN"),
        refused_with(
            "what was there is the same kind of act",
            &certified(),
            correct(3, Some(pledge())),
            "CORRECTS_ANOTHER",
        ),
        by(
            "elsewhere",
            refused_with("who was not competent", &certified(), correct(3, None), "NOT_COMPETENT_FOR_PLACE"),
        ),
        by("commerce", refused_with("of the category", &certified(), correct(3, None), "NOT_COMPETENT_FOR_CATEGORY")),
        refused_with("a certification rests on its pledge", &certified(), correct(2, None), "ACT_RESTS_ON_IT"),
        row(
            "not its text",
            &certified(),
            correct(2, Some(pledge_as(PledgeForm { content: text("不收押金"), ..pledge_form(1) }))),
            CORRECTED,
            |p| p.pledges[&pledge_number(1)].form.content == text("不收押金") && valid(p),
        ),
        row(
            "a decision entered a day late",
            &certified(),
            correct(3, Some(certify_as(|c| c.decided_on = day("2026-03-08")))),
            CORRECTED,
            |p| care(p).decided_on == Some(day("2026-03-08")),
        ),
        row(
            "another notice",
            &certified(),
            correct(3, Some(certify_as(|c| c.notice = Some(window("2026-02-27", "2026-03-06"))))),
            CORRECTED,
            valid,
        ),
        refused_with(
            "an objection that was still open on the day of the decision",
            &answered,
            correct(8, answered_on("2026-03-10")),
            "ACT_RESTS_ON_IT",
        ),
        row("but one that was answered before it", &answered, correct(8, answered_on("2026-03-08")), CORRECTED, valid),
        refused_with(
            "nor is a decision corrected to a day on which one was open",
            &answered,
            correct(9, Some(certify_as(|c| (c.decided_on, c.notice) = (day("2026-03-08"), None)))),
            "OBJECTION_OPEN",
        ),
        row("of a case", &on_case, correct(5, later_notice), Ok(&["ActCorrected", "ActCorrected"]), valid),
        row(
            "a breach of another outlet",
            &given(&broken),
            correct(4, None),
            Ok(&["ActCorrected", "ActCorrected"]),
            |p| valid(p) && p.pledges[&pledge_number(1)].in_force_on(today()),
        ),
        row(
            "a breach of another day",
            &given(&broken),
            correct(4, Some(breach("2026-06-03", BreachSeverity::Minor))),
            Ok(&["ActCorrected", "ActCorrected"]),
            |p| care(p).orders.len() == 1 && care(p).orders[0].ordered_on == day("2026-06-03"),
        ),
        row(
            "whose mending was accepted: there was nothing to mend",
            &given(&[broken[0].clone(), rectified("2026-06-10")]),
            correct(4, None),
            Ok(&["ActCorrected", "ActCorrected", "ActCorrected"]),
            |p| valid(p) && care(p).orders.is_empty(),
        ),
        refused_with("an order that follows from a breach", &given(&broken), correct(5, None), "ACT_FOLLOWS"),
        row("kept in full by mistake", &given(&[fulfil("2026-06-01")]), correct(4, None), CORRECTED, |p| {
            p.pledges[&pledge_number(1)].status_on(day("2026-07-01")) == PledgeStatus::UnderSupervision
        }),
        row(
            "a review entered wrong",
            &given(&[review(2026, ReviewResult::Failed, "2026-06-01")]),
            correct(4, Some(review(2026, ReviewResult::Passed, "2026-06-01"))),
            Ok(&["ActCorrected", "ActCorrected"]),
            valid,
        ),
        row(
            "the other way it opens its order",
            &given(&[review(2026, ReviewResult::Passed, "2026-06-01")]),
            correct(4, Some(review(2026, ReviewResult::Failed, "2026-06-01"))),
            Ok(&["ActCorrected", "RectificationOrdered"]),
            |p| !valid(p) && care(p).orders.len() == 1,
        ),
        row(
            "36 for 3,600",
            &given(&priced),
            correct(4, Some(propose(360_000, PriceUnit::Month))),
            WITH_ITS_APPROVAL,
            |p| approved(p) == Some(360_000),
        ),
        row(
            "another unit",
            &given(&priced),
            correct(4, Some(propose(3_600, PriceUnit::Meal))),
            WITH_ITS_APPROVAL,
            |p| approved(p) == Some(3_600),
        ),
        row("another county", &[register()], correct(1, other_town.clone()), CORRECTED, |p| {
            p.particulars.last().unwrap().particulars.division == Division::parse("321002").unwrap()
        }),
        row(
            "by a bureau of both, whatever was done since",
            &certified(),
            correct(1, other_town.clone()),
            CORRECTED,
            valid,
        ),
        by(
            "health",
            refused_with(
                "not into a county of others",
                &certified(),
                correct(1, other_town),
                "NOT_COMPETENT_FOR_PLACE",
            ),
        ),
        by(
            "commerce",
            refused_with(
                "nor is a name put right by who decides on nothing that the outlet has",
                &certified(),
                correct(1, Some(register_as(Particulars { name: text("新名"), ..particulars() }))),
                "NOT_COMPETENT_FOR_OUTLET",
            ),
        ),
        by(
            "health",
            row(
                "but by who does",
                &certified(),
                correct(1, Some(register_as(Particulars { name: text("新名"), ..particulars() }))),
                CORRECTED,
                valid,
            ),
        ),
        refused_with("what was never registered has no pledge", &certified(), correct(1, None), "ACT_RESTS_ON_IT"),
        row(
            "a plaque that was not lost",
            &[hung.clone(), vec![lose("2026-06-01")]].concat(),
            correct(7, None),
            CORRECTED,
            |p| p.plaques[&plaque(1)].status == PlaqueStatus::Hung,
        ),
        row("nor destroyed", &[hung.clone(), vec![destroy("2026-06-01")]].concat(), correct(7, None), CORRECTED, |p| {
            p.plaques[&plaque(1)].status == PlaqueStatus::Hung
        }),
        row(
            "an end that was not asked for: the plaque stays",
            &[hung.clone(), vec![withdrawn.clone()]].concat(),
            correct(7, None),
            Ok(&["ActCorrected", "ActCorrected"]),
            |p| valid(p) && p.plaques[&plaque(1)].recovery_due.is_none(),
        ),
        row(
            "a term that is over by now: the plaque comes back",
            &hung,
            correct(3, until("2026-05-31")),
            Ok(&["ActCorrected", "CertificationExpired", "PlaqueRecoveryOrdered"]),
            |p| p.plaques[&plaque(1)].recovery_due.is_some(),
        ),
        refused_with(
            "what was done while it was live stands in the way",
            &given(&[withdraw("2026-04-01", "2026-04-01")]),
            correct(3, until("2026-03-15")),
            "ACT_RESTS_ON_IT",
        ),
        row(
            "a renewal decided in time",
            &[certified(), vec![in_time()]].concat(),
            correct(4, Some(renew("2028-12-02", "2029-03-09", "2032-03-01"))),
            CORRECTED,
            |p| care(p).valid_to == Some(day("2032-03-01")),
        ),
        by(
            "lists",
            row(
                "a list without a term",
                &[listed(None)],
                correct(2, Some(listed(Some("2027-05-05")))),
                CORRECTED,
                |p| care(p).valid_to == Some(day("2027-05-05")),
            ),
        ),
        by(
            "lists",
            refused_with(
                "what is on record by itself",
                &[
                    listed(Some("2025-05-05")),
                    back_enter_as(|c| {
                        c.decided_on = Some(day("2025-06-06"));
                    }),
                ],
                correct(4, Some(listed(Some("2025-05-05")))),
                "RIGHT_ACT_RECORDED",
            ),
        ),
        and(
            by(
                "lists",
                row(
                    "sent again as it was before, it makes no double",
                    &[listed(None)],
                    listed(None).into(),
                    Ok(&[]),
                    |p| p.certifications.len() == 1,
                ),
            ),
            correct(2, Some(listed(Some("2027-05-05")))),
        ),
        and(
            row(
                "a correction is taken back",
                &given(&broken),
                correct(6, None),
                Ok(&["ActCorrected", "ActCorrected"]),
                |p| !valid(p) && care(p).orders.len() == 1,
            ),
            correct(4, None),
        ),
        and(
            refused_with("not what followed from it", &given(&broken), correct(7, None), "ACT_FOLLOWS"),
            correct(4, None),
        ),
        and(
            row("sent again it is the same", &certified(), correct(3, until("2029-03-01")), Ok(&[]), |p| p.acts == 4),
            correct(3, until("2029-03-01")),
        ),
        and(
            refused_with("for another reason it is not", &certified(), because("另一理由"), "ACT_SAYS_SO"),
            correct(3, until("2029-03-01")),
        ),
        and(
            row("to none: the same may be entered anew", &certified(), certify().into(), Ok(&["Certified"]), |p| {
                valid(p) && p.certifications.len() == 1 && care(p).act.get() == 5
            }),
            correct(3, None),
        ),
        and(
            and(
                row(
                    "superseded, it can be made again in the same words",
                    &certified(),
                    correct(3, until("2029-03-01")),
                    CORRECTED,
                    |p| care(p).valid_to == Some(day("2029-03-01")),
                ),
                correct(3, until("2029-03-01")),
            ),
            correct(3, until("2029-03-02")),
        ),
        and(
            and(
                row("also to none", &certified(), correct(3, None), CORRECTED, |p| p.certifications.is_empty()),
                correct(3, None),
            ),
            correct(3, until("2029-03-02")),
        ),
        and(
            row("corrected again", &certified(), correct(3, until("2029-03-02")), CORRECTED, |p| {
                care(p).valid_to == Some(day("2029-03-02"))
            }),
            correct(3, until("2029-03-01")),
        ),
    ]
    .into_iter()
    .chain(kinds::rows())
    .chain(later::rows())
    .collect()
}

fn told(row: &Row, world: &World) -> History {
    let mut history = History::default();
    for asked in &row.given {
        let days = ["2026-03-20", "2026-07-01", "2029-01-05"];
        let decided = days.iter().flat_map(|today| ["everything", "lists"].map(|bureau| (bureau, day(today))));
        let mut taken = decided.filter_map(|(bureau, today)| {
            let events = history.decide(world, bureau, today, asked).ok()?;
            (!events.is_empty()).then_some((bureau, today, events))
        });
        let (bureau, today, events) = taken.next().unwrap_or_else(|| panic!("{}: refused: {asked:?}", row.rule));
        history.record(bureau, today, events);
    }
    history
}

pub(crate) fn refused() -> impl Iterator<Item = &'static str> {
    table().into_iter().filter_map(|row| row.then.err())
}

#[test]
fn every_row_holds() {
    let world = World::new();
    let mut wrong = Vec::new();
    for row in table() {
        let mut history = told(&row, &world);
        let late = history.commits.last().is_some_and(|told| told.today > today());
        let now = if late { day("2029-01-05") } else { today() };
        let when = match &row.when {
            Asked::Correct(c) => Asked::Correct(CorrectAct { corrected_on: now, ..c.clone() }),
            of @ Asked::Of(_) => of.clone(),
        };
        let answer = history.decide(&world, row.bureau, now, &when);
        let names: Result<Vec<&str>, &str> = match &answer {
            Ok(events) => Ok(events.iter().map(Event::name).collect()),
            Err(refusal) => Err(refusal.reason()),
        };
        if names != row.then.map(<[&str]>::to_vec) {
            wrong.push(format!("{}: expected {:?}, got {names:?}: {answer:?}", row.rule, row.then));
            continue;
        }
        if let Ok(events) = answer {
            if !events.is_empty() {
                history.record(row.bureau, now, events);
            }
            if !(row.holds)(&history.state()) {
                wrong.push(format!("{}: {:#?}", row.rule, history.state()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_operator_identified_by_a_wrong_code_is_identified_by_the_right_one() {
    let world = World { provider: listed_id(), ..World::new() };
    let mut history = History::default();
    let mut told = |asked: Asked| {
        let events = history.decide(&world, "everything", today(), &asked)?;
        history.record("everything", today(), events);
        Ok::<_, Refusal>(())
    };
    told(register().into()).unwrap();
    told(identify(Uscc::synthetic("91", "321003", "00000019").unwrap().as_str()).into()).unwrap();
    assert!(told(pledge().into()).is_err(), "the true operator's pledge is another's");
    told(correct(2, Some(identify("914403001922038216")))).unwrap();
    told(pledge().into()).unwrap();
    told(certify().into()).unwrap();
}

#[test]
fn a_bar_that_was_mistyped_is_mended() {
    let world = World::new();
    let lists = BureauId::parse("lists").unwrap();
    let bar = |until: &str| BarOperator {
        ground: ground("conditions-lost"),
        barred_on: day("2026-03-02"),
        until: day(until),
        document_number: text("禁入1号"),
        detail: text("情形"),
    };
    let barred = decide_operator(
        &Operator::default(),
        &operator_code(),
        &OperatorCommand::BarOperator(bar("2052-03-01")),
        &world.scheme,
        &lists,
        today(),
    )
    .unwrap();
    let commits = [Told { bureau: lists.clone(), today: today(), events: barred }];
    let Asked::Correct(command) = correct(1, None) else { unreachable!() };
    let right = MadeBy::Operator(OperatorCommand::BarOperator(bar("2026-06-01")));
    let mend = CorrectAct { right: Some(Box::new(right)), ..command };
    let decide = |bureau: &str| {
        decide_operator_correction(
            &entries(&commits),
            &operator_code(),
            &mend,
            |_| &world.scheme,
            &BureauId::parse(bureau).unwrap(),
            today(),
        )
    };
    assert_eq!(decide("health").unwrap_err().reason(), "DUTY_MISSING");
    let mended = decide("lists").unwrap();
    let operator = replay_operator(commits[0].events.iter().chain(&mended));
    assert_eq!((operator.barred_on(day("2026-06-01")), operator.acts), (Some(day("2026-06-01")), 2));
    // Whatever it says now, it is known by what was sent as well.
    for until in ["2052-03-01", "2026-06-01"] {
        let again = OperatorCommand::BarOperator(bar(until));
        let made = decide_operator(&operator, &operator_code(), &again, &world.scheme, &lists, today());
        assert_eq!(made, Ok(Vec::new()), "{until}");
    }
}

/// Every correction of the table, recorded: with one field changed it is another, and recorded or refused.
#[test]
fn a_correction_with_one_field_changed_is_never_the_one_on_record() {
    let world = World::new();
    let absent = |c: &CorrectAct| format!("{c:?}").matches("None").count();
    let listed = |c: &CorrectAct| match c.right.as_deref() {
        Some(MadeBy::Provider(Command::RecordCertification(c))) => c.particulars.clone(),
        _ => None,
    };
    let is_of_a_list = |c: &CorrectAct| listed(c).is_some();
    let place_of = |c: &CorrectAct| listed(c).map(|particulars| particulars.division.to_string());
    let mut asked = 0;
    for row in table() {
        let Asked::Correct(c) = &row.when else { continue };
        let mut history = told(&row, &world);
        let late = history.commits.last().is_some_and(|told| told.today > today());
        let now = if late { day("2029-01-05") } else { today() };
        let c = CorrectAct { corrected_on: now, ..c.clone() };
        let corrected = history.decide(&world, row.bureau, now, &Asked::Correct(c.clone()));
        let Some(events) = corrected.ok().filter(|events| !events.is_empty()) else { continue };
        history.record(row.bureau, now, events);
        let again = |c: &CorrectAct| history.decide(&world, row.bureau, now, &Asked::Correct(c.clone()));
        assert_eq!(again(&c), Ok(Vec::new()), "{}", row.rule);
        for (path, changed) in c.changes() {
            // What came along with the right act is left out, or the zone that follows from its place.
            let leaves_out = match path.as_str() {
                "right.particulars" => true,
                "right.particulars.zone" => absent(&changed) > absent(&c),
                // A list says less of the outlet than is on record, or tells its place less closely.
                "right.particulars.address" => is_of_a_list(&c) && absent(&changed) > absent(&c),
                "right.particulars.division" => {
                    is_of_a_list(&c) && place_of(&changed) == Some("321003000000".to_owned())
                }
                _ => false,
            };
            let is_so = again(&changed).is_ok_and(|events| events.is_empty());
            // Asked for before, or what followed from what was asked for.
            let followed =
                |fact: &Event| matches!(fact, Event::ActCorrected(e) if path == "act" && e.act == changed.act);
            let is_on_record = row.given.iter().any(|given| matches!(given, Asked::Correct(c) if *c == changed))
                || history.facts().any(followed);
            assert!(!is_so || leaves_out || is_on_record, "{}: {path}", row.rule);
            asked += 1;
        }
    }
    assert!(asked > 300, "{asked}");
}
