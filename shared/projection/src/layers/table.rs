//! Changed rows in key order, as they stay from the end of their group on.

use std::ops::Bound;
use std::sync::Arc;

use super::changes::{Changes, Made};
use super::tally::{self, Added};
use super::value::{Bytes, Value};

/// What became of a row of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change<'t> {
    Put(Piece<'t>),
    Gone,
    /// Numbers are added to what lies below.
    Add(&'t [(u64, i64)]),
}

/// The value of a row of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'t> {
    values: &'t Arc<Vec<u8>>,
    start: usize,
    end: usize,
    pub(crate) counts: bool,
}

impl<'t> Piece<'t> {
    pub(crate) fn bytes(self) -> &'t [u8] {
        &self.values[self.start..self.end]
    }

    /// The value to be kept: it shares the values of the table.
    pub(crate) fn kept(self) -> Value {
        Value { block: Bytes::Own(Arc::clone(self.values)), start: self.start, end: self.end, counts: self.counts }
    }
}

/// A row of a table: where its key and what belongs to it end. They begin where those of the row before end.
#[derive(Debug, Clone, Copy)]
struct Slot {
    key_end: usize,
    value_end: usize,
    added_end: usize,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Counts,
    Gone,
    Add,
}

/// Changed rows in key order. It never changes. The bytes of all rows lie behind one another, so that a table is gone through, copied and
/// given back at the speed of memory.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Slot>,
    keys: Vec<u8>,
    values: Arc<Vec<u8>>,
    added: Added,
}

impl Table {
    /// What it takes in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.keys.len() + self.values.len() + size_of_val(&*self.added) + size_of_val(&*self.rows)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Where the row at an index begins: its key, its value, what it adds.
    fn begin(&self, at: usize) -> (usize, usize, usize) {
        let before = at.checked_sub(1).and_then(|before| self.rows.get(before));
        before.map_or((0, 0, 0), |slot| (slot.key_end, slot.value_end, slot.added_end))
    }

    fn key(&self, at: usize) -> &[u8] {
        self.rows.get(at).map_or(&[], |slot| &self.keys[self.begin(at).0..slot.key_end])
    }

    fn change(&self, at: usize) -> Change<'_> {
        let Some(slot) = self.rows.get(at) else { return Change::Gone };
        let (_, start, added) = self.begin(at);
        let (values, end) = (&self.values, slot.value_end);
        match slot.kind {
            Kind::Plain => Change::Put(Piece { values, start, end, counts: false }),
            Kind::Counts => Change::Put(Piece { values, start, end, counts: true }),
            Kind::Gone => Change::Gone,
            Kind::Add => Change::Add(&self.added[added..slot.added_end]),
        }
    }

    /// The first row from the index `low` on whose key is not `before`.
    fn partition(&self, mut low: usize, before: impl Fn(&[u8]) -> bool) -> usize {
        let mut high = self.rows.len();
        while low < high {
            let middle = low.midpoint(high);
            if before(self.key(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<Change<'_>> {
        let at = self.partition(0, |other| other < key);
        (at < self.rows.len() && self.key(at) == key).then(|| self.change(at))
    }

    /// All rows.
    pub(crate) fn rows(&self) -> Cursor<'_> {
        Cursor { table: self, at: 0, end: self.rows.len() }
    }

    /// The rows from `start` on and before `until`.
    pub(crate) fn range(&self, start: &Bound<Vec<u8>>, until: Option<&[u8]>) -> Cursor<'_> {
        let at = match start {
            Bound::Included(start) => self.partition(0, |key| key < start.as_slice()),
            Bound::Excluded(start) => self.partition(0, |key| key <= start.as_slice()),
            Bound::Unbounded => 0,
        };
        let end = until.map_or(self.rows.len(), |until| self.partition(at, |key| key < until));
        Cursor { table: self, at, end }
    }

    /// What tables are together, the latest first.
    pub(crate) fn together(tables: &[Arc<Self>]) -> Self {
        let mut heads: Vec<Cursor<'_>> = tables.iter().map(|table| table.rows()).collect();
        let mut all = Builder::with_room_for(tables);
        loop {
            heads.retain(|rows| rows.key().is_some());
            let Some(key) = heads.iter().filter_map(Cursor::key).min() else { return all.finish() };
            // What only one table has left needs no looking at the others.
            if let [rest] = heads.as_slice() {
                rest.clone().for_each(|(key, change)| all.copy(key, change));
                return all.finish();
            }
            let mut met = heads.iter_mut().filter_map(|rows| Some(rows.next_if(key)?.1));
            match met.next() {
                Some(Change::Add(latest)) => all.merge(key, latest, met),
                Some(change) => {
                    all.copy(key, change);
                    met.for_each(drop);
                }
                None => {}
            }
        }
    }
}

