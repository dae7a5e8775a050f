//! The editions of rules that the log adopted up to a position, and what of them rules where and when.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    Bureau, BureauId, Calendar, CategoryCode, CategoryRules, Commit, Day, Division, DivisionPrefix, DivisionTable,
    DocumentNumber, Event, MadeBy, Name, OfficerId, Position, Redone, Scheme, Sha256, command_of,
};

use crate::error::ReferenceError;
use crate::hash::said;
use crate::scheme::draft::{Reading, SchemeDraft};
use crate::scheme::layers::{Layered, lay};
use crate::tables::SchemeTables;

/// Schemes put together of editions that are kept; with more, all are let go of and made again.
const TOGETHER_MAX: usize = 512;

/// What an edition is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A scheme, of this area (none: the whole registry), in force from this day.
    Scheme {
        /// Where it holds.
        area: Option<DivisionPrefix>,
        /// Its first day.
        in_force_from: Day,
    },
    /// Working days, of the days from the first to the last.
    Calendar {
        /// The first day it speaks of.
        from: Day,
        /// The last.
        until: Day,
    },
    /// A table of places.
    Places,
}

/// One edition, as it was adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// What it is of.
    pub kind: Kind,
    /// Where the commit stands that adopted it.
    pub position: Position,
    /// Version of a scheme, edition of a table, source of a calendar.
    pub version: String,
    /// The hash of its text.
    pub sha256: Sha256,
    /// Day it was adopted.
    pub adopted_on: Day,
    /// The body that adopted it.
    pub adopted_by: Option<Name>,
    /// Number of the document that carries it.
    pub document_number: Option<DocumentNumber>,
    /// The bureau that entered it.
    pub bureau: BureauId,
    /// Staff number of the officer who entered it.
    pub officer: OfficerId,
    /// The hash of all that the command says that adopted it, by which it is known when it is sent again.
    pub(crate) said: Option<Sha256>,
}

/// Rules on record that this program cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rules at position {} cannot be read, a newer version may have written them: {why}", position.0)]
pub struct UnreadableRules {
    /// Where they stand.
    pub position: Position,
    /// What is wrong.
    pub why: String,
}

/// The rules that were adopted up to a position, all of them.
#[derive(Debug, Default)]
pub struct Editions {
    position: Position,
    schemes: Vec<Arc<SchemeDraft>>,
    calendar: Arc<Calendar>,
    divisions: Arc<DivisionTable>,
    adopted: Vec<Adopted>,
    /// A scheme that no log adopted and that rules everywhere and always.
    fixed: Option<Arc<SchemeTables>>,
    /// Put together already: by the layers of the decision's day, and of today.
    together: Mutex<HashMap<Layers, Arc<SchemeTables>>>,
}

/// Which schemes lie over one another: of the decision's day, and of today.
type Layers = (Vec<usize>, Vec<usize>);

impl Editions {
    /// Rules that stand in no log: one scheme everywhere and always.
    pub fn fixed(scheme: SchemeTables, calendar: Calendar, divisions: DivisionTable) -> Self {
        Self {
            calendar: Arc::new(calendar),
            divisions: Arc::new(divisions),
            fixed: Some(Arc::new(scheme)),
            ..Self::default()
        }
    }

