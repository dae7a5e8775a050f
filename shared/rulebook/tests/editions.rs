//! Editions adopted one after another: what rules where and when, as of which position, and what is refused.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use domain::command::{AdoptCalendar, AdoptPlaces, AdoptScheme, BeginRules, RulesCommand};
use domain::*;
use rulebook::{Editions, YANGZHOU_SCHEME, already, carried};

const CITY: &str = "3210-development";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn bureau(id: &str) -> BureauId {
    BureauId::parse(id).unwrap()
}

fn place(code: &str) -> Division {
    Division::parse(code).unwrap()
}

fn category(code: &str) -> CategoryCode {
    CategoryCode::parse(code).unwrap()
}

fn adopt_scheme(text: &str) -> RulesCommand {
    RulesCommand::AdoptScheme(AdoptScheme {
        text: RulesText::parse(text).unwrap(),
        adopted_on: day("2026-06-01"),
        adopted_by: Name::parse("制定机关").unwrap(),
        document_number: Text::parse("1号").unwrap(),
        corrects: None,
    })
}

fn begin() -> RulesCommand {
    let days = carried::days().unwrap();
    let (edition, places) = carried::places().unwrap();
    RulesCommand::BeginRules(Box::new(BeginRules {
        scheme: RulesText::parse(YANGZHOU_SCHEME).unwrap(),
        covered_from: days.from,
        covered_until: days.until,
        source: days.source,
        days: RulesText::parse(rulebook::STATUTORY_DAYS).unwrap(),
        edition,
        places,
        adopted_on: day("2026-06-01"),
    }))
}

/// A log of rules alone.
#[derive(Default)]
struct Book {
    commits: Vec<(Position, Commit)>,
    editions: Editions,
}

impl Book {
    fn begun() -> Self {
        let mut book = Self::default();
        assert_eq!(book.adopt(&begin()).unwrap(), 3);
        book
    }

    fn by(&mut self, id: &str, today: &str, command: &RulesCommand) -> Result<usize, Refusal> {
        let events = rulebook::adopt(&self.editions, command, &bureau(id), day(today))?;
        if events.is_empty() {
            return Ok(0);
        }
        // What is adopted can be decided anew from its facts.
        let redone = command_of(&events).unwrap();
        assert_eq!(redone.made_by, MadeBy::Rules(command.clone()));
        let count = events.len();
        let position = Position(10 * (self.commits.len() as u64 + 1));
        let commit = Commit {
            id: RequestId::from_bytes([7; 16]),
            digest: RequestDigest::of_no_request([7; 16]),
            bureau: bureau(id),
            officer: OfficerId::parse("zz").unwrap(),
            recorded_at: Instant(1_790_000_000_000),
            scheme: Text::parse("before").unwrap(),
            rules: self.editions.position(),
            events,
        };
        self.editions = self.editions.then(position, &commit).unwrap();
        self.commits.push((position, commit));
        Ok(count)
    }

    fn adopt(&mut self, command: &RulesCommand) -> Result<usize, Refusal> {
        self.by(CITY, "2026-06-15", command)
    }

    fn refused(&mut self, text: &str) -> Refusal {
        self.adopt(&adopt_scheme(text)).unwrap_err()
    }

    fn scheme(&self, code: &str, on: &str, today: &str) -> Scheme {
        self.editions.scheme(Some(&place(code)), day(on), day(today)).unwrap().scheme.clone()
    }

    fn notice_days(&self, code: &str, of: &str, on: &str) -> Option<u32> {
        self.scheme(code, on, "2026-12-01").categories.get(&category(of)).map(|rules| rules.notice_days)
    }
}

const OF_2027: &str = "date,kind,festival\n2027-01-01,holiday,x\n2027-02-08,holiday,x\n2027-04-05,holiday,x\n\
                       2027-06-09,holiday,x\n2027-09-15,holiday,x\n2027-10-01,holiday,x\n";

/// The command, correcting the edition at a position.
fn correcting(position: u64, mut command: RulesCommand) -> RulesCommand {
    let corrects = Some(Position(position));
    match &mut command {
        RulesCommand::AdoptScheme(c) => c.corrects = corrects,
        RulesCommand::AdoptCalendar(c) => c.corrects = corrects,
        RulesCommand::AdoptPlaces(c) => c.corrects = corrects,
        RulesCommand::BeginRules(_) => {}
    }
    command
}

fn county(version: &str, from: &str, days: u32) -> String {
    format!(
        "area = \"321003\"\nversion = \"{version}\"\nin_force_from = \"{from}\"\n[defaults]\nnotice_days = {days}\n\
         [categories.study-room]\nname = \"社区自习室\"\n"
    )
}

