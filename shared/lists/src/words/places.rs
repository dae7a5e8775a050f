//! Places as people call them beside the table of divisions: places that are no more (`data/tables/retired_places.csv`), zones and their streets
//! (`data/tables/yangzhou_admin_zones.csv`, `data/words/zones.csv`), the peoples in names of autonomous places (`data/words/peoples.csv`), words for a level instead of a place (`data/words/levels.csv`), and how names of
//! places and bodies end (`data/words/endings.csv`).

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::fold;

const DIVISIONS: &str = include_str!("../../../../data/tables/divisions_above_street.csv");
const RETIRED: &str = include_str!("../../../../data/tables/retired_places.csv");
const ZONE_STREETS: &str = include_str!("../../../../data/tables/yangzhou_admin_zones.csv");
const ZONE_FORMS: &str = include_str!("../../../../data/words/zones.csv");
const LEVELS: &str = include_str!("../../../../data/words/levels.csv");
const PEOPLES: &str = include_str!("../../../../data/words/peoples.csv");
const ENDINGS: &str = include_str!("../../../../data/words/endings.csv");

/// A county that is no more, or is called otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The city it lay in by its name then; empty where it lay in none.
    pub city: String,
    /// The year it ended in.
    pub until: i32,
    /// The counties of today that it went into, by their codes.
    pub became: Vec<String>,
}

/// Names of cities that group counties in the table of divisions and are no places.
const GROUPS: &[&str] = &["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"];
/// How names of places end, the longest first; without its ending a name of two characters or more is one all the same.
const LEVEL_ENDINGS: &[&str] = &[
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "省",
    "市",
    "区",
    "县",
    "旗",
    "盟",
];

/// What counties and the places above them are called, by the county's code.
static CALLED: LazyLock<HashMap<&'static str, Vec<String>>> = LazyLock::new(|| {
    let rows = || DIVISIONS.lines().skip(1).filter_map(|line| line.split_once(','));
    let names: HashMap<&str, &str> = rows().collect();
    let mut called: HashMap<&str, Vec<String>> = HashMap::new();
    for (code, _) in rows().filter(|(code, _)| code.len() == 6) {
        let above = [&code[..2], &code[..4], code];
        let own = above.iter().filter_map(|code| names.get(code)).filter(|name| !GROUPS.contains(name));
        let mut forms: Vec<String> = own.flat_map(|name| forms(&fold::key(name))).collect();
        let before = RETIRED_PLACES.iter().filter(|place| place.became.iter().any(|now| now == code));
        forms.extend(before.flat_map(|place| self::forms(&fold::key(&place.name))));
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        called.insert(code, forms);
    }
    called
});

/// A name of a place, and the same without its ending.
fn forms(name: &str) -> Vec<String> {
    let stem = LEVEL_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
    let shorter = stem.filter(|stem| stem.chars().count() >= 2).into_iter().chain(without_peoples(name));
    shorter.chain([name]).map(str::to_owned).collect()
}

/// What a county and the places above it are or were called, in full and without their endings, the longest first.
pub(crate) fn names_above(county: &str) -> &'static [String] {
    CALLED.get(county).map_or(&[], Vec::as_slice)
}

/// A zone that governs streets of counties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its name.
    pub name: String,
    /// Its own code, where it stands in the table of divisions.
    pub county: Option<String>,
    /// Its streets by their codes.
    pub streets: Vec<String>,
}

/// A level that stands where a place should: 市本级.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The province itself.
    Province,
    /// The city itself.
    City,
    /// The county itself.
    County,
    /// None of those that are named: 功能区, 其他.
    Other,
}

static RETIRED_PLACES: LazyLock<Vec<Retired>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| {
        Some(Retired {
            code: row.get(0)?.to_owned(),
            name: row.get(1)?.to_owned(),
            city: row.get(3)?.to_owned(),
            until: row.get(4)?.parse().ok()?,
            became: row.get(5)?.split(';').map(str::to_owned).collect(),
        })
    };
    super::rows(RETIRED).filter_map(row).collect()
});

static ZONES: LazyLock<Vec<Zone>> = LazyLock::new(|| {
    let mut zones: Vec<Zone> = Vec::new();
    for row in super::rows(ZONE_STREETS) {
        let [Some(name), Some(county), Some(street)] = [row.get(0), row.get(1), row.get(2)] else { continue };
        match zones.iter_mut().find(|zone| zone.name == name) {
            Some(zone) => zone.streets.push(street.to_owned()),
            None => zones.push(Zone {
                name: name.to_owned(),
                county: Some(county.to_owned()).filter(|county| !county.is_empty()),
                streets: vec![street.to_owned()],
            }),
        }
    }
    zones
});

/// What a zone is called, whether it is called so in its city alone, and which it is.
static FORMS: LazyLock<Vec<(String, bool, usize)>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| {
        let zone = ZONES.iter().position(|zone| Some(zone.name.as_str()) == row.get(1))?;
        Some((without_dashes(&fold::key(row.get(0)?)), row.get(2)? == "city", zone))
    };
    let mut forms: Vec<_> = super::rows(ZONE_FORMS).filter_map(row).collect();
    forms.sort_by_key(|(form, ..)| std::cmp::Reverse(form.len()));
    forms
});

static LEVEL_WORDS: LazyLock<HashMap<String, Level>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| {
        let level = match row.get(1)? {
            "province" => Level::Province,
            "city" => Level::City,
            "county" => Level::County,
            "other" => Level::Other,
            _ => return None,
        };
        Some((fold::key(row.get(0)?), level))
    };
    super::rows(LEVELS).filter_map(row).collect()
});

