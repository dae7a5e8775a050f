//! The bar on an operator.

use domain::command::*;
use domain::*;

use crate::world::*;

fn bar(from: &str, until: &str, lifted: Option<&str>) -> Bar {
    Bar {
        from: day(from),
        until: day(until),
        lifted_on: lifted.map(day),
        act: Act::new(4).unwrap(),
        ground: Some(ground("overcharging")),
        document_number: Some(text("禁入1号")),
    }
}

#[test]
fn a_bar_on_the_operator_crosses_its_providers() {
    let world = World { operator_bars: vec![bar("2026-01-05", "2027-01-01", None)], ..World::new() };
    let refusal =
        world.decide(&Provider::default(), "everything", day("2026-07-01"), &apply("2026-07-01")).unwrap_err();
    assert_eq!(refusal.reason(), "OPERATOR_BARRED");
    for named in ["第4项", "事由(overcharging)", "禁入1号", "2027-01-01"] {
        assert!(refusal.zh().contains(named), "{named}: {}", refusal.zh());
    }
    assert!(world.decide(&Provider::default(), "everything", day("2027-01-02"), &apply("2027-01-02")).is_ok());
}

/// Of its own day, and not of the day on which it is typed.
#[test]
fn what_begins_is_asked_of_the_bar_of_its_day() {
    let bars = vec![bar("2026-05-20", "2026-12-31", Some("2026-08-01"))];
    let world = World { operator_bars: bars, ..World::new() };
    let today = day("2026-09-01");
    let asked = |command: Command| {
        let given = [register(), pledge()].iter().fold(Provider::default(), |state, command| {
            then(state.clone(), &world.decide(&state, "everything", day("2026-03-20"), command).unwrap())
        });
        let bureau = if matches!(command, Command::RecordCertification(_)) { "lists" } else { "everything" };
        world.decide(&given, bureau, today, &command).map(|_| ()).map_err(|refusal| refusal.reason())
    };
    let certify_on = |on: &str| {
        certify_as(|c| {
            (c.decided_on, c.valid_from) = (day(on), day(on));
            c.notice = NoticeWindow::new(day(on).plus_days(-20), day(on).plus_days(-1)).ok();
        })
    };
    let back_entered = |on: &str| back_enter_as(|c| (c.decided_on, c.valid_from) = (Some(day(on)), Some(day(on))));
    for (on, answer) in [
        ("2026-05-19", Ok(())),
        ("2026-05-20", Err("OPERATOR_BARRED")),
        ("2026-07-31", Err("OPERATOR_BARRED")),
        ("2026-08-01", Ok(())),
    ] {
        assert_eq!(asked(apply(on)), answer, "an application of {on}");
        assert_eq!(asked(certify_on(on)), answer, "a decision of {on}");
        // What others decided and published is a fact, whichever of the two is typed first: it stands in the work list.
        assert_eq!(asked(back_entered(on)), Ok(()), "a decision of elsewhere of {on}");
    }
}

/// A bar on the operator that was typed after a provider's acts: of that, who corrects knows, and nobody who decided them.
struct BarredSince {
    before: World,
    now: World,
}

impl InTheirDay for BarredSince {
    fn context<'a>(&'a self, entry: &Entry<'a>, identified: Option<&Uscc>) -> Context<'a> {
        let known = if entry.corrects { &self.now } else { &self.before };
        InTheirDay::context(known, entry, identified)
    }
}

