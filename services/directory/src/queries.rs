//! The questions, answered from a snapshot of the rows at one position. Pure reads.

use std::borrow::Cow;
use std::collections::BTreeMap;

use api::directory::v1;
use domain::{
    Bureau, BureauId, CategoryCode, Division, DivisionPrefix, OperatorCode, PlaqueNumber, ProviderId, ZoneCode,
};
use projection::{ReadError, Row, Snapshot};
use prost::bytes::Bytes;

use crate::card::Card;
use crate::counters::Flow;
use crate::page::Encoder;
use crate::past::Past;
use crate::rows::{
    BY_CATEGORY, BY_DIVISION, BY_WORK, BY_ZONE, CARD, CHANGE, ChangeRow, PROVIDER, card_key, change_key, key, odd_key,
    work_key,
};
use crate::search::{self, Ask, Near, Order, Page};
use crate::sentences::{fact, sentence};
use crate::status::Status;
use crate::view::View;
use crate::{Names, plaque, present, statistics, tasks};

/// Rows of an index looked at for one page of a filtered list; such a page may hold fewer rows than asked, with a token.
pub(crate) const SCAN_ROWS_MAX: usize = 50_000;
/// Rows of statistics in one answer.
pub(crate) const STATISTICS_ROWS_MAX: usize = 20_000;

/// What a list is filtered by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) division: Option<DivisionPrefix>,
    pub(crate) zone: Option<ZoneCode>,
    pub(crate) category: Option<CategoryCode>,
    pub(crate) operator: Option<OperatorCode>,
    pub(crate) statistical_class: String,
    pub(crate) statuses: Vec<Status>,
    /// Folded.
    pub(crate) words: Vec<String>,
    pub(crate) number: String,
    pub(crate) near: Option<Near>,
    pub(crate) order: Order,
}

impl Filter {
    /// Whether the index of a place, a zone or a category has the rows in the order asked for.
    pub(crate) fn by_division(&self) -> bool {
        self.order == Order::Plain
            && self.near.is_none()
            && self.words.is_empty()
            && self.number.is_empty()
            && self.operator.is_none()
    }
}

/// Which part of which index a filter reads: the operator's, the zone's, the category's or the division's.
pub(crate) fn range(filter: &Filter) -> Vec<u8> {
    let division = filter.division.as_ref().map_or("", DivisionPrefix::as_str);
    match (&filter.zone, &filter.category) {
        (Some(zone), _) => key(BY_ZONE, &[zone.as_str(), division]),
        (None, Some(category)) => key(BY_CATEGORY, &[category.as_str(), division]),
        (None, None) => key(BY_DIVISION, &[division]),
    }
}

/// The key of an outlet in the index that a filter reads.
pub(crate) fn index_key(filter: &Filter, division: &str, id: &str) -> Vec<u8> {
    match (&filter.zone, &filter.category) {
        (Some(zone), _) => key(BY_ZONE, &[zone.as_str(), division, id]),
        (None, Some(category)) => key(BY_CATEGORY, &[category.as_str(), division, id]),
        (None, None) => key(BY_DIVISION, &[division, id]),
    }
}

pub(crate) fn view(rows: &Snapshot<'_>, id: &str) -> Result<Option<View>, ReadError> {
    rows.get(&key(PROVIDER, &[id]))
}

/// The card of the provider whose first commit is at `position`.
pub(crate) fn card_row(rows: &Snapshot<'_>, position: &[u8]) -> Result<Row, ReadError> {
    rows.get_row(&card_key(position))?.ok_or_else(odd_key)
}

/// A page of a list, and where it ended if more follow. `None` where more rows would have to be sorted than one page may.
pub(crate) fn list(rows: &Snapshot<'_>, ask: Ask<'_>, after: Option<&[u8]>) -> Result<Option<Page>, ReadError> {
    let Ask { filter, teller, day, .. } = ask;
    if !filter.by_division() {
        return search::list(rows, ask, after);
    }
    plain(rows, ask, after, |card| card.summary(filter, teller, day)).map(Some)
}