fn city(version: &str, from: &str) -> String {
    let text = YANGZHOU_SCHEME.replace("yangzhou-2026.1", version);
    text.replace("in_force_from = \"2022-12-01\"", &format!("in_force_from = \"{from}\""))
}

#[test]
fn the_most_specific_scheme_in_force_on_the_day_rules() {
    let mut book = Book::begun();
    assert_eq!(book.adopt(&adopt_scheme(&county("hanjiang-1", "2026-07-01", 7))), Ok(1));
    for (code, of, on, days) in [
        ("321003005007", "childcare", "2026-06-30", Some(5)),
        ("321003005007", "childcare", "2026-07-01", Some(7)),
        ("321003", "study-room", "2026-06-30", None),
        ("321003", "study-room", "2026-07-01", Some(7)),
        ("321002", "childcare", "2026-07-01", Some(5)),
        ("321002", "study-room", "2026-07-01", None),
    ] {
        assert_eq!(book.notice_days(code, of, on), days, "{code} {of} {on}");
    }
    assert_eq!(book.scheme("321003", "2026-07-01", "2026-12-01").version.as_str(), "hanjiang-1");
    // A third, of the city, under which the county's goes on.
    assert_eq!(
        book.adopt(&adopt_scheme(
            &city("yangzhou-2026.2", "2026-09-01").replace("hearing_days = 5", "hearing_days = 8")
        )),
        Ok(1)
    );
    let hearing = |on: &str| book.scheme("321003", on, "2026-12-01").categories[&category("childcare")].hearing_days;
    assert_eq!((hearing("2026-08-31"), hearing("2026-09-01")), (5, 8));
    assert_eq!(book.notice_days("321003", "childcare", "2026-09-01"), Some(7));
    // Before the first day of all, the scheme that says from when on it holds.
    assert_eq!(book.scheme("321003", "2020-01-01", "2026-12-01").in_force_from, day("2022-12-01"));
}

#[test]
fn the_rules_as_of_a_position_are_those_up_to_it() {
    let mut book = Book::begun();
    book.adopt(&adopt_scheme(&county("hanjiang-1", "2026-07-01", 7))).unwrap();
    book.adopt(&adopt_scheme(&county("hanjiang-2", "2026-08-01", 9))).unwrap();
    for (up_to, days) in [(10, Some(5)), (20, Some(7)), (30, Some(9))] {
        let commits = book.commits.iter().filter(|(position, _)| position.0 <= up_to);
        let editions = Editions::of(commits.map(|(position, commit)| (*position, commit))).unwrap();
        assert_eq!(editions.position(), Position(up_to));
        let scheme = editions.scheme(Some(&place("321003")), day("2026-08-01"), day("2026-08-01")).unwrap();
        let rules = scheme.scheme.categories.get(&category("childcare"));
        assert_eq!(rules.map(|rules| rules.notice_days), days);
    }
}

#[test]
fn a_category_that_is_dropped_can_be_wound_up_by_who_decided_on_it() {
    let mut book = Book::begun();
    let line = YANGZHOU_SCHEME.lines().find(|line| line.starts_with("express = ")).unwrap();
    let text = city("yangzhou-2026.2", "2026-09-01")
        .replace(line, "")
        .replace("categories = [\"express\"]", "categories = [\"repair\"]");
    assert_eq!(book.adopt(&adopt_scheme(&text)), Ok(1));
    let scheme = book.scheme("321003", "2026-09-01", "2026-09-01");
    assert!(!scheme.categories.contains_key(&category("express")) && scheme.dropped.contains_key(&category("express")));
    assert!(scheme.bureaus[&bureau("321003-post")].decides_on(&category("express")));
    assert!(!scheme.bureaus[&bureau("321003-health")].decides_on(&category("express")));
    // A decision of the day before, typed afterwards, is still a decision of the category.
    let scheme = book.scheme("321003", "2026-08-31", "2026-09-01");
    assert!(scheme.categories.contains_key(&category("express")) && scheme.dropped.is_empty());
    assert!(scheme.bureaus[&bureau("321003-post")].decides_on(&category("express")));
}

