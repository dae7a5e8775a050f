//! The markers that groups of commits end with in the journal.

use std::ops::RangeInclusive;

use xxhash_rust::xxh3::xxh3_64;

/// How a marker begins: bytes that no text and no number of ours holds.
const MAGIC: [u8; 8] = *b"\xf5\x9aPuhui\x01";
/// Magic, first position, last position, checksum of all before it.
pub(super) const MARKER_BYTES: usize = 32;

/// The marker of the group with these positions.
pub(super) fn marker(positions: &RangeInclusive<u64>) -> Vec<u8> {
    let mut marker = MAGIC.to_vec();
    marker.extend_from_slice(&positions.start().to_be_bytes());
    marker.extend_from_slice(&positions.end().to_be_bytes());
    let sum = xxh3_64(&marker);
    marker.extend_from_slice(&sum.to_be_bytes());
    marker
}

/// Each whole marker in `bytes`, and where it begins.
pub(super) fn groups(bytes: &[u8]) -> impl Iterator<Item = (usize, RangeInclusive<u64>)> {
    bytes.windows(MARKER_BYTES).enumerate().filter_map(|(offset, window)| {
        if window[..8] != MAGIC {
            return None;
        }
        let number = |at: usize| u64::from_be_bytes(window[at..at + 8].try_into().unwrap_or_default());
        let positions = number(8)..=number(16);
        (marker(&positions) == window).then_some((offset, positions))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_markers_are_found() {
        let (one, mut torn) = (marker(&(1..=3)), marker(&(4..=4)));
        torn[20] ^= 1;
        let bytes = [&[1, 2, 3][..], &one, &torn, &marker(&(5..=9))[..31]].concat();
        let found: Vec<_> = groups(&bytes).collect();
        assert_eq!(found, [(3, 1..=3)]);
    }
}
