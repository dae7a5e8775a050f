//! Lists and counts of what was on record earlier: the rows as they are, with the outlets that have changed since told from the log.
//!
//! Rows are of one position only, and to fold the whole log anew for one question would take as long as making them. Most outlets have
//! not changed since, and their rows tell what was so then; those that have are found by the list of changes, and loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use api::directory::v1;
use domain::{DivisionPrefix, PlaqueNumber, ProviderId};
use futures_util::{StreamExt, TryStreamExt, stream};
use projection::{ReadError, Row, Snapshot};
use tonic::{Code, Status as Answer};

use crate::calls::{Directory, Moment, PageEnd, too_many_rows, too_many_to_sort};
use crate::card::{Card, Teller};
use crate::filters::Fresh;
use crate::fold::fold;
use crate::history::{Earlier, Then, told};
use crate::page;
use crate::queries::{self, Filter, SCAN_ROWS_MAX, card_of, card_row, index_key, range};
use crate::rows::{CHANGE, ChangeRow, change_key, odd_key};
use crate::search::{self, Ask, Page, SORTED_ROWS_MAX};
use crate::statistics::Counts;
use crate::status;
use crate::view::View;
use crate::{Names, present};

/// Commits since the position asked about that are looked through.
const COMMITS_SINCE_MAX: usize = 50_000;
/// Outlets changed since that are told from the log.
pub(crate) const OUTLETS_MAX: usize = if cfg!(test) { 24 } else { 2_000 };
/// Commits loaded of these together.
const LOADED_COMMITS_MAX: u64 = 20_000;
/// Outlets loaded at one time for one question.
const LOADS_AT_A_TIME: usize = 32;
/// How often outlets are loaded that changed while others were.
const ROUNDS_MAX: usize = 8;

/// The outlets that have changed since a position, as they were at it.
#[derive(Debug, Clone)]
pub(crate) struct Past {
    at: u64,
    /// What is asked about lies in here; what never did is not looked at.
    area: Option<DivisionPrefix>,
    /// How often the rows had been dropped.
    dropped: u32,
    /// Changes were looked through up to here.
    until: u64,
    changes: usize,
    /// By id: commits loaded, and the record. None was there where the outlet came later.
    outlets: BTreeMap<String, (u64, Option<Arc<View>>)>,
}

/// What is to be loaded before the past is whole: outlets, and the position up to which the rows know each.
type Missing = Vec<(ProviderId, u64)>;

/// There is more to be looked through or loaded than one answer may cost.
struct TooFar;

impl Past {
    fn new(at: u64, area: Option<DivisionPrefix>) -> Self {
        Self { at, area, dropped: 0, until: at, changes: 0, outlets: BTreeMap::new() }
    }

    /// Goes on to the rows' position.
    fn look(&mut self, rows: &Snapshot<'_>) -> Result<Result<Missing, TooFar>, ReadError> {
        let mut ids = BTreeSet::new();
        for row in rows.scan(&[CHANGE], Some(&change_key(self.until))) {
            if self.changes == COMMITS_SINCE_MAX {
                return Ok(Err(TooFar));
            }
            self.changes += 1;
            let change = ChangeRow::of(&row?)?;
            let here = |area: &DivisionPrefix| change.divisions.iter().any(|d| d.starts_with(area.as_str()));
            if !change.provider_id.is_empty() && self.area.as_ref().is_none_or(here) {
                ids.insert(change.provider_id);
            }
        }
        self.until = rows.position().0;
        let mut missing = Missing::new();
        for id in ids {
            let view = queries::view(rows, &id)?.ok_or_else(odd_key)?;
            let there = view.first_position <= self.at;
            if there {
                missing.push((ProviderId::parse(&id).map_err(|_| odd_key())?, view.last_position));
            }
            self.outlets.insert(id, (if there { view.revision } else { 0 }, None));
        }
        let loaded = self.outlets.values().filter(|(commits, _)| *commits > 0).count();
        let commits: u64 = self.outlets.values().map(|(commits, _)| commits).sum();
        Ok(if loaded > OUTLETS_MAX || commits > LOADED_COMMITS_MAX { Err(TooFar) } else { Ok(missing) })
    }

