//! The form a block is stored in: packed or as it is; and those that were unpacked not long ago.

use std::sync::Mutex;

use super::block::BLOCK_BYTES_MAX;
use crate::error::ReadError;
use crate::layers::Bytes;

/// Blocks that are kept unpacked, each in the one slot its place in memory has. Ten to twenty megabytes.
const UNPACKED_MAX: usize = 1024;
/// Longest block that is kept so, in bytes. A longer one is one long row, of which a thousand would be gigabytes.
const KEPT_BYTES_MAX: usize = 2 * BLOCK_BYTES_MAX;

/// Blocks unpacked not long ago: those that many ask for are unpacked once.
pub(crate) struct Unpacked {
    slots: Box<[Slot]>,
}

/// A block as sled holds it, and unpacked. It is held, so that nothing else can lie in its place.
type Slot = Mutex<Option<(sled::IVec, Bytes)>>;

impl std::fmt::Debug for Unpacked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unpacked").finish_non_exhaustive()
    }
}

impl Unpacked {
    pub(crate) fn new() -> Self {
        Self { slots: (0..UNPACKED_MAX).map(|_| Mutex::new(None)).collect() }
    }

    pub(crate) fn block(&self, stored: &sled::IVec) -> Result<Bytes, ReadError> {
        let packed = match stored.split_first() {
            Some((&PLAIN, _)) => return Ok(Bytes::Held(stored.clone())),
            Some((&PACKED, packed)) => packed,
            _ => return Err(ReadError::Damaged("a block has an unknown form".to_owned())),
        };
        let place = stored.as_ptr().addr();
        // One in use by another thread is passed by.
        let slot = self.slots.get((place >> 4) % UNPACKED_MAX).and_then(|slot| slot.try_lock().ok());
        if let Some(slot) = &slot
            && let Some((held, block)) = &**slot
            && (held.as_ptr().addr(), held.len()) == (place, stored.len())
        {
            return Ok(block.clone());
        }
        let block = lz4_flex::block::decompress_size_prepended(packed)
            .map_err(|error| ReadError::Damaged(format!("a block cannot be unpacked: {error}")))?;
        let block = Bytes::from(block);
        if let Some(mut slot) = slot
            && block.len() <= KEPT_BYTES_MAX
        {
            *slot = Some((stored.clone(), block.clone()));
        }
        Ok(block)
    }
}

/// Stands before a block that is stored as it is.
const PLAIN: u8 = 0;
/// Stands before a block that is packed.
const PACKED: u8 = 1;

/// Bytes of a block once it is unpacked, told without unpacking it.
pub(crate) fn unpacked_bytes(stored: &[u8]) -> usize {
    match stored.split_first() {
        // Its length stands before what is packed; of one that is damaged it is not known.
        Some((&PACKED, packed)) => packed.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize),
        Some((_, plain)) => plain.len(),
        None => 0,
    }
}

/// A block as it is stored. Those with rows that are read most are not packed: unpacking takes longer than reading a page of them.
pub(crate) fn form(first: &[u8], bytes: &[u8], plain: &[u8]) -> Vec<u8> {
    if first.first().is_some_and(|kind| plain.contains(kind)) {
        return [&[PLAIN], bytes].concat();
    }
    [&[PACKED], lz4_flex::block::compress_prepend_size(bytes).as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_a_block_is_is_told_without_unpacking_it_and_a_long_one_is_not_kept() {
        let unpacked = Unpacked::new();
        let kept = || unpacked.slots.iter().filter(|slot| slot.lock().unwrap().is_some()).count();
        for (bytes, are_kept) in [(0, 1), (1, 2), (KEPT_BYTES_MAX, 3), (KEPT_BYTES_MAX + 1, 3), (7 << 20, 3)] {
            for plain in [&[][..], b"r"] {
                let block = vec![7; bytes];
                let stored = sled::IVec::from(form(b"row", &block, plain));
                assert_eq!(unpacked_bytes(&stored), bytes);
                assert_eq!(&*unpacked.block(&stored).unwrap(), block.as_slice());
            }
            // Two may fall into one slot.
            assert!(kept() <= are_kept, "{bytes}");
        }
        assert!(kept() > 0);
        assert_eq!([&[][..], &[PACKED, 1], &[9, 1]].map(unpacked_bytes), [0, 0, 1]);
    }
}
