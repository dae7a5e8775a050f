//! When plaques are called back, and when they may stay after all: one pure function of the record and a day, in whatever order the record was
//! typed. What is told of it, and by when a plaque is to come back, is recorded after each act.

use std::collections::BTreeSet;

use super::facts::{PlaqueRecoveryLifted, PlaqueRecoveryOrdered};
use super::state::Plaque;
use crate::context::Context;
use crate::event::Event;
use crate::provider::Provider;
use crate::standing::stretch_begins;
use crate::value::{Day, PlaqueNumber};

/// Orders back the plaques that are out once no certification covers them: today, or from the day a decided end takes effect; and one that
/// another was ordered in the place of. The time to bring it back counts from the day on which that came to be ([`Context::term`]). Lifts the
/// order where a certification covers the plaque again, also of a plaque that was not returned in time: what was kept back by right was not
/// withheld. It may stay from the day on which that came to be, too: on the days since then it hung by right. One that was told by when to bring
/// it back for something else is told so, and by when now.
pub(crate) fn recalls(provider: &Provider, context: &Context<'_>) -> Vec<Event> {
    let held = provider.plaques.iter().filter(|(_, plaque)| plaque.status.is_held());
    held.flat_map(|(number, plaque)| Recall { provider, number, plaque }.told(context)).collect()
}

/// Whether a plaque was to come back on a day, by what had been decided by then: no certification was live, or another had been ordered in its
/// place. Until an end that lies ahead takes effect it hangs by right.
pub(crate) fn is_to_come_back(provider: &Provider, number: &PlaqueNumber, plaque: &Plaque, day: Day) -> bool {
    Recall { provider, number, plaque }.is_due_back(day)
}

/// By when a plaque was to come back on a day, as it is known now: an order that was lifted later stood until then. What had been told for something
/// that was over by then bound nobody.
pub(crate) fn due_on(provider: &Provider, number: &PlaqueNumber, plaque: &Plaque, day: Day) -> Option<Day> {
    let recall = Recall { provider, number, plaque };
    let since = recall.begins(day);
    let stood = plaque.lifted.iter().find(|(due, lifted)| *due < day && day < *lifted);
    let told = stood.map(|(due, _)| *due).or(plaque.recovery_due)?;
    // On a day on which it hung by right nobody withheld it.
    let binds = recall.is_due_back(day) && since.is_none_or(|since| since <= told);
    binds.then_some(told)
}

/// The days, up to that by which a plaque is to come back, from which on it is to, by what is on record: none where no day of the record says it.
pub(crate) fn recalled_from(provider: &Provider, number: &PlaqueNumber, due: Day) -> Vec<Day> {
    let plaque = provider.plaques.get(number);
    plaque.map_or_else(Vec::new, |plaque| Recall { provider, number, plaque }.begun_by(due))
}

/// From which of these days on it was to come back when it was told to by a day: the last that left it its whole time. What begins later is no reason
/// of that day, also where it was on record by then.
fn told_from((begun, due): &(Vec<Day>, Day), return_days: u32) -> Option<Day> {
    let told = due.plus_days(-i64::from(return_days));
    begun.iter().copied().filter(|from| *from <= told).max().or_else(|| begun.first().copied())
}

/// Since when a plaque was to come back on a day, where it was out on it and so by the record: the first day of the first reason. In whatever order the
/// reasons were typed, and whether it was ordered back or not: by then it may have come back, or have been covered again.
pub fn to_come_back_since(provider: &Provider, number: &PlaqueNumber, day: Day) -> Option<Day> {
    let plaque = provider.plaques.get(number)?;
    let recall = Recall { provider, number, plaque };
    let (there, _) = plaque.at(day);
    let is_due = there.is_held() && recall.is_due_back(day);
    is_due.then(|| recall.begins(day).unwrap_or(day))
}

/// A plaque of a provider, of which is asked when it is to come back.
struct Recall<'p> {
    provider: &'p Provider,
    number: &'p PlaqueNumber,
    plaque: &'p Plaque,
}

