//! What is decided about an operator.

use super::facts::{OperatorBarLifted, OperatorBarred};
use super::state::Operator;
use crate::command::OperatorCommand;
use crate::context::{not_before, the_one};
use crate::event::Event;
use crate::refusal::Refusal;
use crate::repeats::{Repeats, repeats_of_operator};
use crate::rules::scheme::Scheme;
use crate::value::{Act, BureauId, Day};

/// What the command makes of the operator: facts, none when it repeats an act on record, or a refusal.
///
/// # Errors
///
/// Why the rules say no.
pub fn decide_operator(
    operator: &Operator,
    command: &OperatorCommand,
    scheme: &Scheme,
    bureau: &BureauId,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    if !scheme.bureau_on(bureau, today)?.bars_operators {
        return Err(Refusal::DutyMissing);
    }
    match (facts(operator, command, scheme, today), repeats_of_operator(&operator.said, command)) {
        (Ok(_), Some(Repeats::ActOrAnswers(act))) => Err(Refusal::ActUnnamed { act }),
        (_, Some(_)) => Ok(Vec::new()),
        (facts, None) => facts,
    }
}

/// The act on record that the command repeats: of which [`decide_operator`] makes nothing.
pub fn repeated_of_operator(operator: &Operator, command: &OperatorCommand) -> Option<Act> {
    repeats_of_operator(&operator.said, command).map(Repeats::act)
}

fn facts(operator: &Operator, command: &OperatorCommand, scheme: &Scheme, today: Day) -> Result<Vec<Event>, Refusal> {
    match command {
        OperatorCommand::BarOperator(c) => {
            scheme.ground(&c.ground)?;
            if c.barred_on > today {
                return Err(Refusal::DayAhead { day: c.barred_on });
            }
            if c.until < c.barred_on {
                return Err(Refusal::BarBackwards);
            }
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
        OperatorCommand::LiftOperatorBar(c) => {
            if c.lifted_on > today {
                return Err(Refusal::DayAhead { day: c.lifted_on });
            }
            let standing = operator.bars.iter().filter(|bar| !bar.is_lifted);
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
    }
}
