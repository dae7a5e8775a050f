//! Lists in another order than the division's: by words, by distance, by name, by decision; and lists from the shorter indexes.
//!
//! A question that an index answers with few rows is answered from all of them, sorted. One with words or a point, and more rows
//! than that, is answered along the index of the words or outwards from the point, a bounded number of rows a page.

use std::collections::BTreeSet;

use api::directory::v1;
use domain::{DivisionPrefix, PlaqueNumber};
use projection::{ReadError, Snapshot};

use crate::fold::{fold, words};
use crate::queries::{Filter, range, summary, view};
use crate::rows::{
    BY_NAME, BY_NUMBER, BY_OPERATOR, ELSEWHERE, IN_NAME, PROVIDER, cell_key, division_range, first_key, id_of, key,
    odd_key, short, text_parts, text_prefix,
};
use crate::view::View;
use crate::{Names, grams, near};

/// Rows of an index up to which a question is answered from all of them; few in tests, which have few outlets.
const FEW_ROWS_MAX: usize = if cfg!(test) { 5 } else { 2_000 };
/// Rows that are sorted for one page of an order that has no index.
const SORTED_ROWS_MAX: usize = 20_000;
/// Keys of an index looked at for one page.
const KEYS_MAX: usize = 50_000;
/// Outlets looked at for one page.
const VIEWS_MAX: usize = 4_000;
/// How far around a point is looked first, in metres.
const FIRST_METRES: u32 = 250;

/// A circle on the ground.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    pub(crate) point: near::Micro,
    pub(crate) metres: u32,
}

/// How a list is ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// By rank for words, by division without.
    #[default]
    Plain,
    Name,
    CertifiedOn,
    Distance,
}

/// A page, and where it ended if more follow.
pub(crate) type Page = (Vec<v1::ProviderSummary>, Option<Vec<u8>>);

/// What a page is made with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) filter: &'a Filter,
    pub(crate) names: &'a Names,
    pub(crate) day: i32,
    pub(crate) page_size: usize,
}

/// The way a page was found; a token keeps it, so that the pages that follow go on where it ended however many rows there are by
/// then.
const SORTED: u8 = b's';
const ALONG_TEXT: u8 = b't';
const OUTWARDS: u8 = b'g';

/// A page of a list that needs more than the index of its place. `None` where more rows would have to be sorted than one page may.
pub(crate) fn list(rows: &Snapshot<'_>, ask: Ask<'_>, after: Option<&[u8]>) -> Result<Option<Page>, ReadError> {
    let filter = ask.filter;
    let (way, after) = match after.and_then(<[u8]>::split_first) {
        Some((way, after)) => (Some(*way), Some(after)),
        None => (None, None),
    };
    if let Some(ids) = of_number(rows, filter)? {
        return sorted(rows, ask, ids, after).map(Some);
    }
    let indexed = match filter.order {
        Order::Name | Order::CertifiedOn => None,
        Order::Distance => Some(OUTWARDS),
        Order::Plain => Some(ALONG_TEXT),
    };
    let most = if indexed.is_some() && way != Some(SORTED) { FEW_ROWS_MAX } else { SORTED_ROWS_MAX };
    let few = if indexed.is_some() && way == indexed { None } else { of_place(rows, filter, most)? };
    match (few, indexed) {
        (Some(ids), _) => sorted(rows, ask, ids, after).map(Some),
        (None, Some(OUTWARDS)) => outwards(rows, ask, after),
        (None, Some(_)) => along_text(rows, ask, after).map(Some),
        (None, None) => Ok(None),
    }
}

