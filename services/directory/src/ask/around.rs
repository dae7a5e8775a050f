//! Lists outwards from a point, along the index of cells.

use std::collections::BTreeSet;

use projection::Snapshot;

use super::effort::{Effort, Fault};
use super::{Ask, KEYS_MAX, Near, OUTLETS_MAX, Page};
use crate::ground;
use crate::rows::card::{Found, card_row};
use crate::rows::key::{cell_key, cell_of, odd};

/// How far around a point is looked first, in metres.
const FIRST_METRES: u32 = 50;

/// A page of the outlets around a point, the nearest first: rings that grow until the page is full.
pub(crate) fn outwards<T>(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    after: Option<&[u8]>,
    tell: &mut impl FnMut(&Found<'_>) -> T,
) -> Result<Page<T>, Fault> {
    let Some(near) = ask.filter.near else { return Ok((Vec::new(), None)) };
    let mark = |millimetres: u64, position: &[u8]| [&millimetres.to_be_bytes(), position].concat();
    let begun = after.and_then(|after| after.first_chunk::<8>()).map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let mut metres = u32::try_from(begun / 1000 + 1).unwrap_or(near.metres).saturating_mul(2).max(FIRST_METRES);
    let mut seen = after.map(<[u8]>::to_vec);
    let (mut page, mut keys, mut looked) = (Vec::new(), 0, 0);
    loop {
        metres = metres.min(near.metres);
        let mut found = Vec::new();
        for (first, last) in ground::cover(near.point, metres) {
            for row in rows.range(&cell_key(first), &cell_key(last + 1)) {
                let row = row?;
                ask.effort.step()?;
                keys += 1;
                let (cell, position) = cell_of(row.key()).ok_or_else(odd)?;
                let millimetres = ground::millimetres(near.point, ground::point(cell));
                if millimetres > u64::from(metres) * 1000 {
                    continue;
                }
                let mark = mark(millimetres, position);
                if seen.as_ref().is_none_or(|seen| mark > *seen) {
                    found.push(mark);
                }
            }
        }
        found.sort_unstable();
        for mark in found {
            if page.len() == ask.page_size || looked == OUTLETS_MAX {
                return Ok((page, seen));
            }
            looked += 1;
            let row = card_row(rows, mark.get(8..).unwrap_or_default())?;
            page.extend(ask.find(&row.decode()?).map(|found| tell(&found)));
            seen = Some(mark);
        }
        if metres == near.metres {
            return Ok((page, None));
        }
        if keys > KEYS_MAX {
            // So dense that one page may not look farther: the next one goes on from here.
            // The ring was looked through to its edge, whatever was told of it: a token that named the outlet told last would be its
            // own successor.
            let edge = mark(u64::from(metres) * 1000, &[u8::MAX; 5]);
            let end = seen.map_or_else(|| edge.clone(), |seen| seen.max(edge.clone()));
            return Ok((page, Some(end)));
        }
        metres = metres.saturating_mul(2);
    }
}

/// First positions of the outlets in a circle; `None` where more than `most` are to be looked at.
pub(super) fn within(
    rows: &Snapshot<'_>,
    near: Near,
    most: usize,
    effort: &Effort,
) -> Result<Option<BTreeSet<Vec<u8>>>, Fault> {
    let (mut found, mut looked) = (BTreeSet::new(), 0);
    for (first, last) in ground::cover(near.point, near.metres) {
        for row in rows.range(&cell_key(first), &cell_key(last + 1)) {
            looked += 1;
            if looked > most {
                return Ok(None);
            }
            effort.step()?;
            let row = row?;
            let (cell, position) = cell_of(row.key()).ok_or_else(odd)?;
            if ground::millimetres(near.point, ground::point(cell)) <= u64::from(near.metres) * 1000 {
                found.insert(position.to_vec());
            }
        }
    }
    Ok(Some(found))
}
