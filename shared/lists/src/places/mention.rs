//! The places that a title, a sheet's name, a file's name or a body's name speaks of.

use super::below::{is_place, is_street};
use super::index::{How, Path, is_generic};
use super::scope::Mention;
use super::tables::Places;
use crate::fold;
use crate::words::places::{self as words, Zone};
use crate::words::stripes::without_number;

/// Longest title, in characters: what is longer tells rules, and may name places that it is not about.
const TITLE_CHARS_MAX: usize = 60;
/// Longest text that may be a place's name alone.
const NAME_CHARS_MAX: usize = 12;

impl<'a> Places<'a> {
    /// What a text speaks of.
    pub(crate) fn mention(&self, text: &str) -> Mention {
        if let Some(known) = self.mentions.borrow().get(text) {
            return known.clone();
        }
        let mention = self.look(text);
        self.mentions.borrow_mut().insert(text.to_owned(), mention.clone());
        mention
    }

    fn look(&self, text: &str) -> Mention {
        let key = fold::key(text);
        let key = without_number(&key);
        let key = if key.contains('。') || key.chars().count() > TITLE_CHARS_MAX { "" } else { key };
        if let Some(mention) = self.alone(key) {
            return mention;
        }
        if let Some(zone) = zone_in(key) {
            return Mention { areas: zone.streets.clone(), street: None, zone: Some(zone) };
        }
        let (mut cities, mut counties): (Vec<String>, Vec<Vec<String>>) = (Vec::new(), Vec::new());
        let mut street = None;
        let mut at = 0;
        while let Some(rest) = key.get(at..).filter(|rest| !rest.is_empty()) {
            let Some((areas, end)) = self.at(rest, key[..at].chars().next_back()) else {
                at += rest.chars().next().map_or(1, char::len_utf8);
                continue;
            };
            if areas.iter().all(|area| area.len() < 6) {
                cities.extend(areas);
            } else {
                counties.push(areas);
                street = street.or_else(|| leading_street(&rest[end..]));
            }
            at += end.max(1);
        }
        if counties.is_empty() {
            cities.dedup();
            // A city named after its province is the nearer.
            let longest = cities.iter().map(String::len).max().unwrap_or(0);
            cities.retain(|city| city.len() == longest);
            let (base, _notes) = fold::without_notes(key);
            let whole = Some(base).filter(|base| is_street(base) && base.chars().count() <= NAME_CHARS_MAX);
            let street = if cities.is_empty() { leading_street(key).or(whole) } else { None };
            return Mention { areas: cities, street, zone: None };
        }
        let mut areas: Vec<String> = Vec::new();
        for names in counties {
            let inside = |code: &&String| cities.iter().any(|city| code.starts_with(city.as_str()));
            let tied: Vec<String> = names.iter().filter(inside).cloned().collect();
            areas.extend(if tied.is_empty() { names } else { tied });
        }
        areas.sort_unstable();
        areas.dedup();
        Mention { areas, street, zone: None }
    }

    /// A text that is a place's name and nothing more, such as a sheet's: also without its ending.
    fn alone(&self, key: &str) -> Option<Mention> {
        let (base, _notes) = fold::without_notes(key);
        if base.is_empty() || base.chars().count() > NAME_CHARS_MAX {
            return None;
        }
        let mut whole: Vec<Path<'a>> =
            self.index.paths(&base).into_iter().filter(|path| path.end == base.len()).collect();
        if whole.is_empty() {
            return None;
        }
        // 朝阳 alone is the city, or one of the districts: the widest is the one that does not say too much.
        if let Some(full) = whole.iter().map(|path| path.how).min() {
            whole.retain(|path| path.how == full);
        }
        if is_generic(&base) {
            return Some(Mention::default());
        }
        let mut areas: Vec<String> = whole.iter().map(|path| path.area.to_owned()).collect();
        areas.sort_unstable();
        areas.dedup();
        Some(Mention { areas, street: None, zone: None })
    }

    /// The places of the longest name that a text begins with, and where the name ends.
    fn at(&self, rest: &str, before: Option<char>) -> Option<(Vec<String>, usize)> {
        let paths = self.index.paths(rest);
        let counties: Vec<&Path<'a>> = paths
            .iter()
            .filter(|path| path.area.len() == 6 && (path.how != How::Short))
            .filter(|path| path.above || stands_alone(&rest[..path.end], before))
            .collect();
        let best = |paths: &[&Path<'a>]| -> Option<(Vec<String>, usize)> {
            let end = paths.iter().map(|path| path.end).max()?;
            let mut longest: Vec<&&Path<'a>> = paths.iter().filter(|path| path.end == end).collect();
            let how = longest.iter().map(|path| path.how).min()?;
            longest.retain(|path| path.how == how);
            let mut areas: Vec<String> = longest.iter().map(|path| path.area.to_owned()).collect();
            areas.sort_unstable();
            areas.dedup();
            Some((areas, end))
        };
        if let Some(found) = best(&counties) {
            return Some(found);
        }
        let full = |path: &&Path<'a>| {
            let (name, next) = rest.split_at(path.end);
            let whole = fold::key(self.table.name(path.area).unwrap_or_default());
            let full = name.ends_with(&whole) || (name.ends_with('州') && whole.ends_with("自治州"));
            // 南京路街道 is not in 南京; 扬州2024年 is.
            let short = before.is_none() && next.starts_with(|c: char| c.is_ascii_digit());
            path.area.len() < 6 && (full || short)
        };
        best(&paths.iter().filter(full).collect::<Vec<_>>())
    }
}

/// The zone that a title names in a form that is its own alone, with its city before it or not.
fn zone_in(key: &str) -> Option<&'static Zone> {
    let plain = words::without_dashes(key);
    let mut starts = plain.char_indices().map(|(at, _)| &plain[at..]);
    let (zone, ..) = starts.find_map(|rest| words::zone(rest).filter(|(_, city_alone, _)| !city_alone))?;
    zone.county.is_none().then_some(zone)
}

/// Whether a name of two characters is one, and no end of a longer name: 丰县 in 新丰县, 西区 in 城西区.
fn stands_alone(name: &str, before: Option<char>) -> bool {
    if name.chars().count() > 2 {
        return true;
    }
    name.ends_with('县')
        && before.is_none_or(|c| !c.is_alphabetic() || matches!(c, '年' | '度' | '布' | '于' | '对' | '的'))
}

/// The street that a text begins with.
fn leading_street(text: &str) -> Option<String> {
    const STREET_CHARS_MAX: usize = 8;
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(STREET_CHARS_MAX);
    let street = ends.map(|end| &text[..end]).find(|street| {
        let stem = ["街道", "镇", "乡"].iter().find_map(|ending| street.strip_suffix(ending));
        stem.is_some_and(|stem| {
            let of_all = stem.ends_with(['乡', '城', '村', '集', '各', '市', '本', '全', '小', '景'])
                || (stem.ends_with('区')
                    && (stem.chars().count() > 2 || stem.starts_with(['市', '城', '各', '全', '本'])));
            stem.chars().count() >= 2 && !of_all && !matches!(stem, "乡镇" | "城镇" | "村镇" | "街镇")
        })
    })?;
    (is_place(street) && street.chars().all(char::is_alphabetic)).then(|| street.to_owned())
}