impl From<Changes> for Table {
    fn from(changes: Changes) -> Self {
        let mut table = Builder::default();
        let (mut keys, mut values, mut added) = (0, 0, 0);
        for (key, made) in changes.rows() {
            keys += key.len();
            match made {
                Made::Put(value) => values += value.len(),
                Made::Gone => {}
                Made::Add(more) => added += more.len(),
            }
        }
        table.reserve(changes.rows().len(), keys, values, added);
        for (key, made) in changes.into_rows() {
            match made {
                Made::Put(value) => table.put(&key, &value, false),
                Made::Gone => table.gone(&key),
                Made::Add(mut added) => {
                    tally::settle(&mut added);
                    table.add(&key, &added);
                }
            }
        }
        table.finish()
    }
}

/// Rows of a table, in key order.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'t> {
    table: &'t Table,
    at: usize,
    end: usize,
}

impl<'t> Cursor<'t> {
    /// The key of the next row.
    pub(crate) fn key(&self) -> Option<&'t [u8]> {
        (self.at < self.end).then(|| self.table.key(self.at))
    }

    /// The next row, if it has this key.
    pub(crate) fn next_if(&mut self, key: &[u8]) -> Option<(&'t [u8], Change<'t>)> {
        if self.key()? == key { self.next() } else { None }
    }
}

impl<'t> Iterator for Cursor<'t> {
    type Item = (&'t [u8], Change<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.key()?;
        let change = self.table.change(self.at);
        self.at += 1;
        Some((key, change))
    }
}

/// Makes a table of rows that come in key order.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    rows: Vec<Slot>,
    keys: Vec<u8>,
    values: Vec<u8>,
    added: Added,
}

impl Builder {
    fn with_room_for(tables: &[Arc<Table>]) -> Self {
        let sum = |length: fn(&Table) -> usize| tables.iter().map(|table| length(table)).sum();
        let mut all = Self::default();
        all.reserve(
            sum(|table| table.rows.len()),
            sum(|table| table.keys.len()),
            sum(|table| table.values.len()),
            sum(|table| table.added.len()),
        );
        all
    }

    fn reserve(&mut self, rows: usize, keys: usize, values: usize, added: usize) {
        self.rows.reserve(rows);
        self.keys.reserve(keys);
        self.values.reserve(values);
        self.added.reserve(added);
    }

    fn push(&mut self, key: &[u8], kind: Kind) {
        self.keys.extend_from_slice(key);
        let (key_end, value_end, added_end) = (self.keys.len(), self.values.len(), self.added.len());
        self.rows.push(Slot { key_end, value_end, added_end, kind });
    }

    /// A row behind all that are there, with this value.
    pub(crate) fn put(&mut self, key: &[u8], value: &[u8], counts: bool) {
        self.values.extend_from_slice(value);
        self.push(key, if counts { Kind::Counts } else { Kind::Plain });
    }

    /// A row behind all that are there, which is gone.
    pub(crate) fn gone(&mut self, key: &[u8]) {
        self.push(key, Kind::Gone);
    }

    fn add(&mut self, key: &[u8], added: &[(u64, i64)]) {
        self.added.extend_from_slice(added);
        self.push(key, Kind::Add);
    }

    /// A row behind all that are there, as another table has it.
    pub(crate) fn copy(&mut self, key: &[u8], change: Change<'_>) {
        match change {
            Change::Put(value) => self.put(key, value.bytes(), value.counts),
            Change::Gone => self.gone(key),
            Change::Add(added) => self.add(key, added),
        }
    }

