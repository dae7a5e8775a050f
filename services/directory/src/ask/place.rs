//! Lists in the order of the index of a place: by division, then by id.

use projection::{ReadError, Row, Snapshot};

use super::{Ask, Filter, Page};
use crate::rows::card::{Found, card_of};

/// A page of a list that [`Filter::by_division`] allows.
pub(crate) fn plain<T>(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    after: Option<&[u8]>,
    tell: &mut impl FnMut(&Found<'_>) -> T,
) -> Result<Page<T>, ReadError> {
    let Ask { filter, page_size, rows_max, .. } = ask;
    let mut page = Vec::with_capacity(page_size);
    let mut last = None;
    for (scanned, row) in rows.scan(&filter.range(), after).enumerate() {
        if page.len() == page_size || scanned == rows_max {
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
pub(crate) fn rows_of(rows: &Snapshot<'_>, filter: &Filter, most: usize) -> Result<Option<Vec<Row>>, ReadError> {
    let mut found = Vec::new();
    for row in rows.scan(&filter.range(), None) {
        if found.len() == most {
            return Ok(None);
        }
        found.push(row?);
    }
    Ok(Some(found))
}
