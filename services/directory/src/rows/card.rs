//! What a list tells of a provider, in a row of its own: a page of a list reads twenty of these, and a whole record is several
//! times as long.

use std::borrow::Cow;

use domain::Ahead;
use projection::{ReadError, Row, Snapshot};
use serde::{Deserialize, Serialize};

use super::key::{BY_NAME, PROVIDER, behind_days, card_key, is_card, key, odd};
use crate::outlet::ended::{self, Ended, EndedAhead, Ending, ended};
use crate::outlet::known::Known;
use crate::outlet::standing::{about, of_days};
use crate::outlet::status::{Span, Standing};
use crate::outlet::view::{CertificationView, View};
use crate::text::{Texts, fold};

/// The row, as far as the public may see it. It borrows from where it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Card<'a> {
    pub(crate) id: &'a str,
    /// What identifies it today.
    #[serde(borrow)]
    pub(crate) now: Named<'a>,
    /// What identified it before, by the days; nearly always nothing.
    #[serde(borrow)]
    pub(crate) before: Vec<Named<'a>>,
    #[serde(borrow)]
    pub(crate) certifications: Vec<Term<'a>>,
}

/// What identifies an outlet on some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Named<'a> {
    /// The first of them; none: all days before those that follow.
    pub(crate) from: Option<i32>,
    pub(crate) name: &'a str,
    pub(crate) operator_name: &'a str,
    pub(crate) division: &'a str,
    pub(crate) zone: &'a str,
    pub(crate) address: &'a str,
    pub(crate) phone: &'a str,
    pub(crate) location: Option<(i32, i32)>,
}

/// A name that an outlet bears on other days than the one asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OtherName<'a> {
    pub(crate) name: &'a str,
    /// The first day on which it is called so; none: since it came on record.
    pub(crate) from: Option<i32>,
    /// The first day on which it is called so no more; none: it is called so today.
    pub(crate) until: Option<i32>,
}

/// A certification on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Term<'a> {
    pub(crate) category: &'a str,
    pub(crate) decided_on: Option<i32>,
    pub(crate) valid_from: Option<i32>,
    /// The last day on which it holds by its term.
    pub(crate) valid_to: Option<i32>,
    /// The last one of its term as the documents say it.
    pub(crate) last_by_document: Option<i32>,
    /// The words that it was worked out from, or empty.
    pub(crate) worked_out_from: &'a str,
    pub(crate) spans: Vec<Span>,
    pub(crate) back_entered: bool,
    /// Ends by decision; nearly always none.
    pub(crate) ends: Vec<Ending>,
}

impl Term<'_> {
    /// How it stands on a day, and since when; `None` before it begins.
    pub(crate) fn standing(&self, day: i32) -> Option<Standing> {
        of_days(self.begin(), self.valid_to, &self.spans.iter().map(|span| span.bearing()), day)
    }

    /// By which decision it is ended where it stands so on a day, and which is graver.
    pub(crate) fn ended(&self, standing: Standing, day: i32) -> Ended {
        ended(&self.ends.iter().copied(), standing, day)
    }

    /// What is to come of it on a day before it begins.
    pub(crate) fn ahead(&self, day: i32) -> Option<Ahead<EndedAhead>> {
        let known_since = self.decided_on.or(self.valid_from);
        ended::ahead((self.begin(), known_since), &self.ends.iter().copied(), day)
    }

    fn begin(&self) -> Option<i32> {
        self.valid_from.or(self.decided_on)
    }
}