/// A page of a list that is answered in the order of its index: what is told of each card that fits, and where the page ended.
fn plain<T>(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    after: Option<&[u8]>,
    mut tell: impl FnMut(&Card<'_>) -> Option<T>,
) -> Result<(Vec<T>, Option<Vec<u8>>), ReadError> {
    let Ask { filter, page_size, rows_max, .. } = ask;
    let mut page = Vec::with_capacity(page_size);
    let mut last = None;
    for (scanned, row) in rows.scan(&range(filter), after).enumerate() {
        if page.len() == page_size || scanned == rows_max {
            return Ok((page, last.map(|row: Row| row.key().to_vec())));
        }
        let row = row?;
        page.extend(tell(&card_of(rows, &row)?.decode()?));
        last = Some(row);
    }
    Ok((page, None))
}

/// The providers of a page, each encoded, and where it ended if more follow.
pub(crate) type EncodedList = (Vec<Bytes>, Option<Vec<u8>>);

/// A page that [`Filter::by_division`] allows.
pub(crate) fn encoded_list(rows: &Snapshot<'_>, ask: Ask<'_>, after: Option<&[u8]>) -> Result<EncodedList, ReadError> {
    let mut encoder = Encoder::of_page(ask.page_size);
    let (places, end) = plain(rows, ask, after, |card| card.write(&mut encoder, ask.filter, ask.teller, ask.day))?;
    Ok((encoder.cut(places.into_iter()), end))
}

/// The card of a row of a [`range`]: the row itself is one, or says where it is.
pub(crate) fn card_of<'r>(rows: &Snapshot<'_>, row: &'r Row) -> Result<Cow<'r, Row>, ReadError> {
    if matches!(row.key().first(), Some(&BY_CATEGORY | &CARD)) {
        Ok(Cow::Borrowed(row))
    } else {
        card_row(rows, row.value()).map(Cow::Owned)
    }
}

/// What stands behind a plaque number as it was typed.
pub(crate) fn verify(rows: &Snapshot<'_>, text: &str, day: i32) -> Result<v1::VerifyPlaqueResponse, ReadError> {
    match PlaqueNumber::parse(text) {
        Err(invalid) => Ok(plaque::unreadable(&invalid)),
        Ok(number) => {
            let view = view(rows, number.provider().as_str())?;
            Ok(plaque::verify(&number, view.as_ref(), day))
        }
    }
}

/// Changes after a position: those that fit, where the scan ended, and whether there is more.
pub(crate) fn changes(
    rows: &Snapshot<'_>,
    after: u64,
    division: Option<&DivisionPrefix>,
    category: Option<&CategoryCode>,
    page_size: usize,
) -> Result<(Vec<v1::Change>, u64, bool), ReadError> {
    let mut changes = Vec::new();
    let mut last = after;
    for (scanned, row) in rows.scan(&[CHANGE], Some(&change_key(after))).enumerate() {
        if changes.len() == page_size || scanned == SCAN_ROWS_MAX {
            return Ok((changes, last, true));
        }
        let row = row?;
        let position = row.key().get(1..9).and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes);
        let position = position.ok_or_else(odd_key)?;
        last = position;
        let change = ChangeRow::of(&row)?;
        let here = division.is_none_or(|area| change.divisions.iter().any(|d| d.starts_with(area.as_str())));
        let touches = category.is_none_or(|code| change.categories.iter().any(|c| c == code.as_str()));
        if here && touches {
            changes.push(told(position, change));
        }
    }
    Ok((changes, last, false))
}

