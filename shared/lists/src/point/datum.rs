//! Datums that maps of China use, and the way from each to CGCS2000. The shift of GCJ-02 and that of BD-09 are the public formulas; the way back has
//! none and is found step by step.

use std::collections::HashMap;
use std::f64::consts::PI;
use std::sync::LazyLock;

use crate::fold;
use crate::words;

const TABLE: &str = include_str!("../../../../data/words/datums.csv");

/// A place on the ground in degrees, in the datum it was given in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Degrees {
    pub(crate) longitude: f64,
    pub(crate) latitude: f64,
}

/// What coordinates are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Datum {
    /// CGCS2000, the national datum.
    Cgcs2000,
    /// WGS 84, which is CGCS2000 within a metre.
    Wgs84,
    /// GCJ-02, of maps published in China.
    Gcj02,
    /// BD-09, of one map service, on top of GCJ-02.
    Bd09,
}

static KNOWN: LazyLock<HashMap<String, Datum>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| Some((fold::key(row.get(0)?), Datum::of_code(row.get(1)?)?));
    words::rows(TABLE).filter_map(row).collect()
});

impl Datum {
    /// Every datum, with its code in answers and what an officer reads.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Cgcs2000, "cgcs2000", "CGCS2000(国家大地坐标系、天地图)"),
        (Self::Wgs84, "wgs-84", "WGS-84(GPS)"),
        (Self::Gcj02, "gcj-02", "GCJ-02(高德、腾讯地图)"),
        (Self::Bd09, "bd-09", "BD-09(百度地图)"),
    ];

    fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == code).map(|(datum, ..)| *datum)
    }

    /// Its code in answers.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(datum, ..)| *datum == self).map_or("", |(_, code, _)| code)
    }

    /// The datum that a text is the name of.
    pub fn of(text: &str) -> Option<Self> {
        KNOWN.get(&fold::key(text)).copied()
    }

    /// The datum that a heading or a title names, where it names one.
    pub(crate) fn named_in(text: &str) -> Option<Self> {
        let key = fold::key(text);
        let mut named: Vec<Self> =
            KNOWN.iter().filter(|(word, _)| key.contains(word.as_str())).map(|(_, datum)| *datum).collect();
        named.sort_unstable();
        named.dedup();
        match named.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The same place in CGCS2000.
    pub(super) fn to_cgcs2000(self, degrees: Degrees) -> Degrees {
        match self {
            Self::Cgcs2000 | Self::Wgs84 => degrees,
            Self::Gcj02 => back(degrees, gcj02),
            Self::Bd09 => back(back(degrees, bd09), gcj02),
        }
    }

    /// The same place in this datum.
    #[cfg(test)]
    fn of_cgcs2000(self, degrees: Degrees) -> Degrees {
        match self {
            Self::Cgcs2000 | Self::Wgs84 => degrees,
            Self::Gcj02 => gcj02(degrees),
            Self::Bd09 => bd09(gcj02(degrees)),
        }
    }
}

/// Steps in which the way back is found: each leaves less than a hundredth of the one before.
const STEPS: usize = 12;

/// The place that a shift puts here. The shift hardly changes from one place to the next, so that what it is here leads back, nearer each time.
fn back(shifted: Degrees, shift: fn(Degrees) -> Degrees) -> Degrees {
    let mut found = shifted;
    for _ in 0..STEPS {
        let there = shift(found);
        found.longitude += shifted.longitude - there.longitude;
        found.latitude += shifted.latitude - there.latitude;
    }
    found
}

/// The Krasovsky ellipsoid's half axis in metres and its eccentricity squared, as GCJ-02 has them.
const HALF_AXIS: f64 = 6_378_245.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

