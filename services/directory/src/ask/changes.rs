//! Changes after a position.

use std::collections::BTreeMap;

use domain::{CategoryCode, DivisionPrefix};
use projection::Snapshot;

use super::effort::{Effort, Fault};
use crate::outlet::shown::Withheld;
use crate::rows::card::view;
use crate::rows::change::ChangeRow;
use crate::rows::key::{CHANGES, change_key, change_position, odd};

/// What is asked about changes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Followed {
    /// Commits after this position.
    pub(crate) after: u64,
    pub(crate) division: Option<DivisionPrefix>,
    pub(crate) category: Option<CategoryCode>,
}

/// Digits of a division down to the street.
const STREET_DIGITS: usize = 9;

impl Followed {
    fn fits(&self, places: &mut Shown<'_>, position: u64, change: &ChangeRow) -> Result<bool, Fault> {
        if !self.touches(change) {
            return Ok(false);
        }
        let Some(area) = self.area_within_a_street() else { return Ok(true) };
        Ok(places.of(position, change)?.iter().any(|division| division.starts_with(area)))
    }

    /// The same of a change that was looked at for all who follow.
    pub(crate) fn fits_looked(&self, looked: &Looked) -> bool {
        let within = |area: &str| looked.shown.iter().any(|division| division.starts_with(area));
        self.touches(&looked.change) && self.area_within_a_street().is_none_or(within)
    }

    fn touches(&self, change: &ChangeRow) -> bool {
        let here = |area: &DivisionPrefix| change.divisions.iter().any(|division| division.starts_with(area.as_str()));
        self.category.as_ref().is_none_or(|code| change.categories.iter().any(|c| c == code.as_str()))
            && self.division.as_ref().is_none_or(here)
    }

    /// What is asked about where it is smaller than a street: what has been withheld since is not found by where it was either.
    fn area_within_a_street(&self) -> Option<&str> {
        self.division.as_ref().map(DivisionPrefix::as_str).filter(|area| area.len() > STREET_DIGITS)
    }
}

/// Where it is shown today that changes were. A record is read once for all of its changes in a page: it may be some MiB, and have them all.
struct Shown<'r> {
    rows: &'r Snapshot<'r>,
    withheld: BTreeMap<String, Option<Withheld>>,
}

impl<'r> Shown<'r> {
    fn in_rows(rows: &'r Snapshot<'r>) -> Self {
        Self { rows, withheld: BTreeMap::new() }
    }

    fn of(&mut self, position: u64, change: &ChangeRow) -> Result<Vec<String>, Fault> {
        let id = &change.provider_id;
        if !self.withheld.contains_key(id) {
            let now = view(self.rows, id)?.map(|now| now.withheld());
            self.withheld.insert(id.clone(), now);
        }
        let Some(Some(now)) = self.withheld.get(id) else { return Ok(Vec::new()) };
        Ok(change.divisions.iter().map(|division| now.division_then(division, position)).collect())
    }
}

/// A change, with what tells whom it fits.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) position: u64,
    pub(crate) change: ChangeRow,
    /// Where it is shown that it was.
    shown: Vec<String>,
}

/// Changes after a position for all who follow, whatever of it fits each; and where the look ended.
pub(crate) fn look(
    rows: &Snapshot<'_>,
    after: u64,
    (today, page_size): (i32, usize),
    effort: &Effort,
) -> Result<(Vec<Looked>, u64), Fault> {
    let all = Followed { after, ..Followed::default() };
    let (found, to, _) = changes(rows, &all, (today, page_size), effort)?;
    let mut places = Shown::in_rows(rows);
    let looked = found.into_iter().map(|(position, change)| {
        let shown = places.of(position, &change)?;
        Ok(Looked { position, change, shown })
    });
    Ok((looked.collect::<Result<_, Fault>>()?, to))
}

/// Changes that fit, each with its position, where the scan ended, and whether there is more.
pub(crate) type Changes = (Vec<(u64, ChangeRow)>, u64, bool);

/// Changes after a position, at most as many as asked for.
pub(crate) fn changes(
    rows: &Snapshot<'_>,
    followed: &Followed,
    (today, page_size): (i32, usize),
    effort: &Effort,
) -> Result<Changes, Fault> {
    let mut changes = Vec::new();
    let (mut last, mut places) = (followed.after, Shown::in_rows(rows));
    for row in rows.scan(&CHANGES, Some(&change_key(followed.after))) {
        if changes.len() == page_size || !effort.one()? {
            return Ok((changes, last, true));
        }
        let row = row?;
        last = change_position(row.key()).ok_or_else(odd)?;
        let change = ChangeRow::of(&row)?.shown_on(today);
        // What is left of a commit when all of it was taken from the public is not told: that there was something would say what.
        if !change.events.is_empty() && followed.fits(&mut places, last, &change)? {
            changes.push((last, change));
        }
    }
    Ok((changes, last, false))
}
