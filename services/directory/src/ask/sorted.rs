//! Lists that are sorted in memory, from few outlets.

use std::collections::BTreeSet;

use projection::{Row, Snapshot};

use super::around::within;
use super::effort::Fault;
use super::number::{Named, of_number};
use super::place::rows_of;
use super::words::holding;
use super::{Ask, Order, Page, SORTED_ROWS_MAX};
use crate::rows::card::{Card, Found, Term, card_of, card_row};

/// When the last of the certifications that fit was decided, or its term began; where none has begun, of those ahead.
fn decided(found: &Found<'_>) -> Option<i32> {
    let decided = |term: &Term<'_>| term.decided_on.or(term.valid_from);
    match &found.standings[..] {
        [] => found.ahead.iter().filter_map(|(term, _)| decided(term)).max(),
        begun => begun.iter().filter_map(|(term, _)| decided(term)).max(),
    }
}

/// Where an outlet stands in the order; `None` where it does not fit.
pub(crate) fn place(ask: Ask<'_>, card: &Card<'_>) -> Option<Vec<u8>> {
    let found = ask.find(card)?;
    let mut place = match ask.filter.order {
        Order::Plain => vec![card.texts(ask.day).rank(&ask.filter.words)?],
        Order::Name => found.named.name.as_bytes().to_vec(),
        Order::CertifiedOn => {
            // The latest first, and those that do not say last: the larger the day, the smaller the key.
            let newest = i64::from(i32::MAX);
            let key = decided(&found).map_or(i64::MAX, |day| newest - i64::from(day));
            key.to_be_bytes().to_vec()
        }
        Order::Distance => found.distance?.to_be_bytes().to_vec(),
    };
    place.push(0);
    place.extend_from_slice(found.named.division.as_bytes());
    place.extend_from_slice(card.id.as_bytes());
    Some(place)
}

/// The cards of the outlets among which a question that needs sorting finds its own: as few as its number, circle, words or place leave.
/// `None` where each leaves more than one page may sort.
pub(crate) fn candidates(rows: &Snapshot<'_>, ask: Ask<'_>) -> Result<Option<Vec<Row>>, Fault> {
    let cards = |positions: BTreeSet<Vec<u8>>| -> Result<_, Fault> {
        let card = |position: &Vec<u8>| {
            ask.effort.step()?;
            Ok(card_row(rows, position)?)
        };
        positions.iter().map(card).collect::<Result<Vec<_>, Fault>>().map(Some)
    };
    match of_number(rows, ask.filter, ask.effort)? {
        Named::These(positions) => return cards(positions),
        Named::TooMany => return Ok(None),
        Named::Nothing => {}
    }
    if let Some(near) = ask.filter.near
        && let Some(positions) = within(rows, &ask, near, SORTED_ROWS_MAX)?
    {
        return cards(positions);
    }
    if !ask.filter.words.is_empty()
        && let Some(positions) = holding(rows, &ask, SORTED_ROWS_MAX)?
    {
        return cards(positions);
    }
    rows_of(rows, &ask, SORTED_ROWS_MAX)
}

/// The outlets of these rows.
pub(crate) fn sorted_cards<T>(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    found: &[Row],
    after: Option<&[u8]>,
    tell: &mut impl FnMut(&Found<'_>) -> T,
) -> Result<Page<T>, Fault> {
    let mut placed = Vec::new();
    for row in found {
        ask.effort.step()?;
        placed.extend(place(ask, &card_of(rows, row)?.card()?).map(|place| (place, row)));
    }
    let (placed, end) = page_of(placed, ask.page_size, after);
    let mut page = Vec::with_capacity(placed.len());
    for row in placed {
        page.extend(ask.find(&card_of(rows, row)?.card()?).map(|found| tell(&found)));
    }
    Ok((page, end))
}

/// Of what was found, each with its place, the page after a place, and where it ended if more follow.
pub(crate) fn page_of<F>(mut found: Vec<(Vec<u8>, F)>, page_size: usize, after: Option<&[u8]>) -> Page<F> {
    found.retain(|(place, _)| after.is_none_or(|after| place.as_slice() > after));
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    // An outlet stands in the index under every place it was ever in.
    found.dedup_by(|(a, _), (b, _)| a == b);
    let more = found.len() > page_size;
    found.truncate(page_size);
    let end = found.last().filter(|_| more).map(|(place, _)| place.clone());
    (found.into_iter().map(|(_, found)| found).collect(), end)
}
