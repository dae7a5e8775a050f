//! A stream's facts as they stand, corrections counted in.

use std::sync::Arc;

use crate::certification::fold::recorded_as;
use crate::context::{Beside, Context};
use crate::event::Event;
use crate::evolve::folded;
use crate::operator::fold::folded_operator;
use crate::operator::state::Operator;
use crate::plaque::fold::numbered;
use crate::provider::Provider;
use crate::value::{Act, BureauId, Day, Position, Uscc};

/// One commit of a stream, as far as it bears on what was decided after it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Where in the log it stands.
    pub position: Position,
    /// The day on which it was recorded.
    pub recorded_on: Day,
    /// Who acted.
    pub bureau: &'a BureauId,
    /// Whether that is who corrects: competent by the rules and on the day of the correction, and not by those of this commit.
    pub corrects: bool,
    /// Its facts.
    pub events: &'a [Event],
}

/// What commits were decided with in their day, besides the state.
pub trait InTheirDay {
    /// What the commit was decided with. `identified` is the operator's code where it was supplied after the provider id was made: a bar on it
    /// stands as well. Who corrects goes by the bars on the operator as they are known now.
    fn context<'a>(&'a self, entry: &Entry<'a>, identified: Option<&Uscc>) -> Context<'a>;
}

/// The same, where that of a category one certification is live is asked of all that is on record at the end ([`crate::Beside`]).
pub(crate) struct AloneAtTheEnd<'t, T>(pub(crate) &'t T);

impl<T: InTheirDay> InTheirDay for AloneAtTheEnd<'_, T> {
    fn context<'a>(&'a self, entry: &Entry<'a>, identified: Option<&Uscc>) -> Context<'a> {
        let context = self.0.context(entry, identified);
        Context { beside: Beside { alone_at_the_end: true, ..context.beside }, ..context }
    }
}

/// The facts of a stream as corrected: under each number what stands there, or nothing.
///
/// Of several corrections of one act the last one holds, and of one that was taken back itself nothing does.
pub fn as_corrected<'a>(facts: impl IntoIterator<Item = &'a Event>) -> Vec<Option<&'a Event>> {
    let mut stands: Vec<Option<&'a Event>> = facts.into_iter().map(Some).collect();
    if !stands.iter().flatten().any(|fact| matches!(fact, Event::ActCorrected(_))) {
        return stands;
    }
    let mut is_corrected = vec![false; stands.len()];
    // From the last one back: what corrects an act is corrected itself before it counts.
    for index in (0..stands.len()).rev() {
        let Some(Event::ActCorrected(correction)) = stands[index] else { continue };
        let of = index_of(correction.act);
        if of < index && !is_corrected[of] {
            (stands[of], is_corrected[of]) = (correction.fact.as_deref(), true);
        }
    }
    stands
}

/// Where an act stands among the facts of its stream, counted from 0.
pub(crate) fn index_of(act: Act) -> usize {
    usize::try_from(act.get()).map_or(usize::MAX, |number| number.saturating_sub(1))
}

/// The number of the fact with this index.
pub(crate) fn act_at(index: usize) -> Act {
    Act::after(u32::try_from(index).unwrap_or(u32::MAX))
}

/// A provider as its facts make it, in the order they were recorded.
pub fn replay<'a>(facts: impl IntoIterator<Item = &'a Event>) -> Provider {
    all(facts, stood)
}

/// An operator as its facts make it, in the order they were recorded.
pub fn replay_operator<'a>(facts: impl IntoIterator<Item = &'a Event>) -> Operator {
    all(facts, stood_of_operator)
}

fn all<'a, S: Default>(
    facts: impl IntoIterator<Item = &'a Event>,
    stood: impl Fn(S, Option<&Event>, &Event) -> S,
) -> S {
    let facts: Vec<&Event> = facts.into_iter().collect();
    let stands = as_corrected(facts.iter().copied());
    stands.into_iter().zip(facts).fold(S::default(), |state, (stands, recorded)| stood(state, stands, recorded))
}

/// The provider after what stands under the next number, and what was recorded under it.
pub(crate) fn stood(mut provider: Provider, stands: Option<&Event>, recorded: &Event) -> Provider {
    let act = Act::after(provider.acts);
    if let Event::PlaqueOrdered(e) = recorded {
        numbered(&mut provider.plaques_numbered, e);
    }
    let Some(fact) = stands else {
        // What was corrected away is not on record: the same may be entered again.
        provider.acts += 1;
        return provider;
    };
    let mut provider = folded(provider, fact);
    if fact != recorded {
        // Whatever it says now, it is known by what was sent as well: an old list sent again makes no double of it.
        Arc::make_mut(&mut provider.said).remember(act, recorded);
        recorded_as(&mut provider.certifications, act, recorded);
    }
    provider
}

/// The operator after what stands under the next number.
pub(crate) fn stood_of_operator(mut operator: Operator, stands: Option<&Event>, recorded: &Event) -> Operator {
    let act = Act::after(operator.acts);
    let Some(fact) = stands else {
        operator.acts += 1;
        return operator;
    };
    let mut operator = folded_operator(operator, fact);
    if fact != recorded {
        operator.said.remember_of_operator(act, recorded);
    }
    operator
}
