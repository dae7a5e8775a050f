//! What is on record of the places of a list.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::{CategoryCode, Day, Division, OperatorCode, ProviderId};

use crate::reading::Entry;

use super::alike;
use super::called::{self, Called};
use super::fresh;
use super::said::Said;

/// An outlet on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlet {
    /// Its id.
    pub id: ProviderId,
    /// What it is called, and was called before.
    pub names: Vec<String>,
    /// Where it is.
    pub division: Division,
    /// Its address, where one is on record.
    pub address: Option<String>,
    /// Whether a telephone is on record.
    pub has_phone: bool,
    /// Whether the point it stands on is on record.
    pub has_point: bool,
    /// Its operator's credit code, where that is known.
    pub code: Option<String>,
    /// Categories in which it is certified today, as lists tell it.
    pub live: Vec<CategoryCode>,
    /// Its certifications; `None` where only what lists tell of it was read.
    pub held: Option<Vec<Held>>,
    /// Whether a row of this list made it.
    pub of_this_list: bool,
}

/// A certification on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The act that made it; 0 where a row of this list does.
    pub act: u32,
    /// Its category.
    pub category: CategoryCode,
    /// Day of the decision.
    pub decided_on: Option<Day>,
    /// First day.
    pub valid_from: Option<Day>,
    /// Last day.
    pub valid_to: Option<Day>,
    /// The words that the last day was worked out from; none where a list stated it.
    pub worked_out: Option<String>,
    /// The document's number.
    pub document: Option<String>,
    /// Who decided.
    pub body: String,
    /// Where it was published.
    pub source: String,
    /// Whether it was back-entered.
    pub back_entered: bool,
    /// How it ended by decision.
    pub end: Option<HeldEnd>,
}

/// How a certification on record ended by decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldEnd {
    /// First day on which it holds no more, where known.
    pub effective_on: Option<Day>,
    /// Whether it was annulled, by that end or by another.
    pub annulled: bool,
}

impl Held {
    /// Its first day, where the record says it.
    pub(super) fn begin(&self) -> Option<Day> {
        self.valid_from.or(self.decided_on)
    }

    /// Its last day, by its term or a decision.
    pub(super) fn last(&self) -> Option<Day> {
        let ended = self.end.and_then(|end| end.effective_on).map(|day| day.plus_days(-1));
        match (self.valid_to, ended) {
            (Some(to), Some(ended)) => Some(to.min(ended)),
            (to, ended) => to.or(ended),
        }
    }
}

/// What is still to be asked of the record before a row can be placed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lookup {
    /// All that is known of an outlet.
    Outlet(ProviderId),
    /// Outlets of an operator, wherever they are.
    Code(String),
    /// Outlets of a county that bear or bore a name.
    Name {
        /// The county's code.
        county: String,
        /// The name as the list has it.
        name: String,
    },
}

/// What is on record of the places of a list, and what the rows placed so far add to it.
#[derive(Debug, Clone, Default)]
pub struct Register {
    pub(super) outlets: Vec<Outlet>,
    by_id: HashMap<ProviderId, usize>,
    by_name: HashMap<(String, String), Vec<usize>>,
    by_code: HashMap<String, Vec<usize>>,
    /// By county and what their names come to, however they are written.
    by_core: BTreeMap<(String, String), Vec<usize>>,
    /// By county and door.
    by_door: HashMap<(String, String), Vec<usize>>,
    counties: BTreeSet<String>,
    looked: BTreeSet<Lookup>,
    /// Outlets that rows of this list are beyond doubt: another row that differs in where it is, is another.
    pub(super) claimed: HashSet<ProviderId>,
    /// What rows of this list say of their outlets, by county and what the names come to.
    pub(super) said: HashMap<(String, String), Vec<Said>>,
    /// What the first row of this list said that was placed, by the outlet that it is of.
    pub(super) taken: HashMap<ProviderId, Said>,
}

