//! Whether a row and an outlet on record stand at one place, by what each says of it.

use domain::Division;

use crate::fold;
use crate::reading::Entry;

/// What two places are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alike {
    /// One place.
    Same,
    /// Two streets.
    OtherStreet,
    /// Two addresses: another place, or one that was moved from.
    OtherAddress,
    /// One of the two does not say.
    Untold,
}

/// How the places of a row and of an outlet on record, by its division and address, compare.
pub(super) fn alike(entry: &Entry, place: &Division, address: Option<&str>) -> Alike {
    if let (Some(listed), Some(known)) = (entry.division.street(), place.street())
        && listed != known
    {
        return Alike::OtherStreet;
    }
    if let (Some(listed), Some(known)) = (street(entry), address.and_then(|known| street_in(&fold::key(known))))
        && !is_one(&listed, &known)
    {
        return Alike::OtherStreet;
    }
    match (written(entry), address) {
        (Some(listed), Some(known)) => {
            let (listed, known) = (fold::key(&listed), fold::key(known));
            let (listed, known) = (core(&listed), core(&known));
            // Only the street is written of one of them.
            if listed.is_empty() || known.is_empty() {
                return if listed == known { Alike::Same } else { Alike::Untold };
            }
            let to_door = |text: &str| text.split_once('号').map(|(before, _)| before.to_owned());
            let doors = (to_door(listed), to_door(known));
            let one_door = doors.0.is_some() && doors.0 == doors.1;
            if one_door || is_one(listed, known) { Alike::Same } else { Alike::OtherAddress }
        }
        _ if entry.division.street().is_some() && entry.division.street() == place.street() => Alike::Same,
        _ => Alike::Untold,
    }
}

/// The address that is kept of a row: its own, or its street where it has none.
pub(super) fn written(entry: &Entry) -> Option<String> {
    entry.address.as_ref().map(ToString::to_string).or_else(|| entry.street.clone())
}

fn street(entry: &Entry) -> Option<String> {
    let own = entry.street.as_deref().map(fold::key);
    own.map(|own| street_in(&own).unwrap_or(own))
        .or_else(|| entry.address.as_ref().and_then(|address| street_in(&fold::key(address.as_str()))))
}

/// One text ends in the other: 邗江区蒋王街道 and 蒋王街道.
fn is_one(one: &str, other: &str) -> bool {
    one.contains(other) || other.contains(one)
}

/// Words that end a place's name at the beginning of an address.
const PLACES: &[&str] = &["自治区", "自治州", "自治县", "街道", "省", "市", "区", "县", "旗", "镇", "乡"];
/// What looks like one and is part of an address.
const NO_PLACES: &[&str] = &["小区", "社区", "园区", "校区", "市场", "镇政府", "乡政府", "市政府", "区政府", "县政府"];

/// The street in an address that names one.
fn street_in(address: &str) -> Option<String> {
    let mut rest = address;
    while let Some((name, after)) = place_before(rest) {
        if ["街道", "镇", "乡"].iter().any(|end| name.ends_with(end)) {
            return Some(name.to_owned());
        }
        rest = after;
    }
    None
}

/// The street or town that a name begins with, and what follows.
pub(super) fn leading_street(name: &str) -> Option<(&str, &str)> {
    let (place, after) = place_before(name)?;
    let stem = ["街道", "镇", "乡"].iter().find_map(|end| place.strip_suffix(end))?;
    (stem.chars().count() >= 2 && !stem.ends_with('小')).then_some((place, after))
}

/// The door that an address leads to, without the places it lies in: two addresses of one door are one place.
pub(super) fn door(address: &str) -> Option<String> {
    let key = fold::key(address);
    let (door, _) = core(&key).split_once('号')?;
    (door.chars().count() >= 3).then(|| door.to_owned())
}

/// An address without the places it begins with: road and door.
fn core(address: &str) -> &str {
    let mut rest = address;
    while let Some((_, after)) = place_before(rest) {
        rest = after;
    }
    rest
}

/// The place's name at the beginning of an address, and what follows: at most eight characters, so that no road is taken for one.
fn place_before(address: &str) -> Option<(&str, &str)> {
    for (at, c) in address.char_indices().take(8).skip(1) {
        let (before, end) = (&address[..at + c.len_utf8()], &address[at..]);
        let is_part = NO_PLACES
            .iter()
            .any(|word| end.starts_with(word) || word.chars().nth(1) == Some(c) && before.ends_with(word));
        if c.is_ascii_digit() || matches!(c, '路' | '号') {
            return None;
        }
        if let Some(word) = PLACES.iter().filter(|word| before.ends_with(**word)).max_by_key(|word| word.len())
            && !is_part
            && before.len() > word.len()
        {
            return Some((before, &address[before.len()..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_begins_with_places() {
        for (address, expected, street) in [
            ("邗江中路100号", "邗江中路100号", None),
            ("江苏省扬州市邗江区邗江中路100号", "邗江中路100号", None),
            ("邗江区蒋王街道何桥路3号", "何桥路3号", Some("蒋王街道")),
            ("蒋王街道", "", Some("蒋王街道")),
            ("阳光小区3号", "阳光小区3号", None),
            ("方巷镇黄珏街12号", "黄珏街12号", Some("方巷镇")),
            ("何桥社区居委会旁", "何桥社区居委会旁", None),
        ] {
            assert_eq!(core(address), expected, "{address}");
            assert_eq!(street_in(address).as_deref(), street, "{address}");
        }
    }
}