/// What is moved to a day within a bar on the operator that it was not in is refused, also where the bar was typed after it. What stands in it is
/// put right in it; what was struck out comes back.
#[test]
fn nothing_is_moved_into_a_bar_on_the_operator_that_was_typed_after_it() {
    let then = BarredSince {
        before: World::new(),
        now: World { operator_bars: vec![bar("2026-06-16", "2026-07-31", None)], ..World::new() },
    };
    let certify_on = |on: &str| {
        certify_as(|c| {
            (c.decided_on, c.valid_from) = (day(on), day(on));
            c.notice = NoticeWindow::new(day(on).plus_days(-20), day(on).plus_days(-1)).ok();
        })
    };
    let certified = |on: &str| vec![register(), pledge(), certify_on(on)];
    let renewed = || {
        let short = certify_as(|c| c.valid_to = day("2026-08-31"));
        vec![register(), pledge(), short, renew("2026-06-15", "2026-09-01", "2029-08-31")]
    };
    let taken_back =
        |right: Option<Command>| certified("2026-06-17").into_iter().map(Asked::from).chain([correct(3, right)]);
    let asked = |given: Vec<Command>| given.into_iter().map(Asked::from).collect::<Vec<_>>();
    for (rule, given, correction, answer) in [
        (
            "a certification into it",
            asked(certified("2026-06-15")),
            correct(3, Some(certify_on("2026-06-17"))),
            Err("OPERATOR_BARRED"),
        ),
        (
            "to another day before it",
            asked(certified("2026-06-15")),
            correct(3, Some(certify_on("2026-06-14"))),
            Ok(()),
        ),
        ("out of it", asked(certified("2026-06-17")), correct(3, Some(certify_on("2026-06-15"))), Ok(())),
        ("within it", asked(certified("2026-06-17")), correct(3, Some(certify_on("2026-06-18"))), Ok(())),
        (
            "a renewal into it",
            asked(renewed()),
            correct(4, Some(renew("2026-06-17", "2026-09-01", "2029-08-31"))),
            Err("OPERATOR_BARRED"),
        ),
        (
            "an application into it",
            asked(vec![register(), apply("2026-06-15")]),
            correct(2, Some(apply("2026-06-17"))),
            Err("OPERATOR_BARRED"),
        ),
        (
            "back into it",
            taken_back(Some(certify_on("2026-06-15"))).collect(),
            correct(4, None),
            Err("OPERATOR_BARRED"),
        ),
        ("what was struck out comes back", taken_back(None).collect(), correct(4, None), Ok(())),
    ] {
        let mut history = History::default();
        for given in given {
            let events = history.decide(&then.before, "everything", day("2026-07-01"), &given).unwrap();
            history.record("everything", day("2026-07-01"), events);
        }
        let Asked::Correct(command) = correction else { unreachable!() };
        let bureau = BureauId::parse("everything").unwrap();
        let now = Entry {
            position: Position(u64::MAX),
            recorded_on: day("2026-07-01"),
            bureau: &bureau,
            corrects: true,
            events: &[],
        };
        let context = InTheirDay::context(&then, &now, None);
        let made = decide_correction(&entries(&history.commits), &command, &then, &context);
        assert_eq!(made.map(|_| ()).map_err(|refusal| refusal.reason()), answer, "{rule}");
    }
}

#[test]
fn an_operator_is_barred_and_the_bar_lifted() {
    let scheme = scheme();
    let decide = |operator: &Operator, bureau: &str, command: &OperatorCommand| {
        decide_operator(
            operator,
            &operator_code(),
            command,
            &scheme,
            &BureauId::parse(bureau).unwrap(),
            day("2026-07-01"),
        )
    };
    let bar = |until: &str, code: &str| {
        OperatorCommand::BarOperator(BarOperator {
            ground: ground(code),
            barred_on: day("2026-06-20"),
            until: day(until),
            document_number: text("禁入1号"),
            detail: text("多店乱收费"),
        })
    };
    let lift = OperatorCommand::LiftOperatorBar(LiftOperatorBar {
        bar: None,
        lifted_on: day("2026-06-30"),
        document_number: text("解除1号"),
        reason: text("复议"),
    });
    let none = Operator::default();
    let reason = |answer: Result<Vec<Event>, Refusal>| answer.unwrap_err().reason();
    assert_eq!(reason(decide(&none, "health", &bar("2028-06-20", "overcharging"))), "DUTY_MISSING");
    assert_eq!(reason(decide(&none, "lists", &bar("2028-06-20", "whim"))), "GROUND_UNKNOWN");
    assert_eq!(reason(decide(&none, "lists", &bar("2026-06-19", "overcharging"))), "BAR_BACKWARDS");
    assert_eq!(reason(decide(&none, "lists", &bar("2028-06-19", "overcharging"))), "BAR_TOO_SHORT");
    assert!(decide(&none, "lists", &bar("2026-06-20", "conditions-lost")).is_ok());
    assert!(decide(&none, "lists", &bar("2056-06-20", "overcharging")).is_ok());
    assert_eq!(reason(decide(&none, "lists", &bar("2056-06-21", "overcharging"))), "DAY_TOO_FAR");
    assert_eq!(reason(decide(&none, "lists", &lift)), "NOT_BARRED");
    let events = decide(&none, "lists", &bar("2028-06-20", "overcharging")).unwrap();
    let barred = then_of_operator(none, &events);
    assert_eq!(decide(&barred, "lists", &bar("2028-06-20", "overcharging")), Ok(vec![]));
    let lifted = then_of_operator(barred.clone(), &decide(&barred, "lists", &lift).unwrap());
    let on = |operator: &Operator, on: &str| operator.barred_on(day(on));
    assert_eq!((on(&lifted, "2026-06-30"), lifted.bars.len()), (None, 1));
    assert_eq!(on(&lifted, "2026-06-29"), Some(day("2028-06-20")));
}

