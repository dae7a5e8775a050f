//! Rows that count numbers: what is counted, each with how often. A posting list is one whose every count is 1.
//!
//! A change to such a row is kept as what it adds, and is only put together with what is stored when rows are written: it needs no
//! read. Stored sorted, each number as the difference to the one before, seven bits a byte; a count other than 1 follows its number.

use std::collections::BTreeMap;

use crate::varint::{put, take};

/// What is added to how often a number is counted.
pub(crate) type Added = Vec<(u64, i64)>;

/// The numbers of a row in order, each with its count. A row that ends in the middle of one is taken to its last whole one.
pub fn counts(value: &[u8]) -> impl Iterator<Item = (u64, i64)> {
    let (mut at, mut last) = (0, 0_u64);
    std::iter::from_fn(move || {
        let step = take(value, &mut at)?;
        last = last.wrapping_add(u64::try_from(step >> 1).unwrap_or(u64::MAX));
        if step & 1 == 0 {
            return Some((last, 1));
        }
        let zigzag = take(value, &mut at)?;
        let half = i64::try_from(zigzag >> 1).unwrap_or(i64::MAX);
        Some((last, if zigzag & 1 == 0 { half } else { -half }))
    })
}

/// The numbers of a row, in order.
pub fn members(value: &[u8]) -> Vec<u64> {
    counts(value).map(|(number, _)| number).collect()
}

fn stored(counts: impl Iterator<Item = (u64, i64)>) -> Vec<u8> {
    let (mut bytes, mut last) = (Vec::new(), 0);
    for (number, count) in counts {
        let step = u128::from(number - last) << 1;
        last = number;
        if count == 1 {
            put(&mut bytes, step);
        } else {
            put(&mut bytes, step | 1);
            put(&mut bytes, u128::from(count.unsigned_abs()) << 1 | u128::from(count < 0));
        }
    }
    bytes
}

/// Sorts what was added one by one, each number once.
pub(crate) fn settle(added: &mut Added) {
    if added.len() > 1 {
        added.sort_by_key(|(number, _)| *number);
        added.dedup_by(|(number, by), (before, sum)| {
            let same = number == before;
            if same {
                *sum += *by;
            }
            same
        });
    }
    added.retain(|(_, by)| *by != 0);
}

/// What two settled additions are together.
pub(crate) fn together(mut one: &[(u64, i64)], mut other: &[(u64, i64)]) -> Added {
    let mut all = Added::with_capacity(one.len() + other.len());
    while let (Some((a, by)), Some((b, more))) = (one.first(), other.first()) {
        if a <= b {
            one = &one[1..];
        }
        if b <= a {
            other = &other[1..];
        }
        let step = match a.cmp(b) {
            std::cmp::Ordering::Less => (*a, *by),
            std::cmp::Ordering::Greater => (*b, *more),
            std::cmp::Ordering::Equal => (*a, by + more),
        };
        if step.1 != 0 {
            all.push(step);
        }
    }
    all.extend_from_slice(one);
    all.extend_from_slice(other);
    all
}

/// The row after `added`; `None` where nothing is counted any more.
pub(crate) fn moved(value: Option<&[u8]>, added: &[(u64, i64)]) -> Option<Vec<u8>> {
    let sorted = added.is_sorted_by(|(a, _), (b, _)| a < b);
    // Nearly always numbers come behind those that are there: nothing is counted twice then.
    let mut sum: Vec<(u64, i64)> = value.map(|value| counts(value).collect()).unwrap_or_default();
    if sorted && sum.last().is_none_or(|(last, _)| added.first().is_some_and(|(first, _)| last < first)) {
        sum.extend_from_slice(added);
    } else {
        let mut merged: BTreeMap<u64, i64> = sum.into_iter().collect();
        for (number, by) in added {
            *merged.entry(*number).or_default() += by;
        }
        sum = merged.into_iter().collect();
    }
    sum.retain(|(_, count)| *count != 0);
    (!sum.is_empty()).then(|| stored(sum.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_what_was_added_to_it() {
        let mut value = None;
        let mut expected: BTreeMap<u64, i64> = BTreeMap::new();
        let steps = [
            vec![(5, 1)],
            vec![(1, 1), (300, 1)],
            vec![(5, -1)],
            vec![(u64::MAX, 1), (1, 1)],
            vec![(70_000, -3), (70_000, 1)],
            vec![(70_001, i64::MAX)],
            vec![(0, 2), (1, -1)],
        ];
        for added in steps {
            for (number, by) in &added {
                *expected.entry(*number).or_default() += by;
            }
            expected.retain(|_, count| *count != 0);
            value = moved(value.as_deref(), &added);
            let stored: Vec<_> = counts(value.as_deref().unwrap()).collect();
            assert_eq!(stored, expected.clone().into_iter().collect::<Vec<_>>());
            assert_eq!(members(value.as_deref().unwrap()), expected.keys().copied().collect::<Vec<_>>());
        }
        let none: Added = expected.into_iter().map(|(number, count)| (number, -count)).collect();
        assert_eq!(moved(value.as_deref(), &none), None);
    }

    #[test]
    fn a_row_that_was_cut_is_read_to_its_last_whole_number() {
        let value = moved(None, &[(3, 1), (900, 7), (70_000, 1)]).unwrap();
        for length in 0..value.len() {
            let read: Vec<_> = counts(&value[..length]).collect();
            assert!(read.len() < 3 && [(3, 1), (900, 7), (70_000, 1)].starts_with(&read), "{length}");
        }
    }
}
