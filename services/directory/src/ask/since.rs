//! Lists in the order of their place as they were at an earlier position, along the index as it is: what has not changed since is told from
//! the rows, and what has from the log. What stood in the index then and does not now has left its place or lost its category there, and is
//! found by that.
//!
//! Each page looks at a bounded number of rows and leaves a bounded number of outlets to be loaded, however much has changed since: whoever
//! goes on comes to the end, and holds each outlet once.

use domain::ProviderId;
use projection::{ReadError, Row, Snapshot};

use super::along::{Along, classes};
use super::effort::Fault;
use super::then::LOADED_COMMITS_MAX;
use super::{Ask, Filter};
use crate::outlet::view::View;
use crate::rows::card::{Card, CardOf, Found, Place, card_of, record_bytes, view};
use crate::rows::key::{Class, id_of, left_at, left_since, may_be_live, odd, outlet_place, place_of};

/// Rows looked at for one page: of each the record is read as well.
const LOOKS_MAX: usize = if cfg!(test) { 40 } else { 2_000 };
/// Bytes of a record that take as long to read as a row counts for: most are some KiB, and one with hundreds of pledges some MiB.
const BYTES_A_LOOK: usize = 4 * 1024;
/// Outlets left to be loaded for one page.
const LOADS_MAX: usize = if cfg!(test) { 8 } else { 128 };

/// An outlet that has changed since, and stands in the index at this place or did.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) id: ProviderId,
    /// The rows know it up to here.
    pub(crate) known: u64,
    place: Vec<u8>,
}

/// What comes next on a page.
#[derive(Debug)]
pub(crate) enum Next<T> {
    Told(T),
    Changed(Changed),
}

/// A page without what is to be loaded for it, and where it ended if more follow.
#[derive(Debug)]
pub(crate) struct Draft<T> {
    pub(crate) page: Vec<Next<T>>,
    pub(crate) end: Option<Vec<u8>>,
}

/// What a page holds of a list that [`Filter::by_division`] allows, as it was at `at`. `None` where one outlet has more commits than are
/// loaded.
pub(crate) fn draft<T>(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    at: u64,
    after: Option<&[u8]>,
    tell: &mut impl FnMut(&Found<'_>) -> T,
) -> Result<Option<Draft<T>>, Fault> {
    let Ask { filter, page_size, effort, .. } = ask;
    // Where the first record is longer than this look may cost, a longer one goes on from there.
    let from = after.map(<[u8]>::to_vec);
    let after = after.map(|after| outlet_place(after).ok_or_else(odd)).transpose()?;
    let classes = classes(rows, &ask)?;
    let mut here = Along::new(rows, filter, classes, after)?;
    let gone = left_since(at, rows.position().0).map(|stretch| {
        let behind = after.map(|after| [stretch.as_slice(), after].concat());
        rows.scan(&[stretch.as_slice(), filter.area().as_bytes()].concat(), behind.as_deref())
    });
    let mut gone = Along::of(gone)?;
    let (mut page, mut end) = (Vec::new(), None);
    let (mut looked, mut loads, mut commits) = (0, 0, 0);
    loop {
        let Some(place) = here.place().into_iter().chain(gone.place()).min().map(<[u8]>::to_vec) else {
            return Ok(Some(Draft { page, end: None }));
        };
        let (row, left) = (here.at(&place)?, gone.at(&place)?);
        let left = left.map(|row| left_at(row.value()).ok_or_else(odd)).transpose()?;
        let id = id_of(&place).ok_or_else(odd)?;
        let has_left = left.is_some_and(|left| left > at);
        // What is live on the day no more and was at the position has left since.
        let may_fit = |row: &Row| classes.contains(&Class::Over) || may_be_live(row.value(), ask.day);
        let is_passed = !has_left && !row.as_ref().is_some_and(may_fit);
        let goes_on =
            if is_passed { effort.glance()? } else { looked < LOOKS_MAX && effort.one_of(cost(rows, id)?)? };
        if page.len() == page_size || loads == LOADS_MAX || !goes_on {
            return Ok(Some(Draft { page, end: end.or(from) }));
        }
        if !is_passed {
            looked += 1;
            let now = view(rows, id)?.ok_or_else(odd)?;
            if now.last_position <= at {
                let card = row.as_ref().map(|row| card_of(rows, row)).transpose()?;
                let card = card.as_ref().map(CardOf::card).transpose()?;
                let here = card.filter(|card| card.stands_at(&place, ask.day));
                page.extend(here.and_then(|card| ask.find(&card).map(|found| Next::Told(tell(&found)))));
            } else if now.first_position <= at && (has_left || may_have_fitted(&now, filter)) {
                if commits + now.revision > LOADED_COMMITS_MAX {
                    // The next page begins with it.
                    return Ok(end.map(|end| Draft { page, end: Some(end) }));
                }
                (loads, commits) = (loads + 1, commits + now.revision);
                let id = ProviderId::parse_confirmed(id).map_err(|_| odd())?;
                page.push(Next::Changed(Changed { id, known: now.last_position, place: place.clone() }));
            }
        }
        end = Some(filter.index().at(&place));
    }
}

/// How many rows the record of an outlet costs as much as: no more than one page may cost, so that the longest is read as well.
fn cost(rows: &Snapshot<'_>, id: &str) -> Result<usize, ReadError> {
    Ok((record_bytes(rows, id)? / BYTES_A_LOOK + 1).min(super::LOOKS_MAX))
}

/// What an outlet had a case or a certification of it still has, unless a correction took that: then it has left.
fn may_have_fitted(now: &View, filter: &Filter) -> bool {
    filter.category.as_ref().is_none_or(|category| now.categories().any(|own| own == category.as_str()))
}

impl Changed {
    /// Tells it as it was, where it stood at this place then: where it stood at another, another page tells it.
    pub(crate) fn tell<T>(
        &self,
        ask: Ask<'_>,
        then: Option<&View>,
        tell: &mut impl FnMut(&Found<'_>) -> T,
    ) -> Option<T> {
        let then = then?;
        let (id, places) = (self.id.as_str(), Place::all(then));
        let card = Card::of(id, then, &places)?;
        if place_of(card.on(ask.day).division, id) != self.place {
            return None;
        }
        ask.find(&card).map(|found| tell(&found))
    }
}
