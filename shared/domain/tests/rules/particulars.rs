//! Particulars: on record, amended, the operator named.

use domain::command::{Apply, Command};
use domain::*;

use crate::world::*;
use crate::{NOTHING, Row, Then, and, by, row};

/// To another county, with the document of a bureau.
fn move_to(code: &str, bureau: Option<&str>) -> command::Command {
    command::Command::AmendParticulars(command::AmendParticulars {
        particulars: Particulars { division: Division::parse(code).unwrap(), ..particulars() },
        effective_on: day("2026-06-01"),
        document_number: Some(text("2号")),
        site_checked_on: Some(day("2026-05-30")),
        release: bureau.map(|id| Release {
            bureau_id: BureauId::parse(id).unwrap(),
            document_number: text("迁出1号"),
            released_on: day("2026-05-20"),
        }),
    })
}

const AMENDED: Then = Ok(&["ParticularsAmended"]);

/// Certified by a list for 2020 to 2022.
fn first_list(particulars: Particulars) -> command::Command {
    back_enter_as(|c| {
        c.particulars = Some(particulars);
        (c.decided_on, c.valid_to) = (Some(day("2020-01-01")), Some(day("2022-12-31")));
    })
}

/// Certified by the next one, for 2023 to 2025.
fn next_list(particulars: Particulars) -> command::Command {
    back_enter_as(|c| {
        c.particulars = Some(particulars);
        (c.decided_on, c.valid_to) = (Some(day("2023-01-01")), Some(day("2025-12-31")));
        (c.document_number, c.source) = (Some(text("教〔2023〕1号")), text("第二批名单第1行"));
    })
}

/// What is filled holds from the day of the decision, says by which document, and leaves the rest as it stands.
#[test]
fn what_a_list_fills_is_an_amendment_of_its_own() {
    let world = World { provider: listed_id(), ..World::new() };
    let bare = Particulars { address: None, division: Division::parse("321003").unwrap(), ..particulars() };
    let decide = |state: &Provider, command: &command::Command| {
        world.decide(state, "lists", day("2026-07-01"), command).unwrap()
    };
    let before = [first_list(bare), command::Command::IdentifyOperator(identified())];
    let state = before.iter().fold(Provider::default(), |state, command| then(state.clone(), &decide(&state, command)));
    // The list names the operator as the first one did.
    let events = decide(&state, &next_list(particulars()));
    let [Event::ParticularsAmended(filled), Event::CertificationRecorded(_)] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((filled.effective_on, filled.site_checked_on), (day("2023-01-01"), None));
    assert_eq!(filled.document_number, Some(text("教〔2023〕1号")));
    assert_eq!(filled.particulars, particulars());
    let redone = command_of(&events).unwrap();
    assert_eq!((redone.own.clone(), redone.up_to_its_act()), (0..2, 2));
    let MadeBy::Provider(made_by) = redone.made_by else { unreachable!() };
    assert_eq!(made_by, next_list(particulars()));
    assert_eq!(decide(&state, &made_by), events);
    let after = then(state, &events);
    let on = |on: &str| after.particulars_on(day(on)).unwrap().into_owned();
    assert_eq!((on("2022-12-31").address, on("2023-01-01").address), (None, particulars().address));
    assert_eq!((on("2026-05-31").operator_name, on("2026-06-01").operator_name), (text("虹桥托育"), text("运营主体")));
}

fn identified() -> command::IdentifyOperator {
    let command::Command::IdentifyOperator(identified) = identify("914403001922038216") else { unreachable!() };
    identified
}

