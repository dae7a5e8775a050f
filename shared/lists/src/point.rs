//! Coordinates as lists give them: one cell or two, degrees with decimals or with minutes and seconds, in any of the datums that maps of China use.
//! What comes out is CGCS2000, which is WGS 84 within a metre.

use domain::{Invalid, Point};

use crate::fold;

mod boxes;
mod datum;

pub(crate) use boxes::is_near;
use boxes::millionths;
pub use datum::Datum;
use datum::Degrees;

/// Coordinates as read from cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Given {
    pub(crate) degrees: Degrees,
    /// Whether the latitude stood where the longitude should.
    pub(crate) swapped: bool,
}

pub(crate) const FORM: Invalid = Invalid {
    rule: "FORMAT",
    zh: "经纬度应写作度数,如 119.42130,32.39340 或 119°25′12″,32°23′36″",
    en: "coordinates in degrees, such as 119.42130,32.39340 or 119°25′12″,32°23′36″",
};
pub(crate) const ABROAD: Invalid = Invalid {
    rule: "RANGE",
    zh: "不在中国境内:经度应在73至136之间,纬度应在3至54之间;请核对,或删去后重新导入",
    en: "outside China: a longitude of 73 to 136 and a latitude of 3 to 54 degrees",
};
pub(crate) const COARSE: Invalid = Invalid {
    rule: "FORMAT",
    zh: "经纬度只有整数,不能定位:请至少写到小数点后两位,或删去后重新导入",
    en: "whole degrees tell no place: give at least two decimals",
};

/// Degrees east that lie in China, and degrees north: no number is both, so that one set in the other's place is seen.
const EAST: std::ops::RangeInclusive<f64> = 73.0..=136.0;
const NORTH: std::ops::RangeInclusive<f64> = 3.0..=54.0;

/// Reads a longitude and a latitude from two cells.
pub(crate) fn of_two(longitude: &str, latitude: &str) -> Result<Given, Invalid> {
    match (numbers(longitude)?.as_slice(), numbers(latitude)?.as_slice()) {
        ([one], [other]) => given(*one, *other),
        _ => Err(FORM),
    }
}

/// Reads both from one cell, in either order.
pub(crate) fn of_one(text: &str) -> Result<Given, Invalid> {
    match numbers(text)?.as_slice() {
        [one, other] => given(*one, *other).map(|given| Given { swapped: false, ..given }),
        _ => Err(FORM),
    }
}

fn given(one: f64, other: f64) -> Result<Given, Invalid> {
    let (longitude, latitude, swapped) = if EAST.contains(&one) && NORTH.contains(&other) {
        (one, other, false)
    } else if EAST.contains(&other) && NORTH.contains(&one) {
        (other, one, true)
    } else {
        return Err(ABROAD);
    };
    if longitude.fract() == 0.0 && latitude.fract() == 0.0 {
        return Err(COARSE);
    }
    Ok(Given { degrees: Degrees { longitude, latitude }, swapped })
}

/// The point in millionths of a degree, converted from its datum.
pub(crate) fn converted(degrees: Degrees, datum: Datum) -> Result<Point, Invalid> {
    let Degrees { longitude, latitude } = datum.to_cgcs2000(degrees);
    Point::new(millionths(latitude), millionths(longitude))
}

/// Every angle in a text, in degrees, from left to right. Whatever else stands there makes it none.
fn numbers(text: &str) -> Result<Vec<f64>, Invalid> {
    let text = fold::key(text);
    let mut rest = text.as_str();
    let mut found = Vec::new();
    for word in ["东经", "北纬", "经度", "纬度", "longitude", "latitude", "lon", "lng", "lat"] {
        if rest.contains(word) {
            return numbers(&text.replace(word, " ").replace(' ', ";"));
        }
    }
    loop {
        rest = rest.trim_start_matches([
            ',', ';', '、', '/', '|', ':', '(', ')', '[', ']', 'e', 'n', '，', '；', '"', '“', '”',
        ]);
        if rest.is_empty() {
            return Ok(found);
        }
        let (angle, after) = angle(rest).ok_or(FORM)?;
        found.push(angle);
        rest = after;
    }
}

/// One angle: degrees with decimals, or degrees, minutes and seconds.
fn angle(text: &str) -> Option<(f64, &str)> {
    let (degrees, rest) = number(text)?;
    let Some(rest) = unit(rest, &["°", "度", "º", "˚"]) else { return Some((degrees, rest)) };
    let Some((minutes, after)) = number(rest).and_then(|(n, rest)| Some((n, unit(rest, &["′", "分", "'", "’", "‘"])?)))
    else {
        return Some((degrees, rest));
    };
    let seconds = number(after).and_then(|(n, rest)| Some((n, unit(rest, &["″", "秒", "''", "\"", "”", "“", "’’"])?)));
    let (seconds, rest) = seconds.unwrap_or((0.0, after));
    let whole = degrees.fract() == 0.0 && minutes < 60.0 && seconds < 60.0;
    whole.then_some((degrees + minutes / 60.0 + seconds / 3600.0, rest))
}

fn unit<'t>(text: &'t str, units: &[&str]) -> Option<&'t str> {
    units.iter().find_map(|unit| text.strip_prefix(unit))
}

fn number(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    number.is_finite().then_some((number, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_place_is_read() {
        let near = |given: Given| {
            let Degrees { longitude, latitude } = given.degrees;
            (longitude - 119.42).abs() < 1e-6 && (latitude - 32.39).abs() < 1e-6
        };
        for text in [
            "119.42,32.39",
            "119.42，32.39",
            "119.42 , 32.39",
            "119.42;32.39",
            "119.42、32.39",
            "32.39,119.42",
            "119.42000000,32.39000000",
            "(119.42,32.39)",
            "119.42°,32.39°",
            "119.42°E,32.39°N",
            "E119.42 N32.39",
            "东经119.42,北纬32.39",
            "东经119.42°北纬32.39°",
            "北纬32.39°,东经119.42°",
            "经度:119.42;纬度:32.39",
            "119°25′12″,32°23′24″",
            "119°25'12\"E,32°23'24\"N",
            "119度25分12秒,32度23分24秒",
            "东经119度25.2分,北纬32度23.4分",
            "１１９．４２，３２．３９",
        ] {
            let given = of_one(text).unwrap_or_else(|invalid| panic!("{text}: {invalid:?}"));
            assert!(near(given) && !given.swapped, "{text}: {given:?}");
        }
        for (longitude, latitude, swapped) in [
            ("119.42", "32.39", false),
            ("119.42°E", "32.39°N", false),
            ("32.39", "119.42", true),
            ("119°25′12″", "32.39", false),
        ] {
            let given = of_two(longitude, latitude).unwrap();
            assert!(near(given) && given.swapped == swapped, "{longitude} {latitude}: {given:?}");
        }
    }

    #[test]
    fn what_is_no_place_in_china_is_told() {
        for (text, why) in [
            ("", FORM),
            ("119.42", FORM),
            ("119.42,32.39,5", FORM),
            ("扬州市文昌路", FORM),
            ("119.42.1,32.39", FORM),
            ("119°65′12″,32°23′24″", FORM),
            ("-119.42,32.39", FORM),
            ("2.35,48.85", ABROAD),
            ("139.69,35.69", ABROAD),
            ("0.5,0.5", ABROAD),
            ("13295000.5,3820000.5", ABROAD),
            ("119,32", COARSE),
        ] {
            assert_eq!(of_one(text), Err(why), "{text}");
        }
    }
}
