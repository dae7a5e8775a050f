//! Changed rows as a group of commits makes them.

use std::collections::BTreeMap;

use super::tally::Added;

/// What became of a row while a group is folded.
#[derive(Debug)]
pub(crate) enum Made {
    Put(Vec<u8>),
    Gone,
    /// Numbers are added to what lies below.
    Add(Added),
}

/// What a group of commits has changed so far.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    rows: BTreeMap<Vec<u8>, Made>,
}

impl Changes {
    /// In key order.
    pub(super) fn rows(&self) -> &BTreeMap<Vec<u8>, Made> {
        &self.rows
    }

    pub(super) fn into_rows(self) -> BTreeMap<Vec<u8>, Made> {
        self.rows
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<&Made> {
        self.rows.get(key)
    }

    pub(crate) fn set(&mut self, key: Vec<u8>, made: Made) {
        self.rows.insert(key, made);
    }

    pub(crate) fn add(&mut self, key: Vec<u8>, number: u64, by: i64) {
        match self.rows.entry(key).or_insert_with(|| Made::Add(Added::new())) {
            Made::Add(added) => added.push((number, by)),
            row @ (Made::Put(_) | Made::Gone) => *row = Made::Add(vec![(number, by)]),
        }
    }
}
