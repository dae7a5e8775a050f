//! Whether a point lies near a county: `data/tables/county_boxes.csv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::{Division, Point};

use crate::words;

const TABLE: &str = include_str!("../../../../data/tables/county_boxes.csv");

/// West, south, east and north in millionths of a degree.
type Edges = [i32; 4];

/// How far outside its county's edges a point may lie, in millionths of a degree: about ten kilometres.
const MARGIN: i32 = 100_000;

static BOXES: LazyLock<HashMap<String, Edges>> = LazyLock::new(|| {
    let mut boxes: HashMap<String, Edges> = HashMap::new();
    for row in words::rows(TABLE) {
        let edge = |at: usize| -> Option<i32> { Some(millionths(row.get(at)?.parse().ok()?)) };
        let (Some(code), Some(west), Some(south), Some(east), Some(north)) =
            (row.get(0), edge(1), edge(2), edge(3), edge(4))
        else {
            continue;
        };
        let edges = [west, south, east, north];
        boxes.insert(code.to_owned(), edges);
        // A zone of the table has no edges of its own: its city's hold.
        let city = boxes.entry(code.get(..4).unwrap_or_default().to_owned()).or_insert(edges);
        *city = [city[0].min(west), city[1].min(south), city[2].max(east), city[3].max(north)];
    }
    boxes
});

/// Degrees in millionths.
#[expect(clippy::cast_possible_truncation, reason = "a degree of China has nine digits in millionths")]
pub(super) fn millionths(degrees: f64) -> i32 {
    (degrees * 1e6).round() as i32
}

/// Whether a point lies in a county or close to it. Of a county without known edges every point may.
pub(crate) fn is_near(point: Point, division: &Division) -> bool {
    let county = division.county();
    let Some([west, south, east, north]) = BOXES.get(county).or_else(|| BOXES.get(&county[..4])) else { return true };
    (west - MARGIN..=east + MARGIN).contains(&point.longitude_microdegrees())
        && (south - MARGIN..=north + MARGIN).contains(&point.latitude_microdegrees())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_near_its_county() {
        assert_eq!(BOXES.keys().filter(|code| code.len() == 6).count() + 1, TABLE.lines().count());
        let near = |latitude, longitude, county| {
            is_near(Point::new(latitude, longitude).unwrap(), &Division::parse(county).unwrap())
        };
        assert!(near(32_390_000, 119_420_000, "321003"));
        assert!(!near(39_915_000, 116_404_000, "321003"));
        assert!(near(32_300_000, 119_420_000, "321071"), "a zone is near where its city is");
        assert!(!near(39_915_000, 116_404_000, "321071"));
    }
}
