//! What stands after a correction is a record that the rules would have let come about; and a correction that is taken back changes nothing.

use super::*;

/// Random commits of a provider that is on record, each by the first bureau that may.
pub(super) fn random(world: &World, start: Day, steps: Vec<((u8, u8, bool, u8), u8)>) -> History {
    let mut history = History::default();
    let mut today = start;
    for (number, (step, days)) in steps.into_iter().enumerate() {
        today = today.plus_days(i64::from(days));
        let command = match number {
            0 => register(),
            1 => pledge(),
            _ => of_step(step, &history.state(), today),
        };
        let taken = ["everything", "lists"].into_iter().find_map(|bureau| {
            let facts = history.decide(world, bureau, today, &command.clone().into()).ok()?;
            (!facts.is_empty()).then_some((bureau, facts))
        });
        if let Some((bureau, facts)) = taken {
            history.record(bureau, today, facts);
        }
    }
    history
}

/// Each commit as it stands, decided anew on what stands before it, is what the rules make of it.
fn holds_together(world: &World, history: &History) -> Result<(), TestCaseError> {
    let facts: Vec<Event> = history.facts().cloned().collect();
    let stands = as_corrected(&facts);
    let mut end = 0;
    for told in &history.commits {
        let from = end;
        end += told.events.len();
        let own = command_of(&told.events).unwrap().own;
        let end_of_own = from + own.end;
        let is_correction = matches!(told.events[0], Event::ActCorrected(_));
        let asked: Vec<Event> = stands[from..end][own].iter().filter_map(|fact| fact.cloned()).collect();
        if is_correction || asked.first().is_some_and(|fact| matches!(fact, Event::CertificationExpired(_))) {
            continue;
        }
        if asked.is_empty() {
            let orphan = stands[from..end].iter().flatten().find(|fact| matches!(fact, Event::RectificationOrdered(_)));
            prop_assert!(orphan.is_none(), "what made {orphan:#?} stands no more");
            continue;
        }
        // What stands before it is a record of its own: each fact under its number.
        let mut before = stands[..from].iter().fold(Provider::default(), |state, stands| {
            let blank = Event::MessageSetAside(aside());
            evolve(state, stands.filter(|fact| !matches!(fact, Event::ActCorrected(_))).unwrap_or(&blank)).unwrap()
        });
        // Numbers that were given by mistake are used up.
        let given = facts[..from].iter().filter_map(|fact| match fact {
            Event::PlaqueOrdered(e) => Some(e.plaque_number.ordinal()),
            _ => None,
        });
        before.plaques_numbered = given.max().unwrap_or_default();
        let MadeBy::Provider(command) = command_of(&asked).unwrap().made_by else { panic!("of a provider") };
        let decided = |world: &World, command: &Command| {
            let answers = ["everything", "lists"].map(|bureau| world.decide(&before, bureau, told.today, command));
            let is_barred = answers.iter().any(|answer| matches!(answer, Err(Refusal::Barred { .. })));
            (answers.into_iter().find_map(Result::ok), is_barred)
        };
        let made = match decided(world, &command) {
            // What a bar came to hold on by a correction stands within it.
            (None, true) => decided(&World { before_bars: true, ..World::new() }, &command).0,
            (made, _) => made,
        };
        // What was typed after it may be what keeps two of a category apart.
        let made = made.or_else(|| {
            let at_the_end = World { alone_at_the_end: true, before_bars: true, ..World::new() };
            decided(&at_the_end, &command).0.filter(|_| alone::two_on(&history.state()).is_none())
        });
        let made = made.ok_or_else(|| TestCaseError::fail(format!("refused now: {command:#?}")))?;
        prop_assert!(asked.iter().all(|fact| made.contains(fact)), "{asked:#?} is now {made:#?}");
        let made = under_the_number(made, asked.last(), from, end_of_own);
        let followed: Vec<&Event> =
            stands[from..end].iter().flatten().copied().filter(|fact| !asked.contains(fact)).collect();
        prop_assert!(followed.iter().all(|fact| made.contains(fact)), "{followed:#?} does not follow: {made:#?}");
    }
    Ok(())
}