/// The outlets of an operator, or those a number stands for; `None` where neither is asked for.
fn of_number(rows: &Snapshot<'_>, filter: &Filter) -> Result<Option<BTreeSet<String>>, ReadError> {
    let mut ids = BTreeSet::new();
    if !filter.number.is_empty() {
        for row in rows.scan(&key(BY_NUMBER, &[&fold(&filter.number), ""]), None).take(SORTED_ROWS_MAX) {
            ids.insert(id_of(row?.key()).ok_or_else(odd_key)?.to_owned());
        }
        if let Ok(plaque) = PlaqueNumber::parse(&filter.number)
            && let Some(view) = view(rows, plaque.provider().as_str())?
            && view.plaques.iter().any(|p| p.number == plaque.as_str())
        {
            ids.insert(plaque.provider().to_string());
        }
        return Ok(Some(ids));
    }
    let Some(operator) = &filter.operator else { return Ok(None) };
    for row in rows.scan(&key(PROVIDER, &[operator.as_str()]), None) {
        let row = row?;
        ids.insert(std::str::from_utf8(&row.key()[1..]).map_err(|_| odd_key())?.to_owned());
    }
    for row in rows.scan(&key(BY_OPERATOR, &[operator.as_str(), ""]), None) {
        ids.insert(id_of(row?.key()).ok_or_else(odd_key)?.to_owned());
    }
    Ok(Some(ids))
}

/// The outlets of the filter's place, zone or category, if they are at most `most`.
fn of_place(rows: &Snapshot<'_>, filter: &Filter, most: usize) -> Result<Option<BTreeSet<String>>, ReadError> {
    let mut ids = BTreeSet::new();
    for row in rows.scan(&range(filter), None) {
        if ids.len() == most {
            return Ok(None);
        }
        ids.insert(id_of(row?.key()).ok_or_else(odd_key)?.to_owned());
    }
    Ok(Some(ids))
}

/// Where an outlet stands in the order; `None` where it does not fit.
fn place(ask: Ask<'_>, id: &str, view: &View) -> Option<(Vec<u8>, v1::ProviderSummary)> {
    let Ask { filter, names, day, .. } = ask;
    let mut found = summary(id, view, filter, names, day)?;
    let mut place = match filter.order {
        Order::Plain => vec![grams::rank(view, &words(&filter.text))?],
        Order::Name => view.name.as_bytes().to_vec(),
        Order::CertifiedOn => {
            let fits = |c: &v1::CertificationSummary| view.certifications.iter().rfind(|v| v.category == c.category);
            let decided =
                found.certifications.iter().filter_map(fits).filter_map(|c| c.decided_on.or(c.valid_from)).max();
            // The latest first: the larger the day, the smaller the key.
            let key = decided.map_or(u32::MAX, |day| day.unsigned_abs().min(u32::MAX - 1));
            (if decided.is_some() { u32::MAX - 1 - key } else { u32::MAX }).to_be_bytes().to_vec()
        }
        Order::Distance => distance(ask, view)?.to_be_bytes().to_vec(),
    };
    place.push(0);
    place.extend_from_slice(view.shown_division().as_bytes());
    place.extend_from_slice(id.as_bytes());
    measure(ask, view, &mut found);
    Some((place, found))
}

/// Writes the distance into an answer, where one was asked about.
fn measure(ask: Ask<'_>, view: &View, found: &mut v1::ProviderSummary) {
    let metres = distance(ask, view).map(|millimetres| (millimetres + 500) / 1000);
    found.distance_metres = metres.and_then(|metres| u32::try_from(metres).ok());
}

/// Millimetres from the point asked about to where the outlet shows that it stands, if that is within the circle.
fn distance(ask: Ask<'_>, view: &View) -> Option<u64> {
    let near = ask.filter.near?;
    let point = view.location.filter(|_| !view.withhold_address)?;
    let millimetres = near::millimetres(near.point, point);
    (millimetres <= u64::from(near.metres) * 1000).then_some(millimetres)
}

