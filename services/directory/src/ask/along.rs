//! Along the indexes of places: the rows of several classes of outlets, and of several categories, in the order of their places.

use projection::{Row, Scan, Snapshot};

use super::effort::Fault;
use super::{Ask, Filter};
use crate::rows::key::{Class, odd, outlet_place};
use crate::rows::newest_day;

/// The outlets that a list has to look at, as rows have them apart.
pub(super) fn classes(rows: &Snapshot<'_>, ask: &Ask<'_>) -> Result<&'static [Class], Fault> {
    // What was so before the last record is not told by what is so after it.
    Ok(if !ask.filter.is_of_live() || ask.day < newest_day(rows)? {
        Class::ALL
    } else if ask.filter.is_of_measured() {
        &[Class::Measured]
    } else {
        &[Class::Live, Class::Measured]
    })
}

/// What the keys begin with that a list of the place is read from.
pub(super) fn ranges(filter: &Filter, classes: &[Class]) -> Vec<Vec<u8>> {
    let indexes = filter.indexes();
    let of = |class: &Class| indexes.iter().map(|index| index.of_place(*class, filter.area())).collect::<Vec<_>>();
    classes.iter().flat_map(of).collect()
}

/// The rows of an index, one by one, each outlet once at its place.
pub(super) struct Along<'a> {
    parts: Vec<(Scan<'a>, Option<Row>)>,
}

/// Where a row stands in the order.
fn place(row: &Row) -> Option<&[u8]> {
    outlet_place(row.key())
}

impl<'a> Along<'a> {
    /// From a place on, or from the beginning.
    pub(super) fn new(
        rows: &'a Snapshot<'_>,
        filter: &Filter,
        classes: &[Class],
        after: Option<&[u8]>,
    ) -> Result<Self, Fault> {
        let ranges = ranges(filter, classes).into_iter().map(|range| {
            let after =
                after.map(|after| [range.get(..range.len() - filter.area().len()).unwrap_or(&range), after].concat());
            rows.scan(&range, after.as_deref())
        });
        Self::of(ranges)
    }

    /// The rows of these parts.
    pub(super) fn of(parts: impl Iterator<Item = Scan<'a>>) -> Result<Self, Fault> {
        let begun = |mut rows: Scan<'a>| {
            let first = rows.next().transpose()?;
            Ok((rows, first))
        };
        Ok(Self { parts: parts.map(begun).collect::<Result<_, Fault>>()? })
    }

    fn least(&self) -> Option<usize> {
        let heads = self.parts.iter().enumerate().filter_map(|(at, (_, head))| Some((place(head.as_ref()?)?, at)));
        heads.min().map(|(_, at)| at)
    }

    /// Where the next row stands.
    pub(super) fn place(&self) -> Option<&[u8]> {
        self.parts.get(self.least()?).and_then(|(_, head)| place(head.as_ref()?))
    }

    /// The next row.
    pub(super) fn take(&mut self) -> Result<Option<Row>, Fault> {
        let Some(least) = self.least() else { return Ok(None) };
        let (rows, head) = &mut self.parts[least];
        let Some(taken) = std::mem::replace(head, rows.next().transpose()?) else { return Ok(None) };
        let at = place(&taken).ok_or_else(odd)?;
        // One of several categories stands at its place in each.
        for (rows, head) in &mut self.parts {
            while head.as_ref().is_some_and(|head| place(head) == Some(at)) {
                *head = rows.next().transpose()?;
            }
        }
        Ok(Some(taken))
    }

    /// The row at this place, if there is one.
    pub(super) fn at(&mut self, place: &[u8]) -> Result<Option<Row>, Fault> {
        if self.place() == Some(place) { self.take() } else { Ok(None) }
    }
}
