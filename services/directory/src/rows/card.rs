//! What a list tells of a provider, in a row of its own: a page of a list reads twenty of these, and a whole record is several
//! times as long.

use std::borrow::Cow;

use projection::{ReadError, Row, Snapshot};
use serde::{Deserialize, Serialize};

use super::key::{PROVIDER, card_key, is_card, key, odd};
use crate::outlet::standing::{about, of_days};
use crate::outlet::status::{Span, Standing};
use crate::outlet::view::{CertificationView, View};
use crate::text::Texts;

/// The row, as far as the public may see it. It borrows from where it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Card<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) operator_name: &'a str,
    pub(crate) division: &'a str,
    pub(crate) zone: &'a str,
    pub(crate) address: &'a str,
    pub(crate) phone: &'a str,
    pub(crate) location: Option<(i32, i32)>,
    #[serde(borrow)]
    pub(crate) certifications: Vec<Term<'a>>,
}

/// A certification on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Term<'a> {
    pub(crate) category: &'a str,
    pub(crate) decided_on: Option<i32>,
    pub(crate) valid_from: Option<i32>,
    pub(crate) valid_to: Option<i32>,
    pub(crate) spans: Vec<Span>,
    pub(crate) back_entered: bool,
}

impl Term<'_> {
    /// How it stands on a day, and since when; `None` before it begins.
    pub(crate) fn standing(&self, day: i32) -> Option<Standing> {
        of_days(self.begin(), self.valid_to, &self.spans.iter().map(|span| span.bearing()), day)
    }

    fn begin(&self) -> Option<i32> {
        self.valid_from.or(self.decided_on)
    }
}

impl<'a> Card<'a> {
    /// The card of a provider whose shown division is `division`.
    pub(crate) fn of(id: &'a str, view: &'a View, division: &'a str) -> Self {
        let term = |c: &'a CertificationView| Term {
            category: &c.category,
            decided_on: c.decided_on,
            valid_from: c.valid_from,
            valid_to: c.valid_to,
            spans: c.bearings().map(Span::of).collect(),
            back_entered: c.back_entered,
        };
        Self {
            id,
            name: &view.name,
            operator_name: &view.operator_name,
            division,
            zone: &view.zone,
            address: view.shown_address(),
            phone: &view.phone,
            location: view.shown_location(),
            certifications: view.certifications.iter().map(term).collect(),
        }
    }

    /// What is searched for words.
    pub(crate) fn texts(&self) -> Texts {
        Texts::new(self.name, self.operator_name, self.address)
    }

    /// The certifications a day is about, one a category by category, and how each stood.
    pub(crate) fn standings(&self, day: i32) -> Vec<(&Term<'a>, Standing)> {
        let all: Vec<_> =
            self.certifications.iter().map(|term| (term, (term.category, term.begin(), term.standing(day)))).collect();
        about(&all)
    }
}

/// A card that fits a question: what of it is told.
#[derive(Debug)]
pub(crate) struct Found<'c> {
    pub(crate) card: &'c Card<'c>,
    /// The certifications that fit, by category, and how each stands on the day asked about.
    pub(crate) standings: Vec<(&'c Term<'c>, Standing)>,
    /// From the point asked about, in millimetres.
    pub(crate) distance: Option<u64>,
}

/// The record of a provider.
pub(crate) fn view(rows: &Snapshot<'_>, id: &str) -> Result<Option<View>, ReadError> {
    rows.get(&key(PROVIDER, &[id]))
}

/// The card of the provider whose first commit is at `position`.
pub(crate) fn card_row(rows: &Snapshot<'_>, position: &[u8]) -> Result<Row, ReadError> {
    rows.get_row(&card_key(position))?.ok_or_else(odd)
}

/// What is made of the card of a row of an index.
pub(crate) fn with_card<T>(
    rows: &Snapshot<'_>,
    (key, value): (&[u8], &[u8]),
    make: impl FnOnce(&Card<'_>) -> T,
) -> Result<T, ReadError> {
    if is_card(key) { Ok(make(&projection::decode(value)?)) } else { Ok(make(&card_row(rows, value)?.decode()?)) }
}

/// The card of a row of an index: the row itself is one, or says where it is.
pub(crate) fn card_of<'r>(rows: &Snapshot<'_>, row: &'r Row) -> Result<Cow<'r, Row>, ReadError> {
    if is_card(row.key()) { Ok(Cow::Borrowed(row)) } else { card_row(rows, row.value()).map(Cow::Owned) }
}
