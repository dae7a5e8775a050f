//! Statistics: counters added up. What a question costs is bounded by places, categories and months, however many outlets there are; where
//! these are many, it is answered in pages whose numbers add up.

use std::collections::BTreeMap;

use domain::{CategoryCode, Day};
use projection::{ReadError, Row, Snapshot};

use super::Filter;
use super::effort::{Effort, Fault};
use crate::outlet::happened::{Flow, Kind};
use crate::outlet::standing::standings;
use crate::outlet::status::Status;
use crate::outlet::view::View;
use crate::rows::counter::changes;
use crate::rows::key::counted::{Counter, Family, counted_unit, counter, family, unit_of};
use crate::rows::key::odd;

/// Counters looked at for one page, and as many more as a place has of one category.
const COUNTERS_A_PAGE: usize = if cfg!(test) { 24 } else { 200_000 };
/// Numbers on one page, and as many more as a place has of one category.
const NUMBERS_A_PAGE: usize = 19_000;

/// The part of the counters that a page is made of: those of whole places and categories, between two keys.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    of: Family,
    zone: String,
    after: Option<Vec<u8>>,
    /// Where it ended, if more follow.
    pub(crate) end: Option<Vec<u8>>,
}

impl Part {
    fn new(filter: &Filter, digits: usize, after: Option<&[u8]>) -> Self {
        let (of, zone) = match &filter.zone {
            Some(zone) => (Family::Zone, zone.as_str()),
            None if filter.area().len() <= 6 && digits <= 6 => (Family::County, ""),
            None => (Family::Community, ""),
        };
        Self { of, zone: zone.to_owned(), after: after.map(<[u8]>::to_vec), end: None }
    }

    /// Whether what an outlet shown in a division counts in a category (none: of the whole outlet) is in it.
    fn holds(&self, division: &str, category: &str) -> bool {
        let digits = match self.of {
            Family::County => division.get(..6).unwrap_or(division),
            Family::Community | Family::Zone => division,
        };
        let unit = counted_unit(self.of, &self.zone, digits, category);
        // The key it begins after is longer than what those of its own place and category begin with.
        self.after.as_ref().is_none_or(|after| unit > *after) && self.end.as_ref().is_none_or(|end| unit < *end)
    }
}

/// Goes through the counters of a place, as fine as `digits`, of the months that touch these days, for a page after a key. `with` tells how
/// many numbers there are.
fn each(
    rows: &Snapshot<'_>,
    filter: &Filter,
    (first, last): (i32, i32),
    (digits, after): (usize, Option<&[u8]>),
    effort: &Effort,
    mut with: impl FnMut(Counter<'_>, &Row) -> Result<usize, ReadError>,
) -> Result<Part, Fault> {
    let mut part = Part::new(filter, digits, after);
    let prefix = family(part.of, &part.zone);
    let (mut looked, mut numbers, mut end) = (0, 0, None::<Vec<u8>>);
    for row in rows.scan(&[prefix.as_slice(), filter.area().as_bytes()].concat(), after) {
        let row = row?;
        let full = looked >= COUNTERS_A_PAGE || numbers >= NUMBERS_A_PAGE;
        if full && end.as_ref().is_some_and(|end| unit_of(end) != unit_of(row.key())) {
            part.end = end;
            return Ok(part);
        }
        looked += 1;
        effort.step()?;
        let counter = row.key().get(prefix.len()..).and_then(counter).ok_or_else(odd)?;
        let of_another = |code: &CategoryCode| !counter.category.is_empty() && code.as_str() != counter.category;
        let wanted = !filter.category.as_ref().is_some_and(of_another);
        if wanted && counter.first <= last && counter.last >= first {
            numbers = with(counter, &row)?;
        }
        end = Some(row.key().to_vec());
    }
    Ok(part)
}

/// Counts on a day.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// By place, category and status.
    pub(crate) certifications: BTreeMap<(String, String, Status), u64>,
    /// Of these, the live ones of which no document states the last day.
    pub(crate) unstated: BTreeMap<(String, String, Status), u64>,
    pub(crate) providers: u64,
    pub(crate) live_providers: u64,
}

impl Counts {
    /// Takes a record out of the counts of a part.
    pub(crate) fn take(&mut self, view: &View, filter: &Filter, part: &Part, of: (i32, usize)) {
        self.each(view, filter, part, of, |number| *number = number.saturating_sub(1));
    }

    /// Counts a record in, as far as it is of a part.
    pub(crate) fn put(&mut self, view: &View, filter: &Filter, part: &Part, of: (i32, usize)) {
        self.each(view, filter, part, of, |number| *number += 1);
    }

