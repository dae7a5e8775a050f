//! An act that is typed late: acts of later days are on record, and were decided without it. Those are decided anew on what then stands, each
//! with what it was decided with in its day; one that would be refused refuses the late act, which names it. So a record says the same in
//! whatever order its acts were typed.
//!
//! An end that came later is overtaken and not contradicted, also by a ruling on what it ended: both are on record, and the earlier one counts. Nor
//! is what only answers an act contradicted by the ruling that undid that act. A bar undoes nothing by itself: what was decided within it stands, and
//! stands in the work list. What others decided and published is a fact of the past, whatever was recorded here since; and so is that somebody
//! applied: what comes of an application is decided on it, and it decides nothing itself.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::anew::command_of;
use crate::command::{Command, MadeBy};
use crate::correction::alike::only_answers;
use crate::correction::decide::InTheirDay;
use crate::decide::decide;
use crate::event::Event;
use crate::provider::Provider;
use crate::record::{Entry, act_at, as_corrected, index_of, stood};
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
/// [`Refusal::ContradictsLater`], with the acts that would not have been taken, and those that rest on them: the newest first, as they are put right
/// one after the other.
pub fn stands_beside(
    record: &[Entry<'_>],
    command: &Command,
    made: &[Event],
    then: &impl InTheirDay,
) -> Result<(), Refusal> {
    let facts: Vec<&Event> = record.iter().flat_map(|entry| entry.events).collect();
    let Some(day) = bound_by(command) else { return Ok(()) };
    let late = Late { record, stands: as_corrected(facts.iter().copied()), facts, day, then };
    let own = command_of(made).map_or(0..made.len(), |redone| redone.own.start..made.len());
    // What follows from it by itself is told as of now, and not as of its day.
    let follows = |fact: &Event| {
        matches!(fact, Event::MeasureFell(_) | Event::PlaqueRecoveryOrdered(_) | Event::PlaqueRecoveryLifted(_))
    };
    let own = own.filter(|at| !follows(&made[*at]));
    let own: Vec<(usize, &Event)> = own.map(|at| (late.facts.len() + at, &made[at])).collect();
    let with = late.refused(&own, &BTreeSet::new());
    if with.is_empty() {
        return Ok(());
    }
    // What would not be taken now without it either does not fall by it.
    let without = late.refused(&[], &BTreeSet::new());
    let stood = |at: &usize| !without.iter().any(|(other, _)| other == at);
    let by_it =
        |(at, refusal): &(usize, Refusal)| stood(at) && !is_overtaken(&late.stands, &own, late.stands[*at], refusal);
    let mut fallen: BTreeSet<usize> = with.iter().filter(|fallen| by_it(fallen)).map(|(at, _)| *at).collect();
    let Some(why) = with.iter().find(|(at, _)| fallen.contains(at)).map(|(_, why)| why) else { return Ok(()) };
    // What rests on them would not stand without them.
    loop {
        let resting = late.refused(&own, &fallen).into_iter().map(|(at, _)| at);
        let more: Vec<usize> = resting.filter(|at| stood(at) && with.iter().all(|(other, _)| other != at)).collect();
        let known = fallen.len();
        fallen.extend(more);
        if fallen.len() == known {
            break;
        }
    }
    let acts: Vec<String> = fallen.iter().rev().map(|at| act_at(*at).to_string()).collect();
    let itself: Vec<Act> = own.iter().map(|(at, _)| act_at(*at)).collect();
    let (zh, en) = (of_itself(&why.zh(), &itself, ZH), of_itself(&why.en(), &itself, EN));
    Err(Refusal::ContradictsLater { acts: acts.join("、"), zh, en })
}

/// The day of an act that later ones are held against, and that is held against an earlier one: not of what others decided, nor of what somebody
/// applied for.
fn bound_by(command: &Command) -> Option<Day> {
    if matches!(command, Command::Apply(_)) { None } else { command.decided_on() }
}

/// How an act is named by its number: what stands before it and after it, and what is said of one that has none yet.
type Naming = (&'static str, &'static str, &'static str);
const ZH: Naming = ("第", "项", "本事项");
const EN: Naming = ("no. ", "", "this act");

/// What is said of a refusal before the act it names has a number: that it is this one.
fn of_itself(said: &str, itself: &[Act], (before, after, this): Naming) -> String {
    let mut told = String::new();
    let mut rest = said;
    while let Some((front, back)) = rest.split_once(before) {
        let digits = back.len() - back.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, behind) = back.split_at(digits);
        let is_itself = itself.iter().any(|act| act.to_string() == number) && behind.starts_with(after);
        told.push_str(front);
        if is_itself {
            told.push_str(this);
            rest = &behind[after.len()..];
        } else {
            told.push_str(before);
            rest = back;
        }
    }
    told + rest
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
    /// The later acts that would be refused where these facts stand before them and those that fell stand no more, each by the place of the last fact
    /// that it asked for.
    fn refused(&self, late: &[(usize, &Event)], fallen: &BTreeSet<usize>) -> Vec<(usize, Refusal)> {
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
            if fallen.contains(&at) {
                continue;
            }
            state.acts = act_at(range.start).get() - 1;
            match decide(&state, &command, &self.then.context(entry, state.operator_uscc())) {
                Err(refusal) if !refusal.is_of_competence() && bound_by(&command).is_some() => {
                    refused.push((at, refusal));
                }
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

/// Whether a later act that would be refused is only overtaken: an end, or that one was told of it, where an earlier end comes, by a decision or a
/// ruling; and what only answers the act that a ruling undid, by its number or by that of the ruling by which it stood again.
fn is_overtaken(stands: &[Option<&Event>], late: &[(usize, &Event)], later: Option<&Event>, refusal: &Refusal) -> bool {
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
    let undone = |fact: &Event| if let Event::ActOverturned(e) = fact { Some(decided(stands, e.act)) } else { None };
    // A ruling on a certification ends it, and one on the ruling that undid an end puts that back.
    let ends_by_ruling = |fact: &Event| {
        let about = undone(fact).and_then(|act| stands.get(index_of(act)).copied().flatten());
        about.is_some_and(|about| matches!(about, Event::Certified(_) | Event::CertificationRecorded(_)) || ends(about))
    };
    let by = || late.iter().map(|(_, fact)| *fact);
    let Some(later) = later else { return true };
    // Whichever of the two was typed first: what was decided within a bar is told.
    if matches!(refusal, Refusal::Barred { .. }) {
        return true;
    }
    let comes_to_end = by().any(|fact| ends(fact) || ends_by_ruling(fact));
    let is_end = comes_to_end && ends(later) && matches!(refusal, Refusal::NotLive { .. });
    let answered: Option<Act> = only_answers(later);
    is_end || answered.is_some_and(|act| by().filter_map(undone).any(|undone| undone == act))
}

/// The act that is decided on by one that is overturned: itself, or of rulings on rulings, however many, what they are about in the end.
fn decided(stands: &[Option<&Event>], act: Act) -> Act {
    match stands.get(index_of(act)) {
        Some(Some(Event::ActOverturned(e))) if e.act < act => decided(stands, e.act),
        _ => act,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_that_has_no_number_yet_is_called_this_one() {
        let itself = [act_at(4)];
        for (said, told) in [
            ("第5项", "本事项"),
            ("该报价已有决定(第5项)", "该报价已有决定(本事项)"),
            ("第15项、第5项", "第15项、本事项"),
            ("第5年", "第5年"),
        ] {
            assert_eq!(of_itself(said, &itself, ZH), told);
        }
        assert_eq!(of_itself("decided (no. 5), and no. 6", &itself, EN), "decided (this act), and no. 6");
        assert_eq!(of_itself("第5项", &[], ZH), "第5项");
    }
}
