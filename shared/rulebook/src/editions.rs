//! The editions of rules that the log adopted up to a position, and what of them rules where and when.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    Bureau, BureauId, Calendar, CategoryCode, CategoryRules, Commit, Day, Division, DivisionPrefix, DivisionTable,
    MadeBy, Position, Redone, Scheme, command_of,
};

use crate::error::ReferenceError;
use crate::ever::{Ever, follow_up};
use crate::filed::{Adopted, Filed, Kind, What, file, standing};
use crate::hash::said;
use crate::scheme::draft::SchemeDraft;
use crate::scheme::layers::{Layered, lay};
use crate::tables::SchemeTables;

/// Schemes put together of editions that are kept; with more, all are let go of and made again.
const TOGETHER_MAX: usize = 512;

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
    /// Every edition there was.
    filed: Vec<Filed>,
    /// The schemes that stand.
    schemes: Vec<Arc<SchemeDraft>>,
    /// The last days of bureaus that end, in order.
    ends: Vec<Day>,
    calendar: Arc<Calendar>,
    divisions: Arc<DivisionTable>,
    adopted: Vec<Adopted>,
    /// A scheme that no log adopted and that rules everywhere and always.
    fixed: Option<Arc<SchemeTables>>,
    /// Put together already. Most often there are few: a tree finds one sooner than its key is hashed.
    together: Mutex<BTreeMap<Layers, Arc<SchemeTables>>>,
    /// What was asked for last: mostly the same place and days are asked for again.
    last: Mutex<Option<Asked>>,
}

/// Which schemes lie over one another, of the decision's day and of today; and how many bureaus have ended by today, and how many schemes of
/// all have begun.
type Layers = (Vec<usize>, Vec<usize>, (usize, usize));

