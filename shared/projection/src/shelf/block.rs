//! Blocks: neighbouring rows in one row of sled. A row of its own costs sled some ten microseconds and a hundred bytes; in a block it
//! costs neither, and a page of a list is one read.
//!
//! A row in a block: how many bytes of its key are those of the key before, how many follow, the length of its value with a bit that
//! says whether it counts, the bytes of the key that follow, the value.

use crate::error::ReadError;
use crate::layers::{Bytes, Value};
use crate::varint::{put_size, take_size};

/// A block is cut when it would be longer, in bytes; a longer row has a block of its own.
pub(crate) const BLOCK_BYTES_MAX: usize = 12 * 1024;
/// How long the pieces are that it is cut into.
const CUT_BYTES: usize = 8 * 1024;

/// Rows of a block, in key order.
#[derive(Debug, Clone)]
pub(crate) struct Entries {
    block: Bytes,
    at: usize,
    key: Vec<u8>,
}

/// One row of a block, beside the key that [`Entries`] holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    start: usize,
    end: usize,
    pub(crate) counts: bool,
}

impl Entries {
    pub(crate) fn of(block: Bytes) -> Self {
        Self { block, at: 0, key: Vec::new() }
    }

    fn number(&mut self) -> Result<usize, ReadError> {
        take_size(&self.block, &mut self.at).ok_or_else(odd)
    }

    /// Goes to the next row; its key is [`Entries::key`] then.
    pub(crate) fn next(&mut self) -> Result<Option<Entry>, ReadError> {
        if self.at == self.block.len() {
            return Ok(None);
        }
        let (shared, more, value) = (self.number()?, self.number()?, self.number()?);
        let start = self.at.checked_add(more).ok_or_else(odd)?;
        let end = start.checked_add(value >> 1).ok_or_else(odd)?;
        let suffix = self.block.get(self.at..start).filter(|_| end <= self.block.len() && shared <= self.key.len());
        self.key.truncate(shared);
        self.key.extend_from_slice(suffix.ok_or_else(odd)?);
        self.at = end;
        Ok(Some(Entry { start, end, counts: value & 1 == 1 }))
    }

    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    pub(crate) fn value(&self, entry: Entry) -> &[u8] {
        &self.block[entry.start..entry.end]
    }

    /// The row to be kept: it shares the block.
    pub(crate) fn kept(&self, entry: Entry) -> Value {
        Value { block: self.block.clone(), start: entry.start, end: entry.end, counts: entry.counts }
    }
}

fn odd() -> ReadError {
    ReadError::Damaged("a block has an odd form".to_owned())
}

/// The least key that a row of a block may have, and the rows.
pub(crate) type Block = (Vec<u8>, Vec<u8>);

/// Makes blocks of rows that come in key order.
#[derive(Debug)]
pub(crate) struct Builder {
    done: Vec<Block>,
    /// The least key that a row of the block may have.
    first: Vec<u8>,
    last: Vec<u8>,
    bytes: Vec<u8>,
    cut_at: usize,
}

impl Builder {
    /// Begins with the least key a row of the first block may have. `bytes` is how long all of it will be, more or less: what is too long
    /// for one block is cut into even pieces.
    pub(crate) fn new(first: Vec<u8>, bytes: usize) -> Self {
        let cut_at = if bytes <= BLOCK_BYTES_MAX { BLOCK_BYTES_MAX } else { bytes.div_ceil(bytes.div_ceil(CUT_BYTES)) };
        Self { done: Vec::new(), first, last: Vec::new(), bytes: Vec::new(), cut_at }
    }

    /// Makes one block, however long it is.
    pub(crate) fn whole(bytes: usize) -> Self {
        Self {
            done: Vec::new(),
            first: Vec::new(),
            last: Vec::new(),
            bytes: Vec::with_capacity(bytes),
            cut_at: usize::MAX,
        }
    }

    pub(crate) fn push(&mut self, key: &[u8], value: &[u8], counts: bool) {
        if !self.bytes.is_empty()
            && self.cut_at < usize::MAX
            && (self.bytes.len() >= self.cut_at || self.bytes.len() + value.len() > BLOCK_BYTES_MAX)
        {
            self.cut(key);
        }
        let shared = key.iter().zip(&self.last).take_while(|(a, b)| a == b).count();
        put_size(&mut self.bytes, shared);
        put_size(&mut self.bytes, key.len() - shared);
        put_size(&mut self.bytes, value.len() << 1 | usize::from(counts));
        self.bytes.extend_from_slice(&key[shared..]);
        self.bytes.extend_from_slice(value);
        self.last.clear();
        self.last.extend_from_slice(key);
    }

    fn cut(&mut self, next: &[u8]) {
        let first = std::mem::replace(&mut self.first, next.to_vec());
        self.done.push((first, std::mem::take(&mut self.bytes)));
        self.last.clear();
    }

    /// The blocks, each with the least key its rows may have. There is always one; it may be empty.
    pub(crate) fn finish(mut self) -> Vec<Block> {
        self.done.push((self.first, self.bytes));
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(blocks: &[Block]) -> Vec<(Vec<u8>, Vec<u8>, bool)> {
        let mut read = Vec::new();
        for (first, bytes) in blocks {
            let mut entries = Entries::of(bytes.clone().into());
            while let Some(entry) = entries.next().unwrap() {
                assert!(entries.key() >= first.as_slice());
                read.push((entries.key().to_vec(), entries.value(entry).to_vec(), entry.counts));
            }
        }
        read
    }

    #[test]
    fn blocks_hold_what_was_pushed_and_are_cut_evenly() {
        for (count, length) in [(0, 0), (1, 20_000), (5, 3), (700, 40), (40, 5_000), (300, 200)] {
            let rows: Vec<(Vec<u8>, Vec<u8>, bool)> = (0..count)
                .map(|n| (format!("key {n:05}").into_bytes(), vec![u8::try_from(n % 251).unwrap(); length], n % 3 == 0))
                .collect();
            let mut builder = Builder::new(b"key".to_vec(), usize::try_from(count).unwrap() * (length + 6));
            for (key, value, counts) in &rows {
                builder.push(key, value, *counts);
            }
            let blocks = builder.finish();
            assert_eq!(read(&blocks), rows);
            assert_eq!(blocks[0].0, b"key");
            for (_, bytes) in &blocks {
                assert!(bytes.len() <= BLOCK_BYTES_MAX.max(length + 16), "{count} of {length}: {}", bytes.len());
            }
            if length < 1000 && blocks.len() > 1 {
                assert!(blocks.iter().all(|(_, bytes)| bytes.len() > CUT_BYTES / 2), "{count} of {length}");
            }
        }
    }

    #[test]
    fn a_cut_or_changed_block_is_an_error_and_not_a_panic() {
        let mut builder = Builder::new(Vec::new(), 0);
        builder.push(b"one", b"first", false);
        builder.push(b"other", b"second", true);
        let (_, bytes) = builder.finish().remove(0);
        for at in 0..bytes.len() {
            for changed in [bytes[..at].to_vec(), [&bytes[..at], &[0xff], &bytes[at + 1..]].concat()] {
                let mut entries = Entries::of(changed.into());
                while let Ok(Some(entry)) = entries.next() {
                    let _ = entries.value(entry);
                }
            }
        }
    }
}
