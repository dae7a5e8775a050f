//! Work lists: what waits for a bureau.

use domain::{Bureau, CategoryCode, Division, DivisionPrefix, ProviderId, ZoneCode};
use projection::{ReadError, Snapshot};

use crate::outlet::due::{self, Due, Kind};
use crate::outlet::view::View;
use crate::rows::card::view;
use crate::rows::key::{odd, work_after, work_in, work_key, work_of};

/// Whose work list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Desk {
    pub(crate) bureau: Option<Bureau>,
    pub(crate) division: Option<DivisionPrefix>,
    pub(crate) zone: Option<ZoneCode>,
    pub(crate) category: Option<CategoryCode>,
    pub(crate) kinds: Vec<Kind>,
}

/// A task in a work list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) id: ProviderId,
    pub(crate) name: String,
    /// The day it is listed under.
    pub(crate) on: i32,
    pub(crate) due: Due,
}

impl Task {
    /// Where it stands in the list: by due day, then by provider. Ids are of one length, and no category holds the byte that ends it.
    pub(crate) fn place(&self) -> Vec<u8> {
        let day = u32::try_from(i64::from(self.on) - i64::from(i32::MIN)).unwrap_or(u32::MAX).to_be_bytes();
        let Due { kind, category, subject, .. } = &self.due;
        [&day, self.id.as_str().as_bytes(), &[*kind as u8], category.as_bytes(), &[0], subject.as_bytes()].concat()
    }
}

impl Desk {
    /// Whether an outlet's place is the desk's; for a bureau by the domain's own rule, on the row's texts.
    fn is_here(&self, view: &View) -> bool {
        let governs = |bureau: &Bureau| {
            let division = Division::parse(&view.division);
            division.is_ok_and(|division| bureau.governs(&division, ZoneCode::parse(&view.zone).ok().as_ref()))
        };
        self.division.as_ref().is_none_or(|area| view.division.starts_with(area.as_str()))
            && self.zone.as_ref().is_none_or(|zone| view.zone == zone.as_str())
            && self.bureau.as_ref().is_none_or(governs)
    }

    /// Whether a task is for this desk, by kind and category. One of the whole outlet touches each of its categories; where it has none
    /// yet, it is for whoever governs the place.
    fn wants(&self, view: &View, due: &Due) -> bool {
        if !self.kinds.is_empty() && !self.kinds.contains(&due.kind) {
            return false;
        }
        let of_whole = due.category.is_empty();
        if of_whole && view.categories().next().is_none() {
            return self.category.is_none();
        }
        let mut touched = view.categories().filter(|c| of_whole || *c == due.category);
        touched.any(|c| {
            CategoryCode::parse(c).is_ok_and(|code| {
                self.bureau.as_ref().is_none_or(|bureau| bureau.decides_on(&code))
                    && self.category.as_ref().is_none_or(|own| *own == code)
            })
        })
    }
}

/// The providers for which something may have to be done up to a day, in the counties of a place.
fn waiting(rows: &Snapshot<'_>, area: &str, until: i32) -> Result<Vec<ProviderId>, ReadError> {
    let area = area.get(..6).unwrap_or(area);
    let mut found = Vec::new();
    let mut from = work_in(area);
    loop {
        // Of each county there is, the days up to the last one.
        let Some(first) = rows.scan(&work_in(area), Some(&from)).next().transpose()? else {
            return Ok(found);
        };
        let (county, _) = work_of(first.key()).ok_or_else(odd)?;
        for row in rows.range(&work_key(county, i32::MIN), &work_key(county, until.saturating_add(1))) {
            let row = row?;
            let (_, id) = work_of(row.key()).ok_or_else(odd)?;
            found.push(ProviderId::parse(id).map_err(|_| odd())?);
        }
        from = work_after(county);
    }
}

/// Every task of a desk, in order.
pub(crate) fn work(rows: &Snapshot<'_>, desk: &Desk, day: i32, within_days: i32) -> Result<Vec<Task>, ReadError> {
    let mut tasks = Vec::new();
    let area = desk.division.as_ref().map_or("", DivisionPrefix::as_str);
    for id in waiting(rows, area, day.saturating_add(within_days))? {
        let view = view(rows, id.as_str())?.ok_or_else(odd)?;
        if !desk.is_here(&view) {
            continue;
        }
        for due in due::of(&id, &view, day, within_days) {
            if desk.wants(&view, &due) {
                tasks.push(Task { id: id.clone(), name: view.name.clone(), on: due.on.unwrap_or(day), due });
            }
        }
    }
    tasks.sort_by_cached_key(Task::place);
    Ok(tasks)
}
