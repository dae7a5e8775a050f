//! Lists in another order than the division's: by words, by distance, by name, by decision; and lists from the shorter indexes.
//!
//! A question that an index answers with few rows is answered from all of them, sorted. One with words or a point, and more rows
//! than that, is answered along the index of the words or outwards from the point, a bounded number of rows a page.

use std::collections::{BTreeMap, BTreeSet};

use api::directory::v1;
use domain::{DivisionPrefix, OperatorCode, PlaqueNumber};
use projection::{ReadError, Row, Snapshot, counts};

use crate::card::{Card, Teller};
use crate::fold::fold;
use crate::queries::{Filter, card_of, card_row, range, view};
use crate::rows::{
    BY_NAME, BY_NUMBER, BY_OPERATOR, CHUNK_BITS, ELSEWHERE, IN_NAME, PROVIDER, cell_key, county, division_range, id_of,
    key, odd_key, short, text_place, text_prefix, text_range,
};
use crate::view::View;
use crate::{grams, near};

/// Rows of an index up to which a question is answered from all of them; few in tests, which have few outlets.
const FEW_ROWS_MAX: usize = if cfg!(test) { 5 } else { 2_000 };
/// Rows that are sorted for one page of an order that has no index.
pub(crate) const SORTED_ROWS_MAX: usize = 20_000;
/// Keys of an index looked at for one page.
const KEYS_MAX: usize = 50_000;
/// Outlets looked at for one page.
const VIEWS_MAX: usize = 1_500;
/// How far around a point is looked first, in metres.
const FIRST_METRES: u32 = 50;

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
        (Some(cards), _) => sorted_cards(rows, ask, &cards, after).map(Some),
        (None, Some(OUTWARDS)) => outwards(rows, ask, after),
        (None, Some(_)) => along_text(rows, ask, after).map(Some),
        (None, None) => Ok(None),
    }
}