pub(crate) fn rows() -> Vec<Row> {
    let elsewhere = |code: &str| Particulars { division: Division::parse(code).unwrap(), ..particulars() };
    let zone = |code: &str| Particulars { zone: Some(ZoneCode::parse(code).unwrap()), ..particulars() };
    let lake = || Particulars { zone: None, ..elsewhere("321003006") };
    let renamed = Particulars { name: text("新名"), ..particulars() };
    let of_class = |class| Particulars { operator_class: Some(class), ..particulars() };
    let moved = Particulars { address: Some(text("新址")), ..particulars() };
    let bare = || Particulars { address: None, ..elsewhere("321003") };
    let full = || Particulars { phone: Some(Phone::parse("0514-87341234").unwrap()), ..particulars() };
    let certified_bare = || vec![register_as(bare()), pledge(), certify()];
    let filled: Then = Ok(&["ParticularsAmended", "CertificationRecorded"]);
    let taken: Then = Ok(&["CertificationRecorded"]);
    // The term of the first list is over by then.
    let lapsed_and_filled: Then = Ok(&["CertificationExpired", "ParticularsAmended", "CertificationRecorded"]);
    let lapsed_and_taken: Then = Ok(&["CertificationExpired", "CertificationRecorded"]);
    vec![
        row("what was empty is filled, and no move", certified_bare(), amend(full(), "2026-06-01", None), AMENDED),
        row(
            "nor is a place that is told more closely",
            certified_bare(),
            amend(Particulars { address: None, ..elsewhere("321003005") }, "2026-06-01", None),
            AMENDED,
        ),
        row(
            "another place is one",
            and(certified_bare(), &[amend(elsewhere("321003005"), "2026-06-01", None)]),
            amend(elsewhere("321003006"), "2026-06-02", None),
            Err("SITE_CHECK_NEEDED"),
        ),
        row(
            "and a place that is told less closely may be",
            certified(),
            amend(elsewhere("321003"), "2026-06-01", None),
            Err("SITE_CHECK_NEEDED"),
        ),
        row(
            "an address that is filled is left after a site check",
            and(certified_bare(), &[amend(full(), "2026-06-01", None)]),
            amend(Particulars { address: Some(text("新址")), ..full() }, "2026-06-02", None),
            Err("SITE_CHECK_NEEDED"),
        ),
        row(
            "and is not taken away without one",
            certified(),
            amend(Particulars { address: None, ..particulars() }, "2026-06-01", None),
            Err("SITE_CHECK_NEEDED"),
        ),
        by(
            "lists",
            row("a later list fills what was empty", vec![first_list(bare())], next_list(full()), lapsed_and_filled),
        ),
        by(
            "lists",
            row("of what it leaves out it says nothing", vec![first_list(full())], next_list(bare()), lapsed_and_taken),
        ),
        by(
            "lists",
            row(
                "some of it filled, and some left out",
                vec![first_list(Particulars { address: None, ..full() })],
                next_list(particulars()),
                lapsed_and_filled,
            ),
        ),
        by(
            "lists",
            row(
                "what differs is amended first",
                vec![first_list(full())],
                next_list(Particulars { phone: Some(Phone::parse("0514-87341235").unwrap()), ..particulars() }),
                Err("PARTICULARS_DIFFER"),
            ),
        ),
        by(
            "lists",
            row(
                "also beside what would be filled",
                vec![first_list(bare())],
                next_list(Particulars { name: text("别名"), ..full() }),
                Err("PARTICULARS_DIFFER"),
            ),
        ),
        by(
            "lists",
            row(
                "and another place is another outlet's",
                vec![first_list(bare())],
                next_list(Particulars { address: None, ..elsewhere("321002") }),
                Err("PARTICULARS_DIFFER"),
            ),
        ),
        by(
            "lists",
            row(
                "the list taken again with it",
                vec![first_list(bare()), next_list(full())],
                next_list(full()),
                NOTHING,
            ),
        ),
        by("lists", row("and without it", vec![first_list(bare()), next_list(full())], next_list(bare()), NOTHING)),
        by(
            "lists",
            row(
                "a decision on record with more of the outlet than that is amended by itself",
                vec![first_list(bare())],
                first_list(full()),
                Err("PARTICULARS_DIFFER"),
            ),
        ),
        by(
            "lists",
            row("which is for who back-enters as well", certified_bare(), amend(full(), "2026-06-01", None), AMENDED),
        ),
        by(
            "lists",
            row(
                "but not another address",
                certified(),
                amend(moved.clone(), "2026-06-01", Some("2026-05-30")),
                Err("NOT_COMPETENT_FOR_OUTLET"),
            ),
        ),
        by(
            "lists",
            row(
                "nor what leaves something out that stands on record",
                and(certified_bare(), &[amend(Particulars { address: None, ..full() }, "2026-05-01", None)]),
                amend(particulars(), "2026-06-01", None),
                Err("NOT_COMPETENT_FOR_OUTLET"),
            ),
        ),
        by(
            "lists",
            row(
                "a list of before the outlet was renamed names it as it was called then, and fills as well",
                vec![next_list(bare()), amend(Particulars { name: text("新名"), ..bare() }, "2026-06-01", None)],
                first_list(full()),
                filled,
            ),
        ),
        by(
            "lists",
            row(
                "and with all that stood then it is the same outlet",
                vec![next_list(full()), amend(Particulars { name: text("新名"), ..full() }, "2026-06-01", None)],
                first_list(particulars()),
                taken,
            ),
        ),
        by(
            "lists",
            row(
                "a name that it did not bear on that day is not its name",
                vec![next_list(bare()), amend(Particulars { name: text("新名"), ..bare() }, "2026-06-01", None)],
                first_list(Particulars { name: text("旧名"), ..full() }),
                Err("PARTICULARS_DIFFER"),
            ),
        ),
        row("a provider comes on record", vec![], register(), Ok(&["ProviderRegistered"])),
        row("registering again changes nothing", vec![register()], register(), NOTHING),
        row(
            "other particulars are amended, not registered over",
            vec![register()],
            register_as(renamed.clone()),
            Err("PARTICULARS_DIFFER"),
        ),
        row(
            "a place that no table lists is refused",
            vec![],
            register_as(elsewhere("321003099")),
            Err("DIVISION_UNKNOWN"),
        ),
        row(
            "a place that is no more is known and takes nothing new",
            vec![],
            register_as(elsewhere("321011")),
            Err("DIVISION_RETIRED"),
        ),
        by("merged", row("a bureau that was merged acts no more", vec![], register(), Err("BUREAU_ENDED"))),
        row("a zone the scheme does not list is refused", vec![], register_as(zone("nowhere")), Err("ZONE_UNKNOWN")),
        by("nobody", row("a bureau must be in the scheme", vec![], register(), Err("BUREAU_UNKNOWN"))),
        by("elsewhere", row("a bureau acts in its area", vec![], register(), Err("NOT_COMPETENT_FOR_PLACE"))),
        by("zone", row("a zone's bureau acts in its zone", vec![], register_as(lake()), Ok(&["ProviderRegistered"]))),
        by(
            "zone",
            row(
                "and no zone that is sent makes it competent elsewhere",
                vec![],
                register_as(zone("lake")),
                Err("NOT_COMPETENT_FOR_PLACE"),
            ),
        ),
        row(
            "whoever leaves it out names the same outlet",
            vec![register_as(lake())],
            Command::Apply(Apply {
                particulars: Some(lake()),
                category: category(CARE),
                applied_on: day("2026-03-10"),
            }),
            Ok(&["ApplicationFiled"]),
        ),
        row(
            "and sends the same move",
            vec![register(), amend(lake(), "2026-05-01", Some("2026-05-01"))],
            amend(lake(), "2026-05-01", Some("2026-05-01")),
            NOTHING,
        ),
        row("a zone is that of the place", vec![], register_as(zone("lake")), Err("ZONE_NOT_OF_PLACE")),
        row(
            "who sends the zone that follows from the place says the same",
            vec![register_as(lake())],
            register_as(Particulars { zone: Some(ZoneCode::parse("lake").unwrap()), ..lake() }),
            NOTHING,
        ),
        by("zone", row("and not outside it", vec![], register(), Err("NOT_COMPETENT_FOR_PLACE"))),
        row(
            "a name may change",
            vec![register()],
            amend(renamed.clone(), "2026-06-01", None),
            Ok(&["ParticularsAmended"]),
        ),
        row(
            "amending to what is on record is refused, for it amends nothing",
            vec![register()],
            amend(particulars(), "2026-06-01", None),
            Err("NOTHING_TO_AMEND"),
        ),
        row(
            "the same amendment again changes nothing",
            vec![register(), amend(renamed.clone(), "2026-06-01", None)],
            amend(renamed.clone(), "2026-06-01", None),
            NOTHING,
        ),
        row(
            "nor does it when the outlet has been renamed since",
            vec![register(), amend(renamed.clone(), "2026-05-01", None), amend(particulars(), "2026-06-01", None)],
            amend(renamed.clone(), "2026-05-01", None),
            NOTHING,
        ),
        row(
            "an amendment of an earlier day is one of its own, also to what holds today",
            vec![register(), amend(renamed.clone(), "2026-06-01", None)],
            amend(renamed.clone(), "2026-05-01", None),
            Ok(&["ParticularsAmended"]),
        ),
        row(
            "an amendment lies in the past",
            vec![register()],
            amend(renamed.clone(), "2026-07-02", None),
            Err("DAY_AHEAD"),
        ),
        row(
            "an outlet renamed since is entered again under the name it came on record with",
            vec![register(), amend(renamed.clone(), "2026-06-01", None)],
            register(),
            NOTHING,
        ),
        row(
            "under the one it bears today it was not registered",
            vec![register(), amend(renamed.clone(), "2026-06-01", None)],
            register_as(renamed.clone()),
            Err("PROVIDER_REGISTERED"),
        ),
        row(
            "a zone that the place is not in is not what was registered",
            vec![register()],
            register_as(Particulars { zone: Some(ZoneCode::parse("lake").unwrap()), ..particulars() }),
            Err("PARTICULARS_DIFFER"),
        ),
        by(
            "lists",
            row(
                "nor does it come along with something else",
                vec![register()],
                back_enter_as(|c| c.particulars.as_mut().unwrap().zone = Some(ZoneCode::parse("lake").unwrap())),
                Err("PARTICULARS_DIFFER"),
            ),
        ),
        row(
            "a class that the operator's code does not say is refused",
            vec![],
            register_as(of_class(OperatorClass::IndividualBusiness)),
            Err("OPERATOR_CLASS_DIFFERS"),
        ),
        row(
            "the class that it says is taken",
            vec![],
            register_as(of_class(OperatorClass::Organisation)),
            Ok(&["ProviderRegistered"]),
        ),
        row(
            "nothing is amended before it is on record",
            vec![],
            amend(renamed, "2026-06-01", None),
            Err("PROVIDER_NOT_REGISTERED"),
        ),
        row(
            "a certified outlet moves after a site check",
            certified(),
            amend(moved.clone(), "2026-06-01", None),
            Err("SITE_CHECK_NEEDED"),
        ),
        row(
            "with the site check it moves",
            certified(),
            amend(moved.clone(), "2026-06-01", Some("2026-05-30")),
            Ok(&["ParticularsAmended"]),
        ),
        row(
            "a site is checked before the outlet moves",
            certified(),
            amend(moved.clone(), "2026-06-01", Some("2026-06-02")),
            Err("DAY_BEFORE_PREVIOUS_STEP"),
        ),
        row(
            "a move dated before the certification needs the check all the same",
            certified(),
            amend(moved, "2026-03-08", None),
            Err("SITE_CHECK_NEEDED"),
        ),
        by(
            "elsewhere",
            row(
                "an outlet does not come to another county without the word of the one it leaves",
                certified(),
                move_to("321002", None),
                Err("RELEASE_NEEDED"),
            ),
        ),
        by(
            "elsewhere",
            row(
                "with its document the receiving bureau records the move",
                certified(),
                move_to("321002", Some("health")),
                Ok(&["ParticularsAmended"]),
            ),
        ),
        by(
            "elsewhere",
            row(
                "the document is of a bureau that decides where it is",
                certified(),
                move_to("321002", Some("elsewhere")),
                Err("NOT_COMPETENT_FOR_PLACE"),
            ),
        ),
        by(
            "health",
            row(
                "and the one it leaves does not send it where it has no say",
                certified(),
                move_to("321002", Some("health")),
                Err("NOT_COMPETENT_FOR_PLACE"),
            ),
        ),
        by(
            "elsewhere",
            row(
                "and on what the outlet has in hand: another bureau of the place does not give it up",
                certified(),
                move_to("321002", Some("commerce")),
                Err("NOT_COMPETENT_FOR_OUTLET"),
            ),
        ),
        by(
            "commerce",
            row(
                "nor does it give it another name",
                certified(),
                amend(Particulars { name: text("新名"), ..particulars() }, "2026-06-01", None),
                Err("NOT_COMPETENT_FOR_OUTLET"),
            ),
        ),
        by(
            "lists",
            row(
                "nor does one that only back-enters",
                certified(),
                amend(Particulars { name: text("新名"), ..particulars() }, "2026-06-01", None),
                Err("NOT_COMPETENT_FOR_OUTLET"),
            ),
        ),
        by(
            "health",
            row(
                "what was decided before a move is for the bureau of the place it was in",
                and(certified(), &[move_to("321002", Some("health"))]),
                rectify("2026-05-20", "2026-06-10"),
                Ok(&["RectificationOrdered"]),
            ),
        ),
        by(
            "elsewhere",
            row(
                "and not for the one of the place it came to",
                and(certified(), &[move_to("321002", Some("health"))]),
                rectify("2026-05-20", "2026-06-10"),
                Err("NOT_COMPETENT_FOR_PLACE"),
            ),
        ),
        by(
            "elsewhere",
            row(
                "which takes those of its own days",
                and(certified(), &[move_to("321002", Some("health"))]),
                rectify("2026-06-02", "2026-06-20"),
                Ok(&["RectificationOrdered"]),
            ),
        ),
        by(
            "health",
            row(
                "and the other one no more",
                and(certified(), &[move_to("321002", Some("health"))]),
                rectify("2026-06-02", "2026-06-20"),
                Err("NOT_COMPETENT_FOR_PLACE"),
            ),
        ),
        by(
            "lists",
            row(
                "back-entry is no decision",
                certified(),
                rectify("2026-06-02", "2026-06-20"),
                Err("NOT_COMPETENT_FOR_CATEGORY"),
            ),
        ),
        by(
            "health",
            row(
                "a name of before a move is given by the bureau of the place it was in",
                and(certified(), &[move_to("321002", Some("health"))]),
                amend(Particulars { name: text("新名"), ..particulars() }, "2026-05-20", None),
                Ok(&["ParticularsAmended"]),
            ),
        ),
        by(
            "health",
            row(
                "from the move on it is in another place",
                and(certified(), &[move_to("321002", Some("health"))]),
                amend(Particulars { name: text("新名"), ..particulars() }, "2026-06-01", Some("2026-05-30")),
                Err("RELEASE_NEEDED"),
            ),
        ),
        by(
            "elsewhere",
            row(
                "whose bureau says nothing of the days before",
                and(certified(), &[move_to("321002", Some("health"))]),
                amend(Particulars { name: text("新名"), ..elsewhere("321002") }, "2026-05-20", Some("2026-05-18")),
                Err("RELEASE_NEEDED"),
            ),
        ),
        by("lists", row("nor does it put up plaques", certified(), order(None), Err("NOT_COMPETENT_FOR_OUTLET"))),
        row("who decides in both moves it alone", certified(), move_to("321002", None), Ok(&["ParticularsAmended"])),
        row(
            "an operator whose code is on record is known",
            vec![register()],
            identify("91110108717743469K"),
            Err("OPERATOR_KNOWN"),
        ),
        row(
            "also by the code on record: nothing was completed",
            vec![register()],
            identify("914403001922038216"),
            Err("OPERATOR_KNOWN"),
        ),
    ]
}

