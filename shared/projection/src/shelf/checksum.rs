//! A checksum of all blocks, kept as they are written: whether they are those that were written is seen without unpacking one.
//!
//! The sum, modulo 2^128, of the XXH3 of each block, which does not depend on their order. It tells apart blocks that differ by mistake,
//! also where whole ones are missing or are those of an earlier moment.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

/// The sum of the hashes of all blocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checksum(u128);

fn of_block(key: &[u8], bytes: &[u8]) -> u128 {
    let mut hash = Xxh3Default::new();
    hash.update(&u64::try_from(key.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(key);
    hash.update(bytes);
    hash.digest128()
}

impl Checksum {
    pub(super) fn comes(&mut self, key: &[u8], bytes: &[u8]) {
        self.0 = self.0.wrapping_add(of_block(key, bytes));
    }

    pub(super) fn goes(&mut self, key: &[u8], bytes: &[u8]) {
        self.0 = self.0.wrapping_sub(of_block(key, bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_one_checksum_whatever_became_of_them_before() {
        let (mut one, mut other) = (Checksum::default(), Checksum::default());
        one.comes(b"a", b"first");
        one.comes(b"b", b"second");
        other.comes(b"b", b"earlier");
        other.comes(b"a", b"first");
        assert_ne!(one, other);
        other.goes(b"b", b"earlier");
        assert_ne!(one, other, "one is missing");
        other.comes(b"b", b"second");
        assert_eq!(one, other);
        // A byte that moves from the key to the value is seen.
        let mut moved = Checksum::default();
        moved.comes(b"as", b"tand");
        one = Checksum::default();
        one.comes(b"a", b"stand");
        assert_ne!(one, moved);
    }
}