/// The scheme of a place, on a day as it is today.
#[derive(Debug)]
struct Asked {
    digits: String,
    days: (Day, Day),
    scheme: Option<Arc<SchemeTables>>,
}

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
        let mut next = Self { position, filed: self.filed.clone(), adopted: self.adopted.clone(), ..Self::default() };
        let said = match command_of(&commit.events) {
            Ok(Redone { made_by: MadeBy::Rules(command), .. }) => Some(said(&command)),
            Ok(_) | Err(_) => None,
        };
        for event in &commit.events {
            let unreadable = |error: ReferenceError| UnreadableRules { position, why: error.to_string() };
            let Some((filed, adopted)) = file(position, commit, event, said).map_err(unreadable)? else { continue };
            next.filed.push(filed);
            next.adopted.push(adopted);
        }
        next.settle();
        Ok(next)
    }

    /// The rules as they were up to an earlier position; `None` where these are they.
    #[must_use]
    pub fn as_of(&self, position: Position) -> Option<Self> {
        if self.fixed.is_some() || position >= self.position {
            return None;
        }
        let mut then = Self::default();
        then.filed = self.filed.iter().filter(|one| one.position <= position).cloned().collect();
        then.adopted = self.adopted.iter().filter(|one| one.position <= position).cloned().collect();
        then.position = then.filed.last().map_or(Position(0), |last| last.position);
        then.settle();
        Some(then)
    }

    /// Makes of all that was filed what stands.
    fn settle(&mut self) {
        let (mut calendar, mut divisions, mut schemes) = (Calendar::default(), DivisionTable::default(), Vec::new());
        for one in standing(&self.filed) {
            match &one.what {
                What::Scheme(draft) => schemes.push(Arc::clone(draft)),
                What::Calendar(days) => calendar = calendar.with(days),
                What::Places(table) => divisions = divisions.with(table),
            }
        }
        (self.calendar, self.divisions) = (Arc::new(calendar), Arc::new(divisions));
        self.set(schemes);
        let adopted = self.adopted.clone();
        for one in &mut self.adopted {
            let corrects = |other: &&Adopted| other.corrects == Some(one.position) && other.kind.is_alike(&one.kind);
            one.corrected_by = adopted.iter().find(corrects).map(|other| other.position);
        }
    }

    fn set(&mut self, schemes: Vec<Arc<SchemeDraft>>) {
        let mut ends: Vec<Day> =
            schemes.iter().flat_map(|scheme| scheme.bureaus.values().filter_map(|bureau| bureau.until)).collect();
        ends.sort_unstable();
        (self.schemes, self.ends) = (schemes, ends);
        (self.together, self.last) = Default::default();
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
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(asked) = last.as_ref().filter(|asked| asked.digits == digits && asked.days == (day, today)) {
            return asked.scheme.clone();
        }
        let scheme = self.layered_scheme(digits, day, today);
        *last = Some(Asked { digits: digits.to_owned(), days: (day, today), scheme: scheme.clone() });
        scheme
    }

    fn layered_scheme(&self, digits: &str, day: Day, today: Day) -> Option<Arc<SchemeTables>> {
        let digits = if digits.is_empty() { Cow::Owned(self.widest()?) } else { Cow::Borrowed(digits) };
        let ended = self.ends.partition_point(|until| *until < today);
        let then = self.chain(&digits, day);
        let now = if day == today { then.clone() } else { self.chain(&digits, today) };
        let begun = self.schemes.iter().filter(|scheme| scheme.in_force_from <= today).count();
        let key = (then, now, (ended, begun));
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

    /// Of each area that has one, the scheme in force on `day`; the widest area first.
    pub fn in_force(&self, day: Day) -> Vec<&Adopted> {
        let stands = |one: &&Adopted| matches!(one.kind, Kind::Scheme { .. }) && one.corrected_by.is_none();
        let schemes = || self.adopted.iter().filter(stands);
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
                let winds_up = bureau.winds_up.clone();
                let known = all.scheme.bureaus.entry(id).or_insert(bureau);
                // What a county alone had and dropped.
                let more = winds_up.into_iter().filter(|code| !known.winds_up.contains(code));
                known.winds_up.extend(more.collect::<Vec<_>>());
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

    /// The edition at a position that stands: a scheme of this area, or one like that.
    pub(crate) fn scheme_standing_at(&self, position: Position) -> Option<Arc<SchemeDraft>> {
        standing(&self.filed).into_iter().filter(|one| one.position == position).find_map(|one| match &one.what {
            What::Scheme(draft) => Some(Arc::clone(draft)),
            What::Calendar(_) | What::Places(_) => None,
        })
    }

    /// These rules with one scheme more, as if it were adopted, in the place of the one it corrects.
    pub(crate) fn with(&self, draft: SchemeDraft, corrects: Option<&Arc<SchemeDraft>>) -> Self {
        let stands = |other: &&Arc<SchemeDraft>| corrects.is_none_or(|wrong| !Arc::ptr_eq(wrong, other));
        let schemes = self.schemes.iter().filter(stands).cloned().chain([Arc::new(draft)]).collect();
        let mut after = Self { position: self.position, ..Self::default() };
        after.set(schemes);
        after
    }

    /// The last days of bureaus that end.
    pub(crate) fn ends(&self) -> impl Iterator<Item = Day> {
        self.ends.iter().copied()
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
        let holding = || self.schemes.iter().enumerate().filter(|(_, scheme)| place.starts_with(digits(scheme)));
        // An area each, which are few: of texts that all begin the same place, those of one length are one.
        let mut newest: Vec<(usize, Day, usize)> = Vec::new();
        for (index, scheme) in holding().filter(|(_, scheme)| scheme.in_force_from <= day) {
            let (length, from) = (digits(scheme).len(), scheme.in_force_from);
            match newest.iter_mut().find(|(known, ..)| *known == length) {
                None => newest.push((length, from, index)),
                Some(known) if known.1 < from => *known = (length, from, index),
                Some(_) => {}
            }
        }
        if newest.is_empty() {
            let first = holding().min_by_key(|(_, scheme)| (digits(scheme).len(), scheme.in_force_from));
            return first.map(|(index, _)| index).into_iter().collect();
        }
        newest.sort_unstable();
        newest.into_iter().map(|(.., index)| index).collect()
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
        let mut ever = self.ever(place, today)?;
        let mut bureaus = now.scheme.bureaus;
        ever.hand_over(&bureaus, today);
        for (id, bureau) in &mut bureaus {
            let Some(decided_on) = ever.competence.get(id) else { continue };
            let more = decided_on.iter().filter(|code| !now.scheme.categories.contains_key(*code));
            bureau.winds_up = more.filter(|code| !bureau.categories.contains(code)).cloned().collect();
        }
        let elsewhere = self.elsewhere(place, today, |code| {
            tables.scheme.categories.contains_key(code) || ever.categories.contains_key(code)
        })?;
        follow_up(&mut bureaus, &elsewhere, today, &now.scheme.zones);
        ever.categories.retain(|code, _| !tables.scheme.categories.contains_key(code));
        ever.categories.extend(elsewhere);
        tables.scheme = Scheme { dropped: ever.categories, bureaus, zones: now.scheme.zones, ..tables.scheme };
        Ok(tables)
    }

    /// Categories that areas of their own have, or had, and this place never: an outlet that they certified may have moved here. Each under the
    /// last rules it had there; of several areas that have it, under those that give the party the longest time.
    fn elsewhere(
        &self,
        place: &str,
        today: Day,
        is_of_place: impl Fn(&CategoryCode) -> bool,
    ) -> Result<BTreeMap<CategoryCode, CategoryRules>, ReferenceError> {
        let mut last: BTreeMap<(&str, &CategoryCode), &SchemeDraft> = BTreeMap::new();
        let begun = |scheme: &&Arc<SchemeDraft>| scheme.in_force_from <= today && !place.starts_with(digits(scheme));
        for scheme in self.schemes.iter().filter(begun) {
            for code in scheme.categories.keys().filter(|code| !is_of_place(code)) {
                let known = last.entry((digits(scheme), code)).or_insert(scheme);
                if known.in_force_from < scheme.in_force_from {
                    *known = scheme;
                }
            }
        }
        let mut elsewhere = BTreeMap::new();
        for ((area, code), scheme) in last {
            // Today's rules, or where the area has dropped it those of the last edition that named it.
            let mut rules = None;
            for day in [today, scheme.in_force_from] {
                if rules.is_none() {
                    rules = self.layers_at(area, day)?.and_then(|mut tables| tables.scheme.categories.remove(code));
                }
            }
            let Some(rules) = rules else { continue };
            let known = elsewhere.entry(code.clone()).or_insert_with(|| rules.clone());
            known.hearing_days = known.hearing_days.max(rules.hearing_days);
            known.rectification_days = known.rectification_days.max(rules.rectification_days);
            known.suspension |= rules.suspension;
        }
        Ok(elsewhere)
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

fn digits(scheme: &SchemeDraft) -> &str {
    scheme.area.as_ref().map_or("", DivisionPrefix::as_str)
}