#[test]
fn a_listed_operator_is_identified_once() {
    let world = World { provider: listed_id(), ..World::new() };
    let today = day("2026-07-01");
    let listed = world.decide(&Provider::default(), "lists", today, &back_enter()).unwrap();
    let provider = then(Provider::default(), &listed);
    let named = world.decide(&provider, "everything", today, &identify("914403001922038216")).unwrap();
    assert_eq!(named[0].name(), "OperatorIdentified");
    let provider = then(provider, &named);
    assert_eq!(world.decide(&provider, "everything", today, &identify("914403001922038216")), Ok(vec![]));
    let other = world.decide(&provider, "everything", today, &identify("91110108717743469K"));
    assert_eq!(other.unwrap_err().reason(), "OPERATOR_KNOWN");
}

/// The name, the address and the operator of a day.
fn told(provider: &Provider, on: &str) -> [String; 3] {
    let particulars = provider.particulars_on(day(on)).unwrap();
    let address = particulars.address.as_ref().map(ToString::to_string);
    [particulars.name.to_string(), address.unwrap_or_default(), particulars.operator_name.to_string()]
}

fn after(world: &World, state: Provider, bureau: &str, command: &Command) -> Provider {
    let events = world.decide(&state, bureau, day("2026-07-01"), command).unwrap();
    assert!(!events.is_empty());
    then(state, &events)
}

