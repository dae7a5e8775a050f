//! Rows that hold a set of numbers: a posting list. Sorted, each as the difference to the one before, seven bits a byte.

use std::collections::{BTreeMap, BTreeSet};

/// Numbers that come to a set (`true`) or leave it.
pub(crate) type Moves = BTreeMap<u64, bool>;

/// The numbers of a row, in order. A row that ends in the middle of one is taken to its last whole one.
pub fn members(value: &[u8]) -> Vec<u64> {
    let (mut found, mut last, mut number, mut shift) = (Vec::new(), 0_u64, 0_u64, 0);
    for byte in value {
        number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte & 0x80 == 0 {
            last = last.wrapping_add(number);
            found.push(last);
            (number, shift) = (0, 0);
        }
    }
    found
}

fn stored(numbers: impl Iterator<Item = u64>) -> Vec<u8> {
    let (mut bytes, mut last) = (Vec::new(), 0);
    for number in numbers {
        let mut rest = number - last;
        last = number;
        while rest >= 0x80 {
            bytes.push(u8::try_from(rest & 0x7f).unwrap_or(0) | 0x80);
            rest >>= 7;
        }
        bytes.push(u8::try_from(rest).unwrap_or(0));
    }
    bytes
}

/// The row after `moves`; `None` where nobody is left.
pub(crate) fn moved(value: Option<&[u8]>, moves: &Moves) -> Option<Vec<u8>> {
    let mut set: BTreeSet<u64> = value.map(members).unwrap_or_default().into_iter().collect();
    for (number, comes) in moves {
        if *comes {
            set.insert(*number);
        } else {
            set.remove(number);
        }
    }
    (!set.is_empty()).then(|| stored(set.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_the_set_it_was_made_of() {
        let mut value = None;
        let mut expected = BTreeSet::new();
        let steps = [(5, true), (1, true), (300, true), (5, false), (u64::MAX, true), (1, true), (70_000, true)];
        for (number, comes) in steps {
            if comes {
                expected.insert(number)
            } else {
                expected.remove(&number)
            };
            value = moved(value.as_deref(), &Moves::from([(number, comes)]));
            assert_eq!(members(value.as_deref().unwrap()), expected.iter().copied().collect::<Vec<_>>());
        }
        let none = expected.into_iter().map(|number| (number, false)).collect();
        assert_eq!(moved(value.as_deref(), &none), None);
    }
}
