//! Every accepted command, turned into facts and back, gives the same facts again on the record before it.

use super::*;

/// Decides the facts anew on the state before them, by the same bureau on the same day.
fn decided_anew(world: &World, before: &Provider, bureau: &str, today: Day, facts: &[Event]) -> Vec<Event> {
    let redone = command_of(facts).unwrap_or_else(|why| panic!("no command makes {facts:#?}: {why:?}"));
    assert!(!redone.own.is_empty() && redone.own.end <= facts.len(), "{:?} of {facts:#?}", redone.own);
    let MadeBy::Provider(command) = redone.made_by else { panic!("of an operator: {facts:#?}") };
    let again = world.decide(before, bureau, today, &command);
    again.unwrap_or_else(|refusal| panic!("refused with {refusal:?}: {command:#?}, which made {facts:#?}"))
}

proptest! {
    // 3,000, or as many more as PROPTEST_CASES says.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(3000), ..ProptestConfig::default() })]

    #[test]
    fn facts_give_back_the_command_that_made_them(
        start in any_day(),
        listed in any::<bool>(),
        steps in proptest::collection::vec((any_step(), 0_u8..12), 1..60),
    ) {
        let world = World { provider: if listed { listed_id() } else { provider_id() }, ..World::new() };
        let mut today = start;
        let mut state = Provider::default();
        // Not registered before: so that some enter the provider on their way.
        for (number, (step, days)) in steps.into_iter().enumerate() {
            today = today.plus_days(i64::from(days));
            let command = if number == 1 { pledge() } else { of_step(step, &state, today) };
            for bureau in ["everything", "lists", "commerce"] {
                let Ok(facts) = world.decide(&state, bureau, today, &command) else { continue };
                if facts.is_empty() {
                    continue;
                }
                prop_assert_eq!(&decided_anew(&world, &state, bureau, today, &facts), &facts);
                state = then(state, &facts);
                break;
            }
        }
    }
}

#[test]
fn facts_of_an_operator_give_back_the_command_that_made_them() {
    let bar = OperatorCommand::BarOperator(BarOperator {
        ground: ground("overcharging"),
        barred_on: day("2026-03-02"),
        until: day("2028-03-02"),
        document_number: text("禁入1号"),
        detail: text("情形"),
    });
    let lift = OperatorCommand::LiftOperatorBar(LiftOperatorBar {
        bar: None,
        lifted_on: day("2026-04-01"),
        document_number: text("解除1号"),
        reason: text("查明无误"),
    });
    let lists = BureauId::parse("lists").unwrap();
    let decide = |operator: &Operator, command: &OperatorCommand| {
        decide_operator(operator, &operator_code(), command, &scheme(), &lists, day("2026-07-01")).unwrap()
    };
    [bar, lift].iter().fold(Operator::default(), |operator, command| {
        let facts = decide(&operator, command);
        let MadeBy::Operator(again) = command_of(&facts).unwrap().made_by else { panic!("of a provider") };
        assert_eq!(decide(&operator, &again), facts);
        then_of_operator(operator, &facts)
    });
}

#[test]
fn what_no_command_makes_is_said_to_be_so() {
    let world = World::new();
    let of = |given: &[Command]| {
        given.iter().fold((Provider::default(), Vec::new()), |(state, _), command| {
            let facts = world.decide(&state, "everything", day("2026-03-20"), command).unwrap();
            (then(state, &facts), facts)
        })
    };
    let (_, registered) = of(&[register()]);
    let (_, pledged) = of(&[register(), pledge()]);
    let (_, certified) = of(&[register(), pledge(), certify()]);
    let (_, ordered) = of(&[register(), pledge(), certify(), rectify("2026-03-12", "2026-03-19")]);
    let (_, broken) = of(&[register(), pledge(), certify(), breach("2026-03-12", BreachSeverity::Minor)]);
    let expired = {
        let listed = back_enter_as(|c| c.valid_to = Some(day("2026-05-31")));
        let facts = world.decide(&Provider::default(), "lists", day("2026-03-20"), &listed).unwrap();
        world.decide(&then(Provider::default(), &facts), "everything", day("2026-07-01"), &expire()).unwrap()
    };
    let barred: Event = OperatorBarred {
        ground: ground("overcharging"),
        barred_on: day("2026-03-02"),
        until: day("2028-03-02"),
        document_number: text("禁入1号"),
        detail: text("情形"),
    }
    .into();
    assert_eq!(command_of(&[]), Err(NoCommand::Empty));
    for together in [
        [registered, pledged.clone()].concat(),
        [pledged, certified].concat(),
        [ordered.clone(), ordered.clone()].concat(),
        [ordered, broken.clone()].concat(),
        broken.iter().rev().cloned().collect(),
        // What is said of an operator stands by itself.
        [expired, vec![barred.clone()]].concat(),
        vec![barred.clone(), barred],
    ] {
        assert_eq!(command_of(&together), Err(NoCommand::NotTogether), "{together:#?}");
    }
    assert!(command_of(&broken).is_ok());
}

