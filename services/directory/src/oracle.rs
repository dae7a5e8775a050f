//! What the directory should answer, by going through the whole log for every question: no index, no counter, no card, no cursor. Days
//! and messages are told by the same pure functions as the directory's (those of `outlet` and `tell`), which have tests of
//! their own; which outlets, in which order, and as of when is found out here another way.

mod by_day;
pub(crate) mod histories;
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use api::directory::v1;
use api::registry::v1 as registry;
use domain::*;

use crate::ground;
use crate::outlet::choice::{BreachExtent, PledgeStatus};
use crate::outlet::due;
use crate::outlet::standing::standings;
use crate::outlet::status::{Standing, Status};
use crate::outlet::view::{CertificationView, PledgeView, View};
use crate::tell::change::fact;
use crate::tell::{Names, optional_day, plaque, sentence, task, term};
use crate::text::fold;
use crate::world::id;

/// A commit of the log; its position is its place in the list, from 1.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) provider: u32,
    pub(crate) recorded_at: Instant,
    pub(crate) events: Vec<Event>,
}

/// The whole log.
pub(crate) struct Oracle<'a> {
    pub(crate) commits: &'a [Told],
    pub(crate) names: &'a Names,
}

/// A list that is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    pub(crate) division: &'static str,
    pub(crate) zone: &'static str,
    pub(crate) category: &'static str,
    pub(crate) class: &'static str,
    pub(crate) statuses: Vec<Status>,
    pub(crate) text: &'static str,
    pub(crate) number: String,
    pub(crate) operator: Option<String>,
    pub(crate) near: Option<((i32, i32), u32)>,
    pub(crate) order: v1::ListOrder,
}

/// An outlet in a list: what comes before what, in as far as the order says, and what is told.
pub(crate) type Place = (Vec<Key>, v1::ProviderSummary);

/// Part of a place in an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Number(u64),
    Text(String),
}

/// One that ends in zeros is the street or county itself.
fn lies(division: &str, area: &str) -> bool {
    area.is_empty() || division.starts_with(DivisionPrefix::parse(area).unwrap().as_str())
}

