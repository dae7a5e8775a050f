//! What is read off the scheme and the tables by themselves: which bureau acts on a day and what it was called, what it may back-enter, in which
//! zone a place lies, until when a place was one.

use domain::*;

use crate::world::*;

fn bureau(id: &str) -> BureauId {
    BureauId::parse(id).unwrap()
}

#[test]
fn a_bureau_acts_until_its_last_day_and_that_day_too() {
    let scheme = scheme();
    let on = |today: &str| scheme.bureau_on(&bureau("merged"), day(today)).map(|_| ()).map_err(|why| why.reason());
    assert_eq!(["2026-01-30", "2026-01-31", "2026-02-01"].map(on), [Ok(()), Ok(()), Err("BUREAU_ENDED")]);
    assert_eq!(
        scheme.bureau_on(&bureau("nobody"), day("2026-01-30")).map_err(|why| why.reason()),
        Err("BUREAU_UNKNOWN")
    );
}

#[test]
fn a_bureau_is_called_as_it_was_until_the_last_day_of_that_name() {
    let mut scheme = scheme();
    let former = |name: &str, until: &str| FormerName { name: text(name), until: day(until) };
    let named = scheme.bureaus.get_mut(&bureau("health")).unwrap();
    named.former_names = vec![former("卫生局", "2013-12-31"), former("卫计委", "2018-12-31")];
    let named = &scheme.bureaus[&bureau("health")];
    let on = |today: &str| named.name_on(day(today)).as_str().to_owned();
    assert_eq!(["2013-12-31", "2014-01-01", "2018-12-31"].map(on), ["卫生局", "卫计委", "卫计委"]);
    assert_eq!(on("2019-01-01"), "单位");
}

/// Who back-enters does so in every category, or in those that it decides on where it has some; who does not, in none.
#[test]
fn a_bureau_back_enters_in_its_own_categories() {
    let of = |back_enters: bool, categories: &[&str]| {
        let mut scheme = scheme();
        let mut own = scheme.bureaus.remove(&bureau("health")).unwrap();
        own.back_enters = back_enters;
        own.categories = categories.iter().map(|code| category(code)).collect();
        [CARE, "domestic"].map(|code| own.back_enters(&category(code)))
    };
    assert_eq!(of(true, &[]), [true, true]);
    assert_eq!(of(true, &[CARE]), [true, false]);
    assert_eq!(of(false, &[CARE]), [false, false]);
    assert_eq!(of(false, &[]), [false, false]);
}

/// The zone follows from the place; one that is sent has to be that one.
#[test]
fn a_place_lies_in_the_zone_that_is_sent() {
    let mut world = World::new();
    let street = DivisionPrefix::parse("321003005").unwrap();
    world.scheme.zones.insert(ZoneCode::parse("shore").unwrap(), Zone { name: text("河湾"), areas: vec![street] });
    let registered = |division: &str, zone: Option<&str>, today: &str| {
        let mut sent = particulars();
        sent.division = Division::parse(division).unwrap();
        sent.zone = zone.map(|code| ZoneCode::parse(code).unwrap());
        let by = if division.starts_with("321003006") { "zone" } else { "everything" };
        let decided = world.decide(&Provider::default(), by, day(today), &register_as(sent));
        decided.map(|events| events.len()).map_err(|why| why.reason())
    };
    assert_eq!(registered("321003006", Some("lake"), "2026-07-01"), Ok(1));
    assert_eq!(registered("321003006", None, "2026-07-01"), Ok(1));
    assert_eq!(registered("321003005", Some("lake"), "2026-07-01"), Err("ZONE_NOT_OF_PLACE"));
    assert_eq!(registered("321003005", Some("shore"), "2026-07-01"), Ok(1));
    assert_eq!(registered("321002", Some("shore"), "2026-07-01"), Err("ZONE_NOT_OF_PLACE"));
    assert_eq!(registered("321003005", Some("hill"), "2026-07-01"), Err("ZONE_UNKNOWN"));
}

