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
    let text = RulesText::parse("date,kind,festival\n2027-01-01,holiday,元旦\n").unwrap();
    let adopt = RulesCommand::AdoptCalendar(AdoptCalendar {
        covered_from: day("2027-01-01"),
        covered_until: day("2027-06-30"),
        source: Reason::parse("国务院办公厅").unwrap(),
        text,
        adopted_on: day("2026-06-01"),
        adopted_by: Name::parse("制定机关").unwrap(),
        document_number: Text::parse("1号").unwrap(),
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
        })
    };
    let new_year = "date,kind,festival\n2027-01-01,holiday,New Year\n";
    assert_eq!(book.adopt(&calendar("2027-12-31", new_year)), Ok(1));
    assert_eq!(book.adopt(&calendar("2027-12-31", new_year)), Ok(0));
    assert_eq!(book.editions.calendar().covered_from(day("2026-12-01")), Some(day("2027-12-31")));
    let rejected = book.adopt(&calendar("2027-12-31", "date,kind,festival\n2026-12-31,holiday,x\n")).unwrap_err();
    assert!(rejected.en().starts_with("line 2"), "{}", rejected.en());
    let places = RulesCommand::AdoptPlaces(AdoptPlaces {
        edition: Name::parse("2027").unwrap(),
        text: RulesText::parse("code,name,last_day\n321004,新区,\n321011,维扬区,2011-11-12\n").unwrap(),
        adopted_on: day("2026-06-01"),
        adopted_by: Name::parse("采用机关").unwrap(),
        document_number: Text::parse("2号").unwrap(),
    });
    assert_eq!(book.adopt(&places), Ok(1));
    let table = book.editions.divisions();
    assert!(table.knows(&place("321004")) && table.knows(&place("321003005007")));
    assert_eq!((table.edition(), table.last_day(&place("321011"))), ("2027", Some(day("2011-11-12"))));
    assert_eq!(book.editions.adopted().len(), 5);
}
