//! Lists by words, along the index of pairs of characters.

use std::collections::{BTreeMap, BTreeSet};

use projection::{Row, Snapshot, counts};

use super::along::classes;
use super::effort::{Effort, Fault};
use super::{Ask, KEYS_MAX, OUTLETS_MAX, Page};
use crate::rows::card::{Card, Found, card_row, name_key};
use crate::rows::key::{
    CHUNK_BITS, Class, ELSEWHERE, IN_NAME, LIVE, county, division_range, in_place, named, odd, of_name, short,
    text_place, text_prefix, text_range,
};
use crate::text;

/// What is told after the names that begin with the text (1), each part in the order the outlets came on record: names with every
/// word (2), and outlets whose words are spread over their texts (3).
const IN_NAMES: u8 = 2;
const ANYWHERE: u8 = 3;

/// A page of an answer to words, the best first.
pub(crate) fn along_text<T>(
    rows: &Snapshot<'_>,
    ask: Ask<'_>,
    after: Option<&[u8]>,
    tell: &mut impl FnMut(&Found<'_>) -> T,
) -> Result<Page<T>, Fault> {
    let words = &ask.filter.words;
    let whole = words.concat();
    let of_live = is_of_live(rows, &ask)?;
    let area = ask.filter.area();
    let (first, mut from) = match after.and_then(<[u8]>::split_first) {
        Some((stage, end)) => (*stage, Some(end.to_vec())),
        None => (1, None),
    };
    let (mut page, mut looked, mut last) = (Vec::new(), 0, None);
    if first == 1 {
        for (keys, row) in rows.scan(&named(&whole), from.take().as_deref()).enumerate() {
            if page.len() == ask.page_size || keys == KEYS_MAX || looked == OUTLETS_MAX {
                return Ok((page, last));
            }
            ask.effort.step()?;
            let row = row?;
            last = Some([&[1], row.key()].concat());
            let (position, is_over) = of_name(row.value()).ok_or_else(odd)?;
            if in_place(row.key(), area) && !(of_live && is_over) {
                looked += 1;
                let card = card_row(rows, position)?;
                let card: Card<'_> = card.decode()?;
                // It stands under every name and place it ever had.
                if card.before.is_empty() || name_key(card.on(ask.day), card.id) == row.key() {
                    page.extend(ask.find(&card).map(|found| tell(&found)));
                }
            }
        }
    }
    let pairs = Pairs::of(rows, &ask)?;
    for stage in [IN_NAMES, ANYWHERE].into_iter().filter(|stage| *stage >= first) {
        let seen = from.take().and_then(|end| end.first_chunk::<8>().copied()).map_or(0, u64::from_be_bytes);
        for chunk in seen >> CHUNK_BITS..=rows.position().0 >> CHUNK_BITS {
            for position in pairs.outlets(chunk, stage == IN_NAMES)?.into_iter().filter(|position| *position > seen) {
                if page.len() == ask.page_size || looked == OUTLETS_MAX {
                    return Ok((page, last));
                }
                last = Some([&[stage], position.to_be_bytes().as_slice()].concat());
                looked += 1;
                ask.effort.step()?;
                let card = card_row(rows, &short(position))?;
                let card: Card<'_> = card.decode()?;
                if card.texts(ask.day).rank(words) == Some(stage) {
                    page.extend(ask.find(&card).map(|found| tell(&found)));
                }
            }
        }
    }
    Ok((page, None))
}

/// Whether those that are over need not be looked at.
fn is_of_live(rows: &Snapshot<'_>, ask: &Ask<'_>) -> Result<bool, Fault> {
    Ok(!classes(rows, ask)?.contains(&Class::Over))
}

/// First positions of outlets that may hold every word; `None` where they are more than `most`.
pub(super) fn holding(rows: &Snapshot<'_>, ask: &Ask<'_>, most: usize) -> Result<Option<BTreeSet<Vec<u8>>>, Fault> {
    let pairs = Pairs::of(rows, ask)?;
    let mut found = BTreeSet::new();
    for chunk in 0..=rows.position().0 >> CHUNK_BITS {
        for position in pairs.outlets(chunk, false)? {
            if found.len() == most {
                return Ok(None);
            }
            ask.effort.step()?;
            found.insert(short(position).to_vec());
        }
    }
    Ok(Some(found))
}

/// The sets of the index that the pairs asked for have, a chunk of first positions after the other.
struct Pairs<'a, 's> {
    rows: &'a Snapshot<'s>,
    effort: &'a Effort,
    counties: (u64, u64),
    /// Whether only those that may be live are looked for.
    of_live: bool,
    whole: Vec<String>,
    /// Of each single character the sets of every pair that begins with it, by class and chunk.
    single: Vec<BTreeMap<(u8, u64), Vec<Row>>>,
}

impl<'a, 's> Pairs<'a, 's> {
    fn of(rows: &'a Snapshot<'s>, ask: &Ask<'a>) -> Result<Self, Fault> {
        let (words, effort) = (&ask.filter.words, ask.effort);
        let (low, high) = division_range(ask.filter.area());
        let counties = (county(low), county(high));
        let asked: BTreeSet<String> = words.iter().flat_map(|word| text::asked(word)).collect();
        let (whole, single): (Vec<String>, Vec<String>) =
            asked.into_iter().partition(|pair| pair.chars().nth(1).is_some());
        let sets_of = |character: &String| {
            let mut sets: BTreeMap<(u8, u64), Vec<Row>> = BTreeMap::new();
            for class in [IN_NAME, ELSEWHERE] {
                for row in rows.scan(&text_prefix(class, character), None) {
                    effort.step()?;
                    let row = row?;
                    let (chunk, county) = text_place(row.key()).ok_or_else(odd)?;
                    if (counties.0..=counties.1).contains(&county) {
                        sets.entry((class, chunk)).or_default().push(row);
                    }
                }
            }
            Ok(sets)
        };
        let single = single.iter().map(sets_of).collect::<Result<_, Fault>>()?;
        Ok(Self { rows, effort, counties, of_live: is_of_live(rows, ask)?, whole, single })
    }

    /// The outlets of a chunk that have a pair, in these classes of texts.
    fn with_pair(&self, chunk: u64, pair: &str, classes: &[u8]) -> Result<Bits, Fault> {
        let mut bits = Bits::new(chunk);
        for class in classes {
            let (from, until) = text_range(*class, pair, chunk, self.counties);
            let mut sets = self.rows.range(&from, &until);
            while let Some((_, set)) = sets.lend()? {
                self.effort.step()?;
                bits.set(set);
            }
        }
        Ok(bits)
    }

    /// First positions of the outlets of a chunk that have every pair, in order: in their names, or in any text. Some of them hold the
    /// pairs and not the words.
    fn outlets(&self, chunk: u64, in_names: bool) -> Result<Vec<u64>, Fault> {
        let classes = if in_names { &[IN_NAME][..] } else { &[IN_NAME, ELSEWHERE] };
        let mut all: Option<Bits> = None;
        if self.of_live {
            let live = self.with_pair(chunk, "", &[LIVE])?;
            if !live.any() {
                return Ok(Vec::new());
            }
            all = Some(live);
        }
        let pairs = self.whole.iter().map(Ok).chain(self.single.iter().map(Err));
        for pair in pairs {
            let mut bits = match pair {
                Ok(pair) => self.with_pair(chunk, pair, classes)?,
                Err(sets) => {
                    let mut bits = Bits::new(chunk);
                    let rows = classes.iter().filter_map(|class| sets.get(&(*class, chunk))).flatten();
                    rows.for_each(|row| bits.set(row.value()));
                    bits
                }
            };
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