#[test]
fn what_a_county_alone_certifies_is_followed_up_where_an_outlet_has_moved_to() {
    let mut book = Book::begun();
    book.adopt(&adopt_scheme(&county("hanjiang-1", "2026-07-01", 7))).unwrap();
    let (study_room, guangling) = (category("study-room"), "321002");
    // Asked before the first day of the county's scheme, and from it on: nothing of the day before is remembered.
    assert!(!book.scheme(guangling, "2026-06-30", "2026-06-30").dropped.contains_key(&study_room));
    for (code, day) in [(guangling, "2026-07-01"), ("321002001001", "2026-12-01")] {
        let scheme = book.scheme(code, day, day);
        assert!(!scheme.categories.contains_key(&study_room), "nothing begins there: {code} {day}");
        assert_eq!(scheme.dropped[&study_room].notice_days, 7, "under the rules of the county: {code} {day}");
        // Whoever decides on everything there; no other of the place.
        assert!(scheme.bureaus[&bureau(CITY)].decides_on(&study_room));
        assert!(!scheme.bureaus[&bureau("321002-health")].decides_on(&study_room));
    }
    let own = book.scheme("321003", "2026-07-01", "2026-07-01");
    assert!(own.categories.contains_key(&study_room) && own.dropped.is_empty());
    // The county drops it: it is followed up everywhere under the last rules there were.
    let dropped = county("hanjiang-2", "2026-09-01", 9);
    let dropped = dropped.split_once("[categories.").unwrap().0;
    book.adopt(&adopt_scheme(dropped)).unwrap();
    for code in ["321003", guangling] {
        let scheme = book.scheme(code, "2026-09-01", "2026-09-01");
        assert_eq!(scheme.dropped.get(&study_room).map(|rules| rules.notice_days), Some(7), "{code}");
    }
}

#[test]
fn of_two_counties_that_certify_the_same_the_party_has_the_longer_time_to_be_heard() {
    let mut book = Book::begun();
    let own = |area: &str, version: &str, rules: &str| {
        let text = county(version, "2026-07-01", 7).replace("area = \"321003\"", &format!("area = \"{area}\""));
        adopt_scheme(&format!("{text}{rules}"))
    };
    book.adopt(&own("321003", "hanjiang-1", "hearing_days = 6\nrectification_days = 50\n")).unwrap();
    book.adopt(&own("321081", "yizheng-1", "hearing_days = 9\nrectification_days = 40\n")).unwrap();
    let rules = book.scheme("321002", "2026-07-01", "2026-07-01").dropped[&category("study-room")].clone();
    assert_eq!((rules.hearing_days, rules.rectification_days), (9, 50));
}

#[test]
fn where_no_bureau_decides_on_everything_those_of_the_place_follow_it_up() {
    let mut book = Book::begun();
    let city_bureau = "areas = [\"3210\"]\ncategories = [\"*\"]\n";
    let alone = city("yangzhou-2026.2", "2026-07-01").replace(city_bureau, "areas = [\"3210\"]\n");
    assert_eq!(book.adopt(&adopt_scheme(&alone)), Ok(1));
    let text = county("hanjiang-1", "2026-07-01", 7)
        + "[bureaus.321003-study]\nname = \"邗江区自习室管理局\"\nareas = [\"321003\"]\ncategories = [\"study-room\"]\n";
    assert_eq!(book.adopt(&adopt_scheme(&text)), Ok(1));
    let scheme = book.scheme("321002", "2026-07-01", "2026-07-01");
    assert!(scheme.bureaus[&bureau("321002-health")].decides_on(&category("study-room")));
    assert!(!scheme.bureaus[&bureau(CITY)].decides_on(&category("study-room")), "it has its duties alone");
}

#[test]
fn a_bureau_is_renamed_and_merged_by_its_id() {
    let mut book = Book::begun();
    let health = "[bureaus.321003-health]\nname = \"邗江区卫生健康委员会\"\n";
    let renamed = "[bureaus.321003-health]\nname = \"邗江区卫生健康局\"\n\
                   names = [{ name = \"邗江区卫生健康委员会\", until = \"2026-08-31\" }]\n";
    let text = city("yangzhou-2026.2", "2026-09-01").replace(health, renamed);
    assert_eq!(book.adopt(&adopt_scheme(&text)), Ok(1));
    let scheme = book.scheme("321003", "2026-09-01", "2026-09-01");
    let named = |on: &str| scheme.bureaus[&bureau("321003-health")].name_on(day(on)).to_string();
    assert_eq!(
        (named("2026-08-31"), named("2026-09-01")),
        ("邗江区卫生健康委员会".to_owned(), "邗江区卫生健康局".to_owned())
    );
    // It is merged with another, which takes over what it decided on.
    let merged = text.replace("yangzhou-2026.2", "yangzhou-2026.3").replace("\"2026-09-01\"", "\"2026-10-01\"");
    let merged =
        merged.replace(renamed, &format!("{renamed}until = \"2026-09-30\"\nsuccessors = [\"321003-civil\"]\n"));
    let refused = book.refused(&merged);
    assert_eq!(refused.reason(), "RULES_REJECTED");
    assert!(
        refused.en().contains("bureaus.321003-health.successors: none of them takes over childcare"),
        "{}",
        refused.en()
    );
    let civil = "[bureaus.321003-civil]\nname = \"邗江区民政局\"\nareas = [\"321003\"]\ncategories = [";
    let takes_over = merged.replace(civil, &format!("{civil}\"childcare\", \"community-health\", "));
    assert_eq!(book.adopt(&adopt_scheme(&takes_over)), Ok(1));
    let scheme = book.scheme("321003", "2026-10-01", "2026-10-01");
    let acts = |on: &str| scheme.bureau_on(&bureau("321003-health"), day(on)).map(|_| ());
    assert_eq!(acts("2026-09-30"), Ok(()));
    assert_eq!(acts("2026-10-01").unwrap_err().reason(), "BUREAU_ENDED");
    // One that is left out is not forgotten in silence.
    let gone = city("yangzhou-2026.4", "2026-11-01").replace(health, "[bureaus.321003-other]\nname = \"别处\"\n");
    assert!(book.refused(&gone).en().contains("bureaus.321003-health"));
}

