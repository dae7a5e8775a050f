//! What a correction carries on into the acts that follow from the one that is corrected; and what is told of a commit and of a request that repeats
//! one, without deciding anything.

use domain::command::*;
use domain::*;

use crate::world::*;

/// A history of these steps, each on its day.
fn history(world: &World, steps: &[(&str, Asked)]) -> History {
    let mut history = History::default();
    for (today, asked) in steps {
        let decided = ["everything", "lists"].map(|by| (by, history.decide(world, by, day(today), asked)));
        let (by, events) = decided.into_iter().find_map(|(by, made)| Some((by, made.ok()?))).unwrap();
        history.record(by, day(today), events);
    }
    history
}

fn corrected(world: &World, mut of: History, asked: &Asked) -> (Vec<&'static str>, Provider) {
    let events = of.decide(world, "everything", day("2026-07-01"), asked).unwrap();
    let names = events.iter().map(Event::name).collect();
    of.record("everything", day("2026-07-01"), events);
    (names, of.state())
}

fn certified_until(last: &str) -> Asked {
    certify_as(|c| c.valid_to = day(last)).into()
}

/// Which of its category a certification is follows from those before it, and goes with them.
#[test]
fn a_certification_is_the_first_where_the_one_before_it_was_never_there() {
    let world = World::new();
    let again = crate::any_order::certify_again("2026-06-02", "2026-06-02");
    let of = history(
        &world,
        &[
            ("2026-03-20", register().into()),
            ("2026-03-20", pledge().into()),
            ("2026-03-20", certified_until("2026-04-30")),
            ("2026-06-11", again.into()),
        ],
    );
    let second = of.state().certifications[1].clone();
    assert!(second.ordinal != Ordinal::FIRST);
    let (names, state) = corrected(&world, of, &correct(3, None));
    assert_eq!(names, ["ActCorrected", "ActCorrected", "ActCorrected"]);
    let [left] = &state.certifications[..] else { panic!("{:?}", state.certifications) };
    assert_eq!(left.ordinal, Ordinal::FIRST);
}

/// So does from what a price was changed.
#[test]
fn a_price_was_changed_from_what_the_one_before_it_is_corrected_to() {
    let world = World::new();
    let of = history(
        &world,
        &[
            ("2026-03-20", register().into()),
            ("2026-03-20", pledge().into()),
            ("2026-03-20", certify().into()),
            ("2026-06-11", propose(3_600, PriceUnit::Month).into()),
            ("2026-06-11", approve_price().into()),
            ("2026-06-11", propose_as("2026-05-04", price(3_900, PriceUnit::Month)).into()),
            ("2026-06-11", approve_of(Some(6), "2026-05-10", "2026-06-01").into()),
        ],
    );
    let (names, _) = corrected(&world, of, &correct(4, Some(propose(3_700, PriceUnit::Month))));
    assert_eq!(names, ["ActCorrected", "ActCorrected", "ActCorrected"]);
}

/// A correction is of a day that has come, and not before what it corrects was recorded.
#[test]
fn a_correction_has_its_day() {
    let world = World::new();
    let of = history(&world, &[("2026-03-20", register().into()), ("2026-06-11", pledge().into())]);
    let on = |corrected_on: &str| {
        let Asked::Correct(c) = correct(2, None) else { unreachable!() };
        let asked = Asked::Correct(CorrectAct { corrected_on: day(corrected_on), ..c });
        of.decide(&world, "everything", day("2026-07-01"), &asked).map(|made| made.len()).map_err(|why| why.reason())
    };
    assert_eq!(on("2026-06-10"), Err("DAY_BEFORE_PREVIOUS_STEP"));
    assert_eq!(["2026-06-11", "2026-06-30", "2026-07-01"].map(on), [Ok(1); 3]);
    assert_eq!(on("2026-07-02"), Err("DAY_AHEAD"));
}

/// Whoever was answered once is told by which act.
#[test]
fn what_is_on_record_is_told_by_its_number() {
    let world = World::new();
    let of = history(
        &world,
        &[
            ("2026-03-20", register().into()),
            ("2026-03-20", pledge().into()),
            ("2026-03-20", certify().into()),
            ("2026-07-01", correct(3, Some(certify_as(|c| c.valid_to = day("2029-03-01"))))),
        ],
    );
    let everything = BureauId::parse("everything").unwrap();
    let now = Entry {
        position: Position(9),
        recorded_on: day("2026-07-01"),
        bureau: &everything,
        corrects: false,
        events: &[],
    };
    let context = world.context(&now, None);
    assert_eq!(repeated(&of.state(), &pledge(), &context), Act::new(2).ok());
    assert_eq!(repeated(&of.state(), &withdraw("2026-05-06", "2026-05-06"), &context), None);
    let told = |asked: Asked| {
        let Asked::Correct(c) = asked else { unreachable!() };
        repeated_correction(&entries(&of.commits), &c)
    };
    assert_eq!(told(correct(3, Some(certify_as(|c| c.valid_to = day("2029-03-01"))))), Act::new(4).ok());
    assert_eq!((told(correct(3, None)), told(correct(2, None))), (None, None));
}

