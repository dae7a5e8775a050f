//! The rows as the commits of a group see them: what is stored, under what they have changed.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{ApplyError, ReadError};
use crate::layers::{Changes, Digest, Made, Value};
use crate::scan::Row;
use crate::view::View;

/// Reads and writes of a group.
#[derive(Debug)]
pub struct Rows<'a> {
    view: &'a View,
    own: Changes,
    digest: Digest,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(view: &'a View) -> Self {
        Self { view, own: Changes::default(), digest: view.mark().digest }
    }

    pub(crate) fn into_changes(self) -> (Changes, Digest) {
        (self.own, self.digest)
    }

    fn value(&self, key: &[u8]) -> Result<Option<Value>, ReadError> {
        match self.own.get(key) {
            Some(Made::Put(value)) => Ok(Some(Value::new(value.clone(), false))),
            Some(Made::Gone) => Ok(None),
            Some(Made::Add(_)) | None => self.view.value(key),
        }
    }

    /// The row at `key`, if there is one. Not for rows that count.
    pub fn get<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, ReadError> {
        Ok(self.value(key)?.map(|value| postcard::from_bytes(value.bytes())).transpose()?)
    }

    /// The stored form of the row at `key`.
    pub fn row(&self, key: &[u8]) -> Result<Option<Row>, ReadError> {
        Ok(self.value(key)?.map(|value| Row::new(key.to_vec(), value)))
    }

    /// Writes the row at `key`.
    pub fn put<T: Serialize>(&mut self, key: &[u8], value: &T) -> Result<(), ApplyError> {
        let before = self.value(key)?;
        self.replace(key, before.as_ref().map(Value::bytes), Some(encode(value)?));
        Ok(())
    }

    /// Takes the row at `key` away.
    pub fn remove(&mut self, key: &[u8]) -> Result<(), ReadError> {
        let before = self.value(key)?;
        self.replace(key, before.as_ref().map(Value::bytes), None);
        Ok(())
    }

    /// Puts a row in the place of another, in their stored form. The caller knows what is there, so that it need not be read; the digest
    /// would be wrong for ever where that is not so.
    pub fn replace(&mut self, key: &[u8], before: Option<&[u8]>, after: Option<Vec<u8>>) {
        giving_way::let_others_first();
        if before == after.as_deref() {
            return;
        }
        if let Some(before) = before {
            self.digest.goes(key, before);
        }
        let made = match after {
            Some(after) => {
                self.digest.comes(key, &after);
                Made::Put(after)
            }
            None => Made::Gone,
        };
        self.own.set(key.to_vec(), made);
    }

    /// Counts a number so much more often in the row at `key`. Such a row is read by [`crate::counts`] and written in no other way; it is
    /// gone when nothing is counted in it.
    pub fn add(&mut self, key: &[u8], number: u64, by: i64) {
        giving_way::let_others_first();
        self.digest.counts(key, number, by);
        self.own.add(key.to_vec(), number, by);
    }
}

/// A row's value read; it may borrow from its stored form.
pub fn decode<'a, T: Deserialize<'a>>(value: &'a [u8]) -> Result<T, ReadError> {
    Ok(postcard::from_bytes(value)?)
}

/// The stored form of a row's value.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, ApplyError> {
    postcard::to_allocvec(value).map_err(ApplyError::Encode)
}
