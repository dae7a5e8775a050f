//! Work lists: what waits for a bureau, by due day, then by provider, along the rows of tasks.

use domain::{Bureau, CategoryCode, Division, DivisionPrefix, ZoneCode};
use projection::Snapshot;

use super::Page;
use super::effort::{Effort, Fault};
use super::merge::{Merge, parts};
use crate::outlet::due::{Due, Kind};
use crate::outlet::view::View;
use crate::rows::card::view;
use crate::rows::key::{LAPSE_WHEN_DUE, TaskPlace, day_bytes, lapse, odd, work_in, work_of};
use crate::rows::task::{TaskRow, due, read};

/// Counties, times the years in which their tasks end by themselves, that one list is put together from.
pub(crate) const PARTS_MAX: usize = if cfg!(test) { 80 } else { 20_000 };

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
    pub(crate) id: String,
    pub(crate) name: String,
    /// What the operator or the other outlet is called whose a bar is, where that is not the outlet's own; else empty.
    pub(crate) whose: String,
    pub(crate) due: Due,
}

impl Desk {
    /// Whether a task is for this desk: by its place as it is shown, for a bureau by the domain's own rule, and by kind and category. One
    /// of the whole outlet touches each of its categories; where it has none yet, it is for whoever governs the place.
    fn wants(&self, row: &TaskRow<'_>, kind: Kind) -> bool {
        let governs = |bureau: &Bureau| {
            let division = Division::parse(row.division);
            division.is_ok_and(|division| bureau.governs(&division, ZoneCode::parse(row.zone).ok().as_ref()))
        };
        let here = self.division.as_ref().is_none_or(|area| row.division.starts_with(area.as_str()))
            && self.zone.as_ref().is_none_or(|zone| row.zone == zone.as_str())
            && self.bureau.as_ref().is_none_or(governs);
        if !here || !(self.kinds.is_empty() || self.kinds.contains(&kind)) {
            return false;
        }
        if row.categories.is_empty() {
            return self.category.is_none();
        }
        row.categories.iter().any(|category| {
            CategoryCode::parse(category).is_ok_and(|code| {
                self.bureau.as_ref().is_none_or(|bureau| bureau.decides_on(&code))
                    && self.category.as_ref().is_none_or(|own| *own == code)
            })
        })
    }
}

/// A page of a desk's tasks on a day, looking so many ahead, and where it ended if more may follow. `None` where it would be put together
/// from too many counties.
pub(crate) fn work(
    rows: &Snapshot<'_>,
    desk: &Desk,
    (today, within_days): (i32, i32),
    page_size: usize,
    after: Option<&[u8]>,
    effort: &Effort,
) -> Result<Option<Page<Task>>, Fault> {
    let area = desk.division.as_ref().map_or("", DivisionPrefix::as_str);
    let area = area.get(..6).unwrap_or(area);
    let Some(parts) = parts(rows, effort, &work_in(area), PARTS_MAX, |key| Some(work_of(key)?.0))? else {
        return Ok(None);
    };
    let behind = after.map(|after| [after, &[0]].concat()).unwrap_or_default();
    let until = day_bytes(today.saturating_add(within_days).saturating_add(1));
    let mut tasks = Merge::new(rows, effort);
    for part in parts {
        let (_, ends) = work_of(&part).ok_or_else(odd)?;
        if ends == LAPSE_WHEN_DUE {
            // Those due before today have ended.
            tasks.add(&part, day_bytes(today).as_slice().max(behind.as_slice()), &until)?;
        } else if ends >= lapse(today) {
            tasks.add(&part, &behind, &until)?;
        }
    }
    let (mut page, mut last) = (Vec::new(), None);
    while let Some((place, row)) = tasks.next()? {
        if page.len() == page_size || !effort.one()? {
            return Ok(Some((page, last)));
        }
        let (at, task) = (TaskPlace::read(&place).ok_or_else(odd)?, read(&row)?);
        let due = due(&at, &task)?;
        if due.is_open(today, within_days) && desk.wants(&task, due.kind) {
            let whose = whose(rows, at.id, &due)?;
            page.push(Task { id: at.id.to_owned(), name: task.name.to_owned(), whose, due });
        }
        last = Some(place);
    }
    Ok(Some((page, None)))
}

/// What the operator or the other outlet is called whose a bar is: of the operator by this outlet's record, which is one of its own.
fn whose(rows: &Snapshot<'_>, id: &str, due: &Due) -> Result<String, Fault> {
    if due.kind != Kind::WithinBar || due.subject.is_empty() {
        return Ok(String::new());
    }
    let other = due.others.first();
    let record = view(rows, other.map_or(id, String::as_str))?;
    let known = record.as_ref().and_then(View::known_now);
    let called = known.map(|known| if other.is_some() { known.name() } else { known.operator_name() });
    Ok(called.unwrap_or_default().to_owned())
}
