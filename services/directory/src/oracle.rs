//! What the directory should answer, by going through the whole log for every question: no index, no counter, no card, no cursor. Days
//! and messages are told by the same pure functions as the directory's (those of `outlet` and `tell`), which have tests of
//! their own; which outlets, in which order, and as of when is found out here another way.

mod by_day;
mod doubled;
pub(crate) mod histories;
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use api::directory::v1;
use api::registry::v1 as registry;
use domain::*;

use crate::ground;
use crate::outlet::choice::{BreachExtent, EndKind, PledgeStatus};
use crate::outlet::due;
use crate::outlet::ended::{Ended, ended};
use crate::outlet::standing::standings;
use crate::outlet::status::{Standing, Status};
use crate::outlet::view::{BreachView, CertificationView, EndView, PledgeView, VersionView, View};
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
    /// Whether certifications that are yet to begin are asked for.
    pub(crate) ahead: bool,
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

/// The version that a day is about, and whether it is withheld: the one that begins last by the day, of one day the last recorded.
pub(crate) fn known(view: &View, day: i32) -> Option<(&VersionView, bool)> {
    let begun = view.versions.iter().filter(|version| version.from.is_none_or(|from| from <= day));
    let known = begun.max_by_key(|version| (version.from, version.act))?;
    let since = |other: &VersionView| (other.from, other.act) >= (known.from, known.act) && other.withhold_address;
    Some((known, known.withheld_since || view.versions.iter().any(since)))
}

/// Where a version lies, as the public may see it.
pub(crate) fn shown(known: &VersionView, withheld: bool) -> String {
    if withheld { format!("{}000", &known.division[..9]) } else { known.division.clone() }
}

fn division_now(view: &View) -> String {
    known(view, i32::MAX).map(|(known, withheld)| shown(known, withheld)).unwrap_or_default()
}

/// The number of an act, and where the outlet stands by it: division, address and point.
type Stands<'a> = (u32, &'a str, &'a str, Option<(i32, i32)>);

/// Which act says it, and where.
fn place(version: &VersionView) -> Stands<'_> {
    (version.act, &version.division, &version.address, version.location)
}

/// Whether the address is withheld from the day of a version on, or from any later one.
fn is_home_from(view: &View, version: &VersionView) -> bool {
    view.versions.iter().any(|home| home.withhold_address && (version.from, version.act) <= (home.from, home.act))
}

/// The places that are withheld, of whichever day.
fn homes(view: &View) -> BTreeSet<Stands<'_>> {
    view.versions.iter().filter(|version| is_home_from(view, version)).map(place).collect()
}

fn is_withheld_now(view: &View) -> bool {
    known(view, i32::MAX).is_some_and(|(_, withheld)| withheld)
}

/// The last day of the last term that was not undone.
fn by_documents(c: &CertificationView) -> Option<i32> {
    let first = c.renewals.iter().map(|renewal| renewal.before).next().unwrap_or(c.valid_to);
    let mut last = first;
    for renewal in &c.renewals {
        if renewal.rulings.days().count() % 2 == 0 {
            last = Some(renewal.valid_to);
        }
    }
    last
}

/// How that is known, and by which words of a list: those of the first term, while no renewal that stands has a term of its own.
fn basis(c: &CertificationView) -> (i32, String) {
    let first = c.renewals.iter().all(|renewal| renewal.rulings.days().count() % 2 == 1);
    match (by_documents(c), first && !c.worked_out_from.is_empty()) {
        (None, _) => (v1::LastDayBasis::NotStated.into(), String::new()),
        (Some(_), true) => (v1::LastDayBasis::WorkedOut.into(), c.worked_out_from.clone()),
        (Some(_), false) => (v1::LastDayBasis::Stated.into(), String::new()),
    }
}

/// Whether a fact brings particulars that withhold the address.
#[expect(clippy::wildcard_enum_match_arm, reason = "two facts of the many bring particulars")]
fn withholds(event: &Event) -> bool {
    match event {
        Event::ProviderRegistered(e) => e.particulars.withhold_address,
        Event::ParticularsAmended(e) => e.particulars.withhold_address,
        _ => false,
    }
}