impl Register {
    /// Enters an outlet as it is on record; what was known of it before gives way, unless that was more.
    pub fn enter(&mut self, outlet: Outlet) {
        let known = self.by_id.get(&outlet.id).copied();
        if let Some(at) = known
            && outlet.held.is_none()
            && self.outlets[at].held.is_some()
        {
            for name in &outlet.names {
                self.call(at, name);
            }
            return;
        }
        let at = known.unwrap_or(self.outlets.len());
        self.counties.insert(outlet.division.county().to_owned());
        self.by_id.insert(outlet.id.clone(), at);
        let operator = outlet.id.operator().as_str().to_owned();
        for code in outlet.code.iter().chain([&operator]) {
            push(self.by_code.entry(code.clone()).or_default(), at);
        }
        let door = outlet.address.as_deref().and_then(alike::door);
        let county = outlet.division.county().to_owned();
        if let Some(door) = door {
            push(self.by_door.entry((county, door)).or_default(), at);
        }
        let names = outlet.names.clone();
        let before = known.map(|at| std::mem::take(&mut self.outlets[at].names)).unwrap_or_default();
        match known {
            Some(at) => self.outlets[at] = outlet,
            None => self.outlets.push(outlet),
        }
        for name in names.iter().chain(&before) {
            self.call(at, name);
        }
    }

    /// An outlet that rows of this list were to make is not on record.
    pub fn forget(&mut self, id: &ProviderId) {
        self.taken.remove(id);
        let Some(at) = self.by_id.remove(id) else { return };
        let named = self.by_name.values_mut().chain(self.by_core.values_mut());
        for places in named.chain(self.by_door.values_mut()).chain(self.by_code.values_mut()) {
            places.retain(|place| *place != at);
        }
    }

    /// An outlet bears or bore a name.
    fn call(&mut self, at: usize, name: &str) {
        let outlet = &mut self.outlets[at];
        if !outlet.names.iter().any(|known| known == name) {
            outlet.names.push(name.to_owned());
        }
        let county = outlet.division.county().to_owned();
        let core = Called::of(name, &county).core().to_owned();
        push(self.by_core.entry((county.clone(), core)).or_default(), at);
        push(self.by_name.entry((county, called::key(name))).or_default(), at);
    }

    /// A question that was asked of the record, whatever it brought.
    pub fn looked(&mut self, lookup: Lookup) {
        self.looked.insert(lookup);
    }

    /// What has to be asked of the record before this row can be placed; empty where nothing has.
    pub fn needs(&self, entry: &Entry) -> Vec<Lookup> {
        let (named, coded) = (self.named(entry), self.coded(entry));
        let others = if named.is_empty() { self.spelt(entry, &named) } else { Vec::new() };
        let (former, doors) = (self.formerly(entry), self.at_its_door(entry));
        let unsaid = others.iter().chain(&former).chain(&doors);
        let candidates = named.iter().chain(&coded).chain(unsaid).map(|at| &self.outlets[*at]);
        let details = candidates.filter(|outlet| outlet.held.is_none()).map(|outlet| Lookup::Outlet(outlet.id.clone()));
        let mut needs: Vec<Lookup> = details.collect();
        // In a county of which nothing is on record nothing is to be found.
        if self.counties.contains(entry.division.county()) {
            if let Some(uscc) = entry.uscc.as_ref().filter(|_| coded.is_empty()) {
                needs.push(Lookup::Code(uscc.as_str().to_owned()));
            }
            if named.is_empty() && coded.is_empty() {
                let county = || entry.division.county().to_owned();
                needs.push(Lookup::Name { county: county(), name: entry.name.to_string() });
                needs.extend(entry.former.iter().map(|name| Lookup::Name { county: county(), name: name.clone() }));
            }
        }
        needs.retain(|need| !self.looked.contains(need));
        needs
    }

    /// Outlets of which only what lists tell was read.
    pub fn unread(&self) -> impl Iterator<Item = &ProviderId> {
        self.outlets.iter().filter(|outlet| outlet.held.is_none()).map(|outlet| &outlet.id)
    }

