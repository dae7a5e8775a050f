//! A digest of rows that does not depend on their order, so that it can be kept as they change.
//!
//! The sum, modulo 2^256, of the SHA-256 of each row; of a row that counts numbers, of the hash of each number as often as it is counted.
//! It tells apart rows that differ by mistake. It is no proof against somebody who chooses the rows: that is the transparency log's.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::tally;

/// The sum of the hashes of all rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest([u64; 4]);

impl Digest {
    /// As 64 hexadecimal digits.
    pub fn hex(self) -> String {
        let bytes = self.0.iter().rev().flat_map(|limb| limb.to_be_bytes());
        let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
        // Every answer tells one, so it is not left to a formatter.
        bytes.flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
    }

    fn add(&mut self, hash: [u8; 32], times: u64) {
        let mut carry = 0_u128;
        for (limb, bytes) in self.0.iter_mut().zip(hash.as_chunks::<8>().0) {
            let sum = u128::from(*limb) + u128::from(u64::from_le_bytes(*bytes)) * u128::from(times) + carry;
            *limb = low(sum);
            carry = sum >> 64;
        }
    }

    fn take(&mut self, hash: [u8; 32], times: u64) {
        let mut product = Self::default();
        product.add(hash, times);
        let mut borrow = false;
        for (limb, other) in self.0.iter_mut().zip(product.0) {
            let (less, first) = limb.overflowing_sub(other);
            let (less, second) = less.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (less, first || second);
        }
    }

    /// A row comes.
    pub(crate) fn comes(&mut self, key: &[u8], value: &[u8]) {
        self.add(of_row(key, value), 1);
    }

    /// A row goes.
    pub(crate) fn goes(&mut self, key: &[u8], value: &[u8]) {
        self.take(of_row(key, value), 1);
    }

    /// A number is counted by so much more.
    pub(crate) fn counts(&mut self, key: &[u8], number: u64, by: i64) {
        let hash = of_row(key, &number.to_be_bytes());
        if by < 0 {
            self.take(hash, by.unsigned_abs());
        } else {
            self.add(hash, by.unsigned_abs());
        }
    }

    /// Adds every number of a stored row that counts.
    pub(crate) fn counted(&mut self, key: &[u8], value: &[u8]) {
        for (number, count) in tally::counts(value) {
            self.counts(key, number, count);
        }
    }
}

fn low(sum: u128) -> u64 {
    u64::try_from(sum & u128::from(u64::MAX)).unwrap_or(0)
}

/// Key and value, each behind its length.
fn of_row(key: &[u8], value: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [key, value] {
        hash.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_leaves_nothing_in_any_order() {
        let rows: Vec<(Vec<u8>, Vec<u8>)> = (0..50_u8).map(|n| (vec![n], vec![n; usize::from(n)])).collect();
        let (mut one, mut other) = (Digest::default(), Digest::default());
        for (key, value) in &rows {
            one.comes(key, value);
            one.counts(key, 7, 3);
        }
        for (key, value) in rows.iter().rev() {
            other.counts(key, 7, 5);
            other.comes(key, value);
            other.counts(key, 7, -2);
        }
        assert_eq!(one, other);
        assert_ne!(one, Digest::default());
        for (key, value) in &rows {
            one.goes(key, value);
            one.counts(key, 7, -3);
        }
        assert_eq!(one, Digest::default());
    }

    #[test]
    fn a_digest_is_the_one_it_always_was() {
        let mut digest = Digest::default();
        digest.comes(b"key", b"value");
        digest.counts(b"set", 5, 2);
        assert_eq!(digest.hex(), GOLDEN);
    }

    /// Taken from another program.
    const GOLDEN: &str = "865a688e8f3719666f170e08116d9b3fcee07efb47b936395ee7bbb413a4bf9f";
}