/// The act that a command is known by, among the facts of its commit.
#[test]
fn a_certification_that_came_with_its_end_is_known_by_its_own_number() {
    let world = World::new();
    let of = history(&world, &[("2026-07-01", crate::certification::ended_early("2026-01-31").into())]);
    let events = &of.commits[0].events;
    let names: Vec<_> = events.iter().map(Event::name).collect();
    assert_eq!(names, ["ProviderRegistered", "CertificationRecorded", "EndingRecorded"]);
    assert_eq!(command_of(events).unwrap().up_to_its_act(), 2);
    assert_eq!(command_of(&events[..2]).unwrap().up_to_its_act(), 2);
    let short = [
        ("2026-03-20", register().into()),
        ("2026-03-20", pledge().into()),
        ("2026-03-20", certified_until("2026-04-30")),
        ("2026-06-11", expire().into()),
    ];
    let of = history(&world, &short);
    assert_eq!(command_of(&of.commits[3].events).unwrap().own, 0..1);
}

/// Who back-enters does so in its own categories and places: certifications that others decided, and how they ended.
#[test]
fn what_others_decided_is_entered_by_who_may() {
    let mut world = World::new();
    let id = |bureau: &str| BureauId::parse(bureau).unwrap();
    for back_enters in ["commerce", "elsewhere"] {
        world.scheme.bureaus.get_mut(&id(back_enters)).unwrap().back_enters = true;
    }
    let of = history(&world, &[("2026-07-01", back_enter().into())]);
    for asked in [
        back_enter_as(|c| (c.particulars, c.document_number) = (None, Some(text("2024号")))),
        record_ending(|c| c.effective_on = Some(day("2026-01-31"))),
    ] {
        for (bureau, reason) in [
            ("everything", "DUTY_MISSING"),
            ("commerce", "NOT_COMPETENT_FOR_CATEGORY"),
            ("elsewhere", "NOT_COMPETENT_FOR_PLACE"),
        ] {
            let refused = of.decide(&world, bureau, day("2026-07-01"), &asked.clone().into());
            assert_eq!(refused.map_err(|why| why.reason()), Err(reason), "{bureau}");
        }
    }
}

/// What a request says is digested, so that another one under the same number is known.
#[test]
fn a_correction_is_said_with_all_that_it_asks_for() {
    let said = |asked: Asked| if let Asked::Correct(c) = asked { c.canonical() } else { Vec::new() };
    let until = |last: &str| Some(certify_as(|c| c.valid_to = day(last)));
    let all = [correct(3, None), correct(2, None), correct(3, until("2029-03-01")), correct(3, until("2029-03-02"))];
    let different: std::collections::BTreeSet<_> = all.map(said).into_iter().collect();
    assert_eq!(different.len(), 4);
    assert!(different.iter().all(|said| said.len() > 8));
    let adopts = |corrects: Option<u64>| {
        let command = AdoptScheme {
            text: RulesText::parse("version = \"1\"").unwrap(),
            adopted_on: day("2026-07-01"),
            adopted_by: text("市民政局"),
            document_number: text("办法1号"),
            corrects: corrects.map(Position),
        };
        RulesCommand::AdoptScheme(command).canonical()
    };
    assert!(adopts(Some(7)) != adopts(Some(8)) && adopts(Some(7)) != adopts(None));
}

/// A bound day is bound on itself: a pledge of one day, a bar of today.
#[test]
fn the_day_that_bounds_another_is_within_it() {
    let world = World::new();
    let of = history(&world, &[("2026-03-20", register().into())]);
    let until = |last: &str| {
        let form = PledgeForm { valid_until: Some(day(last)), ..pledge_form(1) };
        let made = of.decide(&world, "everything", day("2026-07-01"), &pledge_as(form).into());
        made.map(|events| events.len()).map_err(|why| why.reason())
    };
    assert_eq!(["2026-02-11", "2026-02-10"].map(until), [Ok(1), Err("PLEDGE_BACKWARDS")]);
    let barred = |on: &str| {
        let bar = BarOperator {
            ground: ground("conditions-lost"),
            barred_on: day(on),
            until: day("2028-07-01"),
            document_number: text("禁入1号"),
            detail: text("情形"),
        };
        let lists = BureauId::parse("lists").unwrap();
        let command = OperatorCommand::BarOperator(bar);
        let scheme = scheme();
        decide_operator(&Operator::default(), &operator_code(), &command, &scheme, &lists, day("2026-07-01"))
            .map(|events| events.len())
            .map_err(|why| why.reason())
    };
    assert_eq!(["2026-07-01", "2026-07-02"].map(barred), [Ok(1), Err("DAY_AHEAD")]);
}