#[test]
fn what_does_not_go_together_is_refused_with_line_and_reason() {
    let mut book = Book::begun();
    book.adopt(&adopt_scheme(&county("hanjiang-1", "2026-07-01", 7))).unwrap();
    let reason = |book: &mut Book, text: &str| book.refused(text).reason();
    assert_eq!(reason(&mut book, &county("hanjiang-2", "2026-06-30", 7)), "SCHEME_NOT_NEWER");
    assert_eq!(reason(&mut book, &county("hanjiang-2", "2026-07-01", 8)), "SCHEME_NOT_NEWER");
    assert_eq!(reason(&mut book, &county("hanjiang-1", "2026-09-01", 8)), "SCHEME_VERSION_TAKEN");
    let zero = book.refused(&county("hanjiang-2", "2026-09-01", 0));
    assert!(
        zero.en().starts_with("line 5") || zero.en().contains("notice_days: 0 is not from 1 to 366"),
        "{}",
        zero.en()
    );
    let bad = format!(
        "{}[bureaus.321003-study]\nname = \"文旅局\"\nareas = [\"321003\"]\ncategories = [\"study-rom\"]\n",
        county("hanjiang-2", "2026-09-01", 7)
    );
    let refused = book.refused(&bad).en();
    assert!(refused.starts_with("line 11, bureaus.321003-study.categories: there is no \"study-rom\""), "{refused}");
    // A zone of the county in the place of one of the city's.
    let zone = format!(
        "{}[zones.other]\nname = \"新区\"\nareas = [\"321003006001\"]\n",
        county("hanjiang-2", "2026-09-01", 7)
    );
    let refused = book.refused(&zone).en();
    assert!(refused.contains("overlaps"), "{refused}");
    // A county gives nobody a say in another: nor in a zone that lies there.
    for areas in ["*", "3210", "321002", "321003\", \"321002001", "zone:eco-tech-city"] {
        let bureau = format!("[bureaus.321003-health]\nname = \"卫健\"\nareas = [\"{areas}\"]\n");
        let refused = book.refused(&format!("{}{bureau}", county("hanjiang-2", "2026-09-01", 7))).en();
        assert!(refused.contains("321003-health.areas: it reaches beyond 321003"), "{areas}: {refused}");
    }
    let zone = "[zones.other]\nname = \"新区\"\nareas = [\"321002400\"]\n";
    let refused = book.refused(&format!("{}{zone}", county("hanjiang-2", "2026-09-01", 7))).en();
    assert!(refused.contains("zones.other.areas: it reaches beyond 321003"), "{refused}");
    // A county takes from the party neither the hearing nor time for it, and from a bar no month.
    for (own, said) in [
        // Nor is there a key to do without.
        ("[categories.childcare]\nrevocation_needs_notice = false\n", "revocation_needs_notice"),
        ("[categories.childcare]\nhearing_days = 1\n", "categories.childcare.hearing_days: 1 is less than the 5"),
        ("[grounds.overcharging]\nname = \"乱收费\"\nbar_months = 0\n", "grounds.overcharging.bar_months: 0 is less"),
    ] {
        let refused = book.refused(&format!("{}{own}", county("hanjiang-2", "2026-09-01", 7))).en();
        assert!(refused.contains(said), "{own}: {refused}");
    }
    // Nothing to inherit from.
    let elsewhere =
        "area = \"321002\"\nversion = \"guangling-1\"\nin_force_from = \"2020-01-01\"\n[defaults]\nnotice_days = 3\n";
    assert_eq!(reason(&mut book, elsewhere), "SCHEME_WITHOUT_BASE");
    // A city's scheme that takes away what the county's stands on.
    let line = YANGZHOU_SCHEME.lines().find(|line| line.starts_with("hearing_days")).unwrap();
    let text = city("yangzhou-2026.2", "2026-09-01").replace(line, "");
    assert_eq!(reason(&mut book, &text), "RULES_REJECTED");
}