#[test]
fn facts_of_the_rules_give_back_the_command_that_made_them() {
    let hash = || Sha256::parse(&"0".repeat(64)).unwrap();
    let of = |text: &str| RulesText::parse(text).unwrap();
    let adopted = |body: Option<&str>| {
        let corrects = body.map(|_| domain::Position(4));
        let (by, document): (Option<Name>, Option<DocumentNumber>) = (body.map(text), body.map(text));
        let scheme = SchemeAdopted {
            area: None,
            version: text("市-2027"),
            in_force_from: day("2027-01-01"),
            sha256: hash(),
            text: of("办法"),
            corrects,
            adopted_on: day("2026-11-20"),
            adopted_by: by.clone(),
            document_number: document.clone(),
        };
        let days = CalendarAdopted {
            covered_from: day("2027-01-01"),
            covered_until: day("2027-12-31"),
            source: text("通知"),
            sha256: hash(),
            text: of("日历"),
            corrects,
            adopted_on: day("2026-11-21"),
            adopted_by: by.clone(),
            document_number: document.clone(),
        };
        let places = PlacesAdopted {
            edition: text("2026年"),
            sha256: hash(),
            text: of("区划"),
            corrects,
            adopted_on: day("2026-11-22"),
            adopted_by: by,
            document_number: document,
        };
        [Event::from(scheme), days.into(), places.into()]
    };
    let (adopted, begun) = (adopted(Some("市发改委")), adopted(None));
    let [scheme, days, places] = adopted.each_ref().map(|fact| command_of(std::slice::from_ref(fact)).unwrap());
    let MadeBy::Rules(RulesCommand::AdoptScheme(scheme)) = scheme.made_by else { panic!("{scheme:?}") };
    assert_eq!(
        (scheme.text, scheme.adopted_on, scheme.corrects),
        (of("办法"), day("2026-11-20"), Some(domain::Position(4)))
    );
    let MadeBy::Rules(RulesCommand::AdoptCalendar(days)) = days.made_by else { panic!("{days:?}") };
    assert_eq!((days.text, days.covered_until, days.adopted_on), (of("日历"), day("2027-12-31"), day("2026-11-21")));
    let MadeBy::Rules(RulesCommand::AdoptPlaces(places)) = places.made_by else { panic!("{places:?}") };
    assert_eq!((places.text, places.adopted_on), (of("区划"), day("2026-11-22")));
    let all = command_of(&begun).unwrap();
    let MadeBy::Rules(RulesCommand::BeginRules(all_of)) = all.made_by else { panic!("{all:?}") };
    assert_eq!((all_of.scheme, all_of.days, all_of.places, all.own), (of("办法"), of("日历"), of("区划"), 0..3));
    // What a registry begins with is adopted by nobody, and what is adopted later by somebody, one at a time.
    for together in
        [adopted.to_vec(), adopted[..2].to_vec(), begun[..1].to_vec(), begun[1..2].to_vec(), begun[2..].to_vec()]
            .into_iter()
            .chain((0..3).map(|one| {
                let mut mixed = begun.to_vec();
                mixed[one] = adopted[one].clone();
                mixed
            }))
    {
        assert_eq!(command_of(&together), Err(NoCommand::NotTogether), "{together:#?}");
    }
}

#[test]
fn of_terms_that_ended_together_the_one_asked_for_is_told_last() {
    let world = World::new();
    let listed = |code: &str| {
        back_enter_as(|c| {
            c.category = category(code);
            c.valid_to = Some(day("2026-05-31"));
        })
    };
    let state = [listed(CARE), listed("domestic")].iter().fold(Provider::default(), |state, command| {
        then(state.clone(), &world.decide(&state, "lists", day("2026-03-20"), command).unwrap())
    });
    // Each bureau decides on one of the two.
    for (bureau, code) in [("health", CARE), ("commerce", "domestic")] {
        let expire = Command::RecordExpiry(RecordExpiry { category: category(code) });
        let facts = world.decide(&state, bureau, day("2026-07-01"), &expire).unwrap();
        assert_eq!(facts.len(), 2);
        assert_eq!(decided_anew(&world, &state, bureau, day("2026-07-01"), &facts), facts);
    }
    // What is on record already is not a reason to record another.
    let care = RecordExpiry { category: category(CARE) };
    let [_, ended] =
        &world.decide(&state, "health", day("2026-07-01"), &Command::RecordExpiry(care.clone())).unwrap()[..]
    else {
        panic!("two facts")
    };
    let only_care = evolve(state, ended).unwrap();
    assert_eq!(world.decide(&only_care, "health", day("2026-07-01"), &Command::RecordExpiry(care)), Ok(Vec::new()));
}