impl<'a> Card<'a> {
    /// The card of a provider, of what identifies it by the days; none where it is not registered.
    pub(crate) fn of(id: &'a str, view: &'a View, places: &'a [Place<'a>]) -> Option<Self> {
        let named = |place: &'a Place<'a>| Named {
            from: place.known.from,
            name: place.known.name(),
            operator_name: place.known.operator_name(),
            division: &place.division,
            zone: place.known.zone(),
            address: place.known.address(),
            phone: place.known.phone(),
            location: place.known.location(),
        };
        let (now, before) = places.split_last()?;
        let term = |c: &'a CertificationView| Term {
            category: &c.category,
            decided_on: c.decided_on,
            valid_from: c.valid_from,
            valid_to: c.valid_to,
            last_by_document: c.last_by_document(),
            worked_out_from: c.last_worked_out_from(),
            spans: c.bearings().map(Span::of).collect(),
            back_entered: c.back_entered,
            ends: c.endings().collect(),
        };
        Some(Self {
            id,
            now: named(now),
            before: before.iter().map(named).collect(),
            certifications: view.certifications.iter().map(term).collect(),
        })
    }

    /// What identifies it on a day.
    pub(crate) fn on(&self, day: i32) -> &Named<'a> {
        let holds = |named: &&Named<'_>| named.from.is_none_or(|from| from <= day);
        if self.before.is_empty() || holds(&&self.now) {
            return &self.now;
        }
        self.before.iter().rev().find(holds).or(self.before.first()).unwrap_or(&self.now)
    }

    /// What identifies it on whatever day, the latest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Named<'a>> {
        std::iter::once(&self.now).chain(self.before.iter().rev())
    }

    /// What is searched for words on a day.
    pub(crate) fn texts(&self, day: i32) -> Texts {
        let Named { name, operator_name, address, .. } = *self.on(day);
        let others = self.all().map(|named| named.name).filter(|other| *other != name);
        Texts::new(name, operator_name, address, others)
    }

    /// A name of other days that holds a word which nothing else does that is searched on this day: it was found by that.
    pub(crate) fn found_by(&self, words: &[String], day: i32) -> Option<OtherName<'a>> {
        if self.before.is_empty() || words.is_empty() {
            return None;
        }
        let known = self.on(day);
        let texts = Texts::new(known.name, known.operator_name, known.address, std::iter::empty());
        let missing = words.iter().find(|word| !texts.hold(std::slice::from_ref(word)))?;
        let (mut all, mut until) = (self.all().peekable(), None);
        while let Some(named) = all.next() {
            // Back to where it came to be called so.
            let mut from = named.from;
            while let Some(earlier) = all.next_if(|earlier| earlier.name == named.name) {
                from = earlier.from;
            }
            if fold(named.name).contains(missing.as_str()) {
                return Some(OtherName { name: named.name, from, until });
            }
            until = from;
        }
        None
    }

    /// Whether it stands in an index under this place on a day: it does under every place it was ever in.
    pub(crate) fn stands_at(&self, place: &[u8], day: i32) -> bool {
        self.before.is_empty() || place.starts_with(self.on(day).division.as_bytes())
    }

    /// The certifications a day is about, one a category by category, and how each stood.
    pub(crate) fn standings(&self, day: i32) -> Vec<(&Term<'a>, Standing)> {
        let all: Vec<_> =
            self.certifications.iter().map(|term| (term, (term.category, term.begin(), term.standing(day)))).collect();
        about(&all)
    }

    /// The certifications that begin after a day and were decided by it, in the order they were recorded, and what is to come of each.
    pub(crate) fn ahead(&self, day: i32) -> Vec<ComingTerm<'_, 'a>> {
        self.certifications.iter().filter_map(|term| Some((term, term.ahead(day)?))).collect()
    }
}

/// A certification that begins after the day asked about, and what is to come of it.
pub(crate) type ComingTerm<'c, 'a> = (&'c Term<'a>, Ahead<EndedAhead>);

/// What identifies an outlet on some days, and its division as the public may see it.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) known: Known<'a>,
    pub(crate) division: String,
}

impl<'a> Place<'a> {
    /// By the days; none where the outlet is not registered.
    pub(crate) fn all(view: &'a View) -> Vec<Self> {
        view.known().into_iter().map(|known| Place { known, division: known.division() }).collect()
    }
}

/// A card that fits a question: what of it is told.
#[derive(Debug)]
pub(crate) struct Found<'c> {
    pub(crate) card: &'c Card<'c>,
    /// What identifies it on the day asked about.
    pub(crate) named: &'c Named<'c>,
    /// The name of other days that the words found it by, where they did.
    pub(crate) by_name: Option<OtherName<'c>>,
    /// The certifications that fit, by category, and how each stands on the day asked about.
    pub(crate) standings: Vec<(&'c Term<'c>, Standing)>,
    /// Those that begin after the day asked about.
    pub(crate) ahead: Vec<ComingTerm<'c, 'c>>,
    /// The day asked about.
    pub(crate) day: i32,
    /// From the point asked about, in millimetres.
    pub(crate) distance: Option<u64>,
}

/// The key of an outlet among names, as it is called and where it stands on some days.
pub(crate) fn name_key(named: &Named<'_>, id: &str) -> Vec<u8> {
    key(BY_NAME, &[&fold(named.name), named.division, id])
}

/// The record of a provider.
pub(crate) fn view(rows: &Snapshot<'_>, id: &str) -> Result<Option<View>, ReadError> {
    rows.get(&key(PROVIDER, &[id]))
}

/// Bytes that are read to come to the record of a provider, told without reading it.
pub(crate) fn record_bytes(rows: &Snapshot<'_>, id: &str) -> Result<usize, ReadError> {
    rows.bytes_to_read(&key(PROVIDER, &[id]))
}

/// The card of the provider whose first commit is at `position`.
pub(crate) fn card_row(rows: &Snapshot<'_>, position: &[u8]) -> Result<Row, ReadError> {
    rows.get_row(&card_key(position))?.ok_or_else(odd)
}

/// The row that a card is read from.
#[derive(Debug)]
pub(crate) struct CardOf<'r> {
    row: Cow<'r, Row>,
    /// Where the card begins in its value.
    at: usize,
}

impl CardOf<'_> {
    /// The card; it borrows from the row.
    pub(crate) fn card(&self) -> Result<Card<'_>, ReadError> {
        projection::decode(self.row.value().get(self.at..).ok_or_else(odd)?)
    }
}

/// The card of a row of an index: the row itself holds one, or says where it is.
pub(crate) fn card_of<'r>(rows: &Snapshot<'_>, row: &'r Row) -> Result<CardOf<'r>, ReadError> {
    let at = behind_days(row.key());
    if is_card(row.key()) {
        return Ok(CardOf { row: Cow::Borrowed(row), at });
    }
    let position = row.value().get(at..).ok_or_else(odd)?;
    Ok(CardOf { row: Cow::Owned(card_row(rows, position)?), at: 0 })
}
