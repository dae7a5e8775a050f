//! Sorted lists and counts of what was on record earlier: the rows as they are, with the outlets that have changed since told from the log.
//!
//! Rows are of one position only, and to fold the whole log anew for one question would take as long as making them. Most outlets have
//! not changed since, and their rows tell what was so then; those that have are found by the list of changes, and loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{Day, DivisionPrefix, Instant, ProviderId};
use projection::{ReadError, Row, Snapshot};

use super::counts::{Counts, Part};
use super::effort::{Effort, Fault};
use super::number::is_named;
use super::sorted::{candidates, page_of, place};
use super::{Ask, Filter, Page};
use crate::outlet::view::View;
use crate::rows::card::{Card, Found, Place, card_of, view};
use crate::rows::change::ChangeRow;
use crate::rows::key::{CHANGES, change_in_key, change_key, change_position, changes_in, odd};

/// The earlier record that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Earlier {
    /// Of what was recorded up to this position.
    Position(u64),
    /// Of what was recorded by the end of this day.
    Day(i32),
}

/// The earlier position an answer is about, and the day on which the record was so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Then {
    pub(crate) position: u64,
    pub(crate) known_on: i32,
}

/// The Chinese calendar day on which the commit at a position was recorded.
fn recorded_on(rows: &Snapshot<'_>, position: u64) -> Result<i32, ReadError> {
    // Where a message was set aside there is no change: it was a day of the one before.
    let at_or_before = (0..=position).rev().find_map(|at| rows.get_row(&change_key(at)).transpose());
    let change = ChangeRow::of(&at_or_before.ok_or_else(odd)??)?;
    Ok(Day::of(Instant(change.recorded_at_ms)).number())
}

impl Earlier {
    /// Whether nothing can come to the record that was found, in rows at a position: the log never gets another commit of it.
    pub(crate) fn is_over(self, then: Then, position: u64) -> bool {
        match self {
            Self::Position(_) => true,
            // What is recorded later is of a day that is not earlier.
            Self::Day(_) => then.position < position,
        }
    }

    /// The position that is; the one of the first page where that has been found already.
    pub(crate) fn find(self, rows: &Snapshot<'_>, kept: Option<u64>) -> Result<Then, ReadError> {
        match (self, kept) {
            (Self::Position(position), _) => Ok(Then { position, known_on: recorded_on(rows, position)? }),
            (Self::Day(known_on), Some(position)) => Ok(Then { position, known_on }),
            (Self::Day(known_on), None) => {
                // Always by the same steps, however many commits have come since: where the clocks of two processes differ by a moment
                // around midnight, the answer is one of the commits there, and the same one every time.
                let mut position = 0;
                for step in (0..63).rev().map(|bit| 1_u64 << bit) {
                    if position + step <= rows.position().0 && recorded_on(rows, position + step)? <= known_on {
                        position += step;
                    }
                }
                Ok(Then { position, known_on })
            }
        }
    }
}

/// Commits since the position asked about that are looked through: of the county asked about, where it is one or lies in one.
pub(crate) const COMMITS_SINCE_MAX: usize = if cfg!(test) { 1_000 } else { 50_000 };
/// Outlets changed since that are told from the log.
pub(crate) const OUTLETS_MAX: usize = if cfg!(test) { 24 } else { 2_000 };
/// Commits loaded from the log for one answer, of all outlets together.
pub(crate) const LOADED_COMMITS_MAX: u64 = 20_000;

/// The outlets that have changed since a position, as they were at it.
#[derive(Debug, Clone)]
pub(crate) struct Past {
    pub(crate) at: u64,
    /// What is asked about lies in here; what never did is not looked at.
    pub(crate) area: Option<DivisionPrefix>,
    /// How often the rows had been dropped.
    pub(crate) dropped: u32,
    /// Changes were looked through up to here.
    until: u64,
    changes: usize,
    /// By id: commits loaded, and the record. None was there where the outlet came later.
    outlets: BTreeMap<String, (u64, Option<Arc<View>>)>,
}

/// What is to be loaded before the past is whole: outlets, and the position up to which the rows know each.
pub(crate) type Missing = Vec<(ProviderId, u64)>;

/// More has changed in the place asked about than one answer may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooFar {
    /// Commits to be looked through.
    Commits,
    /// Outlets to be told from the log.
    Outlets,
    /// Commits of those outlets.
    Loaded,
}

impl Past {
    pub(crate) fn new(at: u64, area: Option<DivisionPrefix>) -> Self {
        Self { at, area, dropped: 0, until: at, changes: 0, outlets: BTreeMap::new() }
    }

