//! What a list tells of a provider, in a row of its own: a page of a list reads twenty of these, and a whole record is several
//! times as long.

use std::cell::{Ref, RefCell};
use std::ops::Range;

use api::directory::v1;
use api::registry::v1 as registry;
use domain::CategoryCode;
use serde::{Deserialize, Serialize};

use crate::Names;
use crate::grams::Texts;
use crate::page::Encoder;
use crate::present::optional_day;
use crate::queries::Filter;
use crate::status::{self, Span, Status};
use crate::view::View;

/// The row, as far as the public may see it. It borrows from where it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Card<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) operator_name: &'a str,
    pub(crate) division: &'a str,
    zone: &'a str,
    pub(crate) address: &'a str,
    phone: &'a str,
    pub(crate) location: Option<(i32, i32)>,
    #[serde(borrow)]
    certifications: Vec<Term<'a>>,
}

/// A certification on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Term<'a> {
    category: &'a str,
    decided_on: Option<i32>,
    valid_from: Option<i32>,
    valid_to: Option<i32>,
    spans: Vec<Span>,
    back_entered: bool,
}

impl Term<'_> {
    /// How it stands on a day, and since when; `None` before it begins.
    fn standing(&self, day: i32) -> Option<(Status, Option<i32>)> {
        status::stands(self.valid_from.or(self.decided_on), self.valid_to, &self.spans, day)
    }
}

/// What an answer is told with; remembers the last names, since neighbours share them.
#[derive(Debug)]
pub(crate) struct Teller<'a> {
    names: &'a Names,
    division: RefCell<(String, String)>,
    category: RefCell<(String, String)>,
}

fn remembered<'r>(last: &'r RefCell<(String, String)>, code: &str, name: impl FnOnce() -> String) -> Ref<'r, str> {
    if last.borrow().0 != code {
        *last.borrow_mut() = (code.to_owned(), name());
    }
    Ref::map(last.borrow(), |last| last.1.as_str())
}

impl<'a> Teller<'a> {
    pub(crate) fn new(names: &'a Names) -> Self {
        Self { names, division: RefCell::default(), category: RefCell::default() }
    }

    fn division(&self, code: &str) -> Ref<'_, str> {
        remembered(&self.division, code, || self.names.division(code))
    }

    fn category(&self, code: &str) -> Ref<'_, str> {
        remembered(&self.category, code, || self.names.category(code))
    }
}

/// Whether a category is in a class of the statistical classification.
pub(crate) fn in_class(category: &str, class: &str, names: &Names) -> bool {
    if class.is_empty() {
        return true;
    }
    let classes = CategoryCode::parse(category).ok().and_then(|code| names.statistical_classes.get(&code));
    classes.is_some_and(|classes| classes.iter().any(|c| c.starts_with(class)))
}

