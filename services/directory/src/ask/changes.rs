//! Changes after a position.

use domain::{CategoryCode, DivisionPrefix};
use projection::Snapshot;

use super::effort::{Effort, Fault};
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
    fn fits(&self, rows: &Snapshot<'_>, position: u64, change: &ChangeRow) -> Result<bool, Fault> {
        let touches = self.category.as_ref().is_none_or(|code| change.categories.iter().any(|c| c == code.as_str()));
        let Some(area) = self.division.as_ref().map(DivisionPrefix::as_str) else { return Ok(touches) };
        let here = |divisions: &[String]| divisions.iter().any(|division| division.starts_with(area));
        if !touches || !here(&change.divisions) || area.len() <= STREET_DIGITS {
            return Ok(touches && here(&change.divisions));
        }
        // What has been withheld since is not found by where it was either.
        let Some(now) = view(rows, &change.provider_id)? else { return Ok(false) };
        let shown: Vec<String> = change.divisions.iter().map(|d| now.division_then(d, position)).collect();
        Ok(here(&shown))
    }
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
    let mut last = followed.after;
    for row in rows.scan(&CHANGES, Some(&change_key(followed.after))) {
        if changes.len() == page_size || !effort.one()? {
            return Ok((changes, last, true));
        }
        let row = row?;
        last = change_position(row.key()).ok_or_else(odd)?;
        let change = ChangeRow::of(&row)?.shown_on(today);
        // What is left of a commit when all of it was taken from the public is not told: that there was something would say what.
        if !change.events.is_empty() && followed.fits(rows, last, &change)? {
            changes.push((last, change));
        }
    }
    Ok((changes, last, false))
}
