//! Tables and schemes: read from files into the domain's types. The program carries one set, so that it runs without any file.

mod checks;
mod error;
mod tables;

use std::collections::BTreeMap;

use domain::{
    Area, Bureau, BureauId, Calendar, CategoryCode, CategoryRules, Day, DayCount, DayKind, DivisionPrefix,
    DivisionTable, Ground, GroundCode, Invalid, Name, Scheme, Text, ZoneCode,
};
use serde::Deserialize;

pub use error::ReferenceError;
pub use tables::SchemeTables;

/// The scheme the program carries.
pub const YANGZHOU_SCHEME: &str = include_str!("../../../data/schemes/yangzhou.toml");
/// Statutory holidays and make-up workdays, 2004 to 2026.
pub const STATUTORY_DAYS: &str = include_str!("../../../data/tables/statutory_days.csv");

const DIVISIONS_ABOVE_STREET: &str = include_str!("../../../data/tables/divisions_above_street.csv");
const STREETS: &str = include_str!("../../../data/tables/yangzhou_streets.csv");
const COMMUNITIES: &str = include_str!("../../../data/tables/yangzhou_villages.csv");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemeFile {
    version: String,
    in_force_from: String,
    plaque_return_days: u32,
    repair_months: RepairFile,
    defaults: RulesFile,
    #[serde(default)]
    zones: BTreeMap<String, String>,
    grounds: BTreeMap<String, GroundFile>,
    categories: BTreeMap<String, CategoryFile>,
    bureaus: BTreeMap<String, BureauFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepairFile {
    general: u32,
    serious: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    notice_days: u32,
    notice_count: CountFile,
    notice_age_days: u32,
    validity_months: u32,
    suspension: bool,
    renewal_window_days: u32,
    rectification_days: u32,
    revocation_needs_notice: bool,
    hearing_days: u32,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum CountFile {
    Working,
    Calendar,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryFile {
    name: String,
    #[serde(default)]
    statistical_classes: Vec<String>,
    notice_days: Option<u32>,
    notice_count: Option<CountFile>,
    notice_age_days: Option<u32>,
    validity_months: Option<u32>,
    suspension: Option<bool>,
    renewal_window_days: Option<u32>,
    rectification_days: Option<u32>,
    revocation_needs_notice: Option<bool>,
    hearing_days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroundFile {
    name: String,
    bar_months: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BureauFile {
    name: String,
    areas: Vec<String>,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    back_enters: bool,
    #[serde(default)]
    bars_operators: bool,
    #[serde(default)]
    keeps_pledges: bool,
}

fn value<T>(place: impl Into<String>, value: Result<T, Invalid>) -> Result<T, ReferenceError> {
    value.map_err(|invalid| ReferenceError::Value { place: place.into(), invalid })
}

/// Reads a scheme file (TOML); `data/schemes/yangzhou.toml` shows every key.
pub fn scheme(text: &str) -> Result<SchemeTables, ReferenceError> {
    let file: SchemeFile = toml::from_str(text)?;
    let mut categories = BTreeMap::new();
    let mut statistical_classes = BTreeMap::new();
    for (code, category) in file.categories {
        let place = format!("categories.{code}");
        let code = value(&place, CategoryCode::parse(&code))?;
        statistical_classes.insert(code.clone(), category.statistical_classes.clone());
        categories.insert(code, category_rules(&place, &category, &file.defaults)?);
    }
    let mut bureaus = BTreeMap::new();
    for (id, bureau) in file.bureaus {
        let place = format!("bureaus.{id}");
        bureaus.insert(value(&place, BureauId::parse(&id))?, bureau_of(&place, &bureau)?);
    }
    let mut grounds = BTreeMap::new();
    for (code, ground) in file.grounds {
        let place = format!("grounds.{code}");
        let name = value(&place, Name::parse(&ground.name))?;
        grounds.insert(value(&place, GroundCode::parse(&code))?, Ground { name, bar_months: ground.bar_months });
    }
    let mut zones = BTreeMap::new();
    for (code, name) in file.zones {
        let place = format!("zones.{code}");
        zones.insert(value(&place, ZoneCode::parse(&code))?, value(&place, Name::parse(&name))?);
    }
    let scheme = Scheme {
        version: value("version", Text::parse(&file.version))?,
        in_force_from: value("in_force_from", Day::parse(&file.in_force_from))?,
        categories,
        bureaus,
        grounds,
        zones,
        plaque_return_days: file.plaque_return_days,
        repair_months: (file.repair_months.general, file.repair_months.serious),
    };
    let tables = SchemeTables { scheme, statistical_classes };
    checks::whole(&tables)?;
    Ok(tables)
}

fn category_rules(place: &str, own: &CategoryFile, defaults: &RulesFile) -> Result<CategoryRules, ReferenceError> {
    Ok(CategoryRules {
        name: value(place, Name::parse(&own.name))?,
        notice_days: own.notice_days.unwrap_or(defaults.notice_days),
        notice_count: match own.notice_count.unwrap_or(defaults.notice_count) {
            CountFile::Working => DayCount::Working,
            CountFile::Calendar => DayCount::Calendar,
        },
        notice_age_days: own.notice_age_days.unwrap_or(defaults.notice_age_days),
        validity_months: own.validity_months.unwrap_or(defaults.validity_months),
        suspension: own.suspension.unwrap_or(defaults.suspension),
        renewal_window_days: own.renewal_window_days.unwrap_or(defaults.renewal_window_days),
        rectification_days: own.rectification_days.unwrap_or(defaults.rectification_days),
        revocation_needs_notice: own.revocation_needs_notice.unwrap_or(defaults.revocation_needs_notice),
        hearing_days: own.hearing_days.unwrap_or(defaults.hearing_days),
    })
}

fn bureau_of(place: &str, file: &BureauFile) -> Result<Bureau, ReferenceError> {
    let area = |text: &String| match (text.as_str(), text.strip_prefix("zone:")) {
        ("*", _) => Ok(Area::Everywhere),
        (_, Some(zone)) => value(place, ZoneCode::parse(zone)).map(Area::Zone),
        (digits, None) => value(place, DivisionPrefix::parse(digits)).map(Area::Division),
    };
    Ok(Bureau {
        name: value(place, Name::parse(&file.name))?,
        areas: file.areas.iter().map(area).collect::<Result<_, _>>()?,
        categories: file.categories.iter().map(|c| value(place, CategoryCode::parse(c))).collect::<Result<_, _>>()?,
        back_enters: file.back_enters,
        keeps_pledges: file.keeps_pledges,
        bars_operators: file.bars_operators,
    })
}

/// Reads a table of statutory days: `date,kind,festival`, kind `holiday` or `make-up workday`.
pub fn calendar(text: &str) -> Result<Calendar, ReferenceError> {
    let mut days = Vec::new();
    for (index, line) in text.lines().enumerate().skip(1) {
        let line_number = index + 1;
        let mut fields = line.split(',');
        let day = Day::parse(fields.next().unwrap_or_default())
            .map_err(|_| ReferenceError::Line { line: line_number, why: "the first column is no day" })?;
        let kind = match fields.next() {
            Some("holiday") => DayKind::Holiday,
            Some("make-up workday") => DayKind::MakeUpWorkday,
            _ => return Err(ReferenceError::Line { line: line_number, why: "the kind is no kind of day" }),
        };
        days.push((day, kind));
    }
    Ok(Calendar::new(days))
}

/// The divisions the program carries: the country's to the county, Yangzhou's to the community.
pub fn divisions() -> DivisionTable {
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
    DivisionTable::new("统计用区划代码 2023 (cut-off 2023-06-30)", above.chain(streets).chain(communities))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Division;

    #[test]
    fn the_carried_scheme_and_tables_are_whole() {
        let tables = scheme(YANGZHOU_SCHEME).unwrap();
        assert_eq!(tables.scheme.categories.len(), 15);
        let calendar = calendar(STATUTORY_DAYS).unwrap();
        assert!(!calendar.is_working_day(Day::parse("2025-10-01").unwrap()));
        let divisions = divisions();
        for code in ["321002001001", "321071", "330326", "321003005"] {
            assert!(divisions.knows(&Division::parse(code).unwrap()), "{code}");
        }
        assert_eq!(divisions.name("321003"), Some("邗江区"));
    }

    #[test]
    fn a_scheme_says_where_it_is_wrong() {
        let wrong = YANGZHOU_SCHEME.replace("in_force_from = \"2022-12-01\"", "in_force_from = \"2022-13-01\"");
        assert!(scheme(&wrong).unwrap_err().to_string().starts_with("in_force_from: FORMAT"));
        assert!(matches!(scheme("version = 1"), Err(ReferenceError::Toml(_))));
    }
}