#[test]
fn who_adopts_has_the_duty_in_the_area() {
    let mut book = Book::begun();
    let text = county("hanjiang-1", "2026-07-01", 7);
    let reason = |answer: Result<usize, Refusal>| answer.unwrap_err().reason();
    assert_eq!(reason(book.by("321003-health", "2026-06-15", &adopt_scheme(&text))), "DUTY_MISSING");
    assert_eq!(reason(book.by("nobody", "2026-06-15", &adopt_scheme(&text))), "BUREAU_UNKNOWN");
    assert_eq!(reason(book.by(CITY, "2026-05-31", &adopt_scheme(&text))), "DAY_AHEAD");
    let elsewhere = text.replace("321003", "330326").replace("hanjiang", "pingyang");
    assert_eq!(reason(book.by(CITY, "2026-06-15", &adopt_scheme(&elsewhere))), "NOT_COMPETENT_FOR_PLACE");
    assert_eq!(book.adopt(&adopt_scheme(&text)), Ok(1));
    assert_eq!(book.adopt(&adopt_scheme(&text)), Ok(0), "adopted before");
    assert_eq!(already(&book.editions, &adopt_scheme(&text)), Some(Position(20)));
    // All that is said is asked, not the text alone: in each of its fields another command is another.
    for (path, changed) in adopt_scheme(&text).changes() {
        assert_eq!(already(&book.editions, &changed), None, "{path}");
        assert_ne!(book.adopt(&changed), Ok(0), "{path}");
    }
    assert_eq!(book.adopt(&begin()), Ok(0), "the registry has begun");
    assert_eq!(already(&book.editions, &begin()), Some(Position(10)));
}

#[test]
fn a_calendar_that_differs_in_anything_is_another() {
    let mut book = Book::begun();
    let text = RulesText::parse(OF_2027).unwrap();
    let adopt = RulesCommand::AdoptCalendar(AdoptCalendar {
        covered_from: day("2027-01-01"),
        covered_until: day("2027-12-31"),
        source: Reason::parse("国务院办公厅").unwrap(),
        text,
        adopted_on: day("2026-06-01"),
        adopted_by: Name::parse("制定机关").unwrap(),
        document_number: Text::parse("1号").unwrap(),
        corrects: None,
    });
    assert_eq!(book.adopt(&adopt), Ok(1));
    assert_eq!(book.adopt(&adopt), Ok(0));
    // With a later end of what is covered it was answered as adopted before, and was not.
    for (path, changed) in adopt.changes() {
        assert_ne!(book.adopt(&changed), Ok(0), "{path}");
    }
}

#[test]
fn working_days_and_places_are_merged() {
    let mut book = Book::begun();
    let calendar = |until: &str, text: &str| {
        RulesCommand::AdoptCalendar(AdoptCalendar {
            covered_from: day("2027-01-01"),
            covered_until: day(until),
            source: Text::parse("国务院办公厅通知").unwrap(),
            text: RulesText::parse(text).unwrap(),
            adopted_on: day("2026-06-01"),
            adopted_by: Name::parse("采用机关").unwrap(),
            document_number: Text::parse("2号").unwrap(),
            corrects: None,
        })
    };
    // A year of which one festival is known is not known.
    let lacking = book.adopt(&calendar("2027-12-31", "date,kind,festival\n2027-01-01,holiday,New Year\n")).unwrap_err();
    assert!(lacking.reason() == "RULES_REJECTED" && lacking.zh().contains("2027年清明节"), "{}", lacking.zh());
    assert_eq!(book.adopt(&calendar("2027-12-31", OF_2027)), Ok(1));
    assert_eq!(book.adopt(&calendar("2027-12-31", OF_2027)), Ok(0));
    assert_eq!(book.editions.calendar().covered_from(day("2026-12-01")), Some(day("2027-12-31")));
    let rejected = book.adopt(&calendar("2027-12-31", "date,kind,festival\n2026-12-31,holiday,x\n")).unwrap_err();
    assert!(rejected.en().starts_with("line 2"), "{}", rejected.en());
    let places = RulesCommand::AdoptPlaces(AdoptPlaces {
        edition: Name::parse("2027").unwrap(),
        text: RulesText::parse("code,name,last_day\n321004,新区,\n321011,维扬区,2011-11-12\n").unwrap(),
        adopted_on: day("2026-06-01"),
        adopted_by: Name::parse("采用机关").unwrap(),
        document_number: Text::parse("2号").unwrap(),
        corrects: None,
    });
    assert_eq!(book.adopt(&places), Ok(1));
    let table = book.editions.divisions();
    assert!(table.knows(&place("321004")) && table.knows(&place("321003005007")));
    assert_eq!((table.edition(), table.last_day(&place("321011"))), ("2027", Some(day("2011-11-12"))));
    assert_eq!(book.editions.adopted().len(), 5);
}

