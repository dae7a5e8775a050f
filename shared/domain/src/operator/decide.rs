//! What is decided about an operator.

use super::facts::{OperatorBarLifted, OperatorBarred, OperatorCodeConfirmed};
use super::state::Operator;
use crate::bounds::bar_holds;
use crate::command::{BarOperator, ConfirmOperatorCode, LiftOperatorBar, OperatorCommand, Overturn};
use crate::context::{not_before, the_one};
use crate::event::Event;
use crate::overturning::decide::overturned;
use crate::refusal::Refusal;
use crate::repeats::{Repeats, repeats_of_operator};
use crate::rules::scheme::Scheme;
use crate::value::{Act, BureauId, Day, OperatorCode};

/// What the command makes of the operator with this code: facts, none when it repeats an act on record, or a refusal.
///
/// # Errors
///
/// Why the rules say no.
pub fn decide_operator(
    operator: &Operator,
    code: &OperatorCode,
    command: &OperatorCommand,
    scheme: &Scheme,
    bureau: &BureauId,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    may_ask(command, scheme, bureau, today)?;
    decided(operator, code, command, scheme, today)
}

/// The act on record that the command repeats: of which [`decide_operator`] makes nothing.
pub fn repeated_of_operator(operator: &Operator, command: &OperatorCommand) -> Option<Act> {
    repeats_of_operator(&operator.said, command).map(Repeats::act)
}

/// The bureau acts, and has the duty to bar operators where that is asked for. Whoever the scheme lists may enter outlets of its places and say
/// whose they are; a code has no place that would tell more.
pub(crate) fn may_ask(
    command: &OperatorCommand,
    scheme: &Scheme,
    bureau: &BureauId,
    today: Day,
) -> Result<(), Refusal> {
    let acting = scheme.bureau_on(bureau, today)?;
    match command {
        OperatorCommand::ConfirmOperatorCode(_) => Ok(()),
        OperatorCommand::BarOperator(_) | OperatorCommand::LiftOperatorBar(_) | OperatorCommand::Overturn(_)
            if acting.bars_operators =>
        {
            Ok(())
        }
        OperatorCommand::BarOperator(_) | OperatorCommand::LiftOperatorBar(_) | OperatorCommand::Overturn(_) => {
            Err(Refusal::DutyMissing { zh: "运营主体禁入", en: "bar operators" })
        }
    }
}

/// The same, whoever asks.
pub(crate) fn decided(
    operator: &Operator,
    code: &OperatorCode,
    command: &OperatorCommand,
    scheme: &Scheme,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    match (facts(operator, code, command, scheme, today), repeats_of_operator(&operator.said, command)) {
        (Ok(_), Some(Repeats::ActOrAnswers(act))) => Err(Refusal::ActUnnamed { act }),
        (_, Some(_)) => Ok(Vec::new()),
        (facts, None) => facts,
    }
}

fn facts(
    operator: &Operator,
    code: &OperatorCode,
    command: &OperatorCommand,
    scheme: &Scheme,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    match command {
        OperatorCommand::ConfirmOperatorCode(c) => confirm(operator, code, c, today),
        OperatorCommand::BarOperator(c) => bar(operator, code, c, scheme, today),
        OperatorCommand::LiftOperatorBar(c) => lift(operator, c, today),
        OperatorCommand::Overturn(c) => overturn(operator, c, today),
    }
}

fn happened(day: Day, today: Day) -> Result<(), Refusal> {
    if day > today { Err(Refusal::DayAhead { day }) } else { Ok(()) }
}

fn confirm(
    operator: &Operator,
    code: &OperatorCode,
    c: &ConfirmOperatorCode,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    if code.is_well_checked() {
        return Err(Refusal::CodeNeedsNoConfirmation);
    }
    if let Some(known) = &operator.confirmation {
        return Err(Refusal::CodeConfirmed { act: known.act });
    }
    happened(c.confirmed_on, today)?;
    let confirmed = OperatorCodeConfirmed {
        confirmed_on: c.confirmed_on,
        document_number: c.document_number.clone(),
        seen: c.seen.clone(),
    };
    Ok(vec![confirmed.into()])
}

fn bar(
    operator: &Operator,
    code: &OperatorCode,
    c: &BarOperator,
    scheme: &Scheme,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    if !operator.is_known_by(code) {
        return Err(Refusal::CodeNotConfirmed { code: code.clone() });
    }
    let ground = scheme.ground(&c.ground)?;
    happened(c.barred_on, today)?;
    bar_holds(("until", "截止日"), (c.barred_on, c.until), ground.bar_months)?;
    if let Some(bar) = operator.bars.iter().find(|bar| bar.document_number == c.document_number) {
        return Err(Refusal::DecisionDiffers { act: bar.act });
    }
    let barred = OperatorBarred {
        ground: c.ground.clone(),
        barred_on: c.barred_on,
        until: c.until,
        document_number: c.document_number.clone(),
        detail: c.detail.clone(),
    };
    Ok(vec![barred.into()])
}

fn lift(operator: &Operator, c: &LiftOperatorBar, today: Day) -> Result<Vec<Event>, Refusal> {
    happened(c.lifted_on, today)?;
    let standing = operator.bars.iter().filter(|bar| bar.may_be_lifted(c.lifted_on));
    let bar = the_one(standing, |bar| bar.act, c.bar, Refusal::NotBarred)?;
    not_before(c.lifted_on, bar.barred_on)?;
    let lifted = OperatorBarLifted {
        bar: bar.act,
        lifted_on: c.lifted_on,
        document_number: c.document_number.clone(),
        reason: c.reason.clone(),
    };
    Ok(vec![lifted.into()])
}

/// Of what is decided of an operator a bar binds from a day on, and so does what rulings made of it.
fn overturn(operator: &Operator, c: &Overturn, today: Day) -> Result<Vec<Event>, Refusal> {
    if c.act > Act::after(operator.acts.saturating_sub(1)) || operator.acts == 0 {
        return Err(Refusal::ActUnknown { act: c.act });
    }
    let held = operator.bars.iter().find_map(|bar| bar.held(c.act));
    let (since, undone_on) = held.ok_or(Refusal::ActNotOverturnable { act: c.act })?;
    happened(c.overturned_on, today)?;
    not_before(c.overturned_on, since)?;
    if undone_on.is_some() {
        return Err(Refusal::ActNotOpen { act: c.act });
    }
    Ok(vec![overturned(c)])
}