/// What was ended before its term has not come to the end of that; and what fell with it stays fallen whatever else is ruled on.
#[test]
fn what_has_ended_stays_so() {
    let world = World::new();
    let of = history(
        &world,
        &[
            ("2026-03-20", register().into()),
            ("2026-03-20", pledge().into()),
            ("2026-03-20", certify().into()),
            ("2026-06-11", review(2026, ReviewResult::Passed, "2026-04-10").into()),
            ("2026-06-11", rectify("2026-05-06", "2026-06-05").into()),
            ("2026-07-01", record_ending(|c| c.effective_on = Some(day("2026-04-20"))).into()),
        ],
    );
    assert_eq!(of.facts().last().map(Event::name), Some("MeasureFell"));
    let made = |asked: Command| {
        let made = of.decide(&world, "everything", day("2026-07-01"), &asked.into());
        made.map(|events| events.iter().map(Event::name).collect::<Vec<_>>()).map_err(|why| why.reason())
    };
    assert_eq!(made(expire()), Err("NOT_LIVE"));
    assert_eq!(made(overturn(4, "2026-06-20")), Ok(vec!["ActOverturned"]));
}

/// Who decided then is not competent for what stands now: whoever corrects answers for it.
#[test]
fn what_another_decided_stands_where_who_corrects_is_competent() {
    let world = World::new();
    let mut of = history(&world, &[("2026-03-20", register().into()), ("2026-03-20", pledge().into())]);
    let certified = of.decide(&world, "health", day("2026-03-20"), &certify().into()).unwrap();
    of.record("health", day("2026-03-20"), certified);
    let elsewhere = Particulars { division: Division::parse("321002").unwrap(), ..particulars() };
    let moved = correct(1, Some(register_as(elsewhere)));
    let refused = of.decide(&world, "health", day("2026-07-01"), &moved).map_err(|why| why.reason());
    assert_eq!(refused, Err("NOT_COMPETENT_FOR_PLACE"));
    let (names, state) = corrected(&world, of, &moved);
    assert_eq!((names, state.certifications.len()), (vec!["ActCorrected"], 1));
}

/// A certification of one category is not put right to be one of another; nor does a plaque go with one that is still to begin.
#[test]
fn an_act_stays_about_what_it_is_about() {
    let world = World::new();
    let steps = |certify: Command| {
        [("2026-03-20", register().into()), ("2026-03-20", pledge().into()), ("2026-03-20", certify.into())]
    };
    let of = history(&world, &steps(certify()));
    let other = correct(3, Some(certify_as(|c| c.category = category("domestic"))));
    let refused = of.decide(&world, "everything", day("2026-07-01"), &other).map_err(|why| why.reason());
    assert_eq!(refused, Err("CORRECTS_ANOTHER"));
    let ahead = history(&world, &steps(certify_as(|c| c.valid_from = day("2026-04-01"))));
    let ordered = |on: &str| {
        let made = ahead.decide(&world, "everything", day("2026-07-01"), &order_on(on, None).into());
        made.map(|events| events.len()).map_err(|why| why.reason())
    };
    assert_eq!(
        ["2026-03-08", "2026-03-09"].map(ordered),
        [Err("DAY_BEFORE_PREVIOUS_STEP"), Err("NO_LIVE_CERTIFICATION")]
    );
}