/// A place that is no more is one on its last day still.
#[test]
fn a_place_is_one_until_its_last_day_and_that_day_too() {
    let mut world = World::new();
    world.divisions = world.divisions.retiring([("321003005007".to_owned(), day("2026-07-01"))]);
    let on = |today: &str| {
        let decided = world.decide(&Provider::default(), "everything", day(today), &register());
        decided.map(|events| events.len()).map_err(|why| why.reason())
    };
    assert_eq!(["2026-06-30", "2026-07-01", "2026-07-02"].map(on), [Ok(1), Ok(1), Err("DIVISION_RETIRED")]);
}

/// By which day's rules, and those of which place, a command is judged.
#[test]
fn a_command_is_judged_by_the_rules_of_its_day_and_place() {
    let at = |division: &str| Particulars { division: Division::parse(division).unwrap(), ..particulars() };
    let (here, there) = (at("321003"), at("321002"));
    let moves = amend(there.clone(), "2026-06-01", None);
    assert_eq!(moves.placed_on(), Some(day("2026-06-01")));
    assert_eq!((certify().placed_on(), register().placed_on()), (Some(day("2026-03-09")), None));
    assert_eq!(certify().evidence_from(), Some(day("2026-03-02")));
    assert_eq!((certify_as(|c| c.notice = None).evidence_from(), register().evidence_from()), (None, None));
    // An outlet that moves is judged where it comes to, one on record where it is, and one that enters by what it sends.
    assert_eq!(moves.place(Some(&here)), Some(&there.division));
    let enters = register_as(there.clone());
    assert_eq!((enters.place(Some(&here)), enters.place(None)), (Some(&here.division), Some(&there.division)));
    assert_eq!((certify().place(Some(&here)), certify().place(None)), (Some(&here.division), None));
    for sends in [
        register(),
        amend(particulars(), "2026-06-01", None),
        apply("2026-02-02"),
        certify_as(|c| c.particulars = Some(particulars())),
        back_enter(),
    ] {
        assert_eq!(sends.particulars(), Some(&particulars()), "{sends:?}");
    }
    assert_eq!((certify().particulars(), pledge().particulars()), (None, None));
}

/// What is refused for a bar names that one, and no other.
#[test]
fn a_refusal_names_the_bar_it_is_for() {
    let world = World::new();
    let days = ["2026-03-20", "2026-07-01"];
    let state = revoked().iter().fold(Provider::default(), |state, command| {
        let decided = days.iter().find_map(|today| world.decide(&state, "everything", day(today), command).ok());
        then(state, &decided.unwrap())
    });
    let [bar] = state.bars().collect::<Vec<_>>()[..].to_vec().try_into().unwrap();
    let again = certify_as(|c| {
        (c.decided_on, c.valid_from, c.notice) =
            (day("2026-06-30"), day("2026-06-30"), Some(window("2026-06-22", "2026-06-26")));
        c.document_number = text("认定〔2026〕99号");
    });
    let refused = world.decide(&state, "everything", day("2026-07-01"), &again).unwrap_err();
    assert_eq!((refused.reason(), refused.names_bar(&bar)), ("BARRED", true));
    let later = Bar { until: bar.until.plus_days(1), ..bar.clone() };
    let unstated = Bar { document_number: None, ..bar.clone() };
    assert!(!refused.names_bar(&later) && !refused.names_bar(&unstated));
    assert!(!Refusal::NotBarred.names_bar(&bar));
}

/// The zone follows from the place: who leaves it out the second time says the same.
#[test]
fn an_outlet_of_a_zone_is_registered_once() {
    let world = World::new();
    let sent = |zone: Option<&str>| {
        let (division, zone) = (Division::parse("321003006").unwrap(), zone.map(|code| ZoneCode::parse(code).unwrap()));
        register_as(Particulars { division, zone, ..particulars() })
    };
    for (first, again) in [(None, Some("lake")), (Some("lake"), None), (None, None), (Some("lake"), Some("lake"))] {
        let events = world.decide(&Provider::default(), "zone", day("2026-07-01"), &sent(first)).unwrap();
        let state = then(Provider::default(), &events);
        assert_eq!(
            world.decide(&state, "zone", day("2026-07-01"), &sent(again)),
            Ok(Vec::new()),
            "{first:?} {again:?}"
        );
    }
}
