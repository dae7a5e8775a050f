//! Lists of outlets whose certifications have ended: along the rows of ends, so that those that go on are not looked at.

use projection::Snapshot;

use super::effort::Fault;
use super::merge::{Merge, parts};
use super::{Ask, Page};
use crate::rows::card::{Found, card_row};
use crate::rows::counter::status_code;
use crate::rows::key::{ended, ended_of, is_stretch_before, odd, outlet_place};

/// Stretches of days that one list is put together from, of each status.
const PARTS_MAX: usize = 1_000;

/// Whether a question is of ended certifications alone.
pub(super) fn is_of_ends(ask: &Ask<'_>) -> bool {
    !ask.filter.ahead && !ask.filter.statuses.is_empty() && ask.filter.statuses.iter().all(|status| !status.is_live())
}

/// A page in the order of the index of the place, and where it ended by the key there. `None` where the rows are in too many parts.
pub(super) fn along_ends<T>(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    after: Option<&[u8]>,
    tell: &mut impl FnMut(&Found<'_>) -> T,
) -> Result<Option<Page<T>>, Fault> {
    let Ask { filter, page_size, effort, .. } = ask;
    let area = filter.area();
    let behind = match after {
        Some(after) => [outlet_place(after).ok_or_else(odd)?, &[0]].concat(),
        None => area.as_bytes().to_vec(),
    };
    let until = [area.as_bytes(), &[u8::MAX]].concat();
    let mut outlets = Merge::new(rows, effort);
    for status in &filter.statuses {
        let prefix = ended(status_code(*status));
        let Some(stretches) = parts(rows, effort, &prefix, PARTS_MAX, |key| Some(ended_of(key)?.0))? else {
            return Ok(None);
        };
        for part in stretches {
            if is_stretch_before(ended_of(&part).ok_or_else(odd)?.1, ask.day) {
                outlets.add(&part, &behind, &until)?;
            }
        }
    }
    let (mut page, mut last) = (Vec::new(), None::<(Vec<u8>, Vec<u8>)>);
    while let Some((place, row)) = outlets.next()? {
        if last.as_ref().is_some_and(|(seen, _)| *seen == place) {
            continue;
        }
        if page.len() == page_size || !effort.one()? {
            return Ok(Some((page, last.map(|(_, key)| key))));
        }
        let row = card_row(rows, row.value())?;
        let card: crate::rows::card::Card<'_> = row.decode()?;
        if card.stands_at(&place, ask.day) {
            page.extend(ask.find(&card).map(|found| tell(&found)));
        }
        let key = filter.index().at(&place);
        last = Some((place, key));
    }
    Ok(Some((page, None)))
}
