//! Lists outwards from a point, along the index of cells.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use projection::Snapshot;

use super::along::classes;
use super::effort::{Effort, Fault};
use super::{Ask, KEYS_MAX, Near, OUTLETS_MAX, Page};
use crate::ground::{self, Square};
use crate::rows::card::{Found, card_row};
use crate::rows::key::{Class, cell_in, cell_key, cell_of, odd};

/// Rows of a square that are taken at one time: one with more is quartered, and one that is a single point goes on.
const FEW: usize = if cfg!(test) { 4 } else { 32 };

/// What is to be looked at next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lead {
    /// A square that was not looked into yet.
    Square(Square),
    /// An outlet.
    Outlet,
}

/// What may come next, the nearest first: of an outlet its distance in millimetres and its first position; of a square the least distance of
/// what may be in it, and the position from which on it is looked at.
type Leads = BinaryHeap<Reverse<(u64, Vec<u8>, Lead)>>;

/// The way outwards from a point, after what was told already.
struct Outwards<'a, 's> {
    rows: &'a Snapshot<'s>,
    effort: &'a Effort,
    near: Near,
    /// Distance and first position of the last one told.
    begun: (u64, Vec<u8>),
    leads: Leads,
    /// Among which outlets it looks.
    classes: &'static [Class],
    /// Keys of the index that were looked at.
    keys: usize,
}

impl Outwards<'_, '_> {
    fn within(&self) -> u64 {
        u64::from(self.near.metres) * 1000
    }

    fn add(&mut self, square: Square) {
        let nearest = square.nearest(self.near.point);
        if nearest <= self.within() && square.farthest(self.near.point) >= self.begun.0 {
            self.leads.push(Reverse((nearest, Vec::new(), Lead::Square(square))));
        }
    }

    /// Looks into a square: what is in it comes next, or its quarters do. Of a single point so many at a time, from a position on.
    fn look_into(&mut self, square: Square, from: &[u8]) -> Result<(), Fault> {
        let (first, last) = square.cells();
        let from = if square.is_point() && from.is_empty() && square.nearest(self.near.point) == self.begun.0 {
            // At this distance some were told.
            [&self.begun.1, [0].as_slice()].concat()
        } else {
            from.to_vec()
        };
        let mut found = Vec::new();
        for class in self.classes {
            let mut cells = self.rows.range(&cell_in(*class, first, &from), &cell_key(*class, last + 1));
            for _ in 0..=FEW {
                let Some((key, _)) = cells.lend()? else { break };
                self.effort.step()?;
                self.keys += 1;
                let (cell, position) = cell_of(key).ok_or_else(odd)?;
                found.push((ground::millimetres(self.near.point, ground::point(cell)), position.to_vec()));
            }
        }
        if found.len() > FEW {
            if let Some(quarters) = square.quarters() {
                for quarter in quarters {
                    self.add(quarter);
                }
                return Ok(());
            }
            found.sort_unstable();
            found.truncate(FEW + 1);
            // The last one shows that there are more, and where they begin.
            if let Some((distance, position)) = found.pop() {
                self.leads.push(Reverse((distance, position, Lead::Square(square))));
            }
        }
        let (begun, within) = (&self.begun, self.within());
        let ahead = found.into_iter().filter(|found| found > begun && found.0 <= within);
        self.leads.extend(ahead.map(|(distance, position)| Reverse((distance, position, Lead::Outlet))));
        Ok(())
    }
}

/// The outlets that a question looks at by where they stand.
fn of_cells(rows: &Snapshot<'_>, ask: &Ask<'_>) -> Result<&'static [Class], Fault> {
    Ok(if classes(rows, ask)?.contains(&Class::Over) { &[Class::Over, Class::Live] } else { &[Class::Live] })
}

/// A page of the outlets around a point, the nearest first. Squares are looked into as they come nearer than what was found, and not where
/// all that is in them was told: a page costs what it tells and the squares along the edge of what was told, however dense it is.
pub(crate) fn outwards<T>(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    after: Option<&[u8]>,
    tell: &mut impl FnMut(&Found<'_>) -> T,
) -> Result<Page<T>, Fault> {
    let Some(near) = ask.filter.near else { return Ok((Vec::new(), None)) };
    let begun = after.and_then(|after| after.split_first_chunk::<8>());
    let begun =
        begun.map_or((0, Vec::new()), |(distance, position)| (u64::from_be_bytes(*distance), position.to_vec()));
    let classes = of_cells(rows, &ask)?;
    let mut way = Outwards { rows, effort: ask.effort, near, begun, leads: Leads::new(), classes, keys: 0 };
    for square in ground::cover(near.point, near.metres) {
        way.add(square);
    }
    let (mut page, mut looked, mut last) = (Vec::new(), 0, None);
    while let Some(Reverse((distance, position, lead))) = way.leads.pop() {
        match lead {
            Lead::Square(square) => way.look_into(square, &position)?,
            Lead::Outlet => {
                let over = page.len() == ask.page_size || looked == OUTLETS_MAX || (looked > 0 && way.keys > KEYS_MAX);
                if over {
                    return Ok((page, last));
                }
                let place = [&distance.to_be_bytes(), position.as_slice()].concat();
                // It stands in the cell of every point it was ever at, and two of them may be as far away.
                if last.as_ref() == Some(&place) {
                    continue;
                }
                looked += 1;
                let row = card_row(rows, &position)?;
                let found = row.decode()?;
                page.extend(
                    ask.find(&found).filter(|found| found.distance == Some(distance)).map(|found| tell(&found)),
                );
                last = Some(place);
            }
        }
    }
    Ok((page, None))
}

/// First positions of the outlets in a circle; `None` where more than `most` are to be looked at.
pub(super) fn within(
    rows: &Snapshot<'_>,
    ask: &Ask<'_>,
    near: Near,
    most: usize,
) -> Result<Option<BTreeSet<Vec<u8>>>, Fault> {
    let (mut found, mut looked, effort) = (BTreeSet::new(), 0, ask.effort);
    let squares: Vec<_> = ground::cover(near.point, near.metres).into_iter().map(Square::cells).collect();
    for (class, (first, last)) in
        of_cells(rows, ask)?.iter().flat_map(|class| squares.iter().map(move |of| (*class, *of)))
    {
        let mut cells = rows.range(&cell_key(class, first), &cell_key(class, last + 1));
        while let Some((key, _)) = cells.lend()? {
            looked += 1;
            if looked > most {
                return Ok(None);
            }
            effort.step()?;
            let (cell, position) = cell_of(key).ok_or_else(odd)?;
            if ground::millimetres(near.point, ground::point(cell)) <= u64::from(near.metres) * 1000 {
                found.insert(position.to_vec());
            }
        }
    }
    Ok(Some(found))
}
