//! How points are near: cells of a Z-order curve (Morton code) find the candidates, the distance on the sphere decides.

/// Latitude and longitude in millionths of a degree.
pub(crate) type Micro = (i32, i32);

/// Mean radius of the earth in metres (IUGG).
const EARTH_RADIUS_M: f64 = 6_371_008.8;
/// Metres of one millionth of a degree along a meridian.
const METRES_A_MICRODEGREE: f64 = EARTH_RADIUS_M * std::f64::consts::PI / 180.0 / 1e6;
/// Where longitudes are counted from: the domain's points begin there.
const WEST: i32 = 70_000_000;
/// Largest coordinate of a cell: the domain's points stay well below.
const EDGE: f64 = ((1_u32 << 27) - 1) as f64;
/// Cells a side that a search looks at, at most.
const CELLS_A_SIDE_MAX: u32 = 3;

/// The bits of `number`, with a zero before each.
fn spread(number: u32) -> u64 {
    (0..32).fold(0, |code, bit| code | (u64::from(number >> bit & 1) << (2 * bit)))
}

fn gather(code: u64) -> u32 {
    (0..32).fold(0, |number, bit| number | (u32::from(code >> (2 * bit) & 1 == 1) << bit))
}

/// The cell of a point, a millionth of a degree wide: near points have near numbers, and a square of cells has one prefix.
pub(crate) fn cell((latitude, longitude): Micro) -> u64 {
    let side = |number: i32| u32::try_from(number).unwrap_or(0);
    spread(side(latitude)) << 1 | spread(side(longitude - WEST))
}

/// The point of a cell.
pub(crate) fn point(cell: u64) -> Micro {
    let side = |number: u32| i32::try_from(number).unwrap_or(i32::MAX - WEST);
    (side(gather(cell >> 1)), side(gather(cell)) + WEST)
}

/// Great-circle distance in millimetres, by the haversine.
pub(crate) fn millimetres(a: Micro, b: Micro) -> u64 {
    let radians = |micro: i32| (f64::from(micro) / 1e6).to_radians();
    let half = |a: i32, b: i32| (radians(b) - radians(a)) / 2.0;
    let h = half(a.0, b.0).sin().powi(2) + radians(a.0).cos() * radians(b.0).cos() * half(a.1, b.1).sin().powi(2);
    let metres = 2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most half the earth's girth")]
    let millimetres = (metres * 1000.0).round() as u64;
    millimetres
}

/// A square of cells: those whose numbers begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Square {
    first: u64,
    /// Its sides are 2 to the power of this many cells long.
    shift: u32,
}

/// By what part the distance to a corner or an edge of a square, at most a few degrees away, may be wrong where its sides are taken as straight.
const STRAIGHT_PART: u64 = 200;
/// Besides that, in millimetres: cells are a tenth of a metre wide.
const STRAIGHT_MILLIMETRES: u64 = 1_000;

impl Square {
    /// Its cells, both ends included.
    pub(crate) fn cells(self) -> (u64, u64) {
        (self.first, self.first + (1 << (2 * self.shift)) - 1)
    }

    /// Whether it is a single cell.
    pub(crate) fn is_point(self) -> bool {
        self.shift == 0
    }

    /// Its quarters; `None` of a single cell.
    pub(crate) fn quarters(self) -> Option<[Self; 4]> {
        let shift = self.shift.checked_sub(1)?;
        Some([0, 1, 2, 3].map(|quarter| Self { first: self.first + (quarter << (2 * shift)), shift }))
    }

    /// South-west and north-east corner.
    fn corners(self) -> (Micro, Micro) {
        let (first, last) = self.cells();
        (point(first), point(last))
    }

