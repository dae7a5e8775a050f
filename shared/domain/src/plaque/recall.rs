//! When plaques are called back, and when they may stay after all. It follows from the record after each act.

use std::sync::Arc;

use super::facts::{PlaqueRecoveryLifted, PlaqueRecoveryOrdered};
use super::state::{Plaque, PlaqueStatus};
use crate::certification::state::Certification;
use crate::context::Context;
use crate::event::Event;
use crate::provider::Provider;
use crate::value::{Day, PlaqueNumber};

/// Orders back the plaques that are out once no certification covers them: today, or from the day a decided end takes effect; and one that
/// another was ordered in the place of. The time to bring it back counts from the day on which that came to be ([`Context::term`]). Lifts the
/// order where a certification covers the plaque again, also of a plaque that was not returned in time: what was kept back by right was not
/// withheld. It may stay from the day on which that came to be, too: on the days since then it hung by right.
pub(crate) fn recalls(provider: &Provider, context: &Context<'_>) -> Vec<Event> {
    let return_days = context.scheme.plaque_return_days;
    let uncovered = uncovered_from(provider, context.today);
    let covered = covered_since(provider, context.today);
    let recall = |(number, plaque): (&PlaqueNumber, &Plaque)| {
        let from = if plaque.replaced { Some(replaced_on(provider, number, context.today)) } else { uncovered };
        // Since it was found withheld it was covered again, and is to come back for what came after that.
        let is_anew = plaque.status == PlaqueStatus::NotReturned && from > Some(plaque.since);
        // Nor is it to come back for what was over before it was handed out.
        let from = from.map(|day| day.max(plaque.since));
        let due_on = from.map(|day| context.term(day, return_days));
        let order = |due_on| Some(PlaqueRecoveryOrdered { plaque_number: number.clone(), due_on }.into());
        match (due_on, plaque.recovery_due) {
            (Some(due_on), None) => order(due_on),
            // What it is to come back for has come sooner than was known: nobody keeps a plaque longer than the scheme gives.
            (Some(due_on), Some(before)) if due_on < before => order(due_on),
            // What it was to come back for is no more, and it is to come back for something later.
            (Some(due_on), Some(before)) if before < due_on && (is_anew || from > Some(context.today)) => order(due_on),
            (None, Some(_)) => {
                let since = covered.max(restored_on(provider, number)).max(Some(plaque.ordered_on));
                let lifted_on = since.map_or(context.today, |day| day.min(context.today));
                Some(PlaqueRecoveryLifted { plaque_number: number.clone(), lifted_on }.into())
            }
            (Some(_), Some(_)) | (None, None) => None,
        }
    };
    let is_held = |plaque: &Plaque| plaque.is_out() || plaque.status == PlaqueStatus::NotReturned;
    provider.plaques.iter().filter(|(_, plaque)| is_held(plaque)).filter_map(recall).collect()
}

/// The day on which another was ordered in the place of a plaque.
fn replaced_on(provider: &Provider, number: &PlaqueNumber, today: Day) -> Day {
    let instead = provider.plaques.values().filter(|other| other.replaces.as_ref() == Some(number));
    instead.map(|other| other.ordered_on).max().map_or(today, |day| day.min(today))
}

/// The day on which one that was ordered in the place of a plaque was destroyed before it went out: since then that one has its place again.
fn restored_on(provider: &Provider, number: &PlaqueNumber) -> Option<Day> {
    let instead = provider.plaques.values().filter(|other| other.replaces.as_ref() == Some(number));
    instead.filter(|other| other.status == PlaqueStatus::Destroyed).map(|other| other.since).max()
}

/// The day since which some certification has been live without a break, where one is today: the first day of one, or of one that was ended
/// the ruling by which it is live again. `None` where that is of before anything is known.
fn covered_since(provider: &Provider, today: Day) -> Option<Day> {
    let again = |c: &Arc<Certification>| c.ends.iter().filter_map(|end| end.overturned_on).collect::<Vec<_>>();
    let begins = provider.certifications.iter().flat_map(|c| again(c).into_iter().chain(c.begin()));
    let first = |day: &Day| provider.certified_on(*day) && !provider.certified_on(day.plus_days(-1));
    begins.filter(|day| *day <= today).filter(first).max()
}

/// The first day of those on which no certification is live, up to today or ahead. An end by term that lies ahead may still be renewed: only
/// decided ends are acted on in advance.
fn uncovered_from(provider: &Provider, today: Day) -> Option<Day> {
    if !provider.certified_on(today) {
        return Some(uncovered_since(provider, today));
    }
    let ends = provider.certifications.iter().flat_map(|c| c.ends_that_stand());
    ends.map(|end| end.effective_on).filter(|day| *day > today && !provider.certified_on(*day)).min()
}

/// The day since which no certification is live, where none is today. What reaches back counts from its decision: nobody gives a plaque back
/// before. One that was never certified has no plaque that is out.
fn uncovered_since(provider: &Provider, today: Day) -> Day {
    let begun = provider.certifications.iter().filter(|c| c.begin().is_none_or(|begin| begin <= today));
    let over = |c: &Arc<Certification>| {
        let term = c.valid_to.map(|last| last.plus_days(1));
        c.ends_that_stand().map(|end| end.effective_on.max(end.decided_on)).chain(term).min()
    };
    begun.filter_map(over).max().map_or(today, |day| day.min(today))
}

/// Whether, by what had been decided by `day`, plaques were to come back on it: until an end that lies ahead takes effect they hang by right.
pub(crate) fn is_to_come_back(provider: &Provider, day: Day) -> bool {
    !provider.certifications.iter().any(|c| c.was_live_on(day))
}