fn sorted(rows: &Snapshot<'_>, ask: Ask<'_>, ids: BTreeSet<String>, after: Option<&[u8]>) -> Result<Page, ReadError> {
    let mut found = Vec::new();
    for id in ids {
        let Some(view) = view(rows, &id)? else { continue };
        if ask.filter.near.is_some() && distance(ask, &view).is_none() {
            continue;
        }
        found.extend(place(ask, &id, &view).filter(|(place, _)| after.is_none_or(|after| place.as_slice() > after)));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let more = found.len() > ask.page_size;
    found.truncate(ask.page_size);
    let end = found.last().filter(|_| more).map(|(place, _)| [&[SORTED], place.as_slice()].concat());
    Ok((found.into_iter().map(|(_, summary)| summary).collect(), end))
}

/// Which rows of the index of words are looked at, in order: names that begin with the text; names with every word; names with
/// one of its pairs and the rest elsewhere; and outlets with that pair elsewhere.
const STAGES: [u8; 4] = [1, 2, 3, 4];

/// A page of an answer to words, the best first, as the index has them.
fn along_text(rows: &Snapshot<'_>, ask: Ask<'_>, after: Option<&[u8]>) -> Result<Page, ReadError> {
    let words = words(&ask.filter.text);
    let whole = words.concat();
    let gram = rarest(rows, ask.filter.division.as_ref(), &words)?;
    let (first, mut from) = match after.and_then(<[u8]>::split_first) {
        Some((stage, key)) => (*stage, Some(key.to_vec())),
        None => (STAGES[0], None),
    };
    let (mut page, mut keys, mut views, mut last) = (Vec::new(), 0, 0, None);
    for stage in STAGES.into_iter().filter(|stage| *stage >= first) {
        let prefix = match stage {
            1 => key(BY_NAME, &[&whole]),
            2 | 3 => text_prefix(IN_NAME, &gram),
            _ => text_prefix(ELSEWHERE, &gram),
        };
        for row in scan(rows, stage, &prefix, ask.filter.division.as_ref(), from.take().as_deref()) {
            if page.len() == ask.page_size || keys == KEYS_MAX || views == VIEWS_MAX {
                return Ok((page, last.map(|last: Vec<u8>| [&[ALONG_TEXT], last.as_slice()].concat())));
            }
            let row = row?;
            keys += 1;
            last = Some([&[stage], row.key()].concat());
            if stage == 1 {
                let id = id_of(row.key()).ok_or_else(odd_key)?;
                if in_place(row.key(), ask.filter.division.as_ref())
                    && let Some(view) = view(rows, id)?
                {
                    views += 1;
                    page.extend(fitting(ask, id, &view));
                }
                continue;
            }
            let (pair, division, position) = text_parts(row.key()).ok_or_else(odd_key)?;
            if ask.filter.division.as_ref().is_some_and(|area| {
                let (low, high) = division_range(area.as_str());
                !(low..=high).contains(&division)
            }) {
                continue;
            }
            let Some(id) = rows.get::<String>(&first_key(position))? else { return Err(odd_key()) };
            let Some(view) = view(rows, &id)? else { continue };
            views += 1;
            let rank = grams::rank(&view, &words);
            if (stage == 2 && rank == Some(2) || stage > 2 && rank == Some(3)) && is_first(&view, stage, pair, &gram) {
                page.extend(fitting(ask, &id, &view));
            }
        }
    }
    Ok((page, None))
}

/// The rows of one stage. A whole pair is followed by the division, so that a place is a part of its rows.
fn scan(
    rows: &Snapshot<'_>,
    stage: u8,
    prefix: &[u8],
    division: Option<&DivisionPrefix>,
    after: Option<&[u8]>,
) -> projection::Scan {
    match division {
        Some(area) if stage > 1 && prefix.last() == Some(&0) => {
            let (low, high) = division_range(area.as_str());
            let begin = [prefix, &short(low)].concat();
            let from = match after {
                // Just after it: no key begins with another.
                Some(after) if after >= begin.as_slice() => [after, &[0]].concat(),
                _ => begin,
            };
            rows.range(&from, &[prefix, &short(high + 1)].concat())
        }
        _ => rows.scan(prefix, after),
    }
}

/// Whether a row is the one an outlet is told by: a single character may begin several of its pairs, and one of its name goes first.
fn is_first(view: &View, stage: u8, pair: &str, asked: &str) -> bool {
    let (name, elsewhere) = grams::of(view);
    let first = |pairs: &BTreeSet<String>| pairs.iter().find(|pair| pair.starts_with(asked)).cloned();
    match (stage, first(&name)) {
        (4, Some(_)) => false,
        (4, None) => first(&elsewhere).as_deref() == Some(pair),
        (_, first) => first.as_deref() == Some(pair),
    }
}

fn fitting(ask: Ask<'_>, id: &str, view: &View) -> Option<v1::ProviderSummary> {
    if ask.filter.near.is_some() && distance(ask, view).is_none() {
        return None;
    }
    let mut found = summary(id, view, ask.filter, ask.names, ask.day)?;
    measure(ask, view, &mut found);
    Some(found)
}

/// Whether a key that ends with division and id is of a place.
fn in_place(key: &[u8], division: Option<&DivisionPrefix>) -> bool {
    let Some(area) = division else { return true };
    let parts: Vec<&[u8]> = key.rsplitn(3, |byte| *byte == 0).collect();
    parts.get(1).is_some_and(|division| division.starts_with(area.as_str().as_bytes()))
}

/// Of the pairs the words ask for the one with the fewest rows, as far as a short look tells.
fn rarest(rows: &Snapshot<'_>, division: Option<&DivisionPrefix>, words: &[String]) -> Result<String, ReadError> {
    let mut pairs: Vec<String> = words.iter().flat_map(|word| grams::asked(word)).collect();
    // A whole pair is more selective than a single character, whatever a short look says.
    if pairs.iter().any(|pair| pair.chars().nth(1).is_some()) {
        pairs.retain(|pair| pair.chars().nth(1).is_some());
    }
    for most in [32, 512, 4096] {
        for pair in &pairs {
            let mut count = 0;
            for class in [IN_NAME, ELSEWHERE] {
                for row in scan(rows, 2, &text_prefix(class, pair), division, None).take(most) {
                    row?;
                    count += 1;
                }
            }
            if count < most {
                return Ok(pair.clone());
            }
        }
    }
    Ok(pairs.into_iter().next().unwrap_or_default())
}

/// A page of the outlets around a point, the nearest first: rings that grow until the page is full.
fn outwards(rows: &Snapshot<'_>, ask: Ask<'_>, after: Option<&[u8]>) -> Result<Option<Page>, ReadError> {
    let Some(near) = ask.filter.near else { return Ok(Some((Vec::new(), None))) };
    let mark = |millimetres: u64, id: &str| [&millimetres.to_be_bytes(), id.as_bytes()].concat();
    let begun = after.and_then(|after| after.first_chunk::<8>()).map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let mut metres = u32::try_from(begun / 1000 + 1).unwrap_or(near.metres).saturating_mul(2).max(FIRST_METRES);
    let mut seen = after.map(<[u8]>::to_vec);
    let (mut page, mut keys, mut views) = (Vec::new(), 0, 0);
    loop {
        metres = metres.min(near.metres);
        let mut found = Vec::new();
        for (first, last) in near::cover(near.point, metres) {
            for row in rows.range(&cell_key(first), &cell_key(last + 1)) {
                let row = row?;
                keys += 1;
                let cell = row.key().get(1..9).and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes);
                let millimetres = near::millimetres(near.point, near::point(cell.ok_or_else(odd_key)?));
                if millimetres > u64::from(metres) * 1000 {
                    continue;
                }
                let mark = mark(millimetres, std::str::from_utf8(&row.key()[10..]).map_err(|_| odd_key())?);
                if seen.as_ref().is_none_or(|seen| mark > *seen) {
                    found.push(mark);
                }
            }
        }
        found.sort_unstable();
        for mark in found {
            if page.len() == ask.page_size || views == VIEWS_MAX {
                return Ok(Some((page, seen.map(|seen| [&[OUTWARDS], seen.as_slice()].concat()))));
            }
            let id = std::str::from_utf8(&mark[8..]).map_err(|_| odd_key())?;
            if let Some(view) = view(rows, id)? {
                views += 1;
                page.extend(fitting(ask, id, &view));
            }
            seen = Some(mark);
        }
        if metres == near.metres {
            return Ok(Some((page, None)));
        }
        if keys > KEYS_MAX {
            // So dense that one page may not look farther: the next one goes on from here.
            let end = seen.unwrap_or_else(|| mark(u64::from(metres) * 1000, ""));
            return Ok(Some((page, Some([&[OUTWARDS], end.as_slice()].concat()))));
        }
        metres = metres.saturating_mul(2);
    }
}