impl Oracle<'_> {
    /// What was on record of every outlet at a position, without what has been taken from the public since.
    pub(crate) fn records(&self, at: u64) -> BTreeMap<u32, View> {
        let mut records = BTreeMap::<u32, View>::new();
        for (commit, position) in self.commits.iter().zip(1..) {
            if position <= at {
                let view = records.entry(commit.provider).or_default();
                let on = Day::of(commit.recorded_at).number();
                commit.events.iter().for_each(|event| view.fold(event, position, on));
                view.revision += 1;
                view.last_position = position;
            } else if let Some(view) = records.get_mut(&commit.provider) {
                for event in &commit.events {
                    match event {
                        Event::ProviderRegistered(e) => view.withhold_address |= e.particulars.withhold_address,
                        Event::ParticularsAmended(e) => view.withhold_address |= e.particulars.withhold_address,
                        Event::PledgeRepaired(e) => {
                            let act = e.breach.get();
                            let shown = |pledge: &&mut PledgeView| pledge.breaches.iter().any(|b| b.act == act);
                            for pledge in view.pledges.iter_mut().filter(shown) {
                                pledge.breaches.retain(|breach| breach.act != act);
                                pledge.repaired = true;
                                let wholly = pledge.breaches.iter().any(|b| b.extent == BreachExtent::Wholly);
                                pledge.status = match pledge.breaches.len() {
                                    0 => PledgeStatus::Repaired,
                                    _ if wholly => PledgeStatus::Unfulfilled,
                                    _ => PledgeStatus::PartlyFulfilled,
                                };
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        records
    }

    /// The last position recorded by the end of a day.
    pub(crate) fn known_on(&self, on: Day) -> u64 {
        self.commits.iter().zip(1..).filter(|(c, _)| Day::of(c.recorded_at) <= on).map(|(_, at)| at).max().unwrap_or(0)
    }

    fn in_class(&self, category: &str, class: &str) -> bool {
        let code = CategoryCode::parse(category).unwrap();
        let classes = self.names.statistical_classes.get(&code);
        class.is_empty() || classes.is_some_and(|classes| classes.iter().any(|c| c.starts_with(class)))
    }

    /// Whether the outlet is one that the question's number and operator name.
    fn named(question: &Listed, id: &str, view: &View) -> bool {
        let number = fold(&question.number);
        let mut numbers: BTreeSet<String> = view.certifications.iter().map(|c| fold(&c.document_number)).collect();
        numbers.extend(view.pledges.iter().map(|pledge| fold(&pledge.number)));
        numbers.extend(view.plaques.iter().map(|plaque| fold(&plaque.number)));
        let of = |code: &String| id.starts_with(code) || view.operator_uscc.as_ref() == Some(code);
        (number.is_empty() || numbers.contains(&number)) && question.operator.as_ref().is_none_or(of)
    }

    /// Every outlet that fits, with its place; those of one place come in any order.
    pub(crate) fn list(&self, question: &Listed, at: u64, day: i32) -> Vec<Place> {
        let mut places = Vec::<Place>::new();
        for (number, view) in self.records(at) {
            let (id, division) = (id(number).to_string(), view.shown_division());
            let here = lies(&division, question.division) && (question.zone.is_empty() || view.zone == question.zone);
            let texts = [&view.name, &view.operator_name, view.shown_address()].map(fold);
            let words: Vec<String> = question.text.split_whitespace().map(fold).collect();
            let spoken = words.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())));
            let mut certified = standings(&view, day);
            certified.retain(|(c, (status, _))| {
                (question.category.is_empty() || c.category == question.category)
                    && question.statuses.contains(status)
                    && self.in_class(&c.category, question.class)
            });
            let point = view.location.filter(|_| !view.withhold_address);
            let away = question.near.map(|(centre, _)| point.map(|point| ground::millimetres(centre, point)));
            let close = match (question.near, away) {
                (Some((_, metres)), Some(away)) => away.is_some_and(|away| away <= u64::from(metres) * 1000),
                _ => true,
            };
            if !here || !spoken || !close || certified.is_empty() || !Self::named(question, &id, &view) {
                continue;
            }
            let away = away.flatten();
            let (whole, name) = (words.concat(), &texts[0]);
            let rank = match () {
                () if words.is_empty() || *name == whole => 0,
                () if name.starts_with(&whole) => 1,
                () if words.iter().all(|word| name.contains(word.as_str())) => 2,
                () => 3,
            };
            let by_place = [Key::Text(division.clone()), Key::Text(id.clone())];
            let first = match (question.order, away) {
                (v1::ListOrder::Name, _) => Key::Text(view.name.clone()),
                (v1::ListOrder::CertifiedOn, _) => {
                    let decided = certified.iter().filter_map(|(c, _)| c.decided_on.or(c.valid_from)).max();
                    Key::Number(
                        decided.map_or(u64::MAX, |day| u64::try_from(i64::from(i32::MAX) - i64::from(day)).unwrap()),
                    )
                }
                (v1::ListOrder::Unspecified | v1::ListOrder::Distance, Some(away)) => Key::Number(away),
                (v1::ListOrder::Unspecified | v1::ListOrder::Distance, None) => Key::Number(rank),
            };
            // By words or by distance the order of the index decides between equals.
            let open = match question.order {
                v1::ListOrder::Unspecified | v1::ListOrder::Distance => away.is_some() || !words.is_empty(),
                v1::ListOrder::CertifiedOn | v1::ListOrder::Name => false,
            };
            let place = [first].into_iter().chain(by_place.into_iter().filter(|_| !open)).collect();
            places.push((place, self.summary(&id, &view, &division, certified, away)));
        }
        places.sort_by(|(a, _), (b, _)| a.cmp(b));
        places
    }

    fn summary(
        &self,
        id: &str,
        view: &View,
        division: &str,
        certified: Vec<(&CertificationView, Standing)>,
        away: Option<u64>,
    ) -> v1::ProviderSummary {
        let told = |(c, (status, since)): (&CertificationView, Standing)| v1::CertificationSummary {
            category: c.category.clone(),
            category_name: self.names.category(&c.category),
            status: term::status(status),
            status_since: optional_day(since),
            valid_from: optional_day(c.valid_from),
            valid_to: optional_day(c.valid_to),
            back_entered: c.back_entered,
        };
        v1::ProviderSummary {
            provider_id: id.to_owned(),
            name: view.name.clone(),
            operator_name: view.operator_name.clone(),
            division: division.to_owned(),
            division_name: self.names.division(division),
            zone: view.zone.clone(),
            address: view.shown_address().to_owned(),
            phone: view.phone.clone(),
            location: view
                .location
                .filter(|_| !view.withhold_address)
                .map(|(north, east)| registry::Point { latitude_microdegrees: north, longitude_microdegrees: east }),
            certifications: certified.into_iter().map(told).collect(),
            distance_metres: away.map(|away| u32::try_from((away + 500) / 1000).unwrap()),
        }
    }

    /// Every change after a position that fits.
    pub(crate) fn changes(&self, after: u64, area: &str, of: &str) -> Vec<v1::Change> {
        let mut records = BTreeMap::<u32, View>::new();
        let mut changes = Vec::new();
        let repaired = |provider: u32, act: u32| {
            let repairs = |event: &Event| matches!(event, Event::PledgeRepaired(e) if e.breach.get() == act);
            self.commits.iter().filter(|commit| commit.provider == provider).flat_map(|c| &c.events).any(repairs)
        };
        for (commit, position) in self.commits.iter().zip(1..) {
            let view = records.entry(commit.provider).or_default();
            let before = view.shown_division();
            let acts_before = view.acts;
            let on = Day::of(commit.recorded_at).number();
            commit.events.iter().for_each(|event| view.fold(event, position, on));
            // Withheld then or at any time since, it reaches to the street only.
            let rest =
                self.commits.iter().zip(1..).filter(|(other, at)| other.provider == commit.provider && *at > position);
            let mut later = view.clone();
            let mut withheld = view.withhold_address;
            for (other, at) in rest {
                let on = Day::of(other.recorded_at).number();
                other.events.iter().for_each(|event| later.fold(event, at, on));
                withheld |= later.withhold_address;
            }
            let cut = |division: String| match division.get(..9) {
                Some(street) if withheld => format!("{street}000"),
                _ => division,
            };
            let here = lies(&cut(before), area) || lies(&cut(view.shown_division()), area);
            let own: Vec<Option<String>> = commit.events.iter().map(category).collect();
            let of_whole = own.contains(&None);
            let touches =
                of.is_empty() || own.iter().flatten().any(|c| c == of && !of_whole) || of_whole && has(view, of);
            if position <= after || !here || !touches {
                continue;
            }
            let shown = |(event, act): &(&Event, u32)| {
                !(matches!(event, Event::PledgeBroken(_)) && repaired(commit.provider, *act))
            };
            let numbered = commit.events.iter().zip(acts_before + 1..);
            let names: Vec<String> = numbered.filter(shown).map(|(event, _)| event.name().to_owned()).collect();
            if names.is_empty() {
                continue;
            }
            let (zh, en): (Vec<_>, Vec<_>) = names.iter().map(|name| fact(name)).unzip();
            changes.push(v1::Change {
                position,
                provider_id: id(commit.provider).to_string(),
                operator_code: String::new(),
                summary: sentence(&zh.join("、"), &en.join("; ")),
                event_names: names,
                recorded_at_ms: commit.recorded_at.0,
            });
        }
        changes
    }

    /// A bureau's work; `bureau` is one of the scheme, or empty.
    pub(crate) fn work(&self, bureau: &str, area: &str, zone: &str, of: &str, day: i32, within: i32) -> Vec<v1::Task> {
        let bureau = BureauId::parse(bureau).ok().map(|id| &self.names.scheme.bureaus[&id]);
        let mut work = Vec::new();
        for (number, view) in self.records(u64::MAX) {
            // What is withheld is not found by where it is either.
            let (shown, zone_code) = (view.shown_division(), ZoneCode::parse(&view.zone).ok());
            let whole = Division::parse(&shown).unwrap();
            let governed = bureau.is_none_or(|bureau| bureau.governs(&whole, zone_code.as_ref()));
            if !governed || !lies(&shown, area) || !(zone.is_empty() || view.zone == zone) {
                continue;
            }
            by_day::agrees(&id(number), &view, day, within);
            for due in due::all(&id(number), &view).into_iter().filter(|due| due.is_open(day, within)) {
                let task = task::task(id(number).as_str(), &view.name, &due, day);
                let decides = |c: &str| bureau.is_none_or(|b| b.decides_on(&CategoryCode::parse(c).unwrap()));
                let touched: Vec<&str> = match task.category.as_str() {
                    "" => CATEGORIES.into_iter().filter(|c| has(&view, c)).collect(),
                    own => vec![own],
                };
                let for_all = touched.is_empty() && of.is_empty();
                if for_all || touched.into_iter().any(|c| decides(c) && (of.is_empty() || of == c)) {
                    work.push(task);
                }
            }
        }
        let place =
            |t: &v1::Task| (t.due_on.clone(), t.provider_id.clone(), t.kind, t.category.clone(), t.subject.clone());
        work.sort_by_key(place);
        work
    }

    /// What stands behind a plaque.
    pub(crate) fn verdict(&self, number: &PlaqueNumber, day: i32) -> v1::VerifyPlaqueResponse {
        let records = self.records(u64::MAX);
        let view = records.iter().find(|(outlet, _)| id(**outlet) == *number.provider()).map(|(_, view)| view);
        plaque::verify(number, view, day)
    }
}

const CATEGORIES: [&str; 2] = crate::oracle::histories::CATEGORIES;

fn has(view: &View, category: &str) -> bool {
    let certified = view.certifications.iter().any(|c| c.category == category);
    certified || view.cases.iter().any(|case| case.category == category)
}

/// The category in an event's own words.
fn category(event: &Event) -> Option<String> {
    let words = format!("{event:?}");
    let from = words.find("category: ")?;
    words[from..].split('"').nth(1).map(str::to_owned)
}