#[test]
fn each_day_has_its_own_name_whenever_it_was_recorded() {
    let world = World::new();
    let named =
        |name: &str, address: &str| Particulars { name: text(name), address: Some(text(address)), ..particulars() };
    let provider = [
        register(),
        amend(named("丙", "丙路"), "2026-05-01", None),
        // Recorded last, and between the two.
        amend(named("乙", "乙路"), "2026-03-01", None),
    ]
    .iter()
    .fold(Provider::default(), |state, command| after(&world, state, "everything", command));
    let on = |day: &str| told(&provider, day)[..2].join(" ");
    assert_eq!(on("1999-01-01"), "虹桥托育园 文昌西路1号");
    assert_eq!(on("2026-02-28"), "虹桥托育园 文昌西路1号");
    assert_eq!(on("2026-03-01"), "乙 乙路");
    assert_eq!(on("2026-04-30"), "乙 乙路");
    assert_eq!(on("2026-05-01"), "丙 丙路");
    assert_eq!(on("2026-07-01"), "丙 丙路");
}

#[test]
fn an_operator_is_named_as_it_was_identified_from_that_day_on() {
    let world = World { provider: listed_id(), ..World::new() };
    let listed = after(&world, Provider::default(), "lists", &back_enter());
    let provider = after(&world, listed, "everything", &identify("914403001922038216"));
    assert_eq!(told(&provider, "2026-05-31")[2], "虹桥托育");
    assert_eq!(told(&provider, "2026-06-01")[2], "运营主体");
    assert_eq!(provider.particulars_on(day("2026-06-01")).unwrap().operator_class, Some(OperatorClass::Organisation));
    // Named as it is known today, and as the list had it, which is how it came on record.
    let known = provider.particulars_on(day("2026-07-01")).unwrap().into_owned();
    let again = |particulars: Particulars| {
        let listed = back_enter_as(|c| c.particulars = Some(particulars.clone()));
        let decide = |command: &Command, bureau: &str| world.decide(&provider, bureau, day("2026-07-01"), command);
        (decide(&listed, "lists"), decide(&register_as(particulars), "everything"))
    };
    assert_eq!(again(known), (Ok(vec![]), Err(Refusal::Registered)));
    assert_eq!(again(particulars()), (Ok(vec![]), Ok(vec![])));
    let amended = Particulars { operator_name: text("后来的主体"), ..particulars() };
    let provider = after(&world, provider, "everything", &amend(amended, "2026-06-20", None));
    assert_eq!(told(&provider, "2026-06-19")[2], "运营主体");
    assert_eq!(told(&provider, "2026-06-20")[2], "后来的主体");
}