    fn has_changed(&self, id: &str) -> bool {
        self.outlets.contains_key(id)
    }

    /// What was on record of the outlets that have changed since.
    fn records<'a>(&'a self) -> impl Iterator<Item = (&'a str, &'a View)> {
        let record =
            |(id, (_, view)): (&'a String, &'a (u64, Option<Arc<View>>))| Some((id.as_str(), view.as_deref()?));
        // One that is not registered has no place, and is in no list.
        self.outlets.iter().filter_map(record).filter(|(_, view)| !view.division.is_empty())
    }

    /// A page of a list. `None` where more rows would have to be sorted than one page may.
    fn list(&self, rows: &Snapshot<'_>, ask: Ask<'_>, after: Option<&[u8]>) -> Result<Option<Page>, ReadError> {
        if ask.filter.by_division() {
            self.by_division(rows, ask, after).map(Some)
        } else {
            self.sorted(rows, ask, after)
        }
    }

    /// Along the index, with the changed outlets where the index would have had them.
    fn by_division(&self, rows: &Snapshot<'_>, ask: Ask<'_>, after: Option<&[u8]>) -> Result<Page, ReadError> {
        let Ask { filter, teller, day, page_size, rows_max } = ask;
        let mut then = BTreeMap::new();
        for (id, view) in self.records() {
            let division = view.shown_division();
            let key = index_key(filter, &division, id);
            if after.is_none_or(|after| key.as_slice() > after)
                && let Some(summary) = Card::of(id, view, &division).summary(filter, teller, day)
            {
                then.insert(key, summary);
            }
        }
        let (mut then, mut page, mut last) = (then.into_iter().peekable(), Vec::new(), None);
        for (scanned, row) in rows.scan(&range(filter), after).enumerate() {
            let row = row?;
            while page.len() < page_size
                && let Some((key, summary)) = then.next_if(|(key, _)| key.as_slice() < row.key())
            {
                page.push(summary);
                last = Some(key);
            }
            if page.len() == page_size || scanned == rows_max {
                return Ok((page, last));
            }
            let card = card_of(rows, &row)?;
            let card: Card<'_> = card.decode()?;
            if !self.has_changed(card.id) {
                page.extend(card.summary(filter, teller, day));
            }
            last = Some(row.key().to_vec());
        }
        for (key, summary) in then {
            if page.len() == page_size {
                return Ok((page, last));
            }
            page.push(summary);
            last = Some(key);
        }
        Ok((page, None))
    }

    /// From all the outlets under the other filters.
    fn sorted(&self, rows: &Snapshot<'_>, ask: Ask<'_>, after: Option<&[u8]>) -> Result<Option<Page>, ReadError> {
        let cards: Option<Vec<Row>> = match search::of_number(rows, ask.filter)? {
            Some(positions) => {
                Some(positions.iter().map(|position| card_row(rows, position)).collect::<Result<_, _>>()?)
            }
            None => search::of_place(rows, ask.filter, SORTED_ROWS_MAX)?,
        };
        let Some(cards) = cards else { return Ok(None) };
        let mut found = Vec::new();
        for row in cards {
            let row = card_of(rows, &row)?;
            let card: Card<'_> = row.decode()?;
            if !self.has_changed(card.id) {
                found.extend(search::place(ask, &card));
            }
        }
        for (id, view) in self.records().filter(|(id, view)| is_named(id, view, ask.filter)) {
            found.extend(search::place(ask, &Card::of(id, view, &view.shown_division())));
        }
        found.retain(|(place, _)| after.is_none_or(|after| place.as_slice() > after));
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        let more = found.len() > ask.page_size;
        found.truncate(ask.page_size);
        let end = found.last().filter(|_| more).map(|(place, _)| place.clone());
        Ok(Some((found.into_iter().map(|(_, summary)| summary).collect(), end)))
    }

    /// Takes the changed outlets out of the counts as they are now, and counts them in as they were.
    pub(crate) fn recount(
        &self,
        rows: &Snapshot<'_>,
        counts: &mut Counts,
        filter: &Filter,
        day: i32,
        digits: usize,
    ) -> Result<(), ReadError> {
        for id in self.outlets.keys() {
            let now = queries::view(rows, id)?.ok_or_else(odd_key)?;
            count(counts, &now, filter, (day, digits), |number| *number = number.saturating_sub(1));
        }
        for (_, view) in self.records() {
            count(counts, view, filter, (day, digits), |number| *number += 1);
        }
        counts.certifications.retain(|_, number| *number > 0);
        Ok(())
    }
}