fn told(position: u64, change: ChangeRow) -> v1::Change {
    let (zh, en): (Vec<_>, Vec<_>) = change.events.iter().map(|name| fact(name)).unzip();
    let summary = sentence(&zh.join("、"), &en.join("; "));
    v1::Change {
        position,
        provider_id: change.provider_id,
        operator_code: change.operator_code,
        event_names: change.events,
        recorded_at_ms: change.recorded_at_ms,
        summary,
    }
}

/// Whose work list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Desk {
    pub(crate) bureau: Option<BureauId>,
    pub(crate) division: Option<DivisionPrefix>,
    pub(crate) zone: Option<ZoneCode>,
    pub(crate) category: Option<CategoryCode>,
    pub(crate) kinds: Vec<i32>,
}

/// Whether a bureau governs the outlet's place: the domain's own rule, on the row's texts.
fn governs(bureau: &Bureau, view: &View) -> bool {
    let division = Division::parse(&view.division);
    division.is_ok_and(|division| bureau.governs(&division, ZoneCode::parse(&view.zone).ok().as_ref()))
}

/// Whether a task is for this desk, by category. One of the whole outlet touches each of its categories; where it has none yet, it
/// is for whoever governs the place.
fn concerns(desk: &Desk, bureau: Option<&Bureau>, view: &View, task: &v1::Task) -> bool {
    let of_whole = task.category.is_empty();
    if of_whole && view.categories().next().is_none() {
        return desk.category.is_none();
    }
    let mut touched = view.categories().filter(|c| of_whole || *c == task.category);
    touched.any(|c| {
        CategoryCode::parse(c).is_ok_and(|code| {
            bureau.is_none_or(|bureau| bureau.decides_on(&code))
                && desk.category.as_ref().is_none_or(|own| *own == code)
        })
    })
}

/// The providers for which something may have to be done up to a day, in the counties of a place.
fn waiting(rows: &Snapshot<'_>, division: Option<&DivisionPrefix>, until: i32) -> Result<Vec<ProviderId>, ReadError> {
    let area = division.map_or("", DivisionPrefix::as_str);
    let area = area.get(..6).unwrap_or(area);
    let mut found = Vec::new();
    let mut from = [&[BY_WORK], area.as_bytes()].concat();
    loop {
        // Of each county there is, the days up to the last one.
        let Some(first) = rows.scan(&[&[BY_WORK], area.as_bytes()].concat(), Some(&from)).next().transpose()? else {
            return Ok(found);
        };
        let county = first.key().get(1..7).and_then(|county| std::str::from_utf8(county).ok()).ok_or_else(odd_key)?;
        for row in rows.range(&work_key(county, i32::MIN), &work_key(county, until.saturating_add(1))) {
            let id = row?.key().get(11..).and_then(|id| std::str::from_utf8(id).ok()).map(ProviderId::parse);
            found.push(id.and_then(Result::ok).ok_or_else(odd_key)?);
        }
        from = [&[BY_WORK], county.as_bytes(), &[u8::MAX; 5]].concat();
    }
}

/// Every task of a desk, by due day, then provider, kind and number.
pub(crate) fn work(
    rows: &Snapshot<'_>,
    desk: &Desk,
    names: &Names,
    day: i32,
    within_days: i32,
) -> Result<Vec<v1::Task>, ReadError> {
    let bureau = match desk.bureau.as_ref().map(|id| names.scheme.bureaus.get(id)) {
        // A bureau the scheme does not list has nothing to do.
        Some(None) => return Ok(Vec::new()),
        Some(Some(bureau)) => Some(bureau),
        None => None,
    };
    let mut due = Vec::new();
    for id in waiting(rows, desk.division.as_ref(), day.saturating_add(within_days))? {
        let view = view(rows, id.as_str())?.ok_or_else(odd_key)?;
        let here = desk.division.as_ref().is_none_or(|area| view.division.starts_with(area.as_str()))
            && desk.zone.as_ref().is_none_or(|zone| view.zone == zone.as_str())
            && bureau.is_none_or(|bureau| governs(bureau, &view));
        if !here {
            continue;
        }
        let wanted = |task: &v1::Task| {
            (desk.kinds.is_empty() || desk.kinds.contains(&task.kind)) && concerns(desk, bureau, &view, task)
        };
        due.extend(tasks::of(&id, &view, day, within_days).into_iter().filter(&wanted));
    }
    due.sort_by_cached_key(place);
    Ok(due)
}

