//! Rows of several parts of an index, in the order of what follows the part in their keys.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use projection::{Row, Snapshot};

use super::effort::{Effort, Fault};

/// Rows read of a part at a time, after its first.
const AHEAD: usize = 32;

/// A part of the index: the rows whose keys begin with its prefix.
struct Part {
    prefix: Vec<u8>,
    /// Where the next rows are read from, and the end.
    from: Vec<u8>,
    until: Vec<u8>,
    ahead: VecDeque<Row>,
    rows_next: usize,
}

/// Rows of the parts, the least place first.
pub(super) struct Merge<'a, 's> {
    rows: &'a Snapshot<'s>,
    effort: &'a Effort,
    parts: Vec<Part>,
    heads: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
}

impl<'a, 's> Merge<'a, 's> {
    pub(super) fn new(rows: &'a Snapshot<'s>, effort: &'a Effort) -> Self {
        Self { rows, effort, parts: Vec::new(), heads: BinaryHeap::new() }
    }

    /// Adds the rows whose keys begin with a prefix and go on from one place, included, to another, excluded.
    pub(super) fn add(&mut self, prefix: &[u8], from: &[u8], until: &[u8]) -> Result<(), Fault> {
        let (from, until) = ([prefix, from].concat(), [prefix, until].concat());
        self.parts.push(Part { prefix: prefix.to_vec(), from, until, ahead: VecDeque::new(), rows_next: 1 });
        self.refill(self.parts.len() - 1)
    }

    fn refill(&mut self, index: usize) -> Result<(), Fault> {
        let part = &mut self.parts[index];
        if part.ahead.is_empty() && part.rows_next > 0 {
            for row in self.rows.range(&part.from, &part.until).take(part.rows_next) {
                self.effort.step()?;
                part.ahead.push_back(row?);
            }
            let whole = part.ahead.len() == part.rows_next;
            part.rows_next = if whole { AHEAD } else { 0 };
            if let Some(last) = part.ahead.back() {
                part.from = [last.key(), &[0]].concat();
            }
        }
        if let Some(row) = part.ahead.front() {
            let place = row.key().get(part.prefix.len()..).unwrap_or_default().to_vec();
            self.heads.push(Reverse((place, index)));
        }
        Ok(())
    }

    /// The next row, and its place.
    pub(super) fn next(&mut self) -> Result<Option<(Vec<u8>, Row)>, Fault> {
        let Some(Reverse((place, index))) = self.heads.pop() else { return Ok(None) };
        let row = self.parts[index].ahead.pop_front();
        self.refill(index)?;
        Ok(row.map(|row| (place, row)))
    }
}

/// The parts there are among keys that begin with a prefix; `None` where they are more than may be looked at.
pub(super) fn parts<'r>(
    rows: &Snapshot<'_>,
    effort: &Effort,
    prefix: &[u8],
    most: usize,
    part_of: impl for<'k> Fn(&'k [u8]) -> Option<&'k [u8]> + 'r,
) -> Result<Option<Vec<Vec<u8>>>, Fault> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut from: Option<Vec<u8>> = None;
    loop {
        effort.step()?;
        let Some(first) = rows.scan(prefix, from.as_deref()).next().transpose()? else { return Ok(Some(found)) };
        if found.len() == most {
            return Ok(None);
        }
        let Some(part) = part_of(first.key()) else { return Err(crate::rows::key::odd().into()) };
        // Behind every key of the part: places begin with a day or with digits.
        from = Some([part, &[u8::MAX; 8]].concat());
        found.push(part.to_vec());
    }
}