/// Changes every number that a record counts in.
fn count(counts: &mut Counts, view: &View, filter: &Filter, (day, digits): (i32, usize), change: impl Fn(&mut u64)) {
    let division = view.shown_division();
    let here = !division.is_empty()
        && filter.division.as_ref().is_none_or(|area| division.starts_with(area.as_str()))
        && filter.zone.as_ref().is_none_or(|zone| view.zone == zone.as_str());
    if !here {
        return;
    }
    let mut standings = status::standings(view, day);
    standings.retain(|(c, _)| filter.category.as_ref().is_none_or(|code| c.category == code.as_str()));
    if !standings.is_empty() {
        change(&mut counts.providers);
    }
    if standings.iter().any(|(_, (status, _))| status.is_live()) {
        change(&mut counts.live_providers);
    }
    let place = division.get(..digits).unwrap_or(&division);
    for (c, (status, _)) in standings {
        change(counts.certifications.entry((place.to_owned(), c.category.clone(), status)).or_default());
    }
}

/// Whether a record is one that the filter's number or operator finds, where it has one.
fn is_named(id: &str, view: &View, filter: &Filter) -> bool {
    let number = fold(&filter.number);
    let has = || {
        view.certifications.iter().any(|c| fold(&c.document_number) == number)
            || view.pledges.iter().any(|pledge| pledge.number == number)
            || PlaqueNumber::parse(&filter.number)
                .is_ok_and(|number| view.plaques.iter().any(|plaque| plaque.number == number.as_str()))
    };
    (number.is_empty() || has()) && filter.operator.as_ref().is_none_or(|code| search::is_of(code, id, view))
}

/// A page of a list that is asked for.
pub(crate) struct Listing {
    pub(crate) question: String,
    pub(crate) filter: Filter,
    pub(crate) as_of: Option<i32>,
    pub(crate) page_size: usize,
    pub(crate) after: Option<PageEnd>,
}

fn too_far(at: u64) -> Answer {
    let zh = format!(
        "位置{at}之后变更的内容过多(至多{OUTLETS_MAX}个网点、{COMMITS_SINCE_MAX}次记录),无法还原当时的名录;请指定较小的区划或较近的位置,或逐个网点查询"
    );
    let en = format!(
        "too much has changed since position {at} (at most {OUTLETS_MAX} outlets, {COMMITS_SINCE_MAX} commits): name a smaller place or a later position, or ask about single outlets"
    );
    serve::status::reasoned(Code::FailedPrecondition, "AS_OF_TOO_FAR", &zh, &en)
}

impl Directory {
    /// What was on record at an earlier position, and when, for a question about some place.
    async fn then(&self, fresh: Fresh, earlier: Earlier, kept: Option<u64>) -> Result<Then, Answer> {
        let (then, _) = self.read(earlier.fresh(fresh), move |rows| earlier.find(rows, kept)).await?;
        Ok(then)
    }