    /// Changes every number of a part that a record counts in.
    fn each(
        &mut self,
        view: &View,
        filter: &Filter,
        part: &Part,
        (day, digits): (i32, usize),
        change: impl Fn(&mut u64),
    ) {
        let Some(known) = view.known_on(day) else { return };
        let division = known.division();
        if !filter.is_here(&division, known.zone()) {
            return;
        }
        let mut standings = standings(view, day);
        standings.retain(|(c, _)| filter.category.as_ref().is_none_or(|code| c.category == code.as_str()));
        // Outlets are counted by the whole, or, where a category is asked for, by it.
        if part.holds(&division, filter.category.as_ref().map_or("", CategoryCode::as_str)) {
            if !standings.is_empty() {
                change(&mut self.providers);
            }
            if standings.iter().any(|(_, (status, _))| status.is_live()) {
                change(&mut self.live_providers);
            }
        }
        let place = division.get(..digits).unwrap_or(&division);
        for (c, (status, _)) in standings.into_iter().filter(|(c, _)| part.holds(&division, &c.category)) {
            let of = (place.to_owned(), c.category.clone(), status);
            if status.is_live() && c.states_no_end() {
                change(self.unstated.entry(of.clone()).or_default());
            }
            change(self.certifications.entry(of).or_default());
        }
    }
}

fn positive(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A page of the counts on a day, and what it is made of.
pub(crate) fn counts(
    rows: &Snapshot<'_>,
    filter: &Filter,
    (day, digits): (i32, usize),
    after: Option<&[u8]>,
    effort: &Effort,
) -> Result<(Counts, Part), Fault> {
    let mut sums: BTreeMap<(String, String, Status), i64> = BTreeMap::new();
    let mut unstated: BTreeMap<(String, String, Status), i64> = BTreeMap::new();
    let (mut any, mut live) = (0, 0);
    let part = each(rows, filter, (i32::MIN, day), (digits, after), effort, |counter, month| {
        let mut stand: BTreeMap<Status, i64> = BTreeMap::new();
        let mut stand_unstated: BTreeMap<Status, i64> = BTreeMap::new();
        for change in changes(month, counter.first) {
            match change? {
                (_, from, _) if from > day => {}
                (Kind::Stands(status), _, by) => *stand.entry(status).or_default() += by,
                (Kind::StandsUnstated(status), _, by) => *stand_unstated.entry(status).or_default() += by,
                (Kind::Any, _, by) => any += by,
                (Kind::Live, _, by) => live += by,
                (Kind::Happened(_), _, _) => {}
            }
        }
        let place = counter.division.get(..digits).unwrap_or(counter.division);
        for (of, sums) in [(stand, &mut sums), (stand_unstated, &mut unstated)] {
            for (status, by) in of {
                *sums.entry((place.to_owned(), counter.category.to_owned(), status)).or_default() += by;
            }
        }
        Ok(sums.len())
    })?;
    sums.retain(|_, sum| *sum != 0);
    if filter.category.is_some() {
        // An outlet has one certification of a category.
        any = sums.values().sum();
        live = sums.iter().filter(|((_, _, status), _)| status.is_live()).map(|(_, sum)| sum).sum();
    }
    unstated.retain(|_, sum| *sum != 0);
    let counted = |sums: BTreeMap<_, i64>| sums.into_iter().map(|(key, sum)| (key, positive(sum))).collect();
    let (certifications, unstated) = (counted(sums), counted(unstated));
    Ok((Counts { certifications, unstated, providers: positive(any), live_providers: positive(live) }, part))
}

/// By the first day of the month, place, category and what happened.
pub(crate) type Flows = BTreeMap<(i32, String, String, Flow), u64>;

/// The first day of a day's month by the calendar.
fn month(day: i32) -> i32 {
    let of_month = Day::from_number(day).ok().and_then(|day| day.text().get(8..)?.parse::<i32>().ok());
    of_month.map_or(day, |of_month| day - of_month + 1)
}

/// A page of what happened from one day to another, both included, and where it ended if more follow.
pub(crate) fn flows(
    rows: &Snapshot<'_>,
    filter: &Filter,
    (first, last): (i32, i32),
    (digits, after): (usize, Option<&[u8]>),
    effort: &Effort,
) -> Result<(Flows, Option<Vec<u8>>), Fault> {
    let mut sums: BTreeMap<(i32, String, String, Flow), i64> = BTreeMap::new();
    let part = each(rows, filter, (first, last), (digits, after), effort, |counter, row| {
        let place = counter.division.get(..digits).unwrap_or(counter.division);
        for change in changes(row, counter.first) {
            if let (Kind::Happened(flow), day, by) = change?
                && (first..=last).contains(&day)
            {
                *sums.entry((month(day), place.to_owned(), counter.category.to_owned(), flow)).or_default() += by;
            }
        }
        Ok(sums.len())
    })?;
    sums.retain(|_, sum| *sum != 0);
    Ok((sums.into_iter().map(|(key, sum)| (key, positive(sum))).collect(), part.end))
}
