//! Keys of counters: of a place, a category and a month.

/// `s`, family, place, 0, category (empty: of the whole outlet), 0, month (4 bytes) → what is counted, and the day of the month,
/// with by how much it changes. A certification with a term touches
/// four rows a place: its category and the whole outlet, in the month it begins and in the month it ends.
pub(crate) const COUNTER: u8 = b's';
/// Days are counted in months of this many: a row holds the days of one, and none of the calendar's is needed to add them up.
const MONTH_DAYS: i64 = 32;
/// The month of the first day there is: what happened before all days counts in it.
const FIRST_MONTH: i64 = -(1 << 31) / MONTH_DAYS;

/// What counters are kept of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Family {
    County,
    Community,
    Zone,
}

/// The first part of a counter's key, up to the digits of its place.
pub(crate) fn family(family: Family, zone: &str) -> Vec<u8> {
    match family {
        Family::County => vec![COUNTER, b'6'],
        Family::Community => vec![COUNTER, b'c'],
        Family::Zone => [&[COUNTER, b'z'], zone.as_bytes(), &[0]].concat(),
    }
}

/// The first part of a counter's key, up to its category.
pub(crate) fn counted_place(of: Family, zone: &str, digits: &str) -> Vec<u8> {
    [family(of, zone).as_slice(), digits.as_bytes(), &[0]].concat()
}

/// What the keys of the counters of a place and a category begin with, up to their month.
pub(crate) fn counted_unit(of: Family, zone: &str, digits: &str, category: &str) -> Vec<u8> {
    [counted_place(of, zone, digits).as_slice(), category.as_bytes(), &[0]].concat()
}

/// The same of the key of a counter.
pub(crate) fn unit_of(key: &[u8]) -> &[u8] {
    &key[..key.len().saturating_sub(4)]
}

/// A number that grows with the months, from 0, and the day's place in its month, from 0.
pub(crate) fn month_of(day: i32) -> (u32, u8) {
    let (month, day_of_month) = (i64::from(day).div_euclid(MONTH_DAYS), i64::from(day).rem_euclid(MONTH_DAYS));
    (u32::try_from(month - FIRST_MONTH).unwrap_or(u32::MAX), u8::try_from(day_of_month).unwrap_or(u8::MAX))
}

/// The first day of a month.
fn first_day(month: u32) -> i32 {
    i32::try_from((i64::from(month) + FIRST_MONTH) * MONTH_DAYS).unwrap_or(i32::MAX)
}

/// What a counter's key says: its place's digits, its category, and the first and last day of its month.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counter<'a> {
    pub(crate) division: &'a str,
    pub(crate) category: &'a str,
    pub(crate) first: i32,
    pub(crate) last: i32,
}

/// Reads the key of a counter from behind its family.
pub(crate) fn counter(rest: &[u8]) -> Option<Counter<'_>> {
    let (texts, month) = rest.split_last_chunk::<4>()?;
    let (division, category) = std::str::from_utf8(texts).ok()?.strip_suffix('\0')?.split_once('\0')?;
    let month = u32::from_be_bytes(*month);
    Some(Counter { division, category, first: first_day(month), last: first_day(month.saturating_add(1)) - 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_found_in_its_month() {
        for day in [i32::MIN, -33, -32, -1, 0, 31, 32, 20_000] {
            let (month, day_of_month) = month_of(day);
            assert_eq!(first_day(month) + i32::from(day_of_month), day);
        }
    }
}