#[test]
fn what_is_dropped_with_a_bureaus_end_its_successor_winds_up() {
    let mut book = Book::begun();
    let line = YANGZHOU_SCHEME.lines().find(|line| line.starts_with("domestic = ")).unwrap();
    let commerce = "[bureaus.321081-commerce]\nname = \"仪征市商务局\"\nareas = [\"321081\"]";
    let ends = format!("{commerce}\nuntil = \"2026-09-30\"\nsuccessors = [\"321081-civil\"]");
    let civil = "[bureaus.321081-civil]\nname = \"仪征市民政局\"\nareas = [\"321081\"]\ncategories = [";
    let text = city("yangzhou-2026.2", "2026-09-01")
        .replace(line, "")
        .replace("\"domestic\", ", "")
        .replace(commerce, &ends)
        .replace(civil, &format!("{civil}\"retail\", \"breakfast\", \"repair\", "));
    assert_eq!(book.adopt(&adopt_scheme(&text)), Ok(1));
    let winds_up = |id: &str, today: &str| {
        book.scheme("321081", today, today).bureaus[&bureau(id)].decides_on(&category("domestic"))
    };
    // Until the last day the one that ends, from the next on the one that follows.
    assert_eq!((winds_up("321081-commerce", "2026-09-30"), winds_up("321081-civil", "2026-09-30")), (true, false));
    assert!(winds_up("321081-civil", "2026-10-01"));
    assert!(!winds_up("321081-health", "2026-10-01"));
    // So it is for who tells what waits for a bureau.
    let everywhere = book.editions.everywhere(day("2026-10-01")).unwrap().scheme;
    assert!(everywhere.bureaus[&bureau("321081-civil")].decides_on(&category("domestic")));
}

#[test]
fn nobody_gives_up_what_no_other_takes_over() {
    let mut book = Book::begun();
    // The city's bureau has its duties alone, so nobody else has the category there.
    let city_bureau = "areas = [\"3210\"]\ncategories = [\"*\"]\n";
    let alone = city("yangzhou-2026.2", "2026-09-01").replace(city_bureau, "areas = [\"3210\"]\n");
    let post = "[bureaus.321003-post]\nname = \"邗江区邮政管理局\"\nareas = [\"321003\"]\ncategories = [\"express\"]";
    let given_up = alone.replace(post, &post.replace("\"express\"", "\"repair\""));
    let refused = book.refused(&given_up);
    assert_eq!(refused.reason(), "RULES_REJECTED");
    assert!(refused.en().contains("from 2026-09-01 on no bureau decides on express in its places"), "{}", refused.en());
    let health = "[bureaus.321003-health]\nname = \"邗江区卫生健康委员会\"\nareas = [\"321003\"]\ncategories = [";
    let taken_over = given_up.replace(health, &format!("{health}\"express\", "));
    assert_eq!(book.adopt(&adopt_scheme(&taken_over)), Ok(1));
}

