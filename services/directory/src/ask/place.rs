//! Lists in the order of the index of a place: by division, then by id.

use projection::{Row, Snapshot};

use super::along::{Along, classes, ranges};
use super::effort::Fault;
use super::ended::{along_ends, is_of_ends};
use super::{Ask, Page};
use crate::rows::card::{Found, card_of};
use crate::rows::key::{Class, may_be_live, odd, outlet_place};

/// A page of a list that [`Filter::by_division`] allows.
pub(crate) fn plain<T>(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    after: Option<&[u8]>,
    tell: &mut impl FnMut(&Found<'_>) -> T,
) -> Result<Page<T>, Fault> {
    if is_of_ends(&ask)
        && let Some(page) = along_ends(rows, ask, after, tell)?
    {
        return Ok(page);
    }
    let Ask { filter, page_size, effort, .. } = ask;
    let classes = classes(rows, &ask)?;
    let after = after.map(|after| outlet_place(after).ok_or_else(odd)).transpose()?;
    let mut along = Along::new(rows, filter, classes, after)?;
    let (mut page, mut last) = (Vec::with_capacity(page_size), None::<Row>);
    let end = |last: Option<Row>| Some(filter.index().at(outlet_place(last?.key())?));
    while let Some(row) = along.take()? {
        // Of those that are not over it is seen at a glance which may be live on the day.
        let is_passed = !classes.contains(&Class::Over) && !may_be_live(row.value(), ask.day);
        if page.len() == page_size || !(if is_passed { effort.glance()? } else { effort.one()? }) {
            return Ok((page, end(last)));
        }
        if !is_passed {
            let card = card_of(rows, &row)?;
            let card = card.card()?;
            if outlet_place(row.key()).is_some_and(|place| card.stands_at(place, ask.day)) {
                page.extend(ask.find(&card).map(|found| tell(&found)));
            }
        }
        last = Some(row);
    }
    Ok((page, None))
}

/// The rows in which a list finds its own, in its place, zone or category, if they are at most `most`.
pub(crate) fn rows_of(rows: &Snapshot<'_>, ask: &Ask<'_>, most: usize) -> Result<Option<Vec<Row>>, Fault> {
    // Where they are too many, which is what most questions with words find, none was copied.
    let (ranges, mut count) = (ranges(ask.filter, classes(rows, ask)?), 0);
    for range in &ranges {
        let mut keys = rows.scan(range, None);
        while keys.lend()?.is_some() {
            if count == most {
                return Ok(None);
            }
            ask.effort.step()?;
            count += 1;
        }
    }
    let mut found = Vec::with_capacity(count);
    for range in &ranges {
        for row in rows.scan(range, None) {
            found.push(row?);
        }
    }
    Ok(Some(found))
}