/// How names end, by what they are of.
static NAME_ENDINGS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    super::rows(ENDINGS).filter_map(|row| Some((row.get(0)?.to_owned(), row.get(1)?.to_owned()))).collect()
});

static NAMES_OF_PEOPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut names: Vec<String> = super::rows(PEOPLES).filter_map(|row| Some(row.get(0)?.to_owned())).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
});

/// An autonomous place's name without its ending and the peoples in it: 延边 of 延边朝鲜族自治州.
pub(crate) fn without_peoples(name: &str) -> Option<&str> {
    let mut stem = ["自治州", "自治县", "自治旗"].iter().find_map(|ending| name.strip_suffix(ending))?;
    while let Some(rest) = NAMES_OF_PEOPLES.iter().find_map(|people| stem.strip_suffix(people.as_str())) {
        stem = rest;
    }
    (stem.chars().count() >= 2).then_some(stem)
}

fn ends_as(text: &str, of: &[&str]) -> bool {
    let called = |ending: &str| text.strip_suffix(ending).is_some_and(|stem| !stem.is_empty());
    NAME_ENDINGS.iter().any(|(ending, kind)| of.contains(&kind.as_str()) && called(ending))
}

/// Whether a text ends as the names of streets and towns do.
pub(crate) fn is_street(text: &str) -> bool {
    ends_as(text, &["street"])
}

/// Whether a text ends as the names of places below a county do: streets, communities, parks.
pub(crate) fn is_below_county(text: &str) -> bool {
    ends_as(text, &["street", "place"])
}

/// Whether a text ends as the names of places do, counties and cities among them.
pub(crate) fn is_place(text: &str) -> bool {
    ends_as(text, &["street", "place", "county"])
}

/// Whether a text ends as the names of bodies do.
pub(crate) fn is_body(text: &str) -> bool {
    ends_as(text.trim(), &["body"])
}

/// A folded text without the dashes that one writer sets and another does not: 蜀冈-瘦西湖.
pub(crate) fn without_dashes(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '-' | '–' | '—' | '―' | '·' | '‐')).collect()
}

/// Every county that is no more.
pub fn retired() -> &'static [Retired] {
    &RETIRED_PLACES
}

/// The zone whose name a folded text without dashes begins with, whether it is called so in its city alone, and what follows.
pub(crate) fn zone(key: &str) -> Option<(&'static Zone, bool, &str)> {
    FORMS
        .iter()
        .find_map(|(form, city_alone, zone)| Some((ZONES.get(*zone)?, *city_alone, key.strip_prefix(form.as_str())?)))
}

/// The level that a folded text names.
pub(crate) fn level(key: &str) -> Option<Level> {
    LEVEL_WORDS.get(key).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::carried_divisions;

    #[test]
    fn places_that_are_no_more_went_into_places_of_the_table() {
        let table = carried_divisions();
        assert_eq!(RETIRED_PLACES.len() + 1, RETIRED.lines().count());
        for place in retired() {
            assert!(!place.became.is_empty(), "{place:?}");
            assert!(place.became.iter().all(|code| table.name(code).is_some()), "{place:?}");
            assert!(
                table.name(&place.code) != Some(&place.name) || place.became != [place.code.clone()],
                "{place:?} is in the table"
            );
        }
        let became = |name: &str, city: &str| {
            let found = retired().iter().find(|place| place.name == name && place.city == city).unwrap();
            (found.until, found.became.clone())
        };
        assert_eq!(became("江都市", "扬州市"), (2011, vec!["321012".to_owned()]));
        assert_eq!(became("维扬区", "扬州市"), (2011, vec!["321003".to_owned()]));
        assert_eq!(became("铜山县", "徐州市"), (2010, vec!["320312".to_owned()]));
        assert_eq!(became("九里区", "徐州市").1.len(), 3);
    }

    #[test]
    fn tables_are_whole() {
        for table in [ZONE_FORMS, LEVELS, ENDINGS, PEOPLES] {
            let rows: Vec<_> = csv::Reader::from_reader(table.as_bytes()).records().map(Result::unwrap).collect();
            assert!(rows.iter().all(|row| row.iter().all(|cell| !cell.is_empty())), "{rows:?}");
        }
        assert_eq!((ZONES.len(), FORMS.len() + 1), (3, ZONE_FORMS.lines().count()));
        assert_eq!(LEVEL_WORDS.len() + 1, LEVELS.lines().count());
        for (name, stem) in [
            ("延边朝鲜族自治州", Some("延边")),
            ("黔东南苗族侗族自治州", Some("黔东南")),
            ("巴音郭楞蒙古自治州", Some("巴音郭楞")),
            ("景宁畲族自治县", Some("景宁")),
            ("隆林各族自治县", Some("隆林")),
            ("邗江区", None),
        ] {
            assert_eq!(without_peoples(name), stem, "{name}");
        }
        // Every autonomous place of the table but one has a name without its peoples.
        let table = carried_divisions();
        let of_peoples = |name: &str| name.ends_with("自治州") || name.ends_with("自治县") && name != "东乡族自治县";
        let of_peoples = table.rows().filter(|(_, name)| of_peoples(name));
        assert!(
            of_peoples
                .map(|(_, name)| without_peoples(name))
                .all(|stem| stem.is_some_and(|stem| !stem.ends_with('族')))
        );
        assert!(NAME_ENDINGS.iter().all(|(_, of)| ["street", "place", "county", "body"].contains(&of.as_str())));
        assert!(
            is_street("天平街道") && !is_street("街道") && is_below_county("何桥村") && is_body("四平市铁西区教育局")
        );
    }
}