/// A later bar takes none away, and each is lifted by itself.
#[test]
fn a_shorter_bar_lifts_no_longer_one() {
    let scheme = scheme();
    let decide = |operator: &Operator, command: &OperatorCommand| {
        decide_operator(
            operator,
            &operator_code(),
            command,
            &scheme,
            &BureauId::parse("lists").unwrap(),
            day("2026-07-01"),
        )
    };
    let bar = |document: &str, on: &str, until: &str| {
        OperatorCommand::BarOperator(BarOperator {
            ground: ground("conditions-lost"),
            barred_on: day(on),
            until: day(until),
            document_number: text(document),
            detail: text("多店乱收费"),
        })
    };
    let lift = |bar: Option<u32>| {
        OperatorCommand::LiftOperatorBar(LiftOperatorBar {
            bar: bar.map(|act| Act::new(act).unwrap()),
            lifted_on: day("2026-06-30"),
            document_number: text("解除1号"),
            reason: text("复议"),
        })
    };
    let then = |operator: Operator, command: &OperatorCommand| {
        then_of_operator(operator.clone(), &decide(&operator, command).unwrap())
    };
    let long = then(Operator::default(), &bar("禁入1号", "2026-05-01", "2029-04-30"));
    let both = then(long, &bar("禁入2号", "2026-06-01", "2026-06-20"));
    assert_eq!(both.barred_on(day("2026-06-10")), Some(day("2029-04-30")));
    assert_eq!(decide(&both, &bar("禁入2号", "2026-06-01", "2026-06-20")), Ok(vec![]));
    assert_eq!(decide(&both, &bar("禁入2号", "2026-06-01", "2026-06-21")).unwrap_err().reason(), "DECISION_DIFFERS");
    assert_eq!(decide(&both, &lift(None)).unwrap_err().reason(), "SEVERAL_OPEN");
    assert_eq!(decide(&both, &lift(Some(7))).unwrap_err().reason(), "ACT_NOT_OPEN");
    for (path, changed) in bar("禁入2号", "2026-06-01", "2026-06-20").changes() {
        assert_ne!(decide(&both, &changed), Ok(vec![]), "{path}");
    }
    let one = then(both, &lift(Some(2)));
    assert_eq!(one.barred_on(day("2026-07-01")), Some(day("2029-04-30")));
    // By a document that has lifted another: which is meant has to be said.
    assert_eq!(decide(&one, &lift(None)).unwrap_err().reason(), "ACT_UNNAMED");
    let none = then(one, &lift(Some(1)));
    assert_eq!(none.barred_on(day("2026-07-01")), None);
    assert_eq!([None, Some(1), Some(2)].map(|bar| decide(&none, &lift(bar))), [const { Ok(Vec::new()) }; 3]);
    assert_eq!([None, Some(1), Some(2)].map(|bar| repeated_of_operator(&none, &lift(bar)).unwrap().get()), [4, 4, 3]);
}

/// A real code of before 2016 that fails its check.
fn unchecked() -> Uscc {
    Uscc::parse_confirmed("91350203M0001QKT19").unwrap()
}

fn confirm(on: &str, document: &str) -> OperatorCommand {
    OperatorCommand::ConfirmOperatorCode(ConfirmOperatorCode {
        confirmed_on: day(on),
        document_number: text(document),
        seen: text("营业执照正本,厦门市湖里区市场监督管理局2015年核发"),
    })
}

fn decided(operator: &Operator, code: &str, bureau: &str, command: &OperatorCommand) -> Result<Vec<Event>, Refusal> {
    let code = OperatorCode::parse_confirmed(code).unwrap();
    decide_operator(operator, &code, command, &scheme(), &BureauId::parse(bureau).unwrap(), day("2026-07-01"))
}