/// In what a command differs from the act that it is most like: not in what it leaves out because it follows, nor in another act altogether.
#[test]
fn a_difference_is_of_what_is_said() {
    let world = World::new();
    let facts = |given: Vec<Command>| {
        let steps: Vec<_> = given.into_iter().map(|command| ("2026-07-01", Asked::from(command))).collect();
        history(&world, &steps).facts().cloned().collect::<Vec<_>>()
    };
    let names = |facts: &[Event], asked: Command, held: Option<u32>| {
        let held = held.map(|act| Act::new(act).unwrap());
        Difference::of(facts, &MadeBy::Provider(asked), held).map(|difference| difference.names())
    };
    let revoked = facts([certified(), vec![notice_revocation("2026-06-08", "2026-06-15"), revoke()]].concat());
    let other = |bar_until: Option<&str>| {
        revoke_as(|c| (c.document_number, c.bar_until) = (text("取消〔2026〕4号"), bar_until.map(day)))
    };
    assert_eq!(names(&revoked, other(None), None).as_deref(), Some("document_number"));
    assert_eq!(names(&revoked, other(Some("2029-01-01")), None).as_deref(), Some("bar_until,document_number"));
    // Of another category it is another command, and so it is where most of it is another.
    let certified = facts(certified());
    assert_eq!(names(&certified, certify_as(|c| c.category = category("domestic")), None), None);
    let withdrawn = facts([super::world::certified(), vec![withdraw("2026-05-06", "2026-05-08")]].concat());
    let Command::Withdraw(c) = withdraw("2026-06-01", "2026-06-03") else { unreachable!() };
    let apart = Command::Withdraw(Withdraw { reason: text("搬迁"), ..c });
    assert_eq!(names(&withdrawn, apart.clone(), None), None);
    assert_eq!(names(&withdrawn, apart, Some(4)).as_deref(), Some("effective_on,reason,requested_on"));
    // What is left out and does not follow is a difference; the end is one only to who tells an end.
    let ended = facts(vec![crate::certification::ended_early("2026-01-31")]);
    let alone = |change: fn(&mut RecordCertification)| {
        let Command::RecordCertification(mut c) = crate::certification::ended_early("2026-01-31") else {
            unreachable!()
        };
        c.ended = None;
        change(&mut c);
        Command::RecordCertification(c)
    };
    assert_eq!(names(&ended, alone(|c| c.valid_to = None), Some(2)).as_deref(), Some("valid_to"));
    assert_eq!(names(&ended, alone(|c| c.source = text("名单第2行")), Some(2)).as_deref(), Some("source"));
}

/// The notice of a certification is that of its case: of two the last, and where that was never there, the one before.
#[test]
fn a_certification_rests_on_the_notice_that_is_left() {
    let world = World::new();
    let on_case = certify_as(|c| {
        (c.decided_on, c.valid_from, c.valid_to) = (day("2026-03-16"), day("2026-03-16"), day("2029-03-15"));
        c.notice = None;
    });
    let steps = [publicised(), vec![notice("2026-03-09", "2026-03-13"), on_case]].concat();
    let steps: Vec<_> = steps.into_iter().map(|command| ("2026-03-20", Asked::from(command))).collect();
    let of = history(&world, &steps);
    assert_eq!(of.state().certifications[0].notice, Some(window("2026-03-09", "2026-03-13")));
    let (names, state) = corrected(&world, of, &correct(7, None));
    assert_eq!(names, ["ActCorrected", "ActCorrected"]);
    assert_eq!(state.certifications[0].notice, Some(window("2026-03-02", "2026-03-06")));
}

/// A correction sent again is on record, with the particulars that came with it or without.
#[test]
fn a_correction_is_known_again_with_particulars_that_came_along() {
    let world = World::new();
    let right = |sent: Option<Particulars>| {
        correct(3, Some(certify_as(|c| (c.particulars, c.valid_to) = (sent, day("2029-03-01")))))
    };
    let first = [
        ("2026-03-20", register().into()),
        ("2026-03-20", pledge().into()),
        ("2026-03-20", certify().into()),
        ("2026-07-01", right(None)),
    ];
    let of = history(&world, &first);
    for again in [right(Some(particulars())), right(None)] {
        assert_eq!(of.decide(&world, "everything", day("2026-07-01"), &again), Ok(Vec::new()));
    }
}

/// The code of an operator is completed by who has the outlet in hand, or in back-entry.
#[test]
fn a_code_is_completed_by_who_may() {
    let mut world = World::new();
    world.provider = listed_id();
    let listed = |c: &mut RecordCertification| c.source = text("名单第7行");
    let of = history(&world, &[("2026-07-01", back_enter_as(listed).into())]);
    let by = |bureau: &str| {
        let made = of.decide(&world, bureau, day("2026-07-01"), &identify("914403001922038216").into());
        made.map(|events| events.len()).map_err(|why| why.reason())
    };
    assert_eq!(["lists", "health", "commerce"].map(by), [Ok(1), Ok(1), Err("NOT_COMPETENT_FOR_OUTLET")]);
}

/// A ground without a bar brings none, not of a day either.
#[test]
fn a_revocation_without_a_bar_bars_on_no_day() {
    let world = World::new();
    let revoked = |code: &'static str| {
        let told = notice_revocation_for(code, "2026-06-08", "2026-06-15");
        let steps = [certified(), vec![told, revoke_as(|c| c.ground = ground(code))]].concat();
        let steps: Vec<_> = steps.into_iter().map(|command| ("2026-07-01", Asked::from(command))).collect();
        history(&world, &steps).state().bars().count()
    };
    assert_eq!(["overcharging", "conditions-lost"].map(revoked), [1, 0]);
}
