//! Lists in the order of the index of a place: by division, then by id.

use projection::{Row, Snapshot};

use super::effort::{Effort, Fault};
use super::ended::{along_ends, is_of_ends};
use super::{Ask, Filter, Page};
use crate::rows::card::{Found, with_card};
use crate::rows::key::outlet_place;

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
    let mut page = Vec::with_capacity(page_size);
    let mut last = Vec::new();
    let mut along = rows.scan(&filter.range(), after);
    while let Some(row) = along.lend()? {
        if page.len() == page_size || !effort.one()? {
            return Ok((page, Some(last).filter(|last| !last.is_empty())));
        }
        let told = with_card(rows, row, |card| {
            let here = outlet_place(row.0).is_some_and(|place| card.stands_at(place, ask.day));
            if here { ask.find(card).map(|found| tell(&found)) } else { None }
        })?;
        page.extend(told);
        last.clear();
        last.extend_from_slice(row.0);
    }
    Ok((page, None))
}

/// The rows of the filter's place, zone or category, if they are at most `most`.
pub(crate) fn rows_of(
    rows: &Snapshot<'_>,
    filter: &Filter,
    most: usize,
    effort: &Effort,
) -> Result<Option<Vec<Row>>, Fault> {
    // Where they are too many, which is what most questions with words find, none was copied.
    let (range, mut count) = (filter.range(), 0);
    let mut keys = rows.scan(&range, None);
    while keys.lend()?.is_some() {
        if count == most {
            return Ok(None);
        }
        effort.step()?;
        count += 1;
    }
    let mut found = Vec::with_capacity(count);
    for row in rows.scan(&range, None) {
        found.push(row?);
    }
    Ok(Some(found))
}
