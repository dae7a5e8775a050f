//! What was applied and is not written yet, in key order, over what is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::tally::Added;

/// What a row costs in memory beside its key and value, in bytes; about.
const OVERHEAD_BYTES: usize = 112;
/// What a number that is added costs.
const ADDED_BYTES: usize = 16;

/// Bytes that are shared: of a block as it was unpacked, or as sled holds it.
#[derive(Debug, Clone)]
pub(crate) enum Bytes {
    Own(Arc<Vec<u8>>),
    /// From the second byte on: the first tells the form.
    Held(sled::IVec),
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Own(Arc::new(bytes))
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Held(bytes) => bytes.get(1..).unwrap_or_default(),
        }
    }
}

/// The value of a row: a piece of a block, or of its own.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) block: Bytes,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether it is a row that counts numbers.
    pub(crate) counts: bool,
}

impl Value {
    pub(crate) fn new(bytes: Vec<u8>, counts: bool) -> Self {
        Self { start: 0, end: bytes.len(), block: bytes.into(), counts }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.block[self.start..self.end]
    }
}

/// What became of a row.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Put(Value),
    Gone,
    /// Numbers are added to what lies below.
    Add(Added),
}

impl Change {
    fn bytes(&self) -> usize {
        match self {
            Self::Put(value) => value.end - value.start,
            Self::Gone => 0,
            Self::Add(added) => added.len() * ADDED_BYTES,
        }
    }
}

/// Changed rows by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) rows: BTreeMap<Vec<u8>, Change>,
    /// What it takes in memory, about.
    pub(crate) bytes: usize,
}

impl Table {
    pub(crate) fn set(&mut self, key: Vec<u8>, change: Change) {
        self.bytes += change.bytes();
        let length = key.len();
        match self.rows.insert(key, change) {
            Some(before) => self.bytes = self.bytes.saturating_sub(before.bytes()),
            None => self.bytes += length + OVERHEAD_BYTES,
        }
    }

    pub(crate) fn add(&mut self, key: Vec<u8>, number: u64, by: i64) {
        self.bytes += ADDED_BYTES;
        let length = key.len();
        match self.rows.entry(key) {
            std::collections::btree_map::Entry::Occupied(mut row) => match row.get_mut() {
                Change::Add(added) => added.push((number, by)),
                // A row that counts is never put before it is written.
                row @ (Change::Put(_) | Change::Gone) => *row = Change::Add(vec![(number, by)]),
            },
            std::collections::btree_map::Entry::Vacant(row) => {
                self.bytes += length + OVERHEAD_BYTES;
                row.insert(Change::Add(vec![(number, by)]));
            }
        }
    }

    /// Puts a later table over this one.
    pub(crate) fn merge(&mut self, later: Self) {
        if self.rows.is_empty() {
            *self = later;
            return;
        }
        for (key, change) in later.rows {
            match change {
                Change::Add(added) => {
                    self.bytes += added.len() * ADDED_BYTES;
                    match self.rows.get_mut(&key) {
                        Some(Change::Add(before)) => before.extend(added),
                        _ => self.set(key, Change::Add(added)),
                    }
                }
                change => self.set(key, change),
            }
        }
    }
}