impl<'a> Card<'a> {
    /// The card of a provider whose shown division is `division`.
    pub(crate) fn of(id: &'a str, view: &'a View, division: &'a str) -> Self {
        let term = |c: &'a crate::view::CertificationView| Term {
            category: &c.category,
            decided_on: c.decided_on,
            valid_from: c.valid_from,
            valid_to: c.valid_to,
            spans: c.spans.clone(),
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
            location: view.location.filter(|_| !view.withhold_address),
            certifications: view.certifications.iter().map(term).collect(),
        }
    }

    /// What is searched for words.
    pub(crate) fn texts(&self) -> Texts {
        Texts::new(self.name, self.operator_name, self.address)
    }

    /// When the last of these certifications was decided, or its term began, as they stand on a day.
    pub(crate) fn decided(&self, told: &[v1::CertificationSummary], day: i32) -> Option<i32> {
        let latest = |c: &v1::CertificationSummary| {
            self.certifications.iter().rfind(|t| t.category == c.category && t.standing(day).is_some())
        };
        told.iter().filter_map(latest).filter_map(|t| t.decided_on.or(t.valid_from)).max()
    }

    /// The certifications that fit the question, by category, and how each stands; none where the provider does not fit.
    fn fitting(&self, filter: &Filter, names: &Names, day: i32) -> Vec<(&Term<'a>, (Status, Option<i32>))> {
        let here = filter.division.as_ref().is_none_or(|area| self.division.starts_with(area.as_str()))
            && filter.zone.as_ref().is_none_or(|zone| self.zone == zone.as_str());
        if !here || (!filter.words.is_empty() && !self.texts().hold(&filter.words)) {
            return Vec::new();
        }
        // One a category: the latest that has begun.
        let mut standing: Vec<(&Term<'_>, (Status, Option<i32>))> = Vec::new();
        for term in &self.certifications {
            let Some(stands) = term.standing(day) else { continue };
            match standing.iter_mut().find(|(other, _)| other.category == term.category) {
                Some(other) => *other = (term, stands),
                None => standing.push((term, stands)),
            }
        }
        standing.retain(|(term, (status, _))| {
            filter.category.as_ref().is_none_or(|code| code.as_str() == term.category)
                && filter.statuses.contains(status)
                && in_class(term.category, &filter.statistical_class, names)
        });
        standing.sort_unstable_by_key(|(term, _)| term.category);
        standing
    }

    /// Writes the provider with its certifications that fit the question, as [`Card::summary`] encoded; `None` when none does.
    pub(crate) fn write(
        &self,
        to: &mut Encoder,
        filter: &Filter,
        teller: &Teller<'_>,
        day: i32,
    ) -> Option<Range<usize>> {
        let standing = self.fitting(filter, teller.names, day);
        if standing.is_empty() {
            return None;
        }
        Some(to.whole(|to| {
            to.text(1, self.id);
            to.text(2, self.name);
            to.text(3, self.operator_name);
            to.text(4, self.division);
            to.text(5, &teller.division(self.division));
            to.text(6, self.zone);
            to.text(7, self.address);
            to.text(8, self.phone);
            if let Some((latitude, longitude)) = self.location {
                to.message(9, |to| {
                    to.number(1, latitude);
                    to.number(2, longitude);
                });
            }
            for (term, (status, since)) in standing {
                to.message(10, |to| {
                    to.text(1, term.category);
                    to.text(2, &teller.category(term.category));
                    to.number(3, status.transit());
                    to.day(4, since);
                    to.day(5, term.valid_from);
                    to.day(6, term.valid_to);
                    to.number(7, i32::from(term.back_entered));
                });
            }
        }))
    }

    /// The provider with its certifications that fit the question; `None` when none does.
    pub(crate) fn summary(&self, filter: &Filter, teller: &Teller<'_>, day: i32) -> Option<v1::ProviderSummary> {
        let standing = self.fitting(filter, teller.names, day);
        if standing.is_empty() {
            return None;
        }
        let told = |(term, (status, since)): &(&Term<'_>, (Status, Option<i32>))| v1::CertificationSummary {
            category: term.category.to_owned(),
            category_name: teller.category(term.category).to_owned(),
            status: status.transit(),
            status_since: optional_day(*since),
            valid_from: optional_day(term.valid_from),
            valid_to: optional_day(term.valid_to),
            back_entered: term.back_entered,
        };
        Some(v1::ProviderSummary {
            provider_id: self.id.to_owned(),
            name: self.name.to_owned(),
            operator_name: self.operator_name.to_owned(),
            division: self.division.to_owned(),
            division_name: teller.division(self.division).to_owned(),
            zone: self.zone.to_owned(),
            address: self.address.to_owned(),
            phone: self.phone.to_owned(),
            location: self.location.map(|(latitude_microdegrees, longitude_microdegrees)| registry::Point {
                latitude_microdegrees,
                longitude_microdegrees,
            }),
            certifications: standing.iter().map(told).collect(),
            distance_metres: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn a_card_is_written_as_its_summary_is_encoded() {
        let term = |category, valid_from, back_entered| Term {
            category,
            decided_on: Some(20_000),
            valid_from,
            valid_to: valid_from.map(|day| day + 1000),
            spans: Vec::new(),
            back_entered,
        };
        let full = Card {
            id: "91321003MA1AAAAA0A-001",
            name: "文昌托育",
            operator_name: "合成主体",
            division: "321003005007",
            zone: "321003-zone",
            address: "合成路1号",
            phone: "0514-1",
            location: Some((32_390_000, 119_410_000)),
            certifications: vec![term("elder_care", Some(20_010), true), term("childcare", None, false)],
        };
        let bare = Card { zone: "", address: "", phone: "", location: None, ..full.clone() };
        let (names, filter) = (crate::tests::names(), Filter { statuses: vec![Status::Valid], ..Filter::default() });
        let teller = Teller::new(&names);
        for card in [full, bare] {
            let mut encoder = Encoder::default();
            let place = card.write(&mut encoder, &filter, &teller, 20_100).unwrap();
            let summary = card.summary(&filter, &teller, 20_100).unwrap();
            assert_eq!(summary.certifications.len(), 2);
            assert_eq!(encoder.cut(std::iter::once(place)), [summary.encode_to_vec()]);
            assert!(card.write(&mut Encoder::default(), &filter, &teller, 10_000).is_none());
        }
    }
}
