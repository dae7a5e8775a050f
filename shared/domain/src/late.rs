//! An act that is typed late: acts of later days are on record, and were decided without it. Those are decided anew on what then stands, each
//! with what it was decided with in its day; one that would be refused refuses the late act, which names it. So a record says the same in
//! whatever order its acts were typed.
//!
//! An end that came later is overtaken and not contradicted: both are on record, and the earlier one counts. Nor is what only answers an act
//! contradicted by the ruling that undid that act. What others decided and published is a fact of the past, whatever was recorded here since.

use std::ops::Range;

use crate::anew::command_of;
use crate::command::{Command, MadeBy};
use crate::correction::alike::only_answers;
use crate::correction::decide::InTheirDay;
use crate::decide::decide;
use crate::event::Event;
use crate::provider::Provider;
use crate::record::{Entry, act_at, as_corrected, stood};
use crate::refusal::Refusal;
use crate::value::{Act, Day};

/// Whether acts of later days than the one that a command tells of are on record: then its facts are asked of [`stands_beside`] as well.
pub fn is_late(provider: &Provider, command: &Command) -> bool {
    command.decided_on().is_some_and(|day| provider.said.newest().is_some_and(|newest| day < newest))
}

/// Whether what was recorded of later days stands beside the facts that a late command makes.
///
/// # Errors
///
/// [`Refusal::ContradictsLater`], with the acts that would not have been taken.
pub fn stands_beside(
    record: &[Entry<'_>],
    command: &Command,
    made: &[Event],
    then: &impl InTheirDay,
) -> Result<(), Refusal> {
    let facts: Vec<&Event> = record.iter().flat_map(|entry| entry.events).collect();
    let Some(day) = command.decided_on() else { return Ok(()) };
    let late = Late { record, stands: as_corrected(facts.iter().copied()), facts, day, then };
    let own = command_of(made).map_or(0..made.len(), |redone| redone.own.start..made.len());
    // What follows from it by itself is told as of now, and not as of its day.
    let own = own.filter(|at| !matches!(made[*at], Event::PlaqueRecoveryOrdered(_) | Event::PlaqueRecoveryLifted(_)));
    let own: Vec<(usize, &Event)> = own.map(|at| (late.facts.len() + at, &made[at])).collect();
    let with = late.refused(&own);
    if with.is_empty() {
        return Ok(());
    }
    // What would not be taken now without it either does not fall by it.
    let without = late.refused(&[]);
    let by_it = |(at, refusal): &(usize, Refusal)| {
        let before = without.iter().any(|(other, _)| other == at);
        !before && !is_overtaken(&own, late.stands[*at], refusal)
    };
    let fallen: Vec<(usize, Refusal)> = with.into_iter().filter(by_it).collect();
    let Some((_, why)) = fallen.first() else { return Ok(()) };
    let acts: Vec<String> = fallen.iter().map(|(at, _)| act_at(*at).to_string()).collect();
    Err(Refusal::ContradictsLater { acts: acts.join("、"), zh: why.zh(), en: why.en() })
}

/// A record by the day of an act that is typed late.
struct Late<'r, T> {
    record: &'r [Entry<'r>],
    facts: Vec<&'r Event>,
    stands: Vec<Option<&'r Event>>,
    day: Day,
    then: &'r T,
}

impl<T: InTheirDay> Late<'_, T> {
    /// The later acts that would be refused where these facts stand before them, each by the place of the last fact that it asked for.
    fn refused(&self, late: &[(usize, &Event)]) -> Vec<(usize, Refusal)> {
        let mut state = Provider::default();
        let mut later = Vec::new();
        for (entry, range) in self.commits() {
            match self.asked(entry, range.clone()) {
                Some((at, command)) if command.decided_on().is_some_and(|day| day > self.day) => {
                    later.push((entry, range, at, command));
                }
                Some(_) | None => state = self.after(state, range),
            }
        }
        for (at, fact) in late {
            state = numbered(state, *at, Some(fact), fact);
        }
        let mut refused = Vec::new();
        for (entry, range, at, command) in later {
            state.acts = act_at(range.start).get() - 1;
            match decide(&state, &command, &self.then.context(entry, state.operator_uscc())) {
                Err(refusal) if !refusal.is_of_competence() => refused.push((at, refusal)),
                Ok(_) | Err(_) => {}
            }
            state = self.after(state, range);
        }
        refused
    }

    /// What a commit was asked for, as it stands, and the place of the last of its own facts; none of a correction.
    fn asked(&self, entry: &Entry<'_>, range: Range<usize>) -> Option<(usize, Command)> {
        let own = command_of(entry.events).ok()?.own;
        if matches!(entry.events.first(), Some(Event::ActCorrected(_))) {
            return None;
        }
        let own: Vec<usize> = own.map(|at| range.start + at).filter(|at| self.stands[*at].is_some()).collect();
        let standing: Vec<Event> = own.iter().filter_map(|at| self.stands[*at].cloned()).collect();
        let MadeBy::Provider(command) = command_of(&standing).ok()?.made_by else { return None };
        Some((*own.last()?, command))
    }

    fn after(&self, state: Provider, range: Range<usize>) -> Provider {
        range.fold(state, |state, at| numbered(state, at, self.stands[at], self.facts[at]))
    }

    fn commits(&self) -> impl Iterator<Item = (&Entry<'_>, Range<usize>)> {
        let mut end = 0;
        self.record.iter().map(move |entry| {
            let range = end..end + entry.events.len();
            end = range.end;
            (entry, range)
        })
    }
}

/// The state after a fact under its own number, wherever in the order of days it comes.
fn numbered(mut state: Provider, at: usize, stands: Option<&Event>, recorded: &Event) -> Provider {
    state.acts = act_at(at).get() - 1;
    stood(state, stands, recorded)
}

/// Whether a later act that would be refused is only overtaken: an end, or that one was told of it, where an earlier end comes; and what only
/// answers the act that a ruling undid.
fn is_overtaken(late: &[(usize, &Event)], later: Option<&Event>, refusal: &Refusal) -> bool {
    let ends = |fact: &Event| {
        matches!(
            fact,
            Event::RevocationNoticed(_)
                | Event::CertificationRevoked(_)
                | Event::CertificationWithdrawn(_)
                | Event::CertificationDeregistered(_)
                | Event::EndingRecorded(_)
        )
    };
    let undone = |fact: &Event| if let Event::ActOverturned(e) = fact { Some(e.act) } else { None };
    let by = || late.iter().map(|(_, fact)| *fact);
    let Some(later) = later else { return true };
    let is_end = by().any(ends) && ends(later) && matches!(refusal, Refusal::NotLive { .. });
    let answered: Option<Act> = only_answers(later);
    is_end || answered.is_some_and(|act| by().filter_map(undone).any(|undone| undone == act))
}
