//! Lists in another order than the division's: by words, by distance, by name, by decision; and lists from the shorter indexes.
//!
//! A question that an index answers with few rows is answered from all of them, sorted. One with words or a point, and more rows
//! than that, is answered along the index of the words or outwards from the point, a bounded number of rows a page.

use std::collections::BTreeSet;

use api::directory::v1;
use domain::{DivisionPrefix, PlaqueNumber};
use projection::{ReadError, Snapshot, members};

use crate::card::{Card, Teller};
use crate::fold::fold;
use crate::grams::Texts;
use crate::queries::{Filter, card_row, range, view};
use crate::rows::{
    BY_NAME, BY_NUMBER, BY_OPERATOR, ELSEWHERE, IN_NAME, PROVIDER, cell_key, division_range, id_of, key, odd_key,
    short, text_parts, text_prefix,
};
use crate::view::View;
use crate::{grams, near};

/// Rows of an index up to which a question is answered from all of them; few in tests, which have few outlets.
const FEW_ROWS_MAX: usize = if cfg!(test) { 5 } else { 2_000 };
/// Rows that are sorted for one page of an order that has no index.
const SORTED_ROWS_MAX: usize = 20_000;
/// Keys of an index looked at for one page.
const KEYS_MAX: usize = 50_000;
/// Outlets looked at for one page.
const VIEWS_MAX: usize = 1_500;
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
    pub(crate) teller: &'a Teller<'a>,
    pub(crate) day: i32,
    pub(crate) page_size: usize,
    /// Rows of the index of a place looked at for one page.
    pub(crate) rows_max: usize,
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
fn of_number(rows: &Snapshot<'_>, filter: &Filter) -> Result<Option<BTreeSet<Vec<u8>>>, ReadError> {
    let mut found = BTreeSet::new();
    let mut first = |view: Option<View>| found.extend(view.map(|view| short(view.first_position).to_vec()));
    if !filter.number.is_empty() {
        for row in rows.scan(&key(BY_NUMBER, &[&fold(&filter.number), ""]), None).take(SORTED_ROWS_MAX) {
            first(view(rows, id_of(row?.key()).ok_or_else(odd_key)?)?);
        }
        if let Ok(plaque) = PlaqueNumber::parse(&filter.number) {
            let owner = view(rows, plaque.provider().as_str())?;
            first(owner.filter(|view| view.plaques.iter().any(|p| p.number == plaque.as_str())));
        }
        return Ok(Some(found));
    }
    let Some(operator) = &filter.operator else { return Ok(None) };
    for row in rows.scan(&key(PROVIDER, &[operator.as_str()]), None) {
        first(Some(row?.decode()?));
    }
    for row in rows.scan(&key(BY_OPERATOR, &[operator.as_str(), ""]), None) {
        first(view(rows, id_of(row?.key()).ok_or_else(odd_key)?)?);
    }
    Ok(Some(found))
}

/// The outlets of the filter's place, zone or category, if they are at most `most`.
fn of_place(rows: &Snapshot<'_>, filter: &Filter, most: usize) -> Result<Option<BTreeSet<Vec<u8>>>, ReadError> {
    let mut found = BTreeSet::new();
    for row in rows.scan(&range(filter), None) {
        if found.len() == most {
            return Ok(None);
        }
        found.insert(row?.value().to_vec());
    }
    Ok(Some(found))
}

/// Where an outlet stands in the order, and what is told of it; `None` where it does not fit.
fn place(ask: Ask<'_>, card: &Card<'_>) -> Option<(Vec<u8>, v1::ProviderSummary)> {
    let found = fitting(ask, card)?;
    let mut place = match ask.filter.order {
        Order::Plain => vec![card.texts().rank(&ask.filter.words)?],
        Order::Name => card.name.as_bytes().to_vec(),
        Order::CertifiedOn => {
            // The latest first, and those that do not say last: the larger the day, the smaller the key.
            let newest = i64::from(i32::MAX);
            let key = card.decided(&found.certifications).map_or(i64::MAX, |day| newest - i64::from(day));
            key.to_be_bytes().to_vec()
        }
        Order::Distance => distance(ask, card)?.to_be_bytes().to_vec(),
    };
    place.push(0);
    place.extend_from_slice(card.division.as_bytes());
    place.extend_from_slice(card.id.as_bytes());
    Some((place, found))
}