    /// A row to which the latest table adds, with what the earlier ones say of it, the latest first.
    fn merge<'t>(&mut self, key: &[u8], latest: &[(u64, i64)], earlier: impl Iterator<Item = Change<'t>>) {
        let mut sum: Option<Added> = None;
        // What it is added to, where one of them says that. The rest is below it.
        let mut on: Option<Option<Piece<'t>>> = None;
        for change in earlier {
            match change {
                _ if on.is_some() => {}
                Change::Add(before) => sum = Some(tally::together(before, sum.as_deref().unwrap_or(latest))),
                Change::Put(value) => on = Some(Some(value)),
                Change::Gone => on = Some(None),
            }
        }
        let sum = sum.as_deref().unwrap_or(latest);
        match on {
            Some(on) => match tally::moved(on.map(Piece::bytes), sum) {
                Some(value) => self.put(key, &value, true),
                None => self.gone(key),
            },
            // A row whose numbers come to nothing has not changed.
            None if sum.is_empty() => {}
            None => self.add(key, sum),
        }
    }

    pub(crate) fn finish(self) -> Table {
        Table { rows: self.rows, keys: self.keys, values: Arc::new(self.values), added: self.added }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, Change<'_>)]) -> Arc<Table> {
        let mut table = Builder::default();
        for (key, change) in rows {
            table.copy(key.as_bytes(), *change);
        }
        Arc::new(table.finish())
    }

    fn told(change: Change<'_>) -> String {
        match change {
            Change::Put(value) => format!("{:?}", value.bytes()),
            Change::Gone => "gone".to_owned(),
            Change::Add(added) => format!("{added:?}"),
        }
    }

    fn all(table: &Table) -> Vec<String> {
        table.rows().map(|(key, change)| format!("{}{}", char::from(key[0]), told(change))).collect()
    }

    #[test]
    fn tables_together_say_of_each_row_what_the_latest_says() {
        let values: Vec<Arc<Vec<u8>>> = (0..10).map(|value| Arc::new(vec![value])).collect();
        let put = |value: usize| Change::Put(Piece { values: &values[value], start: 0, end: 1, counts: false });
        let tables = [
            table(&[
                ("a", put(3)),
                ("c", Change::Add(&[(5, 2), (7, 1)])),
                ("e", Change::Add(&[(1, -1)])),
                ("f", Change::Add(&[(2, 2)])),
                ("z", put(9)),
            ]),
            table(&[("a", Change::Gone), ("b", put(2)), ("c", Change::Add(&[(5, 1)])), ("f", Change::Gone)]),
            table(&[
                ("a", put(1)),
                ("b", Change::Gone),
                ("d", put(4)),
                ("e", Change::Add(&[(1, 1)])),
                ("f", Change::Add(&[(1, 5)])),
            ]),
        ];
        let together = Table::together(&tables);
        let two = told(Change::Put(Piece {
            values: &Arc::new(tally::moved(None, &[(2, 2)]).unwrap()),
            start: 0,
            end: 2,
            counts: true,
        }));
        assert_eq!(all(&together), ["a[3]", "b[2]", "c[(5, 3), (7, 1)]", "d[4]", &format!("f{two}"), "z[9]"]);
        let by_steps = Table::together(&[Arc::new(Table::together(&tables[..2])), Arc::clone(&tables[2])]);
        assert_eq!((all(&together), together.bytes()), (all(&by_steps), by_steps.bytes()));
        assert_eq!(together.get(b"d").map(told), Some("[4]".to_owned()));
        assert!([b"".as_slice(), b"e", b"zz"].iter().all(|key| together.get(key).is_none()));
        let between = |start: Bound<&str>, until: Option<&str>| -> Vec<Vec<u8>> {
            let start = start.map(|start| start.as_bytes().to_vec());
            together.range(&start, until.map(str::as_bytes)).map(|(key, _)| key.to_vec()).collect()
        };
        assert_eq!(between(Bound::Included("b"), Some("d")), [b"b", b"c"]);
        assert_eq!(between(Bound::Excluded("b"), None), [b"c", b"d", b"f", b"z"]);
        assert_eq!(between(Bound::Unbounded, Some("b")), [b"a"]);
        assert_eq!(between(Bound::Included("x"), Some("a")), [b""; 0]);
    }

    #[test]
    fn a_table_has_what_a_group_has_made_in_key_order() {
        let mut changes = Changes::default();
        changes.set(b"put".to_vec(), Made::Put(vec![1, 2]));
        changes.set(b"gone".to_vec(), Made::Gone);
        for (number, by) in [(9, 1), (3, 1), (9, -1), (4, 2)] {
            changes.add(b"count".to_vec(), number, by);
        }
        let table = Table::from(changes);
        assert_eq!(all(&table), ["c[(3, 1), (4, 2)]", "ggone", "p[1, 2]"]);
        let Some(Change::Put(value)) = table.get(b"put") else { panic!("it was put") };
        assert_eq!((value.kept().bytes(), value.counts), ([1, 2].as_slice(), false));
    }
}
