//! Statistics: counters added up. What a question costs is bounded by places, categories and months, however many outlets there are.

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
use crate::rows::key::{Counter, Family, counter, family, odd};

/// Rows looked at for one answer: a place with more is counted in parts.
const COUNTERS_READ_MAX: usize = 2_000_000;

/// Goes through the counters of a place, as fine as `digits`, of the months that touch these days; `false` where they are more than are
/// read for one answer.
fn each(
    rows: &Snapshot<'_>,
    filter: &Filter,
    (first, last): (i32, i32),
    digits: usize,
    effort: &Effort,
    mut with: impl FnMut(Counter<'_>, &Row) -> Result<(), ReadError>,
) -> Result<bool, Fault> {
    let area = filter.area();
    let prefix = match &filter.zone {
        Some(zone) => family(Family::Zone, zone.as_str()),
        None if area.len() <= 6 && digits <= 6 => family(Family::County, ""),
        None => family(Family::Community, ""),
    };
    for (read, row) in rows.scan(&[prefix.as_slice(), area.as_bytes()].concat(), None).enumerate() {
        if read == COUNTERS_READ_MAX {
            return Ok(false);
        }
        effort.step()?;
        let row = row?;
        let counter = row.key().get(prefix.len()..).and_then(counter).ok_or_else(odd)?;
        let of_another = |code: &CategoryCode| !counter.category.is_empty() && code.as_str() != counter.category;
        if counter.first > last || counter.last < first || filter.category.as_ref().is_some_and(of_another) {
            continue;
        }
        with(counter, &row)?;
    }
    Ok(true)
}

/// Counts on a day.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// By place, category and status.
    pub(crate) certifications: BTreeMap<(String, String, Status), u64>,
    pub(crate) providers: u64,
    pub(crate) live_providers: u64,
}

impl Counts {
    /// Takes a record out of the counts.
    pub(crate) fn take(&mut self, view: &View, filter: &Filter, day: i32, digits: usize) {
        self.each(view, filter, (day, digits), |number| *number = number.saturating_sub(1));
    }

    /// Counts a record in.
    pub(crate) fn put(&mut self, view: &View, filter: &Filter, day: i32, digits: usize) {
        self.each(view, filter, (day, digits), |number| *number += 1);
    }

    /// Changes every number that a record counts in.
    fn each(&mut self, view: &View, filter: &Filter, (day, digits): (i32, usize), change: impl Fn(&mut u64)) {
        let division = view.shown_division();
        if division.is_empty() || !filter.is_here(&division, &view.zone) {
            return;
        }
        let mut standings = standings(view, day);
        standings.retain(|(c, _)| filter.category.as_ref().is_none_or(|code| c.category == code.as_str()));
        if !standings.is_empty() {
            change(&mut self.providers);
        }
        if standings.iter().any(|(_, (status, _))| status.is_live()) {
            change(&mut self.live_providers);
        }
        let place = division.get(..digits).unwrap_or(&division);
        for (c, (status, _)) in standings {
            change(self.certifications.entry((place.to_owned(), c.category.clone(), status)).or_default());
        }
    }
}

fn positive(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Counts on a day; `None` where more counters are in the question than are read for one answer.
pub(crate) fn counts(
    rows: &Snapshot<'_>,
    filter: &Filter,
    day: i32,
    digits: usize,
    effort: &Effort,
) -> Result<Option<Counts>, Fault> {
    let mut sums: BTreeMap<(String, String, Status), i64> = BTreeMap::new();
    let (mut any, mut live) = (0, 0);
    let whole = each(rows, filter, (i32::MIN, day), digits, effort, |counter, month| {
        let mut stand: BTreeMap<Status, i64> = BTreeMap::new();
        for change in changes(month, counter.first) {
            match change? {
                (_, from, _) if from > day => {}
                (Kind::Stands(status), _, by) => *stand.entry(status).or_default() += by,
                (Kind::Any, _, by) => any += by,
                (Kind::Live, _, by) => live += by,
                (Kind::Happened(_), _, _) => {}
            }
        }
        let place = counter.division.get(..digits).unwrap_or(counter.division);
        for (status, by) in stand {
            *sums.entry((place.to_owned(), counter.category.to_owned(), status)).or_default() += by;
        }
        Ok(())
    })?;
    if !whole {
        return Ok(None);
    }
    sums.retain(|_, sum| *sum != 0);
    if filter.category.is_some() {
        // An outlet has one certification of a category.
        any = sums.values().sum();
        live = sums.iter().filter(|((_, _, status), _)| status.is_live()).map(|(_, sum)| sum).sum();
    }
    let certifications = sums.into_iter().map(|(key, sum)| (key, positive(sum))).collect();
    Ok(Some(Counts { certifications, providers: positive(any), live_providers: positive(live) }))
}

/// By the first day of the month, place, category and what happened.
pub(crate) type Flows = BTreeMap<(i32, String, String, Flow), u64>;

/// The first day of a day's month by the calendar.
fn month(day: i32) -> i32 {
    let of_month = Day::from_number(day).ok().and_then(|day| day.text().get(8..)?.parse::<i32>().ok());
    of_month.map_or(day, |of_month| day - of_month + 1)
}

/// What happened from one day to another, both included; `None` where more counters are in the question than are read for one answer.
pub(crate) fn flows(
    rows: &Snapshot<'_>,
    filter: &Filter,
    (first, last): (i32, i32),
    digits: usize,
    effort: &Effort,
) -> Result<Option<Flows>, Fault> {
    let mut sums: BTreeMap<(i32, String, String, Flow), i64> = BTreeMap::new();
    let whole = each(rows, filter, (first, last), digits, effort, |counter, row| {
        let place = counter.division.get(..digits).unwrap_or(counter.division);
        for change in changes(row, counter.first) {
            if let (Kind::Happened(flow), day, by) = change?
                && (first..=last).contains(&day)
            {
                *sums.entry((month(day), place.to_owned(), counter.category.to_owned(), flow)).or_default() += by;
            }
        }
        Ok(())
    })?;
    sums.retain(|_, sum| *sum != 0);
    Ok(whole.then(|| sums.into_iter().map(|(key, sum)| (key, positive(sum))).collect()))
}