#[test]
fn a_person_who_operates_an_outlet_is_named_as_published() {
    assert!(OperatorClass::NaturalPerson.name("张*").is_ok());
    assert_eq!(OperatorClass::NaturalPerson.name("张三").unwrap_err().rule, "NAME_NOT_MASKED");
    let code = |text: &str| Uscc::parse(text).unwrap();
    assert_eq!(OperatorClass::of(&code("92141127MA0KD1Y64A")), OperatorClass::IndividualBusiness);
    assert_eq!(OperatorClass::of(&code("914403001922038216")), OperatorClass::Organisation);
}

#[test]
fn amendments_have_an_end_and_the_same_again_is_no_fact_after_it() {
    let world = World::new();
    let named = |number: u32| {
        let from = day("2020-01-01").plus_days(i64::from(number));
        amend(Particulars { name: text(&format!("第{number}名")), ..particulars() }, &from.to_string(), None)
    };
    let mut provider = after(&world, Provider::default(), "everything", &register());
    for number in 1..=200 {
        provider = after(&world, provider, "everything", &named(number));
    }
    let decided = |number| world.decide(&provider, "everything", day("2026-07-01"), &named(number));
    assert_eq!(decided(201).unwrap_err().reason(), "AMENDMENTS_EXHAUSTED");
    assert_eq!(decided(7), Ok(vec![]));
}