/// Where a pledge stands by its breaches that were not found to have been none: the gravest that is left counts, and else that others were repaired.
fn pledge_status(pledge: &PledgeView) -> PledgeStatus {
    let mut status = match pledge.fulfilled {
        Some(_) => PledgeStatus::Fulfilled,
        None => PledgeStatus::UnderSupervision,
    };
    let weight = |status: PledgeStatus| match status {
        PledgeStatus::Repaired => 1,
        PledgeStatus::PartlyFulfilled => 2,
        PledgeStatus::Unfulfilled => 3,
        PledgeStatus::Unspecified | PledgeStatus::UnderSupervision | PledgeStatus::Fulfilled => 0,
    };
    for breach in pledge.breaches.iter().filter(|breach| breach.rulings.days().count() % 2 == 0) {
        let said = match (breach.repaired, breach.extent) {
            (Some(_), _) => PledgeStatus::Repaired,
            (None, BreachExtent::Partly) => PledgeStatus::PartlyFulfilled,
            (None, BreachExtent::Wholly) => PledgeStatus::Unfulfilled,
        };
        if weight(said) > weight(status) {
            status = said;
        }
    }
    status
}

/// What the outlet was ever called, in the order of days: from which day on, and until which.
fn names(view: &View) -> Vec<(Option<i32>, &String, Option<i32>)> {
    let replaced =
        |version: &VersionView| view.versions.iter().any(|other| other.from == version.from && other.act > version.act);
    let mut holding: Vec<_> = view.versions.iter().filter(|version| !replaced(version)).collect();
    holding.sort_by_key(|version| version.from);
    holding.dedup_by(|later, before| later.name == before.name);
    let until = |at: usize| holding.get(at + 1).and_then(|later| later.from);
    holding.iter().enumerate().map(|(at, version)| (version.from, &version.name, until(at))).collect()
}

/// What stands under a number, counted from 0: what the last correction of it says that stands itself.
pub(crate) fn stands<'e>(facts: &[&'e Event], number: usize) -> Option<&'e Event> {
    let correction = (number + 1..facts.len()).rev().find_map(|later| match stands(facts, later) {
        Some(Event::ActCorrected(e)) if usize::try_from(e.act.get()).unwrap() == number + 1 => Some(e),
        _ => None,
    });
    correction.map_or(Some(facts[number]), |e| e.fact.as_deref())
}