/// Millimetres from the point asked about to where the outlet shows that it stands, if that is within the circle.
fn distance(ask: Ask<'_>, card: &Card<'_>) -> Option<u64> {
    let near = ask.filter.near?;
    let millimetres = near::millimetres(near.point, card.location?);
    (millimetres <= u64::from(near.metres) * 1000).then_some(millimetres)
}

/// What is told of an outlet that fits, with its distance where one was asked about.
fn fitting(ask: Ask<'_>, card: &Card<'_>) -> Option<v1::ProviderSummary> {
    let distance = distance(ask, card);
    if ask.filter.near.is_some() && distance.is_none() {
        return None;
    }
    let mut found = card.summary(ask.filter, ask.teller, ask.day)?;
    let metres = distance.map(|millimetres| (millimetres + 500) / 1000);
    found.distance_metres = metres.and_then(|metres| u32::try_from(metres).ok());
    Some(found)
}

/// The outlets by the first positions of their commits.
fn sorted(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    positions: BTreeSet<Vec<u8>>,
    after: Option<&[u8]>,
) -> Result<Page, ReadError> {
    let mut found = Vec::new();
    for position in positions {
        let row = card_row(rows, &position)?;
        let placed = place(ask, &row.decode::<Card<'_>>()?);
        found.extend(placed.filter(|(place, _)| after.is_none_or(|after| place.as_slice() > after)));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let more = found.len() > ask.page_size;
    found.truncate(ask.page_size);
    let end = found.last().filter(|_| more).map(|(place, _)| [&[SORTED], place.as_slice()].concat());
    Ok((found.into_iter().map(|(_, summary)| summary).collect(), end))
}

/// Which rows are looked at in order, after the names that begin with the text (1): names with every word; names with one of its pairs
/// and the rest elsewhere; and outlets with that pair elsewhere.
const STAGES: [u8; 3] = [2, 3, 4];

/// A page of an answer to words, the best first, as the index has them.
fn along_text(rows: &Snapshot<'_>, ask: Ask<'_>, after: Option<&[u8]>) -> Result<Page, ReadError> {
    let words = &ask.filter.words;
    let whole = words.concat();
    let gram = rarest(rows, ask.filter.division.as_ref(), words)?;
    let (first, mut from) = match after.and_then(<[u8]>::split_first) {
        Some((stage, end)) => (*stage, Some(end.to_vec())),
        None => (1, None),
    };
    let (mut page, mut views, mut last) = (Vec::new(), 0, None);
    let full = |page: &Vec<_>, keys: usize, views: usize| {
        page.len() == ask.page_size || keys >= KEYS_MAX || views >= VIEWS_MAX
    };
    let page_of = |page, last: Option<Vec<u8>>| (page, last.map(|last| [&[ALONG_TEXT], last.as_slice()].concat()));
    let area = ask.filter.division.as_ref();
    if first == 1 {
        for (keys, row) in rows.scan(&key(BY_NAME, &[&whole]), from.take().as_deref()).enumerate() {
            if full(&page, keys, views) {
                return Ok(page_of(page, last));
            }
            let row = row?;
            last = Some([&[1], row.key()].concat());
            if in_place(row.key(), area) {
                views += 1;
                let row = card_row(rows, row.value())?;
                page.extend(fitting(ask, &row.decode()?));
            }
        }
    }
    for stage in STAGES.into_iter().filter(|stage| *stage >= first) {
        let prefix = text_prefix(if stage == 4 { ELSEWHERE } else { IN_NAME }, &gram);
        // The row in which the page before ended, and the last outlet of it that was looked at.
        let end = from.take().and_then(|end| end.split_last_chunk::<8>().map(|(key, at)| (key.to_vec(), *at)));
        let begin = end.as_ref().map(|(key, _)| key.as_slice());
        for (keys, row) in scan(rows, &prefix, area, begin).enumerate() {
            let row = row?;
            let (pair, division) = text_parts(row.key()).ok_or_else(odd_key)?;
            let in_place = area.is_none_or(|area| {
                let (low, high) = division_range(area.as_str());
                (low..=high).contains(&division)
            });
            let seen = end.as_ref().filter(|(key, _)| key == row.key()).map_or(0, |(_, at)| u64::from_be_bytes(*at));
            for position in members(row.value()).into_iter().filter(|position| in_place && *position > seen) {
                if full(&page, keys, views) {
                    return Ok(page_of(page, last));
                }
                last = Some([&[stage], row.key(), &position.to_be_bytes()].concat());
                views += 1;
                let card = card_row(rows, &short(position))?;
                let card: Card<'_> = card.decode()?;
                let texts = card.texts();
                let wanted = if stage == 2 { 2 } else { 3 };
                if texts.rank(words) == Some(wanted) && is_first(&texts, stage, pair, &gram) {
                    page.extend(fitting(ask, &card));
                }
            }
        }
    }
    Ok((page, None))
}

/// The rows of a pair, from one of its keys on. A whole pair is followed by the division, so that a place is a part of its rows.
fn scan(
    rows: &Snapshot<'_>,
    prefix: &[u8],
    division: Option<&DivisionPrefix>,
    from: Option<&[u8]>,
) -> projection::Scan {
    let (low, high) = division_range(division.filter(|_| prefix.last() == Some(&0)).map_or("", DivisionPrefix::as_str));
    let whole = prefix.last() == Some(&0);
    let begin = if whole { [prefix, &short(low)].concat() } else { prefix.to_vec() };
    // After a whole pair come the divisions; after a single character, the second ones, none of which begins with this byte.
    let until = if whole { [prefix, &short(high + 1)].concat() } else { [prefix, &[u8::MAX]].concat() };
    rows.range(from.filter(|from| *from > begin.as_slice()).unwrap_or(&begin), &until)
}

/// Whether a row is the one an outlet is told by: a single character may begin several of its pairs, and one of its name goes first.
fn is_first(texts: &Texts, stage: u8, pair: &str, asked: &str) -> bool {
    // A whole pair is in one row of an outlet only.
    if pair == asked {
        return true;
    }
    let (name, elsewhere) = texts.grams();
    let first = |pairs: &BTreeSet<String>| pairs.iter().find(|pair| pair.starts_with(asked)).cloned();
    match (stage, first(&name)) {
        (4, Some(_)) => false,
        (4, None) => first(&elsewhere).as_deref() == Some(pair),
        (_, first) => first.as_deref() == Some(pair),
    }
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
                for row in scan(rows, &text_prefix(class, pair), division, None) {
                    // A number in a set takes two bytes, more or less.
                    count += row?.value().len() / 2;
                    if count >= most {
                        break;
                    }
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
    let mark = |millimetres: u64, position: &[u8]| [&millimetres.to_be_bytes(), position].concat();
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
                let mark = mark(millimetres, row.key().get(9..).unwrap_or_default());
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
            views += 1;
            let row = card_row(rows, mark.get(8..).unwrap_or_default())?;
            page.extend(fitting(ask, &row.decode()?));
            seen = Some(mark);
        }
        if metres == near.metres {
            return Ok(Some((page, None)));
        }
        if keys > KEYS_MAX {
            // So dense that one page may not look farther: the next one goes on from here.
            let end = seen.unwrap_or_else(|| mark(u64::from(metres) * 1000, &[]));
            return Ok(Some((page, Some([&[OUTWARDS], end.as_slice()].concat()))));
        }
        metres = metres.saturating_mul(2);
    }
}
