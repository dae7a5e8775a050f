//! Whether an act that is typed late, or a correction, is taken by all that is on record; and where it is not, what the way on is.
//!
//! What is decided anew is asked of what stands before it, in the order of days or as it was typed. That of a category one certification is live is
//! asked of all that is on record: an end that comes later than what is asked may be what keeps two apart.

use std::collections::BTreeSet;

use crate::certification::decide::{beside_each_other, stands_alone};
use crate::command::{Command, CorrectAct};
use crate::context::Context;
use crate::correction::decide::{self as correction, about};
use crate::event::Event;
use crate::late;
use crate::record::{AloneAtTheEnd, Entry, InTheirDay, replay};
use crate::refusal::Refusal;
use crate::value::Act;

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
    match late::stands_beside(record, command, made, then) {
        Err(_) if two(record, made).is_empty() => late::stands_beside(record, command, made, &AloneAtTheEnd(then)),
        answer => answer,
    }
}

/// What the correction makes of a provider's record: the facts to record, none where it repeats one on record, or a refusal.
///
/// # Errors
///
/// Whatever the rules say to the right act on the day the wrong one was recorded; [`Refusal::ActRestsOnIt`] where a later act would then not
/// have been taken; [`Refusal::ActSaysSo`] where the act says so by another correction, or without one.
pub fn decide_correction(
    record: &[Entry<'_>],
    c: &CorrectAct,
    then: &impl InTheirDay,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    match correction::decide_correction(record, c, then, context) {
        Ok(made) => stand_alone(record, c, made),
        Err(refusal) if refusal.may_be_of_two() => {
            match correction::decide_correction(record, c, &AloneAtTheEnd(then), context) {
                Ok(made) if two(record, &made).is_empty() => Ok(made),
                Ok(made) => match stand_alone(record, c, made) {
                    Err(other) if other.is_of_what_comes_after() || c.right.is_some() => Err(other),
                    // One that comes back is not in its own way; nor are two of which each ended by the time that the other began.
                    Ok(_) | Err(_) => Err(refusal),
                },
                // Not for those alone: named by what else there is.
                Err(other) if other.is_of_what_comes_after() => Err(other),
                Err(_) => Err(refusal),
            }
        }
        answer @ Err(_) => answer,
    }
}

/// What a correction makes, where it leaves no two certifications of a category live on one day. In the way of it is the one that was recorded last; of
/// what is put right itself is said what refuses it.
fn stand_alone(record: &[Entry<'_>], c: &CorrectAct, made: Vec<Event>) -> Result<Vec<Event>, Refusal> {
    let two = two(record, &made);
    let Some((one, other)) = two.first() else { return Ok(made) };
    let after = replay(record.iter().flat_map(|entry| entry.events).chain(&made));
    let later = one.max(other);
    let category = after.certifications.iter().find(|held| held.act == *later).map(|held| held.category.clone());
    let why = category.map(|category| stands_alone(&after, (*later, &category)));
    let Some(Err(why)) = why else { return Ok(made) };
    if *later == about(record, c) {
        return Err(why);
    }
    let acts = Act::newest_first(two.iter().map(|(one, other)| *one.max(other)).collect::<BTreeSet<Act>>());
    Err(Refusal::ActRestsOnIt { acts, zh: why.zh(), en: why.en() })
}

/// The certifications of a category that these facts leave beside each other and that were not so before.
fn two(record: &[Entry<'_>], made: &[Event]) -> BTreeSet<(Act, Act)> {
    let facts = || record.iter().flat_map(|entry| entry.events);
    let mut after = beside_each_other(&replay(facts().chain(made)));
    if !after.is_empty() {
        let before = beside_each_other(&replay(facts()));
        after.retain(|two| !before.contains(two));
    }
    after
}