impl Oracle<'_> {
    /// A provider's commits up to a position, each with its own.
    fn of(&self, provider: u32, at: u64) -> Vec<(u64, &Told)> {
        let told = (1..).zip(self.commits).filter(|(position, told)| told.provider == provider && *position <= at);
        told.collect()
    }

    /// What those commits make of it.
    fn record(&self, provider: u32, at: u64) -> View {
        let told = self.of(provider, at);
        let facts: Vec<&Event> = told.iter().flat_map(|(_, told)| &told.events).collect();
        let (mut view, mut number) = (View::default(), 0);
        for (position, told) in told {
            view.made.push(view.acts, &crate::world::commit(0, told.recorded_at, Vec::new()));
            for _ in &told.events {
                view.fold(stands(&facts, number), position, Day::of(told.recorded_at).number());
                number += 1;
            }
            view.revision += 1;
            view.last_position = position;
        }
        view.name_corrected(facts.iter().copied());
        view
    }

    /// What was on record of every outlet at a position, without what has been taken from the public since.
    pub(crate) fn records(&self, at: u64) -> BTreeMap<u32, View> {
        let mut records = BTreeMap::<u32, View>::new();
        for (position, commit) in (1..).zip(self.commits) {
            if position <= at {
                records.insert(commit.provider, View::default());
            }
        }
        for (provider, view) in &mut records {
            *view = self.record(*provider, at);
            let later: Vec<View> = self
                .of(*provider, u64::MAX)
                .iter()
                .filter(|(position, _)| *position > at)
                .map(|(position, _)| self.record(*provider, *position))
                .collect();
            for later in &later {
                for version in &mut view.versions {
                    // Whatever was shown on an earlier day may be the home: by the day it is of since, and where its place is on record no
                    // more, by the day it was of, or while the address is withheld.
                    let since = later.versions.iter().find(|other| other.act == version.act);
                    let is_gone = since.is_none_or(|since| place(since) != place(version));
                    version.withheld_since |= since.is_some_and(|since| is_home_from(later, since))
                        || is_gone && (is_home_from(later, version) || is_withheld_now(later));
                }
            }
            let Some(now) = later.last() else { continue };
            for pledge in &mut view.pledges {
                // Of each breach that was told of what is told of it now: nothing where it was repaired since, or found not to have been one.
                let Some(now) = now.pledges.iter().find(|now| now.number == pledge.number) else { continue };
                let untouched = |b: &BreachView| b.repaired.is_none() && b.rulings.days().count().is_multiple_of(2);
                let mut breaches = Vec::new();
                for then in &pledge.breaches {
                    let since = now.breaches.iter().find(|now| now.act == then.act);
                    match since {
                        _ if !untouched(then) => breaches.push(then.clone()),
                        Some(now) if untouched(now) => {
                            breaches.push(BreachView { rulings: then.rulings.clone(), ..now.clone() });
                        }
                        Some(now) => breaches.push(now.clone()),
                        None => {}
                    }
                }
                pledge.breaches = breaches;
                pledge.status = pledge_status(pledge);
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
        let document = document_key(&question.number);
        let is_documents = view.certifications.iter().any(|c| document_key(&c.document_number) == document);
        let mut numbers = BTreeSet::<String>::new();
        numbers.extend(view.pledges.iter().map(|pledge| fold(&pledge.number)));
        numbers.extend(view.plaques.iter().map(|plaque| fold(&plaque.number)));
        let of = |code: &String| id.starts_with(code) || view.operator_uscc() == Some(code.as_str());
        (number.is_empty() || is_documents || numbers.contains(&number)) && question.operator.as_ref().is_none_or(of)
    }

    /// Every outlet that fits, with its place; those of one place come in any order.
    pub(crate) fn list(&self, question: &Listed, at: u64, day: i32) -> Vec<Place> {
        let mut places = Vec::<Place>::new();
        for (number, view) in self.records(at) {
            let Some((known, withheld)) = known(&view, day) else { continue };
            let (id, division) = (id(number).to_string(), shown(known, withheld));
            let here = lies(&division, question.division) && (question.zone.is_empty() || known.zone == question.zone);
            let address = if withheld { "" } else { known.address.as_str() };
            let texts = [&known.name, &known.operator_name, address].map(fold);
            let others = names(&view);
            let words: Vec<String> = question.text.split_whitespace().map(fold).collect();
            let said = |word: &String| texts.iter().any(|text| text.contains(word.as_str()));
            let spoken = words
                .iter()
                .all(|word| said(word) || others.iter().any(|(_, name, _)| fold(name).contains(word.as_str())));
            let missing = words.iter().find(|word| !said(word));
            let by_name =
                missing.and_then(|word| others.iter().rev().find(|(_, name, _)| fold(name).contains(word.as_str())));
            let mut certified = standings(&view, day);
            let asked = |category: &str| {
                (question.category.is_empty() || category == question.category)
                    && self.in_class(category, question.class)
            };
            let ahead = self.ahead(&view, day);
            let has_begun = |category: &str| certified.iter().any(|(c, _)| c.category == category);
            let found_ahead = ahead.iter().any(|(c, ended, _)| {
                let fits = match ended {
                    None => question.ahead,
                    Some(status) => question.statuses.contains(status) && !has_begun(&c.category),
                };
                fits && asked(&c.category)
            });
            certified.retain(|(c, (status, _))| question.statuses.contains(status) && asked(&c.category));
            let point = known.location.filter(|_| !withheld);
            let away = question.near.map(|(centre, _)| point.map(|point| ground::millimetres(centre, point)));
            let close = match (question.near, away) {
                (Some((_, metres)), Some(away)) => away.is_some_and(|away| away <= u64::from(metres) * 1000),
                _ => true,
            };
            let fits = found_ahead || !certified.is_empty();
            if !here || !spoken || !close || !fits || !Self::named(question, &id, &view) {
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
                (v1::ListOrder::Name, _) => Key::Text(known.name.clone()),
                (v1::ListOrder::CertifiedOn, _) => {
                    let days = |c: &CertificationView| c.decided_on.or(c.valid_from);
                    let decided = if certified.is_empty() {
                        ahead.iter().filter_map(|(c, _, _)| days(c)).max()
                    } else {
                        certified.iter().filter_map(|(c, _)| days(c)).max()
                    };
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
            let mut summary = self.summary(&id, (known, withheld, day), certified, away);
            summary.certifications_ahead = ahead.into_iter().map(|(_, _, summary)| summary).collect();
            if let Some((from, name, until)) = by_name {
                summary.found_by_name.clone_from(name);
                summary.found_by_name_from = optional_day(*from);
                summary.found_by_name_until = optional_day(*until);
            }
            places.push((place, summary));
        }
        places.sort_by(|(a, _), (b, _)| a.cmp(b));
        places
    }

    fn summary(
        &self,
        id: &str,
        (known, withheld, day): (&VersionView, bool, i32),
        certified: Vec<(&CertificationView, Standing)>,
        away: Option<u64>,
    ) -> v1::ProviderSummary {
        let told = |(c, (status, since), ended): (&CertificationView, Standing, Ended)| v1::CertificationSummary {
            category: c.category.clone(),
            category_name: self.names.category(&c.category),
            status: term::status(status),
            status_since: optional_day(since),
            valid_from: optional_day(c.valid_from),
            valid_to: optional_day(by_documents(c)),
            back_entered: c.back_entered,
            end_kind: ended.by.map_or(0, term::end),
            graver_end_kind: ended.graver.map_or(0, |(kind, _)| term::end(kind)),
            graver_end_on: optional_day(ended.graver.map(|(_, on)| on)),
            valid_to_basis: basis(c).0,
            valid_to_worked_out_from: basis(c).1,
        };
        let division = shown(known, withheld);
        v1::ProviderSummary {
            provider_id: id.to_owned(),
            name: known.name.clone(),
            operator_name: known.operator_name.clone(),
            division_name: self.names.division(&division),
            division,
            zone: known.zone.clone(),
            zone_name: self.names.zone(&known.zone),
            address: if withheld { String::new() } else { known.address.clone() },
            phone: known.phone.clone(),
            location: known
                .location
                .filter(|_| !withheld)
                .map(|(north, east)| registry::Point { latitude_microdegrees: north, longitude_microdegrees: east }),
            certifications: certified
                .into_iter()
                .map(|(c, standing)| told((c, standing, ended(&c.endings(), standing, day))))
                .collect(),
            distance_metres: away.map(|away| u32::try_from((away + 500) / 1000).unwrap()),
            ..v1::ProviderSummary::default()
        }
    }

    /// What was decided by a day and begins after it: how it was ended by then, if it was before it could begin, and what is told.
    fn ahead<'v>(
        &self,
        view: &'v View,
        day: i32,
    ) -> Vec<(&'v CertificationView, Option<Status>, v1::CertificationSummary)> {
        // The gravest first.
        let gravity = [
            EndKind::Annulled,
            EndKind::Cancelled,
            EndKind::Overturned,
            EndKind::Deregistered,
            EndKind::Withdrawn,
            EndKind::RenewalOverturned,
        ];
        let rank = |end: &EndView| gravity.iter().position(|kind| *kind == end.kind).unwrap();
        let mut told = Vec::new();
        for c in &view.certifications {
            let first = c.valid_from.or(c.decided_on).unwrap_or(i32::MIN);
            let is_known = c.decided_on.or(c.valid_from).is_none_or(|known| known <= day);
            if !is_known || first <= day {
                continue;
            }
            let is_over = |end: &&EndView| {
                let stands = end.overturned.as_ref().is_none_or(|ruling| ruling.overturned_on > day);
                end.decided_on <= day && end.bearing().from <= first && stands
            };
            let mut ends: Vec<&EndView> = c.ends.iter().filter(is_over).collect();
            ends.sort_by_key(|end| (end.decided_on, end.status));
            let by = ends.first().copied();
            let graver = by.and_then(|by| {
                let graver = ends.iter().filter(|end| rank(end) < rank(by));
                graver.min_by_key(|end| (rank(end), end.decided_on))
            });
            let summary = v1::CertificationSummary {
                category: c.category.clone(),
                category_name: self.names.category(&c.category),
                status: by.map_or(0, |end| term::status(end.status)),
                status_since: optional_day(by.map(|end| end.decided_on)),
                valid_from: optional_day(c.valid_from),
                valid_to: optional_day(by_documents(c)),
                back_entered: c.back_entered,
                end_kind: by.map_or(0, |end| term::end(end.kind)),
                graver_end_kind: graver.map_or(0, |end| term::end(end.kind)),
                graver_end_on: optional_day(graver.map(|end| end.decided_on)),
                valid_to_basis: basis(c).0,
                valid_to_worked_out_from: basis(c).1,
            };
            told.push((c, by.map(|end| end.status), summary));
        }
        told
    }

    /// Every change after a position that fits.
    pub(crate) fn changes(&self, after: u64, area: &str, of: &str) -> Vec<v1::Change> {
        let mut changes = Vec::new();
        // Repaired by now, or found not to have been one.
        let taken_back = |provider: u32, position: u64| {
            let now = self.record(provider, u64::MAX);
            !now.pledges.iter().flat_map(|pledge| &pledge.breaches).any(|breach| {
                breach.position == position && breach.repaired.is_none() && breach.rulings.days().count() % 2 == 0
            })
        };
        for (commit, position) in self.commits.iter().zip(1..) {
            let before = division_now(&self.record(commit.provider, position - 1));
            let view = self.record(commit.provider, position);
            // Withheld then or at any time since, it reaches to the street only.
            let later = self.of(commit.provider, u64::MAX).into_iter().filter(|(at, _)| *at >= position);
            // So it does where a later commit withheld it for days that are over, or a correction, this one too, has places withheld that
            // were not.
            let withheld = later.into_iter().any(|(at, told)| {
                let after = self.record(commit.provider, at);
                let corrects = told.events.iter().any(|event| matches!(event, Event::ActCorrected(_)));
                is_withheld_now(&after)
                    || at > position && told.events.iter().any(withholds)
                    || corrects && !homes(&after).is_subset(&homes(&self.record(commit.provider, at - 1)))
            });
            let cut = |division: String| match division.get(..9) {
                Some(street) if withheld => format!("{street}000"),
                _ => division,
            };
            let here = lies(&cut(before), area) || lies(&cut(division_now(&view)), area);
            let own: Vec<Option<String>> = commit.events.iter().map(category).collect();
            let of_whole = own.contains(&None);
            let touches =
                of.is_empty() || own.iter().flatten().any(|c| c == of && !of_whole) || of_whole && has(&view, of);
            if position <= after || !here || !touches {
                continue;
            }
            let over = |e: &PledgeBroken| {
                let months = match e.severity {
                    BreachSeverity::Minor => 3,
                    BreachSeverity::General => 12,
                    BreachSeverity::Serious => 36,
                };
                e.determined_on.plus_months(months) < Day::of(crate::world::clock())
            };
            let shown = |event: &&Event| match event {
                Event::PledgeBroken(e) => !over(e) && !taken_back(commit.provider, position),
                _ => true,
            };
            let names: Vec<String> = commit.events.iter().filter(shown).map(|event| event.name().to_owned()).collect();
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
        for (number, mut view) in self.records(u64::MAX) {
            view.doubled = self.doubled(number);
            // What is withheld is not found by where it is either.
            let Some((known, withheld)) = known(&view, i32::MAX) else { continue };
            let (shown, zone_code) = (shown(known, withheld), ZoneCode::parse(&known.zone).ok());
            let whole = Division::parse(&shown).unwrap();
            let governed = bureau.is_none_or(|bureau| bureau.governs(&whole, zone_code.as_ref()));
            if !governed || !lies(&shown, area) || !(zone.is_empty() || known.zone == zone) {
                continue;
            }
            by_day::agrees(&id(number), &view, day, within);
            for due in due::all(&id(number), &view).into_iter().filter(|due| due.is_open(day, within)) {
                let task = task::task(id(number).as_str(), (&known.name, ""), &due, self.names, day);
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
        let place = |t: &v1::Task| {
            (t.due_on.clone(), t.provider_id.clone(), t.kind, t.category.clone(), t.subject.clone(), t.act)
        };
        work.sort_by_key(place);
        work
    }

    /// What stands behind a plaque.
    pub(crate) fn verdict(&self, number: &PlaqueNumber, day: i32) -> v1::VerifyPlaqueResponse {
        let records = self.records(u64::MAX);
        let view = records.iter().find(|(outlet, _)| id(**outlet) == *number.provider()).map(|(_, view)| view);
        plaque::verify(number, view, self.names, day)
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