#[test]
fn a_code_that_fails_its_check_is_confirmed_once() {
    let code = unchecked();
    let confirmed =
        |operator: &Operator, command: &OperatorCommand| decided(operator, code.as_str(), "health", command);
    let reason = |answer: Result<Vec<Event>, Refusal>| answer.unwrap_err().reason();
    let none = Operator::default();
    let asked = confirm("2026-06-30", "执照350203-1");
    let facts = confirmed(&none, &asked).unwrap();
    assert_eq!(facts.iter().map(Event::name).collect::<Vec<_>>(), ["OperatorCodeConfirmed"]);
    assert_eq!(command_of(&facts).unwrap().made_by, MadeBy::Operator(asked.clone()));
    let known = then_of_operator(none.clone(), &facts);
    assert_eq!(confirmed(&known, &asked), Ok(vec![]));
    // With any one field changed it is refused, and never already so.
    for other in [confirm("2026-06-29", "执照350203-1"), confirm("2026-06-30", "执照350203-2")] {
        assert_eq!(reason(confirmed(&known, &other)), "CODE_CONFIRMED_OTHERWISE");
    }
    assert_eq!(reason(confirmed(&none, &confirm("2026-07-02", "执照350203-1"))), "DAY_AHEAD");
    assert_eq!(reason(decided(&none, code.as_str(), "nobody", &asked)), "BUREAU_UNKNOWN");
    assert_eq!(reason(decided(&none, code.as_str(), "merged", &asked)), "BUREAU_ENDED");
    // What holds its check, and what is no code, is none to confirm.
    for other in [uscc().to_string(), listed_id().operator().to_string()] {
        assert_eq!(reason(decided(&none, &other, "health", &asked)), "CODE_NEEDS_NO_CONFIRMATION");
    }
    // A bar on a mistyped code would fall on nobody.
    let bar = OperatorCommand::BarOperator(BarOperator {
        ground: ground("overcharging"),
        barred_on: day("2026-06-20"),
        until: day("2028-06-20"),
        document_number: text("禁入1号"),
        detail: text("情形"),
    });
    assert_eq!(reason(decided(&none, code.as_str(), "lists", &bar)), "CODE_NOT_CONFIRMED");
    assert!(decided(&known, code.as_str(), "lists", &bar).is_ok());
}

#[test]
fn no_command_brings_a_code_that_fails_its_check_unless_it_was_confirmed() {
    let provider = ProviderId::new(OperatorCode::Uscc(unchecked()), 1).unwrap();
    let listed = World { provider: listed_id(), ..World::new() };
    let refused = World { provider: provider.clone(), ..World::new() };
    let confirmed = World { provider, confirmed: vec![unchecked()], ..World::new() };
    let today = day("2026-07-01");
    let decide = |world: &World, given: &Provider, command: &Command| {
        let bureau = if matches!(command, Command::RecordCertification(_)) { "lists" } else { "everything" };
        world.decide(given, bureau, today, command).map(|_| ()).map_err(|refusal| refusal.reason())
    };
    let none = Provider::default();
    for command in [register(), apply("2026-07-01"), back_enter()] {
        assert_eq!(decide(&refused, &none, &command), Err("CODE_NOT_CONFIRMED"), "{command:?}");
        assert_eq!(decide(&confirmed, &none, &command), Ok(()), "{command:?}");
    }
    // Any call on a provider that is not on record says what is wrong with its id.
    let open = Command::RecordExpiry(RecordExpiry { category: category(CARE) });
    assert_eq!(decide(&refused, &none, &open), Err("CODE_NOT_CONFIRMED"));
    // On record, the outlet is there under the code it has.
    let known = then(Provider::default(), &confirmed.decide(&none, "lists", today, &register()).unwrap());
    assert_eq!(decide(&refused, &known, &open), Err("NOT_CERTIFIED"));
    let on_record = then(none, &listed.decide(&Provider::default(), "lists", today, &register()).unwrap());
    let Command::IdentifyOperator(known) = identify(uscc().as_str()) else { unreachable!() };
    let identify = Command::IdentifyOperator(IdentifyOperator { operator_uscc: unchecked(), ..known });
    assert_eq!(decide(&listed, &on_record, &identify), Err("CODE_NOT_CONFIRMED"));
    let with = World { provider: listed_id(), confirmed: vec![unchecked()], ..World::new() };
    assert_eq!(decide(&with, &on_record, &identify), Ok(()));
    // Whoever accepts a pledge or determines what became of it has a code as well.
    let Command::MakePledge(made) = pledge() else { unreachable!() };
    let mut accepted = made;
    accepted.pledge.accepting_unit_uscc = unchecked();
    let accepted = Command::MakePledge(accepted);
    let plain = World::new();
    let state =
        then(Provider::default(), &plain.decide(&Provider::default(), "everything", today, &register()).unwrap());
    assert_eq!(plain.decide(&state, "everything", today, &accepted).unwrap_err().reason(), "CODE_NOT_CONFIRMED");
    let with_code = World { confirmed: vec![unchecked()], ..World::new() };
    assert!(with_code.decide(&state, "everything", today, &accepted).is_ok());
    // Another code that was confirmed is none of it.
    let other = Uscc::parse_confirmed("91350203M0001QKT18").unwrap();
    let with_code = World { confirmed: vec![other], ..World::new() };
    assert_eq!(with_code.decide(&state, "everything", today, &accepted).unwrap_err().reason(), "CODE_NOT_CONFIRMED");
}