/// Facts made behind the `from` that stand before them, with what follows because of the one asked for, or is of it, under the number that one was
/// recorded under. A term that by the correction is over by then is told of in front of it where it is decided anew, and takes a number.
fn under_the_number(mut made: Vec<Event>, asked: Option<&Event>, from: usize, number: usize) -> Vec<Event> {
    let act = |number: usize| Act::new(u32::try_from(number).unwrap()).unwrap();
    let Some(at) = made.iter().position(|fact| Some(fact) == asked) else { return made };
    let numbered = |made: Act| if made == act(from + at + 1) { act(number) } else { made };
    for fact in &mut made {
        if let Event::RectificationOrdered(order) = fact {
            (order.because, order.certification) = (order.because.map(numbered), numbered(order.certification));
        }
    }
    made
}

fn aside() -> MessageSetAside {
    MessageSetAside {
        position: Position(1),
        sha256: Sha256::parse(&"0".repeat(64)).unwrap(),
        reason: text("无"),
        document_number: text("无"),
    }
}

/// What anybody is told of it, whatever numbers its acts have.
fn told_of(p: &Provider, today: Day) -> impl PartialEq + std::fmt::Debug + use<> {
    let days: Vec<Day> = (-400..400).step_by(7).map(|days| today.plus_days(days)).collect();
    let standing: Vec<_> = [CARE, "domestic"]
        .iter()
        .flat_map(|code| days.iter().map(|day| p.standing(&category(code), *day).map(|(_, s)| s)))
        .collect();
    let bars: Vec<_> = days.iter().map(|day| p.barred_on(*day)).collect();
    let plaques: Vec<_> = p.plaques.iter().map(|(number, plaque)| (number.clone(), plaque.status)).collect();
    let on = |pledge: &Pledge| days.iter().map(|day| pledge.status_on(*day)).collect::<Vec<_>>();
    let pledges: Vec<_> = p.pledges.values().map(|pledge| (pledge.form.clone(), on(pledge))).collect();
    let decided =
        |of: &Proposal| (of.price.clone(), of.proposed_on, of.decision().map(|decided| decided.decision.clone()));
    let prices: Vec<Vec<_>> =
        p.prices.values().map(|promise| promise.proposals.iter().map(decided).collect()).collect();
    let objection = |of: &Objection| (of.number.clone(), of.raised_on, of.summary.clone(), of.resolution.clone());
    let notice = |of: &Notice| (of.window, of.objections.iter().map(objection).collect::<Vec<_>>());
    let case = |of: &Case| (of.stage, of.since, of.notices.iter().map(notice).collect::<Vec<_>>());
    let cases: Vec<_> = p.cases.iter().map(|of| (of.category.clone(), case(of))).collect();
    (standing, bars, plaques, pledges, prices, cases)
}

proptest! {
    // 1,500, or as many more as PROPTEST_CASES says.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1500), ..ProptestConfig::default() })]

    #[test]
    fn what_stands_after_a_correction_could_have_come_about(
        start in any_day(),
        steps in proptest::collection::vec((any_step(), 0_u8..12), 4..40),
        corrections in proptest::collection::vec((any::<prop::sample::Index>(), any_step(), any::<bool>()), 1..5),
    ) {
        let world = World::new();
        let mut history = random(&world, start, steps);
        let today = history.commits.last().unwrap().today;
        for (which, step, to_none) in corrections {
            let facts: Vec<Event> = history.facts().cloned().collect();
            let at = which.index(facts.len());
            let recorded_on = history.commits.iter().scan(0, |end, told| {
                *end += told.events.len();
                Some((*end, told.today))
            }).find(|(end, _)| at < *end).unwrap().1;
            let right = (!to_none).then(|| of_step(step, &history.state(), recorded_on));
            let Asked::Correct(command) = correct(u32::try_from(at).unwrap() + 1, right) else { unreachable!() };
            let asked = Asked::Correct(CorrectAct { corrected_on: today, ..command });
            let before = told_of(&history.state(), today);
            let Ok(events) = history.decide(&world, "everything", today, &asked) else { continue };
            if events.is_empty() {
                continue;
            }
            let number = u32::try_from(facts.len()).unwrap() + 1;
            history.record("everything", today, events);
            holds_together(&world, &history)?;
            if to_none && !matches!(facts[at], Event::ActCorrected(_)) {
                let Asked::Correct(back) = correct(number, None) else { unreachable!() };
                let back = Asked::Correct(CorrectAct { corrected_on: today, ..back });
                let events = history.decide(&world, "everything", today, &back);
                let events = events.map_err(|why| TestCaseError::fail(format!("not taken back: {why:?}")))?;
                history.record("everything", today, events);
                holds_together(&world, &history)?;
                prop_assert_eq!(told_of(&history.state(), today), before);
            }
        }
    }
}