#[test]
fn an_edition_entered_wrong_is_corrected_by_its_position() {
    let mut book = Book::begun();
    book.adopt(&adopt_scheme(&county("hanjiang-1", "2026-07-01", 7))).unwrap();
    book.adopt(&adopt_scheme(&county("hanjiang-2", "2026-09-01", 70))).unwrap();
    assert_eq!(book.notice_days("321003", "childcare", "2026-09-01"), Some(70));
    // On the same day, under a version of its own.
    let right = adopt_scheme(&county("hanjiang-3", "2026-09-01", 9));
    assert_eq!(book.adopt(&right).unwrap_err().reason(), "SCHEME_NOT_NEWER");
    assert_eq!(book.adopt(&correcting(30, right.clone())), Ok(1));
    assert_eq!(book.adopt(&correcting(30, right)), Ok(0));
    assert_eq!(book.notice_days("321003", "childcare", "2026-09-01"), Some(9));
    assert_eq!(book.notice_days("321003", "childcare", "2026-08-31"), Some(7));
    // What was decided in between goes by what it names.
    let then = book.editions.as_of(Position(30)).unwrap();
    let notice = |editions: &Editions| {
        let tables = editions.scheme(Some(&place("321003")), day("2026-09-01"), day("2026-09-01")).unwrap();
        tables.scheme.categories[&category("childcare")].notice_days
    };
    assert_eq!((notice(&then), notice(&book.editions)), (70, 9));
    assert_eq!(then.position(), Position(30));
    let told = |at: u64| book.editions.adopted().iter().find(|one| one.position == Position(at)).unwrap().clone();
    assert_eq!((told(30).corrected_by, told(40).corrects), (Some(Position(40)), Some(Position(30))));
    assert_eq!(book.editions.in_force(day("2026-09-01")).last().unwrap().version, "hanjiang-3");
    // Sent again it is on record, whatever has come since; without a word on what it corrects it is another, and its version is taken.
    let wrong = adopt_scheme(&county("hanjiang-2", "2026-09-01", 70));
    assert_eq!((book.adopt(&wrong), already(&book.editions, &wrong)), (Ok(0), Some(Position(30))));
    let unsaid = adopt_scheme(&county("hanjiang-3", "2026-09-01", 9));
    assert_eq!(book.adopt(&unsaid).unwrap_err().reason(), "SCHEME_VERSION_TAKEN");
    // What stands no more is not corrected once more, and another area's is none.
    let again = correcting(30, adopt_scheme(&county("hanjiang-4", "2026-09-01", 10)));
    assert_eq!(book.adopt(&again).unwrap_err().reason(), "EDITION_UNKNOWN");
    let elsewhere = county("guangling-1", "2026-09-01", 10).replace("321003", "321002");
    let elsewhere = correcting(40, adopt_scheme(&elsewhere));
    assert_eq!(book.adopt(&elsewhere).unwrap_err().reason(), "CORRECTS_ANOTHER_AREA");
    // Two of one area do not begin on one day, and the one that others stand on is not taken from under them.
    let both = correcting(40, adopt_scheme(&county("hanjiang-4", "2026-07-01", 10)));
    assert_eq!(book.adopt(&both).unwrap_err().reason(), "SCHEME_NOT_NEWER");
    let base = correcting(10, adopt_scheme(&city("yangzhou-2026.2", "2026-08-01")));
    assert_eq!(book.adopt(&base).map_err(|refusal| refusal.reason()), Err("RULES_REJECTED"));
    // It can be put back, letter by letter; and so can how it was adopted.
    assert_eq!(book.adopt(&correcting(40, wrong.clone())), Ok(1));
    assert_eq!(book.notice_days("321003", "childcare", "2026-09-01"), Some(70));
    assert_eq!(book.adopt(&wrong), Ok(0));
    let RulesCommand::AdoptScheme(other) = wrong else { unreachable!() };
    let otherwise = RulesCommand::AdoptScheme(AdoptScheme { document_number: Text::parse("2号").unwrap(), ..other });
    assert_eq!(book.adopt(&otherwise).unwrap_err().reason(), "SCHEME_VERSION_TAKEN");
    assert_eq!(book.adopt(&correcting(50, otherwise)), Ok(1));
    assert_eq!(book.editions.in_force(day("2026-09-01")).last().unwrap().document_number, Text::parse("2号").ok());
    // The first of all can be put right as well.
    let first = city("yangzhou-2026.2", "2022-12-01").replace("hearing_days = 5", "hearing_days = 6");
    assert_eq!(book.adopt(&correcting(10, adopt_scheme(&first))), Ok(1));
    assert_eq!(book.scheme("321002", "2026-07-01", "2026-12-01").categories[&category("childcare")].hearing_days, 6);
    assert!(book.editions.calendar().covered_from(day("2026-06-01")).is_some(), "its working days stand");
}

#[test]
fn a_first_day_that_no_scheme_can_have_is_refused_by_its_line() {
    let mut book = Book::begun();
    for (from, fits) in [("2199-12-31", false), ("1999-12-31", false), ("2028-06-16", false), ("2028-06-15", true)] {
        let answer = book.adopt(&adopt_scheme(&county("hanjiang-1", from, 7)));
        if fits {
            assert_eq!(answer, Ok(1), "{from}");
            continue;
        }
        let refused = answer.unwrap_err();
        assert_eq!(refused.reason(), "RULES_REJECTED", "{from}");
        assert!(refused.en().starts_with("line 3, in_force_from: "), "{}", refused.en());
    }
}