/// The outlets of an operator, or those a number stands for; `None` where neither is asked for.
pub(crate) fn of_number(rows: &Snapshot<'_>, filter: &Filter) -> Result<Option<BTreeSet<Vec<u8>>>, ReadError> {
    let mut found = BTreeSet::new();
    let mut first = |view: Option<View>| found.extend(view.map(|view| short(view.first_position).to_vec()));
    if !filter.number.is_empty() {
        let of_operator = |id: &str, view: &View| filter.operator.as_ref().is_none_or(|code| is_of(code, id, view));
        for row in rows.scan(&key(BY_NUMBER, &[&fold(&filter.number), ""]), None).take(SORTED_ROWS_MAX) {
            let row = row?;
            let id = id_of(row.key()).ok_or_else(odd_key)?;
            first(view(rows, id)?.filter(|view| of_operator(id, view)));
        }
        if let Ok(plaque) = PlaqueNumber::parse(&filter.number) {
            let id = plaque.provider().as_str();
            let has = |view: &View| view.plaques.iter().any(|p| p.number == plaque.as_str());
            first(view(rows, id)?.filter(|view| has(view) && of_operator(id, view)));
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

/// Whether an outlet is of an operator: by its id, or by a code that was supplied later.
pub(crate) fn is_of(code: &OperatorCode, id: &str, view: &View) -> bool {
    id.starts_with(code.as_str()) || view.operator_uscc.as_deref() == Some(code.as_str())
}

/// The rows of the filter's place, zone or category, if they are at most `most`.
pub(crate) fn of_place(rows: &Snapshot<'_>, filter: &Filter, most: usize) -> Result<Option<Vec<Row>>, ReadError> {
    let mut found = Vec::new();
    for row in rows.scan(&range(filter), None) {
        if found.len() == most {
            return Ok(None);
        }
        found.push(row?);
    }
    Ok(Some(found))
}

/// Where an outlet stands in the order, and what is told of it; `None` where it does not fit.
pub(crate) fn place(ask: Ask<'_>, card: &Card<'_>) -> Option<(Vec<u8>, v1::ProviderSummary)> {
    let found = fitting(ask, card)?;
    let mut place = match ask.filter.order {
        Order::Plain => vec![card.texts().rank(&ask.filter.words)?],
        Order::Name => card.name.as_bytes().to_vec(),
        Order::CertifiedOn => {
            // The latest first, and those that do not say last: the larger the day, the smaller the key.
            let newest = i64::from(i32::MAX);
            let key = card.decided(&found.certifications, ask.day).map_or(i64::MAX, |day| newest - i64::from(day));
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
        found.extend(place(ask, &card_row(rows, &position)?.decode()?));
    }
    Ok(page_of(ask, found, after))
}

/// The outlets of these rows.
fn sorted_cards(rows: &Snapshot<'_>, ask: Ask<'_>, found: &[Row], after: Option<&[u8]>) -> Result<Page, ReadError> {
    let mut placed = Vec::new();
    for row in found {
        placed.extend(place(ask, &card_of(rows, row)?.decode()?));
    }
    Ok(page_of(ask, placed, after))
}

fn page_of(ask: Ask<'_>, mut found: Vec<(Vec<u8>, v1::ProviderSummary)>, after: Option<&[u8]>) -> Page {
    found.retain(|(place, _)| after.is_none_or(|after| place.as_slice() > after));
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let more = found.len() > ask.page_size;
    found.truncate(ask.page_size);
    let end = found.last().filter(|_| more).map(|(place, _)| [&[SORTED], place.as_slice()].concat());
    (found.into_iter().map(|(_, summary)| summary).collect(), end)
}

/// What is told after the names that begin with the text (1), each part in the order the outlets came on record: names with every
/// word (2), and outlets whose words are spread over their texts (3).
const IN_NAMES: u8 = 2;
const ANYWHERE: u8 = 3;

/// A page of an answer to words, the best first.
fn along_text(rows: &Snapshot<'_>, ask: Ask<'_>, after: Option<&[u8]>) -> Result<Page, ReadError> {
    let words = &ask.filter.words;
    let whole = words.concat();
    let area = ask.filter.division.as_ref();
    let (first, mut from) = match after.and_then(<[u8]>::split_first) {
        Some((stage, end)) => (*stage, Some(end.to_vec())),
        None => (1, None),
    };
    let (mut page, mut views, mut last) = (Vec::new(), 0, None);
    let page_to = |page, last: Option<Vec<u8>>| (page, last.map(|last| [&[ALONG_TEXT], last.as_slice()].concat()));
    if first == 1 {
        for (keys, row) in rows.scan(&key(BY_NAME, &[&whole]), from.take().as_deref()).enumerate() {
            if page.len() == ask.page_size || keys == KEYS_MAX || views == VIEWS_MAX {
                return Ok(page_to(page, last));
            }
            let row = row?;
            last = Some([&[1], row.key()].concat());
            if in_place(row.key(), area) {
                views += 1;
                page.extend(fitting(ask, &card_row(rows, row.value())?.decode()?));
            }
        }
    }
    let pairs = Pairs::of(rows, words, area)?;
    for stage in [IN_NAMES, ANYWHERE].into_iter().filter(|stage| *stage >= first) {
        let seen = from.take().and_then(|end| end.first_chunk::<8>().copied()).map_or(0, u64::from_be_bytes);
        for chunk in seen >> CHUNK_BITS..=rows.position().0 >> CHUNK_BITS {
            for position in pairs.outlets(chunk, stage == IN_NAMES)?.into_iter().filter(|position| *position > seen) {
                if page.len() == ask.page_size || views == VIEWS_MAX {
                    return Ok(page_to(page, last));
                }
                last = Some([&[stage], position.to_be_bytes().as_slice()].concat());
                views += 1;
                let card = card_row(rows, &short(position))?;
                let card: Card<'_> = card.decode()?;
                if card.texts().rank(words) == Some(stage) {
                    page.extend(fitting(ask, &card));
                }
            }
        }
    }
    Ok((page, None))
}

/// The sets of the index that the pairs asked for have, a chunk of first positions after the other.
struct Pairs<'a, 's> {
    rows: &'a Snapshot<'s>,
    counties: (u64, u64),
    whole: Vec<String>,
    /// Of each single character the sets of every pair that begins with it, by class and chunk.
    single: Vec<BTreeMap<(u8, u64), Vec<Row>>>,
}

impl<'a, 's> Pairs<'a, 's> {
    fn of(rows: &'a Snapshot<'s>, words: &[String], area: Option<&DivisionPrefix>) -> Result<Self, ReadError> {
        let (low, high) = division_range(area.map_or("", DivisionPrefix::as_str));
        let counties = (county(low), county(high));
        let asked: BTreeSet<String> = words.iter().flat_map(|word| grams::asked(word)).collect();
        let (whole, single): (Vec<String>, Vec<String>) =
            asked.into_iter().partition(|pair| pair.chars().nth(1).is_some());
        let sets_of = |character: &String| {
            let mut sets: BTreeMap<(u8, u64), Vec<Row>> = BTreeMap::new();
            for class in [IN_NAME, ELSEWHERE] {
                for row in rows.scan(&text_prefix(class, character), None) {
                    let row = row?;
                    let (chunk, county) = text_place(row.key()).ok_or_else(odd_key)?;
                    if (counties.0..=counties.1).contains(&county) {
                        sets.entry((class, chunk)).or_default().push(row);
                    }
                }
            }
            Ok(sets)
        };
        let single = single.iter().map(sets_of).collect::<Result<_, ReadError>>()?;
        Ok(Self { rows, counties, whole, single })
    }

    /// First positions of the outlets of a chunk that have every pair, in order: in their names, or in any text. Some of them hold the
    /// pairs and not the words.
    fn outlets(&self, chunk: u64, in_names: bool) -> Result<Vec<u64>, ReadError> {
        let classes = if in_names { &[IN_NAME][..] } else { &[IN_NAME, ELSEWHERE] };
        let mut all: Option<Bits> = None;
        let pairs = self.whole.iter().map(Ok).chain(self.single.iter().map(Err));
        for pair in pairs {
            let mut bits = Bits::new(chunk);
            for class in classes {
                match pair {
                    Ok(pair) => {
                        let (from, until) = text_range(*class, pair, chunk, self.counties);
                        for row in self.rows.range(&from, &until) {
                            bits.set(row?.value());
                        }
                    }
                    Err(sets) => sets.get(&(*class, chunk)).into_iter().flatten().for_each(|row| bits.set(row.value())),
                }
            }
            let left = match &all {
                Some(all) => bits.keep(all),
                None => bits.any(),
            };
            if !left {
                return Ok(Vec::new());
            }
            all = Some(bits);
        }
        Ok(all.map(|bits| bits.positions()).unwrap_or_default())
    }
}

/// First positions of a chunk, a bit each.
struct Bits {
    first: u64,
    words: Vec<u64>,
}

impl Bits {
    fn new(chunk: u64) -> Self {
        Self { first: chunk << CHUNK_BITS, words: vec![0; 1 << (CHUNK_BITS - 6)] }
    }

    fn set(&mut self, value: &[u8]) {
        for (position, _) in counts(value) {
            let bit = position.wrapping_sub(self.first);
            if let Some(word) = usize::try_from(bit >> 6).ok().and_then(|word| self.words.get_mut(word)) {
                *word |= 1 << (bit & 63);
            }
        }
    }

    fn any(&self) -> bool {
        self.words.iter().any(|word| *word != 0)
    }

    /// Keeps those that are in the other as well; whether any is left.
    fn keep(&mut self, other: &Self) -> bool {
        let mut left = 0;
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
            left |= *word;
        }
        left != 0
    }

    fn positions(&self) -> Vec<u64> {
        let mut positions = Vec::new();
        for (first, word) in (self.first..).step_by(64).zip(&self.words) {
            let mut rest = *word;
            while rest != 0 {
                positions.push(first + u64::from(rest.trailing_zeros()));
                rest &= rest - 1;
            }
        }
        positions
    }
}

/// Whether a key that ends with division and id is of a place.
fn in_place(key: &[u8], division: Option<&DivisionPrefix>) -> bool {
    let Some(area) = division else { return true };
    let parts: Vec<&[u8]> = key.rsplitn(3, |byte| *byte == 0).collect();
    parts.get(1).is_some_and(|division| division.starts_with(area.as_str().as_bytes()))
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