impl Recall<'_> {
    fn told(&self, context: &Context<'_>) -> Vec<Event> {
        let return_days = context.scheme.plaque_return_days;
        let order = |due_on| PlaqueRecoveryOrdered { plaque_number: self.number.clone(), due_on }.into();
        let lift = |covered: Day| {
            // It never was to come back before it was told to, whatever that was for.
            let recalled = self.plaque.told.last().and_then(|told| told_from(told, return_days));
            let stays = self.stays_since(covered);
            let lifted_on = recalled.map_or(stays, |from| stays.max(from)).min(context.today);
            PlaqueRecoveryLifted { plaque_number: self.number.clone(), lifted_on }.into()
        };
        let Some(from) = self.from(context.today) else {
            return self.plaque.recovery_due.map(|_| lift(context.today)).into_iter().collect();
        };
        // Told once, it is to come back by that day, and sooner where what it is to come back for has come sooner than was known: nobody keeps a
        // plaque longer than the scheme gives. What was told for something that was over by then, or was not so early, binds nobody.
        let has_its_term = |told: &&(Vec<Day>, Day)| {
            told_from(told, return_days) >= Some(from) || told.1 >= from.plus_days(i64::from(return_days))
        };
        let told = self.plaque.told.iter().filter(has_its_term).map(|(_, due)| *due);
        let due = told.chain([context.term(from, return_days)]).min().unwrap_or(from);
        match self.plaque.recovery_due {
            Some(before) if before == due => Vec::new(),
            // Whoever kept it until then kept it by right.
            Some(before) if before < due => vec![lift(from.plus_days(-1)), order(due)],
            Some(_) | None => vec![order(due)],
        }
    }

    /// From which day on it is to come back, as far as that is known today: since when it is, or from the next end that was decided. An end by term
    /// that lies ahead may still be renewed: only decided ends are acted on in advance. Nor is it to come back for what was over before it was
    /// handed out.
    fn from(&self, today: Day) -> Option<Day> {
        if self.is_due_back(today) || !self.provider.certified_on(today) {
            return self.begins(today).or(Some(today));
        }
        let ends = self.provider.certifications.iter().flat_map(|c| c.ends_that_stand());
        ends.map(|end| end.effective_on).filter(|day| *day > today && self.is_due_back(*day)).min()
    }

    /// The first day of those by a day on which it came to be so that it is to come back.
    fn begins(&self, day: Day) -> Option<Day> {
        let since = stretch_begins(self.turns(), |day| self.is_due_back(day), |day| day.plus_days(-1), day);
        since.max(self.plaque.out_since())
    }

    /// The days of those by a day on which it came to be so, and that on which it was handed out where it was so by then, in their order.
    fn begun_by(&self, day: Day) -> Vec<Day> {
        let out = self.plaque.out_since();
        let begins = |turn: &Day| self.is_due_back(*turn) && !self.is_due_back(turn.plus_days(-1));
        let since = self.turns().filter(|turn| out < Some(*turn)).filter(begins);
        let begun: BTreeSet<Day> =
            since.chain(out.filter(|out| self.is_due_back(*out))).filter(|begun| *begun <= day).collect();
        begun.into_iter().collect()
    }

    /// Since when it has been where it is by right, on a day on which it is: not before it was ordered.
    fn stays_since(&self, day: Day) -> Day {
        let stays = |day| !self.is_due_back(day);
        let since = stretch_begins(self.turns(), stays, |day| day.plus_days(-1), day);
        since.map_or(self.plaque.ordered_on, |since| since.max(self.plaque.ordered_on))
    }

    fn is_due_back(&self, day: Day) -> bool {
        !self.provider.certifications.iter().any(|c| c.was_live_on(day)) || self.is_replaced_on(day)
    }

    /// Another was ordered in its place; where that was destroyed before it went out, until then, if no third one came there.
    fn is_replaced_on(&self, day: Day) -> bool {
        let until = |other: &Plaque| other.unmade_on().filter(|_| !self.plaque.replaced);
        self.instead().any(|other| other.ordered_on <= day && until(other).is_none_or(|unmade| day < unmade))
    }

    fn instead(&self) -> impl Iterator<Item = &Plaque> {
        self.provider.plaques.values().filter(|other| other.replaces.as_ref() == Some(self.number))
    }

    /// The days on which it may come to be so, or cease to be.
    fn turns(&self) -> impl Iterator<Item = Day> {
        let of_terms = self.provider.certifications.iter().flat_map(|c| {
            let ends = c.ends.iter().flat_map(|end| [Some(end.decided_on), Some(end.effective_on), end.overturned_on]);
            let over = c.valid_to.map(|last| last.plus_days(1));
            let lapses = c.lapses().flat_map(|(from, back)| [Some(from), Some(back)]);
            ends.chain(lapses).chain([c.begin(), over]).flatten().collect::<Vec<_>>()
        });
        of_terms.chain(self.instead().flat_map(|other| [Some(other.ordered_on), other.unmade_on()]).flatten())
    }
}
