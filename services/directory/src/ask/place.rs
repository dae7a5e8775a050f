//! Lists in the order of the index of a place: by division, then by id.

use projection::{Row, Snapshot};

use super::effort::{Effort, Fault};
use super::ended::{along_ends, is_of_ends};
use super::{Ask, Filter, Page};
use crate::rows::card::{Found, card_of};

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
    let mut last = None;
    for row in rows.scan(&filter.range(), after) {
        if page.len() == page_size || !effort.one()? {
            return Ok((page, last.map(|row: Row| row.key().to_vec())));
        }
        let row = row?;
        if let Some(found) = ask.find(&card_of(rows, &row)?.decode()?) {
            page.push(tell(&found));
        }
        last = Some(row);
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
    let mut found = Vec::new();
    for row in rows.scan(&filter.range(), None) {
        if found.len() == most {
            return Ok(None);
        }
        effort.step()?;
        found.push(row?);
    }
    Ok(Some(found))
}