    /// The rules up to a position, of the commits of the rules' stream up to there in order.
    pub fn of<'c>(commits: impl IntoIterator<Item = (Position, &'c Commit)>) -> Result<Self, UnreadableRules> {
        commits.into_iter().try_fold(Self::default(), |editions, (position, commit)| editions.then(position, commit))
    }

    /// These rules and those that one more commit adopts.
    pub fn then(&self, position: Position, commit: &Commit) -> Result<Self, UnreadableRules> {
        let mut next = Self {
            position,
            schemes: self.schemes.clone(),
            calendar: Arc::clone(&self.calendar),
            divisions: Arc::clone(&self.divisions),
            adopted: self.adopted.clone(),
            ..Self::default()
        };
        let said = match command_of(&commit.events) {
            Ok(Redone { made_by: MadeBy::Rules(command), .. }) => Some(said(&command)),
            Ok(_) | Err(_) => None,
        };
        for event in &commit.events {
            let unreadable = |error: ReferenceError| UnreadableRules { position, why: error.to_string() };
            next.adopt(position, commit, event, said).map_err(unreadable)?;
        }
        Ok(next)
    }

    fn adopt(
        &mut self,
        position: Position,
        commit: &Commit,
        event: &Event,
        said: Option<Sha256>,
    ) -> Result<(), ReferenceError> {
        let (bureau, officer) = (commit.bureau.clone(), commit.officer.clone());
        let adopted = match event {
            Event::SchemeAdopted(fact) => {
                self.schemes.push(Arc::new(SchemeDraft::of(fact.text.as_str(), Reading::OnRecord)?));
                Adopted {
                    kind: Kind::Scheme { area: fact.area.clone(), in_force_from: fact.in_force_from },
                    position,
                    version: fact.version.to_string(),
                    sha256: fact.sha256,
                    adopted_on: fact.adopted_on,
                    adopted_by: fact.adopted_by.clone(),
                    document_number: fact.document_number.clone(),
                    bureau,
                    officer,
                    said,
                }
            }
            Event::CalendarAdopted(fact) => {
                let later = crate::calendar::calendar(fact.text.as_str(), fact.covered_from, fact.covered_until)?;
                self.calendar = Arc::new(Calendar::clone(&self.calendar).with(&later));
                Adopted {
                    kind: Kind::Calendar { from: fact.covered_from, until: fact.covered_until },
                    position,
                    version: fact.source.to_string(),
                    sha256: fact.sha256,
                    adopted_on: fact.adopted_on,
                    adopted_by: fact.adopted_by.clone(),
                    document_number: fact.document_number.clone(),
                    bureau,
                    officer,
                    said,
                }
            }
            Event::PlacesAdopted(fact) => {
                let later = crate::places::places(&fact.edition, fact.text.as_str())?;
                self.divisions = Arc::new(DivisionTable::clone(&self.divisions).with(&later));
                Adopted {
                    kind: Kind::Places,
                    position,
                    version: fact.edition.to_string(),
                    sha256: fact.sha256,
                    adopted_on: fact.adopted_on,
                    adopted_by: fact.adopted_by.clone(),
                    document_number: fact.document_number.clone(),
                    bureau,
                    officer,
                    said,
                }
            }
            // Nothing else is a rule.
            _ => return Ok(()),
        };
        self.adopted.push(adopted);
        Ok(())
    }

    /// The position of the newest rules; 0 where none are on record.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Whether there are any.
    pub fn is_empty(&self) -> bool {
        self.schemes.is_empty() && self.fixed.is_none()
    }

    /// Every edition, in the order they were adopted.
    pub fn adopted(&self) -> &[Adopted] {
        &self.adopted
    }

    /// Working days.
    pub fn calendar(&self) -> &Arc<Calendar> {
        &self.calendar
    }

    /// Places that exist or existed.
    pub fn divisions(&self) -> &Arc<DivisionTable> {
        &self.divisions
    }

    /// The scheme by which a decision in a place is taken: numbers, categories and grounds as they are in force on `day`, bureaus and zones
    /// as they are `today`. Of areas that hold the place the more specific one sets what it says. `None` where no scheme holds there.
    pub fn scheme(&self, place: Option<&Division>, day: Day, today: Day) -> Option<Arc<SchemeTables>> {
        self.scheme_at(place.map_or("", Division::as_str), day, today)
    }

    /// The same of the place with these digits of a division code; without any, what holds in the whole registry or, where nothing does,
    /// in the widest area.
    pub(crate) fn scheme_at(&self, digits: &str, day: Day, today: Day) -> Option<Arc<SchemeTables>> {
        if let Some(fixed) = &self.fixed {
            return Some(Arc::clone(fixed));
        }
        let digits = if digits.is_empty() { self.widest()? } else { digits.to_owned() };
        let key = (self.chain(&digits, day), self.chain(&digits, today));
        if key.0.is_empty() || key.1.is_empty() {
            return None;
        }
        let mut together = self.together.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = together.get(&key) {
            return Some(Arc::clone(known));
        }
        // What was adopted was checked to go together on every day, so this is a scheme that holds.
        let made = Arc::new(self.put_together(&key.0, &key.1, &digits, today).ok()?);
        if together.len() >= TOGETHER_MAX {
            together.clear();
        }
        together.insert(key, Arc::clone(&made));
        Some(made)
    }

    /// The scheme by which a bureau acts that acts in no place: that of the widest area that names it.
    pub fn scheme_of_bureau(&self, bureau: &BureauId, day: Day, today: Day) -> Option<Arc<SchemeTables>> {
        let mut areas: Vec<String> = self.areas();
        areas.sort_by_key(String::len);
        let mut schemes = areas.iter().filter_map(|digits| self.scheme_at(digits, day, today));
        let names = |tables: &Arc<SchemeTables>| tables.scheme.bureaus.contains_key(bureau);
        schemes.find(names).or_else(|| self.scheme_at("", day, today))
    }

    /// Of each area that has one, the scheme in force on `day`, as an index into [`Editions::adopted`]'s schemes; the widest area first.
    pub fn in_force(&self, day: Day) -> Vec<&Adopted> {
        let schemes = || self.adopted.iter().filter(|one| matches!(one.kind, Kind::Scheme { .. }));
        let mut newest: BTreeMap<(usize, String), (Day, &Adopted)> = BTreeMap::new();
        for one in schemes() {
            let Kind::Scheme { area, in_force_from } = &one.kind else { continue };
            let digits = area.as_ref().map_or("", DivisionPrefix::as_str);
            let known = newest.get(&(digits.len(), digits.to_owned()));
            if *in_force_from <= day && known.is_none_or(|(from, _)| from < in_force_from) {
                newest.insert((digits.len(), digits.to_owned()), (*in_force_from, one));
            }
        }
        newest.into_values().map(|(_, one)| one).collect()
    }

    /// Everything that any scheme ever named, as it is today: for who tells what is on record, wherever it is.
    pub fn everywhere(&self, today: Day) -> Option<SchemeTables> {
        let mut areas = self.areas();
        areas.sort_by_key(String::len);
        let mut all: Option<SchemeTables> = None;
        for digits in if self.fixed.is_some() { vec![String::new()] } else { areas } {
            let Some(tables) = self.scheme_at(&digits, today, today) else { continue };
            let Some(all) = &mut all else {
                all = Some(SchemeTables::clone(&tables));
                continue;
            };
            let SchemeTables { scheme, statistical_classes } = SchemeTables::clone(&tables);
            for (code, rules) in scheme.categories {
                all.scheme.categories.entry(code).or_insert(rules);
            }
            for (code, rules) in scheme.dropped {
                all.scheme.dropped.entry(code).or_insert(rules);
            }
            for (id, bureau) in scheme.bureaus {
                all.scheme.bureaus.entry(id).or_insert(bureau);
            }
            for (code, ground) in scheme.grounds {
                all.scheme.grounds.entry(code).or_insert(ground);
            }
            for (code, zone) in scheme.zones {
                all.scheme.zones.entry(code).or_insert(zone);
            }
            for (code, classes) in statistical_classes {
                all.statistical_classes.entry(code).or_insert(classes);
            }
        }
        all
    }

    pub(crate) fn schemes(&self) -> &[Arc<SchemeDraft>] {
        &self.schemes
    }

    /// These rules with one scheme more, as if it were adopted.
    pub(crate) fn with(&self, draft: SchemeDraft) -> Self {
        let schemes = self.schemes.iter().cloned().chain([Arc::new(draft)]).collect();
        Self { position: self.position, schemes, ..Self::default() }
    }

    /// Each area that a scheme names, by its digits; none for the whole registry.
    pub(crate) fn areas(&self) -> Vec<String> {
        let areas: BTreeSet<String> = self.schemes.iter().map(|scheme| digits(scheme).to_owned()).collect();
        areas.into_iter().collect()
    }

    fn widest(&self) -> Option<String> {
        self.areas().into_iter().min_by_key(String::len)
    }

    /// The layers that rule a place on a day, the widest area's first. Before the first day of all, the first scheme there was: it says from
    /// when on it holds.
    fn chain(&self, place: &str, day: Day) -> Vec<usize> {
        let mut newest: BTreeMap<&str, (Day, usize)> = BTreeMap::new();
        let holding = || self.schemes.iter().enumerate().filter(|(_, scheme)| place.starts_with(digits(scheme)));
        for (index, scheme) in holding().filter(|(_, scheme)| scheme.in_force_from <= day) {
            let known = newest.get(digits(scheme));
            if known.is_none_or(|(from, _)| *from < scheme.in_force_from) {
                newest.insert(digits(scheme), (scheme.in_force_from, index));
            }
        }
        if newest.is_empty() {
            let first = holding().min_by_key(|(_, scheme)| (digits(scheme).len(), scheme.in_force_from));
            return first.map(|(index, _)| index).into_iter().collect();
        }
        // Of texts of which each begins with the one before, the order is by length.
        newest.into_values().map(|(_, index)| index).collect()
    }

    fn layered(&self, chain: &[usize]) -> Result<Option<Layered>, ReferenceError> {
        let mut below = None;
        for scheme in chain.iter().filter_map(|index| self.schemes.get(*index)) {
            below = Some(lay(below, scheme)?);
        }
        Ok(below)
    }

    /// What rules a place on a day, without regard to what was before.
    pub(crate) fn layers_at(&self, place: &str, day: Day) -> Result<Option<SchemeTables>, ReferenceError> {
        Ok(self.layered(&self.chain(place, day))?.map(|layered| layered.tables))
    }

    /// The days on which what rules a place changes.
    pub(crate) fn changes(&self, place: &str) -> BTreeSet<Day> {
        let related = |scheme: &&Arc<SchemeDraft>| place.starts_with(digits(scheme));
        self.schemes.iter().filter(related).map(|scheme| scheme.in_force_from).collect()
    }

    fn put_together(
        &self,
        of_day: &[usize],
        of_today: &[usize],
        place: &str,
        today: Day,
    ) -> Result<SchemeTables, ReferenceError> {
        let nothing = || ReferenceError::scheme("area", "没有办法", "no scheme");
        let mut tables = self.layered(of_day)?.ok_or_else(nothing)?.tables;
        let now = self.layered(of_today)?.ok_or_else(nothing)?.tables;
        let ever = self.ever(place, today)?;
        let mut bureaus = now.scheme.bureaus;
        for (id, bureau) in &mut bureaus {
            let Some(decided_on) = ever.competence.get(id) else { continue };
            let more = decided_on.iter().filter(|code| !now.scheme.categories.contains_key(*code));
            bureau.winds_up = more.filter(|code| !bureau.categories.contains(code)).cloned().collect();
        }
        let dropped = ever.categories.into_iter().filter(|(code, _)| !tables.scheme.categories.contains_key(code));
        tables.scheme = Scheme { dropped: dropped.collect(), bureaus, zones: now.scheme.zones, ..tables.scheme };
        Ok(tables)
    }

    /// What schemes of a place ever had, up to today.
    fn ever(&self, place: &str, today: Day) -> Result<Ever, ReferenceError> {
        let mut ever = Ever::default();
        for day in self.changes(place).into_iter().filter(|day| *day <= today) {
            let Some(SchemeTables { scheme, .. }) = self.layers_at(place, day)? else { continue };
            for (id, Bureau { categories, .. }) in &scheme.bureaus {
                ever.competence.entry(id.clone()).or_default().extend(categories.iter().cloned());
            }
            ever.categories.extend(scheme.categories);
        }
        Ok(ever)
    }
}

/// What schemes ever had.
#[derive(Default)]
struct Ever {
    /// Each category under the last rules it had.
    categories: BTreeMap<CategoryCode, CategoryRules>,
    competence: BTreeMap<BureauId, BTreeSet<CategoryCode>>,
}

fn digits(scheme: &SchemeDraft) -> &str {
    scheme.area.as_ref().map_or("", DivisionPrefix::as_str)
}
