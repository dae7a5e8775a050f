//! Lists: which way each is found.
//!
//! A question that an index answers with few rows is answered from all of them, sorted. One with words or a point, and more rows
//! than that, is answered along the index of the words or outwards from the point, a bounded number of rows a page.

use projection::{ReadError, Snapshot};

use super::around::outwards;
use super::number::of_number;
use super::place::{plain, rows_of};
use super::sorted::{sorted, sorted_cards};
use super::words::along_text;
use super::{Ask, FEW_ROWS_MAX, Order, Page, SORTED_ROWS_MAX};
use crate::rows::card::Found;

/// The way a page was found; a token keeps it, so that the pages that follow go on where it ended however many rows there are by
/// then.
const SORTED: u8 = b's';
const ALONG_TEXT: u8 = b't';
const OUTWARDS: u8 = b'g';

/// A page of a list, and where it ended if more follow. `None` where more rows would have to be sorted than one page may.
pub(crate) fn list<T>(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    after: Option<&[u8]>,
    tell: &mut impl FnMut(&Found<'_>) -> T,
) -> Result<Option<Page<T>>, ReadError> {
    let filter = ask.filter;
    if filter.by_division() {
        return plain(rows, ask, after, tell).map(Some);
    }
    let (way, after) = match after.and_then(<[u8]>::split_first) {
        Some((way, after)) => (Some(*way), Some(after)),
        None => (None, None),
    };
    let by = |way: u8, (page, end): Page<T>| Some((page, end.map(|end| [&[way], end.as_slice()].concat())));
    if let Some(ids) = of_number(rows, filter)? {
        return Ok(by(SORTED, sorted(rows, ask, &ids, after, tell)?));
    }
    let indexed = match filter.order {
        Order::Name | Order::CertifiedOn => None,
        Order::Distance => Some(OUTWARDS),
        Order::Plain => Some(ALONG_TEXT),
    };
    let most = if indexed.is_some() && way != Some(SORTED) { FEW_ROWS_MAX } else { SORTED_ROWS_MAX };
    let few = if indexed.is_some() && way == indexed { None } else { rows_of(rows, filter, most)? };
    Ok(match (few, indexed) {
        (Some(cards), _) => by(SORTED, sorted_cards(rows, ask, &cards, after, tell)?),
        (None, Some(OUTWARDS)) => by(OUTWARDS, outwards(rows, ask, after, tell)?),
        (None, Some(_)) => by(ALONG_TEXT, along_text(rows, ask, after, tell)?),
        (None, None) => None,
    })
}
