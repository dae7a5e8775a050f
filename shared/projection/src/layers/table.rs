//! Changed rows in key order: as a group of commits makes them, and as they stay from then on.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::tally::{self, Added};

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
    Add(Arc<Added>),
}

impl Change {
    fn bytes(&self) -> usize {
        match self {
            Self::Put(value) => value.end - value.start,
            Self::Gone => 0,
            Self::Add(added) => added.len() * ADDED_BYTES,
        }
    }

    /// What a later and an earlier change of one row are together. A row that counts is never put before it is written.
    fn over(&self, earlier: &Self) -> Self {
        match (self, earlier) {
            (Self::Add(later), Self::Add(earlier)) => Self::Add(Arc::new(tally::together(earlier, later))),
            (later, _) => later.clone(),
        }
    }
}

/// What a group of commits has changed so far.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    rows: BTreeMap<Vec<u8>, Change>,
}

impl Changes {
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Change> {
        self.rows.get(key)
    }

    pub(crate) fn set(&mut self, key: Vec<u8>, change: Change) {
        self.rows.insert(key, change);
    }

    pub(crate) fn add(&mut self, key: Vec<u8>, number: u64, by: i64) {
        match self.rows.entry(key).or_insert_with(|| Change::Add(Arc::default())) {
            Change::Add(added) => Arc::make_mut(added).push((number, by)),
            row @ (Change::Put(_) | Change::Gone) => *row = Change::Add(Arc::new(vec![(number, by)])),
        }
    }
}

/// The key of a changed row: tables that were put together share it.
pub(crate) type Key = Arc<[u8]>;

/// Changed rows in key order. It never changes.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<(Key, Change)>,
    /// What it takes in memory, about.
    bytes: usize,
}

impl From<Changes> for Table {
    fn from(changes: Changes) -> Self {
        let mut table = Self { rows: Vec::with_capacity(changes.rows.len()), bytes: 0 };
        for (key, mut change) in changes.rows {
            if let Change::Add(added) = &mut change {
                tally::settle(Arc::make_mut(added));
            }
            table.push(key.into(), change);
        }
        table
    }
}

impl Table {
    /// A row behind all that are there.
    pub(crate) fn push(&mut self, key: Key, change: Change) {
        self.bytes += key.len() + change.bytes() + OVERHEAD_BYTES;
        self.rows.push((key, change));
    }

    pub(crate) fn rows(&self) -> &[(Key, Change)] {
        &self.rows
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<&Change> {
        let found = self.rows.binary_search_by(|(other, _)| other.as_ref().cmp(key)).ok()?;
        self.rows.get(found).map(|(_, change)| change)
    }

    /// The rows from `start` on and before `until`.
    pub(crate) fn range(&self, start: &Bound<Vec<u8>>, until: Option<&[u8]>) -> &[(Key, Change)] {
        let from = match start {
            Bound::Included(start) => self.rows.partition_point(|(key, _)| key.as_ref() < start.as_slice()),
            Bound::Excluded(start) => self.rows.partition_point(|(key, _)| key.as_ref() <= start.as_slice()),
            Bound::Unbounded => 0,
        };
        let rest = self.rows.get(from..).unwrap_or_default();
        let end = until.map_or(rest.len(), |until| rest.partition_point(|(key, _)| key.as_ref() < until));
        &rest[..end]
    }

    /// What tables are together, the latest first.
    pub(crate) fn together(tables: &[Arc<Self>]) -> Self {
        let mut heads: Vec<&[(Key, Change)]> = tables.iter().map(|table| table.rows()).collect();
        let mut all = Self { rows: Vec::with_capacity(heads.iter().map(|rows| rows.len()).sum()), bytes: 0 };
        loop {
            heads.retain(|rows| !rows.is_empty());
            let least = heads.iter().filter_map(|rows| rows.first().map(|(key, _)| key)).min().cloned();
            let Some(key) = least else { return all };
            // What only one table has left needs no looking at the others.
            if let [rest] = heads.as_slice() {
                rest.iter().for_each(|(key, change)| all.push(Arc::clone(key), change.clone()));
                return all;
            }
            let mut met: Option<Change> = None;
            for rows in &mut heads {
                if let Some(((_, change), behind)) = rows.split_first().filter(|((other, _), _)| *other == key) {
                    met = Some(met.map_or_else(|| change.clone(), |later| later.over(change)));
                    *rows = behind;
                }
            }
            // A row whose numbers come to nothing has not changed.
            match met {
                Some(Change::Add(added)) if added.is_empty() => {}
                Some(change) => all.push(key, change),
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, Change)]) -> Arc<Table> {
        let mut changes = Changes::default();
        for (key, change) in rows {
            changes.set(key.as_bytes().to_vec(), change.clone());
        }
        Arc::new(changes.into())
    }

    fn told(change: &Change) -> String {
        match change {
            Change::Put(value) => format!("{:?}", value.bytes()),
            Change::Gone => "gone".to_owned(),
            Change::Add(added) => format!("{added:?}"),
        }
    }

    #[test]
    fn tables_together_say_of_each_row_what_the_latest_says() {
        let put = |value: u8| Change::Put(Value::new(vec![value], false));
        let add = |added: &[(u64, i64)]| Change::Add(Arc::new(added.to_vec()));
        let tables = [
            table(&[("a", put(3)), ("c", add(&[(7, 1), (5, 2)])), ("e", add(&[(1, -1)])), ("z", put(9))]),
            table(&[("a", Change::Gone), ("b", put(2)), ("c", add(&[(5, 1)]))]),
            table(&[("a", put(1)), ("b", Change::Gone), ("d", put(4)), ("e", add(&[(1, 1)]))]),
        ];
        let all = Table::together(&tables);
        let rows: Vec<String> =
            all.rows().iter().map(|(key, change)| format!("{}{}", char::from(key[0]), told(change))).collect();
        assert_eq!(rows, ["a[3]", "b[2]", "c[(5, 3), (7, 1)]", "d[4]", "z[9]"]);
        assert_eq!(
            all.bytes(),
            Table::together(&[Arc::new(Table::together(&tables[..2])), Arc::clone(&tables[2])]).bytes()
        );
        assert_eq!(all.get(b"d").map(told), Some("[4]".to_owned()));
        assert!(all.get(b"e").is_none());
        let between = |start: Bound<&str>, until: Option<&str>| -> Vec<Vec<u8>> {
            let start = start.map(|start| start.as_bytes().to_vec());
            let rows = all.range(&start, until.map(str::as_bytes));
            rows.iter().map(|(key, _)| key.to_vec()).collect()
        };
        assert_eq!(between(Bound::Included("b"), Some("d")), [b"b", b"c"]);
        assert_eq!(between(Bound::Excluded("b"), None), [b"c", b"d", b"z"]);
        assert_eq!(between(Bound::Included("x"), Some("a")), [b""; 0]);
    }
}
