//! The table of divisions turned to be asked by name: full names, the names people shorten them to, and those that are no more.

use std::collections::HashMap;

use domain::DivisionTable;

use crate::fold;
use crate::words::places::{Retired, retired};

/// Names of cities that group counties in the code table and are no places.
pub(super) const GROUPS: &[&str] = &["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"];

/// Longest name of a place with its ending, in characters.
const NAME_CHARS_MAX: usize = 15;

/// How a text names a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum How {
    /// By its full name.
    Full,
    /// By its name without its ending.
    Short,
    /// By a name it had, or that of a place it took in.
    Retired,
}

/// A place that a text may begin with.
#[derive(Debug, Clone)]
pub(super) struct Path<'a> {
    /// The code: of 2, 4 or 6 digits.
    pub(super) area: &'a str,
    /// How the last of its names was written.
    pub(super) how: How,
    /// Whether a place above it was named before it.
    pub(super) above: bool,
    /// Where in the text it ends, in bytes.
    pub(super) end: usize,
    /// The place that is no more, where the text names one.
    pub(super) retired: Option<&'static Retired>,
}

impl<'a> Path<'a> {
    fn root() -> Path<'a> {
        Path { area: "", how: How::Full, above: false, end: 0, retired: None }
    }
}

/// A name of a county.
#[derive(Debug, Clone, Copy)]
struct Named<'a> {
    code: &'a str,
    how: How,
    retired: Option<&'static Retired>,
}

/// Places by name.
pub(super) struct Index<'a> {
    provinces: HashMap<String, Vec<&'a str>>,
    cities: HashMap<String, Vec<&'a str>>,
    counties: HashMap<String, Vec<Named<'a>>>,
    /// Cities that stand in the table as one county.
    alone: HashMap<&'a str, &'a str>,
}

impl<'a> Index<'a> {
    pub(super) fn new(table: &'a DivisionTable) -> Self {
        let mut index =
            Self { provinces: HashMap::new(), cities: HashMap::new(), counties: HashMap::new(), alone: HashMap::new() };
        let mut current: HashMap<&str, &'a str> = HashMap::new();
        for (code, name) in table.rows() {
            let key = fold::key(name);
            match code.len() {
                2 | 4 if GROUPS.contains(&name) => {}
                2 => index.add_above(true, &key, code),
                4 => index.add_above(false, &key, code),
                6 => {
                    current.insert(code, code);
                    if &code[4..] == "00" {
                        index.alone.insert(&code[..4], code);
                        continue;
                    }
                    if let Some(short) = short_county(&key) {
                        let named = Named { code, how: How::Short, retired: None };
                        index.counties.entry(short.to_owned()).or_default().push(named);
                    }
                    index.counties.entry(key).or_default().push(Named { code, how: How::Full, retired: None });
                }
                _ => {}
            }
        }
        for place in retired() {
            for code in place.became.iter().filter_map(|code| current.get(code.as_str())) {
                let named = Named { code, how: How::Retired, retired: Some(place) };
                let (name, city) = (fold::key(&place.name), fold::key(&place.city));
                let with_city = [format!("{city}{name}"), format!("{}{name}", short(&city))];
                // 丽水市 was a county, and is a city: that is meant, unless a city stands before it.
                let bare = Some(name).filter(|name| !index.cities.contains_key(name));
                for form in with_city.into_iter().filter(|_| !city.is_empty()).chain(bare) {
                    index.counties.entry(form).or_default().push(named);
                }
            }
        }
        index
    }

    fn add_above(&mut self, province: bool, key: &str, code: &'a str) {
        let names = if province { &mut self.provinces } else { &mut self.cities };
        let short = short(key);
        if short != key {
            names.entry(short.to_owned()).or_default().push(code);
        }
        names.entry(key.to_owned()).or_default().push(code);
    }