    /// Outlets of the row's county that bear or bore its name.
    pub(super) fn named(&self, entry: &Entry) -> Vec<usize> {
        self.called(entry, entry.name.as_str())
    }

    /// Outlets of the row's county whose name is or was this one.
    fn called(&self, entry: &Entry, name: &str) -> Vec<usize> {
        let key = (entry.division.county().to_owned(), called::key(name));
        self.by_name.get(&key).cloned().unwrap_or_default()
    }

    /// Outlets of the row's county whose name is or was another way to write its own, beside those of its very name. Of another operator's code, or of
    /// another street before the name, is none of them.
    pub(super) fn spelt(&self, entry: &Entry, named: &[usize]) -> Vec<usize> {
        let county = entry.division.county();
        let own = Called::of(entry.name.as_str(), county);
        let key = (county.to_owned(), own.core().to_owned());
        let same = self.by_core.get(&key).into_iter().flatten().copied().filter(|at| !named.contains(at));
        let code = entry.uscc.as_ref().map(domain::Uscc::as_str);
        same.filter(|at| {
            let outlet = &self.outlets[*at];
            let of_code = code.zip(outlet.code.as_deref()).is_none_or(|(listed, known)| listed == known);
            of_code && outlet.names.iter().any(|name| Called::of(name, county).is_like(&own))
        })
        .collect()
    }

    /// What names of a county come to, and whose they are.
    pub(super) fn cores(&self, county: &str) -> impl Iterator<Item = (&str, &[usize])> {
        let inside = self.by_core.iter().filter(move |((own, _), _)| own == county);
        inside.map(|((_, core), at)| (core.as_str(), at.as_slice()))
    }

    /// Outlets of the row's county that bear a name which the list says that the row's bore before.
    pub(super) fn formerly(&self, entry: &Entry) -> Vec<usize> {
        let mut found: Vec<usize> = entry.former.iter().flat_map(|name| self.called(entry, name)).collect();
        found.dedup();
        found
    }

    /// Outlets at the door of the row's, whatever they are called.
    pub(super) fn at_its_door(&self, entry: &Entry) -> Vec<usize> {
        let Some(door) = entry.address.as_ref().and_then(|address| alike::door(address.as_str())) else {
            return Vec::new();
        };
        let key = (entry.division.county().to_owned(), door);
        self.by_door.get(&key).cloned().unwrap_or_default()
    }

    /// Outlets of the row's operator, wherever they are.
    pub(super) fn coded(&self, entry: &Entry) -> Vec<usize> {
        let known = entry.uscc.as_ref().and_then(|uscc| self.by_code.get(uscc.as_str()));
        known.cloned().unwrap_or_default()
    }

    /// The outlet with an id.
    pub fn outlet(&self, id: &ProviderId) -> Option<&Outlet> {
        self.by_id.get(id).map(|at| &self.outlets[*at])
    }

    pub(super) fn outlet_mut(&mut self, id: &ProviderId) -> Option<&mut Outlet> {
        self.by_id.get(id).map(|at| &mut self.outlets[*at])
    }

    /// The operator's code became known.
    pub(super) fn identified(&mut self, id: &ProviderId, code: &str) {
        let Some(at) = self.by_id.get(id).copied() else { return };
        self.outlets[at].code = Some(code.to_owned());
        push(self.by_code.entry(code.to_owned()).or_default(), at);
    }

    /// The id of an outlet that is not on record: the number that the list gives, or the first that is free.
    pub(super) fn free_id(&self, entry: &Entry) -> Option<ProviderId> {
        let operator: OperatorCode = fresh::operator(entry)?;
        if let Some(number) = entry.outlet {
            return ProviderId::new(operator, number).ok();
        }
        let ids = (1..=999).filter_map(|number| ProviderId::new(operator.clone(), number).ok());
        ids.into_iter().find(|id| !self.by_id.contains_key(id))
    }
}

fn push(places: &mut Vec<usize>, at: usize) {
    if !places.contains(&at) {
        places.push(at);
    }
}