/// From WGS 84 to GCJ-02.
fn gcj02(degrees: Degrees) -> Degrees {
    let (x, y) = (degrees.longitude - 105.0, degrees.latitude - 35.0);
    let waves = |z: f64| (20.0 * (6.0 * z * PI).sin() + 20.0 * (2.0 * z * PI).sin()) * 2.0 / 3.0;
    let long_waves = |z: f64| (20.0 * (z * PI).sin() + 40.0 * (z / 3.0 * PI).sin()) * 2.0 / 3.0;
    let root = x.abs().sqrt();
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + waves(x)
        + long_waves(y)
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + waves(x)
        + long_waves(x)
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let radians = degrees.latitude / 180.0 * PI;
    let magic = 1.0 - ECCENTRICITY_SQUARED * radians.sin() * radians.sin();
    let root = magic.sqrt();
    Degrees {
        longitude: degrees.longitude + east * 180.0 / (HALF_AXIS / root * radians.cos() * PI),
        latitude: degrees.latitude + north * 180.0 / (HALF_AXIS * (1.0 - ECCENTRICITY_SQUARED) / (magic * root) * PI),
    }
}

/// From GCJ-02 to BD-09.
fn bd09(degrees: Degrees) -> Degrees {
    let (x, y) = (degrees.longitude, degrees.latitude);
    let step = PI * 3000.0 / 180.0;
    let radius = x.hypot(y) + 0.000_02 * (y * step).sin();
    let angle = y.atan2(x) + 0.000_003 * (x * step).cos();
    Degrees { longitude: radius * angle.cos() + 0.0065, latitude: radius * angle.sin() + 0.006 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Metres between two places that are near.
    fn metres(one: Degrees, other: Degrees) -> f64 {
        let north = (one.latitude - other.latitude) * 111_320.0;
        let east = (one.longitude - other.longitude) * 111_320.0 * one.latitude.to_radians().cos();
        north.hypot(east)
    }

    proptest! {
        #[test]
        fn there_and_back_is_where_it_was(longitude in 73.0_f64..136.0, latitude in 3.0_f64..54.0) {
            let place = Degrees { longitude, latitude };
            for (datum, ..) in Datum::ALL {
                let away = metres(place, datum.to_cgcs2000(datum.of_cgcs2000(place)));
                prop_assert!(away < 0.01, "{datum:?} {place:?}: {away} m");
            }
        }
    }

    /// 天安门 as public libraries of these formulas give it in their documentation and tests: 116.404, 39.915 shifted.
    #[test]
    fn a_known_place_is_shifted_as_others_shift_it() {
        let place = Degrees { longitude: 116.404, latitude: 39.915 };
        let close = |found: Degrees, longitude: f64, latitude: f64| {
            (found.longitude - longitude).abs() < 1e-7 && (found.latitude - latitude).abs() < 1e-7
        };
        let shifted = gcj02(place);
        assert!(close(shifted, 116.410_244_499_169_38, 39.916_404_281_501_64), "{shifted:?}");
        let shifted = bd09(place);
        assert!(close(shifted, 116.410_369_493_710_3, 39.921_336_993_510_21), "{shifted:?}");
    }

    #[test]
    fn shifts_are_some_hundred_metres() {
        let place = Degrees { longitude: 119.42, latitude: 32.39 };
        for (datum, range) in [(Datum::Gcj02, 100.0..800.0), (Datum::Bd09, 600.0..1800.0)] {
            let away = metres(place, datum.of_cgcs2000(place));
            assert!(range.contains(&away), "{datum:?}: {away} m");
        }
    }

    #[test]
    fn a_datum_is_known_by_its_names() {
        for row in csv::Reader::from_reader(TABLE.as_bytes()).records().map(Result::unwrap) {
            assert_eq!(Datum::of(&row[0]).map(Datum::code), Some(&row[1]), "{row:?}");
            assert!(!row[2].is_empty(), "{row:?}");
        }
        for (datum, code, _) in Datum::ALL {
            assert_eq!(Datum::of(code), Some(datum));
        }
        assert_eq!(Datum::named_in("经度(百度坐标)"), Some(Datum::Bd09));
        assert_eq!(Datum::named_in("注:坐标系为2000国家大地坐标系(CGCS2000)"), Some(Datum::Cgcs2000));
        assert_eq!((Datum::named_in("经度"), Datum::named_in("高德或百度")), (None, None));
    }
}