/// Where a task stands in the list. Days and ids are of one length each, and no category holds the byte that ends it.
pub(crate) fn place(task: &v1::Task) -> Vec<u8> {
    format!("{}{}{:03}{}\0{}", task.due_on, task.provider_id, task.kind, task.category, task.subject).into_bytes()
}

/// Counts of the latest certification of each provider and category on a day.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    pub(crate) rows: Vec<v1::StatisticsRow>,
    pub(crate) totals: Vec<v1::StatusCount>,
    pub(crate) providers: u64,
    pub(crate) live_providers: u64,
}

/// Counts, of now or of what was on record earlier; `None` when there would be more rows than one answer holds.
pub(crate) fn statistics(
    rows: &Snapshot<'_>,
    filter: &Filter,
    names: &Names,
    day: i32,
    digits: usize,
    past: Option<&Past>,
) -> Result<Option<Counted>, ReadError> {
    let Some(mut counts) = statistics::counts(rows, filter, day, digits)? else { return Ok(None) };
    if let Some(past) = past {
        past.recount(rows, &mut counts, filter, day, digits)?;
    }
    if counts.certifications.len() > STATISTICS_ROWS_MAX {
        return Ok(None);
    }
    let mut counted =
        Counted { providers: counts.providers, live_providers: counts.live_providers, ..Counted::default() };
    let mut totals: BTreeMap<Status, u64> = BTreeMap::new();
    for ((division, category, status), count) in counts.certifications {
        *totals.entry(status).or_default() += count;
        counted.rows.push(v1::StatisticsRow {
            division_name: names.division(&division),
            category_name: names.category(&category),
            division,
            category,
            status: status.transit(),
            count,
        });
    }
    counted.totals =
        totals.into_iter().map(|(status, count)| v1::StatusCount { status: status.transit(), count }).collect();
    Ok(Some(counted))
}

/// What happened from one day to another, by month, place and category; `None` when there would be more rows than one answer holds.
pub(crate) fn flows(
    rows: &Snapshot<'_>,
    filter: &Filter,
    names: &Names,
    days: (i32, i32),
    digits: usize,
) -> Result<Option<Vec<v1::FlowsRow>>, ReadError> {
    let month = |day| present::day(day).get(..7).unwrap_or_default().to_owned();
    let Some(flows) = statistics::flows(rows, filter, days, digits, month)? else { return Ok(None) };
    let mut told: BTreeMap<(String, String, String), v1::FlowsRow> = BTreeMap::new();
    for ((month, division, category, flow), count) in flows {
        let row = told.entry((month.clone(), division.clone(), category.clone())).or_insert_with(|| v1::FlowsRow {
            division_name: names.division(&division),
            category_name: if category.is_empty() { String::new() } else { names.category(&category) },
            month,
            division,
            category,
            ..v1::FlowsRow::default()
        });
        let field = match flow {
            Flow::Certified => &mut row.certified,
            Flow::Revoked => &mut row.revoked,
            Flow::Withdrawn => &mut row.withdrawn,
            Flow::Expired => &mut row.expired,
            Flow::Deregistered => &mut row.deregistered,
            Flow::PlaqueNotReturned => &mut row.plaques_not_returned,
            Flow::PledgeBroken => &mut row.pledges_broken,
            Flow::Renewed => &mut row.renewed,
            Flow::Annulled => &mut row.annulled,
        };
        *field = count;
    }
    Ok((told.len() <= STATISTICS_ROWS_MAX).then(|| told.into_values().collect()))
}