    /// The one county of a city that stands in the table as one.
    pub(super) fn alone(&self, city: &str) -> Option<&'a str> {
        self.alone.get(city).copied()
    }

    /// Every place that a folded text begins with, with or without the places above it.
    pub(super) fn paths(&self, key: &str) -> Vec<Path<'a>> {
        let mut above = vec![Path::root()];
        for (end, code) in places_at(&self.provinces, key, 0) {
            let mut end = after_separators(key, end);
            // 北京市北京市东城区, 北京市市辖区东城区, 重庆市县奉节县.
            for (again, other) in places_at(&self.provinces, key, end) {
                if other == code {
                    end = after_separators(key, again);
                }
            }
            above.push(Path { area: code, above: true, end, ..Path::root() });
            for group in GROUPS {
                if key[end..].starts_with(group) && key[end..].len() > group.len() {
                    let end = after_separators(key, end + group.len());
                    above.push(Path { area: code, above: true, end, ..Path::root() });
                }
            }
        }
        for at in 0..above.len() {
            let from = above[at].clone();
            for (end, code) in places_at(&self.cities, key, from.end) {
                if code.starts_with(from.area) {
                    let end = after_separators(key, end);
                    above.push(Path { area: code, above: true, end, ..Path::root() });
                    if let Some(end) = key[end..].strip_prefix("市辖区").map(|rest| key.len() - rest.len()) {
                        above.push(Path { area: code, above: true, end, ..Path::root() });
                    }
                }
            }
        }
        let mut paths: Vec<Path<'a>> = Vec::new();
        for from in &above {
            if let Some(code) = self.alone(from.area) {
                paths.push(Path { area: code, above: true, end: from.end, ..Path::root() });
            }
            for (end, named) in counties_at(&self.counties, key, from.end) {
                let lies_in = named.code.starts_with(from.area)
                    || named.retired.is_some_and(|retired| retired.code.starts_with(from.area));
                if lies_in {
                    let Named { code, how, retired } = named;
                    // A former name with its city's before it names what lies above it.
                    let above = from.above
                        || retired.is_some_and(|place| key[from.end..end].chars().count() > place.name.chars().count());
                    paths.push(Path { area: code, how, above, end: after_separators(key, end), retired });
                }
            }
        }
        paths.extend(above.into_iter().filter(|path| !path.area.is_empty()));
        paths
    }
}

/// A province's or city's name as people shorten it. A name that would leave one character keeps its ending.
pub(super) fn short(name: &str) -> &str {
    for ending in ["维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "地区", "省", "市"] {
        if let Some(stem) = name.strip_suffix(ending).filter(|stem| stem.chars().count() >= 2) {
            return stem;
        }
    }
    name
}

/// A county's name as people shorten it: 邗江.
fn short_county(name: &str) -> Option<&str> {
    ["自治县", "自治旗", "区", "县", "市", "旗"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .filter(|stem| stem.chars().count() >= 2)
}

/// Past what people set between a place and the next: 江苏省-扬州市/邗江区.
pub(super) fn after_separators(key: &str, at: usize) -> usize {
    let rest = key[at..].trim_start_matches(['-', '/', '>', '·', '.', '|', '_', '\\', '–', '—']);
    key.len() - rest.len()
}

/// The ends of the beginnings of what stands from `at` on that are as long as a name may be.
fn ends(key: &str, at: usize) -> impl Iterator<Item = usize> {
    let rest = &key[at..];
    rest.char_indices().map(move |(i, c)| at + i + c.len_utf8()).take(NAME_CHARS_MAX)
}

/// Whether a name that ends here is one: 江阴市场路 does not name 江阴市.
fn ends_well(key: &str, end: usize) -> bool {
    let (name, rest) = key.split_at(end);
    let broken = |ending: char, next: &[char]| name.ends_with(ending) && rest.starts_with(next);
    !(broken('市', &['场']) || broken('区', &['域', '间', '块']) || broken('县', &['城', '道']))
}

fn places_at<'a, 'k>(
    names: &'k HashMap<String, Vec<&'a str>>,
    key: &'k str,
    at: usize,
) -> impl Iterator<Item = (usize, &'a str)> + 'k {
    let found = ends(key, at)
        .filter(|end| ends_well(key, *end))
        .flat_map(move |end| names.get(&key[at..end]).into_iter().flatten().map(move |code| (end, *code)));
    // 东莞 in 东莞市南城街道 is not the short name.
    found.filter(move |(end, code)| {
        let full = key[*end..].chars().next().map_or(*end, |c| end + c.len_utf8());
        full == *end || !names.get(&key[at..full]).is_some_and(|codes| codes.contains(code))
    })
}

fn counties_at<'a, 'k>(
    names: &'k HashMap<String, Vec<Named<'a>>>,
    key: &'k str,
    at: usize,
) -> impl Iterator<Item = (usize, Named<'a>)> + 'k {
    ends(key, at)
        .filter(|end| ends_well(key, *end))
        .flat_map(move |end| names.get(&key[at..end]).into_iter().flatten().map(move |named| (end, *named)))
}

/// Whether a name says nothing of where it is: 西区, 城区, 矿区 are in many cities, whatever the table lists.
pub(super) fn is_generic(key: &str) -> bool {
    key.chars().count() <= 2 && key.ends_with('区')
}