#[test]
fn tables_of_days_and_places_are_corrected_too() {
    let mut book = Book::begun();
    let calendar = |text: &str| {
        RulesCommand::AdoptCalendar(AdoptCalendar {
            covered_from: day("2027-01-01"),
            covered_until: day("2027-12-31"),
            source: Text::parse("国务院办公厅通知").unwrap(),
            text: RulesText::parse(text).unwrap(),
            adopted_on: day("2026-06-01"),
            adopted_by: Name::parse("采用机关").unwrap(),
            document_number: Text::parse("2号").unwrap(),
            corrects: None,
        })
    };
    let places = |text: &str| {
        RulesCommand::AdoptPlaces(AdoptPlaces {
            edition: Name::parse("2027").unwrap(),
            text: RulesText::parse(text).unwrap(),
            adopted_on: day("2026-06-01"),
            adopted_by: Name::parse("采用机关").unwrap(),
            document_number: Text::parse("2号").unwrap(),
            corrects: None,
        })
    };
    let wrong = format!("{OF_2027}2027-03-01,holiday,x\n");
    assert_eq!(book.adopt(&calendar(&wrong)), Ok(1));
    assert!(!book.editions.calendar().is_working_day(day("2027-03-01")));
    assert_eq!(book.adopt(&correcting(10, calendar(OF_2027))), Ok(1), "of the first commit the calendar alone");
    assert!(!book.editions.calendar().is_working_day(day("2027-03-01")), "the one of 2027 still stands over it");
    assert_eq!(book.adopt(&correcting(20, calendar(OF_2027))), Ok(1));
    assert!(book.editions.calendar().is_working_day(day("2027-03-01")));
    assert_eq!(book.adopt(&places("code,name,last_day\n321004,错录,\n")), Ok(1));
    assert!(book.editions.divisions().knows(&place("321004")));
    assert_eq!(
        book.adopt(&correcting(20, places("code,name,last_day\n321005,新区,\n"))).unwrap_err().reason(),
        "EDITION_UNKNOWN"
    );
    assert_eq!(book.adopt(&correcting(50, places("code,name,last_day\n321005,新区,\n"))), Ok(1));
    let table = book.editions.divisions();
    assert!(table.knows(&place("321005")) && !table.knows(&place("321004")));
}

#[test]
fn a_duty_that_reaches_everywhere_is_given_by_the_widest_areas_scheme() {
    let mut book = Book::begun();
    let duty = |version: &str, from: &str, duty: &str| {
        let services =
            "[bureaus.321003-services]\nname = \"邗江区服务业局\"\nareas = [\"321003\"]\ncategories = [\"*\"]";
        format!("{}{services}\n{duty} = true\n", county(version, from, 7))
    };
    let refused = book.refused(&duty("hanjiang-1", "2026-07-01", "bars_operators")).en();
    assert!(refused.contains("bureaus.321003-services.bars_operators: a bar holds for every outlet"), "{refused}");
    assert!(rulebook::check(&duty("hanjiang-1", "2026-07-01", "bars_operators"), &[YANGZHOU_SCHEME]).is_err());
    // A county adopts for itself, where it is given the duty, and for nobody else.
    assert_eq!(book.adopt(&adopt_scheme(&duty("hanjiang-1", "2026-06-10", "adopts_rules"))), Ok(1));
    let mut by_county = |command: &RulesCommand| book.by("321003-services", "2026-06-15", command);
    let next = duty("hanjiang-2", "2026-07-01", "adopts_rules");
    assert_eq!(by_county(&adopt_scheme(&next)), Ok(1));
    let calendar = RulesCommand::AdoptCalendar(AdoptCalendar {
        covered_from: day("2027-01-01"),
        covered_until: day("2027-12-31"),
        source: Text::parse("国务院办公厅通知").unwrap(),
        text: RulesText::parse(OF_2027).unwrap(),
        adopted_on: day("2026-06-01"),
        adopted_by: Name::parse("采用机关").unwrap(),
        document_number: Text::parse("2号").unwrap(),
        corrects: None,
    });
    let places = RulesCommand::AdoptPlaces(AdoptPlaces {
        edition: Name::parse("2027").unwrap(),
        text: RulesText::parse("code,name,last_day\n321005,新区,\n").unwrap(),
        adopted_on: day("2026-06-01"),
        adopted_by: Name::parse("采用机关").unwrap(),
        document_number: Text::parse("2号").unwrap(),
        corrects: None,
    });
    let everywhere = adopt_scheme(&city("yangzhou-2026.2", "2026-09-01"));
    for command in [&calendar, &places, &everywhere] {
        assert_eq!(by_county(command).unwrap_err().reason(), "DUTY_MISSING");
    }
    // Nor where the city gave it the duty: in its own area.
    let health = "[bureaus.321003-health]\nname = \"邗江区卫生健康委员会\"\nareas = [\"321003\"]\n";
    let given = city("yangzhou-2026.2", "2026-06-11").replace(health, &format!("{health}adopts_rules = true\n"));
    assert_eq!(book.adopt(&adopt_scheme(&given)), Ok(1));
    let everywhere = adopt_scheme(&city("yangzhou-2026.3", "2026-09-01"));
    for command in [&calendar, &places, &everywhere] {
        let refused = book.by("321003-health", "2026-06-15", command).unwrap_err();
        assert_eq!(refused.reason(), "NOT_COMPETENT_FOR_PLACE");
        assert_eq!(book.by(CITY, "2026-06-15", command), Ok(1));
    }
}
