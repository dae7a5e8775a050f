//! Lists: which way each is found.
//!
//! A question that an index answers with few rows is answered from all of them, sorted. One with words or a point, and more rows
//! than that, is answered along the index of the words or outwards from the point, a bounded number of rows a page.

use projection::Snapshot;

use super::around::outwards;
use super::effort::Fault;
use super::place::{plain, rows_of};
use super::sorted::{candidates, sorted_cards};
use super::words::along_text;
use super::{Ask, FEW_ROWS_MAX, Filter, Order, Page};
use crate::rows::card::Found;

/// The way a page was found; a token keeps it, so that the pages that follow go on where it ended however many rows there are by
/// then.
pub(crate) const SORTED: u8 = b's';
const ALONG_TEXT: u8 = b't';
const OUTWARDS: u8 = b'g';

/// Position of a log from which on it is not counted whether there are few outlets in all of it: there hardly are, and counting them takes
/// as long as most answers do.
const LONG_LOG: u64 = 50 * FEW_ROWS_MAX as u64;

/// Whether the pages of a list are each told of their own moment: the first one says where it ended, and so does the token of the others.
/// Where each outlet has its place in the order by what is on record of it, and they are few or stand in the index so, the pages that follow
/// are told as the record was at the first.
pub(crate) fn moves_on(filter: &Filter, place: &[u8]) -> bool {
    !filter.by_division() && place.first() != Some(&SORTED)
}

/// A page of a list, and where it ended if more follow. `None` where more rows would have to be sorted than one page may.
pub(crate) fn list<T>(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    after: Option<&[u8]>,
    tell: &mut impl FnMut(&Found<'_>) -> T,
) -> Result<Option<Page<T>>, Fault> {
    let filter = ask.filter;
    if filter.by_division() {
        return plain(rows, ask, after, tell).map(Some);
    }
    let (way, after) = match after.and_then(<[u8]>::split_first) {
        Some((way, after)) => (Some(*way), Some(after)),
        None => (None, None),
    };
    let by = |way: u8, (page, end): Page<T>| Some((page, end.map(|end| [&[way], end.as_slice()].concat())));
    let indexed = match filter.order {
        Order::Name | Order::CertifiedOn => None,
        _ if !filter.number.is_empty() || filter.operator.is_some() => None,
        Order::Distance => Some(OUTWARDS),
        Order::Plain => Some(ALONG_TEXT),
    };
    // Pages that follow go on the way the first one went.
    let few = match (indexed, way) {
        (None, _) | (_, Some(SORTED)) => match candidates(rows, ask)? {
            Some(cards) => Some(cards),
            None => return Ok(None),
        },
        (Some(_), None) if filter.is_of_everywhere() && rows.position().0 > LONG_LOG => None,
        (Some(_), None) => rows_of(rows, &ask, FEW_ROWS_MAX)?,
        (Some(_), Some(_)) => None,
    };
    Ok(match (few, indexed) {
        (Some(cards), _) => by(SORTED, sorted_cards(rows, ask, &cards, after, tell)?),
        (None, Some(OUTWARDS)) => by(OUTWARDS, outwards(rows, ask, after, tell)?),
        (None, _) => by(ALONG_TEXT, along_text(rows, ask, after, tell)?),
    })
}
