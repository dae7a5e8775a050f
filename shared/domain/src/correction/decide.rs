//! What is decided about a correction. It is asked of the whole stream: what was decided after the act is decided anew on what then stands.

use std::borrow::Cow;

use super::redo::{Redoing, State, end_along, told_along};
use crate::command::{Command, CorrectAct, MadeBy, OperatorCommand, RecordCertification};
use crate::context::{Beside, Context, not_before};
use crate::decide::{decide, following};
use crate::event::{ActCorrected, Event};
use crate::late::right_stands_beside;
use crate::operator::decide::{decided, may_ask};
use crate::operator::state::Operator;
use crate::plaque::decide::is_withheld_still;
use crate::provider::Provider;
use crate::record::{Entry, InTheirDay, act_at, as_corrected, index_of, replay, stood, stood_of_operator};
use crate::refusal::Refusal;
use crate::repeats::is_repeated;
use crate::rules::scheme::Scheme;
use crate::value::{Act, BureauId, Day, OperatorCode, Position};

/// What the correction makes of a provider's record: the facts to record, none where it repeats one on record, or a refusal.
///
/// # Errors
///
/// Whatever the rules say to the right act on the day the wrong one was recorded; [`Refusal::ActRestsOnIt`] where a later act would then not
/// have been taken; [`Refusal::ActSaysSo`] where the act says so by another correction, or without one.
pub(crate) fn decide_correction(
    record: &[Entry<'_>],
    c: &CorrectAct,
    then: &impl InTheirDay,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let decided = |state: &Provider, made_by: &MadeBy, entry: &Entry<'_>, before_bars: bool| match made_by {
        MadeBy::Provider(command) => {
            let context = then.context(entry, state.operator_uscc());
            decide(state, command, &Context { beside: Beside { before_bars, ..context.beside }, ..context })
        }
        MadeBy::Operator(_) | MadeBy::Correction(_) | MadeBy::Rules(_) => Err(Refusal::CorrectsAnother),
    };
    let decide = |state: &Provider, made_by: &MadeBy, entry: &Entry<'_>| decided(state, made_by, entry, false);
    let decide_before_bars =
        |state: &Provider, made_by: &MadeBy, entry: &Entry<'_>| decided(state, made_by, entry, true);
    let follow = |state: &Provider, entry: &Entry<'_>| following(state, &then.context(entry, state.operator_uscc()));
    let state = State { fold: &stood, decide: &decide, decide_before_bars: &decide_before_bars, follow: &follow };
    holds_the_outlet(record, c, context)?;
    let made = correct(record, c, &state, context.bureau, context.today)?;
    finds_what_is_withheld(record, c, &made)?;
    if !made.is_empty() {
        right_stands_beside(record, about(record, c), &made, context.bureau, then)?;
    }
    Ok(made)
}

