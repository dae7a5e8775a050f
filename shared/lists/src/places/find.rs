//! From a text to a place: by code, by path, by the list's own city, by what a place was called before.

use domain::Division;

use super::below;
use super::found::{Found, Place, short_code};
use super::index::{How, Path, is_generic};
use super::scope::Scope;
use super::tables::Places;
use crate::reading::Fault;
use crate::words::places::{self as words, Zone};
use crate::{fold, rule};

/// No place's name with its city and province is longer; a text that is cannot be one.
const PLACE_CHARS_MAX: usize = 60;
/// Lists of certified providers are about as old as this: a place that was gone by then is named by none.
const LISTS_SINCE: i32 = 2010;

impl<'a> Places<'a> {
    /// The place a text names, within what the list says of itself.
    pub(crate) fn find(&self, text: &str, scope: &Scope) -> Result<Found, Fault> {
        let key = fold::key(text);
        if !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()) {
            return self.by_code(&key);
        }
        if key.chars().count() > PLACE_CHARS_MAX {
            return Err(unknown("", text, &[]));
        }
        Ok(self.by_name(&key, scope))
    }

    fn by_code(&self, digits: &str) -> Result<Found, Fault> {
        let coarse = matches!(digits.len(), 2 | 4)
            || (matches!(digits.len(), 6 | 9 | 12) && digits[4..].bytes().all(|b| b == b'0'));
        let area = digits.get(..4).filter(|city| !city.ends_with("00")).or(digits.get(..2)).unwrap_or_default();
        if coarse && self.index.alone(area).is_none() && self.table.name(&area[..2.min(area.len())]).is_some() {
            return Ok(Found::Above(area.to_owned()));
        }
        let division = Division::parse(digits).map_err(|invalid| Fault::invalid("", invalid, digits))?;
        let at = |division, because| Found::At(Place { division, street: None, explicit: true, because });
        if self.table.knows(&division) && self.table.last_day(&division).is_none() {
            return Ok(at(division, None));
        }
        let retired =
            words::retired().iter().filter(|place| place.code == division.county()).max_by_key(|place| place.until);
        match retired.map(|place| (place, place.became.as_slice())) {
            Some((place, [one])) => {
                let division = Division::parse(one).map_err(|invalid| Fault::invalid("", invalid, digits))?;
                let because = self.became(&place.name, &place.code, place.until, one);
                Ok(at(division, Some(because)))
            }
            Some((_, several)) => Ok(Found::Several(several.to_vec())),
            None => {
                let near = self.nearest_codes(division.county());
                Err(unknown("", digits, &near))
            }
        }
    }

    fn by_name(&self, key: &str, scope: &Scope) -> Found {
        if key.is_empty() {
            return Found::Unknown(Vec::new());
        }
        let paths = self.index.paths(key);
        if let Some(found) = self.zone(key, &paths, scope) {
            return found;
        }
        let mut candidates: Vec<(Path<'a>, below::Found)> = Vec::new();
        for path in paths.iter().filter(|path| path.area.len() == 6) {
            let rest = &key[path.end..];
            // A name without its ending is one only where nothing follows, or a street does: 朝阳市 is not 朝阳区.
            let street =
                || below::is_street(rest) && rest.chars().count() > 2 && !rest.starts_with(['市', '区', '县', '旗']);
            if path.how == How::Short && !(rest.is_empty() || street()) {
                continue;
            }
            if let Some(found) = self.below.find(path.area, rest) {
                candidates.push((path.clone(), found));
            }
        }
        self.choose(key, candidates, scope).unwrap_or_else(|| self.not_a_county(key, &paths, scope))
    }

    /// The candidate that the list means, or all that it could mean.
    fn choose(&self, key: &str, candidates: Vec<(Path<'a>, below::Found)>, scope: &Scope) -> Option<Found> {
        let strongest = |of: Vec<(Path<'a>, below::Found)>| -> Vec<(Path<'a>, below::Found)> {
            let rank = |path: &Path<'a>| (!path.above, path.how);
            let best = of.iter().map(|(path, _)| rank(path)).min();
            of.into_iter().filter(|(path, _)| Some(rank(path)) == best).collect()
        };
        let within = |area: &[&str]| -> Vec<(Path<'a>, below::Found)> {
            let inside = |code: &str| area.iter().any(|area| code.starts_with(area) || area.starts_with(code));
            candidates.iter().filter(|(path, _)| inside(path.area)).cloned().collect()
        };
        let strong: Vec<&str> = scope.areas().collect();
        let mut chosen = if strong.is_empty() { Vec::new() } else { strongest(within(&strong)) };
        let mut tied = !chosen.is_empty();
        if chosen.is_empty() {
            // A text that names its own city comes before what the list is about.
            chosen = strongest(candidates.iter().filter(|(path, _)| path.above).cloned().collect());
            tied = !chosen.is_empty();
        }
        // Where the list's own city has no county of the name, the text may be a street of a city without counties, or no place at all.
        let other = scope.county().is_some_and(|county| county.ends_with("00")) || words::level(key).is_some();
        if chosen.is_empty() && !strong.is_empty() && other {
            return None;
        }
        if chosen.is_empty() && strong.is_empty() {
            for area in scope.home() {
                chosen = strongest(within(&[area]));
                tied = !chosen.is_empty();
                if tied {
                    break;
                }
            }
        }
        if chosen.is_empty() {
            let lately = |path: &Path<'a>| path.retired.is_none_or(|place| place.until >= LISTS_SINCE);
            chosen = if candidates.iter().any(|(path, _)| path.how == How::Full) {
                // What was called so lately is not ruled out by what is called so today.
                candidates.iter().filter(|(path, _)| path.how != How::Short && lately(path)).cloned().collect()
            } else {
                strongest(candidates)
            };
        }
        let mut codes: Vec<String> = chosen.iter().map(|(_, found)| short_code(&found.division).to_owned()).collect();
        codes.sort_unstable();
        codes.dedup();
        let (path, found) = chosen.first()?;
        if codes.len() > 1 || (!tied && (is_generic(key) || !strong.is_empty())) {
            return Some(Found::Several(codes));
        }
        let because = match path.retired {
            Some(place) => Some(self.became(&place.name, &place.code, place.until, path.area)),
            None if tied && !path.above => Some(format!("「{key}」是{}", self.full_name(path.area))),
            None => None,
        };
        Some(Found::At(Place {
            division: found.division.clone(),
            street: found.text.clone(),
            explicit: path.above,
            because,
        }))
    }

    /// What a text is that names no county.
    fn not_a_county(&self, key: &str, paths: &[Path<'a>], scope: &Scope) -> Found {
        if let Some(level) = words::level(key) {
            return Found::Own(level, None);
        }
        if key.contains(['、', ',', '和', '及', ';']) {
            let several = self.mention(key).areas;
            if several.len() > 1 && several.iter().all(|area| area.len() == 6) {
                return Found::Several(several);
            }
        }
        // From the nearest place on: 扬州市蒋王街道 before 扬州市.
        let mut areas: Vec<&Path<'a>> = paths.iter().filter(|path| path.area.len() < 6).collect();
        areas.sort_by_key(|path| std::cmp::Reverse(path.end));
        for path in areas {
            let rest = below::bare(&key[path.end..]);
            if rest.is_empty() {
                return Found::Above(path.area.to_owned());
            }
            if let Some(level) = words::level(rest).or_else(|| words::level(&format!("市{rest}"))) {
                return Found::Own(level, Some(path.area.to_owned()));
            }
            if below::is_place(rest)
                && let Some(found) = self.street_of(path.area, rest)
            {
                return found;
            }
        }
        if let Some(county) = scope.county()
            && let Some(below::Found { division, text }) = self.below.find(county, key)
            && (below::is_place(key) || county.ends_with("00") || division.street().is_some())
        {
            let because = Some(format!("「{key}」在名单的{}", self.full_name(county)));
            return Found::At(Place { division, street: text, explicit: false, because });
        }
        let areas: Vec<&str> = scope.areas().collect();
        let home: Vec<&str> = if areas.is_empty() { scope.home().collect() } else { Vec::new() };
        for area in areas.iter().chain(home.iter().filter(|area| area.len() >= 4)) {
            if below::is_place(key)
                && let Some(found) = self.street_of(area, key)
            {
                return found;
            }
        }
        if below::is_street(key) {
            return Found::Below(key.to_owned());
        }
        Found::Unknown(self.nearest(key, scope))
    }

    /// The street of this name in an area whose streets the table lists.
    fn street_of(&self, area: &str, text: &str) -> Option<Found> {
        match self.below.streets_named(area, text).as_slice() {
            [] => None,
            [one] => Some(Found::At(Place {
                division: one.division.clone(),
                street: one.text.clone(),
                explicit: false,
                because: Some(format!("区划表中「{text}」在{}", self.full_name(one.division.county()))),
            })),
            several => Some(Found::Several(
                several.iter().filter_map(|found| found.division.street()).map(str::to_owned).collect(),
            )),
        }
    }

    /// A zone, with the street behind it where one stands there.
    fn zone(&self, key: &str, paths: &[Path<'a>], scope: &Scope) -> Option<Found> {
        let ends = std::iter::once((0, "")).chain(paths.iter().map(|path| (path.end, path.area)));
        for (end, area) in ends {
            let rest = words::without_dashes(&key[end..]);
            let Some((zone, city_alone, behind)) = words::zone(&rest) else { continue };
            let city = zone.streets.first().and_then(|street| street.get(..4)).unwrap_or_default();
            let named = city.starts_with(area) || area.starts_with(city);
            let of_the_list = scope.areas().chain(scope.home()).any(|area| area.starts_with(city));
            let elsewhere = scope.areas().next().is_some()
                && !scope.areas().any(|area| area.starts_with(city) || city.starts_with(area));
            // 开发区 of a county of the city is that county's.
            let of_a_county = scope.areas().any(|area| area.len() >= 6 && Some(area) != zone.county.as_deref());
            if !named || (city_alone && (of_a_county || !(of_the_list || area.starts_with(city)))) || elsewhere {
                continue;
            }
            return Some(self.in_zone(zone, below::bare(behind)));
        }
        None
    }

    fn in_zone(&self, zone: &'static Zone, behind: &str) -> Found {
        let counties: Vec<&str> = zone.streets.iter().filter_map(|street| street.get(..6)).collect();
        let of_zone = |found: &below::Found| {
            found.division.street().is_some_and(|street| zone.streets.iter().any(|own| own == street))
        };
        let street = counties.iter().find_map(|county| self.below.find(county, behind).filter(of_zone));
        match (street, &zone.county) {
            (Some(below::Found { division, text }), _) => Found::At(Place {
                division,
                street: text,
                explicit: true,
                because: Some(format!("「{}」的街道", zone.name)),
            }),
            (None, Some(county)) => match self.below.find(county, behind) {
                Some(below::Found { division, text }) => {
                    Found::At(Place { division, street: text, explicit: true, because: None })
                }
                None => Found::Unknown(Vec::new()),
            },
            (None, None) => Found::InZone(zone),
        }
    }

    /// What a street or community says of a place whose county is known.
    pub(crate) fn below(&self, place: Place, text: &str) -> Place {
        let key = fold::key(text);
        if key.is_empty() {
            return place;
        }
        // A column of streets may repeat the county: 邗江区蒋王街道.
        let paths = self.index.paths(&key);
        let of_county = paths.iter().filter(|path| path.area == place.division.county());
        let rest = of_county.map(|path| path.end).max().map_or(key.as_str(), |end| &key[end..]);
        let county = place.division.county().to_owned();
        let within = place.division.street().unwrap_or(&county).to_owned();
        match self.below.find(&county, rest) {
            Some(found) if found.division.as_str().starts_with(within.as_str()) && found.text.is_none() => {
                Place { division: found.division, ..place }
            }
            Some(below::Found { division, text: Some(text) }) if division.as_str().starts_with(within.as_str()) => {
                Place { division, street: Some(joined(place.street.as_deref(), &text)), ..place }
            }
            // What the column holds is kept whatever it looks like: it is called a street by the list.
            _ => Place { street: Some(joined(place.street.as_deref(), text.trim())), ..place },
        }
    }

    /// The street of a zone that a text names: for a row whose county cell names the zone alone.
    pub(crate) fn street_in_zone(&self, zone: &'static Zone, text: &str) -> Option<Place> {
        match self.in_zone(zone, &fold::key(text)) {
            Found::At(place) => Some(place),
            _ => None,
        }
    }

    /// The street of a zone that an address names.
    pub(crate) fn street_of_zone_in(&self, zone: &Zone, address: &str) -> Option<Place> {
        let street = self.below.street_in_address(zone, address)?;
        let division = Division::parse(street).ok()?;
        Some(Place { division, street: None, explicit: true, because: None })
    }

    /// The county that an address or a name begins with, where it says which one unmistakably.
    pub(crate) fn begins_with(&self, text: &str, scope: &Scope) -> Option<Place> {
        let key = fold::key(text);
        let mut paths: Vec<Path<'a>> = self
            .index
            .paths(&key)
            .into_iter()
            .filter(|path| path.area.len() == 6 && path.how != How::Short && path.end < key.len())
            .collect();
        if paths.iter().any(|path| path.above) {
            paths.retain(|path| path.above);
        }
        // A city without counties is named by itself, and 市辖区 names no place.
        let longest = paths.iter().map(|path| path.end).max()?;
        paths.retain(|path| path.end == longest);
        if paths.iter().any(|path| path.how == How::Full) {
            paths.retain(|path| path.how == How::Full);
        }
        let within = |area: &str, path: &Path<'a>| path.area.starts_with(area);
        let above = paths.iter().any(|path| path.above);
        if !above {
            for areas in [scope.areas().collect::<Vec<_>>(), scope.home().collect()] {
                let inside =
                    |path: &&Path<'a>| areas.iter().any(|area| within(area, path) || area.starts_with(path.area));
                if paths.iter().any(|path| inside(&path)) {
                    paths.retain(|path| inside(&path));
                    break;
                }
            }
        }
        paths.dedup_by_key(|path| path.area);
        let [path] = paths.as_slice() else { return None };
        let name = &key[..path.end];
        if !above && is_generic(name) {
            return None;
        }
        let division = Division::parse(path.area).ok()?;
        Some(Place { division, street: None, explicit: above, because: None })
    }
}

/// What is written of a street, with more that is written of it.
fn joined(street: Option<&str>, more: &str) -> String {
    match street {
        Some(street) if street.contains(more) => street.to_owned(),
        Some(street) if !more.contains(street) => format!("{street}{more}"),
        Some(_) | None => more.to_owned(),
    }
}

/// The fault of a text that is no place.
pub(crate) fn unknown(column: &str, text: &str, nearest: &[String]) -> Fault {
    let text = fold::cut(text, 40);
    let (zh, en) = match nearest {
        [] => (String::new(), String::new()),
        near => (format!(";最接近的是{}", near.join("、")), format!("; nearest: {}", near.join(", "))),
    };
    Fault::new(
        column,
        rule::DIVISION_UNKNOWN,
        format!("区划表中没有「{text}」{zh}"),
        format!("the table of divisions has no \"{text}\"{en}"),
    )
}