    /// No point of it is nearer than this, in millimetres; of a single cell, exactly its distance.
    pub(crate) fn nearest(self, from: Micro) -> u64 {
        let ((south, west), (north, east)) = self.corners();
        let distance = millimetres(from, (from.0.clamp(south, north), from.1.clamp(west, east)));
        if self.is_point() {
            distance
        } else {
            distance.saturating_sub(distance / STRAIGHT_PART + STRAIGHT_MILLIMETRES)
        }
    }

    /// No point of it is farther than this, in millimetres.
    pub(crate) fn farthest(self, from: Micro) -> u64 {
        let ((south, west), (north, east)) = self.corners();
        let corners = [(south, west), (south, east), (north, west), (north, east)];
        let distance = corners.map(|corner| millimetres(from, corner)).into_iter().max().unwrap_or(0);
        distance + distance / STRAIGHT_PART + STRAIGHT_MILLIMETRES
    }
}

/// Squares that hold every point within `metres` of `centre`.
pub(crate) fn cover(centre: Micro, metres: u32) -> Vec<Square> {
    // A little more than the radius, so that rounding leaves nothing out.
    let up = f64::from(metres) / METRES_A_MICRODEGREE + 2.0;
    let widest = (f64::from(centre.0.abs()) + up).min(89_000_000.0) / 1e6;
    let across = up / widest.to_radians().cos();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 27 bits")]
    let side = |middle: i32, by: f64| {
        let clamped = |number: f64| number.clamp(0.0, EDGE) as u32;
        (clamped((f64::from(middle) - by).floor()), clamped((f64::from(middle) + by).ceil()))
    };
    let (south, north) = side(centre.0, up);
    let (west, east) = side(centre.1 - WEST, across);
    let mut shift = 0;
    while (north >> shift) - (south >> shift) >= CELLS_A_SIDE_MAX
        || (east >> shift) - (west >> shift) >= CELLS_A_SIDE_MAX
    {
        shift += 1;
    }
    let mut squares = Vec::new();
    for y in south >> shift..=north >> shift {
        for x in west >> shift..=east >> shift {
            let first = (spread(y) << 1 | spread(x)) << (2 * shift);
            squares.push(Square { first, shift });
        }
    }
    squares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_known_distance() {
        // One degree along a meridian; and two corners of Yangzhou, by the same formula elsewhere.
        assert_eq!(millimetres((32_000_000, 119_000_000), (33_000_000, 119_000_000)), 111_195_080);
        assert_eq!(millimetres((32_393_000, 119_412_000), (32_393_000, 119_412_000)), 0);
    }

    proptest! {
        #[test]
        fn a_cell_is_its_point(latitude in 0..60_000_000_i32, longitude in 70_000_000..140_000_000_i32) {
            prop_assert_eq!(point(cell((latitude, longitude))), (latitude, longitude));
        }

        #[test]
        fn a_cover_leaves_no_point_out(
            latitude in 0..60_000_000_i32, longitude in 70_000_000..140_000_000_i32, metres in 1..50_000_u32,
            north in -600_000..600_000_i32, east in -600_000..600_000_i32,
        ) {
            let (centre, other) = ((latitude, longitude), (latitude + north, longitude + east));
            let valid = (0..60_000_000).contains(&other.0) && (70_000_000..140_000_000).contains(&other.1);
            if valid && millimetres(centre, other) <= u64::from(metres) * 1000 {
                let squares = cover(centre, metres);
                prop_assert!(squares.len() <= 9);
                let (at, distance) = (cell(other), millimetres(centre, other));
                let holds = |square: &Square| {
                    let (first, last) = square.cells();
                    (first..=last).contains(&at)
                };
                let mut square = *squares.iter().find(|square| holds(square)).unwrap();
                // Down to the cell the bounds hold.
                loop {
                    prop_assert!((square.nearest(centre)..=square.farthest(centre)).contains(&distance), "{:?}", square);
                    let Some(quarters) = square.quarters() else { break };
                    square = *quarters.iter().find(|square| holds(square)).unwrap();
                }
                prop_assert_eq!(square.nearest(centre), distance);
            }
        }
    }
}
