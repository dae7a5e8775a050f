//! Changes after a position.

use domain::{CategoryCode, DivisionPrefix};
use projection::{ReadError, Snapshot};

use super::SCAN_ROWS_MAX;
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

/// Changes that fit, each with its position, where the scan ended, and whether there is more.
pub(crate) type Changes = (Vec<(u64, ChangeRow)>, u64, bool);

/// Changes after a position, at most as many as asked for.
pub(crate) fn changes(rows: &Snapshot<'_>, followed: &Followed, page_size: usize) -> Result<Changes, ReadError> {
    let mut changes = Vec::new();
    let mut last = followed.after;
    for (scanned, row) in rows.scan(&CHANGES, Some(&change_key(followed.after))).enumerate() {
        if changes.len() == page_size || scanned == SCAN_ROWS_MAX {
            return Ok((changes, last, true));
        }
        let row = row?;
        last = change_position(row.key()).ok_or_else(odd)?;
        let change = ChangeRow::of(&row)?;
        let area = followed.division.as_ref();
        let here = area.is_none_or(|area| change.divisions.iter().any(|d| d.starts_with(area.as_str())));
        let category = followed.category.as_ref();
        let touches = category.is_none_or(|code| change.categories.iter().any(|c| c == code.as_str()));
        if here && touches {
            changes.push((last, change));
        }
    }
    Ok((changes, last, false))
}