/// What is put right to say that a plaque was not returned says it of a day on which that was so by all that is on record, also by what was typed
/// after it.
fn finds_what_is_withheld(record: &[Entry<'_>], c: &CorrectAct, made: &[Event]) -> Result<(), Refusal> {
    let facts: Vec<&Event> = record.iter().flat_map(|entry| entry.events).collect();
    let with: Vec<&Event> = facts.iter().copied().chain(made).collect();
    let stands = as_corrected(with.iter().copied());
    match stands.get(index_of(about(record, c))) {
        Some(Some(Event::PlaqueNotReturned(e))) if !made.is_empty() => is_withheld_still(&replay(with), e),
        Some(_) | None => Ok(()),
    }
}

/// The act that a correction is about: of one that is taken back, the act that stands again.
pub(crate) fn about(record: &[Entry<'_>], c: &CorrectAct) -> Act {
    match record.iter().flat_map(|entry| entry.events).nth(index_of(c.act)) {
        Some(Event::ActCorrected(before)) => before.act,
        _ => c.act,
    }
}

/// What an outlet is called and where it is, is put right by who decides on something that it has in hand by now, as it is amended; or in
/// back-entry.
fn holds_the_outlet(record: &[Entry<'_>], c: &CorrectAct, context: &Context<'_>) -> Result<(), Refusal> {
    let facts: Vec<&Event> = record.iter().flat_map(|entry| entry.events).collect();
    let of = |act: Act| facts.get(index_of(act)).copied();
    let corrected = match of(c.act) {
        Some(Event::ActCorrected(before)) => of(before.act),
        fact => fact,
    };
    let is_of_particulars = matches!(
        corrected,
        Some(Event::ProviderRegistered(_) | Event::ParticularsAmended(_) | Event::OperatorIdentified(_))
    );
    let acting = context.acting()?;
    if !is_of_particulars || acting.back_enters {
        return Ok(());
    }
    replay(facts.iter().copied()).held_by(acting, context.today)
}

/// The same of the record of the operator with this code; `scheme` is the one that held when a commit was recorded.
///
/// # Errors
///
/// As [`crate::decide_correction`].
pub fn decide_operator_correction<'s>(
    record: &[Entry<'_>],
    code: &OperatorCode,
    c: &CorrectAct,
    scheme: impl Fn(&Entry<'_>) -> &'s Scheme,
    bureau: &BureauId,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    let now = Entry { position: Position(u64::MAX), recorded_on: today, bureau, corrects: true, events: &[] };
    let decide = |state: &Operator, made_by: &MadeBy, entry: &Entry<'_>| {
        let command = OperatorCommand::of(made_by).ok_or(Refusal::CorrectsAnother)?;
        let acts = if entry.corrects { &now } else { entry };
        may_ask(&command, scheme(acts), acts.bureau, acts.recorded_on)?;
        decided(state, code, &command, scheme(entry), entry.recorded_on)
    };
    let follow = |_: &Operator, _: &Entry<'_>| Vec::new();
    let state = State { fold: &stood_of_operator, decide: &decide, decide_before_bars: &decide, follow: &follow };
    correct(record, c, &state, bureau, today)
}

fn correct<S: Clone + Default>(
    record: &[Entry<'_>],
    c: &CorrectAct,
    state: &State<'_, S>,
    bureau: &BureauId,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    let facts: Vec<&Event> = record.iter().flat_map(|entry| entry.events).collect();
    let c = &*without_its_end(record, c);
    let index = index_of(c.act);
    let recorded = *facts.get(index).ok_or(Refusal::ActUnknown { act: c.act })?;
    let entry = entry_of(record, index).ok_or(Refusal::ActUnknown { act: c.act })?;
    if c.corrected_on > today {
        return Err(Refusal::DayAhead { day: c.corrected_on });
    }
    not_before(c.corrected_on, entry.recorded_on)?;
    let redoing = Redoing { record, facts: &facts, state, bureau };
    let stands = as_corrected(facts.iter().copied());
    if let Event::ActCorrected(before) = recorded {
        if c.right.is_some() {
            return Err(Refusal::CorrectsAnother);
        }
        redoing.asked_for(index)?;
        redoing.may_change(index_of(before.act), &stands)?;
    } else {
        redoing.may_change(index, &stands)?;
    }
    let right = c.right.as_deref().map(|right| redoing.right(index, right, &stands)).transpose();
    // Whatever the rules say to it now, it was recorded; but what came along with it is still held against the record.
    if right != Err(Refusal::ParticularsDiffer) && repeats(&stands, c).is_some() {
        return Ok(Vec::new());
    }
    let right = right?;
    if stands[index] == right.as_ref() {
        return Err(Refusal::ActSaysSo { act: c.act });
    }
    let asked = |act, fact: Option<Event>| {
        let (corrected_on, reason, document_number) = (c.corrected_on, c.reason.clone(), c.document_number.clone());
        Event::from(ActCorrected { act, corrected_on, reason, document_number, fact: fact.map(Box::new) })
    };
    let first = asked(c.act, right);
    if let Event::ActCorrected(before) = recorded {
        let then = as_corrected(facts.iter().copied().chain([&first]));
        redoing.may_restore(index_of(before.act), &then)?;
    }
    let now = Entry { position: Position(u64::MAX), recorded_on: today, bureau, corrects: true, events: &[] };
    let consequences = redoing.after(&stands, &first, &now)?;
    let corrections = consequences.corrections.into_iter().map(|(act, fact)| asked(act, fact));
    Ok([first].into_iter().chain(corrections).chain(consequences.facts).collect())
}

/// The correction on record that this one repeats.
pub fn repeated_correction(record: &[Entry<'_>], c: &CorrectAct) -> Option<Act> {
    repeats(&as_corrected(record.iter().flat_map(|entry| entry.events)), &without_its_end(record, c))
}

/// The correction of a certification without the end that came along with that, where it tells the same once more: the end is an act of its own.
fn without_its_end<'c>(record: &[Entry<'_>], c: &'c CorrectAct) -> Cow<'c, CorrectAct> {
    let Some(MadeBy::Provider(Command::RecordCertification(right))) = c.right.as_deref() else {
        return Cow::Borrowed(c);
    };
    let stands = as_corrected(record.iter().flat_map(|entry| entry.events));
    let end = end_along(record, index_of(c.act), &stands);
    if right.ended.is_none() || end.and_then(told_along).as_ref() != right.ended.as_deref() {
        return Cow::Borrowed(c);
    }
    let right = RecordCertification { ended: None, ..right.clone() };
    let right = Some(Box::new(MadeBy::Provider(Command::RecordCertification(right))));
    Cow::Owned(CorrectAct { right, ..c.clone() })
}

/// One that was taken back is not on record, and of several corrections of one act the last is what it says: an earlier one that is asked for
/// once more is asked for anew.
fn repeats(stands: &[Option<&Event>], c: &CorrectAct) -> Option<Act> {
    let is_of_it = |fact: &Event| matches!(fact, Event::ActCorrected(known) if known.act == c.act);
    let at = stands.iter().rposition(|fact| fact.is_some_and(is_of_it))?;
    matches!(stands[at], Some(Event::ActCorrected(known)) if is_repeated(known, c)).then(|| act_at(at))
}

/// The commit that a fact stands in.
pub(crate) fn entry_of<'a>(record: &[Entry<'a>], index: usize) -> Option<Entry<'a>> {
    let mut before = 0;
    record.iter().copied().find(|entry| {
        before += entry.events.len();
        index < before
    })
}