/// Whoever accepts a pledge or determines what became of it has a code, and the operator: it is held by the fact as by the command, also where
/// that corrects another.
#[test]
fn a_fact_tells_every_code_that_its_command_brought() {
    let world = World { provider: listed_id(), confirmed: vec![unchecked()], ..World::new() };
    let today = day("2026-07-01");
    let on_record = [register(), pledge()].iter().fold(Provider::default(), |state, command| {
        then(state.clone(), &world.decide(&state, "everything", today, command).unwrap())
    });
    let (
        Command::IdentifyOperator(mut identify),
        Command::RecordFulfilment(mut kept),
        Command::RecordBreach(mut broken),
    ) = (identify(uscc().as_str()), fulfil("2026-06-20"), breach("2026-06-20", BreachSeverity::Minor))
    else {
        unreachable!()
    };
    identify.operator_uscc = unchecked();
    (kept.determining_unit_uscc, broken.determining_unit_uscc) = (Some(unchecked()), Some(unchecked()));
    let pledge = PledgeForm {
        promisor_uscc: None,
        promisor_class: PromisorClass::NaturalPerson,
        accepting_unit_uscc: unchecked(),
        ..pledge_form(2)
    };
    for command in [
        Command::IdentifyOperator(identify),
        Command::MakePledge(MakePledge { pledge }),
        Command::RecordFulfilment(kept),
        Command::RecordBreach(broken),
    ] {
        let fact = world.decide(&on_record, "everything", today, &command).unwrap().remove(0);
        let right = Some(Box::new(fact.clone()));
        let (act, corrected_on, reason) = (Act::new(1).unwrap(), today, text("录错"));
        let corrected = ActCorrected { act, corrected_on, reason, document_number: None, fact: right }.into();
        for of in [&fact, &corrected] {
            assert!(command.codes().eq(of.codes()) && of.codes().any(|code| *code == unchecked()), "{command:?}");
        }
    }
}

/// Of K2's identity numbers some pass both checks of a code: they are none, whoever confirms them.
#[test]
fn an_identity_number_is_never_a_code() {
    for text in ["321003185101113767", "11010519491231002X", "321003198001011234"] {
        assert_eq!(Uscc::parse_confirmed(text).unwrap_err().rule, "IDENTITY_NUMBER", "{text}");
        assert_eq!(OperatorCode::parse_confirmed(text).unwrap_err().rule, "IDENTITY_NUMBER", "{text}");
    }
}

#[test]
fn a_confirmation_is_corrected_and_what_rests_on_it_stands_in_the_way() {
    let world = World::new();
    let code = OperatorCode::Uscc(unchecked());
    let health = BureauId::parse("health").unwrap();
    let today = day("2026-07-01");
    let made = |operator: &Operator, bureau: &str, command: &OperatorCommand| Told {
        bureau: BureauId::parse(bureau).unwrap(),
        today,
        events: decided(operator, code.as_str(), bureau, command).unwrap(),
    };
    let first = made(&Operator::default(), "health", &confirm("2026-06-30", "执照350203-1"));
    let known = then_of_operator(Operator::default(), &first.events);
    let bar = OperatorCommand::BarOperator(BarOperator {
        ground: ground("overcharging"),
        barred_on: day("2026-06-20"),
        until: day("2028-06-20"),
        document_number: text("禁入1号"),
        detail: text("情形"),
    });
    let barred = made(&known, "lists", &bar);
    let correct = |commits: &[Told], right: Option<OperatorCommand>| {
        let command = CorrectAct {
            act: Act::new(1).unwrap(),
            corrected_on: today,
            reason: text("录错"),
            document_number: None,
            right: right.map(|right| Box::new(MadeBy::Operator(right))),
        };
        decide_operator_correction(&entries(commits), &code, &command, |_| &world.scheme, &health, today)
    };
    let alone = std::slice::from_ref(&first);
    let right = correct(alone, Some(confirm("2026-06-30", "执照350203-2"))).unwrap();
    let operator = replay_operator(first.events.iter().chain(&right));
    assert_eq!(operator.confirmation.unwrap().document_number.as_str(), "执照350203-2");
    let none = correct(alone, None).unwrap();
    let without = replay_operator(first.events.iter().chain(&none));
    // What was struck out keeps its number.
    assert_eq!((without.confirmation, without.acts), (None, 2));
    assert_eq!(correct(&[first.clone(), barred], None).unwrap_err().reason(), "ACT_RESTS_ON_IT");
}
