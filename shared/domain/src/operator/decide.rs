//! What is decided about an operator.

use super::facts::{OperatorBarLifted, OperatorBarred};
use super::state::Operator;
use crate::command::{LiftOperatorBar, OperatorCommand};
use crate::context::{not_before, the_one};
use crate::event::Event;
use crate::refusal::Refusal;
use crate::rules::scheme::Scheme;
use crate::value::{BureauId, Day};

/// What the command makes of the operator: facts, none when it is already so, or a refusal.
pub fn decide_operator(
    operator: &Operator,
    command: &OperatorCommand,
    scheme: &Scheme,
    bureau: &BureauId,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    if !scheme.bureau(bureau)?.bars_operators {
        return Err(Refusal::DutyMissing);
    }
    let is_same = operator.said.same_as_of_operator(command).is_some();
    let leaves_out = matches!(command, OperatorCommand::LiftOperatorBar(LiftOperatorBar { bar: None, .. }));
    if is_same && !leaves_out {
        return Ok(Vec::new());
    }
    match facts(operator, command, scheme, today) {
        // Which bar is lifted was left out: the one that stands; only where none does is it a repetition.
        Err(_) if is_same => Ok(Vec::new()),
        decided => decided,
    }
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
            if operator.bars.iter().any(|bar| bar.document_number == c.document_number) {
                return Err(Refusal::DecisionDiffers { document: c.document_number.clone() });
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
