//! The rules the program carries, so that it runs without any file. A registry that begins without others adopts these.

use domain::{Calendar, Day, DivisionTable, Name, Reason, RulesText};

use crate::error::ReferenceError;
use crate::places::HEADER;

/// The scheme the program carries: an example for Yangzhou.
pub const YANGZHOU_SCHEME: &str = include_str!("../../../data/schemes/yangzhou.toml");
/// Statutory holidays and make-up workdays, 2004 to 2026.
pub const STATUTORY_DAYS: &str = include_str!("../../../data/tables/statutory_days.csv");
/// The first day that table speaks of.
pub const STATUTORY_DAYS_FROM: &str = "2004-01-01";
/// The last day that table speaks of. The State Council's notice of 2027 was not found in public material when it was made.
pub const STATUTORY_DAYS_UNTIL: &str = "2026-12-31";
/// Where that table is from.
pub const STATUTORY_DAYS_SOURCE: &str = "国务院办公厅历年关于部分节假日安排的通知(经 PyPI chinesecalendar 1.11.0 整理)";
/// Where and when the carried table of places was published.
pub const PLACES_EDITION: &str = "统计用区划代码 2023 (cut-off 2023-06-30)";

const DIVISIONS_ABOVE_STREET: &str = include_str!("../../../data/tables/divisions_above_street.csv");
const STREETS: &str = include_str!("../../../data/tables/yangzhou_streets.csv");
const COMMUNITIES: &str = include_str!("../../../data/tables/yangzhou_villages.csv");

/// The carried table of days, with what it covers and where it is from.
#[derive(Debug)]
pub struct CarriedDays {
    /// The first day it speaks of.
    pub from: Day,
    /// The last.
    pub until: Day,
    /// Where it is from.
    pub source: Reason,
}

fn carried<T>(place: &str, value: Result<T, domain::Invalid>) -> Result<T, ReferenceError> {
    value.map_err(|invalid| ReferenceError::Value { place: place.to_owned(), invalid })
}

/// What the carried table of days covers.
pub fn days() -> Result<CarriedDays, ReferenceError> {
    Ok(CarriedDays {
        from: carried("from", Day::parse(STATUTORY_DAYS_FROM))?,
        until: carried("until", Day::parse(STATUTORY_DAYS_UNTIL))?,
        source: carried("source", Reason::parse(STATUTORY_DAYS_SOURCE))?,
    })
}

/// The carried working days.
pub fn calendar() -> Result<Calendar, ReferenceError> {
    let days = days()?;
    crate::calendar::calendar(STATUTORY_DAYS, days.from, days.until)
}

fn rows() -> impl Iterator<Item = (String, String)> {
    let above = DIVISIONS_ABOVE_STREET.lines().skip(1).filter_map(|line| {
        let (code, name) = line.split_once(',')?;
        Some((code.to_owned(), name.split(',').next().unwrap_or(name).to_owned()))
    });
    let streets = STREETS.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.splitn(4, ',').collect();
        Some(((*fields.first()?).to_owned(), (*fields.get(2)?).to_owned()))
    });
    let communities = COMMUNITIES.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.splitn(3, ',').collect();
        Some(((*fields.first()?).to_owned(), (*fields.get(1)?).to_owned()))
    });
    above.chain(streets).chain(communities)
}

/// The divisions the program carries: the country's to the county, Yangzhou's to the community.
pub fn divisions() -> DivisionTable {
    DivisionTable::new(PLACES_EDITION, rows())
}

/// The same as a file, as a registry adopts it.
pub fn places() -> Result<(Name, RulesText), ReferenceError> {
    let lines = rows().map(|(code, name)| format!("{code},{name},\n"));
    let text: String = std::iter::once(format!("{HEADER}\n")).chain(lines).collect();
    Ok((carried("edition", Name::parse(PLACES_EDITION))?, carried("places", RulesText::parse(&text))?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Division;

    #[test]
    fn the_carried_tables_are_whole() {
        let calendar = calendar().unwrap();
        assert!(!calendar.is_working_day(Day::parse("2025-10-01").unwrap()));
        let divisions = divisions();
        for code in ["321002001001", "321071", "330326", "321003005"] {
            assert!(divisions.knows(&Division::parse(code).unwrap()), "{code}");
        }
        assert_eq!(divisions.name("321003"), Some("邗江区"));
    }

    #[test]
    fn the_carried_places_are_the_same_as_a_file() {
        let (edition, text) = places().unwrap();
        assert_eq!(crate::places::places(&edition, text.as_str()).unwrap(), divisions());
    }

    /// The zones of the carried scheme are those of the table.
    #[test]
    fn zones_are_those_of_the_table() {
        let table = include_str!("../../../data/tables/yangzhou_admin_zones.csv");
        let scheme = crate::scheme(YANGZHOU_SCHEME).unwrap().scheme;
        let mut seen = 0;
        for line in table.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let zone = scheme.zone_of(&Division::parse(fields[2]).unwrap()).unwrap();
            assert_eq!(scheme.zones[zone].name.as_str(), fields[0], "{line}");
            seen += 1;
        }
        assert_eq!(seen, 11);
    }
}
