//! The rows as an applied commit sees them: what is stored, under what the commits before it in the group have changed.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::members::Moves;
use crate::store::ROW;
use crate::{ApplyError, ReadError};

/// Changed rows by stored key; `None` is a row taken away.
pub(crate) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;
/// Changed sets by stored key.
pub(crate) type SetChanges = BTreeMap<Vec<u8>, Moves>;

/// Reads and writes of one commit.
#[derive(Debug)]
pub struct Rows<'a> {
    tree: &'a sled::Tree,
    group: &'a Changes,
    own: Changes,
    sets: SetChanges,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(tree: &'a sled::Tree, group: &'a Changes) -> Self {
        Self { tree, group, own: Changes::new(), sets: SetChanges::new() }
    }

    pub(crate) fn into_changes(self) -> (Changes, SetChanges) {
        (self.own, self.sets)
    }

    /// The row at `key`, if there is one.
    pub fn get<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, ReadError> {
        let key = stored(key);
        let bytes = match self.own.get(&key).or_else(|| self.group.get(&key)) {
            Some(Some(value)) => return Ok(Some(postcard::from_bytes(value)?)),
            Some(None) => None,
            None => self.tree.get(&key)?,
        };
        Ok(bytes.map(|bytes| postcard::from_bytes(&bytes)).transpose()?)
    }

    /// Writes the row at `key`.
    pub fn put<T: Serialize>(&mut self, key: &[u8], value: &T) -> Result<(), ApplyError> {
        self.put_bytes(key, encode(value)?);
        Ok(())
    }

    /// Writes the row at `key` in its stored form.
    pub fn put_bytes(&mut self, key: &[u8], value: Vec<u8>) {
        self.own.insert(stored(key), Some(value));
    }

    /// Puts a number into the set at `key`, or takes it out. Such a row is read by [`crate::members`] and written in no other way; it
    /// is gone when its set is empty.
    pub fn set_member(&mut self, key: &[u8], number: u64, comes: bool) {
        self.sets.entry(stored(key)).or_default().insert(number, comes);
    }

    /// Takes the row at `key` away.
    pub fn remove(&mut self, key: &[u8]) {
        self.own.insert(stored(key), None);
    }
}

/// The stored form of a row's value.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, ApplyError> {
    postcard::to_allocvec(value).map_err(ApplyError::Encode)
}

pub(crate) fn stored(key: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(key.len() + 1);
    stored.push(ROW);
    stored.extend_from_slice(key);
    stored
}