    /// Runs a read on a snapshot and on what was on record at `at` of the outlets that have changed since.
    async fn read_then<T: Send + 'static>(
        &self,
        fresh: Fresh,
        at: u64,
        area: Option<DivisionPrefix>,
        read: impl Fn(&Snapshot<'_>, &Past) -> Result<T, ReadError> + Send + Sync + 'static,
    ) -> Result<(T, Moment), Answer> {
        let _turn = self.history.turn().await?;
        // The pages of one list follow each other: what was loaded for the last one is not loaded again.
        let mut last = self.history.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut past = match last.take() {
            Some(past) if past.at == at && past.area == area => past,
            _ => Past::new(at, area),
        };
        let read = Arc::new(read);
        for _ in 0..ROUNDS_MAX {
            let (reader, read) = (self.reader.clone(), Arc::clone(&read));
            let look = move |rows: &Snapshot<'_>| {
                // They are not dropped while the snapshot is held.
                let dropped = reader.progress().borrow().dropped;
                if past.dropped != dropped {
                    past = Past { dropped, ..Past::new(past.at, past.area) };
                }
                let missing = match past.look(rows)? {
                    Ok(missing) => missing,
                    Err(TooFar) => return Ok(None),
                };
                let answer = if missing.is_empty() { Some(read(rows, &past)?) } else { None };
                Ok(Some((answer, missing, past)))
            };
            let (looked, moment) = self.read(fresh, look).await?;
            let (answer, missing, known) = looked.ok_or_else(|| too_far(at))?;
            past = known;
            if let Some(answer) = answer {
                *self.history.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(past);
                return Ok((answer, moment));
            }
            let loads = missing.into_iter().map(|(id, known)| async move {
                let commits = self.history.load(&id, known).await?;
                Ok::<_, Answer>((id, told(&commits, at)))
            });
            let loaded: Vec<_> = stream::iter(loads).buffer_unordered(LOADS_AT_A_TIME).try_collect().await?;
            for (id, view) in loaded {
                if let Some((_, record)) = past.outlets.get_mut(id.as_str()) {
                    *record = view.map(Arc::new);
                }
            }
        }
        let (zh, en) =
            ("办理频繁,暂时无法还原当时的名录,请稍后再试", "too much is being recorded just now, try again later");
        Err(serve::status::reasoned(Code::Unavailable, "BUSY", zh, en))
    }

    /// A page of the list as it was earlier.
    pub(crate) async fn list_then(&self, fresh: Fresh, earlier: Earlier, asked: Listing) -> Result<page::Page, Answer> {
        let Listing { question, filter, as_of, page_size, after } = asked;
        let then = self.then(fresh, earlier, after.as_ref().map(|end| end.position)).await?;
        let day = after.as_ref().map_or_else(|| as_of.unwrap_or(then.known_on), |end| end.day);
        let (names, area) = (Arc::clone(&self.names), filter.division.clone());
        let read = move |rows: &Snapshot<'_>, past: &Past| {
            let (teller, rows_max) = (&Teller::new(&names), SCAN_ROWS_MAX);
            let after = after.as_ref().map(|end| end.place.as_slice());
            past.list(rows, Ask { filter: &filter, teller, day, page_size, rows_max }, after)
        };
        let (page, Moment { position, true_at_ms, digest }) = self.read_then(fresh, then.position, area, read).await?;
        let (providers, end) = page.ok_or_else(too_many_to_sort)?;
        let end = end.map(|place| PageEnd { day, position: then.position, place });
        Ok(page::Page {
            providers: page::encoded(&providers),
            next_page_token: end.map(|end| self.token(&question, &end)).unwrap_or_default(),
            position,
            as_of: present::day(day),
            as_of_position: then.position,
            known_on: present::day(then.known_on),
            true_at_ms,
            digest,
        })
    }

    /// The counts as they were earlier.
    pub(crate) async fn statistics_then(
        &self,
        fresh: Fresh,
        earlier: Earlier,
        (filter, digits, as_of): (Filter, usize, Option<i32>),
    ) -> Result<v1::GetStatisticsResponse, Answer> {
        let then = self.then(fresh, earlier, None).await?;
        let day = as_of.unwrap_or(then.known_on);
        let (names, area): (Arc<Names>, _) = (Arc::clone(&self.names), filter.division.clone());
        let read =
            move |rows: &Snapshot<'_>, past: &Past| queries::statistics(rows, &filter, &names, day, digits, Some(past));
        let (counted, Moment { position, true_at_ms, digest }) =
            self.read_then(fresh, then.position, area, read).await?;
        let counted = counted.ok_or_else(too_many_rows)?;
        Ok(v1::GetStatisticsResponse {
            rows: counted.rows,
            totals: counted.totals,
            providers: counted.providers,
            live_providers: counted.live_providers,
            position,
            as_of: present::day(day),
            as_of_position: then.position,
            known_on: present::day(then.known_on),
            true_at_ms,
            digest,
        })
    }
}
