//! The form a block is stored in: packed or as it is; and those that were unpacked not long ago.

use std::sync::Mutex;

use crate::error::ReadError;
use crate::layers::Bytes;

/// Blocks that are kept unpacked, each in the one slot its place in memory has. Ten to twenty megabytes.
const UNPACKED_MAX: usize = 1024;

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
        if let Some(mut slot) = slot {
            *slot = Some((stored.clone(), block.clone()));
        }
        Ok(block)
    }
}

/// Stands before a block that is stored as it is.
const PLAIN: u8 = 0;
/// Stands before a block that is packed.
const PACKED: u8 = 1;

/// A block as it is stored. Those with rows that are read most are not packed: unpacking takes longer than reading a page of them.
pub(crate) fn form(first: &[u8], bytes: &[u8], plain: &[u8]) -> Vec<u8> {
    if first.first().is_some_and(|kind| plain.contains(kind)) {
        return [&[PLAIN], bytes].concat();
    }
    [&[PACKED], lz4_flex::block::compress_prepend_size(bytes).as_slice()].concat()
}