    /// Goes on to the rows' position.
    pub(crate) fn look(&mut self, rows: &Snapshot<'_>, effort: &Effort) -> Result<Result<Missing, TooFar>, Fault> {
        let mut ids = BTreeSet::new();
        let area = self.area.as_ref().map_or("", DivisionPrefix::as_str).to_owned();
        let county = area.get(..6);
        let found = match county {
            Some(county) => rows.scan(&changes_in(county), Some(&change_in_key(county, self.until))),
            None => rows.scan(&CHANGES, Some(&change_key(self.until))),
        };
        for row in found {
            if self.changes == COMMITS_SINCE_MAX {
                return Ok(Err(TooFar::Commits));
            }
            self.changes += 1;
            effort.step()?;
            let mut row = row?;
            if county.is_some() {
                let position = change_position(row.key()).ok_or_else(odd)?;
                row = rows.get_row(&change_key(position))?.ok_or_else(odd)?;
            }
            let change = ChangeRow::of(&row)?;
            let places = || change.divisions.iter().chain(&change.places);
            let here = area.is_empty() || places().any(|place| place.starts_with(&area));
            if !change.provider_id.is_empty() && here {
                ids.insert(change.provider_id);
            }
        }
        self.until = rows.position().0;
        let mut missing = Missing::new();
        for id in ids {
            let view = view(rows, &id)?.ok_or_else(odd)?;
            let there = view.first_position <= self.at;
            if there {
                missing.push((ProviderId::parse_confirmed(&id).map_err(|_| odd())?, view.last_position));
            }
            self.outlets.insert(id, (if there { view.revision } else { 0 }, None));
        }
        let loaded = self.outlets.values().filter(|(commits, _)| *commits > 0).count();
        let commits: u64 = self.outlets.values().map(|(commits, _)| commits).sum();
        Ok(match () {
            () if loaded > OUTLETS_MAX => Err(TooFar::Outlets),
            () if commits > LOADED_COMMITS_MAX => Err(TooFar::Loaded),
            () => Ok(missing),
        })
    }

    /// Takes the record of an outlet that was missing; None where nothing was on record of it.
    pub(crate) fn put(&mut self, id: &str, view: Option<View>) {
        if let Some((_, record)) = self.outlets.get_mut(id) {
            *record = view.map(Arc::new);
        }
    }

    fn has_changed(&self, id: &str) -> bool {
        self.outlets.contains_key(id)
    }

    /// What was on record of the outlets that have changed since.
    fn records<'a>(&'a self) -> impl Iterator<Item = (&'a str, &'a View)> {
        let record =
            |(id, (_, view)): (&'a String, &'a (u64, Option<Arc<View>>))| Some((id.as_str(), view.as_deref()?));
        // One that is not registered has no place, and is in no list.
        self.outlets.iter().filter_map(record).filter(|(_, view)| view.is_registered())
    }

    /// A page of a list that is sorted. `None` where more rows would have to be sorted than one page may.
    pub(crate) fn sorted<T>(
        &self,
        rows: &Snapshot<'_>,
        ask: Ask<'_>,
        after: Option<&[u8]>,
        tell: &mut impl FnMut(&Found<'_>) -> T,
    ) -> Result<Option<Page<T>>, Fault> {
        let cards: Option<Vec<Row>> = candidates(rows, ask)?;
        let Some(cards) = cards else { return Ok(None) };
        let mut found = Vec::new();
        for row in cards {
            let row = card_of(rows, &row)?;
            let card = row.card()?;
            if !self.has_changed(card.id)
                && let Some(place) = place(ask, &card)
            {
                found.extend(ask.find(&card).map(|card| (place, tell(&card))));
            }
        }
        for (id, view) in self.records().filter(|(id, view)| is_named(id, view, ask.filter)) {
            let places = Place::all(view);
            if let Some(card) = Card::of(id, view, &places)
                && let Some(place) = place(ask, &card)
            {
                found.extend(ask.find(&card).map(|card| (place, tell(&card))));
            }
        }
        Ok(Some(page_of(found, ask.page_size, after)))
    }

    /// Takes the changed outlets out of the counts of a part as they are now, and counts them in as they were, on a day and by so many digits.
    pub(crate) fn recount(
        &self,
        rows: &Snapshot<'_>,
        counts: &mut Counts,
        filter: &Filter,
        part: &Part,
        of: (i32, usize),
    ) -> Result<(), Fault> {
        for id in self.outlets.keys() {
            let now = view(rows, id)?.ok_or_else(odd)?;
            counts.take(&now, filter, part, of);
        }
        for (_, view) in self.records() {
            counts.put(view, filter, part, of);
        }
        counts.certifications.retain(|_, number| *number > 0);
        Ok(())
    }
}
