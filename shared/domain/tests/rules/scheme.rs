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
    let world = World::new();
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
