//! Questions, and how each is answered from one snapshot of the rows: pure, and bounded in what is looked at. What is found goes to whoever
//! asked as it stands in the rows; how it is told is decided elsewhere.

mod along;
pub(crate) mod around;
pub(crate) mod changes;
pub(crate) mod counts;
pub(crate) mod effort;
mod ended;
pub(crate) mod list;
mod merge;
pub(crate) mod number;
pub(crate) mod place;
pub(crate) mod since;
pub(crate) mod sorted;
pub(crate) mod then;
pub(crate) mod words;
pub(crate) mod work;

#[cfg(test)]
pub(crate) mod tests;

use domain::{Ahead, CategoryCode, DivisionPrefix, OperatorCode, ZoneCode};

use effort::Effort;

use crate::ground;
use crate::outlet::status::{Standing, Status};
use crate::rows::card::{Card, ComingTerm, Found, Term};
use crate::rows::key::Index;

/// Rows of an index looked at for one page; such a page may hold fewer rows than asked, or none, with a token.
pub(crate) const LOOKS_MAX: usize = 20_000;
/// Rows of an index up to which a question is answered from all of them; few in tests, which have few outlets.
const FEW_ROWS_MAX: usize = if cfg!(test) { 5 } else { 2_000 };
/// Rows that are sorted for one page of an order that has no index.
const SORTED_ROWS_MAX: usize = if cfg!(test) { 60 } else { 20_000 };
/// Keys of an index looked at for one page.
const KEYS_MAX: usize = if cfg!(test) { 20 } else { 50_000 };
/// Outlets looked at for one page.
const OUTLETS_MAX: usize = 1_500;

/// What a list is filtered by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) division: Option<DivisionPrefix>,
    pub(crate) zone: Option<ZoneCode>,
    pub(crate) category: Option<CategoryCode>,
    pub(crate) operator: Option<OperatorCode>,
    /// The categories of the statistical class asked about.
    pub(crate) of_class: Option<Vec<CategoryCode>>,
    pub(crate) statuses: Vec<Status>,
    /// Whether certifications that are yet to begin are asked for as well.
    pub(crate) ahead: bool,
    /// Folded.
    pub(crate) words: Vec<String>,
    pub(crate) number: String,
    pub(crate) near: Option<Near>,
    pub(crate) order: Order,
}

/// A circle on the ground.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    pub(crate) point: ground::Micro,
    pub(crate) metres: u32,
}

impl Near {
    /// Millimetres from the point to where an outlet is shown to stand, if that is within the circle.
    pub(crate) fn distance(self, location: Option<ground::Micro>) -> Option<u64> {
        let millimetres = ground::millimetres(self.point, location?);
        (millimetres <= u64::from(self.metres) * 1000).then_some(millimetres)
    }
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

impl Filter {
    /// Whether the index of a place, a zone or a category has the rows in the order asked for.
    pub(crate) fn by_division(&self) -> bool {
        self.order == Order::Plain
            && self.near.is_none()
            && self.words.is_empty()
            && self.number.is_empty()
            && self.operator.is_none()
    }

    /// Whether only what is live is asked for.
    pub(crate) fn is_of_live(&self) -> bool {
        !self.ahead && self.statuses.iter().all(|status| status.is_live())
    }

    /// Whether only what a measure is on is asked for.
    pub(crate) fn is_of_measured(&self) -> bool {
        self.statuses.iter().all(|status| matches!(status, Status::Rectifying | Status::Suspended))
    }

    /// Whether nearly every row of the index that it goes along fits: what stands there is listed today, and only what is live is asked for.
    /// Of another day or of what has ended, or is yet to begin, there may be thousands of rows for each that fits.
    pub(crate) fn goes_straight(&self, day: i32, today: i32) -> bool {
        self.by_division() && day == today && self.is_of_live()
    }

    /// The first digits of the division asked about; empty for everywhere.
    pub(crate) fn area(&self) -> &str {
        self.division.as_ref().map_or("", DivisionPrefix::as_str)
    }

    /// Which index a list of the place is read from.
    pub(crate) fn index(&self) -> Index<'_> {
        Index {
            zone: self.zone.as_ref().map(ZoneCode::as_str),
            category: self.category.as_ref().map(CategoryCode::as_str),
        }
    }

    /// Whether no place, zone or category leaves anything out.
    pub(crate) fn is_of_everywhere(&self) -> bool {
        self.area().is_empty() && self.zone.is_none() && self.category.is_none()
    }

    /// The indexes a list of the place is read from: of a statistical class, those of its categories.
    pub(crate) fn indexes(&self) -> Vec<Index<'_>> {
        match (&self.of_class, &self.category) {
            (Some(class), None) => {
                class.iter().map(|category| Index { category: Some(category.as_str()), ..self.index() }).collect()
            }
            _ => vec![self.index()],
        }
    }

    /// Whether an outlet that is shown in this division and zone lies in the place asked about.
    pub(crate) fn is_here(&self, division: &str, zone: &str) -> bool {
        division.starts_with(self.area()) && self.zone.as_ref().is_none_or(|own| own.as_str() == zone)
    }

    /// The certifications of a card that fit the question, by category, and how each stands on the day, and every one that lies ahead; `None`
    /// where the outlet does not fit.
    fn fits<'c>(&self, card: &'c Card<'c>, day: i32) -> Option<Fitting<'c>> {
        let named = card.on(day);
        let here = self.is_here(named.division, named.zone);
        if !here || (!self.words.is_empty() && !card.texts(day).hold(&self.words)) {
            return None;
        }
        let (mut standings, ahead) = (card.standings(day), card.ahead(day));
        // What ended before it began is how the outlet stands in its category where nothing of it has begun.
        let begun = |category: &str| standings.iter().any(|(term, _)| term.category == category);
        let is_asked = ahead.iter().any(|(term, ahead)| {
            let is_asked = match ahead {
                Ahead::Begins => self.ahead,
                Ahead::Ended(by) => self.statuses.contains(&by.standing.0) && !begun(term.category),
            };
            is_asked && self.is_of(term.category)
        });
        standings.retain(|(term, (status, _))| self.statuses.contains(status) && self.is_of(term.category));
        (is_asked || !standings.is_empty()).then_some((standings, ahead))
    }

    /// Whether a category is asked about.
    fn is_of(&self, category: &str) -> bool {
        self.category.as_ref().is_none_or(|code| code.as_str() == category)
            && self.of_class.as_ref().is_none_or(|class| class.iter().any(|code| code.as_str() == category))
    }
}

/// Certifications of a card: those that fit a question, and those that begin after the day.
type Fitting<'c> = (Vec<(&'c Term<'c>, Standing)>, Vec<ComingTerm<'c, 'c>>);

/// What a page is made with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) filter: &'a Filter,
    pub(crate) day: i32,
    pub(crate) page_size: usize,
    pub(crate) effort: &'a Effort,
}

impl Ask<'_> {
    /// What of a card fits the question.
    pub(crate) fn find<'c>(&self, card: &'c Card<'c>) -> Option<Found<'c>> {
        let named = card.on(self.day);
        let distance = match self.filter.near {
            Some(near) => Some(near.distance(named.location)?),
            None => None,
        };
        let (standings, ahead) = self.filter.fits(card, self.day)?;
        let by_name = card.found_by(&self.filter.words, self.day);
        Some(Found { card, named, by_name, standings, ahead, day: self.day, distance })
    }
}

/// What was told of each outlet of a page, and where the page ended if more follow.
pub(crate) type Page<T> = (Vec<T>, Option<Vec<u8>>);
